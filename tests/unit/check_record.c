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

/* Shares, the last of the numbers an atom has: of all components there are. */
static void check_shares(const hmfm_draws *draws, size_t chain, size_t draw) {
  const size_t n_atom = draws->n_atom, *start = draws->components[chain].start;
  const size_t K = (size_t)value(draws, "K", chain, draw, 0);
  double sum = 0.0;
  for (size_t row = start[draw]; row < start[draw + 1]; row++) {
    const double share = draws->components[chain].atom[row * n_atom + n_atom - 1];
    ck_assert(share >= 0.0 && (share > 0.0 || row >= start[draw] + K));
    sum += share;
  }
  ck_assert_double_eq_tol(sum, 1.0, 1e-12);
}

/* Returns whether some weight of the last group is not that of the first. */
static int check_draw(const hmfm_draws *draws, size_t chain, size_t draw, int infinite) {
  int differ = 0;
  const size_t d = draws->n_groups, *start = draws->components[chain].start;
  const double *weight = draws->components[chain].weight;
  const double K = value(draws, "K", chain, draw, 0);
  const double rows = (double)(start[draw + 1] - start[draw]);
  ck_assert_double_eq(K, (double)count_labels(draws, chain, draw, d));
  if (infinite)
    ck_assert_double_gt(rows, K); /* one is all that are left */
  else
    ck_assert_double_eq(rows, value(draws, "M", chain, draw, 0));
  ck_assert_double_ge(rows, K);
  for (size_t j = 0; j < d; j++) {
    double sum = 0.0;
    ck_assert_double_eq(value(draws, "K_group", chain, draw, j),
                        (double)count_labels(draws, chain, draw, j));
    for (size_t row = start[draw]; row < start[draw + 1]; row++) sum += weight[row * d + j];
    ck_assert_double_eq_tol(sum, 1.0, 1e-12);
  }
  if (infinite) check_shares(draws, chain, draw);
  for (size_t row = start[draw]; row < start[draw + 1]; row++)
    differ |= weight[row * d] != weight[row * d + d - 1];
  return differ;
}

/* Which variables there are, in which order, and what an atom has. */
static void check_names(const hmfm_draws *draws, int infinite) {
  static const char *const finite_name[] = {"lambda", "gamma",   "beta",   "K",
                                            "M",      "K_group", "log_lik"};
  static const char *const infinite_name[] = {"alpha", "gamma0", "beta", "K", "K_group", "log_lik"};
  ck_assert_uint_eq(draws->n_variables, infinite ? 6 : 7);
  for (size_t v = 0; v < draws->n_variables; v++)
    ck_assert_str_eq(draws->variable[v].name, infinite ? infinite_name[v] : finite_name[v]);
  ck_assert_uint_eq(draws->n_atom, infinite ? 3 : 2);
  ck_assert_str_eq(draws->atom_name[1], "sigma2");
  if (infinite) ck_assert_str_eq(draws->atom_name[2], "share");
}

START_TEST(counts_are_those_of_the_allocations) {
  const small_shape shape = {3, {14, 2, 20}, 2, 1};
  const char *mixing = small_mixing((size_t)_i), *name;
  for (size_t a = 0; (name = small_algorithm(mixing, a)); a++) {
    small s;
    hmfm_run run;
    hmfm_draws *draws = NULL;
    hmfm_ensemble *ensemble = NULL;
    hmfm_error error;
    int differ = 0;
    small_data(&s, &shape, 4);
    s.settings.mixing = mixing;
    small_model(&s);
    hmfm_run_defaults(&run);
    run.algorithm = name;
    run.chains = 2, run.threads = 1, run.warmup = 3, run.draws = 40;
    small_require(hmfm_draws_create(s.model, &run, &draws, &error), &error);
    small_require(hmfm_ensemble_create(s.model, &run, hmfm_draws_sink(draws), &ensemble, &error),
                  &error);
    small_require(hmfm_ensemble_advance(ensemble, 1000, &error), &error);
    check_names(draws, small_is_infinite(&s));
    for (size_t c = 0; c < run.chains; c++) {
      for (size_t t = 0; t < run.draws; t++) {
        differ += check_draw(draws, c, t, small_is_infinite(&s));
      }
    }
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
  tcase_add_loop_test(all, counts_are_those_of_the_allocations, 0, MIXINGS);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
