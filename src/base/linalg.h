/* The few dense linear algebra routines the library needs; the only place that knows BLAS or LAPACK.
 * Matrices are square, row by row. */
#ifndef BASE_LINALG_H
#define BASE_LINALG_H

#include <stddef.h>

/* Replaces the lower triangle of a symmetric positive definite a by its Cholesky factor L
 * (a = L L'); the strict upper triangle is not touched. Returns 0, or k > 0 when the leading k x k
 * block is not positive definite, which it is not with a NaN or an infinity in it. */
int hmfm_cholesky(size_t n, double *a);

/* b := L^-1 b, and b := L'^-1 b. */
void hmfm_solve_lower(size_t n, const double *l, double *b);
void hmfm_solve_lower_transposed(size_t n, const double *l, double *b);

#endif
