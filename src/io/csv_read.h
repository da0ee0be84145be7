/* Reading datasets from CSV files. */
#ifndef IO_CSV_READ_H
#define IO_CSV_READ_H

#include "hmfm/data.h"

/* Names of the columns to read. No column can be asked for twice. */
typedef struct hmfm_csv_columns {
  const char *group;
  const char *unit; /* NULL: every row is a unit */
  const char *response;
  size_t n_covariates;
  const char *const *covariate; /* n_covariates */
  const char *exposure;         /* NULL: none */
} hmfm_csv_columns;

/* Reads a CSV file with a header (RFC 4180: commas, double quotes, line ends LF or CRLF or CR; a
 * UTF-8 byte order mark is skipped, and so are blank lines). path "-" is standard input. The file is
 * read once, front to back; memory holds only the columns asked for.
 *
 * A response, exposure or covariate that is empty, NA, na, NaN or nan is missing. A covariate is numeric when
 * all its other cells are numbers, a factor when at most half of them are.
 *
 * Notes are those of hmfm_dataset_create. Errors carry <file>:<line>:<field> where there is such a
 * place; the line is where the row starts, as an editor counts. HMFM_EIO: the file cannot be opened
 * or read; HMFM_EDATA: anything that is in the file; HMFM_EUSAGE: a column is asked for twice;
 * HMFM_EMEMORY. */
hmfm_status hmfm_csv_read(const char *path, const hmfm_csv_columns *columns, hmfm_notes *notes,
                          hmfm_dataset **out, hmfm_error *error);

#endif
