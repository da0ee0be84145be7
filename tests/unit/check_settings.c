/* Settings of models and runs: ranges, labels, conflicts, and the sentence each mistake gets. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support_model.h"

static small s;
static hmfm_error error;

static void start(void) {
  const small_shape shape = {2, {3, 4}, 2, 2};
  small_data(&s, &shape, 1);
  error = (hmfm_error){0};
}
static void finish(void) { small_clear(&s); }

static hmfm_status set(const char *name, size_t n, const double *value, const char *const *label) {
  return hmfm_settings_set(&s.settings, name, n, value, label, &error);
}

static void expect(hmfm_status got, hmfm_status status, const char *message) {
  ck_assert_int_eq(got, status);
  ck_assert_int_eq(error.status, status);
  ck_assert_str_eq(error.message, message);
}

static hmfm_status create(void) {
  return hmfm_model_create(s.dataset, &s.settings, &s.notes, &s.model, &error);
}

static const double *effective(const char *name) {
  const hmfm_setting *setting = hmfm_settings_find(hmfm_model_settings(s.model), name);
  ck_assert_ptr_nonnull(setting);
  return setting->value;
}

START_TEST(declarations) {
  const hmfm_parameter *parameter;
  const char *owner = NULL;
  size_t n = 0;
  for (; (parameter = hmfm_parameter_at(n, &owner)); n++) {
    ck_assert_ptr_nonnull(owner);
    ck_assert(parameter->above < parameter->below);
    ck_assert_uint_gt(strlen(parameter->meaning), 0);
    ck_assert_int_ne(parameter->meaning[strlen(parameter->meaning) - 1], '.');
    for (size_t k = 0; k < n; k++) {
      ck_assert_str_ne(hmfm_parameter_at(k, NULL)->name, parameter->name);
    }
  }
  ck_assert_uint_ge(n, 12);
  ck_assert_ptr_null(hmfm_parameter_at(n + 5, &owner));
  ck_assert_str_eq(hmfm_family_name(0), "normal");
  ck_assert_str_eq(hmfm_mixing_name(0), "hmfm");
}
END_TEST

START_TEST(ranges) {
  const double bad[] = {0.0, -1.0, INFINITY, NAN};
  const char *const said[] = {
      "k0 must be > 0 and finite, got 0", "k0 must be > 0 and finite, got -1",
      "k0 must be > 0 and finite, got inf", "k0 must be > 0 and finite, got nan"};
  for (int k = 0; k < 4; k++) expect(set("k0", 1, &bad[k], NULL), HMFM_EUSAGE, said[k]);
  const double infinite = -INFINITY, fine = -3.0;
  expect(set("mu0", 1, &infinite, NULL), HMFM_EUSAGE, "mu0 must be a finite number, got -inf");
  ck_assert_int_eq(set("mu0", 1, &fine, NULL), HMFM_OK);
  const double gamma[] = {0.5, -1.5};
  const char *const label[] = {"1", "S3"};
  expect(set("gamma", 2, gamma, label), HMFM_EUSAGE, "gamma must be > 0, got -1.5 (for 'S3')");
  ck_assert_uint_eq(s.settings.n_settings, 1); /* what failed was not kept */
}
END_TEST

START_TEST(names_and_numbers) {
  const double two[] = {1.0, 2.0};
  expect(set("kappa", 1, two, NULL), HMFM_EUSAGE, "no parameter is called 'kappa'");
  expect(set("k0", 2, two, NULL), HMFM_EUSAGE, "k0 takes a single value, got 2");
  expect(set("gamma", 0, two, NULL), HMFM_EUSAGE, "gamma was given no value");
  ck_assert_int_eq(set("s0", 1, &two[0], NULL), HMFM_OK);
  ck_assert_int_eq(set("s0", 1, &two[1], NULL), HMFM_OK); /* replaces */
  ck_assert_uint_eq(s.settings.n_settings, 1);
  ck_assert_double_eq(s.settings.setting[0].value[0], 2.0);
}
END_TEST

START_TEST(one_value_per_group_or_covariate) {
  const double three[] = {1.0, 2.0, 3.0};
  ck_assert_int_eq(set("gamma", 3, three, NULL), HMFM_OK); /* judged with the data */
  ck_assert_int_eq(create(), HMFM_EDATA);
  ck_assert_msg(strstr(error.message, "gamma has 3 values, but the data have 2 group"), "%s",
                error.message);
  ck_assert_int_eq(set("gamma", 2, three, NULL), HMFM_OK);
  ck_assert_int_eq(set("beta-mean", 2, three, NULL), HMFM_OK);
  ck_assert_int_eq(create(), HMFM_OK);
  ck_assert_double_eq(effective("gamma")[0], 1.0);
  ck_assert_double_eq(effective("gamma")[1], 2.0);
  ck_assert_double_eq(effective("beta-mean")[1], 2.0);
}
END_TEST

