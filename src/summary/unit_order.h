/* Units in the order of the clusters of a partition; private to the library. */
#ifndef SUMMARY_UNIT_ORDER_H
#define SUMMARY_UNIT_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "hmfm/base.h"

/* The units of cluster k are unit[start[k]], ..., unit[start[k + 1] - 1], in ascending order. */
typedef struct hmfm_unit_order {
  size_t n_clusters;
  size_t *start, *unit;
} hmfm_unit_order;

/* Of n units with labels from 0 below n_clusters. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_unit_order_create(size_t n, const uint32_t *label, size_t n_clusters,
                                   hmfm_unit_order *out, hmfm_error *error);
void hmfm_unit_order_clear(hmfm_unit_order *order);

#endif
