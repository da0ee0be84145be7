/* Joint-distribution tests: everything is random, covariates and repeats included. A state is drawn from
 * the prior by independent code, data given it; the chain starts there and sweeps once to three
 * times; then state and data together must have the law they started with. In full, also Geweke's (2004)
 * successive-conditional simulator, which alternates data given state and a sweep. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/support_model.h"
#include "stat/support_paths.h"
#include "stat/support_verdict.h"

/* ---- what is looked at ---- */

enum { MAX_VALUES = 96 };

typedef struct values {
  size_t n;
  double x[MAX_VALUES];
  const char *name[MAX_VALUES];
  size_t index[MAX_VALUES][2];
} values;

static void look(values *v, double x, const char *name, size_t j, size_t k) {
  if (v->n == MAX_VALUES) abort();
  v->name[v->n] = name;
  v->index[v->n][0] = j;
  v->index[v->n][1] = k;
  v->x[v->n++] = x;
}

static double unit_mean(const stat_design *design, const double *y, size_t unit) {
  double sum = 0.0;
  const size_t first = design->unit_start[unit], last = design->unit_start[unit + 1];
  for (size_t h = first; h < last; h++) sum += y[h] / (double)(last - first);
  return sum;
}

static void look_at_partition(const stat_design *design, const stat_state *state, const double *y,
                              values *v) {
  double largest = 0.0, alike = 0.0, close = 0.0;
  for (size_t m = 0; m < state->K; m++) {
    double size = 0.0;
    for (size_t i = 0; i < design->n_units; i++) size += state->allocation[i] == (int32_t)m;
    largest = fmax(largest, size);
  }
  for (size_t a = 0; a < design->n_units; a++) {
    for (size_t b = 0; b < a; b++) {
      double gap = unit_mean(design, y, a) - unit_mean(design, y, b);
      double together = state->allocation[a] == state->allocation[b];
      alike += together * (design->group[a] != design->group[b]);
      close += together * exp(-gap * gap);
    }
  }
  const size_t last = design->n_units - 1;
  look(v, largest, "largest cluster", 0, 0);
  look(v, alike, "pairs across groups", 0, 0);
  look(v, close, "pairs x closeness", 0, 0);
  look(v, state->allocation[0] == state->allocation[1], "together", 0, 1);
  look(v, state->allocation[0] == state->allocation[last], "together", 0, last);
}

static void look_at_regression(const stat_design *design, const stat_prior *prior,
                               const stat_state *state, const double *y, values *v) {
  size_t i = 0;
  for (size_t j = 0; j < design->n_groups; j++) {
    const double *beta = stat_beta(design, prior, state, j);
    const size_t begin = i;
    while (i < design->n_units && design->group[i] == j) i++;
    for (size_t k = 0; k < design->n_x; k++) {
      double sum = 0.0, product = 0.0;
      for (size_t h = design->unit_start[begin]; h < design->unit_start[i]; h++) {
        sum += y[h];
        product += y[h] * (design->x[h * design->n_x + k] - 0.3);
      }
      look(v, beta[k], "beta", j, k);
      look(v, beta[k] * beta[k], "beta^2", j, k);
      look(v, beta[k] * atan(sum / 5.0), "beta x mean", j, k);
      look(v, beta[k] * atan(product / 3.0), "beta x slope", j, k);
      look(v, beta[k] * (double)state->K, "beta x K", j, k);
    }
    if (design->n_x == 2) look(v, beta[0] * beta[1], "beta beta", j, 0);
  }
}

