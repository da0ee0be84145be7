/* The order of a dataset: groups in numeric order or by first appearance, units by first appearance
 * in their group, rows by appearance in their unit. All of it by counting, so in linear time. */
#include "data/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "data/cell.h"
#include "data/labels.h"

enum { MOST_NOTES = 5 }; /* notes on groups left out one by one */

/* The numeric value of a group's label, and its place by first appearance. */
typedef struct group_value {
  double value;
  uint32_t number;
} group_value;

static int compare_values(const void *left, const void *right) {
  const group_value *a = left, *b = right;
  if (a->value != b->value) return a->value < b->value ? -1 : 1;
  return a->number < b->number ? -1 : a->number > b->number;
}

/* order[j] = number of the label that group j has. */
static hmfm_status order_groups(const hmfm_labels *labels, size_t n_groups, uint32_t *order) {
  group_value *group = hmfm_calloc(n_groups, sizeof *group);
  int numeric = 1;
  if (!group) return HMFM_EMEMORY;
  for (size_t j = 0; j < n_groups; j++) {
    group[j].number = (uint32_t)j;
    if (hmfm_cell_parse(labels->text[j], &group[j].value) != HMFM_CELL_NUMBER) numeric = 0;
  }
  if (numeric) qsort(group, n_groups, sizeof *group, compare_values);
  for (size_t j = 0; j < n_groups; j++) order[j] = group[j].number;
  hmfm_free(group);
  return HMFM_OK;
}

/* Notes the groups that are in labels only for rows that were not kept. */
static hmfm_status note_empty_groups(const hmfm_columns *columns, const size_t *kept, size_t n_kept,
                                     hmfm_labels *labels, hmfm_notes *notes) {
  size_t n_groups = labels->count, next = 0;
  uint32_t number;
  for (size_t row = 0; row < columns->n_rows; row++) {
    if (next < n_kept && kept[next] == row) {
      next++;
      continue;
    }
    if (hmfm_labels_intern(labels, columns->group[row], &number)) return HMFM_EMEMORY;
  }
  size_t n_empty = labels->count - n_groups, n_named = n_empty > MOST_NOTES ? MOST_NOTES : n_empty;
  for (size_t k = 0; k < n_named; k++)
    hmfm_notes_add(notes, "group '%s' has no complete row and is left out",
                   labels->text[n_groups + k]);
  if (n_named < n_empty)
    hmfm_notes_add(notes, "%zu more groups have no complete row and are left out",
                   n_empty - n_named);
  return HMFM_OK;
}

/* Stable counting sort: sorted[] holds the n items of item[] by key[], the items of key k in sorted
 * from start[k] to start[k + 1] - 1. key[i] < n_keys belongs to item[i]. */
static void sort_by_key(const size_t *item, const uint32_t *key, size_t n, size_t n_keys,
                        size_t *start, size_t *sorted) {
  for (size_t k = 0; k <= n_keys; k++) start[k] = 0;
  for (size_t i = 0; i < n; i++) start[key[i]]++;
  for (size_t k = 0, before = 0; k <= n_keys; k++) {
    size_t count = start[k];
    start[k] = before;
    before += count;
  }
  for (size_t i = 0; i < n; i++) sorted[start[key[i]]++] = item[i];
  for (size_t k = n_keys; k > 0; k--) start[k] = start[k - 1];
  start[0] = 0;
}

/* Finds groups: names, n_groups, and in by_group the kept rows group by group, starting at the
 * returned *group_row. */
static hmfm_status find_groups(const hmfm_columns *columns, const size_t *kept, size_t n_kept,
                               hmfm_notes *notes, hmfm_dataset *dataset, size_t **group_row,
                               size_t *by_group) {
  hmfm_labels labels = {0};
  hmfm_status status = HMFM_EMEMORY;
  uint32_t *order = NULL, *rank = NULL, *key = hmfm_calloc(n_kept, sizeof *key);
  if (!key) goto out;
  for (size_t i = 0; i < n_kept; i++)
    if (hmfm_labels_intern(&labels, columns->group[kept[i]], &key[i])) goto out;
  size_t n_groups = labels.count;
  dataset->group_name = hmfm_calloc(n_groups, sizeof *dataset->group_name);
  *group_row = hmfm_calloc(n_groups + 1, sizeof **group_row);
  order = hmfm_calloc(n_groups, sizeof *order);
  rank = hmfm_calloc(n_groups, sizeof *rank);
  if (!dataset->group_name || !*group_row || !order || !rank) goto out;
  dataset->n_groups = n_groups;
  if (order_groups(&labels, n_groups, order)) goto out;
  for (size_t j = 0; j < n_groups; j++) {
    rank[order[j]] = (uint32_t)j;
    dataset->group_name[j] = hmfm_strdup(labels.text[order[j]]);
    if (!dataset->group_name[j]) goto out;
  }
  if (note_empty_groups(columns, kept, n_kept, &labels, notes)) goto out;
  for (size_t i = 0; i < n_kept; i++) key[i] = rank[key[i]];
  sort_by_key(kept, key, n_kept, n_groups, *group_row, by_group);
  status = HMFM_OK;
out:
  hmfm_labels_clear(&labels);
  hmfm_free(order);
  hmfm_free(rank);
  hmfm_free(key);
  return status;
}

