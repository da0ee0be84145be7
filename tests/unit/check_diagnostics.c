/* Tests of hmfm_diagnose: against the R package posterior, and against a direct sum. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hmfm/summary.h"
#include "summary/ess.h"

#ifndef TESTDATA
#define TESTDATA "tests/unit/data"
#endif

enum { ANSWERS = 10 };
static const char *const answer_name[ANSWERS] = {
    "mean", "sd", "q5", "q50", "q95", "rhat", "ess_bulk", "ess_tail", "mcse_mean", "ess_mean"};

static void answers_of(const hmfm_diagnostics *d, double *answer) {
  double all[ANSWERS] = {d->mean, d->sd,       d->q5,       d->q50,       d->q95,
                         d->rhat, d->ess_bulk, d->ess_tail, d->mcse_mean, d->ess_mean};
  memcpy(answer, all, sizeof all);
}

/* Equal to a relative 1e-10; NaN and infinities equal themselves. An R-hat above 1e7 is that of
 * chains that are constant apart from rounding, where any such number will do. */
static int agree(double ours, double theirs) {
  if (isnan(ours) || isnan(theirs)) return isnan(ours) && isnan(theirs);
  if (ours == theirs || (ours > 1e7 && theirs > 1e7 && isinf(ours))) return 1;
  return fabs(ours - theirs) <= 1e-10 * fmax(fabs(ours), fabs(theirs)) + 1e-18;
}

static char *read_all(const char *name) {
  const char *folder = getenv("HMFM_TESTDATA");
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", folder ? folder : TESTDATA, name);
  FILE *file = fopen(path, "r");
  ck_assert_msg(file != NULL, "cannot open %s", path);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = calloc((size_t)size + 1, 1);
  ck_assert_uint_eq(fread(text, 1, (size_t)size, file), (size_t)size);
  fclose(file);
  return text;
}

static void check_case(const char *name, const double *theirs, const double *x, size_t chains,
                       size_t draws) {
  hmfm_diagnostics ours;
  double answer[ANSWERS];
  ck_assert_int_eq(hmfm_diagnose(x, chains, draws, draws, 1, &ours, NULL), HMFM_OK);
  answers_of(&ours, answer);
  for (int k = 0; k < ANSWERS; k++)
    ck_assert_msg(agree(answer[k], theirs[k]), "%s: %s is %.17g, posterior says %.17g", name,
                  answer_name[k], answer[k], theirs[k]);
}

START_TEST(as_posterior) {
  char *text = read_all("diagnostics.csv"), *line_end = NULL, *field_end = NULL;
  int cases = 0;
  for (char *line = strtok_r(text, "\n", &line_end); line; line = strtok_r(NULL, "\n", &line_end)) {
    char *name = strtok_r(line, ",", &field_end);
    size_t chains = strtoul(strtok_r(NULL, ",", &field_end), NULL, 10);
    size_t draws = strtoul(strtok_r(NULL, ",", &field_end), NULL, 10), count = 0;
    double *value = calloc(ANSWERS + chains * draws, sizeof *value);
    for (char *field; (field = strtok_r(NULL, ",", &field_end)); count++) {
      ck_assert_uint_lt(count, ANSWERS + chains * draws);
      value[count] = strtod(field, NULL);
    }
    ck_assert_uint_eq(count, ANSWERS + chains * draws);
    check_case(name, value, value + ANSWERS, chains, draws);
    free(value);
    cases++;
  }
  free(text);
  ck_assert_int_ge(cases, 36);
}
END_TEST

/* A cheap, reproducible stream of numbers, autocorrelated by rho. */
static void fill(double *x, size_t n, double rho, unsigned seed) {
  unsigned long long state = seed * 2654435761u + 12345;
  double last = 0;
  for (size_t t = 0; t < n; t++) {
    double e = 0;
    for (int k = 0; k < 12; k++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      e += (double)(state >> 11) / 9007199254740992.0;
    }
    last = rho * last + e - 6;
    x[t] = last;
  }
}

/* Geyer's estimate from autocovariances by direct sums, straight from the definitions. */
static double direct_ess(const double *x, size_t n, size_t m) {
  double *acov = calloc(n, sizeof *acov), *mean = calloc(m, sizeof *mean), grand = 0, between = 0;
  for (size_t c = 0; c < m; c++) {
    for (size_t t = 0; t < n; t++) mean[c] += x[c * n + t] / (double)n;
    grand += mean[c] / (double)m;
    for (size_t lag = 0; lag < n; lag++)
      for (size_t t = 0; t + lag < n; t++)
        acov[lag] += (x[c * n + t] - mean[c]) * (x[c * n + t + lag] - mean[c]) / (double)(n * m);
  }
  for (size_t c = 0; c < m; c++) between += (mean[c] - grand) * (mean[c] - grand) / (double)(m - 1);
  double within = acov[0] * (double)n / (double)(n - 1), total = acov[0] + between;
  double time = -1, previous = INFINITY;
  for (size_t t = 0; t + 1 < n; t += 2) {
    double even = t ? 1 - (within - acov[t]) / total : 1;
    double pair = even + 1 - (within - acov[t + 1]) / total;
    if (!(pair > 0)) {
      time += fmax(even, 0);
      break;
    }
    previous = fmin(pair, previous);
    time += 2 * previous;
  }
  free(acov);
  free(mean);
  return (double)(n * m) / time;
}

