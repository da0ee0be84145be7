/* Laws of the number of clusters in one group of the HMFM, given gamma; private. */
#ifndef PRIOR_BLOCKS_H
#define PRIOR_BLOCKS_H

#include "hmfm/base.h"

/* Work space for up to `most` clusters. Start from {0}. */
typedef struct hmfm_blocks {
  size_t most;
  double *r, *next, *carry;
  int *exponent;
} hmfm_blocks;

hmfm_status hmfm_blocks_create(size_t most, hmfm_blocks *blocks, hmfm_error *error);
void hmfm_blocks_clear(hmfm_blocks *blocks);

/* log_r[k - 1] = log R(n, k), k = 1 .. top <= min(n, most), R(n, k) = C(n, k; gamma)/(gamma)_n, where C is
 * the sum over all partitions of n units into k blocks of prod (gamma)_{size}. Then in a group of n units
 *   P(K_j = k | M, gamma) = M!/(M - k)! R(n, k) (gamma)_n/(gamma M)_n. */
void hmfm_blocks_compute(hmfm_blocks *blocks, size_t n, double gamma, size_t top, double *log_r);

/* p[k - 1] = P(K_j = k | M, gamma), k = 1 .. top = min(n, M), from log_r and log_falling[k - 1] =
 * log M!/(M - k)!. The factor that does not depend on k is what makes it sum to 1. */
void hmfm_blocks_law(size_t top, const double *log_falling, const double *log_r, double *p);

#endif
