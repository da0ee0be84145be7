/* The priors of the HMFM mixing, for those who compute with them; private. What they mean is said in
 * mixing_hmfm.c. */
#ifndef MODEL_MIXING_HMFM_H
#define MODEL_MIXING_HMFM_H

#include <stddef.h>

#include "model/components_law.h"

typedef struct hmfm_prior {
  size_t n_groups, n_random; /* groups whose gamma is random */
  const hmfm_components_law *law;
  hmfm_components_at at; /* the law's own parameters; lambda is the process's */
  double lambda;         /* NaN: random */
  double a_lambda, b_lambda;
  double *gamma; /* NaN: random */
  double a_gamma, b_gamma;
} hmfm_prior;

#endif
