/* Allocations of units of a group one after another, atoms kept and weights integrated out. Not a kernel: what relocate
 * does with the units that beta touches. */
#ifndef KERNEL_WALK_H
#define KERNEL_WALK_H

#include "state/state.h"

/* Units of the group in each component, without those of the span. */
void hmfm_walk_others(const hmfm_state *state, size_t group, hmfm_span units, double *count);

/* Allocates the units of a group in the order of the span's list: anew at the proposed residuals, by the open stream,
 * into pick, or as they are at the current ones. Unit i goes into component m with probability (n_jm + a_jm)
 * f(unit i | beta, atom m) / Z_i, n_jm counting those that came before and units that are not in the span.
 * Returns sum_i log Z_i. */
double hmfm_walk(hmfm_state *state, size_t group, hmfm_span units, hmfm_residuals which,
                 int32_t *pick);

#endif
