/* What a density is of: the law of weights and beta of a new group, covariates, what is refused; and samplers that
 * share a posterior share its densities. */
#include <check.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hmfm/chain.h"
#include "hmfm/summary.h"
#include "io/csv_read.h"
#include "summary/density.h"
#include "support_density.h"

enum { DRAWS = 600, ALL = 2 * DRAWS };

/* z of the mean of differences that should be 0. */
static double z_of(size_t n, const double *gap) {
  return gsl_stats_mean(gap, 1, n) / (gsl_stats_sd(gap, 1, n) / sqrt((double)n));
}

/* E sum_m w_m^2 = sum_m a_m (a_m + 1) / (A (A + 1)) for w ~ Dirichlet(a), A = sum a. */
static double square_sum(size_t n, const double *a) {
  double total = 0.0, sum = 0.0;
  for (size_t m = 0; m < n; m++) total += a[m];
  for (size_t m = 0; m < n; m++) sum += a[m] * (a[m] + 1.0);
  return sum / (total * (total + 1.0));
}

/* gamma of a new group given Lambda, averaged: Gamma(shape, rate b Lambda), shape E[Lambda]^2/(Var d). */
static double hmfm_square_sum(const density_fit *fit, double lambda, size_t M, gsl_rng *rng) {
  const double mean = density_setting(fit, "lambda-mean"), var = density_setting(fit, "lambda-var");
  const double shape = mean * mean / var / 3.0;
  const double rate = shape / (density_setting(fit, "gamma-guess") * mean) * lambda;
  double sum = 0.0, a[200];
  ck_assert_uint_le(M, 200);
  for (int k = 0; k < 100; k++) {
    const double gamma = gsl_ran_gamma(rng, shape, 1.0 / rate);
    for (size_t m = 0; m < M; m++) a[m] = gamma;
    sum += square_sum(M, a) / 100.0;
  }
  return sum;
}

START_TEST(weights_of_a_new_group) {
  static double first[ALL], square[ALL];
  density_fit fit;
  density_fit_make(&fit, &density_cases[_i ? 3 : 0], DRAWS);
  const hmfm_density_target target = density_target(&fit, 3);
  hmfm_density *density = density_make(&fit, &target);
  const hmfm_variable *at = hmfm_draws_find(fit.draws, _i ? "alpha" : "lambda");
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus);
  for (size_t s = 0; s < ALL; s++) {
    const hmfm_observation mean = hmfm_density_law(density, HMFM_WEIGHTS_MEAN, s);
    const hmfm_observation drawn = hmfm_density_law(density, HMFM_WEIGHTS_DRAWN, s);
    const size_t M = drawn.n_components;
    double sum = drawn.rest, a[200];
    square[s] = drawn.rest * drawn.rest;
    for (size_t m = 0; m < M; m++) {
      sum += drawn.weight[m];
      square[s] += drawn.weight[m] * drawn.weight[m];
      a[m] = at->value[s] * mean.weight[m];
    }
    a[M] = at->value[s] * mean.rest;
    ck_assert(fabs(sum - 1.0) < 1e-12);
    first[s] = drawn.weight[0] - mean.weight[0];
    square[s] -= _i ? square_sum(M + 1, a) : hmfm_square_sum(&fit, at->value[s], M, rng);
  }
  ck_assert_msg(fabs(z_of(ALL, first)) < 4.5, "mean: z %g", z_of(ALL, first));
  ck_assert_msg(fabs(z_of(ALL, square)) < 4.5, "squares: z %g", z_of(ALL, square));
  gsl_rng_free(rng);
  hmfm_density_destroy(density);
  density_fit_clear(&fit);
}
END_TEST

