/* Draws of partitions, and what is said about them. Labels of R count from 1. */
#include "rapi.h"

#include <math.h>
#include <string.h>

#include "summary/coclustering.h"

static const char WHAT[] = "partitions";

static void destroy(void *partitions) { hmfm_partitions_destroy(partitions); }

const hmfm_partitions *rapi_partitions_get(SEXP pointer) { return rapi_owned(pointer, WHAT); }

/* ---- interrupts ---- */

static void check_interrupt(void *nothing) {
  (void)nothing;
  R_CheckUserInterrupt();
}

/* The library calls it from the thread of R alone. R_ToplevelExec catches the jump of an interrupt, which would go across
 * threads and memory that nobody frees. */
static int stop(void *context) {
  rapi_watch *watch = context;
  const double now = rapi_now();
  if (fabs(now - watch->looked) < 0.1) return 0;
  watch->looked = now;
  return !R_ToplevelExec(check_interrupt, NULL);
}

void rapi_watch_set(SEXP pointer, rapi_watch *watch) {
  hmfm_partitions *partitions = rapi_owned(pointer, WHAT);
  watch->looked = 0;
  partitions->watch = (hmfm_watch){watch, stop};
}

void rapi_unwatch(SEXP pointer) {
  ((hmfm_partitions *)rapi_owned(pointer, WHAT))->watch = (hmfm_watch){0};
}

/* ---- from R ---- */

uint32_t *rapi_labels(SEXP labels, size_t n, const char *what) {
  if (TYPEOF(labels) != INTSXP || (size_t)XLENGTH(labels) != n)
    Rf_errorcall(R_NilValue, "%s must be %.0f whole numbers, one a unit", what, (double)n);
  uint32_t *out = (uint32_t *)R_alloc(n + 1, sizeof *out);
  for (size_t i = 0; i < n; i++) {
    if (INTEGER(labels)[i] < 1 || (size_t)INTEGER(labels)[i] > n)
      Rf_errorcall(R_NilValue, "%s has the label %d", what, INTEGER(labels)[i]);
    out[i] = (uint32_t)INTEGER(labels)[i] - 1;
  }
  return out;
}

SEXP rapi_labels_out(const uint32_t *label, size_t n) {
  SEXP out = Rf_allocVector(INTSXP, (R_xlen_t)n);
  for (size_t i = 0; i < n; i++)
    INTEGER(out)[i] = label[i] == HMFM_NO_CLUSTER ? NA_INTEGER : (int)label[i] + 1;
  return out;
}

int rapi_threads(SEXP threads) {
  const double n = Rf_asReal(threads);
  if (!(n >= 1 && n <= 1024)) Rf_errorcall(R_NilValue, "cores must be from 1 to 1024, got %g", n);
  return (int)n;
}

uint64_t rapi_seed_words(SEXP words) {
  if (TYPEOF(words) != REALSXP || XLENGTH(words) != 2)
    Rf_errorcall(R_NilValue, "a seed must be its upper and lower 32 bits");
  return ((uint64_t)REAL(words)[0] << 32) + (uint64_t)REAL(words)[1];
}

/* The partition of one draw, relabelled; returns its clusters. */
static uint32_t take_draw(SEXP labels, size_t n, size_t draw, uint32_t *to) {
  hmfm_error error;
  uint32_t n_clusters = 0;
  for (size_t i = 0; i < n; i++)
    to[i] = TYPEOF(labels) == RAWSXP ? (uint32_t)RAW(labels)[draw * n + i]
                                     : (uint32_t)INTEGER(labels)[draw * n + i];
  rapi_check(hmfm_partitions_relabel(n, to, &n_clusters, &error), &error);
  return n_clusters;
}

/* A pointer to the draws of a matrix units x draws, integer or raw, of any labels. */
SEXP rapi_partitions(SEXP labels, SEXP n_units) {
  const size_t n = (size_t)Rf_asReal(n_units), size = (size_t)Rf_xlength(labels);
  const size_t n_draws = n ? size / n : 0;
  hmfm_partitions *partitions = NULL;
  hmfm_error error;
  uint32_t most = 1;
  if ((TYPEOF(labels) != RAWSXP && TYPEOF(labels) != INTSXP) || n_draws * n != size)
    Rf_errorcall(R_NilValue, "labels must be an integer matrix units x draws");
  uint32_t *label = (uint32_t *)R_alloc(n + 1, sizeof *label);
  for (size_t t = 0; t < n_draws; t++) {
    const uint32_t clusters = take_draw(labels, n, t, label);
    if (clusters > most) most = clusters;
  }
  SEXP pointer = PROTECT(rapi_own(WHAT, destroy));
  rapi_check(hmfm_partitions_create(n_draws, n, most, &partitions, &error), &error);
  rapi_own_set(pointer, partitions);
  for (size_t t = 0; t < n_draws; t++) {
    take_draw(labels, n, t, label);
    hmfm_partitions_set(partitions, t, label);
  }
  UNPROTECT(1);
  return pointer;
}

