/* Whether draws have a law: distances from it that hold for every law. */
#ifndef UNIT_SUPPORT_LAW_H
#define UNIT_SUPPORT_LAW_H

#include <stddef.h>

/* Beyond this sqrt(n) times the distance below has probability 3e-6. */
extern const double law_far;

/* sqrt(n) D, D Kolmogorov's distance of n values from the uniform law on (0, 1); sorts them. */
double law_distance(size_t n, double *value);

/* Chi-square of counts against weights, given up to a constant, as a z; cells with few expected are put together. */
double law_z_of_counts(size_t n_cells, const double *seen, const double *weight);

#endif
