/* Prior laws of numbers of clusters: against all partitions listed, against their own means, against
 * special cases with known laws, against Monte Carlo. */
#include <check.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support_partitions.h"
#include "unit/support_prior.h"

static void compare(const hmfm_prior_laws *laws, const partition_laws *wanted, double tolerance) {
  for (size_t k = 0; k <= PARTITION_UNITS; k++) {
    ck_assert_double_eq_tol(law_at(&laws->clusters, k), wanted->K[k], tolerance);
    ck_assert_double_eq_tol(law_at(&laws->kind_law[laws->kind[0]], k), wanted->K_first[k],
                            tolerance);
    if (laws->shared.n)
      ck_assert_double_eq_tol(law_at(&laws->shared, k), wanted->shared[k], tolerance);
  }
}

static const struct {
  size_t d, size[PARTITION_GROUPS];
} DESIGN[] = {{1, {7}}, {2, {4, 3}}, {3, {3, 2, 3}}, {2, {1, 6}}, {3, {1, 1, 1}}};
enum { N_DESIGNS = sizeof DESIGN / sizeof *DESIGN };

START_TEST(hmfm_is_the_sum_over_partitions) {
  const double value[][2] = {{3.0, 0.5}, {0.2, 2.0}, {8.0, 1e-3}, {1.0, 1e-8}, {2.0, 100.0}};
  const size_t d = DESIGN[_i].d;
  for (size_t v = 0; v < sizeof value / sizeof *value; v++) {
    partition_laws wanted = {0};
    const double gamma[] = {value[v][1], value[v][1], value[v][1]};
    prior_fixture f;
    partition_add_hmfm(d, DESIGN[_i].size, value[v][0], gamma, 1.0, &wanted);
    prior_start(&f, "hmfm", d, DESIGN[_i].size, "lambda", value[v][0], "gamma", gamma[0], NULL);
    hmfm_prior_laws *laws = prior_exact(&f, 1.0);
    compare(laws, &wanted, 1e-11);
    hmfm_prior_laws_destroy(laws);
    prior_finish(&f);
  }
}
END_TEST

START_TEST(hdp_is_the_sum_over_partitions) {
  const double value[][2] = {{1.0, 2.0}, {0.1, 10.0}, {20.0, 0.3}, {1e-3, 1.0}, {50.0, 50.0}};
  const size_t d = DESIGN[_i].d;
  for (size_t v = 0; v < sizeof value / sizeof *value; v++) {
    partition_laws wanted = {0};
    prior_fixture f;
    partition_add_hdp(d, DESIGN[_i].size, value[v][0], value[v][1], 1.0, &wanted);
    prior_start(&f, "hdp", d, DESIGN[_i].size, "alpha", value[v][0], "gamma0", value[v][1], NULL);
    hmfm_prior_laws *laws = prior_exact(&f, 1.0);
    compare(laws, &wanted, 1e-11);
    hmfm_prior_laws_destroy(laws);
    prior_finish(&f);
  }
}
END_TEST

/* Groups with gammas of their own are of kinds of their own, in the right order. */
START_TEST(hmfm_groups_keep_their_gamma) {
  const size_t size[] = {3, 3};
  const double gamma[] = {0.1, 3.0};
  const char *const label[] = {"1", "2"};
  partition_laws wanted = {0};
  prior_fixture f;
  partition_add_hmfm(2, size, 4.0, gamma, 1.0, &wanted);
  prior_start(&f, "hmfm", 2, size, "lambda", 4.0, NULL);
  hmfm_model_destroy(f.model);
  ck_assert_int_eq(hmfm_settings_set(&f.settings, "gamma", 2, gamma, label, NULL), HMFM_OK);
  ck_assert_int_eq(hmfm_model_create(f.groups->layout, &f.settings, NULL, &f.model, NULL), HMFM_OK);
  hmfm_prior_laws *laws = prior_exact(&f, 1.0);
  ck_assert_uint_eq(laws->n_kinds, 2);
  compare(laws, &wanted, 1e-11);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
}
END_TEST

