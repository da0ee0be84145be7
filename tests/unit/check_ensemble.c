/* Ensembles: draws that depend on the model, the seed and the chain's number, and on nothing else; draws
 * recorded when they fall due; errors with the chain they come from. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support_model.h"
#include "support_tape.h"

static small s;
static hmfm_run run;

static void start(void) {
  const small_shape shape = {3, {14, 5, 20}, 3, 2};
  small_data(&s, &shape, 4);
  small_model(&s);
  hmfm_run_defaults(&run);
  run.chains = 3;
  run.warmup = 11;
  run.draws = 24;
  run.thin = 2;
  run.seed = UINT64_C(0xfedcba9876543210);
  run.threads = 1;
}
static void finish(void) { small_clear(&s); }

/* The same data with another mixing. */
static void use_mixing(int index) {
  const small_shape shape = {3, {14, 5, 20}, 3, 2};
  small_clear(&s);
  small_data(&s, &shape, 4);
  s.settings.mixing = small_mixing((size_t)index);
  small_model(&s);
}

static void compare_all(const tape *x, const tape *y) {
  for (size_t c = 0; c < run.chains; c++) {
    for (size_t k = 0; k < run.draws; k++) tape_compare(x, k, y, k, c);
  }
}

/* For every algorithm: a run as above, and one changed by `change`, must agree draw for draw. */
static void same_draws(void (*change)(hmfm_run *), size_t chunk, int components) {
  const char *name;
  for (size_t a = 0; (name = small_algorithm(s.settings.mixing, a)); a++) {
    run.algorithm = name;
    hmfm_run other = run;
    if (change) change(&other);
    tape *x = tape_run(s.model, &run, 1000, components);
    tape *y = tape_run(s.model, &other, chunk, components);
    compare_all(x, y);
    tape_destroy(x);
    tape_destroy(y);
  }
}

static void two_threads(hmfm_run *r) { r->threads = 2; }
static void many_threads(hmfm_run *r) { r->threads = 8; }
static void save_little(hmfm_run *r) { r->save_components = r->save_log_likelihood = 0; }
static void more_chains(hmfm_run *r) { r->chains = 6; }

START_TEST(in_one_call_or_many) {
  use_mixing(_i);
  same_draws(NULL, 1, 1);
  same_draws(NULL, 7, 1);
}
END_TEST

START_TEST(any_number_of_threads) {
  use_mixing(_i);
  same_draws(two_threads, 1000, 1);
  same_draws(many_threads, 5, 1);
}
END_TEST

START_TEST(whatever_is_saved) {
  use_mixing(_i);
  same_draws(save_little, 1000, 0);
}
END_TEST

START_TEST(whatever_other_chains_there_are) {
  use_mixing(_i);
  same_draws(more_chains, 1000, 1);
}
END_TEST

/* Every third draw of a run with thin 1 is a draw of the run with thin 3; warmup only says which, where it
 * sets no number of splits. */
START_TEST(thinning_and_warmup_pick_draws) {
  const char *name;
  use_mixing(_i);
  for (size_t a = 0; (name = small_algorithm(s.settings.mixing, a)); a++) {
    hmfm_run every = run, third = run, later = run;
    every.splits = third.splits = later.splits = 4;
    every.algorithm = third.algorithm = later.algorithm = name;
    every.thin = 1, every.draws = 60;
    third.thin = 3, third.draws = 20;
    later.thin = 1, later.draws = 30, later.warmup = run.warmup + 30;
    tape *x = tape_run(s.model, &every, 1000, 1);
    tape *y = tape_run(s.model, &third, 4, 1);
    tape *z = tape_run(s.model, &later, 1000, 1);
    for (size_t c = 0; c < run.chains; c++) {
      for (size_t k = 0; k < 20; k++) tape_compare(x, 3 * k + 2, y, k, c);
      for (size_t k = 0; k < 30; k++) tape_compare(x, 30 + k, z, k, c);
      for (size_t k = 0; k < 20; k++) ck_assert_uint_eq(y->sweep[c][k], run.warmup + 3 * k + 3);
    }
    tape_destroy(x);
    tape_destroy(y);
    tape_destroy(z);
  }
}
END_TEST

