/* Reading a partition: its columns are labels, and a unit is a pair of group and name. */
#include "io/partition_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/csv_table.h"

/* Numbers of pairs of names, from 0 by first appearance. */
typedef struct pairs {
  hmfm_labels group, unit, pair;
} pairs;

static void pairs_clear(pairs *p) {
  hmfm_labels_clear(&p->group);
  hmfm_labels_clear(&p->unit);
  hmfm_labels_clear(&p->pair);
}

static hmfm_status pair_number(pairs *p, const char *group, const char *unit, uint32_t *number) {
  char key[32];
  uint32_t g = 0, u = 0;
  if (hmfm_labels_intern(&p->group, group, &g) || hmfm_labels_intern(&p->unit, unit, &u))
    return HMFM_EMEMORY;
  snprintf(key, sizeof key, "%" PRIu32 "/%" PRIu32, g, u);
  return hmfm_labels_intern(&p->pair, key, number);
}

/* "'17' of group 'S3'", or "'17'" without a group. */
static const char *unit_text(const char *group, const char *unit,
                             char text[2 * HMFM_CSV_EXCERPT + 16]) {
  char g[HMFM_CSV_EXCERPT], u[HMFM_CSV_EXCERPT];
  hmfm_csv_excerpt(unit, u);
  if (*group)
    snprintf(text, 2 * HMFM_CSV_EXCERPT + 16, "'%s' of group '%s'", u, hmfm_csv_excerpt(group, g));
  else
    snprintf(text, 2 * HMFM_CSV_EXCERPT + 16, "'%s'", u);
  return text;
}

void hmfm_named_partition_clear(hmfm_named_partition *named) {
  hmfm_free_strings(named->group, named->n_units);
  hmfm_free_strings(named->unit, named->n_units);
  hmfm_free(named->label);
  *named = (hmfm_named_partition){0};
}

/* Takes a row: a unit that is new, or one that has this cluster already. */
static hmfm_status take_row(pairs *p, hmfm_labels *cluster, const char *file,
                            const char *const *row, hmfm_named_partition *out, hmfm_error *error) {
  char text[2 * HMFM_CSV_EXCERPT + 16], one[HMFM_CSV_EXCERPT], other[HMFM_CSV_EXCERPT];
  uint32_t at = 0, label = 0;
  unit_text(row[0], row[1], text);
  if (!*row[2]) return hmfm_fail(error, HMFM_EDATA, "%s: unit %s has no cluster", file, text);
  if (pair_number(p, row[0], row[1], &at) || hmfm_labels_intern(cluster, row[2], &label))
    return hmfm_fail_memory(error, "the names of units");
  if (at < out->n_units && out->label[at] == label) return HMFM_OK;
  if (at < out->n_units)
    return hmfm_fail(error, HMFM_EDATA, "%s: unit %s is in cluster '%s' and in '%s'", file, text,
                     hmfm_csv_excerpt(cluster->text[out->label[at]], one),
                     hmfm_csv_excerpt(row[2], other));
  out->label[at] = label;
  out->group[at] = hmfm_strdup(row[0]);
  out->unit[at] = hmfm_strdup(row[1]);
  out->n_units++; /* both are freed from here on */
  if (!out->group[at] || !out->unit[at]) return hmfm_fail_memory(error, "the names of units");
  return HMFM_OK;
}

static hmfm_status take_rows(const hmfm_csv_table *table, const char *file, int has_group,
                             hmfm_named_partition *out, hmfm_error *error) {
  const hmfm_csv_column *column = table->column + has_group;
  hmfm_labels cluster = {0};
  pairs p = {{0}, {0}, {0}};
  hmfm_status status = HMFM_OK;
  out->label = hmfm_calloc(table->n_rows, sizeof *out->label);
  out->group = hmfm_calloc(table->n_rows, sizeof *out->group);
  out->unit = hmfm_calloc(table->n_rows, sizeof *out->unit);
  if (!out->label || !out->group || !out->unit) status = hmfm_fail_memory(error, "a partition");
  for (size_t i = 0; !status && i < table->n_rows; i++) {
    const char *const row[] = {has_group ? table->column->label[i] : "", column[0].label[i],
                               column[1].label[i]};
    status = take_row(&p, &cluster, file, row, out, error);
  }
  out->n_clusters = (uint32_t)cluster.count;
  hmfm_labels_clear(&cluster);
  pairs_clear(&p);
  return status;
}

