/* Allocations and their counts. */
#include "state/partition.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_partition_init(hmfm_partition *partition, const hmfm_model *model,
                                hmfm_error *error) {
  *partition = (hmfm_partition){
      .model = model, .n_units = model->dataset->n_units, .n_groups = model->dataset->n_groups};
  partition->allocation = hmfm_calloc(partition->n_units, sizeof *partition->allocation);
  if (!partition->allocation) return hmfm_fail_memory(error, "allocations");
  return HMFM_OK;
}

void hmfm_partition_clear(hmfm_partition *partition) {
  hmfm_free(partition->allocation);
  hmfm_free(partition->in_group);
  hmfm_free(partition->total);
  hmfm_free(partition->label);
  *partition = (hmfm_partition){0};
}

hmfm_status hmfm_partition_reserve(hmfm_partition *partition, size_t n_slots, hmfm_error *error) {
  const size_t old = partition->capacity;
  if (n_slots <= old) return HMFM_OK;
  int32_t *in_group = hmfm_calloc(partition->n_groups, n_slots * sizeof *in_group);
  int32_t *total = hmfm_calloc(n_slots, sizeof *total);
  int32_t *label = hmfm_calloc(n_slots, sizeof *label);
  if (!in_group || !total || !label) {
    hmfm_free(in_group);
    hmfm_free(total);
    hmfm_free(label);
    return hmfm_fail_memory(error, "components");
  }
  for (size_t j = 0; old > 0 && j < partition->n_groups; j++) {
    memcpy(in_group + j * n_slots, partition->in_group + j * old, old * sizeof *in_group);
  }
  if (old > 0) memcpy(total, partition->total, old * sizeof *total);
  hmfm_free(partition->in_group);
  hmfm_free(partition->total);
  hmfm_free(partition->label);
  partition->in_group = in_group;
  partition->total = total;
  partition->label = label;
  partition->capacity = n_slots;
  return HMFM_OK;
}

void hmfm_partition_count(hmfm_partition *partition, size_t n_slots) {
  const size_t *start = partition->model->dataset->group_start;
  memset(partition->total, 0, partition->capacity * sizeof *partition->total);
  for (size_t j = 0; j < partition->n_groups; j++) {
    int32_t *in_group = partition->in_group + j * partition->capacity;
    memset(in_group, 0, partition->capacity * sizeof *in_group);
    for (size_t i = start[j]; i < start[j + 1]; i++) in_group[partition->allocation[i]]++;
    for (size_t m = 0; m < n_slots; m++) partition->total[m] += in_group[m];
  }
  partition->n_slots = n_slots;
  partition->n_clusters = 0;
  for (size_t m = 0; m < n_slots; m++) partition->n_clusters += partition->total[m] > 0;
}

int hmfm_partition_take(hmfm_partition *partition, size_t unit, size_t group) {
  const int32_t slot = partition->allocation[unit];
  partition->in_group[group * partition->capacity + (size_t)slot]--;
  int emptied = --partition->total[slot] == 0;
  partition->n_clusters -= (size_t)emptied;
  return emptied;
}

int hmfm_partition_put(hmfm_partition *partition, size_t unit, size_t group, size_t slot) {
  partition->allocation[unit] = (int32_t)slot;
  partition->in_group[group * partition->capacity + slot]++;
  int opened = partition->total[slot]++ == 0;
  partition->n_clusters += (size_t)opened;
  return opened;
}

int hmfm_partition_relabel(hmfm_partition *partition) {
  int32_t *moved_to = partition->label, next = 0;
  const size_t n_slots = partition->n_slots;
  int moved = 0;
  for (size_t m = 0; m < n_slots; m++) moved_to[m] = -1;
  for (size_t i = 0; i < partition->n_units && (size_t)next < partition->n_clusters; i++) {
    int32_t *to = &moved_to[partition->allocation[i]];
    if (*to < 0) *to = next++;
  }
  for (size_t m = 0; m < n_slots; m++) {
    if (moved_to[m] < 0) moved_to[m] = next++;
    moved |= moved_to[m] != (int32_t)m;
  }
  if (!moved) return 0;
  for (size_t i = 0; i < partition->n_units; i++) {
    partition->allocation[i] = moved_to[partition->allocation[i]];
  }
  hmfm_partition_count(partition, n_slots);
  return 1;
}

hmfm_counts hmfm_partition_counts(const hmfm_partition *partition) {
  return (hmfm_counts){
      .n_groups = partition->n_groups,
      .n_slots = partition->n_slots,
      .stride = partition->capacity,
      .n_clusters = partition->n_clusters,
      .in_group = partition->in_group,
      .total = partition->total,
      .size = partition->model->group_size,
  };
}
