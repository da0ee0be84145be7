/* Checkpoints: a run stopped anywhere and taken up by another ensemble equals one that was not; bytes that
 * are no checkpoint of the run are refused with the reason, and leave the ensemble as it was. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "support_model.h"
#include "support_tape.h"

static small s;
static hmfm_run run;
static const small_shape shape = {3, {14, 5, 20}, 3, 2};

static void start(void) {
  small_data(&s, &shape, 4);
  small_model(&s);
  hmfm_run_defaults(&run);
  run.chains = 2;
  run.warmup = 7;
  run.draws = 9;
  run.thin = 2;
  run.seed = 12;
  run.threads = 1;
}
static void finish(void) { small_clear(&s); }

/* Other data, or another mixing. */
static void use(const small_shape *of, const char *mixing) {
  small_clear(&s);
  small_data(&s, of, 4);
  s.settings.mixing = mixing;
  small_model(&s);
}

static hmfm_ensemble *make(const hmfm_model *model, const hmfm_run *how, hmfm_sink sink) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error;
  small_require(hmfm_ensemble_create(model, how, sink, &ensemble, &error), &error);
  return ensemble;
}

static void advance(hmfm_ensemble *ensemble, size_t sweeps) {
  hmfm_error error;
  small_require(hmfm_ensemble_advance(ensemble, sweeps, &error), &error);
}

static hmfm_checkpoint take(const hmfm_ensemble *ensemble) {
  hmfm_checkpoint checkpoint = {0};
  hmfm_error error;
  small_require(hmfm_ensemble_checkpoint(ensemble, &checkpoint, &error), &error);
  return checkpoint;
}

/* A checkpoint of the run after so many sweeps. */
static hmfm_checkpoint after(size_t sweeps) {
  hmfm_ensemble *ensemble = make(s.model, &run, (hmfm_sink){0});
  advance(ensemble, sweeps);
  hmfm_checkpoint checkpoint = take(ensemble);
  hmfm_ensemble_destroy(ensemble);
  return checkpoint;
}

/* Stops after every number of sweeps there is, and goes on with two threads and more draws. */
static void stop_everywhere(const char *algorithm) {
  run.algorithm = algorithm;
  hmfm_run longer = run;
  longer.draws += 3;
  longer.threads = 2;
  tape *whole = tape_run(s.model, &longer, 1000, 1);
  for (size_t sweeps = 0; sweeps <= 7 + 18; sweeps++) {
    tape *t = tape_create();
    hmfm_error error;
    t->components = 1;
    hmfm_ensemble *first = make(s.model, &run, tape_sink(t));
    advance(first, sweeps);
    hmfm_checkpoint checkpoint = take(first);
    hmfm_ensemble_destroy(first);
    hmfm_ensemble *second = make(s.model, &longer, tape_sink(t));
    small_require(hmfm_ensemble_restore(second, checkpoint.bytes, checkpoint.size, &error), &error);
    ck_assert_uint_eq(hmfm_ensemble_sweeps_done(second), sweeps);
    advance(second, 1000);
    for (size_t c = 0; c < run.chains; c++) {
      ck_assert_uint_eq(t->recorded[c], longer.draws);
      for (size_t k = 0; k < longer.draws; k++) tape_compare(whole, k, t, k, c);
    }
    hmfm_ensemble_destroy(second);
    hmfm_checkpoint_clear(&checkpoint);
    tape_destroy(t);
  }
  tape_destroy(whole);
}

START_TEST(every_stop_is_without_trace) {
  const char *name;
  use(&shape, small_mixing((size_t)_i));
  for (size_t a = 0; (name = small_algorithm(s.settings.mixing, a)); a++) stop_everywhere(name);
}
END_TEST

