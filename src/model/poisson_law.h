/* The law of one count in the Poisson family: a mixture of Poisson laws of means exposure * theta_m and, with weight rest,
 * of what that is with theta from its prior Gamma(a, b). */
#ifndef MODEL_POISSON_LAW_H
#define MODEL_POISSON_LAW_H

#include "model/family.h"

/* As hmfm_family.density and hmfm_family.tail. An atom is its rate theta. */
void hmfm_poisson_density(double a, double b, const hmfm_observation *law, size_t n,
                          const double *y, double *out);
void hmfm_poisson_tail(double a, double b, const hmfm_observation *law, int upper, size_t n,
                       const double *y, double *out);

#endif
