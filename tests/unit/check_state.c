/* States: starts that differ from chain to chain, growth, partitions set from outside, and relabelling,
 * with which weights and atoms must move. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "rng/philox.h"
#include "support_model.h"

static const small_shape SHAPE = {3, {30, 25, 20}, 2, 2};
static small s;
static gsl_rng *rng;

static void start(void) {
  rng = hmfm_stream_create(80, 0);
  small_data(&s, &SHAPE, 3);
  small_model(&s);
  small_state(&s, 9);
}
static void finish(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

START_TEST(starts) {
  const size_t clusters[] = {8, 1, 40, 3, 8};
  hmfm_error error;
  for (size_t chain = 0; chain < 5; chain++) {
    hmfm_state *state = NULL, *again = NULL;
    small_require(hmfm_state_create(s.model, 5, (uint32_t)chain, &state, &error), &error);
    small_require(hmfm_state_start(state, chain, &error), &error);
    small_require(hmfm_state_create(s.model, 5, (uint32_t)chain, &again, &error), &error);
    small_require(hmfm_state_start(again, chain, &error), &error);
    ck_assert_uint_eq(state->partition.n_clusters, clusters[chain]);
    ck_assert_uint_ge(state->n_components, clusters[chain]);
    ck_assert_uint_ge(state->capacity, state->n_components);
    ck_assert_int_eq(state->partition.allocation[0], 0);
    ck_assert_mem_eq(state->partition.allocation, again->partition.allocation,
                     75 * sizeof *state->partition.allocation);
    for (size_t k = 0; k < 6; k++) {
      ck_assert(isfinite(state->beta[k]));
      ck_assert_double_eq(state->beta[k], again->beta[k]);
      ck_assert(chain == 0 || state->beta[k] != s.state->beta[k]);
    }
    hmfm_state_destroy(state);
    hmfm_state_destroy(again);
  }
}
END_TEST

/* Cuts go by the units' places: without covariates, clusters of chain 0 are intervals of unit means. */
START_TEST(cuts_are_intervals) {
  const small_shape plain = {2, {30, 26}, 2, 0};
  small_clear(&s);
  small_data(&s, &plain, 4);
  small_model(&s);
  small_state(&s, 2);
  double low[8], high[8];
  for (int m = 0; m < 8; m++) low[m] = INFINITY, high[m] = -INFINITY;
  for (size_t i = 0; i < 56; i++) {
    double e[4], mean = 0.0;
    size_t n = small_residuals(&s, i, e);
    for (size_t h = 0; h < n; h++) mean += e[h] / (double)n;
    const int32_t m = s.state->partition.allocation[i];
    low[m] = fmin(low[m], mean);
    high[m] = fmax(high[m], mean);
  }
  for (int a = 0; a < 8; a++) {
    for (int b = 0; b < a; b++) ck_assert(low[a] >= high[b] || low[b] >= high[a]);
  }
}
END_TEST

START_TEST(fewer_units_than_clusters) {
  const double y[] = {1.0, 2.0, 4.0};
  hmfm_error error;
  small_clear(&s);
  small_responses(&s, 3, y, NULL);
  small_model(&s);
  for (size_t chain = 0; chain < 4; chain++) {
    hmfm_state *state = NULL;
    small_require(hmfm_state_create(s.model, 5, (uint32_t)chain, &state, &error), &error);
    small_require(hmfm_state_start(state, chain, &error), &error);
    ck_assert_uint_le(state->partition.n_clusters, 3);
    hmfm_state_destroy(state);
  }
}
END_TEST

START_TEST(growth_keeps_everything) {
  hmfm_state *state = s.state;
  hmfm_error error;
  ck_assert_int_eq(hmfm_kernel_weights.apply(state, &error), HMFM_OK);
  ck_assert_int_eq(hmfm_kernel_atoms.apply(state, &error), HMFM_OK);
  const size_t M = state->n_components, old = state->capacity;
  double weight[3][200], atom[2][200];
  for (size_t m = 0; m < M; m++) {
    for (size_t j = 0; j < 3; j++) weight[j][m] = state->log_weight[j * old + m];
    for (size_t p = 0; p < 2; p++) atom[p][m] = state->atom[p * old + m];
  }
  small_require(hmfm_state_reserve(state, 5 * old, &error), &error);
  ck_assert_uint_ge(state->capacity, 5 * old);
  ck_assert_uint_ge(state->partition.capacity, 5 * old);
  for (size_t m = 0; m < M; m++) {
    for (size_t j = 0; j < 3; j++) {
      ck_assert_double_eq(weight[j][m], state->log_weight[j * state->capacity + m]);
    }
    for (size_t p = 0; p < 2; p++) {
      ck_assert_double_eq(atom[p][m], state->atom[p * state->capacity + m]);
    }
  }
}
END_TEST

