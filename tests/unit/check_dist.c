/* Gamma, Dirichlet and beta prime draws on the log scale, and the slice sampler, against their laws. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>

#include "dist/log_gamma_variate.h"
#include "dist/slice.h"
#include "rng/philox.h"

enum { N = 20000 };

static gsl_rng *stream;
static double x[N];

static void start(void) { stream = hmfm_stream_create(41, 0); }
static void finish(void) { hmfm_stream_destroy(stream); }

static int ascending(const void *a, const void *b) {
  double u = *(const double *)a, v = *(const double *)b;
  return (u > v) - (u < v);
}

/* Kolmogorov's distance times sqrt(n) of x[0 .. n-1] from a law; above 2.6 with probability 3e-6. */
static double distance(size_t n, double (*cdf)(double, double, double), double a, double b) {
  double d = 0.0;
  qsort(x, n, sizeof *x, ascending);
  for (size_t k = 0; k < n; k++) {
    double p = cdf(x[k], a, b);
    d = fmax(d, fmax(p - (double)k / (double)n, (double)(k + 1) / (double)n - p));
  }
  return d * sqrt((double)n);
}
static const double FAR = 2.6;

/* Law of log G, G ~ Gamma(shape, 1). Where G < 1e-20, P(G < g) = g^shape / (shape Gamma(shape)) to
 * double precision, which stays good where g itself underflows. */
static double log_gamma_cdf(double log_g, double shape, double unused) {
  (void)unused;
  if (log_g < -46.0) return exp(shape * log_g - gsl_sf_lngamma(shape + 1.0));
  return gsl_cdf_gamma_P(exp(log_g), shape, 1.0);
}

START_TEST(log_gamma_law) {
  const double shape[] = {1e-8, 1e-4, 0.02, 0.5, 0.999, 1.0, 1.7, 40.0, 5000.0};
  for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
    for (int k = 0; k < N; k++) {
      x[k] = hmfm_draw_log_gamma(stream, shape[s]);
      ck_assert(isfinite(x[k]));
    }
    double d = distance(N, log_gamma_cdf, shape[s], 0.0);
    ck_assert_msg(d < FAR, "shape %g: distance %g", shape[s], d);
  }
}
END_TEST

/* 1/(1+U) ~ Beta(b, a). Where it is below 1e-20, P(1/(1+U) < v) = v^b Gamma(a+b)/(Gamma(a) Gamma(b+1)). */
static double log1p_beta_prime_cdf(double y, double a, double b) {
  if (y < 46.0) return gsl_cdf_beta_Q(exp(-y), b, a);
  return -expm1(-b * y + gsl_sf_lngamma(a + b) - gsl_sf_lngamma(a) - gsl_sf_lngamma(b + 1.0));
}

START_TEST(beta_prime_law) {
  const double law[][2] = {{1, 0.5},   {30, 2.0},  {3600, 12.0}, {5, 200.0},
                           {2.5, 1.0}, {40, 1e-8}, {40, 1e-3}};
  for (size_t s = 0; s < sizeof law / sizeof *law; s++) {
    for (int k = 0; k < N; k++) {
      x[k] = hmfm_draw_log1p_beta_prime(stream, law[s][0], law[s][1]);
      ck_assert(isfinite(x[k]) && x[k] >= 0.0);
    }
    double d = distance(N, log1p_beta_prime_cdf, law[s][0], law[s][1]);
    ck_assert_msg(d < FAR, "a %g, b %g: distance %g", law[s][0], law[s][1], d);
  }
  ck_assert_double_eq(hmfm_draw_log1p_beta_prime(stream, 0.0, 1.0), 0.0);
}
END_TEST

static double beta_cdf(double p, double a, double b) { return gsl_cdf_beta_P(p, a, b); }

START_TEST(dirichlet_law) {
  const double shape[] = {0.7, 2.0, 0.1, 5.0};
  for (size_t part = 0; part < 4; part++) {
    for (int k = 0; k < N; k++) {
      double log_part[4], sum = 0.0;
      hmfm_draw_log_dirichlet(stream, 4, shape, log_part);
      for (int p = 0; p < 4; p++) sum += exp(log_part[p]);
      ck_assert_double_eq_tol(sum, 1.0, 1e-13);
      x[k] = exp(log_part[part]);
    }
    ck_assert_double_lt(distance(N, beta_cdf, shape[part], 7.8 - shape[part]), FAR);
  }
}
END_TEST

