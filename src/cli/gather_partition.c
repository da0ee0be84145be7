/* hmfm plot --type coclustering and clusters: draws of partitions, and the point partition of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/partition_input.h"
#include "cli/plot.h"
#include "cli/point_partition.h"
#include "cli/unit_places.h"

enum {
  MOST_SIDE = 500, /* cells of the heat map: more are no longer seen */
  MOST_ROWS = 200, /* clusters with a row of their own */
};

typedef struct gathered {
  hmfm_named_partitions named;
  hmfm_point_partition point;
  hmfm_plot_heading heading;
  size_t n;               /* units shown */
  size_t *unit;           /* n: which */
  char **group;           /* names of groups in the order they come in, not owned */
  size_t n_groups;        /* of all units */
  size_t n_shown;         /* groups with units that are shown */
  size_t *group_of;       /* of all units */
  size_t *start, *number; /* of the clusters shown: first place, and number */
  double *share;          /* side x side */
  size_t *row;            /* n_clusters: the row that shows it */
  size_t *count;          /* rows x groups shown */
  hmfm_coclustering_picture coclustering;
  hmfm_clusters_picture clusters;
} gathered;

static void destroy(void *data) {
  gathered *g = data;
  if (!g) return;
  hmfm_free(g->unit);
  hmfm_free(g->group);
  hmfm_free(g->group_of);
  hmfm_free(g->start);
  hmfm_free(g->number);
  hmfm_free(g->share);
  hmfm_free(g->row);
  hmfm_free(g->count);
  hmfm_point_partition_clear(&g->point);
  hmfm_named_partitions_clear(&g->named);
  hmfm_free(g);
}

/* Groups by first appearance; units of a group follow each other as a rule, so the last one is tried first. */
static hmfm_status find_groups(gathered *g, hmfm_error *error) {
  const size_t n = g->named.partitions->n_units;
  size_t j = 0;
  g->group = hmfm_calloc(n, sizeof *g->group);
  g->group_of = hmfm_calloc(n, sizeof *g->group_of);
  if (!g->group || !g->group_of) return hmfm_fail_memory(error, "the groups");
  for (size_t i = 0; i < n; i++) {
    char *name = g->named.group[i];
    if (j >= g->n_groups || strcmp(g->group[j], name) != 0)
      for (j = 0; j < g->n_groups && strcmp(g->group[j], name) != 0;) j++;
    if (j == g->n_groups) g->group[g->n_groups++] = name;
    g->group_of[i] = j;
  }
  return HMFM_OK;
}

static hmfm_status select_units(const hmfm_options *options, gathered *g, hmfm_error *error) {
  const size_t n = g->named.partitions->n_units;
  g->unit = hmfm_calloc(n, sizeof *g->unit);
  if (!g->unit) return hmfm_fail_memory(error, "the units");
  for (size_t i = 0; i < n; i++)
    if (hmfm_plot_wants_group(options, g->named.group[i])) g->unit[g->n++] = i;
  for (size_t j = 0; j < g->n_groups; j++)
    g->n_shown += (size_t)hmfm_plot_wants_group(options, g->group[j]);
  return HMFM_OK;
}

static hmfm_status read_input(const hmfm_options *options, gathered *g, hmfm_error *error) {
  hmfm_status status = hmfm_partition_input(options, &g->named, error);
  if (!status) status = find_groups(g, error);
  if (!status) status = hmfm_plot_check_groups(options, g->n_groups, g->group, error);
  if (!status) status = select_units(options, g, error);
  return status ? status : hmfm_point_partition_get(options, &g->named, &g->point, error);
}

static void say_partition(const hmfm_options *options, gathered *g) {
  const char *path = hmfm_options_text(options, "partition"),
             *slash = path ? strrchr(path, '/') : NULL;
  if (slash) path = slash + 1;
  hmfm_plot_subtitle(&g->heading, "%zu draw%s", g->named.partitions->n_draws,
                     hmfm_plural(g->named.partitions->n_draws));
  if (path)
    hmfm_plot_subtitle(&g->heading, "%u cluster%s of %s", (unsigned)g->point.n_clusters,
                       hmfm_plural(g->point.n_clusters), path);
  else
    hmfm_plot_subtitle(&g->heading, "%u cluster%s, expected %s %.3g", (unsigned)g->point.n_clusters,
                       hmfm_plural(g->point.n_clusters), hmfm_options_text(options, "loss"),
                       g->point.loss);
}

