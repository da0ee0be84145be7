/* The HDP mixing: settings, and tables, concentrations, shares, empty components and weights against their
 * laws, by sums and integrals that share nothing with the library. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/mixing_hdp.h"
#include "rng/philox.h"
#include "stat/slow.h"
#include "support_law.h"
#include "support_model.h"

enum { N = 10000, GROUPS = 3, UNITS = 27 };
static const small_shape SHAPE = {GROUPS, {9, 4, 14}, 1, 0};
static const double A_ALPHA = 1.7, B_ALPHA = 0.9, A_GAMMA0 = 1.3, B_GAMMA0 = 0.6;

static small s;
static gsl_rng *rng;
static double value[N];

static void start(void) {
  rng = hmfm_stream_create(70, 0);
  small_data(&s, &SHAPE, 2);
  s.settings.mixing = "hdp";
  small_set(&s, "alpha-shape", A_ALPHA);
  small_set(&s, "alpha-rate", B_ALPHA);
  small_set(&s, "gamma0-shape", A_GAMMA0);
  small_set(&s, "gamma0-rate", B_GAMMA0);
  small_model(&s);
  small_state(&s, 4);
}
static void finish(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

/* Another model of the same data. */
static void start_again(const char *mixing) {
  small_clear(&s);
  small_data(&s, &SHAPE, 2);
  s.settings.mixing = mixing;
}

static hmfm_hdp_process *process(void) { return s.state->process; }
static const hmfm_mixing *mixing(void) { return s.model->mixing; }
static hmfm_counts counts(void) { return hmfm_partition_counts(&s.state->partition); }

static void set_process(double alpha, double gamma0) {
  const double all[] = {alpha, gamma0};
  double back[2];
  mixing()->set(s.state->process, all);
  mixing()->get(s.state->process, back);
  ck_assert(back[0] == alpha && back[1] == gamma0);
}

/* Shares of the clusters, the same for each, and of all else; slots past them have none. */
static void set_shares(double each, double rest) {
  double share[UNITS + 1];
  const size_t K = s.state->partition.n_clusters;
  for (size_t m = 0; m < process()->capacity; m++) process()->share[m] = 0.0;
  for (size_t k = 0; k < K; k++) share[k] = each;
  share[K] = rest;
  mixing()->set_shares(s.state->process, K, share);
}

static double sum_of_shares(size_t n) {
  double sum = process()->rest;
  for (size_t m = 0; m < n; m++) sum += process()->share[m];
  return sum;
}

/* ---- settings ---- */

static double effective(const char *name) {
  const hmfm_setting *setting = hmfm_settings_find(hmfm_model_settings(s.model), name);
  ck_assert_ptr_nonnull(setting);
  return setting->value[0];
}

START_TEST(defaults) {
  start_again("hdp");
  small_model(&s);
  ck_assert_str_eq(hmfm_model_settings(s.model)->mixing, "hdp");
  ck_assert(isnan(effective("alpha")) && isnan(effective("gamma0")));
  ck_assert(effective("alpha-shape") == 1.0 && effective("alpha-rate") == 1.0);
  ck_assert(effective("gamma0-shape") == 1.0 && effective("gamma0-rate") == 0.1);
}
END_TEST

/* Fixed values are what every draw has; the tiniest is one with which products are still numbers. */
START_TEST(fixed_values) {
  double back[2];
  for (int tiny = 0; tiny < 2; tiny++) {
    start_again("hdp");
    small_set(&s, "alpha", tiny ? 1e-300 : 2.5);
    small_set(&s, "gamma0", 0.25);
    small_model(&s);
    small_state(&s, 4);
    ck_assert(isnan(effective("alpha-shape")) && isnan(effective("gamma0-rate")));
    hmfm_counts c = counts();
    for (int t = 0; t < 20; t++) {
      if (t % 2)
        mixing()->draw_prior(s.state->process, rng);
      else
        mixing()->draw_hyper(s.state->process, rng, &c, c.n_clusters);
      mixing()->get(s.state->process, back);
      ck_assert(back[0] == (tiny ? hmfm_hdp_least : 2.5) && back[1] == 0.25);
    }
  }
}
END_TEST

