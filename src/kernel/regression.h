/* beta from its full conditional, as kernels share it. */
#ifndef KERNEL_REGRESSION_H
#define KERNEL_REGRESSION_H

#include "state/state.h"

/* What the units say of the beta of blocks first .. last - 1, given allocations and atoms (scored:
 * hmfm_mixture_prepare); then a draw of one of these from the open stream. Residuals are left stale. */
void hmfm_regression_sum(hmfm_state *state, size_t first, size_t last);
hmfm_status hmfm_regression_draw(hmfm_state *state, size_t block, hmfm_error *error);

#endif
