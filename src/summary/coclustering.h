/* Counting pairs of units that are together, until somebody stops it; private. */
#ifndef SUMMARY_COCLUSTERING_H
#define SUMMARY_COCLUSTERING_H

#include "hmfm/partitions.h"
#include "summary/stopper.h"

/* hmfm_coclustering, but that stopper may end it, NULL: not; then counts are not whole. */
void hmfm_coclustering_until(const hmfm_partitions *partitions, int threads, hmfm_stopper *stopper,
                             uint32_t *count);

#endif