START_TEST(ess_by_direct_sums) {
  enum { N = 250, M = 4 };
  double x[N * M];
  hmfm_ess_space *space = NULL;
  ck_assert_int_eq(hmfm_ess_space_create(N, &space, NULL), HMFM_OK);
  for (unsigned seed = 0; seed < 6; seed++) {
    for (unsigned c = 0; c < M; c++) fill(x + c * N, N, 0.15 * seed, 100 * seed + c);
    double direct = direct_ess(x, N, M);
    ck_assert_double_eq_tol(hmfm_ess(x, M, space) / direct, 1, 1e-10);
  }
  hmfm_ess_space_destroy(space);
}
END_TEST

START_TEST(ess_of_ar1) {
  enum { N = 20000, M = 4 };
  double *x = calloc((size_t)N * M, sizeof *x);
  hmfm_diagnostics d;
  for (unsigned c = 0; c < M; c++) fill(x + c * N, N, 0.8, c + 1);
  ck_assert_int_eq(hmfm_diagnose(x, M, N, N, 1, &d, NULL), HMFM_OK);
  ck_assert_double_eq_tol(d.ess_mean / (N * M * (1 - 0.8) / (1 + 0.8)), 1, 0.1);
  ck_assert_double_eq_tol(d.sd, 1 / sqrt(1 - 0.64), 0.05);
  ck_assert_double_lt(fabs(d.rhat - 1), 0.005);
  free(x);
}
END_TEST

START_TEST(strides) {
  enum { N = 60, M = 3 };
  double chain_major[N * M], draw_major[N * M * 2], one[ANSWERS], other[ANSWERS];
  fill(chain_major, N * M, 0.3, 7);
  for (int c = 0; c < M; c++)
    for (int t = 0; t < N; t++) draw_major[2 * (t * M + c)] = chain_major[c * N + t];
  hmfm_diagnostics a, b;
  ck_assert_int_eq(hmfm_diagnose(chain_major, M, N, N, 1, &a, NULL), HMFM_OK);
  ck_assert_int_eq(hmfm_diagnose(draw_major, M, N, 2, 2 * M, &b, NULL), HMFM_OK);
  answers_of(&a, one);
  answers_of(&b, other);
  for (int k = 0; k < ANSWERS; k++) ck_assert(one[k] == other[k]);
}
END_TEST

START_TEST(shape_of_answers) {
  enum { N = 100, M = 4 };
  double x[N * M], y[N * M];
  fill(x, N * M, 0.5, 3);
  for (int k = 0; k < N * M; k++) y[k] = ldexp(x[k], -70);
  hmfm_diagnostics a, b;
  ck_assert_int_eq(hmfm_diagnose(x, M, N, N, 1, &a, NULL), HMFM_OK);
  ck_assert_int_eq(hmfm_diagnose(y, M, N, N, 1, &b, NULL), HMFM_OK);
  ck_assert(a.rhat == b.rhat && a.ess_bulk == b.ess_bulk && a.ess_tail == b.ess_tail);
  ck_assert_double_eq_tol(a.ess_mean / b.ess_mean, 1, 1e-12);
  ck_assert_double_eq_tol(ldexp(a.mcse_mean, -70) / b.mcse_mean, 1, 1e-12);
}
END_TEST

START_TEST(few_draws) {
  double x[12];
  hmfm_diagnostics d;
  fill(x, 12, 0, 1);
  for (size_t draws = 0; draws <= 3; draws++) {
    ck_assert_int_eq(hmfm_diagnose(x, 4, draws, draws, 1, &d, NULL), HMFM_OK);
    ck_assert(isnan(d.rhat) && isnan(d.ess_bulk) && isnan(d.ess_tail) && isnan(d.mcse_mean));
    ck_assert(isnan(d.mean) == (draws == 0));
  }
  ck_assert_int_eq(hmfm_diagnose(x, 1, 1, 1, 1, &d, NULL), HMFM_OK);
  ck_assert(d.mean == x[0] && d.q5 == x[0] && isnan(d.sd));
}
END_TEST

START_TEST(too_large) {
  double x = 0;
  hmfm_diagnostics d;
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_diagnose(&x, 2, (size_t)1 << 63, 1, 0, &d, &error), HMFM_EMEMORY);
  ck_assert_ptr_nonnull(strstr(error.message, "diagnostics"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("diagnostics");
  TCase *tests = tcase_create("diagnose");
  tcase_add_test(tests, as_posterior);
  tcase_add_test(tests, ess_by_direct_sums);
  tcase_add_test(tests, ess_of_ar1);
  tcase_add_test(tests, strides);
  tcase_add_test(tests, shape_of_answers);
  tcase_add_test(tests, few_draws);
  tcase_add_test(tests, too_large);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
