/* Choosing and filling bins. */
#include "plot/histogram.h"

#include <math.h>

/* The number among 1, 2, 5 times powers of ten that is nearest to x by ratio. */
static double nearest_round(double x) {
  static const double multiple[] = {1, 2, 5, 10};
  const double power = pow(10, floor(log10(x)));
  double best = power;
  for (int k = 0; k < 4; k++)
    if (fabs(log(multiple[k] * power / x)) < fabs(log(best / x))) best = multiple[k] * power;
  return best;
}

hmfm_bins hmfm_bins_find(hmfm_range range, size_t n, const double *y, double size, size_t most) {
  const double spread = range.high - range.low;
  const double iqr =
      n ? y[(size_t)(0.75 * (double)(n - 1))] - y[(size_t)(0.25 * (double)(n - 1))] : 0;
  double width = iqr > 0 ? 2 * iqr / cbrt(fmax(size, 1)) : spread / 20;
  width = fmin(fmax(width, spread / (double)most), spread / 8);
  width = nearest_round(width);
  if (spread / width > (double)most - 1) width = nearest_round(2.2 * width);
  const double first = floor(range.low / width) * width;
  return (hmfm_bins){(size_t)ceil((range.high - first) / width * (1 - 1e-12)), first, width};
}

void hmfm_bins_fill(const hmfm_bins *bins, size_t n, const double *y, const double *weight,
                    double *density) {
  double whole = 0;
  for (size_t k = 0; k < bins->n; k++) density[k] = 0;
  for (size_t i = 0; i < n; i++) {
    const double at = floor((y[i] - bins->first) / bins->width);
    if (at >= 0 && at < (double)bins->n) density[(size_t)at] += weight[i];
    whole += weight[i];
  }
  for (size_t k = 0; k < bins->n; k++) density[k] /= whole * bins->width;
}
