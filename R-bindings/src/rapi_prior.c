/* Laws that a prior implies, and priors that agree in what they expect. Of the data only the sizes of groups
 * matter; they come in as columns, as for sampling. */
#include "rapi.h"

#include <math.h>
#include <string.h>

#include "hmfm/prior.h"

/* Laws hang on an external pointer, so that an R error on the way out frees them. */
static void finalize_laws(SEXP pointer) {
  hmfm_prior_laws_destroy(R_ExternalPtrAddr(pointer));
  R_ClearExternalPtr(pointer);
}

static SEXP keep_laws(void) {
  SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
  R_RegisterCFinalizerEx(pointer, finalize_laws, TRUE);
  UNPROTECT(1);
  return pointer;
}

/* A list least, probability, se (or NULL), mean, mean_se, sd, quantiles (5%, 50%, 95%); NULL where there is no such law. */
static SEXP law_list(const hmfm_law *law) {
  static const char *const names[] = {"least",   "probability", "se",       "mean",
                                      "mean_se", "sd",          "quantiles"};
  static const double at[] = {0.05, 0.5, 0.95};
  if (law->n == 0) return R_NilValue;
  SEXP out = PROTECT(rapi_list(sizeof names / sizeof *names, names));
  SET_VECTOR_ELT(out, 0, Rf_ScalarReal((double)law->least));
  SEXP p = SET_VECTOR_ELT(out, 1, Rf_allocVector(REALSXP, (R_xlen_t)law->n));
  memcpy(REAL(p), law->probability, law->n * sizeof *law->probability);
  if (law->se) {
    SEXP se = SET_VECTOR_ELT(out, 2, Rf_allocVector(REALSXP, (R_xlen_t)law->n));
    memcpy(REAL(se), law->se, law->n * sizeof *law->se);
  }
  SET_VECTOR_ELT(out, 3, Rf_ScalarReal(law->mean));
  SET_VECTOR_ELT(out, 4, Rf_ScalarReal(law->mean_se));
  SET_VECTOR_ELT(out, 5, Rf_ScalarReal(law->sd));
  SEXP q = SET_VECTOR_ELT(out, 6, Rf_allocVector(REALSXP, 3));
  for (int k = 0; k < 3; k++) REAL(q)[k] = (double)hmfm_law_quantile(law, at[k]);
  UNPROTECT(1);
  return out;
}

/* Whole numbers below n of an R vector of length 2 that counts from 1. */
static void read_pair(SEXP x, size_t pair[2]) {
  if (TYPEOF(x) != REALSXP || XLENGTH(x) != 2) Rf_errorcall(R_NilValue, "pair must be two numbers");
  for (int k = 0; k < 2; k++) {
    if (!(REAL(x)[k] >= 1 && REAL(x)[k] <= 4294967296.0))
      Rf_errorcall(R_NilValue, "pair must count groups from 1");
    pair[k] = (size_t)REAL(x)[k] - 1;
  }
}

static void read_run(SEXP list, hmfm_prior_run *run) {
  hmfm_prior_run_defaults(run);
  const double method = rapi_number(list, "method");
  run->method = method == 1   ? HMFM_PRIOR_EXACT
                : method == 2 ? HMFM_PRIOR_MONTE_CARLO
                              : HMFM_PRIOR_AUTO;
  run->draws = rapi_size(list, "draws");
  run->seed = rapi_seed(list, "seed");
  if (rapi_get(list, "pair") != R_NilValue) read_pair(rapi_get(list, "pair"), run->pair);
}

/* A model of groups of given sizes; what is allocated belongs to the pointer returned. */
static SEXP make_model(SEXP columns, SEXP settings, rapi_fit **fit) {
  hmfm_error error;
  SEXP pointer = PROTECT(rapi_fit_new(fit));
  rapi_dataset(columns, *fit);
  rapi_settings(settings, *fit);
  rapi_check(hmfm_model_create((*fit)->dataset, &(*fit)->settings, NULL, &(*fit)->model, &error),
             &error);
  UNPROTECT(1);
  return pointer;
}

/* The laws of one prior: exact, draws, groups (names in order), kind (of each group, from 1), kind_size,
 * kind_groups, clusters, kind_law, pair, shared, components, settings (in force). run: method (0 auto, 1 exact,
 * 2 Monte Carlo), draws, seed, pair (from 1, or NULL). */