/* ---- co-clustering ---- */

/* Shares of the draws in which two units are together: a symmetric matrix; NULL where an interrupt ended it. */
SEXP rapi_coclustering(SEXP pointer, SEXP threads) {
  const hmfm_partitions *p = rapi_partitions_get(pointer);
  const size_t n = p->n_units;
  uint32_t *count = (uint32_t *)R_alloc(n * (n - 1) / 2 + 1, sizeof *count), *from = count;
  const int n_threads = rapi_threads(threads);
  rapi_watch watch;
  rapi_watch_set(pointer, &watch);
  hmfm_stopper stopper = {.watch = p->watch};
  hmfm_coclustering_until(p, n_threads, &stopper, count);
  rapi_unwatch(pointer);
  if (stopper.stopped) return R_NilValue;
  SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)n, (int)n));
  double *to = REAL(out);
  for (size_t a = 0; a < n; a++) {
    to[a * n + a] = 1;
    for (size_t b = a + 1; b < n; b++)
      to[a * n + b] = to[b * n + a] = (double)*from++ / (double)p->n_draws;
  }
  UNPROTECT(1);
  return out;
}

/* Where chains differ most; NULL for fewer than two chains or units. */
SEXP rapi_chain_difference(SEXP pointer, SEXP n_chains, SEXP most_units, SEXP threads) {
  static const char *const names[] = {"largest",          "unit",          "chain", "share",
                                      "root_mean_square", "units_compared"};
  const hmfm_partitions *p = rapi_partitions_get(pointer);
  hmfm_chain_difference d = {0};
  hmfm_error error;
  rapi_check(hmfm_coclustering_difference(p, (size_t)Rf_asReal(n_chains),
                                          (size_t)Rf_asReal(most_units), rapi_threads(threads), &d,
                                          &error),
             &error);
  SEXP out = PROTECT(rapi_list(6, names));
  SET_VECTOR_ELT(out, 0, Rf_ScalarReal(d.largest));
  SEXP unit = SET_VECTOR_ELT(out, 1, Rf_allocVector(INTSXP, 2));
  SEXP chain = SET_VECTOR_ELT(out, 2, Rf_allocVector(INTSXP, 2));
  SEXP share = SET_VECTOR_ELT(out, 3, Rf_allocVector(REALSXP, 2));
  for (int k = 0; k < 2; k++) {
    INTEGER(unit)[k] = (int)d.unit[k] + 1;
    INTEGER(chain)[k] = (int)d.chain[k] + 1;
    REAL(share)[k] = d.share[k];
  }
  SET_VECTOR_ELT(out, 4, Rf_ScalarReal(d.root_mean_square));
  SET_VECTOR_ELT(out, 5, Rf_ScalarReal((double)d.n_units));
  UNPROTECT(1);
  return out;
}

/* ---- the point partition ---- */

static SEXP found_list(const hmfm_point_partition *f, SEXP label) {
  static const char *const names[] = {
      "label", "clusters", "expected_loss", "best_draw",      "all_draws", "best_linkage",
      "runs",  "best_run", "agreeing_runs", "bytes_a_thread", "stopped"};
  SEXP out = PROTECT(rapi_list(11, names));
  const double value[] = {f->n_clusters,
                          f->loss,
                          f->best_draw,
                          f->all_draws,
                          isnan(f->best_linkage) ? NA_REAL : f->best_linkage,
                          (double)f->runs,
                          (double)f->best_run,
                          (double)f->agreeing_runs,
                          f->bytes};
  SET_VECTOR_ELT(out, 0, label);
  for (int k = 0; k < 9; k++) SET_VECTOR_ELT(out, k + 1, Rf_ScalarReal(value[k]));
  SET_VECTOR_ELT(out, 4, Rf_ScalarLogical(f->all_draws));
  SET_VECTOR_ELT(out, 10, Rf_ScalarLogical(f->stopped));
  UNPROTECT(1);
  return out;
}

