/* Vector exp, log and log-gamma, and draws from tiles of log weights. */
#include "base/vecmath.h"

#include <math.h>

HMFM_VECTOR void hmfm_vector_exp(size_t n, const double *x, double *out) {
  for (size_t k = 0; k < n; k++) out[k] = hmfm_exp(x[k]);
}

HMFM_VECTOR void hmfm_vector_log(size_t n, const double *x, double *out) {
  for (size_t k = 0; k < n; k++) out[k] = hmfm_log(x[k]);
}

HMFM_VECTOR void hmfm_vector_log_gamma(size_t n, const double *x, double *out) {
  for (size_t k = 0; k < n; k++) out[k] = hmfm_log_gamma(x[k]);
}

/* A number less itself is 0; anything else less itself is NaN. */
HMFM_VECTOR int hmfm_vector_finite(size_t n, const double *x) {
  int broken = 0;
  for (size_t k = 0; k < n; k++) broken |= x[k] - x[k] != 0.0;
  return !broken;
}

double hmfm_log_sum_exp(size_t n, const double *x) {
  double top = -INFINITY, sum = 0.0;
  for (size_t k = 0; k < n; k++) top = x[k] > top ? x[k] : top;
  if (!isfinite(top)) return top;
  for (size_t k = 0; k < n; k++) sum += hmfm_exp(x[k] - top);
  return top + log(sum);
}

HMFM_VECTOR void hmfm_tile_max(size_t first, size_t last, size_t n_lanes,
                               const double *restrict score, double *restrict lane_max) {
  for (size_t m = first; m < last; m++) {
    const double *s = score + m * HMFM_TILE;
    for (size_t l = 0; l < n_lanes; l++) lane_max[l] = s[l] > lane_max[l] ? s[l] : lane_max[l];
  }
}

HMFM_VECTOR void hmfm_tile_log_sum(size_t n_rows, size_t n_lanes, const double *restrict score,
                                   const double *restrict lane_max, double *restrict log_sum) {
  double sum[HMFM_TILE] = {0};
  for (size_t m = 0; m < n_rows; m++) {
    const double *s = score + m * HMFM_TILE;
    for (size_t l = 0; l < n_lanes; l++) sum[l] += hmfm_exp(s[l] - lane_max[l]);
  }
  for (size_t l = 0; l < n_lanes; l++) log_sum[l] = lane_max[l] + hmfm_log(sum[l]);
}

HMFM_VECTOR void hmfm_tile_exp(size_t n_rows, size_t n_lanes, double *restrict score,
                               const double *restrict lane_max) {
  for (size_t m = 0; m < n_rows; m++) {
    double *s = score + m * HMFM_TILE;
    for (size_t l = 0; l < n_lanes; l++) s[l] = hmfm_exp(s[l] - lane_max[l]);
  }
}

/* The largest row index whose running sum does not exceed the target is the one before the row
 * drawn; a target strictly below the total leaves a row to draw, whatever the rounding. */
HMFM_VECTOR void hmfm_tile_pick(size_t n_rows, size_t n_lanes, double *restrict score,
                                const double *restrict lane_max, const double *restrict uniform,
                                int32_t *restrict row, double *restrict sum) {
  double target[HMFM_TILE], passed[HMFM_TILE] = {0};
  for (size_t l = 0; l < n_lanes; l++) sum[l] = 0.0;
  for (size_t m = 0; m < n_rows; m++) {
    double *s = score + m * HMFM_TILE;
    for (size_t l = 0; l < n_lanes; l++) {
      sum[l] += hmfm_exp(s[l] - lane_max[l]);
      s[l] = sum[l];
    }
  }
  for (size_t l = 0; l < n_lanes; l++) target[l] = uniform[l] * (sum[l] * (1.0 - 0x1p-52));
  for (size_t m = 0; m < n_rows; m++) {
    const double *s = score + m * HMFM_TILE;
    for (size_t l = 0; l < n_lanes; l++) passed[l] += s[l] <= target[l] ? 1.0 : 0.0;
  }
  for (size_t l = 0; l < n_lanes; l++) row[l] = (int32_t)passed[l];
}
