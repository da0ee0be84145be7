/* From R's vectors to columns, settings and runs. What is given was checked in R for type and length, so
 * that a user reads R's words; here it is checked again, for whoever calls these functions by hand. */
#include "rapi.h"

#include <math.h>
#include <string.h>

SEXP rapi_get(SEXP list, const char *name) {
  SEXP names = Rf_getAttrib(list, R_NamesSymbol);
  if (TYPEOF(list) != VECSXP || TYPEOF(names) != STRSXP) return R_NilValue;
  for (R_xlen_t k = 0; k < XLENGTH(list); k++)
    if (strcmp(CHAR(STRING_ELT(names, k)), name) == 0) return VECTOR_ELT(list, k);
  return R_NilValue;
}

const char *rapi_text(SEXP list, const char *name) {
  SEXP x = rapi_get(list, name);
  if (TYPEOF(x) != STRSXP || XLENGTH(x) != 1 || STRING_ELT(x, 0) == NA_STRING)
    Rf_errorcall(R_NilValue, "%s must be a single string", name);
  return Rf_translateCharUTF8(STRING_ELT(x, 0));
}

double rapi_number(SEXP list, const char *name) {
  SEXP x = rapi_get(list, name);
  if ((TYPEOF(x) != REALSXP && TYPEOF(x) != INTSXP) || XLENGTH(x) != 1)
    Rf_errorcall(R_NilValue, "%s must be a single number", name);
  return Rf_asReal(x);
}

size_t rapi_size(SEXP list, const char *name) {
  double x = rapi_number(list, name);
  if (!(x >= 0 && x <= 9007199254740992.0 && x == floor(x)))
    Rf_errorcall(R_NilValue, "%s must be a whole number from 0, got %g", name, x);
  return (size_t)x;
}

int rapi_flag(SEXP list, const char *name) {
  SEXP x = rapi_get(list, name);
  if (TYPEOF(x) != LGLSXP || XLENGTH(x) != 1 || LOGICAL(x)[0] == NA_LOGICAL)
    Rf_errorcall(R_NilValue, "%s must be TRUE or FALSE", name);
  return LOGICAL(x)[0] != 0;
}

const char **rapi_texts(SEXP texts) {
  if (texts == R_NilValue) return NULL;
  if (TYPEOF(texts) != STRSXP) Rf_errorcall(R_NilValue, "labels must be strings");
  const R_xlen_t n = XLENGTH(texts);
  const char **out = (const char **)R_alloc((size_t)n + 1, sizeof *out);
  for (R_xlen_t k = 0; k < n; k++) {
    SEXP text = STRING_ELT(texts, k);
    out[k] = text == NA_STRING ? NULL : Rf_translateCharUTF8(text);
  }
  return out;
}

/* Numbers of a double vector of length n. */
static const double *numbers(SEXP x, size_t n, const char *what) {
  if (TYPEOF(x) != REALSXP || (size_t)XLENGTH(x) != n)
    Rf_errorcall(R_NilValue, "%s must be %.0f numbers", what, (double)n);
  return REAL(x);
}

static const char **labels(SEXP x, size_t n, const char *what) {
  if (x != R_NilValue && (TYPEOF(x) != STRSXP || (size_t)XLENGTH(x) != n))
    Rf_errorcall(R_NilValue, "%s must be %.0f strings", what, (double)n);
  return rapi_texts(x);
}

static const char *optional_text(SEXP list, const char *name) {
  return rapi_get(list, name) == R_NilValue ? NULL : rapi_text(list, name);
}

