/* Chains side by side, a thread each; threads that have no chain, or whose chain is done, work for the teams of the
 * others (base/team.h). Draws do not depend on the threads: every chain has its own state and its own random
 * streams, nothing is shared but the model, which nobody changes, and a team's work is cut and summed alike,
 * whatever its size. */
#include <gsl/gsl_errno.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "chain/ensemble.h"

/* No more than one for so many units of a chain: with fewer, handing out work takes as long as doing it. */
static int choose_threads(const hmfm_run *run, const hmfm_model *model) {
  const int threads = hmfm_threads(run->threads);
  const size_t of_chain = model->dataset->n_units / HMFM_PIECE, most = of_chain > 1 ? of_chain : 1;
  return (size_t)threads / most < run->chains ? threads : (int)(run->chains * most);
}

/* Members of a chain's team. Together there may be a few more than threads, who then take turns. */
static int choose_members(int threads, size_t chains) {
  return (int)(((size_t)threads + chains - 1) / chains);
}

/* The first chain's error, whichever finished first. */
hmfm_status hmfm_ensemble_error(const hmfm_ensemble *ensemble, hmfm_error *error) {
  for (size_t c = 0; c < ensemble->run.chains; c++) {
    if (ensemble->status[c] == HMFM_OK) continue;
    return hmfm_fail(error, ensemble->status[c], "chain %zu: %s", c, ensemble->error[c].message);
  }
  return HMFM_OK;
}

hmfm_status hmfm_ensemble_create(const hmfm_model *model, const hmfm_run *run, hmfm_sink sink,
                                 hmfm_ensemble **out, hmfm_error *error) {
  hmfm_status status = hmfm_run_validate(run, hmfm_model_settings(model), error);
  if (status) return status;
  hmfm_ensemble *ensemble = hmfm_calloc(1, sizeof *ensemble);
  if (!ensemble) return hmfm_fail_memory(error, "the chains");
  ensemble->run = *run;
  ensemble->sink = sink;
  ensemble->threads = choose_threads(run, model);
  ensemble->sweeps = run->warmup + run->draws * run->thin;
  ensemble->chain = hmfm_calloc(run->chains, sizeof *ensemble->chain);
  ensemble->status = hmfm_calloc(run->chains, sizeof *ensemble->status);
  ensemble->error = hmfm_calloc(run->chains, sizeof *ensemble->error);
  ensemble->start_of = hmfm_calloc(run->chains, sizeof *ensemble->start_of);
  if (!ensemble->chain || !ensemble->status || !ensemble->error || !ensemble->start_of) {
    status = hmfm_fail_memory(error, "the chains");
  }
  /* GSL's own handler aborts; while chains run it is off, and then it is the caller's again. It is one
   * for the whole process: whoever runs ensembles from several threads turns it off for good. */
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  for (size_t c = 0; !status && c < run->chains; c++) {
    status = hmfm_chain_create(model, run, c, &ensemble->chain[c], error);
    if (!status) {
      status = hmfm_state_team(ensemble->chain[c]->state,
                               choose_members(ensemble->threads, run->chains), error);
    }
  }
  gsl_set_error_handler(handler);
  if (status)
    hmfm_ensemble_destroy(ensemble);
  else
    *out = ensemble;
  return status;
}

void hmfm_ensemble_destroy(hmfm_ensemble *ensemble) {
  if (!ensemble) return;
  for (size_t c = 0; ensemble->chain && c < ensemble->run.chains; c++) {
    hmfm_chain_destroy(ensemble->chain[c]);
  }
  hmfm_free(ensemble->chain);
  hmfm_free(ensemble->status);
  hmfm_free(ensemble->error);
  hmfm_free(ensemble->start_of);
  hmfm_free(ensemble);
}

hmfm_status hmfm_ensemble_advance(hmfm_ensemble *ensemble, size_t n_sweeps, hmfm_error *error) {
  hmfm_status status =
      hmfm_ensemble_error(ensemble, error); /* a chain that failed does not go on */
  if (status) return status;
  const size_t left = ensemble->sweeps - ensemble->sweeps_done;
  const size_t sweeps = n_sweeps < left ? n_sweeps : left;
  const long n_chains = (long)ensemble->run.chains;
  const int threads = hmfm_threads(ensemble->threads); /* one after a fork */
  (void)threads;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
#endif
  for (long c = 0; c < n_chains; c++) {
    ensemble->status[c] =
        hmfm_chain_advance(ensemble->chain[c], sweeps, ensemble->sink, &ensemble->error[c]);
  }
  gsl_set_error_handler(handler);
  status = hmfm_ensemble_error(ensemble, error);
  if (!status) ensemble->sweeps_done += sweeps;
  return status;
}

size_t hmfm_ensemble_sweeps_done(const hmfm_ensemble *ensemble) { return ensemble->sweeps_done; }

size_t hmfm_ensemble_sweeps(const hmfm_ensemble *ensemble) { return ensemble->sweeps; }

size_t hmfm_ensemble_clusters(const hmfm_ensemble *ensemble, size_t chain) {
  return ensemble->chain[chain]->state->partition.n_clusters;
}
