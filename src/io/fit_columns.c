/* Other columns of the data of a fit: the data are read as for sampling and compared with the draws; then the
 * columns asked for are read, and brought into the order of the draws. */
#include "io/fit_columns.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/csv_table.h"

void hmfm_fit_columns_clear(hmfm_fit_columns *columns) {
  for (size_t c = 0; columns->column && c < columns->n; c++) {
    hmfm_free((void *)columns->column[c].number);
    hmfm_free((void *)columns->column[c].text);
  }
  hmfm_free(columns->column);
  if (columns->table) hmfm_csv_table_clear(columns->table);
  hmfm_free(columns->table);
  *columns = (hmfm_fit_columns){0};
}

/* ---- which file, which columns ---- */

static const char *text_of(const hmfm_config *configuration, const char *key) {
  const hmfm_config_entry *entry = configuration ? hmfm_config_find(configuration, key) : NULL;
  return entry && entry->kind == HMFM_CONFIG_TEXT && entry->n == 1 ? entry->text[0] : NULL;
}

static hmfm_status find_columns(const hmfm_config *configuration, hmfm_csv_columns *columns,
                                hmfm_error *error) {
  const hmfm_config_entry *x = configuration ? hmfm_config_find(configuration, "covariates") : NULL;
  columns->response = text_of(configuration, "response");
  columns->group = text_of(configuration, "group");
  columns->unit = text_of(configuration, "unit");
  columns->exposure = text_of(configuration, "exposure");
  if (x && x->kind == HMFM_CONFIG_TEXT) {
    columns->n_covariates = x->n;
    columns->covariate = (const char *const *)x->text;
  }
  if (columns->response && columns->group) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA,
                   "the fit does not say which columns of its data are what: no configuration of "
                   "'hmfm sample' is stored");
}

static hmfm_status find_file(const char *given, const hmfm_config *configuration, const char **path,
                             hmfm_error *error) {
  *path = given ? given : text_of(configuration, "data");
  if (*path && strcmp(*path, "-") != 0) return HMFM_OK;
  if (given)
    return hmfm_fail(error, HMFM_EDATA,
                     "the data are read twice, which standard input does not allow");
  return hmfm_fail(error, HMFM_EDATA, "the fit was made from %s: say where the data are by --data",
                   *path ? "standard input" : "a file that it does not name");
}

/* ---- are they the data of the fit? ---- */

static hmfm_status differ(const char *file, const char *how, hmfm_error *error) {
  return hmfm_fail(error, HMFM_EDATA, "%s is not the data of the fit: %s", file, how);
}

enum { HOW = 400 };

static hmfm_status compare_units(const hmfm_dataset *data, const hmfm_draws *draws,
                                 const char *file, hmfm_error *error) {
  const size_t both = data->n_units < draws->n_units ? data->n_units : draws->n_units;
  char how[HOW], name[4][HMFM_CSV_EXCERPT];
  for (size_t i = 0; i < both; i++) {
    const char *const text[] = {data->group_name[data->unit_group[i]], data->unit_name[i],
                                draws->group_name[draws->unit_group[i]], draws->unit_name[i]};
    const size_t size = data->unit_start[i + 1] - data->unit_start[i];
    for (int k = 0; k < 4; k++) hmfm_csv_excerpt(text[k], name[k]);
    if (strcmp(text[0], text[2]) != 0 || strcmp(text[1], text[3]) != 0) {
      snprintf(how, sizeof how, "unit %zu is %s/%s, and %s/%s in the fit", i + 1, name[0], name[1],
               name[2], name[3]);
      return differ(file, how, error);
    }
    if (size != draws->unit_size[i]) {
      snprintf(how, sizeof how, "unit %s/%s has %zu observation%s, and %zu in the fit", name[0],
               name[1], size, size == 1 ? "" : "s", draws->unit_size[i]);
      return differ(file, how, error);
    }
  }
  if (data->n_units == draws->n_units) return HMFM_OK;
  snprintf(how, sizeof how, "it has %zu unit%s, and the fit %zu", data->n_units,
           data->n_units == 1 ? "" : "s", draws->n_units);
  return differ(file, how, error);
}

static hmfm_status compare_covariates(const hmfm_dataset *data, const hmfm_draws *draws,
                                      const char *file, hmfm_error *error) {
  char how[HOW], name[2][HMFM_CSV_EXCERPT];
  const size_t r = data->n_covariates;
  if (r != draws->n_covariates) {
    snprintf(how, sizeof how, "its covariates are coded by %zu number%s, those of the fit by %zu",
             r, r == 1 ? "" : "s", draws->n_covariates);
    return differ(file, how, error);
  }
  for (size_t k = 0; k < r; k++) {
    if (strcmp(data->covariate_name[k], draws->covariate_name[k]) == 0) continue;
    snprintf(how, sizeof how, "its covariate %zu, as coded, is %s, and %s in the fit", k + 1,
             hmfm_csv_excerpt(data->covariate_name[k], name[0]),
             hmfm_csv_excerpt(draws->covariate_name[k], name[1]));
    return differ(file, how, error);
  }
  return HMFM_OK;
}

