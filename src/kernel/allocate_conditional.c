/* All allocations, independently given weights, atoms and beta:
 *   P(c_ji = m) proportional to w_jm prod_h N(y_jih | x'beta_j + mu_m, sigma2_m) (normal family). */
#include "base/error.h"
#include "kernel/frozen.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "rng/philox.h"

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  const hmfm_dataset *data = state->model->dataset;
  if (!hmfm_frozen_keep(state)) return HMFM_OK;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_ALLOCATE, 0);
  const size_t lost = hmfm_mixture_allocate(state, 0, data->n_groups);
  if (lost > 0) {
    return hmfm_fail(error, HMFM_ENUMERIC,
                     "sweep %llu: no component has a weight that is a number for unit '%s' of "
                     "group '%s'; are the prior scales right?",
                     (unsigned long long)state->sweep, data->unit_name[lost - 1],
                     data->group_name[data->unit_group[lost - 1]]);
  }
  hmfm_frozen_restore(state);
  hmfm_partition_count(&state->partition, state->n_components);
  state->unit_log_lik_made = 1;
  state->clusters_made = 0;
  return HMFM_OK;
}

const hmfm_kernel hmfm_kernel_allocate_conditional = {
    .name = "allocate_conditional",
    .law = "allocations | weights, atoms, beta",
    .apply = apply,
};
