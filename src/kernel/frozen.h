/* Frozen components: those that moves with weights and atoms neither empty nor fill (open_components.c). There are
 * none where the number of components is finite. Not a kernel: what several kernels ask. */
#ifndef KERNEL_FROZEN_H
#define KERNEL_FROZEN_H

#include "state/state.h"

/* 1 if a unit of groups first .. last - 1 is in a frozen component. */
int hmfm_frozen_groups(hmfm_state *state, size_t first, size_t last);

/* Takes frozen components out of the mixtures of all groups. */
void hmfm_frozen_unweigh(hmfm_state *state);

/* Before all allocations are drawn anew: keeps those that are in frozen components. Returns 0 if all are. */
int hmfm_frozen_keep(hmfm_state *state);
/* After it: puts them back. */
void hmfm_frozen_restore(hmfm_state *state);

#endif
