/* Average linkage of units by how often they are not together; private to the library. */
#ifndef SUMMARY_LINKAGE_H
#define SUMMARY_LINKAGE_H

#include "hmfm/partitions.h"
#include "summary/stopper.h"

/* The n - 1 merges of agglomerative clustering by average linkage (the nearest-neighbour chain of Murtagh 1983,
 * Computer Journal 26, 354-359), lowest first: merge m joins the clusters of units left[m] and right[m], at
 * height[m], the mean share of draws in which units of one and of the other are apart. */
typedef struct hmfm_linkage {
  size_t n_units;
  uint32_t *left, *right; /* n_units - 1 */
  double *height;         /* n_units - 1, ascending */
} hmfm_linkage;

/* Errors: HMFM_ESTOPPED where stopper (NULL: nobody) ended it; HMFM_EMEMORY; it needs n (n - 1) / 2 floats. End with
 * hmfm_linkage_clear. */
hmfm_status hmfm_linkage_create(const hmfm_partitions *partitions, int threads,
                                hmfm_stopper *stopper, hmfm_linkage *out, hmfm_error *error);
void hmfm_linkage_clear(hmfm_linkage *linkage);

/* The partition into n_clusters clusters, 1 <= n_clusters <= n_units, labels from 0 by first appearance. */
void hmfm_linkage_cut(const hmfm_linkage *linkage, size_t n_clusters, uint32_t *label);

#endif
