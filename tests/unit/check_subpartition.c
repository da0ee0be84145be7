/* Subpartitions: what the search finds against counts by definition, each step against all steps there
 * are, and its size against that of all subsets of a few units. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "hmfm.h"
#include "summary/grow.h"
#include "support_matrix.h"

enum { FEW = 7, DRAWS = 60 };
static hmfm_error error;

/* 1 when a draw divides the units of a list as label does. */
static int agrees(const hmfm_partitions *p, size_t draw, size_t n, const size_t *unit,
                  const uint32_t *label) {
  for (size_t a = 0; a < n; a++)
    for (size_t b = a + 1; b < n; b++) {
      const int together =
          hmfm_partitions_label(p, draw, unit[a]) == hmfm_partitions_label(p, draw, unit[b]);
      if (together != (label[unit[a]] == label[unit[b]])) return 0;
    }
  return 1;
}

static size_t count_agreeing(const hmfm_partitions *p, size_t n, const size_t *unit,
                             const uint32_t *label) {
  size_t count = 0;
  for (size_t t = 0; t < p->n_draws; t++) count += (size_t)agrees(p, t, n, unit, label);
  return count;
}

/* Most draws that agree on a list of units, in whatever way: the mode is the restriction of some draw. */
static size_t most_agreeing(const hmfm_partitions *p, size_t n, const size_t *unit) {
  uint32_t *label = calloc(p->n_units, sizeof *label);
  size_t most = 0;
  for (size_t t = 0; t < p->n_draws; t++) {
    for (size_t i = 0; i < p->n_units; i++) label[i] = hmfm_partitions_label(p, t, i);
    const size_t here = count_agreeing(p, n, unit, label);
    if (here > most) most = here;
  }
  free(label);
  return most;
}

/* Most draws that agree when one more unit joins the first n of a list, which stay divided as label says. */
static size_t best_step(const hmfm_partitions *p, size_t n, const size_t *inside,
                        const uint32_t *label) {
  uint32_t *trial = malloc(p->n_units * sizeof *trial);
  size_t *unit = malloc((n + 1) * sizeof *unit), most = 0;
  memcpy(trial, label, p->n_units * sizeof *trial);
  memcpy(unit, inside, n * sizeof *unit);
  for (size_t i = 0; i < p->n_units; i++) {
    int is_inside = 0;
    for (size_t a = 0; a < n; a++) is_inside |= inside[a] == i;
    if (is_inside) continue;
    unit[n] = i;
    for (size_t a = 0; a <= n; a++) { /* the cluster of unit a of the list; its own last */
      trial[i] = a < n ? label[inside[a]] : UINT32_MAX - 1;
      const size_t here = count_agreeing(p, n + 1, unit, trial);
      if (here > most) most = here;
    }
  }
  free(trial);
  free(unit);
  return most;
}

/* Size and draws of the best of all subsets. */
static void best_subset(const hmfm_partitions *p, size_t least, size_t *size, size_t *draws) {
  *size = *draws = 0;
  for (unsigned set = 1; set < 1u << p->n_units; set++) {
    size_t unit[FEW], n = 0;
    for (size_t i = 0; i < p->n_units; i++)
      if (set >> i & 1) unit[n++] = i;
    if (n < *size) continue;
    const size_t here = most_agreeing(p, n, unit);
    if (here < least || (n == *size && here <= *draws)) continue;
    *size = n;
    *draws = here;
  }
}

static void check_found(const hmfm_partitions *p, const hmfm_subpartition *s, double probability) {
  size_t inside = 0, before = p->n_units + 1;
  for (size_t i = 0; i < p->n_units; i++) inside += s->label[i] != HMFM_NO_CLUSTER;
  ck_assert_uint_eq(inside, s->n_inside);
  ck_assert_double_ge(s->probability, probability - 1e-12);
  ck_assert_double_eq(s->probability, s->path[s->n_inside - 1]);
  for (size_t n = 1; n <= s->n_inside; n++)
    ck_assert_double_eq_tol(s->path[n - 1],
                            (double)count_agreeing(p, n, s->unit, s->label) / (double)p->n_draws,
                            1e-15);
  for (uint32_t k = 0; k < s->n_clusters; k++) {
    size_t size = 0;
    for (size_t i = 0; i < p->n_units; i++) size += s->label[i] == k;
    ck_assert_uint_ge(size, 1);
    ck_assert_uint_le(size, before);
    before = size;
  }
}

/* Every step is the best of all units and clusters, and nothing more can be taken in. */
START_TEST(each_step_is_the_best) {
  hmfm_partitions *p = matrix_random(DRAWS, 14, 4, 0.12, 900u + (unsigned)_i);
  hmfm_subpartition s;
  const double probability = 0.15 + 0.08 * _i;
  ck_assert_int_eq(hmfm_subpartition_find(p, probability, 3, (uint64_t)_i, 2, &s, &error), HMFM_OK);
  check_found(p, &s, probability);
  for (size_t n = 1; n < s.n_inside; n++)
    ck_assert_uint_eq(best_step(p, n, s.unit, s.label), (size_t)lround(s.path[n] * DRAWS));
  if (s.n_inside < p->n_units)
    ck_assert_double_lt((double)best_step(p, s.n_inside, s.unit, s.label), probability * DRAWS);
  hmfm_subpartition_clear(&s);
  hmfm_partitions_destroy(p);
}
END_TEST