/* Nodes and probabilities of Gamma(shape, 1), by Gauss and Laguerre. */
enum { NODES = 64 };
static void gamma_nodes(double shape, double *x, double *w) {
  gsl_integration_fixed_workspace *work = gsl_integration_fixed_alloc(
      gsl_integration_fixed_laguerre, NODES, 0.0, 1.0, shape - 1.0, 0.0);
  memcpy(x, gsl_integration_fixed_nodes(work), NODES * sizeof *x);
  memcpy(w, gsl_integration_fixed_weights(work), NODES * sizeof *w);
  for (size_t k = 0; k < NODES; k++) w[k] /= tgamma(shape);
  gsl_integration_fixed_free(work);
}

/* Lambda ~ Gamma(9/2, 3/2), both gammas given it Gamma(3, 3/(0.5 Lambda)). */
START_TEST(hmfm_random_hyperparameters_are_averaged_over) {
  const size_t size[] = {2, 2};
  const double mean = 3.0, variance = 2.0, guess = 0.5, shape = 3.0;
  double x[NODES], w[NODES], y[NODES], v[NODES];
  partition_laws wanted = {0};
  prior_fixture f;
  gamma_nodes(mean * mean / variance, x, w);
  gamma_nodes(shape, y, v);
  for (size_t l = 0; l < NODES; l++) {
    const double lambda = x[l] * variance / mean, rate = shape / (guess * mean) * lambda;
    for (size_t a = 0; a < NODES && w[l] > 1e-14; a++)
      for (size_t b = 0; b < NODES; b++) {
        const double gamma[] = {y[a] / rate, y[b] / rate}, weight = w[l] * v[a] * v[b];
        if (weight > 1e-13) partition_add_hmfm(2, size, lambda, gamma, weight, &wanted);
      }
  }
  prior_start(&f, "hmfm", 2, size, "lambda-mean", mean, "lambda-var", variance, "gamma-guess",
              guess, "gamma-shape", shape, NULL);
  hmfm_prior_laws *laws = prior_exact(&f, 1.0);
  compare(laws, &wanted, 2e-7);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
}
END_TEST

START_TEST(hdp_random_hyperparameters_are_averaged_over) {
  const size_t size[] = {3, 2};
  double x[NODES], w[NODES], y[NODES], v[NODES];
  partition_laws wanted = {0};
  prior_fixture f;
  gamma_nodes(2.5, x, w);
  gamma_nodes(4.0, y, v);
  for (size_t a = 0; a < NODES; a++)
    for (size_t b = 0; b < NODES; b++)
      partition_add_hdp(2, size, x[a] / 2.0, y[b] / 0.7, w[a] * v[b], &wanted);
  prior_start(&f, "hdp", 2, size, "alpha-shape", 2.5, "alpha-rate", 2.0, "gamma0-shape", 4.0,
              "gamma0-rate", 0.7, NULL);
  hmfm_prior_laws *laws = prior_exact(&f, 1.0);
  compare(laws, &wanted, 2e-7);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
}
END_TEST

static double largest_difference(const hmfm_law *a, const hmfm_law *b) {
  double largest = 0.0;
  const size_t last = a->least + a->n > b->least + b->n ? a->least + a->n : b->least + b->n;
  for (size_t k = 0; k < last; k++) largest = fmax(largest, fabs(law_at(a, k) - law_at(b, k)));
  return largest;
}

