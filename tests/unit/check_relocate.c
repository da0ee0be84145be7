/* The relocate kernel where its law is known, for concentrations far below the precision of a count. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "kernel/kernel.h"
#include "support_model.h"

enum { SWEEPS = 100000 };
static small s;
static const double MU[] = {0.0, 50.0, 2.0}; /* of three atoms with variance 1 */

/* A state with beta held at 0, the three atoms, and units in the given slots. */
static void begin(const hmfm_columns *columns, const double *gamma, const char *const *group,
                  const int32_t *start) {
  hmfm_error error = {0};
  size_t n_groups = 0;
  while (group[n_groups]) n_groups++;
  s = (small){0};
  small_require(hmfm_dataset_create(columns, NULL, &s.dataset, &error), &error);
  hmfm_settings_defaults(&s.settings);
  small_set(&s, "lambda", 1.0);
  small_set(&s, "beta-var", 1e-12);
  small_require(hmfm_settings_set(&s.settings, "gamma", n_groups, gamma, group, &error), &error);
  small_model(&s);
  small_state(&s, 7);
  small_require(hmfm_state_set_partition(s.state, start, 2, 3, &error), &error);
  for (size_t b = 0; b < n_groups; b++) s.state->beta[b] = 0.0;
  hmfm_state_residuals(s.state);
  for (size_t m = 0; m < 3; m++) {
    s.state->atom[m] = MU[m];
    s.state->atom[s.state->capacity + m] = 1.0;
  }
  s.model->family->score_prepare(s.state->work, 3, s.state->atom, s.state->capacity);
}

/* How often the unit is in the first slot, over sweeps of the kernel alone. */
static double share_in_first(size_t unit) {
  hmfm_error error = {0};
  double in_first = 0.0;
  for (size_t t = 1; t <= SWEEPS; t++) {
    s.state->sweep = t;
    small_require(hmfm_kernel_relocate.apply(s.state, &error), &error);
    in_first += s.state->partition.allocation[unit] == 0;
  }
  return in_first / SWEEPS;
}

static const double GAMMA[] = {1e-2, 1e-8, 1e-15, 1e-16, 1e-30, 1e-290};

/* One group; unit a (x = 1, y = 0) and unit b (x = 0, y = 50). Unit a alone moves, between the first atom
 * and the third: odds e^2, whatever gamma is, since both are empty without it. */
START_TEST(tiny_gammas_keep_the_odds) {
  const char *group[] = {"g", "g"}, *const names[] = {"g", NULL};
  const double y[] = {0.0, 50.0}, x[] = {1.0, 0.0};
  const hmfm_covariate covariate = {"x", x, NULL};
  begin(&(hmfm_columns){2, group, NULL, "y", y, 1, &covariate, NULL, NULL}, &GAMMA[_i], names,
        (const int32_t[]){0, 1});
  /* a turn every fourth sweep: a standard error of .324 / sqrt(25000) or a little more */
  ck_assert_double_eq_tol(share_in_first(0), 1.0 / (1.0 + exp(-2.0)), 0.012);
  ck_assert_uint_eq(s.state->partition.n_clusters, 2);
  small_clear(&s);
}
END_TEST

/* Two groups with concentrations 5 and 1/2. In the second, unit b stays in the first slot, and unit a
 * (x = 1, y = 1.5) has odds (1 + gamma) e^(-9/8) to gamma e^(-1/8). */
START_TEST(each_group_has_its_gamma) {
  const char *group[] = {"g", "h", "h"}, *const names[] = {"g", "h", NULL};
  const double y[] = {50.0, 0.0, 1.5}, x[] = {0.0, 0.0, 1.0}, gamma[] = {5.0, 0.5};
  const hmfm_covariate covariate = {"x", x, NULL};
  begin(&(hmfm_columns){3, group, NULL, "y", y, 1, &covariate, NULL, NULL}, gamma, names,
        (const int32_t[]){1, 0, 0});
  /* labels by first appearance: the cluster at 50 is slot 0 now, so its atom changes place with the other */
  s.state->atom[0] = MU[1], s.state->atom[1] = MU[0];
  s.model->family->score_prepare(s.state->work, 3, s.state->atom, s.state->capacity);
  hmfm_error error = {0};
  double with_b = 0.0;
  for (size_t t = 1; t <= SWEEPS; t++) {
    s.state->sweep = t;
    small_require(hmfm_kernel_relocate.apply(s.state, &error), &error);
    with_b += s.state->partition.allocation[2] == s.state->partition.allocation[1];
  }
  const double odds = 3.0 * exp(-1.0);
  ck_assert_double_eq_tol(with_b / SWEEPS, odds / (1.0 + odds), 0.018);
  small_clear(&s);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("relocate");
  TCase *cases = tcase_create("relocate");
  tcase_add_loop_test(cases, tiny_gammas_keep_the_odds, 0, sizeof GAMMA / sizeof *GAMMA);
  tcase_add_test(cases, each_group_has_its_gamma);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
