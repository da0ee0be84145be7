/* Annealed paths: the laws of guides against their definition by quadrature, and what a path leaves behind. That
 * paths keep the posterior is for tests/stat (exact_start, joint). */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/anneal.h"
#include "kernel/kernel.h"
#include "support_model.h"

static small s;
static hmfm_error error;

static void begin(size_t n_x, const char *family, int shared) {
  s = (small){0};
  error = (hmfm_error){0};
  small_data(&s, &(small_shape){3, {7, 5, 6}, 3, n_x}, 11);
  if (strcmp(family, "poisson") == 0) {
    hmfm_dataset *d = s.dataset;
    for (size_t h = 0; h < d->n_rows; h++) d->y[h] = floor(fabs(3.0 * d->y[h]));
    s.settings.family = "poisson";
  }
  if (shared) s.settings.beta = "shared";
  small_model(&s);
  small_state(&s, 5);
}

/* ---- laws of guides ---- */

static double square(double x) { return x * x; }

/* log N(x; m, v), up to -log(2 pi)/2. */
static double log_normal(double x, double m, double v) {
  return -0.5 * (log(v) + square(x - m) / v);
}

/* log of NIG(mu0, k, nu, s0) in (mu, log sigma2), not normalised. */
static double log_nig(double mu, double v, double mu0, double k, double nu, double s0) {
  return log_normal(mu, mu0, v / k) - 0.5 * nu * log(v) - 0.5 * nu * s0 / v;
}

enum { GRID = 700 };

/* log of the ratio of two integrals over (mu, log sigma2): of the law at t times the likelihood of slot's units, and
 * of the law at t. The law at t is the geometric mean of the guide, NIG(mu, size/2, 5 size, s), and P0. */
static double by_quadrature(const double *guide, size_t slot, double t, double mu0, double k0,
                            double nu0, double s0) {
  const hmfm_dataset *d = s.dataset;
  const double size = (double)d->n_rows / (double)d->n_units;
  double e[16], top[2] = {-INFINITY, -INFINITY}, sum[2] = {0.0, 0.0};
  for (size_t a = 0; a < GRID; a++) {
    for (size_t b = 0; b < GRID; b++) {
      const double z = -6.0 + 12.0 * (double)a / GRID, mu = sinh(z); /* far tails, too */
      const double v = exp(-5.0 + 15.0 * (double)b / GRID);
      double value[2];
      value[0] = (1.0 - t) * log_nig(mu, v, guide[0], 0.5 * size, 5.0 * size, guide[1]) +
                 t * log_nig(mu, v, mu0, k0, nu0, s0) + log(cosh(z));
      value[1] = value[0];
      for (size_t i = 0; i < d->n_units; i++) {
        if (s.state->partition.allocation[i] != (int32_t)slot) continue;
        const size_t n = small_residuals(&s, i, e);
        for (size_t h = 0; h < n; h++) value[1] += log_normal(e[h], mu, v);
      }
      for (int k = 0; k < 2; k++) {
        if (value[k] > top[k]) {
          sum[k] *= exp(top[k] - value[k]);
          top[k] = value[k];
        }
        sum[k] += exp(value[k] - top[k]);
      }
    }
  }
  return top[1] + log(sum[1]) - top[0] - log(sum[0]);
}

