/* exp, log and log-gamma for arrays, and the tile of log weights that an allocation is drawn from.
 *
 * The hot loops of every sampler are made of these. They are plain C without branches, so that a
 * compiler turns them into vector code, with whatever flags it is called; HMFM_VECTOR compiles a function
 * two or three times, for the baseline machine, for AVX2 and for AVX-512, and the loader picks one. None of them
 * may fuse a multiply with an add, so all give the same bits. */
#ifndef BASE_VECMATH_H
#define BASE_VECMATH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define HMFM_PLAIN optimize("O3", "fp-contract=off")
#if __GNUC__ >= 12
#define HMFM_VECTOR __attribute__((target_clones("arch=x86-64-v4", "avx2", "default"), HMFM_PLAIN))
#else
#define HMFM_VECTOR __attribute__((target_clones("avx2", "default"), HMFM_PLAIN))
#endif
#else
#define HMFM_VECTOR
#endif

/* Doubles that one step of a vector loop takes at most. Where loops are short, arrays have so many elements more than are
 * used, and whatever these hold is computed with and left out: what is left over of a vector takes longer than a
 * vector. */
enum { HMFM_STEP = 8 };

#define HMFM_INLINE static inline __attribute__((always_inline))

HMFM_INLINE double hmfm_from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

HMFM_INLINE uint64_t hmfm_to_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* exp(x) for x <= 709, within 2 units in the last place; 0 for x < -708, -inf included. With
 * x = k ln 2 + r, |r| <= ln(2)/2: a Taylor polynomial of degree 13 in r, scaled by 2^k. Adding 1.5 2^52
 * rounds x / ln 2 to an integer that then stands in the low bits. */
HMFM_INLINE double hmfm_exp(double x) {
  const double magic = 0x1.8p52;
  double z = x < -708.0 ? -708.0 : x;
  double shifted = z * 0x1.71547652b82fep0 + magic;
  double k = shifted - magic;
  double r = (z - k * 0x1.62e42fefap-1) - k * 0x1.cf79abc9e3b39p-40;
  double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  double p01 = 1.0 + r, p23 = 1.0 / 2 + r * (1.0 / 6);
  double p45 = 1.0 / 24 + r * (1.0 / 120), p67 = 1.0 / 720 + r * (1.0 / 5040);
  double p89 = 1.0 / 40320 + r * (1.0 / 362880), pab = 1.0 / 3628800 + r * (1.0 / 39916800);
  double pcd = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
  double p = (p01 + r2 * p23) + r4 * (p45 + r2 * p67) + r8 * ((p89 + r2 * pab) + r4 * pcd);
  uint64_t power = (hmfm_to_bits(shifted) << 52) + hmfm_to_bits(1.0);
  double y = p * hmfm_from_bits(power);
  return x < -708.0 ? 0.0 : y;
}

/* log(x) for normal positive x, within 2 units in the last place: x = 2^e m with m between
 * sqrt(1/2) and sqrt(2); log m = 2 artanh(s), s = (m-1)/(m+1), by its series to s^21. */
HMFM_INLINE double hmfm_log(double x) {
  const uint64_t offset = UINT64_C(0x3fe6a09e667f3bcd); /* sqrt(1/2) */
  uint64_t bits = hmfm_to_bits(x);
  uint64_t biased = (bits - offset + (UINT64_C(1024) << 52)) >> 52; /* e + 1024 */
  double e = hmfm_from_bits(biased | UINT64_C(0x4330000000000000)) - 0x1p52 - 1024.0;
  double m = hmfm_from_bits(bits - ((biased - 1024) << 52));
  double f = m - 1.0;
  double s = f / (m + 1.0), z = s * s, z2 = z * z, z4 = z2 * z2;
  double q = (1.0 / 3 + z * (1.0 / 5)) + z2 * (1.0 / 7 + z * (1.0 / 9)) +
             z4 * ((1.0 / 11 + z * (1.0 / 13)) + z2 * (1.0 / 15 + z * (1.0 / 17)) +
                   z4 * (1.0 / 19 + z * (1.0 / 21)));
  /* 2s = f - s f exactly in mathematics; written so, the leading term f has no rounding */
  double tail = s * (2.0 * z * q - f);
  return e * 0x1.62e42fefap-1 + (f + (tail + e * 0x1.cf79abc9e3b39p-40));
}

/* log Gamma(x) for 1e-300 <= x <= 1e300, absolute error below 1e-14 max(1, |result|): Stirling's series
 * at x, or at x + 8 less the log of the rising factorial of x. */
HMFM_INLINE double hmfm_log_gamma(double x) {
  double product = x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5) * (x + 6) * (x + 7);
  double rising = x < 8.0 ? product : 1.0;
  double y = x < 8.0 ? x + 8.0 : x;
  double v = 1.0 / y, w = v * v;
  double series =
      v * (1.0 / 12 -
           w * (1.0 / 360 - w * (1.0 / 1260 -
                                 w * (1.0 / 1680 -
                                      w * (1.0 / 1188 - w * (691.0 / 360360 - w * (1.0 / 156)))))));
  return (y - 0.5) * hmfm_log(y) - y + 0.91893853320467274178 + series - hmfm_log(rising);
}

/* The same for arrays; out may be x. */
void hmfm_vector_exp(size_t n, const double *x, double *out);
void hmfm_vector_log(size_t n, const double *x, double *out);
void hmfm_vector_log_gamma(size_t n, const double *x, double *out);

/* 1 where none is infinite or NaN. */
int hmfm_vector_finite(size_t n, const double *x);

/* log of the sum of exp(x); -inf for n = 0 or all -inf. */
double hmfm_log_sum_exp(size_t n, const double *x);

/* A tile: log weights of up to HMFM_TILE units (lanes) in n_rows components; row m is
 * score[m * HMFM_TILE .. + n_lanes - 1], and n_lanes is rounded up to a multiple of 8 by the
 * caller, who ignores what the extra lanes hold. */
enum { HMFM_TILE = 64 };

/* lane_max[l] = max over rows of score, for rows [first, last), updating what lane_max holds. */
void hmfm_tile_max(size_t first, size_t last, size_t n_lanes, const double *score,
                   double *lane_max);

/* log_sum[l] = log sum over rows of exp(score). score is kept. lane_max as from hmfm_tile_max. */
void hmfm_tile_log_sum(size_t n_rows, size_t n_lanes, const double *score, const double *lane_max,
                       double *log_sum);

/* score = exp(score - lane_max), lane by lane. */
void hmfm_tile_exp(size_t n_rows, size_t n_lanes, double *score, const double *lane_max);

/* Draws a row for each lane with probability proportional to exp(score), by inversion of uniform[l]
 * in [0,1): row[l]; and sum[l] = sum over rows of exp(score - lane_max), whose logarithm is log_sum less lane_max.
 * score is overwritten. A row of weight zero is never drawn. */
void hmfm_tile_pick(size_t n_rows, size_t n_lanes, double *score, const double *lane_max,
                    const double *uniform, int32_t *row, double *sum);

#endif
