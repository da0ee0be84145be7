/* Recording a run: which variables a model's draws have, and the sink that copies them out of a chain. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "chain/chain.h"
#include "draws/draws.h"

/* Of infinitely many components there is no number M; the atoms of a draw have a share each. */
static int is_infinite(const hmfm_model *model) {
  return (model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
}

/* The mixing's variables come first, in the order of their declaration; then these. */
static hmfm_status add_variables(const hmfm_model *model, hmfm_draws *draws, hmfm_error *error) {
  const hmfm_mixing *mixing = model->mixing;
  const hmfm_shape beta = model->regression.shared ? HMFM_COVARIATE : HMFM_GROUP_COVARIATE;
  hmfm_status status = HMFM_OK;
  for (size_t v = 0; !status && v < mixing->n_variables; v++) {
    status = hmfm_draws_add_variable(draws, mixing->variable[v].name, mixing->variable[v].meaning,
                                     mixing->variable[v].shape, 0, error);
  }
  if (!status && model->regression.n_covariates > 0) {
    status = hmfm_draws_add_variable(draws, "beta", "regression coefficients", beta, 0, error);
  }
  if (!status) {
    status = hmfm_draws_add_variable(draws, "K", "clusters: components with at least one unit",
                                     HMFM_SCALAR, 1, error);
  }
  if (!status && !is_infinite(model)) {
    status = hmfm_draws_add_variable(draws, "M", "components, empty ones included", HMFM_SCALAR, 1,
                                     error);
  }
  if (!status) {
    status = hmfm_draws_add_variable(draws, "K_group", "clusters with at least one unit of a group",
                                     HMFM_GROUP, 1, error);
  }
  if (!status) {
    status = hmfm_draws_add_variable(draws, "log_lik", "log likelihood given the allocations",
                                     HMFM_SCALAR, 0, error);
  }
  return status;
}

static hmfm_status describe_exposure(const hmfm_dataset *data, hmfm_draws *draws,
                                     hmfm_error *error) {
  if (!data->exposure) return HMFM_OK;
  draws->exposure_name = hmfm_strdup(data->exposure_name);
  draws->exposure = hmfm_calloc(data->n_rows, sizeof *draws->exposure);
  if (!draws->exposure_name || !draws->exposure) return hmfm_fail_memory(error, "the exposures");
  memcpy(draws->exposure, data->exposure, data->n_rows * sizeof *draws->exposure);
  return HMFM_OK;
}

/* Copies names, units and observations of the dataset. */
static hmfm_status describe_data(const hmfm_model *model, hmfm_draws *draws, hmfm_error *error) {
  const hmfm_dataset *data = model->dataset;
  struct {
    char **to;
    const char *const *from;
    size_t n;
  } names[] = {
      {draws->group_name, (const char *const *)data->group_name, data->n_groups},
      {draws->unit_name, (const char *const *)data->unit_name, data->n_units},
      {draws->covariate_name, (const char *const *)data->covariate_name, data->n_covariates},
      {draws->atom_name, model->family->atom_name, model->family->n_atom},
      {&draws->response_name, (const char *const *)&data->response_name, 1},
  };
  for (size_t a = 0; a < sizeof names / sizeof *names; a++) {
    for (size_t k = 0; k < names[a].n; k++) {
      names[a].to[k] = hmfm_strdup(names[a].from[k] ? names[a].from[k] : "");
      if (!names[a].to[k]) return hmfm_fail_memory(error, "names");
    }
  }
  if (is_infinite(model)) {
    char **last = &draws->atom_name[draws->n_atom - 1];
    *last = hmfm_strdup("share");
    if (!*last) return hmfm_fail_memory(error, "names");
  }
  memcpy(draws->unit_group, data->unit_group, data->n_units * sizeof *draws->unit_group);
  for (size_t i = 0; i < data->n_units; i++) {
    draws->unit_size[i] = data->unit_start[i + 1] - data->unit_start[i];
  }
  memcpy(draws->y, data->y, data->n_rows * sizeof *draws->y);
  if (data->n_covariates > 0) {
    memcpy(draws->x, data->x, data->n_rows * data->n_covariates * sizeof *draws->x);
  }
  return describe_exposure(data, draws, error);
}

hmfm_status hmfm_draws_create(const hmfm_model *model, const hmfm_run *run, hmfm_draws **out,
                              hmfm_error *error) {
  const hmfm_dataset *data = model->dataset;
  const int units = run->save_allocations || run->save_log_likelihood;
  hmfm_draws sizes = {.n_chains = run->chains,
                      .capacity = run->draws,
                      .thin_units = units ? run->thin_units : 1,
                      .n_rows = data->n_rows,
                      .n_units = data->n_units,
                      .n_groups = data->n_groups,
                      .n_covariates = data->n_covariates,
                      .n_atom = model->family->n_atom + (size_t)is_infinite(model)};
  hmfm_draws *draws = NULL;
  hmfm_status status = hmfm_draws_create_empty(&sizes, run->save_allocations, run->save_components,
                                               run->save_log_likelihood, &draws, error);
  if (!status) status = describe_data(model, draws, error);
  if (!status) status = add_variables(model, draws, error);
  if (status)
    hmfm_draws_destroy(draws);
  else
    *out = draws;
  return status;
}

/* ---- the sink ---- */

static double *next_values(const hmfm_draws *draws, size_t *variable, size_t chain, size_t draw) {
  const hmfm_variable *v = &draws->variable[(*variable)++];
  return v->value + (chain * draws->capacity + draw) * v->width;
}

static hmfm_status record_variables(hmfm_draws *draws, size_t chain, size_t draw,
                                    const hmfm_state *state, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const hmfm_partition *partition = &state->partition;
  const hmfm_regression *regression = &model->regression;
  size_t v = 0, held = 0;
  /* the mixing gives all of its values in a row; they are kept variable by variable */
  model->mixing->get(state->process, state->values);
  while (v < model->mixing->n_variables) {
    const size_t width = draws->variable[v].width;
    memcpy(next_values(draws, &v, chain, draw), state->values + held, width * sizeof(double));
    held += width;
  }
  if (regression->n_covariates > 0) {
    const size_t n = regression->n_blocks * regression->n_covariates;
    memcpy(next_values(draws, &v, chain, draw), state->beta, n * sizeof(double));
  }
  *next_values(draws, &v, chain, draw) = (double)partition->n_clusters;
  if (!is_infinite(model)) {
    *next_values(draws, &v, chain, draw) = (double)state->n_components;
  }
  double *in_group = next_values(draws, &v, chain, draw);
  for (size_t j = 0; j < partition->n_groups; j++) {
    in_group[j] = 0.0;
    for (size_t m = 0; m < partition->n_clusters; m++) {
      in_group[j] += partition->in_group[j * partition->capacity + m] > 0;
    }
  }
  const double log_lik = state->log_lik;
  *next_values(draws, &v, chain, draw) = log_lik;
  if (isfinite(log_lik)) return HMFM_OK;
  return hmfm_fail(
      error, HMFM_ENUMERIC,
      "sweep %llu: the log likelihood is %g; are the response and the prior scales right?",
      (unsigned long long)state->sweep, log_lik);
}

static hmfm_status record_allocations(hmfm_draws *draws, size_t chain, size_t draw,
                                      const hmfm_state *state, hmfm_error *error) {
  const int32_t *allocation = state->partition.allocation;
  const size_t n = draws->n_units;
  hmfm_status status = hmfm_allocations_widen(draws, chain, state->partition.n_clusters - 1, error);
  if (status) return status;
  const hmfm_allocations *to = &draws->allocations[chain];
  if (to->bytes == 1) {
    uint8_t *label = (uint8_t *)to->label + draw / draws->thin_units * n;
    for (size_t i = 0; i < n; i++) label[i] = (uint8_t)allocation[i];
  } else {
    for (size_t i = 0; i < n; i++) {
      hmfm_draws_set_label(draws, chain, draw, i, (uint32_t)allocation[i]);
    }
  }
  return HMFM_OK;
}

static hmfm_status record_components(hmfm_draws *draws, size_t chain, size_t draw,
                                     const hmfm_state *state, hmfm_error *error) {
  hmfm_components *to = &draws->components[chain];
  const size_t d = draws->n_groups, first = to->start[draw], M = state->n_components;
  if (first + M > to->row_space) {
    /* room for as many rows as the draws so far promise, and a quarter more */
    size_t rows = (first + M) / (draw + 1) * draws->capacity, least = (first + M) * 5 / 4 + 16;
    rows = rows > 2 * least && draw < 16 ? 2 * least : rows > least ? rows + rows / 16 : least;
    hmfm_status status = hmfm_components_reserve(draws, chain, rows, error);
    if (status) return status;
  }
  const hmfm_model *model = state->model;
  const double *share = is_infinite(model) ? model->mixing->shares(state->process) : NULL;
  for (size_t m = 0; m < M; m++) {
    double *atom = to->atom + (first + m) * draws->n_atom;
    for (size_t p = 0; p < model->family->n_atom; p++) {
      atom[p] = state->atom[p * state->capacity + m];
    }
    if (share) atom[model->family->n_atom] = share[m];
    for (size_t j = 0; j < d; j++) {
      to->weight[(first + m) * d + j] = hmfm_exp(state->log_weight[j * state->capacity + m]);
    }
  }
  to->start[draw + 1] = first + M;
  return HMFM_OK;
}

static hmfm_status record(void *context, size_t chain, size_t draw, const hmfm_chain *from,
                          hmfm_error *error) {
  hmfm_draws *draws = context;
  const hmfm_state *state = from->state;
  hmfm_status status = record_variables(draws, chain, draw, state, error);
  const int kept = draw % draws->thin_units == 0;
  if (!status && kept && draws->allocations) {
    status = record_allocations(draws, chain, draw, state, error);
  }
  if (!status && draws->components) {
    status = record_components(draws, chain, draw, state, error);
  }
  if (!status && kept && draws->log_likelihood) {
    const size_t rows = hmfm_draws_kept(draws, draws->capacity), row = draw / draws->thin_units;
    float *to = draws->log_likelihood + (chain * rows + row) * draws->n_units;
    for (size_t i = 0; i < draws->n_units; i++) to[i] = (float)state->unit_log_lik[i];
  }
  if (status) return status;
#ifdef _OPENMP
#pragma omp critical(hmfm_draws_record)
#endif
  {
    draws->chain_draws[chain] = draw + 1;
    draws->n_draws = draws->chain_draws[0];
    for (size_t c = 1; c < draws->n_chains; c++) {
      if (draws->chain_draws[c] < draws->n_draws) draws->n_draws = draws->chain_draws[c];
    }
  }
  return HMFM_OK;
}

hmfm_sink hmfm_draws_sink(hmfm_draws *draws) {
  return (hmfm_sink){.context = draws, .record = record};
}
