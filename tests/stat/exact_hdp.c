/* Exact start for the hierarchical Dirichlet process: partition, tables and shares are drawn from their exact
 * law, found by enumeration; one to three sweeps later partition, shares, alpha and gamma0 must still follow it,
 * whatever the mixing. For every algorithm and for kernels alone; alpha and gamma0 fixed or random. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/mixing_hdp.h"
#include "stat/support_hdp.h"
#include "stat/support_verdict.h"

#define ALONE(name, ...)                                                                           \
  static const hmfm_step name[] = {{&hmfm_kernel_close_components, HMFM_ALWAYS},                   \
                                   __VA_ARGS__,                                                    \
                                   {&hmfm_kernel_relabel, HMFM_ALWAYS},                            \
                                   {NULL, HMFM_ALWAYS}}
#define STEP(kernel)                                                                               \
  { &hmfm_kernel_##kernel, HMFM_ALWAYS }

ALONE(DIRECT, STEP(allocate_direct));
ALONE(SOME, STEP(allocate_direct_some));
ALONE(FRANCHISE, STEP(allocate_franchise));
ALONE(SPLIT_MERGE, STEP(split_merge_shared));
ALONE(HYPER, STEP(hyper));
ALONE(GIBBS, STEP(open_components), STEP(atoms), STEP(weights), STEP(allocate_conditional));
static const hmfm_schedule KERNEL[] = {
    {"allocate_direct alone", "", "hdp", DIRECT, {0.0, 0.0}},
    {"allocate_direct_some alone", "", "hdp", SOME, {0.0, 0.0}},
    {"allocate_franchise alone", "", "hdp", FRANCHISE, {0.0, 0.0}},
    {"split_merge_shared alone", "", "hdp", SPLIT_MERGE, {0.0, 0.0}},
    {"hyper alone", "", "hdp", HYPER, {0.0, 0.0}},
    {"open, weights, atoms, allocate", "", "hdp", GIBBS, {0.0, 0.0}},
};
enum { N_KERNELS = sizeof KERNEL / sizeof *KERNEL };

static const stat_prior PRIOR = {.hdp = 1,
                                 .alpha_shape = 1.5,
                                 .alpha_rate = 1.0,
                                 .gamma0_shape = 2.0,
                                 .gamma0_rate = 1.2,
                                 .mu0 = 0.3,
                                 .k0 = 0.2,
                                 .nu0 = 3.0,
                                 .s0 = 0.4,
                                 .rate_mean = 2.0,
                                 .rate_shape = 0.7};

/* ---- what is looked at besides the partition ---- */

enum { N_VALUES = 12 };

/* Shares, and the concentrations with them, as functions of the whole state. */
static void look(const exact_law *law, const stat_state *s, double *x) {
  const size_t last = law->design->n_units - 1, K = s->K;
  double square = 0.0;
  for (size_t k = 0; k < K; k++) square += s->share[k] * s->share[k];
  x[0] = s->share[K];
  x[1] = s->share[K] * (double)K;
  x[2] = pow(s->share[K], 0.1);
  x[3] = s->share[0];
  x[4] = s->share[s->allocation[last]];
  x[5] = square;
  x[6] = s->share[K] < 0.02;
  x[7] = log(s->alpha);
  x[8] = log(s->gamma0);
  x[9] = log(s->alpha) * (double)K;
  x[10] = log(s->gamma0) * s->share[K];
  x[11] = tanh(s->alpha) * s->share[0];
}

/* Shares of a partition from their law: tables by enumeration, then a Dirichlet draw. */
static void draw_shares(gsl_rng *rng, const exact_law *law, size_t p, stat_state *state) {
  static hdp_tables tables;
  hdp_list_tables(law, p, state->alpha, state->gamma0, &tables);
  const size_t t = exact_pick(tables.n, tables.cumulated, gsl_rng_uniform(rng));
  state->K = law->K[p];
  memcpy(state->allocation, law->label[p], law->design->n_units * sizeof *state->allocation);
  stat_hdp_shares(rng, state->K, tables.tables[t], state->gamma0, state->share);
}

