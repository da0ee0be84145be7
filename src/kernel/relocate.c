/* beta of a block together with the allocations of its units, weights integrated out and atoms kept: a
 * jump into a mode that lies in other clusters than the group has now. (The weights of clusters that a
 * group does not use are e^-1000 where gamma is small, so no move that keeps the weights gets
 * there.)
 *
 * Proposed are beta' and, one after another in random order, allocations of the units that beta
 * touches, unit i into component m with probability (n_jm + a_jm) f(unit i | beta', atom m) / Z'_i,
 * n_jm counting the group's units allocated so far and a_jm the weights' Dirichlet parameter: gamma_j (hmfm),
 * alpha beta_m (hdp). The product of the numerators is what the
 * target has, so that
 *   acceptance = min(1, [prior(beta') prod_i Z'_i] / [prior(beta) prod_i Z_i]),
 * Z_i along the present allocations in the same order. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/vecmath.h"
#include "kernel/beta_proposal.h"
#include "kernel/frozen.h"
#include "kernel/kernel.h"
#include "kernel/walk.h"
#include "rng/philox.h"

typedef struct some_units {
  const hmfm_state *state;
  hmfm_span units;
} some_units;

static void sum_piece(void *context, size_t piece, int member) {
  const some_units *some = context;
  const hmfm_model *model = some->state->model;
  const size_t at = piece * HMFM_PIECE, left = some->units.count - at;
  const hmfm_span units = {some->units.unit + at, 0, left < HMFM_PIECE ? left : HMFM_PIECE};
  (void)member;
  some->state->piece_sum[piece] = model->family->log_density(
      model->family_data, some->state->work, some->state->partition.allocation, units);
}

/* Log density of units of a group in their components. */
static double log_density(hmfm_state *state, hmfm_span units) {
  const size_t n = (units.count + HMFM_PIECE - 1) / HMFM_PIECE;
  some_units some = {state, units};
  double sum = 0.0;
  hmfm_team_run(&state->team, 0, n, sum_piece, &some);
  for (size_t piece = 0; piece < n; piece++) sum += state->piece_sum[piece];
  return sum;
}

/* A lower bound of the present walk: Z_i is a sum, of which the present allocations are one term each,
 *   prod_i (n_jm + a_jm) f(unit i | beta, its atom),
 * and that product does not depend on the order. */
static double walk_bound(hmfm_state *state, size_t group, hmfm_span units) {
  const hmfm_model *model = state->model;
  const hmfm_partition *partition = &state->partition;
  const int32_t *in_group = partition->in_group + group * partition->capacity;
  const double *mass = model->mixing->masses(state->process, group, state->n_components);
  double *count = state->bound;
  double sum = log_density(state, units);
  hmfm_walk_others(state, group, units, count);
  for (size_t m = 0; m < state->n_components; m++) {
    if (in_group[m] == count[m]) continue;
    sum += hmfm_log_gamma(mass[m] + in_group[m]) - hmfm_log_gamma(mass[m] + count[m]);
  }
  return sum;
}

/* Components that hold units which the move leaves alone count alike; if there are none, all do. */
static void weigh_components(hmfm_state *state, hmfm_span units) {
  const hmfm_partition *partition = &state->partition;
  double *weight = state->weight, any = 0.0;
  for (size_t m = 0; m < state->n_components; m++) weight[m] = partition->total[m];
  for (size_t k = 0; k < units.count; k++) weight[partition->allocation[units.unit[k]]] -= 1.0;
  for (size_t m = 0; m < state->n_components; m++) any += weight[m] = weight[m] > 0.0;
  for (size_t m = 0; any == 0.0 && m < state->n_components; m++) weight[m] = 1.0;
}

static hmfm_status relocate_block(hmfm_state *state, size_t block, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const hmfm_regression *regression = &model->regression;
  const size_t r = regression->n_covariates;
  double *beta = state->beta + block * r, *to = state->vector;
  size_t first, last;
  hmfm_regression_groups(regression, block, &first, &last);
  const hmfm_span units = hmfm_regression_active(regression, first, last);
  if (units.count == 0 || hmfm_frozen_groups(state, first, last)) return HMFM_OK;
  weigh_components(state, units);
  hmfm_status status = hmfm_beta_proposal_prepare(state, block, error);
  if (status) return status;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_RELOCATE, block);
  hmfm_beta_propose(state, beta, to);
  hmfm_beta_residuals(state, first, last, to);
  const double level = log(gsl_rng_uniform_pos(state->stream));
  double gain = hmfm_beta_log_prior(regression, to) - hmfm_beta_log_prior(regression, beta);
  double bound = 0.0;
  int32_t *list = state->unit_list, *pick = state->unit_pick;
  memcpy(list, units.unit, units.count * sizeof *list);
  for (size_t j = first, at = 0; j < last; j++) {
    hmfm_span group = hmfm_regression_active(regression, j, j + 1);
    if (group.count > 1) gsl_ran_shuffle(state->stream, list + at, group.count, sizeof *list);
    group.unit = list + at;
    gain += hmfm_walk(state, j, group, HMFM_PROPOSED, pick + at);
    bound += walk_bound(state, j, group);
    at += group.count;
  }
  if (!(level < gain - bound)) return HMFM_OK; /* the present walk is no less than its bound */
  for (size_t j = first, at = 0; j < last; j++) {
    hmfm_span group = hmfm_regression_active(regression, j, j + 1);
    group.unit = list + at;
    gain -= hmfm_walk(state, j, group, HMFM_CURRENT, NULL);
    at += group.count;
  }
  if (!(level < gain)) return HMFM_OK;
  memcpy(beta, to, r * sizeof *beta);
  model->family->accept(state->work, units);
  for (size_t k = 0; k < units.count; k++) {
    const size_t unit = (size_t)list[k], j = model->dataset->unit_group[unit];
    hmfm_partition_take(&state->partition, unit, j);
    hmfm_partition_put(&state->partition, unit, j, (size_t)pick[k]);
  }
  return HMFM_OK;
}

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  const hmfm_model *model = state->model;
  hmfm_status status = HMFM_OK;
  state->partition.n_slots = state->n_components; /* units may go to empty components */
  for (size_t b = 0; !status && b < model->regression.n_blocks; b++) {
    if (hmfm_beta_turn(state, b, 0)) status = relocate_block(state, b, error);
  }
  state->unit_log_lik_made = state->clusters_made = 0;
  return status;
}

const hmfm_kernel hmfm_kernel_relocate = {
    .name = "relocate",
    .law = "beta and allocations | atoms, M, hyperparameters",
    .apply = apply,
};
