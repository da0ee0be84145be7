/* Draws that R keeps, put back where the library works on them: the inverse of rapi_draws_list. */
#include "rapi.h"

#include <string.h>

#include "draws/draws.h"

/* Whether an array has the extents of dim, of a given type. */
static void check_array(SEXP x, SEXPTYPE type, int n, const size_t *dim, const char *what) {
  SEXP extent = Rf_getAttrib(x, R_DimSymbol);
  int good = (SEXPTYPE)TYPEOF(x) == type && TYPEOF(extent) == INTSXP && XLENGTH(extent) == n;
  for (int k = 0; good && k < n; k++) good = (size_t)INTEGER(extent)[k] == dim[k];
  if (!good)
    Rf_errorcall(R_NilValue, "the fit is damaged: %s has not the shape it should have", what);
}

static void fill_variable(SEXP values, hmfm_draws *d, hmfm_variable *v) {
  const size_t n = d->n_draws, dim[] = {n, d->n_chains, v->width};
  check_array(values, REALSXP, 3, dim, v->name);
  const double *from = REAL(values);
  for (size_t k = 0; k < v->width; k++)
    for (size_t c = 0; c < d->n_chains; c++)
      for (size_t t = 0; t < n; t++) v->value[(c * d->capacity + t) * v->width + k] = *from++;
}

static void fill_allocations(SEXP labels, hmfm_draws *d) {
  const size_t kept = hmfm_draws_kept(d, d->n_draws), dim[] = {d->n_units, kept, d->n_chains};
  const int is_raw = TYPEOF(labels) == RAWSXP;
  check_array(labels, is_raw ? RAWSXP : INTSXP, 3, dim, "allocations");
  hmfm_error error;
  size_t at = 0;
  for (size_t c = 0; c < d->n_chains; c++) {
    if (!is_raw) rapi_check(hmfm_allocations_widen(d, c, d->n_units, &error), &error);
    for (size_t row = 0; row < kept; row++)
      for (size_t i = 0; i < d->n_units; i++, at++) {
        const int label = is_raw ? RAW(labels)[at] : INTEGER(labels)[at];
        if (label < 1 || (size_t)label > d->n_units)
          Rf_errorcall(R_NilValue, "the fit is damaged: an allocation is %d", label);
        hmfm_draws_set_label(d, c, row * d->thin_units, i, (uint32_t)label - 1);
      }
  }
}

/* A matrix of R into rows of C. */
static void fill_rows(SEXP from, size_t n_rows, size_t n_columns, double *to, const char *what) {
  const size_t dim[] = {n_rows, n_columns};
  check_array(from, REALSXP, 2, dim, what);
  for (size_t r = 0; r < n_rows; r++)
    for (size_t k = 0; k < n_columns; k++) to[r * n_columns + k] = REAL(from)[k * n_rows + r];
}

static void fill_components(SEXP one, hmfm_draws *d, size_t chain) {
  hmfm_components *to = &d->components[chain];
  SEXP start = rapi_get(one, "start");
  hmfm_error error;
  if (TYPEOF(start) != REALSXP || (size_t)XLENGTH(start) != d->n_draws + 1 || REAL(start)[0] != 0)
    Rf_errorcall(R_NilValue, "the fit is damaged: components do not begin where they should");
  for (size_t t = 0; t < d->n_draws; t++)
    if (!(REAL(start)[t + 1] >= REAL(start)[t] && REAL(start)[t + 1] < 4503599627370496.0))
      Rf_errorcall(R_NilValue, "the fit is damaged: components of draw %.0f", (double)t + 1);
  const size_t rows = (size_t)REAL(start)[d->n_draws];
  rapi_check(hmfm_components_reserve(d, chain, rows, &error), &error);
  for (size_t t = 0; t <= d->n_draws; t++) to->start[t] = (size_t)REAL(start)[t];
  fill_rows(rapi_get(one, "atom"), rows, d->n_atom, to->atom, "atoms");
  fill_rows(rapi_get(one, "weight"), rows, d->n_groups, to->weight, "weights");
}

static void fill_log_likelihoods(SEXP values, hmfm_draws *d) {
  const size_t n = hmfm_draws_kept(d, d->n_draws), dim[] = {n, d->n_chains, d->n_units};
  const size_t space = hmfm_draws_kept(d, d->capacity);
  check_array(values, REALSXP, 3, dim, "log_lik");
  for (size_t c = 0; c < d->n_chains; c++)
    for (size_t t = 0; t < n; t++) {
      float *to = d->log_likelihood + (c * space + t) * d->n_units;
      for (size_t i = 0; i < d->n_units; i++)
        to[i] = (float)REAL(values)[(i * d->n_chains + c) * n + t];
    }
}

void rapi_draws_fill(SEXP list, rapi_fit *fit) {
  hmfm_draws *d = fit->draws;
  SEXP variables = rapi_get(list, "variables"), all = rapi_get(list, "components");
  d->n_draws = d->capacity;
  for (size_t c = 0; c < d->n_chains; c++) d->chain_draws[c] = d->n_draws;
  for (size_t v = 0; v < d->n_variables; v++)
    fill_variable(rapi_get(variables, d->variable[v].name), d, &d->variable[v]);
  if (d->allocations) fill_allocations(rapi_get(list, "allocations"), d);
  if (d->components) {
    if (TYPEOF(all) != VECSXP || (size_t)XLENGTH(all) != d->n_chains)
      Rf_errorcall(R_NilValue, "the fit is damaged: components of some chain are not there");
    for (size_t c = 0; c < d->n_chains; c++) fill_components(VECTOR_ELT(all, (R_xlen_t)c), d, c);
  }
  if (d->log_likelihood) fill_log_likelihoods(rapi_get(list, "log_lik"), d);
}
