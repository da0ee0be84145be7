/* Small designs, their priors, and an independent simulator of everything the model has random: what
 * the joint-distribution tests draw from and compare with. Nothing here calls the library's
 * samplers; put and get carry states in and out of a chain. */
#ifndef STAT_SUPPORT_MODEL_H
#define STAT_SUPPORT_MODEL_H

#include <gsl/gsl_rng.h>

#include "chain/chain.h"
#include "stat/slow.h"

enum { STAT_GROUPS = 16, STAT_UNITS = 160, STAT_ROWS = 400, STAT_X = 2 };

/* Units in groups, with their observations and covariates; rows in unit order. */
typedef struct stat_design {
  size_t n_groups, n_units, n_rows, n_x;
  size_t size[STAT_GROUPS];
  size_t group[STAT_UNITS];
  size_t unit_start[STAT_UNITS + 1];
  double x[STAT_ROWS * STAT_X];
  int counts; /* 1: family poisson */
  double exposure[STAT_ROWS];
} stat_design;

/* n_x covariates: the first 0 or 1 and constant in the unit, the second numeric and varying. Units
 * have 1, 2, 3, 1, 2, 3, ... observations up to most_repeats. */
void stat_design_make(stat_design *design, size_t n_groups, const size_t *size, size_t most_repeats,
                      size_t n_x);

/* Makes it a design of counts: family poisson, with exposures between 0.3 and 2.4. */
void stat_design_count(stat_design *design);

/* The prior, in the terms of the program's options. NaN lambda or gamma: random. Where the law of M does not
 * use Lambda, lambda is the mean of M - 1. */
typedef struct stat_prior {
  slow_law components; /* the law of M */
  double lambda, lambda_mean, lambda_var;
  double gamma[STAT_GROUPS];
  double gamma_guess, gamma_shape;
  double mu0, k0, nu0, s0;
  double rate_mean, rate_shape; /* of counts */
  double beta_mean, beta_var;
  int shared;
  int prior_only;
  int hdp; /* 1: mixing hdp, with what follows in place of Lambda and gamma; NaN: random */
  double alpha, alpha_shape, alpha_rate, gamma0, gamma0_shape, gamma0_rate;
} stat_prior;

/* Everything random but the data. */
typedef struct stat_state {
  double lambda, gamma[STAT_GROUPS];
  double beta[STAT_GROUPS * STAT_X]; /* n_blocks x n_x */
  size_t M, K;
  int32_t allocation[STAT_UNITS]; /* labels by first appearance */
  double alpha, gamma0,
      share[STAT_UNITS + 1]; /* mixing hdp: of clusters, then of all that are none */
} stat_state;

/* Shape and rate of Lambda, and of gamma given Lambda. */
void stat_lambda_law(const stat_prior *prior, double *shape, double *rate);
void stat_gamma_law(const stat_design *design, const stat_prior *prior, double lambda,
                    double *shape, double *rate);

void stat_draw_prior(gsl_rng *rng, const stat_design *design, const stat_prior *prior,
                     stat_state *state);
/* Data given partition and beta: every cluster gets a fresh atom from P0. */
void stat_draw_data(gsl_rng *rng, const stat_design *design, const stat_prior *prior,
                    const stat_state *state, double *y);

/* Labels by first appearance; sets K. */
void stat_canonical(size_t n_units, stat_state *state);
/* Clusters with units of group j. */
size_t stat_group_clusters(const stat_design *design, const stat_state *state, size_t group);
const double *stat_beta(const stat_design *design, const stat_prior *prior, const stat_state *state,
                        size_t group);
/* log marginal likelihood of observations in one cluster, their regression taken off, by the slow route
 * of the design's family. */
double stat_slow_marginal(const stat_design *design, const stat_prior *prior, size_t n,
                          const double *y, const double *exposure);
/* Sum over clusters of their log marginal likelihood given beta, by the slow route. */
double stat_log_marginal(const stat_design *design, const stat_prior *prior,
                         const stat_state *state, const double *y);

/* A model of these data, and what it stands on. Ends the program where the library reports an error. */
typedef struct stat_model {
  hmfm_dataset *dataset;
  hmfm_settings settings;
  hmfm_model *model;
} stat_model;
void stat_model_create(const stat_design *design, const stat_prior *prior, const double *y,
                       stat_model *out);
/* The same dataset and settings with other responses. */
void stat_model_respond(stat_model *model, const double *y);
void stat_model_destroy(stat_model *model);

/* Algorithms of a mixing: index from 0; NULL past the last. */
const char *stat_algorithm(const char *mixing, size_t index);
/* Whether an algorithm samples from this model. */
int stat_takes(const stat_model *model, const char *algorithm);
hmfm_chain *stat_chain_create(const stat_model *model, const char *algorithm, uint64_t seed);
/* One sweep; a sweep that fails ends the program. */
void stat_sweep(hmfm_chain *chain);
void stat_put(const stat_design *design, const stat_state *state, hmfm_chain *chain);
void stat_get(const stat_design *design, const hmfm_chain *chain, stat_state *state);

/* Ends the program with the library's message. */
void stat_require(hmfm_status status, const hmfm_error *error);

#endif
