/* What a density is of: targets, their covariates, and where to look at it. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "summary/density.h"

void hmfm_density_target_defaults(hmfm_density_target *target) {
  *target = (hmfm_density_target){.kind = HMFM_DENSITY_GROUP, .exposure = 1.0, .seed = 1};
}

static hmfm_status check_target(const hmfm_draws *draws, const hmfm_density_target *target,
                                hmfm_error *error) {
  if (target->kind != HMFM_DENSITY_NEW_GROUP && target->group >= draws->n_groups)
    return hmfm_fail(error, HMFM_EUSAGE, "there is no group %zu: %zu are counted from 0",
                     target->group, draws->n_groups);
  if (target->kind == HMFM_DENSITY_UNIT && target->unit >= draws->n_units)
    return hmfm_fail(error, HMFM_EUSAGE, "there is no unit %zu: %zu are counted from 0",
                     target->unit, draws->n_units);
  return HMFM_OK;
}

static int is_of_target(const hmfm_draws *draws, const hmfm_density_target *target, size_t unit) {
  switch (target->kind) {
  case HMFM_DENSITY_GROUP: return draws->unit_group[unit] == target->group;
  case HMFM_DENSITY_UNIT: return unit == target->unit;
  case HMFM_DENSITY_NEW_GROUP: break;
  }
  return 1;
}

hmfm_status hmfm_density_covariates(const hmfm_draws *draws, const hmfm_density_target *target,
                                    double *x, hmfm_error *error) {
  const size_t r = draws->n_covariates;
  size_t row = 0, seen = 0;
  hmfm_status status = check_target(draws, target, error);
  if (status || r == 0) return status;
  for (int pass = 0; pass < 2; pass++) { /* the rows are counted before x is touched */
    if (pass == 1) memset(x, 0, r * sizeof *x);
    row = 0;
    for (size_t i = 0; i < draws->n_units; row += draws->unit_size[i++]) {
      if (!is_of_target(draws, target, i)) continue;
      if (pass == 0) seen += draws->unit_size[i];
      for (size_t h = row; pass == 1 && h < row + draws->unit_size[i]; h++)
        for (size_t k = 0; k < r; k++) x[k] += draws->x[h * r + k];
    }
    if (seen == 0)
      return hmfm_fail(error, HMFM_EUSAGE, "there is no observation to take covariates from");
  }
  for (size_t k = 0; k < r; k++) x[k] /= (double)seen;
  return HMFM_OK;
}

void hmfm_density_range(const hmfm_draws *draws, const hmfm_model *model, double exposure,
                        double *from, double *to) {
  const int counts = (model->family->flags & HMFM_FAMILY_COUNTS) != 0;
  double low = INFINITY, high = -INFINITY;
  for (size_t h = 0; h < draws->n_rows; h++) {
    const double y = counts && draws->exposure ? draws->y[h] / draws->exposure[h] : draws->y[h];
    low = fmin(low, y);
    high = fmax(high, y);
  }
  if (counts) {
    *from = 0.0;
    *to = fmax(ceil(1.1 * high * exposure), 1.0);
    return;
  }
  const double margin = high > low ? 0.1 * (high - low) : 1.0;
  *from = low - margin;
  *to = high + margin;
}
