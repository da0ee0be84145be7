/* Partitions of some units against the true one: a point estimate, and all draws. */
#include "hmfm/score.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "hmfm/summary.h"

static const hmfm_spread no_spread = {NAN, NAN, NAN, NAN};

static hmfm_status spread_of(size_t n, const double *x, hmfm_spread *out, hmfm_error *error) {
  hmfm_diagnostics d;
  const hmfm_status status = hmfm_diagnose(x, 1, n, n, 1, &d, error);
  if (!status) *out = (hmfm_spread){d.mean, d.sd, d.q5, d.q95};
  return status;
}

/* The labels of the chosen units alone. */
static uint32_t *restrict_labels(size_t n, const size_t *unit, const uint32_t *label) {
  uint32_t *part = hmfm_calloc(n, sizeof *part);
  for (size_t i = 0; part && i < n; i++) part[i] = label[unit ? unit[i] : i];
  return part;
}

/* value is work space, a number a draw. */
static hmfm_status score_loss(const hmfm_partitions *partitions, const char *loss,
                              const uint32_t *truth, int threads, double *value, hmfm_spread *out,
                              hmfm_error *error) {
  const size_t n = partitions->n_draws;
  hmfm_status status = hmfm_partition_losses(partitions, loss, 1, truth, threads, value, error);
  return status ? status : spread_of(n, value, out, error);
}

/* All draws of the units at hand against their truth. */
static hmfm_status score_draws(const hmfm_partitions *partitions, const uint32_t *truth,
                               int threads, hmfm_partition_score *to, hmfm_error *error) {
  const size_t n = partitions->n_draws;
  size_t right = 0;
  hmfm_spread omari = no_spread;
  double *value = hmfm_calloc(n, sizeof *value);
  if (!value) return hmfm_fail_memory(error, "scores");
  for (size_t t = 0; t < n; t++) {
    value[t] = partitions->n_clusters[t];
    right += partitions->n_clusters[t] == to->n_true;
  }
  hmfm_status status = spread_of(n, value, &to->K, error);
  if (!status) status = score_loss(partitions, "omari", truth, threads, value, &omari, error);
  if (!status) status = score_loss(partitions, "vi", truth, threads, value, &to->vi, error);
  if (!status) status = score_loss(partitions, "binder", truth, threads, value, &to->binder, error);
  if (!status)
    status = hmfm_coclustering_error(partitions, truth, threads, &to->coclustering, error);
  to->n_draws = n;
  to->p_true = (double)right / (double)n;
  to->ari = (hmfm_spread){1 - omari.mean, omari.sd, 1 - omari.q95, 1 - omari.q5};
  hmfm_free(value);
  return status;
}

hmfm_status hmfm_score_partition(size_t n_units, const size_t *unit, const uint32_t *truth,
                                 const uint32_t *estimate, const hmfm_partitions *partitions,
                                 int threads, hmfm_partition_score *out, hmfm_error *error) {
  hmfm_partition_score score = {.n_units = n_units,
                                .has_estimate = estimate != NULL,
                                .K = no_spread,
                                .p_true = NAN,
                                .ari = no_spread,
                                .vi = no_spread,
                                .binder = no_spread,
                                .coclustering = {NAN, NAN}};
  hmfm_partitions *part = NULL;
  hmfm_status status = HMFM_OK;
  uint32_t *really = restrict_labels(n_units, unit, truth);
  uint32_t *said = restrict_labels(n_units, unit, estimate ? estimate : truth);
  if (!really || !said) status = hmfm_fail_memory(error, "scores");
  if (!status) status = hmfm_partition_indices(n_units, really, said, &score.point, error);
  score.n_true = score.point.n_first;
  if (!estimate) score.point = (hmfm_indices){score.n_true, 0, NAN, NAN, NAN, NAN};
  if (!status && partitions && unit)
    status = hmfm_partitions_select(partitions, unit, n_units, &part, error);
  if (!status && partitions)
    status = score_draws(part ? part : partitions, really, threads, &score, error);
  hmfm_partitions_destroy(part);
  hmfm_free(really);
  hmfm_free(said);
  if (!status) *out = score;
  return status;
}
