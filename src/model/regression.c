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

static hmfm_status allocate(hmfm_regression *regression, const hmfm_dataset *data,
                            hmfm_error *error) {
  const size_t r = regression->n_covariates;
  regression->mean = hmfm_calloc(r, sizeof(double));
  regression->sd = hmfm_calloc(r, sizeof(double));
  regression->range = hmfm_calloc(r, sizeof(double));
  regression->gram = hmfm_calloc(regression->n_blocks, r * r * sizeof(double));
  regression->active = hmfm_calloc(r > 0 ? data->n_units : 0, sizeof *regression->active);
  regression->active_start = hmfm_calloc(data->n_groups + 1, sizeof *regression->active_start);
  if (regression->mean && regression->sd && regression->range && regression->gram &&
      regression->active && regression->active_start) {
    return HMFM_OK;
  }
  return hmfm_fail_memory(error, "the regression");
}

/* The range of each covariate. Sums of squares, which the updates of beta are made from, must be numbers. */
static hmfm_status find_range(hmfm_regression *regression, const hmfm_dataset *data,
                              hmfm_error *error) {
  const size_t r = regression->n_covariates;
  for (size_t k = 0; k < r; k++) {
    double low = INFINITY, high = -INFINITY;
    for (size_t h = 0; h < data->n_rows; h++) {
      low = fmin(low, data->x[h * r + k]);
      high = fmax(high, data->x[h * r + k]);
    }
    const double largest = fmax(fabs(low), fabs(high));
    if (!isfinite(largest * largest * (double)data->n_rows)) {
      return hmfm_fail(error, HMFM_EDATA,
                       "covariate %s has values as large as %g, whose squares are no numbers; "
                       "rescale it",
                       data->covariate_name[k], largest);
    }
    regression->range[k] = high > low ? high - low : 1.0;
  }
  return HMFM_OK;
}

static hmfm_status cut_active(hmfm_regression *regression, hmfm_error *error) {
  const size_t *start = regression->active_start;
  const size_t whole[2] = {start[0], start[regression->n_groups]};
  hmfm_status status = hmfm_pieces_init(regression->active, regression->n_groups, start, HMFM_PIECE,
                                        &regression->pieces, error);
  return status ? status
                : hmfm_pieces_init(regression->active, regression->n_blocks,
                                   regression->shared ? whole : start, HMFM_UNIT_BLOCK,
                                   &regression->sums, error);
}

/* Where a group has a regression of its own, a covariate that is constant within it adds a constant to all of its
 * observations, as another mean of each cluster would: only the clusters that groups share tell of it. */
static void remark_on_constant(const hmfm_choice *choice, const hmfm_regression *regression) {
  const hmfm_dataset *data = choice->dataset;
  const size_t r = regression->n_covariates;
  if (regression->shared || regression->n_groups < 2) return;
  for (size_t k = 0; k < r; k++) {
    int is_constant = 1;
    for (size_t j = 0; is_constant && j < data->n_groups; j++) {
      const size_t first = data->unit_start[data->group_start[j]];
      const size_t last = data->unit_start[data->group_start[j + 1]];
      for (size_t h = first; h < last; h++)
        is_constant &= data->x[h * r + k] == data->x[first * r + k];
    }
    if (is_constant)
      hmfm_notes_add(choice->notes,
                     "covariate %s is constant within every group: a coefficient for each group "
                     "only shifts the whole group, of which no more is known than the prior and "
                     "the clusters shared with other groups say. Give --beta shared for one "
                     "coefficient of all groups",
                     data->covariate_name[k]);
  }
}

static int is_active(const hmfm_dataset *data, size_t unit) {
  const size_t r = data->n_covariates;
  for (size_t at = data->unit_start[unit] * r; at < data->unit_start[unit + 1] * r; at++) {
    if (data->x[at] != 0.0) return 1;
  }
  return 0;
}

static void find_active(hmfm_regression *regression, const hmfm_dataset *data) {
  size_t n = 0;
  for (size_t j = 0; j < data->n_groups; j++) {
    for (size_t i = data->group_start[j]; i < data->group_start[j + 1]; i++) {
      if (is_active(data, i)) regression->active[n++] = (int32_t)i;
    }
    regression->active_start[j + 1] = n;
  }
}

hmfm_status hmfm_regression_init(const hmfm_choice *choice, const hmfm_family *family,
                                 const void *family_data, hmfm_regression *out, hmfm_error *error) {
  const hmfm_dataset *data = choice->dataset;
  const size_t r = data->n_covariates;
  const int shared = strcmp(choice->given->beta, "shared") == 0;
  if (!shared && strcmp(choice->given->beta, "group") != 0) {
    return hmfm_fail(error, HMFM_EUSAGE, "beta must be 'group' or 'shared', got '%s'",
                     choice->given->beta);
  }
  *out = (hmfm_regression){.n_covariates = r,
                           .n_groups = data->n_groups,
                           .shared = shared,
                           .n_blocks = r == 0   ? 0
                                       : shared ? 1
                                                : data->n_groups};
  hmfm_status status = allocate(out, data, error);
  if (status) return status;
  for (size_t k = 0; k < r; k++) out->sd[k] = 1.0;
  status = hmfm_choice_read(choice, &hmfm_regression_parameter[BETA_MEAN], out->mean, error);
  if (!status) {
    status = hmfm_choice_read(choice, &hmfm_regression_parameter[BETA_VAR], out->sd, error);
  }
  if (status || r == 0) return status;
  for (size_t k = 0; k < r; k++) out->sd[k] = sqrt(out->sd[k]);
  status = find_range(out, data, error);
  if (status) return status;
  remark_on_constant(choice, out);
  find_active(out, data);
  status = cut_active(out, error);
  if (status) return status;
  for (size_t b = 0; b < out->n_blocks; b++) {
    size_t first, last;
    hmfm_regression_groups(out, b, &first, &last);
    family->gram(family_data, hmfm_regression_active(out, first, last), out->gram + b * r * r);
  }
  return HMFM_OK;
}

void hmfm_regression_clear(hmfm_regression *regression) {
  hmfm_free(regression->mean);
  hmfm_free(regression->sd);
  hmfm_free(regression->range);
  hmfm_free(regression->gram);
  hmfm_free(regression->active);
  hmfm_free(regression->active_start);
  hmfm_pieces_clear(&regression->pieces);
  hmfm_pieces_clear(&regression->sums);
  *regression = (hmfm_regression){0};
}

void hmfm_regression_groups(const hmfm_regression *regression, size_t block, size_t *first,
                            size_t *last) {
  *first = regression->shared ? 0 : block;
  *last = regression->shared ? regression->n_groups : block + 1;
}

hmfm_span hmfm_regression_active(const hmfm_regression *regression, size_t first_group,
                                 size_t last_group) {
  const size_t first = regression->active_start[first_group];
  return (hmfm_span){.unit = regression->active + first,
                     .count = regression->active_start[last_group] - first};
}

size_t hmfm_regression_block(const hmfm_regression *regression, size_t group) {
  return regression->shared ? 0 : group;
}
