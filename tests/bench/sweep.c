/* Time of a sweep and effective draws of K a second, of every algorithm on every data set.
 *
 * Four chains run one after another on one thread; sweeps after the warm-up are timed in slices. Nothing
 * is saved but K and M. Chains of simulated_N_K start from the true partition, since what is asked there
 * is how they run when they have arrived; those of shot put and of the simulation study from their
 * usual starts, and they are timed for longer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chain/chain.h"
#include "hmfm/summary.h"
#include "support.h"

enum { CHAINS = 4, SLICES = 8, WARMUP_SWEEPS = 60 }; /* slices of each chain */
/* seconds of each chain */
static const double WARMUP_FROM_TRUTH = 0.4, WARMUP = 2.0, TIMED_FROM_TRUTH = 1.2, TIMED = 4.0;

typedef struct result {
  size_t n_sweeps; /* timed, all chains together */
  double us_per_sweep, components, clusters, ess_per_second, rhat;
} result;

static hmfm_chain *start_chain(const bench_problem *problem, const hmfm_model *model,
                               const char *algorithm, size_t number) {
  hmfm_run run;
  hmfm_chain *chain;
  hmfm_error error;
  hmfm_run_defaults(&run);
  run.algorithm = algorithm;
  run.warmup = WARMUP_SWEEPS;
  bench_check(hmfm_chain_create(model, &run, number, &chain, &error), &error);
  if (problem->truth) {
    const size_t n = problem->n_true;
    hmfm_state *state = chain->state;
    bench_check(hmfm_state_set_partition(state, problem->truth, n, n, &error), &error);
    const hmfm_counts counts = hmfm_partition_counts(&state->partition);
    if (model->mixing->flags & HMFM_MIXING_INFINITE)
      model->mixing->start(state->process, state->stream, &counts);
  }
  return chain;
}

static void sweep(hmfm_chain *chain) {
  hmfm_error error;
  bench_check(hmfm_chain_sweep(chain, &error), &error);
}

/* Sweeps until the warm-up's time is over, and its number, which sets that of splits; returns how many of them make a slice. */
static size_t warm_up(hmfm_chain *chain, double seconds, double timed) {
  const double start = bench_cpu();
  size_t n = 0;
  double taken;
  do {
    sweep(chain);
    n++;
    taken = bench_cpu() - start;
  } while (taken < seconds || n < WARMUP_SWEEPS);
  return 1 + (size_t)(timed / SLICES * (double)n / taken);
}

/* The chain's slices: us a sweep of each; K of every sweep to clusters; sum of M. */
static double time_chain(hmfm_chain *chain, size_t n_sweeps, double *us, double *clusters) {
  double components = 0.0;
  for (int slice = 0; slice < SLICES; slice++) {
    const double start = bench_cpu();
    for (size_t k = 0; k < n_sweeps; k++) {
      sweep(chain);
      *clusters++ = (double)chain->state->partition.n_clusters;
      components += (double)chain->state->n_components;
    }
    us[slice] = 1e6 * (bench_cpu() - start) / (double)n_sweeps;
  }
  return components;
}

