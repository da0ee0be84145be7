/* The order in which units stand along the sides of a co-clustering matrix. */
#ifndef CLI_UNIT_PLACES_H
#define CLI_UNIT_PLACES_H

#include "hmfm/partitions.h"

/* Sorts n indices of units, ascending, in place: by cluster (label of each unit of partitions, from 0), and in a cluster so
 * that those that are often together are near each other: as the leaves of the average linkage, where of two branches
 * the one with more units comes first. Clusters of more than 10,000 units stay as they are. threads do not change it.
 * Errors: HMFM_EMEMORY. */
hmfm_status hmfm_unit_places(const hmfm_partitions *partitions, const uint32_t *label, int threads,
                             size_t n, size_t *unit, hmfm_error *error);

#endif