/* The same without covariates and with a shared regression. */
START_TEST(other_models_too) {
  const small_shape plain = {2, {9, 12}, 1, 0};
  small_clear(&s);
  small_data(&s, &plain, 5);
  small_set(&s, "lambda", 4.0);
  small_model(&s);
  stop_everywhere("conditional");
  stop_everywhere("marginal");
  stop_everywhere("telescoping");
  small_clear(&s);
  small_data(&s, &shape, 6);
  s.settings.beta = "shared";
  small_set(&s, "gamma", 1e-8);
  small_model(&s);
  stop_everywhere("conditional");
}
END_TEST

/* The HDP without covariates, where no empty component is ever open in two of the algorithms, and with one
 * regression. */
START_TEST(other_models_of_the_hdp) {
  const small_shape plain = {2, {9, 12}, 1, 0};
  const char *name;
  use(&plain, "hdp");
  for (size_t a = 0; (name = small_algorithm("hdp", a)); a++) stop_everywhere(name);
  small_clear(&s);
  small_data(&s, &shape, 6);
  s.settings.mixing = "hdp";
  s.settings.beta = "shared";
  small_set(&s, "alpha", 1e-8);
  small_set(&s, "gamma0", 40.0);
  small_model(&s);
  stop_everywhere("conditional");
}
END_TEST

START_TEST(checkpoints_say_what_they_are_of) {
  hmfm_checkpoint_info info, later;
  hmfm_error error;
  hmfm_checkpoint checkpoint = after(12);
  small_require(hmfm_checkpoint_describe(checkpoint.bytes, checkpoint.size, &info, &error), &error);
  ck_assert_str_eq(info.algorithm, run.algorithm);
  ck_assert_uint_eq(info.seed, 12);
  ck_assert_uint_eq(info.chains, 2);
  ck_assert_uint_eq(info.warmup, 7);
  ck_assert_uint_eq(info.thin, 2);
  ck_assert_uint_eq(info.draws, 9);
  ck_assert_uint_eq(info.sweeps, 12);
  ck_assert_uint_eq(info.made, 2);
  hmfm_checkpoint_clear(&checkpoint);
  ck_assert_ptr_null(checkpoint.bytes);
  /* the mark of the run does not depend on sweeps, threads or draws, but on the seed */
  const uint64_t mark = info.run;
  for (int other = 0; other < 2; other++) {
    run.draws = 100, run.threads = 2, run.seed = 12 + (uint64_t)other;
    checkpoint = after(20);
    small_require(hmfm_checkpoint_describe(checkpoint.bytes, checkpoint.size, &later, &error),
                  &error);
    ck_assert_int_eq(later.run == mark, other == 0);
    hmfm_checkpoint_clear(&checkpoint);
  }
}
END_TEST

/* ---- refusals ---- */

/* The checkpoint is refused with these words, and the ensemble goes on as if nothing had been asked. */
static void refused(const hmfm_model *model, const hmfm_run *how, const void *bytes, size_t size,
                    const char *words) {
  hmfm_error error = {0};
  tape *t = tape_create(), *untouched = tape_run(model, how, 1000, 0);
  hmfm_ensemble *ensemble = make(model, how, tape_sink(t));
  ck_assert_int_eq(hmfm_ensemble_restore(ensemble, bytes, size, &error), HMFM_EDATA);
  ck_assert_msg(strstr(error.message, words), "'%s' does not say '%s'", error.message, words);
  advance(ensemble, 1000);
  for (size_t c = 0; c < how->chains; c++) {
    for (size_t k = 0; k < how->draws; k++) tape_compare(untouched, k, t, k, c);
  }
  hmfm_ensemble_destroy(ensemble);
  tape_destroy(t);
  tape_destroy(untouched);
}

