/* The allocation of all units given weights and atoms, against the exponentials it cannot do without:
 * one a unit and component. */
#include <math.h>
#include <stdio.h>

#include "chain/chain.h"
#include "kernel/mixture.h"
#include "rng/philox.h"
#include "support.h"

enum { SLICES = 12, STATES = 40, THIN = 10 };
static const double WARMUP = 1.0, SLICE = 0.06; /* seconds */

static hmfm_chain *start_chain(const bench_problem *problem) {
  hmfm_run run;
  hmfm_chain *chain;
  hmfm_error error;
  hmfm_run_defaults(&run);
  bench_check(hmfm_chain_create(problem->model, &run, 0, &chain, &error), &error);
  return chain;
}

static void allocate(hmfm_state *state) {
  hmfm_error error;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_ALLOCATE, 0);
  bench_check(hmfm_mixture_allocate(state, 0, state->partition.n_groups, &error), &error);
}

/* ns of one allocation of all units, the best of some slices. */
static double time_allocation(hmfm_state *state, int slices, double slice) {
  double best = INFINITY;
  for (int s = 0; s < slices; s++) {
    const double start = bench_cpu();
    double taken;
    size_t n = 0;
    do {
      allocate(state);
      n++;
      taken = bench_cpu() - start;
    } while (taken < slice);
    best = taken / (double)n < best ? taken / (double)n : best;
  }
  return 1e9 * best;
}

static void print_line(const bench_problem *problem, double components, double ns, double own,
                       double libmvec) {
  const double each = ns / ((double)problem->data->n_units * components);
  printf("%-20s %8zu %7.2f %12.2f %21.3f %8.3f %10.2f %15.3f %18.2f\n", problem->name,
         problem->data->n_units, components, ns / (double)problem->data->n_units, each, own,
         each / own, libmvec, each / libmvec);
  fflush(stdout);
}

/* M components of which none can be skipped: gamma = 1, units in their true components. */
static void time_simulated(size_t n_units, size_t n_components, double own, double libmvec) {
  bench_problem problem = bench_simulated(n_units, n_components, 1.0);
  hmfm_chain *chain = start_chain(&problem);
  hmfm_state *state = chain->state;
  hmfm_error error;
  bench_check(hmfm_state_set_partition(state, problem.truth, n_components, n_components, &error),
              &error);
  bench_check(hmfm_kernel_weights.apply(state, &error), &error);
  bench_check(hmfm_kernel_atoms.apply(state, &error), &error);
  print_line(&problem, (double)n_components, time_allocation(state, SLICES, SLICE), own, libmvec);
  hmfm_chain_destroy(chain);
  bench_problem_clear(&problem);
}

/* A sweep of the conditional algorithm, all but its allocations, which are timed before they are
 * drawn: ns, or NaN when not asked for. */
static double sweep(hmfm_chain *chain, int timed) {
  const int covariates = chain->state->model->regression.n_covariates > 0;
  double ns = NAN;
  hmfm_error error;
  chain->state->sweep = ++chain->sweeps_done;
  for (const hmfm_step *step = chain->schedule->step; step->kernel; step++) {
    if (step->when != HMFM_ALWAYS && !covariates) continue;
    if (timed && step->kernel == &hmfm_kernel_allocate_conditional) {
      ns = time_allocation(chain->state, 3, 0.008);
    }
    bench_check(step->kernel->apply(chain->state, &error), &error);
  }
  return ns;
}

/* As it comes: weights of which most are nothing in most groups. */
static void time_shotput(bench_problem *problem, double own, double libmvec) {
  hmfm_chain *chain = start_chain(problem);
  const double start = bench_cpu();
  double ns[STATES], components = 0.0;
  while (bench_cpu() - start < WARMUP) sweep(chain, 0);
  for (int s = 0; s < STATES; s++) {
    for (int k = 1; k < THIN; k++) sweep(chain, 0);
    ns[s] = sweep(chain, 1);
    components += (double)chain->state->n_components / STATES;
  }
  print_line(problem, components, bench_median(STATES, ns), own, libmvec);
  hmfm_chain_destroy(chain);
}

int main(void) {
  static const size_t UNITS[] = {1000, 10000, 100000}, COMPONENTS[] = {5, 20};
  bench_title("allocation given weights and atoms, as a multiple of the exp of as many numbers");
  bench_problem shotput = bench_shotput();
  bench_shotput_show(&shotput);
  const double own = bench_exp_ns(), libmvec = bench_libmvec_exp_ns();
  printf("%-20s %8s %7s %12s %21s %8s %10s %15s %18s\n", "data", "units", "M", "ns_per_unit",
         "ns_per_unit_component", "exp_ns", "times_exp", "libmvec_exp_ns", "times_libmvec_exp");
  for (size_t m = 0; m < sizeof COMPONENTS / sizeof *COMPONENTS; m++) {
    for (size_t n = 0; n < sizeof UNITS / sizeof *UNITS; n++) {
      time_simulated(UNITS[n], COMPONENTS[m], own, libmvec);
    }
  }
  time_shotput(&shotput, own, libmvec);
  bench_problem_clear(&shotput);
  printf("\n");
  return 0;
}
