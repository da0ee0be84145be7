/* The Poisson-gamma family: cluster statistics, predictives, marginals, scores, bounds and atoms, each
 * against a slow route from raw counts; extreme counts and exposures; what it refuses and remarks on. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vecmath.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "rng/philox.h"
#include "stat/slow.h"
#include "support_model.h"

enum { UNITS = 46, MOST_ROWS = 3 * UNITS, GROUPS = 3 };
static const size_t SIZE[GROUPS] = {12, 6, 28};
static const double RATE_MEAN = 1.7, RATE_SHAPE = 0.8;
static const slow_gamma PRIOR = {0.8, 0.8 / 1.7};

static small s;
static gsl_rng *rng;

/* ---- data ---- */

static char unit_name[MOST_ROWS][24];
static const char *group[MOST_ROWS], *unit[MOST_ROWS];
static double y[MOST_ROWS], e[MOST_ROWS];

/* Fills group and unit: unit i has 1, 2, 3, 1, .. observations. Returns how many rows there are. */
static size_t lay_out(void) {
  static const char *const name[GROUPS] = {"1", "2", "3"};
  size_t n = 0, i = 0;
  for (size_t j = 0; j < GROUPS; j++) {
    for (size_t k = 0; k < SIZE[j]; k++, i++) {
      snprintf(unit_name[i], sizeof unit_name[i], "%zu", i);
      for (size_t h = 0; h <= i % 3; h++, n++) {
        group[n] = name[j];
        unit[n] = unit_name[i];
      }
    }
  }
  return n;
}

static hmfm_columns columns_of(size_t n, int exposed) {
  return (hmfm_columns){.n_rows = n,
                        .group = group,
                        .unit = unit,
                        .response_name = "cases",
                        .response = y,
                        .exposure = exposed ? e : NULL};
}

static void dataset_of(size_t n, int exposed) {
  hmfm_error error;
  hmfm_columns columns = columns_of(n, exposed);
  s = (small){0};
  hmfm_settings_defaults(&s.settings);
  s.settings.family = "poisson";
  small_require(hmfm_dataset_create(&columns, NULL, &s.dataset, &error), &error);
}

static void draw_counts(int exposed) {
  const double rate[] = {0.02, 1.0, 9.0};
  const size_t n = lay_out();
  for (size_t h = 0; h < n; h++) {
    e[h] = exposed ? 0.2 + 3.0 * gsl_rng_uniform(rng) : 1.0;
    y[h] = gsl_ran_poisson(rng, e[h] * rate[gsl_rng_uniform_int(rng, 3)]);
  }
  dataset_of(n, exposed);
}

static void start_model(void) {
  small_set(&s, "rate-mean", RATE_MEAN);
  small_set(&s, "rate-shape", RATE_SHAPE);
  small_set(&s, "lambda", 4.0);
  small_model(&s);
  small_state(&s, 3);
}

