/* exp, log and log-gamma against the long double functions of the C library, and tiles of log weights
 * against plain loops. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/vecmath.h"
#include "rng/philox.h"

static gsl_rng *stream;

static void start(void) { stream = hmfm_stream_create(20, 0); }
static void finish(void) { hmfm_stream_destroy(stream); }

static double flat(double low, double high) { return low + (high - low) * gsl_rng_uniform(stream); }

/* Distance of x from the exact value in units of the last place of that value. */
static double ulps(double x, long double exact) {
  double place = nextafter(fabs((double)exact), INFINITY) - fabs((double)exact);
  return (double)(fabsl((long double)x - exact) / place);
}

START_TEST(exp_within_two_ulps) {
  for (int k = 0; k < 200000; k++) {
    double x = k % 2 ? flat(-708.0, 709.0) : flat(-3.0, 3.0);
    ck_assert_double_le(ulps(hmfm_exp(x), expl(x)), 2.0);
  }
  ck_assert_double_eq(hmfm_exp(0.0), 1.0);
  ck_assert_double_eq(hmfm_exp(-0.0), 1.0);
  ck_assert_double_eq(hmfm_exp(-708.5), 0.0);
  ck_assert_double_eq(hmfm_exp(-1e300), 0.0);
  ck_assert_double_eq(hmfm_exp(-INFINITY), 0.0);
  ck_assert_double_gt(hmfm_exp(-707.9), 0.0);
}
END_TEST

START_TEST(log_within_two_ulps) {
  for (int k = 0; k < 200000; k++) {
    double x = k % 2 ? exp(flat(-708.0, 709.0)) : flat(0.5, 2.0);
    ck_assert_double_le(ulps(hmfm_log(x), logl(x)), 2.0);
  }
  ck_assert_double_eq(hmfm_log(1.0), 0.0);
  for (double gap = 1e-15; gap < 0.5; gap *= 3.0) {
    ck_assert_double_le(ulps(hmfm_log(1.0 + gap), logl(1.0L + (1.0 + gap - 1.0))), 2.0);
    ck_assert_double_le(ulps(hmfm_log(1.0 - gap), logl(1.0 - gap)), 2.0);
  }
}
END_TEST

START_TEST(log_gamma_within_1e_14) {
  for (int k = 0; k < 100000; k++) {
    double x = k % 3 == 0 ? flat(1e-3, 20.0) : exp(flat(-690.0, k % 3 == 1 ? 690.0 : 10.0));
    long double exact = lgammal(x);
    double error = (double)fabsl(hmfm_log_gamma(x) - exact);
    ck_assert_msg(error <= 1e-14 * fmax(1.0, fabs((double)exact)), "x = %g, error %g", x, error);
  }
  for (int n = 1; n < 20; n++) {
    ck_assert_double_eq_tol(hmfm_log_gamma(n + 1.0) - hmfm_log_gamma(n), log(n), 2e-13);
  }
}
END_TEST

START_TEST(vectors_equal_single_values) {
  enum { N = 133 };
  double x[N + 1], out[N + 1];
  for (size_t n = 0; n <= N; n += 19) {
    for (size_t k = 0; k <= N; k++) x[k] = exp(flat(-20.0, 6.0));
    out[n] = -5.0;
    hmfm_vector_exp(n, x, out);
    for (size_t k = 0; k < n; k++) ck_assert_double_eq(out[k], hmfm_exp(x[k]));
    hmfm_vector_log(n, x, out);
    for (size_t k = 0; k < n; k++) ck_assert_double_eq(out[k], hmfm_log(x[k]));
    hmfm_vector_log_gamma(n, x, out);
    for (size_t k = 0; k < n; k++) ck_assert_double_eq(out[k], hmfm_log_gamma(x[k]));
    ck_assert_double_eq(out[n], -5.0); /* nothing past the end */
    double in_place = hmfm_log_gamma(x[0]);
    hmfm_vector_log_gamma(n, x, x);
    if (n > 0) ck_assert_double_eq(x[0], in_place);
  }
}
END_TEST

START_TEST(log_sum_exp_by_hand) {
  double x[50] = {0};
  x[0] = x[1] = -INFINITY;
  ck_assert_double_eq(hmfm_log_sum_exp(0, x), -INFINITY);
  ck_assert_double_eq(hmfm_log_sum_exp(2, x), -INFINITY);
  x[2] = -1e8;
  ck_assert_double_eq(hmfm_log_sum_exp(3, x), -1e8);
  for (int t = 0; t < 200; t++) {
    long double sum = 0.0L;
    for (int k = 0; k < 50; k++) sum += expl(x[k] = flat(-700.0, 700.0) / (1 + t % 7 * 30));
    ck_assert_double_eq_tol(hmfm_log_sum_exp(50, x), (double)logl(sum), 1e-12);
  }
}
END_TEST

/* ---- tiles ---- */

enum { ROWS = 23 };

static void fill(double *tile, double spread) {
  for (int k = 0; k < ROWS * HMFM_TILE; k++) tile[k] = flat(-spread, 0.3 * spread);
}