/* Quasi-random points of the prior of (alpha, gamma0), or the one point where both are fixed. */
typedef struct points {
  size_t n;
  double *value;      /* n x 2 */
  double *weight;     /* n x partitions, cumulated over partitions */
  double *cumulative; /* n */
} points;

static points points_create(exact_law *law, const stat_prior *prior, size_t n) {
  points made = {.n = n};
  double u[2], p[EXACT_PARTITIONS], all[EXACT_PARTITIONS] = {0}, top = -INFINITY, sum = 0.0;
  gsl_qrng *sobol = gsl_qrng_alloc(gsl_qrng_sobol, 2);
  made.value = calloc(n, 2 * sizeof *made.value);
  made.weight = calloc(n, law->n * sizeof *made.weight);
  made.cumulative = calloc(n, sizeof *made.cumulative);
  if (!sobol || !made.value || !made.weight || !made.cumulative) abort();
  for (size_t q = 0; q < law->n; q++) top = fmax(top, law->log_likelihood[q]);
  for (size_t t = 0; t < n; t++) {
    double *value = made.value + 2 * t;
    gsl_qrng_get(sobol, u);
    value[0] = isnan(prior->alpha)
                   ? gsl_cdf_gamma_Pinv(u[0], prior->alpha_shape, 1.0 / prior->alpha_rate)
                   : prior->alpha;
    value[1] = isnan(prior->gamma0)
                   ? gsl_cdf_gamma_Pinv(u[1], prior->gamma0_shape, 1.0 / prior->gamma0_rate)
                   : prior->gamma0;
    hdp_prior(law, value[0], value[1], p);
    double here = 0.0;
    for (size_t q = 0; q < law->n; q++) {
      p[q] *= exp(law->log_likelihood[q] - top);
      all[q] += p[q];
      made.weight[t * law->n + q] = here += p[q];
    }
    made.cumulative[t] = sum += here;
  }
  exact_set_weights(law, all);
  gsl_qrng_free(sobol);
  return made;
}

static void points_clear(points *at) {
  free(at->value);
  free(at->weight);
  free(at->cumulative);
}

/* ---- a run ---- */

static void run(stat_report *report, const exact_law *law, const points *at, hmfm_chain *chain,
                const char *config, gsl_rng *rng, size_t repetitions) {
  static double count[EXACT_PARTITIONS];
  double before[N_VALUES], after[N_VALUES], mean, sd, sum = 0.0;
  stat_mean change[N_VALUES] = {{0}};
  stat_state state = {0};
  size_t lost = 0;
  memset(count, 0, sizeof count);
  for (size_t t = 0; t < repetitions; t++) {
    const size_t point = exact_pick(at->n, at->cumulative, gsl_rng_uniform(rng));
    const size_t p = exact_pick(law->n, at->weight + point * law->n, gsl_rng_uniform(rng));
    memset(&state, 0, sizeof state);
    state.alpha = at->value[2 * point];
    state.gamma0 = at->value[2 * point + 1];
    draw_shares(rng, law, p, &state);
    look(law, &state, before);
    stat_put(law->design, &state, chain);
    for (size_t k = 0; k <= t % 3; k++) stat_sweep(chain);
    const size_t q = exact_find(law, chain->state->partition.allocation);
    stat_get(law->design, chain, &state);
    sum = 0.0;
    for (size_t k = 0; k <= state.K; k++) sum += state.share[k];
    if (q == law->n || !(fabs(sum - 1.0) < 1e-9)) {
      lost++;
      continue;
    }
    count[q]++;
    look(law, &state, after);
    for (int v = 0; v < N_VALUES; v++) stat_add(&change[v], after[v] - before[v]);
  }
  exact_floor(rng, law, repetitions, &mean, &sd);
  const double tv = exact_total_variation(law, count, (double)repetitions);
  const double z = (tv - mean) / sd, z_chi = stat_chi_square(law->n, count, law->probability, 5.0);
  double worst = 0.0;
  stat_judge(report, (double)lost, 0.0,
             "%s, %s: %zu states not labelled by first appearance, or "
             "with shares that do not sum to 1",
             config, chain->schedule->name, lost);
  stat_judge(report, z > 0.0 ? z : 0.0, STAT_LIMIT, "%s, %s: total variation %g, floor %g", config,
             chain->schedule->name, tv, mean);
  stat_judge(report, z_chi > 0.0 ? z_chi : 0.0, STAT_LIMIT, "%s, %s: law of the partition", config,
             chain->schedule->name);
  for (int v = 0; v < N_VALUES; v++) {
    const double z_change = stat_z(&change[v], 0.0);
    worst = fmax(worst, fabs(z_change));
    stat_judge(report, z_change, STAT_LIMIT, "%s, %s: value %d changes by %g", config,
               chain->schedule->name, v, change[v].mean);
  }
  printf("%-32s %-30s %8.1f %9.5f %9.5f %6.1f %6.1f %6.1f\n", config, chain->schedule->name,
         exact_spread(law), tv, mean, z, z_chi, worst);
}

