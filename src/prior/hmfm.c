/* The HMFM as the prior room knows it. */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "prior/hmfm_exact.h"
#include "model/mixing_hmfm.h"
#include "prior/rising.h"

extern const hmfm_mixing hmfm_mixing_hmfm;

static double tag(const void *prior, size_t group) {
  return ((const hmfm_prior *)prior)->gamma[group];
}

/* K_j given M and gamma, units one after another: unit i opens a cluster with probability
 * gamma (M - k)/(gamma M + i). */
static size_t draw_group(gsl_rng *rng, size_t n, double M, double gamma) {
  size_t k = 1, seated = 1;
  while (seated < n && (double)k < M) {
    seated += hmfm_draw_waiting(rng, seated, n - seated, gamma * (double)k, gamma * M);
    if (seated < n) {
      k++;
      seated++;
    }
  }
  return k;
}

/* How many of `drawn` components, drawn one after another, are among `marked` ones of M. */
static size_t draw_common(gsl_rng *rng, size_t M, size_t marked, size_t drawn) {
  size_t common = 0;
  for (size_t s = 0; s < drawn; s++)
    common += gsl_rng_uniform(rng) * (double)(M - s) < (double)(marked - common);
  return common;
}

static hmfm_status draw(void *process, const void *prior, const hmfm_groups *groups, gsl_rng *rng,
                        hmfm_prior_draw *draw, hmfm_error *error) {
  const size_t d = groups->n_groups;
  (void)prior;
  double *gamma = hmfm_calloc(d, sizeof *gamma);
  if (!gamma) return hmfm_fail_memory(error, "the prior laws");
  const size_t M = hmfm_mixing_hmfm.draw_prior(process, rng);
  hmfm_mixing_hmfm.concentrations(process, gamma);
  size_t K = 0;
  for (size_t j = 0; j < d; j++) {
    const size_t k = draw_group(rng, groups->size[j], (double)M, gamma[j]);
    draw->group_clusters[j] = k;
    K += k - draw_common(rng, M, K, k);
  }
  draw->clusters = K;
  draw->components = M;
  if (d > 1) /* of the law of the pair alone: not the pair that is in K */
    draw->shared = draw_common(rng, M, draw->group_clusters[groups->pair[0]],
                               draw->group_clusters[groups->pair[1]]);
  hmfm_free(gamma);
  return HMFM_OK;
}

/* With a mean of less than half its standard deviation Lambda is near 0 but for a far tail. */
static double least(const void *memory) {
  const hmfm_prior *prior = memory;
  if (!isnan(prior->lambda)) return -INFINITY;
  return log(0.5 * sqrt(prior->a_lambda) / prior->b_lambda);
}

extern const hmfm_prior_law hmfm_prior_law_hmfm;
const hmfm_prior_law hmfm_prior_law_hmfm = {
    .mixing = &hmfm_mixing_hmfm,
    .has_components = 1,
    .tag = tag,
    .exact = hmfm_exact_hmfm,
    .draw = draw,
    .means = hmfm_means_hmfm,
    .found = {{"lambda-mean", "gamma-guess"}, {"lambda", "gamma"}},
    .sign = {{1.0, 1.0}, {1.0, 1.0}},
    .low = {{-9.0, -30.0}, {-9.0, -30.0}},
    .high = {{6.9, 20.0}, {6.9, 20.0}},
    .start = {{2.3, -2.0}, {2.3, -2.0}},
    .least = least,
    .idle = {{"lambda", "gamma"}, {"lambda-mean", "lambda-var", "gamma-guess", "gamma-shape"}},
};
