/* Draws made up of log likelihoods alone, for the tests of scores. */
#ifndef UNIT_SUPPORT_LOG_LIK_H
#define UNIT_SUPPORT_LOG_LIK_H

#include "hmfm/draws.h"

/* Log likelihoods by the formula of tests/unit/data/make_loo.R. */
typedef struct log_lik_case {
  char name[32];
  size_t chains, draws, units, groups;
  double rho, grain, shift; /* shift is added to all */
} log_lik_case;

/* Draws with units in groups of equal size, an observation each, and room for more draws than there are. Fails
 * the running test when out of memory. */
hmfm_draws *log_lik_draws(const log_lik_case *what);

/* Where the log likelihood of a unit stands. */
float *log_lik_at(const hmfm_draws *draws, size_t chain, size_t draw, size_t unit);

#endif
