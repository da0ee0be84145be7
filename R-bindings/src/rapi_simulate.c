/* Simulated data with their truth. */
#include "rapi.h"

#include <string.h>

#include "hmfm/simulate.h"
#include "model/family.h"

/* What must be freed, whichever way out R takes. */
typedef struct simulated {
  hmfm_simulation *simulation;
  hmfm_truth *truth;
} simulated;

static void finalize(SEXP pointer) {
  simulated *s = R_ExternalPtrAddr(pointer);
  if (!s) return;
  R_ClearExternalPtr(pointer);
  hmfm_truth_destroy(s->truth);
  hmfm_simulation_destroy(s->simulation);
  R_Free(s);
}

static SEXP simulated_new(simulated **s) {
  SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
  R_RegisterCFinalizerEx(pointer, finalize, TRUE);
  *s = R_Calloc(1, simulated);
  R_SetExternalPtrAddr(pointer, *s);
  UNPROTECT(1);
  return pointer;
}

static const double *numbers(SEXP list, const char *name, R_xlen_t n) {
  SEXP x = rapi_get(list, name);
  if (TYPEOF(x) != REALSXP || XLENGTH(x) != n)
    Rf_errorcall(R_NilValue, "%s must be %.0f numbers", name, (double)n);
  return REAL(x);
}

/* A number as a size; 0, which nothing here may be, for what is no size. */
static size_t size_of(double x) { return x >= 1 && x < 9007199254740992.0 ? (size_t)x : 0; }

static void read_covariates(SEXP list, hmfm_design *design) {
  const size_t n = design->n_covariates = (size_t)Rf_xlength(list);
  hmfm_covariate_law *law = (hmfm_covariate_law *)R_alloc(n + 1, sizeof *law);
  for (size_t k = 0; k < n; k++) {
    SEXP one = VECTOR_ELT(list, (R_xlen_t)k), level = rapi_get(one, "level");
    law[k] = (hmfm_covariate_law){.name = rapi_text(one, "name")};
    if (level != R_NilValue) {
      law[k].n_levels = (size_t)Rf_xlength(level);
      law[k].level = rapi_texts(level);
      law[k].probability = numbers(one, "probability", XLENGTH(level));
    } else {
      law[k].mean = rapi_number(one, "mean");
      law[k].sd = rapi_number(one, "sd");
    }
  }
  design->covariate = law;
}

/* size, group (names or NULL), repeats, response, covariates, exposure (two numbers or NULL). Texts are R's. */
static void read_design(SEXP list, hmfm_design *design) {
  SEXP size = rapi_get(list, "size"), group = rapi_get(list, "group");
  const R_xlen_t d = Rf_xlength(size);
  const double *from = numbers(list, "size", d), *repeats = numbers(list, "repeats", 2);
  size_t *to = (size_t *)R_alloc((size_t)d + 1, sizeof *to);
  for (R_xlen_t j = 0; j < d; j++) to[j] = size_of(from[j]);
  if (group != R_NilValue && Rf_xlength(group) != d)
    Rf_errorcall(R_NilValue, "there must be a name for each group");
  *design = (hmfm_design){.n_groups = (size_t)d, .size = to, .group_name = rapi_texts(group)};
  design->least_repeats = size_of(repeats[0]);
  design->most_repeats = size_of(repeats[1]);
  design->response_name = rapi_text(list, "response");
  if (rapi_get(list, "exposure") != R_NilValue) {
    const double *exposure = numbers(list, "exposure", 2);
    design->least_exposure = exposure[0];
    design->most_exposure = exposure[1];
  }
  read_covariates(rapi_get(list, "covariates"), design);
}

/* A matrix of R into rows of C. */
static void fill_rows(SEXP list, const char *name, size_t n_rows, size_t n_columns, double *to) {
  const double *from = numbers(list, name, (R_xlen_t)(n_rows * n_columns));
  for (size_t r = 0; r < n_rows; r++)
    for (size_t k = 0; k < n_columns; k++) to[r * n_columns + k] = from[k * n_rows + r];
}

/* family, atoms (M x n_atom), weights (d x M), beta (d x r, or NULL for 0). */
static void read_truth(SEXP list, simulated *s) {
  hmfm_error error;
  SEXP extent = Rf_getAttrib(rapi_get(list, "atoms"), R_DimSymbol);
  if (TYPEOF(extent) != INTSXP || XLENGTH(extent) != 2)
    Rf_errorcall(R_NilValue, "atoms must be a matrix");
  const size_t M = (size_t)INTEGER(extent)[0], n_atom = (size_t)INTEGER(extent)[1];
  rapi_check(hmfm_truth_create(s->simulation, rapi_text(list, "family"), M, &s->truth, &error),
             &error);
  hmfm_truth *t = s->truth;
  if (t->n_atom != n_atom)
    Rf_errorcall(R_NilValue, "components of the %s family have %.0f numbers each, got %.0f",
                 t->family, (double)t->n_atom, (double)n_atom);
  fill_rows(list, "atoms", M, n_atom, t->atom);
  fill_rows(list, "weights", t->n_groups, M, t->weight);
  if (rapi_get(list, "beta") != R_NilValue)
    fill_rows(list, "beta", t->n_groups, t->n_covariates, t->beta);
}

static void draw_truth(SEXP settings, uint64_t seed, simulated *s) {
  hmfm_error error;
  rapi_fit *fit;
  PROTECT(rapi_fit_new(&fit)); /* owns the settings */
  rapi_settings(settings, fit);
  rapi_check(hmfm_truth_draw(s->simulation, &fit->settings, seed, &s->truth, &error), &error);
  UNPROTECT(1);
}

