/* Matching of priors: what is found has the expectations asked for, and what cannot be had is refused with what
 * can. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/settings.h"
#include "unit/support_prior.h"

static double found_value(const hmfm_settings *settings, int fixed, int which) {
  const char *name = hmfm_prior_matched_name(settings->mixing, fixed, which);
  const hmfm_setting *setting = hmfm_settings_find(settings, name);
  ck_assert_msg(setting != NULL, "%s was not found", name);
  return setting->value[0];
}

/* Matches with the fixture's settings, and computes the laws of what was found. */
static hmfm_prior_laws *matched(prior_fixture *f, double K, double K_group, int fixed) {
  const hmfm_prior_means target = {K, K_group};
  hmfm_error error = {0};
  hmfm_status status = hmfm_prior_match(f->groups->layout, &target, fixed, &f->settings, &error);
  ck_assert_msg(status == HMFM_OK, "%s", error.message);
  hmfm_model_destroy(f->model);
  f->model = NULL;
  status = hmfm_model_create(f->groups->layout, &f->settings, NULL, &f->model, &error);
  ck_assert_msg(status == HMFM_OK, "%s", error.message);
  return prior_exact(f, 1.0);
}

static double mean_group(const hmfm_prior_laws *laws) {
  double sum = 0.0;
  for (size_t j = 0; j < laws->n_groups; j++) sum += laws->kind_law[laws->kind[j]].mean;
  return sum / (double)laws->n_groups;
}

/* The laws are computed another way than the means that the search uses. */
START_TEST(what_is_found_has_the_expectations_asked_for) {
  const size_t size[] = {10, 20, 30};
  const double target[][2] = {{6.0, 3.0}, {4.5, 2.0}, {8.0, 5.0}, {8.7, 3.0}, {2.0, 1.4}};
  for (size_t k = 0; k < sizeof target / sizeof *target; k++)
    for (int way = 0; way < 4; way++) {
      prior_fixture f;
      prior_start(&f, way < 2 ? "hmfm" : "hdp", 3, size, NULL);
      hmfm_prior_laws *laws = matched(&f, target[k][0], target[k][1], way % 2);
      ck_assert_double_eq_tol(laws->clusters.mean, target[k][0], 1e-6);
      ck_assert_double_eq_tol(mean_group(laws), target[k][1], 1e-6);
      hmfm_prior_laws_destroy(laws);
      prior_finish(&f);
    }
}
END_TEST

/* Expectations of a known prior lead back to it. */
START_TEST(a_prior_is_found_again) {
  const size_t size[] = {50, 50};
  hmfm_prior_means means;
  prior_fixture f;
  prior_start(&f, "hmfm", 2, size, "lambda-mean", 8.0, "gamma-guess", 0.05, NULL);
  ck_assert_int_eq(hmfm_prior_means_compute(f.model, &means, NULL), HMFM_OK);
  prior_finish(&f);
  prior_start(&f, "hmfm", 2, size, NULL);
  hmfm_prior_laws_destroy(matched(&f, means.clusters, means.group_clusters, 0));
  ck_assert_double_eq_tol(found_value(&f.settings, 0, 0), 8.0, 1e-5);
  ck_assert_double_eq_tol(found_value(&f.settings, 0, 1), 0.05, 1e-7);
  prior_finish(&f);
  prior_start(&f, "hdp", 2, size, "alpha-rate", 2.0, "gamma0-rate", 0.3, NULL);
  ck_assert_int_eq(hmfm_prior_means_compute(f.model, &means, NULL), HMFM_OK);
  prior_finish(&f);
  prior_start(&f, "hdp", 2, size, NULL);
  hmfm_prior_laws_destroy(matched(&f, means.clusters, means.group_clusters, 0));
  ck_assert_double_eq_tol(found_value(&f.settings, 0, 0), 0.3, 1e-6);
  ck_assert_double_eq_tol(found_value(&f.settings, 0, 1), 2.0, 1e-6);
  prior_finish(&f);
}
END_TEST

START_TEST(shapes_and_variance_stay_as_given) {
  const size_t size[] = {40, 40};
  prior_fixture f;
  prior_start(&f, "hdp", 2, size, "alpha-shape", 3.0, "gamma0-shape", 2.0, NULL);
  hmfm_prior_laws *laws = matched(&f, 5.0, 3.0, 0);
  ck_assert_double_eq_tol(laws->clusters.mean, 5.0, 1e-6);
  ck_assert_double_eq(hmfm_settings_find(&f.settings, "alpha-shape")->value[0], 3.0);
  ck_assert_double_eq(hmfm_settings_find(&f.settings, "gamma0-shape")->value[0], 2.0);
  hmfm_prior_laws_destroy(laws);
  prior_finish(&f);
}
END_TEST

