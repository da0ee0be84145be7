/* Starts that are given: the first state is the start, whatever its labels are called; the start that a chain draws
 * itself gives the draws it gives itself; a run goes on from its checkpoint without being told where it began, and not
 * with another beginning; what is no start is refused with its place. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "chain/ensemble.h"
#include "support_model.h"
#include "support_tape.h"

enum { UNITS = 39, BETA = 6 };
static small s;
static hmfm_run run;
static uint32_t label[UNITS];
static double beta[BETA];

static void use(const char *mixing, const char *which) {
  static const small_shape shape = {3, {14, 5, 20}, 3, 2};
  small_clear(&s);
  small_data(&s, &shape, 4);
  s.settings.mixing = mixing;
  s.settings.beta = which;
  small_model(&s);
}

static void start(void) {
  use("hmfm", "group");
  hmfm_run_defaults(&run);
  run.chains = 3, run.warmup = 3, run.draws = 8, run.thin = 2, run.seed = 12, run.threads = 1;
  for (size_t i = 0; i < UNITS; i++) label[i] = (uint32_t)(i * i % 5 * 7);
  for (size_t k = 0; k < BETA; k++) beta[k] = 0.5 - (double)k;
}
static void finish(void) { small_clear(&s); }

static hmfm_ensemble *make(hmfm_sink sink) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error;
  small_require(hmfm_ensemble_create(s.model, &run, sink, &ensemble, &error), &error);
  return ensemble;
}

static void give(hmfm_ensemble *ensemble, size_t chain, const uint32_t *allocation,
                 const double *coefficient) {
  hmfm_error error;
  small_require(hmfm_ensemble_start(ensemble, chain, allocation, coefficient, &error), &error);
}

static void advance(hmfm_ensemble *ensemble, size_t sweeps) {
  hmfm_error error;
  small_require(hmfm_ensemble_advance(ensemble, sweeps, &error), &error);
}

/* Pairs of units are together in the state where they are in the labels, and nowhere else. */
static void expect_start(const hmfm_state *state, const uint32_t *allocation) {
  const int32_t *own = state->partition.allocation;
  for (size_t i = 0; i < UNITS; i++)
    for (size_t k = 0; k < i; k++)
      ck_assert_int_eq(own[i] == own[k], allocation[i] == allocation[k]);
}

START_TEST(the_first_state_is_the_start) {
  const char *const which[] = {"group", "shared"};
  for (size_t w = 0; w < 2; w++) {
    use(small_mixing((size_t)_i), which[w]);
    hmfm_ensemble *ensemble = make((hmfm_sink){0}), *fresh = make((hmfm_sink){0});
    const size_t n_beta = (w ? 1 : 3) * s.model->regression.n_covariates;
    ck_assert_uint_eq(n_beta, w ? 2 : BETA);
    give(ensemble, 1, label, beta);
    const hmfm_state *state = ensemble->chain[1]->state, *was = fresh->chain[1]->state;
    expect_start(state, label);
    ck_assert_uint_eq(state->partition.n_clusters, 3); /* squares by 5: 0, 1, 4 */
    ck_assert_uint_eq(hmfm_ensemble_clusters(ensemble, 1), 3);
    ck_assert(state->n_components >= 3 || small_is_infinite(&s));
    ck_assert_mem_eq(state->beta, beta, n_beta * sizeof *beta);
    /* the other chains are as they were, and so is what was not given */
    for (size_t c = 0; c < 3; c += 2)
      ck_assert_mem_eq(ensemble->chain[c]->state->partition.allocation,
                       fresh->chain[c]->state->partition.allocation, UNITS * sizeof(int32_t));
    give(ensemble, 1, NULL, beta);
    ck_assert_mem_eq(state->partition.allocation, was->partition.allocation,
                     UNITS * sizeof(int32_t));
    ck_assert_mem_eq(state->beta, beta, n_beta * sizeof *beta);
    give(ensemble, 1, label, NULL);
    ck_assert_mem_eq(state->beta, was->beta, n_beta * sizeof *beta);
    hmfm_ensemble_destroy(fresh);
    hmfm_ensemble_destroy(ensemble);
  }
}
END_TEST

/* Draws of all chains from a start, on a tape. */
static tape *from(const uint32_t *allocation, const double *coefficient, int threads) {
  tape *t = tape_create();
  t->components = 1;
  run.threads = threads;
  hmfm_ensemble *ensemble = make(tape_sink(t));
  for (size_t c = 0; c < run.chains; c++) give(ensemble, c, allocation, coefficient);
  advance(ensemble, 1000);
  hmfm_ensemble_destroy(ensemble);
  return t;
}

static int same(const tape *x, const tape *y, size_t chain, size_t draw) {
  return x->width[chain][draw] == y->width[chain][draw] &&
         memcmp(x->row[chain][draw], y->row[chain][draw], x->width[chain][draw] * sizeof(double)) ==
             0;
}

