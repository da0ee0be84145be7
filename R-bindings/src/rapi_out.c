/* From C to R's vectors: datasets, settings, draws. Indices of R vary fastest from the left; labels and rows
 * count from 1. */
#include "rapi.h"

#include <string.h>

SEXP rapi_list(size_t n, const char *const *names) {
  SEXP out = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)n));
  SEXP name = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));
  for (size_t k = 0; k < n; k++) SET_STRING_ELT(name, (R_xlen_t)k, Rf_mkCharCE(names[k], CE_UTF8));
  Rf_setAttrib(out, R_NamesSymbol, name);
  UNPROTECT(2);
  return out;
}

SEXP rapi_strings(char *const *text, size_t n) {
  SEXP out = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));
  for (size_t k = 0; k < n; k++) SET_STRING_ELT(out, (R_xlen_t)k, Rf_mkCharCE(text[k], CE_UTF8));
  UNPROTECT(1);
  return out;
}

static SEXP string_or_null(const char *text) {
  return text ? Rf_ScalarString(Rf_mkCharCE(text, CE_UTF8)) : R_NilValue;
}

/* An array with the n extents of dim; its numbers are not set. */
static SEXP array(SEXPTYPE type, int n, const size_t *dim) {
  R_xlen_t length = 1;
  for (int k = 0; k < n; k++) length *= (R_xlen_t)dim[k];
  SEXP out = PROTECT(Rf_allocVector(type, length));
  SEXP extent = PROTECT(Rf_allocVector(INTSXP, n));
  for (int k = 0; k < n; k++) INTEGER(extent)[k] = (int)dim[k];
  Rf_setAttrib(out, R_DimSymbol, extent);
  UNPROTECT(2);
  return out;
}

/* Names the last of the n extents of an array. */
static void name_last(SEXP array, int n, SEXP names) {
  PROTECT(names);
  SEXP all = PROTECT(Rf_allocVector(VECSXP, n));
  SET_VECTOR_ELT(all, n - 1, names);
  Rf_setAttrib(array, R_DimNamesSymbol, all);
  UNPROTECT(2);
}

/* A matrix that C has row by row. */
static SEXP matrix(const double *x, size_t n_rows, size_t n_columns, SEXP names) {
  PROTECT(names);
  const size_t dim[] = {n_rows, n_columns};
  SEXP out = PROTECT(array(REALSXP, 2, dim));
  double *to = REAL(out);
  for (size_t k = 0; k < n_columns; k++)
    for (size_t r = 0; r < n_rows; r++) to[k * n_rows + r] = x[r * n_columns + k];
  name_last(out, 2, names);
  UNPROTECT(2);
  return out;
}

static SEXP doubles(const double *x, size_t n) {
  SEXP out = Rf_allocVector(REALSXP, (R_xlen_t)n);
  if (n) memcpy(REAL(out), x, n * sizeof *x);
  return out;
}

SEXP rapi_dataset_list(const hmfm_dataset *d) {
  static const char *const names[] = {
      "response_name", "exposure_name", "groups", "units",    "covariates", "unit_group",
      "unit_size",     "row",           "y",      "exposure", "x"};
  SEXP out = PROTECT(rapi_list(sizeof names / sizeof *names, names));
  SET_VECTOR_ELT(out, 0, string_or_null(d->response_name));
  SET_VECTOR_ELT(out, 1, string_or_null(d->exposure_name));
  SET_VECTOR_ELT(out, 2, rapi_strings(d->group_name, d->n_groups));
  SET_VECTOR_ELT(out, 3, rapi_strings(d->unit_name, d->n_units));
  SET_VECTOR_ELT(out, 4, rapi_strings(d->covariate_name, d->n_covariates));
  SEXP group = SET_VECTOR_ELT(out, 5, Rf_allocVector(INTSXP, (R_xlen_t)d->n_units));
  SEXP size = SET_VECTOR_ELT(out, 6, Rf_allocVector(INTSXP, (R_xlen_t)d->n_units));
  SEXP row = SET_VECTOR_ELT(out, 7, Rf_allocVector(INTSXP, (R_xlen_t)d->n_rows));
  for (size_t i = 0; i < d->n_units; i++) {
    INTEGER(group)[i] = (int)d->unit_group[i] + 1;
    INTEGER(size)[i] = (int)(d->unit_start[i + 1] - d->unit_start[i]);
  }
  for (size_t h = 0; h < d->n_rows; h++) INTEGER(row)[h] = (int)d->source_row[h] + 1;
  SET_VECTOR_ELT(out, 8, doubles(d->y, d->n_rows));
  if (d->exposure) SET_VECTOR_ELT(out, 9, doubles(d->exposure, d->n_rows));
  SET_VECTOR_ELT(out, 10, matrix(d->x, d->n_rows, d->n_covariates, VECTOR_ELT(out, 4)));
  UNPROTECT(1);
  return out;
}

