/* Where the time of a sweep goes: every kernel of every algorithm, run by hand in the order of its
 * schedule, and what saving a draw adds. */
#include <stdio.h>
#include <string.h>

#include "chain/chain.h"
#include "chain/pace.h"
#include "hmfm/draws.h"
#include "support.h"

enum { STEPS = 16, SLICES = 8, DRAWS = 64, SAVE_EVERY = 8, SWEEPS = 300 };
static const double WARMUP = 1.0, SLICE = 0.25; /* seconds */

/* A chain, room for draws that are written over, and the time of each part so far. */
typedef struct bench {
  hmfm_chain *chain;
  hmfm_draws *draws;
  size_t n_sweeps, n_saved;
  double step[STEPS], complete, record;
} bench;

static const char *const SAVING[] = {"(complete)", "(record)"};

/* What reading the clock takes, to be taken off every part. */
static double clock_cost(void) {
  enum { READS = 20000 };
  const double start = bench_cpu();
  for (int k = 0; k < READS; k++) bench_cpu();
  return (bench_cpu() - start) / (READS + 1);
}

/* Completes and records the state as it is after a sweep. */
static void save(bench *b, double cost) {
  hmfm_error error;
  hmfm_sink sink = hmfm_draws_sink(b->draws);
  const double start = bench_cpu();
  bench_check(hmfm_kernel_complete(b->chain->state, 1, &error), &error);
  const double completed = bench_cpu();
  bench_check(sink.record(sink.context, 0, b->n_saved % DRAWS, b->chain, &error), &error);
  const double recorded = bench_cpu();
  b->complete += completed - start - cost;
  b->record += recorded - completed - cost;
  b->n_saved++;
}

/* As hmfm_chain_sweep, with a clock. The number of splits and merges is what the first SWEEPS sweeps find. */
static void sweep(bench *b, double cost) {
  hmfm_chain *chain = b->chain;
  hmfm_error error;
  const int covariates = chain->state->model->regression.n_covariates > 0;
  const hmfm_step *step = chain->schedule->step;
  chain->state->sweep = ++chain->sweeps_done;
  chain->state->log_lik_wanted = (b->n_sweeps + 1) % SAVE_EVERY == 0;
  hmfm_pace_begin(chain);
  double before = bench_cpu();
  for (size_t k = 0; step[k].kernel; k++) {
    if (step[k].when != HMFM_ALWAYS && !covariates) continue;
    bench_check(step[k].kernel->apply(chain->state, &error), &error);
    const double after = bench_cpu();
    b->step[k] += after - before - cost;
    before = after;
  }
  hmfm_pace_end(chain);
  if (++b->n_sweeps % SAVE_EVERY == 0) save(b, cost);
}

/* Sweeps for some time, then the time of each part of a sweep, and of a save. */
static void time_slice(bench *b, double seconds, double cost, double *step_us, double *save_us) {
  hmfm_chain *chain = b->chain;
  *b = (bench){.chain = chain, .draws = b->draws};
  const double start = bench_cpu();
  while (bench_cpu() - start < seconds || b->n_saved == 0 || chain->sweeps_done < chain->run.warmup)
    sweep(b, cost);
  for (size_t k = 0; k < STEPS; k++) step_us[k] = 1e6 * b->step[k] / (double)b->n_sweeps;
  save_us[0] = 1e6 * b->complete / (double)b->n_saved;
  save_us[1] = 1e6 * b->record / (double)b->n_saved;
}

static void print_line(const char *algorithm, const char *data, const char *kernel, double us,
                       double sweep_us) {
  printf("%-12s %-20s %-22s %13.2f %9.1f\n", algorithm, data, kernel, us, 100.0 * us / sweep_us);
}

static void print_table(const bench *b, const char *algorithm, const char *data,
                        double step_us[SLICES][STEPS], double save_us[SLICES][2]) {
  const hmfm_step *step = b->chain->schedule->step;
  const int covariates = b->chain->state->model->regression.n_covariates > 0;
  double column[SLICES], step_median[STEPS], sum = 0.0;
  for (size_t k = 0; step[k].kernel; k++) {
    for (int s = 0; s < SLICES; s++) column[s] = step_us[s][k];
    sum += step_median[k] = bench_median(SLICES, column);
  }
  for (size_t k = 0; step[k].kernel; k++) {
    if (step[k].when != HMFM_ALWAYS && !covariates) continue;
    print_line(algorithm, data, step[k].kernel->name, step_median[k], sum);
  }
  print_line(algorithm, data, "sweep", sum, sum);
  for (size_t k = 0; k < 2; k++) {
    for (int s = 0; s < SLICES; s++) column[s] = save_us[s][k];
    print_line(algorithm, data, SAVING[k], bench_median(SLICES, column), sum);
  }
  fflush(stdout);
}

static void time_algorithm(const bench_problem *problem, const char *algorithm, double cost) {
  double step_us[SLICES][STEPS], save_us[SLICES][2];
  hmfm_run run;
  hmfm_error error;
  bench b = {0};
  hmfm_run_defaults(&run);
  run.algorithm = algorithm;
  run.chains = 1;
  run.warmup = SWEEPS;
  run.draws = DRAWS;
  bench_check(hmfm_chain_create(problem->model, &run, 0, &b.chain, &error), &error);
  bench_check(hmfm_draws_create(problem->model, &run, &b.draws, &error), &error);
  time_slice(&b, WARMUP, cost, step_us[0], save_us[0]);
  for (int s = 0; s < SLICES; s++) time_slice(&b, SLICE, cost, step_us[s], save_us[s]);
  print_table(&b, algorithm, problem->name, step_us, save_us);
  hmfm_draws_destroy(b.draws);
  hmfm_chain_destroy(b.chain);
}

int main(void) {
  bench_title("time of each kernel of a sweep; the lines in brackets are what saving a draw adds");
  bench_problem problem[] = {bench_shotput(), bench_simulated(10000, 5, 0.0)};
  bench_shotput_show(&problem[0]);
  const double cost = clock_cost();
  const char *algorithm;
  printf("%-12s %-20s %-22s %13s %9s\n", "algorithm", "data", "kernel", "us_per_sweep", "share");
  for (size_t p = 0; p < sizeof problem / sizeof *problem; p++) {
    for (size_t a = 0; (algorithm = bench_algorithm("hmfm", a)); a++) {
      time_algorithm(&problem[p], algorithm, cost);
    }
    bench_problem_clear(&problem[p]);
  }
  printf("\n");
  return 0;
}
