/* The normal family: cluster statistics, predictives, marginals, scores, bounds and atoms, each against a
 * slow route from raw observations. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/vecmath.h"
#include "kernel/mixture.h"
#include "rng/philox.h"
#include "stat/slow.h"
#include "support_model.h"

static const slow_nig PRIOR = {0.7, 0.2, 3.5, 0.8};
static const small_shape SHAPE = {3, {12, 7, 30}, 3, 2};

static small s;
static gsl_rng *rng;

static void make(const small_shape *shape) {
  small_data(&s, shape, 12);
  small_set(&s, "mu0", PRIOR.mu0);
  small_set(&s, "k0", PRIOR.k0);
  small_set(&s, "nu0", PRIOR.nu0);
  small_set(&s, "s0", PRIOR.s0);
  small_set(&s, "lambda", 4.0);
  small_model(&s);
  small_state(&s, 3);
}

static void start(void) {
  rng = hmfm_stream_create(50, 0);
  make(&SHAPE);
}
static void finish(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

/* Residuals of all units of a slot but one (n_units: none is left out), then of `also`. */
static size_t gather(size_t slot, size_t but, size_t also, double *e) {
  size_t n = 0;
  for (size_t i = 0; i < s.dataset->n_units; i++) {
    if (i == but || (size_t)s.state->partition.allocation[i] != slot) continue;
    n += small_residuals(&s, i, e + n);
  }
  if (also < s.dataset->n_units) n += small_residuals(&s, also, e + n);
  return n;
}

static double marginal(size_t slot, size_t but, size_t also) {
  double e[1000];
  return slow_log_marginal(&PRIOR, gather(slot, but, also, e), e);
}

static void compute(void) {
  s.state->clusters_made = 0;
  hmfm_state_clusters(s.state);
}

START_TEST(log_marginal_by_chain_rule) {
  const hmfm_family *family = s.model->family;
  for (int t = 0; t < 10; t++) {
    small_scatter(&s, rng, 1 + (size_t)t, 0);
    compute();
    for (size_t m = 0; m < s.state->partition.n_slots; m++) {
      double fast = family->log_marginal(s.model->family_data, s.state->work, m);
      ck_assert_double_eq_tol(fast, marginal(m, SIZE_MAX, SIZE_MAX), 1e-10);
    }
  }
}
END_TEST

/* For each unit, taken out of its own cluster: log f = log m(S u i) - log m(S), for all clusters and an
 * empty slot. */
START_TEST(predict_is_a_ratio_of_marginals) {
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  double log_f[16], with[16];
  small_scatter(&s, rng, 5, 1);
  compute();
  const size_t K = state->partition.n_slots;
  family->cluster_clear(s.model->family_data, state->work, K);
  for (size_t i = 0; i < s.dataset->n_units; i++) {
    const size_t own = (size_t)state->partition.allocation[i];
    family->predict(s.model->family_data, state->work, i, own, 0, K + 1, with);
    family->cluster_remove(s.model->family_data, state->work, i, own);
    family->predict(s.model->family_data, state->work, i, HMFM_NO_SLOT, 0, K + 1, log_f);
    for (size_t m = 0; m <= K; m++) {
      double slow = marginal(m, i, i) - marginal(m, i, SIZE_MAX);
      ck_assert_double_eq_tol(log_f[m], slow, 1e-10);
      ck_assert_double_eq_tol(with[m], slow, 1e-10); /* while its own cluster has it, too */
    }
    double two[2];
    family->predict(s.model->family_data, state->work, i, HMFM_NO_SLOT, 1, 2,
                    two); /* a range of slots */
    ck_assert_double_eq(two[0], log_f[1]);
    ck_assert_double_eq(two[1], log_f[2]);
    family->cluster_add(s.model->family_data, state->work, i, own);
  }
}
END_TEST