START_TEST(normal_guides_lead_from_the_guide_to_the_prior) {
  const double t[] = {0.0, 0.4, 0.9, 1.0}, guide[HMFM_GUIDE] = {0.7, 0.6};
  begin(1, "normal", 0);
  const hmfm_settings *set = hmfm_model_settings(s.model);
  const double mu0 = hmfm_settings_find(set, "mu0")->value[0];
  const double k0 = hmfm_settings_find(set, "k0")->value[0];
  const double nu0 = hmfm_settings_find(set, "nu0")->value[0];
  const double s0 = hmfm_settings_find(set, "s0")->value[0];
  const hmfm_family *family = s.model->family;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  small_scatter(&s, rng, 4, 2);
  hmfm_state_clusters(s.state);
  for (size_t k = 0; k < 4; k++) {
    double made[2], quadrature[2];
    for (size_t m = 0; m < 2; m++) { /* differences: constants of the observations go */
      made[m] = family->guide_log_marginal(s.model->family_data, s.state->work, m, guide, t[k]);
      quadrature[m] = by_quadrature(guide, m, t[k], mu0, k0, nu0, s0);
      int n = 0;
      double e[16];
      for (size_t i = 0; i < s.dataset->n_units; i++)
        if (s.state->partition.allocation[i] == (int32_t)m) n += (int)small_residuals(&s, i, e);
      made[m] += 0.5 * n * log(2.0); /* up to c/2 log pi there, up to c/2 log(2 pi) here */
    }
    ck_assert_double_eq_tol(made[0], quadrature[0], 2e-4);
    ck_assert_double_eq_tol(made[1], quadrature[1], 2e-4);
  }
  gsl_rng_free(rng);
  small_clear(&s);
}
END_TEST

START_TEST(poisson_guides_lead_from_the_guide_to_the_prior) {
  const double t[] = {0.0, 0.4, 0.9, 1.0}, guide[HMFM_GUIDE] = {2.2, 0.0};
  begin(0, "poisson", 0);
  const hmfm_dataset *d = s.dataset;
  const hmfm_settings *set = hmfm_model_settings(s.model);
  const double mean = hmfm_settings_find(set, "rate-mean")->value[0];
  const double a = hmfm_settings_find(set, "rate-shape")->value[0], b = a / mean;
  double all = 0.0;
  for (size_t h = 0; h < d->n_rows; h++) all += d->y[h];
  const double shape = 1.0 + 5.0 * all / (double)d->n_units;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  small_scatter(&s, rng, 4, 2);
  hmfm_state_clusters(s.state);
  for (size_t k = 0; k < 4; k++) {
    for (size_t m = 0; m < 2; m++) {
      double S = 0.0, E = 0.0, sum[2] = {0.0, 0.0};
      for (size_t i = 0; i < d->n_units; i++) {
        if (s.state->partition.allocation[i] != (int32_t)m) continue;
        for (size_t h = d->unit_start[i]; h < d->unit_start[i + 1]; h++) S += d->y[h], E += 1.0;
      }
      for (double x = -12.0; x < 8.0; x += 1e-3) { /* x = log theta */
        const double theta = exp(x);
        const double law =
            (1.0 - t[k]) * (shape * x - shape * theta / guide[0]) + t[k] * (a * x - b * theta);
        sum[0] += exp(law);
        sum[1] += exp(law + S * x - E * theta);
      }
      ck_assert_double_eq_tol(
          s.model->family->guide_log_marginal(s.model->family_data, s.state->work, m, guide, t[k]),
          log(sum[1] / sum[0]), 1e-6);
    }
  }
  gsl_rng_free(rng);
  small_clear(&s);
}
END_TEST

/* Guides drawn about a cluster have the density that is said: it integrates to 1, and the share of draws in a
 * half-plane is that integral. */
START_TEST(guides_follow_their_density) {
  double guide[HMFM_GUIDE], below = 0.0, drawn = 0.0, total = 0.0;
  begin(1, "normal", 0);
  const hmfm_family *family = s.model->family;
  const void *data = s.model->family_data, *work = s.state->work;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  small_scatter(&s, rng, 3, 2);
  hmfm_state_clusters(s.state);
  for (double mu = -15.0; mu < 15.0; mu += 0.05) {
    for (double x = -8.0; x < 8.0; x += 0.05) {
      const double at[HMFM_GUIDE] = {mu, exp(x)};
      const double p = exp(family->guide_log_density(data, work, 1, at));
      total += p * 0.0025;
      if (mu < 0.5 && x > 0.2) below += p * 0.0025;
    }
  }
  for (int k = 0; k < 100000; k++) {
    family->guide_draw(data, work, rng, 1, guide);
    drawn += guide[0] < 0.5 && log(guide[1]) > 0.2;
  }
  ck_assert_double_eq_tol(total, 1.0, 1e-3);
  ck_assert_double_gt(below, 0.02);
  ck_assert_double_eq_tol(drawn / 1e5, below, 0.01);
  gsl_rng_free(rng);
  small_clear(&s);
}
END_TEST

