/* Laws of counts: sums of independent ones, mixtures, moments, quantiles. */
#include "prior/pmf.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static hmfm_status reserve(hmfm_pmf *pmf, size_t n, hmfm_error *error) {
  if (n <= pmf->room) return HMFM_OK;
  double *p = hmfm_realloc(pmf->p, n + n / 2, sizeof *p);
  if (!p) return hmfm_fail_memory(error, "the prior laws");
  pmf->p = p;
  pmf->room = n + n / 2;
  return HMFM_OK;
}

static void trim(hmfm_pmf *pmf) {
  size_t dropped = 0;
  while (pmf->n > 1 && pmf->p[pmf->n - 1] < HMFM_PMF_LEAST) pmf->n--;
  while (dropped + 1 < pmf->n && pmf->p[dropped] < HMFM_PMF_LEAST) dropped++;
  if (dropped == 0) return;
  pmf->n -= dropped;
  pmf->low += dropped;
  memmove(pmf->p, pmf->p + dropped, pmf->n * sizeof *pmf->p);
}

hmfm_status hmfm_pmf_point(hmfm_pmf *pmf, size_t value, hmfm_error *error) {
  hmfm_status status = reserve(pmf, 1, error);
  if (status) return status;
  pmf->low = value;
  pmf->n = 1;
  pmf->p[0] = 1.0;
  return HMFM_OK;
}

hmfm_status hmfm_pmf_set(hmfm_pmf *pmf, size_t low, size_t n, const double *p, hmfm_error *error) {
  hmfm_status status = reserve(pmf, n, error);
  if (status) return status;
  pmf->low = low;
  pmf->n = n;
  memcpy(pmf->p, p, n * sizeof *p);
  trim(pmf);
  return HMFM_OK;
}

hmfm_status hmfm_pmf_copy(const hmfm_pmf *from, hmfm_pmf *to, hmfm_error *error) {
  return hmfm_pmf_set(to, from->low, from->n, from->p, error);
}

void hmfm_pmf_clear(hmfm_pmf *pmf) {
  hmfm_free(pmf->p);
  *pmf = (hmfm_pmf){0};
}

hmfm_status hmfm_pmf_add_bernoulli(hmfm_pmf *pmf, double probability, hmfm_error *error) {
  hmfm_status status = reserve(pmf, pmf->n + 1, error);
  if (status) return status;
  const double other = 1.0 - probability;
  double *p = pmf->p;
  p[pmf->n] = probability * p[pmf->n - 1];
  for (size_t k = pmf->n; k-- > 1;) p[k] = other * p[k] + probability * p[k - 1];
  p[0] *= other;
  pmf->n++;
  trim(pmf);
  return HMFM_OK;
}

hmfm_status hmfm_pmf_convolve(const hmfm_pmf *a, const hmfm_pmf *b, hmfm_pmf *out,
                              hmfm_error *error) {
  hmfm_status status = reserve(out, a->n + b->n - 1, error);
  if (status) return status;
  out->low = a->low + b->low;
  out->n = a->n + b->n - 1;
  memset(out->p, 0, out->n * sizeof *out->p);
  for (size_t i = 0; i < a->n; i++)
    for (size_t k = 0; k < b->n; k++) out->p[i + k] += a->p[i] * b->p[k];
  trim(out);
  return HMFM_OK;
}

hmfm_status hmfm_law_create(hmfm_law *law, size_t least, size_t n, hmfm_error *error) {
  *law = (hmfm_law){.least = least, .n = n};
  law->probability = hmfm_calloc(n, sizeof *law->probability);
  return law->probability ? HMFM_OK : hmfm_fail_memory(error, "the prior laws");
}

void hmfm_law_add(hmfm_law *law, double weight, const hmfm_pmf *pmf) {
  for (size_t k = 0; k < pmf->n; k++) {
    const size_t value = pmf->low + k;
    if (value >= law->least && value - law->least < law->n)
      law->probability[value - law->least] += weight * pmf->p[k];
  }
}

hmfm_status hmfm_law_tally(hmfm_law *law, size_t value, hmfm_error *error) {
  if (value < law->least || !law->probability || value - law->least >= law->n) {
    const size_t least = !law->n || value < law->least ? value : law->least;
    const size_t last = law->n && law->least + law->n > value ? law->least + law->n - 1 : value;
    double *p = hmfm_calloc(last - least + 1, sizeof *p);
    if (!p) return hmfm_fail_memory(error, "the prior laws");
    if (law->n) memcpy(p + law->least - least, law->probability, law->n * sizeof *p);
    hmfm_free(law->probability);
    *law = (hmfm_law){.least = least, .n = last - least + 1, .probability = p};
  }
  law->probability[value - law->least] += 1.0;
  return HMFM_OK;
}

hmfm_status hmfm_law_finish_tally(hmfm_law *law, size_t draws, hmfm_error *error) {
  const double n = (double)draws;
  for (size_t k = 0; k < law->n; k++) law->probability[k] /= n;
  hmfm_law_finish(law);
  law->mean_se = law->sd / sqrt(n);
  law->se = hmfm_calloc(law->n, sizeof *law->se);
  if (!law->se) return hmfm_fail_memory(error, "the prior laws");
  for (size_t k = 0; k < law->n; k++)
    law->se[k] = sqrt(law->probability[k] * (1.0 - law->probability[k]) / n);
  return HMFM_OK;
}

void hmfm_law_finish(hmfm_law *law) {
  double *p = law->probability;
  size_t dropped = 0;
  while (law->n > 1 && p[law->n - 1] < 1e-16) law->n--;
  while (dropped + 1 < law->n && p[dropped] < 1e-16) dropped++;
  law->n -= dropped;
  law->least += dropped;
  memmove(p, p + dropped, law->n * sizeof *p);
  law->mean = law->sd = 0.0;
  for (size_t k = 0; k < law->n; k++) law->mean += p[k] * (double)(law->least + k);
  for (size_t k = 0; k < law->n; k++) {
    const double away = (double)(law->least + k) - law->mean;
    law->sd += p[k] * away * away;
  }
  law->sd = sqrt(law->sd);
}

void hmfm_law_clear(hmfm_law *law) {
  hmfm_free(law->probability);
  hmfm_free(law->se);
  *law = (hmfm_law){0};
}

size_t hmfm_law_quantile(const hmfm_law *law, double p) {
  double sum = 0.0;
  for (size_t k = 0; k < law->n; k++) {
    sum += law->probability[k];
    if (sum >= p) return law->least + k;
  }
  return law->n ? law->least + law->n - 1 : 0;
}
