/* One run of the search for the point partition; private to the library. */
#ifndef SUMMARY_SEARCH_H
#define SUMMARY_SEARCH_H

#include <gsl/gsl_rng.h>

#include "summary/tables.h"

/* What runs work on, one a thread. */
typedef struct hmfm_search_space {
  hmfm_tables *tables;
  gsl_rng *stream;
  size_t most;     /* clusters at most */
  size_t *order;   /* n_units: units in the order of a pass */
  size_t *member;  /* n_units: those of a cluster that is destroyed */
  uint32_t *saved; /* n_units: slots to go back to */
  double *
      margin; /* n_units: by how much its slot was better than the next when it was last looked at; 0: unknown */
  size_t *looked; /* n_units: moves made by then */
  size_t moves;   /* of units, so far */
} hmfm_search_space;

/* Room for runs with at most `most` clusters. The first tables have n_slots, more are made when they are
 * wanted. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_search_space_create(const hmfm_tables_given *given, size_t n_slots, size_t most,
                                     uint64_t seed, hmfm_search_space *out, hmfm_error *error);
void hmfm_search_space_clear(hmfm_search_space *space);

/* Run number `run` of a seed: from the partition start (labels from 0, below most) or, where it is NULL, from a
 * random one; the best partition it saw is in space->saved, the sum of its loss over all draws becomes *loss: infinite
 * when it was stopped before it had one. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_search_run(hmfm_search_space *space, size_t run, const uint32_t *start,
                            size_t zealous, double *loss, hmfm_error *error);

#endif