/* ---- what paths leave behind ---- */

static void check_state(void) {
  const hmfm_state *state = s.state;
  const hmfm_partition *p = &state->partition;
  size_t K = 0;
  for (size_t m = 0; m < state->n_components; m++) {
    int32_t n = 0;
    for (size_t i = 0; i < p->n_units; i++) n += p->allocation[i] == (int32_t)m;
    ck_assert_int_eq(n, p->total[m]);
    K += n > 0;
  }
  ck_assert_uint_eq(K, p->n_clusters);
  ck_assert_uint_le(K, state->n_components);
}

/* Where a path is not accepted, allocations (labels by first appearance), beta and residuals are what they were; where it is, K
 * or something else has moved. Both happen. */
START_TEST(a_path_is_taken_whole_or_not_at_all) {
  int taken = 0, refused = 0;
  begin(1, "normal", _i);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  const size_t n = s.dataset->n_units, nb = s.state->n_beta;
  int32_t before[32];
  double beta[8], place[32];
  for (size_t k = 1; k <= 3000; k++) {
    if (k % 50 == 1) small_scatter(&s, rng, 4, 2);
    hmfm_state_relabel(s.state);
    memcpy(before, s.state->partition.allocation, n * sizeof *before);
    memcpy(beta, s.state->beta, nb * sizeof *beta);
    for (size_t i = 0; i < n; i++)
      place[i] = s.model->family->place(s.model->family_data, s.state->work, i);
    int accepted;
    s.state->sweep = k;
    if (k % 2) {
      small_require(hmfm_anneal(s.state, 1 + k % 7, &accepted, &error), &error);
    } else {
      small_require(hmfm_kernel_atoms.apply(s.state, &error), &error);
      small_require(hmfm_anneal_group(s.state, k % 3, 6, &accepted, &error), &error);
    }
    check_state();
    taken += accepted;
    refused += !accepted;
    if (accepted) continue;
    ck_assert_mem_eq(before, s.state->partition.allocation, n * sizeof *before);
    ck_assert_mem_eq(beta, s.state->beta, nb * sizeof *beta);
    for (size_t i = 0; i < n; i++)
      ck_assert_double_eq(place[i], s.model->family->place(s.model->family_data, s.state->work, i));
  }
  ck_assert_int_gt(taken, 100);
  ck_assert_int_gt(refused, 100);
  gsl_rng_free(rng);
  small_clear(&s);
}
END_TEST

/* A shared regression stays on the path of a group, and moves on that of a cluster. */
START_TEST(a_group_does_not_move_a_regression_of_all) {
  int accepted, moved = 0;
  begin(2, "normal", 1);
  for (size_t k = 1; k < 1000; k++) {
    s.state->sweep = k;
    const double beta = s.state->beta[0];
    small_require(hmfm_kernel_atoms.apply(s.state, &error), &error);
    small_require(hmfm_anneal_group(s.state, k % 3, 6, &accepted, &error), &error);
    ck_assert_double_eq(beta, s.state->beta[0]);
    small_require(hmfm_anneal(s.state, 4, &accepted, &error), &error);
    moved += beta != s.state->beta[0];
  }
  ck_assert_int_gt(moved, 5);
  small_clear(&s);
}
END_TEST

/* ---- paths alone, for long ---- */

enum { UNITS = 5, CODES = 5 * 5 * 5 * 5 * 5, M = 4, PATHS = 400000 };

static size_t code(const int32_t *label) {
  size_t c = 0;
  for (size_t i = 0; i < UNITS; i++) c = 5 * c + (size_t)label[i];
  return c;
}

/* Probability, not normalised, of a partition in clusters 0 .. K - 1 of M components, from its definition: marginal
 * likelihoods times the law of labels, times the ways to label. */
