/* Other columns of the data that a fit was made from, which are read anew and held against the fit. */
#ifndef IO_FIT_COLUMNS_H
#define IO_FIT_COLUMNS_H

#include "hmfm/draws.h"
#include "io/config.h"

/* n columns, each with a value for every observation of the draws, in their order. Start from {0}, end with
 * hmfm_fit_columns_clear. */
typedef struct hmfm_fit_columns {
  size_t n;
  hmfm_covariate *column;       /* n: numbers or text, as hmfm_csv_read tells one from the other */
  struct hmfm_csv_table *table; /* owns the texts and names */
} hmfm_fit_columns;

/* Reads the n columns called name from the file at path, NULL standing for the file that the configuration of the fit
 * names, whose columns of response, groups, units, covariates and exposure must give the data of the draws. Errors:
 * HMFM_EUSAGE for a name that is given twice; HMFM_EDATA for a file that is not the data of the fit, with the first
 * difference, or a configuration (NULL: none is stored) that does not name the columns; else as hmfm_csv_read. */
hmfm_status hmfm_fit_columns_read(const char *path, const hmfm_draws *draws,
                                  const hmfm_config *configuration, size_t n,
                                  const char *const *name, hmfm_fit_columns *out,
                                  hmfm_error *error);

void hmfm_fit_columns_clear(hmfm_fit_columns *columns);

#endif
