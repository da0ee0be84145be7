/* Densities of small fits: against slow sums over components, integrals, quantiles, draws, threads, and tiles. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support_density.h"
#include "support_law.h"

enum { DRAWS = 40, ALL = 2 * DRAWS, POINTS = 9 };

static void evaluate(const hmfm_density *density, hmfm_density_curve curve, size_t n,
                     const double *y, double *mean, double *lower, double *upper) {
  hmfm_error error = {0};
  small_require(hmfm_density_evaluate(density, curve, n, y, 0.8, mean, lower, upper, &error),
                &error);
}

static double at(const hmfm_density *density, hmfm_density_curve curve, double y) {
  double mean;
  evaluate(density, curve, 1, &y, &mean, NULL, NULL);
  return mean;
}

static int counts(const density_fit *fit) { return strcmp(fit->of->family, "poisson") == 0; }

static void near(double got, double wanted, double tolerance, const density_fit *fit, size_t target,
                 const char *what) {
  ck_assert_msg(fabs(got - wanted) <= tolerance * fmax(fabs(wanted), 1e-3),
                "%s, target %zu, %s: %.17g, not %.17g", fit->of->name, target, what, got, wanted);
}

/* Mean over draws and quantiles of density and tails, from sums written out. A new group has other weights
 * in its bands, and where each group has its beta, another beta. */
static void compare(const density_fit *fit, size_t index, const hmfm_density *density) {
  const hmfm_density_target target = density_target(fit, index);
  const hmfm_density_curve curve[] = {HMFM_CURVE_DENSITY, HMFM_CURVE_BELOW, HMFM_CURVE_ABOVE};
  double y[POINTS], mean[POINTS], lower[POINTS], upper[POINTS], slow[ALL];
  for (int l = 0; l < POINTS; l++) y[l] = counts(fit) ? 4.0 * l : -4.0 + 1.3 * l;
  for (int k = 0; k < 3; k++) {
    evaluate(density, curve[k], POINTS, y, mean, lower, upper);
    for (int l = 0; l < POINTS; l++) {
      for (size_t s = 0; s < ALL; s++) {
        slow[s] = density_slow(fit, &target, s / DRAWS, s % DRAWS, k > 0, y[l]);
        if (k == 2) slow[s] = 1.0 - slow[s];
      }
      near(mean[l], gsl_stats_mean(slow, 1, ALL), 1e-12, fit, index, "mean");
      ck_assert(lower[l] <= upper[l]);
      if (target.kind == HMFM_DENSITY_NEW_GROUP) continue;
      gsl_sort(slow, 1, ALL);
      near(lower[l], gsl_stats_quantile_from_sorted_data(slow, 1, ALL, 0.1), 1e-12, fit, index,
           "lower");
      near(upper[l], gsl_stats_quantile_from_sorted_data(slow, 1, ALL, 0.9), 1e-12, fit, index,
           "upper");
    }
  }
}

/* Simpson's rule between two points, and what the tails beyond them have. */
static double mass(const hmfm_density *density, int of_counts) {
  enum { STEPS = 4000 };
  const double from = of_counts ? 0.0 : -60.0, to = of_counts ? 200.0 : 60.0;
  double sum = at(density, HMFM_CURVE_ABOVE, to);
  if (of_counts) {
    for (double y = from; y <= to; y++) sum += at(density, HMFM_CURVE_DENSITY, y);
    return sum;
  }
  sum += at(density, HMFM_CURVE_BELOW, from);
  double y[STEPS + 1], f[STEPS + 1], integral = 0.0;
  for (int k = 0; k <= STEPS; k++) y[k] = from + (to - from) * k / STEPS;
  evaluate(density, HMFM_CURVE_DENSITY, STEPS + 1, y, f, NULL, NULL);
  for (int k = 0; k <= STEPS; k++)
    integral += f[k] * (k == 0 || k == STEPS ? 1.0 : k % 2 ? 4.0 : 2.0);
  return sum + integral * (to - from) / STEPS / 3.0;
}

