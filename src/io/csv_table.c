/* Collecting the cells of the columns asked for; labels are interned, numbers parsed at once. */
#include "io/csv_table.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { FIRST_ROWS = 1024, FIRST_BYTES = 4096 };

static const char *role_name(hmfm_csv_role role) {
  switch (role) {
  case HMFM_CSV_GROUP: return "group";
  case HMFM_CSV_UNIT: return "unit";
  case HMFM_CSV_RESPONSE: return "response";
  case HMFM_CSV_EXPOSURE: return "exposure";
  case HMFM_CSV_COVARIATE: return "covariate";
  case HMFM_CSV_LABEL: return "label";
  }
  return "column";
}

hmfm_status hmfm_csv_table_create_of(hmfm_csv_table *table, size_t n, const char *const *name,
                                     const hmfm_csv_role *role, hmfm_error *error) {
  char excerpt[HMFM_CSV_EXCERPT];
  *table = (hmfm_csv_table){0};
  table->column = hmfm_calloc(n, sizeof *table->column);
  if (!table->column) return hmfm_fail_memory(error, "the columns");
  table->n_columns = n;
  for (size_t k = 0; k < n; k++)
    table->column[k] = (hmfm_csv_column){.name = name[k], .role = role[k]};
  for (size_t a = 0; a < n; a++)
    for (size_t b = a + 1; b < n; b++) {
      if (strcmp(name[a], name[b]) != 0) continue;
      int same = role[a] == role[b];
      return hmfm_fail(error, HMFM_EUSAGE, "column '%s' is asked for %sas %s%s%s",
                       hmfm_csv_excerpt(name[a], excerpt), same ? "twice " : "", role_name(role[a]),
                       same ? "" : " and as ", same ? "" : role_name(role[b]));
    }
  return HMFM_OK;
}

hmfm_status hmfm_csv_table_create(hmfm_csv_table *table, const hmfm_csv_columns *columns,
                                  hmfm_error *error) {
  size_t n = 0, most = columns->n_covariates + 4;
  const char **name = hmfm_calloc(most, sizeof *name);
  hmfm_csv_role *role = hmfm_calloc(most, sizeof *role);
  hmfm_status status = HMFM_EMEMORY;
  *table = (hmfm_csv_table){0};
  if (name && role) {
    name[n] = columns->group, role[n++] = HMFM_CSV_GROUP;
    name[n] = columns->response, role[n++] = HMFM_CSV_RESPONSE;
    for (size_t k = 0; k < columns->n_covariates; k++)
      name[n] = columns->covariate[k], role[n++] = HMFM_CSV_COVARIATE;
    if (columns->unit) name[n] = columns->unit, role[n++] = HMFM_CSV_UNIT;
    if (columns->exposure) name[n] = columns->exposure, role[n++] = HMFM_CSV_EXPOSURE;
    status = hmfm_csv_table_create_of(table, n, name, role, error);
  } else
    hmfm_fail_memory(error, "the columns");
  hmfm_free((void *)name);
  hmfm_free(role);
  return status;
}

/* Room for one more row in every column. */
static hmfm_status reserve_row(hmfm_csv_table *table, hmfm_error *error) {
  if (table->n_rows < table->row_space) return HMFM_OK;
  size_t space = table->row_space ? 2 * table->row_space : FIRST_ROWS;
  for (size_t c = 0; c < table->n_columns; c++) {
    hmfm_csv_column *column = &table->column[c];
    int is_label = column->role == HMFM_CSV_GROUP || column->role == HMFM_CSV_UNIT ||
                   column->role == HMFM_CSV_LABEL;
    void *block = is_label ? hmfm_realloc((void *)column->label, space, sizeof *column->label)
                           : hmfm_realloc(column->number, space, sizeof *column->number);
    if (!block) return hmfm_fail_memory(error, "the rows of the file");
    if (is_label)
      column->label = block;
    else
      column->number = block;
  }
  table->row_space = space;
  return HMFM_OK;
}

