/* Reads the draws of a file: variables, allocations, log likelihoods and components. */
#include "io/netcdf_read.h"

#include <netcdf.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* Finds the shape of a variable from the names of its dimensions. A variable of other dimensions is
 * none of ours, and is passed over: *is_ours = 0. */
static hmfm_status find_shape(const hmfm_netcdf_group *group, int id, hmfm_shape *shape,
                              int *is_ours) {
  static const struct {
    hmfm_shape shape;
    int n_dims;
    const char *dims[2];
  } shapes[] = {
      {HMFM_SCALAR, 2, {NULL, NULL}},
      {HMFM_GROUP, 3, {"group", NULL}},
      {HMFM_COVARIATE, 3, {"covariate", NULL}},
      {HMFM_GROUP_COVARIATE, 4, {"group", "covariate"}},
  };
  int n = 0, dims[NC_MAX_VAR_DIMS];
  char name[4][NC_MAX_NAME + 1] = {"", "", "", ""};
  *is_ours = 0;
  hmfm_status status = hmfm_group_get(group, nc_inq_varndims(group->id, id, &n));
  if (status != HMFM_OK || n < 2 || n > 4) return status;
  status = hmfm_group_get(group, nc_inq_vardimid(group->id, id, dims));
  for (int k = 0; k < n && status == HMFM_OK; k++)
    status = hmfm_group_get(group, nc_inq_dimname(group->id, dims[k], name[k]));
  if (status != HMFM_OK || strcmp(name[0], "chain") || strcmp(name[1], "draw")) return status;
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes && !*is_ours; s++) {
    *is_ours = shapes[s].n_dims == n;
    for (int k = 2; k < n && *is_ours; k++) *is_ours = !strcmp(name[k], shapes[s].dims[k - 2]);
    if (*is_ours) *shape = shapes[s].shape;
  }
  return status;
}

static hmfm_status read_meaning(const hmfm_netcdf_group *group, int id, char **meaning) {
  nc_type type = NC_NAT;
  size_t length = 0;
  int code = nc_inq_att(group->id, id, "long_name", &type, &length);
  if (code != NC_NOERR || type != NC_CHAR) length = 0;
  *meaning = hmfm_calloc(length + 1, 1);
  if (!*meaning) return hmfm_fail_memory(group->file->error, "reading draws");
  return length ? hmfm_group_get(group, nc_get_att_text(group->id, id, "long_name", *meaning))
                : HMFM_OK;
}

static hmfm_status read_variable(const hmfm_netcdf_group *group, int id, hmfm_draws *draws) {
  char name[NC_MAX_NAME + 1] = "", *meaning = NULL;
  nc_type type = NC_NAT;
  hmfm_shape shape = HMFM_SCALAR;
  int is_ours = 0;
  hmfm_status status = find_shape(group, id, &shape, &is_ours);
  if (status == HMFM_OK)
    status = hmfm_group_get(group, nc_inq_var(group->id, id, name, &type, NULL, NULL, NULL));
  if (status != HMFM_OK || !is_ours || type == NC_CHAR || type >= NC_STRING) return status;
  if (!strcmp(name, "allocation")) return HMFM_OK; /* never a variable, whatever its dimensions */

  int is_count = type != NC_DOUBLE && type != NC_FLOAT;
  size_t sizes[4] = {draws->n_chains, draws->n_draws, draws->n_groups, draws->n_covariates};
  if (shape == HMFM_COVARIATE) sizes[2] = draws->n_covariates;
  int n_dims = shape == HMFM_SCALAR ? 2 : shape == HMFM_GROUP_COVARIATE ? 4 : 3;
  status = hmfm_group_variable(group, name, n_dims, sizes, &id);
  if (status == HMFM_OK) status = read_meaning(group, id, &meaning);
  if (status == HMFM_OK)
    status = hmfm_draws_add_variable(draws, name, meaning, shape, is_count, group->file->error);
  hmfm_free(meaning);
  if (status != HMFM_OK) return status;
  return hmfm_group_get(
      group, nc_get_var_double(group->id, id, draws->variable[draws->n_variables - 1].value));
}

static hmfm_status read_variables(const hmfm_netcdf_group *group, hmfm_draws *draws) {
  int n = 0;
  hmfm_status status = hmfm_group_get(group, nc_inq_nvars(group->id, &n));
  for (int id = 0; id < n && status == HMFM_OK; id++) status = read_variable(group, id, draws);
  return status;
}

static hmfm_status read_allocations(const hmfm_netcdf_group *group, hmfm_draws *draws) {
  const size_t kept = hmfm_draws_kept(draws, draws->n_draws);
  size_t sizes[3] = {draws->n_chains, kept, draws->n_units};
  nc_type type = NC_NAT;
  int id;
  hmfm_status status = hmfm_group_variable(group, "allocation", 3, sizes, &id);
  if (status == HMFM_OK) status = hmfm_group_get(group, nc_inq_vartype(group->id, id, &type));
  size_t max_label = type == NC_UBYTE ? 0 : type == NC_USHORT ? UINT8_MAX : UINT16_MAX;
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    size_t start[3] = {c, 0, 0}, count[3] = {1, kept, draws->n_units};
    status = hmfm_allocations_widen(draws, c, max_label, group->file->error);
    if (status != HMFM_OK) break;
    void *label = draws->allocations[c].label;
    int code;
    switch (draws->allocations[c].bytes) {
    case 1: code = nc_get_vara_uchar(group->id, id, start, count, label); break;
    case 2: code = nc_get_vara_ushort(group->id, id, start, count, label); break;
    default: code = nc_get_vara_uint(group->id, id, start, count, label); break;
    }
    status = hmfm_group_get(group, code);
  }
  return status;
}

