/* Inside of draws that recording and file readers share; the public side is hmfm/draws.h. */
#ifndef DRAWS_DRAWS_H
#define DRAWS_DRAWS_H

#include "hmfm/draws.h"

/* Bytes a label takes when the largest is max_label: 1, 2 or 4. The largest number of each width
 * stays unused, for files of draws may take it for a missing value. */
int hmfm_label_bytes(size_t max_label);

/* Sets the label of a unit in a draw that is kept; it must fit the bytes the chain's allocations have now. */
void hmfm_draws_set_label(hmfm_draws *draws, size_t chain, size_t draw, size_t unit,
                          uint32_t label);

#endif
