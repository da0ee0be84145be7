/* How time and memory of a chain grow with the number of units, from a thousand to a million of them in 30 clusters, with
 * and without covariates: one thread, conditional sampler, from the true partition. Each size is a process of its own,
 * so that what it takes in memory is its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chain/chain.h"
#include "kernel/kernel.h"
#include "support.h"

enum { CLUSTERS = 30, SLICES = 9 };
static const double WARMUP = 1.0, TIMED = 4.0; /* seconds */

/* Bytes of this process that are in memory now. */
static double resident(void) {
  double pages = 0, skipped = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file && fscanf(file, "%lf %lf", &skipped, &pages) != 2) pages = 0;
  if (file) fclose(file);
  return pages * (double)sysconf(_SC_PAGESIZE);
}

static void sweep(hmfm_chain *chain) {
  hmfm_error error;
  bench_check(hmfm_chain_sweep(chain, &error), &error);
}

static hmfm_chain *start_chain(const bench_problem *problem) {
  hmfm_run run;
  hmfm_chain *chain;
  hmfm_error error;
  hmfm_run_defaults(&run);
  run.splits = 1; /* what a warmup finds for such data, where none is accepted */
  bench_check(hmfm_chain_create(problem->model, &run, 0, &chain, &error), &error);
  const size_t n = problem->n_true;
  bench_check(hmfm_state_set_partition(chain->state, problem->truth, n, n, &error), &error);
  return chain;
}

static void time_size(size_t n_units, size_t covariates) {
  double us[SLICES], components = 0;
  const double empty = resident();
  bench_problem problem = bench_covariates(n_units, CLUSTERS, covariates);
  const double data = resident();
  hmfm_chain *chain = start_chain(&problem);
  const double start = bench_cpu();
  size_t n = 0;
  do {
    sweep(chain);
    n++;
  } while (bench_cpu() - start < WARMUP);
  const size_t per_slice = 1 + (size_t)(TIMED / SLICES * (double)n / (bench_cpu() - start));
  for (int slice = 0; slice < SLICES; slice++) {
    const double begin = bench_cpu();
    for (size_t k = 0; k < per_slice; k++) {
      sweep(chain);
      components += (double)chain->state->n_components;
    }
    us[slice] = 1e6 * (bench_cpu() - begin) / (double)per_slice;
  }
  hmfm_error error;
  bench_check(hmfm_kernel_complete(chain->state, 1, &error), &error); /* fit to be saved */
  const double all = resident(), n_doubles = (double)n_units;
  const double median = bench_median(SLICES, us), per_unit = 1e3 * median / n_doubles;
  components /= (double)(SLICES * per_slice);
  printf("%8zu %10zu %7.2f %6zu %8zu %13.1f %12.2f %21.2f %16.0f %17.0f\n", n_units, covariates,
         components, chain->state->partition.n_clusters, SLICES * per_slice, median, per_unit,
         per_unit / components, (data - empty) / n_doubles, (all - data) / n_doubles);
  hmfm_chain_destroy(chain);
  bench_problem_clear(&problem);
}

static void in_own_process(size_t n_units, size_t covariates) {
  int status = 1;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    time_size(n_units, covariates);
    exit(EXIT_SUCCESS);
  }
  if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) exit(EXIT_FAILURE);
}

int main(void) {
  static const size_t UNITS[] = {1000, 10000, 100000, 1000000}, COVARIATES[] = {0, 3};
  bench_title("a chain from a thousand to a million units: one thread, processor time, nothing "
              "saved; README.md has the columns");
  printf("%8s %10s %7s %6s %8s %13s %12s %21s %16s %17s\n", "units", "covariates", "M", "K",
         "sweeps", "us_per_sweep", "ns_per_unit", "ns_per_unit_component", "data_bytes_a_unit",
         "chain_bytes_a_unit");
  for (size_t r = 0; r < sizeof COVARIATES / sizeof *COVARIATES; r++)
    for (size_t k = 0; k < sizeof UNITS / sizeof *UNITS; k++)
      in_own_process(UNITS[k], COVARIATES[r]);
  printf("\n");
  return 0;
}
