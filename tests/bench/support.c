/* Clocks, errors and titles of the benchmarks. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_cpu(void) { return seconds(CLOCK_THREAD_CPUTIME_ID); }

double bench_process(void) { return seconds(CLOCK_PROCESS_CPUTIME_ID); }

double bench_wall(void) { return seconds(CLOCK_MONOTONIC); }

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double bench_median(size_t n, double *x) {
  qsort(x, n, sizeof *x, compare);
  return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

void bench_check(hmfm_status status, const hmfm_error *error) {
  if (!status) return;
  fprintf(stderr, "bench: %s\n", error->message);
  exit(1);
}

/* The processor's name as Linux has it, without the line's end; "unknown processor" elsewhere. */
static void processor(size_t size, char *name) {
  FILE *file = fopen("/proc/cpuinfo", "r");
  char line[256];
  snprintf(name, size, "unknown processor");
  while (file && fgets(line, sizeof line, file)) {
    const char *value = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || !value) continue;
    line[strcspn(line, "\n")] = '\0';
    snprintf(name, size, "%s", value + 1 + strspn(value + 1, " "));
    break;
  }
  if (file) fclose(file);
}

const char *bench_algorithm(const char *mixing, size_t index) {
  const char *name, *of;
  for (size_t k = 0; (name = hmfm_algorithm_name(k, &of, NULL)); k++) {
    if (strcmp(of, mixing) == 0 && index-- == 0) return name;
  }
  return NULL;
}

void bench_title(const char *what) {
  char name[256];
  processor(sizeof name, name);
#if defined(__clang__)
  const char *compiler = "";
#else
  const char *compiler = "gcc ";
#endif
  printf("# machine: %s; compiler: %s%s; hmfm %s\n", name, compiler, __VERSION__, hmfm_version());
  printf("# %s\n", what);
  fflush(stdout);
}