static double weight_of(size_t K) {
  hmfm_state *state = s.state;
  const hmfm_partition *p = &state->partition;
  double concentration[2], sum = 0.0;
  s.model->mixing->concentrations(state->process, concentration);
  state->clusters_made = 0;
  hmfm_state_clusters(state);
  for (size_t m = 0; m < K; m++) {
    sum +=
        s.model->family->log_marginal(s.model->family_data, state->work, m) + log((double)(M - m));
    for (size_t j = 0; j < p->n_groups; j++)
      for (int32_t k = 0; k < p->in_group[j * p->capacity + m]; k++)
        sum += log(concentration[j] + k);
  }
  return exp(sum);
}

/* The same with beta, if there is one, integrated out over its law N(0, 1). */
static double weight_without_beta(size_t K) {
  double sum = 0.0;
  if (s.state->n_beta == 0) return weight_of(K);
  for (double beta = -6.0; beta < 6.0; beta += 0.02) {
    s.state->beta[0] = beta;
    hmfm_state_residuals(s.state);
    sum += weight_of(K) * exp(-0.5 * beta * beta);
  }
  return sum;
}

/* All partitions with at most M clusters, by growing labels. */
static void weigh_all(int32_t *label, size_t at, size_t K, double *weight) {
  if (at == UNITS) {
    small_require(hmfm_state_set_partition(s.state, label, K, M, &error), &error);
    weight[code(label)] = weight_without_beta(K);
    return;
  }
  for (size_t m = 0; m <= K && m < M; m++) {
    label[at] = (int32_t)m;
    weigh_all(label, at + 1, m == K ? K + 1 : K, weight);
  }
}

/* Five units in two groups, or, with a covariate, in one. */
static void begin_five(int with_covariate) {
  static const double y[UNITS] = {0.0, 0.4, 2.1, 1.8, -1.5}, x[UNITS] = {0.0, 1.0, 1.3, 0.0, -0.8};
  static const char *const two[UNITS] = {"a", "a", "a", "b", "b"}, *const one[UNITS] = {
                                                                       "a", "a", "a", "a", "a"};
  const hmfm_covariate covariate = {"x", x, NULL};
  s = (small){0};
  error = (hmfm_error){0};
  small_require(hmfm_dataset_create(&(hmfm_columns){.n_rows = UNITS,
                                                    .group = with_covariate ? one : two,
                                                    .response_name = "y",
                                                    .response = y,
                                                    .n_covariates = with_covariate ? 1 : 0,
                                                    .covariate = &covariate},
                                    NULL, &s.dataset, &error),
                &error);
  hmfm_settings_defaults(&s.settings);
  small_set(&s, "lambda", 2.0);
  small_set(&s, "gamma", 0.6);
  small_set(&s, "k0", 0.1);
  small_set(&s, "s0", 0.3);
  small_model(&s);
  small_state(&s, 9);
}

static int move(int of_a_group, size_t k) {
  int accepted;
  s.state->sweep = k;
  if (!of_a_group) {
    small_require(hmfm_anneal(s.state, 1 + k % 4, &accepted, &error), &error);
    return accepted;
  }
  small_require(hmfm_kernel_atoms.apply(s.state, &error), &error);
  small_require(hmfm_anneal_group(s.state, k % s.state->partition.n_groups, 4, &accepted, &error),
                &error);
  hmfm_state_relabel(s.state);
  return accepted;
}

/* Paths alone, one after another, are at every partition as often as its posterior probability says. */
START_TEST(paths_alone_walk_the_exact_law) {
  static double weight[CODES], seen[CODES];
  int32_t label[UNITS];
  double total = 0.0, distance = 0.0, accepted = 0.0;
  memset(weight, 0, sizeof weight);
  memset(seen, 0, sizeof seen);
  begin_five(_i / 2);
  weigh_all(label, 0, 0, weight);
  hmfm_state_residuals(s.state);
  for (size_t c = 0; c < CODES; c++) total += weight[c];
  for (size_t k = 1; k <= PATHS; k++) {
    accepted += move(_i % 2, k);
    ck_assert_uint_eq(s.state->n_components, M);
    seen[code(s.state->partition.allocation)]++;
  }
  for (size_t c = 0; c < CODES; c++) distance += 0.5 * fabs(seen[c] / PATHS - weight[c] / total);
  ck_assert_double_gt(accepted / PATHS, 0.05);
  ck_assert_double_lt(distance, 0.02);
  small_clear(&s);
}
END_TEST

