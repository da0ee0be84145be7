/* beta with the allocations summed out: Metropolis with jumps large enough to change modes.
 *
 * The target for the block's beta, given weights and atoms, is its prior times
 *   prod_i sum_m w_jm f(unit i | beta, atom m).
 * To move beta by the gap between two atoms, all units on one side of a covariate must change cluster
 * together; the full conditional given allocations never does that, and this does. Allocations have
 * been summed out here, so they must be drawn anew before anything conditions on them: in the
 * conditional sampler that happens next for every unit; hmfm_kernel_jump_reallocate does it for
 * the blocks where a jump was accepted. (Where none was, the old allocations are still a draw: a
 * proposal of beta together with fresh allocations was rejected.) */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/vecmath.h"
#include "kernel/beta_proposal.h"
#include "kernel/frozen.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "rng/philox.h"

/* Log likelihood of the units that beta touches, allocations summed out. */
static double log_likelihood(hmfm_state *state, size_t first, size_t last, hmfm_residuals which) {
  return hmfm_mixture_log_likelihood(state, &state->model->regression.pieces, first, last, which,
                                     NULL);
}

static void bound_piece(void *context, size_t piece, int member) {
  const hmfm_state *state = context;
  const hmfm_model *model = state->model;
  const int32_t *allocation = state->partition.allocation;
  const hmfm_pieces *pieces = &model->regression.pieces;
  const hmfm_span units = hmfm_piece_span(pieces, piece);
  const double *log_weight = state->log_weight + pieces->range[piece] * state->capacity;
  double sum = model->family->log_density(model->family_data, state->work, allocation, units);
  (void)member;
  for (size_t k = 0; k < units.count; k++) sum += log_weight[allocation[units.unit[k]]];
  state->piece_sum[piece] = sum;
}

/* A lower bound of it at the current beta: of each unit's sum, the term of its present component. */
static double log_likelihood_bound(hmfm_state *state, size_t first, size_t last) {
  const hmfm_pieces *pieces = &state->model->regression.pieces;
  const size_t begin = pieces->range_start[first], end = pieces->range_start[last];
  hmfm_team_share(&state->team, begin, end, bound_piece, state);
  hmfm_team_gather(&state->team, begin, end, NULL, sizeof(double), state->piece_sum);
  return hmfm_mixture_sum(state, pieces, first, last);
}

/* Components count by their weights in the block's groups, and all of them a little. */
static void weigh_components(hmfm_state *state, size_t block) {
  size_t first, last;
  const size_t M = state->n_components;
  hmfm_regression_groups(&state->model->regression, block, &first, &last);
  for (size_t m = 0; m < M; m++) {
    state->weight[m] = (double)(last - first) / (double)M;
    for (size_t j = first; j < last; j++) {
      state->weight[m] += hmfm_exp(state->log_weight[j * state->capacity + m]);
    }
  }
}

static hmfm_status jump_block(hmfm_state *state, size_t block, int *accepted, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates;
  double *beta = state->beta + block * r, *to = state->vector;
  size_t first, last;
  hmfm_regression_groups(&model->regression, block, &first, &last);
  if (hmfm_frozen_groups(state, first, last)) return HMFM_OK;
  weigh_components(state, block);
  hmfm_status status = hmfm_beta_proposal_prepare(state, block, error);
  if (status) return status;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_JUMP, block);
  hmfm_beta_propose(state, beta, to);
  const double level = log(gsl_rng_uniform_pos(state->stream));
  hmfm_beta_residuals(state, first, last, to);
  const double gain = hmfm_beta_log_prior(&model->regression, to) -
                      hmfm_beta_log_prior(&model->regression, beta) +
                      log_likelihood(state, first, last, HMFM_PROPOSED);
  if (!(level < gain - log_likelihood_bound(state, first, last))) return HMFM_OK;
  if (!(level < gain - log_likelihood(state, first, last, HMFM_CURRENT))) return HMFM_OK;
  memcpy(beta, to, r * sizeof *beta);
  model->family->accept(state->work, hmfm_regression_active(&model->regression, first, last));
  *accepted = 1;
  return HMFM_OK;
}

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  int accepted = 0;
  for (size_t b = 0; !status && b < state->model->regression.n_blocks; b++) {
    if (hmfm_beta_turn(state, b, 2)) status = jump_block(state, b, &accepted, error);
  }
  state->unit_log_lik_made = state->clusters_made = 0;
  return status;
}

static hmfm_status apply_and_reallocate(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  for (size_t b = 0; !status && b < state->model->regression.n_blocks; b++) {
    size_t first, last;
    int accepted = 0;
    if (!hmfm_beta_turn(state, b, 2)) continue;
    hmfm_regression_groups(&state->model->regression, b, &first, &last);
    status = jump_block(state, b, &accepted, error);
    hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_REALLOCATE, 0);
    if (!status && accepted) status = hmfm_mixture_allocate(state, first, last, error);
  }
  hmfm_partition_count(&state->partition, state->n_components);
  state->unit_log_lik_made = state->clusters_made = 0;
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
