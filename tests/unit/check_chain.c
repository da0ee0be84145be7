/* Chains at the edges of what models allow: tiny and huge hyperparameters, one unit, a constant response,
 * one group; and the canonical state that every sweep starts from. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rng/philox.h"
#include "support_model.h"
#include "support_tape.h"

static small s;
static hmfm_run run;

static void start(void) {
  s = (small){0};
  hmfm_run_defaults(&run);
  run.chains = 4;
  run.warmup = 30;
  run.draws = 30;
  run.seed = 17;
}
static void finish(void) { small_clear(&s); }

/* Runs all algorithms of the model's mixing; returns the largest K and M seen. */
static void run_all(size_t *largest_K, size_t *largest_M) {
  const char *name;
  small_model(&s);
  *largest_K = *largest_M = 0;
  for (size_t a = 0; (name = small_algorithm(s.settings.mixing, a)); a++) {
    run.algorithm = name;
    tape *t = tape_run(s.model, &run, 1000, 1);
    tape_finite(t);
    for (size_t c = 0; c < run.chains; c++) {
      for (size_t k = 0; k < run.draws; k++) {
        const double K = t->row[c][k][0], M = t->row[c][k][1];
        ck_assert(K >= 1 && K <= M && K <= (double)s.dataset->n_units);
        *largest_K = (size_t)fmax((double)*largest_K, K);
        *largest_M = (size_t)fmax((double)*largest_M, M);
      }
    }
    tape_destroy(t);
  }
}

static const small_shape SHAPE = {3, {14, 1, 20}, 3, 2};

START_TEST(tiny_concentration) {
  const double gamma[] = {1e-8, 1e-299};
  size_t K, M;
  for (int k = 0; k < 2; k++) {
    small_data(&s, &SHAPE, 4);
    small_set(&s, "gamma", gamma[k]);
    small_set(&s, "lambda-mean", 20.0);
    run_all(&K, &M);
    ck_assert_uint_gt(M, 5);
    small_clear(&s);
  }
}
END_TEST

START_TEST(tiny_and_huge_lambda) {
  const double lambda[] = {1e-3, 1e3};
  size_t K[2], M[2];
  for (int k = 0; k < 2; k++) {
    small_data(&s, &SHAPE, 4);
    small_set(&s, "lambda", lambda[k]);
    run_all(&K[k], &M[k]);
    small_clear(&s);
  }
  ck_assert_uint_gt(M[1], 900);
  ck_assert_uint_lt(M[1], 1300);
  ck_assert_uint_lt(M[0], 60); /* not past where the starts put it */
}
END_TEST

/* Fixed at all that is thought of, and more. */
START_TEST(extreme_shared_and_own_concentrations) {
  const double extreme[] = {1e-300, 1e-8, 1e-3, 1e3, 1e8, 9e9};
  size_t K, M;
  run.chains = 2;
  run.warmup = run.draws = 10;
  for (int k = 0; k < 6; k++) {
    small_data(&s, &SHAPE, 4);
    s.settings.mixing = "hdp";
    small_set(&s, "alpha", extreme[_i]);
    small_set(&s, "gamma0", extreme[k]);
    run_all(&K, &M);
    small_clear(&s);
  }
}
END_TEST

START_TEST(vague_and_sharp_priors) {
  const double k0[] = {1e-12, 1e12}, s0[] = {1e-12, 1e12};
  size_t K, M;
  for (int k = 0; k < 4; k++) {
    small_data(&s, &SHAPE, 4);
    s.settings.mixing = small_mixing((size_t)_i);
    small_set(&s, "k0", k0[k % 2]);
    small_set(&s, "s0", s0[k / 2]);
    small_set(&s, "nu0", k % 2 ? 0.01 : 100.0);
    small_set(&s, "beta-var", k % 2 ? 1e-10 : 1e10);
    run_all(&K, &M);
    small_clear(&s);
  }
}
END_TEST

START_TEST(single_unit) {
  const double y = 3.0;
  size_t K, M;
  small_responses(&s, 1, &y, NULL);
  s.settings.mixing = small_mixing((size_t)_i);
  run_all(&K, &M);
  ck_assert_uint_eq(K, 1);
}
END_TEST

START_TEST(constant_response) {
  double y[25];
  size_t K, M;
  for (int k = 0; k < 25; k++) y[k] = -7.25;
  small_responses(&s, 25, y, NULL);
  s.settings.mixing = small_mixing((size_t)_i);
  run_all(&K, &M);
}
END_TEST

START_TEST(groups_of_one_unit) {
  const double y[] = {1.0, 2.5, 2.6, 9.0};
  const char *const group[] = {"a", "b", "c", "d"};
  size_t K, M;
  small_responses(&s, 4, y, group);
  s.settings.mixing = small_mixing((size_t)_i);
  run_all(&K, &M);
}
END_TEST

START_TEST(one_group) {
  const small_shape one = {1, {40}, 2, 1};
  size_t K, M;
  small_data(&s, &one, 4);
  s.settings.mixing = small_mixing((size_t)_i);
  run_all(&K, &M);
  ck_assert_uint_gt(K, 1);
}
END_TEST

/* 200 units so far from each other that clusters pass the room there is at first. */
START_TEST(components_past_first_capacity) {
  double y[200];
  size_t K, M;
  for (int k = 0; k < 200; k++) y[k] = 1000.0 * k;
  small_responses(&s, 200, y, NULL);
  s.settings.mixing = small_mixing((size_t)_i);
  small_set(&s, _i ? "gamma0" : "lambda", 300.0);
  small_set(&s, _i ? "alpha" : "gamma", _i ? 100.0 : 5.0);
  run_all(&K, &M);
  ck_assert_uint_gt(K, _i ? 64 : 70);
}
END_TEST