/* 10^6 moves between clusters: statistics still give the marginals of what the clusters hold. */
START_TEST(moves_do_not_drift) {
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  hmfm_partition *partition = &state->partition;
  small_scatter(&s, rng, 4, 2);
  compute();
  const size_t slots = partition->n_slots;
  for (int t = 0; t < 1000000; t++) {
    size_t i = gsl_rng_uniform_int(rng, s.dataset->n_units);
    size_t from = (size_t)partition->allocation[i], to = gsl_rng_uniform_int(rng, slots);
    if (hmfm_partition_take(partition, i, s.dataset->unit_group[i])) {
      family->cluster_clear(s.model->family_data, state->work, from);
    } else {
      family->cluster_remove(s.model->family_data, state->work, i, from);
    }
    family->cluster_add(s.model->family_data, state->work, i, to);
    hmfm_partition_put(partition, i, s.dataset->unit_group[i], to);
  }
  for (size_t m = 0; m < slots; m++) {
    double fast = family->log_marginal(s.model->family_data, state->work, m);
    ck_assert_double_eq_tol(fast, marginal(m, SIZE_MAX, SIZE_MAX), 1e-7);
  }
}
END_TEST

START_TEST(merge_and_copy) {
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  small_scatter(&s, rng, 4, 3);
  compute();
  const size_t K = state->partition.n_slots;
  double e[1000];
  for (size_t a = 0; a < K; a++) {
    for (size_t b = 0; b < K; b++) {
      if (a == b) continue;
      family->cluster_merge(s.model->family_data, state->work, a, b, K);
      size_t n = gather(a, SIZE_MAX, SIZE_MAX, e);
      n += gather(b, SIZE_MAX, SIZE_MAX, e + n);
      ck_assert_double_eq_tol(family->log_marginal(s.model->family_data, state->work, K),
                              slow_log_marginal(&PRIOR, n, e), 1e-10);
    }
  }
  family->cluster_copy(state->work, 1, K + 1);
  ck_assert_double_eq(family->log_marginal(s.model->family_data, state->work, K + 1),
                      family->log_marginal(s.model->family_data, state->work, 1));
  family->cluster_clear(s.model->family_data, state->work, K + 1);
  ck_assert_double_eq_tol(family->log_marginal(s.model->family_data, state->work, K + 1), 0.0,
                          1e-14);
}
END_TEST

static double slow_density(size_t unit, double mu, double sigma2) {
  double e[16], sum = 0.0;
  size_t n = small_residuals(&s, unit, e);
  for (size_t h = 0; h < n; h++) {
    sum += -0.5 * log(2.0 * 3.14159265358979323846 * sigma2) -
           (e[h] - mu) * (e[h] - mu) / (2.0 * sigma2);
  }
  return sum;
}

/* Atoms that are far apart, and one that is so narrow that densities pass 1. */
static void set_atoms(size_t M) {
  hmfm_state *state = s.state;
  for (size_t m = 0; m < M; m++) {
    state->atom[m] = 6.0 * gsl_rng_uniform(rng) - 2.0;
    state->atom[state->capacity + m] = m == 0 ? 1e-4 : 0.3 + gsl_rng_uniform(rng);
    for (size_t j = 0; j < s.dataset->n_groups; j++) {
      state->log_weight[j * state->capacity + m] = -log((double)M);
    }
  }
  hmfm_mixture_prepare(state);
}

START_TEST(scores_are_log_densities) {
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  enum { M = 6 };
  double offset[M], bound[M], tile[M * HMFM_TILE];
  const int32_t list[M] = {3, 1, 5, 0, 2, 4};
  small_scatter(&s, rng, 3, 3);
  set_atoms(M);
  for (int m = 0; m < M; m++) offset[m] = -0.3 * m;
  for (size_t j = 0; j < s.dataset->n_groups; j++) {
    const hmfm_span units = hmfm_piece_span(&state->model->pieces, j); /* each in one */
    const size_t lanes = (units.count + 7) / 8 * 8;
    family->score_bounds(s.model->family_data, state->work, j, M, bound);
    family->score_load(s.model->family_data, state->work, HMFM_CURRENT, units, state->desk->lane);
    for (int with = 0; with < 2; with++) {
      family->score(state->work, state->desk->lane, lanes, M, list, with ? offset : NULL, tile);
      for (size_t k = 0; k < M; k++) {
        for (size_t l = 0; l < lanes; l++) {
          ck_assert(isfinite(tile[k * HMFM_TILE + l]));
          if (l >= units.count) continue;
          const size_t i = hmfm_span_unit(units, l), m = (size_t)list[k];
          double slow = slow_density(i, state->atom[m], state->atom[state->capacity + m]);
          double scale = 1.0 + fabs(slow);
          ck_assert_double_eq_tol(tile[k * HMFM_TILE + l], slow + (with ? offset[m] : 0.0),
                                  1e-12 * scale);
          ck_assert_double_ge(bound[m] + 1e-12 * scale, slow);
        }
      }
    }
  }
}
END_TEST