START_TEST(another_run_is_refused) {
  hmfm_checkpoint checkpoint = after(12);
  hmfm_run other = run;
  other.seed = 13;
  refused(s.model, &other, checkpoint.bytes, checkpoint.size,
          "of a run with seed 12, this run has 13");
  other = run, other.chains = 3;
  refused(s.model, &other, checkpoint.bytes, checkpoint.size, "chains 2, this run has 3");
  other = run, other.warmup = 8;
  refused(s.model, &other, checkpoint.bytes, checkpoint.size, "warmup 7, this run has 8");
  other = run, other.thin = 1;
  refused(s.model, &other, checkpoint.bytes, checkpoint.size, "thin 2, this run has 1");
  other = run, other.algorithm = "marginal";
  refused(s.model, &other, checkpoint.bytes, checkpoint.size,
          "algorithm conditional, this run has marginal");
  other = run, other.draws = 1;
  refused(s.model, &other, checkpoint.bytes, checkpoint.size, "12 sweeps on, with 2 draws");
  hmfm_checkpoint_clear(&checkpoint);
}
END_TEST

START_TEST(another_model_is_refused) {
  hmfm_checkpoint checkpoint = after(12);
  small other = {0};
  small_data(&other, &shape, 4);
  small_set(&other, "s0", 0.7);
  small_model(&other);
  refused(other.model, &run, checkpoint.bytes, checkpoint.size,
          "of another model: it has 's0 0.5', this run 's0 0.699");
  small_clear(&other);
  small_data(&other, &shape, 4);
  other.settings.prior_only = 1;
  small_model(&other);
  refused(other.model, &run, checkpoint.bytes, checkpoint.size, "'prior-only false'");
  small_clear(&other);
  hmfm_checkpoint_clear(&checkpoint);
}
END_TEST

/* One observation, one name, one covariate that differs; exposures where there were none; then another number of units. */
START_TEST(other_data_are_refused) {
  hmfm_checkpoint checkpoint = after(12);
  hmfm_dataset *data = s.dataset;
  const double x = data->x[3], y = data->y[5];
  data->x[3] += 0.25;
  refused(s.model, &run, checkpoint.bytes, checkpoint.size, "of the same size, but a value");
  data->x[3] = x;
  data->y[5] = nextafter(y, INFINITY);
  refused(s.model, &run, checkpoint.bytes, checkpoint.size, "of the same size, but a value");
  data->y[5] = y;
  data->exposure = data->y;
  refused(s.model, &run, checkpoint.bytes, checkpoint.size, "of the same size, but a value");
  data->exposure = NULL;
  data->unit_name[7][0]++;
  refused(s.model, &run, checkpoint.bytes, checkpoint.size, "of the same size, but a value");
  small other = {0};
  const small_shape fewer = {3, {14, 5, 19}, 3, 2};
  small_data(&other, &fewer, 4);
  small_model(&other);
  refused(other.model, &run, checkpoint.bytes, checkpoint.size, "of 39 units in 3 groups");
  small_clear(&other);
  hmfm_checkpoint_clear(&checkpoint);
}
END_TEST

/* Every shorter piece, and every change of a byte. */
START_TEST(damage_is_refused) {
  hmfm_checkpoint checkpoint = after(12);
  hmfm_ensemble *ensemble = make(s.model, &run, (hmfm_sink){0});
  for (size_t size = 0; size < checkpoint.size; size++) {
    hmfm_error error = {0};
    unsigned char *part = malloc(size + 1); /* of its own, so that a read past it is seen */
    memcpy(part, checkpoint.bytes, size);
    ck_assert_int_eq(hmfm_ensemble_restore(ensemble, part, size, &error), HMFM_EDATA);
    ck_assert_msg(size < 8 || strstr(error.message, "cut off"), "%s", error.message);
    free(part);
  }
  for (size_t at = 0; at < checkpoint.size; at++) {
    for (int bit = 0; bit < 8; bit += 3) {
      hmfm_error error = {0};
      checkpoint.bytes[at] ^= (unsigned char)(1 << bit);
      ck_assert_int_eq(hmfm_ensemble_restore(ensemble, checkpoint.bytes, checkpoint.size, &error),
                       HMFM_EDATA);
      ck_assert_uint_gt(strlen(error.message), 10);
      checkpoint.bytes[at] ^= (unsigned char)(1 << bit);
    }
  }
  hmfm_error error;
  small_require(hmfm_ensemble_restore(ensemble, checkpoint.bytes, checkpoint.size, &error), &error);
  hmfm_ensemble_destroy(ensemble);
  hmfm_checkpoint_clear(&checkpoint);
}
END_TEST