static void look_at_hmfm(const stat_design *design, const stat_state *state, values *v) {
  const double K = (double)state->K, M = (double)state->M;
  look(v, M, "M", 0, 0);
  look(v, M * M, "M^2", 0, 0);
  look(v, M * K, "M K", 0, 0);
  look(v, state->lambda, "lambda", 0, 0);
  look(v, state->lambda * state->lambda, "lambda^2", 0, 0);
  look(v, state->lambda * M, "lambda M", 0, 0);
  for (size_t j = 0; j < design->n_groups; j++) {
    double log_gamma = log(state->gamma[j]);
    double K_j = (double)stat_group_clusters(design, state, j);
    look(v, log_gamma, "log gamma", j, 0);
    look(v, log_gamma * log_gamma, "(log gamma)^2", j, 0);
    look(v, tanh(state->gamma[j]) * state->lambda, "gamma lambda", j, 0);
    look(v, tanh(state->gamma[j]) * M, "gamma M", j, 0);
    look(v, K_j * tanh(state->gamma[j]), "K_group gamma", j, 0);
  }
}

static void look_at_hdp(const stat_design *design, const stat_state *state, values *v) {
  const double K = (double)state->K, rest = state->share[state->K], log_alpha = log(state->alpha),
               log_gamma0 = log(state->gamma0);
  double square = 0.0;
  for (size_t k = 0; k < state->K; k++) square += state->share[k] * state->share[k];
  look(v, log_alpha, "log alpha", 0, 0);
  look(v, log_alpha * log_alpha, "(log alpha)^2", 0, 0);
  look(v, log_alpha * K, "log alpha K", 0, 0);
  look(v, log_gamma0, "log gamma0", 0, 0);
  look(v, log_gamma0 * log_gamma0, "(log gamma0)^2", 0, 0);
  look(v, log_gamma0 * K, "log gamma0 K", 0, 0);
  look(v, log_gamma0 * log_alpha, "log gamma0 log alpha", 0, 0);
  look(v, rest, "rest", 0, 0);
  look(v, rest * log_gamma0, "rest log gamma0", 0, 0);
  look(v, rest * K, "rest K", 0, 0);
  look(v, square, "sum of squared shares", 0, 0);
  look(v, state->share[0], "share", 0, 0);
  look(v, state->share[state->allocation[design->n_units - 1]], "share of the last unit", 0, 0);
}

static void look_at(const stat_design *design, const stat_prior *prior, const stat_state *state,
                    const double *y, values *v) {
  const double K = (double)state->K;
  v->n = 0;
  look(v, K, "K", 0, 0);
  look(v, K * K, "K^2", 0, 0);
  for (size_t j = 0; j < design->n_groups; j++) {
    look(v, (double)stat_group_clusters(design, state, j), "K_group", j, 0);
  }
  if (prior->hdp)
    look_at_hdp(design, state, v);
  else
    look_at_hmfm(design, state, v);
  look(v, stat_log_marginal(design, prior, state, y), "log likelihood", 0, 0);
  look_at_partition(design, state, y, v);
  if (design->n_x > 0) look_at_regression(design, prior, state, y, v);
}

/* ---- one transition ---- */

typedef struct sampler {
  const char *name;
  const char *algorithm;
  const hmfm_schedule *schedule; /* NULL: the algorithm's own */
  size_t sweeps;                 /* per step; more for kernels that do little in one */
} sampler;

/* sweeps sweeps from the state given in `at`, data y; the end state in `at`. */
static void transition(const stat_design *design, const sampler *who, stat_model *model,
                       const double *y, size_t sweeps, uint64_t seed, stat_state *at) {
  stat_model_respond(model, y);
  hmfm_chain *chain = stat_chain_create(model, who->algorithm, seed);
  if (who->schedule) chain->schedule = who->schedule;
  stat_put(design, at, chain);
  chain->sweeps_done = seed % 16; /* some kernels take turns, by the number of the sweep */
  for (size_t k = 0; k < sweeps; k++) stat_sweep(chain);
  stat_get(design, chain, at);
  hmfm_chain_destroy(chain);
}

/* ---- (a) independent restarts ---- */

/* Laws as a whole: end states against fresh draws from the prior, by Kolmogorov-Smirnov. */
typedef struct samples {
  size_t n, width;
  double *end, *prior; /* value by value: width x n */
} samples;

