/* The number of splits and merges in a sweep: what it is made of, when it is set, and that nothing but the warmup sets
 * it. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chain/pace.h"
#include "support_model.h"

static const small_shape SHAPE = {3, {16, 9, 10}, 1, 1};
static small s;

static void start(void) { s = (small){0}; }
static void finish(void) { small_clear(&s); }

static void use(const char *mixing) {
  small_data(&s, &SHAPE, 4);
  s.settings.mixing = mixing;
  small_model(&s);
}

/* Counts of 100,000 sweeps of 5 proposals of a process with these a, c and v. */
static hmfm_pace counts(double a, double c, double v, double units) {
  const double sweeps = 1e5, B = c + 5.0 * a;
  return (hmfm_pace){.sweeps = (uint64_t)sweeps,
                     .proposals = (uint64_t)(5.0 * sweeps),
                     .accepted = (uint64_t)(5.0 * sweeps * a),
                     .units = (uint64_t)(5.0 * sweeps * units),
                     .others = (uint64_t)(sweeps * c),
                     .steps = (uint64_t)(sweeps * 2.0 * v * (1.0 - exp(-B / (2.0 * v))))};
}

/* As the model of pace.c says it, by all numbers there are: what a number makes of the work. */
static double gain(double a, double c, double v, double sweep, double each, size_t N) {
  return 2.0 * v * (1.0 - exp(-(c + a * (double)N) / (2.0 * v))) / (sweep + each * (double)N);
}

START_TEST(best_of_all_numbers) {
  const double units = 20.0, each = 900.0 + 120.0 * units;
  double least = 1e9, most = 0.0;
  for (int k = 0; k < 240; k++) {
    const double a = 0.02 + 0.04 * (k % 4), c = 0.05 * (k / 4 % 3), v = 0.4 * (1 + k / 12 % 5);
    const double sweep = 2e4 * (1 << k / 60);
    const hmfm_pace pace = counts(a, c, v, units);
    const size_t found = hmfm_pace_best(&pace, sweep, 900.0, 1e9);
    double best = 0.0;
    for (size_t N = 3; N <= 100; N++) best = fmax(best, gain(a, c, v, sweep, each, N));
    ck_assert_uint_ge(found, 3);
    ck_assert_uint_le(found, 100);
    ck_assert_double_gt(gain(a, c, v, sweep, each, found), 0.999 * best);
    least = fmin(least, (double)found);
    most = fmax(most, (double)found);
  }
  ck_assert(least < 5.0 && most > 20.0);
}
END_TEST

START_TEST(limits) {
  const hmfm_pace never = counts(0.0, 0.3, 1.0, 20.0), nothing = counts(0.0, 0.0, 1.0, 20.0);
  const hmfm_pace often = counts(0.01, 0.0, 5.0, 20.0), none = {0};
  ck_assert_uint_eq(hmfm_pace_best(&never, 1e6, 900.0, 2.0), 1);
  ck_assert_uint_eq(hmfm_pace_best(&nothing, 1e6, 900.0, 2.0), 1);
  ck_assert_uint_eq(hmfm_pace_best(&none, 1e6, 900.0, 2.0), 5);
  ck_assert_uint_eq(hmfm_pace_best(&often, 1e6, 900.0, 2.0), 100);
  ck_assert_uint_eq(hmfm_pace_best(&often, 33000.0, 900.0, 2.0), 20); /* 3300 each */
  ck_assert_uint_eq(hmfm_pace_best(&often, 33000.0, 900.0, 1.0), 10);
  ck_assert_uint_eq(hmfm_pace_best(&often, 1.0, 900.0, 1.0), 1);
  /* at most 100, or 20: accepted 0.1 or 0.02 times a sweep, and a little less */
  const hmfm_pace seldom = counts(0.001001, 0.0, 5.0, 20.0);
  ck_assert_uint_eq(hmfm_pace_best(&seldom, 1e6, 900.0, 2.0), 100);
  ck_assert_uint_eq(hmfm_pace_best(&seldom, 33000.0, 900.0, 2.0), 20);
  ck_assert_uint_eq(hmfm_pace_best(&seldom, 32900.0, 900.0, 2.0), 1);
}
END_TEST

static hmfm_chain *make(const hmfm_run *run) {
  hmfm_chain *chain = NULL;
  hmfm_error error;
  small_require(hmfm_chain_create(s.model, run, 1, &chain, &error), &error);
  return chain;
}

/* Sweeps, and what the chain should have counted of them. */
static void sweep(hmfm_chain *chain, size_t n, uint64_t *steps) {
  hmfm_error error;
  for (size_t k = 0; k < n; k++) {
    const double before = (double)chain->state->partition.n_clusters;
    small_require(hmfm_chain_sweep(chain, &error), &error);
    const double step = (double)chain->state->partition.n_clusters - before;
    *steps += (uint64_t)(step * step);
  }
}

