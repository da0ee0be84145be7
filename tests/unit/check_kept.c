/* Draws of which only some have allocations and log likelihoods, against two other runs: one that saves them of all
 * draws, and one that makes no other draws, since its sweeps are thinned instead. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hmfm/clusters.h"
#include "hmfm/density.h"
#include "hmfm/loo.h"
#include "hmfm/partitions.h"
#include "support_draws.h"
#include "support_model.h"

enum { EVERY = 3, DRAWS = 20, WARMUP = 15, CHAINS = 2 };

static small s;
static hmfm_error error;

static void start(void) {
  const small_shape shape = {3, {14, 5, 20}, 3, 2};
  small_data(&s, &shape, 4);
  small_model(&s);
}
static void finish(void) { small_clear(&s); }

static hmfm_draws *draw(const hmfm_run *run, size_t draws) {
  hmfm_draws *out = NULL;
  hmfm_ensemble *ensemble = NULL;
  small_require(hmfm_draws_create(s.model, run, &out, &error), &error);
  small_require(hmfm_ensemble_create(s.model, run, hmfm_draws_sink(out), &ensemble, &error),
                &error);
  small_require(hmfm_ensemble_advance(ensemble, run->warmup + draws * run->thin, &error), &error);
  hmfm_ensemble_destroy(ensemble);
  ck_assert_uint_eq(out->n_draws, draws);
  return out;
}

static hmfm_run run_of(size_t thin_units) {
  hmfm_run run;
  hmfm_run_defaults(&run);
  run.chains = CHAINS;
  run.warmup = WARMUP;
  run.draws = DRAWS;
  run.threads = 1;
  run.thin_units = thin_units;
  run.splits = 5; /* not what a warmup, here of another length, would learn */
  return run;
}

/* Draws 0, EVERY, 2 EVERY, ... as the only ones: one after sweep WARMUP + 1, and then one every EVERY sweeps. */
static hmfm_draws *only_kept(size_t draws) {
  hmfm_run run = run_of(1);
  run.warmup = WARMUP + 1 - EVERY;
  run.thin = EVERY;
  run.draws = (draws + EVERY - 1) / EVERY;
  return draw(&run, run.draws);
}

/* The run ends before, at and after a draw that is kept, and before all of them are made; by the conditional
 * sampler, which makes log likelihoods in every sweep, and by the marginal one, which makes them for draws alone. */
START_TEST(kept_are_those_of_all) {
  const size_t n = DRAWS - (size_t)_i % 4;
  hmfm_run whole = run_of(1), some = run_of(EVERY);
  if (_i >= 4) whole.algorithm = some.algorithm = "marginal";
  hmfm_draws *all = draw(&whole, n), *kept = draw(&some, n);
  const size_t units = all->n_units, rows = (DRAWS + EVERY - 1) / EVERY;
  ck_assert_uint_eq(kept->thin_units, EVERY);
  ck_assert_uint_eq(hmfm_draws_kept(kept, DRAWS), rows);
  for (size_t v = 0; v < all->n_variables; v++)
    for (size_t c = 0; c < CHAINS; c++) {
      const size_t width = all->variable[v].width;
      ck_assert_mem_eq(all->variable[v].value + c * DRAWS * width,
                       kept->variable[v].value + c * DRAWS * width, n * width * sizeof(double));
    }
  for (size_t c = 0; c < CHAINS; c++) {
    ck_assert_mem_eq(all->components[c].start, kept->components[c].start, (n + 1) * sizeof(size_t));
    for (size_t t = 0, k = 0; t < n; t += EVERY, k++) {
      for (size_t i = 0; i < units; i++)
        ck_assert_uint_eq(hmfm_draws_label(all, c, t, i), hmfm_draws_label(kept, c, t, i));
      ck_assert_mem_eq(all->log_likelihood + (c * DRAWS + t) * units,
                       kept->log_likelihood + (c * rows + k) * units, units * sizeof(float));
    }
  }
  hmfm_draws_destroy(all);
  hmfm_draws_destroy(kept);
}
END_TEST

START_TEST(thinned_is_another_run) {
  const size_t n = DRAWS - (size_t)_i;
  const hmfm_run some = run_of(EVERY);
  hmfm_draws *kept = draw(&some, n), *other = only_kept(n);
  hmfm_draws_thin(kept);
  ck_assert_uint_eq(kept->chain_draws[1], other->n_draws);
  example_compare(other, kept);
  hmfm_draws_thin(kept); /* nothing to do */
  example_compare(other, kept);
  hmfm_draws_destroy(kept);
  hmfm_draws_destroy(other);
}
END_TEST

static void compare_partitions(const hmfm_draws *kept, const hmfm_draws *other) {
  hmfm_partitions *a = NULL, *b = NULL;
  small_require(hmfm_partitions_of_draws(kept, NULL, 0, &a, &error), &error);
  small_require(hmfm_partitions_of_draws(other, NULL, 0, &b, &error), &error);
  ck_assert_uint_eq(a->n_draws, b->n_draws);
  for (size_t t = 0; t < a->n_draws; t++)
    for (size_t i = 0; i < a->n_units; i++)
      ck_assert_uint_eq(hmfm_partitions_label(a, t, i), hmfm_partitions_label(b, t, i));
  hmfm_partitions_destroy(a);
  hmfm_partitions_destroy(b);
}

