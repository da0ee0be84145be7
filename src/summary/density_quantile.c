/* Quantiles of a posterior predictive law. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/density.h"

/* The nearer tail is compared with its probability: a difference that grows with y, and is 0 at the
 * quantile. */
typedef struct search {
  const hmfm_density *density;
  double probability;
  double *value; /* n_draws */
} search;

static double excess(const search *s, double y) {
  const int below = s->probability <= 0.5;
  const size_t n = s->density->n_draws;
  double sum = 0.0;
  hmfm_density_fill(s->density, below ? HMFM_CURVE_BELOW : HMFM_CURVE_ABOVE, HMFM_WEIGHTS_MEAN, 1,
                    &y, s->value);
  for (size_t k = 0; k < n; k++) sum += s->value[k];
  return below ? sum / (double)n - s->probability : 1.0 - s->probability - sum / (double)n;
}

/* An interval with excess < 0 at its lower end and >= 0 at its upper one, from that of the data on, each
 * step twice as wide. Returns 0 where there is none. */
static int bracket(const search *s, double end[2], double at[2]) {
  double width = fmax(end[1] - end[0], DBL_MIN);
  at[0] = excess(s, end[0]);
  at[1] = excess(s, end[1]);
  while (at[0] >= 0.0 && isfinite(end[0])) {
    end[1] = end[0];
    at[1] = at[0];
    end[0] -= width;
    width *= 2.0;
    at[0] = excess(s, end[0]);
  }
  while (at[1] < 0.0 && isfinite(end[1])) {
    end[0] = end[1];
    at[0] = at[1];
    end[1] += width;
    width *= 2.0;
    at[1] = excess(s, end[1]);
  }
  return isfinite(end[0]) && isfinite(end[1]) && at[0] < 0.0 && at[1] >= 0.0;
}

/* The root between two ends by Chandrupatla's method (1997, Advances in Engineering Software 28,
 * 145-149): inverse quadratic interpolation where three points make it safe, else bisection. */
static double root(const search *s, const double end[2], const double at[2]) {
  const double scale = s->density->high - s->density->low;
  double a = end[1], fa = at[1], b = end[0], fb = at[0], c = a, fc = fa, part = 0.5;
  for (int step = 0; step < 300; step++) {
    const double x = a + part * (b - a), f = excess(s, x);
    if ((f < 0.0) == (fa < 0.0)) {
      c = a;
      fc = fa;
    } else {
      c = b;
      fc = fb;
      b = a;
      fb = fa;
    }
    a = x;
    fa = f;
    const double best = fabs(fa) < fabs(fb) ? a : b;
    const double least = (2.0 * DBL_EPSILON * fabs(best) + 1e-16 * scale) / fabs(b - a);
    if (least > 0.5 || fa == 0.0) return best;
    const double xi = (a - b) / (c - b), phi = (fa - fb) / (fc - fb);
    part = 0.5;
    if (phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi)
      part = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb);
    part = fmin(fmax(part, least), 1.0 - least);
  }
  return a;
}

/* The least whole number without a negative excess. */
static double least_count(const search *s, double low, double high) {
  low = floor(low);
  high = ceil(high);
  while (high - low > 1.0) {
    const double middle = floor(low + 0.5 * (high - low));
    if (middle <= low || middle >= high) break;
    if (excess(s, middle) < 0.0)
      low = middle;
    else
      high = middle;
  }
  return high;
}

hmfm_status hmfm_density_quantiles(const hmfm_density *density, size_t n, const double *probability,
                                   double *out, hmfm_error *error) {
  const int counts = hmfm_density_is_of_counts(density);
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; k < n; k++)
    if (!(probability[k] > 0.0 && probability[k] < 1.0))
      return hmfm_fail(error, HMFM_EUSAGE,
                       "a quantile's probability must be between 0 and 1, got %g", probability[k]);
  double *found = hmfm_calloc(n, sizeof *found);
  search s = {density, 0.0, hmfm_calloc(density->n_draws, sizeof(double))};
  if (!found || !s.value) status = hmfm_fail_memory(error, "the quantiles of a density");
  for (size_t k = 0; !status && k < n; k++) {
    double end[2] = {counts ? -1.0 : density->low, density->high}, at[2];
    s.probability = probability[k];
    if (!bracket(&s, end, at))
      status = hmfm_fail(error, HMFM_ENUMERIC, "no y has a probability of %g to be at most y",
                         probability[k]);
    else
      found[k] = counts ? least_count(&s, end[0], end[1]) : root(&s, end, at);
  }
  if (!status) memcpy(out, found, n * sizeof *out);
  hmfm_free(found);
  hmfm_free(s.value);
  return status;
}
