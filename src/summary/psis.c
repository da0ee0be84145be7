/* Pareto smoothed importance sampling (Vehtari, Simpson, Gelman, Yao, Gabry 2024). To leave out y_i, a draw has the
 * log ratio -log p(y_i | draw); the largest ratios are replaced by quantiles of a law fitted to them,
 * whose shape k says whether they have the moments that a mean needs. */
#include "summary/psis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "summary/ess.h"
#include "summary/pareto.h"

enum { LEAST_TAIL = 5 }; /* a shape of fewer ratios means nothing */

/* A log ratio and the draw it is of. */
typedef struct ratio {
  double value;
  size_t at;
} ratio;

struct hmfm_psis {
  size_t n_chains, n_draws, size; /* size = n_chains * n_draws */
  double *likelihood; /* size: over its largest; by split chains, without middle draws */
  double *log_weight; /* size */
  double *term;       /* size */
  ratio *sorted;      /* size: the tail at the end, in order */
  double *tail;       /* exceedances */
  double *space;      /* of hmfm_pareto_fit */
  hmfm_ess_space *ess;
};

void hmfm_psis_destroy(hmfm_psis *p) {
  if (!p) return;
  void *owned[] = {p->likelihood, p->log_weight, p->term, p->sorted, p->tail, p->space};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) hmfm_free(owned[k]);
  hmfm_ess_space_destroy(p->ess);
  hmfm_free(p);
}

hmfm_status hmfm_psis_create(size_t n_chains, size_t n_draws, hmfm_psis **out, hmfm_error *error) {
  hmfm_psis *p = hmfm_calloc(1, sizeof *p);
  if (!p) return hmfm_fail_memory(error, "the scores");
  p->n_chains = n_chains;
  p->n_draws = n_draws;
  p->size = n_chains * n_draws;
  const size_t most = p->size / 5 + 1;
  p->likelihood = hmfm_calloc(p->size, sizeof *p->likelihood);
  p->log_weight = hmfm_calloc(p->size, sizeof *p->log_weight);
  p->term = hmfm_calloc(p->size, sizeof *p->term);
  p->sorted = hmfm_calloc(p->size, sizeof *p->sorted);
  p->tail = hmfm_calloc(most, sizeof *p->tail);
  p->space = hmfm_calloc(2 * hmfm_pareto_points(most), sizeof *p->space);
  hmfm_status status = HMFM_OK;
  if (!p->likelihood || !p->log_weight || !p->term || !p->sorted || !p->tail || !p->space)
    status = hmfm_fail_memory(error, "the scores");
  if (!status) status = hmfm_ess_space_create(n_draws / 2, &p->ess, error);
  if (status)
    hmfm_psis_destroy(p);
  else
    *out = p;
  return status;
}

/* Effective size of the likelihood's mean, by chains cut in halves, over the number of draws. */
static double relative_efficiency(hmfm_psis *p, const double *log_lik, double top) {
  const size_t half = p->n_draws / 2, second = p->n_draws - half;
  for (size_t c = 0; c < p->n_chains; c++) {
    const double *from = log_lik + c * p->n_draws;
    double *to = p->likelihood + 2 * c * half;
    for (size_t t = 0; t < half; t++) {
      to[t] = exp(from[t] - top);
      to[half + t] = exp(from[second + t] - top);
    }
  }
  const double ess = hmfm_ess(p->likelihood, 2 * p->n_chains, p->ess);
  return isnan(ess) ? 1 : ess / (double)p->size;
}

size_t hmfm_psis_tail(double r_eff, size_t n_draws) {
  const double S = (double)n_draws;
  return (size_t)ceil(fmin(0.2 * S, 3 * sqrt(S / r_eff)));
}

static int compare_ratios(const void *a, const void *b) {
  const ratio *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

/* Cuts r[low..high], high > low, by the value in its middle: what stands up to the index returned is not
 * greater than it, what stands behind is not less (Hoare). */
static size_t cut(ratio *r, size_t low, size_t high) {
  const double pivot = r[low + (high - low) / 2].value;
  for (;; low++, high--) {
    while (r[low].value < pivot) low++;
    while (r[high].value > pivot) high--;
    if (low >= high) return high;
    const ratio held = r[low];
    r[low] = r[high];
    r[high] = held;
  }
}

/* Brings the n - k largest values to the end, from position k < n on, in order. */
static void sort_from(ratio *r, size_t n, size_t k) {
  size_t low = 0, high = n - 1;
  while (low < high) {
    const size_t end = cut(r, low, high);
    if (k <= end)
      high = end;
    else
      low = end + 1;
  }
  qsort(r + k, n - k, sizeof *r, compare_ratios);
}

/* Replaces the n largest log weights, all at most 0, by the logs of their law's quantiles at the middles of n
 * equal parts, at most 0. Returns the shape k; infinite, with nothing replaced, where no law fits. */
static double smooth(hmfm_psis *p, size_t n) {
  const ratio *tail = p->sorted + p->size - n;
  if (n < LEAST_TAIL) return INFINITY;
  for (size_t s = 0; s < p->size; s++) p->sorted[s] = (ratio){p->log_weight[s], s};
  sort_from(p->sorted, p->size, p->size - n - 1);
  const double cutoff = exp(tail[-1].value);
  for (size_t i = 0; i < n; i++) p->tail[i] = exp(tail[i].value) - cutoff;
  const hmfm_pareto law = hmfm_pareto_fit(n, p->tail, p->space);
  if (!isfinite(law.k)) return INFINITY;
  for (size_t i = 0; i < n; i++) {
    const double x = hmfm_pareto_quantile(law, ((double)i + 0.5) / (double)n);
    p->log_weight[tail[i].at] = fmin(log(x + cutoff), 0);
  }
  return law.k;
}

/* With normalised weights w_s and likelihoods f_s the density is sum_s w_s f_s. As a ratio of means it has the
 * relative variance v = sum_s w_s^2 (f_s / density - 1)^2 / r_eff; were it lognormal, its log would have
 * the variance log(1 + v). */
static void weigh(hmfm_psis *p, const double *log_lik, hmfm_left_out *out) {
  const double whole = hmfm_log_sum_exp(p->size, p->log_weight);
  for (size_t s = 0; s < p->size; s++) p->term[s] = p->log_weight[s] + log_lik[s];
  const double product = hmfm_log_sum_exp(p->size, p->term);
  double variance = 0;
  for (size_t s = 0; s < p->size; s++) {
    const double part = hmfm_exp(p->term[s] - product) - hmfm_exp(p->log_weight[s] - whole);
    variance += part * part;
  }
  out->elpd = product - whole;
  out->mcse = sqrt(log1p(variance / out->r_eff));
}

hmfm_left_out hmfm_psis_leave_out(hmfm_psis *p, const double *log_lik) {
  hmfm_left_out out;
  double least = log_lik[0], top = log_lik[0];
  for (size_t s = 1; s < p->size; s++) {
    least = fmin(least, log_lik[s]);
    top = fmax(top, log_lik[s]);
  }
  out.r_eff = relative_efficiency(p, log_lik, top);
  out.lpd = hmfm_log_sum_exp(p->size, log_lik) - log((double)p->size);
  for (size_t s = 0; s < p->size; s++) p->log_weight[s] = least - log_lik[s];
  out.pareto_k = smooth(p, hmfm_psis_tail(out.r_eff, p->size));
  weigh(p, log_lik, &out);
  return out;
}