START_TEST(labels_are_names_alone) {
  uint32_t other[UNITS];
  const char *name;
  use(small_mixing((size_t)_i), "group");
  for (size_t i = 0; i < UNITS; i++) other[i] = 38 - label[i];
  for (size_t a = 0; (name = small_algorithm(s.settings.mixing, a)); a++) {
    run.algorithm = name;
    tape *x = from(label, beta, 1), *y = from(other, beta, 2), *z = from(NULL, NULL, 1);
    for (size_t c = 0; c < run.chains; c++) {
      for (size_t k = 0; k < run.draws; k++) tape_compare(x, k, y, k, c);
      ck_assert(!same(x, z, c, 0));
    }
    tape_destroy(x), tape_destroy(y), tape_destroy(z);
  }
}
END_TEST

/* Chains 0 to 2 cut the units into clusters and use no random number for that: given what they have, they draw
 * what they would have drawn. */
START_TEST(their_own_start_changes_nothing) {
  use(small_mixing((size_t)_i), "group");
  tape *t = tape_create(), *plain = from(NULL, NULL, 1);
  t->components = 1;
  hmfm_ensemble *ensemble = make(tape_sink(t)), *fresh = make((hmfm_sink){0});
  for (size_t c = 0; c < run.chains; c++) {
    const hmfm_state *state = fresh->chain[c]->state;
    uint32_t own[UNITS];
    for (size_t i = 0; i < UNITS; i++) own[i] = 38 - (uint32_t)state->partition.allocation[i];
    give(ensemble, c, own, state->beta);
  }
  advance(ensemble, 1000);
  for (size_t c = 0; c < run.chains; c++)
    for (size_t k = 0; k < run.draws; k++) tape_compare(plain, k, t, k, c);
  hmfm_ensemble_destroy(fresh);
  hmfm_ensemble_destroy(ensemble);
  tape_destroy(t), tape_destroy(plain);
}
END_TEST

static hmfm_checkpoint take(const hmfm_ensemble *ensemble, hmfm_checkpoint_info *info) {
  hmfm_checkpoint checkpoint = {0};
  hmfm_error error;
  small_require(hmfm_ensemble_checkpoint(ensemble, &checkpoint, &error), &error);
  small_require(hmfm_checkpoint_describe(checkpoint.bytes, checkpoint.size, info, &error), &error);
  return checkpoint;
}

/* After any number of sweeps, told where the run began or not, the rest is as if it had not stopped. */
START_TEST(checkpoints_know_the_start) {
  use(small_mixing((size_t)_i), "group");
  tape *whole = from(label, beta, 1);
  for (size_t sweeps = 0; sweeps < 8; sweeps++) {
    tape *t = tape_create();
    hmfm_checkpoint_info info, later;
    hmfm_error error;
    t->components = 1;
    hmfm_ensemble *first = make(tape_sink(t)), *second = make(tape_sink(t));
    for (size_t c = 0; c < run.chains; c++) give(first, c, label, beta);
    advance(first, sweeps);
    hmfm_checkpoint checkpoint = take(first, &info);
    if (sweeps % 2)
      for (size_t c = 0; c < run.chains; c++) give(second, c, label, beta);
    small_require(hmfm_ensemble_restore(second, checkpoint.bytes, checkpoint.size, &error), &error);
    hmfm_checkpoint again = take(second, &later);
    ck_assert_uint_eq(later.run, info.run);
    ck_assert_uint_eq(again.size, checkpoint.size);
    ck_assert_mem_eq(again.bytes, checkpoint.bytes, again.size);
    advance(second, 1000);
    for (size_t c = 0; c < run.chains; c++)
      for (size_t k = 0; k < run.draws; k++) tape_compare(whole, k, t, k, c);
    hmfm_checkpoint_clear(&checkpoint), hmfm_checkpoint_clear(&again);
    hmfm_ensemble_destroy(first), hmfm_ensemble_destroy(second);
    tape_destroy(t);
  }
  tape_destroy(whole);
}
END_TEST

static void refuse(hmfm_ensemble *ensemble, const hmfm_checkpoint *checkpoint, const char *words) {
  hmfm_error error;
  ck_assert_int_eq(hmfm_ensemble_restore(ensemble, checkpoint->bytes, checkpoint->size, &error),
                   HMFM_EDATA);
  ck_assert_str_eq(error.message, words);
  ck_assert_uint_eq(hmfm_ensemble_sweeps_done(ensemble), 0);
}

