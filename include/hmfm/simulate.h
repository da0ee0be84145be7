/* Simulated data with known truth, from given components or from the prior. */
#ifndef HMFM_SIMULATE_H
#define HMFM_SIMULATE_H

#include "chain.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The truth to simulate from. */
typedef struct hmfm_truth {
  size_t n_components;  /* M */
  size_t n_atom;        /* numbers per atom: 2 for the normal family (mean, variance) */
  double *atom;         /* M x n_atom, row by row */
  double *weight;       /* n_groups x M, group by group, each group's sum is 1 */
  double *beta;         /* n_groups x n_covariates */
} hmfm_truth;

#ifdef __cplusplus
}
#endif
#endif
