/* Exact start, then a few sweeps: the partition (and M) is drawn from its exact law, found by
 * enumeration; one to three sweeps later it must still follow that law, whatever the mixing. For every
 * algorithm and for kernels alone; joint law of partition and M; hyperparameters fixed or random. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/support_exact.h"
#include "stat/support_paths.h"
#include "stat/support_verdict.h"

/* Kernels alone, M from its law: each must keep the law of (partition, M). */
static const hmfm_step GIBBS[] = {{&hmfm_kernel_weights, HMFM_ALWAYS},
                                  {&hmfm_kernel_atoms, HMFM_ALWAYS},
                                  {&hmfm_kernel_allocate_conditional, HMFM_ALWAYS},
                                  {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                  {NULL, HMFM_ALWAYS}};
static const hmfm_step SCAN[] = {{&hmfm_kernel_allocate_marginal, HMFM_ALWAYS},
                                 {NULL, HMFM_ALWAYS}};
static const hmfm_step MIXED[] = {{&hmfm_kernel_allocate_marginal, HMFM_ALWAYS},
                                  {&hmfm_kernel_components, HMFM_ALWAYS},
                                  {&hmfm_kernel_weights, HMFM_ALWAYS},
                                  {&hmfm_kernel_atoms, HMFM_ALWAYS},
                                  {&hmfm_kernel_allocate_conditional, HMFM_ALWAYS},
                                  {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                  {NULL, HMFM_ALWAYS}};
static const hmfm_step TELESCOPE[] = {{&hmfm_kernel_allocate_telescoping, HMFM_ALWAYS},
                                      {NULL, HMFM_ALWAYS}};
static const hmfm_step TELESCOPE_SOME[] = {{&hmfm_kernel_allocate_telescoping_some, HMFM_ALWAYS},
                                           {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                           {NULL, HMFM_ALWAYS}};
static const hmfm_step SOME[] = {{&hmfm_kernel_allocate_some, HMFM_ALWAYS},
                                 {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                 {NULL, HMFM_ALWAYS}};
static const hmfm_step SPLIT_MERGE_MARGINAL[] = {{&hmfm_kernel_split_merge_marginal, HMFM_ALWAYS},
                                                 {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                                 {NULL, HMFM_ALWAYS}};
static const hmfm_schedule ALONE[] = {
    {"weights, atoms, allocate", "", "hmfm", GIBBS, {0.0, 0.0}},
    {"allocate_marginal alone", "", "hmfm", SCAN, {0.0, 0.0}},
    {"allocate_some alone", "", "hmfm", SOME, {0.0, 0.0}},
    {"both allocations", "", "hmfm", MIXED, {0.0, 0.0}},
    {"allocate_telescoping alone", "", "hmfm", TELESCOPE, {0.0, 0.0}},
    {"split_merge_marginal alone", "", "hmfm", SPLIT_MERGE_MARGINAL, {0.0, 0.0}},
    {"allocate_telescoping_some", "", "hmfm", TELESCOPE_SOME, {0.0, 0.0}},
    {"anneal alone", "", "hmfm", stat_anneal, {0.0, 0.0}},
    {"anneal_group alone", "", "hmfm", stat_anneal_group, {0.0, 0.0}},
};
enum { N_ALONE = sizeof ALONE / sizeof *ALONE };

/* How far the data are apart: chosen so that the law spreads over as many partitions as it can; for
 * a concentration of 1e-8 that takes data that insist on more than one cluster a group. */
static double choose_stretch(exact_law *law, const stat_prior *prior, double lambda,
                             const double *gamma, double *y) {
  double best = -1.0, best_stretch = 1.0;
  for (double stretch = 0.5; stretch < 3e4; stretch *= 1.6) {
    exact_stretch_data(law->design, stretch, y);
    exact_set_data(law, prior, y);
    exact_set_hyper(law, lambda, gamma);
    if (exact_spread(law) <= best) continue;
    best = exact_spread(law);
    best_stretch = stretch;
  }
  exact_stretch_data(law->design, best_stretch, y);
  exact_set_data(law, prior, y);
  exact_set_hyper(law, lambda, gamma);
  return best_stretch;
}

enum { EXTRA = 4 }; /* M - K = 0, 1, 2, more */

/* Chi-square over the cells (partition, M - K). */
static double judge_joint(const exact_law *law, const double *count) {
  static double p[EXACT_PARTITIONS * EXTRA];
  for (size_t q = 0; q < law->n; q++) {
    const size_t K = law->K[q];
    const double *c = law->component[K], all = c[EXACT_M - 1];
    for (size_t e = 0; e < EXTRA; e++) {
      double upto = e + 1 < EXTRA ? c[K + e] : all, before = e > 0 ? c[K + e - 1] : 0.0;
      p[q * EXTRA + e] = all > 0.0 ? law->probability[q] * (upto - before) / all : 0.0;
    }
  }
  return stat_chi_square(law->n * EXTRA, count, p, 5.0);
}

static void run_fixed(stat_report *report, const exact_law *law, hmfm_chain *chain,
                      const char *config, gsl_rng *rng, size_t repetitions) {
  static double count[EXACT_PARTITIONS], joint[EXACT_PARTITIONS * EXTRA];
  size_t lost = 0;
  hmfm_error error;
  memset(count, 0, sizeof count);
  memset(joint, 0, sizeof joint);
  for (size_t t = 0; t < repetitions; t++) {
    size_t p = exact_pick(law->n, law->cumulative, gsl_rng_uniform(rng));
    size_t K = law->K[p], M = exact_pick(EXACT_M, law->component[K], gsl_rng_uniform(rng));
    stat_require(hmfm_state_set_partition(chain->state, law->label[p], K, M, &error), &error);
    for (size_t k = 0; k <= t % 3; k++) stat_sweep(chain);
    size_t q = exact_find(law, chain->state->partition.allocation);
    if (q == law->n || chain->state->n_components < law->K[q]) {
      lost++;
      continue;
    }
    size_t extra = chain->state->n_components - law->K[q];
    count[q]++;
    joint[q * EXTRA + (extra < EXTRA ? extra : EXTRA - 1)]++;
  }
  double mean, sd, tv = exact_total_variation(law, count, (double)repetitions);
  exact_floor(rng, law, repetitions, &mean, &sd);
  double z = (tv - mean) / sd;
  double z_joint = judge_joint(law, joint);
  printf("%-34s %-26s %8.1f %9.5f %9.5f %6.1f %6.1f\n", config, chain->schedule->name,
         exact_spread(law), tv, mean, z, z_joint);
  stat_judge(report, (double)lost, 0.0, "%zu states were not labelled by first appearance", lost);
  stat_judge(report, z > 0.0 ? z : 0.0, STAT_LIMIT, "%s, %s: total variation %g, floor %g", config,
             chain->schedule->name, tv, mean);
  stat_judge(report, z_joint > 0.0 ? z_joint : 0.0, STAT_LIMIT, "%s, %s: law of (partition, M)",
             config, chain->schedule->name);
}

static const stat_prior PRIOR = {.gamma_guess = 0.4,
                                 .gamma_shape = NAN,
                                 .lambda_mean = 2.0,
                                 .lambda_var = 2.0,
                                 .mu0 = 0.3,
                                 .k0 = 0.2,
                                 .nu0 = 3.0,
                                 .s0 = 0.4,
                                 .rate_mean = 2.0,
                                 .rate_shape = 0.7};

static int takes_any_law(const hmfm_schedule *schedule) {
  for (const hmfm_step *step = schedule->step; step->kernel; step++) {
    if (step->kernel->poisson) return 0;
  }
  return 1;
}

/* Every algorithm, then, if asked for, the kernels alone. */
static void each_sampler(stat_report *report, const exact_law *law, const stat_model *model,
                         const char *config, gsl_rng *rng, int alone) {
  const size_t repetitions = report->full ? 200000 : 8000;
  const char *name;
  for (size_t a = 0; (name = stat_algorithm("hmfm", a)); a++) {
    if (!stat_takes(model, name)) continue;
    hmfm_chain *chain = stat_chain_create(model, name, 1 + a);
    run_fixed(report, law, chain, config, rng, repetitions);
    hmfm_chain_destroy(chain);
  }
  for (size_t a = 0; alone && a < N_ALONE; a++) {
    if (law->components.name && !takes_any_law(&ALONE[a])) continue;
    hmfm_chain *chain = stat_chain_create(model, "conditional", 100 + a);
    chain->schedule = &ALONE[a];
    run_fixed(report, law, chain, config, rng, repetitions / 2);
    hmfm_chain_destroy(chain);
  }
}

static void fixed_hyper(stat_report *report, const stat_design *design, gsl_rng *rng) {
  const double lambda[] = {0.8, 2.7, 10.3}, gamma[] = {1e-8, 1e-4, 0.3, 2.0};
  const double uneven[] = {0.02, 1.3, 0.4, 0.4};
  exact_law *law = exact_create(design);
  for (size_t a = 0; a < 3; a++) {
    for (size_t b = 0; b < 5; b++) {
      stat_prior prior = PRIOR;
      double y[STAT_ROWS];
      char config[64];
      stat_model model;
      if (b == 4 && a != 1) continue;
      if (design->counts && a != 1 && !report->full) continue;
      prior.lambda = lambda[a];
      for (size_t j = 0; j < design->n_groups; j++) prior.gamma[j] = b < 4 ? gamma[b] : uneven[j];
      double stretch = choose_stretch(law, &prior, prior.lambda, prior.gamma, y);
      snprintf(config, sizeof config, "%sd=%zu L=%g g=%g%s x%.3g", design->counts ? "counts " : "",
               design->n_groups, lambda[a], prior.gamma[0], b < 4 ? "" : "..", stretch);
      stat_model_create(design, &prior, y, &model);
      each_sampler(report, law, &model, config, rng, report->full || a == 1);
      stat_model_destroy(&model);
    }
  }
  exact_destroy(law);
}

/* Laws of M other than Poisson. A point at 3 leaves out most partitions; one at 9 keeps all of them. */
static const slow_law LAWS[] = {
    {.name = "negbin", .size = 0.6},  {.name = "point", .most = 3.0},
    {.name = "uniform", .most = 5.0}, {.name = "negbin", .size = 8.0},
    {.name = "point", .most = 9.0},   {.name = "uniform", .most = 40.0}};
enum { N_LAWS = sizeof LAWS / sizeof *LAWS, N_QUICK_LAWS = 3 };

static void other_laws(stat_report *report, const stat_design *design, gsl_rng *rng) {
  const double gamma[] = {0.3, 1e-4};
  exact_law *law = exact_create(design);
  for (size_t a = 0; a < (report->full ? N_LAWS : N_QUICK_LAWS); a++) {
    for (size_t b = 0; b < (report->full ? 2 : 1); b++) {
      stat_prior prior = PRIOR;
      double y[STAT_ROWS];
      char config[64];
      stat_model model;
      prior.components = LAWS[a];
      prior.lambda = 2.7;
      for (size_t j = 0; j < STAT_GROUPS; j++) prior.gamma[j] = gamma[b];
      choose_stretch(law, &prior, prior.lambda, prior.gamma, y);
      snprintf(config, sizeof config, "d=%zu %s %g g=%g", design->n_groups, LAWS[a].name,
               LAWS[a].most > 0.0 ? LAWS[a].most : LAWS[a].size, gamma[b]);
      stat_model_create(design, &prior, y, &model);
      each_sampler(report, law, &model, config, rng, report->full || a < 2);
      stat_model_destroy(&model);
    }
  }
  exact_destroy(law);
}

/* ---- hyperparameters random ---- */

/* Quasi-random points of the prior of (Lambda, gamma), each with the posterior weight of all
 * partitions together; the discrete law on them stands for the continuous one. */
typedef struct points {
  size_t n;
  double *value;                /* n x (1 + d) */
  double *cumulative;           /* n */
  double law[EXACT_PARTITIONS]; /* of the partition, hyperparameters integrated out */
} points;

static void weights_at(const exact_law *law, const double *value, double top, double *weight) {
  exact_prior(law, value[0], value + 1, weight);
  for (size_t p = 0; p < law->n; p++) weight[p] *= exp(law->log_likelihood[p] - top);
}

static double top_likelihood(const exact_law *law) {
  double top = -INFINITY;
  for (size_t p = 0; p < law->n; p++) top = fmax(top, law->log_likelihood[p]);
  return top;
}

static points points_create(const exact_law *law, const stat_prior *prior, size_t n) {
  const size_t d = law->design->n_groups;
  points made = {.n = n};
  double u[1 + STAT_GROUPS], weight[EXACT_PARTITIONS], sum = 0.0, shape, rate;
  gsl_qrng *sobol = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)(1 + d));
  made.value = calloc(n, (1 + d) * sizeof *made.value);
  made.cumulative = calloc(n, sizeof *made.cumulative);
  if (!sobol || !made.value || !made.cumulative) abort();
  for (size_t t = 0; t < n; t++) {
    double *value = made.value + t * (1 + d);
    gsl_qrng_get(sobol, u);
    stat_lambda_law(prior, &shape, &rate);
    value[0] = isnan(prior->lambda) ? gsl_cdf_gamma_Pinv(u[0], shape, 1.0 / rate) : prior->lambda;
    stat_gamma_law(law->design, prior, value[0], &shape, &rate);
    for (size_t j = 0; j < d; j++) {
      value[1 + j] = isnan(prior->gamma[j]) ? gsl_cdf_gamma_Pinv(u[1 + j], shape, 1.0 / rate)
                                            : prior->gamma[j];
    }
    weights_at(law, value, top_likelihood(law), weight);
    for (size_t p = 0; p < law->n; p++) {
      made.law[p] += weight[p];
      sum += weight[p];
    }
    made.cumulative[t] = sum;
  }
  gsl_qrng_free(sobol);
  return made;
}

static void run_random(stat_report *report, exact_law *law, const points *at, hmfm_chain *chain,
                       const char *config, gsl_rng *rng, size_t repetitions) {
  const size_t d = law->design->n_groups;
  double weight[EXACT_PARTITIONS], after[1 + STAT_GROUPS], component[EXACT_M];
  static double count[EXACT_PARTITIONS];
  stat_mean change[2 * (1 + STAT_GROUPS)] = {{0}};
  hmfm_state *state = chain->state;
  hmfm_error error;
  memset(count, 0, sizeof count);
  for (size_t t = 0; t < repetitions; t++) {
    const double *value =
        at->value + exact_pick(at->n, at->cumulative, gsl_rng_uniform(rng)) * (1 + d);
    weights_at(law, value, top_likelihood(law), weight);
    for (size_t p = 1; p < law->n; p++) weight[p] += weight[p - 1];
    size_t p = exact_pick(law->n, weight, gsl_rng_uniform(rng));
    exact_component_law(law, law->K[p], value[0], value + 1, component);
    size_t M = exact_pick(EXACT_M, component, gsl_rng_uniform(rng));
    state->model->mixing->set(state->process, value);
    stat_require(hmfm_state_set_partition(state, law->label[p], law->K[p], M, &error), &error);
    for (size_t k = 0; k <= t % 3; k++) stat_sweep(chain);
    size_t q = exact_find(law, state->partition.allocation);
    if (q < law->n) count[q]++;
    state->model->mixing->get(state->process, after);
    for (size_t v = 0; v <= d; v++) {
      double x = log(value[v]), y = log(after[v]);
      stat_add(&change[2 * v], y - x);
      stat_add(&change[2 * v + 1], tanh(y) * tanh(y) - tanh(x) * tanh(x));
    }
  }
  exact_set_weights(law, at->law);
  double z = stat_chi_square(law->n, count, law->probability, 5.0), worst = 0.0;
  stat_judge(report, z > 0.0 ? z : 0.0, STAT_LIMIT, "%s, %s: law of the partition", config,
             chain->schedule->name);
  for (size_t v = 0; v < 2 * (1 + d); v++) {
    double z_change = stat_z(&change[v], 0.0);
    worst = fmax(worst, fabs(z_change));
    stat_judge(report, z_change, STAT_LIMIT, "%s, %s: %s %zu has changed its law", config,
               chain->schedule->name, v < 2 ? "Lambda" : "gamma", v / 2);
  }
  printf("%-34s %-26s %8.1f %26s %6.1f %6.1f\n", config, chain->schedule->name, exact_spread(law),
         "hyper", worst, z);
}

static void random_hyper(stat_report *report, const stat_design *design, gsl_rng *rng) {
  const char *const what[] = {"L, g random", "L fixed, g_2 fixed", "L random, g_2 fixed",
                              "negbin, L, g random"};
  exact_law *law = exact_create(design);
  for (int fixed = 0; fixed < 4; fixed++) {
    stat_prior prior = PRIOR;
    double y[STAT_ROWS], guess[STAT_GROUPS] = {0.4, 0.4, 0.4, 0.4};
    char config[64];
    stat_model model;
    const char *name;
    if (design->counts && fixed && !report->full) break;
    prior.lambda = fixed == 1 ? 1.7 : NAN;
    if (fixed == 3) prior.components = (slow_law){.name = "negbin", .size = 0.8};
    for (size_t j = 0; j < STAT_GROUPS; j++) {
      prior.gamma[j] = fixed % 3 && j == 1 ? 0.25 : NAN;
    }
    choose_stretch(law, &prior, 2.0, guess, y);
    points at = points_create(law, &prior, report->full ? 65536 : 8192);
    stat_model_create(design, &prior, y, &model);
    snprintf(config, sizeof config, "%sd=%zu %s", design->counts ? "counts " : "", design->n_groups,
             what[fixed]);
    for (size_t a = 0; (name = stat_algorithm("hmfm", a)); a++) {
      if (!stat_takes(&model, name)) continue;
      hmfm_chain *chain = stat_chain_create(&model, name, 1 + a);
      run_random(report, law, &at, chain, config, rng, report->full ? 200000 : 8000);
      hmfm_chain_destroy(chain);
    }
    stat_model_destroy(&model);
    free(at.value);
    free(at.cumulative);
  }
  exact_destroy(law);
}

int main(int argc, char **argv) {
  stat_report report = stat_begin("Exact start", argc, argv);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t two[] = {3, 3}, three[] = {3, 2, 2};
  stat_design design[3];
  stat_design_make(&design[0], 2, two, 3, 0);
  stat_design_make(&design[1], 3, three, 3, 0);
  stat_design_make(&design[2], 2, two, 3, 0);
  stat_design_count(&design[2]);
  printf("%-34s %-26s %8s %9s %9s %6s %6s\n", "design (x: stretch of the data)", "sampler",
         "spread", "TV", "floor", "z TV", "z chi2");
  for (int k = 0; k < 3; k++) {
    fixed_hyper(&report, &design[k], rng);
    random_hyper(&report, &design[k], rng);
    if (!design[k].counts) other_laws(&report, &design[k], rng);
  }
  gsl_rng_free(rng);
  return stat_end(&report);
}
