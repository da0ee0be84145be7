/* Draws in memory: room for variables, allocations, components and log likelihoods, and their names.
 * What is recorded in them, and when, is not decided here. */
#include "draws/draws.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static hmfm_status allocate_data(hmfm_draws *draws, hmfm_error *error) {
  draws->group_name = hmfm_calloc(draws->n_groups, sizeof *draws->group_name);
  draws->unit_name = hmfm_calloc(draws->n_units, sizeof *draws->unit_name);
  draws->covariate_name = hmfm_calloc(draws->n_covariates, sizeof *draws->covariate_name);
  draws->atom_name = hmfm_calloc(draws->n_atom, sizeof *draws->atom_name);
  draws->unit_group = hmfm_calloc(draws->n_units, sizeof *draws->unit_group);
  draws->unit_size = hmfm_calloc(draws->n_units, sizeof *draws->unit_size);
  draws->y = hmfm_calloc(draws->n_rows, sizeof *draws->y);
  if (!draws->n_covariates || draws->n_rows <= SIZE_MAX / draws->n_covariates)
    draws->x = hmfm_calloc(draws->n_rows * draws->n_covariates, sizeof *draws->x);
  draws->chain_draws = hmfm_calloc(draws->n_chains, sizeof *draws->chain_draws);
  if (!draws->group_name || !draws->unit_name || !draws->covariate_name || !draws->atom_name ||
      !draws->unit_group || !draws->unit_size || !draws->y || !draws->x || !draws->chain_draws)
    return hmfm_fail_memory(error, "the data that belong to the draws");
  return HMFM_OK;
}

static hmfm_status allocate_allocations(hmfm_draws *draws, hmfm_error *error) {
  draws->allocations = hmfm_calloc(draws->n_chains, sizeof *draws->allocations);
  if (!draws->allocations) return hmfm_fail_memory(error, "allocations");
  for (size_t c = 0; c < draws->n_chains; c++) {
    draws->allocations[c].bytes = 1;
    draws->allocations[c].label =
        hmfm_calloc(hmfm_draws_kept(draws, draws->capacity), draws->n_units);
    if (!draws->allocations[c].label) return hmfm_fail_memory(error, "allocations");
  }
  return HMFM_OK;
}

static hmfm_status allocate_components(hmfm_draws *draws, hmfm_error *error) {
  draws->components = hmfm_calloc(draws->n_chains, sizeof *draws->components);
  if (!draws->components) return hmfm_fail_memory(error, "components");
  for (size_t c = 0; c < draws->n_chains; c++) {
    hmfm_components *components = &draws->components[c];
    components->start = hmfm_calloc(draws->capacity + 1, sizeof *components->start);
    components->atom = hmfm_calloc(0, sizeof *components->atom);
    components->weight = hmfm_calloc(0, sizeof *components->weight);
    if (!components->start || !components->atom || !components->weight)
      return hmfm_fail_memory(error, "components");
  }
  return HMFM_OK;
}

hmfm_status hmfm_draws_create_empty(const hmfm_draws *sizes, int allocations, int components,
                                    int log_likelihood, hmfm_draws **out, hmfm_error *error) {
  hmfm_draws *draws = hmfm_calloc(1, sizeof *draws);
  if (!draws) return hmfm_fail_memory(error, "draws");
  draws->n_chains = sizes->n_chains;
  draws->capacity = sizes->capacity;
  draws->thin_units = sizes->thin_units ? sizes->thin_units : 1;
  draws->n_rows = sizes->n_rows;
  draws->n_units = sizes->n_units;
  draws->n_groups = sizes->n_groups;
  draws->n_covariates = sizes->n_covariates;
  draws->n_atom = sizes->n_atom;

  hmfm_status status = HMFM_OK;
  size_t cells = draws->n_chains * draws->capacity; /* all draws of all chains */
  if (draws->capacity == SIZE_MAX ||
      (draws->capacity && draws->n_chains > SIZE_MAX / draws->capacity) ||
      (draws->n_units && cells > SIZE_MAX / draws->n_units)) {
    status = hmfm_fail_memory(error, "so many draws");
    goto out;
  }
  status = allocate_data(draws, error);
  if (status == HMFM_OK && allocations) status = allocate_allocations(draws, error);
  if (status == HMFM_OK && components) status = allocate_components(draws, error);
  if (status == HMFM_OK && log_likelihood) {
    const size_t rows = draws->n_chains * hmfm_draws_kept(draws, draws->capacity);
    draws->log_likelihood = hmfm_calloc(rows * draws->n_units, sizeof *draws->log_likelihood);
    if (!draws->log_likelihood) status = hmfm_fail_memory(error, "log likelihoods");
  }
  if (status == HMFM_OK) {
    *out = draws;
    draws = NULL;
  }
out:
  hmfm_draws_destroy(draws);
  return status;
}

static int shape_width(const hmfm_draws *draws, hmfm_shape shape, size_t *width) {
  size_t d = draws->n_groups, r = draws->n_covariates;
  switch (shape) {
  case HMFM_SCALAR: *width = 1; return 1;
  case HMFM_GROUP: *width = d; return 1;
  case HMFM_COVARIATE: *width = r; return 1;
  case HMFM_GROUP_COVARIATE: *width = d * r; return !r || d <= SIZE_MAX / r;
  }
  return 0;
}

