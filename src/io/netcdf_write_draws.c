/* The groups of a file that hold draws: posterior, sample_stats, log_likelihood, components. */
#include "io/netcdf_part.h"

#include <netcdf.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* Dimensions of a group, by what they count. */
typedef struct axes {
  int chain, draw, unit, group, covariate;
} axes;

/* Opens a group for every step-th draw. */
static hmfm_status open_with_some(const hmfm_part *root, const char *name, size_t step,
                                  hmfm_part *part, axes *axis) {
  const size_t n = (root->draws->n_draws + step - 1) / step;
  hmfm_status status = hmfm_part_open(root, name, part);
  if (status == HMFM_OK)
    status =
        hmfm_part_count_axis(part, "chain", "chain, from 0", root->draws->n_chains, &axis->chain);
  if (status == HMFM_OK)
    status = hmfm_part_step_axis(part, "draw", "saved draw, from 0", n, step, &axis->draw);
  return status;
}

static hmfm_status open_with_draws(const hmfm_part *root, const char *name, hmfm_part *part,
                                   axes *axis) {
  return open_with_some(root, name, 1, part, axis);
}

/* The dimension of draws that have allocations, beside that of all draws in one group. */
static hmfm_status kept_axis(const hmfm_part *part, const axes *axis, int *dim) {
  const hmfm_draws *draws = part->draws;
  *dim = axis->draw;
  if (draws->thin_units == 1) return HMFM_OK;
  return hmfm_part_step_axis(part, "allocation_draw", "saved draw that has allocations, from 0",
                             hmfm_draws_kept(draws, draws->n_draws), draws->thin_units, dim);
}

static hmfm_status unit_axis(const hmfm_part *part, axes *axis) {
  return hmfm_part_name_axis(part, "unit", "unit, as group/unit", part->unit_label,
                             part->draws->n_units, &axis->unit);
}

static hmfm_status put_variable(const hmfm_part *part, const axes *axis,
                                const hmfm_variable *variable) {
  const hmfm_draws *draws = part->draws;
  size_t start[4] = {0}, count[4] = {1, draws->n_draws, draws->n_groups, draws->n_covariates};
  int dims[4] = {axis->chain, axis->draw, axis->group, axis->covariate}, n_dims = 2, id;
  switch (variable->shape) {
  case HMFM_SCALAR: break;
  case HMFM_GROUP: n_dims = 3; break;
  case HMFM_COVARIATE:
    n_dims = 3;
    dims[2] = axis->covariate;
    count[2] = draws->n_covariates;
    break;
  case HMFM_GROUP_COVARIATE: n_dims = 4; break;
  }
  hmfm_status status = hmfm_part_variable(part, variable->name, variable->meaning,
                                          variable->is_count ? NC_INT : NC_DOUBLE, n_dims, dims,
                                          variable->is_count ? HMFM_TALL : HMFM_PLAIN, &id);
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    start[0] = c;
    status = hmfm_part_put(
        part, nc_put_vara_double(part->group, id, start, count,
                                 variable->value + c * draws->capacity * variable->width));
  }
  return status;
}

static hmfm_status put_allocations(const hmfm_part *part, const axes *axis) {
  const hmfm_draws *draws = part->draws;
  size_t start[3] = {0}, count[3] = {1, hmfm_draws_kept(draws, draws->n_draws), draws->n_units};
  int dims[3] = {axis->chain, axis->draw, axis->unit}, bytes = 1, id;
  for (size_t c = 0; c < draws->n_chains; c++)
    if (draws->allocations[c].bytes > bytes) bytes = draws->allocations[c].bytes;
  int type = bytes == 1 ? NC_UBYTE : bytes == 2 ? NC_USHORT : NC_UINT;
  hmfm_status status = kept_axis(part, axis, &dims[1]);
  if (status == HMFM_OK)
    status = hmfm_part_variable(part, "allocation",
                                "component the unit is allocated to, from 0 by first appearance",
                                type, 3, dims, HMFM_TALL, &id);
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    const void *label = draws->allocations[c].label;
    int code;
    start[0] = c;
    switch (draws->allocations[c].bytes) { /* libnetcdf widens where other chains need more */
    case 1: code = nc_put_vara_uchar(part->group, id, start, count, label); break;
    case 2: code = nc_put_vara_ushort(part->group, id, start, count, label); break;
    default: code = nc_put_vara_uint(part->group, id, start, count, label); break;
    }
    status = hmfm_part_put(part, code);
  }
  return status;
}

