/* Allocations one unit after another with weights, atoms and M integrated out, then M.
 *
 * U | partition, M, gamma comes first; given U, M is summed out of the law of the partition, so a
 * unit's allocation has the weights of hmfm_mixing.predictive times its predictive density in
 * each cluster. At the end M* | U, partition makes M anew, and U is dropped. M's old value is used
 * for U alone. */
#include "kernel/kernel.h"
#include "kernel/scan.h"

static void weigh(const hmfm_state *state, const hmfm_counts *counts, size_t group, size_t fresh,
                  double *weight) {
  state->model->mixing->predictive(state->process, counts, group, fresh, weight);
}

static hmfm_status allocate(hmfm_state *state, size_t first, size_t stride, hmfm_error *error) {
  const hmfm_mixing *mixing = state->model->mixing;
  const hmfm_scan scan = {HMFM_STREAM_SCAN, first, stride, weigh, NULL, NULL, 0};
  hmfm_counts counts = hmfm_partition_counts(&state->partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_AUXILIARY, 0);
  mixing->scan_begin(state->process, state->stream, &counts, state->n_components);
  hmfm_status status = hmfm_scan_run(state, &scan, error);
  if (status) return status;
  counts = hmfm_partition_counts(&state->partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_AUXILIARY, 1);
  state->n_components = mixing->scan_end(state->process, state->stream, &counts);
  return hmfm_state_reserve(state, state->n_components, error);
}

static hmfm_status allocate_all(hmfm_state *state, hmfm_error *error) {
  return allocate(state, 0, 1, error);
}

enum { STRIDE = 32 };

static hmfm_status allocate_some(hmfm_state *state, hmfm_error *error) {
  return allocate(state, (size_t)(state->sweep % STRIDE), STRIDE, error);
}

const hmfm_kernel hmfm_kernel_allocate_marginal = {
    .name = "allocate_marginal",
    .law = "allocations, then M | hyperparameters, beta",
    .poisson = 1,
    .apply = allocate_all,
};
const hmfm_kernel hmfm_kernel_allocate_some = {
    .name = "allocate_some",
    .law = "a 32nd of the allocations, then M | the others, hyperparameters, beta",
    .poisson = 1,
    .apply = allocate_some,
};
