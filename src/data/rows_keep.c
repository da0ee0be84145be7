/* Which rows of the given columns can be used: checks of labels and values, rows with a missing
 * value left out and counted. */
#include "data/build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static hmfm_status check_label(const char *const *label, size_t row, const char *what,
                               hmfm_error *error) {
  if (label[row] && *label[row]) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA, "row %zu: the %s label is empty", row + 1, what);
}

static hmfm_status check_number(double number, const char *column, size_t row, hmfm_error *error) {
  if (!isinf(number)) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA, "column %s, row %zu: the value is infinite", column, row + 1);
}

static hmfm_status check_exposure(const hmfm_columns *columns, size_t row, hmfm_error *error) {
  const double exposure = columns->exposure[row];
  hmfm_status status = check_number(exposure, hmfm_exposure_name(columns), row, error);
  if (status || !(exposure <= 0.0)) return status;
  return hmfm_fail(error, HMFM_EDATA, "column %s, row %zu: an exposure must be > 0, got %g",
                   hmfm_exposure_name(columns), row + 1, exposure);
}

static hmfm_status check_row(const hmfm_columns *columns, size_t row, hmfm_error *error) {
  hmfm_status status = check_label(columns->group, row, "group", error);
  if (!status && columns->unit) status = check_label(columns->unit, row, "unit", error);
  if (!status) status = check_number(columns->response[row], columns->response_name, row, error);
  if (!status && columns->exposure) status = check_exposure(columns, row, error);
  for (size_t k = 0; k < columns->n_covariates && !status; k++) {
    const hmfm_covariate *covariate = &columns->covariate[k];
    if (covariate->number)
      status = check_number(covariate->number[row], covariate->name, row, error);
  }
  return status;
}

/* Columns that may have missing values: the response, the exposure, then the covariates. */
enum { RESPONSE, EXPOSURE, FIRST_COVARIATE };

static const char *column_name(const hmfm_columns *columns, size_t k) {
  if (k == RESPONSE) return columns->response_name;
  if (k == EXPOSURE) return hmfm_exposure_name(columns);
  return columns->covariate[k - FIRST_COVARIATE].name;
}

static int is_missing(const hmfm_columns *columns, size_t k, size_t row) {
  if (k == RESPONSE) return isnan(columns->response[row]);
  if (k == EXPOSURE) return columns->exposure && isnan(columns->exposure[row]);
  const hmfm_covariate *covariate = &columns->covariate[k - FIRST_COVARIATE];
  return covariate->text ? !covariate->text[row] : isnan(covariate->number[row]);
}

/* Counts the missing values of a row, column by column. */
static int count_missing(const hmfm_columns *columns, size_t row, size_t *n_missing) {
  int missing = 0;
  for (size_t k = 0; k < FIRST_COVARIATE + columns->n_covariates; k++)
    if (is_missing(columns, k, row)) {
      n_missing[k]++;
      missing = 1;
    }
  return missing;
}

/* "Result 10, Age 2": the columns that have missing values. Owned by the caller; NULL when out of
 * memory. */
static char *missing_text(const hmfm_columns *columns, const size_t *n_missing) {
  const size_t n_columns = FIRST_COVARIATE + columns->n_covariates;
  size_t size = 1, used = 0;
  for (size_t k = 0; k < n_columns; k++) size += strlen(column_name(columns, k)) + 24;
  char *text = hmfm_calloc(size, 1);
  for (size_t k = 0; text && k < n_columns; k++)
    if (n_missing[k])
      used += (size_t)snprintf(text + used, size - used, "%s%s %zu", used ? ", " : "",
                               column_name(columns, k), n_missing[k]);
  return text;
}

hmfm_status hmfm_rows_keep(const hmfm_columns *columns, hmfm_notes *notes, size_t **kept,
                           size_t *n_kept, hmfm_error *error) {
  size_t n_rows = columns->n_rows, n = 0;
  char *text = NULL;
  hmfm_status status = HMFM_OK;
  if (!n_rows) return hmfm_fail(error, HMFM_EDATA, "there are no rows");
  size_t *n_missing = hmfm_calloc(FIRST_COVARIATE + columns->n_covariates, sizeof *n_missing);
  *kept = hmfm_calloc(n_rows, sizeof **kept);
  if (!n_missing || !*kept) {
    status = hmfm_fail_memory(error, "the rows");
    goto out;
  }
  for (size_t row = 0; row < n_rows; row++) {
    status = check_row(columns, row, error);
    if (status) goto out;
    if (!count_missing(columns, row, n_missing)) (*kept)[n++] = row;
  }
  if (n < n_rows) text = missing_text(columns, n_missing);
  if (!n && !text) {
    status = hmfm_fail_memory(error, "the rows");
  } else if (!n) {
    status = hmfm_fail(error, HMFM_EDATA,
                       "no row is complete: of %zu, there are missing values in %s", n_rows, text);
  } else if (n < n_rows) {
    hmfm_notes_add(notes, "%zu of %zu rows left out for missing values%s%s", n_rows - n, n_rows,
                   text ? ": " : "", text ? text : "");
  }
  *n_kept = n;
out:
  hmfm_free(text);
  hmfm_free(n_missing);
  return status;
}
