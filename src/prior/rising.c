/* Rising factorials in logs, and waiting times by inversion. */
#include "prior/rising.h"

#include <math.h>

/* Stirling's series less its leading terms. */
static double correction(double x) {
  const double v = 1.0 / x, w = v * v;
  return v * (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w / 1188))));
}

/* With y = x + n: lnG(y) - lnG(x) = (x - 1/2) log(1 + n/x) + n log y - n + correction(y) - correction(x). */
double hmfm_log_rising(double x, double n) {
  double sum = 0.0;
  while (n > 0.0 && x < 12.0) {
    double product = x;
    n -= 1.0;
    x += 1.0;
    for (int k = 1; k < 4 && n > 0.0; k++, n -= 1.0, x += 1.0) product *= x;
    sum += log(product);
  }
  if (!(n > 0.0)) return sum;
  const double y = x + n;
  return sum + (x - 0.5) * log1p(n / x) + n * (log(y) - 1.0) + (correction(y) - correction(x));
}

/* log of the probability that n units in a row open nothing. */
static double log_quiet(double first, double n, double a, double b) {
  return hmfm_log_rising(first + a, n) - hmfm_log_rising(first + b, n);
}

size_t hmfm_draw_waiting(gsl_rng *rng, size_t seated, size_t most, double a, double b) {
  const double first = (double)seated, u = log(gsl_rng_uniform_pos(rng));
  if (most == 0 || !(first + a > 0.0)) return 0;
  if (log_quiet(first, (double)most, a, b) >= u) return most;
  size_t low = 0, high = 1; /* quiet for low units, not for high */
  while (high < most && log_quiet(first, (double)high, a, b) >= u) {
    low = high;
    high = high > most / 2 ? most : 2 * high;
  }
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (log_quiet(first, (double)middle, a, b) >= u)
      low = middle;
    else
      high = middle;
  }
  return low;
}
