/* Poisson mixtures with a negative binomial component. */
#include "model/poisson_law.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "base/vecmath.h"

/* The mean of a count, kept where its logarithm and products with counts are numbers. */
static double mean_count(const hmfm_observation *law, size_t m) {
  return fmin(fmax(law->exposure * law->atom[m], 1e-300), 1e290);
}

enum { POINTS = 64 };

HMFM_VECTOR static void add_density(size_t n, double weight, double mean, double log_mean,
                                    const double *restrict y, const double *restrict log_factorial,
                                    double *restrict out) {
  for (size_t l = 0; l < n; l++)
    out[l] += weight * hmfm_exp(y[l] * log_mean - mean - log_factorial[l]);
}

/* With the rate integrated out a count is negative binomial: Gamma(a + y)/(Gamma(a) y!) p^a (1 - p)^y,
 * p = b/(b + e). */
static void add_prior_density(double a, double b, const hmfm_observation *law, size_t n,
                              const double *y, const double *log_factorial, double *out) {
  const double e = law->exposure;
  const double none = -log1p(e / b), more = -log1p(b / e); /* log p, log (1 - p) */
  for (size_t l = 0; l < n; l++)
    out[l] += law->rest * exp(hmfm_log_gamma(a + y[l]) - hmfm_log_gamma(a) - log_factorial[l] +
                              a * none + y[l] * more);
}

void hmfm_poisson_density(double a, double b, const hmfm_observation *law, size_t n,
                          const double *y, double *out) {
  double count[POINTS], log_factorial[POINTS];
  for (size_t first = 0; first < n; first += POINTS) {
    const size_t some = n - first < POINTS ? n - first : POINTS;
    double *to = out + first;
    for (size_t l = 0; l < some; l++) {
      count[l] = fmin(fmax(y[first + l], 0.0), 1e290);
      log_factorial[l] = count[l] + 1.0;
      to[l] = 0.0;
    }
    hmfm_vector_log_gamma(some, log_factorial, log_factorial);
    for (size_t m = 0; m < law->n_components; m++) {
      const double mean = mean_count(law, m);
      add_density(some, law->weight[m], mean, log(mean), count, log_factorial, to);
    }
    if (law->rest > 0.0) add_prior_density(a, b, law, some, count, log_factorial, to);
    for (size_t l = 0; l < some; l++) /* only whole numbers have a probability */
      if (!(y[first + l] == floor(count[l]))) to[l] = 0.0;
  }
}

/* P(Y <= k) or, upper, P(Y > k) for a Poisson count Y: the incomplete gamma function at shape a = k + 1.
 * Where that is large, by Temme's uniform expansion (1979, SIAM J. Math. Anal. 10, 757-766), whose next
 * term is below 1e-10: with eta^2/2 = x - 1 - log x, x = mean/a, P(Y <= k) is
 *   erfc(eta sqrt(a/2))/2 + exp(-a eta^2/2)/sqrt(2 pi a) c(eta),  c = 1/(x - 1) - 1/eta. */
static double tail_at(double k, double mean, int upper) {
  const double a = k + 1.0, large = 1e5;
  if (k < 0.0) return upper ? 1.0 : 0.0;
  if (a < large) return upper ? gsl_cdf_gamma_P(mean, a, 1.0) : gsl_cdf_gamma_Q(mean, a, 1.0);
  const double d = (mean - a) / a;
  const double half =
      fabs(d) < 1e-3 ? d * d * (0.5 - d * (1.0 / 3 - d * (0.25 - d * 0.2))) : d - log1p(d);
  const double eta = copysign(sqrt(2.0 * half), d);
  const double c =
      fabs(eta) < 0.05
          ? -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135 - eta * (1.0 / 864 + eta / 2835)))
          : 1.0 / d - 1.0 / eta;
  const double sign = upper ? -1.0 : 1.0;
  return 0.5 * erfc(sign * eta * sqrt(0.5 * a)) + sign * exp(-a * half) / sqrt(2.0 * M_PI * a) * c;
}

void hmfm_poisson_tail(double a, double b, const hmfm_observation *law, int upper, size_t n,
                       const double *y, double *out) {
  const double p = b / (b + law->exposure);
  for (size_t l = 0; l < n; l++) {
    const double k = floor(y[l]);
    double sum = 0.0, prior = upper ? k < 0.0 : 0.0;
    for (size_t m = 0; m < law->n_components; m++)
      sum += law->weight[m] * tail_at(k, mean_count(law, m), upper);
    if (law->rest > 0.0 && k >= 0.0)
      prior = upper ? gsl_cdf_beta_Q(p, a, k + 1.0) : gsl_cdf_beta_P(p, a, k + 1.0);
    out[l] = sum + law->rest * prior;
  }
}
