/* The HMFM mixing: M, hyperparameters, weights and predictive weights against the model's joint law, by
 * sums and integrals that share nothing with the library. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng/philox.h"
#include "stat/slow.h"
#include "support_law.h"
#include "support_model.h"

enum { N = 20000, GROUPS = 3 };

static const slow_law POISSON = {0};
static small s;
static gsl_rng *rng;
static double value[N];

/* Lambda and gamma random, or fixed by set_process. */
static void start(void) {
  const small_shape shape = {GROUPS, {9, 4, 14}, 1, 0};
  rng = hmfm_stream_create(60, 0);
  small_data(&s, &shape, 2);
  small_set(&s, "lambda-mean", 3.0);
  small_set(&s, "lambda-var", 2.0);
  small_set(&s, "gamma-guess", 0.4);
  small_set(&s, "gamma-shape", 1.7);
  small_model(&s);
  small_state(&s, 4);
}
static void finish(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}
static const double A_LAMBDA = 4.5, B_LAMBDA = 1.5, A_GAMMA = 1.7, B_GAMMA = 1.7 / (0.4 * 3.0);

static const hmfm_mixing *mixing(void) { return s.model->mixing; }
static hmfm_counts counts(void) { return hmfm_partition_counts(&s.state->partition); }

static void set_process(double lambda, double g1, double g2, double g3) {
  const double all[] = {lambda, g1, g2, g3};
  double back[4];
  mixing()->set(s.state->process, all);
  mixing()->get(s.state->process, back);
  for (int k = 0; k < 4; k++) ck_assert_double_eq(all[k], back[k]);
}

enum { CELLS = 400 }; /* M less the clusters there are, at most */

/* ---- M ---- */

START_TEST(components_by_brute_force) {
  const double lambda[] = {0.8, 2.7, 10.3, 60.0}, gamma[] = {1e-8, 1e-4, 0.3, 2.0, 30.0};
  for (int a = 0; a < 4; a++) {
    for (int b = 0; b < 5; b++) {
      double seen[CELLS] = {0}, weight[CELLS], top = -INFINITY;
      size_t size[GROUPS];
      double g[GROUPS] = {gamma[b], 0.5 * gamma[b], 3.0 * gamma[b]};
      small_scatter(&s, rng, 1 + (size_t)(2 * a + b) % 6, 0);
      hmfm_counts c = counts();
      set_process(lambda[a], g[0], g[1], g[2]);
      for (int j = 0; j < GROUPS; j++) size[j] = (size_t)c.size[j];
      for (size_t k = 0; k < CELLS; k++) {
        weight[k] = slow_log_component_term(&POISSON, c.n_clusters + k, c.n_clusters, lambda[a],
                                            GROUPS, size, g);
        top = fmax(top, weight[k]);
      }
      for (size_t k = 0; k < CELLS; k++) weight[k] = exp(weight[k] - top);
      for (int t = 0; t < N; t++) {
        size_t M = mixing()->draw_components(s.state->process, rng, &c);
        ck_assert_uint_ge(M, c.n_clusters);
        ck_assert_uint_lt(M, c.n_clusters + CELLS);
        seen[M - c.n_clusters]++;
      }
      double z = law_z_of_counts(CELLS, seen, weight);
      ck_assert_msg(z < 5.0, "lambda %g, gamma %g: z %g", lambda[a], gamma[b], z);
    }
  }
}
END_TEST