static void is_settled(const prior_fixture *f) {
  hmfm_prior_means means;
  ck_assert_int_eq(hmfm_prior_means_compute(f->model, &means, NULL), HMFM_OK);
  hmfm_prior_laws *once = prior_exact(f, 1.0), *twice = prior_exact(f, 2.0);
  double groups = 0.0;
  ck_assert_double_lt(fabs(law_sum(&once->clusters) - 1.0), 1e-9);
  ck_assert_double_lt(fabs(law_sum(&once->shared) - 1.0), 1e-9);
  ck_assert_double_lt(largest_difference(&once->clusters, &twice->clusters), 1e-9);
  ck_assert_double_lt(largest_difference(&once->shared, &twice->shared), 1e-9);
  ck_assert_double_lt(largest_difference(&once->components, &twice->components), 1e-9);
  for (size_t c = 0; c < once->n_kinds; c++) {
    ck_assert_double_lt(fabs(law_sum(&once->kind_law[c]) - 1.0), 1e-9);
    ck_assert_double_lt(largest_difference(&once->kind_law[c], &twice->kind_law[c]), 1e-9);
    groups += once->kind_law[c].mean * (double)once->kind_groups[c] / (double)once->n_groups;
  }
  ck_assert_double_eq_tol(once->clusters.mean, means.clusters, 1e-7 * means.clusters);
  ck_assert_double_eq_tol(groups, means.group_clusters, 1e-7 * means.group_clusters);
  hmfm_prior_laws_destroy(once);
  hmfm_prior_laws_destroy(twice);
}

/* Sums of 1, means that agree with formulas of their own, and steps of half the width: no change. */
START_TEST(quadrature_has_converged) {
  const size_t many[] = {30, 30, 30, 20, 25, 30, 30}, two[] = {50, 50};
  const double hmfm[][4] = {{10, 2, 0.01, 25}, {3, 9, 1, 0.4}, {25, 3, 1e-4, 14}, {5, 5, 0.5, 2.5}};
  const double hdp[][4] = {{1, 1, 1, 0.1}, {0.3, 0.1, 0.3, 0.2}, {200, 10, 50, 5}, {1, 8, 1, 0.01}};
  for (size_t k = 0; k < 4; k++) {
    prior_fixture f;
    const size_t d = k % 2 ? 2 : 7, *size = k % 2 ? two : many;
    prior_start(&f, "hmfm", d, size, "lambda-mean", hmfm[k][0], "lambda-var", hmfm[k][1],
                "gamma-guess", hmfm[k][2], "gamma-shape", hmfm[k][3], NULL);
    is_settled(&f);
    prior_finish(&f);
    prior_start(&f, "hdp", d, size, "alpha-shape", hdp[k][0], "alpha-rate", hdp[k][1],
                "gamma0-shape", hdp[k][2], "gamma0-rate", hdp[k][3], NULL);
    is_settled(&f);
    prior_finish(&f);
  }
}
END_TEST

START_TEST(large_groups_are_stable) {
  const size_t size[] = {3000, 3000};
  const double gamma[] = {1e-8, 1e-4, 0.5, 1e3}, alpha[] = {1e-3, 1.0, 50.0};
  prior_fixture f;
  for (size_t k = 0; k < 4; k++) {
    prior_start(&f, "hmfm", 2, size, "lambda", 12.0, "gamma", gamma[k], NULL);
    is_settled(&f);
    prior_finish(&f);
  }
  for (size_t k = 0; k < 3; k++) {
    prior_start(&f, "hdp", 2, size, "alpha", alpha[k], "gamma0", 3.0, NULL);
    is_settled(&f);
    prior_finish(&f);
  }
  prior_start(&f, "hdp", 1, size, "alpha", 1e3, "gamma0", 1e3, NULL);
  hmfm_prior_laws *laws = prior_exact(&f, 1.0);
  ck_assert_double_eq_tol(law_sum(&laws->clusters), 1.0, 1e-9);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
}
END_TEST

/* DP(c): K is a sum of independent Bernoulli(c/(c + i)). */
static void is_dirichlet_process(const hmfm_law *law, double c, size_t n) {
  double p[64] = {0.0, 1.0};
  for (size_t i = 1; i < n; i++)
    for (size_t k = i + 1; k > 0; k--) p[k] = (p[k] * (double)i + p[k - 1] * c) / (c + (double)i);
  for (size_t k = 1; k <= n; k++) ck_assert_double_eq_tol(law_at(law, k), p[k], 1e-6);
}

