/* The mixture likelihood of a group given weights and atoms: summed over allocations, or with an
 * allocation drawn for every unit. Not a kernel: what several kernels do with tiles of units. */
#ifndef KERNEL_MIXTURE_H
#define KERNEL_MIXTURE_H

#include "state/state.h"

/* Takes the state's atoms for scoring; call after atoms or their number changed. */
void hmfm_mixture_prepare(hmfm_state *state);

/* Sum over units of groups first .. last - 1 of log sum_m w_jm f(unit | atom m), residuals as said: over
 * those that pieces (cut by group) have, in the order of pieces and groups. unit_log_lik (indexed by unit), if
 * not NULL, takes the terms. */
double hmfm_mixture_log_likelihood(hmfm_state *state, const hmfm_pieces *pieces, size_t first,
                                   size_t last, hmfm_residuals which, double *unit_log_lik);

/* The sum over these groups of what state->piece_sum has for their pieces. */
double hmfm_mixture_sum(const hmfm_state *state, const hmfm_pieces *pieces, size_t first,
                        size_t last);

/* Densities of the units of a span of at most HMFM_TILE, given each component's atom, up to a factor
 * exp(lane_max) of the unit: desk->tile[m * HMFM_TILE + l]. */
void hmfm_mixture_densities(const hmfm_state *state, hmfm_desk *desk, hmfm_residuals which,
                            hmfm_span units, double *lane_max);

/* Draws every allocation of groups first .. last - 1 anew, by inversion of one uniform of the open stream per
 * unit, by the unit's number. Fills unit_log_lik of the state where it is wanted. Counts are left stale. Errors: HMFM_ENUMERIC
 * with the first unit whose weights are not numbers. */
hmfm_status hmfm_mixture_allocate(hmfm_state *state, size_t first, size_t last, hmfm_error *error);

#endif
