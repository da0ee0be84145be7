/* The laws of M: each against its pmf by the slow route, M given a partition against brute force, the factor
 * of K clusters against a direct sum, and Lambda of a negative binomial M against its integrated
 * density. With one group, the coefficients V_n(t) of Miller and Harrison (2018). */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/components_law.h"
#include "rng/philox.h"
#include "stat/slow.h"
#include "support_model.h"

enum { N = 20000, GROUPS = 2, MOST = 200000 };

static small s;
static gsl_rng *rng;
static double term[MOST + 1];

typedef struct law_case {
  slow_law law;
  double lambda;
} law_case;

static const law_case CASE[] = {
    {{"poisson", 0, 0}, 3.0}, {{"negbin", 1.0, 0}, 3.0},  {{"negbin", 0.3, 0}, 8.0},
    {{"negbin", 20, 0}, 5.0}, {{"negbin", 500, 0}, 30.0}, {{"point", 0, 6}, 5.0},
    {{"point", 0, 41}, 40.0}, {{"uniform", 0, 9}, 4.0},   {{"uniform", 0, 60}, 29.5},
};
enum { N_CASES = sizeof CASE / sizeof *CASE };

static const hmfm_components_law *find(const law_case *c, hmfm_components_at *at) {
  *at = (hmfm_components_at){c->lambda, c->law.size, c->law.most};
  const hmfm_components_law *law = hmfm_components_law_find(c->law.name);
  ck_assert_ptr_nonnull(law);
  return law;
}

/* A model with such a law; with gamma NaN, random. */
static void open_model(const law_case *c, const small_shape *shape, double lambda, double gamma) {
  small_data(&s, shape, 3);
  s.settings.prior_m = c->law.name;
  if (strcmp(c->law.name, "negbin") == 0) small_set(&s, "m-size", c->law.size);
  if (strcmp(c->law.name, "point") == 0) small_set(&s, "m", c->law.most);
  if (strcmp(c->law.name, "uniform") == 0) small_set(&s, "m-max", c->law.most);
  if (c->law.most == 0.0 && !isnan(lambda)) small_set(&s, "lambda", lambda);
  small_set(&s, "gamma", gamma);
  small_model(&s);
  small_state(&s, 4);
  rng = hmfm_stream_create(61, 0);
}

