/* Clusters of normal observations under the normal-inverse-gamma law
 *   sigma2 ~ InvGamma(nu0/2, nu0 s0/2),   mu | sigma2 ~ N(mu0, sigma2/k0):
 * their statistics, one array per field, and everything that follows from these alone. */
#ifndef MODEL_NIG_H
#define MODEL_NIG_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#include "hmfm/base.h"

typedef struct hmfm_nig_prior {
  double mu0, k0, nu0, s0;
  double *table; /* table[c] = log Gamma((nu0 + c)/2) - log(k0 + c)/2, c observations; owned */
  int32_t most;  /* the last c of the table */
} hmfm_nig_prior;

/* Fills the table for counts 0 .. n_rows. */
hmfm_status hmfm_nig_prior_init(hmfm_nig_prior *prior, size_t n_rows, hmfm_error *error);
void hmfm_nig_prior_clear(hmfm_nig_prior *prior);

/* Posterior parameters per slot: k_n = k0 + c, mu_n, ss_n = nu_n s_n; and the part of the predictive
 * that depends on the slot alone, base = nu_n/2 log(nu_n s_n) - table[c]. HMFM_STEP slots past the capacity can be
 * read. */
typedef struct hmfm_nig {
  size_t capacity;
  int32_t *count; /* c: observations */
  double *k_n, *mu_n, *ss_n, *base;
} hmfm_nig;

hmfm_status hmfm_nig_reserve(hmfm_nig *nig, size_t n_slots, hmfm_error *error);
void hmfm_nig_clear(hmfm_nig *nig);

/* A batch of observations: their number, mean, and sum of squares about it. */
typedef struct hmfm_batch {
  int32_t count;
  double mean, square;
} hmfm_batch;

/* The slot holds just this batch. */
void hmfm_nig_set(const hmfm_nig_prior *prior, hmfm_nig *nig, size_t slot, hmfm_batch batch);
/* One batch more (sign +1) or less (-1). */
void hmfm_nig_move(const hmfm_nig_prior *prior, hmfm_nig *nig, size_t slot, hmfm_batch batch,
                   int sign);
void hmfm_nig_copy(hmfm_nig *nig, size_t from, size_t to);
void hmfm_nig_merge(const hmfm_nig_prior *prior, hmfm_nig *nig, size_t a, size_t b, size_t into);

/* log_f[k] = log density of the batch given slot first + k, k < n_slots; given the rest of it where that is `own`,
 * which has the batch (SIZE_MAX: none has). */
void hmfm_nig_predict(const hmfm_nig_prior *prior, const hmfm_nig *nig, hmfm_batch batch,
                      size_t own, size_t first, size_t n_slots, double *log_f);
double hmfm_nig_log_marginal(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot);

/* (mu, sigma2) of NIG(mean, k, nu, s), ss = nu s. */
void hmfm_nig_draw_law(double k, double mean, double nu, double ss, gsl_rng *rng, double *mu,
                       double *sigma2);
/* (mu, sigma2) given the slot's observations; given none. */
void hmfm_nig_draw(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot, gsl_rng *rng,
                   double *mu, double *sigma2);
void hmfm_nig_draw_prior(const hmfm_nig_prior *prior, gsl_rng *rng, double *mu, double *sigma2);

#endif
