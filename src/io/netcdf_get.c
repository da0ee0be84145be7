/* Looking things up in a file of draws: groups, dimensions, variables, texts. */
#include "io/netcdf_get.h"

#include <errno.h>
#include <netcdf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/error.h"

/* Says why a file cannot be opened in the system's words; libnetcdf's are less clear, and it takes
 * some names for addresses on a network. */
static hmfm_status check_ordinary(const char *path, hmfm_error *error) {
  struct stat there;
  int known = stat(path, &there); /* before it is opened: opening a pipe waits for its writer */
  if (known == 0 && S_ISDIR(there.st_mode))
    return hmfm_fail(error, HMFM_EIO, "cannot read '%s': it is a directory", path);
  if (known == 0 && !S_ISREG(there.st_mode))
    return hmfm_fail(error, HMFM_EIO, "cannot read '%s': it is not an ordinary file", path);
  FILE *stream = known == 0 ? fopen(path, "rb") : NULL;
  if (!stream) return hmfm_fail(error, HMFM_EIO, "cannot read '%s': %s", path, strerror(errno));
  fclose(stream);
  return HMFM_OK;
}

static hmfm_status check_layout(const hmfm_netcdf_file *file) {
  int format = 0;
  long long layout = 0;
  size_t length = 0;
  if (nc_inq_format(file->id, &format) != NC_NOERR || format != NC_FORMAT_NETCDF4 ||
      nc_inq_attlen(file->id, NC_GLOBAL, "hmfm_layout", &length) != NC_NOERR || length != 1 ||
      nc_get_att_longlong(file->id, NC_GLOBAL, "hmfm_layout", &layout) != NC_NOERR || layout < 1)
    return hmfm_fail(file->error, HMFM_EIO, "'%s' is a NetCDF file, but not one of hmfm's draws",
                     file->path);
  if (layout > HMFM_LAYOUT)
    return hmfm_fail(file->error, HMFM_EIO,
                     "'%s' was written by a newer hmfm: its layout is %lld, and hmfm %s reads "
                     "layouts up to %d",
                     file->path, layout, hmfm_version(), HMFM_LAYOUT);
  return HMFM_OK;
}

/* Every variable is written and read once, whole chunks at a time: the default cache of many MB per
 * variable would only hold memory. */
void hmfm_netcdf_small_cache(void) { nc_set_chunk_cache((size_t)1 << 20, 521, 0.75f); }

hmfm_status hmfm_netcdf_open(const char *path, hmfm_netcdf_file *file, hmfm_error *error) {
  hmfm_status status = check_ordinary(path, error);
  if (status != HMFM_OK) return status;
  *file = (hmfm_netcdf_file){.path = path, .error = error};
  hmfm_netcdf_small_cache();
  int code = nc_open(path, NC_NOWRITE, &file->id);
  if (code == NC_ENOTNC) return hmfm_fail(error, HMFM_EIO, "'%s' is not a NetCDF file", path);
  if (code != NC_NOERR)
    return hmfm_fail(error, HMFM_EIO, "cannot read '%s': it is damaged or cut short (%s)", path,
                     nc_strerror(code));
  status = check_layout(file);
  if (status != HMFM_OK) nc_close(file->id);
  return status;
}

hmfm_status hmfm_group_get(const hmfm_netcdf_group *group, int code) {
  if (code == NC_NOERR) return HMFM_OK;
  if (code == NC_ENOMEM) return hmfm_fail_memory(group->file->error, "reading draws");
  return hmfm_fail(group->file->error, HMFM_EIO, "cannot read '%s': group '%s': %s",
                   group->file->path, group->name, nc_strerror(code));
}

hmfm_status hmfm_group_fail(const hmfm_netcdf_group *group, const char *what, const char *name) {
  return hmfm_fail(group->file->error, HMFM_EIO, "cannot read '%s': group '%s' %s '%s'",
                   group->file->path, group->name, what, name);
}

hmfm_status hmfm_group_find(const hmfm_netcdf_file *file, const char *name, int needed, int *found,
                            hmfm_netcdf_group *out) {
  *out = (hmfm_netcdf_group){.file = file, .id = file->id, .name = name};
  int code = nc_inq_ncid(file->id, name, &out->id), there = code == NC_NOERR;
  if (found) *found = there;
  if (there || (code == NC_ENOGRP && !needed)) return HMFM_OK;
  if (code != NC_ENOGRP) return hmfm_group_get(out, code);
  return hmfm_fail(file->error, HMFM_EIO, "cannot read '%s': it has no group '%s'", file->path,
                   name);
}

