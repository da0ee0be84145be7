/* Reading a dataset from a CSV file: the scan gives fields, the table collects the columns asked for,
 * the dataset is made of them. */
#include "io/csv_read.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/csv_scan.h"
#include "io/csv_table.h"

/* What the scan's fields go to: the names of the header first, then the table. */
typedef struct reader {
  hmfm_csv_table table;
  int has_header;
  char **name; /* of the header's fields so far */
  size_t n_names, name_space;
} reader;

static hmfm_status take_name(reader *r, const char *text, hmfm_error *error) {
  if (r->n_names == r->name_space) {
    size_t space = 2 * r->name_space + 16;
    char **name = hmfm_realloc(r->name, space, sizeof *name);
    if (!name) return hmfm_fail_memory(error, "the header");
    r->name = name;
    r->name_space = space;
  }
  r->name[r->n_names] = hmfm_strdup(text);
  if (!r->name[r->n_names]) return hmfm_fail_memory(error, "the header");
  r->n_names++;
  return HMFM_OK;
}

static hmfm_status take_field(void *context, const char *text, const hmfm_csv_place *place,
                              hmfm_error *error) {
  reader *r = context;
  if (!r->has_header) return take_name(r, text, error);
  return hmfm_csv_table_field(&r->table, text, place, error);
}

static hmfm_status take_row_end(void *context, const hmfm_csv_place *place, hmfm_error *error) {
  reader *r = context;
  if (r->has_header) return hmfm_csv_table_row_end(&r->table, place, error);
  if (r->n_names != place->field) return hmfm_fail_memory(error, "the header");
  r->has_header = 1;
  return hmfm_csv_table_match(&r->table, r->name, r->n_names, place, error);
}

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
  reader r = {0};
  hmfm_csv_taker taker = {&r, take_field, take_row_end};
  hmfm_status status = hmfm_csv_table_create(&r.table, columns, error);
  if (status) goto out;
  status = hmfm_csv_scan(path, taker, error);
  if (status) goto out;
  if (!r.has_header)
    status = hmfm_fail(error, HMFM_EDATA, "%s: the file is empty", file);
  else if (!r.table.n_rows)
    status = hmfm_fail(error, HMFM_EDATA, "%s: there are no rows below the header", file);
  if (status) goto out;
  status = hmfm_csv_table_settle(&r.table, file, error);
  if (status) goto out;
  status = make_dataset(&r.table, columns, file, notes, out, error);
out:
  hmfm_free_strings(r.name, r.n_names);
  hmfm_csv_table_clear(&r.table);
  return status;
}