/* "15 groups", or "group 3" where one is shown. */
static void say_units(const gathered *g, const char *what, char *text, size_t size) {
  if (g->n_shown == 1 && g->n_groups > 1)
    snprintf(text, size, "%s of %zu unit%s of group %s", what, g->n, hmfm_plural(g->n),
             g->named.group[g->unit[0]]);
  else
    snprintf(text, size, "%s of %zu unit%s in %zu group%s", what, g->n, hmfm_plural(g->n),
             g->n_shown, hmfm_plural(g->n_shown));
}

/* ---- co-clustering ---- */

static hmfm_status find_starts(gathered *g, hmfm_error *error) {
  size_t n = 0;
  g->start = hmfm_calloc(g->point.n_clusters + 1, sizeof *g->start);
  g->number = hmfm_calloc(g->point.n_clusters + 1, sizeof *g->number);
  if (!g->start || !g->number) return hmfm_fail_memory(error, "the clusters");
  for (size_t k = 0; k < g->n; k++) {
    const size_t label = g->point.label[g->unit[k]];
    if (n > 0 && g->number[n - 1] == label + 1) continue;
    g->start[n] = k;
    g->number[n++] = label + 1;
  }
  g->start[n] = g->n;
  g->coclustering.n_clusters = n;
  return HMFM_OK;
}

static hmfm_status average(const hmfm_options *options, gathered *g, hmfm_error *error) {
  const size_t side = g->n < MOST_SIDE ? g->n : MOST_SIDE;
  hmfm_partitions *ordered = NULL;
  g->share = hmfm_calloc(side, side * sizeof *g->share);
  if (!g->share) return hmfm_fail_memory(error, "co-clustering");
  hmfm_status status = hmfm_partitions_select(g->named.partitions, g->unit, g->n, &ordered, error);
  if (!status)
    status = hmfm_coclustering_blocks(ordered, side, (int)hmfm_options_number(options, "threads"),
                                      g->share, error);
  g->coclustering.side = side;
  hmfm_partitions_destroy(ordered);
  return status;
}

static hmfm_status gather_coclustering(const hmfm_options *options, void **out, hmfm_error *error) {
  gathered *g = hmfm_calloc(1, sizeof *g);
  char title[256];
  if (!g) return hmfm_fail_memory(error, "the picture");
  hmfm_status status = read_input(options, g, error);
  if (!status) say_units(g, "Co-clustering", title, sizeof title);
  if (!status)
    status = hmfm_unit_places(g->named.partitions, g->point.label,
                              (int)hmfm_options_number(options, "threads"), g->n, g->unit, error);
  if (!status) status = find_starts(g, error);
  if (!status) status = average(options, g, error);
  if (status) {
    destroy(g);
    return status;
  }
  hmfm_plot_title(options, &g->heading, "%s", title);
  say_partition(options, g);
  if (g->coclustering.side < g->n)
    hmfm_plot_subtitle(&g->heading, "cells are averages over %.3g units each way",
                       (double)g->n / (double)g->coclustering.side);
  g->coclustering.title = g->heading.title;
  g->coclustering.subtitle = g->heading.subtitle;
  g->coclustering.n_units = g->n;
  g->coclustering.start = g->start;
  g->coclustering.number = g->number;
  g->coclustering.share = g->share;
  *out = g;
  return HMFM_OK;
}

static void size_coclustering(const void *data, double *width, double *height) {
  (void)data;
  hmfm_plot_coclustering_size(width, height);
}

static hmfm_status draw_coclustering(hmfm_canvas *canvas, const void *data, hmfm_error *error) {
  return hmfm_plot_coclustering(canvas, &((const gathered *)data)->coclustering, error);
}

/* ---- clusters ---- */

typedef struct sized {
  size_t units, label;
} sized;

/* The largest first, of equal ones the first. */
static int compare_sizes(const void *left, const void *right) {
  const sized *a = left, *b = right;
  if (a->units != b->units) return a->units > b->units ? -1 : 1;
  return (a->label > b->label) - (a->label < b->label);
}