/* With all shapes 1e-8 one part holds everything, each as often; the others are finite logs. */
START_TEST(dirichlet_of_tiny_shapes) {
  const double shape[] = {1e-8, 1e-8, 1e-8};
  int winner[3] = {0};
  for (int k = 0; k < N; k++) {
    double log_part[3];
    hmfm_draw_log_dirichlet(stream, 3, shape, log_part);
    int top = 0;
    for (int p = 0; p < 3; p++) {
      ck_assert(isfinite(log_part[p]) && log_part[p] <= 0.0);
      if (log_part[p] > log_part[top]) top = p;
    }
    ck_assert_double_eq_tol(log_part[top], 0.0, 1e-12);
    winner[top]++;
  }
  for (int p = 0; p < 3; p++) ck_assert_int_lt(abs(winner[p] - N / 3), 334); /* 5 sd */
}
END_TEST

/* ---- the slice sampler ---- */

static double log_of_gamma_shape_one_half(double at, void *calls) {
  ++*(long *)calls;
  return 0.5 * at - exp(at); /* log G, G ~ Gamma(1/2, 1) */
}

static double truncated_exponential(double at, void *calls) {
  ++*(long *)calls;
  return -2.0 * at;
}
static double truncated_exponential_cdf(double at, double low, double high) {
  return expm1(-2.0 * (at - low)) / expm1(-2.0 * (high - low));
}

static double two_modes(double at, void *calls) {
  ++*(long *)calls;
  return log(0.3 * exp(-0.5 * (at + 2) * (at + 2)) + 0.7 * exp(-0.5 * (at - 2) * (at - 2)));
}
static double two_modes_cdf(double at, double unused, double unused_too) {
  (void)unused, (void)unused_too;
  return 0.3 * gsl_cdf_ugaussian_P(at + 2) + 0.7 * gsl_cdf_ugaussian_P(at - 2);
}

/* Independent restarts: from a draw of the law itself, one transition; it must keep the law. */
START_TEST(slice_keeps_laws) {
  long calls = 0;
  for (double width = 0.05; width < 60.0; width *= 10.0) {
    for (int k = 0; k < N; k++) {
      double from = hmfm_draw_log_gamma(stream, 0.5);
      x[k] = hmfm_draw_slice(stream, from, width, -690, 690, log_of_gamma_shape_one_half, &calls);
      ck_assert(x[k] != from);
    }
    ck_assert_double_lt(distance(N, log_gamma_cdf, 0.5, 0.0), FAR);
    for (int k = 0; k < N; k++) {
      double from = 1.0 - 0.5 * log1p(gsl_rng_uniform(stream) * expm1(-2.0 * 1.5));
      x[k] = hmfm_draw_slice(stream, from, width, 1.0, 2.5, truncated_exponential, &calls);
      ck_assert(x[k] >= 1.0 && x[k] <= 2.5);
    }
    ck_assert_double_lt(distance(N, truncated_exponential_cdf, 1.0, 2.5), FAR);
    for (int k = 0; k < N; k++) {
      double z = gsl_cdf_ugaussian_Pinv(gsl_rng_uniform_pos(stream));
      double from = z + (gsl_rng_uniform(stream) < 0.3 ? -2.0 : 2.0);
      x[k] = hmfm_draw_slice(stream, from, width, -690, 690, two_modes, &calls);
    }
    ck_assert_double_lt(distance(N, two_modes_cdf, 0.0, 0.0), FAR);
  }
  ck_assert_int_lt(calls / (4 * 3 * N), 60); /* and it does not walk for ever */
}
END_TEST

/* A chain from far out in the tail finds the law. */
START_TEST(slice_mixes) {
  long calls = 0;
  double at = -600.0;
  for (int k = 0; k < 100; k++) {
    at = hmfm_draw_slice(stream, at, 2.0, -690, 690, log_of_gamma_shape_one_half, &calls);
  }
  for (int k = 0; k < 4000; k++) {
    for (int t = 0; t < 10; t++) {
      at = hmfm_draw_slice(stream, at, 2.0, -690, 690, log_of_gamma_shape_one_half, &calls);
    }
    x[k] = at;
  }
  ck_assert_double_lt(distance(4000, log_gamma_cdf, 0.5, 0.0), FAR);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("dist");
  TCase *all = tcase_create("dist");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, log_gamma_law);
  tcase_add_test(all, beta_prime_law);
  tcase_add_test(all, dirichlet_law);
  tcase_add_test(all, dirichlet_of_tiny_shapes);
  tcase_add_test(all, slice_keeps_laws);
  tcase_add_test(all, slice_mixes);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
