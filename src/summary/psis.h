/* Leaving something out of a posterior by Pareto smoothed importance sampling; private to the library. */
#ifndef SUMMARY_PSIS_H
#define SUMMARY_PSIS_H

#include <stddef.h>

#include "hmfm/base.h"

/* Work space for draws of n_chains chains, n_draws each, S in all. */
typedef struct hmfm_psis hmfm_psis;
hmfm_status hmfm_psis_create(size_t n_chains, size_t n_draws, hmfm_psis **out, hmfm_error *error);
void hmfm_psis_destroy(hmfm_psis *psis);

/* What leaving out gives. */
typedef struct hmfm_left_out {
  double elpd;     /* log density of what is left out, given the rest of the data */
  double mcse;     /* Monte Carlo standard error of elpd */
  double lpd;      /* log density of it, given all data */
  double pareto_k; /* infinite where there is no tail to fit */
  double r_eff;    /* effective draws of its likelihood over S; 1 where not defined */
} hmfm_left_out;

/* Leaves out what has log likelihood log_lik[s], finite, given draw s and independently of the
 * rest: S values, chain after chain. */
hmfm_left_out hmfm_psis_leave_out(hmfm_psis *psis, const double *log_lik);

/* Draws whose ratios are smoothed: the 3 sqrt(S / r_eff) largest, at most a fifth of them. */
size_t hmfm_psis_tail(double r_eff, size_t n_draws);

#endif
