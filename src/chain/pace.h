/* How many splits and merges a sweep proposes: fixed by the run, or learned in its warmup. */
#ifndef CHAIN_PACE_H
#define CHAIN_PACE_H

#include "chain/chain.h"

/* The most a run may ask for. */
enum { HMFM_MOST_SPLITS = 10000 };

/* Before the kernels of a sweep, whose number the chain has, and after them. */
void hmfm_pace_begin(hmfm_chain *chain);
void hmfm_pace_end(hmfm_chain *chain);

/* The number that makes the most of the work, given what was counted. sweep_work: the rest of a sweep; proposal_work:
 * what a proposal costs beside its units; most_share: the most that proposals may cost, in sweep_work. */
size_t hmfm_pace_best(const hmfm_pace *pace, double sweep_work, double proposal_work,
                      double most_share);

/* The counts of a pace as checkpoints have them. */
void hmfm_pace_get(const hmfm_pace *pace, uint64_t count[HMFM_PACE_COUNTS]);
void hmfm_pace_set(hmfm_pace *pace, const uint64_t count[HMFM_PACE_COUNTS]);

#endif
