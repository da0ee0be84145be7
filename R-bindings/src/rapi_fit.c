/* A fit at work: an external pointer that owns everything, chains advanced slice by slice, and draws handed
 * to R. */
#include "rapi.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"

static void finalize(SEXP pointer) {
  rapi_fit *fit = R_ExternalPtrAddr(pointer);
  if (!fit) return;
  R_ClearExternalPtr(pointer);
  hmfm_ensemble_destroy(fit->ensemble);
  hmfm_checkpoint_clear(&fit->checkpoint);
  hmfm_draws_destroy(fit->draws);
  hmfm_model_destroy(fit->model);
  hmfm_settings_clear(&fit->settings);
  hmfm_dataset_destroy(fit->dataset);
  hmfm_notes_clear(&fit->notes);
  R_Free(fit);
}

static SEXP tag(void) { return Rf_install("hmfm_fit"); }

SEXP rapi_fit_new(rapi_fit **fit) {
  SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, tag(), R_NilValue));
  R_RegisterCFinalizerEx(pointer, finalize, TRUE);
  *fit = R_Calloc(1, rapi_fit);
  hmfm_settings_defaults(&(*fit)->settings);
  R_SetExternalPtrAddr(pointer, *fit);
  UNPROTECT(1);
  return pointer;
}

rapi_fit *rapi_fit_get(SEXP pointer) {
  if (TYPEOF(pointer) != EXTPTRSXP || R_ExternalPtrTag(pointer) != tag() ||
      !R_ExternalPtrAddr(pointer))
    Rf_errorcall(R_NilValue, "this is no pointer to a fit of this session");
  return R_ExternalPtrAddr(pointer);
}

/* The bytes that the draws of a run take. R keeps them beside the library: allocations in as many bytes, log likelihoods
 * in 8 each. */
static double measure(const rapi_fit *fit, const hmfm_run *run, hmfm_draws_size *size) {
  hmfm_draws_measure(fit->model, run, size);
  return 2 * size->allocations + 3 * size->log_likelihoods + 2 * size->other;
}

/* The least thin_units with which the run would fit; 0: none. */
static size_t thin_that_fits(const rapi_fit *fit, double free) {
  hmfm_draws_size size;
  hmfm_run run = fit->run;
  size_t no = run.thin_units, yes = run.thin_units = run.draws; /* one draw a chain, the least */
  if (!(measure(fit, &run, &size) <= free)) return 0;
  while (yes - no > 1) {
    run.thin_units = no + (yes - no) / 2;
    *(measure(fit, &run, &size) <= free ? &yes : &no) = run.thin_units;
  }
  return yes;
}

/* Refuses a run whose draws would not fit the memory that the system has free, or option hmfm.memory says. */
static void check_memory(const rapi_fit *fit) {
  SEXP given = Rf_GetOption1(Rf_install("hmfm.memory"));
  const double free = Rf_isNull(given) ? hmfm_memory_free("") : Rf_asReal(given);
  hmfm_draws_size size;
  const double all = measure(fit, &fit->run, &size);
  if (!(free > 0) || all <= free) return;
  const size_t thin = thin_that_fits(fit, free);
  char advice[128] = "";
  if (thin)
    snprintf(advice, sizeof advice,
             "hmfm_control(thin_units = %.0f) keeps those of one draw in %.0f, ", (double)thin,
             (double)thin);
  Rf_errorcall(
      R_NilValue,
      "%.0f x %.0f draws of %.0f units would take %.1f GB of memory (allocations %.1f, log "
      "likelihoods %.1f), and there are %.1f: %shmfm_control(save_log_lik = FALSE, "
      "save_allocations = FALSE) keeps neither, a larger thin fewer draws; "
      "options(hmfm.memory = ) says how many bytes there are",
      (double)fit->run.chains, (double)fit->run.draws, (double)fit->dataset->n_units, all / 1e9,
      2 * size.allocations / 1e9, 3 * size.log_likelihoods / 1e9, free / 1e9, advice);
}

