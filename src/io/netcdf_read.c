/* Reads a file of draws: its sizes, data and the description of the fit; the draws themselves are
 * read in io/netcdf_read_draws.c. */
#include "io/netcdf_read.h"

#include <errno.h>
#include <math.h>
#include <netcdf.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

void hmfm_fit_info_destroy(hmfm_fit_info *info) {
  if (!info) return;
  hmfm_free((char *)info->configuration);
  hmfm_free((char *)info->algorithm);
  hmfm_free((char *)info->family);
  hmfm_free((char *)info->mixing);
  hmfm_free((char *)info->prior_m);
  hmfm_free((char *)info->beta);
  hmfm_free((char *)info->created_at);
  hmfm_free((char *)info->version);
  hmfm_free((unsigned long long *)info->splits);
  hmfm_free(info);
}

/* A whole number below 2^64, as text in the given base; 0 where the text is empty. */
static hmfm_status read_whole(const hmfm_netcdf_group *root, const char *name, int base,
                              uint64_t *number) {
  char *text = NULL, *end = NULL;
  hmfm_status status = hmfm_group_text(root, name, &text);
  if (status != HMFM_OK) return status;
  errno = 0;
  *number = strtoull(text, &end, base);
  if (errno || *end) status = hmfm_group_fail(root, "has no number in attribute", name);
  hmfm_free(text);
  return status;
}

/* A numeric attribute of length 1; *value stays what it is where there is none. */
static hmfm_status read_number(const hmfm_netcdf_group *root, const char *name, double *value) {
  size_t length = 0;
  int code = nc_inq_attlen(root->id, NC_GLOBAL, name, &length);
  if (code == NC_ENOTATT) return HMFM_OK;
  if (code == NC_NOERR && length != 1)
    return hmfm_group_fail(root, "has more than one value in attribute", name);
  if (code == NC_NOERR) code = nc_get_att_double(root->id, NC_GLOBAL, name, value);
  return hmfm_group_get(root, code);
}

/* Proposals in a sweep by chain; none in files that do not tell. */
static hmfm_status read_splits(const hmfm_netcdf_group *root, hmfm_fit_info *info) {
  size_t n = 0;
  int code = nc_inq_attlen(root->id, NC_GLOBAL, "splits", &n);
  if (code == NC_ENOTATT || (code == NC_NOERR && n == 0)) return HMFM_OK;
  if (code != NC_NOERR) return hmfm_group_get(root, code);
  unsigned long long *splits = hmfm_calloc(n, sizeof *splits);
  if (!splits) return hmfm_fail_memory(root->file->error, "the splits of each chain");
  code = nc_get_att_ulonglong(root->id, NC_GLOBAL, "splits", splits);
  info->splits = splits;
  info->n_splits = n;
  return hmfm_group_get(root, code);
}

static hmfm_status read_info(const hmfm_netcdf_group *root, hmfm_fit_info **out) {
  hmfm_fit_info *info = hmfm_calloc(1, sizeof *info);
  if (!info) return hmfm_fail_memory(root->file->error, "the description of a fit");
  const struct {
    const char *name, **text;
  } texts[] = {
      {"configuration", &info->configuration},
      {"algorithm", &info->algorithm},
      {"family", &info->family},
      {"mixing", &info->mixing},
      {"prior_m", &info->prior_m},
      {"beta", &info->beta},
      {"created_at", &info->created_at},
      {"hmfm_version", &info->version},
  };
  double warmup = 0, thin = 0;
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; k < sizeof texts / sizeof *texts && status == HMFM_OK; k++) {
    char *text = NULL;
    status = hmfm_group_text(root, texts[k].name, &text);
    *texts[k].text = text;
  }
  if (status == HMFM_OK) status = read_whole(root, "seed", 10, &info->seed);
  if (status == HMFM_OK) status = read_whole(root, "run", 16, &info->run);
  if (status == HMFM_OK) status = read_number(root, "warmup", &warmup);
  if (status == HMFM_OK) status = read_number(root, "thin", &thin);
  if (status == HMFM_OK) status = read_number(root, "seconds", &info->seconds);
  if (status == HMFM_OK) status = read_splits(root, info);
  info->warmup = warmup >= 0 && warmup < 1e18 ? (size_t)warmup : 0;
  info->thin = thin >= 0 && thin < 1e18 ? (size_t)thin : 0;
  if (status == HMFM_OK)
    *out = info;
  else
    hmfm_fit_info_destroy(info);
  return status;
}

/* Of which draws allocations and log likelihoods are. */
static hmfm_status read_thin_units(const hmfm_netcdf_group *root, hmfm_draws *sizes) {
  double thin = 1;
  hmfm_status status = read_number(root, "thin_units", &thin);
  if (status == HMFM_OK && !(thin >= 1 && thin < 1e18 && thin == floor(thin)))
    status = hmfm_group_fail(root, "has no number of draws in attribute", "thin_units");
  if (status == HMFM_OK) sizes->thin_units = (size_t)thin;
  return status;
}