static hmfm_status read_log_likelihood(const hmfm_netcdf_group *group, hmfm_draws *draws) {
  size_t sizes[3] = {draws->n_chains, hmfm_draws_kept(draws, draws->n_draws), draws->n_units};
  int id;
  hmfm_status status = hmfm_group_variable(group, "y", 3, sizes, &id);
  if (status == HMFM_OK)
    status = hmfm_group_get(group, nc_get_var_float(group->id, id, draws->log_likelihood));
  return status;
}

/* Where the rows of each draw start, chain by chain, from row_size; n_rows becomes their number. */
static hmfm_status read_starts(const hmfm_netcdf_group *group, hmfm_draws *draws, size_t *n_rows) {
  size_t sizes[2] = {draws->n_chains, draws->n_draws}, space, left;
  int id;
  left = space = hmfm_group_length_or_0(group, "row");
  hmfm_status status = hmfm_group_variable(group, "row_size", 2, sizes, &id);
  if (status != HMFM_OK) return status;
  unsigned long long *size = hmfm_calloc(draws->n_draws, sizeof *size);
  if (!size) return hmfm_fail_memory(group->file->error, "components");
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    size_t first[2] = {c, 0}, count[2] = {1, draws->n_draws}, *start = draws->components[c].start;
    status = hmfm_group_get(group, nc_get_vara_ulonglong(group->id, id, first, count, size));
    for (size_t t = 0; t < draws->n_draws && status == HMFM_OK; t++) {
      if (size[t] > left)
        status = hmfm_group_fail(group, "counts more rows than there are in", "row_size");
      else
        left -= (size_t)size[t];
      start[t + 1] = start[t] + (size_t)size[t];
    }
  }
  if (status == HMFM_OK && left)
    status = hmfm_group_fail(group, "counts fewer rows than there are in", "row_size");
  hmfm_free(size);
  *n_rows = space;
  return status;
}

/* Rows of one chain, which start at row `first` of the file. */
static hmfm_status read_rows(const hmfm_netcdf_group *group, hmfm_draws *draws, size_t chain,
                             size_t first, const int *atom_id, int weight_id) {
  hmfm_components *components = &draws->components[chain];
  size_t n = components->start[draws->n_draws];
  size_t start[2] = {first, 0}, count[2] = {n, draws->n_groups};
  hmfm_status status = hmfm_components_reserve(draws, chain, n, group->file->error);
  if (status == HMFM_OK)
    status = hmfm_group_get(
        group, nc_get_vara_double(group->id, weight_id, start, count, components->weight));
  double *value = hmfm_calloc(n, sizeof *value);
  if (!value && status == HMFM_OK) status = hmfm_fail_memory(group->file->error, "components");
  for (size_t a = 0; a < draws->n_atom && status == HMFM_OK; a++) {
    status = hmfm_group_get(group, nc_get_vara_double(group->id, atom_id[a], start, count, value));
    for (size_t m = 0; m < n; m++) components->atom[m * draws->n_atom + a] = value[m];
  }
  hmfm_free(value);
  return status;
}

static hmfm_status read_components(const hmfm_netcdf_group *group, hmfm_draws *draws) {
  size_t n_rows = 0, first = 0;
  int weight_id = 0;
  hmfm_status status = read_starts(group, draws, &n_rows);
  if (status != HMFM_OK || !n_rows) return status;
  size_t sizes[2] = {n_rows, draws->n_groups};
  int *atom_id = hmfm_calloc(draws->n_atom, sizeof *atom_id);
  if (!atom_id) return hmfm_fail_memory(group->file->error, "components");
  for (size_t a = 0; a < draws->n_atom && status == HMFM_OK; a++)
    status = hmfm_group_variable(group, draws->atom_name[a], 1, sizes, &atom_id[a]);
  if (status == HMFM_OK) status = hmfm_group_variable(group, "weight", 2, sizes, &weight_id);
  for (size_t c = 0; c < draws->n_chains && status == HMFM_OK; c++) {
    status = read_rows(group, draws, c, first, atom_id, weight_id);
    first += draws->components[c].start[draws->n_draws];
  }
  hmfm_free(atom_id);
  return status;
}

hmfm_status hmfm_read_draws(const hmfm_contents *contents, hmfm_draws *draws) {
  hmfm_netcdf_group stats;
  int has_stats = 0;
  hmfm_status status = read_variables(&contents->posterior, draws);
  if (status == HMFM_OK)
    status = hmfm_group_find(&contents->file, "sample_stats", 0, &has_stats, &stats);
  if (status == HMFM_OK && has_stats) status = read_variables(&stats, draws);
  if (status == HMFM_OK && draws->allocations)
    status = read_allocations(&contents->posterior, draws);
  if (status == HMFM_OK && draws->log_likelihood)
    status = read_log_likelihood(&contents->log_likelihood, draws);
  if (status == HMFM_OK && draws->components)
    status = read_components(&contents->components, draws);
  return status;
}
