/* Tests of scores: against the R package loo, against a slow way, and against a posterior whose predictive
 * densities are known. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hmfm/loo.h"
#include "hmfm/summary.h"
#include "support_log_lik.h"

#ifndef TESTDATA
#define TESTDATA "tests/unit/data"
#endif

static hmfm_loo *score_of(const hmfm_draws *draws) {
  hmfm_loo *loo = NULL;
  hmfm_error error = {0};
  ck_assert_msg(hmfm_loo_create(draws, &loo, &error) == HMFM_OK, "%s", error.message);
  return loo;
}

/* ---- the R package loo ---- */

static int agree(double ours, double theirs) {
  if (!isfinite(ours) || !isfinite(theirs)) return ours == theirs;
  return fabs(ours - theirs) <= 1e-8 * fmax(1, fabs(theirs));
}

static void compare(const char *of, const char *line, const double *ours, int n) {
  const char *at = strchr(line, ',');
  for (int k = 0; k < n; k++) {
    ck_assert_ptr_nonnull(at);
    const double theirs = strtod(at + 1, NULL);
    ck_assert_msg(agree(ours[k], theirs), "%s: %.40s: number %d is %.17g, loo says %.17g", of, line,
                  k, ours[k], theirs);
    at = strchr(at + 1, ',');
  }
  ck_assert_ptr_null(at);
}

static void compare_total(const char *of, const char *line, const hmfm_loo *s) {
  double mcse = 0;
  for (size_t i = 0; i < s->n_units; i++) mcse += s->unit[i].mcse * s->unit[i].mcse;
  const double ours[] = {s->elpd_loo.value, s->elpd_loo.se, s->p_loo.value,     s->p_loo.se,
                         s->looic.value,    s->looic.se,    s->elpd_waic.value, s->elpd_waic.se,
                         s->p_waic.value,   s->p_waic.se,   s->waic.value,      s->waic.se,
                         sqrt(mcse)};
  compare(of, line, ours, 13);
  ck_assert(s->n_above ? isnan(s->mcse_elpd_loo) : agree(s->mcse_elpd_loo, sqrt(mcse)));
}

static void compare_unit(const char *of, const char *line, const hmfm_unit_loo *u) {
  const double ours[] = {u->elpd_loo, u->mcse,      u->p_loo, u->pareto_k,
                         u->r_eff,    u->elpd_waic, u->p_waic};
  compare(of, line, ours, 7);
}

static void compare_group(const char *of, const char *line, const hmfm_loo *s, size_t j) {
  const hmfm_group_loo *g = &s->group[j];
  const double ours[] = {g->elpd, g->mcse, g->pareto_k, g->r_eff};
  compare(of, line, ours, 4);
  ck_assert_int_eq(g->is_reliable, g->pareto_k <= s->k_threshold);
}

/* This case less the one before, whichever is ahead. */
static void compare_difference(const char *of, const char *line, const hmfm_loo *now,
                               const hmfm_loo *before) {
  const hmfm_loo *both[] = {now, before};
  hmfm_loo_rank rank[2];
  ck_assert_int_eq(hmfm_loo_compare(both, 2, rank, NULL), HMFM_OK);
  ck_assert(rank[0].difference.value == 0 && rank[0].difference.se == 0);
  ck_assert_uint_eq(rank[0].index + rank[1].index, 1);
  const double sign = rank[0].index == 0 ? -1 : 1;
  const double ours[] = {sign * rank[1].difference.value, rank[1].difference.se};
  ck_assert_double_lt(rank[1].difference.value, 0);
  compare(of, line, ours, 2);
}

