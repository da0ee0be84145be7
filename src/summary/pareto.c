/* Fitting a generalised Pareto law: the empirical Bayes estimate of Zhang and Stephens (2009), Technometrics 51,
 * 316-325, whose k is ours with the other sign, drawn towards 1/2 where values are few. */
#include "summary/pareto.h"

#include <math.h>

#include "base/vecmath.h"

/* With b = -k/sigma, the likelihood at its maximum over k is a function of b alone:
 * n (log(-b/k) - k - 1), k = mean log(1 - b x). */
static double shape_at(double b, size_t n, const double *x) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += log1p(-b * x[i]);
  return sum / (double)n;
}

size_t hmfm_pareto_points(size_t n) { return 30 + (size_t)sqrt((double)n); }

hmfm_pareto hmfm_pareto_fit(size_t n, const double *x, double *space) {
  const size_t points = hmfm_pareto_points(n);
  const double first = x[0], quartile = x[(size_t)((double)n / 4 + 0.5) - (n > 1)], last = x[n - 1];
  double *b = space, *log_weight = space + points;
  /* With a quarter of the values equal there is no scale: this is no tail of such a law. */
  if (!(quartile > first)) return (hmfm_pareto){NAN, NAN};
  for (size_t j = 0; j < points; j++) {
    const double at = ((double)j + 0.5) / (double)points;
    b[j] = 1 / last + (1 - sqrt(1 / at)) / (3 * quartile);
    const double k = shape_at(b[j], n, x);
    log_weight[j] = (double)n * (log(-b[j] / k) - k - 1);
  }
  const double whole = hmfm_log_sum_exp(points, log_weight);
  double mean = 0;
  for (size_t j = 0; j < points; j++) mean += b[j] * exp(log_weight[j] - whole);
  const double k = shape_at(mean, n, x);
  /* as if ten more values had said 1/2 */
  return (hmfm_pareto){((double)n * k + 10 * 0.5) / ((double)n + 10), -k / mean};
}

double hmfm_pareto_quantile(hmfm_pareto law, double p) {
  return law.sigma * expm1(-law.k * log1p(-p)) / law.k;
}
