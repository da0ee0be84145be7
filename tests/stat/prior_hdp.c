/* Prior only, hierarchical Dirichlet process: with every likelihood factor 1, long ordinary chains of every algorithm
 * return the prior law of alpha, gamma0, K, K_j, clusters shared by two groups, and shares. alpha and gamma0 are
 * compared with their laws in closed form, the rest with independent draws from the prior, and those with numbers found
 * by others. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stat/support_hdp.h"
#include "stat/support_verdict.h"

enum { MAX_K = 64 };

/* Thinned draws of one chain, or independent ones. */
typedef struct record {
  size_t n;
  double *alpha, *gamma0, *rest;
  double K[MAX_K], K_first[MAX_K], common[MAX_K]; /* counts */
  stat_mean mean_K, alpha_K, gamma0_K, rest_K;
} record;

static double *column(size_t n) {
  double *made = malloc(n * sizeof *made);
  if (!made) abort();
  return made;
}

static record record_create(size_t n) {
  return (record){.n = n, .alpha = column(n), .gamma0 = column(n), .rest = column(n)};
}

static void record_clear(record *r) {
  free(r->alpha);
  free(r->gamma0);
  free(r->rest);
}

static size_t cell(size_t x) { return x < MAX_K ? x : MAX_K - 1; }

/* Clusters with units of both the first group and the last. */
static size_t in_common(const stat_design *design, const stat_state *state) {
  unsigned char seen[STAT_UNITS] = {0};
  size_t count = 0;
  for (size_t i = 0; i < design->n_units; i++) {
    unsigned char *s = &seen[state->allocation[i]];
    if (design->group[i] == 0) *s |= 1;
    if (design->group[i] + 1 == design->n_groups && !(*s & 2)) *s |= 2, count += *s & 1;
  }
  return count;
}

static void record_add(record *r, size_t t, const stat_design *design, const stat_state *state) {
  const double K = (double)state->K;
  r->alpha[t] = state->alpha;
  r->gamma0[t] = state->gamma0;
  r->rest[t] = state->share[state->K];
  r->K[cell(state->K)]++;
  r->K_first[cell(stat_group_clusters(design, state, 0))]++;
  r->common[cell(in_common(design, state))]++;
  stat_add(&r->mean_K, K);
  stat_add(&r->alpha_K, K * log(state->alpha));
  stat_add(&r->gamma0_K, K * log(state->gamma0));
  stat_add(&r->rest_K, K * state->share[state->K]);
}

static double positive(double z) { return z > 0.0 ? z : isnan(z) ? z : 0.0; }

static double alpha_cdf(double x, const void *context) {
  const stat_prior *prior = context;
  return gsl_cdf_gamma_P(x, prior->alpha_shape, 1.0 / prior->alpha_rate);
}

static double gamma0_cdf(double x, const void *context) {
  const stat_prior *prior = context;
  return gsl_cdf_gamma_P(x, prior->gamma0_shape, 1.0 / prior->gamma0_rate);
}

static void compare(stat_report *report, const char *config, const char *algorithm,
                    const stat_prior *prior, record *chain, record *truth) {
  const struct {
    const char *what;
    const double *chain, *truth;
  } count[] = {{"K", chain->K, truth->K},
               {"K_group[1]", chain->K_first, truth->K_first},
               {"clusters in common", chain->common, truth->common}};
  const struct {
    const char *what;
    const stat_mean *chain, *truth;
  } mean[] = {{"K", &chain->mean_K, &truth->mean_K},
              {"K log alpha", &chain->alpha_K, &truth->alpha_K},
              {"K log gamma0", &chain->gamma0_K, &truth->gamma0_K},
              {"K rest", &chain->rest_K, &truth->rest_K}};
  report->worst = 0.0;
  if (isnan(prior->alpha)) {
    stat_judge(report, positive(stat_ks(chain->n, chain->alpha, alpha_cdf, prior)), STAT_LIMIT,
               "%s, %s: law of alpha", config, algorithm);
  }
  if (isnan(prior->gamma0)) {
    stat_judge(report, positive(stat_ks(chain->n, chain->gamma0, gamma0_cdf, prior)), STAT_LIMIT,
               "%s, %s: law of gamma0", config, algorithm);
  }
  stat_judge(report, positive(stat_ks_two(chain->n, chain->rest, truth->n, truth->rest)),
             STAT_LIMIT, "%s, %s: law of the rest", config, algorithm);
  for (size_t k = 0; k < sizeof count / sizeof *count; k++) {
    stat_judge(report, positive(stat_chi_square_two(MAX_K, count[k].chain, count[k].truth, 8.0)),
               STAT_LIMIT, "%s, %s: law of %s", config, algorithm, count[k].what);
  }
  for (size_t k = 0; k < sizeof mean / sizeof *mean; k++) {
    stat_judge(report, stat_z_difference(mean[k].chain, mean[k].truth), STAT_LIMIT,
               "%s, %s: mean of %s is %g, of the prior %g", config, algorithm, mean[k].what,
               mean[k].chain->mean, mean[k].truth->mean);
  }
  printf("%-24s %-12s %8zu %9.3f %9.3f %8.1f\n", config, algorithm, chain->n, chain->mean_K.mean,
         truth->mean_K.mean, report->worst);
}