/* The log likelihood given allocations says how the sampler does, not what the posterior is. */
static int is_sample_stat(const hmfm_variable *variable) {
  return !strcmp(variable->name, "log_lik") && variable->shape == HMFM_SCALAR;
}

hmfm_status hmfm_put_posterior(const hmfm_part *root) {
  const hmfm_draws *draws = root->draws;
  hmfm_part part;
  axes axis = {0};
  hmfm_status status = open_with_draws(root, "posterior", &part, &axis);
  if (status == HMFM_OK)
    status = hmfm_part_put(&part, nc_put_att_double(part.group, NC_GLOBAL, "sampling_time",
                                                    NC_DOUBLE, 1, &root->info->seconds));
  if (status == HMFM_OK)
    status = hmfm_part_name_axis(&part, "group", "group", draws->group_name, draws->n_groups,
                                 &axis.group);
  if (status == HMFM_OK && draws->n_covariates)
    status = hmfm_part_name_axis(&part, "covariate", "covariate", draws->covariate_name,
                                 draws->n_covariates, &axis.covariate);
  if (status == HMFM_OK && draws->allocations) status = unit_axis(&part, &axis);
  for (size_t v = 0; v < draws->n_variables && status == HMFM_OK; v++)
    if (!is_sample_stat(&draws->variable[v]) && draws->variable[v].width)
      status = put_variable(&part, &axis, &draws->variable[v]);
  if (status == HMFM_OK && draws->allocations) status = put_allocations(&part, &axis);
  return status;
}

hmfm_status hmfm_put_sample_stats(const hmfm_part *root) {
  const hmfm_variable *log_lik = hmfm_draws_find(root->draws, "log_lik");
  hmfm_part part;
  axes axis = {0};
  if (!log_lik || !is_sample_stat(log_lik)) return HMFM_OK;
  hmfm_status status = open_with_draws(root, "sample_stats", &part, &axis);
  if (status == HMFM_OK) status = put_variable(&part, &axis, log_lik);
  return status;
}

hmfm_status hmfm_put_log_likelihood(const hmfm_part *root) {
  const hmfm_draws *draws = root->draws;
  hmfm_part part;
  axes axis = {0};
  int id;
  if (!draws->log_likelihood) return HMFM_OK;
  const size_t kept = hmfm_draws_kept(draws, draws->n_draws);
  const size_t space = hmfm_draws_kept(draws, draws->capacity);
  hmfm_status status = open_with_some(root, "log_likelihood", draws->thin_units, &part, &axis);
  if (status == HMFM_OK) status = unit_axis(&part, &axis);
  int dims[3] = {axis.chain, axis.draw, axis.unit};
  if (status == HMFM_OK)
    status = hmfm_part_variable(&part, "y",
                                "log likelihood of the unit's observations, allocation summed out",
                                NC_FLOAT, 3, dims, HMFM_TALL, &id);
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    size_t start[3] = {c, 0, 0}, count[3] = {1, kept, draws->n_units};
    status =
        hmfm_part_put(&part, nc_put_vara_float(part.group, id, start, count,
                                               draws->log_likelihood + c * space * draws->n_units));
  }
  return status;
}

/* The columns that say of every row which chain, draw and component it is. */
static hmfm_status put_row_places(const hmfm_part *part, int row, size_t n_rows) {
  static const char *const name[3] = {"chain_of_row", "draw_of_row", "component_of_row"};
  static const char *const meaning[3] = {"chain of the row, from 0", "draw of the row, from 0",
                                         "component, from 0: occupied ones first, as labelled"};
  const hmfm_draws *draws = part->draws;
  hmfm_status status = HMFM_OK;
  unsigned *value = hmfm_calloc(n_rows, sizeof *value);
  if (!value) return hmfm_fail_memory(part->error, "writing draws");
  for (int which = 0; which < 3 && status == HMFM_OK; which++) {
    size_t at = 0;
    int id;
    for (size_t c = 0; c < draws->n_chains; c++)
      for (size_t t = 0; t < draws->n_draws; t++) {
        const size_t *start = draws->components[c].start + t;
        for (size_t m = 0; m < start[1] - start[0]; m++)
          value[at++] = (unsigned)(which == 0 ? c : which == 1 ? t : m);
      }
    status =
        hmfm_part_variable(part, name[which], meaning[which], NC_INT, 1, &row, HMFM_PACKED, &id);
    if (status == HMFM_OK) status = hmfm_part_put(part, nc_put_var_uint(part->group, id, value));
  }
  hmfm_free(value);
  return status;
}

