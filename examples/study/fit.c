/* One fit: chains are advanced slice by slice until K has enough effective draws. */
#include <stdlib.h>
#include <time.h>

#include "study.h"

/* 4 chains start far apart, and 400 effective draws are what Vehtari et al. (2021) ask of four. */
const study_budget study_default_budget = {
    .chains = 4, .warmup = 500, .slice = 1000, .most = 5000, .thin = 5, .ess = 400.0};

double study_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Where draws go: K is wanted of every sweep, all else of few. */
typedef struct split {
  hmfm_sink trace, kept;
  size_t thin;
} split;

static hmfm_status record(void *context, size_t chain, size_t draw, const hmfm_chain *state,
                          hmfm_error *error) {
  const split *s = context;
  hmfm_status status = s->trace.record(s->trace.context, chain, draw, state, error);
  if (!status && draw % s->thin == s->thin - 1)
    status = s->kept.record(s->kept.context, chain, draw / s->thin, state, error);
  return status;
}

/* Chain c starts from 4 (c + 1) clusters, each of units with neighbouring responses: the chains far apart in K, and none where
 * all units are together, which the conditional sampler takes long to leave in experiment 3. */
static hmfm_status start(hmfm_ensemble *ensemble, const hmfm_dataset *data, size_t chains,
                         hmfm_error *error) {
  const size_t n = data->n_units;
  uint32_t *label = malloc(n * sizeof *label);
  hmfm_status status = label ? HMFM_OK : HMFM_EMEMORY;
  for (size_t c = 0; !status && c < chains; c++) {
    for (size_t i = 0; i < n; i++) {
      size_t below = 0; /* a unit has one row */
      for (size_t k = 0; k < n; k++) below += data->y[k] < data->y[i];
      label[i] = (uint32_t)(below * 4 * (c + 1) / n);
    }
    status = hmfm_ensemble_start(ensemble, c, label, NULL, error);
  }
  free(label);
  return status;
}

static hmfm_status diagnose(study_fit *fit, hmfm_error *error) {
  const hmfm_variable *K = hmfm_draws_find(fit->trace, "K");
  hmfm_diagnostics d;
  hmfm_status status = hmfm_diagnose(K->value, fit->trace->n_chains, fit->trace->n_draws,
                                     fit->trace->capacity, 1, &d, error);
  if (status) return status;
  fit->ess = d.ess_bulk; /* NaN while K has never changed: not enough */
  fit->rhat = d.rhat;
  return HMFM_OK;
}

static hmfm_status advance(hmfm_ensemble *ensemble, const study_budget *budget, study_fit *fit,
                           hmfm_error *error) {
  hmfm_status status = hmfm_ensemble_advance(ensemble, budget->warmup, error);
  do {
    const double start = study_clock();
    if (!status) status = hmfm_ensemble_advance(ensemble, budget->slice, error);
    fit->seconds += study_clock() - start;
    fit->sweeps += budget->slice;
    if (!status) status = diagnose(fit, error);
  } while (!status && !(fit->ess >= budget->ess) && fit->sweeps < budget->most);
  return status;
}

hmfm_status study_fit_run(hmfm_dataset *part, hmfm_model *model, const char *sampler,
                          const study_budget *budget, uint64_t seed, study_fit *out,
                          hmfm_error *error) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_run run;
  split s = {.thin = budget->thin};
  *out = (study_fit){.part = part, .model = model};
  hmfm_run_defaults(&run);
  run.algorithm = sampler;
  run.chains = budget->chains;
  run.warmup = budget->warmup;
  run.seed = seed;
  run.threads = 1; /* several fits side by side use processors better */
  run.save_log_likelihood = 0;
  run.draws = budget->most / budget->thin;
  hmfm_status status = hmfm_draws_create(model, &run, &out->kept, error);
  run.save_allocations = run.save_components = 0;
  run.draws = budget->most;
  if (!status) status = hmfm_draws_create(model, &run, &out->trace, error);
  if (!status) {
    /* what a sweep has to make for those that are kept, it makes where the run says so */
    run.save_allocations = run.save_components = 1;
    s.trace = hmfm_draws_sink(out->trace);
    s.kept = hmfm_draws_sink(out->kept);
    const hmfm_sink sink = {.context = &s, .record = record};
    status = hmfm_ensemble_create(model, &run, sink, &ensemble, error);
  }
  if (!status) status = start(ensemble, part, budget->chains, error);
  if (!status) status = advance(ensemble, budget, out, error);
  hmfm_ensemble_destroy(ensemble);
  return status;
}

void study_fit_clear(study_fit *fit) {
  hmfm_draws_destroy(fit->trace);
  hmfm_draws_destroy(fit->kept);
  hmfm_model_destroy(fit->model);
  hmfm_dataset_destroy(fit->part);
  *fit = (study_fit){0};
}
