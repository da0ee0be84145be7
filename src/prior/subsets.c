/* Union and intersection of independent random subsets of M components. */
#include "prior/subsets.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"

hmfm_status hmfm_subsets_create(size_t most, hmfm_subsets *subsets, hmfm_error *error) {
  subsets->most = most;
  subsets->before = hmfm_calloc(most + 2, sizeof *subsets->before);
  subsets->after = hmfm_calloc(most + 2, sizeof *subsets->after);
  subsets->sum = hmfm_calloc(most + 2, sizeof *subsets->sum);
  if (subsets->before && subsets->after && subsets->sum) return HMFM_OK;
  hmfm_subsets_clear(subsets);
  return hmfm_fail_memory(error, "the prior laws");
}

void hmfm_subsets_clear(hmfm_subsets *subsets) {
  hmfm_free(subsets->before);
  hmfm_free(subsets->after);
  hmfm_free(subsets->sum);
  *subsets = (hmfm_subsets){0};
}

/* The subset is drawn component by component. When s of it are drawn and u are in the union so far, the
 * next one is new to the union with probability (M - u)/(M - s). */
HMFM_VECTOR
static void draw_one(double M, double s, size_t low, size_t high, const double *before,
                     double *after) {
  const double scale = 1.0 / (M - s);
  for (size_t u = low; u <= high; u++)
    after[u] = (before[u] * ((double)u - s) + before[u - 1] * (M - (double)u + 1.0)) * scale;
}

hmfm_status hmfm_subsets_unite(hmfm_subsets *w, size_t M, const hmfm_pmf *size, hmfm_pmf *united,
                               hmfm_error *error) {
  const size_t low = united->low, last = size->low + size->n - 1;
  size_t high = low + united->n - 1;
  memset(w->sum, 0, (M + 2) * sizeof *w->sum);
  memset(w->before, 0, (M + 2) * sizeof *w->before);
  memset(w->after, 0, (M + 2) * sizeof *w->after);
  memcpy(w->before + low, united->p, united->n * sizeof *united->p);
  for (size_t k = 1; k <= last; k++) { /* before: k - 1 components are drawn */
    if (high < M) high++;
    draw_one((double)M, (double)(k - 1), low, high, w->before, w->after);
    double *swap = w->before;
    w->before = w->after;
    w->after = swap;
    if (k < size->low) continue;
    const double p = size->p[k - size->low];
    for (size_t u = low; u <= high; u++) w->sum[u] += p * w->before[u];
  }
  const hmfm_pmf all = {.low = low, .n = high - low + 1, .p = w->sum + low};
  return hmfm_pmf_copy(&all, united, error);
}

/* The hypergeometric law, from its mode both ways by the ratio of neighbours
 *   P(s + 1)/P(s) = (a - s)(b - s)/((s + 1)(M - a - b + s + 1)). */
void hmfm_subsets_common(hmfm_subsets *w, size_t M, size_t a, size_t b, double weight,
                         double *common) {
  const size_t least = a + b > M ? a + b - M : 0, most = a < b ? a : b;
  const double A = (double)a, B = (double)b, rest = (double)M - A - B;
  size_t mode = (size_t)((A + 1.0) * (B + 1.0) / ((double)M + 2.0));
  if (mode < least) mode = least;
  if (mode > most) mode = most;
  size_t first = mode, last = mode;
  double sum = w->sum[mode] = 1.0;
  for (size_t s = mode; s < most; s++) {
    const double x = (double)s;
    w->sum[s + 1] = w->sum[s] * (A - x) * (B - x) / ((x + 1.0) * (rest + x + 1.0));
    sum += w->sum[s + 1];
    last = s + 1;
    if (w->sum[s + 1] < HMFM_PMF_LEAST) break;
  }
  for (size_t s = mode; s > least; s--) {
    const double x = (double)s;
    w->sum[s - 1] = w->sum[s] * x * (rest + x) / ((A - x + 1.0) * (B - x + 1.0));
    sum += w->sum[s - 1];
    first = s - 1;
    if (w->sum[s - 1] < HMFM_PMF_LEAST) break;
  }
  for (size_t s = first; s <= last; s++) common[s] += weight * w->sum[s] / sum;
}