/* Counts are of the second half of the warmup; the number is set once, at its end, and kept. */
START_TEST(set_by_the_warmup) {
  const char *name;
  use(small_mixing((size_t)_i));
  for (size_t k = 0; (name = small_algorithm(s.settings.mixing, k)); k++) {
    hmfm_run run;
    uint64_t steps = 0;
    hmfm_run_defaults(&run);
    run.algorithm = name;
    run.warmup = 61;
    hmfm_chain *chain = make(&run);
    const hmfm_pace *pace = &chain->state->pace;
    sweep(chain, 30, &steps);
    steps = 0;
    sweep(chain, 30, &steps);
    ck_assert(pace->number >= 1 && pace->number <= 5);
    sweep(chain, 1, &steps);
    ck_assert_uint_eq(pace->sweeps, 31);
    ck_assert(pace->proposals >= 31 && pace->proposals <= 31 * 5); /* work is limited */
    ck_assert_uint_eq(pace->steps, steps);
    ck_assert(pace->accepted > 0 && pace->accepted < pace->proposals && pace->units > 0);
    ck_assert_uint_ge(pace->number, 1);
    const size_t number = pace->number;
    const uint64_t proposals = pace->proposals;
    sweep(chain, 50, &steps);
    ck_assert_uint_eq(pace->number, number);
    ck_assert_uint_eq(pace->proposals, proposals + 50 * number);
    hmfm_chain_destroy(chain);
  }
}
END_TEST

START_TEST(fixed_by_the_run) {
  const char *name;
  const size_t splits[] = {0, 1, 12};
  use(small_mixing((size_t)_i));
  for (size_t k = 0; (name = small_algorithm(s.settings.mixing, k)); k++) {
    for (size_t l = 0; l < 3; l++) {
      hmfm_run run;
      uint64_t steps = 0;
      hmfm_run_defaults(&run);
      run.algorithm = name;
      run.splits = splits[l];
      run.warmup = 10;
      hmfm_chain *chain = make(&run);
      sweep(chain, 30, &steps);
      ck_assert_uint_eq(chain->state->pace.number, splits[l]);
      ck_assert_uint_eq(chain->state->pace.proposals, 30 * splits[l]);
      ck_assert_uint_eq(chain->state->pace.sweeps, 0);
      hmfm_chain_destroy(chain);
    }
  }
}
END_TEST

/* A sweep of the warmup has as many proposals as those before it say, whatever comes of its own. */
START_TEST(work_of_the_warmup_is_limited) {
  use("hmfm");
  hmfm_run run;
  hmfm_run_defaults(&run);
  hmfm_chain *chain = make(&run);
  hmfm_pace *pace = &chain->state->pace;
  chain->sweeps_done = 2;
  size_t last = 10;
  for (uint64_t units = 1; units < 1000000; units *= 3) {
    pace->proposals = 1;
    pace->units = units;
    hmfm_pace_begin(chain);
    ck_assert(pace->number >= 1 && pace->number <= last);
    if (units == 1) ck_assert_uint_eq(pace->number, 10);
    last = pace->number;
  }
  ck_assert_uint_eq(last, 1);
  pace->proposals = 7;
  pace->units = 7;
  hmfm_pace_begin(chain);
  ck_assert_uint_eq(pace->number, 10);
  hmfm_chain_destroy(chain);
}
END_TEST

START_TEST(counts_there_and_back) {
  const uint64_t count[HMFM_PACE_COUNTS] = {9, 2, 3, 4, 5, 6, 7};
  uint64_t again[HMFM_PACE_COUNTS];
  hmfm_pace pace = {0};
  hmfm_pace_set(&pace, count);
  ck_assert(pace.number == 9 && pace.sweeps == 2 && pace.proposals == 3 && pace.accepted == 4);
  ck_assert(pace.units == 5 && pace.others == 6 && pace.steps == 7);
  hmfm_pace_get(&pace, again);
  ck_assert_mem_eq(again, count, sizeof count);
}
END_TEST

START_TEST(too_many_are_refused) {
  hmfm_run run;
  hmfm_error error;
  hmfm_run_defaults(&run);
  ck_assert_int_eq(hmfm_run_validate(&run, NULL, &error), HMFM_OK);
  run.splits = 10000;
  ck_assert_int_eq(hmfm_run_validate(&run, NULL, &error), HMFM_OK);
  run.splits = 10001;
  ck_assert_int_eq(hmfm_run_validate(&run, NULL, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "splits must be at most 10000, got 10001");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pace");
  TCase *all = tcase_create("pace");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, best_of_all_numbers);
  tcase_add_test(all, limits);
  tcase_add_loop_test(all, set_by_the_warmup, 0, MIXINGS);
  tcase_add_loop_test(all, fixed_by_the_run, 0, MIXINGS);
  tcase_add_test(all, work_of_the_warmup_is_limited);
  tcase_add_test(all, counts_there_and_back);
  tcase_add_test(all, too_many_are_refused);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