/* With one group K is K_1, and one number is found; the other may be given. */
START_TEST(one_group_has_one_expectation) {
  const size_t size[] = {30};
  for (int way = 0; way < 4; way++) {
    prior_fixture f;
    if (way < 2)
      prior_start(&f, "hmfm", 1, size, way ? "lambda" : "lambda-mean", 14.0, NULL);
    else
      prior_start(&f, "hdp", 1, size, way == 3 ? "gamma0" : "gamma0-rate", way == 3 ? 9.0 : 0.1,
                  NULL);
    hmfm_prior_laws *laws = matched(&f, 5.0, 5.0, way % 2);
    ck_assert_double_eq_tol(laws->clusters.mean, 5.0, 1e-6);
    hmfm_prior_laws_destroy(laws);
    prior_finish(&f);
  }
}
END_TEST

static void refused(const char *mixing, size_t d, const size_t *size, const char *set, double value,
                    double K, double K_group, int fixed, const char *words) {
  const hmfm_prior_means target = {K, K_group};
  hmfm_error error = {0};
  prior_fixture f;
  prior_start(&f, mixing, d, size, set, value, NULL);
  const size_t before = f.settings.n_settings;
  ck_assert_int_eq(hmfm_prior_match(f.groups->layout, &target, fixed, &f.settings, &error),
                   HMFM_EUSAGE);
  ck_assert_msg(strstr(error.message, words) != NULL, "'%s' is not in '%s'", words, error.message);
  ck_assert_uint_eq(f.settings.n_settings, before);
  prior_finish(&f);
}

START_TEST(what_cannot_be_had_is_refused_with_what_can) {
  const size_t size[] = {10, 20, 30};
  refused("hmfm", 3, size, NULL, 0, 3.0, 1.0, 0,
          "between 1 and the mean size of the groups, 20, got 1");
  refused("hmfm", 3, size, NULL, 0, 30.0, 20.0, 0,
          "between 1 and the mean size of the groups, 20, got 20");
  refused("hdp", 3, size, NULL, 0, 9.5, 3.0, 0, "in 3 groups E[K] is between 3 and 9, got 9.5");
  refused("hdp", 3, size, NULL, 0, 2.5, 3.0, 0, "E[K] is between 3 and 9, got 2.5");
  refused("hdp", 3, size, NULL, 0, 3.1, 3.0, 0,
          "for that E[K_j], E[K] is between 4.00354 and 8.99995 here");
  refused("hmfm", 3, size, NULL, 0, 3.01, 3.0, 1, "for that E[K_j], E[K] is between 3.06871 and");
  refused("hmfm", 1, size, NULL, 0, 3.0, 2.0, 0, "with one group E[K] is E[K_j], got 3 and 2");
  refused("hmfm", 1, size, "lambda", 1.0, 5.0, 5.0, 0,
          "no gamma-guess gives E[K] = 5: it is between");
}
END_TEST

START_TEST(what_is_to_be_found_cannot_be_given) {
  const size_t size[] = {10, 20};
  refused("hmfm", 2, size, "lambda-mean", 3.0, 4.0, 3.0, 0, "lambda-mean is to be found");
  refused("hmfm", 2, size, "gamma", 3.0, 4.0, 3.0, 0, "gamma has no place where lambda-mean");
  refused("hmfm", 2, size, "lambda-var", 3.0, 4.0, 3.0, 1,
          "lambda-var has no place where lambda and");
  refused("hdp", 2, size, "alpha-rate", 3.0, 4.0, 3.0, 0, "alpha-rate is to be found");
  refused("hdp", 2, size, "gamma0-shape", 3.0, 4.0, 3.0, 1,
          "gamma0-shape has no place where gamma0");
  refused("hdp", 1, size, "alpha", 3.0, 4.0, 4.0, 1, "alpha is to be found");
}
END_TEST

/* The least E[K] that goes with an E[K_j] is had where groups differ by chance alone: just above it there is a
 * solution, just below there is none. */
START_TEST(the_range_in_the_message_is_right) {
  const size_t size[] = {10, 20, 30};
  hmfm_prior_means target = {4.0036, 3.0};
  prior_fixture f;
  prior_start(&f, "hdp", 3, size, NULL);
  ck_assert_int_eq(hmfm_prior_match(f.groups->layout, &target, 0, &f.settings, NULL), HMFM_OK);
  prior_finish(&f);
  prior_start(&f, "hdp", 3, size, NULL);
  target.clusters = 4.0035;
  ck_assert_int_eq(hmfm_prior_match(f.groups->layout, &target, 0, &f.settings, NULL), HMFM_EUSAGE);
  prior_finish(&f);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("prior match");
  TCase *all = tcase_create("prior match");
  tcase_add_test(all, what_is_found_has_the_expectations_asked_for);
  tcase_add_test(all, a_prior_is_found_again);
  tcase_add_test(all, shapes_and_variance_stay_as_given);
  tcase_add_test(all, one_group_has_one_expectation);
  tcase_add_test(all, what_cannot_be_had_is_refused_with_what_can);
  tcase_add_test(all, what_is_to_be_found_cannot_be_given);
  tcase_add_test(all, the_range_in_the_message_is_right);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
