/* Saving a fit without losing it to a file that came in between. */
#include "cli/save_fit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/error.h"

enum { MOST_NAMES = 1000 };

static int is_there(const char *path) {
  struct stat there;
  return lstat(path, &there) == 0;
}

/* path with .number before its extension, or at its end where it has none. */
static void name_beside(const char *path, int number, char *out, size_t size) {
  const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
  const char *base = slash ? slash + 1 : path;
  int stem = dot && dot > base ? (int)(dot - path) : (int)strlen(path);
  snprintf(out, size, "%.*s.%d%s", stem, path, number, path + stem);
}

/* The first free name beside path takes the fit; *beside is then it. */
static hmfm_status save_beside(const char *path, const hmfm_draws *draws, const hmfm_fit_info *info,
                               char **beside, hmfm_error *error) {
  size_t size = strlen(path) + 16;
  char *name = hmfm_calloc(size, 1);
  hmfm_status status = HMFM_EIO;
  if (!name) return hmfm_fail_memory(error, "a path");
  for (int k = 1; status && k < MOST_NAMES; k++) {
    name_beside(path, k, name, size);
    if (is_there(name)) continue;
    status = hmfm_netcdf_write(name, draws, info, 0, error);
    if (status && !is_there(name)) break; /* not because of a name that was taken meanwhile */
  }
  if (status)
    hmfm_free(name);
  else
    *beside = name;
  return status;
}

hmfm_status hmfm_save_fit(const char *path, const hmfm_draws *draws, const hmfm_fit_info *info,
                          int force, hmfm_error *error) {
  char *beside = NULL;
  hmfm_error why = {0};
  hmfm_status status = hmfm_netcdf_write(path, draws, info, force, error);
  if (status != HMFM_EIO || !is_there(path)) return status;
  if (save_beside(path, draws, info, &beside, &why))
    return status; /* the first reason is the one */
  why = *error;
  hmfm_fail(error, status,
            "after sampling, %s; the draws are saved in '%s' instead (exit status 1)", why.message,
            beside);
  hmfm_free(beside);
  return status;
}
