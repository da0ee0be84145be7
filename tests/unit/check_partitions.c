/* Draws of partitions: labels, co-clustering counts and losses, against their definitions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "hmfm.h"
#include "summary/linkage.h"
#include "support_matrix.h"

static hmfm_error error;

START_TEST(labels_count_by_first_appearance) {
  uint32_t label[] = {7, 7, 4000000000u, 0, 7, 0, 16}, clusters = 0;
  const uint32_t expected[] = {0, 0, 1, 2, 0, 2, 3};
  ck_assert_int_eq(hmfm_partitions_relabel(7, label, &clusters, &error), HMFM_OK);
  ck_assert_uint_eq(clusters, 4);
  ck_assert_mem_eq(label, expected, sizeof expected);
}
END_TEST

/* Labels that a hash sends to one place, more of them than the table has slots to spare. */
START_TEST(any_labels_are_told_apart) {
  enum { N = 1000 };
  static uint32_t label[N];
  uint32_t clusters = 0;
  for (uint32_t i = 0; i < N; i++) label[i] = (i / 2) << 20;
  ck_assert_int_eq(hmfm_partitions_relabel(N, label, &clusters, &error), HMFM_OK);
  ck_assert_uint_eq(clusters, N / 2);
  for (uint32_t i = 0; i < N; i++) ck_assert_uint_eq(label[i], i / 2);
}
END_TEST

/* Widths of 1, 2 and 4 bytes, and numbers of draws about those that lanes and blocks end at. */
static const size_t max_clusters[] = {5, 256, 257, 70000};
static const size_t n_draws_of[] = {1, 63, 64, 65, 255 * 64 + 3};

START_TEST(coclustering_counts_draws) {
  enum { N = 37 };
  const size_t most = max_clusters[_i % 4], n_draws = n_draws_of[_i / 4];
  hmfm_partitions *partitions =
      matrix_random(n_draws, N, most < N ? most : 9, 0.3, 3u + (unsigned)_i);
  hmfm_partitions *wide = NULL;
  uint32_t label[N], count[N * (N - 1) / 2], again[N * (N - 1) / 2], rows[4 * N];
  ck_assert_int_eq(hmfm_partitions_create(n_draws, N, most, &wide, &error), HMFM_OK);
  for (size_t t = 0; t < n_draws; t++) {
    for (size_t i = 0; i < N; i++) label[i] = hmfm_partitions_label(partitions, t, i);
    hmfm_partitions_set(wide, t, label);
    for (size_t i = 0; i < N; i++) ck_assert_uint_eq(hmfm_partitions_label(wide, t, i), label[i]);
  }
  hmfm_coclustering(wide, 1, count);
  hmfm_coclustering(wide, 2, again);
  ck_assert_mem_eq(count, again, sizeof count);
  hmfm_coclustering_rows(wide, 30, 4, 2, rows);
  for (size_t a = 0, k = 0; a < N; a++)
    for (size_t b = a + 1; b < N; b++, k++) {
      uint32_t together = 0;
      for (size_t t = 0; t < n_draws; t++)
        together += hmfm_partitions_label(wide, t, a) == hmfm_partitions_label(wide, t, b);
      ck_assert_uint_eq(count[k], together);
      if (a >= 30 && a < 34) ck_assert_uint_eq(rows[(a - 30) * N + b], together);
    }
  ck_assert_uint_eq(rows[30], n_draws);
  hmfm_partitions_destroy(partitions);
  hmfm_partitions_destroy(wide);
}
END_TEST

/* All pairs of partitions of five units, each a draw and each an estimate. */
static const struct {
  const char *name;
  double a;
} loss[] = {{"vi", 1},     {"vi", 0.3},     {"vi", 2},    {"binder", 1},
            {"binder", 0}, {"binder", 1.4}, {"omari", 1}, {"nvi", 1}};
enum { N_LOSSES = sizeof loss / sizeof *loss };

