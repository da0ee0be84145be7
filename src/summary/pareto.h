/* The generalised Pareto law that the largest importance ratios follow; private to the library. */
#ifndef SUMMARY_PARETO_H
#define SUMMARY_PARETO_H

#include <stddef.h>

#include "hmfm/base.h"

/* Distribution function 1 - (1 + k x / sigma)^(-1/k) on x > 0; moments of order below 1/k exist. */
typedef struct hmfm_pareto {
  double k, sigma; /* k NaN: no such law fits */
} hmfm_pareto;

/* Points of the grid that a fit to n values integrates over. */
size_t hmfm_pareto_points(size_t n);

/* Fits the law to n >= 1 exceedances x >= 0 in rising order. space: twice hmfm_pareto_points(n). */
hmfm_pareto hmfm_pareto_fit(size_t n, const double *x, double *space);

/* The value not exceeded with probability p, 0 <= p < 1. */
double hmfm_pareto_quantile(hmfm_pareto law, double p);

#endif
