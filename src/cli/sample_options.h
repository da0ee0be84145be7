/* The options of hmfm sample, and what they amount to. */
#ifndef CLI_SAMPLE_OPTIONS_H
#define CLI_SAMPLE_OPTIONS_H

#include "cli/options.h"
#include "hmfm/chain.h"

extern const hmfm_command hmfm_sample_command;

/* Fills in the defaults that the library owns. */
hmfm_status hmfm_sample_prepare(hmfm_options *options, hmfm_error *error);

/* How to sample, as the options say. Without --seed one is drawn from the system, becomes the value
 * of that option, and *drawn is 1. */
hmfm_status hmfm_sample_run(hmfm_options *options, hmfm_run *run, int *drawn, hmfm_error *error);

/* The model as the options say; end with hmfm_settings_clear whatever is returned. */
hmfm_status hmfm_sample_settings(const hmfm_options *options, hmfm_settings *settings,
                                 hmfm_error *error);

#endif
