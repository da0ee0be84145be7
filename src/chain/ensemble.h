/* Inside of an ensemble, which running it and its checkpoints share; the public side is hmfm/chain.h. */
#ifndef CHAIN_ENSEMBLE_H
#define CHAIN_ENSEMBLE_H

#include "chain/chain.h"

struct hmfm_ensemble {
  hmfm_run run;
  hmfm_sink sink;
  int threads;
  size_t sweeps, sweeps_done; /* of every chain */
  hmfm_chain **chain;         /* run.chains */
  hmfm_status *status;        /* of each chain, and its error */
  hmfm_error *error;
  uint64_t *start_of; /* run.chains: hash of the start that each was given, 0: none */
  uint64_t start;     /* hash of all that, 0 where no chain was given one */
};

/* The error of the first chain that has one, whichever came first; HMFM_OK without any. */
hmfm_status hmfm_ensemble_error(const hmfm_ensemble *ensemble, hmfm_error *error);

#endif