/* Rows are clusters in their order; of too many the largest, by the units shown, and the others in one more. */
static hmfm_status choose_rows(gathered *g, hmfm_error *error) {
  const size_t K = g->point.n_clusters, most = K < MOST_ROWS ? K : MOST_ROWS;
  sized *size = hmfm_calloc(K, sizeof *size);
  size_t n = 0;
  g->row = hmfm_calloc(K, sizeof *g->row);
  g->number = hmfm_calloc(most + 1, sizeof *g->number);
  if (!size || !g->row || !g->number) {
    hmfm_free(size);
    return hmfm_fail_memory(error, "the clusters");
  }
  for (size_t k = 0; k < K; k++) size[k].label = k;
  for (size_t k = 0; k < g->n; k++) size[g->point.label[g->unit[k]]].units++;
  qsort(size, K, sizeof *size, compare_sizes);
  for (size_t k = most; k < K; k++) g->row[size[k].label] = most;
  for (size_t k = 0; k < K; k++) {
    if (g->row[k] == most) continue;
    g->row[k] = n;
    g->number[n++] = k + 1;
  }
  g->clusters.n_others = K - most;
  g->clusters.n_clusters = most + (K > most);
  hmfm_free(size);
  return HMFM_OK;
}

/* Units of the groups shown, which become the first of g->group. */
static hmfm_status count_units(const hmfm_options *options, gathered *g, hmfm_error *error) {
  size_t *column = hmfm_calloc(g->n_groups, sizeof *column), d = 0;
  if (!column) return hmfm_fail_memory(error, "the groups");
  for (size_t j = 0; j < g->n_groups; j++) {
    column[j] = d;
    if (!hmfm_plot_wants_group(options, g->group[j])) continue;
    g->group[d++] = g->group[j];
  }
  g->count = hmfm_calloc(g->clusters.n_clusters, d * sizeof *g->count);
  for (size_t k = 0; g->count && k < g->n; k++) {
    const size_t i = g->unit[k];
    g->count[g->row[g->point.label[i]] * d + column[g->group_of[i]]]++;
  }
  g->clusters.n_groups = d;
  hmfm_free(column);
  return g->count ? HMFM_OK : hmfm_fail_memory(error, "the counts");
}

static hmfm_status gather_clusters(const hmfm_options *options, void **out, hmfm_error *error) {
  gathered *g = hmfm_calloc(1, sizeof *g);
  char title[256];
  if (!g) return hmfm_fail_memory(error, "the picture");
  hmfm_status status = read_input(options, g, error);
  if (!status) status = choose_rows(g, error);
  if (!status) status = count_units(options, g, error);
  if (status) {
    destroy(g);
    return status;
  }
  say_units(g, "Clusters", title, sizeof title);
  hmfm_plot_title(options, &g->heading, "%s", title);
  say_partition(options, g);
  if (g->clusters.n_others)
    hmfm_plot_subtitle(&g->heading, "the %zu largest, the others together",
                       g->clusters.n_clusters - 1);
  hmfm_plot_subtitle(&g->heading, "grey where a group has no unit");
  g->clusters.title = g->heading.title;
  g->clusters.subtitle = g->heading.subtitle;
  g->clusters.number = g->number;
  g->clusters.group = g->group;
  g->clusters.count = g->count;
  *out = g;
  return HMFM_OK;
}

static void size_clusters(const void *data, double *width, double *height) {
  hmfm_plot_clusters_size(&((const gathered *)data)->clusters, width, height);
}

static hmfm_status draw_clusters(hmfm_canvas *canvas, const void *data, hmfm_error *error) {
  return hmfm_plot_clusters(canvas, &((const gathered *)data)->clusters, error);
}

static const char *const takes[] = {"group",    "allocations", "partition", "loss",         "a",
                                    "restarts", "seconds",     "zealous",   "max-clusters", "order",
                                    NULL};

const hmfm_plot_type hmfm_plot_type_coclustering = {.name = "coclustering",
                                                    .option = takes,
                                                    .gather = gather_coclustering,
                                                    .size = size_coclustering,
                                                    .draw = draw_coclustering,
                                                    .destroy = destroy};

const hmfm_plot_type hmfm_plot_type_clusters = {.name = "clusters",
                                                .option = takes,
                                                .gather = gather_clusters,
                                                .size = size_clusters,
                                                .draw = draw_clusters,
                                                .destroy = destroy};
