/* Keeping a run on the disk while it goes on, and taking up one that was kept: --checkpoint, --resume. */
#ifndef CLI_KEEPER_H
#define CLI_KEEPER_H

#include "cli/options.h"
#include "hmfm/draws.h"
#include "io/journal.h"

/* A run's checkpoint at `path` and its draws beside it. All zero: nothing is kept. */
typedef struct hmfm_keeper {
  const char *path;   /* where checkpoints go; NULL: nowhere */
  const char *resume; /* the checkpoint to go on from; NULL: none */
  char *draws_path;   /* path.draws */
  double every;       /* seconds between checkpoints */
  double saved;       /* when the last one was written, by hmfm_clock */
  int failing;        /* the last one could not be written */
  hmfm_checkpoint from;
  hmfm_checkpoint_info info; /* of `from`; then of this run */
  hmfm_journal *journal;
} hmfm_keeper;

/* Reads the options, and the checkpoint to go on from: what it says of the run becomes the value of
 * options that were not given. force: a checkpoint of another run may be replaced. *is_input tells whose
 * fault an HMFM_EIO is. */
hmfm_status hmfm_keeper_prepare(hmfm_keeper *keeper, hmfm_options *options, int *is_input,
                                hmfm_error *error);
void hmfm_keeper_clear(hmfm_keeper *keeper);

/* 1 when the file at path is the fit of the run that is taken up, as far as it was then. */
int hmfm_keeper_owns(const hmfm_keeper *keeper, const char *path);

/* Takes the run up: the ensemble and the draws are then where the checkpoint was; *seconds of sampling had
 * passed. Nothing to do without --resume. */
hmfm_status hmfm_keeper_resume(hmfm_keeper *keeper, hmfm_ensemble *ensemble, hmfm_draws *draws,
                               double *seconds, hmfm_error *error);

/* Starts to keep the run: writes the first checkpoint. Nothing to do without a path. */
hmfm_status hmfm_keeper_start(hmfm_keeper *keeper, hmfm_ensemble *ensemble, const hmfm_draws *draws,
                              double seconds, hmfm_error *error);

/* 1 when it is time to save again. */
int hmfm_keeper_due(const hmfm_keeper *keeper);

/* Writes the draws that are new, then the checkpoint that counts on them. */
hmfm_status hmfm_keeper_save(hmfm_keeper *keeper, hmfm_ensemble *ensemble, const hmfm_draws *draws,
                             double seconds, hmfm_error *error);

#endif
