/* Long calls that are ended: a watch that stops at the k-th question, for every k there is, leaves what was found
 * so far, whole and no worse than the best draw, or says that there is nothing; it is asked by the thread that made the
 * call, and no more once it has said stop; one that never stops changes nothing. */
#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "hmfm/partitions.h"
#include "support_model.h"

enum { UNITS = 30, DRAWS = 40 };
static hmfm_partitions *draws;

/* Draws about three clusters of ten, each unit elsewhere in a third of them. */
static void start(void) {
  hmfm_error error;
  uint32_t label[UNITS], n_clusters;
  unsigned state = 7;
  small_require(hmfm_partitions_create(DRAWS, UNITS, UNITS, &draws, &error), &error);
  for (size_t t = 0; t < DRAWS; t++) {
    for (size_t i = 0; i < UNITS; i++) {
      state = state * 1664525u + 1013904223u;
      label[i] = state >> 16 & 3 ? (uint32_t)i / 10 : state >> 20 & 7;
    }
    small_require(hmfm_partitions_relabel(UNITS, label, &n_clusters, &error), &error);
    hmfm_partitions_set(draws, t, label);
  }
}
static void finish(void) { hmfm_partitions_destroy(draws); }

typedef struct watchman {
  size_t asked, stop_at; /* stops at that question, from 1; 0: never */
  int said_stop;
  pthread_t thread;
} watchman;

static int stop(void *context) {
  watchman *w = context;
  ck_assert(pthread_equal(pthread_self(), w->thread));
  ck_assert(!w->said_stop);
  w->said_stop = ++w->asked == w->stop_at;
  return w->said_stop;
}

static watchman hire(size_t stop_at) {
  return (watchman){.stop_at = stop_at, .thread = pthread_self()};
}

static hmfm_partition_search searching(int threads) {
  hmfm_partition_search search;
  hmfm_partition_search_defaults(&search);
  search.restarts = 3, search.zealous = 2, search.threads = threads;
  return search;
}

static void expect_partition(const hmfm_point_partition *p) {
  double distance[DRAWS], mean = 0;
  hmfm_error error;
  small_require(hmfm_partition_losses(draws, "vi", 1, p->label, 1, distance, &error), &error);
  for (size_t t = 0; t < DRAWS; t++) mean += distance[t] / DRAWS;
  ck_assert_double_eq_tol(p->loss, mean, 1e-12);
  ck_assert(p->loss <= p->best_draw + 1e-12);
  for (size_t i = 0; i < UNITS; i++) ck_assert_uint_lt(p->label[i], p->n_clusters);
}

/* Whether there was a partition when the search was stopped at that question. */
static int stopped_at(size_t question, int threads, const hmfm_point_partition *whole,
                      size_t *runs) {
  const hmfm_partition_search search = searching(threads);
  watchman w = hire(question);
  hmfm_point_partition found = {0};
  hmfm_error error;
  draws->watch = (hmfm_watch){&w, stop};
  hmfm_status status = hmfm_partition_find(draws, &search, &found, &error);
  draws->watch = (hmfm_watch){0};
  if (status) {
    ck_assert_int_eq(status, HMFM_ESTOPPED);
    ck_assert_str_eq(error.message,
                     "the search of a partition was stopped before there was a result");
    ck_assert_ptr_null(found.label);
    return 0;
  }
  ck_assert_int_eq(found.stopped, w.said_stop);
  expect_partition(&found);
  ck_assert(found.loss >= whole->loss - 1e-12);
  if (!found.stopped) ck_assert_mem_eq(found.label, whole->label, sizeof(uint32_t) * UNITS);
  *runs = found.runs;
  hmfm_point_partition_clear(&found);
  return 1;
}