/* x'beta ~ N(x'b0, sum x^2 B0), and independent of what another seed gives. */
START_TEST(beta_of_a_new_group) {
  static double one[ALL], square[ALL];
  density_fit fit;
  density_fit_make(&fit, &density_cases[1], DRAWS);
  hmfm_density_target target = density_target(&fit, 3);
  const double mean = density_setting(&fit, "beta-mean") * (fit.x[0] + fit.x[1]);
  const double variance =
      density_setting(&fit, "beta-var") * (fit.x[0] * fit.x[0] + fit.x[1] * fit.x[1]);
  hmfm_density *density = density_make(&fit, &target);
  for (size_t s = 0; s < ALL; s++) {
    one[s] = hmfm_density_law(density, HMFM_WEIGHTS_DRAWN, s).predictor - mean;
    square[s] = one[s] * one[s] - variance;
  }
  ck_assert(fabs(z_of(ALL, one)) < 4.5 && fabs(z_of(ALL, square)) < 4.5);
  target.seed = 2;
  hmfm_density *other = density_make(&fit, &target);
  ck_assert(fabs(hmfm_density_law(other, HMFM_WEIGHTS_DRAWN, 0).predictor - mean - one[0]) > 1e-9);
  hmfm_density_destroy(density);
  hmfm_density_destroy(other);
  density_fit_clear(&fit);
}
END_TEST

/* Means of covariates over a group, a unit, all. */
START_TEST(covariates) {
  density_fit fit;
  hmfm_error error;
  density_fit_make(&fit, &density_cases[1], 2);
  const hmfm_dataset *data = fit.s.dataset;
  for (size_t index = 0; index < DENSITY_TARGETS; index++) {
    const hmfm_density_target target = density_target(&fit, index);
    double x[2], mean[2] = {0.0, 0.0}, n = 0.0;
    for (size_t i = 0; i < data->n_units; i++)
      for (size_t h = data->unit_start[i]; h < data->unit_start[i + 1]; h++) {
        if (index == 0 && data->unit_group[i] != 2) continue;
        if ((index == 1 || index == 2) && i != 3) continue;
        for (int k = 0; k < 2; k++) mean[k] += data->x[2 * h + k];
        n++;
      }
    small_require(hmfm_density_covariates(fit.draws, &target, x, &error), &error);
    for (int k = 0; k < 2; k++) ck_assert(fabs(x[k] - mean[k] / n) < 1e-14);
    hmfm_density_target none = target, given = target;
    none.x = NULL;
    given.x = x;
    hmfm_density *a = density_make(&fit, &none), *b = density_make(&fit, &given);
    ck_assert(hmfm_density_law(a, HMFM_WEIGHTS_MEAN, 1).predictor ==
              hmfm_density_law(b, HMFM_WEIGHTS_MEAN, 1).predictor);
    hmfm_density_destroy(a);
    hmfm_density_destroy(b);
  }
  density_fit_clear(&fit);
}
END_TEST

static void refuse(const density_fit *fit, const hmfm_model *model,
                   const hmfm_density_target *target, hmfm_status status, const char *words) {
  hmfm_error error = {0};
  hmfm_density *density = (hmfm_density *)fit;
  ck_assert_int_eq(hmfm_density_create(fit->draws, model, target, &density, &error), status);
  ck_assert_msg(strstr(error.message, words) != NULL, "'%s'", error.message);
  ck_assert_ptr_eq(density, fit);
}