static SEXP rows(const double *x, size_t n_rows, size_t n_columns) {
  SEXP out = Rf_allocMatrix(REALSXP, (int)n_rows, (int)n_columns);
  for (size_t r = 0; r < n_rows; r++)
    for (size_t k = 0; k < n_columns; k++) REAL(out)[k * n_rows + r] = x[r * n_columns + k];
  return out;
}

static SEXP truth_list(const simulated *s) {
  static const char *const names[] = {"atoms", "atom_names", "weights",
                                      "beta",  "covariates", "hyper"};
  const hmfm_truth *t = s->truth;
  const hmfm_family *family = hmfm_family_find(t->family);
  SEXP out = PROTECT(rapi_list(sizeof names / sizeof *names, names));
  SET_VECTOR_ELT(out, 0, rows(t->atom, t->n_components, t->n_atom));
  SEXP atom = SET_VECTOR_ELT(out, 1, Rf_allocVector(STRSXP, (R_xlen_t)t->n_atom));
  for (size_t k = 0; k < t->n_atom; k++)
    SET_STRING_ELT(atom, (R_xlen_t)k, Rf_mkChar(family->atom_name[k]));
  SET_VECTOR_ELT(out, 2, rows(t->weight, t->n_groups, t->n_components));
  SET_VECTOR_ELT(out, 3, rows(t->beta, t->n_groups, t->n_covariates));
  SET_VECTOR_ELT(out, 4, rapi_strings(s->simulation->layout->covariate_name, t->n_covariates));
  SEXP hyper = SET_VECTOR_ELT(out, 5, Rf_allocVector(REALSXP, (R_xlen_t)t->n_hyper));
  for (size_t k = 0; k < t->n_hyper; k++) REAL(hyper)[k] = t->hyper[k];
  Rf_setAttrib(hyper, R_NamesSymbol, rapi_strings(t->hyper_name, t->n_hyper));
  UNPROTECT(1);
  return out;
}

/* Columns of covariates: numbers or text. */
static SEXP covariate_columns(const hmfm_columns *columns) {
  SEXP out = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)columns->n_covariates));
  for (size_t k = 0; k < columns->n_covariates; k++) {
    const hmfm_covariate *x = &columns->covariate[k];
    SEXP column = SET_VECTOR_ELT(
        out, (R_xlen_t)k, Rf_allocVector(x->text ? STRSXP : REALSXP, (R_xlen_t)columns->n_rows));
    for (size_t h = 0; h < columns->n_rows; h++)
      if (x->text)
        SET_STRING_ELT(column, (R_xlen_t)h, Rf_mkCharCE(x->text[h], CE_UTF8));
      else
        REAL(column)[h] = x->number[h];
  }
  UNPROTECT(1);
  return out;
}

static SEXP result(const simulated *s) {
  static const char *const names[] = {"group",    "unit",      "y",    "covariates",
                                      "exposure", "component", "truth"};
  const hmfm_columns *columns = &s->simulation->columns;
  const R_xlen_t n = (R_xlen_t)columns->n_rows;
  SEXP out = PROTECT(rapi_list(sizeof names / sizeof *names, names));
  SEXP group = SET_VECTOR_ELT(out, 0, Rf_allocVector(STRSXP, n));
  SEXP unit = SET_VECTOR_ELT(out, 1, Rf_allocVector(STRSXP, n));
  SEXP y = SET_VECTOR_ELT(out, 2, Rf_allocVector(REALSXP, n));
  SET_VECTOR_ELT(out, 3, covariate_columns(columns));
  SEXP component = SET_VECTOR_ELT(out, 5, Rf_allocVector(INTSXP, n));
  for (R_xlen_t h = 0; h < n; h++) {
    SET_STRING_ELT(group, h, Rf_mkCharCE(columns->group[h], CE_UTF8));
    SET_STRING_ELT(unit, h, Rf_mkCharCE(columns->unit[h], CE_UTF8));
    REAL(y)[h] = columns->response[h];
    INTEGER(component)[h] = s->simulation->component[h] + 1;
  }
  if (columns->exposure) {
    SEXP exposure = SET_VECTOR_ELT(out, 4, Rf_allocVector(REALSXP, n));
    memcpy(REAL(exposure), columns->exposure, columns->n_rows * sizeof *columns->exposure);
  }
  SET_VECTOR_ELT(out, 6, truth_list(s));
  UNPROTECT(1);
  return out;
}

/* Data of a design (a list that also has the seed) from a given truth, or where that is NULL from the prior of settings. */
SEXP rapi_simulate(SEXP design_list, SEXP truth, SEXP settings, SEXP exact_counts) {
  hmfm_error error;
  hmfm_design design;
  simulated *s;
  SEXP pointer = PROTECT(simulated_new(&s));
  const uint64_t seed = rapi_seed(design_list, "seed");
  read_design(design_list, &design);
  rapi_check(hmfm_simulation_create(&design, seed, &s->simulation, &error), &error);
  if (truth != R_NilValue)
    read_truth(truth, s);
  else
    draw_truth(settings, seed, s);
  rapi_check(hmfm_simulation_respond(s->simulation, s->truth, Rf_asLogical(exact_counts) == TRUE,
                                     seed, &error),
             &error);
  SEXP out = PROTECT(result(s));
  finalize(pointer);
  UNPROTECT(2);
  return out;
}