/* Each part of a start, and which chain has it, is another run. */
START_TEST(other_starts_are_other_runs) {
  static const char elsewhere[] = "the checkpoint is of a run whose chains started elsewhere";
  uint32_t other[UNITS];
  double slope[BETA];
  uint64_t seen[5];
  memcpy(other, label, sizeof other), memcpy(slope, beta, sizeof slope);
  other[UNITS - 1] = label[0], slope[BETA - 1] += 1;
  const struct {
    size_t chain;
    const uint32_t *allocation;
    const double *beta;
  } way[] = {
      {0, label, beta}, {0, other, beta}, {0, label, slope}, {1, label, beta}, {0, label, NULL}};
  hmfm_checkpoint_info info;
  hmfm_ensemble *plain = make((hmfm_sink){0});
  hmfm_checkpoint without = take(plain, &info);
  for (size_t k = 0; k < 5; k++) {
    hmfm_ensemble *one = make((hmfm_sink){0}), *another = make((hmfm_sink){0});
    give(one, way[k].chain, way[k].allocation, way[k].beta);
    refuse(one, &without, "the checkpoint is of a run whose chains were given no start");
    hmfm_checkpoint checkpoint = take(one, &info);
    seen[k] = info.run;
    for (size_t e = 0; e < k; e++) ck_assert_uint_ne(seen[e], seen[k]);
    const size_t next = (k + 1) % 5;
    give(another, way[next].chain, way[next].allocation, way[next].beta);
    refuse(another, &checkpoint, elsewhere);
    hmfm_checkpoint_clear(&checkpoint);
    hmfm_ensemble_destroy(one), hmfm_ensemble_destroy(another);
  }
  hmfm_checkpoint_clear(&without);
  hmfm_ensemble_destroy(plain);
}
END_TEST

static void expect(hmfm_ensemble *ensemble, size_t chain, const uint32_t *allocation,
                   const double *coefficient, hmfm_status status, const char *words) {
  hmfm_error error;
  const hmfm_state *state = ensemble->chain[0]->state;
  int32_t before[UNITS];
  memcpy(before, state->partition.allocation, sizeof before);
  ck_assert_int_eq(hmfm_ensemble_start(ensemble, chain, allocation, coefficient, &error), status);
  ck_assert_str_eq(error.message, words);
  ck_assert_mem_eq(before, state->partition.allocation, sizeof before);
}

START_TEST(what_is_no_start_is_refused) {
  hmfm_ensemble *ensemble = make((hmfm_sink){0});
  expect(ensemble, 3, label, NULL, HMFM_EUSAGE, "chain 3 cannot be started: there are 3, from 0");
  label[15] = UNITS;
  char words[200];
  snprintf(
      words, sizeof words,
      "the start of chain 0 has unit '%s' of group '%s' in cluster 39, which must be below the "
      "number of units, 39",
      s.dataset->unit_name[15], s.dataset->group_name[1]);
  expect(ensemble, 0, label, NULL, HMFM_EDATA, words);
  label[15] = 1;
  beta[3] = NAN;
  snprintf(words, sizeof words,
           "the start of chain 0 has a coefficient of '%s' in group '%s' that is not finite: nan",
           s.dataset->covariate_name[1], s.dataset->group_name[1]);
  expect(ensemble, 0, label, beta, HMFM_EDATA, words);
  give(ensemble, 0, label, NULL); /* nothing of that stays */
  advance(ensemble, 2);
  expect(ensemble, 0, label, NULL, HMFM_EUSAGE, "chain 0 cannot be started: it has done 2 sweeps");
  hmfm_ensemble_destroy(ensemble);
}
END_TEST

START_TEST(nor_more_than_the_model_allows) {
  static const small_shape plain = {3, {14, 5, 20}, 3, 0};
  small_clear(&s);
  small_data(&s, &plain, 4);
  s.settings.prior_m = "point";
  small_set(&s, "m", 2);
  small_model(&s);
  run.algorithm = "telescoping";
  hmfm_ensemble *ensemble = make((hmfm_sink){0});
  expect(ensemble, 0, label, NULL, HMFM_EDATA,
         "the start of chain 0 has 3 clusters, but prior-m point allows 2 components");
  expect(ensemble, 0, NULL, beta, HMFM_EDATA,
         "the start of chain 0 has regression coefficients, but there are no covariates");
  for (size_t i = 0; i < UNITS; i++) label[i] = i % 2;
  give(ensemble, 0, label, NULL);
  ck_assert_uint_eq(ensemble->chain[0]->state->n_components, 2);
  advance(ensemble, 5);
  hmfm_ensemble_destroy(ensemble);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("start");
  TCase *tcase = tcase_create("start");
  tcase_add_checked_fixture(tcase, start, finish);
  tcase_add_loop_test(tcase, the_first_state_is_the_start, 0, MIXINGS);
  tcase_add_loop_test(tcase, labels_are_names_alone, 0, MIXINGS);
  tcase_add_loop_test(tcase, their_own_start_changes_nothing, 0, MIXINGS);
  tcase_add_loop_test(tcase, checkpoints_know_the_start, 0, MIXINGS);
  tcase_add_test(tcase, other_starts_are_other_runs);
  tcase_add_test(tcase, what_is_no_start_is_refused);
  tcase_add_test(tcase, nor_more_than_the_model_allows);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
