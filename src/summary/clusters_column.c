/* How a column of the data differs between the clusters of a point partition. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "data/labels.h"
#include "summary/clusters.h"

void hmfm_cluster_column_destroy(hmfm_cluster_column *column) {
  if (!column) return;
  hmfm_free(column->name);
  hmfm_free(column->n_units);
  hmfm_free(column->n_missing);
  hmfm_free(column->mean);
  hmfm_free(column->sd);
  hmfm_free_strings(column->level, column->n_levels);
  hmfm_free(column->share);
  hmfm_free(column);
}

/* What a column is worked on with. */
typedef struct work {
  const hmfm_draws *draws;
  const uint32_t *label;
  const hmfm_covariate *column;
  hmfm_unit_order order;
  size_t *valid;      /* n_units: observations with a value */
  double *value;      /* numbers, n_units: mean over them; NaN where there are none */
  hmfm_labels levels; /* text: all there are */
  uint32_t *level;    /* text, n_rows: number of the level; where missing, not set */
  double *frequency;  /* text, levels: sum over units of the unit's share */
  size_t *place;      /* text, levels: where in the result a level goes */
} work;

static void work_clear(work *w) {
  hmfm_unit_order_clear(&w->order);
  hmfm_free(w->valid);
  hmfm_free(w->value);
  hmfm_labels_clear(&w->levels);
  hmfm_free(w->level);
  hmfm_free(w->frequency);
  hmfm_free(w->place);
}

static int is_missing(const hmfm_covariate *column, size_t row) {
  return column->text ? !column->text[row] : isnan(column->number[row]);
}

static hmfm_status allocate(work *w, size_t n_clusters, hmfm_cluster_column **out,
                            hmfm_error *error) {
  const size_t n = w->draws->n_units;
  hmfm_cluster_column *to = hmfm_calloc(1, sizeof *to);
  *out = to;
  if (!to) return hmfm_fail_memory(error, "a column");
  to->n_clusters = n_clusters;
  to->is_text = w->column->text != NULL;
  to->name = hmfm_strdup(w->column->name);
  to->n_units = hmfm_calloc(n_clusters, sizeof *to->n_units);
  to->n_missing = hmfm_calloc(n_clusters, sizeof *to->n_missing);
  to->mean = hmfm_calloc(n_clusters, sizeof *to->mean);
  to->sd = hmfm_calloc(n_clusters, sizeof *to->sd);
  w->valid = hmfm_calloc(n, sizeof *w->valid);
  w->value = hmfm_calloc(n, sizeof *w->value);
  if (!to->name || !to->n_units || !to->n_missing || !to->mean || !to->sd || !w->valid || !w->value)
    return hmfm_fail_memory(error, "a column");
  for (size_t k = 0; k < n_clusters; k++) to->mean[k] = to->sd[k] = NAN;
  return hmfm_unit_order_create(n, w->label, n_clusters, &w->order, error);
}

static void count_values(const work *w, hmfm_cluster_column *to) {
  for (size_t i = 0, h = 0; i < w->draws->n_units; i++) {
    for (size_t end = h + w->draws->unit_size[i]; h < end; h++)
      w->valid[i] += !is_missing(w->column, h);
    to->n_units[w->label[i]] += w->valid[i] > 0;
    to->n_missing[w->label[i]] += w->draws->unit_size[i] - w->valid[i];
  }
}

/* ---- numbers ---- */

/* value becomes the units' means, in the order of clusters. */
static hmfm_status summarise_numbers(const work *w, hmfm_cluster_column *to, hmfm_error *error) {
  double *sorted = hmfm_calloc(w->draws->n_units, sizeof *sorted);
  if (!sorted) return hmfm_fail_memory(error, "a column");
  for (size_t i = 0, h = 0; i < w->draws->n_units; i++) {
    double sum = 0.0;
    for (size_t end = h + w->draws->unit_size[i]; h < end; h++)
      if (!is_missing(w->column, h)) sum += w->column->number[h];
    w->value[i] = w->valid[i] ? sum / (double)w->valid[i] : NAN;
  }
  for (size_t u = 0; u < w->draws->n_units; u++) sorted[u] = w->value[w->order.unit[u]];
  for (size_t k = 0; k < to->n_clusters; k++) {
    const size_t from = w->order.start[k];
    size_t count;
    hmfm_mean_sd(w->order.start[k + 1] - from, sorted + from, &count, &to->mean[k], &to->sd[k]);
  }
  hmfm_free(sorted);
  return HMFM_OK;
}

/* ---- text ---- */

typedef struct ranked {
  const char *name;
  uint32_t number;
  double frequency;
} ranked;

/* The most frequent first, equally frequent ones by name. */
static int compare_levels(const void *left, const void *right) {
  const ranked *a = left, *b = right;
  if (a->frequency != b->frequency) return a->frequency < b->frequency ? 1 : -1;
  return strcmp(a->name, b->name);
}

