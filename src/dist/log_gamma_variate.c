/* Gamma and Dirichlet draws on the log scale. */
#include "dist/log_gamma_variate.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/vecmath.h"

double hmfm_draw_log_gamma(gsl_rng *rng, double shape) {
  if (shape >= 1.0) return log(gsl_ran_gamma(rng, shape, 1.0));
  double g = gsl_ran_gamma(rng, shape + 1.0, 1.0);
  return log(g) + log(gsl_rng_uniform_pos(rng)) / shape;
}

void hmfm_draw_log_dirichlet(gsl_rng *rng, size_t n, const double *shape, double *log_part) {
  for (size_t k = 0; k < n; k++) log_part[k] = hmfm_draw_log_gamma(rng, shape[k]);
  double total = hmfm_log_sum_exp(n, log_part);
  for (size_t k = 0; k < n; k++) log_part[k] -= total;
}

double hmfm_draw_log1p_beta_prime(gsl_rng *rng, double a, double b) {
  if (a <= 0.0) return 0.0;
  double log_a = hmfm_draw_log_gamma(rng, a), log_b = hmfm_draw_log_gamma(rng, b);
  double gap = log_a - log_b; /* log U */
  return gap > 0.0 ? gap + log1p(exp(-gap)) : log1p(exp(gap));
}
