/* BLAS and LAPACK behind three functions: LAPACKE and CBLAS in the library, the Fortran interface that
 * R provides inside the R package. A row-major lower triangle is a column-major upper one. */
#include "base/linalg.h"

#include <math.h>

#ifdef HMFM_R
#ifndef USE_FC_LEN_T
#define USE_FC_LEN_T
#endif
#include <Rconfig.h>
#include <R_ext/BLAS.h>
#include <R_ext/Lapack.h>
#ifndef FCONE
#define FCONE
#endif
#else
#include <cblas.h>
#include <lapacke.h>
#endif

int hmfm_cholesky(size_t n, double *a) {
#ifdef HMFM_R
  int order = (int)n, info = 0;
  F77_CALL(dpotrf)("U", &order, a, &order, &info FCONE);
#else
  int info = (int)LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', (lapack_int)n, a, (lapack_int)n);
#endif
  /* OpenBLAS lets NaN pass for positive. A row of L with a NaN in it has one on its diagonal. */
  for (size_t k = 0; !info && k < n; k++)
    if (!isfinite(a[k * n + k])) info = (int)k + 1;
  return info;
}

void hmfm_solve_lower(size_t n, const double *l, double *b) {
#ifdef HMFM_R
  int order = (int)n, one = 1;
  F77_CALL(dtrsv)("U", "T", "N", &order, l, &order, b, &one FCONE FCONE FCONE);
#else
  cblas_dtrsv(CblasColMajor, CblasUpper, CblasTrans, CblasNonUnit, (int)n, l, (int)n, b, 1);
#endif
}

void hmfm_solve_lower_transposed(size_t n, const double *l, double *b) {
#ifdef HMFM_R
  int order = (int)n, one = 1;
  F77_CALL(dtrsv)("U", "N", "N", &order, l, &order, b, &one FCONE FCONE FCONE);
#else
  cblas_dtrsv(CblasColMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)n, l, (int)n, b, 1);
#endif
}
