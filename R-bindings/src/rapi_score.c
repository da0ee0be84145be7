/* Predictive scores of fits, and partitions against a truth. */
#include "rapi.h"

#include <math.h>
#include <string.h>

#include "hmfm/loo.h"
#include "hmfm/score.h"
#include "summary/judge_scores.h"

/* Infinite shapes stay infinite; what is not a number is NA. */
static double or_na(double x) { return isnan(x) ? NA_REAL : x; }

static SEXP numbers(const double *x, size_t n) {
  SEXP out = Rf_allocVector(REALSXP, (R_xlen_t)n);
  for (size_t k = 0; k < n; k++) REAL(out)[k] = or_na(x[k]);
  return out;
}

/* ---- leaving out ---- */

static const char LOO[] = "scores";

static void destroy_loo(void *loo) { hmfm_loo_destroy(loo); }

enum { UNIT = 8, GROUP = 6, TOTAL = 21 };

static SEXP units(const hmfm_loo *s) {
  const size_t n = s->n_units;
  SEXP out = Rf_allocMatrix(REALSXP, (int)n, UNIT);
  for (size_t i = 0; i < n; i++) {
    const hmfm_unit_loo *u = &s->unit[i];
    const double row[UNIT] = {u->elpd_loo, u->mcse,      u->p_loo,  u->pareto_k,
                              u->r_eff,    u->elpd_waic, u->p_waic, u->log_cpo};
    for (size_t q = 0; q < UNIT; q++) REAL(out)[q * n + i] = or_na(row[q]);
  }
  return out;
}

static SEXP groups(const hmfm_loo *s) {
  const size_t n = s->n_groups;
  SEXP out = Rf_allocMatrix(REALSXP, (int)n, GROUP);
  for (size_t j = 0; j < n; j++) {
    const hmfm_group_loo *g = &s->group[j];
    const double row[GROUP] = {(double)g->n_units, g->elpd,  g->mcse,
                               g->pareto_k,        g->r_eff, g->is_reliable};
    for (size_t q = 0; q < GROUP; q++) REAL(out)[q * n + j] = or_na(row[q]);
  }
  return out;
}

/* pointer (for rapi_loo_compare), total, unit and group: numbers without names, in the order of hmfm/loo.h. */
SEXP rapi_loo(SEXP pointer) {
  static const char *const names[] = {"pointer", "total", "unit", "group"};
  const hmfm_draws *d = rapi_fit_get(pointer)->draws;
  hmfm_loo *s = NULL;
  hmfm_error error;
  SEXP out = PROTECT(rapi_list(4, names));
  SEXP owner = SET_VECTOR_ELT(out, 0, rapi_own(LOO, destroy_loo));
  rapi_check(hmfm_loo_create(d, &s, &error), &error);
  rapi_own_set(owner, s);
  const double total[TOTAL] = {(double)s->n_draws,
                               s->k_threshold,
                               (double)s->n_above,
                               (double)s->worst + 1,
                               s->unit[s->worst].pareto_k,
                               (double)s->n_waic_above,
                               s->elpd_loo.value,
                               s->elpd_loo.se,
                               s->p_loo.value,
                               s->p_loo.se,
                               s->looic.value,
                               s->looic.se,
                               s->mcse_elpd_loo,
                               s->elpd_waic.value,
                               s->elpd_waic.se,
                               s->p_waic.value,
                               s->p_waic.se,
                               s->waic.value,
                               s->waic.se,
                               s->lpml,
                               (double)s->n_units};
  SET_VECTOR_ELT(out, 1, numbers(total, TOTAL));
  SET_VECTOR_ELT(out, 2, units(s));
  SET_VECTOR_ELT(out, 3, groups(s));
  UNPROTECT(1);
  return out;
}

/* NULL, or in words how the data of two fits differ. */
SEXP rapi_same_data(SEXP first, SEXP second) {
  hmfm_error error;
  const hmfm_status status =
      hmfm_draws_same_data(rapi_fit_get(first)->draws, rapi_fit_get(second)->draws, &error);
  return status == HMFM_OK ? R_NilValue : Rf_ScalarString(Rf_mkCharCE(error.message, CE_UTF8));
}

