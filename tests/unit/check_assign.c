/* To which cluster a new unit goes: against the definition written out, by draws and units. */
#include <check.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support_density.h"

enum { DRAWS = 20, ROWS = 3, CLUSTERS = 3 };

static const double exposure_of[ROWS] = {1.0, 2.5, 0.5};

static double density_of(const density_fit *fit, const double *atom, size_t h, double y) {
  if (strcmp(fit->of->family, "poisson") == 0)
    return gsl_ran_poisson_pdf((unsigned)y, exposure_of[h] * atom[0]);
  return gsl_ran_gaussian_pdf(y - atom[0], sqrt(atom[1]));
}

/* Adds what one draw says: all components are listed. */
static void add_slow(const density_fit *fit, size_t c, size_t t, const double *y,
                     const uint32_t *label, double *together, double *alone) {
  const hmfm_draws *d = fit->draws;
  const hmfm_components *k = &d->components[c];
  double total = 0.0, size[CLUSTERS] = {0};
  for (size_t i = 0; i < d->n_units; i++) size[label[i]]++;
  for (int pass = 0; pass < 2; pass++)
    for (size_t m = k->start[t]; m < k->start[t + 1]; m++) {
      double share = k->weight[m * d->n_groups];
      size_t units = 0;
      for (size_t h = 0; h < ROWS; h++) share *= density_of(fit, k->atom + m * d->n_atom, h, y[h]);
      if (pass == 0) {
        total += share;
        continue;
      }
      share /= total * 2 * DRAWS;
      for (size_t i = 0; i < d->n_units; i++)
        if (hmfm_draws_label(d, c, t, i) == m - k->start[t]) {
          together[label[i]] += share / size[label[i]];
          units++;
        }
      if (units == 0) *alone += share;
    }
}

/* Densities of the rows of a unit of group 0. */
static void make(const density_fit *fit, hmfm_density **density) {
  for (size_t h = 0; h < ROWS; h++) {
    hmfm_density_target target = density_target(fit, 0);
    target.group = 0;
    if (strcmp(fit->of->family, "poisson") == 0) target.exposure = exposure_of[h];
    density[h] = density_make(fit, &target);
  }
}

static void label_units(const density_fit *fit, uint32_t *label) {
  for (size_t i = 0; i < fit->draws->n_units; i++) label[i] = (uint32_t)(i * i + i / 2) % CLUSTERS;
}

static const size_t with_all[] = {0, 4}; /* no covariates, and every component listed */

START_TEST(by_definition) {
  const double value[2][ROWS] = {{0.3, 1.1, 0.6}, {3.0, 9.0, 0.0}};
  density_fit fit;
  hmfm_density *density[ROWS];
  hmfm_error error = {0};
  double slow[CLUSTERS] = {0}, alone = 0.0, together[CLUSTERS], own;
  density_fit_make(&fit, &density_cases[with_all[_i]], DRAWS);
  uint32_t *label = calloc(fit.draws->n_units, sizeof *label);
  label_units(&fit, label);
  make(&fit, density);
  for (size_t c = 0; c < 2; c++)
    for (size_t t = 0; t < DRAWS; t++) add_slow(&fit, c, t, value[_i], label, slow, &alone);
  small_require(hmfm_density_assign(fit.draws, ROWS, (const hmfm_density *const *)density,
                                    value[_i], CLUSTERS, label, 1, together, &own, &error),
                &error);
  for (int k = 0; k < CLUSTERS; k++)
    ck_assert_msg(fabs(together[k] - slow[k]) < 1e-12, "cluster %d: %.17g, not %.17g", k,
                  together[k], slow[k]);
  ck_assert_double_eq_tol(own, alone, 1e-12);
  for (size_t h = 0; h < ROWS; h++) hmfm_density_destroy(density[h]);
  free(label);
  density_fit_clear(&fit);
}
END_TEST

/* With infinitely many components shares are probabilities all the same, and where nobody fits, weights count. */
START_TEST(always_probabilities) {
  const double far[ROWS] = {1e200, 1e200, 1e200};
  density_fit fit;
  hmfm_density *density[ROWS];
  hmfm_error error = {0};
  double together[1], own;
  density_fit_make(&fit, &density_cases[_i], DRAWS);
  uint32_t *label = calloc(fit.draws->n_units, sizeof *label);
  make(&fit, density);
  const int counts = strcmp(fit.of->family, "poisson") == 0;
  const double many[ROWS] = {1e9, 1e9, 1e9}, *y = counts ? many : far;
  for (size_t n = 1; n <= ROWS; n++) {
    small_require(hmfm_density_assign(fit.draws, n, (const hmfm_density *const *)density, y, 1,
                                      label, 1, together, &own, &error),
                  &error);
    ck_assert(together[0] >= 0.0 && together[0] <= 1.0 && own >= 0.0 && own <= 1.0);
    ck_assert(together[0] + own > 0.0);
  }
  for (size_t h = 0; h < ROWS; h++) hmfm_density_destroy(density[h]);
  free(label);
  density_fit_clear(&fit);
}
END_TEST

START_TEST(refused) {
  density_fit fit;
  hmfm_density *density[ROWS];
  hmfm_error error = {0};
  double together[CLUSTERS], own, y[ROWS] = {0};
  density_fit_make(&fit, &density_cases[0], DRAWS);
  uint32_t *label = calloc(fit.draws->n_units, sizeof *label);
  label_units(&fit, label);
  make(&fit, density);
  const hmfm_density *const *of = (const hmfm_density *const *)density;
  ck_assert_int_eq(
      hmfm_density_assign(fit.draws, 0, of, y, CLUSTERS, label, 1, together, &own, &error),
      HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "a new unit needs an observation");
  ck_assert_int_eq(
      hmfm_density_assign(fit.draws, 1, of, y, CLUSTERS - 1, label, 1, together, &own, &error),
      HMFM_EUSAGE);
  ck_assert_ptr_nonnull(strstr(error.message, "is in cluster 2 of 2"));
  fit.draws->n_draws--;
  ck_assert_int_eq(
      hmfm_density_assign(fit.draws, 1, of, y, CLUSTERS, label, 1, together, &own, &error),
      HMFM_EUSAGE);
  fit.draws->n_draws++;
  for (size_t h = 0; h < ROWS; h++) hmfm_density_destroy(density[h]);
  free(label);
  density_fit_clear(&fit);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("assign");
  TCase *cases = tcase_create("cases");
  tcase_add_loop_test(cases, by_definition, 0, 2);
  tcase_add_loop_test(cases, always_probabilities, 0, DENSITY_CASES);
  tcase_add_test(cases, refused);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
