/* Laws of independent random subsets of M components, each exchangeable given its size; private. */
#ifndef PRIOR_SUBSETS_H
#define PRIOR_SUBSETS_H

#include "prior/pmf.h"

/* Work space for subsets of up to `most` components. Start from {0}. */
typedef struct hmfm_subsets {
  size_t most;
  double *before, *after, *sum;
} hmfm_subsets;

hmfm_status hmfm_subsets_create(size_t most, hmfm_subsets *subsets, hmfm_error *error);
void hmfm_subsets_clear(hmfm_subsets *subsets);

/* Replaces the law of the size of a union by that of its union with one more subset, whose size has the
 * law `size`. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_subsets_unite(hmfm_subsets *subsets, size_t M, const hmfm_pmf *size,
                               hmfm_pmf *united, hmfm_error *error);

/* common[s] += weight P(two subsets of sizes a and b have s in common), s = 0 .. min(a, b). */
void hmfm_subsets_common(hmfm_subsets *subsets, size_t M, size_t a, size_t b, double weight,
                         double *common);

#endif