START_TEST(laws) {
  density_fit fit;
  density_fit_make(&fit, &density_cases[_i], DRAWS);
  for (size_t index = 0; index < DENSITY_TARGETS; index++) {
    const hmfm_density_target target = density_target(&fit, index);
    hmfm_density *density = density_make(&fit, &target);
    ck_assert_int_eq(hmfm_density_is_of_counts(density), counts(&fit));
    const int own_beta = fit.of->n_x > 0 && !fit.of->shared;
    if (index < 3 || !own_beta) compare(&fit, index, density);
    near(mass(density, counts(&fit)), 1.0, 1e-6, &fit, index, "mass");
    hmfm_density_destroy(density);
  }
  density_fit_clear(&fit);
}
END_TEST

/* What is below and above sums to 1, and a quantile has just its probability below it. */
START_TEST(quantiles) {
  const double p[] = {1e-9, 0.01, 0.05, 0.3, 0.5, 0.500001, 0.9, 0.99, 1.0 - 1e-9};
  enum { N = sizeof p / sizeof *p };
  density_fit fit;
  density_fit_make(&fit, &density_cases[_i], DRAWS);
  for (size_t index = 0; index < DENSITY_TARGETS; index++) {
    const hmfm_density_target target = density_target(&fit, index);
    hmfm_density *density = density_make(&fit, &target);
    double y[N];
    hmfm_error error = {0};
    small_require(hmfm_density_quantiles(density, N, p, y, &error), &error);
    for (int k = 0; k < N; k++) {
      const double below = at(density, HMFM_CURVE_BELOW, y[k]);
      near(below + at(density, HMFM_CURVE_ABOVE, y[k]), 1.0, 1e-12, &fit, index, "below and above");
      if (k > 0) ck_assert(y[k - 1] <= y[k]);
      if (counts(&fit)) {
        ck_assert(y[k] >= 0.0 && y[k] == floor(y[k]) && below >= p[k] - 1e-15);
        ck_assert(at(density, HMFM_CURVE_BELOW, y[k] - 1.0) < p[k]);
      } else {
        const double gap = p[k] <= 0.5 ? below / p[k] - 1.0
                                       : at(density, HMFM_CURVE_ABOVE, y[k]) / (1.0 - p[k]) - 1.0;
        ck_assert_msg(fabs(gap) < 1e-7, "%s, target %zu: off by %g at %.12g", fit.of->name, index,
                      gap, p[k]);
      }
    }
    hmfm_density_destroy(density);
  }
  density_fit_clear(&fit);
}
END_TEST

/* Draws have the law of the mean over draws: their probabilities are uniform, of counts spread over the jump at
 * each. */
START_TEST(draws) {
  enum { N = 4000 };
  static double y[N], below[N], before[N];
  density_fit fit;
  hmfm_error error = {0};
  density_fit_make(&fit, &density_cases[_i], DRAWS);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus);
  for (size_t index = 0; index < 3; index++) {
    const hmfm_density_target target = density_target(&fit, index);
    hmfm_density *density = density_make(&fit, &target);
    small_require(hmfm_density_draw(density, N, 11, y, &error), &error);
    evaluate(density, HMFM_CURVE_BELOW, N, y, below, NULL, NULL);
    memcpy(before, y, sizeof y);
    for (int k = 0; k < N; k++) before[k] -= 1.0;
    if (counts(&fit)) {
      double u[N];
      evaluate(density, HMFM_CURVE_BELOW, N, before, u, NULL, NULL);
      for (int k = 0; k < N; k++) below[k] = u[k] + gsl_rng_uniform(rng) * (below[k] - u[k]);
    }
    ck_assert_msg(law_distance(N, below) < law_far, "%s, target %zu", fit.of->name, index);
    small_require(hmfm_density_draw(density, 3, 11, before, &error), &error);
    ck_assert_mem_eq(before, y, 3 * sizeof *y);
    hmfm_density_destroy(density);
  }
  gsl_rng_free(rng);
  density_fit_clear(&fit);
}
END_TEST

/* Mean in each draw: against the integral of y times the slow density. A new group with its own beta has no slow
 * density; with shared beta its slow weights are expected ones, the means have drawn ones. */
