/* Summaries of draws: convergence diagnostics and posterior quantities. */
#ifndef HMFM_SUMMARY_H
#define HMFM_SUMMARY_H

#include "draws.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Summary of one label-free quantity. rhat, ess_bulk, ess_tail and mcse_mean as the R package
 * posterior computes them (Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021, Bayesian Analysis
 * 16, 667-718): split chains, rank normalisation, folding. NaN where not defined: a value that is
 * not finite, all values equal, or fewer than 4 draws a chain. */
typedef struct hmfm_diagnostics {
  double mean, sd, q5, q50, q95;
  double rhat, ess_bulk, ess_tail, mcse_mean;
  double ess_mean; /* effective sample size of the mean, not rank normalised */
} hmfm_diagnostics;

/* Diagnoses one quantity: value t of chain c is x[c * chain_stride + t * draw_stride].
 * Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_diagnose(const double *x, size_t n_chains, size_t n_draws,
                                   size_t chain_stride, size_t draw_stride, hmfm_diagnostics *out,
                                   hmfm_error *error);

#ifdef __cplusplus
}
#endif
#endif
