/* The observations that a density is about, as a histogram beside its curve wants them. */
#include "base/alloc.h"
#include "base/error.h"
#include "cli/density.h"

/* Posterior means of the regression of each group, n_groups x n_covariates; 0 where there is none. */
static hmfm_status average_beta(const hmfm_draws *d, double **out, hmfm_error *error) {
  const size_t r = d->n_covariates, n = d->n_chains * d->n_draws;
  const hmfm_variable *v = hmfm_draws_find(d, "beta");
  double *mean = hmfm_calloc(d->n_groups, (r + 1) * sizeof *mean);
  if (!mean) return hmfm_fail_memory(error, "the regressions");
  for (size_t k = 0; v && v->width > 0 && k < d->n_groups * r; k++)
    for (size_t c = 0; c < d->n_chains; c++)
      for (size_t t = 0; t < d->n_draws; t++) /* one beta for all groups is of width r */
        mean[k] += v->value[(c * d->capacity + t) * v->width + k % v->width] / (double)n;
  *out = mean;
  return HMFM_OK;
}

/* Does the law of a target say something about that unit? */
static int is_about(const hmfm_density_target *target, const hmfm_draws *d, size_t unit) {
  switch (target->kind) {
  case HMFM_DENSITY_GROUP: return d->unit_group[unit] == target->group;
  case HMFM_DENSITY_UNIT: return unit == target->unit;
  case HMFM_DENSITY_NEW_GROUP: break;
  }
  return 1;
}

hmfm_status hmfm_density_observations(const hmfm_density_report *report, const hmfm_answer *answer,
                                      double *y, double *weight, size_t *n, hmfm_error *error) {
  const hmfm_draws *d = report->draws;
  const size_t r = d->n_covariates;
  double *beta = NULL;
  size_t h = 0, taken = 0;
  hmfm_status status = average_beta(d, &beta, error);
  if (status) return status;
  for (size_t i = 0; i < d->n_units; i++) {
    for (size_t end = h + d->unit_size[i]; h < end; h++) {
      if (!is_about(&answer->target, d, i)) continue;
      y[taken] = d->y[h];
      for (size_t k = 0; k < r; k++)
        y[taken] -= (d->x[h * r + k] - answer->x[k]) * beta[d->unit_group[i] * r + k];
      weight[taken++] = 1 / (double)d->unit_size[i];
    }
  }
  hmfm_free(beta);
  *n = taken;
  return HMFM_OK;
}