START_TEST(log_density_adds_up) {
  hmfm_state *state = s.state;
  small_scatter(&s, rng, 3, 1);
  set_atoms(4);
  double slow = 0.0;
  for (size_t i = 5; i < 40; i++) {
    const int32_t m = state->partition.allocation[i];
    slow += slow_density(i, state->atom[m], state->atom[state->capacity + (size_t)m]);
  }
  const hmfm_span units = {NULL, 5, 35};
  double fast = s.model->family->log_density(s.model->family_data, state->work,
                                             state->partition.allocation, units);
  ck_assert_double_eq_tol(fast, slow, 1e-9 * fabs(slow));
}
END_TEST

/* precision and shift are derivatives of the log likelihood in beta, observation by observation. */
START_TEST(moments_from_rows) {
  hmfm_state *state = s.state;
  const hmfm_dataset *data = s.dataset;
  double precision[4] = {0}, shift[2] = {0}, slow[4] = {0}, slow_shift[2] = {0}, gram[4] = {0},
         slow_gram[4] = {0};
  small_scatter(&s, rng, 3, 1);
  set_atoms(4);
  const hmfm_span units = {NULL, 3, 20};
  s.model->family->moments(s.model->family_data, state->work, state->partition.allocation, units,
                           precision, shift);
  s.model->family->gram(s.model->family_data, units, gram);
  for (size_t h = data->unit_start[3]; h < data->unit_start[23]; h++) {
    size_t i = 3;
    while (data->unit_start[i + 1] <= h) i++;
    const size_t m = (size_t)state->partition.allocation[i];
    const double *x = data->x + 2 * h, sigma2 = state->atom[state->capacity + m];
    for (int k = 0; k < 2; k++) {
      slow_shift[k] += x[k] * (data->y[h] - state->atom[m]) / sigma2;
      for (int l = 0; l <= k; l++) {
        slow[2 * k + l] += x[k] * x[l] / sigma2;
        slow_gram[2 * k + l] += x[k] * x[l];
      }
    }
  }
  for (int k = 0; k < 4; k++) {
    if (k == 1) continue; /* the upper triangle is not said */
    ck_assert_double_eq_tol(precision[k], slow[k], 1e-10 * (1 + fabs(slow[k])));
    ck_assert_double_eq_tol(gram[k], slow_gram[k], 1e-10);
  }
  for (int k = 0; k < 2; k++) {
    ck_assert_double_eq_tol(shift[k], slow_shift[k], 1e-10 * (1 + fabs(slow_shift[k])));
  }
}
END_TEST

START_TEST(proposed_residuals_become_current) {
  hmfm_state *state = s.state;
  const hmfm_family *family = s.model->family;
  const hmfm_pieces *all = &state->model->pieces;
  const hmfm_span group = hmfm_piece_span(all, 1);
  const double beta[2] = {1.25, -0.75};
  double before[2], after[2];
  small_scatter(&s, rng, 3, 1);
  set_atoms(4);
  before[0] = hmfm_mixture_log_likelihood(state, all, 1, 2, HMFM_CURRENT, NULL);
  family->residuals(s.model->family_data, state->work, HMFM_PROPOSED, group, beta);
  after[0] = hmfm_mixture_log_likelihood(state, all, 1, 2, HMFM_PROPOSED, NULL);
  ck_assert_double_eq(hmfm_mixture_log_likelihood(state, all, 1, 2, HMFM_CURRENT, NULL), before[0]);
  family->accept(state->work, group);
  after[1] = hmfm_mixture_log_likelihood(state, all, 1, 2, HMFM_CURRENT, NULL);
  ck_assert_double_eq(after[0], after[1]);
  ck_assert_double_ne(before[0], after[0]);
  memcpy(state->beta + 2, beta, sizeof beta); /* and they are those of beta */
  double slow = 0.0, e[16];
  for (size_t i = s.dataset->group_start[1]; i < s.dataset->group_start[2]; i++) {
    double sum = 0.0;
    small_residuals(&s, i, e);
    for (size_t m = 0; m < 4; m++) {
      sum += exp(slow_density(i, state->atom[m], state->atom[state->capacity + m])) / 4;
    }
    slow += log(sum);
  }
  ck_assert_double_eq_tol(after[1], slow, 1e-9 * fabs(slow));
}
END_TEST