/* Ranks of the scores that pointers, a list, are to; in memory of R. */
static hmfm_loo_rank *rank_of(SEXP pointers, size_t n) {
  const hmfm_loo **loo = (const hmfm_loo **)R_alloc(n + 1, sizeof *loo);
  hmfm_loo_rank *rank = (hmfm_loo_rank *)R_alloc(n + 1, sizeof *rank);
  hmfm_error error;
  if (TYPEOF(pointers) != VECSXP) Rf_errorcall(R_NilValue, "scores must be a list");
  for (size_t k = 0; k < n; k++) loo[k] = rapi_owned(VECTOR_ELT(pointers, (R_xlen_t)k), LOO);
  rapi_check(hmfm_loo_compare(loo, n, rank, &error), &error);
  return rank;
}

/* Ranks of scores, the best first: which (from 1), difference, its standard error. */
SEXP rapi_loo_compare(SEXP pointers) {
  const size_t n = (size_t)Rf_xlength(pointers);
  const hmfm_loo_rank *rank = rank_of(pointers, n);
  SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)n, 3));
  for (size_t k = 0; k < n; k++) {
    REAL(out)[k] = (double)rank[k].index + 1;
    REAL(out)[n + k] = rank[k].difference.value;
    REAL(out)[2 * n + k] = or_na(rank[k].difference.se);
  }
  UNPROTECT(1);
  return out;
}

/* remarks and warnings on fits: scores and fits are lists of pointers, names text, advice text with NA for a fit that has
 * converged. */
SEXP rapi_judge_scores(SEXP scores, SEXP fits, SEXP names, SEXP advice) {
  static const char *const parts[] = {"remarks", "warnings"};
  const size_t n = (size_t)Rf_xlength(scores);
  const hmfm_loo_rank *rank = rank_of(scores, n);
  if (TYPEOF(fits) != VECSXP || (size_t)XLENGTH(fits) != n || TYPEOF(names) != STRSXP ||
      (size_t)XLENGTH(names) != n || TYPEOF(advice) != STRSXP || (size_t)XLENGTH(advice) != n)
    Rf_errorcall(R_NilValue, "fits, names and advice must be one a score");
  const char **name = rapi_texts(names), **look = rapi_texts(advice);
  hmfm_scored *fit = (hmfm_scored *)R_alloc(n + 1, sizeof *fit);
  for (size_t k = 0; k < n; k++) {
    const R_xlen_t at = (R_xlen_t)k;
    fit[k] = (hmfm_scored){name[k], name[k], rapi_owned(VECTOR_ELT(scores, at), LOO),
                           rapi_fit_get(VECTOR_ELT(fits, at))->draws, look[k]};
  }
  SEXP out = PROTECT(rapi_list(2, parts));
  /* The first fit owns the sentences: R may jump out. */
  hmfm_notes *remarks = &rapi_fit_get(VECTOR_ELT(fits, 0))->notes, warnings = {0};
  hmfm_judge_scores(fit, rank, n, remarks, &warnings);
  const size_t n_remarks = remarks->count;
  for (size_t k = 0; k < warnings.count; k++) hmfm_notes_add(remarks, "%s", warnings.text[k]);
  const size_t lost = remarks->lost + warnings.lost;
  hmfm_notes_clear(&warnings);
  if (lost) rapi_check(HMFM_EMEMORY, NULL);
  SET_VECTOR_ELT(out, 0, rapi_strings(remarks->text, n_remarks));
  SET_VECTOR_ELT(out, 1, rapi_strings(remarks->text + n_remarks, remarks->count - n_remarks));
  hmfm_notes_clear(remarks);
  UNPROTECT(1);
  return out;
}

/* ---- against a truth ---- */

static void put_spread(const hmfm_spread *s, double *to) {
  const double all[] = {s->mean, s->sd, s->q5, s->q95};
  memcpy(to, all, sizeof all);
}

/* Scores of the units whose indices from 1 are in unit, or of all where it is NULL. estimate and partitions may
 * be NULL. 27 numbers in the order of hmfm/score.h. */
