/* What the clusters of a point partition are: tables for R, and quantities added to draws. */
#include "rapi.h"

#include <math.h>
#include <string.h>

#include "hmfm/clusters.h"

static double or_na(double x) { return isnan(x) ? NA_REAL : x; }

static SEXP numbers(SEXP list, int at, size_t n) {
  return SET_VECTOR_ELT(list, at, Rf_allocVector(REALSXP, (R_xlen_t)n));
}

/* A matrix n_rows x n_columns of counts that C has row by row. */
static SEXP counts(const size_t *count, size_t n_rows, size_t n_columns) {
  SEXP out = Rf_allocMatrix(INTSXP, (int)n_rows, (int)n_columns);
  for (size_t r = 0; r < n_rows; r++)
    for (size_t k = 0; k < n_columns; k++)
      INTEGER(out)[k * n_rows + r] = (int)count[r * n_columns + k];
  return out;
}

/* ---- clusters ---- */

enum { PLAIN = 7, STATISTICS = 7, COLUMNS = PLAIN + 2 * STATISTICS };

static void put_law(const hmfm_diagnostics *v, double *to) {
  const double all[STATISTICS] = {v->mean, v->sd, v->q5, v->q50, v->q95, v->rhat, v->ess_bulk};
  memcpy(to, all, sizeof all);
}

static void destroy_clusters(void *clusters) { hmfm_clusters_destroy(clusters); }

/* cluster (a matrix, a row a cluster: units, groups, observations, response_mean, response_sd, exposure_mean,
 * certainty, and mean, sd, q5, q50, q95, rhat, ess_bulk of mean and of sd), covariate (their means), count (groups x
 * clusters), group_clusters, has_posterior. */
SEXP rapi_clusters(SEXP pointer, SEXP label, SEXP threads) {
  static const char *const names[] = {"cluster", "covariate", "count", "group_clusters",
                                      "has_posterior"};
  const rapi_fit *fit = rapi_fit_get(pointer);
  const hmfm_draws *d = fit->draws;
  hmfm_clusters *c = NULL;
  hmfm_error error;
  const uint32_t *own = rapi_labels(label, d->n_units, "the partition");
  SEXP out = PROTECT(rapi_list(5, names)), owner = PROTECT(rapi_own("clusters", destroy_clusters));
  rapi_check(hmfm_clusters_create(d, hmfm_model_settings(fit->model)->family, own,
                                  rapi_threads(threads), &c, &error),
             &error);
  rapi_own_set(owner, c);
  const size_t K = c->n_clusters, r = c->n_covariates;
  double *table = REAL(SET_VECTOR_ELT(out, 0, Rf_allocMatrix(REALSXP, (int)K, COLUMNS)));
  double *covariate = REAL(SET_VECTOR_ELT(out, 1, Rf_allocMatrix(REALSXP, (int)K, (int)r)));
  for (size_t k = 0; k < K; k++) {
    const hmfm_cluster *one = &c->cluster[k];
    double row[COLUMNS] = {(double)one->n_units, (double)one->n_groups, (double)one->n_rows,
                           one->response_mean,   one->response_sd,      one->exposure_mean,
                           one->certainty};
    put_law(&one->mean, row + PLAIN);
    put_law(&one->sd, row + PLAIN + STATISTICS);
    for (size_t q = 0; q < COLUMNS; q++) table[q * K + k] = or_na(row[q]);
    for (size_t x = 0; x < r; x++) covariate[x * K + k] = c->covariate_mean[k * r + x];
  }
  SET_VECTOR_ELT(out, 2, counts(c->count, c->n_groups, K));
  SET_VECTOR_ELT(out, 3, counts(c->group_clusters, c->n_groups, 1));
  SET_VECTOR_ELT(out, 4, Rf_ScalarLogical(c->has_posterior));
  rapi_own_end(owner);
  UNPROTECT(2);
  return out;
}

/* ---- transitions ---- */

static void destroy_transitions(void *transitions) { hmfm_transitions_destroy(transitions); }

