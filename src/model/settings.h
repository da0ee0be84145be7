/* Reading the values of parameters out of a user's settings; private. Public side: hmfm/model.h. */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include "hmfm/model.h"

/* Settings as given, and the record of what is in force, filled while a model is made. */
typedef struct hmfm_choice {
  const hmfm_dataset *dataset;
  const hmfm_settings *given;
  hmfm_settings *effective;
  hmfm_notes *notes;
} hmfm_choice;

/* The setting called name, or NULL when the user did not set it. */
const hmfm_setting *hmfm_settings_find(const hmfm_settings *settings, const char *name);

/* Fills value with the parameter's values for these data, 1, d or r of them by its shape: on entry the
 * defaults, on return what the user set in their place. Records the result as effective.
 * Errors: HMFM_EDATA for a wrong number of values or a label that no group or covariate has. */
hmfm_status hmfm_choice_read(const hmfm_choice *choice, const hmfm_parameter *parameter,
                             double *value, hmfm_error *error);

#endif
