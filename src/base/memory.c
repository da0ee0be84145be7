/* What Linux tells of free memory in /proc and in the files of control groups; elsewhere nothing is known. */
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 4096 };

static FILE *open_below(const char *root, const char *path, const char *name) {
  char whole[3 * PATH_BYTES];
  const int n = snprintf(whole, sizeof whole, "%s%s/%s", root, path, name);
  return n > 0 && (size_t)n < sizeof whole ? fopen(whole, "r") : NULL;
}

/* The number behind `key` at the beginning of a line, the first number where key is ""; NaN: there is none, or a word
 * such as max. */
static double number_of(const char *root, const char *path, const char *name, const char *key) {
  char line[256];
  const size_t length = strlen(key);
  double value = NAN;
  FILE *file = open_below(root, path, name);
  if (!file) return NAN;
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, key, length) != 0) continue;
    if (sscanf(line + length, "%lf", &value) != 1) value = NAN;
    break;
  }
  fclose(file);
  return value;
}

/* The names of what a version of control groups has in its folders. */
typedef struct group_files {
  const char *mount, *limit, *used, *cache;
} group_files;

static const group_files VERSION_1 = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                      "memory.usage_in_bytes", "total_inactive_file"};
static const group_files VERSION_2 = {"/sys/fs/cgroup", "memory.max", "memory.current",
                                      "inactive_file"};

/* What a group and those that it is in leave. Copies of files count as used, but are given up for others. The path
 * that a process sees may not be there in a container: then what counts is at the top. */
static double left_in_group(const char *root, const group_files *files, const char *group) {
  char path[2 * PATH_BYTES];
  double least = INFINITY;
  snprintf(path, sizeof path, "%s%s", files->mount, strcmp(group, "/") ? group : "");
  const size_t top = strlen(files->mount);
  for (;;) {
    const double limit = number_of(root, path, files->limit, "");
    const double used = number_of(root, path, files->used, "");
    const double cache = number_of(root, path, "memory.stat", files->cache);
    const double left = limit - used + (isnan(cache) ? 0 : cache);
    if (left < least) least = left;
    if (strlen(path) <= top) return least;
    *strrchr(path, '/') = '\0';
  }
}

static double left_in_groups(const char *root) {
  char line[PATH_BYTES];
  double least = INFINITY;
  FILE *file = open_below(root, "/proc/self", "cgroup");
  while (file && fgets(line, sizeof line, file)) {
    const char *version_1 = strstr(line, ":memory:");
    const int version_2 = strncmp(line, "0::", 3) == 0;
    line[strcspn(line, "\n")] = '\0';
    double left = INFINITY;
    if (version_2) left = left_in_group(root, &VERSION_2, line + 3);
    if (version_1) left = left_in_group(root, &VERSION_1, version_1 + strlen(":memory:"));
    if (left < least) least = left;
  }
  if (file) fclose(file);
  return least;
}

/* What the limit of address space leaves. */
static double left_of_limit(const char *root) {
  static const char *const key = "Max address space";
  const double limit = number_of(root, "/proc/self", "limits", key);
  const double used = 1024 * number_of(root, "/proc/self", "status", "VmSize:");
  return isnan(limit - used) ? INFINITY : limit - used;
}

double hmfm_memory_free(const char *root) {
  const double machine = 1024 * number_of(root, "/proc", "meminfo", "MemAvailable:");
  double least = left_in_groups(root);
  if (left_of_limit(root) < least) least = left_of_limit(root);
  if (!isnan(machine) && machine < least) least = machine;
  if (!(least < INFINITY)) return 0;
  return least > 1 ? least : 1;
}
