/* Unit statistics of a normal linear model. */
#include "model/unit_statistics.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"

static int covariates_vary_within_units(const hmfm_dataset *data) {
  const size_t r = data->n_covariates;
  for (size_t i = 0; i < data->n_units; i++) {
    const double *first = data->x + data->unit_start[i] * r;
    for (size_t h = data->unit_start[i] + 1; h < data->unit_start[i + 1]; h++) {
      if (memcmp(first, data->x + h * r, r * sizeof *first) != 0) return 1;
    }
  }
  return 0;
}

/* Two passes over the rows of unit i: means, then sums of products about them. */
static void fill_unit(const hmfm_dataset *data, size_t i, hmfm_unit_statistics *s) {
  const size_t r = s->r, begin = data->unit_start[i], end = data->unit_start[i + 1];
  const double n = (double)(end - begin);
  double *x_mean = s->x_mean + i * r;
  double sum = 0.0;
  s->count[i] = (int32_t)(end - begin);
  s->size[i] = n;
  for (size_t h = begin; h < end; h++) {
    sum += data->y[h] / n;
    for (size_t k = 0; k < r; k++) x_mean[k] += data->x[h * r + k] / n;
  }
  s->y_mean[i] = sum;
  for (size_t h = begin; h < end; h++) {
    const double *x = data->x + h * r, dy = data->y[h] - sum;
    s->yy[i] += dy * dy;
    for (size_t k = 0; s->xy && k < r; k++) {
      s->xy[i * r + k] += (x[k] - x_mean[k]) * dy;
      for (size_t l = 0; l < r; l++) {
        s->xx[(i * r + k) * r + l] += (x[k] - x_mean[k]) * (x[l] - x_mean[l]);
      }
    }
  }
  /* covariates that are constant within units are their own means, without rounding */
  if (!s->xy) memcpy(x_mean, data->x + begin * r, r * sizeof *x_mean);
}

hmfm_status hmfm_unit_statistics_init(const hmfm_dataset *data, int empty,
                                      hmfm_unit_statistics *out, hmfm_error *error) {
  const size_t n = data->n_units, r = data->n_covariates;
  const int vary = !empty && r > 0 && covariates_vary_within_units(data);
  hmfm_unit_statistics s = {.n_units = n, .r = r, .n_rows = empty ? 0 : data->n_rows};
  s.count = hmfm_calloc(n, sizeof *s.count);
  s.size = hmfm_calloc(n, sizeof *s.size);
  s.y_mean = hmfm_calloc(n, sizeof *s.y_mean);
  s.x_mean = hmfm_calloc(n, r * sizeof *s.x_mean);
  s.yy = hmfm_calloc(n, sizeof *s.yy);
  if (vary) {
    s.xy = hmfm_calloc(n, r * sizeof *s.xy);
    s.xx = hmfm_calloc(n, r * r * sizeof *s.xx);
  }
  *out = s;
  if (!s.count || !s.size || !s.y_mean || !s.x_mean || !s.yy || (vary && (!s.xy || !s.xx))) {
    return hmfm_fail_memory(error, "the statistics of the units");
  }
  for (size_t i = 0; !empty && i < n; i++) fill_unit(data, i, out);
  return HMFM_OK;
}

void hmfm_unit_statistics_clear(hmfm_unit_statistics *s) {
  hmfm_free(s->count);
  hmfm_free(s->size);
  hmfm_free(s->y_mean);
  hmfm_free(s->x_mean);
  hmfm_free(s->yy);
  hmfm_free(s->xy);
  hmfm_free(s->xx);
  *s = (hmfm_unit_statistics){0};
}
