/* Diagnostics of draws, and what is to be said of them. */
#include "rapi.h"

#include <string.h>

#include "summary/judge.h"

enum { COLUMNS = 10 };

static void put(const hmfm_diagnostics *d, size_t row, size_t n_rows, double *to) {
  const double value[COLUMNS] = {d->mean, d->sd,       d->q5,       d->q50,       d->q95,
                                 d->rhat, d->ess_bulk, d->ess_tail, d->mcse_mean, d->ess_mean};
  for (size_t k = 0; k < COLUMNS; k++) to[k * n_rows + row] = value[k];
}

static SEXP table(size_t n_rows, SEXP rows) {
  static const char *const names[COLUMNS] = {
      "mean", "sd", "q5", "q50", "q95", "rhat", "ess_bulk", "ess_tail", "mcse_mean", "ess_mean"};
  PROTECT(rows);
  SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)n_rows, COLUMNS));
  SEXP both = PROTECT(Rf_allocVector(VECSXP, 2));
  SET_VECTOR_ELT(both, 0, rows);
  SET_VECTOR_ELT(both, 1, Rf_allocVector(STRSXP, COLUMNS));
  for (int k = 0; k < COLUMNS; k++) SET_STRING_ELT(VECTOR_ELT(both, 1), k, Rf_mkChar(names[k]));
  Rf_setAttrib(out, R_DimNamesSymbol, both);
  UNPROTECT(3);
  return out;
}

static SEXP label(const hmfm_draws *d, const hmfm_variable *v, size_t k) {
  const size_t size = hmfm_variable_label(d, v, k, NULL, 0) + 1;
  char *text = R_alloc(size, 1);
  hmfm_variable_label(d, v, k, text, size);
  return Rf_mkCharCE(text, CE_UTF8);
}

/* A row for every value of every variable. */
SEXP rapi_diagnose(SEXP pointer) {
  const rapi_fit *fit = rapi_fit_get(pointer);
  const hmfm_draws *d = fit->draws;
  size_t n = 0, row = 0;
  hmfm_error error;
  for (size_t v = 0; v < d->n_variables; v++) n += d->variable[v].width;
  SEXP names = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));
  SEXP out = PROTECT(table(n, names));
  for (size_t v = 0; v < d->n_variables; v++)
    for (size_t k = 0; k < d->variable[v].width; k++, row++) {
      const hmfm_variable *one = &d->variable[v];
      hmfm_diagnostics value;
      SET_STRING_ELT(names, (R_xlen_t)row, label(d, one, k));
      rapi_check(hmfm_diagnose(one->value + k, d->n_chains, d->n_draws, d->capacity * one->width,
                               one->width, &value, &error),
                 &error);
      put(&value, row, n, REAL(out));
    }
  UNPROTECT(2);
  return out;
}

/* A row for each value of an array draws x chains x values. */
SEXP rapi_diagnose_array(SEXP x) {
  SEXP dim = Rf_getAttrib(x, R_DimSymbol);
  if (TYPEOF(x) != REALSXP || TYPEOF(dim) != INTSXP || XLENGTH(dim) != 3)
    Rf_errorcall(R_NilValue, "x must be a numeric array draws x chains x values");
  const size_t n_draws = (size_t)INTEGER(dim)[0], n_chains = (size_t)INTEGER(dim)[1];
  const size_t n = (size_t)INTEGER(dim)[2];
  hmfm_error error;
  if (!n_draws || !n_chains) Rf_errorcall(R_NilValue, "x has no draws");
  SEXP out = PROTECT(table(n, R_NilValue));
  for (size_t k = 0; k < n; k++) {
    hmfm_diagnostics value;
    rapi_check(hmfm_diagnose(REAL(x) + k * n_draws * n_chains, n_chains, n_draws, n_draws, 1,
                             &value, &error),
               &error);
    put(&value, k, n, REAL(out));
  }
  UNPROTECT(1);
  return out;
}

/* ---- what has not converged, in words ---- */

static hmfm_remedies remedies_for(const rapi_fit *fit) {
  const int counts = strcmp(fit->settings.family, "poisson") == 0;
  return (hmfm_remedies){
      .draws = "iter",
      .chains = "chains = 4",
      .longer = "warmup and iter, or thin",
      .warmup = "warmup",
      .modes =
          strcmp(fit->settings.mixing, "hmfm") == 0 ? "hmfm_control(anneal = 2000) to 5000" : NULL,
      .scale =
          counts ? "rate_mean and rate_shape of hmfm_prior()" : "s0 and beta_var of hmfm_prior()",
      .sweeps = "update(fit, iter = ), or thin to keep the fit small",
      .fixed_by = "call",
  };
}

/* Whether the settings give a quantity its value, for all or by group. */
static int is_fixed(const void *context, const hmfm_quantity *q) {
  const rapi_fit *fit = context;
  const hmfm_setting *given = NULL;
  for (size_t k = 0; k < fit->settings.n_settings; k++)
    if (strcmp(fit->settings.setting[k].parameter->name, q->variable->name) == 0)
      given = &fit->settings.setting[k];
  if (!given) return 0;
  if (!given->label) return 1;
  if (q->variable->shape != HMFM_GROUP) return 0;
  for (size_t k = 0; k < given->n_values; k++)
    if (strcmp(given->label[k], fit->draws->group_name[q->index]) == 0) return 1;
  return 0;
}

/* remarks, warnings, and the verdict where there are none. */
SEXP rapi_judge(SEXP pointer, SEXP draws_wanted) {
  static const char *const names[] = {"remarks", "warnings", "verdict"};
  rapi_fit *fit = rapi_fit_get(pointer);
  SEXP out = PROTECT(rapi_list(3, names));
  hmfm_error error;
  hmfm_notes warnings = {0};
  char verdict[160];
  const hmfm_remedies remedies = remedies_for(fit);
  hmfm_judgement judgement = {.draws = fit->draws,
                              .ess_wanted = HMFM_ESS_LIMIT * (double)fit->draws->n_chains,
                              .draws_wanted = Rf_asReal(draws_wanted),
                              .remedies = &remedies,
                              .remarks = &fit->notes,
                              .warnings = &warnings};
  hmfm_quantity *quantity = NULL;
  rapi_check(hmfm_quantities_create(fit->draws, judgement.ess_wanted, is_fixed, fit, &quantity,
                                    &judgement.n_quantities, &error),
             &error);
  judgement.quantity = quantity;
  hmfm_judge(&judgement);
  hmfm_quantities_destroy(quantity, judgement.n_quantities);
  /* from here on the fit owns all sentences: R may jump out */
  const size_t n_remarks = fit->notes.count;
  int lost = (int)(fit->notes.lost + warnings.lost);
  for (size_t k = 0; k < warnings.count; k++) hmfm_notes_add(&fit->notes, "%s", warnings.text[k]);
  lost += (int)fit->notes.lost;
  hmfm_notes_clear(&warnings);
  if (lost) rapi_check(HMFM_EMEMORY, NULL);
  SET_VECTOR_ELT(out, 0, rapi_strings(fit->notes.text, n_remarks));
  SET_VECTOR_ELT(out, 1, rapi_strings(fit->notes.text + n_remarks, fit->notes.count - n_remarks));
  hmfm_notes_clear(&fit->notes);
  hmfm_verdict_text(judgement.ess_wanted, verdict, sizeof verdict);
  SET_VECTOR_ELT(out, 2, Rf_mkString(verdict));
  UNPROTECT(1);
  return out;
}