START_TEST(refused) {
  density_fit fit, other;
  hmfm_error error = {0};
  density_fit_make(&fit, &density_cases[1], 3);
  density_fit_make(&other, &density_cases[3], 3);
  const hmfm_density_target target = density_target(&fit, 0), unit = density_target(&fit, 1);
  hmfm_density_target bad = target;
  refuse(&fit, other.s.model, &target, HMFM_EUSAGE, "no draws of this model");
  bad.group = 3;
  refuse(&fit, fit.s.model, &bad, HMFM_EUSAGE, "there is no group 3: 3 are counted from 0");
  bad = unit;
  bad.unit = 999;
  refuse(&fit, fit.s.model, &bad, HMFM_EUSAGE, "there is no unit 999");
  bad = target;
  bad.exposure = 0.0;
  refuse(&fit, fit.s.model, &bad, HMFM_EUSAGE, "exposure must be > 0 and finite, got 0");
  const double nan[2] = {0.0, NAN};
  bad = target;
  bad.x = nan;
  refuse(&fit, fit.s.model, &bad, HMFM_EUSAGE, "covariate x2 must be finite, got nan");
  bad = target;
  bad.threads = -1;
  refuse(&fit, fit.s.model, &bad, HMFM_EUSAGE, "threads must be at least 1");
  double *sigma2 = &fit.draws->components[1].atom[1], kept = *sigma2;
  *sigma2 = -1.0;
  refuse(&fit, fit.s.model, &target, HMFM_EDATA,
         "chain 1, draw 0: component 0 has what family normal cannot have (sigma2 -1");
  *sigma2 = kept;
  fit.draws->components[0].weight[2] += 0.5;
  refuse(&fit, fit.s.model, &target, HMFM_EDATA, "chain 0, draw 0: the weights sum to 1.5, not to");
  fit.draws->components[0].weight[2] -= 0.5;

  hmfm_density *density = density_make(&fit, &target);
  double y = 0.0, mean = 7.0;
  ck_assert_int_eq(
      hmfm_density_evaluate(density, HMFM_CURVE_DENSITY, 1, &y, 1.0, &mean, NULL, NULL, &error),
      HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "level must be between 0 and 1, got 1");
  y = INFINITY;
  ck_assert_int_eq(
      hmfm_density_evaluate(density, HMFM_CURVE_DENSITY, 1, &y, 0.9, &mean, NULL, NULL, &error),
      HMFM_EUSAGE);
  y = 1.0;
  ck_assert_int_eq(hmfm_density_quantiles(density, 1, &y, &mean, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "a quantile's probability must be between 0 and 1, got 1");
  ck_assert(mean == 7.0);
  hmfm_density_destroy(density);
  hmfm_density_destroy(NULL);

  hmfm_allocations *allocations = fit.draws->allocations;
  fit.draws->allocations = NULL;
  refuse(&fit, fit.s.model, &unit, HMFM_EDATA, "no allocations");
  fit.draws->allocations = allocations;
  hmfm_components *components = fit.draws->components;
  fit.draws->components = NULL;
  refuse(&fit, fit.s.model, &target, HMFM_EDATA, "no components");
  fit.draws->components = components;
  density_fit_clear(&fit);
  density_fit_clear(&other);
}
END_TEST

/* gamma fixed alike in all groups is that of a new one; fixed to different values it is anyone's guess. */
START_TEST(fixed_gamma) {
  const double gamma[2][3] = {{0.7, 0.7, 0.7}, {0.7, 0.7, 0.8}};
  density_fit fit;
  hmfm_error error = {0};
  density_fit_make(&fit, &density_cases[0], DRAWS);
  const hmfm_density_target target = density_target(&fit, 3);
  for (int k = 0; k < 2; k++) {
    hmfm_settings settings;
    hmfm_model *model = NULL;
    hmfm_settings_defaults(&settings);
    small_require(hmfm_settings_set(&settings, "gamma", 3, gamma[k], NULL, &error), &error);
    small_require(hmfm_model_create(fit.s.dataset, &settings, NULL, &model, &error), &error);
    if (k == 1) {
      refuse(&fit, model, &target, HMFM_EUSAGE, "gamma is fixed, but not alike in all groups");
    } else {
      static double square[ALL];
      hmfm_density *density = NULL;
      small_require(hmfm_density_create(fit.draws, model, &target, &density, &error), &error);
      for (size_t s = 0; s < ALL; s++) {
        const hmfm_observation law = hmfm_density_law(density, HMFM_WEIGHTS_DRAWN, s);
        square[s] = -1.7 / (0.7 * (double)law.n_components + 1.0);
        for (size_t m = 0; m < law.n_components; m++) square[s] += law.weight[m] * law.weight[m];
      }
      ck_assert(fabs(z_of(ALL, square)) < 4.5);
      hmfm_density_destroy(density);
    }
    hmfm_model_destroy(model);
    hmfm_settings_clear(&settings);
  }
  density_fit_clear(&fit);
}
END_TEST

/* ---- two samplers of one posterior ---- */

enum { SAMPLED = 400, CHAINS = 4, AT = 5 };

/* Mean and its Monte Carlo error of each curve at each point. */
static void sample(const hmfm_model *model, const char *algorithm, size_t group, const double *y,
                   hmfm_diagnostics *out) {
  static double value[AT * CHAINS * SAMPLED];
  hmfm_error error = {0};
  hmfm_run run;
  hmfm_draws *draws = NULL;
  hmfm_ensemble *ensemble = NULL;
  hmfm_density *density = NULL;
  hmfm_density_target target;
  hmfm_run_defaults(&run);
  run.algorithm = algorithm;
  run.chains = CHAINS;
  run.warmup = 200;
  run.draws = SAMPLED;
  run.thin = 2;
  small_require(hmfm_draws_create(model, &run, &draws, &error), &error);
  small_require(hmfm_ensemble_create(model, &run, hmfm_draws_sink(draws), &ensemble, &error),
                &error);
  small_require(hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), &error), &error);
  hmfm_density_target_defaults(&target);
  target.group = group;
  small_require(hmfm_density_create(draws, model, &target, &density, &error), &error);
  hmfm_density_fill(density, HMFM_CURVE_DENSITY, HMFM_WEIGHTS_MEAN, AT, y, value);
  for (size_t l = 0; l < AT; l++)
    small_require(
        hmfm_diagnose(value + l * CHAINS * SAMPLED, CHAINS, SAMPLED, SAMPLED, 1, &out[l], &error),
        &error);
  hmfm_density_destroy(density);
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
}