hmfm_status hmfm_group_length(const hmfm_netcdf_group *group, const char *name, size_t *length) {
  int dim;
  if (nc_inq_dimid(group->id, name, &dim) != NC_NOERR)
    return hmfm_group_fail(group, "has no dimension", name);
  return hmfm_group_get(group, nc_inq_dimlen(group->id, dim, length));
}

size_t hmfm_group_length_or_0(const hmfm_netcdf_group *group, const char *name) {
  int dim;
  size_t length = 0;
  if (nc_inq_dimid(group->id, name, &dim) == NC_NOERR) nc_inq_dimlen(group->id, dim, &length);
  return length;
}

int hmfm_group_has(const hmfm_netcdf_group *group, const char *variable) {
  int id;
  return nc_inq_varid(group->id, variable, &id) == NC_NOERR;
}

hmfm_status hmfm_group_variable(const hmfm_netcdf_group *group, const char *name, int n_dims,
                                const size_t *sizes, int *id) {
  int n = 0, dims[NC_MAX_VAR_DIMS];
  if (nc_inq_varid(group->id, name, id) != NC_NOERR)
    return hmfm_group_fail(group, "has no variable", name);
  hmfm_status status = hmfm_group_get(group, nc_inq_varndims(group->id, *id, &n));
  if (status == HMFM_OK && n != n_dims)
    status = hmfm_group_fail(group, "has a wrong number of dimensions for", name);
  if (status == HMFM_OK) status = hmfm_group_get(group, nc_inq_vardimid(group->id, *id, dims));
  for (int k = 0; k < n_dims && status == HMFM_OK; k++) {
    size_t length = 0;
    status = hmfm_group_get(group, nc_inq_dimlen(group->id, dims[k], &length));
    if (status == HMFM_OK && length != sizes[k])
      status = hmfm_fail(group->file->error, HMFM_EIO,
                         "cannot read '%s': dimension %d of '%s' in group '%s' is %zu long where "
                         "the rest of the file has %zu",
                         group->file->path, k + 1, name, group->name, length, sizes[k]);
  }
  return status;
}

hmfm_status hmfm_group_strings(const hmfm_netcdf_group *group, const char *name, size_t n,
                               char **out) {
  int id;
  nc_type type = NC_NAT;
  hmfm_status status = hmfm_group_variable(group, name, 1, &n, &id);
  if (status == HMFM_OK) status = hmfm_group_get(group, nc_inq_vartype(group->id, id, &type));
  if (status != HMFM_OK) return status;
  if (type != NC_STRING) return hmfm_group_fail(group, "has no texts in", name);
  char **text = hmfm_calloc(n, sizeof *text);
  if (!text) return hmfm_fail_memory(group->file->error, "names");
  status = hmfm_group_get(group, nc_get_var_string(group->id, id, text));
  for (size_t k = 0; k < n && status == HMFM_OK; k++) {
    out[k] = hmfm_strdup(text[k] ? text[k] : "");
    if (!out[k]) status = hmfm_fail_memory(group->file->error, "names");
  }
  nc_free_string(n, text);
  hmfm_free(text);
  return status;
}

hmfm_status hmfm_group_text(const hmfm_netcdf_group *group, const char *name, char **out) {
  nc_type type = NC_NAT;
  size_t length = 0;
  hmfm_status status = HMFM_OK;
  char *text = NULL, *shared = NULL;
  int code = nc_inq_att(group->id, NC_GLOBAL, name, &type, &length);
  if (code != NC_NOERR && code != NC_ENOTATT) return hmfm_group_get(group, code);
  if (code == NC_NOERR && type == NC_CHAR) {
    text = hmfm_calloc(length + 1, 1);
    if (text) status = hmfm_group_get(group, nc_get_att_text(group->id, NC_GLOBAL, name, text));
  } else if (code == NC_NOERR && type == NC_STRING && length == 1) {
    status = hmfm_group_get(group, nc_get_att_string(group->id, NC_GLOBAL, name, &shared));
    text = hmfm_strdup(shared ? shared : "");
    if (shared) nc_free_string(1, &shared);
  } else if (code == NC_NOERR) {
    return hmfm_group_fail(group, "has no text in attribute", name);
  } else {
    text = hmfm_strdup("");
  }
  if (!text && status == HMFM_OK) status = hmfm_fail_memory(group->file->error, "reading draws");
  if (status == HMFM_OK)
    *out = text;
  else
    hmfm_free(text);
  return status;
}
