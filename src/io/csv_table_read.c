/* Filling a table from a file: the scan gives fields, those of the first row are the header. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/csv_table.h"

/* What the scan's fields go to: the names of the header first, then the table. */
typedef struct reader {
  hmfm_csv_table *table;
  int has_header;
  char **name; /* of the header's fields so far */
  size_t n_names, name_space;
} reader;

static hmfm_status take_name(reader *r, const char *text, hmfm_error *error) {
  if (r->n_names == r->name_space) {
    size_t space = 2 * r->name_space + 16;
    char **name = hmfm_realloc(r->name, space, sizeof *name);
    if (!name) return hmfm_fail_memory(error, "the header");
    r->name = name;
    r->name_space = space;
  }
  r->name[r->n_names] = hmfm_strdup(text);
  if (!r->name[r->n_names]) return hmfm_fail_memory(error, "the header");
  r->n_names++;
  return HMFM_OK;
}

static hmfm_status take_field(void *context, const char *text, const hmfm_csv_place *place,
                              hmfm_error *error) {
  reader *r = context;
  if (!r->has_header) return take_name(r, text, error);
  return hmfm_csv_table_field(r->table, text, place, error);
}

static hmfm_status take_row_end(void *context, const hmfm_csv_place *place, hmfm_error *error) {
  reader *r = context;
  if (r->has_header) return hmfm_csv_table_row_end(r->table, place, error);
  if (r->n_names != place->field) return hmfm_fail_memory(error, "the header");
  r->has_header = 1;
  return hmfm_csv_table_match(r->table, r->name, r->n_names, place, error);
}

hmfm_status hmfm_csv_table_read(hmfm_csv_table *table, const char *path, hmfm_error *error) {
  const char *file = strcmp(path, "-") ? path : "<stdin>";
  reader r = {.table = table};
  hmfm_status status = hmfm_csv_scan(path, (hmfm_csv_taker){&r, take_field, take_row_end}, error);
  if (!status && !r.has_header)
    status = hmfm_fail(error, HMFM_EDATA, "%s: the file is empty", file);
  else if (!status && !table->n_rows)
    status = hmfm_fail(error, HMFM_EDATA, "%s: there are no rows below the header", file);
  if (!status) status = hmfm_csv_table_settle(table, file, error);
  hmfm_free_strings(r.name, r.n_names);
  return status;
}
