/* Prior only: with every likelihood factor 1, long ordinary chains of every algorithm return the prior
 * law of Lambda, gamma, beta, M, K and K_j. Lambda and beta are compared with their laws in closed
 * form, the others with independent draws from the prior. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stat/support_model.h"
#include "stat/support_verdict.h"

enum { MAX_K = 64, MAX_GROUPS = 4 };

static double lambda_cdf(double x, const void *context) {
  double shape, rate;
  stat_lambda_law(context, &shape, &rate);
  return gsl_cdf_gamma_P(x, shape, 1.0 / rate);
}

static double beta_cdf(double x, const void *context) {
  const stat_prior *prior = context;
  return gsl_cdf_ugaussian_P((x - prior->beta_mean) / sqrt(prior->beta_var));
}

/* Thinned draws of one chain, or independent ones: value by value. */
typedef struct record {
  size_t n;
  double *lambda, *gamma[MAX_GROUPS], *beta[MAX_GROUPS * STAT_X];
  double K[MAX_K], M[MAX_K], K_group[MAX_GROUPS][MAX_K]; /* counts */
  stat_mean gamma_K, mean_K;
} record;

static double *column(size_t n) {
  double *made = malloc(n * sizeof *made);
  if (!made) abort();
  return made;
}

static record record_create(size_t n) {
  record r = {.n = n, .lambda = column(n)};
  for (size_t j = 0; j < MAX_GROUPS; j++) r.gamma[j] = column(n);
  for (size_t k = 0; k < MAX_GROUPS * STAT_X; k++) r.beta[k] = column(n);
  return r;
}

static void record_clear(record *r) {
  free(r->lambda);
  for (size_t j = 0; j < MAX_GROUPS; j++) free(r->gamma[j]);
  for (size_t k = 0; k < MAX_GROUPS * STAT_X; k++) free(r->beta[k]);
}

static size_t cell(size_t x) { return x < MAX_K ? x : MAX_K - 1; }

static void record_add(record *r, size_t t, const stat_design *design, const stat_state *state) {
  r->lambda[t] = state->lambda;
  r->K[cell(state->K)]++;
  r->M[cell(state->M)]++;
  for (size_t j = 0; j < design->n_groups; j++) {
    r->gamma[j][t] = state->gamma[j];
    r->K_group[j][cell(stat_group_clusters(design, state, j))]++;
  }
  for (size_t k = 0; k < design->n_groups * design->n_x; k++) r->beta[k][t] = state->beta[k];
  stat_add(&r->mean_K, (double)state->K);
  stat_add(&r->gamma_K, (double)state->K * log(state->gamma[0]));
}

static double positive(double z) { return z > 0.0 ? z : isnan(z) ? z : 0.0; }

static void compare(stat_report *report, const char *config, const char *algorithm,
                    const stat_design *design, const stat_prior *prior, record *chain,
                    record *truth) {
  const size_t n = chain->n;
  report->worst = 0.0;
  if (isnan(prior->lambda)) {
    stat_judge(report, positive(stat_ks(n, chain->lambda, lambda_cdf, prior)), STAT_LIMIT,
               "%s, %s: law of Lambda", config, algorithm);
  }
  for (size_t j = 0; j < design->n_groups; j++) {
    if (isnan(prior->gamma[j])) {
      stat_judge(report, positive(stat_ks_two(n, chain->gamma[j], truth->n, truth->gamma[j])),
                 STAT_LIMIT, "%s, %s: law of gamma[%zu]", config, algorithm, j);
    }
    stat_judge(report,
               positive(stat_chi_square_two(MAX_K, chain->K_group[j], truth->K_group[j], 8.0)),
               STAT_LIMIT, "%s, %s: law of K_group[%zu]", config, algorithm, j);
  }
  for (size_t k = 0; k < design->n_groups * design->n_x; k++) {
    stat_judge(report, positive(stat_ks(n, chain->beta[k], beta_cdf, prior)), STAT_LIMIT,
               "%s, %s: law of beta %zu", config, algorithm, k);
  }
  stat_judge(report, positive(stat_chi_square_two(MAX_K, chain->K, truth->K, 8.0)), STAT_LIMIT,
             "%s, %s: law of K", config, algorithm);
  stat_judge(report, positive(stat_chi_square_two(MAX_K, chain->M, truth->M, 8.0)), STAT_LIMIT,
             "%s, %s: law of M", config, algorithm);
  stat_judge(report, stat_z_difference(&chain->gamma_K, &truth->gamma_K), STAT_LIMIT,
             "%s, %s: K log gamma", config, algorithm);
  printf("%-26s %-12s %8zu %9.3f %9.3f %8.1f\n", config, algorithm, n, chain->mean_K.mean,
         truth->mean_K.mean, report->worst);
}

