/* Curves of a density at given points: means over draws and credible bands. */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "summary/density.h"

enum { MOST_POINTS = 64 };
static const size_t MOST_VALUES = (size_t)1 << 22; /* of a tile */

int hmfm_density_is_of_counts(const hmfm_density *density) {
  return (density->model->family->flags & HMFM_FAMILY_COUNTS) != 0;
}

hmfm_observation hmfm_density_law(const hmfm_density *density, hmfm_density_weights which,
                                  size_t s) {
  const size_t first = density->start[s];
  return (hmfm_observation){.n_components = density->start[s + 1] - first,
                            .weight = density->weight[which] + first,
                            .atom = density->atom + first,
                            .stride = density->n_rows,
                            .rest = density->rest[which][s],
                            .predictor = density->predictor[s],
                            .exposure = density->exposure};
}

size_t hmfm_density_tile(const hmfm_density *density) {
  const size_t fit = MOST_VALUES / density->n_draws;
  return fit < 1 ? 1 : fit < MOST_POINTS ? fit : MOST_POINTS;
}

/* Threads for so many numbers; few are not worth waking others for. */
static int choose_threads(const hmfm_density *density, size_t numbers) {
  if (numbers < 20000) return 1;
  return hmfm_threads(density->threads);
}

/* Draws side by side; no number depends on another draw. */
void hmfm_density_fill(const hmfm_density *density, hmfm_density_curve curve,
                       hmfm_density_weights which, size_t n, const double *y, double *value) {
  const hmfm_family *family = density->model->family;
  const long n_draws = (long)density->n_draws;
  const int threads = choose_threads(density, density->n_rows * n);
  (void)threads;
  gsl_error_handler_t *handler = gsl_set_error_handler_off(); /* GSL's tails may underflow */
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(threads)
#endif
  for (long s = 0; s < n_draws; s++) {
    double at[MOST_POINTS];
    const hmfm_observation law = hmfm_density_law(density, which, (size_t)s);
    if (curve == HMFM_CURVE_DENSITY)
      family->density(density->model->family_data, &law, n, y, at);
    else
      family->tail(density->model->family_data, &law, curve == HMFM_CURVE_ABOVE, n, y, at);
    for (size_t l = 0; l < n; l++) value[l * density->n_draws + (size_t)s] = at[l];
  }
  gsl_set_error_handler(handler);
}

static double mean_of(size_t n, const double *value) {
  double sum = 0.0;
  for (size_t s = 0; s < n; s++) sum += value[s];
  return sum / (double)n;
}

/* Quantile of type 7; the values change places. After select those behind place k are not smaller. */
static double quantile(size_t n, double *value, double probability) {
  const double position = (double)(n - 1) * probability;
  const size_t k = (size_t)position;
  const double low = gsl_stats_select(value, 1, n, k), part = position - (double)k;
  if (part <= 0.0 || k + 1 >= n) return low;
  double next = value[k + 1];
  for (size_t s = k + 2; s < n; s++) next = fmin(next, value[s]);
  return low + part * (next - low);
}

/* curve, lower and upper quantile of a tile, in rows of n_all each from `to` on. */
static hmfm_status evaluate_tile(const hmfm_density *density, hmfm_density_curve curve, size_t n,
                                 const double *y, double level, int band, size_t n_all, double *to,
                                 double *value, hmfm_error *error) {
  const size_t S = density->n_draws;
  const int threads = choose_threads(density, S * n);
  (void)threads;
  hmfm_density_fill(density, curve, HMFM_WEIGHTS_MEAN, n, y, value);
  for (size_t l = 0; l < n; l++) to[l] = mean_of(S, value + l * S);
  if (band && density->drawn) hmfm_density_fill(density, curve, HMFM_WEIGHTS_DRAWN, n, y, value);
#ifdef _OPENMP
#pragma omp parallel for schedule(static) num_threads(threads)
#endif
  for (long l = 0; l < (band ? (long)n : 0); l++) {
    double *of_point = value + (size_t)l * S;
    if (!isfinite(mean_of(S, of_point))) { /* select needs an order */
      to[l] = NAN;
      continue;
    }
    to[n_all + (size_t)l] = quantile(S, of_point, 0.5 * (1.0 - level));
    to[2 * n_all + (size_t)l] = quantile(S, of_point, 0.5 * (1.0 + level));
  }
  for (size_t l = 0; l < n; l++)
    if (!isfinite(to[l]))
      return hmfm_fail(error, HMFM_ENUMERIC, "at %g the law of an observation is not a number",
                       y[l]);
  return HMFM_OK;
}

hmfm_status hmfm_density_evaluate(const hmfm_density *density, hmfm_density_curve curve, size_t n,
                                  const double *y, double level, double *mean, double *lower,
                                  double *upper, hmfm_error *error) {
  const size_t tile = hmfm_density_tile(density);
  const int band = lower && upper;
  hmfm_status status = HMFM_OK;
  if (!(level > 0.0 && level < 1.0))
    return hmfm_fail(error, HMFM_EUSAGE, "level must be between 0 and 1, got %g", level);
  for (size_t l = 0; l < n; l++)
    if (!isfinite(y[l]))
      return hmfm_fail(error, HMFM_EUSAGE, "a density is to be taken at %g", y[l]);
  double *value = hmfm_calloc(tile < n ? tile : n, density->n_draws * sizeof *value);
  double *result = hmfm_calloc(n, 3 * sizeof *result);
  if (!value || !result) status = hmfm_fail_memory(error, "the values of a density");
  for (size_t first = 0; !status && first < n; first += tile) {
    const size_t some = n - first < tile ? n - first : tile;
    status = evaluate_tile(density, curve, some, y + first, level, band, n, result + first, value,
                           error);
  }
  double *const to[3] = {mean, lower, upper};
  for (int k = 0; !status && k < (band ? 3 : 1); k++)
    memcpy(to[k], result + (size_t)k * n, n * sizeof *result);
  hmfm_free(value);
  hmfm_free(result);
  return status;
}
