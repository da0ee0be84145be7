/* Writes draws to a NetCDF-4 file in the layout that io/netcdf.h describes. */
#include "io/netcdf_part.h"

#include <errno.h>
#include <netcdf.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/netcdf_get.h"
#include "io/output.h"

static hmfm_status put_number(const hmfm_part *part, const char *name, size_t number) {
  long long value = (long long)number;
  return hmfm_part_put(part,
                       nc_put_att_longlong(part->group, NC_GLOBAL, name, NC_INT64, 1, &value));
}

/* "group/unit" for every unit; NULL when out of memory. */
static char **unit_labels(const hmfm_draws *draws) {
  char **label = hmfm_calloc(draws->n_units, sizeof *label);
  for (size_t i = 0; label && i < draws->n_units; i++) {
    const char *group = draws->group_name[draws->unit_group[i]], *unit = draws->unit_name[i];
    if (!group) group = "";
    if (!unit) unit = "";
    size_t before = strlen(group), after = strlen(unit);
    label[i] = hmfm_calloc(before + after + 2, 1);
    if (!label[i]) {
      hmfm_free_strings(label, draws->n_units);
      return NULL;
    }
    memcpy(label[i], group, before);
    label[i][before] = '/';
    memcpy(label[i] + before + 1, unit, after + 1);
  }
  return label;
}

static hmfm_status put_observed(const hmfm_part *root) {
  const hmfm_draws *draws = root->draws;
  hmfm_part part;
  int row, y, unit_of_row;
  unsigned *unit = NULL;
  hmfm_status status = hmfm_part_open(root, "observed_data", &part);
  if (status == HMFM_OK)
    status = hmfm_part_count_axis(&part, "row", "observation, in the order of units", draws->n_rows,
                                  &row);
  if (status == HMFM_OK)
    status = hmfm_part_variable(&part, "y", "response", NC_DOUBLE, 1, &row, HMFM_PLAIN, &y);
  if (status == HMFM_OK) status = hmfm_part_text(&part, y, "column", draws->response_name);
  if (status == HMFM_OK) status = hmfm_part_put(&part, nc_put_var_double(part.group, y, draws->y));
  if (status == HMFM_OK)
    status = hmfm_part_variable(&part, "unit_of_row", "unit of the observation, from 0", NC_INT, 1,
                                &row, HMFM_PACKED, &unit_of_row);
  if (status != HMFM_OK) return status;

  unit = hmfm_calloc(draws->n_rows, sizeof *unit);
  if (!unit) return hmfm_fail_memory(part.error, "writing draws");
  for (size_t i = 0, h = 0; i < draws->n_units; i++)
    for (size_t k = 0; k < draws->unit_size[i] && h < draws->n_rows; k++) unit[h++] = (unsigned)i;
  status = hmfm_part_put(&part, nc_put_var_uint(part.group, unit_of_row, unit));
  hmfm_free(unit);
  return status;
}

static hmfm_status put_covariates(const hmfm_part *part, int row) {
  const hmfm_draws *draws = part->draws;
  int dims[2] = {row}, x;
  hmfm_status status = hmfm_part_name_axis(part, "covariate", "covariate", draws->covariate_name,
                                           draws->n_covariates, &dims[1]);
  if (status == HMFM_OK)
    status = hmfm_part_variable(part, "x", "covariates", NC_DOUBLE, 2, dims, HMFM_PLAIN, &x);
  if (status == HMFM_OK) status = hmfm_part_put(part, nc_put_var_double(part->group, x, draws->x));
  return status;
}

static hmfm_status put_exposure(const hmfm_part *part, int row) {
  const hmfm_draws *draws = part->draws;
  int id;
  hmfm_status status =
      hmfm_part_variable(part, "exposure", "exposure", NC_DOUBLE, 1, &row, HMFM_PLAIN, &id);
  if (status == HMFM_OK) status = hmfm_part_text(part, id, "column", draws->exposure_name);
  if (status == HMFM_OK)
    status = hmfm_part_put(part, nc_put_var_double(part->group, id, draws->exposure));
  return status;
}

