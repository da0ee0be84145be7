/* The steps that build a dataset, in the order in which they are taken; private to the room. Each
 * leaves what it allocated in the dataset (or in *kept), whether it fails or not. */
#ifndef DATA_BUILD_H
#define DATA_BUILD_H

#include "hmfm/data.h"

/* The name of the exposures' column, for messages too. */
static inline const char *hmfm_exposure_name(const hmfm_columns *columns) {
  return columns->exposure_name ? columns->exposure_name : "exposure";
}

/* Checks labels and values; *kept becomes the *n_kept >= 1 complete rows, in order, owned by the
 * caller. */
hmfm_status hmfm_rows_keep(const hmfm_columns *columns, hmfm_notes *notes, size_t **kept,
                           size_t *n_kept, hmfm_error *error);

/* Puts the kept rows into the order of groups and units: all fields on groups and units,
 * source_row. */
hmfm_status hmfm_rows_order(const hmfm_columns *columns, const size_t *kept, size_t n_kept,
                            hmfm_notes *notes, hmfm_dataset *dataset, hmfm_error *error);

/* Codes the covariates of the rows in source_row: n_covariates, covariate_name, x. */
hmfm_status hmfm_covariates_code(const hmfm_columns *columns, hmfm_notes *notes,
                                 hmfm_dataset *dataset, hmfm_error *error);

#endif
