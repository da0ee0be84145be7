/* One run of the search for a subpartition: units are taken in while enough draws agree; private. */
#ifndef SUMMARY_GROW_H
#define SUMMARY_GROW_H

#include <gsl/gsl_rng.h>

#include "hmfm/partitions.h"
#include "summary/stopper.h"

/* What a run works on, one a thread. The draws in agreement divide the units inside as label does: in each of
 * them, every cluster of label lies in a cluster of its own. */
typedef struct hmfm_growth {
  const hmfm_partitions *partitions;
  hmfm_stopper *stopper; /* who may end a run; NULL: nobody */
  gsl_rng *stream;
  size_t n_agree;
  size_t *agree; /* n_agree draws, ascending */
  uint32_t *
      slot; /* n_draws x max_clusters, of draws in agreement: 1 + the cluster that lies there, 0: none */
  uint32_t *labels; /* n_draws: of the unit at hand */
  size_t
      *count; /* n_units + 1: draws that have the unit at hand in each cluster, from 1; new in 0 */
  size_t *bound;  /* n_units: draws that would agree at most, were the unit in */
  size_t *looked; /* n_units: units inside when bound was counted */
  uint32_t *rank; /* n_units: place in the order of the run */
  size_t *heap;   /* the units outside, the one with the largest bound at the top */
  size_t n_heap;
  uint32_t *label; /* n_units, HMFM_NO_CLUSTER outside */
  uint32_t n_clusters;
  size_t n_inside;
  size_t *unit; /* n_inside, as they came */
  size_t *left; /* n_inside: draws in agreement then */
} hmfm_growth;

/* Room for runs. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_growth_create(const hmfm_partitions *partitions, uint64_t seed, hmfm_growth *out,
                               hmfm_error *error);
/* How many of so many threads may have a growth: as many as have 2 GB of slots together, and one at least. */
int hmfm_growth_threads(const hmfm_partitions *partitions, int threads);
void hmfm_growth_clear(hmfm_growth *growth);

/* Run number `run`: takes units in while at least `least` draws agree, or until it is stopped. */
void hmfm_growth_run(hmfm_growth *growth, size_t run, size_t least);

#endif
