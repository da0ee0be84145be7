/* What the files about clusters of a point partition share; private to the library. */
#ifndef SUMMARY_CLUSTERS_H
#define SUMMARY_CLUSTERS_H

#include "hmfm/clusters.h"
#include "model/family.h"
#include "summary/unit_order.h"

/* The number of clusters of n labels, where each number from 0 up to the largest occurs. Errors: HMFM_EUSAGE
 * otherwise, HMFM_EMEMORY. */
hmfm_status hmfm_clusters_number(size_t n, const uint32_t *label, size_t *n_clusters,
                                 hmfm_error *error);

/* Mean and standard deviation (n - 1) of those of n values that are not NaN, *count of them; NaN where not
 * defined. */
void hmfm_mean_sd(size_t n, const double *value, size_t *count, double *mean, double *sd);

/* Sets mean and sd of the clusters, whose units are in order, from allocations and components of draws. Errors:
 * HMFM_EDATA, HMFM_EMEMORY. */
hmfm_status hmfm_clusters_posterior(const hmfm_draws *draws, const hmfm_family *family,
                                    const hmfm_unit_order *order, hmfm_cluster *cluster,
                                    hmfm_error *error);

#endif