static hmfm_status put_row_sizes(const hmfm_part *part, const axes *axis) {
  const hmfm_draws *draws = part->draws;
  int dims[2] = {axis->chain, axis->draw}, id;
  hmfm_status status = hmfm_part_variable(part, "row_size", "components of the draw", NC_INT, 2,
                                          dims, HMFM_TALL, &id);
  if (status == HMFM_OK) status = hmfm_part_text(part, id, "sample_dimension", "row");
  if (status != HMFM_OK) return status;
  unsigned long long *size = hmfm_calloc(draws->n_draws, sizeof *size);
  if (!size) return hmfm_fail_memory(part->error, "writing draws");
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    size_t start[2] = {c, 0}, count[2] = {1, draws->n_draws};
    const size_t *first = draws->components[c].start;
    for (size_t t = 0; t < draws->n_draws; t++) size[t] = first[t + 1] - first[t];
    status = hmfm_part_put(part, nc_put_vara_ulonglong(part->group, id, start, count, size));
  }
  hmfm_free(size);
  return status;
}

static hmfm_status put_atoms(const hmfm_part *part, int row, size_t n_rows) {
  const hmfm_draws *draws = part->draws;
  hmfm_status status = HMFM_OK;
  double *value = hmfm_calloc(n_rows, sizeof *value);
  if (!value) return hmfm_fail_memory(part->error, "writing draws");
  for (size_t a = 0; a < draws->n_atom && status == HMFM_OK; a++) {
    size_t at = 0;
    int id;
    for (size_t c = 0; c < draws->n_chains; c++) {
      const hmfm_components *components = &draws->components[c];
      for (size_t m = 0; m < components->start[draws->n_draws]; m++)
        value[at++] = components->atom[m * draws->n_atom + a];
    }
    const char *name = draws->atom_name[a];
    const char *meaning = strcmp(name, "share") == 0
                              ? "weight of the component in the law that groups have in common"
                              : "of the component's atom";
    status = hmfm_part_variable(part, name, meaning, NC_DOUBLE, 1, &row, HMFM_PLAIN, &id);
    if (status == HMFM_OK) status = hmfm_part_put(part, nc_put_var_double(part->group, id, value));
  }
  hmfm_free(value);
  return status;
}

static hmfm_status put_weights(const hmfm_part *part, int row, const axes *axis) {
  const hmfm_draws *draws = part->draws;
  int dims[2] = {row, axis->group}, id;
  hmfm_status status = hmfm_part_variable(part, "weight", "weight of the component in each group",
                                          NC_DOUBLE, 2, dims, HMFM_PLAIN, &id);
  size_t start[2] = {0, 0}, count[2] = {0, draws->n_groups};
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    count[0] = draws->components[c].start[draws->n_draws];
    status = hmfm_part_put(
        part, nc_put_vara_double(part->group, id, start, count, draws->components[c].weight));
    start[0] += count[0];
  }
  return status;
}

hmfm_status hmfm_put_components(const hmfm_part *root) {
  const hmfm_draws *draws = root->draws;
  hmfm_part part;
  axes axis = {0};
  size_t n_rows = 0;
  int row;
  if (!draws->components) return HMFM_OK;
  for (size_t c = 0; c < draws->n_chains; c++) n_rows += draws->components[c].start[draws->n_draws];
  hmfm_status status = open_with_draws(root, "components", &part, &axis);
  if (status == HMFM_OK)
    status = hmfm_part_name_axis(&part, "group", "group", draws->group_name, draws->n_groups,
                                 &axis.group);
  if (status == HMFM_OK) status = put_row_sizes(&part, &axis);
  if (status != HMFM_OK || !n_rows) return status; /* no draw has a component */
  status = hmfm_part_count_axis(&part, "row", "component of a draw, chain by chain", n_rows, &row);
  if (status == HMFM_OK) status = put_row_places(&part, row, n_rows);
  if (status == HMFM_OK) status = put_atoms(&part, row, n_rows);
  if (status == HMFM_OK) status = put_weights(&part, row, &axis);
  return status;
}
