/* One chain: its state, its schedule, and how far it is. Private; sinks may look, not touch. */
#ifndef CHAIN_CHAIN_H
#define CHAIN_CHAIN_H

#include "chain/schedule.h"

struct hmfm_chain {
  hmfm_state *state;
  const hmfm_schedule *schedule;
  size_t number;
  hmfm_run run;
  size_t sweeps_done;
};

/* A chain at its start, alone with its thread unless hmfm_state_team gives it more. The model must outlive it. */
hmfm_status hmfm_chain_create(const hmfm_model *model, const hmfm_run *run, size_t number,
                              hmfm_chain **out, hmfm_error *error);
void hmfm_chain_destroy(hmfm_chain *chain);

/* One sweep: the kernels of the schedule, in order. */
hmfm_status hmfm_chain_sweep(hmfm_chain *chain, hmfm_error *error);

/* n_sweeps sweeps; draws go to the sink as they fall due: after warmup, every thin sweeps. */
hmfm_status hmfm_chain_advance(hmfm_chain *chain, size_t n_sweeps, hmfm_sink sink,
                               hmfm_error *error);

#endif
