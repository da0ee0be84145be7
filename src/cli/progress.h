/* Progress of a run on stderr: bars on a terminal, a line a minute elsewhere. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "hmfm/chain.h"

typedef enum hmfm_progress_mode {
  HMFM_PROGRESS_NEVER,
  HMFM_PROGRESS_LINES, /* one line a minute */
  HMFM_PROGRESS_BARS   /* a bar for each chain, redrawn in place at most ten times a second */
} hmfm_progress_mode;

typedef struct hmfm_progress {
  hmfm_progress_mode mode;
  size_t chains, warmup;
  size_t first;        /* sweeps done before the start */
  double start, shown; /* seconds: of the first sweep, and when something was last shown */
  double rate;         /* sweeps a second of late */
  double rate_time;    /* when the rate was last taken, and at which sweep */
  size_t rate_sweeps;
  int lines; /* lines on the screen to be drawn over */
} hmfm_progress;

/* The mode for --progress auto, always or never. */
hmfm_progress_mode hmfm_progress_choose(const char *when, int quiet);

void hmfm_progress_start(hmfm_progress *progress, hmfm_progress_mode mode, const hmfm_run *run,
                         const hmfm_ensemble *ensemble);

/* Shows where the ensemble is, if it is time to. */
void hmfm_progress_show(hmfm_progress *progress, const hmfm_ensemble *ensemble);

/* Shows the last state and leaves the cursor on a line of its own. */
void hmfm_progress_end(hmfm_progress *progress, const hmfm_ensemble *ensemble);

/* Seconds on a clock that never goes back. */
double hmfm_clock(void);

#endif