/* Numbers the levels, and sums over units the shares of each. */
static hmfm_status count_levels(work *w, hmfm_error *error) {
  const size_t n_rows = w->draws->n_rows;
  w->level = hmfm_calloc(n_rows, sizeof *w->level);
  if (!w->level) return hmfm_fail_memory(error, "the levels of a column");
  for (size_t h = 0; h < n_rows; h++)
    if (!is_missing(w->column, h) &&
        hmfm_labels_intern(&w->levels, w->column->text[h], &w->level[h]))
      return hmfm_fail_memory(error, "the levels of a column");
  w->frequency = hmfm_calloc(w->levels.count, sizeof *w->frequency);
  w->place = hmfm_calloc(w->levels.count, sizeof *w->place);
  if (!w->frequency || !w->place) return hmfm_fail_memory(error, "the levels of a column");
  for (size_t i = 0, h = 0; i < w->draws->n_units; i++)
    for (size_t end = h + w->draws->unit_size[i]; h < end; h++)
      if (!is_missing(w->column, h)) w->frequency[w->level[h]] += 1.0 / (double)w->valid[i];
  return HMFM_OK;
}

static int is_level(const work *w, const char *name) {
  for (size_t l = 0; l < w->levels.count; l++)
    if (strcmp(w->levels.text[l], name) == 0) return 1;
  return 0;
}

/* A name for levels taken together that no level has: of one more than there are levels, one is free. */
static void name_pooled(const work *w, char *name, size_t size) {
  snprintf(name, size, "(other)");
  for (size_t number = 2; is_level(w, name); number++) snprintf(name, size, "(other %zu)", number);
}

/* Which levels are told, in which order; all from max_levels on have one place, the last. */
static hmfm_status place_levels(const work *w, size_t max_levels, hmfm_cluster_column *to,
                                hmfm_error *error) {
  const size_t L = w->levels.count;
  const size_t kept = max_levels && L > max_levels ? max_levels : L;
  ranked *rank = hmfm_calloc(L, sizeof *rank);
  char pooled[40];
  name_pooled(w, pooled, sizeof pooled);
  to->level = hmfm_calloc(kept + 1, sizeof *to->level);
  hmfm_status status =
      rank && to->level ? HMFM_OK : hmfm_fail_memory(error, "the levels of a column");
  for (size_t l = 0; !status && l < L; l++)
    rank[l] = (ranked){w->levels.text[l], (uint32_t)l, w->frequency[l]};
  if (!status && L) qsort(rank, L, sizeof *rank, compare_levels);
  for (size_t l = 0; !status && l < L; l++) {
    w->place[rank[l].number] = l < kept ? l : kept;
    if (l > kept) continue;
    to->level[l] = hmfm_strdup(l < kept ? rank[l].name : pooled);
    if (to->level[l])
      to->n_levels++;
    else
      status = hmfm_fail_memory(error, "the levels of a column");
  }
  to->n_pooled = L - kept;
  hmfm_free(rank);
  return status;
}

static hmfm_status summarise_text(work *w, size_t max_levels, hmfm_cluster_column *to,
                                  hmfm_error *error) {
  hmfm_status status = count_levels(w, error);
  if (!status) status = place_levels(w, max_levels, to, error);
  if (status) return status;
  const size_t L = to->n_levels;
  to->share = hmfm_calloc(to->n_clusters, (L ? L : 1) * sizeof *to->share);
  if (!to->share) return hmfm_fail_memory(error, "the levels of a column");
  for (size_t i = 0, h = 0; i < w->draws->n_units; i++)
    for (size_t end = h + w->draws->unit_size[i]; h < end; h++)
      if (!is_missing(w->column, h))
        to->share[w->label[i] * L + w->place[w->level[h]]] += 1.0 / (double)w->valid[i];
  for (size_t k = 0; k < to->n_clusters; k++)
    for (size_t l = 0; l < L; l++)
      to->share[k * L + l] = to->n_units[k] ? to->share[k * L + l] / (double)to->n_units[k] : NAN;
  return HMFM_OK;
}

hmfm_status hmfm_cluster_column_create(const hmfm_draws *draws, const uint32_t *label,
                                       const hmfm_covariate *column, size_t max_levels,
                                       hmfm_cluster_column **out, hmfm_error *error) {
  work w = {.draws = draws, .label = label, .column = column};
  hmfm_cluster_column *to = NULL;
  size_t n_clusters = 0;
  hmfm_status status = hmfm_clusters_number(draws->n_units, label, &n_clusters, error);
  for (size_t h = 0; !status && column->number && h < draws->n_rows; h++)
    if (isinf(column->number[h]))
      status = hmfm_fail(error, HMFM_EDATA, "column %s, row %zu: the value is infinite",
                         column->name, h + 1);
  if (status) return status;
  status = allocate(&w, n_clusters, &to, error);
  if (!status) count_values(&w, to);
  if (!status)
    status =
        to->is_text ? summarise_text(&w, max_levels, to, error) : summarise_numbers(&w, to, error);
  work_clear(&w);
  if (status)
    hmfm_cluster_column_destroy(to);
  else
    *out = to;
  return status;
}
