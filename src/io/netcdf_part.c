/* What every group of a file of draws is made of: attributes, dimensions with coordinates, and
 * variables. What goes into which group is not decided here. */
#include "io/netcdf_part.h"

#include <errno.h>
#include <limits.h>
#include <netcdf.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_part_put(const hmfm_part *part, int code) {
  if (code == NC_NOERR) return HMFM_OK;
  if (code == NC_ENOMEM) return hmfm_fail_memory(part->error, "writing draws");
  /* libnetcdf says "HDF error" whatever happened; the writer starts from errno 0. */
  int full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return hmfm_fail(part->error, HMFM_EIO, "cannot write '%s': %s", part->path,
                   full ? strerror(errno) : nc_strerror(code));
}

hmfm_status hmfm_part_text(const hmfm_part *part, int id, const char *name, const char *text) {
  if (!text) text = "";
  return hmfm_part_put(part, nc_put_att_text(part->group, id, name, strlen(text), text));
}

hmfm_status hmfm_part_open(const hmfm_part *root, const char *name, hmfm_part *part) {
  *part = *root;
  hmfm_status status = hmfm_part_put(root, nc_def_grp(root->group, name, &part->group));
  if (status == HMFM_OK) status = hmfm_part_text(part, NC_GLOBAL, "created_at", part->created_at);
  if (status == HMFM_OK) status = hmfm_part_text(part, NC_GLOBAL, "inference_library", "hmfm");
  if (status == HMFM_OK)
    status = hmfm_part_text(part, NC_GLOBAL, "inference_library_version", part->version);
  return status;
}

/* Chunks of about 100,000 values; HMFM_TALL: 1 chain, up to 2000 draws, at least 50 of the rest. */
static hmfm_status pack(const hmfm_part *part, int id, int type, int n_dims, const int *dims,
                        hmfm_packing packing) {
  size_t chunk[NC_MAX_VAR_DIMS], so_far = 1;
  for (int k = 0; k < n_dims; k++) {
    size_t n = 0, most = 100000 / so_far > 50 ? 100000 / so_far : 50;
    hmfm_status status = hmfm_part_put(part, nc_inq_dimlen(part->group, dims[k], &n));
    if (status != HMFM_OK) return status;
    if (packing == HMFM_TALL && k < 2) most = k == 0 ? 1 : 2000;
    chunk[k] = n < most ? n : most;
    so_far *= chunk[k];
  }
  int shuffle = type != NC_UBYTE; /* of use where a value has more than one byte */
  hmfm_status status = hmfm_part_put(part, nc_def_var_chunking(part->group, id, NC_CHUNKED, chunk));
  if (status == HMFM_OK)
    status = hmfm_part_put(part, nc_def_var_deflate(part->group, id, shuffle, 1, 1));
  return status;
}

hmfm_status hmfm_part_variable(const hmfm_part *part, const char *name, const char *meaning,
                               int type, int n_dims, const int *dims, hmfm_packing packing,
                               int *id) {
  hmfm_status status = hmfm_part_put(part, nc_def_var(part->group, name, type, n_dims, dims, id));
  if (status == HMFM_OK && type != NC_STRING) /* every value is written: none to fill in first */
    status = hmfm_part_put(part, nc_def_var_fill(part->group, *id, NC_NOFILL, NULL));
  if (status == HMFM_OK) status = hmfm_part_text(part, *id, "long_name", meaning);
  if (status == HMFM_OK && packing != HMFM_PLAIN)
    status = pack(part, *id, type, n_dims, dims, packing);
  return status;
}

hmfm_status hmfm_part_step_axis(const hmfm_part *part, const char *name, const char *meaning,
                                size_t n, size_t step, int *dim) {
  int id, type = n > INT_MAX / step ? NC_INT64 : NC_INT;
  hmfm_status status = hmfm_part_put(part, nc_def_dim(part->group, name, n, dim));
  if (status == HMFM_OK)
    status = hmfm_part_variable(part, name, meaning, type, 1, dim,
                                n > 10000 ? HMFM_PACKED : HMFM_PLAIN, &id);
  if (status != HMFM_OK) return status;
  long long *value = hmfm_calloc(n, sizeof *value);
  if (!value) return hmfm_fail_memory(part->error, "writing draws");
  for (size_t k = 0; k < n; k++) value[k] = (long long)(k * step);
  status = hmfm_part_put(part, nc_put_var_longlong(part->group, id, value));
  hmfm_free(value);
  return status;
}

hmfm_status hmfm_part_count_axis(const hmfm_part *part, const char *name, const char *meaning,
                                 size_t n, int *dim) {
  return hmfm_part_step_axis(part, name, meaning, n, 1, dim);
}

/* libnetcdf cannot leave a text variable unfilled, and HDF5 takes ten times as long to replace texts as to write
 * them. So it is filled with no texts; as an attribute that would be one that few programs can read. */
static hmfm_status fill_with_nothing(const hmfm_part *part, int id) {
  char *none = NULL;
  hmfm_status status = hmfm_part_put(part, nc_def_var_fill(part->group, id, NC_FILL, &none));
  if (status != HMFM_OK) return status;
  const int code = nc_del_att(part->group, id, "_FillValue");
  return code == NC_ENOTATT ? HMFM_OK : hmfm_part_put(part, code);
}

hmfm_status hmfm_part_strings(const hmfm_part *part, int id, char *const *text, size_t n) {
  const char **value = hmfm_calloc(n, sizeof *value);
  if (!value) return hmfm_fail_memory(part->error, "writing draws");
  for (size_t k = 0; k < n; k++) value[k] = text[k] ? text[k] : "";
  hmfm_status status = fill_with_nothing(part, id);
  if (status == HMFM_OK) status = hmfm_part_put(part, nc_put_var_string(part->group, id, value));
  hmfm_free(value);
  return status;
}

hmfm_status hmfm_part_name_axis(const hmfm_part *part, const char *name, const char *meaning,
                                char *const *text, size_t n, int *dim) {
  int id;
  hmfm_status status = hmfm_part_put(part, nc_def_dim(part->group, name, n, dim));
  if (status == HMFM_OK)
    status = hmfm_part_variable(part, name, meaning, NC_STRING, 1, dim, HMFM_PLAIN, &id);
  if (status == HMFM_OK) status = hmfm_part_strings(part, id, text, n);
  return status;
}