static result time_algorithm(const bench_problem *problem, const hmfm_model *model,
                             const char *algorithm) {
  double us[CHAINS * SLICES], *clusters = NULL, components = 0.0;
  size_t per_slice = 0;
  for (size_t c = 0; c < CHAINS; c++) {
    hmfm_chain *chain = start_chain(problem, model, algorithm, c);
    const size_t n = problem->truth ? warm_up(chain, WARMUP_FROM_TRUTH, TIMED_FROM_TRUTH)
                                    : warm_up(chain, WARMUP, TIMED);
    if (c == 0) {
      per_slice = n;
      clusters = hmfm_calloc(CHAINS * SLICES * per_slice, sizeof *clusters);
      bench_check(clusters ? HMFM_OK : HMFM_EMEMORY, &(hmfm_error){.message = "no memory"});
    }
    components += time_chain(chain, per_slice, us + c * SLICES, clusters + c * SLICES * per_slice);
    hmfm_chain_destroy(chain);
  }
  hmfm_diagnostics diagnostics;
  hmfm_error error;
  const size_t draws = SLICES * per_slice;
  bench_check(hmfm_diagnose(clusters, CHAINS, draws, draws, 1, &diagnostics, &error), &error);
  hmfm_free(clusters);
  result out = {.n_sweeps = CHAINS * draws, .us_per_sweep = bench_median(CHAINS * SLICES, us)};
  out.components = components / (double)out.n_sweeps;
  out.clusters = diagnostics.mean;
  out.rhat = diagnostics.rhat;
  out.ess_per_second = diagnostics.ess_bulk / (1e-6 * out.us_per_sweep * (double)out.n_sweeps);
  return out;
}

static void time_model(const bench_problem *problem, const hmfm_model *model,
                       double *conditional_us) {
  const char *algorithm, *mixing = model->mixing->name;
  for (size_t a = 0; (algorithm = bench_algorithm(mixing, a)); a++) {
    const result r = time_algorithm(problem, model, algorithm);
    const double per_unit = 1e3 * r.us_per_sweep / (double)problem->data->n_units;
    printf("%-6s %-12s %-20s %8zu %6zu %7.2f %7.2f %8zu %13.1f %12.1f %21.2f %12.2f %7.3f\n",
           mixing, algorithm, problem->name, problem->data->n_units, problem->data->n_groups,
           r.components, r.clusters, r.n_sweeps, r.us_per_sweep, per_unit, per_unit / r.components,
           r.ess_per_second, r.rhat);
    fflush(stdout);
    if (conditional_us && strcmp(algorithm, "conditional") == 0) *conditional_us = r.us_per_sweep;
  }
}

/* One line for every algorithm of both mixings. Keeps the time of the HMFM's conditional sampler. */
static void time_problem(bench_problem *problem, double *conditional_us) {
  time_model(problem, problem->model, conditional_us);
  time_model(problem, problem->hdp, NULL);
  bench_problem_clear(problem);
}

int main(void) {
  static const size_t SIZE[][2] = {{1000, 5}, {10000, 5}, {100000, 5}, {10000, 20}};
  double shotput_us = NAN, us[4];
  bench_title(
      "time of a sweep: one thread, processor time, nothing saved; README.md has the columns");
  bench_problem problem = bench_shotput();
  bench_shotput_show(&problem);
  const int real = strcmp(problem.name, "shotput") == 0;
  printf("%-6s %-12s %-20s %8s %6s %7s %7s %8s %13s %12s %21s %12s %7s\n", "mixing", "algorithm",
         "data", "units", "groups", "M", "K", "sweeps", "us_per_sweep", "ns_per_unit",
         "ns_per_unit_component", "ess_K_per_s", "rhat_K");
  time_problem(&problem, &shotput_us);
  for (int k = 1; k <= 3; k++) {
    problem = bench_experiment(k);
    time_problem(&problem, &us[0]);
  }
  for (size_t k = 0; k < sizeof SIZE / sizeof *SIZE; k++) {
    problem = bench_simulated(SIZE[k][0], SIZE[k][1], 0.0);
    time_problem(&problem, &us[k]);
  }
  printf("# for orientation, the conditional sampler of the paper's authors, one thread of such a "
         "machine:\n");
  if (real) {
    printf("#   4.4 ms a sweep on shot put: %.1f times the conditional sampler here\n",
           4400.0 / shotput_us);
  }
  printf("#   0.3 us a unit with 5 components: %.1f times (simulated_10000_5)\n", 3000.0 / us[1]);
  printf("#   0.8 us a unit with 20 components: %.1f times (simulated_10000_20)\n\n",
         8000.0 / us[3]);
  return 0;
}