void rapi_dataset(SEXP list, rapi_fit *fit) {
  SEXP response = rapi_get(list, "response"), covariates = rapi_get(list, "covariates");
  SEXP exposure = rapi_get(list, "exposure");
  const size_t n = (size_t)Rf_xlength(response), n_covariates = (size_t)Rf_xlength(covariates);
  hmfm_columns columns = {.n_rows = n, .n_covariates = n_covariates};
  columns.response = numbers(response, n, "response");
  columns.response_name = rapi_text(list, "response_name");
  columns.group = labels(rapi_get(list, "group"), n, "group");
  columns.unit = labels(rapi_get(list, "unit"), n, "unit");
  columns.exposure_name = optional_text(list, "exposure_name");
  if (exposure != R_NilValue) columns.exposure = numbers(exposure, n, "exposure");
  hmfm_covariate *covariate = (hmfm_covariate *)R_alloc(n_covariates + 1, sizeof *covariate);
  const char **name = rapi_texts(Rf_getAttrib(covariates, R_NamesSymbol));
  if (n_covariates && !name) Rf_errorcall(R_NilValue, "covariates must have names");
  for (size_t k = 0; k < n_covariates; k++) {
    SEXP x = VECTOR_ELT(covariates, (R_xlen_t)k);
    covariate[k] = (hmfm_covariate){.name = name[k], .number = numbers(x, n, name[k])};
  }
  columns.covariate = covariate;
  hmfm_error error;
  rapi_check(hmfm_dataset_create(&columns, &fit->notes, &fit->dataset, &error), &error);
}

/* The library's own string that reads like name, since settings and runs keep what they are given. */
static const char *owned_name(const char *(*at)(size_t), const char *name) {
  const char *own;
  for (size_t k = 0; (own = at(k)); k++)
    if (strcmp(own, name) == 0) return own;
  return name; /* unknown: the library says so before the call is over */
}

static const char *beta_at(size_t k) { return k == 0 ? "group" : k == 1 ? "shared" : NULL; }

static const char *algorithm_at(size_t k) { return hmfm_algorithm_name(k, NULL, NULL); }

void rapi_settings(SEXP list, rapi_fit *fit) {
  hmfm_settings *settings = &fit->settings;
  hmfm_error error;
  settings->family = owned_name(hmfm_family_name, rapi_text(list, "family"));
  settings->mixing = owned_name(hmfm_mixing_name, rapi_text(list, "mixing"));
  settings->prior_m = owned_name(hmfm_prior_m_name, rapi_text(list, "prior_m"));
  settings->beta = owned_name(beta_at, rapi_text(list, "beta"));
  settings->prior_only = rapi_flag(list, "prior_only");
  SEXP values = rapi_get(list, "values");
  const char **name = rapi_texts(Rf_getAttrib(values, R_NamesSymbol));
  if (Rf_xlength(values) && !name) Rf_errorcall(R_NilValue, "values of the prior must have names");
  for (R_xlen_t k = 0; k < Rf_xlength(values); k++) {
    SEXP value = VECTOR_ELT(values, k);
    const size_t n = (size_t)XLENGTH(value);
    const char **label = rapi_texts(Rf_getAttrib(value, R_NamesSymbol));
    rapi_check(hmfm_settings_set(settings, name[k], n, numbers(value, n, name[k]), label, &error),
               &error);
  }
}

uint64_t rapi_seed(SEXP list, const char *name) {
  const double *seed = numbers(rapi_get(list, name), 2, name);
  for (int k = 0; k < 2; k++)
    if (!(seed[k] >= 0 && seed[k] <= UINT32_MAX && seed[k] == floor(seed[k])))
      Rf_errorcall(R_NilValue, "%s must be two whole numbers below 2^32", name);
  return (uint64_t)seed[0] << 32 | (uint64_t)seed[1];
}

void rapi_run(SEXP list, rapi_fit *fit) {
  hmfm_run *run = &fit->run;
  SEXP save = rapi_get(list, "save");
  if (TYPEOF(save) != LGLSXP || XLENGTH(save) != 3)
    Rf_errorcall(R_NilValue, "save must be three flags");
  hmfm_run_defaults(run);
  run->algorithm = owned_name(algorithm_at, rapi_text(list, "algorithm"));
  run->chains = rapi_size(list, "chains");
  run->warmup = rapi_size(list, "warmup");
  run->draws = rapi_size(list, "draws");
  run->thin = rapi_size(list, "thin");
  run->anneal = rapi_size(list, "anneal");
  run->splits = rapi_size(list, "splits");
  run->seed = rapi_seed(list, "seed");
  run->threads = (int)rapi_size(list, "threads");
  run->save_allocations = LOGICAL(save)[0] != 0;
  run->save_components = LOGICAL(save)[1] != 0;
  run->save_log_likelihood = LOGICAL(save)[2] != 0;
  if (rapi_get(list, "thin_units") != R_NilValue) run->thin_units = rapi_size(list, "thin_units");
}
