/* The relocate kernel where its law is known, for concentrations far below the precision of a count. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "kernel/kernel.h"
#include "support_model.h"

static const double GAMMA[] = {1e-2, 1e-8, 1e-15, 1e-16, 1e-30, 1e-290};

/* One group; unit a (x = 1, y = 0) and unit b (x = 0, y = 50). With beta held near 0 and atoms N(0,1),
 * N(50,1), N(2,1), unit a alone moves, between the first atom and the third: odds e^2, whatever
 * gamma is, since both are empty without it. */
START_TEST(tiny_gammas_keep_the_odds) {
  const char *group[] = {"g", "g"};
  const double y[] = {0.0, 50.0}, x[] = {1.0, 0.0}, mu[] = {0.0, 50.0, 2.0};
  const int32_t start[] = {0, 1};
  enum { SWEEPS = 100000 };
  const hmfm_covariate covariate = {"x", x, NULL};
  const hmfm_columns columns = {2, group, NULL, "y", y, 1, &covariate};
  hmfm_error error = {0};
  small s = {0};
  small_require(hmfm_dataset_create(&columns, NULL, &s.dataset, &error), &error);
  hmfm_settings_defaults(&s.settings);
  small_set(&s, "lambda", 1.0);
  small_set(&s, "gamma", GAMMA[_i]);
  small_set(&s, "beta-var", 1e-12);
  small_model(&s);
  small_state(&s, 7);
  hmfm_state *state = s.state;
  small_require(hmfm_state_set_partition(state, start, 2, 3, &error), &error);
  state->beta[0] = 0.0;
  hmfm_state_residuals(state);
  for (size_t m = 0; m < 3; m++) {
    state->atom[m] = mu[m];
    state->atom[state->capacity + m] = 1.0;
  }
  s.model->family->score_prepare(state->work, 3, state->atom, state->capacity);
  double in_first = 0.0;
  for (size_t t = 1; t <= SWEEPS; t++) {
    state->sweep = t;
    small_require(hmfm_kernel_relocate.apply(state, &error), &error);
    in_first += state->partition.allocation[0] == 0;
    ck_assert_int_eq(state->partition.total[state->partition.allocation[0]], 1);
    ck_assert_uint_eq(state->partition.n_clusters, 2);
  }
  /* a fresh draw every fourth sweep at the most: a standard error of .324 / sqrt(25000) or a little more */
  ck_assert_double_eq_tol(in_first / SWEEPS, 1.0 / (1.0 + exp(-2.0)), 0.012);
  small_clear(&s);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("relocate");
  TCase *cases = tcase_create("relocate");
  tcase_add_loop_test(cases, tiny_gammas_keep_the_odds, 0, sizeof GAMMA / sizeof *GAMMA);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