/* Sizes of everything, each from the group it belongs to. */
static hmfm_status read_sizes(hmfm_contents *contents, hmfm_draws *sizes) {
  const hmfm_netcdf_file *file = &contents->file;
  hmfm_netcdf_group *posterior = &contents->posterior;
  hmfm_status status = hmfm_group_find(file, "posterior", 1, NULL, posterior);
  if (status == HMFM_OK)
    status = hmfm_group_find(file, "observed_data", 1, NULL, &contents->observed);
  if (status == HMFM_OK)
    status = hmfm_group_find(file, "constant_data", 1, NULL, &contents->constant);
  if (status == HMFM_OK) status = hmfm_group_length(posterior, "chain", &sizes->n_chains);
  if (status == HMFM_OK) status = hmfm_group_length(posterior, "draw", &sizes->capacity);
  if (status == HMFM_OK) status = read_thin_units(&contents->root, sizes);
  if (status == HMFM_OK) status = hmfm_group_length(&contents->observed, "row", &sizes->n_rows);
  if (status == HMFM_OK) status = hmfm_group_length(&contents->constant, "unit", &sizes->n_units);
  if (status == HMFM_OK) status = hmfm_group_length(&contents->constant, "group", &sizes->n_groups);
  if (status != HMFM_OK) return status;
  sizes->n_covariates = hmfm_group_length_or_0(&contents->constant, "covariate");

  int code = nc_inq_attlen(file->id, NC_GLOBAL, "atoms", &sizes->n_atom);
  if (code == NC_ENOTATT)
    sizes->n_atom = 0;
  else
    status = hmfm_group_get(&contents->root, code);
  if (status == HMFM_OK && (!sizes->n_chains || !sizes->capacity || !sizes->n_units))
    status =
        hmfm_fail(file->error, HMFM_EIO, "cannot read '%s': there are no draws in it", file->path);
  return status;
}

static hmfm_status read_atom_names(const hmfm_contents *contents, hmfm_draws *draws) {
  const hmfm_netcdf_group *root = &contents->root;
  nc_type type = NC_NAT;
  if (!draws->n_atom) return HMFM_OK;
  hmfm_status status = hmfm_group_get(root, nc_inq_atttype(root->id, NC_GLOBAL, "atoms", &type));
  if (status == HMFM_OK && type != NC_STRING)
    status = hmfm_group_fail(root, "has no text in attribute", "atoms");
  if (status != HMFM_OK) return status;
  char **text = hmfm_calloc(draws->n_atom, sizeof *text);
  if (!text) return hmfm_fail_memory(root->file->error, "names");
  status = hmfm_group_get(root, nc_get_att_string(root->id, NC_GLOBAL, "atoms", text));
  for (size_t a = 0; a < draws->n_atom && status == HMFM_OK; a++) {
    draws->atom_name[a] = hmfm_strdup(text[a] ? text[a] : "");
    if (!draws->atom_name[a]) status = hmfm_fail_memory(root->file->error, "names");
  }
  nc_free_string(draws->n_atom, text);
  hmfm_free(text);
  return status;
}

/* Groups and sizes of the units; each unit's group must be one there is, and the sizes must add up
 * to the number of rows. */
static hmfm_status read_units(const hmfm_contents *contents, hmfm_draws *draws) {
  const hmfm_netcdf_group *constant = &contents->constant;
  size_t n = draws->n_units, rows_left = draws->n_rows;
  int id;
  hmfm_status status = hmfm_group_variable(constant, "unit_group", 1, &n, &id);
  if (status == HMFM_OK)
    status = hmfm_group_get(constant, nc_get_var_uint(constant->id, id, draws->unit_group));
  if (status == HMFM_OK) status = hmfm_group_variable(constant, "unit_size", 1, &n, &id);
  if (status != HMFM_OK) return status;
  unsigned long long *size = hmfm_calloc(n, sizeof *size);
  if (!size) return hmfm_fail_memory(constant->file->error, "the data that belong to the draws");
  status = hmfm_group_get(constant, nc_get_var_ulonglong(constant->id, id, size));
  for (size_t i = 0; i < n && status == HMFM_OK; i++) {
    if (draws->unit_group[i] >= draws->n_groups)
      status =
          hmfm_group_fail(constant, "has numbers of groups that are not there in", "unit_group");
    else if (size[i] > rows_left)
      status = hmfm_group_fail(constant, "counts more rows than there are in", "unit_size");
    else
      rows_left -= draws->unit_size[i] = (size_t)size[i];
  }
  if (status == HMFM_OK && rows_left)
    status = hmfm_group_fail(constant, "counts fewer rows than there are in", "unit_size");
  hmfm_free(size);
  return status;
}

