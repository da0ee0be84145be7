/* The point partition: the least expected loss of all partitions where those can be listed, and never more
 * than that of the draws and of the linkage where they cannot. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "hmfm.h"
#include "support_matrix.h"

static hmfm_error error;

static const struct {
  const char *name;
  double a;
} loss[] = {{"vi", 1}, {"vi", 0.5}, {"binder", 1}, {"binder", 1.6}, {"omari", 1}, {"nvi", 1}};
enum { N_LOSSES = sizeof loss / sizeof *loss, POSTERIORS = 60 };

static hmfm_partition_search search_for(const char *name, double a) {
  hmfm_partition_search search;
  hmfm_partition_search_defaults(&search);
  search.loss = name;
  search.a = a;
  return search;
}

/* The least expected loss over all partitions with at most `most` clusters. */
static double exhaust(const hmfm_partitions *partitions, const char *name, double a,
                      uint32_t most) {
  uint32_t label[8] = {0};
  const size_t n = partitions->n_units;
  double least = INFINITY;
  do {
    uint32_t last = 0;
    for (size_t i = 0; i < n; i++) last = label[i] > last ? label[i] : last;
    if (last >= most) continue;
    const double here = matrix_expected(partitions, name, a, label);
    least = here < least ? here : least;
  } while (matrix_next(n, label));
  return least;
}

START_TEST(search_finds_the_least_of_all_partitions) {
  const int l = _i % N_LOSSES;
  hmfm_partition_search search = search_for(loss[l].name, loss[l].a);
  for (unsigned p = 0; p < POSTERIORS; p++) {
    const size_t n = 2 + p % 6;
    hmfm_partitions *partitions =
        matrix_random(1 + p % 9, n, 1 + p % 5, 0.2 + 0.1 * (p % 8), 77u * p + (unsigned)_i);
    hmfm_point_partition found;
    ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_OK);
    const double least = exhaust(partitions, loss[l].name, loss[l].a, 8);
    ck_assert_double_eq_tol(found.loss,
                            matrix_expected(partitions, search.loss, search.a, found.label), 1e-13);
    ck_assert_msg(found.loss <= least + 1e-12, "%s, posterior %u: %.15g found, %.15g is the least",
                  search.loss, p, found.loss, least);
    hmfm_point_partition_clear(&found);
    hmfm_partitions_destroy(partitions);
  }
}
END_TEST

START_TEST(a_limit_of_clusters_is_kept) {
  for (unsigned p = 0; p < POSTERIORS; p++) {
    hmfm_partition_search search = search_for(loss[_i].name, loss[_i].a);
    hmfm_partitions *partitions = matrix_random(7, 7, 5, 0.4, 1000u + p);
    hmfm_point_partition found;
    search.max_clusters = 1 + p % 3;
    ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_OK);
    ck_assert_uint_le(found.n_clusters, search.max_clusters);
    const double least = exhaust(partitions, search.loss, search.a, (uint32_t)search.max_clusters);
    ck_assert_double_le(found.loss, least + 1e-12);
    hmfm_point_partition_clear(&found);
    hmfm_partitions_destroy(partitions);
  }
}
END_TEST

/* With hundreds of units: no worse than the best draw and linkage, than planting the truth, than a search from
 * many more starts; the same for any number of threads; labels by size. */