SEXP rapi_settings_list(const hmfm_settings *s) {
  static const char *const names[] = {"family", "mixing",     "prior_m",
                                      "beta",   "prior_only", "values"};
  SEXP out = PROTECT(rapi_list(6, names));
  SET_VECTOR_ELT(out, 0, string_or_null(s->family));
  SET_VECTOR_ELT(out, 1, string_or_null(s->mixing));
  SET_VECTOR_ELT(out, 2, string_or_null(s->prior_m));
  SET_VECTOR_ELT(out, 3, string_or_null(s->beta));
  SET_VECTOR_ELT(out, 4, Rf_ScalarLogical(s->prior_only));
  SEXP values = SET_VECTOR_ELT(out, 5, Rf_allocVector(VECSXP, (R_xlen_t)s->n_settings));
  SEXP name = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)s->n_settings));
  for (size_t k = 0; k < s->n_settings; k++) {
    const hmfm_setting *one = &s->setting[k];
    SEXP value = SET_VECTOR_ELT(values, (R_xlen_t)k, doubles(one->value, one->n_values));
    if (one->label) Rf_setAttrib(value, R_NamesSymbol, rapi_strings(one->label, one->n_values));
    SET_STRING_ELT(name, (R_xlen_t)k, Rf_mkChar(one->parameter->name));
  }
  Rf_setAttrib(values, R_NamesSymbol, name);
  UNPROTECT(2);
  return out;
}

/* Names of the values of a variable: groups, covariates, or both with a comma; NULL for a scalar. */
static SEXP value_names(const hmfm_draws *d, const hmfm_variable *v) {
  if (v->shape == HMFM_SCALAR) return R_NilValue;
  SEXP out = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)v->width));
  for (size_t k = 0; k < v->width; k++) {
    const size_t size = hmfm_variable_label(d, v, k, NULL, 0) + 1;
    char *text = R_alloc(size, 1);
    hmfm_variable_label(d, v, k, text, size);
    const size_t start = strlen(v->name) + 1; /* what stands in name[...] */
    SET_STRING_ELT(out, (R_xlen_t)k,
                   Rf_mkCharLenCE(text + start, (int)(size - 1 - start - 1), CE_UTF8));
  }
  UNPROTECT(1);
  return out;
}

/* draws x chains x width */
static SEXP variable(const hmfm_draws *d, const hmfm_variable *v, size_t first) {
  const size_t n = d->n_draws - first, dim[] = {n, d->n_chains, v->width};
  SEXP out = PROTECT(array(REALSXP, 3, dim));
  double *to = REAL(out);
  for (size_t k = 0; k < v->width; k++)
    for (size_t c = 0; c < d->n_chains; c++)
      for (size_t t = 0; t < n; t++) *to++ = v->value[(c * d->capacity + first + t) * v->width + k];
  name_last(out, 3, value_names(d, v));
  UNPROTECT(1);
  return out;
}

