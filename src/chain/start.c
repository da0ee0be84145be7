/* Chains that start where the caller says. */
#include <gsl/gsl_errno.h>
#include <math.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "chain/ensemble.h"

static hmfm_status check_labels(const hmfm_dataset *data, size_t chain, const uint32_t *allocation,
                                hmfm_error *error) {
  for (size_t i = 0; i < data->n_units; i++) {
    if (allocation[i] < data->n_units) continue;
    return hmfm_fail(
        error, HMFM_EDATA,
        "the start of chain %zu has unit '%s' of group '%s' in cluster %lu, which must "
        "be below the number of units, %zu",
        chain, data->unit_name[i], data->group_name[data->unit_group[i]],
        (unsigned long)allocation[i], data->n_units);
  }
  return HMFM_OK;
}

static hmfm_status check_beta(const hmfm_model *model, size_t chain, const double *beta,
                              hmfm_error *error) {
  const hmfm_dataset *data = model->dataset;
  const size_t r = model->regression.n_covariates, blocks = model->regression.n_blocks;
  if (r == 0)
    return hmfm_fail(error, HMFM_EDATA,
                     "the start of chain %zu has regression coefficients, but there are no "
                     "covariates",
                     chain);
  for (size_t k = 0; k < blocks * r; k++) {
    if (isfinite(beta[k])) continue;
    return hmfm_fail(
        error, HMFM_EDATA,
        "the start of chain %zu has a coefficient of '%s'%s%s%s that is not finite: %g", chain,
        data->covariate_name[k % r], blocks > 1 ? " in group '" : "",
        blocks > 1 ? data->group_name[k / r] : "", blocks > 1 ? "'" : "", beta[k]);
  }
  return HMFM_OK;
}

/* Labels 0, 1, ... by first appearance, so that what they were leaves no trace. */
static size_t number_clusters(size_t n, const uint32_t *allocation, int32_t *label,
                              int32_t *number) {
  size_t n_clusters = 0;
  for (size_t k = 0; k < n; k++) number[k] = -1;
  for (size_t i = 0; i < n; i++) {
    if (number[allocation[i]] < 0) number[allocation[i]] = (int32_t)n_clusters++;
    label[i] = number[allocation[i]];
  }
  return n_clusters;
}

static hmfm_status check_clusters(const hmfm_state *state, size_t chain, size_t n_clusters,
                                  hmfm_error *error) {
  const size_t most = hmfm_state_most_clusters(state);
  if (n_clusters <= most) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA,
                   "the start of chain %zu has %zu clusters, but prior-m %s allows %zu components",
                   chain, n_clusters, state->model->effective.prior_m, most);
}

/* A chain's start is its own: what it was given, and what it draws for itself by its number. */
static uint64_t hash_start(const hmfm_model *model, const int32_t *label, const double *beta) {
  const uint64_t given[] = {label != NULL, beta != NULL};
  const size_t n_beta = model->regression.n_blocks * model->regression.n_covariates;
  uint64_t hash = hmfm_hash(HMFM_HASH_START, given, sizeof given);
  if (label) hash = hmfm_hash(hash, label, model->dataset->n_units * sizeof *label);
  return beta ? hmfm_hash(hash, beta, n_beta * sizeof *beta) : hash;
}

static void note_start(hmfm_ensemble *ensemble, size_t chain, uint64_t hash) {
  ensemble->start_of[chain] = hash;
  ensemble->start = hmfm_hash(HMFM_HASH_START, ensemble->start_of,
                              ensemble->run.chains * sizeof *ensemble->start_of);
}

static hmfm_status check(const hmfm_ensemble *ensemble, size_t chain, const uint32_t *allocation,
                         const double *beta, hmfm_error *error) {
  const hmfm_model *model = ensemble->model;
  if (chain >= ensemble->run.chains)
    return hmfm_fail(error, HMFM_EUSAGE, "chain %zu cannot be started: there are %zu, from 0",
                     chain, ensemble->run.chains);
  if (ensemble->sweeps_done)
    return hmfm_fail(error, HMFM_EUSAGE, "chain %zu cannot be started: it has done %zu sweeps",
                     chain, ensemble->sweeps_done);
  hmfm_status status =
      allocation ? check_labels(model->dataset, chain, allocation, error) : HMFM_OK;
  return status || !beta ? status : check_beta(model, chain, beta, error);
}

hmfm_status hmfm_ensemble_start(hmfm_ensemble *ensemble, size_t chain, const uint32_t *allocation,
                                const double *beta, hmfm_error *error) {
  hmfm_status status = hmfm_ensemble_error(ensemble, error);
  if (!status) status = check(ensemble, chain, allocation, beta, error);
  if (status || (!allocation && !beta)) return status;
  hmfm_chain *here = ensemble->chain[chain]; /* NULL: whoever runs it starts it */
  const size_t n = ensemble->model->dataset->n_units;
  int32_t *label = allocation ? hmfm_calloc(2 * n, sizeof *label) : NULL;
  if (allocation && !label) return hmfm_fail_memory(error, "starting values");
  const size_t n_clusters = allocation ? number_clusters(n, allocation, label, label + n) : 0;
  if (allocation)
    status = check_clusters(hmfm_ensemble_first(ensemble)->state, chain, n_clusters, error);
  if (!status && here) {
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    status =
        hmfm_state_start_at(here->state, chain, label, n_clusters, beta, &ensemble->error[chain]);
    gsl_set_error_handler(handler);
    ensemble->status[chain] = status;
    if (status) status = hmfm_ensemble_error(ensemble, error);
  }
  if (!status) note_start(ensemble, chain, hash_start(ensemble->model, label, beta));
  hmfm_free(label);
  return status;
}
