/* The laws of M: Poisson, negative binomial, point and uniform. */
#include "model/components_law.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/vecmath.h"
#include "hmfm/model.h"

static void range_from_K(const hmfm_components_at *at, size_t K, size_t *first, size_t *last) {
  (void)at;
  *first = K;
  *last = SIZE_MAX;
}

static double mean_is_lambda(const hmfm_components_at *at) { return at->lambda; }

/* The bound of a sum's rest where log T is a function of log M whose slope grows from M on by `slack` at the
 * most: with s the slope before M, T(M') <= T(M) (M'/M)^(s + slack) for M' > M, and so the rest is
 * below T(M) M/(-s - slack - 1). The slope between M - 1 and M is below (M - 1) log(T(M)/T(M-1)) where
 * that is negative. */
static int rest_is_negligible(double M, double slack, double before, double term, double top) {
  const double excess = (M - 1.0) * (before - term) - slack - 1.0;
  return excess > 0.0 && term + log(M / excess) < top - HMFM_NEGLIGIBLE;
}

/* ---- Poisson: q(M) = e^-Lambda Lambda^(M-1)/(M-1)! ---- */

static void poisson_log_weights(const hmfm_components_at *at, size_t n, const double *M,
                                double *log_weight) {
  const double log_lambda = log(at->lambda);
  for (size_t k = 0; k < n; k++) log_weight[k] = (M[k] - 1.0) * log_lambda;
}

static double poisson_log_constant(const hmfm_components_at *at) { return -at->lambda; }

/* From (M+1) Lambda < M (M+1-K) on the terms decrease, ever faster. */
static int poisson_ends(const hmfm_components_at *at, double K, double M, double before,
                        double term, double top) {
  (void)before;
  return term < top - HMFM_NEGLIGIBLE && (M + 1.0) * at->lambda < M * (M + 1.0 - K);
}

static size_t poisson_draw(const hmfm_components_at *at, gsl_rng *rng) {
  return 1 + gsl_ran_poisson(rng, at->lambda);
}

static double poisson_exposure(const hmfm_components_at *at, gsl_rng *rng, size_t n_components) {
  (void)at, (void)rng, (void)n_components;
  return 1.0;
}

/* ---- negative binomial: M - 1 | G ~ Poisson(Lambda G), G ~ Gamma(r, rate r) ----
 *
 * q(M) = Gamma(r + M - 1)/(Gamma(r) (M-1)!) (1-p)^r p^(M-1), p = Lambda/(r + Lambda): mean Lambda, variance
 * Lambda + Lambda^2/r. */

static void negbin_log_weights(const hmfm_components_at *at, size_t n, const double *M,
                               double *log_weight) {
  const double log_p = -log1p(at->size / at->lambda);
  for (size_t k = 0; k < n; k++) log_weight[k] = at->size + (M[k] - 1.0);
  hmfm_vector_log_gamma(n, log_weight, log_weight);
  for (size_t k = 0; k < n; k++) log_weight[k] += (M[k] - 1.0) * log_p;
}

static double negbin_log_constant(const hmfm_components_at *at) {
  return -at->size * log1p(at->lambda / at->size) - hmfm_log_gamma(at->size);
}

/* The slope of log T in log M is
 *   1 + M [psi(r+M-1) - psi(M+1-K)] + M log p - sum_j gamma_j M [psi(gamma_j M + n_j) - psi(gamma_j M)].
 * M log p falls, and so does the last term. M [psi(r+M-1) - psi(M)] grows to r - 1, by r^2/M at the most, or
 * by 2 where r < 1; M [psi(M) - psi(M+1-K)] = sum_{0<i<K} M/(M-i) falls. Where already
 * p (r+M-1) < M + 1/2 - K, and r + K >= 2, the first and M log p together fall, too. */
static int negbin_ends(const hmfm_components_at *at, double K, double M, double before, double term,
                       double top) {
  const double r = at->size, p = at->lambda / (r + at->lambda);
  const double slack = p * (r + M - 1.0) < M + 0.5 - K ? 2.0 : 2.0 + r * r / M;
  return rest_is_negligible(M, slack, before, term, top);
}

static size_t negbin_draw(const hmfm_components_at *at, gsl_rng *rng) {
  const double mean = gsl_ran_gamma(rng, at->size, at->lambda / at->size);
  return 1 + gsl_ran_poisson(rng, fmin(mean, 1e9));
}

