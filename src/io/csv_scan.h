/* Splitting a CSV file into rows and fields, with the place of each; private to the CSV reader. */
#ifndef IO_CSV_SCAN_H
#define IO_CSV_SCAN_H

#include <stddef.h>

#include "hmfm/base.h"

/* Where the scan is. */
typedef struct hmfm_csv_place {
  const char *file; /* "<stdin>" for standard input */
  size_t line;      /* physical line where the row starts, from 1; 0 before the first row */
  size_t field;     /* from 1; at the end of a row, the number of its fields */
} hmfm_csv_place;

/* Who takes the fields. An error of field ends the scan once its row ends, and only if row_end has
 * none itself: a wrong number of fields explains a wrong field. Rows have one field or more. */
typedef struct hmfm_csv_taker {
  void *context;
  hmfm_status (*field)(void *context, const char *text, const hmfm_csv_place *place,
                       hmfm_error *error);
  hmfm_status (*row_end)(void *context, const hmfm_csv_place *place, hmfm_error *error);
} hmfm_csv_taker;

/* Errors: HMFM_EIO, HMFM_EDATA (quotes, NUL bytes, endless fields), HMFM_EMEMORY, or the taker's. */
hmfm_status hmfm_csv_scan(const char *path, hmfm_csv_taker taker, hmfm_error *error);

/* A short copy of a cell or a name for a message: control characters and bytes that are not UTF-8 become '?', and what is longer
 * than fits ends in "..." after a whole UTF-8 character. Returns excerpt. */
enum { HMFM_CSV_EXCERPT = 64 };
const char *hmfm_csv_excerpt(const char *text, char excerpt[HMFM_CSV_EXCERPT]);

#endif
