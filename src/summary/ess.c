/* Effective sample size (spectral autocovariance, Geyer's sequences) and R-hat of given chains.
 * Splitting, ranking and folding of the draws are in diagnostics.c. */
#include "summary/ess.h"

#include <math.h>
#include <stdint.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_fft_real.h>

#include "base/alloc.h"
#include "base/error.h"

/* Mean of n values, exact when all are equal. */
static double mean_of(const double *x, size_t n) {
  double sum = 0;
  for (size_t t = 0; t < n; t++) sum += x[t] - x[0];
  return x[0] + sum / (double)n;
}

static double variance_of(const double *x, size_t n, double mean) {
  double sum = 0;
  for (size_t t = 0; t < n; t++) sum += (x[t] - mean) * (x[t] - mean);
  return sum / (double)(n - 1);
}

/* All finite, and not all equal. */
static int is_usable(const double *x, size_t n) {
  double low = INFINITY, high = -INFINITY;
  for (size_t t = 0; t < n; t++) {
    if (!isfinite(x[t])) return 0;
    if (x[t] < low) low = x[t];
    if (x[t] > high) high = x[t];
  }
  return high > low;
}

double hmfm_rhat(const double *x, size_t n, size_t n_chains) {
  if (n < 2 || n_chains < 2 || !is_usable(x, n * n_chains)) return NAN;
  double within = 0, sum = 0, square = 0, origin = mean_of(x, n);
  for (size_t c = 0; c < n_chains; c++) {
    double mean = mean_of(x + c * n, n);
    within += variance_of(x + c * n, n, mean);
    sum += mean - origin;
    square += (mean - origin) * (mean - origin);
  }
  double m = (double)n_chains, length = (double)n;
  double between = length * (square - sum * sum / m) / (m - 1);
  return sqrt((between / (within / m) + length - 1) / length);
}

struct hmfm_ess_space {
  size_t n, size; /* values a chain; length of the transforms, even */
  double *power, *spectrum;
  gsl_fft_real_wavetable *table;
  gsl_fft_real_workspace *work;
};

/* The smallest 2^a 3^b 5^c from n on: lengths that transform fast. */
static size_t smooth_size(size_t n) {
  for (size_t size = n;; size++) {
    size_t rest = size;
    while (rest % 2 == 0) rest /= 2;
    while (rest % 3 == 0) rest /= 3;
    while (rest % 5 == 0) rest /= 5;
    if (rest == 1) return size;
  }
}

hmfm_status hmfm_ess_space_create(size_t n, hmfm_ess_space **out, hmfm_error *error) {
  hmfm_ess_space *space = hmfm_calloc(1, sizeof *space);
  if (!space || n > SIZE_MAX / 64) goto fail;
  space->n = n;
  space->size = 2 * smooth_size(n > 0 ? n : 1); /* lags up to n - 1 do not wrap around */
  space->power = hmfm_calloc(space->size, sizeof *space->power);
  space->spectrum = hmfm_calloc(space->size, sizeof *space->spectrum);
  if (!space->power || !space->spectrum) goto fail;
  /* GSL's own small tables; its default handler would end the process. */
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  space->table = gsl_fft_real_wavetable_alloc(space->size);
  space->work = gsl_fft_real_workspace_alloc(space->size);
  gsl_set_error_handler(handler);
  if (!space->table || !space->work) goto fail;
  *out = space;
  return HMFM_OK;
fail:
  hmfm_ess_space_destroy(space);
  return hmfm_fail_memory(error, "the diagnostics");
}

void hmfm_ess_space_destroy(hmfm_ess_space *space) {
  if (!space) return;
  if (space->table) gsl_fft_real_wavetable_free(space->table);
  if (space->work) gsl_fft_real_workspace_free(space->work);
  hmfm_free(space->power);
  hmfm_free(space->spectrum);
  hmfm_free(space);
}

/* Adds a chain's power spectrum: frequency k of GSL's transform has its real and imaginary part at
 * 2k - 1 and 2k. */