static size_t scalars(const stat_design *design, const stat_prior *prior, const stat_state *state,
                      double *x) {
  size_t n = 0;
  const size_t n_beta = (prior->shared ? 1 : design->n_groups) * design->n_x;
  for (size_t k = 0; k < n_beta; k++) x[n++] = state->beta[k];
  x[n++] = (double)state->K;
  if (prior->hdp) {
    x[n++] = state->alpha;
    x[n++] = state->gamma0;
    x[n++] = state->share[0];
    x[n++] = state->share[state->K];
    return n;
  }
  x[n++] = state->lambda;
  for (size_t j = 0; j < design->n_groups; j++) x[n++] = state->gamma[j];
  x[n++] = (double)state->M;
  return n;
}

static void keep(samples *s, double *to, size_t t, const double *x) {
  for (size_t v = 0; v < s->width; v++) to[v * s->n + t] = x[v];
}

static void judge_laws(stat_report *report, const char *config, const sampler *who, samples *s) {
  for (size_t v = 0; v < s->width; v++) {
    double z = stat_ks_two(s->n, s->end + v * s->n, s->n, s->prior + v * s->n);
    stat_judge(report, z > 0.0 ? z : 0.0, STAT_LIMIT, "%s, %s: law of scalar %zu", config,
               who->name, v);
  }
  free(s->end);
  free(s->prior);
}

static void restarts(stat_report *report, const char *config, const stat_design *design,
                     const stat_prior *prior, const sampler *who, gsl_rng *rng,
                     size_t repetitions) {
  stat_mean change[MAX_VALUES] = {{0}}, moved[MAX_VALUES] = {{0}}, at_start[MAX_VALUES] = {{0}};
  values before, after;
  stat_state start, end, fresh;
  stat_model model;
  double y[STAT_ROWS] = {0}, x[32];
  samples kept = {.n = repetitions};
  stat_draw_prior(rng, design, prior, &start);
  kept.width = scalars(design, prior, &start, x);
  kept.end = malloc(kept.n * kept.width * sizeof(double));
  kept.prior = malloc(kept.n * kept.width * sizeof(double));
  if (!kept.end || !kept.prior) abort();
  stat_model_create(design, prior, y, &model);
  for (size_t t = 0; t < repetitions; t++) {
    stat_draw_prior(rng, design, prior, &start);
    stat_draw_data(rng, design, prior, &start, y);
    end = start;
    transition(design, who, &model, y, who->sweeps * (1 + t % 3), t, &end);
    look_at(design, prior, &start, y, &before);
    look_at(design, prior, &end, y, &after);
    for (size_t v = 0; v < after.n; v++) {
      stat_add(&change[v], after.x[v] - before.x[v]);
      stat_add(&moved[v], after.x[v] != before.x[v]);
      stat_add(&at_start[v], before.x[v]);
    }
    scalars(design, prior, &end, x);
    keep(&kept, kept.end, t, x);
    stat_draw_prior(rng, design, prior, &fresh);
    scalars(design, prior, &fresh, x);
    keep(&kept, kept.prior, t, x);
  }
  size_t worst = 0;
  report->worst = 0.0;
  for (size_t v = 0; v < after.n; v++) {
    double z = stat_z(&change[v], 0.0);
    if (fabs(z) > fabs(stat_z(&change[worst], 0.0))) worst = v;
    stat_judge(report, z, STAT_LIMIT, "%s, %s: %s[%zu,%zu] changes by %g", config, who->name,
               after.name[v], after.index[v][0], after.index[v][1], change[v].mean);
    /* standing still keeps every law, too: what is random has to move */
    const int still = prior->shared && strcmp(who->name, "anneal_group") == 0; /* beta stays */
    const int watched = !who->schedule || (!still && strncmp(after.name[v], "beta", 4) == 0);
    if (!watched || at_start[v].square == 0.0) continue;
    stat_judge(report, moved[v].mean < 0.04 ? STAT_LIMIT + 1.0 : 0.0, STAT_LIMIT,
               "%s, %s: %s[%zu,%zu] moves in %g of the restarts", config, who->name, after.name[v],
               after.index[v][0], after.index[v][1], moved[v].mean);
  }
  judge_laws(report, config, who, &kept);
  printf("%-30s %-26s %9zu %6.1f  %s\n", config, who->name, repetitions, report->worst,
         after.name[worst]);
  stat_model_destroy(&model);
}