START_TEST(means) {
  enum { STEPS = 6000 };
  density_fit fit;
  double mean[ALL];
  density_fit_make(&fit, &density_cases[_i], DRAWS);
  for (size_t index = 0; index < 3; index++) {
    const hmfm_density_target target = density_target(&fit, index);
    hmfm_density *density = density_make(&fit, &target);
    ck_assert_uint_eq(hmfm_density_n_draws(density), ALL);
    hmfm_density_means(density, mean);
    for (size_t s = 0; s < ALL; s += 6) {
      double sum = 0.0;
      if (counts(&fit))
        for (double y = 1.0; y <= 400.0; y++)
          sum += y * density_slow(&fit, &target, s / DRAWS, s % DRAWS, 0, y);
      else
        for (int k = 0; k <= STEPS; k++) {
          const double y = -300.0 + 0.1 * k;
          sum += 0.1 * y * density_slow(&fit, &target, s / DRAWS, s % DRAWS, 0, y);
        }
      ck_assert_msg(fabs(mean[s] - sum) < 1e-5 * fmax(1.0, fabs(sum)),
                    "%s, target %zu, draw %zu: %g, not %g", fit.of->name, index, s, mean[s], sum);
    }
    hmfm_density_destroy(density);
  }
  density_fit_clear(&fit);
}
END_TEST

/* One observation from each draw has that draw's law; rows of one unit share their component, other units do not. */
START_TEST(draws_of_each) {
  enum { N = 40 };
  static double u[N * ALL], y[N][ALL], again[ALL];
  density_fit fit;
  hmfm_error error = {0};
  density_fit_make(&fit, &density_cases[_i], DRAWS);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus);
  for (size_t index = 0; index < 3; index++) {
    const hmfm_density_target target = density_target(&fit, index);
    hmfm_density *density = density_make(&fit, &target);
    for (uint32_t k = 0; k < N; k++) {
      small_require(hmfm_density_draw_each(density, 5, k, k, y[k], &error), &error);
      for (size_t s = 0; s < ALL; s++) {
        const double at_most = density_slow(&fit, &target, s / DRAWS, s % DRAWS, 1, y[k][s]);
        const double before =
            counts(&fit) ? density_slow(&fit, &target, s / DRAWS, s % DRAWS, 1, y[k][s] - 1.0)
                         : at_most;
        u[k * ALL + s] = before + gsl_rng_uniform(rng) * (at_most - before);
      }
    }
    ck_assert_msg(law_distance(N * ALL, u) < law_far, "%s, target %zu", fit.of->name, index);
    small_require(hmfm_density_draw_each(density, 5, 3, 3, again, &error), &error);
    ck_assert_mem_eq(again, y[3], sizeof again);
    hmfm_density_destroy(density);
  }
  gsl_rng_free(rng);
  density_fit_clear(&fit);
}
END_TEST

/* Two components far apart: rows of one unit are on one side in each draw, rows of two units are not. */
START_TEST(rows_of_a_unit) {
  density_fit fit;
  hmfm_error error = {0};
  double y[3][ALL];
  int apart = 0;
  density_fit_make(&fit, &density_cases[0], DRAWS);
  for (size_t c = 0; c < 2; c++) {
    hmfm_components *k = &fit.draws->components[c];
    for (size_t t = 0; t < DRAWS; t++)
      for (size_t m = k->start[t]; m < k->start[t + 1]; m++) {
        k->atom[m * fit.draws->n_atom] = (m - k->start[t]) % 2 ? 1e6 : -1e6;
        k->atom[m * fit.draws->n_atom + 1] = 1.0;
      }
  }
  const hmfm_density_target target = density_target(&fit, 0);
  hmfm_density *density = density_make(&fit, &target);
  small_require(hmfm_density_draw_each(density, 5, 7, 1, y[0], &error), &error);
  small_require(hmfm_density_draw_each(density, 5, 7, 2, y[1], &error), &error);
  small_require(hmfm_density_draw_each(density, 5, 8, 3, y[2], &error), &error);
  for (size_t s = 0; s < ALL; s++) {
    ck_assert((y[0][s] > 0.0) == (y[1][s] > 0.0));
    ck_assert(y[0][s] != y[1][s]);
    apart += (y[0][s] > 0.0) != (y[2][s] > 0.0);
  }
  ck_assert_int_gt(apart, 0);
  hmfm_density_destroy(density);
  density_fit_clear(&fit);
}
END_TEST

