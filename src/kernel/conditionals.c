/* The one-line kernels: M, hyperparameters, weights and atoms, each from its full conditional. */
#include "kernel/frozen.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "rng/philox.h"

static hmfm_status components(hmfm_state *state, hmfm_error *error) {
  hmfm_counts counts = hmfm_partition_counts(&state->partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_COMPONENTS, 0);
  state->n_components =
      state->model->mixing->draw_components(state->process, state->stream, &counts);
  state->components_drawn = 0;
  return hmfm_state_reserve(state, state->n_components, error);
}

static hmfm_status hyper(hmfm_state *state, hmfm_error *error) {
  (void)error;
  hmfm_counts counts = hmfm_partition_counts(&state->partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_HYPER, 0);
  state->model->mixing->draw_hyper(state->process, state->stream, &counts, state->n_components);
  return HMFM_OK;
}

static void weights_from(hmfm_state *state, enum hmfm_stream_kernel stream) {
  hmfm_counts counts = hmfm_partition_counts(&state->partition);
  for (size_t j = 0; j < counts.n_groups; j++) {
    hmfm_stream_open(state->stream, state->sweep, stream, j);
    state->model->mixing->draw_weights(state->process, state->stream, &counts, j,
                                       state->n_components,
                                       state->log_weight + j * state->capacity);
  }
}

static void atoms_from(hmfm_state *state, enum hmfm_stream_kernel stream) {
  const hmfm_model *model = state->model;
  hmfm_stream_open(state->stream, state->sweep, stream, 0);
  model->family->clusters_compute(model->family_data, state->work, &state->team,
                                  state->partition.allocation, state->n_components);
  state->clusters_made = 0; /* beta may change before the next kernel that needs them */
  model->family->draw_atoms(model->family_data, state->work, state->stream, state->n_components,
                            state->atom, state->capacity);
  hmfm_mixture_prepare(state);
  state->components_drawn = 1;
}

static hmfm_status weights(hmfm_state *state, hmfm_error *error) {
  (void)error;
  weights_from(state, HMFM_STREAM_WEIGHTS);
  hmfm_frozen_unweigh(state);
  return HMFM_OK;
}

static hmfm_status atoms(hmfm_state *state, hmfm_error *error) {
  (void)error;
  atoms_from(state, HMFM_STREAM_ATOMS);
  return HMFM_OK;
}

static hmfm_status relabel(hmfm_state *state, hmfm_error *error) {
  (void)error;
  hmfm_state_relabel(state);
  return HMFM_OK;
}

/* Of infinitely many components a draw has those that are open and, as one more, all others, with an atom from
 * P0 of their own: that leaves the mean of every density what it is. */
static hmfm_status complete_infinite(hmfm_state *state, hmfm_error *error) {
  const hmfm_model *model = state->model;
  double *atom = state->weight;
  hmfm_status status = hmfm_components_complete(state, error);
  if (status) return status;
  const size_t others = state->n_components++;
  weights_from(state, HMFM_STREAM_SAVE_WEIGHTS);
  state->unit_log_lik_made = 0;
  if (!state->components_drawn) {
    atoms_from(state, HMFM_STREAM_SAVE_ATOMS);
    return HMFM_OK;
  }
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_SAVE_ATOMS, 0);
  model->family->draw_prior_atom(model->family_data, state->stream, atom);
  for (size_t p = 0; p < model->family->n_atom; p++) {
    state->atom[p * state->capacity + others] = atom[p];
  }
  hmfm_mixture_prepare(state);
  return HMFM_OK;
}

static void complete_finite(hmfm_state *state) {
  if (!state->components_drawn) {
    weights_from(state, HMFM_STREAM_SAVE_WEIGHTS);
    atoms_from(state, HMFM_STREAM_SAVE_ATOMS);
  } else {
    hmfm_mixture_prepare(state); /* relabelling has moved atoms since they were scored */
  }
}

static void sum_block(void *context, size_t block, int member) {
  const hmfm_state *state = context;
  const hmfm_model *model = state->model;
  const size_t first = block * HMFM_UNIT_BLOCK, left = state->partition.n_units - first;
  const hmfm_span units = {NULL, first, left < HMFM_UNIT_BLOCK ? left : HMFM_UNIT_BLOCK};
  (void)member;
  state->piece_sum[block] = model->family->log_density(model->family_data, state->work,
                                                       state->partition.allocation, units);
}

/* The log likelihood given allocations; there are no more blocks than pieces. */
static double log_density(hmfm_state *state) {
  const size_t n_blocks = hmfm_unit_blocks(state->partition.n_units);
  double sum = 0.0;
  hmfm_team_share(&state->team, 0, n_blocks, sum_block, state);
  hmfm_team_gather(&state->team, 0, n_blocks, NULL, sizeof(double), state->piece_sum);
  for (size_t b = 0; b < n_blocks; b++) sum += state->piece_sum[b];
  return sum;
}

hmfm_status hmfm_kernel_complete(hmfm_state *state, int log_likelihood, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  if (state->model->mixing->flags & HMFM_MIXING_INFINITE)
    status = complete_infinite(state, error);
  else
    complete_finite(state);
  if (status) return status;
  state->log_lik = log_density(state);
  if (!log_likelihood) return HMFM_OK;
  const hmfm_pieces *pieces = &state->model->pieces;
  if (!state->unit_log_lik_made) {
    hmfm_mixture_log_likelihood(state, pieces, 0, state->partition.n_groups, HMFM_CURRENT,
                                state->unit_log_lik);
  }
  hmfm_team_gather(&state->team, 0, pieces->n, pieces->at, sizeof(double), state->unit_log_lik);
  state->unit_log_lik_made = 1;
  return HMFM_OK;
}

const hmfm_kernel hmfm_kernel_components = {
    .name = "components", .law = "M | partition, hyperparameters", .apply = components};
const hmfm_kernel hmfm_kernel_hyper = {
    .name = "hyper", .law = "hyperparameters | partition, M", .apply = hyper};
const hmfm_kernel hmfm_kernel_weights = {
    .name = "weights", .law = "weights | partition, M, hyperparameters", .apply = weights};
const hmfm_kernel hmfm_kernel_atoms = {
    .name = "atoms", .law = "atoms | partition, beta", .apply = atoms};
const hmfm_kernel hmfm_kernel_relabel = {
    .name = "relabel", .law = "nothing: labels by first appearance", .apply = relabel};
