/* Running one chain. */
#include "chain/chain.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "chain/pace.h"

hmfm_status hmfm_chain_create(const hmfm_model *model, const hmfm_run *run, size_t number,
                              hmfm_chain **out, hmfm_error *error) {
  hmfm_chain *chain = hmfm_calloc(1, sizeof *chain);
  if (!chain) return hmfm_fail_memory(error, "a chain");
  chain->number = number;
  chain->run = *run;
  chain->schedule = hmfm_schedule_find(run->algorithm, model->mixing->name);
  hmfm_status status = hmfm_state_create(model, run->seed, (uint32_t)number, &chain->state, error);
  if (!status) status = hmfm_state_start(chain->state, number, error);
  if (status)
    hmfm_chain_destroy(chain);
  else
    *out = chain;
  return status;
}

void hmfm_chain_destroy(hmfm_chain *chain) {
  if (!chain) return;
  hmfm_state_destroy(chain->state);
  hmfm_free(chain);
}

/* Annealed paths are what takes a chain from one mode to another: eight times as many in the warm-up. */
static void set_paths(hmfm_chain *chain) {
  const size_t length = chain->run.anneal;
  chain->state->path_length = length;
  chain->state->path_every = chain->sweeps_done <= chain->run.warmup ? (length + 7) / 8 : length;
}

/* Whether the last sweep makes a draw. */
static int saved(const hmfm_chain *chain) {
  const hmfm_run *run = &chain->run;
  return chain->sweeps_done > run->warmup && (chain->sweeps_done - run->warmup) % run->thin == 0;
}

/* The draw that the last sweep makes. */
static size_t draw_of(const hmfm_chain *chain) {
  return (chain->sweeps_done - chain->run.warmup) / chain->run.thin - 1;
}

/* Whether log likelihoods of units are saved of it. */
static int log_lik_saved(const hmfm_chain *chain) {
  const hmfm_run *run = &chain->run;
  return run->save_log_likelihood && saved(chain) && draw_of(chain) % run->thin_units == 0;
}

hmfm_status hmfm_chain_sweep(hmfm_chain *chain, hmfm_error *error) {
  const hmfm_model *model = chain->state->model;
  const int covariates = model->regression.n_covariates > 0;
  const int poisson = strcmp(model->effective.prior_m, "poisson") == 0;
  hmfm_status status = HMFM_OK;
  chain->state->sweep = ++chain->sweeps_done;
  chain->state->log_lik_wanted = log_lik_saved(chain);
  set_paths(chain);
  hmfm_pace_begin(chain);
  for (const hmfm_step *step = chain->schedule->step; !status && step->kernel; step++) {
    if (hmfm_step_applies(step, covariates, poisson)) {
      status = step->kernel->apply(chain->state, error);
    }
  }
  if (!status) hmfm_pace_end(chain);
  return status;
}

hmfm_status hmfm_chain_advance(hmfm_chain *chain, size_t n_sweeps, hmfm_sink sink,
                               hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && k < n_sweeps; k++) {
    status = hmfm_chain_sweep(chain, error);
    if (status || !saved(chain) || !sink.record) continue;
    status = hmfm_kernel_complete(chain->state, log_lik_saved(chain), error);
    if (status) break;
    status = sink.record(sink.context, chain->number, draw_of(chain), chain, error);
  }
  return status;
}
