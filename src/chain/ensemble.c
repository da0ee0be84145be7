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
static int choose_threads(int asked, size_t chains, const hmfm_model *model) {
  const int threads = hmfm_threads(asked);
  const size_t of_chain = model->dataset->n_units / HMFM_PIECE, most = of_chain > 1 ? of_chain : 1;
  return (size_t)threads / most < chains ? threads : (int)(chains * most);
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

hmfm_chain *hmfm_ensemble_first(const hmfm_ensemble *ensemble) {
  size_t c = 0;
  while (!ensemble->chain[c]) c++;
  return ensemble->chain[c];
}

static hmfm_status create_chains(hmfm_ensemble *ensemble, const unsigned char *here,
                                 hmfm_error *error) {
  const hmfm_run *run = &ensemble->run;
  hmfm_status status = HMFM_OK;
  size_t n_here = 0;
  for (size_t c = 0; c < run->chains; c++) n_here += !here || here[c];
  ensemble->threads = choose_threads(run->threads, n_here, ensemble->model);
  /* GSL's own handler aborts; while chains run it is off, and then it is the caller's again. It is one
   * for the whole process: whoever runs ensembles from several threads turns it off for good. */
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  for (size_t c = 0; !status && c < run->chains; c++) {
    if (here && !here[c]) continue;
    status = hmfm_chain_create(ensemble->model, run, c, &ensemble->chain[c], error);
    if (!status) {
      status = hmfm_state_team(ensemble->chain[c]->state, choose_members(ensemble->threads, n_here),
                               error);
    }
  }
  gsl_set_error_handler(handler);
  return status;
}

hmfm_status hmfm_ensemble_create_some(const hmfm_model *model, const hmfm_run *run,
                                      const unsigned char *here, hmfm_sink sink,
                                      hmfm_ensemble **out, hmfm_error *error) {
  hmfm_status status = hmfm_run_validate(run, hmfm_model_settings(model), error);
  if (status) return status;
  hmfm_ensemble *ensemble = hmfm_calloc(1, sizeof *ensemble);
  if (!ensemble) return hmfm_fail_memory(error, "the chains");
  ensemble->run = *run;
  ensemble->model = model;
  ensemble->sink = sink;
  ensemble->sweeps = run->warmup + run->draws * run->thin;
  ensemble->chain = hmfm_calloc(run->chains, sizeof *ensemble->chain);
  ensemble->away = hmfm_calloc(run->chains, sizeof *ensemble->away);
  ensemble->status = hmfm_calloc(run->chains, sizeof *ensemble->status);
  ensemble->error = hmfm_calloc(run->chains, sizeof *ensemble->error);
  ensemble->start_of = hmfm_calloc(run->chains, sizeof *ensemble->start_of);
  if (!ensemble->chain || !ensemble->away || !ensemble->status || !ensemble->error ||
      !ensemble->start_of) {
    status = hmfm_fail_memory(error, "the chains");
  }
  if (!status) status = create_chains(ensemble, here, error);
  if (status)
    hmfm_ensemble_destroy(ensemble);
  else
    *out = ensemble;
  return status;
}

hmfm_status hmfm_ensemble_create(const hmfm_model *model, const hmfm_run *run, hmfm_sink sink,
                                 hmfm_ensemble **out, hmfm_error *error) {
  return hmfm_ensemble_create_some(model, run, NULL, sink, out, error);
}

void hmfm_ensemble_shard(hmfm_ensemble *ensemble, const hmfm_shard *shard) {
  for (size_t c = 0; c < ensemble->run.chains; c++) {
    if (ensemble->chain[c]) ensemble->chain[c]->state->team.shard = shard;
  }
  ensemble->in_order = 1;
}

void hmfm_ensemble_destroy(hmfm_ensemble *ensemble) {
  if (!ensemble) return;
  for (size_t c = 0; ensemble->chain && c < ensemble->run.chains; c++) {
    hmfm_chain_destroy(ensemble->chain[c]);
  }
  for (size_t c = 0; ensemble->away && c < ensemble->run.chains; c++) {
    hmfm_free(ensemble->away[c].state.data);
  }
  hmfm_free(ensemble->chain);
  hmfm_free(ensemble->away);
  hmfm_free(ensemble->status);
  hmfm_free(ensemble->error);
  hmfm_free(ensemble->start_of);
  hmfm_free(ensemble);
}

static void advance_chain(hmfm_ensemble *ensemble, size_t c, size_t sweeps) {
  if (!ensemble->chain[c]) return;
  ensemble->status[c] =
      hmfm_chain_advance(ensemble->chain[c], sweeps, ensemble->sink, &ensemble->error[c]);
}

static void advance_side_by_side(hmfm_ensemble *ensemble, size_t sweeps) {
  const long n_chains = (long)ensemble->run.chains;
  const int threads = hmfm_threads(ensemble->threads); /* one after a fork */
  (void)threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
#endif
  for (long c = 0; c < n_chains; c++) advance_chain(ensemble, (size_t)c, sweeps);
}

/* Up to the first chain that fails. */
static void advance_in_order(hmfm_ensemble *ensemble, size_t sweeps) {
  const int threads = hmfm_threads(ensemble->threads);
  (void)threads;
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
#pragma omp master
#endif
  for (size_t c = 0; c < ensemble->run.chains; c++) {
    advance_chain(ensemble, c, sweeps);
    if (ensemble->status[c]) break;
  }
}

hmfm_status hmfm_ensemble_advance(hmfm_ensemble *ensemble, size_t n_sweeps, hmfm_error *error) {
  hmfm_status status =
      hmfm_ensemble_error(ensemble, error); /* a chain that failed does not go on */
  if (status) return status;
  const size_t left = ensemble->sweeps - ensemble->sweeps_done;
  const size_t sweeps = n_sweeps < left ? n_sweeps : left;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  if (ensemble->in_order)
    advance_in_order(ensemble, sweeps);
  else
    advance_side_by_side(ensemble, sweeps);
  gsl_set_error_handler(handler);
  status = hmfm_ensemble_error(ensemble, error);
  if (!status) ensemble->sweeps_done += sweeps;
  return status;
}

size_t hmfm_ensemble_sweeps_done(const hmfm_ensemble *ensemble) { return ensemble->sweeps_done; }

size_t hmfm_ensemble_sweeps(const hmfm_ensemble *ensemble) { return ensemble->sweeps; }

size_t hmfm_ensemble_splits(const hmfm_ensemble *ensemble, size_t chain) {
  const hmfm_chain *here = ensemble->chain[chain];
  return here ? here->state->pace.number : ensemble->away[chain].splits;
}

size_t hmfm_ensemble_clusters(const hmfm_ensemble *ensemble, size_t chain) {
  const hmfm_chain *here = ensemble->chain[chain];
  return here ? here->state->partition.n_clusters : ensemble->away[chain].clusters;
}
