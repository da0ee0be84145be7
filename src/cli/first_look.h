/* A first look at draws in memory, in one line. */
#ifndef CLI_FIRST_LOOK_H
#define CLI_FIRST_LOOK_H

#include "hmfm/draws.h"

/* Writes to text the likeliest K, and the quantity whose chains agree least: "K: 6 in 99% of the draws
 * (rhat 1.003); largest rhat 1.021, of beta[15,GenderW]". What is not defined, or would take long to
 * work out, is left out; "" where nothing can be said. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_first_look(const hmfm_draws *draws, char *text, size_t size, hmfm_error *error);

#endif
