/* Cholesky factors, triangular solves and inverses against plain loops. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "rng/philox.h"

enum { MAX_N = 9 };

static gsl_rng *stream;
static double a[MAX_N * MAX_N], l[MAX_N * MAX_N];

static void start(void) { stream = hmfm_stream_create(31, 0); }
static void finish(void) { hmfm_stream_destroy(stream); }

/* a = B B' + 0.1 I, and its factor in l. */
static void make(size_t n) {
  double b[MAX_N * MAX_N];
  for (size_t k = 0; k < n * n; k++) b[k] = gsl_rng_uniform(stream) - 0.5;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      a[i * n + j] = i == j ? 0.1 : 0.0;
      for (size_t k = 0; k < n; k++) a[i * n + j] += b[i * n + k] * b[j * n + k];
    }
  }
  memcpy(l, a, n * n * sizeof *a);
  ck_assert_int_eq(hmfm_cholesky(n, l), 0);
}

START_TEST(cholesky_multiplies_back) {
  for (size_t n = 1; n <= MAX_N; n++) {
    make(n);
    for (size_t i = 0; i < n; i++) {
      ck_assert_double_gt(l[i * n + i], 0.0);
      for (size_t j = 0; j <= i; j++) {
        double sum = 0.0;
        for (size_t k = 0; k <= j; k++) sum += l[i * n + k] * l[j * n + k];
        ck_assert_double_eq_tol(sum, a[i * n + j], 1e-14);
      }
      for (size_t j = i + 1; j < n; j++) ck_assert_double_eq(l[i * n + j], a[i * n + j]);
    }
  }
}
END_TEST

START_TEST(only_the_lower_triangle_is_read) {
  make(4);
  double half[16];
  memcpy(half, a, sizeof half);
  for (size_t i = 0; i < 4; i++) {
    for (size_t j = i + 1; j < 4; j++) half[i * 4 + j] = NAN;
  }
  ck_assert_int_eq(hmfm_cholesky(4, half), 0);
  for (size_t i = 0; i < 4; i++) {
    for (size_t j = 0; j <= i; j++) ck_assert_double_eq(half[i * 4 + j], l[i * 4 + j]);
  }
}
END_TEST

START_TEST(solves_multiply_back) {
  for (size_t n = 1; n <= MAX_N; n++) {
    double b[MAX_N], x[MAX_N], y[MAX_N];
    make(n);
    for (size_t k = 0; k < n; k++) b[k] = x[k] = y[k] = gsl_rng_uniform(stream);
    hmfm_solve_lower(n, l, x);
    hmfm_solve_lower_transposed(n, l, y);
    for (size_t i = 0; i < n; i++) {
      double lx = 0.0, ly = 0.0;
      for (size_t k = 0; k <= i; k++) lx += l[i * n + k] * x[k];
      for (size_t k = i; k < n; k++) ly += l[k * n + i] * y[k];
      ck_assert_double_eq_tol(lx, b[i], 1e-13);
      ck_assert_double_eq_tol(ly, b[i], 1e-13);
    }
  }
}
END_TEST

START_TEST(says_where_it_is_not_positive_definite) {
  double bad[9] = {2, 0, 0, 1, 3, 0, 0, 0, -1};
  ck_assert_int_eq(hmfm_cholesky(3, bad), 3);
  double zero[4] = {0, 0, 0, 1};
  ck_assert_int_eq(hmfm_cholesky(2, zero), 1);
}
END_TEST

/* Wherever it stands, and in matrices of every path through LAPACK. */
START_TEST(numbers_that_are_none_are_not_positive) {
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  static double big[100 * 100];
  for (size_t b = 0; b < 3; b++) {
    for (size_t n = 1; n <= 100; n = 2 * n + 1) {
      for (size_t place = 0; place < 3; place++) {
        const size_t i = place ? n - 1 : 0, j = place == 2 ? 0 : i;
        for (size_t k = 0; k < n * n; k++) big[k] = k % (n + 1) ? 0.0 : 2.0;
        big[i * n + j] = bad[b];
        ck_assert_int_eq(hmfm_cholesky(n, big), (int)i + 1);
      }
    }
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("linalg");
  TCase *all = tcase_create("linalg");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, cholesky_multiplies_back);
  tcase_add_test(all, only_the_lower_triangle_is_read);
  tcase_add_test(all, solves_multiply_back);
  tcase_add_test(all, says_where_it_is_not_positive_definite);
  tcase_add_test(all, numbers_that_are_none_are_not_positive);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
