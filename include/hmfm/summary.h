/** @file
 * Summaries of draws: convergence diagnostics and posterior quantities. */
#ifndef HMFM_SUMMARY_H
#define HMFM_SUMMARY_H

#include "draws.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Summary of one label-free quantity. rhat, ess_bulk, ess_tail and mcse_mean as the R package
 * posterior computes them (Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021, Bayesian Analysis
 * 16, 667-718): split chains, rank normalisation, folding. NaN where not defined: a value that is
 * not finite, all values equal, or fewer than 4 draws a chain. */
typedef struct hmfm_diagnostics {
  double mean;      /**< over all chains and draws */
  double sd;        /**< standard deviation, with n - 1 */
  double q5;        /**< 5 % quantile */
  double q50;       /**< median */
  double q95;       /**< 95 % quantile */
  double rhat;      /**< near 1 where chains agree; above 1.01 they do not yet */
  double ess_bulk;  /**< effective sample size for the middle of the law */
  double ess_tail;  /**< the lesser of those for the 5 % and the 95 % quantile */
  double mcse_mean; /**< standard error of the mean that is due to simulation */
  double ess_mean;  /**< effective sample size of the mean, not rank normalised */
} hmfm_diagnostics;

/** Diagnoses one quantity with n_draws values in each of n_chains chains: value t of chain c is
 * x[c * chain_stride + t * draw_stride]. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_diagnose(const double *x, size_t n_chains, size_t n_draws,
                                   size_t chain_stride, size_t draw_stride, hmfm_diagnostics *out,
                                   hmfm_error *error);

#ifdef __cplusplus
}
#endif
#endif