/* A cell that should be a number and is not. */
static hmfm_status fail_cell(const hmfm_csv_column *column, hmfm_cell cell, const char *file,
                             size_t line, const char *text, hmfm_error *error) {
  char name[HMFM_CSV_EXCERPT], excerpt[HMFM_CSV_EXCERPT];
  return hmfm_fail(error, HMFM_EDATA, "%s:%zu:%zu: column %s: '%s' is not a %snumber%s", file, line,
                   column->field, hmfm_csv_excerpt(column->name, name),
                   hmfm_csv_excerpt(text, excerpt), cell == HMFM_CELL_INFINITE ? "finite " : "",
                   cell == HMFM_CELL_COMMA ? ": decimals take a point, not a comma" : "");
}

static hmfm_status take_label(hmfm_csv_column *column, size_t row, const char *text,
                              const hmfm_csv_place *place, hmfm_error *error) {
  char name[HMFM_CSV_EXCERPT];
  uint32_t number;
  if (column->role != HMFM_CSV_LABEL && !text[strspn(text, " \t")])
    return hmfm_fail(error, HMFM_EDATA, "%s:%zu:%zu: column %s: the %s label is empty", place->file,
                     place->line, column->field, hmfm_csv_excerpt(column->name, name),
                     role_name(column->role));
  if (hmfm_labels_intern(&column->labels, text, &number)) return hmfm_fail_memory(error, "labels");
  column->label[row] = column->labels.text[number];
  return HMFM_OK;
}

/* Keeps the text of a covariate's cell for the case that it is a factor. */
static hmfm_status keep_bytes(hmfm_csv_column *column, const char *text, hmfm_error *error) {
  size_t bytes = strlen(text) + 1;
  if (column->byte_space - column->n_bytes < bytes) {
    size_t space = 2 * column->byte_space + bytes + FIRST_BYTES;
    char *block = hmfm_realloc(column->bytes, space, 1);
    if (!block) return hmfm_fail_memory(error, "a covariate");
    column->bytes = block;
    column->byte_space = space;
  }
  memcpy(column->bytes + column->n_bytes, text, bytes);
  column->n_bytes += bytes;
  return HMFM_OK;
}

static void witness(hmfm_csv_witness *first, hmfm_cell cell, const char *text, size_t line) {
  if (first->line) return;
  first->line = line;
  first->cell = cell;
  hmfm_csv_excerpt(text, first->text);
}

static hmfm_status take_covariate(hmfm_csv_column *column, size_t row, const char *text,
                                  const hmfm_csv_place *place, hmfm_error *error) {
  column->number[row] = NAN;
  hmfm_cell cell = hmfm_cell_parse(text, &column->number[row]);
  switch (cell) {
  case HMFM_CELL_MISSING: break;
  case HMFM_CELL_NUMBER: column->n_number++; break;
  case HMFM_CELL_INFINITE:
  case HMFM_CELL_COMMA:
    column->n_numeral++;
    witness(&column->numeral, cell, text, place->line);
    break;
  case HMFM_CELL_TEXT:
    column->n_text++;
    witness(&column->text, cell, text, place->line);
    break;
  }
  return keep_bytes(column, text, error);
}

/* A response or exposure: nothing but numbers. */
static hmfm_status take_number(hmfm_csv_column *column, size_t row, const char *text,
                               const hmfm_csv_place *place, hmfm_error *error) {
  char name[HMFM_CSV_EXCERPT], excerpt[HMFM_CSV_EXCERPT];
  column->number[row] = NAN;
  hmfm_cell cell = hmfm_cell_parse(text, &column->number[row]);
  if (column->role == HMFM_CSV_EXPOSURE && column->number[row] <= 0.0)
    return hmfm_fail(error, HMFM_EDATA, "%s:%zu:%zu: column %s: an exposure must be > 0, got '%s'",
                     place->file, place->line, column->field, hmfm_csv_excerpt(column->name, name),
                     hmfm_csv_excerpt(text, excerpt));
  if (cell == HMFM_CELL_NUMBER || cell == HMFM_CELL_MISSING) return HMFM_OK;
  return fail_cell(column, cell, place->file, place->line, text, error);
}