static record draw_truth(const stat_design *design, const stat_prior *prior, size_t n,
                         gsl_rng *rng) {
  record truth = record_create(n);
  stat_state state;
  for (size_t t = 0; t < n; t++) {
    stat_draw_prior(rng, design, prior, &state);
    record_add(&truth, t, design, &state);
  }
  return truth;
}

static void run(stat_report *report, const char *config, const stat_design *design,
                const stat_prior *prior, size_t thin, gsl_rng *rng) {
  const size_t n = report->full ? 60000 : 2500, m = report->full ? 600000 : 25000;
  double y[STAT_ROWS];
  stat_state state;
  stat_model model;
  const char *name;
  for (size_t h = 0; h < design->n_rows; h++) y[h] = 1e6 * sin((double)h); /* must not matter */
  stat_model_create(design, prior, y, &model);
  for (size_t a = 0; (name = stat_algorithm("hdp", a)); a++) {
    record truth = draw_truth(design, prior, m, rng), chain_record = record_create(n);
    hmfm_chain *chain = stat_chain_create(&model, name, 7 + a);
    for (size_t k = 0; k < 20 * thin; k++) stat_sweep(chain);
    for (size_t t = 0; t < n; t++) {
      for (size_t k = 0; k < thin; k++) stat_sweep(chain);
      stat_get(design, chain, &state);
      record_add(&chain_record, t, design, &state);
    }
    compare(report, config, name, prior, &chain_record, &truth);
    hmfm_chain_destroy(chain);
    record_clear(&truth);
    record_clear(&chain_record);
  }
  stat_model_destroy(&model);
}

/* The independent draws themselves, against published numbers for alpha ~ Gamma(1, 1), gamma0 ~ Gamma(1, .1). */
static void known(stat_report *report, const stat_design *design, const stat_prior *prior,
                  double mean, double error, const double *law, gsl_rng *rng) {
  const size_t n = report->full ? 1000000 : 100000;
  record r = draw_truth(design, prior, n, rng);
  const double own = sqrt(r.mean_K.square / (r.mean_K.n - 1.0) / r.mean_K.n);
  stat_judge(report, (r.mean_K.mean - mean) / hypot(error, own), STAT_LIMIT,
             "d=%zu: E[K] is %g, known to be %g", design->n_groups, r.mean_K.mean, mean);
  for (size_t k = 1; law && k <= 4; k++) {
    const double p = r.K[k] / (double)n;
    stat_judge(report, (p - law[k - 1]) / hypot(4e-4, sqrt(p * (1.0 - p) / (double)n)), STAT_LIMIT,
               "d=%zu: P(K=%zu) is %g, known to be %g", design->n_groups, k, p, law[k - 1]);
  }
  printf("d=%zu: E[K] %.4f, known %.4f\n", design->n_groups, r.mean_K.mean, mean);
  record_clear(&r);
}

int main(int argc, char **argv) {
  stat_report report = stat_begin("Prior only, hierarchical Dirichlet process", argc, argv);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t ten[] = {10, 10}, three[] = {9, 1, 10};
  const double law[] = {.086, .238, .210, .163};
  size_t many[15];
  stat_prior prior = {.hdp = 1,
                      .alpha = NAN,
                      .alpha_shape = 1.0,
                      .alpha_rate = 1.0,
                      .gamma0 = NAN,
                      .gamma0_shape = 1.0,
                      .gamma0_rate = 0.1,
                      .mu0 = 0.0,
                      .k0 = 0.1,
                      .nu0 = 4.0,
                      .s0 = 0.5,
                      .beta_mean = -0.5,
                      .beta_var = 2.0,
                      .prior_only = 1};
  stat_design design;
  printf("%-24s %-12s %8s %9s %9s %8s\n", "model", "algorithm", "draws", "mean K", "prior's",
         "worst z");
  stat_design_make(&design, 2, ten, 2, 0);
  known(&report, &design, &prior, 3.748, 0.006, law, rng);
  run(&report, "all random", &design, &prior, 20, rng);
  prior.alpha = 0.7;
  run(&report, "alpha fixed", &design, &prior, 20, rng);
  prior.alpha = NAN;
  prior.gamma0 = 1.6;
  stat_design_make(&design, 3, three, 3, 2);
  run(&report, "gamma0 fixed, covariates", &design, &prior, 20, rng);
  prior.gamma0 = NAN;
  for (size_t j = 0; j < 15; j++) many[j] = 10;
  stat_design_make(&design, 15, many, 1, 0);
  known(&report, &design, &prior, 13.34, 0.03, NULL, rng);
  run(&report, "15 groups", &design, &prior, 40, rng);
  gsl_rng_free(rng);
  return stat_end(&report);
}