/* The pair (weights, atom) of every unit's component is the same before and after. */
START_TEST(relabelling_moves_weights_and_atoms) {
  hmfm_state *state = s.state;
  hmfm_error error;
  double before[75][5];
  for (int t = 0; t < 30; t++) {
    small_scatter(&s, rng, 2 + (size_t)t % 6, 3);
    ck_assert_int_eq(hmfm_kernel_weights.apply(state, &error), HMFM_OK);
    ck_assert_int_eq(hmfm_kernel_atoms.apply(state, &error), HMFM_OK);
    const size_t M = state->n_components;
    for (size_t i = 0; i < 75; i++) { /* scattered over all components, empty ones included */
      state->partition.allocation[i] = (int32_t)gsl_rng_uniform_int(rng, M);
    }
    hmfm_partition_count(&state->partition, M);
    double sum[2][3] = {{0}};
    for (int after = 0; after < 2; after++) {
      for (size_t i = 0; i < 75; i++) {
        const size_t m = (size_t)state->partition.allocation[i];
        for (size_t k = 0; k < 5; k++) {
          double x = k < 3 ? state->log_weight[k * state->capacity + m]
                           : state->atom[(k - 3) * state->capacity + m];
          if (after) ck_assert_double_eq(x, before[i][k]);
          before[i][k] = x;
        }
      }
      for (size_t j = 0; j < 3; j++) {
        for (size_t m = 0; m < M; m++)
          sum[after][j] += exp(state->log_weight[j * state->capacity + m]);
        ck_assert_double_eq_tol(sum[after][j], 1.0, 1e-12); /* no weight is lost */
      }
      if (!after) hmfm_state_relabel(state);
    }
    ck_assert_uint_eq(state->partition.n_slots, state->partition.n_clusters);
    ck_assert_uint_eq(state->n_components, M);
  }
}
END_TEST

START_TEST(set_partition_is_canonical) {
  int32_t allocation[75];
  hmfm_error error;
  for (size_t i = 0; i < 75; i++) allocation[i] = (int32_t)(90 - i % 4 * 7);
  small_require(hmfm_state_set_partition(s.state, allocation, 91, 6, &error), &error);
  ck_assert_uint_eq(s.state->partition.n_clusters, 4);
  ck_assert_uint_eq(s.state->partition.n_slots, 4);
  ck_assert_uint_eq(s.state->n_components, 6);
  ck_assert_int_eq(s.state->components_drawn, 0);
  ck_assert_int_eq(s.state->unit_log_lik_made, 0);
  for (size_t i = 0; i < 75; i++) ck_assert_int_eq(s.state->partition.allocation[i], i % 4);
}
END_TEST

START_TEST(beta_of_groups) {
  for (size_t j = 0; j < 3; j++) ck_assert(hmfm_state_beta(s.state, j) == s.state->beta + 2 * j);
  small_clear(&s);
  small_data(&s, &SHAPE, 3);
  s.settings.beta = "shared";
  small_model(&s);
  small_state(&s, 9);
  for (size_t j = 0; j < 3; j++) ck_assert(hmfm_state_beta(s.state, j) == s.state->beta);
  hmfm_state_destroy(NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("state");
  TCase *all = tcase_create("state");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, starts);
  tcase_add_test(all, cuts_are_intervals);
  tcase_add_test(all, fewer_units_than_clusters);
  tcase_add_test(all, growth_keeps_everything);
  tcase_add_test(all, relabelling_moves_weights_and_atoms);
  tcase_add_test(all, set_partition_is_canonical);
  tcase_add_test(all, beta_of_groups);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
