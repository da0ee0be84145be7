/* Prior and layout of the regression coefficients. */
#include "model/regression.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { BETA_MEAN, BETA_VAR };
const hmfm_parameter hmfm_regression_parameter[] = {
    {"beta-mean", "prior mean of each regression coefficient", "0", HMFM_COVARIATE, -INFINITY,
     INFINITY},
    {"beta-var", "prior variance of each regression coefficient", "1", HMFM_COVARIATE, 0.0,
     INFINITY},
};
const size_t hmfm_n_regression_parameters =
    sizeof hmfm_regression_parameter / sizeof *hmfm_regression_parameter;

hmfm_status hmfm_regression_init(const hmfm_choice *choice, hmfm_regression *out,
                                 hmfm_error *error) {
  const hmfm_dataset *data = choice->dataset;
  const size_t r = data->n_covariates;
  const int shared = strcmp(choice->given->beta, "shared") == 0;
  if (!shared && strcmp(choice->given->beta, "group") != 0) {
    return hmfm_fail(error, HMFM_EUSAGE, "beta must be 'group' or 'shared', got '%s'",
                     choice->given->beta);
  }
  *out = (hmfm_regression){.n_covariates = r,
                           .shared = shared,
                           .n_blocks = r == 0   ? 0
                                       : shared ? 1
                                                : data->n_groups};
  out->mean = hmfm_calloc(r, sizeof(double));
  out->sd = hmfm_calloc(r, sizeof(double));
  out->range = hmfm_calloc(r, sizeof(double));
  if (!out->mean || !out->sd || !out->range) return hmfm_fail_memory(error, "the regression");
  for (size_t k = 0; k < r; k++) out->sd[k] = 1.0;
  hmfm_status status =
      hmfm_choice_read(choice, &hmfm_regression_parameter[BETA_MEAN], out->mean, error);
  if (!status)
    status = hmfm_choice_read(choice, &hmfm_regression_parameter[BETA_VAR], out->sd, error);
  for (size_t k = 0; k < r; k++) {
    double low = INFINITY, high = -INFINITY;
    for (size_t h = 0; h < data->n_rows; h++) {
      low = fmin(low, data->x[h * r + k]);
      high = fmax(high, data->x[h * r + k]);
    }
    out->range[k] = high > low ? high - low : 1.0;
    out->sd[k] = sqrt(out->sd[k]);
  }
  return status;
}

void hmfm_regression_clear(hmfm_regression *regression) {
  hmfm_free(regression->mean);
  hmfm_free(regression->sd);
  hmfm_free(regression->range);
  *regression = (hmfm_regression){0};
}

void hmfm_regression_units(const hmfm_regression *regression, const hmfm_dataset *dataset,
                           size_t block, size_t *first, size_t *last) {
  *first = regression->shared ? 0 : dataset->group_start[block];
  *last = regression->shared ? dataset->n_units : dataset->group_start[block + 1];
}

size_t hmfm_regression_block(const hmfm_regression *regression, size_t group) {
  return regression->shared ? 0 : group;
}