SEXP rapi_prior_laws(SEXP columns, SEXP settings, SEXP run_list) {
  static const char *const names[] = {"exact",     "draws",       "groups",     "kind",
                                      "kind_size", "kind_groups", "clusters",   "kind_law",
                                      "pair",      "shared",      "components", "settings"};
  hmfm_error error;
  hmfm_prior_run run;
  hmfm_prior_laws *laws = NULL;
  rapi_fit *fit;
  PROTECT(make_model(columns, settings, &fit));
  SEXP kept = PROTECT(keep_laws());
  read_run(run_list, &run);
  rapi_check(hmfm_prior_laws_create(fit->model, &run, &laws, &error), &error);
  R_SetExternalPtrAddr(kept, laws);
  SEXP out = PROTECT(rapi_list(sizeof names / sizeof *names, names));
  SET_VECTOR_ELT(out, 0, Rf_ScalarLogical(laws->exact));
  SET_VECTOR_ELT(out, 1, Rf_ScalarReal((double)laws->draws));
  SET_VECTOR_ELT(out, 2, rapi_strings(fit->dataset->group_name, laws->n_groups));
  SEXP kind = SET_VECTOR_ELT(out, 3, Rf_allocVector(INTSXP, (R_xlen_t)laws->n_groups));
  SEXP size = SET_VECTOR_ELT(out, 4, Rf_allocVector(REALSXP, (R_xlen_t)laws->n_kinds));
  SEXP groups = SET_VECTOR_ELT(out, 5, Rf_allocVector(REALSXP, (R_xlen_t)laws->n_kinds));
  for (size_t j = 0; j < laws->n_groups; j++) INTEGER(kind)[j] = (int)laws->kind[j] + 1;
  SET_VECTOR_ELT(out, 6, law_list(&laws->clusters));
  SEXP kinds = SET_VECTOR_ELT(out, 7, Rf_allocVector(VECSXP, (R_xlen_t)laws->n_kinds));
  for (size_t c = 0; c < laws->n_kinds; c++) {
    REAL(size)[c] = (double)laws->kind_size[c];
    REAL(groups)[c] = (double)laws->kind_groups[c];
    SET_VECTOR_ELT(kinds, (R_xlen_t)c, law_list(&laws->kind_law[c]));
  }
  SEXP pair = SET_VECTOR_ELT(out, 8, Rf_allocVector(REALSXP, 2));
  for (int k = 0; k < 2; k++) REAL(pair)[k] = (double)laws->pair[k] + 1;
  SET_VECTOR_ELT(out, 9, law_list(&laws->shared));
  SET_VECTOR_ELT(out, 10, law_list(&laws->components));
  SET_VECTOR_ELT(out, 11, rapi_settings_list(hmfm_model_settings(fit->model)));
  finalize_laws(kept);
  UNPROTECT(3);
  return out;
}

/* E[K] and the mean over groups of E[K_group]. */
SEXP rapi_prior_means(SEXP columns, SEXP settings) {
  hmfm_error error;
  hmfm_prior_means means;
  rapi_fit *fit;
  PROTECT(make_model(columns, settings, &fit));
  rapi_check(hmfm_prior_means_compute(fit->model, &means, &error), &error);
  SEXP out = Rf_allocVector(REALSXP, 2);
  REAL(out)[0] = means.clusters;
  REAL(out)[1] = means.group_clusters;
  UNPROTECT(1);
  return out;
}

/* Settings with the hyperparameters found that expect what target says (as rapi_prior_means gives it). */
SEXP rapi_prior_match(SEXP columns, SEXP settings, SEXP target, SEXP fixed) {
  hmfm_error error;
  rapi_fit *fit;
  PROTECT(rapi_fit_new(&fit));
  if (TYPEOF(target) != REALSXP || XLENGTH(target) != 2)
    Rf_errorcall(R_NilValue, "target must be two numbers");
  const hmfm_prior_means means = {REAL(target)[0], REAL(target)[1]};
  rapi_dataset(columns, fit);
  rapi_settings(settings, fit);
  rapi_check(
      hmfm_prior_match(fit->dataset, &means, Rf_asLogical(fixed) == TRUE, &fit->settings, &error),
      &error);
  SEXP out = rapi_settings_list(&fit->settings);
  UNPROTECT(1);
  return out;
}