START_TEST(as_loo) {
  const char *folder = getenv("HMFM_TESTDATA");
  char path[1024], line[1024];
  snprintf(path, sizeof path, "%s/loo.csv", folder ? folder : TESTDATA);
  FILE *file = fopen(path, "r");
  ck_assert_msg(file != NULL, "cannot open %s", path);
  hmfm_loo *now = NULL, *before = NULL;
  log_lik_case what = {.groups = 3};
  size_t cases = 0, units = 0, groups = 0, differences = 0, seen_u = 0, seen_g = 0;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "case,%31[^,],%zu,%zu,%zu,%lf,%lf", what.name, &what.chains, &what.draws,
               &what.units, &what.rho, &what.grain) == 6) {
      hmfm_draws *draws = log_lik_draws(&what);
      hmfm_loo_destroy(before);
      before = now;
      now = score_of(draws);
      hmfm_draws_destroy(draws);
      cases++;
      seen_u = seen_g = 0;
    } else if (strncmp(line, "total,", 6) == 0) {
      compare_total(what.name, line, now);
    } else if (strncmp(line, "unit,", 5) == 0) {
      compare_unit(what.name, line, &now->unit[seen_u++]);
      units++;
    } else if (strncmp(line, "group,", 6) == 0) {
      compare_group(what.name, line, now, seen_g++);
      groups++;
    } else {
      compare_difference(what.name, line, now, before);
      differences++;
    }
  }
  ck_assert(cases == 7 && units == 51 && groups == 21 && differences == 3);
  hmfm_loo_destroy(before);
  hmfm_loo_destroy(now);
  fclose(file);
}
END_TEST

/* ---- the slow way ---- */

static int rising(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Profile log likelihood of n exceedances at b = -k/sigma, from the density itself:
 * log f(x) = -log sigma - (1 + 1/k) log(1 + k x / sigma). */
static long double profile(long double b, const double *x, size_t n) {
  long double k = 0, sum = 0;
  for (size_t i = 0; i < n; i++) k += logl(1 - b * x[i]) / n;
  const long double sigma = -k / b;
  for (size_t i = 0; i < n; i++) sum += -logl(sigma) - (1 + 1 / k) * logl(1 + k * x[i] / sigma);
  return sum;
}

/* elpd and k of one target by sorting all ratios, with sums and weights as the papers have them. */
static void slow_leave_out(const double *log_lik, size_t S, double r_eff, double *elpd, double *k) {
  double *sorted = calloc(S, sizeof *sorted), *x = calloc(S, sizeof *x);
  for (size_t s = 0; s < S; s++) sorted[s] = 1 / exp(log_lik[s]);
  qsort(sorted, S, sizeof *sorted, rising);
  const size_t n = (size_t)ceil(fmin(0.2 * (double)S, 3 * sqrt((double)S / r_eff)));
  const double cutoff = sorted[S - n - 1], top = sorted[S - 1];
  for (size_t i = 0; i < n; i++) x[i] = sorted[S - n + i] - cutoff;
  const size_t points = 30 + (size_t)floor(sqrt((double)n));
  const double quartile = x[(size_t)floor((double)n / 4 + 0.5) - 1];
  long double whole = 0, b_mean = 0, shape = 0, largest = -INFINITY;
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 1; j <= points; j++) {
      const long double b =
          1 / (long double)x[n - 1] +
          (1 - sqrtl((long double)points / ((long double)j - 0.5L))) / 3 / quartile;
      const long double l = profile(b, x, n);
      if (pass == 0) largest = fmaxl(largest, l);
      if (pass == 0) continue;
      whole += expl(l - largest);
      b_mean += b * expl(l - largest);
    }
  b_mean /= whole;
  for (size_t i = 0; i < n; i++) shape += logl(1 - b_mean * x[i]) / n;
  const long double sigma = -shape / b_mean;
  shape = (n * shape + 5) / (n + 10);
  /* f_s = 1 / r_s, so that a smoothed weight stands with the likelihood of the draw it is of */
  long double weights = 0, product = 0;
  for (size_t s = 0; s < S; s++) {
    long double w = sorted[s];
    if (s >= S - n) {
      const long double p = ((long double)(s - (S - n)) + 0.5L) / n;
      w = fminl(cutoff + sigma / shape * (powl(1 - p, -shape) - 1), top);
    }
    weights += w;
    product += w / sorted[s];
  }
  *elpd = (double)logl(product / weights);
  *k = (double)shape;
  free(sorted);
  free(x);
}

