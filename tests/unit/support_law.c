/* Kolmogorov's distance and chi-square. */
#include "support_law.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

const double law_far = 2.6;

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double law_distance(size_t n, double *value) {
  double d = 0.0;
  qsort(value, n, sizeof *value, ascending);
  for (size_t k = 0; k < n; k++) {
    const double below = (double)k / (double)n, above = (double)(k + 1) / (double)n;
    d = fmax(d, fmax(value[k] - below, above - value[k]));
  }
  return d * sqrt((double)n);
}

double law_z_of_counts(size_t n_cells, const double *seen, const double *weight) {
  double total = 0.0, drawn = 0.0, sum = 0.0, e = 0.0, o = 0.0;
  int cells = 0;
  for (size_t k = 0; k < n_cells; k++) total += weight[k], drawn += seen[k];
  for (size_t k = 0; k < n_cells; k++) {
    e += weight[k] / total * drawn;
    o += seen[k];
    if (e < 10.0 && k + 1 < n_cells) continue;
    if (e > 1.0 || o > 0.0) {
      sum += (o - e) * (o - e) / fmax(e, 1e-300);
      cells++;
    }
    e = o = 0.0;
  }
  double p = gsl_cdf_chisq_Q(sum, cells - 1.0);
  return cells < 2 ? 0.0 : p > 0.999999 ? -5.0 : gsl_cdf_ugaussian_Qinv(fmax(p, 1e-300));
}
