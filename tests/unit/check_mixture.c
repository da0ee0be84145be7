/* Where a component that weighs next to nothing matters all the same; streams of the weights; residuals
 * with a single covariate. What the tests of kernels and models, with their many units, do not single out. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "model/unit_statistics.h"
#include "support_model.h"

/* A unit far from the only heavy component: one that weighs e^-45 has up to a share of e^-1 in its
 * likelihood, and must be counted, by how far away the unit is. */
START_TEST(light_components_count_where_they_fit) {
  const double weight[2] = {0.0, -45.0};
  for (double distance = 6.0; distance < 9.5; distance += 0.25) {
    const double y[3] = {distance, distance, distance};
    const int32_t allocation[3] = {0, 0, 0};
    small s;
    hmfm_error error;
    small_responses(&s, 3, y, NULL);
    small_model(&s);
    small_state(&s, 1);
    hmfm_state *state = s.state;
    small_require(hmfm_state_set_partition(state, allocation, 1, 2, &error), &error);
    for (size_t m = 0; m < 2; m++) {
      state->log_weight[m] = weight[m];
      state->atom[m] = m == 0 ? 0.0 : distance; /* mu, then sigma2 */
      state->atom[state->capacity + m] = 1.0;
    }
    hmfm_mixture_prepare(state);
    double log_lik[3];
    hmfm_mixture_log_likelihood(state, &state->model->pieces, 0, 1, HMFM_CURRENT, log_lik);
    const double near = weight[1], far = -0.5 * distance * distance;
    const double expected =
        log(exp(near - far) + 1.0) + far - 0.5 * log(2.0 * 3.14159265358979323846);
    ck_assert_double_eq_tol(log_lik[1], expected, 1e-12 * fabs(expected));
    small_clear(&s);
  }
}
END_TEST

/* Groups that are alike in everything draw other weights: each has a stream of its own. */
START_TEST(groups_that_are_alike_draw_other_weights) {
  const double y[6] = {1, 2, 3, 1, 2, 3};
  static const char *const group[6] = {"a", "a", "a", "b", "b", "b"};
  const int32_t allocation[6] = {0, 0, 1, 0, 0, 1};
  small s;
  hmfm_error error;
  small_responses(&s, 6, y, group);
  small_set(&s, "gamma", 1.0);
  small_model(&s);
  small_state(&s, 1);
  hmfm_state *state = s.state;
  small_require(hmfm_state_set_partition(state, allocation, 2, 4, &error), &error);
  small_require(hmfm_kernel_weights.apply(state, &error), &error);
  for (size_t m = 0; m < 4; m++)
    ck_assert_double_ne(state->log_weight[m], state->log_weight[state->capacity + m]);
  small_clear(&s);
}
END_TEST

/* One covariate, which varies within units, has a shortcut: it must give what the rows give. */
START_TEST(residuals_with_one_covariate) {
  static const char *const group[5] = {"a", "a", "a", "a", "a"};
  static const char *const unit[5] = {"1", "1", "1", "2", "2"};
  const double y[5] = {1.0, -2.0, 4.5, 0.3, 7.0}, x[5] = {0.5, 2.0, -1.0, 3.0, 4.0};
  const hmfm_covariate covariate = {.name = "x", .number = x};
  const hmfm_columns columns = {.n_rows = 5,
                                .group = group,
                                .unit = unit,
                                .response_name = "y",
                                .response = y,
                                .n_covariates = 1,
                                .covariate = &covariate};
  hmfm_dataset *data = NULL;
  hmfm_unit_statistics statistics;
  hmfm_error error;
  small_require(hmfm_dataset_create(&columns, NULL, &data, &error), &error);
  small_require(hmfm_unit_statistics_init(data, 0, &statistics, &error), &error);
  for (double beta = -3.0; beta <= 3.0; beta += 0.5) {
    for (size_t i = 0; i < 2; i++) {
      const size_t first = i == 0 ? 0 : 3, last = i == 0 ? 3 : 5;
      double mean = 0.0, square = 0.0, got_mean, got_square;
      for (size_t h = first; h < last; h++) mean += (y[h] - x[h] * beta) / (double)(last - first);
      for (size_t h = first; h < last; h++) square += pow(y[h] - x[h] * beta - mean, 2.0);
      hmfm_unit_residual(&statistics, i, &beta, &got_mean, &got_square);
      ck_assert_double_eq_tol(got_mean, mean, 1e-13 * (1 + fabs(mean)));
      ck_assert_double_eq_tol(got_square, square, 1e-12 * (1 + square));
    }
  }
  hmfm_unit_statistics_clear(&statistics);
  hmfm_dataset_destroy(data);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("mixture");
  TCase *all = tcase_create("mixture");
  tcase_add_test(all, light_components_count_where_they_fit);
  tcase_add_test(all, groups_that_are_alike_draw_other_weights);
  tcase_add_test(all, residuals_with_one_covariate);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
