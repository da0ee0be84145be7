/* Guides for normal clusters. */
#include "model/nig_guide.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/vecmath.h"

static const double SPREAD = 0.3; /* of the log of a guide's variance */
static const double NEAR = 0.5;   /* of the log variance: what closeness calls one apart */
static const double FAR = 1e-12;  /* the least closeness */

static double scale(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot) {
  return nig->ss_n[slot] / (prior->nu0 + nig->count[slot]);
}

void hmfm_nig_guide_draw(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                         gsl_rng *rng, double *guide) {
  const double s = scale(prior, nig, slot);
  guide[0] = nig->mu_n[slot] + sqrt(s) * gsl_ran_gaussian_ziggurat(rng, 1.0);
  guide[1] = s * exp(SPREAD * gsl_ran_gaussian_ziggurat(rng, 1.0));
}

double hmfm_nig_guide_log_density(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                                  const double *guide) {
  const double s = scale(prior, nig, slot), gap = guide[0] - nig->mu_n[slot];
  const double z = log(guide[1] / s) / SPREAD;
  return -0.5 * (gap * gap / s + log(s) + z * z) - log(2.0 * M_PI * SPREAD);
}

double hmfm_nig_guide_closeness(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                                const double *guide) {
  const double gap = guide[0] - nig->mu_n[slot];
  const double z = log(guide[1] / scale(prior, nig, slot)) / NEAR;
  return FAR + exp(-0.5 * (gap * gap / guide[1] + z * z));
}

/* With the density of NIG(m, k, nu, s) proportional to
 *   sigma2^-(nu/2 + 3/2) exp(-(nu s + k (mu - m)^2) / (2 sigma2)),
 * nu, k, k m and nu s + k m^2 of a geometric mean are the arithmetic means of those of its parts. About
 * the guide's location, so that nothing cancels. */
static hmfm_nig_prior law_at(const hmfm_nig_prior *prior, const double *guide, double size,
                             double t) {
  const double far = prior->mu0 - guide[0], k = 0.5 * size, nu = 5.0 * size;
  hmfm_nig_prior at = {.k0 = (1.0 - t) * k + t * prior->k0, .nu0 = (1.0 - t) * nu + t * prior->nu0};
  const double shift = t * prior->k0 * far / at.k0;
  const double ss = (1.0 - t) * nu * guide[1] + t * prior->nu0 * prior->s0 +
                    t * prior->k0 * far * far * ((1.0 - t) * k / at.k0);
  at.mu0 = guide[0] + shift;
  at.s0 = ss / at.nu0;
  return at;
}

/* The posterior under another prior than that which the slot's was made with. */
typedef struct posterior {
  double k, mu, nu, ss;
} posterior;

static posterior posterior_under(const hmfm_nig_prior *at, const hmfm_nig_prior *prior,
                                 const hmfm_nig *nig, size_t slot) {
  const double c = nig->count[slot];
  if (c == 0.0) return (posterior){at->k0, at->mu0, at->nu0, at->nu0 * at->s0};
  const double shift = (nig->mu_n[slot] - prior->mu0) * (nig->k_n[slot] / c);
  const double square =
      nig->ss_n[slot] - prior->nu0 * prior->s0 - prior->k0 * (c / nig->k_n[slot]) * shift * shift;
  const double gap = prior->mu0 + shift - at->mu0, share = c / (at->k0 + c);
  return (posterior){at->k0 + c, at->mu0 + share * gap, at->nu0 + c,
                     at->nu0 * at->s0 + fmax(square, 0.0) + at->k0 * share * gap * gap};
}

double hmfm_nig_guide_log_marginal(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                                   const double *guide, double size, double t) {
  const hmfm_nig_prior at = law_at(prior, guide, size, t);
  const posterior p = posterior_under(&at, prior, nig, slot);
  return hmfm_log_gamma(0.5 * p.nu) - hmfm_log_gamma(0.5 * at.nu0) + 0.5 * log(at.k0 / p.k) +
         0.5 * at.nu0 * log(at.nu0 * at.s0) - 0.5 * p.nu * log(p.ss);
}

void hmfm_nig_guide_draw_atom(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot,
                              const double *guide, double size, double t, gsl_rng *rng, double *mu,
                              double *sigma2) {
  const hmfm_nig_prior at = law_at(prior, guide, size, t);
  const posterior p = posterior_under(&at, prior, nig, slot);
  hmfm_nig_draw_law(p.k, p.mu, p.nu, p.ss, rng, mu, sigma2);
}