/* The factor of K clusters, for K below and above what the partition has: differences of log sums. */
START_TEST(log_clusters_by_brute_force) {
  const double lambda[] = {0.8, 10.3, 60.0}, gamma[] = {1e-8, 0.3, 30.0};
  for (int t = 0; t < 9; t++) {
    const double g[GROUPS] = {gamma[t / 3], 0.5 * gamma[t / 3], 3.0 * gamma[t / 3]};
    double slow[9], fast[9];
    size_t size[GROUPS];
    small_scatter(&s, rng, 4, 0);
    hmfm_counts c = counts();
    set_process(lambda[t % 3], g[0], g[1], g[2]);
    for (int j = 0; j < GROUPS; j++) size[j] = (size_t)c.size[j];
    for (size_t K = 1; K < 9; K++) {
      double sum = 0.0, first = -INFINITY;
      for (size_t k = 0; k < CELLS; k++) {
        double term = slow_log_component_term(&POISSON, K + k, K, lambda[t % 3], GROUPS, size, g);
        if (k == 0) first = term;
        sum += exp(term - first);
      }
      slow[K] = first + log(sum);
      fast[K] = mixing()->log_clusters(s.state->process, &c, K);
      const double gap = slow[K] - slow[1];
      ck_assert_double_eq_tol(fast[K] - fast[1], gap, 1e-9 * (1.0 + fabs(gap)));
    }
  }
}
END_TEST

START_TEST(components_at_extremes) {
  hmfm_counts c = counts();
  const double lambda[] = {1e-3, 1e3, 1e-300}, gamma[] = {1e-300, 1e-8, 1e6};
  for (int a = 0; a < 3; a++) {
    for (int b = 0; b < 3; b++) {
      set_process(lambda[a], gamma[b], gamma[b], gamma[b]);
      for (int t = 0; t < 50; t++) {
        size_t M = mixing()->draw_components(s.state->process, rng, &c);
        ck_assert(M >= c.n_clusters && M < 3000);
      }
    }
  }
}
END_TEST

/* ---- scans with M summed out ---- */

/* x = Lambda Psi of the scan under way, out of the weight of a new cluster, gamma x (K+1+x)/(K+x), which
 * grows with x. */
static double find_x(const hmfm_counts *c, size_t fresh) {
  double weight[64], low = 1e-12, high = 1e4, gamma[GROUPS + 1], K = (double)c->n_clusters;
  mixing()->predictive(s.state->process, c, 0, fresh, weight);
  mixing()->get(s.state->process, gamma);
  for (int k = 0; k < 200; k++) {
    double x = sqrt(low * high);
    if (gamma[1] * x * (K + 1.0 + x) / (K + x) < weight[fresh])
      low = x;
    else
      high = x;
  }
  return low;
}

/* log of the joint of (U, partition) in model.md, but for factors in U alone:
 * Lambda^(K-1) (K + Lambda Psi) prod_j (1 + U_j)^(-gamma_j K) prod_m (gamma_j)_{n_jm}. */
static double log_joint(double x, double log_psi, double lambda, const double *gamma) {
  hmfm_counts c = counts();
  const double K = (double)c.n_clusters;
  double sum = (K - 1.0) * log(lambda) + log(K + x) + K * log_psi;
  for (size_t j = 0; j < c.n_groups; j++) {
    for (size_t m = 0; m < c.n_slots; m++) {
      sum += slow_log_rising(gamma[j], (size_t)c.in_group[j * c.stride + m]);
    }
  }
  return sum;
}

/* Weights of predictive are ratios of that joint: with the unit put into each slot, less with the unit
 * nowhere (a constant). */