START_TEST(losses_are_those_of_their_definitions) {
  enum { N = 5, BELL = 52 };
  hmfm_partitions *all = NULL;
  uint32_t estimate[N] = {0}, truth[N] = {0};
  double distance[BELL];
  ck_assert_int_eq(hmfm_partitions_create(BELL, N, N, &all, &error), HMFM_OK);
  for (size_t t = 0; t < BELL; t++) {
    hmfm_partitions_set(all, t, truth);
    ck_assert_int_eq(matrix_next(N, truth), t + 1 < BELL);
  }
  do {
    ck_assert_int_eq(
        hmfm_partition_losses(all, loss[_i].name, loss[_i].a, estimate, 2, distance, &error),
        HMFM_OK);
    memset(truth, 0, sizeof truth);
    for (size_t t = 0; t < BELL; t++) {
      ck_assert_double_eq_tol(distance[t],
                              matrix_loss(loss[_i].name, loss[_i].a, N, truth, estimate), 1e-14);
      if (memcmp(truth, estimate, sizeof truth) == 0) ck_assert_double_eq(distance[t], 0);
      matrix_next(N, truth);
    }
  } while (matrix_next(N, estimate));
  hmfm_partitions_destroy(all);
}
END_TEST

START_TEST(losses_do_not_depend_on_threads_or_labels) {
  enum { N = 200, DRAWS = 301 };
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 12, 0.2, 5);
  uint32_t label[N], other[N];
  double one[DRAWS], two[DRAWS];
  for (uint32_t i = 0; i < N; i++) label[i] = i * i % 7, other[i] = 1000000 - label[i] * 12345;
  ck_assert_int_eq(hmfm_partition_losses(partitions, "vi", 1, label, 1, one, &error), HMFM_OK);
  ck_assert_int_eq(hmfm_partition_losses(partitions, "vi", 1, other, 2, two, &error), HMFM_OK);
  ck_assert_mem_eq(one, two, sizeof one);
  hmfm_partitions_destroy(partitions);
}
END_TEST

START_TEST(wrong_losses_are_refused) {
  hmfm_partitions *partitions = matrix_random(3, 4, 2, 0.5, 1);
  const uint32_t label[4] = {0};
  double distance[3];
  ck_assert_int_eq(hmfm_partition_losses(partitions, "vj", 1, label, 1, distance, &error),
                   HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "there is no loss 'vj': vi, binder, omari or nvi");
  ck_assert_int_eq(hmfm_partition_losses(partitions, "vi", 2.5, label, 1, distance, &error),
                   HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "the weight a of a loss must be in [0, 2], got 2.5");
  ck_assert_int_eq(hmfm_partition_losses(partitions, "vi", NAN, label, 1, distance, &error),
                   HMFM_EUSAGE);
  ck_assert_int_eq(hmfm_partition_losses(partitions, "omari", 0.5, label, 1, distance, &error),
                   HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "loss omari takes no weight a, got 0.5");
  hmfm_partitions_destroy(partitions);
}
END_TEST