SEXP rapi_transitions(SEXP pointer, SEXP label) {
  static const char *const names[] = {"pair", "count", "names", "moves", "stays"};
  const hmfm_draws *d = rapi_fit_get(pointer)->draws;
  hmfm_transitions *t = NULL;
  hmfm_error error;
  const uint32_t *own = rapi_labels(label, d->n_units, "the partition");
  SEXP out = PROTECT(rapi_list(5, names));
  SEXP owner = PROTECT(rapi_own("transitions", destroy_transitions));
  rapi_check(hmfm_transitions_create(d, own, &t, &error), &error);
  rapi_own_set(owner, t);
  SEXP pair =
      Rf_allocMatrix(INTSXP, (int)t->n_pairs, 2); /* from, to: rows that R indexes a matrix by */
  SET_VECTOR_ELT(out, 0, pair);
  SEXP count = Rf_allocVector(INTSXP, (R_xlen_t)t->n_pairs);
  SET_VECTOR_ELT(out, 1, count);
  for (size_t k = 0; k < t->n_pairs; k++) {
    INTEGER(pair)[k] = (int)t->pair[k].from + 1;
    INTEGER(pair)[t->n_pairs + k] = (int)t->pair[k].to + 1;
    INTEGER(count)[k] = (int)t->pair[k].count;
  }
  SET_VECTOR_ELT(out, 2, Rf_ScalarReal((double)t->n_names));
  SET_VECTOR_ELT(out, 3, Rf_ScalarReal((double)t->n_moves));
  SET_VECTOR_ELT(out, 4, Rf_ScalarReal((double)t->n_stays));
  rapi_own_end(owner);
  UNPROTECT(2);
  return out;
}

/* ---- other columns ---- */

static void destroy_column(void *column) { hmfm_cluster_column_destroy(column); }

/* column: numbers or strings, one an observation in the order of the draws; NA where there is none. Returns units,
 * missing, mean, sd (one a cluster), level, share (clusters x levels), pooled. */
SEXP rapi_cluster_column(SEXP pointer, SEXP label, SEXP column, SEXP name, SEXP most_levels) {
  static const char *const names[] = {"units", "missing", "mean", "sd", "level", "share", "pooled"};
  const hmfm_draws *d = rapi_fit_get(pointer)->draws;
  hmfm_cluster_column *c = NULL;
  hmfm_error error;
  const uint32_t *own = rapi_labels(label, d->n_units, "the partition");
  hmfm_covariate from = {.name = Rf_translateCharUTF8(Rf_asChar(name))};
  if ((size_t)Rf_xlength(column) != d->n_rows)
    Rf_errorcall(R_NilValue, "a column must have a value for each observation");
  if (TYPEOF(column) == STRSXP)
    from.text = rapi_texts(column);
  else if (TYPEOF(column) == REALSXP)
    from.number = REAL(column);
  else
    Rf_errorcall(R_NilValue, "a column must be numbers or strings");
  SEXP out = PROTECT(rapi_list(7, names)), owner = PROTECT(rapi_own("a column", destroy_column));
  rapi_check(hmfm_cluster_column_create(d, own, &from, (size_t)Rf_asReal(most_levels), &c, &error),
             &error);
  rapi_own_set(owner, c);
  const size_t K = c->n_clusters, L = c->n_levels;
  SET_VECTOR_ELT(out, 0, counts(c->n_units, K, 1));
  SET_VECTOR_ELT(out, 1, counts(c->n_missing, K, 1));
  double *mean = REAL(numbers(out, 2, K)), *sd = REAL(numbers(out, 3, K));
  for (size_t k = 0; k < K; k++) {
    mean[k] = or_na(c->mean[k]);
    sd[k] = or_na(c->sd[k]);
  }
  SET_VECTOR_ELT(out, 4, rapi_strings(c->level, L));
  double *share = REAL(SET_VECTOR_ELT(out, 5, Rf_allocMatrix(REALSXP, (int)K, (int)L)));
  for (size_t k = 0; k < K; k++)
    for (size_t l = 0; l < L; l++) share[l * K + k] = or_na(c->share[k * L + l]);
  SET_VECTOR_ELT(out, 6, Rf_ScalarReal((double)c->n_pooled));
  rapi_own_end(owner);
  UNPROTECT(2);
  return out;
}

/* ---- quantities of partitions among the variables ---- */

/* Adds a variable with values draws x chains to the draws that a pointer points to. */
SEXP rapi_add_variable(SEXP pointer, SEXP name, SEXP values) {
  rapi_fit *fit = rapi_fit_get(pointer);
  hmfm_draws *d = fit->draws;
  hmfm_error error;
  if (TYPEOF(values) != REALSXP || (size_t)XLENGTH(values) != d->n_chains * d->n_draws)
    Rf_errorcall(R_NilValue, "a variable must have a number for each draw");
  rapi_check(
      hmfm_draws_add_variable(d, CHAR(Rf_asChar(name)), "of the partition", HMFM_SCALAR, 0, &error),
      &error);
  for (size_t c = 0; c < d->n_chains; c++)
    memcpy(d->variable[d->n_variables - 1].value + c * d->capacity, REAL(values) + c * d->n_draws,
           d->n_draws * sizeof(double));
  return pointer;
}