static void refuse(const char *name, double x, const char *message) {
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_settings_set(&s.settings, name, 1, &x, NULL, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, message);
}

START_TEST(ranges) {
  refuse("alpha", 0.0, "alpha must be > 0, got 0");
  refuse("alpha", -1.5, "alpha must be > 0, got -1.5");
  refuse("alpha", 1e10, "alpha must be < 1e+10, got 1e+10");
  refuse("gamma0", NAN, "gamma0 must be > 0, got nan");
  refuse("gamma0", 2e10, "gamma0 must be < 1e+10, got 2e+10");
  refuse("alpha-shape", 0.0, "alpha-shape must be > 0 and finite, got 0");
  refuse("alpha-rate", INFINITY, "alpha-rate must be > 0 and finite, got inf");
  refuse("gamma0-shape", -2.0, "gamma0-shape must be > 0 and finite, got -2");
  refuse("gamma0-rate", 0.0, "gamma0-rate must be > 0 and finite, got 0");
}
END_TEST

/* Two settings that do not go together, or a mixing and a setting of another one. */
static const struct {
  const char *mixing, *first, *second, *message;
} CONFLICT[] = {
    {"hdp", "alpha", "alpha-shape", "alpha-shape has no effect when alpha is fixed"},
    {"hdp", "alpha", "alpha-rate", "alpha-rate has no effect when alpha is fixed"},
    {"hdp", "gamma0", "gamma0-shape", "gamma0-shape has no effect when gamma0 is fixed"},
    {"hdp", "gamma0", "gamma0-rate", "gamma0-rate has no effect when gamma0 is fixed"},
    {"hdp", "alpha", "gamma", "gamma is no parameter of family normal with mixing hdp"},
    {"hdp", "s0", "lambda-mean", "lambda-mean is no parameter of family normal with mixing hdp"},
    {"hmfm", "s0", "alpha", "alpha is no parameter of family normal with mixing hmfm"},
    {"hmfm", "gamma", "gamma0", "gamma0 is no parameter of family normal with mixing hmfm"},
    {"hdq", "s0", "mu0", "no mixing is called 'hdq'"},
};

START_TEST(conflicts) {
  hmfm_error error = {0};
  start_again(CONFLICT[_i].mixing);
  small_set(&s, CONFLICT[_i].first, 0.7);
  small_set(&s, CONFLICT[_i].second, 1.2);
  ck_assert_int_eq(hmfm_model_create(s.dataset, &s.settings, &s.notes, &s.model, &error),
                   HMFM_EUSAGE);
  ck_assert_str_eq(error.message, CONFLICT[_i].message);
  ck_assert_ptr_null(s.model);
}
END_TEST

START_TEST(prior_law) {
  static double alpha[N], gamma0[N];
  double back[2];
  for (int t = 0; t < N; t++) {
    ck_assert_uint_eq(mixing()->draw_prior(s.state->process, rng), 0);
    mixing()->get(s.state->process, back);
    ck_assert_double_eq(process()->rest, 1.0);
    alpha[t] = gsl_cdf_gamma_P(back[0], A_ALPHA, 1 / B_ALPHA);
    gamma0[t] = gsl_cdf_gamma_P(back[1], A_GAMMA0, 1 / B_GAMMA0);
  }
  ck_assert_double_lt(law_distance(N, alpha), law_far);
  ck_assert_double_lt(law_distance(N, gamma0), law_far);
}
END_TEST

/* ---- shares ---- */

START_TEST(shares_are_kept) {
  double share[] = {0.3, 0.25, 0.15, 0.3}, back[4];
  small_scatter(&s, rng, 3, 0);
  set_process(2.0, 0.6);
  ck_assert_uint_eq(s.state->partition.n_clusters, 3);
  mixing()->set_shares(s.state->process, 3, share);
  mixing()->get_shares(s.state->process, 3, back);
  for (int k = 0; k < 4; k++) ck_assert_double_eq(back[k], share[k]);
  for (int k = 0; k < 3; k++) {
    ck_assert_double_eq(mixing()->shares(s.state->process)[k], share[k]);
    ck_assert_double_eq(process()->mass[k], 2.0 * share[k]);
  }
  set_process(3.0, 0.6); /* masses follow alpha */
  for (int k = 0; k < 3; k++) ck_assert_double_eq(process()->mass[k], 3.0 * share[k]);
  const int32_t moved_to[] = {2, 0, 1};
  mixing()->relabel(s.state->process, moved_to, 3);
  for (int k = 0; k < 3; k++) {
    ck_assert_double_eq(process()->share[moved_to[k]], share[k]);
    ck_assert_double_eq(process()->mass[moved_to[k]], 3.0 * share[k]);
  }
}
END_TEST