/* Empty components are opened from this share on: often enough clusters are frozen, and often enough not. */
static void set_level(const stat_model *model, double level) {
  ((hmfm_hdp_prior *)model->model->mixing_prior)->level = level;
}

static void each_sampler(stat_report *report, const exact_law *law, const points *at,
                         const stat_model *model, const char *config, gsl_rng *rng, int alone) {
  const size_t repetitions = !report->full ? 6000 : alone ? 200000 : 60000;
  const char *name;
  const double level = ((const hmfm_hdp_prior *)model->model->mixing_prior)->level;
  for (size_t a = 0; (name = stat_algorithm("hdp", a)); a++) {
    hmfm_chain *chain = stat_chain_create(model, name, 1 + a);
    run(report, law, at, chain, config, rng, repetitions);
    hmfm_chain_destroy(chain);
  }
  for (size_t a = 0; alone && a < N_KERNELS; a++) {
    hmfm_chain *chain = stat_chain_create(model, "conditional", 100 + a);
    chain->schedule = &KERNEL[a];
    if (a + 1 == N_KERNELS) set_level(model, 0.1);
    run(report, law, at, chain, config, rng, repetitions / 2);
    set_level(model, level);
    hmfm_chain_destroy(chain);
  }
}

/* Data so far apart that the law spreads over as many partitions as it can. */
static points choose_stretch(exact_law *law, const stat_prior *prior, size_t n_points, double *y,
                             double *chosen) {
  double best = -1.0;
  points at;
  *chosen = 1.0;
  for (double stretch = 0.5; stretch < 300.0; stretch *= 1.6) {
    exact_stretch_data(law->design, stretch, y);
    exact_set_data(law, prior, y);
    at = points_create(law, prior, n_points < 64 ? n_points : 64);
    points_clear(&at);
    if (exact_spread(law) <= best) continue;
    best = exact_spread(law);
    *chosen = stretch;
  }
  exact_stretch_data(law->design, *chosen, y);
  exact_set_data(law, prior, y);
  return points_create(law, prior, n_points);
}

