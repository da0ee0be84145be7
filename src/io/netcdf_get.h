/* Looking things up in a file of draws while it is read: every size is compared with what is
 * expected before a value is read, so that a damaged file cannot write past an array. */
#ifndef IO_NETCDF_GET_H
#define IO_NETCDF_GET_H

#include "io/netcdf.h"

typedef struct hmfm_netcdf_file {
  int id;
  const char *path;
  hmfm_error *error;
} hmfm_netcdf_file;

/* A group of the file; for the root, id is the file's own. */
typedef struct hmfm_netcdf_group {
  const hmfm_netcdf_file *file;
  int id;
  const char *name; /* for messages */
} hmfm_netcdf_group;

/* Keeps the memory of files opened or made from here on small. */
void hmfm_netcdf_small_cache(void);

/* Opens the file at path and refuses what is no file of draws that this version can read. */
hmfm_status hmfm_netcdf_open(const char *path, hmfm_netcdf_file *file, hmfm_error *error);

/* Turns what libnetcdf returned into a status with a sentence that names the group. */
hmfm_status hmfm_group_get(const hmfm_netcdf_group *group, int code);

/* HMFM_EIO with "cannot read '<path>': group '<group>' <what> '<name>'". */
hmfm_status hmfm_group_fail(const hmfm_netcdf_group *group, const char *what, const char *name);

/* Finds a group below the root. Where it is not there: an error when needed, else found = 0. */
hmfm_status hmfm_group_find(const hmfm_netcdf_file *file, const char *name, int needed, int *found,
                            hmfm_netcdf_group *out);

/* Length of a dimension; HMFM_EIO when there is none of the name. */
hmfm_status hmfm_group_length(const hmfm_netcdf_group *group, const char *name, size_t *length);
/* The same, but 0 when there is none. */
size_t hmfm_group_length_or_0(const hmfm_netcdf_group *group, const char *name);

int hmfm_group_has(const hmfm_netcdf_group *group, const char *variable);

/* Finds a variable and refuses it unless its dimensions have the given sizes. */
hmfm_status hmfm_group_variable(const hmfm_netcdf_group *group, const char *name, int n_dims,
                                const size_t *sizes, int *id);

/* Reads n texts; the caller owns each. */
hmfm_status hmfm_group_strings(const hmfm_netcdf_group *group, const char *name, size_t n,
                               char **out);

/* A text attribute of the group; an empty text when there is none. The caller owns it. */
hmfm_status hmfm_group_text(const hmfm_netcdf_group *group, const char *name, char **out);

#endif
