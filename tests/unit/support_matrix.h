/* Draws of partitions for tests, all partitions of a few units, and losses by their definitions. */
#ifndef UNIT_SUPPORT_MATRIX_H
#define UNIT_SUPPORT_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "hmfm/partitions.h"

/* n_draws random partitions: a random one of at most most clusters, in each draw of which each unit
 * is moved at random with the given probability. The same for a seed. Ends the test if out of memory. */
hmfm_partitions *matrix_random(size_t n_draws, size_t n_units, size_t most, double moved,
                               unsigned seed);

/* Goes to the next partition of n units, labels by first appearance, starting from all zero; 0 when there is none. */
int matrix_next(size_t n, uint32_t *label);

/* The losses by their definitions over pairs of units, or over clusters: truth, then estimate. */
double matrix_vi(size_t n, const uint32_t *truth, const uint32_t *estimate, double a);
double matrix_binder(size_t n, const uint32_t *truth, const uint32_t *estimate, double a);
double matrix_omari(size_t n, const uint32_t *truth, const uint32_t *estimate);
double matrix_nvi(size_t n, const uint32_t *truth, const uint32_t *estimate);
double matrix_loss(const char *name, double a, size_t n, const uint32_t *truth,
                   const uint32_t *estimate);

/* The mean of a loss over all draws. */
double matrix_expected(const hmfm_partitions *partitions, const char *name, double a,
                       const uint32_t *estimate);

#endif