/* What is known of every observation beforehand. */
static hmfm_status put_rows(const hmfm_part *part) {
  const hmfm_draws *draws = part->draws;
  int row;
  if (!draws->n_covariates && !draws->exposure) return HMFM_OK;
  hmfm_status status =
      hmfm_part_count_axis(part, "row", "observation, in the order of units", draws->n_rows, &row);
  if (status == HMFM_OK && draws->n_covariates) status = put_covariates(part, row);
  if (status == HMFM_OK && draws->exposure) status = put_exposure(part, row);
  return status;
}

static hmfm_status put_constant(const hmfm_part *root) {
  const hmfm_draws *draws = root->draws;
  hmfm_part part;
  int unit, group, name, unit_group, unit_size;
  unsigned long long *size = NULL;
  hmfm_status status = hmfm_part_open(root, "constant_data", &part);
  if (status == HMFM_OK)
    status = hmfm_part_name_axis(&part, "unit", "unit, as group/unit", root->unit_label,
                                 draws->n_units, &unit);
  if (status == HMFM_OK)
    status =
        hmfm_part_name_axis(&part, "group", "group", draws->group_name, draws->n_groups, &group);
  if (status == HMFM_OK)
    status = hmfm_part_variable(&part, "unit_name", "the unit's own name", NC_STRING, 1, &unit,
                                HMFM_PLAIN, &name);
  if (status == HMFM_OK) status = hmfm_part_strings(&part, name, draws->unit_name, draws->n_units);
  if (status == HMFM_OK)
    status = hmfm_part_variable(&part, "unit_group", "group of the unit, from 0", NC_INT, 1, &unit,
                                HMFM_PACKED, &unit_group);
  if (status == HMFM_OK)
    status = hmfm_part_put(&part, nc_put_var_uint(part.group, unit_group, draws->unit_group));
  if (status == HMFM_OK)
    status = hmfm_part_variable(&part, "unit_size", "observations of the unit", NC_INT, 1, &unit,
                                HMFM_PACKED, &unit_size);
  if (status == HMFM_OK) status = put_rows(&part);
  if (status != HMFM_OK) return status;

  size = hmfm_calloc(draws->n_units, sizeof *size);
  if (!size) return hmfm_fail_memory(part.error, "writing draws");
  for (size_t i = 0; i < draws->n_units; i++) size[i] = draws->unit_size[i];
  status = hmfm_part_put(&part, nc_put_var_ulonglong(part.group, unit_size, size));
  hmfm_free(size);
  return status;
}

static hmfm_status put_root(const hmfm_part *root) {
  const hmfm_fit_info *info = root->info;
  const hmfm_draws *draws = root->draws;
  char seed[32], run[32] = "";
  const struct {
    const char *name, *text;
  } texts[] = {
      {"title", "Draws of a hierarchical mixture of finite mixtures"},
      {"hmfm_version", root->version},
      {"created_at", root->created_at},
      {"configuration", info->configuration},
      {"algorithm", info->algorithm},
      {"family", info->family},
      {"mixing", info->mixing},
      {"prior_m", info->prior_m},
      {"beta", info->beta},
      {"seed", seed},
      {"run", run},
      {"response", draws->response_name},
  };
  snprintf(seed, sizeof seed, "%llu", (unsigned long long)info->seed);
  if (info->run) snprintf(run, sizeof run, "%016llx", (unsigned long long)info->run);
  hmfm_status status = put_number(root, "hmfm_layout", HMFM_LAYOUT);
  for (size_t k = 0; k < sizeof texts / sizeof *texts && status == HMFM_OK; k++)
    if (texts[k].text != run || info->run)
      status = hmfm_part_text(root, NC_GLOBAL, texts[k].name, texts[k].text);
  if (status == HMFM_OK && draws->exposure)
    status = hmfm_part_text(root, NC_GLOBAL, "exposure", draws->exposure_name);
  if (status == HMFM_OK) status = put_number(root, "warmup", info->warmup);
  if (status == HMFM_OK) status = put_number(root, "thin", info->thin);
  if (status == HMFM_OK && info->n_splits > 0)
    status = hmfm_part_put(root, nc_put_att_ulonglong(root->group, NC_GLOBAL, "splits", NC_INT64,
                                                      info->n_splits, info->splits));
  if (status == HMFM_OK && draws->thin_units > 1)
    status = put_number(root, "thin_units", draws->thin_units);
  if (status == HMFM_OK)
    status = hmfm_part_put(
        root, nc_put_att_double(root->group, NC_GLOBAL, "seconds", NC_DOUBLE, 1, &info->seconds));
  if (status == HMFM_OK && draws->n_atom)
    status = hmfm_part_put(root, nc_put_att_string(root->group, NC_GLOBAL, "atoms", draws->n_atom,
                                                   (const char **)draws->atom_name));
  return status;
}

