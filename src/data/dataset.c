/* Datasets: created from columns in three steps (build.h), and destroyed. */
#include "hmfm/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "data/build.h"

static hmfm_status copy_exposure(const hmfm_columns *columns, hmfm_dataset *dataset,
                                 hmfm_error *error) {
  if (!columns->exposure) return HMFM_OK;
  dataset->exposure_name = hmfm_strdup(hmfm_exposure_name(columns));
  dataset->exposure = hmfm_calloc(dataset->n_rows, sizeof *dataset->exposure);
  if (!dataset->exposure_name || !dataset->exposure)
    return hmfm_fail_memory(error, "the exposures");
  for (size_t row = 0; row < dataset->n_rows; row++)
    dataset->exposure[row] = columns->exposure[dataset->source_row[row]];
  return HMFM_OK;
}

static hmfm_status copy_response(const hmfm_columns *columns, hmfm_dataset *dataset,
                                 hmfm_error *error) {
  dataset->response_name = hmfm_strdup(columns->response_name);
  dataset->y = hmfm_calloc(dataset->n_rows, sizeof *dataset->y);
  if (!dataset->response_name || !dataset->y) return hmfm_fail_memory(error, "the responses");
  for (size_t row = 0; row < dataset->n_rows; row++)
    dataset->y[row] = columns->response[dataset->source_row[row]];
  return HMFM_OK;
}

hmfm_status hmfm_dataset_create(const hmfm_columns *columns, hmfm_notes *notes, hmfm_dataset **out,
                                hmfm_error *error) {
  size_t *kept = NULL, n_kept = 0;
  hmfm_status status;
  hmfm_dataset *dataset = hmfm_calloc(1, sizeof *dataset);
  if (!dataset) return hmfm_fail_memory(error, "the dataset");
  status = hmfm_rows_keep(columns, notes, &kept, &n_kept, error);
  if (status) goto out;
  status = hmfm_rows_order(columns, kept, n_kept, notes, dataset, error);
  if (status) goto out;
  status = copy_response(columns, dataset, error);
  if (status) goto out;
  status = copy_exposure(columns, dataset, error);
  if (status) goto out;
  status = hmfm_covariates_code(columns, notes, dataset, error);
  if (status) goto out;
  *out = dataset;
  dataset = NULL;
out:
  hmfm_free(kept);
  hmfm_dataset_destroy(dataset);
  return status;
}

void hmfm_dataset_destroy(hmfm_dataset *dataset) {
  if (!dataset) return;
  hmfm_free(dataset->response_name);
  hmfm_free(dataset->exposure_name);
  hmfm_free_strings(dataset->group_name, dataset->n_groups);
  if (dataset->unit_name) hmfm_free(dataset->unit_name[0]); /* owns the bytes of all names */
  hmfm_free(dataset->unit_name);
  hmfm_free_strings(dataset->covariate_name, dataset->n_covariates);
  hmfm_free(dataset->unit_group);
  hmfm_free(dataset->group_start);
  hmfm_free(dataset->unit_start);
  hmfm_free(dataset->source_row);
  hmfm_free(dataset->y);
  hmfm_free(dataset->exposure);
  hmfm_free(dataset->x);
  hmfm_free(dataset);
}