/* A birth takes a Beta(1, gamma0) part of the rest: its distribution function is the uniform it is made of.
 * A death gives it back. */
START_TEST(birth_and_death) {
  const double gamma0[] = {0.01, 0.6, 1.0, 40.0};
  for (int t = 0; t < 400; t++) {
    const double u = gsl_rng_uniform(rng), rest = 0.05 + 0.9 * gsl_rng_uniform(rng);
    small_scatter(&s, rng, 2, 0);
    set_process(2.0, gamma0[t % 4]);
    set_shares((1.0 - rest) / (double)s.state->partition.n_clusters, rest);
    hmfm_hdp_birth(process(), 5, u);
    const double part = process()->share[5] / rest;
    if (t % 4 > 0) /* else it is nearer to 1 than numbers can tell */
      ck_assert_double_eq_tol(gsl_cdf_beta_P(part, 1.0, gamma0[t % 4]), u, 1e-12);
    ck_assert_double_eq(process()->mass[5], 2.0 * process()->share[5]);
    ck_assert_double_eq_tol(process()->rest + process()->share[5], rest, 1e-15);
    ck_assert_double_eq_tol(sum_of_shares(6), 1.0, 1e-14);
    hmfm_hdp_death(process(), 5);
    ck_assert_double_eq_tol(process()->rest, rest, 1e-15);
    ck_assert(process()->share[5] == 0.0 && process()->mass[5] == 0.0);
    ck_assert_double_eq_tol(sum_of_shares(6), 1.0, 1e-14);
  }
  hmfm_hdp_birth(process(), 5, 1.0 - 0x1p-53); /* nothing is left, but a number */
  ck_assert(process()->rest > 0.0 && process()->share[5] > 0.0);
}
END_TEST

START_TEST(split_and_merge) {
  const size_t part[2] = {4, 5};
  for (int t = 0; t < 200; t++) {
    const double cut = gsl_rng_uniform_pos(rng), rest = 0.05 + 0.9 * gsl_rng_uniform(rng);
    small_scatter(&s, rng, 3, 0);
    set_process(3.0, 0.6);
    set_shares((1.0 - rest) / (double)s.state->partition.n_clusters, rest);
    const double share = process()->share[1];
    hmfm_hdp_split(process(), 1, cut, part);
    ck_assert_double_eq(process()->share[1], 0.0);
    ck_assert_double_eq_tol(process()->share[4], cut * share, 1e-15);
    ck_assert_double_eq_tol(process()->mass[5], 3.0 * (1.0 - cut) * share, 1e-15);
    ck_assert_double_eq_tol(sum_of_shares(6), 1.0, 1e-14);
    hmfm_hdp_merge(process(), 4, 5, 3);
    ck_assert(process()->share[4] == 0.0 && process()->mass[5] == 0.0);
    ck_assert_double_eq_tol(process()->share[3], share, 1e-15);
    ck_assert_double_eq_tol(sum_of_shares(6), 1.0, 1e-14);
  }
}
END_TEST

/* Each share given tables m_.1 .. m_.K and gamma0, and the rest, is a beta; slots without tables have none. */
START_TEST(shares_law) {
  const int32_t tables[] = {3, 0, 1, 7};
  const double gamma0 = 0.7, all = 3 + 1 + 7 + 0.7;
  for (int k = 0; k < 5; k++) {
    if (k == 1) continue;
    for (int t = 0; t < N; t++) {
      set_process(2.0, gamma0);
      memcpy(process()->tables, tables, sizeof tables);
      hmfm_hdp_draw_shares(process(), rng, 4);
      const double share = k < 4 ? process()->share[k] : process()->rest;
      const double a = k < 4 ? tables[k] : gamma0;
      ck_assert(process()->share[1] == 0.0 && process()->mass[1] == 0.0);
      ck_assert_double_eq(process()->mass[3], 2.0 * process()->share[3]);
      ck_assert_double_eq_tol(sum_of_shares(4), 1.0, 1e-12);
      value[t] = gsl_cdf_beta_P(share, a, all - a);
    }
    ck_assert_double_lt(law_distance(N, value), law_far);
  }
}
END_TEST