static void compare_loo(const hmfm_draws *kept, const hmfm_draws *other) {
  hmfm_loo *a = NULL, *b = NULL;
  small_require(hmfm_loo_create(kept, &a, &error), &error);
  small_require(hmfm_loo_create(other, &b, &error), &error);
  ck_assert_uint_eq(a->n_draws, b->n_draws);
  ck_assert(a->elpd_loo.value == b->elpd_loo.value && a->lpml == b->lpml);
  ck_assert_mem_eq(a->unit, b->unit, a->n_units * sizeof *a->unit);
  hmfm_loo_destroy(a);
  hmfm_loo_destroy(b);
}

static void compare_clusters(const hmfm_draws *kept, const hmfm_draws *other) {
  hmfm_clusters *a = NULL, *b = NULL;
  uint32_t label[64];
  for (uint32_t i = 0; i < kept->n_units; i++) label[i] = i % 3;
  small_require(hmfm_clusters_create(kept, "normal", label, 1, &a, &error), &error);
  small_require(hmfm_clusters_create(other, "normal", label, 1, &b, &error), &error);
  for (size_t k = 0; k < a->n_clusters; k++) {
    ck_assert(a->cluster[k].certainty == b->cluster[k].certainty);
    ck_assert(a->cluster[k].mean.mean == b->cluster[k].mean.mean);
    ck_assert(a->cluster[k].sd.q95 == b->cluster[k].sd.q95);
  }
  hmfm_clusters_destroy(a);
  hmfm_clusters_destroy(b);
}

/* What is said of units is what the other run says, with the draws between still there. */
START_TEST(summaries_take_those_kept) {
  const hmfm_run some = run_of(EVERY);
  hmfm_draws *kept = draw(&some, DRAWS), *other = only_kept(DRAWS);
  compare_partitions(kept, other);
  compare_loo(kept, other);
  compare_clusters(kept, other);
  hmfm_draws_destroy(kept);
  hmfm_draws_destroy(other);
}
END_TEST

/* A density has all draws, so that the component of a unit must be known in all of them. */
START_TEST(densities_want_draws_alike) {
  const hmfm_run some = run_of(EVERY);
  hmfm_draws *kept = draw(&some, DRAWS);
  hmfm_density *density = NULL;
  hmfm_density_target target;
  hmfm_density_target_defaults(&target);
  small_require(hmfm_density_create(kept, s.model, &target, &density, &error), &error);
  double y = 0, together, alone;
  uint32_t label[64] = {0};
  const hmfm_density *const one[] = {density};
  ck_assert_int_eq(hmfm_density_assign(kept, 1, one, &y, 1, label, 1, &together, &alone, &error),
                   HMFM_EUSAGE);
  ck_assert_str_eq(error.message,
                   "allocations are those of one draw in 3: thin the draws to these first");
  hmfm_density_destroy(density);
  density = NULL;
  target.kind = HMFM_DENSITY_UNIT;
  ck_assert_int_eq(hmfm_density_create(kept, s.model, &target, &density, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message,
                   "allocations are those of one draw in 3: thin the draws to these before a unit "
                   "is asked for");
  hmfm_draws_thin(kept);
  small_require(hmfm_density_create(kept, s.model, &target, &density, &error), &error);
  hmfm_density_destroy(density);
  hmfm_draws_destroy(kept);
}
END_TEST

/* Measured against the arrays themselves. */
START_TEST(sizes_are_those_of_arrays) {
  hmfm_run run = run_of(1 + (size_t)_i);
  hmfm_draws_size size;
  hmfm_draws *draws = draw(&run, DRAWS);
  const size_t kept = hmfm_draws_kept(draws, draws->capacity);
  hmfm_draws_measure(s.model, &run, &size);
  ck_assert(size.allocations == (double)(CHAINS * kept * draws->n_units));
  ck_assert(size.log_likelihoods == (double)(CHAINS * kept * draws->n_units * sizeof(float)));
  double least = 0;
  for (size_t v = 0; v < draws->n_variables; v++)
    least += (double)(CHAINS * DRAWS * draws->variable[v].width * sizeof(double));
  ck_assert(size.other > least);
  run.save_allocations = run.save_log_likelihood = 0;
  hmfm_draws_measure(s.model, &run, &size);
  ck_assert(size.allocations == 0 && size.log_likelihoods == 0);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(nothing_of_units_is_not_thinned) {
  hmfm_run run = run_of(EVERY);
  run.save_allocations = run.save_log_likelihood = 0;
  hmfm_draws *draws = draw(&run, DRAWS);
  ck_assert_uint_eq(draws->thin_units, 1);
  hmfm_draws_thin(draws);
  ck_assert_uint_eq(draws->n_draws, DRAWS);
  hmfm_draws_destroy(draws);
  run.thin_units = 0;
  ck_assert_int_eq(hmfm_run_validate(&run, NULL, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "thin_units must be at least 1, got 0");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("kept");
  TCase *tests = tcase_create("kept");
  tcase_add_checked_fixture(tests, start, finish);
  tcase_add_loop_test(tests, kept_are_those_of_all, 0, 8);
  tcase_add_loop_test(tests, thinned_is_another_run, 0, 4);
  tcase_add_test(tests, summaries_take_those_kept);
  tcase_add_test(tests, densities_want_draws_alike);
  tcase_add_loop_test(tests, sizes_are_those_of_arrays, 0, 3);
  tcase_add_test(tests, nothing_of_units_is_not_thinned);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