START_TEST(search_of_many_units_beats_its_starts) {
  enum { N = 400, DRAWS = 200 };
  hmfm_partition_search search = search_for(loss[_i].name, loss[_i].a);
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 8, 0.35, 21);
  hmfm_point_partition found, again;
  uint32_t draw[N], size[N] = {0};
  search.threads = 1;
  ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_OK);
  search.threads = 3;
  ck_assert_int_eq(hmfm_partition_find(partitions, &search, &again, &error), HMFM_OK);
  ck_assert_mem_eq(found.label, again.label, sizeof draw);
  ck_assert_double_eq(found.loss, again.loss);
  ck_assert_uint_eq(found.best_run, again.best_run);
  double best = INFINITY;
  for (size_t t = 0; t < DRAWS; t += 20) {
    for (size_t i = 0; i < N; i++) draw[i] = hmfm_partitions_label(partitions, t, i);
    const double here = matrix_expected(partitions, search.loss, search.a, draw);
    best = here < best ? here : best;
  }
  ck_assert_int_eq(found.all_draws, 1);
  ck_assert_double_le(found.best_draw, best + 1e-12);
  ck_assert_double_le(found.loss, found.best_draw);
  ck_assert_double_le(found.loss, found.best_linkage);
  ck_assert_uint_eq(found.runs, search.restarts + 2);
  ck_assert_uint_ge(found.agreeing_runs, 1);
  for (size_t i = 0; i < N; i++) size[found.label[i]]++;
  for (uint32_t k = 1; k < found.n_clusters; k++) ck_assert_uint_ge(size[k - 1], size[k]);
  hmfm_point_partition_clear(&found);
  hmfm_point_partition_clear(&again);
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* Too many draws to compare all with all: the best of a part of them is a draw all the same. */
START_TEST(best_draw_of_many) {
  enum { N = 2400, DRAWS = 1300 };
  hmfm_partition_search search = search_for("vi", 1);
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 4, 0.3, 8);
  hmfm_point_partition found;
  double distance[DRAWS], sum = 0;
  uint32_t draw[N];
  search.restarts = search.zealous = 0;
  ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_OK);
  ck_assert_int_eq(found.all_draws, 0);
  for (size_t i = 0; i < N; i++) draw[i] = hmfm_partitions_label(partitions, 600, i);
  ck_assert_int_eq(hmfm_partition_losses(partitions, "vi", 1, draw, 1, distance, &error), HMFM_OK);
  for (size_t t = 0; t < DRAWS; t++) sum += distance[t];
  ck_assert_double_le(found.best_draw, sum / DRAWS);
  ck_assert_double_ge(found.best_draw, 0.9 * sum / DRAWS); /* draws are alike here */
  ck_assert_double_le(found.loss, found.best_draw);
  hmfm_point_partition_clear(&found);
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* One unit; all units apart in every draw, so that tables have to grow; all together. */
/* What the defaults find is not above the best of 1,000 random starts, nor above the best cut and draw. */
START_TEST(defaults_against_a_thousand_starts) {
  const int l = _i % N_LOSSES;
  hmfm_partition_search few, many;
  hmfm_partition_search_defaults(&few);
  few.loss = loss[l].name;
  few.a = loss[l].a;
  many = few;
  many.restarts = 1000;
  many.seed = 99;
  hmfm_partitions *partitions =
      matrix_random(80, 50, 3 + (size_t)_i % 5, 0.25 + 0.05 * (_i % 4), 300u + (unsigned)_i);
  hmfm_point_partition found, other;
  ck_assert_int_eq(hmfm_partition_find(partitions, &few, &found, &error), HMFM_OK);
  ck_assert_int_eq(hmfm_partition_find(partitions, &many, &other, &error), HMFM_OK);
  ck_assert_double_le(found.loss, other.loss + 1e-12);
  ck_assert_double_le(found.loss, found.best_draw + 1e-12);
  ck_assert_double_le(found.loss, found.best_linkage + 1e-12);
  hmfm_point_partition_clear(&found);
  hmfm_point_partition_clear(&other);
  hmfm_partitions_destroy(partitions);
}
END_TEST

START_TEST(odd_posteriors) {
  enum { N = 60 };
  const size_t units = _i % 3 == 0 ? 1 : N;
  hmfm_partition_search search = search_for(loss[_i / 3].name, loss[_i / 3].a);
  hmfm_partitions *partitions = NULL;
  hmfm_point_partition found;
  uint32_t label[N] = {0};
  ck_assert_int_eq(hmfm_partitions_create(3, units, N, &partitions, &error), HMFM_OK);
  for (uint32_t i = 0; i < units; i++) label[i] = _i % 3 == 1 ? i : 0;
  for (size_t t = 0; t < 3; t++) hmfm_partitions_set(partitions, t, label);
  ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_OK);
  ck_assert_double_eq(found.loss, 0);
  ck_assert_uint_eq(found.n_clusters, _i % 3 == 1 ? N : 1);
  hmfm_point_partition_clear(&found);
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* Draws of two clusters each in which no pair is together in half of the draws: Binder's loss wants more
 * clusters than any draw has. */
START_TEST(more_clusters_than_any_draw) {
  enum { N = 40, DRAWS = 64 };
  hmfm_partition_search search = search_for("binder", 0.8);
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 2, 1, 5);
  hmfm_point_partition found;
  ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_OK);
  ck_assert_uint_gt(found.n_clusters, 10);
  ck_assert_double_eq_tol(found.loss, matrix_expected(partitions, "binder", 0.8, found.label),
                          1e-13);
  hmfm_point_partition_clear(&found);
  hmfm_partitions_destroy(partitions);
}
END_TEST

START_TEST(no_time_still_makes_the_given_runs) {
  hmfm_partition_search search = search_for("vi", 1);
  hmfm_partitions *partitions = matrix_random(20, 30, 4, 0.3, 2);
  hmfm_point_partition found;
  search.seconds = 0;
  ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_OK);
  ck_assert_uint_eq(found.runs, 2);
  hmfm_point_partition_clear(&found);
  search.seconds = -1;
  ck_assert_int_eq(hmfm_partition_find(partitions, &search, &found, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "the time of a search must be >= 0 seconds, got -1");
  hmfm_partitions_destroy(partitions);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("partition_find");
  TCase *test_case = tcase_create("partition_find");
  tcase_add_loop_test(test_case, search_finds_the_least_of_all_partitions, 0, N_LOSSES);
  tcase_add_loop_test(test_case, a_limit_of_clusters_is_kept, 0, N_LOSSES);
  tcase_add_loop_test(test_case, search_of_many_units_beats_its_starts, 0, N_LOSSES);
  tcase_add_test(test_case, best_draw_of_many);
  tcase_add_loop_test(test_case, defaults_against_a_thousand_starts, 0, 2 * N_LOSSES);
  tcase_add_loop_test(test_case, odd_posteriors, 0, 3 * N_LOSSES);
  tcase_add_test(test_case, more_clusters_than_any_draw);
  tcase_add_test(test_case, no_time_still_makes_the_given_runs);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failures = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
