/* beta given allocations and atoms: Gaussian, for every block of groups that shares a regression,
 *   precision P = B0^-1 + sum_i (S_xx + N xbar xbar')/sigma2_c,
 *   mean P^-1 (B0^-1 b0 + sum_i [S_xy + N xbar (ybar - mu_c)]/sigma2_c). */
#include <gsl/gsl_randist.h>
#include <string.h>

#include "base/error.h"
#include "base/linalg.h"
#include "kernel/beta_proposal.h"
#include "kernel/kernel.h"
#include "kernel/regression.h"
#include "rng/philox.h"

/* What some units say: the lower triangle of a precision (r x r), then a shift (r). */
static void sum_moments(void *context, size_t piece, int member) {
  const hmfm_state *state = context;
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates;
  double *part = state->moments + piece * hmfm_block_stride(r * (r + 1));
  (void)member;
  memset(part, 0, r * (r + 1) * sizeof *part);
  model->family->moments(model->family_data, state->work, state->partition.allocation,
                         hmfm_piece_span(&model->regression.sums, piece), part, part + r * r);
}

/* Lower triangle of the precision in state->square, shift in state->vector. */
static void full_conditional(hmfm_state *state, size_t block) {
  const hmfm_regression *regression = &state->model->regression;
  const size_t r = regression->n_covariates, *start = regression->sums.range_start;
  double *precision = state->square, *shift = state->vector;
  memset(precision, 0, r * r * sizeof *precision);
  for (size_t k = 0; k < r; k++) {
    double inverse = 1.0 / (regression->sd[k] * regression->sd[k]);
    precision[k * r + k] = inverse;
    shift[k] = inverse * regression->mean[k];
  }
  for (size_t piece = start[block]; piece < start[block + 1]; piece++) {
    const double *part = state->moments + piece * hmfm_block_stride(r * (r + 1));
    for (size_t k = 0; k < r * r; k++) precision[k] += part[k];
    for (size_t k = 0; k < r; k++) shift[k] += part[r * r + k];
  }
}

void hmfm_regression_sum(hmfm_state *state, size_t first, size_t last) {
  const hmfm_pieces *sums = &state->model->regression.sums;
  const size_t r = state->model->regression.n_covariates;
  const size_t begin = sums->range_start[first], end = sums->range_start[last];
  hmfm_team_share(&state->team, begin, end, sum_moments, state);
  hmfm_team_gather(&state->team, begin, end, NULL,
                   hmfm_block_stride(r * (r + 1)) * sizeof *state->moments, state->moments);
}

hmfm_status hmfm_regression_draw(hmfm_state *state, size_t block, hmfm_error *error) {
  const size_t r = state->model->regression.n_covariates;
  double *beta = state->beta + block * r;
  full_conditional(state, block);
  if (hmfm_cholesky(r, state->square) != 0) return hmfm_beta_fail(state, block, error);
  /* with P = L L': beta = L'^-1 (L^-1 shift + z) */
  memcpy(beta, state->vector, r * sizeof *beta);
  hmfm_solve_lower(r, state->square, beta);
  for (size_t k = 0; k < r; k++) beta[k] += gsl_ran_gaussian_ziggurat(state->stream, 1.0);
  hmfm_solve_lower_transposed(r, state->square, beta);
  return HMFM_OK;
}

/* Blocks do not depend on each other: their moments are summed first, and their residuals made last. */
static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  const size_t n_blocks = state->model->regression.n_blocks;
  hmfm_status status = HMFM_OK;
  hmfm_regression_sum(state, 0, n_blocks);
  for (size_t b = 0; !status && b < n_blocks; b++) {
    hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_REGRESSION, b);
    status = hmfm_regression_draw(state, b, error);
  }
  if (status) return status;
  hmfm_state_residuals(state);
  state->unit_log_lik_made = state->clusters_made = 0;
  return status;
}

const hmfm_kernel hmfm_kernel_regression = {
    .name = "regression",
    .law = "beta | allocations, atoms",
    .apply = apply,
};