/* At the start each group is taken to have one table in each of its clusters. */
START_TEST(shares_at_the_start) {
  small_scatter(&s, rng, 4, 0);
  set_process(2.0, 0.7);
  hmfm_counts c = counts();
  double tables = 0.0, first = 0.0;
  for (size_t j = 0; j < GROUPS; j++) {
    for (size_t m = 0; m < c.n_slots; m++) tables += c.in_group[j * c.stride + m] > 0;
    first += c.in_group[j * c.stride] > 0;
  }
  ck_assert(first > 0.0 && tables > first);
  for (int t = 0; t < N; t++) {
    ck_assert_uint_eq(mixing()->start(s.state->process, rng, &c), c.n_clusters);
    ck_assert_double_eq_tol(sum_of_shares(c.n_slots), 1.0, 1e-12);
    value[t] = gsl_cdf_beta_P(process()->share[0], first, tables - first + 0.7);
  }
  ck_assert_double_lt(law_distance(N, value), law_far);
}
END_TEST

/* ---- given the partition ---- */

/* law[m]: probability of m tables for n units at concentration a (Antoniak 1974). */
static void antoniak(size_t n, double a, double *law) {
  static double stirling[UNITS + 1][UNITS + 1]; /* unsigned, of the first kind */
  stirling[0][0] = 1.0;
  for (size_t k = 1; k <= n; k++) {
    for (size_t m = 0; m <= k; m++) {
      stirling[k][m] = (m > 0 ? stirling[k - 1][m - 1] : 0.0) +
                       (m < k ? (double)(k - 1) * stirling[k - 1][m] : 0.0);
    }
  }
  for (size_t m = 0; m <= n; m++) {
    law[m] = exp((double)m * log(a) - slow_log_rising(a, n)) * stirling[n][m];
  }
}

/* m_.k: each of the groups has its own tables. */
START_TEST(tables_law) {
  const double mass[] = {1e-4, 0.1, 0.8, 2.5, 30.0};
  for (int b = 0; b < 5; b++) {
    double seen[UNITS + 1] = {0}, law[UNITS + 1] = {1.0};
    small_scatter(&s, rng, 1 + (size_t)b % 3, 0);
    hmfm_counts c = counts();
    for (size_t j = 0; j < GROUPS; j++) {
      double own[UNITS + 1] = {0}, both[UNITS + 1] = {0};
      antoniak((size_t)c.in_group[j * c.stride], mass[b], own);
      for (size_t x = 0; x <= UNITS; x++)
        for (size_t y = 0; x + y <= UNITS; y++) both[x + y] += law[x] * own[y];
      memcpy(law, both, sizeof law);
    }
    double sum = 0.0;
    for (size_t m = 0; m <= UNITS; m++) sum += law[m];
    ck_assert_double_eq_tol(sum, 1.0, 1e-10);
    for (int t = 0; t < N; t++) {
      set_process(1.0, 0.7);
      set_shares(mass[b], 0.1);
      mixing()->draw_hyper(s.state->process, rng, &c, c.n_clusters);
      seen[process()->tables[0]]++;
    }
    const double z = law_z_of_counts(UNITS + 1, seen, law);
    ck_assert_msg(z < 5.0, "mass %g: z %g", mass[b], z);
  }
}
END_TEST

/* log density of x = log alpha given m tables, and of x = log gamma0 given K clusters and m tables. */
static double alpha_density(double x, double tables, double K) {
  double sum = (A_ALPHA + tables) * x - B_ALPHA * exp(x);
  (void)K;
  for (size_t j = 0; j < GROUPS; j++) sum -= slow_log_rising(exp(x), SHAPE.size[j]);
  return sum;
}
static double gamma0_density(double x, double tables, double K) {
  return (A_GAMMA0 + K) * x - B_GAMMA0 * exp(x) - slow_log_rising(exp(x), (size_t)tables);
}