static void add_power(const double *x, double mean, hmfm_ess_space *space) {
  double *spectrum = space->spectrum, *power = space->power;
  size_t n = space->n, size = space->size;
  for (size_t t = 0; t < n; t++) spectrum[t] = x[t] - mean;
  for (size_t t = n; t < size; t++) spectrum[t] = 0;
  gsl_fft_real_transform(spectrum, 1, size, space->table, space->work);
  power[0] += spectrum[0] * spectrum[0];
  power[size / 2] += spectrum[size - 1] * spectrum[size - 1];
  for (size_t k = 1; k < size / 2; k++)
    power[k] += spectrum[2 * k - 1] * spectrum[2 * k - 1] + spectrum[2 * k] * spectrum[2 * k];
}

/* Mean over the chains of their autocovariances (divisor n at every lag), left in power[0..n-1], by
 * way of their summed power spectra: one transform back serves all chains, and is a forward one,
 * since a power spectrum is real and even. Returns the variance of the chains' means, 0 for a
 * single chain. */
static double autocovariance(const double *x, size_t n_chains, hmfm_ess_space *space) {
  size_t n = space->n, size = space->size;
  double *power = space->power;
  for (size_t k = 0; k < size; k++) power[k] = 0;
  double sum = 0, square = 0, origin = mean_of(x, n), m = (double)n_chains;
  for (size_t c = 0; c < n_chains; c++) {
    double mean = mean_of(x + c * n, n);
    add_power(x + c * n, mean, space);
    sum += mean - origin;
    square += (mean - origin) * (mean - origin);
  }
  for (size_t k = 1; k < size / 2; k++) power[size - k] = power[k];
  gsl_fft_real_transform(power, 1, size, space->table, space->work);
  double scale = m * (double)n * (double)size;
  power[0] /= scale;
  for (size_t t = 1; t < n; t++) power[t] = power[2 * t - 1] / scale;
  return n_chains < 2 ? 0 : (square - sum * sum / m) / (m - 1);
}

/* Turns autocovariances into autocorrelations of the pooled chains in place, relative to the
 * overestimate of the variance that counts the spread of the chains' means (Vehtari et al. 2021,
 * equation 10). */
static void autocorrelation(double *rho, size_t n, double means_variance) {
  double length = (double)n, within = rho[0] * length / (length - 1);
  double total = rho[0] + means_variance;
  for (size_t t = 1; t < n; t++) rho[t] = 1 - (within - rho[t]) / total;
  rho[0] = 1;
}

/* Integrated autocorrelation time by Geyer's initial sequences, over pairs (rho[2k], rho[2k+1]):
 * the pairs up to the first whose sum is not positive, or to lag n - 3, then made monotone.
 * The last pair counts with half its first member only, which lowers the variance of the estimate.
 * Where not even the second pair may be looked at the time is 2, as in the R package posterior. */
static double correlation_time(double *rho, size_t n) {
  size_t last = 0;
  double pair = rho[0] + rho[1];
  while (pair > 0 && last + 5 < n) {
    last += 2;
    pair = rho[last] + rho[last + 1];
  }
  if (last == 0) return 2;
  if (pair < 0 && !(rho[last] > 0)) rho[last] = 0;
  for (size_t t = 2; t + 2 <= last; t += 2) {
    double before = rho[t - 2] + rho[t - 1];
    if (rho[t] + rho[t + 1] > before) rho[t] = rho[t + 1] = before / 2;
  }
  double time = -1 + rho[last];
  for (size_t t = 0; t < last; t++) time += 2 * rho[t];
  return time;
}

double hmfm_ess(const double *x, size_t n_chains, hmfm_ess_space *space) {
  size_t n = space->n;
  if (n < 3 || !is_usable(x, n * n_chains)) return NAN;
  double means_variance = autocovariance(x, n_chains, space);
  autocorrelation(space->power, n, means_variance);
  double size = (double)n * (double)n_chains;
  /* Antithetic chains may be better than independent draws, but an estimate far above the number of
   * draws is noise: the time is at least 1/log10(size). */
  return size / fmax(correlation_time(space->power, n), 1 / log10(size));
}
