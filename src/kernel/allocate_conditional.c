/* All allocations, independently given weights, atoms and beta:
 *   P(c_ji = m) proportional to w_jm prod_h N(y_jih | x'beta_j + mu_m, sigma2_m) (normal family). */
#include "kernel/frozen.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "rng/philox.h"

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  if (!hmfm_frozen_keep(state)) return HMFM_OK;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_ALLOCATE, 0);
  hmfm_status status = hmfm_mixture_allocate(state, 0, state->partition.n_groups, error);
  if (status) return status;
  hmfm_frozen_restore(state);
  hmfm_partition_count(&state->partition, state->n_components);
  state->unit_log_lik_made = state->log_lik_wanted;
  state->clusters_made = 0;
  return HMFM_OK;
}

const hmfm_kernel hmfm_kernel_allocate_conditional = {
    .name = "allocate_conditional",
    .law = "allocations | weights, atoms, beta",
    .apply = apply,
};