hmfm_status hmfm_draws_add_variable(hmfm_draws *draws, const char *name, const char *meaning,
                                    hmfm_shape shape, int is_count, hmfm_error *error) {
  hmfm_variable added = {.shape = shape, .is_count = is_count};
  if (hmfm_draws_find(draws, name))
    return hmfm_fail(error, HMFM_EUSAGE, "there are two variables called '%s'", name);
  if (!shape_width(draws, shape, &added.width))
    return hmfm_fail(error, HMFM_EUSAGE, "variable '%s' has a shape that is not known: %d", name,
                     (int)shape);
  hmfm_variable *all =
      hmfm_realloc(draws->variable, draws->n_variables + 1, sizeof *draws->variable);
  if (!all) return hmfm_fail_memory(error, "the table of variables");
  draws->variable = all;

  size_t cells = draws->n_chains * draws->capacity;
  added.name = hmfm_strdup(name);
  added.meaning = hmfm_strdup(meaning ? meaning : "");
  if (!added.width || cells <= SIZE_MAX / added.width)
    added.value = hmfm_calloc(cells * added.width, sizeof *added.value);
  if (!added.name || !added.meaning || !added.value) {
    hmfm_free(added.name);
    hmfm_free(added.meaning);
    hmfm_free(added.value);
    return hmfm_fail(error, HMFM_EMEMORY, "not enough memory for the draws of '%s'", name);
  }
  draws->variable[draws->n_variables++] = added;
  return HMFM_OK;
}

hmfm_status hmfm_components_reserve(hmfm_draws *draws, size_t chain, size_t rows,
                                    hmfm_error *error) {
  hmfm_components *components = &draws->components[chain];
  if (rows <= components->row_space) return HMFM_OK;
  /* By half more each time, so that adding draws one by one copies each row a few times only. */
  size_t half_more = components->row_space + components->row_space / 2;
  size_t space = rows > half_more ? rows : half_more;
  size_t widest = draws->n_atom > draws->n_groups ? draws->n_atom : draws->n_groups;
  if (widest && space > SIZE_MAX / sizeof(double) / widest)
    return hmfm_fail_memory(error, "so many components");
  double *atom = hmfm_realloc(components->atom, space * draws->n_atom, sizeof *atom);
  if (atom) components->atom = atom;
  double *weight = hmfm_realloc(components->weight, space * draws->n_groups, sizeof *weight);
  if (weight) components->weight = weight;
  if (!atom || !weight) return hmfm_fail_memory(error, "components");
  components->row_space = space;
  return HMFM_OK;
}

void hmfm_draws_destroy(hmfm_draws *draws) {
  if (!draws) return;
  hmfm_free(draws->response_name);
  hmfm_free(draws->exposure_name);
  hmfm_free_strings(draws->group_name, draws->n_groups);
  hmfm_free_strings(draws->unit_name, draws->n_units);
  hmfm_free_strings(draws->covariate_name, draws->n_covariates);
  hmfm_free_strings(draws->atom_name, draws->n_atom);
  hmfm_free(draws->unit_group);
  hmfm_free(draws->unit_size);
  hmfm_free(draws->y);
  hmfm_free(draws->x);
  hmfm_free(draws->exposure);
  for (size_t v = 0; v < draws->n_variables; v++) {
    hmfm_free(draws->variable[v].name);
    hmfm_free(draws->variable[v].meaning);
    hmfm_free(draws->variable[v].value);
  }
  hmfm_free(draws->variable);
  for (size_t c = 0; draws->allocations && c < draws->n_chains; c++)
    hmfm_free(draws->allocations[c].label);
  hmfm_free(draws->allocations);
  for (size_t c = 0; draws->components && c < draws->n_chains; c++) {
    hmfm_free(draws->components[c].start);
    hmfm_free(draws->components[c].atom);
    hmfm_free(draws->components[c].weight);
  }
  hmfm_free(draws->components);
  hmfm_free(draws->log_likelihood);
  hmfm_free(draws->chain_draws);
  hmfm_free(draws);
}

const hmfm_variable *hmfm_draws_find(const hmfm_draws *draws, const char *name) {
  for (size_t v = 0; v < draws->n_variables; v++)
    if (!strcmp(draws->variable[v].name, name)) return &draws->variable[v];
  return NULL;
}

size_t hmfm_variable_label(const hmfm_draws *draws, const hmfm_variable *variable, size_t k,
                           char *text, size_t size) {
  size_t r = draws->n_covariates;
  int length = 0;
  switch (variable->shape) {
  case HMFM_SCALAR: length = snprintf(text, size, "%s", variable->name); break;
  case HMFM_GROUP:
    length = snprintf(text, size, "%s[%s]", variable->name, draws->group_name[k]);
    break;
  case HMFM_COVARIATE:
    length = snprintf(text, size, "%s[%s]", variable->name, draws->covariate_name[k]);
    break;
  case HMFM_GROUP_COVARIATE:
    length = snprintf(text, size, "%s[%s,%s]", variable->name, draws->group_name[k / r],
                      draws->covariate_name[k % r]);
    break;
  }
  return length > 0 ? (size_t)length : 0;
}
