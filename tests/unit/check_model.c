/* Models: defaults computed from the data, effective settings, notes, and residuals of units against
 * their raw rows. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/unit_statistics.h"
#include "rng/philox.h"
#include "support_model.h"

static small s;

static void start(void) { s = (small){0}; }
static void finish(void) { small_clear(&s); }

static double effective(const char *name, size_t k) {
  const hmfm_setting *setting = hmfm_settings_find(hmfm_model_settings(s.model), name);
  ck_assert_msg(setting != NULL, "%s is not among the effective settings", name);
  ck_assert_uint_lt(k, setting->n_values);
  return setting->value[k];
}

/* y = 0, 1, .., 1000 in any order: its type-7 quantiles are 1000 p. */
START_TEST(defaults_from_the_response) {
  double y[1001];
  for (int k = 0; k <= 1000; k++) y[k * 5 % 1001] = k;
  small_responses(&s, 1001, y, NULL);
  small_model(&s);
  ck_assert_double_eq_tol(effective("mu0", 0), 500.0, 1e-10);
  ck_assert_double_eq_tol(effective("k0", 0), 1.0 / (990.0 * 990.0), 1e-18);
  ck_assert_double_eq(effective("nu0", 0), 4.0);
  ck_assert_double_eq(effective("s0", 0), 0.5);
  ck_assert_double_eq(effective("lambda-mean", 0), 10.0);
  ck_assert_double_eq(effective("lambda-var", 0), 2.0);
  ck_assert_double_eq(effective("gamma-guess", 0), 1.0 / 1001);
  ck_assert(isnan(effective("lambda", 0)));
  ck_assert(isnan(effective("gamma", 0)));
}
END_TEST

/* Three observations 0, 1, 10: the 0.5% quantile is 0.01, the 99.5% one 1 + 0.99 x 9 = 9.91. */
START_TEST(quantiles_interpolate) {
  const double y[] = {10.0, 0.0, 1.0};
  small_responses(&s, 3, y, NULL);
  small_model(&s);
  ck_assert_double_eq_tol(effective("k0", 0), 1.0 / (9.9 * 9.9), 1e-15);
  ck_assert_double_eq_tol(effective("mu0", 0), 11.0 / 3, 1e-14);
}
END_TEST

START_TEST(constant_response) {
  const double y[] = {3.5, 3.5, 3.5, 3.5};
  small_responses(&s, 4, y, NULL);
  small_model(&s);
  ck_assert_double_eq(effective("k0", 0), 1.0);
  ck_assert_double_eq(effective("mu0", 0), 3.5);
  ck_assert_uint_eq(s.notes.count, 1);
  ck_assert_ptr_nonnull(strstr(s.notes.text[0], "k0 was set for a range of 1"));
  small_clear(&s);
  small_responses(&s, 1, y, NULL); /* a single unit */
  small_model(&s);
  ck_assert_double_eq(effective("k0", 0), 1.0);
}
END_TEST

START_TEST(scale_is_remarked_on) {
  double y[100];
  const double s0[] = {0.5, 5e3, 1e7}; /* the variance of y is near 1e6 / 12 */
  const char *const said[] = {"less than 1/100", NULL, "more than 100 times"};
  for (int t = 0; t < 3; t++) {
    for (int k = 0; k < 100; k++) y[k] = 10.0 * k;
    small_responses(&s, 100, y, NULL);
    small_set(&s, "s0", s0[t]);
    small_model(&s);
    ck_assert_uint_eq(s.notes.count, said[t] != NULL);
    if (said[t]) ck_assert_ptr_nonnull(strstr(s.notes.text[0], said[t]));
    small_clear(&s);
  }
}
END_TEST