/* Searches as a list says: loss, a, restarts, seconds, max_clusters, zealous, seed, threads. An interrupt ends it:
 * stopped is TRUE then, or the result NULL where there is none yet. */
SEXP rapi_partition_find(SEXP pointer, SEXP how) {
  const hmfm_partitions *p = rapi_partitions_get(pointer);
  hmfm_partition_search search;
  hmfm_point_partition found = {0};
  hmfm_error error;
  hmfm_partition_search_defaults(&search);
  search.loss = rapi_text(how, "loss");
  search.a = rapi_number(how, "a");
  search.restarts = rapi_size(how, "restarts");
  search.seconds = rapi_number(how, "seconds");
  search.max_clusters = rapi_size(how, "max_clusters");
  search.zealous = rapi_size(how, "zealous");
  search.seed = rapi_seed(how, "seed");
  search.threads = rapi_threads(rapi_get(how, "threads"));
  SEXP label = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)p->n_units));
  rapi_watch watch;
  rapi_watch_set(pointer, &watch);
  const hmfm_status status = hmfm_partition_find(p, &search, &found, &error);
  rapi_unwatch(pointer);
  if (status == HMFM_ESTOPPED) {
    UNPROTECT(1);
    return R_NilValue;
  }
  rapi_check(status, &error);
  for (size_t i = 0; i < p->n_units; i++) INTEGER(label)[i] = (int)found.label[i] + 1;
  const hmfm_point_partition told = found; /* its numbers; the labels are gone */
  hmfm_point_partition_clear(&found);
  SEXP out = found_list(&told, label);
  UNPROTECT(1);
  return out;
}

/* Numbers clusters anew so that their keys, one a cluster, ascend. */
SEXP rapi_partition_order(SEXP label, SEXP key) {
  const size_t n = (size_t)Rf_xlength(label);
  hmfm_error error;
  uint32_t *own = rapi_labels(label, n, "the partition");
  if (TYPEOF(key) != REALSXP) Rf_errorcall(R_NilValue, "keys must be numbers");
  rapi_check(hmfm_partition_order(n, (uint32_t)Rf_xlength(key), REAL(key), own, &error), &error);
  return rapi_labels_out(own, n);
}

/* ---- a partition and the draws ---- */

/* The loss of each draw. */
SEXP rapi_losses(SEXP pointer, SEXP label, SEXP loss, SEXP a, SEXP threads) {
  const hmfm_partitions *p = rapi_partitions_get(pointer);
  hmfm_error error;
  const uint32_t *own = rapi_labels(label, p->n_units, "the partition");
  SEXP out = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)p->n_draws));
  rapi_check(hmfm_partition_losses(p, CHAR(Rf_asChar(loss)), Rf_asReal(a), own,
                                   rapi_threads(threads), REAL(out), &error),
             &error);
  UNPROTECT(1);
  return out;
}

/* NULL where an interrupt ended it. */
SEXP rapi_certainty(SEXP pointer, SEXP label, SEXP threads) {
  const hmfm_partitions *p = rapi_partitions_get(pointer);
  hmfm_error error;
  const uint32_t *own = rapi_labels(label, p->n_units, "the partition");
  SEXP out = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)p->n_units));
  const int n_threads = rapi_threads(threads);
  rapi_watch watch;
  rapi_watch_set(pointer, &watch);
  const hmfm_status status = hmfm_partition_certainty(p, own, n_threads, REAL(out), &error);
  rapi_unwatch(pointer);
  if (status != HMFM_ESTOPPED) rapi_check(status, &error);
  UNPROTECT(1);
  return status ? R_NilValue : out;
}