START_TEST(hdp_of_one_group_has_dirichlet_processes_at_its_ends) {
  const size_t size[] = {30};
  prior_fixture f;
  prior_start(&f, "hdp", 1, size, "alpha", 1.7, "gamma0", 1e8, NULL);
  hmfm_prior_laws *laws = prior_exact(&f, 1.0);
  is_dirichlet_process(&laws->clusters, 1.7, 30);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
  prior_start(&f, "hdp", 1, size, "alpha", 1e9, "gamma0", 2.5, NULL);
  laws = prior_exact(&f, 1.0);
  is_dirichlet_process(&laws->clusters, 2.5, 30);
  ck_assert_uint_eq(laws->shared.n, 0);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
}
END_TEST

/* Clusters of two groups: those of each less the shared ones; here the groups are all there is. */
START_TEST(shared_is_what_two_groups_count_twice) {
  const size_t size[] = {20, 35};
  for (int k = 0; k < 2; k++) {
    prior_fixture f;
    prior_start(&f, k ? "hdp" : "hmfm", 2, size, NULL);
    hmfm_prior_laws *laws = prior_exact(&f, 1.0);
    ck_assert_double_eq_tol(laws->shared.mean,
                            laws->kind_law[laws->kind[0]].mean +
                                laws->kind_law[laws->kind[1]].mean - laws->clusters.mean,
                            1e-8);
    hmfm_prior_laws_destroy(laws);
    prior_finish(&f);
  }
}
END_TEST

static void agree(const hmfm_law *exact, const hmfm_law *drawn, const char *what) {
  if (exact->n == 0) return;
  ck_assert_msg(fabs(exact->mean - drawn->mean) < 4.0 * drawn->mean_se + 1e-12, "%s: %g and %g",
                what, exact->mean, drawn->mean);
  for (size_t k = 0; k < drawn->n; k++) {
    const double p = law_at(exact, drawn->least + k);
    if (p * 50000.0 < 20.0) continue;
    ck_assert_msg(fabs(drawn->probability[k] - p) < 4.0 * sqrt(p * (1.0 - p) / 50000.0), "%s %zu",
                  what, drawn->least + k);
  }
}

START_TEST(monte_carlo_agrees_with_exact_laws) {
  const size_t size[] = {12, 30, 12, 7};
  for (int k = 0; k < 2; k++) {
    prior_fixture f;
    hmfm_prior_run run;
    hmfm_prior_laws *drawn = NULL;
    prior_start(&f, k ? "hdp" : "hmfm", 4, size, k ? "alpha-rate" : "gamma-guess", 0.3, NULL);
    hmfm_prior_run_defaults(&run);
    run.method = HMFM_PRIOR_MONTE_CARLO;
    run.pair[0] = 3;
    run.pair[1] = 1;
    ck_assert_int_eq(hmfm_prior_laws_create(f.model, &run, &drawn, NULL), HMFM_OK);
    ck_assert(!drawn->exact && drawn->clusters.se && drawn->draws == 50000);
    run.method = HMFM_PRIOR_EXACT;
    hmfm_prior_laws *exact = NULL;
    ck_assert_int_eq(hmfm_prior_laws_create(f.model, &run, &exact, NULL), HMFM_OK);
    agree(&exact->clusters, &drawn->clusters, "K");
    agree(&exact->shared, &drawn->shared, "shared");
    agree(&exact->components, &drawn->components, "M");
    for (size_t c = 0; c < exact->n_kinds; c++)
      agree(&exact->kind_law[c], &drawn->kind_law[c], "K_group");
    hmfm_prior_laws_destroy(exact);
    hmfm_prior_laws_destroy(drawn);
    prior_finish(&f);
  }
}
END_TEST

