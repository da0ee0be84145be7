/* Proposals of regression coefficients that are symmetric given the atoms; not a kernel. */
#ifndef KERNEL_BETA_PROPOSAL_H
#define KERNEL_BETA_PROPOSAL_H

#include "state/state.h"

/* Prepares proposals for a block: state->weight[m], m < M, holds how much component m counts (not all
 * zero), and may depend on nothing that the proposed move changes. */
hmfm_status hmfm_beta_proposal_prepare(hmfm_state *state, size_t block, hmfm_error *error);

/* Whether a sweep's turn has come for a block: proposals of beta cost as much as an allocation, so each
 * sweep makes them for a quarter of the blocks; phase sets kernels apart. */
static inline int hmfm_beta_turn(const hmfm_state *state, size_t block, size_t phase) {
  return (block + (size_t)state->sweep + phase) % 4 == 0;
}

/* Draws a proposal from the open stream, with probability 1/3 a step, else a gap:
 *   step  a Gaussian step with the covariance (B0^-1 + sum x x'/s)^-1, s the mean variance of the
 *         components, scaled by exp(Uniform(-2, 1));
 *   gap   beta_k + (mu_b - mu_a)/range_k plus half such a step, for two components a, b drawn by what
 *         they count and a covariate k. */
void hmfm_beta_propose(hmfm_state *state, const double *beta, double *to);

/* Makes the proposed residuals of the units of groups first .. last - 1, which share beta. */
void hmfm_beta_residuals(hmfm_state *state, size_t first, size_t last, const double *beta);

/* The error of a precision of beta that is not positive definite. */
hmfm_status hmfm_beta_fail(const hmfm_state *state, size_t block, hmfm_error *error);

/* log of the prior density of a block's beta, up to a constant. */
double hmfm_beta_log_prior(const hmfm_regression *regression, const double *beta);

#endif