START_TEST(values_by_label) {
  const double value[] = {0.25, 7.0};
  const char *const group[] = {"2"}, *const unknown[] = {"9"}, *const x[] = {"x2", "x1"};
  ck_assert_int_eq(set("gamma", 1, value, unknown), HMFM_OK);
  expect(create(), HMFM_EDATA, "gamma is given for group '9', which the data do not have");
  ck_assert_int_eq(set("gamma", 1, value, group), HMFM_OK);
  ck_assert_int_eq(set("beta-var", 2, value, x), HMFM_OK);
  ck_assert_int_eq(create(), HMFM_OK);
  ck_assert(isnan(effective("gamma")[0])); /* random */
  ck_assert_double_eq(effective("gamma")[1], 0.25);
  ck_assert_double_eq(effective("beta-var")[0], 7.0);
  ck_assert_double_eq(effective("beta-var")[1], 0.25);
}
END_TEST

START_TEST(conflicts) {
  const double v = 2.0;
  ck_assert_int_eq(set("lambda", 1, &v, NULL), HMFM_OK);
  ck_assert_int_eq(set("lambda-mean", 1, &v, NULL), HMFM_OK);
  expect(create(), HMFM_EUSAGE, "lambda-mean has no effect when lambda is fixed");
  hmfm_settings_clear(&s.settings);
  ck_assert_int_eq(set("gamma", 1, &v, NULL), HMFM_OK);
  ck_assert_int_eq(set("gamma-guess", 1, &v, NULL), HMFM_OK);
  expect(create(), HMFM_EUSAGE, "gamma-guess has no effect when gamma is fixed in every group");
  const char *const one[] = {"1"};
  ck_assert_int_eq(set("gamma", 1, &v, one), HMFM_OK); /* the other group's is random */
  ck_assert_int_eq(create(), HMFM_OK);
}
END_TEST

START_TEST(unknown_members) {
  s.settings.family = "poison";
  expect(create(), HMFM_EUSAGE, "no family is called 'poison'");
  s.settings.family = "normal";
  s.settings.mixing = "hpd";
  expect(create(), HMFM_EUSAGE, "no mixing is called 'hpd'");
  s.settings.mixing = "hmfm";
  s.settings.beta = "both";
  expect(create(), HMFM_EUSAGE, "beta must be 'group' or 'shared', got 'both'");
}
END_TEST

START_TEST(beta_without_covariates) {
  const small_shape plain = {1, {5}, 1, 0};
  small_clear(&s);
  small_data(&s, &plain, 2);
  small_set(&s, "beta-var", 2.0);
  expect(create(), HMFM_EUSAGE, "beta-var was set, but there are no covariates");
}
END_TEST

START_TEST(runs) {
  hmfm_run run, bad;
  hmfm_run_defaults(&run);
  ck_assert_int_eq(hmfm_run_validate(&run, &s.settings, &error), HMFM_OK);
  ck_assert_uint_eq(run.chains, 4);
  ck_assert_uint_eq(run.warmup, 1000);
  ck_assert_uint_eq(run.draws, 1000);
  ck_assert_uint_eq(run.thin, 1);
  bad = run, bad.algorithm = "gibbs";
  expect(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE, "no algorithm is called 'gibbs'");
  bad = run, bad.algorithm = NULL;
  ck_assert_int_eq(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE);
  bad = run, bad.chains = 0;
  expect(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE, "chains must be at least 1, got 0");
  bad = run, bad.draws = 0;
  expect(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE, "draws must be at least 1, got 0");
  bad = run, bad.thin = 0;
  expect(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE, "thin must be at least 1, got 0");
  bad = run, bad.threads = -1;
  ck_assert_int_eq(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE);
  bad = run, bad.draws = SIZE_MAX;
  ck_assert_int_eq(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE);
  bad = run, bad.draws = 1u << 20, bad.thin = 1u << 13; /* 2^33 sweeps: more than addresses */
  ck_assert_int_eq(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE);
  bad = run, bad.warmup = SIZE_MAX;
  ck_assert_int_eq(hmfm_run_validate(&bad, NULL, &error), HMFM_EUSAGE);
}
END_TEST

START_TEST(algorithms_are_named) {
  const char *meaning = NULL, *name;
  size_t n = 0;
  hmfm_run run;
  hmfm_run_defaults(&run);
  for (; (name = hmfm_algorithm_name(n, NULL, &meaning)); n++) {
    run.algorithm = name;
    ck_assert_int_eq(hmfm_run_validate(&run, NULL, &error), HMFM_OK);
    ck_assert_uint_gt(strlen(meaning), 0);
  }
  ck_assert_uint_eq(n, 6);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("settings");
  TCase *all = tcase_create("settings");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, declarations);
  tcase_add_test(all, ranges);
  tcase_add_test(all, names_and_numbers);
  tcase_add_test(all, one_value_per_group_or_covariate);
  tcase_add_test(all, values_by_label);
  tcase_add_test(all, conflicts);
  tcase_add_test(all, unknown_members);
  tcase_add_test(all, beta_without_covariates);
  tcase_add_test(all, runs);
  tcase_add_test(all, algorithms_are_named);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