/* Distance of log concentrations from the density, integrated. */
static double distance(const double *kept, size_t n, double tables, double K,
                       double (*density)(double, double, double)) {
  enum { GRID = 4000 };
  static double cdf[GRID + 1];
  const double low = -30.0, high = 8.0, step = (high - low) / GRID;
  double top = -INFINITY;
  for (int k = 0; k < GRID; k++) top = fmax(top, density(low + (k + 0.5) * step, tables, K));
  for (int k = 0; k < GRID; k++) {
    cdf[k + 1] = cdf[k] + exp(density(low + (k + 0.5) * step, tables, K) - top);
  }
  for (size_t t = 0; t < n; t++) {
    const double at = (kept[t] - low) / step;
    ck_assert(at > 0.0 && at < GRID);
    value[t] = (cdf[(int)at] + (at - (int)at) * (cdf[(int)at + 1] - cdf[(int)at])) / cdf[GRID];
  }
  return law_distance(n, value);
}

/* Tables are known where masses are so small that there is one in each cluster of a group, or so large that
 * each unit has its own. Updates leave out what is between draws, since each conditions on the last. */
START_TEST(concentrations_law) {
  enum { DRAWS = 4000, BETWEEN = 20 };
  static double alpha[DRAWS], gamma0[DRAWS];
  for (int many = 0; many < 2; many++) {
    double tables = 0.0, back[2];
    small_scatter(&s, rng, 4, 0);
    hmfm_counts c = counts();
    for (size_t j = 0; j < GROUPS; j++) {
      for (size_t m = 0; m < c.n_slots; m++) tables += c.in_group[j * c.stride + m] > 0;
    }
    if (many) tables = UNITS;
    for (int t = 0; t < DRAWS; t++) {
      for (int k = 0; k < BETWEEN; k++) {
        double drawn = 0.0;
        set_shares(many ? 1e200 : hmfm_hdp_least, 0.5);
        mixing()->draw_hyper(s.state->process, rng, &c, c.n_clusters);
        for (size_t m = 0; m < c.n_slots; m++) drawn += process()->tables[m];
        ck_assert_double_eq(drawn, tables);
      }
      mixing()->get(s.state->process, back);
      alpha[t] = log(back[0]);
      gamma0[t] = log(back[1]);
    }
    const double K = (double)c.n_clusters;
    ck_assert_double_lt(distance(alpha, DRAWS, tables, K, alpha_density), law_far);
    ck_assert_double_lt(distance(gamma0, DRAWS, tables, K, gamma0_density), law_far);
  }
}
END_TEST

/* A group without units has no say. */
START_TEST(empty_group) {
  int32_t in_group[GROUPS * 2] = {3, 1, 0, 0, 0, 5}, total[2] = {3, 6}, size[] = {4, 0, 5};
  const hmfm_counts with = {GROUPS, 2, 2, 2, in_group, total, size};
  int32_t fewer[] = {3, 1, 0, 5}, fewer_size[] = {4, 5};
  const hmfm_counts without = {2, 2, 2, 2, fewer, total, fewer_size};
  double x[2], y[2];
  for (uint64_t t = 1; t <= 50; t++) {
    for (int k = 0; k < 2; k++) {
      set_process(0.8, 0.6);
      const double share[] = {0.3, 0.3, 0.4};
      mixing()->set_shares(s.state->process, 2, share);
      hmfm_stream_open(rng, t, HMFM_STREAM_HYPER, 0);
      mixing()->draw_hyper(s.state->process, rng, k ? &without : &with, 2);
      mixing()->get(s.state->process, k ? y : x);
    }
    ck_assert(x[0] == y[0] && x[1] == y[1]);
  }
}
END_TEST

/* ---- empty components ---- */

typedef struct intensity {
  double gamma0, rest;
} intensity;