START_TEST(samplers_agree) {
  static const struct {
    hmfm_csv_columns columns;
    const char *path, *family, *mixing, *algorithm[2];
    double y[AT];
  } with[] = {
      {{.response = "distance", .group = "sex", .unit = "child"},
       "data/orthodont.csv",
       "normal",
       "hmfm",
       {"conditional", "marginal"},
       {18, 21, 24, 27, 30}},
      {{.response = "claims", .group = "district", .unit = "class", .exposure = "holders"},
       "data/car_insurance.csv",
       "poisson",
       "hdp",
       {"conditional", "direct"},
       {0, 1, 2, 3, 4}},
  };
  hmfm_error error = {0};
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_settings settings;
  hmfm_diagnostics a[AT], b[AT];
  small_require(hmfm_csv_read(with[_i].path, &with[_i].columns, NULL, &data, &error), &error);
  hmfm_settings_defaults(&settings);
  settings.family = with[_i].family;
  settings.mixing = with[_i].mixing;
  small_require(hmfm_model_create(data, &settings, NULL, &model, &error), &error);
  for (size_t j = 0; j < 2; j++) {
    sample(model, with[_i].algorithm[0], j, with[_i].y, a);
    sample(model, with[_i].algorithm[1], j, with[_i].y, b);
    for (int l = 0; l < AT; l++) {
      const double gap = a[l].mean - b[l].mean, se = hypot(a[l].mcse_mean, b[l].mcse_mean);
      ck_assert_msg(fabs(gap) < 4.5 * se, "%s, group %zu, y %g: %g and %g, %.2g", with[_i].path, j,
                    with[_i].y[l], a[l].mean, b[l].mean, se);
      ck_assert(se < 0.1 * a[l].mean);
    }
  }
  hmfm_model_destroy(model);
  hmfm_settings_clear(&settings);
  hmfm_dataset_destroy(data);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("density_target");
  TCase *cases = tcase_create("targets");
  tcase_set_timeout(cases, 120);
  tcase_add_loop_test(cases, weights_of_a_new_group, 0, 2);
  tcase_add_test(cases, beta_of_a_new_group);
  tcase_add_test(cases, covariates);
  tcase_add_test(cases, refused);
  tcase_add_test(cases, fixed_gamma);
  tcase_add_loop_test(cases, samplers_agree, 0, 2);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
