/* Diagnostics of one quantity over all chains, as the R package posterior computes them (Vehtari,
 * Gelman, Simpson, Carpenter, Buerkner 2021): quantiles, ranks, folding, splitting. Effective
 * sample size and R-hat of given chains are in ess.c. */
#include "hmfm/summary.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/ess.h"

/* A value and where in the split chains it stands. */
typedef struct place {
  double value;
  size_t at;
} place;

/* Everything one diagnosis works on. Each chain's first and second half become chains of their own;
 * the middle draw of an odd number is in no split chain. */
typedef struct diagnosis {
  size_t n_chains, size; /* as given; size = n_chains * draws a chain */
  size_t half;           /* draws per split chain; there are 2 n_chains of them */
  place *sorted;         /* size, by value */
  place *folded;         /* size, by distance from the median */
  double *split;         /* the split chains' values, one chain after the other */
  double *score;         /* what is made of them, likewise */
  hmfm_ess_space *ess;
} diagnosis;

/* Where a draw stands that is in no split chain. */
#define NOWHERE SIZE_MAX

static int compare_places(const void *a, const void *b) {
  double left = ((const place *)a)->value, right = ((const place *)b)->value;
  return (left > right) - (left < right);
}

/* Quantile of type 7: linear between order statistics, the ends at probability 0 and 1. */
static double quantile(const place *sorted, size_t size, double probability) {
  double position = (double)(size - 1) * probability, below = floor(position);
  size_t k = (size_t)below;
  double low = sorted[k].value, part = position - below;
  if (part <= 0 || k + 1 >= size || sorted[k + 1].value == low) return low;
  return (1 - part) * low + part * sorted[k + 1].value;
}

/* Orders the draws by |x - median| in one pass: the values below the median, read downwards, and
 * those from it on are two sorted runs. */
static void fold(const diagnosis *d, double median) {
  size_t right = 0;
  while (right < d->size && d->sorted[right].value < median) right++;
  size_t left = right; /* one past the next value below the median */
  for (size_t k = 0; k < d->size; k++) {
    double down = left > 0 ? fabs(d->sorted[left - 1].value - median) : INFINITY;
    double up = right < d->size ? fabs(d->sorted[right].value - median) : INFINITY;
    int from_left = right >= d->size || (left > 0 && down < up);
    d->folded[k].value = from_left ? down : up;
    d->folded[k].at = from_left ? d->sorted[--left].at : d->sorted[right++].at;
  }
}

/* Normal scores of the ranks among the n split values: Phi^-1((rank - 3/8) / (n + 1/4)), equal
 * values sharing their average rank. */
static void score_ranks(const diagnosis *d, const place *sorted) {
  double n = 2.0 * (double)(d->n_chains * d->half);
  size_t before = 0; /* split values that are smaller */
  for (size_t first = 0, end; first < d->size; first = end) {
    size_t ties = 0;
    for (end = first; end < d->size && sorted[end].value == sorted[first].value; end++)
      ties += sorted[end].at != NOWHERE;
    double rank = (double)before + 0.5 * (double)(ties + 1);
    double score = ties > 0 ? gsl_cdf_ugaussian_Pinv((rank - 0.375) / (n + 0.25)) : 0;
    for (size_t k = first; k < end; k++)
      if (sorted[k].at != NOWHERE) d->score[sorted[k].at] = score;
    before += ties;
  }
}

/* Effective sample size of the indicator of x <= limit. */
static double indicator_ess(const diagnosis *d, double limit) {
  for (size_t k = 0; k < 2 * d->n_chains * d->half; k++) d->score[k] = d->split[k] <= limit;
  return hmfm_ess(d->score, 2 * d->n_chains, d->ess);
}

/* The larger or the smaller of two, NaN where one is. */
static double max_or_nan(double a, double b) { return isnan(a) || isnan(b) ? NAN : fmax(a, b); }
static double min_or_nan(double a, double b) { return isnan(a) || isnan(b) ? NAN : fmin(a, b); }