/* ---- (b) successive-conditional simulator ---- */

static void successive(stat_report *report, const char *config, const stat_design *design,
                       const stat_prior *prior, const sampler *who, gsl_rng *rng, size_t steps) {
  stat_mean truth[MAX_VALUES] = {{0}};
  values seen = {0};
  stat_state state;
  stat_model model;
  double y[STAT_ROWS] = {0};
  double *series = malloc(steps * MAX_VALUES * sizeof *series);
  if (!series) abort();
  for (size_t t = 0; t < steps; t++) {
    stat_draw_prior(rng, design, prior, &state);
    stat_draw_data(rng, design, prior, &state, y);
    look_at(design, prior, &state, y, &seen);
    for (size_t v = 0; v < seen.n; v++) stat_add(&truth[v], seen.x[v]);
  }
  stat_model_create(design, prior, y, &model);
  for (size_t t = 0; t < steps; t++) {
    stat_draw_data(rng, design, prior, &state, y);
    transition(design, who, &model, y, 1, t, &state);
    look_at(design, prior, &state, y, &seen);
    for (size_t v = 0; v < seen.n; v++) series[v * steps + t] = seen.x[v];
  }
  report->worst = 0.0;
  for (size_t v = 0; v < seen.n; v++) {
    stat_batched chain = stat_batch(series + v * steps, steps);
    double error = truth[v].square / (truth[v].n - 1.0) / truth[v].n + chain.error * chain.error;
    double gap = chain.mean - truth[v].mean;
    stat_judge(report, fabs(gap) < 1e-9 * fabs(chain.mean) ? 0.0 : gap / sqrt(error), STAT_LIMIT,
               "%s, %s, successive: %s[%zu,%zu] is %g, prior mean %g", config, who->name,
               seen.name[v], seen.index[v][0], seen.index[v][1], chain.mean, truth[v].mean);
  }
  printf("%-30s %-26s %9zu %6.1f  successive\n", config, who->name, steps, report->worst);
  stat_model_destroy(&model);
  free(series);
}

/* ---- designs, priors, samplers ---- */