/* Bit by bit the same, whatever the threads and how many points at once. */
START_TEST(threads_and_tiles) {
  enum { N = 150 };
  double y[N], a[3][N], b[3][N], one[3];
  density_fit fit;
  density_fit_make(&fit, &density_cases[_i], DRAWS);
  for (int l = 0; l < N; l++) y[l] = counts(&fit) ? l / 3 : -5.0 + 0.08 * l;
  for (size_t index = 0; index < DENSITY_TARGETS; index++) {
    hmfm_density_target target = density_target(&fit, index);
    target.threads = 1;
    hmfm_density *single = density_make(&fit, &target);
    target.threads = 3;
    hmfm_density *several = density_make(&fit, &target);
    evaluate(single, HMFM_CURVE_DENSITY, N, y, a[0], a[1], a[2]);
    evaluate(several, HMFM_CURVE_DENSITY, N, y, b[0], b[1], b[2]);
    ck_assert_mem_eq(a, b, sizeof a);
    for (int l = 0; l < N; l += 37) {
      evaluate(single, HMFM_CURVE_DENSITY, 1, y + l, &one[0], &one[1], &one[2]);
      for (int k = 0; k < 3; k++) ck_assert(one[k] == a[k][l]);
    }
    hmfm_density_destroy(single);
    hmfm_density_destroy(several);
  }
  density_fit_clear(&fit);
}
END_TEST

/* Counts so large that GSL's incomplete gamma function would give up: against sums of probabilities. */
START_TEST(large_counts) {
  const double rate[] = {9e4, 2e5, 3e6};
  density_fit fit;
  density_fit_make(&fit, &density_cases[4], 2);
  hmfm_density_target target = density_target(&fit, 1);
  target.exposure = 1.0;
  for (size_t r = 0; r < sizeof rate / sizeof *rate; r++) {
    for (size_t c = 0; c < 2; c++)
      for (size_t k = 0; k < fit.draws->components[c].start[2]; k++)
        fit.draws->components[c].atom[k] = rate[r];
    hmfm_density *density = density_make(&fit, &target);
    const double sd = sqrt(rate[r]);
    double sum = 0.0, y = floor(rate[r] - 12.0 * sd);
    for (double z = -5.0; z <= 5.0; z += 0.5) {
      for (; y <= rate[r] + z * sd; y++) sum += exp(y * log(rate[r]) - rate[r] - lgamma(y + 1.0));
      const double below = at(density, HMFM_CURVE_BELOW, y - 1.0);
      ck_assert_msg(fabs(below - sum) < 3e-9, "rate %g, %g sd: %.12g, not %.12g", rate[r], z, below,
                    sum);
      ck_assert(fabs(below + at(density, HMFM_CURVE_ABOVE, y - 1.0) - 1.0) < 1e-12);
    }
    hmfm_density_destroy(density);
  }
  density_fit_clear(&fit);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("density");
  TCase *cases = tcase_create("laws");
  tcase_set_timeout(cases, 60);
  tcase_add_loop_test(cases, laws, 0, DENSITY_CASES);
  tcase_add_loop_test(cases, quantiles, 0, DENSITY_CASES);
  tcase_add_loop_test(cases, draws, 0, DENSITY_CASES);
  tcase_add_loop_test(cases, means, 0, DENSITY_CASES);
  tcase_add_loop_test(cases, draws_of_each, 0, DENSITY_CASES);
  tcase_add_test(cases, rows_of_a_unit);
  tcase_add_loop_test(cases, threads_and_tiles, 0, DENSITY_CASES);
  tcase_add_test(cases, large_counts);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