/* units x draws that have allocations x chains, labels from 1: bytes where all of them fit, else integers. */
static SEXP allocations(const hmfm_draws *d, size_t first) {
  const size_t begin = hmfm_draws_kept(d, first), end = hmfm_draws_kept(d, d->n_draws);
  const size_t dim[] = {d->n_units, end - begin, d->n_chains};
  int bytes = 1;
  for (size_t c = 0; c < d->n_chains; c++)
    if (d->allocations[c].bytes > bytes) bytes = d->allocations[c].bytes;
  SEXP out = PROTECT(array(bytes == 1 ? RAWSXP : INTSXP, 3, dim));
  size_t at = 0;
  for (size_t c = 0; c < d->n_chains; c++)
    for (size_t row = begin; row < end; row++)
      for (size_t i = 0; i < d->n_units; i++, at++) {
        const uint32_t label = hmfm_draws_label(d, c, row * d->thin_units, i) + 1;
        if (bytes == 1)
          RAW(out)[at] = (Rbyte)label;
        else
          INTEGER(out)[at] = (int)label;
      }
  UNPROTECT(1);
  return out;
}

/* Of one chain: start (rows start[t] + 1 .. start[t + 1] are draw t, from 1), atom and weight. */
static SEXP components(const hmfm_draws *d, size_t chain, size_t first) {
  static const char *const names[] = {"start", "atom", "weight"};
  const hmfm_components *from = &d->components[chain];
  const size_t n = d->n_draws - first, begin = from->start[first];
  const size_t rows = from->start[d->n_draws] - begin;
  SEXP out = PROTECT(rapi_list(3, names));
  SEXP start = SET_VECTOR_ELT(out, 0, Rf_allocVector(REALSXP, (R_xlen_t)n + 1));
  for (size_t t = 0; t <= n; t++) REAL(start)[t] = (double)(from->start[first + t] - begin);
  SET_VECTOR_ELT(out, 1,
                 matrix(from->atom + begin * d->n_atom, rows, d->n_atom,
                        rapi_strings(d->atom_name, d->n_atom)));
  SET_VECTOR_ELT(out, 2,
                 matrix(from->weight + begin * d->n_groups, rows, d->n_groups,
                        rapi_strings(d->group_name, d->n_groups)));
  UNPROTECT(1);
  return out;
}

/* draws that have log likelihoods x chains x units */
static SEXP log_likelihoods(const hmfm_draws *d, size_t first) {
  const size_t begin = hmfm_draws_kept(d, first), space = hmfm_draws_kept(d, d->capacity);
  const size_t n = hmfm_draws_kept(d, d->n_draws) - begin, dim[] = {n, d->n_chains, d->n_units};
  SEXP out = PROTECT(array(REALSXP, 3, dim));
  double *to = REAL(out);
  for (size_t c = 0; c < d->n_chains; c++)
    for (size_t t = 0; t < n; t++) {
      const float *from = d->log_likelihood + (c * space + begin + t) * d->n_units;
      for (size_t i = 0; i < d->n_units; i++) to[(i * d->n_chains + c) * n + t] = from[i];
    }
  UNPROTECT(1);
  return out;
}

SEXP rapi_draws_list(const hmfm_draws *d, size_t first) {
  static const char *const names[] = {"variables", "allocations", "components", "log_lik"};
  SEXP out = PROTECT(rapi_list(4, names));
  SEXP variables = SET_VECTOR_ELT(out, 0, Rf_allocVector(VECSXP, (R_xlen_t)d->n_variables));
  SEXP name = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)d->n_variables));
  for (size_t v = 0; v < d->n_variables; v++) {
    SET_VECTOR_ELT(variables, (R_xlen_t)v, variable(d, &d->variable[v], first));
    SET_STRING_ELT(name, (R_xlen_t)v, Rf_mkChar(d->variable[v].name));
  }
  Rf_setAttrib(variables, R_NamesSymbol, name);
  if (d->allocations) SET_VECTOR_ELT(out, 1, allocations(d, first));
  if (d->components) {
    SEXP all = SET_VECTOR_ELT(out, 2, Rf_allocVector(VECSXP, (R_xlen_t)d->n_chains));
    for (size_t c = 0; c < d->n_chains; c++)
      SET_VECTOR_ELT(all, (R_xlen_t)c, components(d, c, first));
  }
  if (d->log_likelihood) SET_VECTOR_ELT(out, 3, log_likelihoods(d, first));
  UNPROTECT(2);
  return out;
}
