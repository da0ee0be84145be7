/* A run of hmfm sample: what it holds, and what it says. */
#ifndef CLI_SAMPLE_H
#define CLI_SAMPLE_H

#include "cli/keeper.h"

/* Everything a run holds. */
typedef struct hmfm_sample {
  hmfm_options *options;
  const char *output;
  int quiet, verbose, seed_drawn;
  int shard; /* units of every chain are spread over all ranks */
  hmfm_run run;
  hmfm_settings settings;
  hmfm_notes notes;
  hmfm_dataset *data;
  hmfm_model *model;
  hmfm_draws *draws;
  hmfm_ensemble *ensemble;
  hmfm_keeper keeper;
  const char *init;       /* file of the partition where chains start; NULL: dispersed */
  uint32_t *init_label;   /* n_units */
  uint32_t init_clusters; /* that it has */
  char *configuration;
  char created_at[32];
  int force;
  double before, seconds; /* of sampling: in runs this one resumes, and in all */
  size_t sweeps_before;
} hmfm_sample;

/* Shows the notes that have gathered, and drops them. */
void hmfm_sample_show_notes(hmfm_sample *sample);
/* What was read, and what will be done. */
void hmfm_sample_show_data(const hmfm_sample *sample);
void hmfm_sample_show_run(const hmfm_sample *sample);
/* That --memory is a size, before anything is read; and that the run fits it, or what the system has free. Errors:
 * HMFM_EUSAGE with what would be needed, and what to do. */
hmfm_status hmfm_sample_read_memory(const hmfm_options *options, hmfm_error *error);
hmfm_status hmfm_sample_check_memory(const hmfm_sample *sample, hmfm_error *error);

/* Where a resumed run goes on. */
void hmfm_sample_show_resumed(const hmfm_sample *sample);
/* Interrupted before anything could be drawn: only a checkpoint can be there. */
void hmfm_sample_show_nothing(const hmfm_sample *sample);
/* How far the chains came, and how fast. */
void hmfm_sample_show_end(const hmfm_sample *sample);

#endif