static void start(void) {
  rng = hmfm_stream_create(50, 0);
  draw_counts(1);
  start_model();
}
static void finish(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

/* Counts and exposures of all units of a slot but one (n_units: none is left out), then of `also`. */
static size_t gather(size_t slot, size_t but, size_t also, double *count, double *exposure) {
  const hmfm_dataset *data = s.dataset;
  size_t n = 0;
  for (size_t i = 0; i <= data->n_units; i++) {
    const size_t who = i < data->n_units ? i : also;
    if (who >= data->n_units) continue;
    if (i < data->n_units && (i == but || (size_t)s.state->partition.allocation[i] != slot))
      continue;
    for (size_t h = data->unit_start[who]; h < data->unit_start[who + 1]; h++, n++) {
      count[n] = data->y[h];
      exposure[n] = data->exposure ? data->exposure[h] : 1.0;
    }
  }
  return n;
}

static double marginal(size_t slot, size_t but, size_t also) {
  double count[2 * MOST_ROWS], exposure[2 * MOST_ROWS];
  size_t n = gather(slot, but, also, count, exposure);
  return slow_log_marginal_counts(&PRIOR, n, count, exposure);
}

static double fast_marginal(size_t slot) {
  return s.model->family->log_marginal(s.model->family_data, s.state->work, slot);
}

static void compute(void) {
  s.state->clusters_made = 0;
  hmfm_state_clusters(s.state);
}

/* ---- clusters ---- */

START_TEST(log_marginal_by_chain_rule) {
  for (int t = 0; t < 10; t++) {
    small_scatter(&s, rng, 1 + (size_t)t, 0);
    compute();
    for (size_t m = 0; m < s.state->partition.n_slots; m++) {
      double slow = marginal(m, SIZE_MAX, SIZE_MAX);
      ck_assert_double_eq_tol(fast_marginal(m), slow, 1e-12 * (1.0 + fabs(slow)));
    }
  }
}
END_TEST

typedef struct integrand {
  size_t n;
  const double *count, *exposure;
  double top;
} integrand;

/* Likelihood times prior of log theta, by GSL's densities. */
static double at(double log_theta, void *context) {
  const integrand *f = context;
  const double theta = exp(log_theta);
  double sum = log_theta + log(gsl_ran_gamma_pdf(theta, PRIOR.a, 1.0 / PRIOR.b)) - f->top;
  for (size_t h = 0; h < f->n; h++)
    sum += log(gsl_ran_poisson_pdf((unsigned)f->count[h], theta * f->exposure[h]));
  return exp(sum);
}

START_TEST(log_marginal_by_quadrature) {
  double count[MOST_ROWS], exposure[MOST_ROWS], value, error;
  gsl_integration_workspace *space = gsl_integration_workspace_alloc(2000);
  small_scatter(&s, rng, 12, 0);
  compute();
  for (size_t m = 0; m < s.state->partition.n_slots; m++) {
    integrand f = {gather(m, SIZE_MAX, SIZE_MAX, count, exposure), count, exposure,
                   fast_marginal(m)};
    gsl_function F = {at, &f};
    gsl_integration_qag(&F, -40.0, 5.0, 0.0, 1e-10, 2000, GSL_INTEG_GAUSS31, space, &value, &error);
    ck_assert_double_eq_tol(value, 1.0, 1e-8);
  }
  gsl_integration_workspace_free(space);
}
END_TEST

/* For each unit, taken out of its own cluster: log f = log m(S u i) - log m(S), for all clusters and an
 * empty slot. */
START_TEST(predict_is_a_ratio_of_marginals) {
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  double log_f[16], with[16], two[2];
  size_t zeros = 0;
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
    zeros += s.dataset->y[s.dataset->unit_start[i]] == 0.0;
    family->predict(s.model->family_data, state->work, i, HMFM_NO_SLOT, 1, 2,
                    two); /* a range of slots */
    ck_assert_double_eq(two[0], log_f[1]);
    ck_assert_double_eq(two[1], log_f[2]);
    family->cluster_add(s.model->family_data, state->work, i, own);
  }
  ck_assert_uint_gt(zeros, 5); /* units without a count go another way */
}
END_TEST

static void move_units(int times, size_t slots) {
  const hmfm_family *family = s.model->family;
  hmfm_partition *partition = &s.state->partition;
  for (int t = 0; t < times; t++) {
    size_t i = gsl_rng_uniform_int(rng, s.dataset->n_units);
    size_t from = (size_t)partition->allocation[i], to = gsl_rng_uniform_int(rng, slots);
    if (hmfm_partition_take(partition, i, s.dataset->unit_group[i])) {
      family->cluster_clear(s.model->family_data, s.state->work, from);
    } else {
      family->cluster_remove(s.model->family_data, s.state->work, i, from);
    }
    family->cluster_add(s.model->family_data, s.state->work, i, to);
    hmfm_partition_put(partition, i, s.dataset->unit_group[i], to);
  }
}

