/* The root alone, in a program that was built to run as one process. */
#include "base/error.h"
#include "base/threads.h"
#include "ranks/launcher.h"
#include "ranks/ranks.h"

/* Copies that do not know each other would all write the same file. */
hmfm_status hmfm_ranks_begin(int spreads, hmfm_rank_role *role, hmfm_error *error) {
  int copy;
  const int copies = hmfm_launcher_copies(&copy);
  (void)spreads;
  *role = copy == 0 ? HMFM_RANK_ROOT : HMFM_RANK_HELPER;
  if (copies == 1) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE,
                   "it was started as %d copies, but built to run as one: build it with 'make "
                   "MPI=1', or start one",
                   copies);
}

void hmfm_ranks_end(void) {}

void hmfm_ranks_help(int (*signal)(void)) { (void)signal; }

int hmfm_ranks_count(void) { return 1; }

int hmfm_ranks_threads(void) { return hmfm_threads(0); }

hmfm_status hmfm_ranks_ensemble(const hmfm_model *model, const hmfm_settings *settings,
                                const hmfm_run *run, int shard, hmfm_draws *draws,
                                hmfm_ensemble **out, hmfm_error *error) {
  (void)settings;
  (void)shard;
  return hmfm_ensemble_create(model, run, hmfm_draws_sink(draws), out, error);
}

hmfm_status hmfm_ranks_start(hmfm_ensemble *ensemble, size_t chain, const uint32_t *allocation,
                             hmfm_error *error) {
  return hmfm_ensemble_start(ensemble, chain, allocation, NULL, error);
}

hmfm_status hmfm_ranks_restore(hmfm_ensemble *ensemble, const void *bytes, size_t size,
                               hmfm_error *error) {
  return hmfm_ensemble_restore(ensemble, bytes, size, error);
}

hmfm_status hmfm_ranks_advance(hmfm_ensemble *ensemble, size_t n_sweeps, hmfm_draws *draws,
                               int *signal, hmfm_error *error) {
  (void)draws;
  (void)signal;
  return hmfm_ensemble_advance(ensemble, n_sweeps, error);
}

hmfm_status hmfm_ranks_states(hmfm_ensemble *ensemble, hmfm_error *error) {
  (void)ensemble;
  (void)error;
  return HMFM_OK;
}