/* What would take too long is drawn; the bound is a number of operations, not a clock. */
START_TEST(auto_draws_beyond_its_bound) {
  const size_t size[] = {10, 10};
  prior_fixture f;
  hmfm_prior_run run;
  hmfm_prior_laws *laws = NULL;
  prior_start(&f, "hmfm", 2, size, NULL);
  hmfm_prior_run_defaults(&run);
  ck_assert_int_eq(hmfm_prior_laws_create(f.model, NULL, &laws, NULL), HMFM_OK);
  ck_assert_int_eq(laws->exact, 1);
  run.most_work = laws->work * 0.99;
  run.draws = 100;
  hmfm_prior_laws_destroy(laws);
  ck_assert_int_eq(hmfm_prior_laws_create(f.model, &run, &laws, NULL), HMFM_OK);
  ck_assert_int_eq(laws->exact, 0);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
}
END_TEST

START_TEST(bad_runs_are_refused) {
  const size_t size[] = {4, 4};
  const struct {
    hmfm_prior_run run;
    const char *words;
  } bad[] = {{{.draws = 1, .pair = {0, 1}, .refine = 1, .most_work = 1},
              "draws must be at least 2, got 1"},
             {{.draws = 9, .pair = {0, 0}, .refine = 1, .most_work = 1}, "got 0 and 0"},
             {{.draws = 9, .pair = {0, 2}, .refine = 1, .most_work = 1}, "two of the 2 groups"},
             {{.draws = 9, .pair = {0, 1}, .refine = 0, .most_work = 1}, "refine must be > 0"},
             {{.draws = 9, .pair = {0, 1}, .refine = 1, .most_work = 0}, "most_work must be > 0"}};
  prior_fixture f;
  hmfm_prior_laws *laws = NULL;
  prior_start(&f, "hmfm", 2, size, NULL);
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    hmfm_error error = {0};
    ck_assert_int_eq(hmfm_prior_laws_create(f.model, &bad[k].run, &laws, &error), HMFM_EUSAGE);
    ck_assert_msg(strstr(error.message, bad[k].words) != NULL, "%s", error.message);
    ck_assert_ptr_null(laws);
  }
  prior_finish(&f);
}
END_TEST

START_TEST(quantiles_of_a_law) {
  double p[] = {0.25, 0.5, 0.25};
  const hmfm_law law = {.least = 3, .n = 3, .probability = p};
  ck_assert_uint_eq(hmfm_law_quantile(&law, 0.0), 3);
  ck_assert_uint_eq(hmfm_law_quantile(&law, 0.25), 3);
  ck_assert_uint_eq(hmfm_law_quantile(&law, 0.26), 4);
  ck_assert_uint_eq(hmfm_law_quantile(&law, 0.76), 5);
  ck_assert_uint_eq(hmfm_law_quantile(&law, 1.0), 5);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("prior laws");
  TCase *all = tcase_create("prior laws");
  tcase_add_loop_test(all, hmfm_is_the_sum_over_partitions, 0, N_DESIGNS);
  tcase_add_loop_test(all, hdp_is_the_sum_over_partitions, 0, N_DESIGNS);
  tcase_add_test(all, hmfm_groups_keep_their_gamma);
  tcase_add_test(all, hmfm_random_hyperparameters_are_averaged_over);
  tcase_add_test(all, hdp_random_hyperparameters_are_averaged_over);
  tcase_add_test(all, quadrature_has_converged);
  tcase_add_test(all, large_groups_are_stable);
  tcase_add_test(all, hdp_of_one_group_has_dirichlet_processes_at_its_ends);
  tcase_add_test(all, shared_is_what_two_groups_count_twice);
  tcase_add_test(all, monte_carlo_agrees_with_exact_laws);
  tcase_add_test(all, auto_draws_beyond_its_bound);
  tcase_add_test(all, bad_runs_are_refused);
  tcase_add_test(all, quantiles_of_a_law);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