/* 10^6 moves between clusters: statistics still give the marginals of what the clusters hold. */
START_TEST(moves_do_not_drift) {
  small_scatter(&s, rng, 4, 2);
  compute();
  const size_t slots = s.state->partition.n_slots;
  move_units(1000000, slots);
  for (size_t m = 0; m < slots; m++)
    ck_assert_double_eq_tol(fast_marginal(m), marginal(m, SIZE_MAX, SIZE_MAX), 1e-8);
}
END_TEST

/* With whole exposures the sums are exact, so predictions are those of statistics made anew. */
START_TEST(whole_exposures_are_exact) {
  double moved[UNITS][8], anew[8];
  small_clear(&s);
  draw_counts(0);
  start_model();
  small_scatter(&s, rng, 4, 2);
  compute();
  const size_t slots = s.state->partition.n_slots;
  move_units(100000, slots);
  for (size_t i = 0; i < UNITS; i++)
    s.model->family->predict(s.model->family_data, s.state->work, i, HMFM_NO_SLOT, 0, slots,
                             moved[i]);
  compute();
  for (size_t i = 0; i < UNITS; i++) {
    s.model->family->predict(s.model->family_data, s.state->work, i, HMFM_NO_SLOT, 0, slots, anew);
    for (size_t m = 0; m < slots; m++) ck_assert_double_eq(moved[i][m], anew[m]);
  }
}
END_TEST

START_TEST(merge_and_copy) {
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  double count[2 * MOST_ROWS], exposure[2 * MOST_ROWS];
  small_scatter(&s, rng, 4, 3);
  compute();
  const size_t K = state->partition.n_slots;
  for (size_t a = 0; a < K; a++) {
    for (size_t b = 0; b < K; b++) {
      if (a == b) continue;
      family->cluster_merge(s.model->family_data, state->work, a, b, K);
      size_t n = gather(a, SIZE_MAX, SIZE_MAX, count, exposure);
      n += gather(b, SIZE_MAX, SIZE_MAX, count + n, exposure + n);
      ck_assert_double_eq_tol(fast_marginal(K),
                              slow_log_marginal_counts(&PRIOR, n, count, exposure), 1e-10);
    }
  }
  family->cluster_copy(state->work, 1, K + 1);
  ck_assert_double_eq(fast_marginal(K + 1), fast_marginal(1));
  family->cluster_clear(s.model->family_data, state->work, K + 1);
  ck_assert_double_eq(fast_marginal(K + 1), 0.0);
}
END_TEST

/* ---- scores ---- */

static double slow_density(size_t i, double theta) {
  double sum = 0.0;
  for (size_t h = s.dataset->unit_start[i]; h < s.dataset->unit_start[i + 1]; h++)
    sum += log(gsl_ran_poisson_pdf((unsigned)s.dataset->y[h], theta * s.dataset->exposure[h]));
  return sum;
}

static void set_atoms(size_t n) {
  const double rate[] = {1.3, 0.02, 4.0, 11.0, 0.5, 1.1};
  memcpy(s.state->atom, rate, n * sizeof *rate);
  s.state->n_components = n;
  hmfm_mixture_prepare(s.state);
}