/* G | M, Lambda ~ Gamma(r + M - 1, rate r + Lambda). */
static double negbin_exposure(const hmfm_components_at *at, gsl_rng *rng, size_t n_components) {
  const double shape = at->size + (double)(n_components - 1);
  return gsl_ran_gamma(rng, shape, 1.0 / (at->size + at->lambda));
}

/* ---- M given, and M uniform on 1 .. most ---- */

static void point_range(const hmfm_components_at *at, size_t K, size_t *first, size_t *last) {
  *last = (size_t)at->most;
  *first = K > *last ? K : *last;
}

static void uniform_range(const hmfm_components_at *at, size_t K, size_t *first, size_t *last) {
  *first = K;
  *last = (size_t)at->most;
}

static void flat_log_weights(const hmfm_components_at *at, size_t n, const double *M,
                             double *log_weight) {
  (void)at;
  hmfm_vector_log_gamma(n, M, log_weight);
}

static double point_log_constant(const hmfm_components_at *at) {
  (void)at;
  return 0.0;
}

static double uniform_log_constant(const hmfm_components_at *at) { return -log(at->most); }

/* The slope of log T in log M, sum_{i<K} M/(M-i) less what the groups take, falls. */
static int flat_ends(const hmfm_components_at *at, double K, double M, double before, double term,
                     double top) {
  (void)at, (void)K;
  return rest_is_negligible(M, 0.0, before, term, top);
}

static double point_mean(const hmfm_components_at *at) { return at->most - 1.0; }
static double uniform_mean(const hmfm_components_at *at) { return 0.5 * (at->most - 1.0); }

static size_t point_draw(const hmfm_components_at *at, gsl_rng *rng) {
  (void)rng;
  return (size_t)at->most;
}

static size_t uniform_draw(const hmfm_components_at *at, gsl_rng *rng) {
  return 1 + gsl_rng_uniform_int(rng, (unsigned long)at->most);
}

/* ---- the tables ---- */

static const hmfm_components_law POISSON = {
    .name = "poisson",
    .meaning = "M - 1 is Poisson with mean Lambda",
    .uses_lambda = 1,
    .range = range_from_K,
    .log_weights = poisson_log_weights,
    .log_constant = poisson_log_constant,
    .ends = poisson_ends,
    .mean = mean_is_lambda,
    .draw = poisson_draw,
    .draw_exposure = poisson_exposure,
};

static const hmfm_components_law NEGBIN = {
    .name = "negbin",
    .meaning = "M - 1 is negative binomial with mean Lambda",
    .uses_lambda = 1,
    .parameter = "m-size",
    .range = range_from_K,
    .log_weights = negbin_log_weights,
    .log_constant = negbin_log_constant,
    .ends = negbin_ends,
    .mean = mean_is_lambda,
    .draw = negbin_draw,
    .draw_exposure = negbin_exposure,
};

static const hmfm_components_law POINT = {
    .name = "point",
    .meaning = "M is given",
    .parameter = "m",
    .range = point_range,
    .log_weights = flat_log_weights,
    .log_constant = point_log_constant,
    .ends = flat_ends,
    .mean = point_mean,
    .draw = point_draw,
};

static const hmfm_components_law UNIFORM = {
    .name = "uniform",
    .meaning = "M is uniform from 1 to a largest value",
    .parameter = "m-max",
    .range = uniform_range,
    .log_weights = flat_log_weights,
    .log_constant = uniform_log_constant,
    .ends = flat_ends,
    .mean = uniform_mean,
    .draw = uniform_draw,
};

const hmfm_components_law *const hmfm_components_laws[] = {&POISSON, &NEGBIN, &POINT, &UNIFORM,
                                                           NULL};

const hmfm_components_law *hmfm_components_law_find(const char *name) {
  size_t k = 0;
  while (hmfm_components_laws[k] && strcmp(hmfm_components_laws[k]->name, name) != 0) k++;
  return hmfm_components_laws[k];
}

const char *hmfm_prior_m_name(size_t index) {
  for (size_t k = 0; hmfm_components_laws[k]; k++) {
    if (k == index) return hmfm_components_laws[k]->name;
  }
  return NULL;
}

double hmfm_components_log_pmf(const hmfm_components_law *law, const hmfm_components_at *at,
                               size_t M) {
  const double m = (double)M;
  double log_weight;
  size_t first, last;
  law->range(at, 1, &first, &last);
  if (M < first || M > last) return -INFINITY;
  law->log_weights(at, 1, &m, &log_weight);
  return log_weight - hmfm_log_gamma(m) + law->log_constant(at);
}
