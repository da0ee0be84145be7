/* Allocations one unit after another with weights, atoms and M integrated out, then M.
 *
 * U | partition, M, gamma comes first; given U, M is summed out of the law of the partition, so a
 * unit's allocation has the weights of hmfm_mixing.predictive times its predictive density in
 * each cluster. At the end M* | U, partition makes M anew, and U is dropped. M's old value is used
 * for U alone. */
#include <math.h>

#include "base/error.h"
#include "base/vecmath.h"
#include "kernel/kernel.h"
#include "rng/philox.h"

/* An empty slot, opened past the last one if there is none. */
static hmfm_status find_fresh(hmfm_state *state, size_t *fresh, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  /* one slot more serves to keep the statistics of a cluster while one of its units is out */
  hmfm_status status = hmfm_state_reserve(state, partition->n_slots + 2, error);
  if (status) return status;
  for (size_t m = 0; m < partition->n_slots; m++) {
    if (partition->total[m] > 0) continue;
    *fresh = m;
    return HMFM_OK;
  }
  *fresh = partition->n_slots++;
  model->family->cluster_clear(model->family_data, state->work, *fresh);
  return HMFM_OK;
}

/* weight[m] becomes the running sum of weight * exp(log_f - top); returns the total. */
HMFM_VECTOR static double accumulate(size_t n, double *restrict weight,
                                     const double *restrict log_f) {
  double top = -INFINITY, total = 0.0;
  for (size_t m = 0; m < n; m++) {
    double candidate = weight[m] > 0.0 ? log_f[m] : -INFINITY;
    top = candidate > top ? candidate : top;
  }
  if (!isfinite(top)) return NAN;
  for (size_t m = 0; m < n; m++) {
    double gap = log_f[m] - top;
    weight[m] *= hmfm_exp(gap < 0.0 ? gap : 0.0); /* above top only where the weight is 0 */
  }
  for (size_t m = 0; m < n; m++) weight[m] = total += weight[m];
  return total;
}

static size_t pick(size_t n, const double *running, double target) {
  size_t m = 0;
  for (size_t k = 0; k < n; k++) m += running[k] <= target;
  return m;
}

static hmfm_status reallocate(hmfm_state *state, size_t unit, size_t group, double uniform,
                              size_t *fresh, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  const hmfm_family *family = model->family;
  const size_t old = (size_t)partition->allocation[unit], kept = partition->n_slots;
  family->cluster_copy(state->work, old, kept);
  if (hmfm_partition_take(partition, unit, group)) {
    family->cluster_clear(model->family_data, state->work, old);
  } else {
    family->cluster_remove(model->family_data, state->work, unit, old);
  }
  hmfm_counts counts = hmfm_partition_counts(partition);
  model->mixing->predictive(state->process, &counts, group, *fresh, state->weight);
  family->predict(model->family_data, state->work, unit, 0, partition->n_slots, state->bound);
  double total = accumulate(partition->n_slots, state->weight, state->bound);
  if (!(total > 0.0) || !isfinite(total)) {
    return hmfm_fail(error, HMFM_ENUMERIC,
                     "sweep %llu: no cluster has a weight that is a number for unit '%s' of group "
                     "'%s'; are the prior scales right?",
                     (unsigned long long)state->sweep, model->dataset->unit_name[unit],
                     model->dataset->group_name[group]);
  }
  size_t slot = pick(partition->n_slots, state->weight, uniform * (total * (1.0 - 0x1p-52)));
  if (slot == old)
    family->cluster_copy(state->work, kept, old);
  else
    family->cluster_add(model->family_data, state->work, unit, slot);
  return hmfm_partition_put(partition, unit, group, slot) ? find_fresh(state, fresh, error)
                                                          : HMFM_OK;
}

/* Units first, first + stride, ... are allocated anew; which they are depends on the sweep alone. */
static hmfm_status scan(hmfm_state *state, size_t first, size_t stride, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  size_t fresh = 0;
  hmfm_counts counts = hmfm_partition_counts(partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_AUXILIARY, 0);
  model->mixing->scan_begin(state->process, state->stream, &counts, state->n_components);
  hmfm_state_clusters(state);
  hmfm_status status = find_fresh(state, &fresh, error);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_SCAN, 0);
  double uniform[HMFM_TILE];
  size_t drawn = 0;
  for (size_t i = first; !status && i < partition->n_units; i += stride, drawn++) {
    if (drawn % HMFM_TILE == 0) {
      hmfm_stream_uniforms(state->stream, drawn, HMFM_TILE, uniform);
    }
    status = reallocate(state, i, model->dataset->unit_group[i], uniform[drawn % HMFM_TILE], &fresh,
                        error);
  }
  if (status) return status;
  counts = hmfm_partition_counts(partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_AUXILIARY, 1);
  state->n_components = model->mixing->scan_end(state->process, state->stream, &counts);
  state->components_drawn = state->unit_log_lik_made = 0;
  hmfm_state_relabel(state);
  return hmfm_state_reserve(state, state->n_components, error);
}

static hmfm_status allocate_all(hmfm_state *state, hmfm_error *error) {
  return scan(state, 0, 1, error);
}

enum { STRIDE = 32 };

static hmfm_status allocate_some(hmfm_state *state, hmfm_error *error) {
  return scan(state, (size_t)(state->sweep % STRIDE), STRIDE, error);
}

const hmfm_kernel hmfm_kernel_allocate_marginal = {
    .name = "allocate_marginal",
    .law = "allocations, then M | hyperparameters, beta",
    .apply = allocate_all,
};
const hmfm_kernel hmfm_kernel_allocate_some = {
    .name = "allocate_some",
    .law = "a 32nd of the allocations, then M | the others, hyperparameters, beta",
    .apply = allocate_some,
};
