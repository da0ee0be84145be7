/* What the library declares of itself: parameters, algorithms, names. */
#include "rapi.h"

static size_t count(const char *(*at)(size_t)) {
  size_t n = 0;
  while (at(n)) n++;
  return n;
}

static SEXP names_of(const char *(*at)(size_t)) {
  const size_t n = count(at);
  SEXP out = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));
  for (size_t k = 0; k < n; k++) SET_STRING_ELT(out, (R_xlen_t)k, Rf_mkChar(at(k)));
  UNPROTECT(1);
  return out;
}

SEXP rapi_names(void) {
  static const char *const names[] = {"family", "mixing", "prior_m"};
  SEXP out = PROTECT(rapi_list(3, names));
  SET_VECTOR_ELT(out, 0, names_of(hmfm_family_name));
  SET_VECTOR_ELT(out, 1, names_of(hmfm_mixing_name));
  SET_VECTOR_ELT(out, 2, names_of(hmfm_prior_m_name));
  UNPROTECT(1);
  return out;
}

static const char *algorithm_at(size_t k) { return hmfm_algorithm_name(k, NULL, NULL); }

SEXP rapi_algorithms(void) {
  static const char *const names[] = {"algorithm", "mixing", "meaning"};
  const size_t n = count(algorithm_at);
  SEXP out = PROTECT(rapi_list(3, names));
  for (int k = 0; k < 3; k++) SET_VECTOR_ELT(out, k, Rf_allocVector(STRSXP, (R_xlen_t)n));
  for (size_t k = 0; k < n; k++) {
    const char *mixing, *meaning, *name = hmfm_algorithm_name(k, &mixing, &meaning);
    SET_STRING_ELT(VECTOR_ELT(out, 0), (R_xlen_t)k, Rf_mkChar(name));
    SET_STRING_ELT(VECTOR_ELT(out, 1), (R_xlen_t)k, Rf_mkChar(mixing));
    SET_STRING_ELT(VECTOR_ELT(out, 2), (R_xlen_t)k, Rf_mkChar(meaning));
  }
  UNPROTECT(1);
  return out;
}

SEXP rapi_parameters(void) {
  static const char *const names[] = {"name",  "owner", "meaning", "default",
                                      "shape", "above", "below"};
  static const char *const shape[] = {"scalar", "group", "covariate", "group_covariate"};
  size_t n = 0;
  while (hmfm_parameter_at(n, NULL)) n++;
  SEXP out = PROTECT(rapi_list(7, names));
  for (int k = 0; k < 7; k++)
    SET_VECTOR_ELT(out, k, Rf_allocVector(k < 5 ? STRSXP : REALSXP, (R_xlen_t)n));
  for (size_t k = 0; k < n; k++) {
    const char *owner;
    const hmfm_parameter *p = hmfm_parameter_at(k, &owner);
    const char *text[] = {p->name, owner, p->meaning, p->fallback, shape[p->shape]};
    for (int c = 0; c < 5; c++)
      SET_STRING_ELT(VECTOR_ELT(out, c), (R_xlen_t)k, Rf_mkCharCE(text[c], CE_UTF8));
    REAL(VECTOR_ELT(out, 5))[k] = p->above;
    REAL(VECTOR_ELT(out, 6))[k] = p->below;
  }
  UNPROTECT(1);
  return out;
}

SEXP rapi_version(void) { return Rf_mkString(hmfm_version()); }
