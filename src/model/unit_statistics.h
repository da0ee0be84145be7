/* Sufficient statistics of units for a normal linear model, centred within each unit: sums of squares
 * about zero would cancel. A unit of N observations costs O(r^2) a visit, whatever N. */
#ifndef MODEL_UNIT_STATISTICS_H
#define MODEL_UNIT_STATISTICS_H

#include "hmfm/data.h"

typedef struct hmfm_unit_statistics {
  size_t n_units, r;
  size_t n_rows;  /* observations in all; 0 when made empty */
  int32_t *count; /* N_i */
  double *size;   /* N_i */
  double *y_mean; /* ybar_i */
  double *x_mean; /* n_units x r */
  double *yy;     /* sum of (y - ybar)^2 */
  double *xy; /* n_units x r: sum of (x - xbar)(y - ybar); NULL when x is constant in all units */
  double *xx; /* n_units x r x r: sum of (x - xbar)(x - xbar)'; NULL with xy */
} hmfm_unit_statistics;

/* With empty != 0 every unit has N = 0 and all sums 0. */
hmfm_status hmfm_unit_statistics_init(const hmfm_dataset *dataset, int empty,
                                      hmfm_unit_statistics *out, hmfm_error *error);
void hmfm_unit_statistics_clear(hmfm_unit_statistics *statistics);

/* Residuals e = y - x'beta of a unit: their mean, and their sum of squares about it, at least 0. */
static inline void hmfm_unit_residual(const hmfm_unit_statistics *statistics, size_t unit,
                                      const double *beta, double *mean, double *square) {
  const size_t r = statistics->r;
  const double *x = statistics->x_mean + unit * r;
  double e = statistics->y_mean[unit], q = statistics->yy[unit];
  if (r == 1) { /* the usual case, without loops */
    const double b = beta[0];
    if (statistics->xy) q += b * (b * statistics->xx[unit] - 2.0 * statistics->xy[unit]);
    *mean = e - x[0] * b;
    *square = q > 0.0 ? q : 0.0;
    return;
  }
  for (size_t k = 0; k < r; k++) e -= x[k] * beta[k];
  for (size_t k = 0; statistics->xy && k < r; k++) {
    const double *xx = statistics->xx + (unit * r + k) * r;
    q -= 2.0 * beta[k] * statistics->xy[unit * r + k];
    for (size_t l = 0; l < r; l++) q += beta[k] * xx[l] * beta[l];
  }
  *mean = e;
  *square = q > 0.0 ? q : 0.0;
}

#endif