/* A covariate that no group tells of by itself is named, unless all groups tell of one coefficient. */
START_TEST(constant_covariates_are_remarked_on) {
  static const char *const group[6] = {"a", "a", "b", "b", "c", "c"};
  static const double y[6] = {1, 2, 3, 4, 5, 7};
  static const double year[6] = {1, 1, 2, 2, 3, 3}, age[6] = {1, 1, 2, 2, 3, 4};
  const hmfm_covariate covariate[2] = {{.name = "year", .number = year},
                                       {.name = "age", .number = age}};
  for (int t = 0; t < 3; t++) { /* each group its own; shared; one group */
    hmfm_columns columns = {.n_rows = t == 2 ? 2 : 6, .group = group, .response_name = "y"};
    hmfm_error error = {0};
    columns.response = y;
    columns.n_covariates = 2, columns.covariate = covariate;
    s = (small){0};
    hmfm_settings_defaults(&s.settings);
    if (t == 1) s.settings.beta = "shared";
    small_require(hmfm_dataset_create(&columns, NULL, &s.dataset, &error), &error);
    small_model(&s);
    ck_assert_uint_eq(s.notes.count, t == 0);
    if (t == 0) {
      ck_assert_ptr_nonnull(strstr(s.notes.text[0], "covariate year is constant within every"));
      ck_assert_ptr_nonnull(strstr(s.notes.text[0], "Give --beta shared"));
    }
    small_clear(&s);
  }
}
END_TEST

/* Guesses: b_lambda = E/V, a_lambda = E^2/V, a_gamma = a_lambda/d, E[gamma | Lambda = E] = guess. */
START_TEST(prior_guesses) {
  const small_shape shape = {4, {3, 3, 3, 3}, 1, 0};
  small_data(&s, &shape, 1);
  small_set(&s, "lambda-mean", 25.0);
  small_set(&s, "lambda-var", 3.0);
  small_model(&s);
  ck_assert_double_eq_tol(effective("gamma-shape", 0), 625.0 / 3 / 4, 1e-12);
  ck_assert_double_eq_tol(effective("gamma-guess", 0), 1.0 / 12, 1e-15);
  small_clear(&s);
  small_data(&s, &shape, 1);
  small_set(&s, "lambda", 7.0);
  small_model(&s);
  ck_assert_double_eq(effective("gamma-shape", 0), 1.0);
  ck_assert(isnan(effective("gamma", 3)));
}
END_TEST

/* An extended mean and sum of squares of the residuals y - x'beta of a unit's rows. */
static void by_hand(const hmfm_dataset *data, size_t unit, const double *beta, double *mean,
                    double *square) {
  const size_t first = data->unit_start[unit], last = data->unit_start[unit + 1];
  long double sum = 0.0L, squares = 0.0L, e[16];
  for (size_t h = first; h < last; h++) {
    e[h - first] = data->y[h];
    for (size_t k = 0; k < data->n_covariates; k++) {
      e[h - first] -= (long double)data->x[h * data->n_covariates + k] * beta[k];
    }
    sum += e[h - first];
  }
  sum /= (long double)(last - first);
  for (size_t h = 0; h < last - first; h++) squares += (e[h] - sum) * (e[h] - sum);
  *mean = (double)sum;
  *square = (double)squares;
}

/* Also with responses and covariates far from 0, where raw sums of squares would cancel. */
START_TEST(residuals_equal_raw_rows) {
  const double offset[] = {0.0, 1e7, 0.0};
  for (size_t n_x = 0; n_x <= 2; n_x++) {
    for (int t = 0; t < 3; t++) {
      const small_shape shape = {3, {5, 1, 6}, 4, n_x};
      hmfm_unit_statistics units;
      hmfm_error error;
      small_data(&s, &shape, 3 + n_x);
      for (size_t h = 0; h < s.dataset->n_rows; h++) {
        s.dataset->y[h] += offset[t];
        for (size_t k = 0; k < n_x; k++) {
          s.dataset->x[h * n_x + k] += t < 2 ? offset[t] / 10 : sin((double)(7 * h + k));
        }
      }
      small_require(hmfm_unit_statistics_init(s.dataset, 0, &units, &error), &error);
      gsl_rng *rng = hmfm_stream_create(8, 0);
      for (int b = 0; b < 20; b++) {
        const double beta[2] = {4 * gsl_rng_uniform(rng) - 2, gsl_rng_uniform(rng)};
        for (size_t i = 0; i < s.dataset->n_units; i++) {
          double mean, square, exact_mean, exact_square;
          hmfm_unit_residual(&units, i, beta, &mean, &square);
          by_hand(s.dataset, i, beta, &exact_mean, &exact_square);
          ck_assert_double_eq_tol(mean, exact_mean, 1e-10 + 1e-15 * 3 * offset[t]);
          ck_assert_double_ge(square, 0.0);
          ck_assert_double_eq_tol(square, exact_square, t == 1 ? 1e-6 : 1e-10);
        }
      }
      hmfm_stream_destroy(rng);
      hmfm_unit_statistics_clear(&units);
      small_clear(&s);
    }
  }
}
END_TEST

