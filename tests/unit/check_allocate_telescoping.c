/* The telescoping scan from a given partition: the law of where it ends, against all the ways it can
 * take through four units, with probabilities by the slow route. M stays, and may be K: then only a
 * unit that was alone may open a cluster. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "stat/slow.h"
#include "support_model.h"

enum { UNITS = 4, CODES = 256, TIMES = 40000 };
static const slow_nig PRIOR = {0.2, 0.3, 3.0, 0.6};
static const double GAMMA[] = {0.7, 0.15}, Y[UNITS] = {0.1, 1.2, 0.5, 1.9};
static const size_t GROUP[UNITS] = {0, 0, 1, 1};
static small s;

static void start(void) {
  const char *const names[] = {"g", "h"}, *const group[UNITS] = {"g", "g", "h", "h"};
  hmfm_error error;
  small_responses(&s, UNITS, Y, group);
  small_set(&s, "mu0", PRIOR.mu0);
  small_set(&s, "k0", PRIOR.k0);
  small_set(&s, "nu0", PRIOR.nu0);
  small_set(&s, "s0", PRIOR.s0);
  small_set(&s, "lambda", 2.0);
  small_require(hmfm_settings_set(&s.settings, "gamma", 2, GAMMA, names, &error), &error);
  small_model(&s);
  small_state(&s, 21);
}
static void finish(void) { small_clear(&s); }

/* Labels by first appearance, read as digits. */
static size_t code(const int32_t *label) {
  int32_t first[UNITS], next = 0;
  size_t sum = 0;
  for (size_t m = 0; m < UNITS; m++) first[m] = -1;
  for (size_t i = 0; i < UNITS; i++) {
    if (first[label[i]] < 0) first[label[i]] = next++;
    sum = sum * UNITS + (size_t)first[label[i]];
  }
  return sum;
}

/* Weight of label m for a unit that is out: 0 for a label no other unit has, but for the first such one. */
static double weight(const int32_t *label, size_t unit, int32_t m, size_t M) {
  double with[UNITS], f, n_jm = 0.0;
  size_t n = 0, used = 0;
  int32_t unused = -1, taken[UNITS] = {0};
  for (size_t i = 0; i < UNITS; i++) {
    if (i == unit) continue;
    used += taken[label[i]]++ == 0;
    if (label[i] != m) continue;
    with[n++] = Y[i];
    n_jm += GROUP[i] == GROUP[unit];
  }
  for (int32_t k = UNITS - 1; k >= 0; k--) unused = taken[k] ? unused : k;
  with[n] = Y[unit];
  f = exp(slow_log_marginal(&PRIOR, n + 1, with) - slow_log_marginal(&PRIOR, n, with));
  if (n > 0) return (n_jm + GAMMA[GROUP[unit]]) * f;
  return m == unused ? GAMMA[GROUP[unit]] * ((double)M - (double)used) * f : 0.0;
}

/* Adds to law the probability of each end, from unit on, of a way that has probability p. */
static void walk(int32_t *label, size_t unit, size_t M, double p, double *law) {
  double w[UNITS], total = 0.0;
  if (unit == UNITS) {
    law[code(label)] += p;
    return;
  }
  const int32_t before = label[unit];
  for (int32_t m = 0; m < UNITS; m++) total += w[m] = weight(label, unit, m, M);
  for (int32_t m = 0; m < UNITS; m++) {
    if (w[m] == 0.0) continue;
    label[unit] = m;
    walk(label, unit + 1, M, p * w[m] / total, law);
  }
  label[unit] = before;
}

static const struct {
  int32_t label[UNITS];
  size_t K, M;
} FROM[] = {{{0, 0, 1, 1}, 2, 2}, {{0, 1, 1, 2}, 3, 3}, {{0, 0, 0, 0}, 1, 4}, {{0, 1, 0, 2}, 3, 9}};

START_TEST(law_of_a_scan) {
  double law[CODES] = {0}, seen[CODES] = {0}, chi_square = 0.0, cells = -1.0, sum = 0.0;
  int32_t label[UNITS];
  hmfm_error error;
  memcpy(label, FROM[_i].label, sizeof label);
  walk(label, 0, FROM[_i].M, 1.0, law);
  for (uint64_t t = 1; t <= TIMES; t++) {
    s.state->sweep = t;
    small_require(hmfm_state_set_partition(s.state, FROM[_i].label, FROM[_i].K, FROM[_i].M, &error),
                  &error);
    small_require(hmfm_kernel_allocate_telescoping.apply(s.state, &error), &error);
    seen[code(s.state->partition.allocation)]++;
    ck_assert_uint_eq(s.state->n_components, FROM[_i].M);
    ck_assert_uint_le(s.state->partition.n_clusters, FROM[_i].M);
  }
  for (size_t k = 0; k < CODES; k++) {
    const double expected = TIMES * law[k];
    sum += law[k];
    if (expected == 0.0) {
      ck_assert_double_eq(seen[k], 0.0);
      continue;
    }
    chi_square += (seen[k] - expected) * (seen[k] - expected) / expected;
    cells += 1.0;
  }
  ck_assert_double_eq_tol(sum, 1.0, 1e-12);
  ck_assert_double_ge(cells, 7.0);
  ck_assert_double_gt(gsl_cdf_chisq_Q(chi_square, cells), 1e-6);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("allocate_telescoping");
  TCase *all = tcase_create("allocate_telescoping");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_loop_test(all, law_of_a_scan, 0, sizeof FROM / sizeof *FROM);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
