/* Slice sampling of a law on the line known up to a constant (Neal 2003, Annals of Statistics 31). */
#ifndef DIST_SLICE_H
#define DIST_SLICE_H

#include <gsl/gsl_rng.h>

typedef double hmfm_log_density(double x, void *context);

/* One transition from x that leaves exp(log_density) on [lower, upper] invariant, by stepping out in
 * steps of width and shrinkage. log_density must be finite at x. */
double hmfm_draw_slice(gsl_rng *rng, double x, double width, double lower, double upper,
                       hmfm_log_density *log_density, void *context);

#endif
