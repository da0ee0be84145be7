/* Densities of new observations, predictions, and to which cluster a new unit goes. */
#include "rapi.h"

#include <math.h>
#include <string.h>

#include "hmfm/density.h"

static void destroy(void *density) { hmfm_density_destroy(density); }

/* ---- targets ---- */

/* kind (0: new unit of a group, 1: unit of a new group, 2: known unit), group and unit (from 1), x (NULL: at
 * means), exposure, seed, threads. */
static hmfm_density_target target_of(SEXP list, const hmfm_draws *d) {
  static const hmfm_density_kind kinds[] = {HMFM_DENSITY_GROUP, HMFM_DENSITY_NEW_GROUP,
                                            HMFM_DENSITY_UNIT};
  hmfm_density_target target;
  SEXP x = rapi_get(list, "x");
  const size_t kind = rapi_size(list, "kind");
  hmfm_density_target_defaults(&target);
  if (kind > 2) Rf_errorcall(R_NilValue, "there is no kind %.0f of density", (double)kind);
  target.kind = kinds[kind];
  target.group = rapi_size(list, "group") - 1;
  target.unit = rapi_size(list, "unit") - 1;
  target.exposure = rapi_number(list, "exposure");
  target.seed = rapi_seed(list, "seed");
  target.threads = rapi_threads(rapi_get(list, "threads"));
  if (x != R_NilValue) {
    if (TYPEOF(x) != REALSXP || (size_t)XLENGTH(x) != d->n_covariates)
      Rf_errorcall(R_NilValue, "x must be %.0f numbers", (double)d->n_covariates);
    target.x = REAL(x);
  }
  return target;
}

/* A pointer that owns the density of a target. */
static SEXP make(const rapi_fit *fit, const hmfm_density_target *target, hmfm_density **density) {
  hmfm_error error;
  SEXP owner = PROTECT(rapi_own("a density", destroy));
  rapi_check(hmfm_density_create(fit->draws, fit->model, target, density, &error), &error);
  rapi_own_set(owner, *density);
  UNPROTECT(1);
  return owner;
}

/* The covariates, as coded, that a target has by default. */
SEXP rapi_density_covariates(SEXP pointer, SEXP target) {
  const hmfm_draws *d = rapi_fit_get(pointer)->draws;
  const hmfm_density_target of = target_of(target, d);
  hmfm_error error;
  SEXP out = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)d->n_covariates));
  rapi_check(hmfm_density_covariates(d, &of, REAL(out), &error), &error);
  UNPROTECT(1);
  return out;
}

/* From where to where to look at densities. */
SEXP rapi_density_range(SEXP pointer, SEXP exposure) {
  const rapi_fit *fit = rapi_fit_get(pointer);
  SEXP out = Rf_allocVector(REALSXP, 2);
  hmfm_density_range(fit->draws, fit->model, Rf_asReal(exposure), REAL(out), REAL(out) + 1);
  return out;
}

/* ---- one density ---- */

/* curve 0: density, 1: above, 2: at most. A matrix with columns mean, lower, upper. */
SEXP rapi_density(SEXP pointer, SEXP target, SEXP curve, SEXP y, SEXP level) {
  static const hmfm_density_curve curves[] = {HMFM_CURVE_DENSITY, HMFM_CURVE_ABOVE,
                                              HMFM_CURVE_BELOW};
  const rapi_fit *fit = rapi_fit_get(pointer);
  const hmfm_density_target of = target_of(target, fit->draws);
  const size_t n = (size_t)Rf_xlength(y);
  const int which = Rf_asInteger(curve);
  hmfm_density *density = NULL;
  hmfm_error error;
  if (TYPEOF(y) != REALSXP || which < 0 || which > 2)
    Rf_errorcall(R_NilValue, "points must be numbers");
  SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)n, 3));
  SEXP owner = PROTECT(make(fit, &of, &density));
  double *to = REAL(out);
  rapi_check(hmfm_density_evaluate(density, curves[which], n, REAL(y), Rf_asReal(level), to, to + n,
                                   to + 2 * n, &error),
             &error);
  rapi_own_end(owner);
  UNPROTECT(2);
  return out;
}

