/* Quadrature over a positive hyperparameter: the trapezoidal rule in its logarithm; private. */
#ifndef PRIOR_GRID_H
#define PRIOR_GRID_H

#include "hmfm/base.h"

/* Nodes value[k] = exp(low + k step), and room for the weights of one law on them. A fixed value is a grid of
 * one node. Start from {0}. */
typedef struct hmfm_grid {
  size_t n;
  double low, step;
  double *value, *weight;
} hmfm_grid;

/* The step that serves an integrand whose log density varies like a normal with this precision in the
 * log of the hyperparameter, divided by refine. */
double hmfm_grid_step(double precision, double refine);

/* Widens [*low, *high], in logs, to hold all but 1e-18 of a Gamma(shape, rate); below 1e-18 nothing
 * is held, since there every law of clusters is, to double precision, that at zero. */
void hmfm_grid_widen(double shape, double rate, double *low, double *high);

/* Errors: HMFM_EMEMORY. */
hmfm_status hmfm_grid_create(double low, double high, double step, hmfm_grid *grid,
                             hmfm_error *error);
/* One node of weight 1. */
hmfm_status hmfm_grid_fix(double value, hmfm_grid *grid, hmfm_error *error);
void hmfm_grid_clear(hmfm_grid *grid);

/* Weights of Gamma(shape, rate) into weight[grid->n]. Returns what they lack of 1: the mass below the
 * first node. */
double hmfm_grid_gamma(const hmfm_grid *grid, double shape, double rate, double *weight);

/* The value that a Gamma(shape, rate) exceeds with a probability of about 1e-5, for bounds on work. */
double hmfm_gamma_high(double shape, double rate);

#endif