START_TEST(predictive_is_a_ratio_of_joints) {
  hmfm_partition *partition = &s.state->partition;
  hmfm_error error;
  for (int t = 0; t < 60; t++) {
    const double lambda = 0.2 + 5.0 * gsl_rng_uniform(rng);
    double gamma[GROUPS], weight[64], joint[64];
    for (int j = 0; j < GROUPS; j++) gamma[j] = exp(4.0 * gsl_rng_uniform(rng) - 3.0);
    small_require(hmfm_state_reserve(s.state, 40, &error), &error);
    small_scatter(&s, rng, 1 + (size_t)t % 7, 2);
    set_process(lambda, gamma[0], gamma[1], gamma[2]);
    hmfm_counts c = counts();
    mixing()->scan_begin(s.state->process, rng, &c, s.state->n_components);
    const size_t fresh = partition->n_slots++; /* an empty slot past the clusters */
    const size_t i = gsl_rng_uniform_int(rng, s.dataset->n_units), j = s.dataset->unit_group[i];
    c = counts();
    const double x = find_x(&c, fresh), log_psi = log(x / lambda);
    const size_t own = (size_t)partition->allocation[i];
    hmfm_partition_take(partition, i, j);
    c = counts();
    mixing()->predictive(s.state->process, &c, j, fresh, weight);
    for (size_t m = 0; m <= fresh; m++) {
      if (partition->total[m] == 0 && m != fresh) {
        ck_assert_double_eq(weight[m], 0.0);
        continue;
      }
      hmfm_partition_put(partition, i, j, m);
      joint[m] = log_joint(x, log_psi, lambda, gamma);
      hmfm_partition_take(partition, i, j);
    }
    for (size_t m = 0; m < fresh; m++) {
      if (weight[m] == 0.0) continue;
      double gap = log(weight[m] / weight[fresh]) - (joint[m] - joint[fresh]);
      ck_assert_double_eq_tol(gap, 0.0, 1e-10);
    }
    hmfm_partition_put(partition, i, j, own);
    partition->n_slots--;
  }
}
END_TEST

/* With no other unit anywhere, the joint at K = 1 and the limit of the formula: gamma (1 + x). */
START_TEST(predictive_of_the_first_unit) {
  const double y = 1.0;
  double weight[4];
  small_clear(&s);
  small_responses(&s, 1, &y, NULL);
  small_model(&s);
  small_state(&s, 1);
  const double fixed[] = {2.0, 0.7};
  mixing()->set(s.state->process, fixed);
  hmfm_counts c = counts();
  mixing()->scan_begin(s.state->process, rng, &c, 1);
  hmfm_partition_take(&s.state->partition, 0, 0);
  c = counts();
  mixing()->predictive(s.state->process, &c, 0, 0, weight);
  ck_assert(weight[0] > 0.7 && weight[0] < 0.7 * (1.0 + 2.0));
}
END_TEST

/* log Psi = -sum_j gamma_j log(1 + U_j), U_j | M ~ BetaPrime(n_j, gamma_j M): its mean, by GSL's draws. */
START_TEST(psi_has_its_law) {
  const double gamma[] = {0.3, 0.8, 1.5};
  double mean[2] = {0}, square[2] = {0};
  small_scatter(&s, rng, 3, 3);
  set_process(2.5, gamma[0], gamma[1], gamma[2]);
  hmfm_counts c = counts();
  const double M = (double)s.state->n_components;
  for (int t = 0; t < N; t++) {
    double x[2] = {0.0, 0.0};
    mixing()->scan_begin(s.state->process, rng, &c, s.state->n_components);
    x[0] = log(find_x(&c, c.n_slots) / 2.5);
    for (int j = 0; j < GROUPS; j++) {
      double u = gsl_ran_gamma(rng, c.size[j], 1.0) / gsl_ran_gamma(rng, gamma[j] * M, 1.0);
      x[1] -= gamma[j] * log1p(u);
    }
    for (int k = 0; k < 2; k++) mean[k] += x[k] / N, square[k] += x[k] * x[k] / N;
  }
  double error = sqrt((square[0] - mean[0] * mean[0] + square[1] - mean[1] * mean[1]) / N);
  ck_assert_double_lt(fabs(mean[0] - mean[1]), 5.0 * error);
  ck_assert_double_lt(fabs(sqrt(square[0]) - sqrt(square[1])), 5.0 * error);
}
END_TEST

/* M* | U: pmf proportional to (m + K) x^m / m!. */
START_TEST(scan_end_by_brute_force) {
  for (size_t K = 1; K <= 5; K += 2) {
    double seen[CELLS] = {0}, weight[CELLS];
    small_scatter(&s, rng, K, 1);
    set_process(K == 3 ? 0.4 : 6.0, 0.05, 0.1, 0.02);
    hmfm_counts c = counts();
    mixing()->scan_begin(s.state->process, rng, &c, s.state->n_components);
    const double x = find_x(&c, c.n_slots);
    for (int m = 0; m < CELLS; m++) {
      weight[m] = (m + (double)c.n_clusters) * exp(m * log(x) - gsl_sf_lngamma(m + 1.0));
    }
    for (int t = 0; t < N; t++) {
      seen[mixing()->scan_end(s.state->process, rng, &c) - c.n_clusters]++;
    }
    ck_assert_double_lt(law_z_of_counts(CELLS, seen, weight), 5.0);
  }
}
END_TEST