START_TEST(the_slow_way) {
  const log_lik_case what = {"slow", 3, 200, 9, 3, 0.4, 65536, 0};
  enum { S = 600 };
  hmfm_draws *draws = log_lik_draws(&what);
  hmfm_loo *loo = score_of(draws);
  for (size_t i = 0; i < what.units; i++) {
    double value[S], likelihood[S], elpd, k;
    long double cpo = 0;
    hmfm_diagnostics d;
    for (size_t s = 0; s < S; s++) {
      value[s] = *log_lik_at(draws, s / 200, s % 200, i);
      likelihood[s] = exp(value[s]);
      cpo += 1 / (long double)likelihood[s] / S;
    }
    ck_assert_int_eq(hmfm_diagnose(likelihood, 3, 200, 200, 1, &d, NULL), HMFM_OK);
    ck_assert_double_eq_tol(loo->unit[i].r_eff, d.ess_mean / S, 1e-10);
    slow_leave_out(value, S, loo->unit[i].r_eff, &elpd, &k);
    ck_assert_double_eq_tol(loo->unit[i].elpd_loo, elpd, 1e-10);
    ck_assert_double_eq_tol(loo->unit[i].pareto_k, k, 1e-10);
    ck_assert_double_eq_tol(loo->unit[i].log_cpo, (double)-logl(cpo), 1e-10);
  }
  hmfm_loo_destroy(loo);
  hmfm_draws_destroy(draws);
}
END_TEST

/* ---- a known posterior ---- */

/* y_i ~ N(mu, 1), mu with a flat prior: mu | y ~ N(mean, 1/n), of which quantiles serve as draws, shuffled by
 * steps of a prime. Without m of the units, all of them at once, the density of y_1..y_m is that of
 * N(mean of the rest, I + 1 1' / (n - m)). */
static double normal_left_out(const double *y, size_t n, size_t first, size_t m) {
  double rest = 0, sum = 0, square = 0, v = 1 / (double)(n - m);
  for (size_t i = 0; i < n; i++) rest += i >= first && i < first + m ? 0 : y[i] * v;
  for (size_t i = first; i < first + m; i++) {
    sum += y[i] - rest;
    square += (y[i] - rest) * (y[i] - rest);
  }
  const double M = (double)m;
  return -0.5 * (M * log(2 * acos(-1)) + log1p(M * v) + square - sum * sum * v / (1 + M * v));
}

/* The inverse of the normal distribution function by bisection. */
static double normal_quantile(double p) {
  double low = -9, high = 9;
  for (int k = 0; k < 60; k++) {
    const double x = (low + high) / 2;
    if (0.5 * erfc(-x / sqrt(2)) < p)
      low = x;
    else
      high = x;
  }
  return (low + high) / 2;
}

START_TEST(known_posterior) {
  const log_lik_case what = {"normal", 4, 1000, 24, 8, 0, 64, 0};
  enum { S = 4000, UNITS = 24 };
  hmfm_draws *draws = log_lik_draws(&what);
  double y[UNITS], mean = 0;
  for (size_t i = 0; i < UNITS; i++) mean += (y[i] = normal_quantile((i * 7 % 24 + 0.5) / 24)) / 24;
  for (size_t s = 0; s < S; s++) {
    const double p = ((double)(s * 1597 % S) + 0.5) / S, mu = mean + normal_quantile(p) / sqrt(24);
    for (size_t i = 0; i < UNITS; i++)
      *log_lik_at(draws, s / 1000, s % 1000, i) =
          (float)(-0.5 * log(2 * acos(-1)) - (y[i] - mu) * (y[i] - mu) / 2);
  }
  hmfm_loo *loo = score_of(draws);
  for (size_t i = 0; i < UNITS; i++) {
    ck_assert_double_lt(loo->unit[i].pareto_k, 0.5);
    ck_assert_double_eq_tol(loo->unit[i].elpd_loo, normal_left_out(y, UNITS, i, 1), 2e-3);
    ck_assert_double_lt(loo->unit[i].mcse, 0.01);
  }
  ck_assert_uint_eq(loo->n_above, 0);
  /* p_loo is near the one parameter there is */
  ck_assert_double_eq_tol(loo->p_loo.value, 1, 0.1);
  for (size_t j = 0; j < 8; j++) {
    ck_assert_int_eq(loo->group[j].is_reliable, 1);
    ck_assert_uint_eq(loo->group[j].n_units, 3);
    ck_assert_double_eq_tol(loo->group[j].elpd, normal_left_out(y, UNITS, 3 * j, 3), 0.02);
  }
  hmfm_loo_destroy(loo);
  hmfm_draws_destroy(draws);
}
END_TEST

