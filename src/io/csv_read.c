/* Reading a dataset from a CSV file: the table collects the columns asked for, the dataset is made of
 * them. */
#include "io/csv_read.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/csv_table.h"

/* A dataset of the collected columns. What is wrong with it is wrong with the file. */
static hmfm_status make_dataset(const hmfm_csv_table *table, const hmfm_csv_columns *columns,
                                const char *file, hmfm_notes *notes, hmfm_dataset **out,
                                hmfm_error *error) {
  const hmfm_csv_column *group = table->column, *response = group + 1, *first = group + 2;
  const hmfm_csv_column *last = first + columns->n_covariates + (columns->unit != NULL);
  hmfm_covariate *covariate = hmfm_calloc(columns->n_covariates, sizeof *covariate);
  if (!covariate) return hmfm_fail_memory(error, "the covariates");
  for (size_t k = 0; k < columns->n_covariates; k++)
    covariate[k] = (hmfm_covariate){first[k].name, first[k].number, first[k].label};
  hmfm_columns given = {
      .n_rows = table->n_rows,
      .group = group->label,
      .unit = columns->unit ? first[columns->n_covariates].label : NULL,
      .response_name = response->name,
      .response = response->number,
      .exposure_name = columns->exposure,
      .exposure = columns->exposure ? last->number : NULL,
      .n_covariates = columns->n_covariates,
      .covariate = covariate,
  };
  hmfm_error inner;
  hmfm_status status = hmfm_dataset_create(&given, notes, out, &inner);
  if (status == HMFM_EDATA) hmfm_fail(error, status, "%s: %s", file, inner.message);
  if (status && status != HMFM_EDATA) hmfm_fail(error, status, "%s", inner.message);
  hmfm_free(covariate);
  return status;
}

hmfm_status hmfm_csv_read(const char *path, const hmfm_csv_columns *columns, hmfm_notes *notes,
                          hmfm_dataset **out, hmfm_error *error) {
  const char *file = strcmp(path, "-") ? path : "<stdin>";
  hmfm_csv_table table;
  hmfm_status status = hmfm_csv_table_create(&table, columns, error);
  if (!status) status = hmfm_csv_table_read(&table, path, error);
  if (!status) status = make_dataset(&table, columns, file, notes, out, error);
  hmfm_csv_table_clear(&table);
  return status;
}