/* Seeds and chains are different random numbers, not shifted ones; chains whose starts are alike, too. */
START_TEST(seeds_and_chains_differ) {
  use_mixing(_i);
  run.algorithm = "conditional";
  run.chains = 5;
  hmfm_run other = run;
  other.seed ^= UINT64_C(1) << 40; /* in the upper half of the key */
  tape *x = tape_run(s.model, &run, 1000, 1), *y = tape_run(s.model, &other, 1000, 1);
  for (size_t k = 0; k < run.draws; k++) {
    for (size_t c = 0; c < run.chains; c++) {
      ck_assert_double_ne(x->row[c][k][2], y->row[c][k][2]); /* Lambda, alpha */
      ck_assert(c == 0 || x->row[c][k][2] != x->row[c - 1][k][2]);
    }
    ck_assert_double_ne(x->row[4][k][2], x->row[0][k][2]);
  }
  tape_destroy(x);
  tape_destroy(y);
}
END_TEST

START_TEST(sweeps_are_counted) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error;
  tape *t = tape_create();
  small_require(hmfm_ensemble_create(s.model, &run, tape_sink(t), &ensemble, &error), &error);
  ck_assert_uint_eq(hmfm_ensemble_sweeps(ensemble), 11 + 48);
  ck_assert_uint_eq(hmfm_ensemble_sweeps_done(ensemble), 0);
  small_require(hmfm_ensemble_advance(ensemble, 12, &error), &error);
  ck_assert_uint_eq(hmfm_ensemble_sweeps_done(ensemble), 12);
  ck_assert_uint_eq(t->recorded[1], 0); /* the first falls due with sweep 13 */
  small_require(hmfm_ensemble_advance(ensemble, 1, &error), &error);
  ck_assert_uint_eq(t->recorded[1], 1);
  ck_assert_uint_ge(hmfm_ensemble_clusters(ensemble, 2), 1);
  small_require(hmfm_ensemble_advance(ensemble, SIZE_MAX, &error), &error);
  ck_assert_uint_eq(hmfm_ensemble_sweeps_done(ensemble), 59);
  small_require(hmfm_ensemble_advance(ensemble, 10, &error), &error); /* past the end: nothing */
  ck_assert_uint_eq(hmfm_ensemble_sweeps_done(ensemble), 59);
  ck_assert_uint_eq(t->recorded[2], 24);
  hmfm_ensemble_destroy(ensemble);
  hmfm_ensemble_destroy(NULL);
  tape_destroy(t);
}
END_TEST

START_TEST(errors_name_the_chain) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error;
  tape *t = tape_create();
  t->fail_at = 5;
  small_require(hmfm_ensemble_create(s.model, &run, tape_sink(t), &ensemble, &error), &error);
  ck_assert_int_eq(hmfm_ensemble_advance(ensemble, 1000, &error), HMFM_EIO);
  ck_assert_str_eq(error.message, "chain 0: no room for draw 5");
  hmfm_ensemble_destroy(ensemble);
  tape_destroy(t);
  run.chains = 0;
  ensemble = NULL;
  ck_assert_int_eq(hmfm_ensemble_create(s.model, &run, (hmfm_sink){0}, &ensemble, &error),
                   HMFM_EUSAGE);
  ck_assert_ptr_null(ensemble);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("ensemble");
  TCase *all = tcase_create("ensemble");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_loop_test(all, in_one_call_or_many, 0, MIXINGS);
  tcase_add_loop_test(all, any_number_of_threads, 0, MIXINGS);
  tcase_add_loop_test(all, whatever_is_saved, 0, MIXINGS);
  tcase_add_loop_test(all, whatever_other_chains_there_are, 0, MIXINGS);
  tcase_add_loop_test(all, thinning_and_warmup_pick_draws, 0, MIXINGS);
  tcase_add_loop_test(all, seeds_and_chains_differ, 0, MIXINGS);
  tcase_add_test(all, sweeps_are_counted);
  tcase_add_test(all, errors_name_the_chain);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
