/* Frozen components: nothing moves into them or out of them. */
#include "kernel/frozen.h"

#include <math.h>
#include <string.h>

static int is_infinite(const hmfm_state *state) {
  return (state->model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
}

int hmfm_frozen_groups(hmfm_state *state, size_t first, size_t last) {
  const hmfm_partition *partition = &state->partition;
  if (!is_infinite(state)) return 0;
  for (size_t j = first; j < last; j++) {
    const int32_t *in_group = partition->in_group + j * partition->capacity;
    const double *mass = state->model->mixing->masses(state->process, j, state->n_components);
    for (size_t m = 0; m < state->n_components; m++) {
      if (in_group[m] > 0 && mass[m] == 0.0) return 1;
    }
  }
  return 0;
}

void hmfm_frozen_unweigh(hmfm_state *state) {
  if (!is_infinite(state)) return;
  for (size_t j = 0; j < state->partition.n_groups; j++) {
    const double *mass = state->model->mixing->masses(state->process, j, state->n_components);
    double *log_weight = state->log_weight + j * state->capacity;
    for (size_t m = 0; m < state->n_components; m++) {
      if (mass[m] == 0.0) log_weight[m] = -INFINITY;
    }
  }
}

int hmfm_frozen_keep(hmfm_state *state) {
  size_t movable = 0;
  if (!is_infinite(state)) return 1;
  const double *mass = state->model->mixing->masses(state->process, 0, state->n_components);
  for (size_t m = 0; m < state->n_components; m++) movable += mass[m] > 0.0;
  memcpy(state->unit_list, state->partition.allocation,
         state->partition.n_units * sizeof *state->unit_list);
  return movable > 0;
}

void hmfm_frozen_restore(hmfm_state *state) {
  if (!is_infinite(state)) return;
  const double *mass = state->model->mixing->masses(state->process, 0, state->n_components);
  for (size_t i = 0; i < state->partition.n_units; i++) {
    if (mass[state->unit_list[i]] == 0.0) state->partition.allocation[i] = state->unit_list[i];
  }
}
