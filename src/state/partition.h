/* A partition of the units: which slot each is allocated to, and how many there are of each. */
#ifndef STATE_PARTITION_H
#define STATE_PARTITION_H

#include "model/model.h"

/* Slots 0 .. n_slots - 1 may hold units; a slot with units is a cluster. Invariant between kernels:
 * counts agree with allocation. */
typedef struct hmfm_partition {
  const hmfm_model *model;
  size_t n_units, n_groups, capacity;
  size_t n_slots, n_clusters;
  int32_t *allocation; /* n_units, slot of each */
  int32_t *in_group;   /* n_groups x capacity: n_jm */
  int32_t *total;      /* capacity: n_.m */
  int32_t *label;      /* capacity: work space of relabelling */
} hmfm_partition;

hmfm_status hmfm_partition_init(hmfm_partition *partition, const hmfm_model *model,
                                hmfm_error *error);
void hmfm_partition_clear(hmfm_partition *partition);

/* Room for n_slots slots; new ones are empty. */
hmfm_status hmfm_partition_reserve(hmfm_partition *partition, size_t n_slots, hmfm_error *error);

/* Counts made afresh from allocation, whose slots are all < n_slots <= capacity. */
void hmfm_partition_count(hmfm_partition *partition, size_t n_slots);

/* Takes unit i (of the given group) out of its slot, or puts it into one. Returns 1 if that emptied or
 * opened the slot. While a unit is out, its allocation is stale. */
int hmfm_partition_take(hmfm_partition *partition, size_t unit, size_t group);
int hmfm_partition_put(hmfm_partition *partition, size_t unit, size_t group, size_t slot);

/* Renumbers slots: clusters 0 .. K-1 by first appearance in unit order, empty slots after them in the
 * order they had. moved_to[m] (in partition->label) says where slot m went; returns 0 if nothing
 * moved. */
int hmfm_partition_relabel(hmfm_partition *partition);

/* The counts as a mixing wants them. */
hmfm_counts hmfm_partition_counts(const hmfm_partition *partition);

#endif