/* ---- paths in a run ---- */

static void run_to(hmfm_ensemble **ensemble, const hmfm_run *run, size_t sweeps) {
  const hmfm_sink none = {0};
  small_require(hmfm_ensemble_create(s.model, run, none, ensemble, &error), &error);
  small_require(hmfm_ensemble_advance(*ensemble, sweeps, &error), &error);
}

/* A run with paths goes on from a checkpoint as if it had never stopped, and is another run than one without. */
START_TEST(paths_survive_checkpoints) {
  hmfm_ensemble *whole, *first, *second;
  hmfm_checkpoint at[3];
  hmfm_run run;
  begin(1, "normal", 0);
  hmfm_run_defaults(&run);
  run.chains = 2, run.warmup = 20, run.draws = 40, run.anneal = 12;
  run_to(&whole, &run, 60);
  run_to(&first, &run, 23);
  small_require(hmfm_ensemble_checkpoint(first, &at[0], &error), &error);
  run_to(&second, &run, 0);
  small_require(hmfm_ensemble_restore(second, at[0].bytes, at[0].size, &error), &error);
  small_require(hmfm_ensemble_advance(second, 37, &error), &error);
  small_require(hmfm_ensemble_checkpoint(second, &at[1], &error), &error);
  small_require(hmfm_ensemble_checkpoint(whole, &at[2], &error), &error);
  ck_assert_uint_eq(at[1].size, at[2].size);
  ck_assert_mem_eq(at[1].bytes, at[2].bytes, at[1].size);
  hmfm_ensemble_destroy(second);
  run.anneal = 13;
  run_to(&second, &run, 0);
  ck_assert_int_eq(hmfm_ensemble_restore(second, at[0].bytes, at[0].size, &error), HMFM_EDATA);
  ck_assert_ptr_nonnull(strstr(error.message, "anneal 12, this run has 13"));
  for (int k = 0; k < 3; k++) hmfm_checkpoint_clear(&at[k]);
  hmfm_ensemble_destroy(whole);
  hmfm_ensemble_destroy(first);
  hmfm_ensemble_destroy(second);
  small_clear(&s);
}
END_TEST

START_TEST(a_mixing_without_paths_says_so) {
  hmfm_run run;
  hmfm_settings settings;
  hmfm_run_defaults(&run);
  hmfm_settings_defaults(&settings);
  settings.mixing = "hdp";
  run.anneal = 100;
  ck_assert_int_eq(hmfm_run_validate(&run, &settings, &error), HMFM_EUSAGE);
  ck_assert_ptr_nonnull(strstr(error.message, "mixing hdp"));
  settings.mixing = "hmfm";
  ck_assert_int_eq(hmfm_run_validate(&run, &settings, &error), HMFM_OK);
  run.anneal = (size_t)HMFM_LONGEST_PATH + 1;
  ck_assert_int_eq(hmfm_run_validate(&run, &settings, &error), HMFM_EUSAGE);
  hmfm_settings_clear(&settings);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("anneal");
  TCase *tests = tcase_create("anneal");
  tcase_add_test(tests, normal_guides_lead_from_the_guide_to_the_prior);
  tcase_add_test(tests, poisson_guides_lead_from_the_guide_to_the_prior);
  tcase_add_test(tests, guides_follow_their_density);
  tcase_add_loop_test(tests, a_path_is_taken_whole_or_not_at_all, 0, 2);
  tcase_add_test(tests, a_group_does_not_move_a_regression_of_all);
  tcase_add_loop_test(tests, paths_alone_walk_the_exact_law, 0, 4);
  tcase_add_test(tests, paths_survive_checkpoints);
  tcase_add_test(tests, a_mixing_without_paths_says_so);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