START_TEST(scores_are_log_densities) {
  enum { M = 6 };
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
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
          const size_t m = (size_t)list[k];
          double slow = slow_density(hmfm_span_unit(units, l), state->atom[m]);
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

/* The bound of a group is what its likeliest unit can reach: no looser. */
START_TEST(bounds_are_reached) {
  double bound;
  for (size_t j = 0; j < GROUPS; j++) {
    double best = -INFINITY;
    for (size_t i = s.dataset->group_start[j]; i < s.dataset->group_start[j + 1]; i++) {
      double S = 0.0, E = 0.0;
      for (size_t h = s.dataset->unit_start[i]; h < s.dataset->unit_start[i + 1]; h++) {
        S += s.dataset->y[h];
        E += s.dataset->exposure[h];
      }
      best = fmax(best, S > 0.0 ? slow_density(i, S / E) : 0.0);
    }
    s.model->family->score_bounds(s.model->family_data, s.state->work, j, 1, &bound);
    ck_assert_double_eq_tol(bound, best, 1e-12);
  }
}
END_TEST

START_TEST(log_density_adds_up) {
  hmfm_state *state = s.state;
  small_scatter(&s, rng, 3, 1);
  set_atoms(4);
  double slow = 0.0;
  for (size_t i = 5; i < 40; i++)
    slow += slow_density(i, state->atom[state->partition.allocation[i]]);
  const hmfm_span units = {NULL, 5, 35};
  double fast = s.model->family->log_density(s.model->family_data, state->work,
                                             state->partition.allocation, units);
  ck_assert_double_eq_tol(fast, slow, 1e-9 * fabs(slow));
}
END_TEST

/* ---- atoms and responses ---- */

enum { N = 20000 };
static double value[N];

static int ascending(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return (p > q) - (p < q);
}

/* Kolmogorov's distance times sqrt(N) of uniforms; above 2.6 with probability 3e-6. */
static double distance_from_uniform(void) {
  double d = 0.0;
  qsort(value, N, sizeof *value, ascending);
  for (int k = 0; k < N; k++)
    d = fmax(d, fmax(value[k] - (double)k / N, (double)(k + 1) / N - value[k]));
  return d * sqrt((double)N);
}

/* Atoms of a cluster have the gamma posterior, those of an empty slot P0. */
START_TEST(atoms_have_their_laws) {
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  double count[MOST_ROWS], exposure[MOST_ROWS], drawn;
  small_scatter(&s, rng, 2, 1);
  compute();
  const size_t n = gather(0, SIZE_MAX, SIZE_MAX, count, exposure), K = state->partition.n_slots;
  double a = PRIOR.a, b = PRIOR.b;
  for (size_t h = 0; h < n; h++) a += count[h], b += exposure[h];
  family->cluster_clear(s.model->family_data, state->work, K);
  static double empty[N];
  for (int t = 0; t < N; t++) {
    family->draw_atoms(s.model->family_data, state->work, rng, K + 1, state->atom, state->capacity);
    value[t] = gsl_cdf_gamma_P(state->atom[0], a, 1.0 / b);
    empty[t] = gsl_cdf_gamma_P(state->atom[K], PRIOR.a, 1.0 / PRIOR.b);
  }
  ck_assert_double_lt(distance_from_uniform(), 2.6);
  memcpy(value, empty, sizeof empty);
  ck_assert_double_lt(distance_from_uniform(), 2.6);
  for (int t = 0; t < N; t++) {
    family->draw_prior_atom(s.model->family_data, rng, &drawn);
    value[t] = gsl_cdf_gamma_P(drawn, PRIOR.a, 1.0 / PRIOR.b);
  }
  ck_assert_double_lt(distance_from_uniform(), 2.6);
}
END_TEST

/* Counts by their distribution function, made continuous by a uniform; 6.1e9, which takes 33 bits, goes in parts. */
START_TEST(responses_have_their_law) {
  const hmfm_family *family = s.model->family;
  const double rate = 1.25, exposure = 3.0, large = 6.1e9;
  for (int t = 0; t < N; t++) {
    const double k = family->draw_response(rng, &rate, 100.0, exposure);
    ck_assert(k >= 0.0 && k == floor(k));
    const double below = k > 0.0 ? gsl_cdf_poisson_P((unsigned)k - 1, 3.75) : 0.0;
    value[t] = below + gsl_rng_uniform(rng) * gsl_ran_poisson_pdf((unsigned)k, 3.75);
  }
  ck_assert_double_lt(distance_from_uniform(), 2.6);
  for (int t = 0; t < N; t++) {
    const double k = family->draw_response(rng, &large, 0.0, 1.0);
    value[t] = gsl_cdf_ugaussian_P((k - large) / sqrt(large));
  }
  ck_assert_double_lt(distance_from_uniform(), 2.6);
  ck_assert_double_eq(family->mean(&rate, 100.0, exposure), 3.75);
  ck_assert_double_eq(family->variance(&rate, 100.0, exposure), 3.75);
  const double zero = 0.0, negative = -1.0, huge = 1e13;
  ck_assert_double_eq(family->draw_response(rng, &zero, 0.0, 2.0), 0.0);
  ck_assert_double_nan(family->draw_response(rng, &negative, 0.0, 1.0));
  ck_assert_double_nan(family->draw_response(rng, &huge, 0.0, 1.0));
}
END_TEST

/* ---- extremes ---- */

/* log f in extended precision. */
static double long_predict(double a, double b, double S, double E, double count, double exposure) {
  long double A = (long double)a + (long double)S, B = (long double)b + (long double)E;
  long double t = lgammal(A + (long double)count) - lgammal(A) + A * logl(B) -
                  (A + (long double)count) * logl(B + (long double)exposure) +
                  (long double)count * logl((long double)exposure) -
                  lgammal((long double)count + 1);
  return (double)t;
}

/* Counts from none to 1e9 at rates from 1e-9 to 1e9, each in a cluster of each; one unit a row. */
START_TEST(extreme_counts_and_exposures) {
  const double count[] = {0, 0, 1, 7, 8, 1e9, 1e9, 123456789, 3},
               exposure[] = {1e-9, 1e9, 1e-9, 1, 1e9, 1e9, 1, 1e3, 1e9};
  enum { CASES = 9 };
  const hmfm_family *family = s.model->family;
  double log_f[CASES + 1];
  small_clear(&s);
  for (size_t h = 0; h < CASES; h++) {
    group[h] = "1";
    unit[h] = unit_name[h];
    y[h] = count[h];
    e[h] = exposure[h];
  }
  dataset_of(CASES, 1);
  start_model();
  const double b = RATE_SHAPE / RATE_MEAN;
  int32_t alone[CASES];
  hmfm_error error;
  for (int32_t i = 0; i < CASES; i++) alone[i] = i;
  small_require(hmfm_state_set_partition(s.state, alone, CASES, CASES + 1, &error), &error);
  for (size_t i = 0; i < CASES; i++) {
    compute();
    family->cluster_clear(s.model->family_data, s.state->work, CASES);
    family->predict(s.model->family_data, s.state->work, i, HMFM_NO_SLOT, 0, CASES + 1, log_f);
    for (size_t m = 0; m <= CASES; m++) {
      const double S = m < CASES ? count[m] : 0.0, E = m < CASES ? exposure[m] : 0.0;
      double slow = long_predict(RATE_SHAPE, b, S, E, count[i], exposure[i]);
      ck_assert_double_eq_tol(log_f[m], slow, 1e-9 + 1e-14 * (S + count[i]) + 1e-12 * fabs(slow));
    }
  }
  for (int t = 0; t < 200; t++) {
    family->draw_atoms(s.model->family_data, s.state->work, rng, CASES + 1, s.state->atom,
                       s.state->capacity);
    for (size_t m = 0; m <= CASES; m++)
      ck_assert(s.state->atom[m] > 0.0 && isfinite(s.state->atom[m]));
  }
}
END_TEST

/* Of a small exposure that was rounded in a large one, no less than nothing may stay, or a prior rate b
 * smaller still would turn negative. */
START_TEST(nothing_less_than_nothing_stays) {
  enum { CASES = 9 };
  const hmfm_family *family = s.model->family;
  double log_f;
  small_clear(&s);
  for (size_t h = 0; h < CASES; h++) {
    group[h] = "1";
    unit[h] = unit_name[h];
    y[h] = 0.0;
    e[h] = h == 0 ? 1e9 : 0.1 * (double)h;
  }
  dataset_of(CASES, 1);
  small_set(&s, "rate-mean", 1e9);
  small_model(&s);
  small_state(&s, 3);
  for (size_t i = 1; i < CASES; i++) {
    family->cluster_clear(s.model->family_data, s.state->work, 0);
    family->cluster_add(s.model->family_data, s.state->work, 0, 0);
    family->cluster_add(s.model->family_data, s.state->work, i, 0);
    family->cluster_remove(s.model->family_data, s.state->work, 0, 0);
    family->cluster_remove(s.model->family_data, s.state->work, i, 0);
    family->predict(s.model->family_data, s.state->work, i, HMFM_NO_SLOT, 0, 1, &log_f);
    /* -a log((b + E + e)/(b + E)), E between nothing and a rounding of 1e9 */
    ck_assert_double_ge(log_f, -log1p(e[i] / 1e-9) - 1e-12);
    ck_assert_double_le(log_f, -log1p(e[i] / 1.3e-7));
  }
}
END_TEST

/* A tiny shape: rates far below the smallest double are drawn, and scores stay numbers. */
START_TEST(rates_do_not_underflow) {
  small_clear(&s);
  draw_counts(1);
  small_set(&s, "rate-shape", 1e-4);
  small_model(&s);
  small_state(&s, 3);
  hmfm_state *state = s.state;
  const hmfm_family *family = s.model->family;
  double tile[2 * HMFM_TILE], least = 1.0, drawn;
  const int32_t list[] = {0, 1};
  for (int t = 0; t < 200; t++) {
    family->draw_prior_atom(s.model->family_data, rng, &drawn);
    least = fmin(least, drawn);
  }
  ck_assert(least > 0.0 && least < 1e-290);
  state->atom[0] = least;
  state->atom[1] = 1e290;
  small_scatter(&s, rng, 2, 0);
  state->n_components = 2;
  hmfm_mixture_prepare(state);
  const hmfm_span units = hmfm_piece_span(&state->model->pieces, 0);
  family->score_load(s.model->family_data, state->work, HMFM_CURRENT, units, state->desk->lane);
  family->score(state->work, state->desk->lane, 16, 2, list, NULL, tile);
  for (size_t l = 0; l < units.count; l++)
    ck_assert(isfinite(tile[l]) && isfinite(tile[HMFM_TILE + l]));
}
END_TEST

START_TEST(prior_only_says_nothing) {
  hmfm_error error;
  small_clear(&s);
  draw_counts(1);
  s.settings.prior_only = 1;
  start_model();
  const hmfm_family *family = s.model->family;
  hmfm_state *state = s.state;
  double log_f[50];
  hmfm_state_clusters(state);
  for (size_t i = 0; i < UNITS; i++) {
    family->predict(s.model->family_data, state->work, i, HMFM_NO_SLOT, 0, state->partition.n_slots,
                    log_f);
    for (size_t m = 0; m < state->partition.n_slots; m++) ck_assert_double_eq(log_f[m], 0.0);
  }
  for (size_t m = 0; m < state->partition.n_slots; m++) ck_assert_double_eq(fast_marginal(m), 0.0);
  ck_assert_int_eq(hmfm_kernel_complete(state, 1, &error), HMFM_OK);
  for (size_t i = 0; i < UNITS; i++) ck_assert_double_eq_tol(state->unit_log_lik[i], 0.0, 1e-15);
}
END_TEST

/* ---- what it says ---- */

static void expect_refused(size_t n, int exposed, hmfm_status status, const char *message) {
  hmfm_error error;
  hmfm_model *model = NULL;
  small_clear(&s);
  dataset_of(n, exposed);
  ck_assert_int_eq(hmfm_model_create(s.dataset, &s.settings, NULL, &model, &error), status);
  ck_assert_str_eq(error.message, message);
  ck_assert_ptr_null(model);
}

START_TEST(refuses_what_is_no_count) {
  const size_t n = lay_out();
  const double bad[] = {2.5, -1.0, 1e-300};
  const char *const message[] = {
      "cases must be a whole number >= 0 for family poisson, got 2.5 (group '1', unit '3')",
      "cases must be a whole number >= 0 for family poisson, got -1 (group '1', unit '3')",
      "cases must be a whole number >= 0 for family poisson, got 1e-300 (group '1', unit '3')"};
  for (size_t k = 0; k < 3; k++) {
    y[6] = bad[k]; /* of unit 3 */
    expect_refused(n, 1, HMFM_EDATA, message[k]);
  }
  y[6] = 1.5e12;
  expect_refused(n, 0, HMFM_EDATA,
                 "the counts in cases sum to 1.5e+12, more than the 1e+12 that family poisson can "
                 "tell apart");
}
END_TEST

START_TEST(refuses_what_it_cannot_use) {
  const size_t n = lay_out();
  hmfm_error error;
  hmfm_model *model = NULL;
  y[6] = 1;
  small_clear(&s);
  dataset_of(n, 1);
  s.settings.family = "normal";
  ck_assert_int_eq(hmfm_model_create(s.dataset, &s.settings, NULL, &model, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "family normal takes no exposure");
  s.settings.family = "poisson";
  small_set(&s, "k0", 1.0);
  ck_assert_int_eq(hmfm_model_create(s.dataset, &s.settings, NULL, &model, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "k0 is no parameter of family poisson with mixing hmfm");
  small_clear(&s);
  dataset_of(n, 1);
  small_set(&s, "rate-mean", 1e200);
  small_set(&s, "rate-shape", 1e-200);
  ck_assert_int_eq(hmfm_model_create(s.dataset, &s.settings, NULL, &model, &error), HMFM_EDATA);
  ck_assert_str_eq(error.message,
                   "rate-mean 1e+200 with rate-shape 1e-200 is no prior that can be computed with");
}
END_TEST

static double in_force(const char *name) {
  const hmfm_settings *settings = hmfm_model_settings(s.model);
  for (size_t k = 0; k < settings->n_settings; k++)
    if (strcmp(settings->setting[k].parameter->name, name) == 0)
      return settings->setting[k].value[0];
  return NAN;
}

START_TEST(defaults_from_the_counts) {
  const size_t n = lay_out();
  double count = 0.0, exposure = 0.0;
  small_clear(&s);
  draw_counts(1);
  small_model(&s);
  for (size_t h = 0; h < n; h++) count += y[h], exposure += e[h];
  ck_assert_double_eq_tol(in_force("rate-mean"), count / exposure, 1e-14 * count);
  ck_assert_double_eq(in_force("rate-shape"), 1.0);
  ck_assert_uint_eq(s.notes.count, 0);
  small_clear(&s);
  for (size_t h = 0; h < n; h++) y[h] = 0.0, e[h] = 4.0;
  dataset_of(n, 1);
  small_model(&s);
  ck_assert_double_eq(in_force("rate-mean"), 0.25);
  ck_assert_uint_eq(s.notes.count, 1);
  ck_assert_str_eq(
      s.notes.text[0],
      "all counts in cases are 0, so rate-mean was set to 0.25, one for an average exposure");
  small_clear(&s);
  y[0] = (double)n;
  dataset_of(n, 0);
  small_set(&s, "rate-mean", 101.0);
  small_model(&s);
  ck_assert_str_eq(s.notes.text[0],
                   "rate-mean = 101, the prior mean of the rates, is more than 100 times the rate "
                   "1 of all counts in cases together: is it in the right units? Give --rate-mean "
                   "about the rate "
                   "you expect");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("family_poisson");
  TCase *all = tcase_create("family_poisson");
  tcase_set_timeout(all, 30);
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, log_marginal_by_chain_rule);
  tcase_add_test(all, log_marginal_by_quadrature);
  tcase_add_test(all, predict_is_a_ratio_of_marginals);
  tcase_add_test(all, moves_do_not_drift);
  tcase_add_test(all, whole_exposures_are_exact);
  tcase_add_test(all, merge_and_copy);
  tcase_add_test(all, scores_are_log_densities);
  tcase_add_test(all, bounds_are_reached);
  tcase_add_test(all, log_density_adds_up);
  tcase_add_test(all, atoms_have_their_laws);
  tcase_add_test(all, responses_have_their_law);
  tcase_add_test(all, extreme_counts_and_exposures);
  tcase_add_test(all, nothing_less_than_nothing_stays);
  tcase_add_test(all, rates_do_not_underflow);
  tcase_add_test(all, prior_only_says_nothing);
  tcase_add_test(all, refuses_what_is_no_count);
  tcase_add_test(all, refuses_what_it_cannot_use);
  tcase_add_test(all, defaults_from_the_counts);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
