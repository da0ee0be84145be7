/* The processes that one run of the program is spread over: ranks, of which the first, the root, reads, writes and
 * speaks, and the others help. What the command line does is written as if the root were alone. A program built
 * without MPI always is (alone.c). */
#ifndef RANKS_RANKS_H
#define RANKS_RANKS_H

#include "hmfm/chain.h"
#include "hmfm/draws.h"

typedef enum hmfm_rank_role { HMFM_RANK_ROOT, HMFM_RANK_HELPER } hmfm_rank_role;

/* At the start of the program: joins the other copies that were started with it, if there are any. spreads: the verb
 * can use them. A helper then calls hmfm_ranks_help and is done. Errors: HMFM_EUSAGE, a sentence for the root
 * to say: several copies that do not know each other, or that the verb has no use for. */
hmfm_status hmfm_ranks_begin(int spreads, hmfm_rank_role *role, hmfm_error *error);
/* Lets the helpers go; on all ranks the last thing. */
void hmfm_ranks_end(void);
/* Does what the root asks for until it ends. signal tells of a signal that came, or 0. */
void hmfm_ranks_help(int (*signal)(void));

int hmfm_ranks_count(void);
/* How many threads each rank has where nobody said: processors of the machine, shared by its ranks. */
int hmfm_ranks_threads(void);

/* For the root: an ensemble like that of hmfm_ensemble_create, with draws as its sink, whose chains are spread over
 * the ranks, or, with shard or more ranks than chains, the units of each chain. It goes on as hmfm_ensemble does, by
 * these functions in place of its own; errors are theirs, whichever rank they come from. */
hmfm_status hmfm_ranks_ensemble(const hmfm_model *model, const hmfm_settings *settings,
                                const hmfm_run *run, int shard, hmfm_draws *draws,
                                hmfm_ensemble **out, hmfm_error *error);
/* Starts a chain at a partition. */
hmfm_status hmfm_ranks_start(hmfm_ensemble *ensemble, size_t chain, const uint32_t *allocation,
                             hmfm_error *error);
hmfm_status hmfm_ranks_restore(hmfm_ensemble *ensemble, const void *bytes, size_t size,
                               hmfm_error *error);
/* *signal: of one that came to a helper, else left alone. */
hmfm_status hmfm_ranks_advance(hmfm_ensemble *ensemble, size_t n_sweeps, hmfm_draws *draws,
                               int *signal, hmfm_error *error);
/* Before hmfm_ensemble_checkpoint: brings the states of all chains to the root. */
hmfm_status hmfm_ranks_states(hmfm_ensemble *ensemble, hmfm_error *error);

#endif