/* The root names the column of the exposure where there is one. */
static hmfm_status read_exposure(const hmfm_contents *contents, hmfm_draws *draws) {
  const hmfm_netcdf_group *constant = &contents->constant;
  char *name = NULL;
  int id;
  hmfm_status status = hmfm_group_text(&contents->root, "exposure", &name);
  if (status != HMFM_OK || !*name) {
    hmfm_free(name);
    return status;
  }
  draws->exposure_name = name;
  status = hmfm_group_variable(constant, "exposure", 1, &draws->n_rows, &id);
  if (status != HMFM_OK) return status;
  draws->exposure = hmfm_calloc(draws->n_rows, sizeof *draws->exposure);
  if (!draws->exposure)
    return hmfm_fail_memory(constant->file->error, "the data that belong to the draws");
  return hmfm_group_get(constant, nc_get_var_double(constant->id, id, draws->exposure));
}

static hmfm_status read_data(const hmfm_contents *contents, hmfm_draws *draws) {
  const hmfm_netcdf_group *constant = &contents->constant, *observed = &contents->observed;
  size_t sizes[2] = {draws->n_rows, draws->n_covariates};
  int id;
  hmfm_status status = hmfm_group_text(&contents->root, "response", &draws->response_name);
  if (status == HMFM_OK) status = read_atom_names(contents, draws);
  if (status == HMFM_OK)
    status = hmfm_group_strings(constant, "group", draws->n_groups, draws->group_name);
  if (status == HMFM_OK)
    status = hmfm_group_strings(constant, "unit_name", draws->n_units, draws->unit_name);
  if (status == HMFM_OK) status = read_units(contents, draws);
  if (status == HMFM_OK) status = hmfm_group_variable(observed, "y", 1, sizes, &id);
  if (status == HMFM_OK)
    status = hmfm_group_get(observed, nc_get_var_double(observed->id, id, draws->y));
  if (status == HMFM_OK) status = read_exposure(contents, draws);
  if (status != HMFM_OK || !draws->n_covariates) return status;

  status = hmfm_group_strings(constant, "covariate", draws->n_covariates, draws->covariate_name);
  if (status == HMFM_OK) status = hmfm_group_variable(constant, "x", 2, sizes, &id);
  if (status == HMFM_OK)
    status = hmfm_group_get(constant, nc_get_var_double(constant->id, id, draws->x));
  return status;
}

static hmfm_status read_all(hmfm_contents *contents, unsigned parts, hmfm_draws **out) {
  hmfm_draws sizes = {0}, *draws = NULL;
  hmfm_status status = read_sizes(contents, &sizes);
  int allocations = 0, components = 0, log_likelihood = 0;
  if (status == HMFM_OK && (parts & HMFM_PART_ALLOCATIONS))
    allocations = hmfm_group_has(&contents->posterior, "allocation");
  if (status == HMFM_OK && (parts & HMFM_PART_COMPONENTS))
    status = hmfm_group_find(&contents->file, "components", 0, &components, &contents->components);
  if (status == HMFM_OK && (parts & HMFM_PART_LOG_LIKELIHOOD))
    status = hmfm_group_find(&contents->file, "log_likelihood", 0, &log_likelihood,
                             &contents->log_likelihood);
  if (status == HMFM_OK)
    status = hmfm_draws_create_empty(&sizes, allocations, components, log_likelihood, &draws,
                                     contents->file.error);
  if (status == HMFM_OK) {
    draws->n_draws = draws->capacity;
    for (size_t c = 0; c < draws->n_chains; c++) draws->chain_draws[c] = draws->n_draws;
    status = read_data(contents, draws);
  }
  if (status == HMFM_OK) status = hmfm_read_draws(contents, draws);
  if (status == HMFM_OK)
    *out = draws;
  else
    hmfm_draws_destroy(draws);
  return status;
}

hmfm_status hmfm_netcdf_read(const char *path, unsigned parts, hmfm_draws **draws,
                             hmfm_fit_info **info, hmfm_error *error) {
  hmfm_contents contents = {0};
  hmfm_draws *all = NULL;
  hmfm_status status = hmfm_netcdf_open(path, &contents.file, error);
  if (status != HMFM_OK) return status;
  contents.root = (hmfm_netcdf_group){&contents.file, contents.file.id, "/"};
  if (draws) status = read_all(&contents, parts, &all);
  if (status == HMFM_OK && info) status = read_info(&contents.root, info);
  nc_close(contents.file.id);
  if (status == HMFM_OK && draws)
    *draws = all;
  else
    hmfm_draws_destroy(all);
  return status;
}