/* Ten thousand groups of a unit each. */
START_TEST(many_groups) {
  enum { MANY = 10000 };
  static double y[MANY];
  static char name[MANY][8];
  static const char *group[MANY];
  const char *algorithm;
  hmfm_error error;
  for (int k = 0; k < MANY; k++) {
    y[k] = k % 3 * 4.0 + sin(k);
    snprintf(name[k], sizeof *name, "%d", k);
    group[k] = name[k];
  }
  small_responses(&s, MANY, y, group);
  s.settings.mixing = small_mixing((size_t)_i);
  small_model(&s);
  for (size_t a = 0; (algorithm = small_algorithm(s.settings.mixing, a)); a++) {
    hmfm_chain *chain = NULL;
    run.algorithm = algorithm;
    small_require(hmfm_chain_create(s.model, &run, 0, &chain, &error), &error);
    for (int k = 0; k < 2; k++) small_require(hmfm_chain_sweep(chain, &error), &error);
    small_require(hmfm_kernel_complete(chain->state, 1, &error), &error);
    for (size_t i = 0; i < MANY; i++) ck_assert(isfinite(chain->state->unit_log_lik[i]));
    for (size_t k = 0; k < 10; k++) {
      double sum = 0.0;
      for (size_t m = 0; m < chain->state->n_components; m++)
        sum += exp(chain->state->log_weight[k * 1000 * chain->state->capacity + m]);
      ck_assert_double_eq_tol(sum, 1.0, 1e-12);
    }
    hmfm_chain_destroy(chain);
  }
}
END_TEST

/* Shares are state, too, where there are infinitely many components. */
static size_t get_shares(const hmfm_state *state, double *share) {
  if (!small_is_infinite(&s)) return 0;
  s.model->mixing->get_shares(state->process, state->partition.n_clusters, share);
  return state->partition.n_clusters + 1;
}

/* A state is a function of (allocations, M or shares, hyperparameters, beta, sweep): a fresh chain put
 * there goes on exactly as the old one does. That is what a checkpoint relies on. */
START_TEST(sweeps_start_from_canonical_states) {
  const char *name;
  hmfm_error error;
  small_data(&s, &SHAPE, 4);
  s.settings.mixing = small_mixing((size_t)_i);
  small_model(&s);
  const int infinite = small_is_infinite(&s), n_values = infinite ? 2 : 4;
  for (size_t a = 0; (name = small_algorithm(s.settings.mixing, a)); a++) {
    hmfm_chain *old = NULL, *fresh = NULL;
    double value[8], share[2][64];
    run.algorithm = name;
    small_require(hmfm_chain_create(s.model, &run, 2, &old, &error), &error);
    for (int k = 0; k < 37; k++) small_require(hmfm_chain_sweep(old, &error), &error);
    small_require(hmfm_chain_create(s.model, &run, 2, &fresh, &error), &error);
    s.model->mixing->get(old->state->process, value);
    s.model->mixing->set(fresh->state->process, value);
    memcpy(fresh->state->beta, old->state->beta, 6 * sizeof(double));
    hmfm_state_residuals(fresh->state);
    small_require(
        hmfm_state_set_partition(
            fresh->state, old->state->partition.allocation, old->state->partition.n_clusters,
            infinite ? old->state->partition.n_clusters : old->state->n_components, &error),
        &error);
    if (get_shares(old->state, share[0]) > 0)
      s.model->mixing->set_shares(fresh->state->process, old->state->partition.n_clusters,
                                  share[0]);
    fresh->sweeps_done = old->sweeps_done;
    fresh->state->pace = old->state->pace;
    for (int k = 0; k < 40; k++) {
      double x[8], y[8];
      small_require(hmfm_chain_sweep(old, &error), &error);
      small_require(hmfm_chain_sweep(fresh, &error), &error);
      ck_assert_uint_eq(old->state->n_components, fresh->state->n_components);
      ck_assert_mem_eq(old->state->partition.allocation, fresh->state->partition.allocation,
                       35 * sizeof(int32_t));
      s.model->mixing->get(old->state->process, x);
      s.model->mixing->get(fresh->state->process, y);
      for (int v = 0; v < n_values; v++) ck_assert_double_eq(x[v], y[v]);
      const size_t n_shares = get_shares(old->state, share[0]);
      ck_assert_uint_eq(get_shares(fresh->state, share[1]), n_shares);
      for (size_t v = 0; v < n_shares; v++) ck_assert_double_eq(share[0][v], share[1][v]);
      for (int v = 0; v < 6; v++) ck_assert_double_eq(old->state->beta[v], fresh->state->beta[v]);
    }
    hmfm_chain_destroy(old);
    hmfm_chain_destroy(fresh);
  }
  hmfm_chain_destroy(NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("chain");
  TCase *all = tcase_create("chain");
  tcase_add_checked_fixture(all, start, finish);
  tcase_set_timeout(all, 120);
  tcase_add_test(all, tiny_concentration);
  tcase_add_test(all, tiny_and_huge_lambda);
  tcase_add_loop_test(all, extreme_shared_and_own_concentrations, 0, 6);
  tcase_add_loop_test(all, vague_and_sharp_priors, 0, MIXINGS);
  tcase_add_loop_test(all, single_unit, 0, MIXINGS);
  tcase_add_loop_test(all, constant_response, 0, MIXINGS);
  tcase_add_loop_test(all, groups_of_one_unit, 0, MIXINGS);
  tcase_add_loop_test(all, one_group, 0, MIXINGS);
  tcase_add_loop_test(all, components_past_first_capacity, 0, MIXINGS);
  tcase_add_loop_test(all, many_groups, 0, MIXINGS);
  tcase_add_loop_test(all, sweeps_start_from_canonical_states, 0, MIXINGS);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