/* ---- hyperparameters ---- */

/* Lambda | M, gamma ~ Gamma(a + d a_gamma + M - 1, b + 1 + b_gamma sum gamma). */
START_TEST(lambda_law) {
  double back[4];
  small_scatter(&s, rng, 3, 0);
  hmfm_counts c = counts();
  for (size_t M = c.n_clusters; M < 30; M += 12) {
    for (int t = 0; t < N; t++) {
      set_process(1.0, 0.2, 0.9, 0.5);
      mixing()->draw_hyper(s.state->process, rng, &c, M);
      mixing()->get(s.state->process, back);
      value[t] = gsl_cdf_gamma_P(back[0], A_LAMBDA + 3 * A_GAMMA + (double)M - 1,
                                 1 / (B_LAMBDA + 1 + B_GAMMA * 1.6));
    }
    ck_assert_double_lt(law_distance(N, value), law_far);
  }
}
END_TEST

/* log density of x = log gamma_j given Lambda, M and the counts, by the slow route. */
static double gamma_density(double x, size_t j, double lambda, double M) {
  hmfm_counts c = counts();
  const double gamma = exp(x);
  double sum =
      A_GAMMA * x - B_GAMMA * lambda * gamma - slow_log_rising(gamma * M, (size_t)c.size[j]);
  for (size_t m = 0; m < c.n_slots; m++) {
    sum += slow_log_rising(gamma, (size_t)c.in_group[j * c.stride + m]);
  }
  return sum;
}

/* Slice sampling of gamma_j, with Lambda fixed: draws 15 updates apart against the integrated density. */
START_TEST(gamma_law) {
  enum { GRID = 4000, DRAWS = 4000 };
  static double cdf[GRID + 1], kept[GROUPS][DRAWS];
  const double low = -25.0, high = 8.0, lambda = 2.0, step = (high - low) / GRID;
  double back[4];
  small_clear(&s);
  const small_shape shape = {GROUPS, {9, 4, 14}, 1, 0};
  small_data(&s, &shape, 2);
  small_set(&s, "lambda", lambda);
  small_set(&s, "gamma-shape", A_GAMMA);
  small_set(&s, "gamma-guess", A_GAMMA / (B_GAMMA * lambda));
  small_model(&s);
  small_state(&s, 4);
  small_scatter(&s, rng, 4, 2);
  hmfm_counts c = counts();
  const size_t M = s.state->n_components;
  for (int t = 0; t < DRAWS; t++) {
    for (int k = 0; k < 15; k++) mixing()->draw_hyper(s.state->process, rng, &c, M);
    mixing()->get(s.state->process, back);
    ck_assert_double_eq(back[0], lambda);
    for (int j = 0; j < GROUPS; j++) kept[j][t] = log(back[1 + j]);
  }
  for (size_t j = 0; j < GROUPS; j++) {
    double top = gamma_density(-1.0, j, lambda, (double)M);
    cdf[0] = 0.0;
    for (int k = 0; k < GRID; k++) { /* midpoints */
      cdf[k + 1] = cdf[k] + exp(gamma_density(low + (k + 0.5) * step, j, lambda, (double)M) - top);
    }
    for (int t = 0; t < DRAWS; t++) {
      double at = (kept[j][t] - low) / step;
      ck_assert(at > 0.0 && at < GRID);
      int k = (int)at;
      value[t] = (cdf[k] + (at - k) * (cdf[k + 1] - cdf[k])) / cdf[GRID];
    }
    ck_assert_double_lt(law_distance(DRAWS, value), law_far);
  }
}
END_TEST