START_TEST(nothing_to_cluster_is_refused) {
  hmfm_partitions *partitions = NULL;
  ck_assert_int_eq(hmfm_partitions_create(0, 4, 1, &partitions, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "there are no draws of partitions");
  ck_assert_int_eq(hmfm_partitions_create(4, 0, 1, &partitions, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "there are no units to cluster");
  ck_assert_int_eq(hmfm_partitions_create(SIZE_MAX, 4, 1, &partitions, &error), HMFM_EMEMORY);
  ck_assert_ptr_null(partitions);
}
END_TEST

/* Mean number of draws in which a unit of one cluster and one of the other are apart. */
static double apart(const hmfm_partitions *partitions, const uint32_t *label, uint32_t one,
                    uint32_t other) {
  double sum = 0, pairs = 0;
  for (size_t i = 0; i < partitions->n_units; i++)
    for (size_t j = 0; j < partitions->n_units; j++) {
      if (label[i] != one || label[j] != other) continue;
      for (size_t t = 0; t < partitions->n_draws; t++)
        sum += hmfm_partitions_label(partitions, t, i) != hmfm_partitions_label(partitions, t, j);
      pairs++;
    }
  return sum / pairs;
}

/* The next cut always joins the two clusters that are least apart on average. */
START_TEST(linkage_joins_what_is_nearest) {
  enum { N = 24, DRAWS = 97 };
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 6, 0.5, 11u + (unsigned)_i);
  hmfm_linkage linkage;
  uint32_t fine[N], coarse[N];
  ck_assert_int_eq(hmfm_linkage_create(partitions, 2, NULL, &linkage, &error), HMFM_OK);
  for (uint32_t clusters = N; clusters > 1; clusters--) {
    hmfm_linkage_cut(&linkage, clusters, fine);
    hmfm_linkage_cut(&linkage, clusters - 1, coarse);
    double least = INFINITY, joined = NAN;
    for (uint32_t a = 0; a < clusters; a++)
      for (uint32_t b = a + 1; b < clusters; b++) {
        size_t i = 0, j = 0;
        while (fine[i] != a) i++;
        while (fine[j] != b) j++;
        const double here = apart(partitions, fine, a, b);
        if (here < least) least = here;
        if (coarse[i] == coarse[j]) joined = here;
      }
    ck_assert_double_eq_tol(joined, least, 1e-4);
    ck_assert_double_eq_tol(linkage.height[N - clusters], least / DRAWS, 1e-5);
  }
  hmfm_linkage_clear(&linkage);
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* The largest difference of two chains, and the mean square, pair by pair; of some units only, those evenly spaced. */
START_TEST(chains_compared_pair_by_pair) {
  enum { UNITS = 70, EACH = 40, CHAINS = 3 };
  const size_t most = _i == 0 ? UNITS : 7;
  hmfm_partitions *p = matrix_random(CHAINS * EACH, UNITS, 5, 0.4, 31);
  hmfm_chain_difference found;
  double largest = 0, sum = 0, pairs = 0;
  ck_assert_int_eq(hmfm_coclustering_difference(p, CHAINS, most, 2, &found, &error), HMFM_OK);
  for (size_t a = most < UNITS ? 5 : 0; a < UNITS; a += UNITS / most)
    for (size_t b = a + UNITS / most; b < UNITS; b += UNITS / most) {
      double share[CHAINS] = {0};
      for (size_t t = 0; t < CHAINS * EACH; t++)
        share[t / EACH] += hmfm_partitions_label(p, t, a) == hmfm_partitions_label(p, t, b);
      for (size_t c = 0; c < CHAINS; c++)
        for (size_t e = c + 1; e < CHAINS; e++, pairs++) {
          const double difference = fabs(share[c] - share[e]) / EACH;
          sum += difference * difference;
          if (!(difference > largest + 1e-12)) continue;
          largest = difference;
          if (difference < found.largest - 1e-12) continue;
          ck_assert_uint_eq(found.unit[0], a);
          ck_assert_uint_eq(found.unit[1], b);
          ck_assert_uint_eq(found.chain[0], c);
          ck_assert_uint_eq(found.chain[1], e);
          ck_assert_double_eq_tol(found.share[0], share[c] / EACH, 1e-12);
          ck_assert_double_eq_tol(found.share[1], share[e] / EACH, 1e-12);
        }
    }
  ck_assert_double_eq_tol(found.largest, largest, 1e-12);
  ck_assert_double_eq_tol(found.root_mean_square, sqrt(sum / pairs), 1e-12);
  ck_assert_uint_eq(found.n_units, most);
  ck_assert_int_eq(hmfm_coclustering_difference(p, 7, most, 2, &found, &error), HMFM_EUSAGE);
  ck_assert_int_eq(hmfm_coclustering_difference(p, 1, most, 2, &found, &error), HMFM_EUSAGE);
  ck_assert_int_eq(hmfm_coclustering_difference(p, 3, 1, 2, &found, &error), HMFM_EUSAGE);
  hmfm_partitions_destroy(p);
}
END_TEST

/* Keys 3, NaN, 1, 3: the third cluster first, then the two of key 3 as they were, then the one without. */
START_TEST(clusters_in_the_order_of_keys) {
  const double key[] = {3, NAN, 1, 3};
  uint32_t label[] = {0, 1, 2, 3, 2, 0};
  const uint32_t wanted[] = {1, 3, 0, 2, 0, 1};
  ck_assert_int_eq(hmfm_partition_order(6, 4, key, label, NULL), HMFM_OK);
  for (int i = 0; i < 6; i++) ck_assert_uint_eq(label[i], wanted[i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("partitions");
  TCase *test_case = tcase_create("partitions");
  tcase_add_loop_test(test_case, chains_compared_pair_by_pair, 0, 2);
  tcase_add_test(test_case, clusters_in_the_order_of_keys);
  tcase_add_test(test_case, labels_count_by_first_appearance);
  tcase_add_test(test_case, any_labels_are_told_apart);
  tcase_add_loop_test(test_case, coclustering_counts_draws, 0, 20);
  tcase_add_loop_test(test_case, losses_are_those_of_their_definitions, 0, N_LOSSES);
  tcase_add_test(test_case, losses_do_not_depend_on_threads_or_labels);
  tcase_add_test(test_case, wrong_losses_are_refused);
  tcase_add_test(test_case, nothing_to_cluster_is_refused);
  tcase_add_loop_test(test_case, linkage_joins_what_is_nearest, 0, 5);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failures = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
