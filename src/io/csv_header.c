/* Finding the columns asked for in the header of a CSV file, and saying why when it cannot be done. */
#include "io/csv_table.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { LIST_BYTES = 240 }; /* of the names in a message */

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }

static int is_close(const char *a, const char *b) {
  while (*a && lower((unsigned char)*a) == lower((unsigned char)*b)) a++, b++;
  return !*a && !*b;
}

/* A header of a single field that looks as if it had more, separated by something else. */
static hmfm_status check_separator(const char *name, const hmfm_csv_place *place,
                                   hmfm_error *error) {
  const char *found = strchr(name, ';') ? "semicolons" : strchr(name, '\t') ? "tabs" : NULL;
  if (!found) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA,
                   "%s:%zu: columns are separated by %s: convert the file to commas, and decimal "
                   "commas to points",
                   place->file, place->line, found);
}

static void list_names(char *const *name, size_t n, char list[LIST_BYTES]) {
  char excerpt[HMFM_CSV_EXCERPT];
  size_t used = 0;
  for (size_t k = 0; k < n; k++) {
    hmfm_csv_excerpt(name[k], excerpt);
    if (used + strlen(excerpt) + 8 > LIST_BYTES) {
      snprintf(list + used, LIST_BYTES - used, ", ...");
      return;
    }
    used += (size_t)snprintf(list + used, LIST_BYTES - used, "%s%s", k ? ", " : "", excerpt);
  }
}

static hmfm_status fail_unknown(const char *wanted, char *const *name, size_t n,
                                const hmfm_csv_place *place, hmfm_error *error) {
  char list[LIST_BYTES], excerpt[HMFM_CSV_EXCERPT], close[HMFM_CSV_EXCERPT];
  hmfm_csv_excerpt(wanted, excerpt);
  list_names(name, n, list);
  for (size_t k = 0; k < n; k++)
    if (is_close(wanted, name[k]))
      return hmfm_fail(error, HMFM_EDATA,
                       "%s:%zu: there is no column '%s', did you mean '%s'? (columns: %s)",
                       place->file, place->line, excerpt, hmfm_csv_excerpt(name[k], close), list);
  return hmfm_fail(error, HMFM_EDATA, "%s:%zu: there is no column '%s' (columns: %s)", place->file,
                   place->line, excerpt, list);
}

static int has_name(char *const *name, size_t n, const char *wanted) {
  for (size_t k = 0; k < n; k++)
    if (strcmp(name[k], wanted) == 0) return 1;
  return 0;
}

static hmfm_status match_column(hmfm_csv_table *table, hmfm_csv_column *column, char *const *name,
                                const hmfm_csv_place *place, hmfm_error *error) {
  char excerpt[HMFM_CSV_EXCERPT];
  if (column->other && !has_name(name, table->n_fields, column->name) &&
      has_name(name, table->n_fields, column->other))
    column->name = column->other;
  for (size_t k = 0; k < table->n_fields; k++) {
    if (strcmp(name[k], column->name) != 0) continue;
    if (column->field)
      return hmfm_fail(error, HMFM_EDATA,
                       "%s:%zu:%zu: the header has column '%s' twice (fields %zu and %zu)",
                       place->file, place->line, k + 1, hmfm_csv_excerpt(name[k], excerpt),
                       column->field, k + 1);
    column->field = k + 1;
    table->taker[k] = column;
  }
  if (column->field) return HMFM_OK;
  return fail_unknown(column->name, name, table->n_fields, place, error);
}

hmfm_status hmfm_csv_table_match(hmfm_csv_table *table, char *const *name, size_t n_fields,
                                 const hmfm_csv_place *place, hmfm_error *error) {
  hmfm_status status = n_fields == 1 ? check_separator(name[0], place, error) : HMFM_OK;
  if (status) return status;
  table->taker = hmfm_calloc(n_fields, sizeof *table->taker);
  if (!table->taker) return hmfm_fail_memory(error, "the header");
  table->n_fields = n_fields;
  for (size_t c = 0; c < table->n_columns && !status; c++)
    status = match_column(table, &table->column[c], name, place, error);
  return status;
}
