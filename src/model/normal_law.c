/* Normal mixtures with a Student component. */
#include "model/normal_law.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <string.h>

HMFM_VECTOR static void add_density(size_t n, double level, double scale, double center,
                                    const double *restrict y, double *restrict out) {
  for (size_t l = 0; l < n; l++) {
    double gap = y[l] - center;
    out[l] += level * hmfm_exp(gap * gap * scale);
  }
}

/* With the atom integrated out, (y - mu0)/sqrt(s0 (1 + 1/k0)) has Student's t law with nu0 degrees of
 * freedom. */
static double prior_scale(const hmfm_nig_prior *prior) {
  return sqrt(prior->s0 * (1.0 + 1.0 / prior->k0));
}

static void add_prior_density(const hmfm_nig_prior *prior, const hmfm_observation *law, size_t n,
                              const double *y, double *out) {
  const double scale = prior_scale(prior), nu = prior->nu0, center = law->predictor + prior->mu0;
  const double level = hmfm_log_gamma(0.5 * (nu + 1.0)) - hmfm_log_gamma(0.5 * nu) -
                       0.5 * log(nu * M_PI) - log(scale) + log(law->rest);
  for (size_t l = 0; l < n; l++) {
    const double z = (y[l] - center) / scale;
    out[l] += exp(level - 0.5 * (nu + 1.0) * log1p(z * z / nu));
  }
}

void hmfm_normal_density(const hmfm_nig_prior *prior, const hmfm_observation *law, size_t n,
                         const double *y, double *out) {
  memset(out, 0, n * sizeof *out);
  for (size_t m = 0; m < law->n_components; m++) {
    const double sigma2 = law->atom[HMFM_NORMAL_SIGMA2 * law->stride + m];
    add_density(n, law->weight[m] / sqrt(2.0 * M_PI * sigma2), -0.5 / sigma2,
                law->predictor + law->atom[HMFM_NORMAL_MU * law->stride + m], y, out);
  }
  if (law->rest > 0.0) add_prior_density(prior, law, n, y, out);
}

void hmfm_normal_tail(const hmfm_nig_prior *prior, const hmfm_observation *law, int upper, size_t n,
                      const double *y, double *out) {
  const double sign = upper ? 1.0 : -1.0;
  memset(out, 0, n * sizeof *out);
  for (size_t m = 0; m < law->n_components; m++) {
    const double center = law->predictor + law->atom[HMFM_NORMAL_MU * law->stride + m];
    const double scale = sign / sqrt(2.0 * law->atom[HMFM_NORMAL_SIGMA2 * law->stride + m]);
    for (size_t l = 0; l < n; l++) out[l] += 0.5 * law->weight[m] * erfc((y[l] - center) * scale);
  }
  if (!(law->rest > 0.0)) return;
  for (size_t l = 0; l < n; l++) {
    const double z = (y[l] - law->predictor - prior->mu0) / prior_scale(prior);
    out[l] += law->rest * gsl_cdf_tdist_Q(sign * z, prior->nu0);
  }
}