SEXP rapi_score_partition(SEXP unit, SEXP truth, SEXP estimate, SEXP partitions, SEXP threads) {
  const size_t n_all = (size_t)Rf_xlength(truth);
  const size_t n = unit == R_NilValue ? n_all : (size_t)Rf_xlength(unit);
  const hmfm_partitions *p = partitions == R_NilValue ? NULL : rapi_partitions_get(partitions);
  const uint32_t *real = rapi_labels(truth, n_all, "truth");
  const uint32_t *guess =
      estimate == R_NilValue ? NULL : rapi_labels(estimate, n_all, "the partition");
  size_t *index = (size_t *)R_alloc(n + 1, sizeof *index);
  hmfm_partition_score s;
  hmfm_error error;
  if (p && p->n_units != n_all) Rf_errorcall(R_NilValue, "truth must have a label for each unit");
  for (size_t k = 0; k < n; k++) {
    const int at = unit == R_NilValue ? (int)k + 1 : INTEGER(unit)[k];
    if (at < 1 || (size_t)at > n_all) Rf_errorcall(R_NilValue, "there is no unit %d", at);
    index[k] = (size_t)at - 1;
  }
  rapi_check(hmfm_score_partition(n, index, real, guess, p, rapi_threads(threads), &s, &error),
             &error);
  double all[27] = {(double)s.n_units, (double)s.n_draws, s.n_true,
                    s.has_estimate ? s.point.n_second : NAN};
  const double point[] = {s.point.ari, s.point.vi, s.point.nvi, s.point.binder};
  for (int k = 0; k < 4; k++) all[4 + k] = s.has_estimate ? point[k] : NAN;
  put_spread(&s.K, all + 8);
  all[12] = s.p_true;
  put_spread(&s.ari, all + 13);
  put_spread(&s.vi, all + 17);
  put_spread(&s.binder, all + 21);
  all[25] = s.coclustering.mean_absolute;
  all[26] = s.coclustering.root_mean_square;
  return numbers(all, 27);
}

/* A matrix of R as rows of C, in memory of R. */
static double *rows_of(SEXP list, const char *name, size_t n_rows, size_t n_columns) {
  SEXP x = rapi_get(list, name);
  if (TYPEOF(x) != REALSXP || (size_t)XLENGTH(x) != n_rows * n_columns)
    Rf_errorcall(R_NilValue, "%s of the truth must be a matrix of %.0f x %.0f numbers", name,
                 (double)n_rows, (double)n_columns);
  double *out = (double *)R_alloc(n_rows * n_columns + 1, sizeof *out);
  for (size_t r = 0; r < n_rows; r++)
    for (size_t k = 0; k < n_columns; k++) out[r * n_columns + k] = REAL(x)[k * n_rows + r];
  return out;
}

/* Of each group of a fit the distance of the mean density from the true one, and by how much it may be too small.
 * truth: family, atoms (components x numbers), weights and beta (groups of the fit x components, covariates). */
SEXP rapi_score_density(SEXP pointer, SEXP truth, SEXP threads) {
  const rapi_fit *fit = rapi_fit_get(pointer);
  const hmfm_draws *d = fit->draws;
  SEXP extent = Rf_getAttrib(rapi_get(truth, "atoms"), R_DimSymbol);
  hmfm_density_target target;
  hmfm_error error;
  if (TYPEOF(extent) != INTSXP || XLENGTH(extent) != 2)
    Rf_errorcall(R_NilValue, "atoms of the truth must be a matrix");
  hmfm_truth t = {.family = rapi_text(truth, "family"),
                  .n_groups = d->n_groups,
                  .n_components = (size_t)INTEGER(extent)[0],
                  .n_atom = (size_t)INTEGER(extent)[1],
                  .n_covariates = d->n_covariates};
  t.atom = rows_of(truth, "atoms", t.n_components, t.n_atom);
  t.weight = rows_of(truth, "weights", t.n_groups, t.n_components);
  t.beta = rows_of(truth, "beta", t.n_groups, t.n_covariates);
  hmfm_density_target_defaults(&target);
  target.threads = rapi_threads(threads);
  SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)d->n_groups, 2));
  for (size_t j = 0; j < d->n_groups; j++) {
    hmfm_density_score score;
    R_CheckUserInterrupt();
    target.group = j;
    rapi_check(hmfm_score_density(d, fit->model, &target, &t, &score, &error), &error);
    REAL(out)[j] = score.l1;
    REAL(out)[d->n_groups + j] = score.error;
  }
  UNPROTECT(1);
  return out;
}