/* The number of a row of the file or of the fit: response, exposure, then covariates. */
static const char *number_at(const hmfm_draws *draws, const hmfm_dataset *data, size_t row,
                             size_t k, double value[2]) {
  const size_t r = draws->n_covariates;
  value[0] = value[1] = 0.0;
  if (k == 0) {
    value[0] = data->y[row];
    value[1] = draws->y[row];
    return draws->response_name;
  }
  if (k == 1) {
    value[0] = data->exposure ? data->exposure[row] : 1.0;
    value[1] = draws->exposure ? draws->exposure[row] : 1.0;
    return draws->exposure_name ? draws->exposure_name : "exposure";
  }
  value[0] = data->x[row * r + k - 2];
  value[1] = draws->x[row * r + k - 2];
  return draws->covariate_name[k - 2];
}

static hmfm_status compare_numbers(const hmfm_dataset *data, const hmfm_draws *draws,
                                   const char *file, hmfm_error *error) {
  char how[HOW], name[HMFM_CSV_EXCERPT];
  for (size_t row = 0; row < draws->n_rows; row++)
    for (size_t k = 0; k < draws->n_covariates + 2; k++) {
      double value[2];
      const char *column = number_at(draws, data, row, k, value);
      if (value[0] == value[1]) continue;
      snprintf(how, sizeof how, "%s of row %zu below the header is %.15g, and %.15g in the fit",
               hmfm_csv_excerpt(column, name), data->source_row[row] + 1, value[0], value[1]);
      return differ(file, how, error);
    }
  return HMFM_OK;
}

/* ---- the columns asked for ---- */

static hmfm_status check_names(size_t n, const char *const *name, hmfm_error *error) {
  char excerpt[HMFM_CSV_EXCERPT];
  for (size_t a = 0; a < n; a++)
    for (size_t b = a + 1; b < n; b++)
      if (strcmp(name[a], name[b]) == 0)
        return hmfm_fail(error, HMFM_EUSAGE, "column '%s' is asked for twice",
                         hmfm_csv_excerpt(name[a], excerpt));
  return HMFM_OK;
}

/* Values of a column by rows of the draws. */
static hmfm_status arrange(const hmfm_csv_column *from, size_t n_rows, const size_t *source_row,
                           hmfm_covariate *to, hmfm_error *error) {
  double *number = from->label ? NULL : hmfm_calloc(n_rows, sizeof *number);
  const char **text = from->label ? hmfm_calloc(n_rows, sizeof *text) : NULL;
  *to = (hmfm_covariate){from->name, number, text};
  if (!number && !text) return hmfm_fail_memory(error, "a column");
  for (size_t h = 0; h < n_rows; h++)
    if (text)
      text[h] = from->label[source_row[h]];
    else
      number[h] = from->number[source_row[h]];
  return HMFM_OK;
}

static hmfm_status read_columns(const char *path, const hmfm_dataset *data, size_t n,
                                const char *const *name, hmfm_fit_columns *out, hmfm_error *error) {
  hmfm_csv_role *role = hmfm_calloc(n, sizeof *role);
  out->table = hmfm_calloc(1, sizeof *out->table);
  out->column = hmfm_calloc(n, sizeof *out->column);
  hmfm_status status = HMFM_OK;
  if (!role || !out->table || !out->column) status = hmfm_fail_memory(error, "the columns");
  for (size_t c = 0; !status && c < n; c++) role[c] = HMFM_CSV_COVARIATE;
  if (!status) status = hmfm_csv_table_create_of(out->table, n, name, role, error);
  hmfm_free(role);
  if (!status) status = hmfm_csv_table_read(out->table, path, error);
  for (size_t h = 0; !status && h < data->n_rows; h++)
    if (data->source_row[h] >= out->table->n_rows)
      status = hmfm_fail(error, HMFM_EDATA, "%s has changed while it was read", path);
  for (size_t c = 0; !status && c < n; c++) {
    status =
        arrange(&out->table->column[c], data->n_rows, data->source_row, &out->column[c], error);
    out->n = c + 1;
  }
  return status;
}

hmfm_status hmfm_fit_columns_read(const char *path, const hmfm_draws *draws,
                                  const hmfm_config *configuration, size_t n,
                                  const char *const *name, hmfm_fit_columns *out,
                                  hmfm_error *error) {
  hmfm_csv_columns columns = {0};
  hmfm_fit_columns read = {0};
  hmfm_dataset *data = NULL;
  hmfm_error why = {0};
  const char *file = NULL;
  hmfm_status status = check_names(n, name, error);
  if (!status) status = find_columns(configuration, &columns, error);
  if (!status) status = find_file(path, configuration, &file, error);
  if (status) return status;
  status = hmfm_csv_read(file, &columns, NULL, &data, &why);
  if (status == HMFM_EIO && !path)
    hmfm_fail(error, status, "%s; that is where the data of the fit were: give --data FILE",
              why.message);
  else if (status)
    hmfm_fail(error, status, "%s", why.message);
  if (!status) status = compare_covariates(data, draws, file, error);
  if (!status) status = compare_units(data, draws, file, error);
  if (!status) status = compare_numbers(data, draws, file, error);
  if (!status) status = read_columns(file, data, n, name, &read, error);
  hmfm_dataset_destroy(data);
  if (status)
    hmfm_fit_columns_clear(&read);
  else
    *out = read;
  return status;
}