/* Data, model and room for the draws of a run. */
static void prepare(SEXP columns, SEXP settings, SEXP run, rapi_fit *fit) {
  hmfm_error error;
  rapi_dataset(columns, fit);
  rapi_settings(settings, fit);
  rapi_run(run, fit);
  rapi_check(hmfm_model_create(fit->dataset, &fit->settings, &fit->notes, &fit->model, &error),
             &error);
  rapi_check(hmfm_run_validate(&fit->run, hmfm_model_settings(fit->model), &error), &error);
  check_memory(fit);
  rapi_check(hmfm_draws_create(fit->model, &fit->run, &fit->draws, &error), &error);
}

/* Starts chains, or where checkpoint is raw, goes on where it was taken. Returns the pointer, the data as
 * the library orders them, the settings in force, and notes. */
SEXP rapi_begin(SEXP columns, SEXP settings, SEXP run, SEXP checkpoint) {
  static const char *const names[] = {"pointer", "data", "settings", "notes"};
  rapi_fit *fit;
  hmfm_error error;
  SEXP out = PROTECT(rapi_list(4, names));
  SET_VECTOR_ELT(out, 0, rapi_fit_new(&fit));
  prepare(columns, settings, run, fit);
  rapi_check(hmfm_ensemble_create(fit->model, &fit->run, hmfm_draws_sink(fit->draws),
                                  &fit->ensemble, &error),
             &error);
  if (TYPEOF(checkpoint) == RAWSXP) {
    const size_t size = (size_t)XLENGTH(checkpoint);
    hmfm_checkpoint_info info;
    rapi_check(hmfm_checkpoint_describe(RAW(checkpoint), size, &info, &error), &error);
    rapi_check(hmfm_ensemble_restore(fit->ensemble, RAW(checkpoint), size, &error), &error);
    fit->first = info.made;
  }
  SET_VECTOR_ELT(out, 1, rapi_dataset_list(fit->dataset));
  SET_VECTOR_ELT(out, 2, rapi_settings_list(hmfm_model_settings(fit->model)));
  SET_VECTOR_ELT(out, 3, rapi_notes(&fit->notes));
  UNPROTECT(1);
  return out;
}

/* Starts a chain, counted from 1, at labels of the units from 1 and coefficients in the order of the data; NULL: at
 * those it has. */
SEXP rapi_start(SEXP pointer, SEXP chain, SEXP allocation, SEXP beta) {
  rapi_fit *fit = rapi_fit_get(pointer);
  hmfm_error error;
  if (!fit->ensemble) Rf_errorcall(R_NilValue, "this fit has no chains");
  const hmfm_dataset *d = fit->dataset;
  const size_t n_beta =
      d->n_covariates * (strcmp(fit->settings.beta, "shared") == 0 ? 1 : d->n_groups);
  const double number = Rf_asReal(chain);
  if (!(number >= 1)) Rf_errorcall(R_NilValue, "chains count from 1, got %g", number);
  if (beta != R_NilValue && (TYPEOF(beta) != REALSXP || (size_t)XLENGTH(beta) != n_beta))
    Rf_errorcall(R_NilValue, "a start must have %.0f coefficients", (double)n_beta);
  const uint32_t *label =
      allocation == R_NilValue ? NULL : rapi_labels(allocation, d->n_units, "a start");
  rapi_check(hmfm_ensemble_start(fit->ensemble, (size_t)number - 1, label,
                                 beta == R_NilValue ? NULL : REAL(beta), &error),
             &error);
  return R_NilValue;
}