/* Components of share x in a rest of G0: gamma0 x^-1 (1 - x/rest)^(gamma0 - 1), in y = log x. */
static double density_of_log(double y, void *context) {
  const intensity *g = context;
  return g->gamma0 * pow(1.0 - exp(y) / g->rest, g->gamma0 - 1.0);
}

static double expected_between(intensity g, double low, double high) {
  gsl_integration_workspace *space = gsl_integration_workspace_alloc(200);
  gsl_function f = {density_of_log, &g};
  double result, error;
  ck_assert_ptr_nonnull(space);
  ck_assert_int_eq(
      gsl_integration_qags(&f, log(low), log(high), 0.0, 1e-7, 200, space, &result, &error), 0);
  gsl_integration_workspace_free(space);
  return result;
}

/* How many there are in each of four ranges above the level, and none below it; what is opened and what is
 * left are the rest. */
START_TEST(broken_components_law) {
  enum { RANGES = 4, TIMES = 3000 };
  const double gamma0[] = {0.3, 1.0, 5.0}, rest[] = {1.0, 0.4, 0.9}, level[] = {1e-3, 0.02, 0.1};
  for (int b = 0; b < 9; b++) {
    const intensity g = {gamma0[b % 3], rest[(b + b / 3) % 3]};
    double bound[RANGES + 1], mean[RANGES] = {0}, square[RANGES] = {0};
    for (int k = 0; k <= RANGES; k++) {
      bound[k] = level[b / 3] * pow(g.rest / level[b / 3], k / (double)RANGES);
    }
    for (int t = 0; t < TIMES; t++) {
      double found[RANGES] = {0}, sum = 0.0;
      set_process(2.0, g.gamma0);
      process()->rest = g.rest;
      const size_t M = hmfm_hdp_break(process(), rng, 3, level[b / 3], 1);
      ck_assert_double_eq(process()->rest, g.rest); /* not before they are opened */
      for (size_t m = 3; m < M; m++) {
        const double share = process()->share[m];
        ck_assert(share > level[b / 3] && share <= g.rest);
        ck_assert_double_eq(process()->mass[m], 2.0 * share);
        for (int k = 0; k < RANGES; k++) found[k] += share > bound[k] && share <= bound[k + 1];
        sum += share;
      }
      ck_assert_double_eq_tol(sum + process()->left, g.rest, 1e-12);
      for (int k = 0; k < RANGES; k++) {
        mean[k] += found[k] / TIMES;
        square[k] += found[k] * found[k] / TIMES;
      }
    }
    for (int k = 0; k < RANGES; k++) {
      /* the last range ends where an integrable density may be infinite */
      const double e = expected_between(g, bound[k], k + 1 < RANGES ? bound[k + 1] : g.rest);
      const double sd = sqrt((square[k] - mean[k] * mean[k] + e / TIMES) / TIMES);
      ck_assert_msg(fabs(mean[k] - e) < 5.0 * sd, "gamma0 %g, range %d: %g, not %g", g.gamma0, k,
                    mean[k], e);
    }
  }
}
END_TEST

/* Counting is what storing would find; opened, they are no part of the rest until those of them that are
 * still empty are closed. */
START_TEST(opening_and_closing) {
  double share[UNITS + 1];
  for (uint64_t t = 1; t <= 200; t++) {
    small_scatter(&s, rng, 4, 0);
    set_process(2.0, 8.0);
    const size_t K = s.state->partition.n_clusters;
    set_shares(0.4 / (double)K, 0.6);
    hmfm_stream_open(rng, t, HMFM_STREAM_OPEN, 0);
    const size_t M = hmfm_hdp_break(process(), rng, K, 0.01, 0);
    ck_assert_double_eq(process()->share[K], 0.0);
    hmfm_stream_open(rng, t, HMFM_STREAM_OPEN, 0);
    ck_assert_uint_eq(hmfm_hdp_break(process(), rng, K, 0.01, 1), M);
    hmfm_hdp_open(process(), M);
    ck_assert_double_eq_tol(sum_of_shares(M), 1.0, 1e-12);
    mixing()->get_shares(s.state->process, K, share); /* all that is no cluster */
    ck_assert_double_eq_tol(share[K], 0.6, 1e-12);
    if (M > K) { /* the first of them has become a cluster */
      mixing()->get_shares(s.state->process, K + 1, share);
      ck_assert_double_eq_tol(share[K + 1], 0.6 - process()->share[K], 1e-12);
    }
    hmfm_hdp_close(process(), K + (M > K));
    ck_assert_uint_eq(process()->n_open, 0);
    ck_assert_double_eq_tol(sum_of_shares(K + (M > K)), 1.0, 1e-12);
    hmfm_hdp_close(process(), K + (M > K)); /* again: nothing is open */
    ck_assert_double_eq_tol(sum_of_shares(K + (M > K)), 1.0, 1e-12);
    hmfm_hdp_lump(process(), M);
    ck_assert_double_eq(process()->left, 0.0);
    for (size_t m = 0; m <= M; m++) process()->share[m] = 0.0;
  }
}
END_TEST

