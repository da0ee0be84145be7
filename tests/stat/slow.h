/* The model's probabilities by slow routes that share nothing with the library: for the statistical
 * tests and the unit tests. Log-gamma is GSL's; marginal likelihoods go observation by observation. */
#ifndef STAT_SLOW_H
#define STAT_SLOW_H

#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct slow_nig {
  double mu0, k0, nu0, s0;
} slow_nig;

/* log m(e_1 .. e_n), by the chain rule: each observation given those before it is Student t with nu
 * degrees of freedom, location mu and scale s (k + 1)/k. */
static inline double slow_log_marginal(const slow_nig *prior, size_t n, const double *e) {
  double k = prior->k0, mu = prior->mu0, nu = prior->nu0, ss = prior->nu0 * prior->s0, sum = 0.0;
  for (size_t h = 0; h < n; h++) {
    double scale = ss / nu * (k + 1.0) / k, gap = e[h] - mu;
    sum += gsl_sf_lngamma(0.5 * (nu + 1.0)) - gsl_sf_lngamma(0.5 * nu) -
           0.5 * log(nu * 3.14159265358979323846 * scale) -
           0.5 * (nu + 1.0) * log1p(gap * gap / (nu * scale));
    ss += k / (k + 1.0) * gap * gap;
    mu += gap / (k + 1.0);
    k += 1.0;
    nu += 1.0;
  }
  return sum;
}

typedef struct slow_gamma {
  double a, b; /* shape, rate */
} slow_gamma;

/* log m(y_1 .. y_n) of Poisson counts with exposures e, by the chain rule: each given those before it is
 * negative binomial. */
static inline double slow_log_marginal_counts(const slow_gamma *prior, size_t n, const double *y,
                                              const double *e) {
  double a = prior->a, b = prior->b, sum = 0.0;
  for (size_t h = 0; h < n; h++) {
    sum += gsl_sf_lngamma(a + y[h]) - gsl_sf_lngamma(a) - gsl_sf_lngamma(y[h] + 1.0) -
           a * log1p(e[h] / b) - y[h] * log1p(b / e[h]);
    a += y[h];
    b += e[h];
  }
  return sum;
}

/* log of the rising factorial (g)_n, as a product: exact for tiny g. */
static inline double slow_log_rising(double g, size_t n) {
  double sum = 0.0;
  for (size_t k = 0; k < n; k++) sum += log(g + (double)k);
  return sum;
}

/* A law of the number of components: name as in prior-m (NULL: poisson), parameters as in m-size, m or
 * m-max. */
typedef struct slow_law {
  const char *name;
  double size, most;
} slow_law;

/* log q(M); the negative binomial as M - 1 successes before failure number `size`. */
static inline double slow_log_q(const slow_law *law, double lambda, size_t M) {
  const double m = (double)M, r = law->size;
  if (!law->name || strcmp(law->name, "poisson") == 0)
    return (m - 1.0) * log(lambda) - lambda - gsl_sf_lnfact((unsigned)(M - 1));
  if (strcmp(law->name, "negbin") == 0)
    return gsl_sf_lngamma(r + m - 1.0) - gsl_sf_lngamma(r) - gsl_sf_lnfact((unsigned)(M - 1)) +
           r * log(r / (r + lambda)) + (m - 1.0) * log(lambda / (r + lambda));
  if (strcmp(law->name, "point") == 0) return m == law->most ? 0.0 : -INFINITY;
  return m <= law->most ? -log(law->most) : -INFINITY;
}

/* log of M!/(M-K)! q(M) prod_j 1/(gamma_j M)_{n_j}. */
static inline double slow_log_component_term(const slow_law *law, size_t M, size_t K, double lambda,
                                             size_t d, const size_t *size, const double *gamma) {
  double sum =
      gsl_sf_lnfact((unsigned)M) - gsl_sf_lnfact((unsigned)(M - K)) + slow_log_q(law, lambda, M);
  for (size_t j = 0; j < d; j++) sum -= slow_log_rising(gamma[j] * (double)M, size[j]);
  return sum;
}

#endif