/* ---- what must not matter ---- */

/* A constant moves densities by as much and nothing else, however far below the range of exp. */
START_TEST(far_away) {
  const log_lik_case near = {"near", 2, 150, 6, 3, 0.2, 64, 0};
  log_lik_case far = near;
  far.shift = -16384;
  hmfm_draws *a = log_lik_draws(&near), *b = log_lik_draws(&far);
  hmfm_loo *x = score_of(a), *y = score_of(b);
  for (size_t i = 0; i < 6; i++) {
    ck_assert_double_eq_tol(y->unit[i].elpd_loo + 16384, x->unit[i].elpd_loo, 1e-9);
    ck_assert_double_eq_tol(y->unit[i].elpd_waic + 16384, x->unit[i].elpd_waic, 1e-9);
    ck_assert_double_eq_tol(y->unit[i].log_cpo + 16384, x->unit[i].log_cpo, 1e-9);
    ck_assert_double_eq_tol(y->unit[i].pareto_k, x->unit[i].pareto_k, 1e-9);
    ck_assert_double_eq_tol(y->unit[i].mcse, x->unit[i].mcse, 1e-9);
  }
  for (size_t j = 0; j < 3; j++) {
    ck_assert_double_eq_tol(y->group[j].elpd + 2 * 16384, x->group[j].elpd, 1e-9);
    ck_assert_double_eq_tol(y->group[j].pareto_k, x->group[j].pareto_k, 1e-9);
  }
  hmfm_loo_destroy(x);
  hmfm_loo_destroy(y);
  hmfm_draws_destroy(a);
  hmfm_draws_destroy(b);
}
END_TEST

/* Units of a group need not stand together, and there may be more of them than are taken at a time. */
START_TEST(scattered_groups) {
  const log_lik_case what = {"scattered", 2, 60, 50, 2, 0, 1024, 0};
  hmfm_draws *a = log_lik_draws(&what), *b = log_lik_draws(&what);
  for (size_t i = 0; i < 50; i++) {
    const size_t to = i < 25 ? 2 * i : 2 * (i - 25) + 1; /* groups by turns */
    b->unit_group[to] = a->unit_group[i];
    for (size_t c = 0; c < 2; c++)
      for (size_t t = 0; t < 60; t++) *log_lik_at(b, c, t, to) = *log_lik_at(a, c, t, i);
  }
  hmfm_loo *x = score_of(a), *y = score_of(b);
  for (size_t i = 0; i < 50; i++)
    ck_assert(x->unit[i].elpd_loo == y->unit[i < 25 ? 2 * i : 2 * (i - 25) + 1].elpd_loo);
  for (size_t j = 0; j < 2; j++) {
    ck_assert_uint_eq(y->group[j].n_units, 25);
    ck_assert(x->group[j].elpd == y->group[j].elpd && x->group[j].pareto_k == y->group[j].pareto_k);
  }
  hmfm_loo_destroy(x);
  hmfm_loo_destroy(y);
  hmfm_draws_destroy(a);
  hmfm_draws_destroy(b);
}
END_TEST

/* ---- what is refused ---- */

static void refuse(const hmfm_draws *draws, hmfm_status status, const char *words) {
  hmfm_loo *loo = NULL;
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_loo_create(draws, &loo, &error), status);
  ck_assert_ptr_null(loo);
  ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
}

START_TEST(refused) {
  const log_lik_case one = {"one", 1, 1, 3, 1, 0, 64, 0}, many = {"many", 2, 30, 40, 4, 0, 64, 0};
  hmfm_draws *draws = log_lik_draws(&one);
  refuse(draws, HMFM_EDATA, "at least 2 draws, got 1");
  hmfm_free(draws->log_likelihood);
  draws->log_likelihood = NULL;
  refuse(draws, HMFM_EUSAGE, "were not saved");
  hmfm_draws_destroy(draws);
  draws = log_lik_draws(&many);
  *log_lik_at(draws, 1, 29, 17) = -INFINITY;
  refuse(draws, HMFM_EDATA, "of unit 'u18' of group 'g2' is -inf in draw 29 of chain 1");
  *log_lik_at(draws, 1, 29, 17) = NAN;
  refuse(draws, HMFM_EDATA, "nan in draw 29");
  hmfm_draws_destroy(draws);
}
END_TEST