static hmfm_status put_all(const hmfm_part *root) {
  hmfm_status status = put_root(root);
  if (status == HMFM_OK) status = hmfm_put_posterior(root);
  if (status == HMFM_OK) status = hmfm_put_sample_stats(root);
  if (status == HMFM_OK) status = hmfm_put_log_likelihood(root);
  if (status == HMFM_OK) status = put_observed(root);
  if (status == HMFM_OK) status = put_constant(root);
  if (status == HMFM_OK) status = hmfm_put_components(root);
  return status;
}

/* When a disk fills up, HDF5 keeps what it could not write, and would crash over it at the end of the
 * program, where it closes all that is still open. Nothing of ours is open then, so it need not: the
 * first call of HDF5 is the time to say so. libnetcdf brings the function with it; where a build of
 * HDF5 lacks it, its address is NULL. */
#ifdef __ELF__
extern int H5dont_atexit(void) __attribute__((weak));
static void leave_at_exit(void) {
  if (H5dont_atexit) H5dont_atexit();
}
#else
static void leave_at_exit(void) {}
#endif

static hmfm_status write_temporary(hmfm_part *root, const char *name) {
  leave_at_exit();
  hmfm_netcdf_small_cache();
  errno = 0;
  int code = nc_create(name, NC_NETCDF4 | NC_CLOBBER, &root->group);
  hmfm_status status = hmfm_part_put(root, code);
  if (status != HMFM_OK) return status;
  int file = root->group;
  status = put_all(root);
  code = nc_close(file); /* writes what is still in memory, so it can fail, too */
  if (status == HMFM_OK) status = hmfm_part_put(root, code);
  return status;
}

hmfm_status hmfm_netcdf_write(const char *path, const hmfm_draws *draws, const hmfm_fit_info *info,
                              int force, hmfm_error *error) {
  hmfm_output *output = NULL;
  char now[32] = "";
  time_t seconds = time(NULL);
  struct tm utc;
  if (!draws->n_chains || !draws->n_draws || !draws->n_units || !draws->n_groups || !draws->n_rows)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "'%s' is not written because there is nothing to put in it: %zu chains, %zu "
                     "draws, %zu units",
                     path, draws->n_chains, draws->n_draws, draws->n_units);
  if (gmtime_r(&seconds, &utc)) strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
  hmfm_part root = {.path = path, .draws = draws, .info = info, .error = error};
  root.created_at = info->created_at ? info->created_at : now;
  root.version = info->version ? info->version : hmfm_version();
  root.unit_label = unit_labels(draws);
  hmfm_status status = root.unit_label ? HMFM_OK : hmfm_fail_memory(error, "writing draws");
  if (status == HMFM_OK) status = hmfm_output_open(path, force, &output, error);
  if (status == HMFM_OK) status = write_temporary(&root, hmfm_output_temporary(output));
  if (status == HMFM_OK) {
    status = hmfm_output_commit(output, error);
    output = NULL;
  }
  hmfm_output_discard(output);
  hmfm_free_strings(root.unit_label, draws->n_units);
  return status;
}
