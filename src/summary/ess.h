/* Effective sample size and R-hat of split chains; private to the library. */
#ifndef SUMMARY_ESS_H
#define SUMMARY_ESS_H

#include "hmfm/base.h"

/* Chains here are n values each, chain after chain: value t of chain c is x[c * n + t]. */

/* Work space for the effective sample sizes of chains of n values. */
typedef struct hmfm_ess_space hmfm_ess_space;
hmfm_status hmfm_ess_space_create(size_t n, hmfm_ess_space **out, hmfm_error *error);
void hmfm_ess_space_destroy(hmfm_ess_space *space);

/* Effective sample size of the mean of n_chains chains, pooled, n as in create. NaN when n < 3, a
 * value is not finite, or all are equal. */
double hmfm_ess(const double *x, size_t n_chains, hmfm_ess_space *space);

/* Potential scale reduction sqrt((B/W + n - 1)/n). NaN when n < 2 or there are fewer than two
 * chains, a value is not finite, or all are equal; infinite when only W is zero. */
double hmfm_rhat(const double *x, size_t n, size_t n_chains);

#endif
