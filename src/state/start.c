/* Starting states, dispersed over the chains. */
#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "rng/philox.h"
#include "state/state.h"

typedef struct placed_unit {
  double place;
  int32_t unit;
} placed_unit;

static int by_place(const void *a, const void *b) {
  const placed_unit *x = a, *y = b;
  if (x->place != y->place) return x->place < y->place ? -1 : 1;
  return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Cuts the units, in the order of their place, into n_clusters runs of equal length. */
static hmfm_status cut(const hmfm_state *state, size_t n_clusters, int32_t *allocation,
                       hmfm_error *error) {
  const hmfm_model *model = state->model;
  const size_t n = model->dataset->n_units;
  placed_unit *order = hmfm_calloc(n, sizeof *order);
  if (!order) return hmfm_fail_memory(error, "starting values");
  for (size_t i = 0; i < n; i++) {
    order[i].place = model->family->place(model->family_data, state->work, i);
    order[i].unit = (int32_t)i;
  }
  qsort(order, n, sizeof *order, by_place);
  for (size_t k = 0; k < n; k++) allocation[order[k].unit] = (int32_t)(k * n_clusters / n);
  hmfm_free(order);
  return HMFM_OK;
}

size_t hmfm_state_most_clusters(const hmfm_state *state) {
  const hmfm_mixing *mixing = state->model->mixing;
  const size_t n = state->model->dataset->n_units;
  const size_t most = mixing->most_components ? mixing->most_components(state->process) : n;
  return most < n ? most : n;
}

static hmfm_status start_partition(hmfm_state *state, size_t chain, hmfm_error *error) {
  const size_t n = state->model->dataset->n_units;
  const size_t sizes[] = {8, 1, 40, 3};
  const size_t kind = chain % 4, most = hmfm_state_most_clusters(state);
  const size_t n_clusters = sizes[kind] < most ? sizes[kind] : most;
  int32_t *allocation = hmfm_calloc(n, sizeof *allocation);
  if (!allocation) return hmfm_fail_memory(error, "starting values");
  hmfm_status status = HMFM_OK;
  if (kind == 3) {
    for (size_t i = 0; i < n; i++) {
      allocation[i] = (int32_t)gsl_rng_uniform_int(state->stream, n_clusters);
    }
  } else {
    status = cut(state, n_clusters, allocation, error);
  }
  if (!status) status = hmfm_state_set_partition(state, allocation, n_clusters, n_clusters, error);
  hmfm_free(allocation);
  return status;
}

hmfm_status hmfm_state_start(hmfm_state *state, size_t chain, hmfm_error *error) {
  return hmfm_state_start_at(state, chain, NULL, 0, NULL, error);
}

hmfm_status hmfm_state_start_at(hmfm_state *state, size_t chain, const int32_t *allocation,
                                size_t n_clusters, const double *beta, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const hmfm_regression *regression = &model->regression;
  const size_t r = regression->n_covariates;
  state->sweep = 0;
  hmfm_stream_open(state->stream, 0, HMFM_STREAM_START, 0);
  model->mixing->draw_prior(state->process, state->stream);
  for (size_t k = 0; k < regression->n_blocks * r; k++) {
    state->beta[k] =
        regression->mean[k % r] + gsl_ran_gaussian_ziggurat(state->stream, regression->sd[k % r]);
  }
  if (beta) memcpy(state->beta, beta, regression->n_blocks * r * sizeof *beta);
  hmfm_state_residuals(state);
  hmfm_status status =
      allocation ? hmfm_state_set_partition(state, allocation, n_clusters, n_clusters, error)
                 : start_partition(state, chain, error);
  if (status) return status;
  hmfm_counts counts = hmfm_partition_counts(&state->partition);
  state->n_components = model->mixing->start(state->process, state->stream, &counts);
  return hmfm_state_reserve(state, state->n_components, error);
}