/* Greedy need not be optimal; over random posteriors of a few units it almost always is. */
START_TEST(sizes_against_all_subsets) {
  size_t equal = 0;
  for (unsigned k = 0; k < 200; k++) {
    const size_t n = 3 + k % (FEW - 2);
    const double probability = 0.1 + 0.2 * (k % 5);
    hmfm_partitions *p = matrix_random(DRAWS, n, 2 + k % 3, 0.15 + 0.1 * (k % 4), 5000 + k);
    hmfm_subpartition s;
    size_t size, draws;
    ck_assert_int_eq(hmfm_subpartition_find(p, probability, 64, k, 2, &s, &error), HMFM_OK);
    check_found(p, &s, probability);
    best_subset(p, (size_t)ceil(probability * DRAWS - 1e-9), &size, &draws);
    ck_assert_uint_le(s.n_inside, size);
    if (s.n_inside == size) ck_assert_double_le(s.probability, (double)draws / DRAWS + 1e-15);
    equal += s.n_inside == size && s.probability > ((double)draws - 0.5) / DRAWS;
    hmfm_subpartition_clear(&s);
    hmfm_partitions_destroy(p);
  }
  ck_assert_uint_ge(equal, 190);
}
END_TEST

START_TEST(threads_do_not_matter) {
  hmfm_partitions *p = matrix_random(DRAWS, 60, 5, 0.1, 77);
  hmfm_subpartition one, two;
  ck_assert_int_eq(hmfm_subpartition_find(p, 0.4, 20, 5, 1, &one, &error), HMFM_OK);
  ck_assert_int_eq(hmfm_subpartition_find(p, 0.4, 20, 5, 4, &two, &error), HMFM_OK);
  ck_assert_mem_eq(one.label, two.label, 60 * sizeof *one.label);
  ck_assert_uint_eq(one.best_run, two.best_run);
  hmfm_subpartition_clear(&one);
  hmfm_subpartition_clear(&two);
  hmfm_partitions_destroy(p);
}
END_TEST

/* All draws alike: everything is held. A probability of 1 leaves only what no draw contradicts. */
START_TEST(what_is_certain) {
  hmfm_partitions *p = matrix_random(DRAWS, 20, 4, 0, 8);
  hmfm_subpartition s;
  ck_assert_int_eq(hmfm_subpartition_find(p, 1, 1, 1, 1, &s, &error), HMFM_OK);
  ck_assert_uint_eq(s.n_inside, 20);
  ck_assert_double_eq(s.probability, 1);
  ck_assert_uint_eq(s.n_clusters, p->n_clusters[0]);
  hmfm_subpartition_clear(&s);
  hmfm_partitions_destroy(p);
  p = matrix_random(DRAWS, 1, 1, 0, 8);
  ck_assert_int_eq(hmfm_subpartition_find(p, 0.5, 4, 1, 1, &s, &error), HMFM_OK);
  ck_assert_uint_eq(s.n_inside, 1);
  hmfm_subpartition_clear(&s);
  ck_assert_int_eq(hmfm_subpartition_find(p, 0, 4, 1, 1, &s, &error), HMFM_EUSAGE);
  ck_assert_int_eq(hmfm_subpartition_find(p, 1.5, 4, 1, 1, &s, &error), HMFM_EUSAGE);
  ck_assert_int_eq(hmfm_subpartition_find(p, NAN, 4, 1, 1, &s, &error), HMFM_EUSAGE);
  ck_assert_int_eq(hmfm_subpartition_find(p, 0.5, 0, 1, 1, &s, &error), HMFM_EUSAGE);
  hmfm_partitions_destroy(p);
}
END_TEST

/* Of n_draws x max_clusters x 4 bytes a thread. */
START_TEST(threads_share_two_gigabytes) {
  static const struct {
    size_t n_draws;
    uint32_t max_clusters;
    int wanted; /* of 8 */
  } all[] = {{2000, 30, 8},
             {10000, 6710, 8},
             {10000, 6711, 7},
             {1000, 100000, 5},
             {10000, 50000, 1},
             {10000, 60000, 1},
             {4000000000, 4000000000, 1},
             {1, 1, 8}};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
    const hmfm_partitions p = {.n_draws = all[k].n_draws, .max_clusters = all[k].max_clusters};
    ck_assert_int_eq(hmfm_growth_threads(&p, 8), all[k].wanted);
    ck_assert_int_eq(hmfm_growth_threads(&p, 1), 1);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("subpartition");
  TCase *test_case = tcase_create("subpartition");
  tcase_add_loop_test(test_case, each_step_is_the_best, 0, 10);
  tcase_add_test(test_case, sizes_against_all_subsets);
  tcase_add_test(test_case, threads_do_not_matter);
  tcase_add_test(test_case, what_is_certain);
  tcase_add_test(test_case, threads_share_two_gigabytes);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