static void each_prior(stat_report *report, const stat_design *design, gsl_rng *rng) {
  const double fixed[] = {0.1, 1.0, 5.0, NAN};
  exact_law *law = exact_create(design);
  for (int a = 0; a < 4; a++) {
    for (int b = 0; b < 4; b++) {
      stat_prior prior = PRIOR;
      double y[STAT_ROWS], stretch;
      char config[64], text[2][16];
      stat_model model;
      prior.alpha = fixed[a];
      prior.gamma0 = fixed[b];
      if ((!report->full || design->counts) && (a + b) % 2 != 0) continue;
      const int is_random = isnan(prior.alpha) || isnan(prior.gamma0);
      const size_t n_points = !is_random ? 1 : report->full ? 4096 : 512;
      points at = choose_stretch(law, &prior, n_points, y, &stretch);
      snprintf(text[0], sizeof *text, isnan(prior.alpha) ? "random" : "%g", prior.alpha);
      snprintf(text[1], sizeof *text, isnan(prior.gamma0) ? "random" : "%g", prior.gamma0);
      snprintf(config, sizeof config, "%sd=%zu a=%s g0=%s x%.3g", design->counts ? "counts " : "",
               design->n_groups, text[0], text[1], stretch);
      stat_model_create(design, &prior, y, &model);
      each_sampler(report, law, &at, &model, config, rng, a == b);
      stat_model_destroy(&model);
      points_clear(&at);
    }
  }
  exact_destroy(law);
}

/* With one group: the Dirichlet process mixture of concentration alpha where gamma0 is so large that no two tables
 * serve one cluster, and of concentration gamma0 where alpha is so large that every unit has a table of its own. Its law of
 * partitions is Ewens': c^K prod_k (n_k - 1)!. */
static void one_group(stat_report *report, gsl_rng *rng) {
  const size_t size[] = {6};
  stat_design design;
  stat_design_make(&design, 1, size, 2, 0);
  exact_law *law = exact_create(&design);
  for (int which = 0; which < 2; which++) {
    stat_prior prior = PRIOR;
    double y[STAT_ROWS], ewens[EXACT_PARTITIONS], sum = 0.0, worst = 0.0;
    stat_model model;
    prior.alpha = which ? 1e8 : 0.8;
    prior.gamma0 = which ? 1.3 : 1e8;
    exact_stretch_data(&design, 1.5, y);
    exact_set_data(law, &prior, y);
    points at = points_create(law, &prior, 1);
    for (size_t q = 0; q < law->n; q++) {
      ewens[q] = exp(law->log_likelihood[q] - law->log_likelihood[0]);
      for (size_t k = 0; k < law->K[q]; k++) {
        ewens[q] *= which ? prior.gamma0 : prior.alpha;
        for (size_t i = 1; i < law->count[q][0][k]; i++) ewens[q] *= (double)i;
      }
      sum += ewens[q];
    }
    for (size_t q = 0; q < law->n; q++) {
      worst = fmax(worst, fabs(ewens[q] / sum - law->probability[q]));
    }
    stat_judge(report, worst < 1e-6 ? 0.0 : worst, 0.0, "one group, %s large: %g from Ewens' law",
               which ? "alpha" : "gamma0", worst);
    stat_model_create(&design, &prior, y, &model);
    each_sampler(report, law, &at, &model, which ? "one group, alpha large" : "one group, g0 large",
                 rng, 0);
    stat_model_destroy(&model);
    points_clear(&at);
  }
  exact_destroy(law);
}

int main(int argc, char **argv) {
  stat_report report = stat_begin("Exact start, hierarchical Dirichlet process", argc, argv);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t one[] = {6}, two[] = {4, 3}, three[] = {3, 2, 2};
  stat_design design;
  printf("%-32s %-30s %8s %9s %9s %6s %6s %6s\n", "design (x: stretch of the data)", "sampler",
         "spread", "TV", "floor", "z TV", "z chi2", "values");
  stat_design_make(&design, 2, two, 3, 0);
  each_prior(&report, &design, rng);
  stat_design_make(&design, 3, three, 3, 0);
  each_prior(&report, &design, rng);
  stat_design_make(&design, 1, one, 2, 0);
  stat_design_count(&design);
  each_prior(&report, &design, rng);
  one_group(&report, rng);
  gsl_rng_free(rng);
  return stat_end(&report);
}