static void differ(const hmfm_draws *a, const hmfm_draws *b, const char *words) {
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_draws_same_data(a, b, &error), words ? HMFM_EDATA : HMFM_OK);
  if (words) ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
}

START_TEST(other_data) {
  const log_lik_case what = {"data", 1, 4, 6, 3, 0, 64, 0};
  log_lik_case other = what;
  hmfm_draws *a = log_lik_draws(&what), *b = log_lik_draws(&what), *c;
  differ(a, b, NULL);
  other.groups = 2;
  differ(a, c = log_lik_draws(&other), "the first has 3 groups, the second 2");
  hmfm_draws_destroy(c);
  other.groups = 3;
  other.units = 9;
  differ(a, c = log_lik_draws(&other), "the first has 6 units, the second 9");
  hmfm_draws_destroy(c);
  b->n_rows = 5;
  differ(a, b, "the first has 6 observations, the second 5");
  b->n_rows = 6;
  b->unit_size[1] = 2;
  b->unit_size[2] = 0;
  differ(a, b, "unit 'u2' of group 'g1' has 1 observation in the first, 2 in the second");
  b->unit_size[1] = b->unit_size[2] = 1;
  b->y[4] = 7.5;
  differ(a, b, "the response of unit 'u5' of group 'g3' is -0.7568024953 in the first, 7.5 in the");
  b->y[4] = a->y[4];
  b->unit_name[3][0] = 'v';
  differ(a, b, "unit 4 (from 1) is 'u4' of group 'g2' in the first, 'v4' of group 'g2'");
  b->unit_name[3][0] = 'u';
  b->unit_group[3] = 2;
  differ(a, b, "unit 4 (from 1) is 'u4' of group 'g2' in the first, 'u4' of group 'g3'");
  hmfm_draws_destroy(a);
  hmfm_draws_destroy(b);
}
END_TEST

START_TEST(ranks) {
  hmfm_unit_loo first[2] = {{.elpd_loo = -1}, {.elpd_loo = -2}};
  hmfm_unit_loo second[2] = {{.elpd_loo = -1.5}, {.elpd_loo = 0}};
  const hmfm_loo a = {.n_units = 2, .unit = first, .elpd_loo = {-3, 0}};
  const hmfm_loo b = {.n_units = 2, .unit = second, .elpd_loo = {-1.5, 0}};
  const hmfm_loo c = {.n_units = 1, .unit = second};
  const hmfm_loo *three[] = {&a, &b, &a}, *two[] = {&a, &c};
  hmfm_loo_rank rank[3] = {{.index = 9}};
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_loo_compare(three, 0, rank, &error), HMFM_EUSAGE);
  ck_assert_int_eq(hmfm_loo_compare(two, 2, rank, &error), HMFM_EDATA);
  ck_assert_ptr_nonnull(strstr(error.message, "scores of 1 units cannot be compared"));
  ck_assert_uint_eq(rank[0].index, 9);
  ck_assert_int_eq(hmfm_loo_compare(three, 3, rank, &error), HMFM_OK);
  ck_assert(rank[0].index == 1 && rank[1].index == 0 && rank[2].index == 2);
  /* terms 0.5 and -2 */
  ck_assert_double_eq_tol(rank[1].difference.value, -1.5, 1e-15);
  ck_assert_double_eq_tol(rank[2].difference.se, sqrt(2 * 2 * 1.25 * 1.25), 1e-15);
  ck_assert_int_eq(hmfm_loo_compare(two + 1, 1, rank, &error), HMFM_OK);
  ck_assert(rank[0].index == 0 && rank[0].difference.value == 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("loo");
  TCase *tests = tcase_create("scores");
  tcase_add_test(tests, as_loo);
  tcase_add_test(tests, the_slow_way);
  tcase_add_test(tests, known_posterior);
  tcase_add_test(tests, far_away);
  tcase_add_test(tests, scattered_groups);
  tcase_add_test(tests, refused);
  tcase_add_test(tests, other_data);
  tcase_add_test(tests, ranks);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
