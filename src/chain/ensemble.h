/* Inside of an ensemble, which running it and its checkpoints share; the public side is hmfm/chain.h. */
#ifndef CHAIN_ENSEMBLE_H
#define CHAIN_ENSEMBLE_H

#include "base/bytes.h"
#include "chain/chain.h"

/* A chain that another process runs: what is known of it here. */
typedef struct hmfm_away {
  size_t clusters, splits;
  hmfm_bytes state; /* as a checkpoint has it, when one is to be made */
} hmfm_away;

struct hmfm_ensemble {
  hmfm_run run;
  const hmfm_model *model;
  hmfm_sink sink;
  int threads;
  size_t sweeps, sweeps_done; /* of every chain */
  hmfm_chain **chain;         /* run.chains; NULL: it is away */
  hmfm_away *away;            /* run.chains */
  int in_order;               /* 1: the calling thread runs the chains, one after another */
  hmfm_status *status;        /* of each chain, and its error */
  hmfm_error *error;
  uint64_t *start_of; /* run.chains: hash of the start that each was given, 0: none */
  uint64_t start;     /* hash of all that, 0 where no chain was given one */
};

/* An ensemble that runs some chains only, at least one: those with here[c] != 0. All functions but
 * hmfm_ensemble_checkpoint, which takes the state of others from `away`, then see to these. */
hmfm_status hmfm_ensemble_create_some(const hmfm_model *model, const hmfm_run *run,
                                      const unsigned char *here, hmfm_sink sink,
                                      hmfm_ensemble **out, hmfm_error *error);

/* Spreads the work of its chains over processes; shard must outlive the ensemble. */
void hmfm_ensemble_shard(hmfm_ensemble *ensemble, const hmfm_shard *shard);

/* The first chain that is here. */
hmfm_chain *hmfm_ensemble_first(const hmfm_ensemble *ensemble);

/* The error of the first chain that has one, whichever came first; HMFM_OK without any. */
hmfm_status hmfm_ensemble_error(const hmfm_ensemble *ensemble, hmfm_error *error);

#endif