static void close_model(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

/* Chi-square of counts against a pmf given up to a constant, as a tail probability. */
static double tail_of_counts(size_t n, const double *seen, const double *weight) {
  double total = 0.0, drawn = 0.0, sum = 0.0, e = 0.0, o = 0.0, cells = 0.0;
  for (size_t k = 0; k < n; k++) total += weight[k], drawn += seen[k];
  for (size_t k = 0; k < n; k++) {
    e += weight[k] / total * drawn;
    o += seen[k];
    if (e < 10.0 && k + 1 < n) continue;
    if (e == 0.0) {
      ck_assert_double_eq(o, 0.0);
      continue;
    }
    sum += (o - e) * (o - e) / fmax(e, 1.0);
    cells++;
    e = o = 0.0;
  }
  return cells < 2.0 ? 1.0 : gsl_cdf_chisq_Q(sum, cells - 1.0);
}

/* ---- the laws themselves ---- */

START_TEST(pmf_and_draws) {
  const law_case *c = &CASE[_i];
  hmfm_components_at at;
  const hmfm_components_law *law = find(c, &at);
  double total = 0.0, mean = 0.0;
  static double seen[2001], pmf[2001];
  memset(seen, 0, sizeof seen);
  rng = hmfm_stream_create(62, 0);
  for (size_t M = 1; M <= 2000; M++) {
    const double log_q = hmfm_components_log_pmf(law, &at, M);
    const double slow = slow_log_q(&c->law, c->lambda, M);
    if (isfinite(slow))
      ck_assert_double_eq_tol(log_q, slow, 1e-9 * (1.0 + fabs(slow)));
    else
      ck_assert_double_eq(log_q, -INFINITY);
    total += pmf[M] = exp(log_q);
    mean += ((double)M - 1.0) * pmf[M];
  }
  ck_assert_double_eq_tol(total, 1.0, 1e-9);
  ck_assert_double_eq_tol(mean, c->lambda, 1e-8 * c->lambda);
  ck_assert_double_eq(law->mean(&at), c->lambda);
  for (int t = 0; t < N; t++) {
    const size_t M = law->draw(&at, rng);
    ck_assert(M >= 1 && M <= 2000);
    seen[M]++;
  }
  ck_assert_double_gt(tail_of_counts(2001, seen, pmf), 1e-6);
  hmfm_stream_destroy(rng);
}
END_TEST

START_TEST(names) {
  size_t n = 0;
  for (; hmfm_prior_m_name(n); n++) {
    ck_assert_str_eq(hmfm_components_law_find(hmfm_prior_m_name(n))->name, hmfm_prior_m_name(n));
  }
  ck_assert_uint_eq(n, 4);
  ck_assert_ptr_null(hmfm_components_law_find("geometric"));
}
END_TEST

/* ---- M given the partition, and the factor of K clusters ---- */

static const double GAMMA[] = {1e-6, 0.05, 0.7, 12.0};

/* Terms of M = K .. MOST into term; returns the largest. */
static double slow_terms(const law_case *c, double gamma, size_t K, size_t upto) {
  const hmfm_counts counts = hmfm_partition_counts(&s.state->partition);
  size_t size[GROUPS];
  double g[GROUPS], top = -INFINITY;
  for (size_t j = 0; j < counts.n_groups; j++) size[j] = (size_t)counts.size[j], g[j] = gamma;
  for (size_t M = K; M <= upto; M++) {
    term[M] = slow_log_component_term(&c->law, M, K, c->lambda, counts.n_groups, size, g);
    top = fmax(top, term[M]);
  }
  return top;
}

START_TEST(components_by_brute_force) {
  const law_case *c = &CASE[_i / 4];
  const double gamma = GAMMA[_i % 4];
  const small_shape shape = {GROUPS, {9, 4}, 1, 0};
  enum { UPTO = 1500 };
  static double seen[UPTO + 1], weight[UPTO + 1];
  memset(seen, 0, sizeof seen);
  memset(weight, 0, sizeof weight);
  open_model(c, &shape, c->lambda, gamma);
  small_scatter(&s, rng, 3, 0);
  const hmfm_counts counts = hmfm_partition_counts(&s.state->partition);
  const double top = slow_terms(c, gamma, counts.n_clusters, UPTO);
  for (size_t M = counts.n_clusters; M <= UPTO; M++) weight[M] = exp(term[M] - top);
  for (int t = 0; t < N; t++) {
    const size_t M = s.model->mixing->draw_components(s.state->process, rng, &counts);
    ck_assert(M >= counts.n_clusters && M <= UPTO);
    seen[M]++;
  }
  if (strcmp(c->law.name, "point") == 0) ck_assert_double_eq(seen[(size_t)c->law.most], N);
  ck_assert_double_gt(tail_of_counts(UPTO + 1, seen, weight), 1e-6);
  close_model();
}
END_TEST

/* Differences of log sums. More clusters than the law allows: -inf. */
static void clusters_against_sum(const law_case *c, double gamma, size_t most_K, size_t upto) {
  double slow[8], fast[8];
  const hmfm_counts counts = hmfm_partition_counts(&s.state->partition);
  for (size_t K = 1; K <= most_K; K++) {
    const double top = slow_terms(c, gamma, K, upto);
    double sum = 0.0;
    for (size_t M = K; M <= upto; M++) sum += isfinite(top) ? exp(term[M] - top) : 0.0;
    slow[K] = top + log(sum);
    fast[K] = s.model->mixing->log_clusters(s.state->process, &counts, K);
    if (!isfinite(top)) {
      ck_assert_double_eq(fast[K], -INFINITY);
      continue;
    }
    const double gap = slow[K] - slow[1];
    ck_assert_double_eq_tol(fast[K] - fast[1], gap, 3e-9 * (1.0 + fabs(gap)));
  }
}

START_TEST(log_clusters_by_brute_force) {
  const small_shape shape = {GROUPS, {9, 4}, 1, 0};
  open_model(&CASE[_i / 4], &shape, CASE[_i / 4].lambda, GAMMA[_i % 4]);
  clusters_against_sum(&CASE[_i / 4], GAMMA[_i % 4], 7, 1500);
  close_model();
}
END_TEST

/* Heavy tails: a sum that ends too early, or never, shows here. One group and a small gamma take least off
 * the tail. */
START_TEST(sums_end_where_they_may) {
  static const law_case HEAVY[] = {{{"negbin", 0.01, 0}, 40.0},
                                   {{"negbin", 0.5, 0}, 900.0},
                                   {{"negbin", 60, 0}, 9000.0},
                                   {{"uniform", 0, 30000}, 0.0}};
  const small_shape shape = {1, {5}, 1, 0};
  const double gamma = _i % 2 ? 0.4 : 1e-5;
  open_model(&HEAVY[_i / 2], &shape, HEAVY[_i / 2].lambda, gamma);
  clusters_against_sum(&HEAVY[_i / 2], gamma, 4, MOST);
  close_model();
}
END_TEST

/* No chain starts with more clusters than there may be components. */
START_TEST(starts_hold_no_more_than_M) {
  static const law_case FEW[] = {{{"point", 0, 2}, 1.0}, {{"uniform", 0, 2}, 0.5}};
  const small_shape shape = {GROUPS, {30, 30}, 1, 0};
  hmfm_error error;
  open_model(&FEW[_i], &shape, NAN, 0.3);
  for (size_t chain = 0; chain < 4; chain++) {
    small_require(hmfm_state_start(s.state, chain, &error), &error);
    ck_assert_uint_le(s.state->partition.n_clusters, 2);
    ck_assert_uint_ge(s.state->n_components, s.state->partition.n_clusters);
    ck_assert_uint_le(s.state->n_components, 2);
  }
  close_model();
}
END_TEST

/* ---- Lambda given M ---- */

/* log of Lambda's density given M = 1 + Negbin(mean Lambda, size r) and no random gamma. */
static double lambda_density(double lambda, double shape, double rate, double r, double M) {
  return (shape - 1.0) * log(lambda) - rate * lambda + (M - 1.0) * log(lambda / (r + lambda)) -
         r * log(r + lambda);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

START_TEST(lambda_of_negative_binomial) {
  enum { GRID = 20000, DRAWS = 6000 };
  static double cdf[GRID + 1], kept[DRAWS];
  const double shape = 2.0, rate = 0.5, step = 40.0 / GRID; /* mean 4, variance 8 */
  const law_case c = {{"negbin", 0.7, 0}, NAN};
  const small_shape units = {GROUPS, {9, 4}, 1, 0};
  const size_t M = _i ? 25 : 4;
  double value[1 + GROUPS], distance = 0.0;
  small_data(&s, &units, 3);
  s.settings.prior_m = "negbin";
  small_set(&s, "m-size", c.law.size);
  small_set(&s, "lambda-mean", 4.0);
  small_set(&s, "lambda-var", 8.0);
  small_set(&s, "gamma", 0.3);
  small_model(&s);
  small_state(&s, 4);
  rng = hmfm_stream_create(63, 0);
  small_scatter(&s, rng, 3, 0);
  const hmfm_counts counts = hmfm_partition_counts(&s.state->partition);
  const double top = lambda_density(4.0, shape, rate, c.law.size, (double)M);
  cdf[0] = 0.0;
  for (int k = 0; k < GRID; k++) {
    cdf[k + 1] =
        cdf[k] + exp(lambda_density((k + 0.5) * step, shape, rate, c.law.size, (double)M) - top);
  }
  for (int t = 0; t < DRAWS; t++) {
    for (int k = 0; k < 20; k++) s.model->mixing->draw_hyper(s.state->process, rng, &counts, M);
    s.model->mixing->get(s.state->process, value);
    const double at = value[0] / step;
    ck_assert(at > 0.0 && at < GRID);
    const int k = (int)at;
    kept[t] = (cdf[k] + (at - k) * (cdf[k + 1] - cdf[k])) / cdf[GRID];
  }
  qsort(kept, DRAWS, sizeof *kept, ascending);
  for (int k = 0; k < DRAWS; k++) distance = fmax(distance, fabs(kept[k] - (k + 0.5) / DRAWS));
  ck_assert_double_lt(distance * sqrt(DRAWS), 2.6);
  close_model();
}
END_TEST

/* ---- one group: the mixture of finite mixtures ---- */

/* Miller and Harrison (2018), equation 3.2: V_n(t) = sum_k k_(t) p_K(k)/(gamma k)^(n), with falling and
 * rising factorials, here with GSL's probabilities of k - 1. */
static double V(size_t n, size_t t, double gamma, double lambda, double size) {
  double sum = 0.0;
  for (unsigned k = (unsigned)t; k < 900; k++) {
    double factor = size > 0.0 ? gsl_ran_negative_binomial_pdf(k - 1, size / (size + lambda), size)
                               : gsl_ran_poisson_pdf(k - 1, lambda);
    for (size_t i = 0; i < t; i++) factor *= (double)(k - i);
    for (size_t i = 0; i < n; i++) factor /= gamma * k + (double)i;
    sum += factor;
  }
  return sum;
}

START_TEST(mixture_of_finite_mixtures) {
  const law_case c = {{_i % 2 ? "negbin" : "poisson", 1.4, 0}, 2.5};
  const double gamma = _i < 2 ? 0.8 : 0.01, size = _i % 2 ? 1.4 : 0.0;
  double before[8] = {0}, after[8] = {0};
  for (size_t n = 6; n <= 7; n++) {
    const small_shape shape = {1, {n}, 1, 0};
    open_model(&c, &shape, c.lambda, gamma);
    const hmfm_counts counts = hmfm_partition_counts(&s.state->partition);
    for (size_t t = 1; t <= 6; t++) {
      const double fast = s.model->mixing->log_clusters(s.state->process, &counts, t);
      (n == 6 ? before : after)[t] = exp(fast);
      const double one = s.model->mixing->log_clusters(s.state->process, &counts, 1);
      const double ratio = V(n, t, gamma, c.lambda, size) / V(n, 1, gamma, c.lambda, size);
      ck_assert_double_eq_tol(exp(fast - one) / ratio, 1.0, 1e-9);
    }
    close_model();
  }
  for (size_t t = 1; t < 6; t++) { /* their recursion, proposition 3.2 */
    const double sum = (6.0 + gamma * (double)t) * after[t] + gamma * after[t + 1];
    ck_assert_double_eq_tol(sum / before[t], 1.0, 1e-9);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("components_law");
  TCase *all = tcase_create("components_law");
  tcase_set_timeout(all, 60.0);
  tcase_add_loop_test(all, pmf_and_draws, 0, N_CASES);
  tcase_add_test(all, names);
  tcase_add_loop_test(all, components_by_brute_force, 0, 4 * N_CASES);
  tcase_add_loop_test(all, log_clusters_by_brute_force, 0, 4 * N_CASES);
  tcase_add_loop_test(all, sums_end_where_they_may, 0, 8);
  tcase_add_loop_test(all, starts_hold_no_more_than_M, 0, 2);
  tcase_add_loop_test(all, lambda_of_negative_binomial, 0, 2);
  tcase_add_loop_test(all, mixture_of_finite_mixtures, 0, 4);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
