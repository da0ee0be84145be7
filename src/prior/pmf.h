/* Probabilities of consecutive counts, kept where they matter; private. */
#ifndef PRIOR_PMF_H
#define PRIOR_PMF_H

#include "hmfm/base.h"
#include "hmfm/prior.h"

/* P(low + k) = p[k], k < n. Start from {0}. */
typedef struct hmfm_pmf {
  size_t low, n;
  double *p;
  size_t room;
} hmfm_pmf;

/* Less than this is dropped at either end, as a fraction of nothing anybody would see. */
#define HMFM_PMF_LEAST 1e-19

/* Makes the law that of a constant. Errors of all: HMFM_EMEMORY. */
hmfm_status hmfm_pmf_point(hmfm_pmf *pmf, size_t value, hmfm_error *error);
/* The probabilities p[n] of low, low + 1, ... */
hmfm_status hmfm_pmf_set(hmfm_pmf *pmf, size_t low, size_t n, const double *p, hmfm_error *error);
hmfm_status hmfm_pmf_copy(const hmfm_pmf *from, hmfm_pmf *to, hmfm_error *error);
void hmfm_pmf_clear(hmfm_pmf *pmf);

/* The law of the sum with an independent 0 or 1. */
hmfm_status hmfm_pmf_add_bernoulli(hmfm_pmf *pmf, double probability, hmfm_error *error);
/* The law of the sum of two independent counts; out is neither of them. */
hmfm_status hmfm_pmf_convolve(const hmfm_pmf *a, const hmfm_pmf *b, hmfm_pmf *out,
                              hmfm_error *error);

/* Room for the probabilities of least .. least + n - 1, all 0. */
hmfm_status hmfm_law_create(hmfm_law *law, size_t least, size_t n, hmfm_error *error);
/* law += weight times pmf; counts beyond the law's are left out. */
void hmfm_law_add(hmfm_law *law, double weight, const hmfm_pmf *pmf);
/* Counts one more draw of value. */
hmfm_status hmfm_law_tally(hmfm_law *law, size_t value, hmfm_error *error);
/* From tallies to a law with standard errors. */
hmfm_status hmfm_law_finish_tally(hmfm_law *law, size_t draws, hmfm_error *error);
/* Drops what is nothing at both ends, and computes the moments. */
void hmfm_law_finish(hmfm_law *law);
void hmfm_law_clear(hmfm_law *law);

#endif
