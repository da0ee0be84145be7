/* beta with the allocations summed out: Metropolis with jumps large enough to change modes.
 *
 * The target for the block's beta, given weights and atoms, is its prior times
 *   prod_i sum_m w_jm f(unit i | beta, atom m).
 * To move beta by the gap between two atoms, all units on one side of a covariate must change cluster
 * together; the full conditional given allocations never does that, and this does. Allocations have
 * been summed out here, so they must be drawn anew before anything conditions on them: in the
 * conditional sampler that happens next for every unit; hmfm_kernel_jump_reallocate does it for
 * the blocks where a jump was accepted. (Where none was, the old allocations are still a draw: a
 * proposal of beta together with fresh allocations was rejected.)
 *
 * Proposals, symmetric given weights and atoms:
 *   step: a Gaussian step with the covariance (B0^-1 + sum x x'/s)^-1, s the mean variance of the
 *         components, scaled by exp(Uniform(-2, 1));
 *   gap:  beta_k + (mu_b - mu_a)/range_k plus half such a step, components a and b drawn by their
 *         weights, or evenly from all, for a covariate k. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/linalg.h"
#include "base/vecmath.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "rng/philox.h"

enum { N_JUMPS = 2 }; /* a sweep: each a step with probability 1/3, else a gap */

/* Log target but for the units that beta does not touch. */
static double log_target(hmfm_state *state, size_t block, hmfm_residuals which,
                         const double *beta) {
  const hmfm_regression *regression = &state->model->regression;
  size_t first, last;
  double sum = 0.0;
  hmfm_regression_groups(regression, block, &first, &last);
  for (size_t j = first; j < last; j++) {
    hmfm_span units = hmfm_regression_active(regression, j, j + 1);
    sum += hmfm_mixture_log_likelihood(state, j, units, which, NULL);
  }
  for (size_t k = 0; k < regression->n_covariates; k++) {
    double z = (beta[k] - regression->mean[k]) / regression->sd[k];
    sum -= 0.5 * z * z;
  }
  return sum;
}

/* Cholesky factor of the step's precision, in state->square. */
static hmfm_status factor_step(hmfm_state *state, size_t block, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const hmfm_regression *regression = &model->regression;
  const size_t r = regression->n_covariates;
  size_t first, last;
  double spread = 0.0, *square = state->square;
  hmfm_regression_groups(regression, block, &first, &last);
  for (size_t j = first; j < last; j++) {
    spread += model->family->spread(state->work, state->n_components,
                                    state->log_weight + j * state->capacity) /
              (double)(last - first);
  }
  for (size_t k = 0; k < r * r; k++) square[k] = regression->gram[block * r * r + k] / spread;
  for (size_t k = 0; k < r; k++) square[k * r + k] += 1.0 / (regression->sd[k] * regression->sd[k]);
  if (hmfm_cholesky(r, square) == 0) return HMFM_OK;
  return hmfm_fail(error, HMFM_ENUMERIC,
                   "sweep %llu: the covariates of group '%s' are on scales too different to "
                   "propose a step of beta",
                   (unsigned long long)state->sweep, model->dataset->group_name[block]);
}

/* A component drawn by its weight in the group, or evenly, each half of the time. */
static size_t draw_component(const hmfm_state *state, size_t group) {
  const double *log_weight = state->log_weight + group * state->capacity;
  if (gsl_rng_uniform(state->stream) < 0.5) {
    return gsl_rng_uniform_int(state->stream, state->n_components);
  }
  double u = gsl_rng_uniform(state->stream), sum = 0.0;
  size_t m = 0;
  while (m + 1 < state->n_components && (sum += hmfm_exp(log_weight[m])) <= u) m++;
  return m;
}

static void propose(hmfm_state *state, size_t block, const double *beta, double *to) {
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates;
  gsl_rng *stream = state->stream;
  const int gap = gsl_rng_uniform(stream) >= 1.0 / 3.0;
  double scale = (gap ? 0.5 : 1.0) * exp(gsl_ran_flat(stream, -2.0, 1.0));
  for (size_t k = 0; k < r; k++) to[k] = scale * gsl_ran_gaussian_ziggurat(stream, 1.0);
  hmfm_solve_lower_transposed(r, state->square, to);
  for (size_t k = 0; k < r; k++) to[k] += beta[k];
  if (!gap) return;
  size_t first, last;
  hmfm_regression_groups(&model->regression, block, &first, &last);
  size_t group = first + gsl_rng_uniform_int(stream, last - first);
  size_t from = draw_component(state, group), towards = draw_component(state, group);
  size_t k = gsl_rng_uniform_int(stream, r);
  to[k] += model->family->gap(state->work, from, towards) / model->regression.range[k];
}

static hmfm_status jump_block(hmfm_state *state, size_t block, int *accepted, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates;
  double *beta = state->beta + block * r, *to = state->vector;
  size_t first, last;
  hmfm_regression_groups(&model->regression, block, &first, &last);
  const hmfm_span units = hmfm_regression_active(&model->regression, first, last);
  hmfm_status status = factor_step(state, block, error);
  if (status) return status;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_JUMP, block);
  double here = log_target(state, block, HMFM_CURRENT, beta);
  for (int jump = 0; jump < N_JUMPS; jump++) {
    propose(state, block, beta, to);
    model->family->residuals(model->family_data, state->work, HMFM_PROPOSED, units, to);
    double there = log_target(state, block, HMFM_PROPOSED, to);
    if (!(log(gsl_rng_uniform_pos(state->stream)) < there - here)) continue;
    memcpy(beta, to, r * sizeof *beta);
    model->family->accept(state->work, units);
    here = there;
    *accepted = 1;
  }
  return HMFM_OK;
}

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  int accepted = 0;
  for (size_t b = 0; !status && b < state->model->regression.n_blocks; b++) {
    status = jump_block(state, b, &accepted, error);
  }
  state->unit_log_lik_made = 0;
  return status;
}

static hmfm_status apply_and_reallocate(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  for (size_t b = 0; !status && b < state->model->regression.n_blocks; b++) {
    size_t first, last;
    int accepted = 0;
    hmfm_regression_groups(&state->model->regression, b, &first, &last);
    status = jump_block(state, b, &accepted, error);
    hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_REALLOCATE, 0);
    for (size_t j = first; !status && accepted && j < last; j++) {
      if (hmfm_mixture_allocate(state, j) == 0) continue;
      status = hmfm_fail(error, HMFM_ENUMERIC,
                         "sweep %llu: group '%s' has a unit that no component has weight for",
                         (unsigned long long)state->sweep, state->model->dataset->group_name[j]);
    }
  }
  hmfm_partition_count(&state->partition, state->n_components);
  state->unit_log_lik_made = 0;
  return status;
}

const hmfm_kernel hmfm_kernel_jump = {
    .name = "jump",
    .law = "beta | weights, atoms (allocations summed out, to be drawn next)",
    .apply = apply,
};
const hmfm_kernel hmfm_kernel_jump_reallocate = {
    .name = "jump_reallocate",
    .law = "beta and allocations | weights, atoms",
    .apply = apply_and_reallocate,
};
