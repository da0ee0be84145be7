/* One chain on several threads: time of a sweep by the wall, and how well the threads are used.
 *
 * The same chain is run on 1, 2, ... threads in turn, over and over; the fastest slice of each counts, since what
 * other programs do can only make a slice slower. Chains start from the true partition, and warm up. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/threads.h"
#include "chain/ensemble.h"
#include "support.h"

enum { ROUNDS = 12, MOST = 4 };
static const double WARMUP = 0.4, SLICE = 0.25; /* seconds */

static hmfm_ensemble *start(const bench_problem *problem, const char *algorithm, int threads) {
  hmfm_ensemble *ensemble;
  hmfm_run run;
  hmfm_error error;
  hmfm_run_defaults(&run);
  run.splits = 1; /* what a warmup finds for such data, where none is accepted */
  run.algorithm = algorithm;
  run.chains = 1;
  run.draws = 100000000;
  run.threads = threads;
  bench_check(hmfm_ensemble_create(problem->model, &run, (hmfm_sink){0}, &ensemble, &error),
              &error);
  if (problem->truth)
    bench_check(hmfm_state_set_partition(ensemble->chain[0]->state, problem->truth, problem->n_true,
                                         problem->n_true, &error),
                &error);
  return ensemble;
}

/* us a sweep, by the wall. */
static double run_for(hmfm_ensemble *ensemble, double seconds) {
  hmfm_error error;
  const double begin = bench_wall();
  size_t n = 0, few = 1;
  double taken = 0.0;
  while (taken < seconds) {
    bench_check(hmfm_ensemble_advance(ensemble, few, &error), &error);
    n += few;
    taken = bench_wall() - begin;
    few = 1 + (size_t)(0.1 * (double)n / taken);
  }
  return 1e6 * taken / (double)n;
}

static void time_problem(bench_problem *problem, const char *algorithm, int most) {
  hmfm_ensemble *ensemble[MOST];
  double best[MOST];
  for (int t = 0; t < most; t++) {
    ensemble[t] = start(problem, algorithm, t + 1);
    run_for(ensemble[t], WARMUP);
    best[t] = INFINITY;
  }
  for (int round = 0; round < ROUNDS; round++) {
    for (int t = 0; t < most; t++) best[t] = fmin(best[t], run_for(ensemble[t], SLICE));
  }
  for (int t = 0; t < most; t++) {
    const double threads = t + 1, efficiency = best[0] / (threads * best[t]);
    /* Amdahl: t_n = t_1 (s + (1 - s)/n) */
    const double serial = t > 0 ? (1.0 / efficiency - 1.0) / (threads - 1.0) : NAN;
    printf("%-12s %-20s %8zu %6zu %8d %13.1f %8.2f %11.3f %7.3f\n", algorithm, problem->name,
           problem->data->n_units, problem->data->n_covariates, t + 1, best[t], best[0] / best[t],
           efficiency, serial);
    hmfm_ensemble_destroy(ensemble[t]);
  }
  fflush(stdout);
}

int main(void) {
  static const size_t SIZE[][2] = {
      {10000, 10}, {100000, 10}, {100000, 30}, {1000000, 10}, {1000000, 30}};
  const int offered = hmfm_threads(0), most = offered < MOST ? offered : MOST;
  bench_title(
      "one chain on several threads, by the wall, nothing saved; README.md has the columns");
  printf("%-12s %-20s %8s %6s %8s %13s %8s %11s %7s\n", "algorithm", "data", "units", "x",
         "threads", "us_per_sweep", "speedup", "efficiency", "serial");
  for (size_t k = 0; k < sizeof SIZE / sizeof *SIZE; k++) {
    bench_problem problem = bench_simulated(SIZE[k][0], SIZE[k][1], 0.0);
    time_problem(&problem, "conditional", most);
    bench_problem_clear(&problem);
  }
  for (size_t r = 1; r <= 3; r += 2) {
    bench_problem problem = bench_covariates(100000, 10, r);
    time_problem(&problem, "conditional", most);
    bench_problem_clear(&problem);
  }
  printf("\n");
  return 0;
}
