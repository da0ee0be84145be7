/* A first look at draws in memory, in one line: what hmfm sample says at its end. */
#include "cli/first_look.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/number_text.h"
#include "hmfm/summary.h"
#include "summary/judge.h"

/* So many values are diagnosed within about two seconds; of more, only K is. */
static const double MOST_VALUES = 8e6;

static hmfm_status rhat_of(const hmfm_draws *d, const hmfm_variable *v, size_t k, double *rhat,
                           hmfm_error *error) {
  hmfm_diagnostics diagnostics;
  hmfm_status status = hmfm_diagnose(v->value + k, d->n_chains, d->n_draws, d->capacity * v->width,
                                     v->width, &diagnostics, error);
  if (!status) *rhat = diagnostics.rhat;
  return status;
}

/* The likeliest value of K, the least of several, and the share of draws that have it. */
static hmfm_status find_mode(const hmfm_draws *d, const hmfm_variable *K, size_t *mode,
                             double *share, hmfm_error *error) {
  size_t *times = hmfm_calloc(d->n_units + 1, sizeof *times);
  if (!times) return hmfm_fail_memory(error, "a look at the draws");
  for (size_t c = 0; c < d->n_chains; c++) {
    for (size_t t = 0; t < d->n_draws; t++) {
      double value = K->value[c * d->capacity + t];
      if (value >= 0 && value <= (double)d->n_units) times[(size_t)value]++;
    }
  }
  *mode = 0;
  for (size_t k = 1; k <= d->n_units; k++)
    if (times[k] > times[*mode]) *mode = k;
  *share = (double)times[*mode] / ((double)d->n_chains * (double)d->n_draws);
  hmfm_free(times);
  return HMFM_OK;
}

/* "99%", and never the 100% that it is not. */
static const char *percentage(double share, char text[40]) {
  if (share > 0.99)
    snprintf(text, 40, "over 99%%");
  else
    snprintf(text, 40, "%.0f%%", 100 * share);
  return text;
}

/* "K: 6 in 99% of the draws (rhat 1.003)"; without rhat where it is to be said elsewhere. */
static hmfm_status look_at_clusters(const hmfm_draws *d, const hmfm_variable *K, int with_rhat,
                                    char *text, size_t size, hmfm_error *error) {
  size_t mode = 0;
  double share = 0, rhat = NAN;
  char number[40], agreement[50] = "";
  hmfm_status status = find_mode(d, K, &mode, &share, error);
  if (!status && with_rhat) status = rhat_of(d, K, 0, &rhat, error);
  if (status) return status;
  hmfm_rhat_text(rhat, number, sizeof number);
  if (!isnan(rhat)) snprintf(agreement, sizeof agreement, " (%s)", number);
  if (share < 1)
    snprintf(text, size, "K: %zu in %s of the draws%s", mode, percentage(share, number), agreement);
  else
    snprintf(text, size, "K: %zu in all draws", mode);
  return HMFM_OK;
}

/* The quantity with the largest rhat; *worst stays NULL where none has one. */
static hmfm_status find_worst(const hmfm_draws *d, const hmfm_variable **worst, size_t *index,
                              double *rhat, hmfm_error *error) {
  double values = 0;
  for (size_t v = 0; v < d->n_variables; v++) values += (double)d->variable[v].width;
  if (values * (double)d->n_chains * (double)d->n_draws > MOST_VALUES) return HMFM_OK;
  *rhat = -INFINITY;
  for (size_t v = 0; v < d->n_variables; v++) {
    for (size_t k = 0; k < d->variable[v].width; k++) {
      double this = NAN;
      hmfm_status status = rhat_of(d, &d->variable[v], k, &this, error);
      if (status) return status;
      if (!(this > *rhat)) continue;
      *worst = &d->variable[v];
      *rhat = this;
      *index = k;
    }
  }
  return HMFM_OK;
}

hmfm_status hmfm_first_look(const hmfm_draws *draws, char *text, size_t size, hmfm_error *error) {
  const hmfm_variable *K = hmfm_draws_find(draws, "K"), *worst = NULL;
  char clusters[140] = "", label[200] = "", number[40] = "";
  size_t index = 0;
  double rhat = NAN;
  hmfm_status status = find_worst(draws, &worst, &index, &rhat, error);
  if (!status && K)
    status = look_at_clusters(draws, K, K != worst, clusters, sizeof clusters, error);
  if (status) return status;
  if (worst) {
    hmfm_variable_label(draws, worst, index, label, sizeof label);
    hmfm_rhat_text(rhat, number, sizeof number);
  }
  snprintf(text, size, "%s%s%s%s%s%s", clusters, *clusters && worst ? "; " : "",
           worst ? "largest " : "", number, worst ? ", of " : "", label);
  return HMFM_OK;
}
