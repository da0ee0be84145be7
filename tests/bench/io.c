/* Reading a CSV file of a million rows; sampling, writing and reading a fit of shot put size; and the
 * memory that takes. Every task is a process of its own, so that its peak memory is its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hmfm/draws.h"
#include "io/csv_read.h"
#include "io/netcdf.h"
#include "support.h"

enum { ROWS = 1000000, GROUPS = 10, REPEATS = 2, CHAINS = 4, DRAWS = 1000, WARMUP = 300 };
static const double MB = 1e6;

static char folder[] = "/tmp/hmfm-bench-XXXXXX";
static char csv_path[64], fit_path[64];

static double file_size(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 ? (double)status.st_size : NAN;
}

/* Bytes this process had in memory at most. Linux counts in kB. */
static double peak_memory(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024.0 * (double)usage.ru_maxrss : NAN;
}

/* Wall and processor time. */
typedef struct taken {
  double wall, cpu;
} taken;

static taken now(void) { return (taken){bench_wall(), bench_process()}; }

static taken since(taken start) {
  return (taken){bench_wall() - start.wall, bench_process() - start.cpu};
}

static taken faster(taken a, taken b) { return b.cpu < a.cpu ? b : a; }

/* held: bytes of the arrays in memory at the end; labels: those of allocations among them, 0: none. */
static void print_line(const char *task, taken time, const char *path, double held, double labels) {
  const double file = path ? file_size(path) : NAN, peak = peak_memory();
  printf("%-20s %8.3f %8.3f %9.2f %9.1f %10.1f %14.1f %8.1f\n", task, time.wall, time.cpu,
         file / MB, file / MB / time.cpu, held / MB, labels > 0.0 ? labels / MB : NAN, peak / MB);
  fflush(stdout);
}

/* Runs a task in a child process. */
static void run_task(void (*task)(int whole), int whole) {
  int status = 1;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    task(whole);
    exit(0);
  }
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    fprintf(stderr, "bench: a task of io failed\n");
    exit(1);
  }
}

static void write_csv(void) {
  FILE *file = fopen(csv_path, "w");
  const hmfm_error error = {.message = "cannot write the CSV file to be read"};
  bench_check(file ? HMFM_OK : HMFM_EIO, &error);
  fprintf(file, "group,unit,y,x\n");
  for (unsigned k = 0; k < ROWS; k++) {
    const unsigned mixed = k * 2654435761u; /* digits without a pattern */
    fprintf(file, "%u,u%u,%.6g,%.4g\n", k % GROUPS, k / (GROUPS * REPEATS), 1e-9 * mixed - 2.0,
            1e-6 * (mixed >> 12));
  }
  bench_check(fclose(file) == 0 ? HMFM_OK : HMFM_EIO, &error);
}

static double dataset_bytes(const hmfm_dataset *data) {
  double names = 0.0;
  for (size_t i = 0; i < data->n_units; i++) names += (double)strlen(data->unit_name[i]) + 1.0;
  const double row = sizeof(double) * (1.0 + (double)data->n_covariates) + sizeof(size_t);
  return row * (double)data->n_rows + names +
         (double)data->n_units * (sizeof(char *) + sizeof(uint32_t) + sizeof(size_t));
}

static void read_csv(int whole) {
  static const char *const COVARIATE[] = {"x"};
  const hmfm_csv_columns columns = {
      .group = "group", .unit = "unit", .response = "y", .n_covariates = 1, .covariate = COVARIATE};
  double held = NAN;
  taken best = {INFINITY, INFINITY};
  hmfm_error error;
  (void)whole;
  for (int k = 0; k < 3; k++) {
    hmfm_dataset *data;
    const taken start = now();
    bench_check(hmfm_csv_read(csv_path, &columns, NULL, &data, &error), &error);
    best = faster(best, since(start));
    held = dataset_bytes(data);
    hmfm_dataset_destroy(data);
  }
  print_line("csv_read", best, csv_path, held, 0.0);
}

static double allocation_bytes(const hmfm_draws *draws) {
  double bytes = 0.0;
  for (size_t c = 0; draws->allocations && c < draws->n_chains; c++) {
    bytes += (double)draws->allocations[c].bytes * (double)(draws->capacity * draws->n_units);
  }
  return bytes;
}