START_TEST(tile_max_and_sum) {
  double tile[ROWS * HMFM_TILE], top[HMFM_TILE], sum[HMFM_TILE];
  for (size_t lanes = 8; lanes <= HMFM_TILE; lanes += 8) {
    fill(tile, 40.0);
    for (size_t l = 0; l < HMFM_TILE; l++) top[l] = -INFINITY;
    hmfm_tile_max(0, 9, lanes, tile, top);
    hmfm_tile_max(9, ROWS, lanes, tile, top);
    hmfm_tile_log_sum(ROWS, lanes, tile, top, sum);
    for (size_t l = 0; l < lanes; l++) {
      double best = -INFINITY, total = 0.0;
      for (size_t m = 0; m < ROWS; m++) {
        best = fmax(best, tile[m * HMFM_TILE + l]);
        total += exp(tile[m * HMFM_TILE + l]);
      }
      ck_assert_double_eq(top[l], best);
      ck_assert_double_eq_tol(sum[l], log(total), 1e-12);
    }
    for (size_t l = lanes; l < HMFM_TILE; l++) ck_assert_double_eq(top[l], -INFINITY);
  }
}
END_TEST

/* The row that a plain inversion picks; *slack says how close the target came to a boundary. */
static int32_t invert(const double *tile, size_t lane, double u, double *slack) {
  long double total = 0.0L, sum = 0.0L;
  for (size_t m = 0; m < ROWS; m++) total += expl(tile[m * HMFM_TILE + lane]);
  int32_t row = -1;
  *slack = 1.0;
  for (size_t m = 0; m < ROWS; m++) {
    sum += expl(tile[m * HMFM_TILE + lane]);
    *slack = fmin(*slack, (double)fabsl(sum / total - u));
    if (row < 0 && sum > u * total) row = (int32_t)m;
  }
  return row;
}

START_TEST(tile_pick_inverts) {
  double tile[ROWS * HMFM_TILE], kept[ROWS * HMFM_TILE], top[HMFM_TILE], u[HMFM_TILE],
      sum[HMFM_TILE], expected[HMFM_TILE];
  int32_t row[HMFM_TILE];
  int compared = 0;
  for (int t = 0; t < 300; t++) {
    fill(tile, t % 3 == 0 ? 1.0 : 30.0);
    for (size_t l = 0; l < HMFM_TILE; l++) {
      u[l] = gsl_rng_uniform(stream);
      top[l] = -INFINITY;
    }
    memcpy(kept, tile, sizeof kept);
    hmfm_tile_max(0, ROWS, HMFM_TILE, tile, top);
    hmfm_tile_log_sum(ROWS, HMFM_TILE, tile, top, expected);
    hmfm_tile_pick(ROWS, HMFM_TILE, tile, top, u, row, sum);
    for (size_t l = 0; l < HMFM_TILE; l++) {
      double slack;
      int32_t by_hand = invert(kept, l, u[l], &slack);
      ck_assert_double_eq_tol(top[l] + log(sum[l]), expected[l], 1e-13);
      if (slack < 1e-12) continue;
      ck_assert_int_eq(row[l], by_hand);
      compared++;
    }
  }
  ck_assert_int_gt(compared, 300 * HMFM_TILE * 9 / 10);
}
END_TEST

/* Weights of zero at the start, in the middle and at the end; targets at both ends of [0,1). */
START_TEST(tile_pick_leaves_zero_weights) {
  double tile[ROWS * HMFM_TILE], top[HMFM_TILE], u[HMFM_TILE], sum[HMFM_TILE];
  int32_t row[HMFM_TILE];
  for (int t = 0; t < 100; t++) {
    for (size_t l = 0; l < HMFM_TILE; l++) {
      u[l] = l % 3 == 0 ? 0.0 : l % 3 == 1 ? 1.0 - 0x1p-53 : gsl_rng_uniform(stream);
      top[l] = -INFINITY;
      for (size_t m = 0; m < ROWS; m++) {
        double alive = m >= 3 && m < ROWS - 4 && (m + l) % 5 != 0;
        tile[m * HMFM_TILE + l] = alive ? flat(-3.0, 0.0) : -800.0 - (double)m;
      }
    }
    hmfm_tile_max(0, ROWS, HMFM_TILE, tile, top);
    hmfm_tile_pick(ROWS, HMFM_TILE, tile, top, u, row, sum);
    for (size_t l = 0; l < HMFM_TILE; l++) {
      ck_assert_int_ge(row[l], 3);
      ck_assert_int_lt(row[l], ROWS - 4);
      ck_assert_int_ne((row[l] + (int)l) % 5, 0);
    }
  }
}
END_TEST

START_TEST(tile_exp_by_lane) {
  double tile[ROWS * HMFM_TILE], kept[ROWS * HMFM_TILE], top[HMFM_TILE];
  fill(tile, 50.0);
  memcpy(kept, tile, sizeof kept);
  for (size_t l = 0; l < HMFM_TILE; l++) top[l] = 0.3 * 50.0 + (double)l;
  hmfm_tile_exp(ROWS, HMFM_TILE, tile, top);
  for (size_t k = 0; k < ROWS * HMFM_TILE; k++) {
    double exact = exp(kept[k] - top[k % HMFM_TILE]);
    ck_assert_double_eq_tol(tile[k], exact, 1e-15 * exact);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("vecmath");
  TCase *functions = tcase_create("functions"), *tiles = tcase_create("tiles");
  tcase_add_checked_fixture(functions, start, finish);
  tcase_add_test(functions, exp_within_two_ulps);
  tcase_add_test(functions, log_within_two_ulps);
  tcase_add_test(functions, log_gamma_within_1e_14);
  tcase_add_test(functions, vectors_equal_single_values);
  tcase_add_test(functions, log_sum_exp_by_hand);
  tcase_add_checked_fixture(tiles, start, finish);
  tcase_add_test(tiles, tile_max_and_sum);
  tcase_add_test(tiles, tile_pick_inverts);
  tcase_add_test(tiles, tile_pick_leaves_zero_weights);
  tcase_add_test(tiles, tile_exp_by_lane);
  suite_add_tcase(suite, functions);
  suite_add_tcase(suite, tiles);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