/* radius, probability; draw (from 1), clusters, distance and labels of the horizontal, upper and lower bound. */
SEXP rapi_ball(SEXP pointer, SEXP label, SEXP loss, SEXP a, SEXP level, SEXP threads) {
  static const char *const names[] = {"radius",   "probability", "draw",
                                      "clusters", "distance",    "label"};
  const hmfm_partitions *p = rapi_partitions_get(pointer);
  hmfm_credible_ball ball;
  hmfm_error error;
  const uint32_t *own = rapi_labels(label, p->n_units, "the partition");
  rapi_check(hmfm_partition_ball(p, CHAR(Rf_asChar(loss)), Rf_asReal(a), own, Rf_asReal(level),
                                 rapi_threads(threads), &ball, &error),
             &error);
  const hmfm_bound *bound[] = {&ball.horizontal, &ball.upper, &ball.lower};
  SEXP out = PROTECT(rapi_list(6, names));
  SET_VECTOR_ELT(out, 0, Rf_ScalarReal(ball.radius));
  SET_VECTOR_ELT(out, 1, Rf_ScalarReal(ball.probability));
  SEXP draw = SET_VECTOR_ELT(out, 2, Rf_allocVector(INTSXP, 3));
  SEXP clusters = SET_VECTOR_ELT(out, 3, Rf_allocVector(INTSXP, 3));
  SEXP distance = SET_VECTOR_ELT(out, 4, Rf_allocVector(REALSXP, 3));
  SEXP labels = SET_VECTOR_ELT(out, 5, Rf_allocMatrix(INTSXP, (int)p->n_units, 3));
  for (size_t k = 0; k < 3; k++) {
    INTEGER(draw)[k] = (int)bound[k]->draw + 1;
    INTEGER(clusters)[k] = (int)bound[k]->n_clusters;
    REAL(distance)[k] = bound[k]->distance;
    for (size_t i = 0; i < p->n_units; i++)
      INTEGER(labels)[k * p->n_units + i] = (int)hmfm_partitions_label(p, bound[k]->draw, i) + 1;
  }
  UNPROTECT(1);
  return out;
}

/* label (NA: left out), clusters, probability, unit (in the order they were taken in, from 1), path, stopped: whether an
 * interrupt ended it; NULL where it did before there was anything. */
SEXP rapi_chips(SEXP pointer, SEXP probability, SEXP runs, SEXP seed, SEXP threads) {
  static const char *const names[] = {"label", "clusters", "probability",
                                      "unit",  "path",     "stopped"};
  const hmfm_partitions *p = rapi_partitions_get(pointer);
  const size_t n = p->n_units;
  hmfm_subpartition chips = {0};
  hmfm_error error;
  SEXP out = PROTECT(rapi_list(6, names));
  SEXP label = SET_VECTOR_ELT(out, 0, Rf_allocVector(INTSXP, (R_xlen_t)n));
  SEXP unit = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)n));
  SEXP path = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t)n));
  const uint64_t seed_of = rapi_seed_words(seed);
  const int n_threads = rapi_threads(threads);
  rapi_watch watch;
  rapi_watch_set(pointer, &watch);
  const hmfm_status status = hmfm_subpartition_find(
      p, Rf_asReal(probability), (size_t)Rf_asReal(runs), seed_of, n_threads, &chips, &error);
  rapi_unwatch(pointer);
  if (status == HMFM_ESTOPPED) {
    UNPROTECT(3);
    return R_NilValue;
  }
  rapi_check(status, &error);
  for (size_t i = 0; i < n; i++)
    INTEGER(label)[i] = chips.label[i] == HMFM_NO_CLUSTER ? NA_INTEGER : (int)chips.label[i] + 1;
  for (size_t s = 0; s < chips.n_inside; s++) {
    INTEGER(unit)[s] = (int)chips.unit[s] + 1;
    REAL(path)[s] = chips.path[s];
  }
  const hmfm_subpartition told = chips; /* its numbers; the arrays are gone */
  hmfm_subpartition_clear(&chips);
  SET_VECTOR_ELT(out, 1, Rf_ScalarReal(told.n_clusters));
  SET_VECTOR_ELT(out, 2, Rf_ScalarReal(told.probability));
  SET_VECTOR_ELT(out, 3, Rf_xlengthgets(unit, (R_xlen_t)told.n_inside));
  SET_VECTOR_ELT(out, 4, Rf_xlengthgets(path, (R_xlen_t)told.n_inside));
  SET_VECTOR_ELT(out, 5, Rf_ScalarLogical(told.stopped));
  UNPROTECT(3);
  return out;
}

/* clusters of the first and the second partition, ari, vi, nvi, binder. */
SEXP rapi_indices(SEXP first, SEXP second) {
  const size_t n = (size_t)Rf_xlength(first);
  hmfm_indices of;
  hmfm_error error;
  const uint32_t *one = rapi_labels(first, n, "a");
  const uint32_t *other = rapi_labels(second, n, "b");
  rapi_check(hmfm_partition_indices(n, one, other, &of, &error), &error);
  const double value[] = {of.n_first, of.n_second, of.ari, of.vi, of.nvi, of.binder};
  SEXP out = Rf_allocVector(REALSXP, 6);
  memcpy(REAL(out), value, sizeof value);
  return out;
}