/* Makes the checksum right again. */
static void seal(hmfm_checkpoint *checkpoint) {
  const size_t body = checkpoint->size - sizeof(uint64_t);
  const uint64_t hash = hmfm_hash(HMFM_HASH_START, checkpoint->bytes, body);
  memcpy(checkpoint->bytes + body, &hash, sizeof hash);
}

START_TEST(another_version_or_format_is_refused) {
  hmfm_checkpoint checkpoint = after(12);
  unsigned char *format = checkpoint.bytes + 8, *order = checkpoint.bytes + 16;
  unsigned char *version = checkpoint.bytes + 40;
  ck_assert_int_eq(memcmp(version, HMFM_VERSION, strlen(HMFM_VERSION)), 0);
  version[0] = '7';
  seal(&checkpoint);
  refused(s.model, &run, checkpoint.bytes, checkpoint.size, "was made by hmfm 7");
  version[0] = HMFM_VERSION[0];
  ++*format;
  seal(&checkpoint);
  refused(s.model, &run, checkpoint.bytes, checkpoint.size, "has format 6");
  --*format;
  order[0] = 1, order[7] = 8;
  seal(&checkpoint);
  refused(s.model, &run, checkpoint.bytes, checkpoint.size, "another kind of machine");
  hmfm_checkpoint_clear(&checkpoint);
  refused(s.model, &run, "PK\3\4 or something else that is no checkpoint", 40,
          "no checkpoint of hmfm");
}
END_TEST

/* Whole bytes with a right checksum, but a label or a number that no chain can have. */
START_TEST(impossible_states_are_refused) {
  hmfm_checkpoint checkpoint = after(12);
  const size_t label = checkpoint.size - sizeof(uint64_t) - sizeof(int32_t);
  const int32_t bad[] = {-1, 1 << 30};
  int32_t kept;
  memcpy(&kept, checkpoint.bytes + label, sizeof kept);
  for (int k = 0; k < 2; k++) {
    memcpy(checkpoint.bytes + label, &bad[k], sizeof kept);
    seal(&checkpoint);
    refused(s.model, &run, checkpoint.bytes, checkpoint.size, "a chain's state is impossible");
  }
  memcpy(checkpoint.bytes + label, &kept, sizeof kept);
  /* the last chain's numbers stand before its 39 labels: the last of 6 coefficients, the first gamma */
  const size_t beta = label + sizeof kept - 39 * sizeof kept - sizeof(double);
  const size_t gamma = beta - 8 * sizeof(double);
  const size_t place[] = {beta, gamma};
  for (int k = 0; k < 2; k++) {
    double number, wrong = k ? -1.0 : NAN;
    memcpy(&number, checkpoint.bytes + place[k], sizeof number);
    memcpy(checkpoint.bytes + place[k], &wrong, sizeof wrong);
    seal(&checkpoint);
    refused(s.model, &run, checkpoint.bytes, checkpoint.size, "a chain's state is impossible");
    memcpy(checkpoint.bytes + place[k], &number, sizeof number);
  }
  hmfm_checkpoint_clear(&checkpoint);
}
END_TEST

/* Of the last chain: M, alpha, gamma0, M + 1 shares, 6 coefficients, 39 labels; then the checksum. */
typedef struct hdp_chain {
  unsigned char *M, *hyper, *share, *label;
  size_t K;
} hdp_chain;