static void run(stat_report *report, const char *config, const stat_design *design,
                const stat_prior *prior, size_t thin, gsl_rng *rng) {
  const size_t n = report->full ? 80000 : 3000, m = report->full ? 800000 : 30000;
  double y[STAT_ROWS];
  stat_state state;
  stat_model model;
  const char *name;
  for (size_t h = 0; h < design->n_rows; h++) { /* must not matter */
    y[h] = design->counts ? floor(1e6 / (double)(1 + h)) : 1e6 * sin((double)h);
  }
  stat_model_create(design, prior, y, &model);
  for (size_t a = 0; (name = stat_algorithm("hmfm", a)); a++) {
    if (!stat_takes(&model, name)) continue;
    record truth = record_create(m), chain_record = record_create(n);
    hmfm_chain *chain = stat_chain_create(&model, name, 7 + a);
    for (size_t t = 0; t < m; t++) {
      stat_draw_prior(rng, design, prior, &state);
      record_add(&truth, t, design, &state);
    }
    for (size_t k = 0; k < 20 * thin; k++) stat_sweep(chain);
    for (size_t t = 0; t < n; t++) {
      for (size_t k = 0; k < thin; k++) stat_sweep(chain);
      stat_get(design, chain, &state);
      record_add(&chain_record, t, design, &state);
    }
    compare(report, config, name, design, prior, &chain_record, &truth);
    hmfm_chain_destroy(chain);
    record_clear(&truth);
    record_clear(&chain_record);
  }
  stat_model_destroy(&model);
}

int main(int argc, char **argv) {
  stat_report report = stat_begin("Prior only", argc, argv);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t twenty[] = {9, 1, 10}, pair[] = {12, 8};
  stat_prior prior = {.lambda = NAN,
                      .lambda_mean = 4.0,
                      .lambda_var = 2.0,
                      .gamma = {NAN, NAN, NAN, NAN},
                      .gamma_guess = 0.4,
                      .gamma_shape = NAN,
                      .mu0 = 0.0,
                      .k0 = 0.1,
                      .nu0 = 4.0,
                      .s0 = 0.5,
                      .rate_mean = 1.0,
                      .rate_shape = 0.5,
                      .beta_mean = -0.5,
                      .beta_var = 2.0,
                      .prior_only = 1};
  stat_design design;
  printf("%-26s %-12s %8s %9s %9s %8s\n", "model", "algorithm", "draws", "mean K", "prior's",
         "worst z");
  stat_design_make(&design, 3, twenty, 3, 2);
  run(&report, "all random, covariates", &design, &prior, 20, rng);
  stat_design_make(&design, 2, pair, 2, 0);
  prior.components = (slow_law){.name = "negbin", .size = 1.5};
  run(&report, "M negative binomial", &design, &prior, 20, rng);
  prior.components = (slow_law){.name = "uniform", .most = 9.0};
  prior.lambda = 4.0;
  run(&report, "M uniform", &design, &prior, 20, rng);
  prior.components = (slow_law){0};
  prior.lambda = 6.5;
  prior.gamma[0] = 0.15;
  run(&report, "L, g_1 fixed", &design, &prior, 20, rng);
  prior.gamma[1] = 0.6;
  prior.lambda = 0.7;
  run(&report, "all fixed", &design, &prior, 12, rng);
  stat_design_count(&design);
  run(&report, "all fixed, counts", &design, &prior, 12, rng);
  gsl_rng_free(rng);
  return stat_end(&report);
}