SEXP rapi_density_quantiles(SEXP pointer, SEXP target, SEXP probability) {
  const rapi_fit *fit = rapi_fit_get(pointer);
  const hmfm_density_target of = target_of(target, fit->draws);
  hmfm_density *density = NULL;
  hmfm_error error;
  if (TYPEOF(probability) != REALSXP) Rf_errorcall(R_NilValue, "probabilities must be numbers");
  SEXP out = PROTECT(Rf_allocVector(REALSXP, XLENGTH(probability)));
  SEXP owner = PROTECT(make(fit, &of, &density));
  rapi_check(hmfm_density_quantiles(density, (size_t)XLENGTH(probability), REAL(probability),
                                    REAL(out), &error),
             &error);
  rapi_own_end(owner);
  UNPROTECT(2);
  return out;
}

/* ---- many observations ---- */

/* Rows of a list of vectors, one element an observation: kind, group, unit, exposure as above, x (a matrix
 * covariates x rows), seed (a matrix 2 x rows: of what is drawn for new groups), stream (which new unit it is of; of
 * known units of no use), y; and threads. */
static hmfm_density_target row_target(SEXP rows, size_t k, const hmfm_draws *d) {
  static const hmfm_density_kind kinds[] = {HMFM_DENSITY_GROUP, HMFM_DENSITY_NEW_GROUP,
                                            HMFM_DENSITY_UNIT};
  hmfm_density_target target;
  hmfm_density_target_defaults(&target);
  const double *seed = REAL(rapi_get(rows, "seed")) + 2 * k;
  target.kind = kinds[INTEGER(rapi_get(rows, "kind"))[k]];
  target.group = (size_t)INTEGER(rapi_get(rows, "group"))[k] - 1;
  target.unit = (size_t)INTEGER(rapi_get(rows, "unit"))[k] - 1;
  target.exposure = REAL(rapi_get(rows, "exposure"))[k];
  target.x = REAL(rapi_get(rows, "x")) + k * d->n_covariates;
  target.seed = ((uint64_t)seed[0] << 32) + (uint64_t)seed[1];
  target.threads = rapi_threads(rapi_get(rows, "threads"));
  return target;
}

static void check_rows(SEXP rows, const hmfm_draws *d) {
  static const struct {
    const char *name;
    SEXPTYPE type;
  } column[] = {{"kind", INTSXP},      {"group", INTSXP},  {"unit", INTSXP},
                {"exposure", REALSXP}, {"stream", INTSXP}, {"y", REALSXP}};
  const size_t n = (size_t)Rf_xlength(rapi_get(rows, "kind"));
  SEXP x = rapi_get(rows, "x"), seed = rapi_get(rows, "seed"), kind = rapi_get(rows, "kind");
  int good = TYPEOF(x) == REALSXP && (size_t)XLENGTH(x) == n * d->n_covariates &&
             TYPEOF(seed) == REALSXP && (size_t)XLENGTH(seed) == 2 * n;
  for (size_t c = 0; c < sizeof column / sizeof *column; c++) {
    SEXP one = rapi_get(rows, column[c].name);
    good = good && (SEXPTYPE)TYPEOF(one) == column[c].type && (size_t)XLENGTH(one) == n;
  }
  for (size_t k = 0; good && k < n; k++) good = INTEGER(kind)[k] >= 0 && INTEGER(kind)[k] <= 2;
  if (!good) Rf_errorcall(R_NilValue, "rows to predict have not the shape they should have");
}

/* Of the values of all draws, those that are kept: their mean where draw is NULL, else those of some draws (from
 * 1), in column k of a matrix with n_kept rows. */
static void keep(const double *value, size_t n_draws, SEXP draw, size_t k, double *out) {
  if (draw == R_NilValue) {
    double sum = 0;
    for (size_t s = 0; s < n_draws; s++) sum += value[s];
    out[k] = sum / (double)n_draws;
    return;
  }
  const size_t n = (size_t)XLENGTH(draw);
  for (size_t s = 0; s < n; s++) out[k * n + s] = value[INTEGER(draw)[s] - 1];
}

