/* What splits and merges are worth: effective draws a second of K and of the log likelihood, of every algorithm on the designs
 * of the simulation study and shot put, with as many proposals as the warmup finds, with always three, and with none.
 *
 * Four chains from their usual starts run one after another on one thread; the sweeps of a warmup of a fixed number are not
 * timed, those after it are, for so many seconds. The log likelihood is that of the partition, atoms integrated out,
 * which all algorithms have. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chain/chain.h"
#include "hmfm/summary.h"
#include "support.h"

enum { CHAINS = 4, WARMUP = 1000, FIXED = 3 };
static const double SECONDS = 0.2; /* of each chain */

typedef struct result {
  size_t n_sweeps; /* of a chain */
  double splits;   /* proposals a sweep, mean over chains */
  double seconds;  /* of all chains */
  hmfm_diagnostics clusters, log_lik;
} result;

static double log_likelihood(hmfm_state *state) {
  const hmfm_model *model = state->model;
  double sum = 0.0;
  hmfm_state_clusters(state);
  for (size_t m = 0; m < state->partition.n_slots; m++) {
    if (state->partition.total[m] > 0)
      sum += model->family->log_marginal(model->family_data, state->work, m);
  }
  return sum;
}

static void sweep(hmfm_chain *chain) {
  hmfm_error error;
  bench_check(hmfm_chain_sweep(chain, &error), &error);
}

/* The chain at the end of its warmup; returns seconds a sweep of its second half. */
static double warm_up(const hmfm_model *model, const hmfm_run *run, size_t number,
                      hmfm_chain **chain) {
  hmfm_error error;
  double start = 0.0;
  bench_check(hmfm_chain_create(model, run, number, chain, &error), &error);
  for (size_t k = 0; k < run->warmup; k++) {
    if (k == run->warmup / 2) start = bench_cpu();
    sweep(*chain);
  }
  return (bench_cpu() - start) / (double)(run->warmup - run->warmup / 2);
}

static double *space(size_t n) {
  double *x = hmfm_calloc(n, sizeof *x);
  bench_check(x ? HMFM_OK : HMFM_EMEMORY, &(hmfm_error){.message = "no memory"});
  return x;
}

static double run_chain(hmfm_chain *chain, size_t n, double *clusters, double *log_lik) {
  double seconds = 0.0;
  for (size_t k = 0; k < n; k++) {
    const double start = bench_cpu();
    sweep(chain);
    seconds += bench_cpu() - start;
    clusters[k] = (double)chain->state->partition.n_clusters;
    log_lik[k] = log_likelihood(chain->state);
  }
  return seconds;
}

static result measure(const hmfm_model *model, const char *algorithm, size_t splits,
                      size_t warmup) {
  double *clusters = NULL, *log_lik = NULL;
  result out = {0};
  hmfm_run run;
  hmfm_error error;
  hmfm_run_defaults(&run);
  run.algorithm = algorithm;
  run.splits = splits;
  run.warmup = warmup;
  for (size_t c = 0; c < CHAINS; c++) {
    hmfm_chain *chain;
    const double each = warm_up(model, &run, c, &chain);
    if (c == 0) {
      out.n_sweeps = 100 + (size_t)(SECONDS / each);
      clusters = space(CHAINS * out.n_sweeps);
      log_lik = space(CHAINS * out.n_sweeps);
    }
    const size_t first = c * out.n_sweeps;
    out.splits += (double)chain->state->pace.number / CHAINS;
    out.seconds += run_chain(chain, out.n_sweeps, clusters + first, log_lik + first);
    hmfm_chain_destroy(chain);
  }
  const size_t n = out.n_sweeps;
  bench_check(hmfm_diagnose(clusters, CHAINS, n, n, 1, &out.clusters, &error), &error);
  bench_check(hmfm_diagnose(log_lik, CHAINS, n, n, 1, &out.log_lik, &error), &error);
  hmfm_free(clusters);
  hmfm_free(log_lik);
  return out;
}

static void compare(const bench_problem *problem, const hmfm_model *model, const char *algorithm,
                    size_t warmup) {
  static const size_t SPLITS[] = {0, FIXED, HMFM_SPLITS_ADAPTED};
  double without = NAN;
  for (size_t k = 0; k < sizeof SPLITS / sizeof *SPLITS; k++) {
    const result r = measure(model, algorithm, SPLITS[k], warmup);
    const double sweeps = (double)(CHAINS * r.n_sweeps);
    const double clusters = r.clusters.ess_bulk / r.seconds;
    if (SPLITS[k] == 0) without = clusters;
    printf("%-6s %-12s %-20s %-7s %6.1f %7.2f %8.0f %12.1f %11.1f %7.3f %12.1f %8.3f %7.1f\n",
           model->mixing->name, algorithm, problem->name,
           SPLITS[k] == 0       ? "none"
           : SPLITS[k] == FIXED ? "three"
                                : "adapted",
           r.splits, r.clusters.mean, sweeps, 1e6 * r.seconds / sweeps, clusters, r.clusters.rhat,
           r.log_lik.ess_bulk / r.seconds, r.log_lik.rhat, clusters / without);
    fflush(stdout);
  }
}

static void compare_all(bench_problem *problem, size_t warmup) {
  const hmfm_model *models[] = {problem->model, problem->hdp};
  const char *algorithm;
  for (int k = 0; k < 2; k++) {
    for (size_t a = 0; (algorithm = bench_algorithm(models[k]->mixing->name, a)); a++)
      compare(problem, models[k], algorithm, warmup);
  }
  bench_problem_clear(problem);
}

int main(void) {
  static const size_t SIZE[] = {25, 100};
  bench_problem problem;
  bench_title("splits and merges: one thread, processor time, nothing saved; README.md has the "
              "columns");
  printf("%-6s %-12s %-20s %-7s %6s %7s %8s %12s %11s %7s %12s %8s %7s\n", "mixing", "algorithm",
         "data", "splits", "number", "K", "sweeps", "us_per_sweep", "ess_K_per_s", "rhat_K",
         "ess_ll_per_s", "rhat_ll", "times");
  for (int k = 1; k <= 3; k++) {
    problem = bench_experiment(k);
    compare_all(&problem, WARMUP);
  }
  for (size_t k = 0; k < sizeof SIZE / sizeof *SIZE; k++) {
    problem = bench_experiment_of(2, SIZE[k]);
    compare_all(&problem, WARMUP);
  }
  problem = bench_shotput();
  compare_all(&problem, WARMUP / 4);
  return 0;
}
