/* The columns of a CSV file that were asked for, as they are collected; private to the CSV reader. */
#ifndef IO_CSV_TABLE_H
#define IO_CSV_TABLE_H

#include "data/cell.h"
#include "data/labels.h"
#include "io/csv_read.h"
#include "io/csv_scan.h"

typedef enum hmfm_csv_role {
  HMFM_CSV_GROUP,
  HMFM_CSV_UNIT,
  HMFM_CSV_RESPONSE,
  HMFM_CSV_EXPOSURE,
  HMFM_CSV_COVARIATE,
  HMFM_CSV_LABEL, /* a text, which may be empty */
} hmfm_csv_role;

/* A cell that may have to be named in a message. line 0: there is none. */
typedef struct hmfm_csv_witness {
  size_t line;
  hmfm_cell cell;
  char text[HMFM_CSV_EXCERPT];
} hmfm_csv_witness;

/* One column. Until the last row is read, a covariate may be numbers or a factor: both readings are
 * kept, the text as cells one after the other, each with its NUL. */
typedef struct hmfm_csv_column {
  const char *name;
  const char *other; /* the column of this name, where there is none of name; NULL: none is */
  hmfm_csv_role role;
  size_t field;       /* from 1 */
  hmfm_labels labels; /* of text: the distinct ones */
  const char **label; /* group, unit, factors, labels: of each row, NULL where missing */
  double *number; /* response, exposure, covariates: value of each row, NaN where missing or text */
  char *bytes;    /* covariates: all cells */
  size_t n_bytes, byte_space;
  size_t n_number, n_numeral, n_text; /* covariates: usable numbers, unusable ones, other text */
  hmfm_csv_witness numeral, text;     /* the first of the unusable numbers, of the other text */
} hmfm_csv_column;

/* Start with hmfm_csv_table_create, end with hmfm_csv_table_clear, whether that failed or not. */
typedef struct hmfm_csv_table {
  size_t n_columns;
  hmfm_csv_column *column; /* group, response, covariates, unit and exposure if there are */
  size_t n_fields;         /* of the header; 0 before it is read */
  hmfm_csv_column **taker; /* n_fields: column of each field, NULL where not asked for */
  size_t n_rows, row_space;
} hmfm_csv_table;

/* Errors: HMFM_EUSAGE when a column is asked for twice; HMFM_EMEMORY. */
hmfm_status hmfm_csv_table_create(hmfm_csv_table *table, const hmfm_csv_columns *columns,
                                  hmfm_error *error);

/* The same for n columns in roles of the caller's choice, which are then in that order. */
hmfm_status hmfm_csv_table_create_of(hmfm_csv_table *table, size_t n, const char *const *name,
                                     const hmfm_csv_role *role, hmfm_error *error);

/* Reads the file at path, "-" for standard input, into a table that was created, and settles it
 * (csv_table_read.c). Errors: those of hmfm_csv_read, which do not speak of datasets. */
hmfm_status hmfm_csv_table_read(hmfm_csv_table *table, const char *path, hmfm_error *error);

/* Finds the columns among the n_fields names of the header (csv_header.c). Errors: HMFM_EDATA with
 * the names there are. */
hmfm_status hmfm_csv_table_match(hmfm_csv_table *table, char *const *name, size_t n_fields,
                                 const hmfm_csv_place *place, hmfm_error *error);

/* Takes a field, and the end, of row n_rows. */
hmfm_status hmfm_csv_table_field(hmfm_csv_table *table, const char *text,
                                 const hmfm_csv_place *place, hmfm_error *error);
hmfm_status hmfm_csv_table_row_end(hmfm_csv_table *table, const hmfm_csv_place *place,
                                   hmfm_error *error);

/* After the last row: settles which covariates are numbers (number set, label NULL) and which are
 * factors (label set, number NULL). file is for messages. */
hmfm_status hmfm_csv_table_settle(hmfm_csv_table *table, const char *file, hmfm_error *error);
void hmfm_csv_table_clear(hmfm_csv_table *table);

#endif