/* Of each row, what 0: the mean, or 1: an observation, in each draw; or 2: the mean over draws of the density at y.
 * A matrix of some draws x rows; where draw is NULL, means over all draws. */
SEXP rapi_predict(SEXP pointer, SEXP rows, SEXP what, SEXP seed, SEXP draw) {
  const rapi_fit *fit = rapi_fit_get(pointer);
  const hmfm_draws *d = fit->draws;
  const size_t n = (size_t)Rf_xlength(rapi_get(rows, "kind")), all = d->n_chains * d->n_draws;
  const int which = Rf_asInteger(what);
  const uint64_t number = rapi_seed_words(seed);
  hmfm_error error;
  check_rows(rows, d);
  if (draw != R_NilValue && TYPEOF(draw) != INTSXP)
    Rf_errorcall(R_NilValue, "draws must be whole numbers");
  for (R_xlen_t s = 0; s < Rf_xlength(draw); s++)
    if (INTEGER(draw)[s] < 1 || (size_t)INTEGER(draw)[s] > all)
      Rf_errorcall(R_NilValue, "there is no draw %d", INTEGER(draw)[s]);
  const R_xlen_t n_kept = draw == R_NilValue || which == 2 ? 1 : XLENGTH(draw);
  SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)n_kept, (int)n));
  double *value = (double *)R_alloc(all + 1, sizeof *value);
  for (size_t k = 0; k < n; k++) {
    const hmfm_density_target target = row_target(rows, k, d);
    hmfm_density *density = NULL;
    if (k % 64 == 0) R_CheckUserInterrupt();
    SEXP owner = PROTECT(make(fit, &target, &density));
    if (which == 0) hmfm_density_means(density, value);
    if (which == 1)
      rapi_check(hmfm_density_draw_each(density, number,
                                        (uint32_t)INTEGER(rapi_get(rows, "stream"))[k], (uint32_t)k,
                                        value, &error),
                 &error);
    if (which == 2)
      rapi_check(hmfm_density_evaluate(density, HMFM_CURVE_DENSITY, 1,
                                       REAL(rapi_get(rows, "y")) + k, 0.5, REAL(out) + k, NULL,
                                       NULL, &error),
                 &error);
    else
      keep(value, all, draw, k, REAL(out));
    rapi_own_end(owner);
    UNPROTECT(1);
  }
  UNPROTECT(1);
  return out;
}

/* ---- clusters of new units ---- */

/* Rows of one new unit, as above, with y; label of the known units. Returns the mean probability to be with the units
 * of each cluster, and last that of being with none. */
SEXP rapi_assign(SEXP pointer, SEXP rows, SEXP label, SEXP seed) {
  const rapi_fit *fit = rapi_fit_get(pointer);
  const hmfm_draws *d = fit->draws;
  const size_t n = (size_t)Rf_xlength(rapi_get(rows, "kind"));
  const uint32_t *own = rapi_labels(label, d->n_units, "the partition");
  uint32_t n_clusters = 0;
  hmfm_error error;
  check_rows(rows, d);
  for (size_t i = 0; i < d->n_units; i++)
    if (own[i] >= n_clusters) n_clusters = own[i] + 1;
  const hmfm_density **density = (const hmfm_density **)R_alloc(n + 1, sizeof *density);
  SEXP owners = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)n));
  SEXP out = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n_clusters + 1));
  for (size_t k = 0; k < n; k++) {
    const hmfm_density_target target = row_target(rows, k, d);
    hmfm_density *one = NULL;
    SET_VECTOR_ELT(owners, (R_xlen_t)k, make(fit, &target, &one));
    density[k] = one;
  }
  rapi_check(hmfm_density_assign(d, n, density, REAL(rapi_get(rows, "y")), n_clusters, own,
                                 rapi_seed_words(seed), REAL(out), REAL(out) + n_clusters, &error),
             &error);
  for (size_t k = 0; k < n; k++) rapi_own_end(VECTOR_ELT(owners, (R_xlen_t)k));
  UNPROTECT(2);
  return out;
}
