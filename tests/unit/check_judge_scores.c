/* Tests of the sentences on scores: which of them is said, by which numbers, of which fit. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "summary/judge_scores.h"

enum { FITS = 3, UNITS = 2 };

static hmfm_unit_loo unit[FITS][UNITS];
static hmfm_loo loo[FITS];
static hmfm_scored fit[FITS];
static hmfm_loo_rank rank[FITS];
static hmfm_notes remarks, warnings;

/* Three fits of 2 units and 400 draws without a fault: the second is the best, the third the last. */
static void prepare(void) {
  static const char *const name[FITS] = {"fit 1", "fit 2", "fit 3"};
  static const char *const title[FITS] = {"Fit 1", "Fit 2", "Fit 3"};
  static char *unit_name[UNITS] = {"u", "v"}, *group_name[UNITS] = {"g", "h"};
  static uint32_t unit_group[UNITS] = {0, 1};
  static hmfm_draws draws;
  draws = (hmfm_draws){.n_units = UNITS, .n_groups = UNITS};
  draws.unit_name = unit_name, draws.group_name = group_name, draws.unit_group = unit_group;
  for (int k = 0; k < FITS; k++) {
    for (int i = 0; i < UNITS; i++) unit[k][i] = (hmfm_unit_loo){.pareto_k = 0.1};
    loo[k] = (hmfm_loo){.n_units = UNITS, .n_draws = 400, .k_threshold = 0.62, .unit = unit[k]};
    fit[k] = (hmfm_scored){name[k], title[k], &loo[k], &draws, NULL};
  }
  rank[0] = (hmfm_loo_rank){.index = 1};
  rank[1] = (hmfm_loo_rank){.index = 0, .difference = {-5, 1}};
  rank[2] = (hmfm_loo_rank){.index = 2, .difference = {-30, 2}};
}

static void judge(void) { hmfm_judge_scores(fit, rank, FITS, &remarks, &warnings); }

static void clear(void) {
  hmfm_notes_clear(&remarks);
  hmfm_notes_clear(&warnings);
}

static void is_remark(size_t k, const char *text) {
  ck_assert_uint_gt(remarks.count, k);
  ck_assert_str_eq(remarks.text[k], text);
}
static void is_warning(size_t k, const char *text) {
  ck_assert_uint_gt(warnings.count, k);
  ck_assert_str_eq(warnings.text[k], text);
}

START_TEST(differences) {
  static const struct {
    double by, se;
    const char *text;
  } of[] = {
      {3.99, 0.1, "Fit 2 and fit 1 predict units equally well: elpd_loo differs by 4.0 only."},
      {4, 2.01,
       "Fit 2 is ahead of fit 1 by 4.0, with standard error 2.0: the units do not tell which "
       "predicts better."},
      {4, NAN,
       "Fit 2 is ahead of fit 1 by 4.0, with standard error nan: the units do not tell which "
       "predicts better."},
      {5, 2,
       "Fit 2 predicts units better than fit 1: elpd_loo is higher by 5.0, which is 2.5 standard "
       "errors."},
  };
  prepare();
  for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
    rank[1].difference = (hmfm_estimate){-of[k].by, of[k].se};
    judge();
    is_remark(0, of[k].text);
    is_remark(1, "Fit 2 predicts units better than fit 3: elpd_loo is higher by 30.0, which is "
                 "15.0 standard errors.");
    ck_assert(remarks.count == 2 && warnings.count == 0);
    clear();
  }
}
END_TEST

/* Doubt on the best is doubt on every difference, on another on that alone. */
START_TEST(doubts) {
  prepare();
  fit[2].advice = "hmfm summary x.nc";
  judge();
  ck_assert_ptr_null(strstr(remarks.text[0], "doubt"));
  ck_assert_ptr_nonnull(strstr(remarks.text[1], "errors. What follows casts doubt on that."));
  is_warning(0, "Fit 3 has not converged, and its scores are no better than its draws: see hmfm "
                "summary x.nc.");
  ck_assert_uint_eq(warnings.count, 1);
  clear();
  prepare();
  loo[1].n_above = 1, loo[1].worst = 1, unit[1][1].pareto_k = 0.9;
  judge();
  ck_assert_ptr_nonnull(strstr(remarks.text[0], "doubt"));
  ck_assert_ptr_nonnull(strstr(remarks.text[1], "doubt"));
  clear();
}
END_TEST

START_TEST(shapes) {
  prepare();
  loo[0].n_above = 2, loo[0].worst = 1, unit[0][1].pareto_k = 0.9;
  loo[1].n_above = 1, unit[1][0].pareto_k = INFINITY;
  loo[2].n_above = 2, loo[2].n_draws = 25, unit[2][0].pareto_k = INFINITY;
  loo[2].n_waic_above = 1;
  fit[2].advice = "summary()";
  judge();
  ck_assert_uint_eq(warnings.count, 5);
  is_warning(0, "Fit 3 has not converged, and its scores are no better than its draws: see "
                "summary().");
  is_warning(1, "Fit 1: Pareto k is above 0.62 for 2 of 2 units (the largest, 0.90, of unit 'v' of "
                "group 'h'): without such a unit the posterior changes more than importance "
                "sampling can follow, and elpd_loo, with what is made of it, is not to be relied "
                "on.");
  ck_assert_ptr_nonnull(strstr(warnings.text[2], "1 of 2 units (none fits unit 'u' of group 'g')"));
  is_warning(3, "Fit 3: 25 draws are too few to tell by Pareto k where elpd_loo is to be relied "
                "on; some hundreds are wanted.");
  is_warning(4, "Fit 3: p_waic is above 0.4 for 1 of 2 units, so WAIC is not to be relied on; "
                "prefer elpd_loo.");
  clear();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("judge_scores");
  TCase *tests = tcase_create("sentences");
  tcase_add_test(tests, differences);
  tcase_add_test(tests, doubts);
  tcase_add_test(tests, shapes);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