hmfm_status hmfm_partition_read(const char *path, const char *group, const char *unit,
                                const char *cluster, hmfm_named_partition *out, hmfm_error *error) {
  static const hmfm_csv_role role[] = {HMFM_CSV_LABEL, HMFM_CSV_UNIT, HMFM_CSV_LABEL};
  const char *const name[] = {group, unit, cluster}, *file = strcmp(path, "-") ? path : "<stdin>";
  const size_t skip = group ? 0 : 1;
  hmfm_named_partition named = {0};
  hmfm_csv_table table;
  hmfm_status status = hmfm_csv_table_create_of(&table, 3 - skip, name + skip, role + skip, error);
  if (!status && strcmp(cluster, "cluster") == 0) table.column[2 - skip].other = "component";
  if (!status) status = hmfm_csv_table_read(&table, path, error);
  if (!status) status = take_rows(&table, file, group != NULL, &named, error);
  hmfm_csv_table_clear(&table);
  if (status)
    hmfm_named_partition_clear(&named);
  else
    *out = named;
  return status;
}

/* The indices of the units of the table's rows into index, which has room for all n_units. */
static hmfm_status find_rows(const hmfm_csv_table *table, const char *file, size_t n_units,
                             char *const *group, char *const *unit, size_t *index, size_t *n_found,
                             hmfm_error *error) {
  char text[2 * HMFM_CSV_EXCERPT + 16];
  pairs p = {{0}, {0}, {0}};
  unsigned char *is_found = hmfm_calloc(n_units, 1);
  uint32_t at = 0;
  int lost = !is_found;
  for (size_t i = 0; !lost && i < n_units; i++) lost = pair_number(&p, group[i], unit[i], &at) != 0;
  hmfm_status status = lost ? hmfm_fail_memory(error, "the names of units") : HMFM_OK;
  for (size_t i = 0; !status && i < table->n_rows; i++) {
    const char *one = table->column[0].label[i], *other = table->column[1].label[i];
    if (pair_number(&p, one, other, &at))
      status = hmfm_fail_memory(error, "the names of units");
    else if (at >= n_units)
      status = hmfm_fail(error, HMFM_EDATA, "%s has unit %s, which is not among the units at hand",
                         file, unit_text(one, other, text));
    else if (!is_found[at])
      is_found[at] = 1, index[(*n_found)++] = at;
  }
  pairs_clear(&p);
  hmfm_free(is_found);
  return status;
}

hmfm_status hmfm_units_read(const char *path, size_t n_units, char *const *group, char *const *unit,
                            size_t **out, size_t *n_out, hmfm_error *error) {
  static const hmfm_csv_role role[] = {HMFM_CSV_LABEL, HMFM_CSV_UNIT};
  static const char *const name[] = {"group", "unit"};
  const char *file = strcmp(path, "-") ? path : "<stdin>";
  size_t *index = hmfm_calloc(n_units, sizeof *index), n_found = 0;
  hmfm_csv_table table = {0};
  hmfm_status status = index ? HMFM_OK : hmfm_fail_memory(error, "units");
  if (!status) status = hmfm_csv_table_create_of(&table, 2, name, role, error);
  if (!status) status = hmfm_csv_table_read(&table, path, error);
  if (!status) status = find_rows(&table, file, n_units, group, unit, index, &n_found, error);
  hmfm_csv_table_clear(&table);
  if (status) {
    hmfm_free(index);
    return status;
  }
  *out = index;
  *n_out = n_found;
  return HMFM_OK;
}

hmfm_status hmfm_named_partition_match(const hmfm_named_partition *from, const char *file,
                                       size_t n_units, char *const *group, char *const *unit,
                                       uint32_t *label, hmfm_error *error) {
  char text[2 * HMFM_CSV_EXCERPT + 16];
  pairs p = {{0}, {0}, {0}};
  unsigned char *is_found = hmfm_calloc(from->n_units, 1);
  uint32_t at = 0;
  hmfm_status status = is_found ? HMFM_OK : hmfm_fail_memory(error, "the names of units");
  for (size_t i = 0; !status && i < from->n_units; i++)
    if (pair_number(&p, from->group[i], from->unit[i], &at))
      status = hmfm_fail_memory(error, "the names of units");
  for (size_t i = 0; !status && i < n_units; i++) {
    if (pair_number(&p, group[i], unit[i], &at))
      status = hmfm_fail_memory(error, "the names of units");
    else if (at >= from->n_units)
      status = hmfm_fail(error, HMFM_EDATA, "%s does not have unit %s", file,
                         unit_text(group[i], unit[i], text));
    else
      label[i] = from->label[at], is_found[at] = 1;
  }
  for (size_t i = 0; !status && i < from->n_units; i++)
    if (!is_found[i])
      status = hmfm_fail(error, HMFM_EDATA, "%s has unit %s, which is not among the units at hand",
                         file, unit_text(from->group[i], from->unit[i], text));
  pairs_clear(&p);
  hmfm_free(is_found);
  return status;
}
