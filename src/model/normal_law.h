/* The law of one observation in the normal family: a mixture of N(x'beta + mu_m, sigma2_m) and, with weight rest, of what
 * that is with its atom integrated out. */
#ifndef MODEL_NORMAL_LAW_H
#define MODEL_NORMAL_LAW_H

#include "model/family.h"
#include "model/nig.h"

/* The numbers of an atom. */
enum { HMFM_NORMAL_MU, HMFM_NORMAL_SIGMA2 };

/* As hmfm_family.density and hmfm_family.tail. */
void hmfm_normal_density(const hmfm_nig_prior *prior, const hmfm_observation *law, size_t n,
                         const double *y, double *out);
void hmfm_normal_tail(const hmfm_nig_prior *prior, const hmfm_observation *law, int upper, size_t n,
                      const double *y, double *out);

#endif