/* unit[i] = unit of by_group[i], units counted from 0 over all groups; fills group_start, and
 * n_units at the end. A label's unit is that of the present group if it is group_start[j] or later.
 */
static hmfm_status find_units(const hmfm_columns *columns, const size_t *group_row,
                              const size_t *by_group, size_t n_kept, hmfm_dataset *dataset,
                              uint32_t *unit, size_t *n_units) {
  hmfm_labels labels = {0};
  hmfm_status status = HMFM_EMEMORY;
  uint32_t *label = hmfm_calloc(n_kept, sizeof *label);
  size_t *unit_of = NULL, n = 0;
  if (!label) goto out;
  for (size_t i = 0; columns->unit && i < n_kept; i++)
    if (hmfm_labels_intern(&labels, columns->unit[by_group[i]], &label[i])) goto out;
  unit_of = hmfm_calloc(labels.count, sizeof *unit_of);
  if (!unit_of) goto out;
  for (size_t k = 0; k < labels.count; k++) unit_of[k] = SIZE_MAX;
  for (size_t j = 0; j < dataset->n_groups; j++) {
    dataset->group_start[j] = n;
    for (size_t i = group_row[j]; i < group_row[j + 1]; i++) {
      size_t *known = columns->unit ? &unit_of[label[i]] : NULL;
      if (!known || *known == SIZE_MAX || *known < dataset->group_start[j]) {
        if (known) *known = n;
        unit[i] = (uint32_t)n++;
      } else {
        unit[i] = (uint32_t)*known;
      }
    }
  }
  dataset->group_start[dataset->n_groups] = n;
  *n_units = n;
  status = HMFM_OK;
out:
  hmfm_labels_clear(&labels);
  hmfm_free(unit_of);
  hmfm_free(label);
  return status;
}

/* The name of unit i: the label of its first row, or that row's number, written into number. */
static const char *unit_label(const hmfm_columns *columns, const hmfm_dataset *dataset, size_t i,
                              char number[24]) {
  size_t row = dataset->source_row[dataset->unit_start[i]];
  if (columns->unit) return columns->unit[row];
  char *digit = number + 23;
  *digit = '\0';
  for (size_t rest = row + 1; rest; rest /= 10) *--digit = (char)('0' + rest % 10);
  return digit;
}

/* unit_name and unit_group. All names lie in one block, which unit_name[0] owns. */
static hmfm_status name_units(const hmfm_columns *columns, size_t n_units, hmfm_dataset *dataset) {
  char number[24];
  size_t size = 0;
  for (size_t i = 0; i < n_units; i++) size += strlen(unit_label(columns, dataset, i, number)) + 1;
  dataset->unit_name = hmfm_calloc(n_units, sizeof *dataset->unit_name);
  dataset->unit_group = hmfm_calloc(n_units, sizeof *dataset->unit_group);
  if (!dataset->unit_name || !dataset->unit_group) return HMFM_EMEMORY;
  char *name = dataset->unit_name[0] = hmfm_calloc(size, 1);
  if (!name) return HMFM_EMEMORY;
  for (size_t i = 0; i < n_units; i++) {
    const char *label = unit_label(columns, dataset, i, number);
    size_t bytes = strlen(label) + 1;
    memcpy(name, label, bytes);
    dataset->unit_name[i] = name;
    name += bytes;
  }
  for (size_t j = 0; j < dataset->n_groups; j++)
    for (size_t i = dataset->group_start[j]; i < dataset->group_start[j + 1]; i++)
      dataset->unit_group[i] = (uint32_t)j;
  dataset->n_units = n_units;
  return HMFM_OK;
}

hmfm_status hmfm_rows_order(const hmfm_columns *columns, const size_t *kept, size_t n_kept,
                            hmfm_notes *notes, hmfm_dataset *dataset, hmfm_error *error) {
  hmfm_status status = HMFM_EMEMORY;
  size_t *group_row = NULL, *by_group = hmfm_calloc(n_kept, sizeof *by_group), n_units = 0;
  uint32_t *unit = hmfm_calloc(n_kept, sizeof *unit);
  if (n_kept > UINT32_MAX - 1 || !by_group || !unit) goto out;
  if (find_groups(columns, kept, n_kept, notes, dataset, &group_row, by_group)) goto out;
  dataset->group_start = hmfm_calloc(dataset->n_groups + 1, sizeof *dataset->group_start);
  if (!dataset->group_start) goto out;
  if (find_units(columns, group_row, by_group, n_kept, dataset, unit, &n_units)) goto out;
  dataset->unit_start = hmfm_calloc(n_units + 1, sizeof *dataset->unit_start);
  dataset->source_row = hmfm_calloc(n_kept, sizeof *dataset->source_row);
  if (!dataset->unit_start || !dataset->source_row) goto out;
  dataset->n_rows = n_kept;
  sort_by_key(by_group, unit, n_kept, n_units, dataset->unit_start, dataset->source_row);
  status = name_units(columns, n_units, dataset);
out:
  hmfm_free(by_group);
  hmfm_free(unit);
  hmfm_free(group_row);
  return status ? hmfm_fail_memory(error, "groups and units") : HMFM_OK;
}
