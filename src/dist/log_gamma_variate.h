/* Gamma and Dirichlet draws on the log scale, where shapes as small as 1e-8 keep their meaning. */
#ifndef DIST_LOG_GAMMA_VARIATE_H
#define DIST_LOG_GAMMA_VARIATE_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

/* log of a Gamma(shape, 1) draw, shape > 0. For shape < 1, log G(a) = log G(a + 1) + log(V)/a with V
 * uniform: the draw itself would underflow. */
double hmfm_draw_log_gamma(gsl_rng *rng, double shape);

/* log of a Dirichlet(shape) draw of n parts: log_part[k], whose exps sum to 1. log_part may be shape. */
void hmfm_draw_log_dirichlet(gsl_rng *rng, size_t n, const double *shape, double *log_part);

/* log(1 + U) for U ~ BetaPrime(a, b) = Gamma(a,1)/Gamma(b,1), a >= 0, b > 0, without forming U, which
 * passes 1e300 for small b. a = 0 gives 0. */
double hmfm_draw_log1p_beta_prime(gsl_rng *rng, double a, double b);

#endif