START_TEST(prior_law) {
  static double lambda[N], gamma[N];
  double back[4], mean = 0.0;
  for (int t = 0; t < N; t++) {
    mean += (double)mixing()->draw_prior(s.state->process, rng) / N;
    mixing()->get(s.state->process, back);
    lambda[t] = back[0];
    gamma[t] = back[2];
  }
  for (int t = 0; t < N; t++) value[t] = gsl_cdf_gamma_P(lambda[t], A_LAMBDA, 1 / B_LAMBDA);
  ck_assert_double_lt(law_distance(N, value), law_far);
  for (int t = 0; t < N; t++) {
    value[t] = gsl_cdf_gamma_P(gamma[t], A_GAMMA, 1 / (B_GAMMA * lambda[t]));
  }
  ck_assert_double_lt(law_distance(N, value), law_far);
  ck_assert_double_eq_tol(mean, 1 + 3.0, 5 * sqrt((3.0 + 2.0) / N)); /* M - 1 ~ Poisson(Lambda) */
}
END_TEST

/* ---- weights ---- */

/* One weight of a Dirichlet is a beta; all exps sum to 1; slots past the counted ones are empty. */
START_TEST(weights_law) {
  const double gamma[] = {0.3, 0.8, 1.5};
  double log_weight[16];
  small_scatter(&s, rng, 4, 3);
  set_process(2.0, gamma[0], gamma[1], gamma[2]);
  hmfm_counts c = counts();
  const size_t M = s.state->n_components;
  for (size_t j = 0; j < GROUPS; j++) {
    for (size_t m = 0; m < M; m += M - 2) { /* an occupied one and an empty one */
      double n = m < c.n_slots ? c.in_group[j * c.stride + m] : 0;
      double a = gamma[j] + n, all = gamma[j] * (double)M + c.size[j];
      for (int t = 0; t < N; t++) {
        mixing()->draw_weights(s.state->process, rng, &c, j, M, log_weight);
        double sum = 0.0;
        for (size_t k = 0; k < M; k++) sum += exp(log_weight[k]);
        ck_assert_double_eq_tol(sum, 1.0, 1e-12);
        value[t] = gsl_cdf_beta_P(exp(log_weight[m]), a, all - a);
      }
      ck_assert_double_lt(law_distance(N, value), law_far);
    }
  }
}
END_TEST

/* At gamma = 1e-8 every log weight is a finite number, and clusters of the group share all of it. */
START_TEST(weights_at_tiny_concentration) {
  double log_weight[16];
  small_scatter(&s, rng, 3, 4);
  set_process(2.0, 1e-8, 1e-8, 1e-8);
  hmfm_counts c = counts();
  const size_t M = s.state->n_components;
  for (int t = 0; t < 1000; t++) {
    mixing()->draw_weights(s.state->process, rng, &c, (size_t)t % GROUPS, M, log_weight);
    double held = 0.0;
    for (size_t m = 0; m < M; m++) {
      ck_assert(isfinite(log_weight[m]) && log_weight[m] <= 0.0);
      int occupied = m < c.n_slots && c.in_group[(size_t)t % GROUPS * c.stride + m] > 0;
      if (occupied) held += exp(log_weight[m]);
    }
    ck_assert_double_eq_tol(held, 1.0, 1e-5);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("mixing_hmfm");
  TCase *all = tcase_create("mixing_hmfm");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, components_by_brute_force);
  tcase_add_test(all, log_clusters_by_brute_force);
  tcase_add_test(all, components_at_extremes);
  tcase_add_test(all, predictive_is_a_ratio_of_joints);
  tcase_add_test(all, predictive_of_the_first_unit);
  tcase_add_test(all, psi_has_its_law);
  tcase_add_test(all, scan_end_by_brute_force);
  tcase_add_test(all, lambda_law);
  tcase_add_test(all, gamma_law);
  tcase_add_test(all, prior_law);
  tcase_add_test(all, weights_law);
  tcase_add_test(all, weights_at_tiny_concentration);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
