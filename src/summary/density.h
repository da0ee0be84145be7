/* Inside of a density; private. Public side: hmfm/density.h. */
#ifndef SUMMARY_DENSITY_H
#define SUMMARY_DENSITY_H

#include "hmfm/density.h"
#include "model/model.h"

/* Weights whose mixture is to be averaged over draws, and weights as they are drawn. Only for a new group
 * are these not the same: there the first are the expectation of the second given the draw. */
typedef enum hmfm_density_weights { HMFM_WEIGHTS_MEAN, HMFM_WEIGHTS_DRAWN } hmfm_density_weights;

/* Draws of all chains one after the other: draw s has rows start[s] .. start[s + 1] - 1, a component
 * each. */
struct hmfm_density {
  const hmfm_model *model;
  size_t n_draws, n_rows;
  size_t *start;     /* n_draws + 1 */
  double *atom;      /* number p of row k: atom[p * n_rows + k] */
  double *weight[2]; /* n_rows, by hmfm_density_weights */
  double *rest[2];   /* n_draws: weight of atoms from P0; with the rows' weights these sum to 1 */
  double *predictor; /* n_draws: x'beta */
  double exposure;
  double low, high; /* range of the responses: where to look first */
  int drawn;        /* 1: the two kinds of weights differ */
  int threads;
};

/* The law of an observation in draw s. */
hmfm_observation hmfm_density_law(const hmfm_density *density, hmfm_density_weights which,
                                  size_t s);

/* Points that are worked on at once, so that n_draws x points numbers fit: at least 1, at most 64. */
size_t hmfm_density_tile(const hmfm_density *density);

/* value[l * n_draws + s] = the curve at y[l] in draw s, l < n, n at most a tile. */
void hmfm_density_fill(const hmfm_density *density, hmfm_density_curve curve,
                       hmfm_density_weights which, size_t n, const double *y, double *value);

#endif
