/* Quadrature over a positive hyperparameter with a gamma law, in its logarithm x.
 *
 * The integrands are analytic in a strip around the real axis, so that the error of the trapezoidal rule falls
 * faster than any power of the step h: it is the integrand's Fourier transform at 2 pi/h. With a
 * log integrand of curvature V (the shape of the gamma law and the information of what is counted), and
 * poles no nearer than pi/2, that is exp(-w^2/(2 V)) or exp(V pi^2/8 - w pi/2), w = 2 pi/h, whichever V allows. */
#include "prior/grid.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"

double hmfm_grid_step(double precision, double refine) {
  const double v = fmax(precision, 0.5);
  const double frequency = v < 20.0 ? 17.0 + 0.8 * v : 7.4 * sqrt(v);
  return 6.283185307179586 / frequency / refine;
}

/* P(G < y) <= y^a/Gamma(a + 1), and for G less than a - sqrt(2 a t), or more than a + sqrt(2 a t) + t,
 * at most e^-t (Boucheron, Lugosi, Massart 2013, 2.4). */
static const double TAIL = 42.0; /* e^-42 < 1e-18 */

void hmfm_grid_widen(double shape, double rate, double *low, double *high) {
  const double away = shape - sqrt(2.0 * shape * TAIL);
  double least = (lgamma(shape + 1.0) - TAIL) / shape - log(rate);
  if (away > 0.0) least = fmax(least, log(away) - log(rate));
  const double most = log(shape + sqrt(2.0 * shape * TAIL) + TAIL) - log(rate);
  *low = fmin(*low, least > -TAIL ? least : fmin(-TAIL, most - 1.0));
  *high = fmax(*high, most);
}

double hmfm_gamma_high(double shape, double rate) {
  return (shape + sqrt(2.0 * shape * 11.0) + 11.0) / rate;
}

static hmfm_status reserve(size_t n, hmfm_grid *grid, hmfm_error *error) {
  grid->n = n;
  grid->value = hmfm_calloc(n, sizeof *grid->value);
  grid->weight = hmfm_calloc(n, sizeof *grid->weight);
  if (grid->value && grid->weight) return HMFM_OK;
  hmfm_grid_clear(grid);
  return hmfm_fail_memory(error, "the prior laws");
}

hmfm_status hmfm_grid_create(double low, double high, double step, hmfm_grid *grid,
                             hmfm_error *error) {
  hmfm_status status = reserve((size_t)ceil((high - low) / step) + 1, grid, error);
  if (status) return status;
  grid->low = low;
  grid->step = step;
  for (size_t k = 0; k < grid->n; k++) grid->value[k] = exp(low + (double)k * step);
  return HMFM_OK;
}

hmfm_status hmfm_grid_fix(double value, hmfm_grid *grid, hmfm_error *error) {
  hmfm_status status = reserve(1, grid, error);
  if (status) return status;
  grid->low = log(value);
  grid->value[0] = value;
  grid->weight[0] = 1.0;
  return HMFM_OK;
}

void hmfm_grid_clear(hmfm_grid *grid) {
  hmfm_free(grid->value);
  hmfm_free(grid->weight);
  *grid = (hmfm_grid){0};
}

/* log of a^a e^-a/Gamma(a): the density of log G at its mode. */
static double log_peak(double a) {
  const double v = 1.0 / a, w = v * v;
  if (a < 30.0) return a * log(a) - a - lgamma(a);
  return 0.5 * log(a / 6.283185307179586) - v * (1.0 / 12 - w * (1.0 / 360 - w / 1260));
}

/* With t = x - log(shape/rate) the density of x is its peak times exp(-shape (e^t - 1 - t)). */
double hmfm_grid_gamma(const hmfm_grid *grid, double shape, double rate, double *weight) {
  const double constant = log(grid->step) + log_peak(shape), mode = log(shape) - log(rate);
  double sum = 0.0;
  for (size_t k = 0; k < grid->n; k++) {
    const double t = grid->low + (double)k * grid->step - mode;
    weight[k] = exp(constant - shape * (expm1(t) - t));
    sum += weight[k];
  }
  return fmax(1.0 - sum, 0.0);
}