START_TEST(searches_keep_what_they_have) {
  const hmfm_partition_search search = searching(1);
  watchman w = hire(0);
  hmfm_point_partition whole = {0}, watched = {0};
  hmfm_error error;
  small_require(hmfm_partition_find(draws, &search, &whole, &error), &error);
  draws->watch = (hmfm_watch){&w, stop};
  small_require(hmfm_partition_find(draws, &search, &watched, &error), &error);
  ck_assert(!whole.stopped && !watched.stopped);
  ck_assert_mem_eq(whole.label, watched.label, sizeof(uint32_t) * UNITS);
  ck_assert_uint_eq(whole.runs, 5);
  ck_assert_uint_gt(w.asked, 400); /* more than once a unit */
  size_t without = 0, last = 0, runs = 0;
  for (size_t k = 1; k <= w.asked; k++) {
    const int found = stopped_at(k, 1, &whole, &runs);
    without += !found;
    if (!found) continue;
    ck_assert_uint_eq(without, k > without ? without : k); /* once there is one, there always is */
    ck_assert_uint_ge(runs, last);
    last = runs;
  }
  ck_assert(without > 0 && without <= DRAWS + 1); /* until draws are compared with each other */
  ck_assert_uint_eq(stopped_at(1, 2, &whole, &runs), 0);
  for (size_t k = 100; k <= w.asked; k += 10) stopped_at(k, 2, &whole, &runs);
  hmfm_point_partition_clear(&whole), hmfm_point_partition_clear(&watched);
}
END_TEST

/* Without a draw or a linkage to start from, half of the starts put one unit after another where it is best: before
 * all are somewhere there is nothing. */
START_TEST(half_a_start_is_no_partition) {
  size_t nothing = 0;
  hmfm_error error;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    hmfm_partition_search search = searching(1);
    hmfm_point_partition found = {0};
    watchman w = hire(12);
    search.seed = seed, search.max_clusters = 2, search.linkage_units = 0;
    draws->watch = (hmfm_watch){&w, stop};
    hmfm_status status = hmfm_partition_find(draws, &search, &found, &error);
    ck_assert(status == HMFM_OK || status == HMFM_ESTOPPED);
    nothing += status == HMFM_ESTOPPED;
    if (!status) ck_assert(found.stopped && found.n_clusters <= 2);
    hmfm_point_partition_clear(&found);
  }
  ck_assert(nothing > 0 && nothing < 8);
}
END_TEST

START_TEST(subpartitions_too) {
  watchman w = hire(0);
  hmfm_subpartition whole = {0};
  hmfm_error error;
  draws->watch = (hmfm_watch){&w, stop};
  small_require(hmfm_subpartition_find(draws, 0.2, 4, 1, 1, &whole, &error), &error);
  ck_assert(!whole.stopped && w.asked > 4 * whole.n_inside);
  for (int threads = 1; threads <= 2; threads++)
    for (size_t k = 1; k <= w.asked; k++) {
      watchman other = hire(k);
      hmfm_subpartition found = {0};
      draws->watch = (hmfm_watch){&other, stop};
      hmfm_status status = hmfm_subpartition_find(draws, 0.2, 4, 1, threads, &found, &error);
      if (status) ck_assert_int_eq(status, HMFM_ESTOPPED);
      if (status) continue;
      ck_assert_int_eq(found.stopped, other.said_stop);
      ck_assert(found.n_inside > 0 && found.n_inside <= whole.n_inside);
      ck_assert(found.probability >= 0.2);
      ck_assert_double_eq(found.path[found.n_inside - 1], found.probability);
      hmfm_subpartition_clear(&found);
    }
  hmfm_subpartition_clear(&whole);
}
END_TEST

START_TEST(certainties_are_whole_or_none) {
  uint32_t label[UNITS];
  double certainty[UNITS], plain[UNITS];
  hmfm_error error;
  watchman w = hire(0), other = hire(1);
  for (size_t i = 0; i < UNITS; i++) label[i] = (uint32_t)i / 10;
  small_require(hmfm_partition_certainty(draws, label, 1, plain, &error), &error);
  draws->watch = (hmfm_watch){&w, stop};
  small_require(hmfm_partition_certainty(draws, label, 1, certainty, &error), &error);
  ck_assert_mem_eq(certainty, plain, sizeof plain);
  ck_assert_uint_gt(w.asked, 0);
  certainty[3] = -1;
  draws->watch = (hmfm_watch){&other, stop};
  ck_assert_int_eq(hmfm_partition_certainty(draws, label, 1, certainty, &error), HMFM_ESTOPPED);
  ck_assert_double_eq(certainty[3], -1);
  ck_assert_str_eq(hmfm_status_text(HMFM_ESTOPPED), "stopped before there was a result");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("stopper");
  TCase *tcase = tcase_create("stopper");
  tcase_add_checked_fixture(tcase, start, finish);
  tcase_add_test(tcase, searches_keep_what_they_have);
  tcase_add_test(tcase, half_a_start_is_no_partition);
  tcase_add_test(tcase, subpartitions_too);
  tcase_add_test(tcase, certainties_are_whole_or_none);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