double rapi_now(void) {
  struct timespec t;
  if (!timespec_get(&t, TIME_UTC)) return 0;
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Advances all chains for about so many milliseconds, after a look whether the user wants to interrupt:
 * here no thread runs and nothing is held, so that R may jump out. Returns sweeps done, sweeps in all, and
 * the clusters of each chain. */
SEXP rapi_advance(SEXP pointer, SEXP milliseconds) {
  R_CheckUserInterrupt();
  rapi_fit *fit = rapi_fit_get(pointer);
  if (!fit->ensemble) Rf_errorcall(R_NilValue, "this fit has no chains");
  const double budget = Rf_asReal(milliseconds) / 1000, begin = rapi_now();
  const size_t total = hmfm_ensemble_sweeps(fit->ensemble);
  hmfm_error error;
  double spent = 0;
  while (hmfm_ensemble_sweeps_done(fit->ensemble) < total && spent < budget) {
    const size_t before = hmfm_ensemble_sweeps_done(fit->ensemble);
    double wanted = fit->per_sweep > 0 ? (budget - spent) / fit->per_sweep : 1;
    if (!(wanted >= 1)) wanted = 1;
    const size_t sweeps = wanted < 1e6 ? (size_t)wanted : 1000000;
    rapi_check(hmfm_ensemble_advance(fit->ensemble, sweeps, &error), &error);
    const size_t done = hmfm_ensemble_sweeps_done(fit->ensemble) - before;
    const double at = rapi_now() - begin;
    if (done && at > spent) fit->per_sweep = (at - spent) / (double)done;
    if (!(at > spent) && done) fit->per_sweep = 1e-9;
    spent = at;
  }
  SEXP out = PROTECT(Rf_allocVector(REALSXP, 2 + (R_xlen_t)fit->run.chains));
  REAL(out)[0] = (double)hmfm_ensemble_sweeps_done(fit->ensemble);
  REAL(out)[1] = (double)total;
  for (size_t c = 0; c < fit->run.chains; c++)
    REAL(out)[2 + c] = (double)hmfm_ensemble_clusters(fit->ensemble, c);
  UNPROTECT(1);
  return out;
}

/* The draws made since the checkpoint the chains began with, if any, and a checkpoint of now. */
SEXP rapi_take(SEXP pointer) {
  static const char *const names[] = {"draws", "checkpoint", "splits"};
  rapi_fit *fit = rapi_fit_get(pointer);
  if (!fit->ensemble) Rf_errorcall(R_NilValue, "this fit has no chains");
  hmfm_error error;
  SEXP out = PROTECT(rapi_list(3, names));
  if (fit->draws->n_draws > fit->first)
    SET_VECTOR_ELT(out, 0, rapi_draws_list(fit->draws, fit->first));
  hmfm_checkpoint_clear(&fit->checkpoint);
  rapi_check(hmfm_ensemble_checkpoint(fit->ensemble, &fit->checkpoint, &error), &error);
  SEXP bytes = SET_VECTOR_ELT(out, 1, Rf_allocVector(RAWSXP, (R_xlen_t)fit->checkpoint.size));
  memcpy(RAW(bytes), fit->checkpoint.bytes, fit->checkpoint.size);
  hmfm_checkpoint_clear(&fit->checkpoint);
  SEXP splits = SET_VECTOR_ELT(out, 2, Rf_allocVector(REALSXP, (R_xlen_t)fit->run.chains));
  for (size_t c = 0; c < fit->run.chains; c++)
    REAL(splits)[c] = (double)hmfm_ensemble_splits(fit->ensemble, c);
  UNPROTECT(1);
  return out;
}

/* A pointer to data, model and draws of a fit that R keeps. */
SEXP rapi_rebuild(SEXP columns, SEXP settings, SEXP run, SEXP draws) {
  rapi_fit *fit;
  SEXP pointer = PROTECT(rapi_fit_new(&fit));
  prepare(columns, settings, run, fit);
  rapi_draws_fill(draws, fit);
  hmfm_notes_clear(&fit->notes);
  UNPROTECT(1);
  return pointer;
}

/* The draws of a fit that was rebuilt. */
SEXP rapi_draws(SEXP pointer) { return rapi_draws_list(rapi_fit_get(pointer)->draws, 0); }

/* The data of a fit that was rebuilt as the library orders them, and the settings in force. */
SEXP rapi_describe(SEXP pointer) {
  static const char *const names[] = {"data", "settings"};
  const rapi_fit *fit = rapi_fit_get(pointer);
  SEXP out = PROTECT(rapi_list(2, names));
  SET_VECTOR_ELT(out, 0, rapi_dataset_list(fit->dataset));
  SET_VECTOR_ELT(out, 1, rapi_settings_list(hmfm_model_settings(fit->model)));
  UNPROTECT(1);
  return out;
}

/* Whether a pointer points to nothing, as after it was saved and loaded. */
SEXP rapi_is_gone(SEXP pointer) {
  return Rf_ScalarLogical(TYPEOF(pointer) != EXTPTRSXP || !R_ExternalPtrAddr(pointer));
}
