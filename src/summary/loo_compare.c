/* Fits side by side: whether they are of the same data, and how their scores differ. */
#include "hmfm/loo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static int compare_ranks(const void *a, const void *b) {
  const hmfm_loo_rank *x = a, *y = b;
  if (x->difference.value != y->difference.value)
    return x->difference.value > y->difference.value ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

/* The sum over units of what a has more than b, and the standard error of that sum. */
static hmfm_estimate subtract(const hmfm_loo *a, const hmfm_loo *b) {
  const double n = (double)a->n_units;
  double sum = 0, square = 0;
  for (size_t i = 0; i < a->n_units; i++) sum += a->unit[i].elpd_loo - b->unit[i].elpd_loo;
  for (size_t i = 0; i < a->n_units; i++) {
    const double rest = a->unit[i].elpd_loo - b->unit[i].elpd_loo - sum / n;
    square += rest * rest;
  }
  return (hmfm_estimate){sum, n > 1 ? sqrt(n * square / (n - 1)) : NAN};
}

hmfm_status hmfm_loo_compare(const hmfm_loo *const *loo, size_t n, hmfm_loo_rank *out,
                             hmfm_error *error) {
  if (n == 0) return hmfm_fail(error, HMFM_EUSAGE, "there are no scores to compare");
  for (size_t k = 1; k < n; k++)
    if (loo[k]->n_units != loo[0]->n_units)
      return hmfm_fail(error, HMFM_EDATA,
                       "scores of %zu units cannot be compared with scores of %zu", loo[k]->n_units,
                       loo[0]->n_units);
  size_t best = 0;
  for (size_t k = 1; k < n; k++)
    if (loo[k]->elpd_loo.value > loo[best]->elpd_loo.value) best = k;
  for (size_t k = 0; k < n; k++) out[k] = (hmfm_loo_rank){k, subtract(loo[k], loo[best])};
  out[best].difference = (hmfm_estimate){0, 0};
  qsort(out, n, sizeof *out, compare_ranks);
  return HMFM_OK;
}

static hmfm_status same_count(const char *of, size_t first, size_t second, hmfm_error *error) {
  if (first == second) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA, "the first has %zu %s, the second %zu", first, of, second);
}

/* Units by their names, their groups', and how many observations they have. */
static hmfm_status same_units(const hmfm_draws *a, const hmfm_draws *b, hmfm_error *error) {
  for (size_t i = 0; i < a->n_units; i++) {
    const char *group[2] = {a->group_name[a->unit_group[i]], b->group_name[b->unit_group[i]]};
    if (strcmp(group[0], group[1]) != 0 || strcmp(a->unit_name[i], b->unit_name[i]) != 0)
      return hmfm_fail(
          error, HMFM_EDATA,
          "unit %zu (from 1) is '%s' of group '%s' in the first, '%s' of group '%s' in "
          "the second",
          i + 1, a->unit_name[i], group[0], b->unit_name[i], group[1]);
    if (a->unit_size[i] != b->unit_size[i])
      return hmfm_fail(
          error, HMFM_EDATA,
          "unit '%s' of group '%s' has %zu observation%s in the first, %zu in the second",
          a->unit_name[i], group[0], a->unit_size[i], a->unit_size[i] == 1 ? "" : "s",
          b->unit_size[i]);
  }
  return HMFM_OK;
}

hmfm_status hmfm_draws_same_data(const hmfm_draws *a, const hmfm_draws *b, hmfm_error *error) {
  hmfm_status status = same_count("groups", a->n_groups, b->n_groups, error);
  if (!status) status = same_count("units", a->n_units, b->n_units, error);
  if (!status) status = same_count("observations", a->n_rows, b->n_rows, error);
  if (!status) status = same_units(a, b, error);
  for (size_t i = 0, row = 0; !status && i < a->n_units; i++) {
    for (size_t h = 0; h < a->unit_size[i]; h++, row++) {
      if (a->y[row] == b->y[row]) continue;
      return hmfm_fail(
          error, HMFM_EDATA,
          "the response of unit '%s' of group '%s' is %.10g in the first, %.10g in the "
          "second (its observation %zu)",
          a->unit_name[i], a->group_name[a->unit_group[i]], a->y[row], b->y[row], h + 1);
    }
  }
  return status;
}