hmfm_status hmfm_csv_table_field(hmfm_csv_table *table, const char *text,
                                 const hmfm_csv_place *place, hmfm_error *error) {
  if (place->field > table->n_fields) return HMFM_OK; /* row_end will say so */
  if (place->field == 1) {
    hmfm_status status = reserve_row(table, error);
    if (status) return status;
  }
  hmfm_csv_column *column = table->taker[place->field - 1];
  if (!column) return HMFM_OK;
  switch (column->role) {
  case HMFM_CSV_GROUP:
  case HMFM_CSV_UNIT:
  case HMFM_CSV_LABEL: return take_label(column, table->n_rows, text, place, error);
  case HMFM_CSV_RESPONSE:
  case HMFM_CSV_EXPOSURE: return take_number(column, table->n_rows, text, place, error);
  case HMFM_CSV_COVARIATE: break;
  }
  return take_covariate(column, table->n_rows, text, place, error);
}

hmfm_status hmfm_csv_table_row_end(hmfm_csv_table *table, const hmfm_csv_place *place,
                                   hmfm_error *error) {
  if (place->field != table->n_fields)
    return hmfm_fail(error, HMFM_EDATA, "%s:%zu: the row has %zu field%s, the header has %zu%s",
                     place->file, place->line, place->field, place->field == 1 ? "" : "s",
                     table->n_fields,
                     place->field < table->n_fields ? ""
                                                    : " (a text with commas goes between quotes, "
                                                      "and decimals take a point)");
  table->n_rows++;
  return HMFM_OK;
}

/* Turns the kept text of a covariate into the labels of a factor. */
static hmfm_status make_factor(hmfm_csv_column *column, size_t n_rows, hmfm_error *error) {
  const char *text = column->bytes;
  uint32_t number;
  double value;
  column->label = hmfm_calloc(n_rows, sizeof *column->label);
  if (!column->label) return hmfm_fail_memory(error, "a factor");
  for (size_t row = 0; row < n_rows; row++, text += strlen(text) + 1) {
    if (hmfm_cell_parse(text, &value) == HMFM_CELL_MISSING) continue;
    if (hmfm_labels_intern(&column->labels, text, &number))
      return hmfm_fail_memory(error, "a factor");
    column->label[row] = column->labels.text[number];
  }
  hmfm_free(column->number);
  column->number = NULL;
  return HMFM_OK;
}

static hmfm_status settle(hmfm_csv_column *column, size_t n_rows, const char *file,
                          hmfm_error *error) {
  char name[HMFM_CSV_EXCERPT];
  size_t n_like = column->n_number + column->n_numeral, n = n_like + column->n_text;
  if (!column->n_text && column->n_numeral)
    return fail_cell(column, column->numeral.cell, file, column->numeral.line, column->numeral.text,
                     error);
  if (column->n_text && n_like > column->n_text)
    return hmfm_fail(error, HMFM_EDATA,
                     "%s:%zu:%zu: column %s: '%s' is not a number, but %zu of %zu values are (the "
                     "levels of a factor must not look like numbers)",
                     file, column->text.line, column->field, hmfm_csv_excerpt(column->name, name),
                     column->text.text, n_like, n);
  if (column->n_text) return make_factor(column, n_rows, error);
  return HMFM_OK;
}

hmfm_status hmfm_csv_table_settle(hmfm_csv_table *table, const char *file, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  for (size_t c = 0; c < table->n_columns && !status; c++) {
    hmfm_csv_column *column = &table->column[c];
    if (column->role != HMFM_CSV_COVARIATE) continue;
    status = settle(column, table->n_rows, file, error);
    hmfm_free(column->bytes);
    column->bytes = NULL;
  }
  return status;
}

void hmfm_csv_table_clear(hmfm_csv_table *table) {
  for (size_t c = 0; c < table->n_columns; c++) {
    hmfm_labels_clear(&table->column[c].labels);
    hmfm_free((void *)table->column[c].label);
    hmfm_free(table->column[c].number);
    hmfm_free(table->column[c].bytes);
  }
  hmfm_free(table->column);
  hmfm_free(table->taker);
  *table = (hmfm_csv_table){0};
}