static void diagnose(const diagnosis *d, hmfm_diagnostics *out) {
  out->q5 = quantile(d->sorted, d->size, 0.05);
  out->q50 = quantile(d->sorted, d->size, 0.5);
  out->q95 = quantile(d->sorted, d->size, 0.95);
  if (d->half < 2) return;
  size_t chains = 2 * d->n_chains;
  out->ess_mean = hmfm_ess(d->split, chains, d->ess);
  out->mcse_mean = out->sd / sqrt(out->ess_mean);
  if (isfinite(d->sorted[0].value) && isfinite(d->sorted[d->size - 1].value))
    out->ess_tail = min_or_nan(indicator_ess(d, out->q5), indicator_ess(d, out->q95));
  score_ranks(d, d->sorted);
  out->ess_bulk = hmfm_ess(d->score, chains, d->ess);
  double bulk = hmfm_rhat(d->score, d->half, chains);
  if (!isfinite(out->q50)) return;
  fold(d, out->q50);
  score_ranks(d, d->folded);
  out->rhat = max_or_nan(bulk, hmfm_rhat(d->score, d->half, chains));
}

static void diagnosis_clear(diagnosis *d) {
  hmfm_free(d->sorted);
  hmfm_free(d->folded);
  hmfm_free(d->split);
  hmfm_free(d->score);
  hmfm_ess_space_destroy(d->ess);
}

static hmfm_status diagnosis_create(diagnosis *d, size_t n_draws, hmfm_error *error) {
  d->half = n_draws / 2;
  d->size = d->n_chains * n_draws;
  if (d->size / d->n_chains != n_draws) return hmfm_fail_memory(error, "the diagnostics");
  d->sorted = hmfm_calloc(d->size, sizeof *d->sorted);
  d->folded = hmfm_calloc(d->size, sizeof *d->folded);
  d->split = hmfm_calloc(d->size, sizeof *d->split);
  d->score = hmfm_calloc(d->size, sizeof *d->score);
  if (!d->sorted || !d->folded || !d->split || !d->score)
    return hmfm_fail_memory(error, "the diagnostics");
  return hmfm_ess_space_create(d->half, &d->ess, error);
}

/* Copies chain c. Returns 1 if one of its values is NaN. */
static int take_chain(diagnosis *d, size_t c, const double *x, size_t n_draws, size_t stride) {
  int any_nan = 0;
  size_t second = n_draws - d->half;
  for (size_t t = 0; t < n_draws; t++) {
    place here = {x[t * stride], NOWHERE};
    if (t < d->half) here.at = 2 * c * d->half + t;
    if (t >= second) here.at = (2 * c + 1) * d->half + t - second;
    if (here.at != NOWHERE) d->split[here.at] = here.value;
    d->sorted[c * n_draws + t] = here;
    any_nan |= isnan(here.value);
  }
  return any_nan;
}

/* Mean and standard deviation of the sorted draws. */
static void moments(const diagnosis *d, hmfm_diagnostics *out) {
  double sum = 0, square = 0, origin = d->sorted[d->size / 2].value;
  if (!isfinite(origin)) origin = 0;
  for (size_t k = 0; k < d->size; k++) sum += d->sorted[k].value - origin;
  out->mean = origin + sum / (double)d->size;
  for (size_t k = 0; k < d->size; k++)
    square += (d->sorted[k].value - out->mean) * (d->sorted[k].value - out->mean);
  if (d->size > 1) out->sd = sqrt(square / (double)(d->size - 1));
}

hmfm_status hmfm_diagnose(const double *x, size_t n_chains, size_t n_draws, size_t chain_stride,
                          size_t draw_stride, hmfm_diagnostics *out, hmfm_error *error) {
  hmfm_diagnostics result = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  diagnosis d = {.n_chains = n_chains};
  hmfm_status status = HMFM_OK;
  if (n_chains == 0 || n_draws == 0) goto out;
  status = diagnosis_create(&d, n_draws, error);
  if (status) goto out;
  int any_nan = 0;
  for (size_t c = 0; c < n_chains; c++)
    any_nan |= take_chain(&d, c, x + c * chain_stride, n_draws, draw_stride);
  if (!any_nan) {
    qsort(d.sorted, d.size, sizeof *d.sorted, compare_places);
    moments(&d, &result);
    diagnose(&d, &result);
  }
out:
  if (!status) *out = result;
  diagnosis_clear(&d);
  return status;
}
