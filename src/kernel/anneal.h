/* A cluster is born or dies along an annealed path. */
#ifndef KERNEL_ANNEAL_H
#define KERNEL_ANNEAL_H

#include "state/state.h"

/* One path of `length` steps, 1 to HMFM_LONGEST_PATH: partition and beta | M, hyperparameters. accepted, if
 * not NULL, becomes 1 where the state is that at the end of the path, 0 where it is as it was. */
enum { HMFM_LONGEST_PATH = 1 << 21 };
hmfm_status hmfm_anneal(hmfm_state *state, size_t length, int *accepted, hmfm_error *error);

/* One path of about `length` steps for one group: its allocations, and its beta where that is its own | atoms
 * (drawn, and clusters in slots below M), M, hyperparameters. The family must take covariates. */
hmfm_status hmfm_anneal_group(hmfm_state *state, size_t group, size_t length, int *accepted,
                              hmfm_error *error);

#endif