/* The level is a function of the number of units and gamma0; components that are not above it do not move. */
START_TEST(levels) {
  small_scatter(&s, rng, 3, 0);
  set_process(2.0, 3.0);
  const double level = hmfm_hdp_level(process());
  ck_assert(level > 0.0 && level <= 0.1 / UNITS);
  const double share[] = {0.5, level, 2.0 * level, 0.3};
  ck_assert_uint_eq(s.state->partition.n_clusters, 3);
  mixing()->set_shares(s.state->process, 3, share);
  ck_assert_double_eq(hmfm_hdp_level(process()), level);
  const double *mass = mixing()->masses(s.state->process, 1, 3);
  ck_assert(mass[0] == 1.0 && mass[1] == 0.0 && mass[2] == 4.0 * level);
  set_process(2.0, 1001.0); /* then the sticks are too many */
  ck_assert_double_ge(hmfm_hdp_level(process()), 1.0);
  ck_assert_uint_eq(hmfm_hdp_break(process(), rng, 3, hmfm_hdp_level(process()), 1), 3);
  ck_assert_double_eq(process()->left, 0.3);
}
END_TEST

/* ---- weights ---- */

/* One weight of a Dirichlet is a beta: of a cluster, of an empty component, of all that is left as one more. */
START_TEST(weights_law) {
  const double share[] = {0.3, 0.05, 0.25, 0.1, 0.2, 0.1}, alpha = 2.5;
  double log_weight[8];
  small_scatter(&s, rng, 3, 0);
  ck_assert_uint_eq(s.state->partition.n_clusters, 3);
  hmfm_counts c = counts();
  for (int lumped = 0; lumped < 2; lumped++) {
    const size_t M = lumped ? 6 : 5;
    for (size_t k = 0; k < 9; k++) {
      const size_t j = k % 3, m = k / 3 == 0 ? 0 : k / 3 == 1 ? 1 + k % 2 : M - 1;
      for (int t = 0; t < N / 2; t++) {
        set_process(alpha, 0.7);
        mixing()->set_shares(s.state->process, 5, share);
        process()->left = share[5];
        if (lumped) hmfm_hdp_lump(process(), 5);
        mixing()->draw_weights(s.state->process, rng, &c, j, M, log_weight);
        double sum = 0.0;
        for (size_t a = 0; a < M; a++) sum += exp(log_weight[a]);
        ck_assert(lumped ? fabs(sum - 1.0) < 1e-12 : sum < 1.0 + 1e-12);
        const double n = m < c.n_slots ? c.in_group[j * c.stride + m] : 0;
        const double a = alpha * share[m] + n, all = alpha + c.size[j];
        value[t] = gsl_cdf_beta_P(exp(log_weight[m]), a, all - a);
      }
      ck_assert_double_lt(law_distance(N / 2, value), law_far);
    }
  }
}
END_TEST

/* ---- simulating ---- */

