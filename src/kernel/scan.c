/* Allocations one unit after another. */
#include "kernel/scan.h"

#include <math.h>

#include "base/error.h"
#include "base/vecmath.h"

/* An empty slot, opened past the last one if there is none. */
static hmfm_status find_fresh(hmfm_state *state, size_t *fresh, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  /* one slot more serves to keep the statistics of a cluster while one of its units is out */
  hmfm_status status =
      hmfm_state_reserve(state, partition->n_slots + 2 + hmfm_foresee_slots(state), error);
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

size_t hmfm_scan_choose(const hmfm_state *state, const hmfm_scan *scan, const hmfm_counts *counts,
                        size_t group, size_t fresh, double uniform, double *weight,
                        const double *log_f) {
  const size_t n = counts->n_slots;
  scan->weigh(state, counts, group, fresh, weight);
  const double total = accumulate(n, weight, log_f);
  if (!(total > 0.0) || !isfinite(total)) return n;
  return pick(n, weight, uniform * (total * (1.0 - 0x1p-52)));
}

/* It has an address past all first ones. */
double hmfm_scan_uniform(const hmfm_state *state, size_t drawn) {
  double uniform;
  hmfm_stream_uniforms(state->stream, ((size_t)1 << 32) + drawn, 1, &uniform);
  return uniform;
}

static void leave(hmfm_state *state, const hmfm_scan *scan, size_t unit, size_t group) {
  const hmfm_model *model = state->model;
  const size_t old = (size_t)state->partition.allocation[unit];
  const int emptied = hmfm_partition_take(&state->partition, unit, group);
  model->family->cluster_copy(state->work, old, state->partition.n_slots);
  if (emptied)
    model->family->cluster_clear(model->family_data, state->work, old);
  else
    model->family->cluster_remove(model->family_data, state->work, unit, old);
  if (scan->left) scan->left(state, unit, group, old, emptied);
}

/* Unit number `drawn` of the scan. */
static hmfm_status reallocate(hmfm_state *state, const hmfm_scan *scan, size_t unit, size_t group,
                              size_t drawn, double uniform, size_t *fresh, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  const hmfm_family *family = model->family;
  const size_t old = (size_t)partition->allocation[unit], kept = partition->n_slots;
  leave(state, scan, unit, group);
  hmfm_counts counts = hmfm_partition_counts(partition);
  family->predict(model->family_data, state->work, unit, 0, partition->n_slots, state->bound);
  const size_t slot =
      hmfm_scan_choose(state, scan, &counts, group, *fresh, uniform, state->weight, state->bound);
  if (slot == partition->n_slots) {
    return hmfm_fail(error, HMFM_ENUMERIC,
                     "sweep %llu: no cluster has a weight that is a number for unit '%s' of group "
                     "'%s'; are the prior scales right?",
                     (unsigned long long)state->sweep, model->dataset->unit_name[unit],
                     model->dataset->group_name[group]);
  }
  if (slot == old)
    family->cluster_copy(state->work, kept, old);
  else
    family->cluster_add(model->family_data, state->work, unit, slot);
  const int opened = hmfm_partition_put(partition, unit, group, slot);
  if (scan->entered) scan->entered(state, unit, group, slot, opened, drawn);
  return opened ? find_fresh(state, fresh, error) : HMFM_OK;
}

hmfm_status hmfm_scan_run(hmfm_state *state, const hmfm_scan *scan, hmfm_error *error) {
  const hmfm_partition *partition = &state->partition;
  const uint32_t *unit_group = state->model->dataset->unit_group;
  const size_t left =
      partition->n_units - scan->first; /* first < stride, which few units may not reach */
  const size_t n = scan->first < partition->n_units ? (left + scan->stride - 1) / scan->stride : 0;
  size_t fresh = 0, has = 0; /* uniforms of units has - HMFM_TILE .. has - 1 are there */
  double uniform[HMFM_TILE];
  hmfm_state_clusters(state);
  hmfm_status status = find_fresh(state, &fresh, error);
  hmfm_stream_open(state->stream, state->sweep, scan->stream, 0);
  for (size_t drawn = 0; !status && drawn < n; drawn++) {
    drawn += hmfm_foresee(state, scan, drawn, fresh);
    if (drawn == n) break;
    if (drawn >= has) {
      hmfm_stream_uniforms(state->stream, drawn, HMFM_TILE, uniform);
      has = drawn + HMFM_TILE;
    }
    const size_t unit = scan->first + drawn * scan->stride;
    const int32_t before = partition->allocation[unit];
    status = reallocate(state, scan, unit, unit_group[unit], drawn,
                        uniform[drawn + HMFM_TILE - has], &fresh, error);
    hmfm_foresight *foresight = &state->foresight;
    foresight->stayed = partition->allocation[unit] == before ? foresight->stayed + 1 : 0;
  }
  if (status) return status;
  state->components_drawn = state->unit_log_lik_made = 0;
  hmfm_state_relabel(state);
  return HMFM_OK;
}
