/* What a run records: the counts of every draw are those of its allocations, and its components. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "hmfm/draws.h"
#include "support_model.h"

/* Different labels among the units of a group; of all groups where group is n_groups. */
static size_t count_labels(const hmfm_draws *draws, size_t chain, size_t draw, size_t group) {
  size_t n = 0, seen[256] = {0};
  for (size_t i = 0; i < draws->n_units; i++) {
    if (group < draws->n_groups && draws->unit_group[i] != group) continue;
    n += seen[hmfm_draws_label(draws, chain, draw, i)]++ == 0;
  }
  return n;
}

static double value(const hmfm_draws *draws, const char *name, size_t chain, size_t draw,
                    size_t k) {
  const hmfm_variable *v = hmfm_draws_find(draws, name);
  ck_assert_ptr_nonnull(v);
  return v->value[(chain * draws->capacity + draw) * v->width + k];
}

/* Returns whether some weight of the last group is not that of the first. */
static int check_draw(const hmfm_draws *draws, size_t chain, size_t draw) {
  int differ = 0;
  const size_t d = draws->n_groups, *start = draws->components[chain].start;
  const double *weight = draws->components[chain].weight;
  const double K = value(draws, "K", chain, draw, 0), M = value(draws, "M", chain, draw, 0);
  ck_assert_double_eq(K, (double)count_labels(draws, chain, draw, d));
  ck_assert_double_ge(M, K);
  ck_assert_double_eq(M, (double)(start[draw + 1] - start[draw]));
  for (size_t j = 0; j < d; j++) {
    double sum = 0.0;
    ck_assert_double_eq(value(draws, "K_group", chain, draw, j),
                        (double)count_labels(draws, chain, draw, j));
    for (size_t row = start[draw]; row < start[draw + 1]; row++) sum += weight[row * d + j];
    ck_assert_double_eq_tol(sum, 1.0, 1e-12);
  }
  for (size_t row = start[draw]; row < start[draw + 1]; row++)
    differ |= weight[row * d] != weight[row * d + d - 1];
  return differ;
}

START_TEST(counts_are_those_of_the_allocations) {
  const small_shape shape = {3, {14, 2, 20}, 2, 1};
  const char *name;
  for (size_t a = 0; (name = small_algorithm("hmfm", a)); a++) {
    small s;
    hmfm_run run;
    hmfm_draws *draws = NULL;
    hmfm_ensemble *ensemble = NULL;
    hmfm_error error;
    int differ = 0;
    small_data(&s, &shape, 4);
    small_model(&s);
    hmfm_run_defaults(&run);
    run.algorithm = name;
    run.chains = 2, run.threads = 1, run.warmup = 3, run.draws = 40;
    small_require(hmfm_draws_create(s.model, &run, &draws, &error), &error);
    small_require(hmfm_ensemble_create(s.model, &run, hmfm_draws_sink(draws), &ensemble, &error),
                  &error);
    small_require(hmfm_ensemble_advance(ensemble, 1000, &error), &error);
    for (size_t c = 0; c < run.chains; c++)
      for (size_t t = 0; t < run.draws; t++) differ += check_draw(draws, c, t);
    ck_assert_int_gt(differ, 0);
    hmfm_ensemble_destroy(ensemble);
    hmfm_draws_destroy(draws);
    small_clear(&s);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("record");
  TCase *all = tcase_create("record");
  tcase_add_test(all, counts_are_those_of_the_allocations);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
