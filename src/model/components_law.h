/* What a law of M is: the number of components of an HMFM before any unit is seen, q(M) on 1, 2, ... To add
 * a law, write its functions and its table in components_law.c, list it there, and declare its
 * parameter, if it has one, in mixing_hmfm.c. */
#ifndef MODEL_COMPONENTS_LAW_H
#define MODEL_COMPONENTS_LAW_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

/* Sums over M end where what is left is below e^-45 of the largest term. */
enum { HMFM_NEGLIGIBLE = 45 };

/* Where the law's parameters are now. */
typedef struct hmfm_components_at {
  double lambda; /* Lambda, where the law uses it */
  double size;   /* of the negative binomial law */
  double most;   /* the value of a point law, the largest of a uniform one */
} hmfm_components_at;

typedef struct hmfm_components_law {
  const char *name;      /* "poisson" */
  const char *meaning;   /* as in "M - 1 is Poisson" */
  int uses_lambda;       /* 1: Lambda is the mean of M - 1, and may be random */
  const char *parameter; /* name of the parameter that it alone has, besides Lambda; or NULL */

  /* Values of M that may hold K clusters: first .. last, none where last < first. */
  void (*range)(const hmfm_components_at *at, size_t K, size_t *first, size_t *last);
  /* log_weight[k] = log((M_k - 1)! q(M_k)), M_k = M[k] in the range, but for a constant; it need not look
   * at who is outside. */
  void (*log_weights)(const hmfm_components_at *at, size_t n, const double *M, double *log_weight);
  double (*log_constant)(const hmfm_components_at *at); /* that constant */
  /* 1 when in a sum over M of terms
   *   T(M) = M!/(M-K)! q(M) prod_j Gamma(gamma_j M)/Gamma(gamma_j M + n_j)
   * all of those past M together are negligible beside the largest so far; log T(M-1), log T(M) and
   * log of the largest are given. */
  int (*ends)(const hmfm_components_at *at, double K, double M, double before, double term,
              double top);

  double (*mean)(const hmfm_components_at *at); /* of M - 1 */
  size_t (*draw)(const hmfm_components_at *at, gsl_rng *rng);
  /* G given M and Lambda, where the law is that of M - 1 | G ~ Poisson(Lambda G). NULL where the law does
   * not use Lambda. */
  double (*draw_exposure)(const hmfm_components_at *at, gsl_rng *rng, size_t n_components);
} hmfm_components_law;

/* All laws of M, NULL-terminated. */
extern const hmfm_components_law *const hmfm_components_laws[];
const hmfm_components_law *hmfm_components_law_find(const char *name);

/* log q(M), and -inf where M is outside the law's range. */
double hmfm_components_log_pmf(const hmfm_components_law *law, const hmfm_components_at *at,
                               size_t M);

#endif
