/* Guides for normal clusters: laws of (mu, sigma2) that know about where they are, and lead a component
 * from there to P0 (kernel/anneal.c). guide[0] is a location, guide[1] a variance. */
#ifndef MODEL_NIG_GUIDE_H
#define MODEL_NIG_GUIDE_H

#include "model/nig.h"

/* A guide drawn about cluster `slot`: mu ~ N(mu_n, s_n) and log s ~ N(log s_n, .3^2), s_n its posterior scale of the
 * variance. */
void hmfm_nig_guide_draw(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                         gsl_rng *rng, double *guide);
/* log of its density in (mu, log s). */
double hmfm_nig_guide_log_density(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                                  const double *guide);
/* How near a cluster is to a guide: above 0, at most about 1. */
double hmfm_nig_guide_closeness(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                                const double *guide);

/* The law at t: NIG(mu, size/2, 5 size, s) at t = 0, P0 at t = 1, and between them their geometric mean,
 * normalised, which is NIG too. size: observations of a unit. Of a slot's observations the log marginal
 * likelihood under that law, but for -(c/2) log pi; of the atom, a draw given them. */
double hmfm_nig_guide_log_marginal(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                                   const double *guide, double size, double t);
void hmfm_nig_guide_draw_atom(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                              const double *guide, double size, double t, gsl_rng *rng, double *mu,
                              double *sigma2);

#endif
