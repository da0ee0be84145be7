/* Draws from posterior predictive laws, and the means of these in each draw of the posterior. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "rng/philox.h"
#include "summary/density.h"

/* The atom of a component of posterior draw s, by its weight. */
static void choose(const hmfm_density *density, const hmfm_observation *law, gsl_rng *rng,
                   double *atom) {
  const hmfm_family *family = density->model->family;
  double left = law->rest;
  for (size_t m = 0; m < law->n_components; m++) left += law->weight[m];
  left *= gsl_rng_uniform(rng);
  size_t m = 0;
  while (m < law->n_components && left >= law->weight[m]) left -= law->weight[m++];
  if (m == law->n_components && !(law->rest > 0.0)) m--; /* rounding */
  if (m == law->n_components)
    family->draw_prior_atom(density->model->family_data, rng, atom);
  else
    for (size_t p = 0; p < family->n_atom; p++) atom[p] = law->atom[p * law->stride + m];
}

static hmfm_status check(double drawn, hmfm_error *error) {
  if (isfinite(drawn)) return HMFM_OK;
  return hmfm_fail(error, HMFM_ENUMERIC, "a draw from the density comes to %g", drawn);
}

hmfm_status hmfm_density_draw(const hmfm_density *density, size_t n, uint64_t seed, double *out,
                              hmfm_error *error) {
  const hmfm_family *family = density->model->family;
  hmfm_status status = HMFM_OK;
  double *drawn = hmfm_calloc(n, sizeof *drawn);
  double *atom = hmfm_calloc(family->n_atom, sizeof *atom);
  gsl_rng *rng = hmfm_stream_create(seed, 0);
  if (!drawn || !atom || !rng) status = hmfm_fail_memory(error, "draws from a density");
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  for (size_t k = 0; !status && k < n; k++) {
    hmfm_stream_open(rng, k, HMFM_STREAM_PREDICT, 0);
    const size_t s = gsl_rng_uniform_int(rng, density->n_draws);
    const hmfm_observation law = hmfm_density_law(density, HMFM_WEIGHTS_DRAWN, s);
    choose(density, &law, rng, atom);
    drawn[k] = family->draw_response(rng, atom, law.predictor, law.exposure);
    status = check(drawn[k], error);
  }
  gsl_set_error_handler(handler);
  if (!status) memcpy(out, drawn, n * sizeof *out);
  hmfm_free(drawn);
  hmfm_free(atom);
  hmfm_stream_destroy(rng);
  return status;
}

/* In posterior draw s the component has the address (unit, s), the response (row, s), blocks apart. */
hmfm_status hmfm_density_draw_each(const hmfm_density *density, uint64_t seed, uint32_t unit,
                                   uint32_t row, double *out, hmfm_error *error) {
  const hmfm_family *family = density->model->family;
  hmfm_status status = HMFM_OK;
  double *drawn = hmfm_calloc(density->n_draws, sizeof *drawn);
  double *atom = hmfm_calloc(family->n_atom, sizeof *atom);
  gsl_rng *of_unit = hmfm_stream_create(seed, unit), *of_row = hmfm_stream_create(seed, row);
  if (!drawn || !atom || !of_unit || !of_row)
    status = hmfm_fail_memory(error, "draws from a density");
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  for (size_t s = 0; !status && s < density->n_draws; s++) {
    const hmfm_observation law = hmfm_density_law(density, HMFM_WEIGHTS_DRAWN, s);
    hmfm_stream_open(of_unit, s, HMFM_STREAM_PREDICT, 1);
    hmfm_stream_open(of_row, s, HMFM_STREAM_PREDICT, 2);
    choose(density, &law, of_unit, atom);
    drawn[s] = family->draw_response(of_row, atom, law.predictor, law.exposure);
    status = check(drawn[s], error);
  }
  gsl_set_error_handler(handler);
  if (!status) memcpy(out, drawn, density->n_draws * sizeof *out);
  hmfm_free(drawn);
  hmfm_free(atom);
  hmfm_stream_destroy(of_unit);
  hmfm_stream_destroy(of_row);
  return status;
}

size_t hmfm_density_n_draws(const hmfm_density *density) { return density->n_draws; }

void hmfm_density_means(const hmfm_density *density, double *mean) {
  const hmfm_family *family = density->model->family;
  double atom[HMFM_MOST_ATOM];
  for (size_t s = 0; s < density->n_draws; s++) {
    const hmfm_observation law = hmfm_density_law(density, HMFM_WEIGHTS_DRAWN, s);
    double sum = law.rest > 0.0 ? law.rest * family->prior_mean(density->model->family_data,
                                                                law.predictor, law.exposure)
                                : 0.0;
    for (size_t m = 0; m < law.n_components; m++) {
      for (size_t p = 0; p < family->n_atom; p++) atom[p] = law.atom[p * law.stride + m];
      sum += law.weight[m] * family->mean(atom, law.predictor, law.exposure);
    }
    mean[s] = sum;
  }
}
