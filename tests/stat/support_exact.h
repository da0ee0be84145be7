/* The exact law of all partitions of a few units: every one is listed and weighted by pEPPF times the
 * marginal likelihoods of its clusters, by the slow routes of slow.h. */
#ifndef STAT_SUPPORT_EXACT_H
#define STAT_SUPPORT_EXACT_H

#include "stat/slow.h"
#include "stat/support_model.h"

enum { EXACT_UNITS = 7, EXACT_PARTITIONS = 877, EXACT_M = 600 };

typedef struct exact_law {
  const stat_design *design;
  slow_law components;                          /* the law of M */
  size_t n;                                     /* partitions of design->n_units units */
  int32_t label[EXACT_PARTITIONS][EXACT_UNITS]; /* by first appearance */
  size_t K[EXACT_PARTITIONS];
  unsigned char count[EXACT_PARTITIONS][STAT_GROUPS][EXACT_UNITS]; /* n_jm */
  double log_likelihood[EXACT_PARTITIONS];
  double probability[EXACT_PARTITIONS]; /* posterior, sums to 1 */
  double cumulative[EXACT_PARTITIONS];
  double component[EXACT_UNITS + 1][EXACT_M]; /* law of M given K, cumulated */
} exact_law;

/* Lists the partitions. NULL only out of memory, where the program ends. */
exact_law *exact_create(const stat_design *design);
void exact_destroy(exact_law *law);

/* Sets log_likelihood from data without covariates, and the law of M. */
void exact_set_data(exact_law *law, const stat_prior *prior, const double *y);
/* pEPPF of every partition at these hyperparameters, not normalised over anything: p sums to 1. */
void exact_prior(const exact_law *law, double lambda, const double *gamma, double *p);
/* Sets probability, cumulative and component at these hyperparameters. */
void exact_set_hyper(exact_law *law, double lambda, const double *gamma);
/* Sets cumulative from weights that need not sum to 1, and probability with it. Returns their sum. */
double exact_set_weights(exact_law *law, const double *weight);
/* Law of M given K clusters at these hyperparameters, cumulated. */
void exact_component_law(const exact_law *law, size_t K, double lambda, const double *gamma,
                         double *cumulated);

/* Which partition these labels by first appearance are; law->n if none. */
size_t exact_find(const exact_law *law, const int32_t *label);
/* First index whose cumulative weight exceeds u times the last. */
size_t exact_pick(size_t n, const double *cumulative, double u);
/* Data for the design, further apart the larger stretch is. */
void exact_stretch_data(const stat_design *design, double stretch, double *y);
/* Total variation of counts from the law, and what it is for so many independent draws: mean and sd. */
double exact_total_variation(const exact_law *law, const double *count, double total);
void exact_floor(gsl_rng *rng, const exact_law *law, size_t repetitions, double *mean, double *sd);

/* exp(entropy) of the law: how many partitions it spreads over. */
double exact_spread(const exact_law *law);

#endif
