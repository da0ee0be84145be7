/* Allocations one unit after another. */
#include "kernel/scan.h"

#include <math.h>

#include "base/error.h"
#include "base/vecmath.h"

/* An empty slot, opened past the last one if there is none. */
static hmfm_status find_fresh(hmfm_state *state, size_t *fresh, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  hmfm_status status = hmfm_state_reserve(state, partition->n_slots + 1, error);
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

/* Inverts the uniform: the slot is as many as there are running sums of weight * exp(log_f - top) up to the target. Past
 * the last slot weights are 0, and sums the total, which is above the target, up to a whole step. n where no weight
 * is a number. */
HMFM_VECTOR static size_t pick(size_t n, double uniform, double *restrict weight,
                               const double *restrict log_f) {
  double top = -INFINITY, total = 0.0;
  size_t slot = 0;
  for (size_t m = n; m % HMFM_STEP; m++) weight[m] = 0.0;
  for (size_t at = 0; at < n; at += HMFM_STEP) {
    for (size_t m = at; m < at + HMFM_STEP; m++) {
      double candidate = weight[m] > 0.0 ? log_f[m] : -INFINITY;
      top = candidate > top ? candidate : top;
    }
  }
  if (!isfinite(top)) return n;
  for (size_t at = 0; at < n; at += HMFM_STEP) {
    for (size_t m = at; m < at + HMFM_STEP; m++) {
      double gap = log_f[m] - top;
      weight[m] *= hmfm_exp(gap < 0.0 ? gap : 0.0); /* above top only where the weight is 0 */
    }
  }
  for (size_t m = 0; m < n; m++) weight[m] = total += weight[m];
  if (!(total > 0.0) || !isfinite(total)) return n;
  const double target = uniform * (total * (1.0 - 0x1p-52));
  for (size_t m = n; m % HMFM_STEP; m++) weight[m] = total;
  for (size_t at = 0; at < n; at += HMFM_STEP) {
    for (size_t m = at; m < at + HMFM_STEP; m++) slot += weight[m] <= target;
  }
  return slot;
}

size_t hmfm_scan_choose(const hmfm_state *state, const hmfm_scan *scan, const hmfm_counts *counts,
                        size_t group, size_t fresh, double uniform, double *weight,
                        const double *log_f) {
  scan->weigh(state, counts, group, fresh, weight);
  return pick(counts->n_slots, uniform, weight, log_f);
}

/* It has an address past all first ones. */
double hmfm_scan_uniform(const hmfm_state *state, size_t drawn) {
  double uniform;
  hmfm_stream_uniforms(state->stream, ((size_t)1 << 32) + drawn, 1, &uniform);
  return uniform;
}

/* Unit number `drawn` of the scan. Statistics of clusters are touched only where it moves. */
static hmfm_status reallocate(hmfm_state *state, const hmfm_scan *scan, size_t unit, size_t group,
                              size_t drawn, double uniform, size_t *fresh, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  const hmfm_family *family = model->family;
  const size_t old = (size_t)partition->allocation[unit];
  const int emptied = hmfm_partition_take(partition, unit, group);
  const hmfm_counts counts = hmfm_partition_counts(partition);
  if (emptied) family->cluster_clear(model->family_data, state->work, old);
  if (scan->left) scan->left(state, unit, group, old, emptied);
  family->predict(model->family_data, state->work, unit, emptied ? HMFM_NO_SLOT : old, 0,
                  partition->n_slots, state->bound);
  const size_t slot =
      hmfm_scan_choose(state, scan, &counts, group, *fresh, uniform, state->weight, state->bound);
  if (slot == partition->n_slots) {
    return hmfm_fail(error, HMFM_ENUMERIC,
                     "sweep %llu: no cluster has a weight that is a number for unit '%s' of group "
                     "'%s'; are the prior scales right?",
                     (unsigned long long)state->sweep, model->dataset->unit_name[unit],
                     model->dataset->group_name[group]);
  }
  if (slot != old) {
    if (!emptied) family->cluster_remove(model->family_data, state->work, unit, old);
    family->cluster_add(model->family_data, state->work, unit, slot);
  }
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