static const hmfm_step JUMP[] = {{&hmfm_kernel_weights, HMFM_ALWAYS},
                                 {&hmfm_kernel_atoms, HMFM_ALWAYS},
                                 {&hmfm_kernel_jump_reallocate, HMFM_ALWAYS},
                                 {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                 {NULL, HMFM_ALWAYS}};
static const hmfm_step JUMP_ALLOCATE[] = {
    {&hmfm_kernel_weights, HMFM_ALWAYS}, {&hmfm_kernel_atoms, HMFM_ALWAYS},
    {&hmfm_kernel_jump, HMFM_ALWAYS},    {&hmfm_kernel_allocate_conditional, HMFM_ALWAYS},
    {&hmfm_kernel_relabel, HMFM_ALWAYS}, {NULL, HMFM_ALWAYS}};
static const hmfm_step RELOCATE[] = {{&hmfm_kernel_atoms, HMFM_ALWAYS},
                                     {&hmfm_kernel_relocate, HMFM_ALWAYS},
                                     {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                     {NULL, HMFM_ALWAYS}};
static const hmfm_step REGRESSION[] = {
    {&hmfm_kernel_atoms, HMFM_ALWAYS}, {&hmfm_kernel_regression, HMFM_ALWAYS}, {NULL, HMFM_ALWAYS}};
static const hmfm_schedule ALONE[] = {
    {"jump_reallocate", "", "hmfm", JUMP, {0.0, 0.0}},
    {"jump, allocate", "", "hmfm", JUMP_ALLOCATE, {0.0, 0.0}},
    {"relocate", "", "hmfm", RELOCATE, {0.0, 0.0}},
    {"atoms, regression", "", "hmfm", REGRESSION, {0.0, 0.0}},
    {"anneal", "", "hmfm", stat_anneal, {0.0, 0.0}},
    {"anneal_group", "", "hmfm", stat_anneal_group, {0.0, 0.0}},
};
enum { N_ALONE = sizeof ALONE / sizeof *ALONE };

static const hmfm_step HDP_JUMP[] = {{&hmfm_kernel_close_components, HMFM_ALWAYS},
                                     {&hmfm_kernel_open_components, HMFM_ALWAYS},
                                     {&hmfm_kernel_weights, HMFM_ALWAYS},
                                     {&hmfm_kernel_atoms, HMFM_ALWAYS},
                                     {&hmfm_kernel_jump_reallocate, HMFM_ALWAYS},
                                     {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                     {NULL, HMFM_ALWAYS}};
static const hmfm_step HDP_JUMP_ALLOCATE[] = {{&hmfm_kernel_close_components, HMFM_ALWAYS},
                                              {&hmfm_kernel_open_components, HMFM_ALWAYS},
                                              {&hmfm_kernel_weights, HMFM_ALWAYS},
                                              {&hmfm_kernel_atoms, HMFM_ALWAYS},
                                              {&hmfm_kernel_jump, HMFM_ALWAYS},
                                              {&hmfm_kernel_allocate_conditional, HMFM_ALWAYS},
                                              {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                              {NULL, HMFM_ALWAYS}};
static const hmfm_step HDP_RELOCATE[] = {{&hmfm_kernel_close_components, HMFM_ALWAYS},
                                         {&hmfm_kernel_open_components, HMFM_ALWAYS},
                                         {&hmfm_kernel_atoms, HMFM_ALWAYS},
                                         {&hmfm_kernel_relocate, HMFM_ALWAYS},
                                         {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                         {NULL, HMFM_ALWAYS}};
static const hmfm_schedule HDP_ALONE[] = {
    {"jump_reallocate", "", "hdp", HDP_JUMP, {0.0, 0.0}},
    {"jump, allocate", "", "hdp", HDP_JUMP_ALLOCATE, {0.0, 0.0}},
    {"relocate", "", "hdp", HDP_RELOCATE, {0.0, 0.0}},
};
enum { N_HDP_ALONE = sizeof HDP_ALONE / sizeof *HDP_ALONE };

static const stat_prior PRIOR = {.lambda = NAN,
                                 .lambda_mean = 2.5,
                                 .lambda_var = 1.5,
                                 .gamma = {NAN, NAN, NAN, NAN},
                                 .gamma_guess = 0.5,
                                 .gamma_shape = 2.5,
                                 .mu0 = 0.3,
                                 .k0 = 0.15,
                                 .nu0 = 7.0,
                                 .s0 = 0.5,
                                 .rate_mean = 1.5,
                                 .rate_shape = 0.9,
                                 .beta_mean = 0.4,
                                 .beta_var = 0.9,
                                 .alpha = NAN,
                                 .alpha_shape = 1.6,
                                 .alpha_rate = 1.1,
                                 .gamma0 = NAN,
                                 .gamma0_shape = 2.0,
                                 .gamma0_rate = 1.3};

static int takes(const stat_design *design, const stat_prior *prior, const char *algorithm) {
  const double y[STAT_ROWS] = {0};
  stat_model model;
  stat_model_create(design, prior, y, &model);
  const int answer = stat_takes(&model, algorithm);
  stat_model_destroy(&model);
  return answer;
}

static void each_sampler(stat_report *report, const char *config, const stat_design *design,
                         const stat_prior *prior, gsl_rng *rng, int alone) {
  const size_t repetitions = report->full ? 300000 : 10000, steps = 150000;
  sampler who = {.sweeps = 1};
  const hmfm_schedule *kernels = prior->hdp ? HDP_ALONE : ALONE;
  for (size_t a = 0; (who.algorithm = stat_algorithm(prior->hdp ? "hdp" : "hmfm", a)); a++) {
    if (!takes(design, prior, who.algorithm)) continue;
    who.name = who.algorithm;
    restarts(report, config, design, prior, &who, rng, repetitions);
    if (report->full) successive(report, config, design, prior, &who, rng, steps);
  }
  for (size_t a = 0; alone && a < (prior->hdp ? N_HDP_ALONE : N_ALONE); a++) {
    who = (sampler){kernels[a].name, "conditional", &kernels[a], 8};
    restarts(report, config, design, prior, &who, rng, report->full ? 100000 : repetitions);
  }
}

static void hierarchical_dirichlet(stat_report *report, gsl_rng *rng) {
  const size_t eight[] = {3, 2, 3}, lonely[] = {4, 1, 3};
  stat_design design;
  stat_prior prior = PRIOR;
  prior.hdp = 1;
  stat_design_make(&design, 3, eight, 3, 2);
  each_sampler(report, "hdp, beta group", &design, &prior, rng, 1);
  prior.shared = 1;
  stat_design_make(&design, 3, lonely, 3, 1);
  each_sampler(report, "hdp, beta shared; a lone unit", &design, &prior, rng, 1);
  prior.shared = 0;
  stat_design_make(&design, 3, eight, 3, 0);
  stat_design_count(&design);
  each_sampler(report, "hdp, counts", &design, &prior, rng, 0);
}

int main(int argc, char **argv) {
  stat_report report = stat_begin("Joint distribution of parameters and data", argc, argv);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t eight[] = {3, 2, 3}, lonely[] = {4, 1, 3};
  stat_design design;
  stat_prior prior = PRIOR;
  printf("%-30s %-26s %9s %6s\n", "model", "sampler", "restarts", "worst z");
  stat_design_make(&design, 3, eight, 3, 2);
  each_sampler(&report, "beta group", &design, &prior, rng, 1);
  prior.shared = 1;
  each_sampler(&report, "beta shared", &design, &prior, rng, 1);
  /* with a factor alone, beta does not touch the units of its first level */
  stat_design_make(&design, 3, eight, 3, 1);
  each_sampler(&report, "a factor, beta shared", &design, &prior, rng, 0);
  prior.shared = 0;
  each_sampler(&report, "a factor, beta group", &design, &prior, rng, 1);
  prior = PRIOR;
  prior.lambda = 2.2;
  prior.gamma[0] = 0.04; /* far from the others */
  stat_design_make(&design, 3, lonely, 3, 2);
  each_sampler(&report, "L, g_1 fixed; a lone unit", &design, &prior, rng, 1);
  prior = PRIOR;
  prior.gamma_shape = NAN;
  stat_design_make(&design, 3, eight, 3, 0);
  each_sampler(&report, "no covariates", &design, &prior, rng, 0);
  prior = PRIOR;
  prior.components = (slow_law){.name = "negbin", .size = 1.5};
  each_sampler(&report, "M negative binomial", &design, &prior, rng, 0);
  prior.components = (slow_law){.name = "uniform", .most = 7.0};
  prior.lambda = 3.0;
  each_sampler(&report, "M uniform", &design, &prior, rng, 0);
  prior = PRIOR;
  prior.gamma_shape = NAN;
  stat_design_count(&design);
  each_sampler(&report, "counts", &design, &prior, rng, 0);
  hierarchical_dirichlet(&report, rng);
  gsl_rng_free(rng);
  return stat_end(&report);
}