static hdp_chain find_chain(const hmfm_checkpoint *checkpoint) {
  hdp_chain found = {.label = checkpoint->bytes + checkpoint->size - sizeof(uint64_t) -
                              39 * sizeof(int32_t)};
  int32_t label[39];
  uint64_t M;
  memcpy(label, found.label, sizeof label);
  for (size_t i = 0; i < 39; i++) found.K = (size_t)label[i] >= found.K ? found.K + 1 : found.K;
  found.share = found.label - (6 + found.K + 1) * sizeof(double);
  found.hyper = found.share - 2 * sizeof(double);
  found.M = found.hyper - sizeof(uint64_t);
  memcpy(&M, found.M, sizeof M);
  ck_assert_uint_eq(M, found.K);
  return found;
}

static void forge(hmfm_checkpoint *checkpoint, unsigned char *at, const void *bytes, size_t size) {
  unsigned char kept[64];
  memcpy(kept, at, size);
  memcpy(at, bytes, size);
  seal(checkpoint);
  refused(s.model, &run, checkpoint->bytes, checkpoint->size, "a chain's state is impossible");
  memcpy(at, kept, size);
}

/* Shares, concentrations and orders of labels that no chain of the HDP can have. */
START_TEST(impossible_shares_are_refused) {
  const double bad[] = {NAN, 0.0, -1.0, INFINITY, 1.5};
  const int32_t late[] = {1};
  use(&shape, "hdp");
  run.algorithm = small_algorithm("hdp", (size_t)_i);
  hmfm_checkpoint checkpoint = after(12);
  const hdp_chain chain = find_chain(&checkpoint);
  double share, sum = 0.0;
  ck_assert_uint_gt(chain.K, 1);
  for (size_t k = 0; k <= chain.K; k++) {
    memcpy(&share, chain.share + k * sizeof share, sizeof share);
    ck_assert(share > 0.0 && share < 1.0);
    sum += share;
  }
  ck_assert_double_eq_tol(sum, 1.0, 1e-9);
  for (int b = 0; b < 5; b++) {
    forge(&checkpoint, chain.share, &bad[b], sizeof *bad);
    forge(&checkpoint, chain.share + chain.K * sizeof *bad, &bad[b], sizeof *bad); /* the rest */
    if (b < 4) forge(&checkpoint, chain.hyper + sizeof *bad, &bad[b], sizeof *bad);
  }
  forge(&checkpoint, chain.label, late, sizeof late); /* the first unit is in the first cluster */
  for (int more = -1; more <= 1; more += 2) {         /* a share too many or too few */
    const uint64_t M = chain.K + (uint64_t)(int64_t)more;
    forge(&checkpoint, chain.M, &M, sizeof M);
  }
  seal(&checkpoint); /* what was forged is right again */
  hmfm_ensemble *ensemble = make(s.model, &run, (hmfm_sink){0});
  hmfm_error error;
  small_require(hmfm_ensemble_restore(ensemble, checkpoint.bytes, checkpoint.size, &error), &error);
  hmfm_ensemble_destroy(ensemble);
  hmfm_checkpoint_clear(&checkpoint);
}
END_TEST

START_TEST(another_mixing_is_refused) {
  hmfm_checkpoint checkpoint = after(12);
  use(&shape, "hdp");
  refused(s.model, &run, checkpoint.bytes, checkpoint.size,
          "of another model: it has 'mixing hmfm', this run 'mixing hdp'");
  hmfm_checkpoint_clear(&checkpoint);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("checkpoint");
  TCase *all = tcase_create("checkpoint");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_loop_test(all, every_stop_is_without_trace, 0, MIXINGS);
  tcase_add_test(all, other_models_too);
  tcase_add_test(all, other_models_of_the_hdp);
  tcase_add_test(all, checkpoints_say_what_they_are_of);
  tcase_add_test(all, another_run_is_refused);
  tcase_add_test(all, another_model_is_refused);
  tcase_add_test(all, other_data_are_refused);
  tcase_add_test(all, damage_is_refused);
  tcase_add_test(all, another_version_or_format_is_refused);
  tcase_add_test(all, impossible_states_are_refused);
  tcase_add_loop_test(all, impossible_shares_are_refused, 0, 3);
  tcase_add_test(all, another_mixing_is_refused);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