static double draws_bytes(const hmfm_draws *draws) {
  const double n = (double)draws->n_chains * (double)draws->capacity;
  double bytes = allocation_bytes(draws);
  for (size_t v = 0; v < draws->n_variables; v++) {
    bytes += n * (double)draws->variable[v].width * sizeof(double);
  }
  for (size_t c = 0; draws->components && c < draws->n_chains; c++) {
    bytes += (double)draws->components[c].row_space * (double)(draws->n_atom + draws->n_groups) *
             sizeof(double);
  }
  if (draws->log_likelihood) bytes += n * (double)draws->n_units * sizeof(float);
  return bytes;
}

/* Samples shot put and writes the draws: with components and the units' log likelihoods, or without. */
static void sample_and_write(int whole) {
  bench_problem problem = bench_shotput();
  hmfm_run run;
  hmfm_draws *draws;
  hmfm_ensemble *ensemble;
  hmfm_error error;
  hmfm_run_defaults(&run);
  run.chains = CHAINS;
  run.warmup = WARMUP;
  run.draws = DRAWS;
  run.threads = 1;
  run.save_components = run.save_log_likelihood = whole;
  const hmfm_fit_info info = {.configuration = "{}",
                              .algorithm = run.algorithm,
                              .family = "normal",
                              .mixing = "hmfm",
                              .beta = "group",
                              .seed = run.seed,
                              .warmup = run.warmup,
                              .thin = run.thin};
  bench_check(hmfm_draws_create(problem.model, &run, &draws, &error), &error);
  taken start = now();
  bench_check(hmfm_ensemble_create(problem.model, &run, hmfm_draws_sink(draws), &ensemble, &error),
              &error);
  bench_check(hmfm_ensemble_advance(ensemble, WARMUP + DRAWS, &error), &error);
  print_line(whole ? "sample_all" : "sample_allocations", since(start), NULL, draws_bytes(draws),
             allocation_bytes(draws));
  start = now();
  bench_check(hmfm_netcdf_write(fit_path, draws, &info, 1, &error), &error);
  print_line(whole ? "write_all" : "write_allocations", since(start), fit_path, draws_bytes(draws),
             allocation_bytes(draws));
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
  bench_problem_clear(&problem);
}

static void read_fit(int whole) {
  const unsigned parts = HMFM_PART_ALLOCATIONS | HMFM_PART_COMPONENTS | HMFM_PART_LOG_LIKELIHOOD;
  double held = NAN, labels = NAN;
  taken best = {INFINITY, INFINITY};
  hmfm_error error;
  for (int k = 0; k < 3; k++) {
    hmfm_draws *draws;
    const taken start = now();
    bench_check(hmfm_netcdf_read(fit_path, parts, &draws, NULL, &error), &error);
    best = faster(best, since(start));
    held = draws_bytes(draws);
    labels = allocation_bytes(draws);
    hmfm_draws_destroy(draws);
  }
  print_line(whole ? "read_all" : "read_allocations", best, fit_path, held, labels);
}

static void clean_up(void) {
  unlink(csv_path);
  unlink(fit_path);
  rmdir(folder);
}

int main(void) {
  const hmfm_error error = {.message = "cannot make a folder in /tmp"};
  bench_title(
      "reading and writing a fit of 4 x 1000 draws of shot put, and a CSV file; peak memory");
  bench_problem shotput = bench_shotput();
  bench_shotput_show(&shotput);
  bench_problem_clear(&shotput);
  bench_check(mkdtemp(folder) ? HMFM_OK : HMFM_EIO, &error);
  snprintf(csv_path, sizeof csv_path, "%s/rows.csv", folder);
  snprintf(fit_path, sizeof fit_path, "%s/fit.nc", folder);
  printf("%-20s %8s %8s %9s %9s %10s %14s %8s\n", "task", "wall_s", "cpu_s", "file_MB", "MB_per_s",
         "arrays_MB", "allocations_MB", "peak_MB");
  write_csv();
  run_task(read_csv, 0);
  for (int whole = 1; whole >= 0; whole--) {
    run_task(sample_and_write, whole);
    run_task(read_fit, whole);
  }
  clean_up();
  printf("\n");
  return 0;
}