/* A priori: the first share of G0 is Beta(1, gamma0), and nothing is left out. */
START_TEST(truncated_prior) {
  const double gamma0[] = {1e-8, 0.5, 4.0, 300.0};
  hmfm_error error;
  for (int b = 0; b < 4; b++) {
    const int times = b < 3 ? 4000 : 50;
    for (int t = 0; t < times; t++) {
      size_t M = 0;
      double sum = 0.0;
      set_process(2.0, gamma0[b]);
      small_require(mixing()->truncate_prior(s.state->process, rng, &M, &error), &error);
      ck_assert(M >= 2 && M <= process()->capacity);
      for (size_t m = 0; m < M; m++) sum += process()->share[m];
      ck_assert_double_eq_tol(sum, 1.0, 1e-12);
      ck_assert(process()->left == 0.0 && process()->share[M - 1] <= 1e-9);
      ck_assert(process()->share[M - 1] > 0.0);
      value[t] = gsl_cdf_beta_P(process()->share[0], 1.0, gamma0[b]);
    }
    if (b > 0) ck_assert_double_lt(law_distance((size_t)times, value), law_far);
  }
  size_t M = 77;
  set_process(2.0, 1e5);
  ck_assert_int_eq(mixing()->truncate_prior(s.state->process, rng, &M, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "gamma0 of 100000 takes more than 100000 components to simulate");
  ck_assert_uint_eq(M, 77);
}
END_TEST

/* ---- extremes ---- */

START_TEST(extreme_concentrations) {
  const double extreme[] = {1e-150, 1e-8, 1e-3, 1e3, 1e8, 9.9e9};
  double log_weight[20000], back[2];
  for (int b = 0; b < 36; b++) {
    small_scatter(&s, rng, 1 + (size_t)b % 5, 0);
    hmfm_counts c = counts();
    set_process(extreme[b / 6], extreme[b % 6]);
    mixing()->start(s.state->process, rng, &c);
    for (int t = 0; t < 20; t++) {
      hmfm_error error;
      set_process(extreme[b / 6], extreme[b % 6]);
      const double level = hmfm_hdp_level(process());
      const size_t M = hmfm_hdp_break(process(), rng, c.n_clusters, level, 0);
      ck_assert_uint_lt(M, 20000);
      small_require(mixing()->process_reserve(s.state->process, M + 1, &error), &error);
      const size_t made = hmfm_hdp_break(process(), rng, c.n_clusters, level, 0);
      if (made <= M) hmfm_hdp_break(process(), rng, c.n_clusters, 2.0, 1);
      for (size_t j = 0; j < GROUPS; j++) {
        mixing()->draw_weights(s.state->process, rng, &c, j, c.n_clusters, log_weight);
        for (size_t m = 0; m < c.n_clusters; m++) ck_assert(log_weight[m] <= 1e-12);
        for (size_t m = 0; m < c.n_clusters; m++) ck_assert(!isnan(log_weight[m]));
      }
      mixing()->draw_hyper(s.state->process, rng, &c, c.n_clusters);
      mixing()->get(s.state->process, back);
      for (int k = 0; k < 2; k++) ck_assert(back[k] >= hmfm_hdp_least && back[k] <= 1e10);
      ck_assert_double_eq_tol(sum_of_shares(c.n_slots), 1.0, 1e-9);
      for (size_t m = 0; m < c.n_slots; m++) ck_assert(process()->mass[m] > 0.0);
    }
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("mixing_hdp");
  TCase *all = tcase_create("mixing_hdp");
  tcase_add_checked_fixture(all, start, finish);
  tcase_set_timeout(all, 120);
  tcase_add_test(all, defaults);
  tcase_add_test(all, fixed_values);
  tcase_add_test(all, ranges);
  tcase_add_loop_test(all, conflicts, 0, sizeof CONFLICT / sizeof *CONFLICT);
  tcase_add_test(all, prior_law);
  tcase_add_test(all, shares_are_kept);
  tcase_add_test(all, birth_and_death);
  tcase_add_test(all, split_and_merge);
  tcase_add_test(all, shares_law);
  tcase_add_test(all, shares_at_the_start);
  tcase_add_test(all, tables_law);
  tcase_add_test(all, concentrations_law);
  tcase_add_test(all, empty_group);
  tcase_add_test(all, broken_components_law);
  tcase_add_test(all, opening_and_closing);
  tcase_add_test(all, levels);
  tcase_add_test(all, weights_law);
  tcase_add_test(all, truncated_prior);
  tcase_add_test(all, extreme_concentrations);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
