/* beta given allocations and atoms: Gaussian, for every block of groups that shares a regression,
 *   precision P = B0^-1 + sum_i (S_xx + N xbar xbar')/sigma2_c,
 *   mean P^-1 (B0^-1 b0 + sum_i [S_xy + N xbar (ybar - mu_c)]/sigma2_c). */
#include <gsl/gsl_randist.h>
#include <string.h>

#include "base/error.h"
#include "base/linalg.h"
#include "kernel/beta_proposal.h"
#include "kernel/kernel.h"
#include "rng/philox.h"

/* Lower triangle of the precision in state->square, shift in state->vector. */
static void full_conditional(hmfm_state *state, hmfm_span units) {
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates;
  double *precision = state->square, *part = state->square + r * r;
  double *shift = state->vector, *part_shift = state->vector + r;
  memset(precision, 0, r * r * sizeof *precision);
  for (size_t k = 0; k < r; k++) {
    double inverse = 1.0 / (model->regression.sd[k] * model->regression.sd[k]);
    precision[k * r + k] = inverse;
    shift[k] = inverse * model->regression.mean[k];
  }
  for (size_t begin = 0; begin < units.count; begin += HMFM_UNIT_BLOCK) {
    const size_t left = units.count - begin;
    hmfm_span block = {units.unit + begin, 0, left < HMFM_UNIT_BLOCK ? left : HMFM_UNIT_BLOCK};
    memset(part, 0, r * r * sizeof *part);
    memset(part_shift, 0, r * sizeof *part_shift);
    model->family->moments(model->family_data, state->work, state->partition.allocation, block,
                           part, part_shift);
    for (size_t k = 0; k < r * r; k++) precision[k] += part[k];
    for (size_t k = 0; k < r; k++) shift[k] += part_shift[k];
  }
}

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates;
  for (size_t b = 0; b < model->regression.n_blocks; b++) {
    size_t first, last;
    double *beta = state->beta + b * r;
    hmfm_regression_groups(&model->regression, b, &first, &last);
    const hmfm_span units = hmfm_regression_active(&model->regression, first, last);
    full_conditional(state, units);
    if (hmfm_cholesky(r, state->square) != 0) return hmfm_beta_fail(state, b, error);
    /* with P = L L': beta = L'^-1 (L^-1 shift + z) */
    memcpy(beta, state->vector, r * sizeof *beta);
    hmfm_solve_lower(r, state->square, beta);
    hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_REGRESSION, b);
    for (size_t k = 0; k < r; k++) beta[k] += gsl_ran_gaussian_ziggurat(state->stream, 1.0);
    hmfm_solve_lower_transposed(r, state->square, beta);
    model->family->residuals(model->family_data, state->work, HMFM_CURRENT, units, beta);
  }
  state->unit_log_lik_made = state->clusters_made = 0;
  return HMFM_OK;
}

const hmfm_kernel hmfm_kernel_regression = {
    .name = "regression",
    .law = "beta | allocations, atoms",
    .apply = apply,
};