/* ---- atoms ---- */

enum { N = 20000 };
static double value[N];

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Kolmogorov's distance times sqrt(N) of uniforms; above 2.6 with probability 3e-6. */
static double distance_from_uniform(void) {
  double d = 0.0;
  qsort(value, N, sizeof *value, ascending);
  for (int k = 0; k < N; k++) {
    d = fmax(d, fmax(value[k] - (double)k / N, (double)(k + 1) / N - value[k]));
  }
  return d * sqrt((double)N);
}

/* Atoms of a cluster have the NIG posterior, those of an empty slot P0: sigma2 through its inverse gamma
 * law, and mu given sigma2 through its normal law. */
START_TEST(atoms_have_their_laws) {
  hmfm_state *state = s.state;
  const hmfm_family *family = s.model->family;
  double e[1000], mean = 0.0, square = 0.0;
  small_scatter(&s, rng, 2, 1);
  compute();
  const size_t n = gather(0, SIZE_MAX, SIZE_MAX, e), K = state->partition.n_slots;
  family->cluster_clear(s.model->family_data, state->work, K);
  for (size_t h = 0; h < n; h++) mean += e[h] / (double)n;
  for (size_t h = 0; h < n; h++) square += (e[h] - mean) * (e[h] - mean);
  for (int slot = 0; slot < 2; slot++) { /* cluster 0, then the empty slot */
    const double c = slot ? 0.0 : (double)n, k = PRIOR.k0 + c, nu = PRIOR.nu0 + c;
    const double mu = (PRIOR.k0 * PRIOR.mu0 + (slot ? 0.0 : c * mean)) / k;
    const double gap = mean - PRIOR.mu0;
    const double ss = PRIOR.nu0 * PRIOR.s0 + (slot ? 0.0 : square + PRIOR.k0 * c / k * gap * gap);
    static double sigma2[N], location[N];
    for (int t = 0; t < N; t++) {
      family->draw_atoms(s.model->family_data, state->work, rng, K + 1, state->atom,
                         state->capacity);
      location[t] = state->atom[slot ? K : 0];
      sigma2[t] = state->atom[state->capacity + (slot ? K : 0)];
    }
    for (int t = 0; t < N; t++) value[t] = gsl_cdf_gamma_Q(ss / sigma2[t], 0.5 * nu, 2.0);
    ck_assert_double_lt(distance_from_uniform(), 2.6);
    for (int t = 0; t < N; t++) {
      value[t] = gsl_cdf_ugaussian_P((location[t] - mu) / sqrt(sigma2[t] / k));
    }
    ck_assert_double_lt(distance_from_uniform(), 2.6);
  }
}
END_TEST

START_TEST(responses_have_their_law) {
  const double atom[] = {-1.5, 4.0};
  double drawn[2];
  for (int t = 0; t < N; t++) {
    value[t] =
        gsl_cdf_ugaussian_P((s.model->family->draw_response(rng, atom, 10.0, 1.0) - 8.5) / 2.0);
  }
  ck_assert_double_lt(distance_from_uniform(), 2.6);
  ck_assert_double_eq(s.model->family->mean(atom, 10.0, 3.0), 8.5);
  ck_assert_double_eq(s.model->family->variance(atom, 10.0, 3.0), 4.0);
  for (int t = 0; t < N; t++) {
    s.model->family->draw_prior_atom(s.model->family_data, rng, drawn);
    value[t] = gsl_cdf_ugaussian_P((drawn[0] - PRIOR.mu0) / sqrt(drawn[1] / PRIOR.k0));
  }
  ck_assert_double_lt(distance_from_uniform(), 2.6);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("family_normal");
  TCase *all = tcase_create("family_normal");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, log_marginal_by_chain_rule);
  tcase_add_test(all, predict_is_a_ratio_of_marginals);
  tcase_add_test(all, moves_do_not_drift);
  tcase_add_test(all, merge_and_copy);
  tcase_add_test(all, scores_are_log_densities);
  tcase_add_test(all, log_density_adds_up);
  tcase_add_test(all, moments_from_rows);
  tcase_add_test(all, proposed_residuals_become_current);
  tcase_add_test(all, atoms_have_their_laws);
  tcase_add_test(all, responses_have_their_law);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
