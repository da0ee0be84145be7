/* Partitions: counts after every move, relabelling by first appearance, growth. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rng/philox.h"
#include "support_model.h"

static const small_shape SHAPE = {4, {7, 1, 12, 5}, 2, 0};
static small s;
static gsl_rng *rng;
static hmfm_partition partition;

static void start(void) {
  hmfm_error error;
  rng = hmfm_stream_create(70, 0);
  small_data(&s, &SHAPE, 3);
  small_model(&s);
  small_require(hmfm_partition_init(&partition, s.model, &error), &error);
  small_require(hmfm_partition_reserve(&partition, 8, &error), &error);
}
static void finish(void) {
  hmfm_partition_clear(&partition);
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

static void scatter(size_t n_slots) {
  for (size_t i = 0; i < partition.n_units; i++) {
    partition.allocation[i] = (int32_t)gsl_rng_uniform_int(rng, n_slots);
  }
}

/* Counts against allocations, one by one; unit `out` is in no slot. */
static void agree(size_t out) {
  size_t clusters = 0;
  for (size_t m = 0; m < partition.n_slots; m++) {
    int32_t total = 0;
    for (size_t j = 0; j < partition.n_groups; j++) {
      int32_t n = 0;
      for (size_t i = 0; i < partition.n_units; i++) {
        n += i != out && s.dataset->unit_group[i] == j && partition.allocation[i] == (int32_t)m;
      }
      ck_assert_int_eq(partition.in_group[j * partition.capacity + m], n);
      total += n;
    }
    ck_assert_int_eq(partition.total[m], total);
    clusters += total > 0;
  }
  ck_assert_uint_eq(partition.n_clusters, clusters);
}

START_TEST(count) {
  for (size_t n_slots = 1; n_slots <= 8; n_slots++) {
    scatter(n_slots);
    hmfm_partition_count(&partition, n_slots);
    ck_assert_uint_eq(partition.n_slots, n_slots);
    agree(SIZE_MAX);
    for (size_t m = n_slots; m < partition.capacity; m++) ck_assert_int_eq(partition.total[m], 0);
  }
}
END_TEST

START_TEST(take_and_put) {
  scatter(8);
  hmfm_partition_count(&partition, 8);
  int emptied = 0, opened = 0;
  for (int t = 0; t < 3000; t++) {
    size_t i = gsl_rng_uniform_int(rng, partition.n_units), j = s.dataset->unit_group[i];
    int32_t from = partition.allocation[i];
    int alone = partition.total[from] == 1;
    ck_assert_int_eq(hmfm_partition_take(&partition, i, j), alone);
    agree(i);
    size_t to = gsl_rng_uniform_int(rng, t % 2 ? 8 : 3); /* empties the last ones now and then */
    int empty = partition.total[to] == 0;
    ck_assert_int_eq(hmfm_partition_put(&partition, i, j, to), empty);
    ck_assert_int_eq(partition.allocation[i], (int32_t)to);
    emptied += alone, opened += empty;
    agree(SIZE_MAX);
  }
  ck_assert_int_gt(emptied, 20);
  ck_assert_int_gt(opened, 20);
}
END_TEST

START_TEST(relabel) {
  int32_t before[32];
  for (int t = 0; t < 500; t++) {
    scatter(1 + (size_t)t % 8);
    memcpy(before, partition.allocation, partition.n_units * sizeof *before);
    hmfm_partition_count(&partition, 8);
    const size_t K = partition.n_clusters;
    int moved = hmfm_partition_relabel(&partition);
    agree(SIZE_MAX);
    ck_assert_uint_eq(partition.n_clusters, K);
    int32_t next = 0, seen[8] = {0};
    for (size_t i = 0; i < partition.n_units; i++) { /* by first appearance */
      ck_assert_int_le(partition.allocation[i], next);
      next += partition.allocation[i] == next;
      ck_assert_int_eq(partition.allocation[i], partition.label[before[i]]);
      for (size_t k = 0; k < i; k++) { /* the same partition */
        ck_assert_int_eq(before[i] == before[k],
                         partition.allocation[i] == partition.allocation[k]);
      }
    }
    for (size_t m = 0; m < 8; m++) seen[partition.label[m]]++; /* a permutation of the slots */
    for (size_t m = 0; m < 8; m++) ck_assert_int_eq(seen[m], 1);
    int32_t last = -1; /* empty slots keep their order */
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < partition.n_units; i++) seen[before[i]] = 1;
    for (size_t m = 0; m < 8; m++) {
      if (seen[m]) continue;
      ck_assert_int_gt(partition.label[m], last);
      last = partition.label[m];
    }
    int same = memcmp(before, partition.allocation, partition.n_units * sizeof *before) == 0;
    if (!same) ck_assert_int_eq(moved, 1);
    ck_assert_int_eq(hmfm_partition_relabel(&partition), 0); /* nothing left to do */
  }
}
END_TEST

START_TEST(growth_keeps_counts) {
  hmfm_error error;
  scatter(8);
  hmfm_partition_count(&partition, 8);
  small_require(hmfm_partition_reserve(&partition, 3, &error), &error);
  ck_assert_uint_eq(partition.capacity, 8);
  small_require(hmfm_partition_reserve(&partition, 100, &error), &error);
  ck_assert_uint_eq(partition.capacity, 100);
  agree(SIZE_MAX);
  for (size_t m = 8; m < 100; m++) ck_assert_int_eq(partition.total[m], 0);
}
END_TEST

START_TEST(counts_for_a_mixing) {
  scatter(5);
  hmfm_partition_count(&partition, 6);
  hmfm_counts c = hmfm_partition_counts(&partition);
  ck_assert_uint_eq(c.n_groups, 4);
  ck_assert_uint_eq(c.n_slots, 6);
  ck_assert_uint_eq(c.n_clusters, partition.n_clusters);
  for (size_t j = 0; j < 4; j++) {
    int32_t n = 0;
    for (size_t m = 0; m < 6; m++) n += c.in_group[j * c.stride + m];
    ck_assert_int_eq(n, c.size[j]);
    ck_assert_uint_eq((size_t)c.size[j], SHAPE.size[j]);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("partition");
  TCase *all = tcase_create("partition");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, count);
  tcase_add_test(all, take_and_put);
  tcase_add_test(all, relabel);
  tcase_add_test(all, growth_keeps_counts);
  tcase_add_test(all, counts_for_a_mixing);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