/* beta explains the unit exactly: the sum of squares is rounding, never below 0. */
START_TEST(no_negative_squares) {
  const small_shape shape = {1, {8}, 4, 2};
  hmfm_unit_statistics units;
  hmfm_error error;
  small_data(&s, &shape, 5);
  const double beta[2] = {1.7, -0.3};
  for (size_t h = 0; h < s.dataset->n_rows; h++) {
    s.dataset->y[h] = 0.1 + beta[0] * s.dataset->x[2 * h] + beta[1] * s.dataset->x[2 * h + 1];
  }
  small_require(hmfm_unit_statistics_init(s.dataset, 0, &units, &error), &error);
  for (size_t i = 0; i < 8; i++) {
    double mean, square;
    hmfm_unit_residual(&units, i, beta, &mean, &square);
    ck_assert_double_eq_tol(mean, 0.1, 1e-14);
    ck_assert(square >= 0.0 && square < 1e-13);
  }
  hmfm_unit_statistics_clear(&units);
}
END_TEST

/* With prior_only every likelihood factor is 1: exactly, in every function that gives one. */
START_TEST(prior_only_says_nothing) {
  hmfm_error error;
  const small_shape shape = {2, {6, 5}, 3, 2};
  small_data(&s, &shape, 6);
  s.settings.prior_only = 1;
  small_model(&s);
  small_state(&s, 1);
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  double log_f[8];
  ck_assert_int_eq(hmfm_model_settings(s.model)->prior_only, 1);
  hmfm_state_clusters(state);
  ck_assert_uint_gt(state->partition.n_clusters, 1);
  for (size_t i = 0; i < s.dataset->n_units; i++) {
    family->predict(s.model->family_data, state->work, i, HMFM_NO_SLOT, 0, state->partition.n_slots,
                    log_f);
    for (size_t m = 0; m < state->partition.n_slots; m++) ck_assert_double_eq(log_f[m], 0.0);
  }
  for (size_t m = 0; m < state->partition.n_slots; m++) {
    ck_assert_double_eq(family->log_marginal(s.model->family_data, state->work, m), 0.0);
  }
  ck_assert_int_eq(hmfm_kernel_complete(state, 1, &error), HMFM_OK);
  for (size_t i = 0; i < s.dataset->n_units; i++) {
    ck_assert_double_eq_tol(state->unit_log_lik[i], 0.0, 1e-15); /* the weights sum to 1 */
  }
  const hmfm_span all = {NULL, 0, s.dataset->n_units};
  ck_assert_double_eq(
      family->log_density(s.model->family_data, state->work, state->partition.allocation, all),
      0.0);
  double precision[4] = {0}, shift[2] = {0};
  family->moments(s.model->family_data, state->work, state->partition.allocation, all, precision,
                  shift);
  for (int k = 0; k < 4; k++) ck_assert_double_eq(precision[k], 0.0);
  for (int k = 0; k < 2; k++) ck_assert_double_eq(shift[k], 0.0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("model");
  TCase *all = tcase_create("model");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, defaults_from_the_response);
  tcase_add_test(all, quantiles_interpolate);
  tcase_add_test(all, constant_response);
  tcase_add_test(all, scale_is_remarked_on);
  tcase_add_test(all, constant_covariates_are_remarked_on);
  tcase_add_test(all, prior_guesses);
  tcase_add_test(all, residuals_equal_raw_rows);
  tcase_add_test(all, no_negative_squares);
  tcase_add_test(all, prior_only_says_nothing);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
