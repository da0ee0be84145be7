/* Draws as CSV, for every program that does not read NetCDF. chain, draw, component and labels count
 * from 0, as in the files of draws. Names with a comma, quote or line break are quoted as in RFC
 * 4180; numbers have as few digits as give back the same number, and are NaN, Inf or -Inf where they
 * are not finite. */
#ifndef IO_CONVERT_H
#define IO_CONVERT_H

#include <stdio.h>

#include "hmfm/draws.h"

/* What can be written, index from 0; NULL past the last. meaning, if not NULL, becomes a sentence:
 *   scalars      a row per chain and draw; a column per value of every variable, by
 *                hmfm_variable_label
 *   allocations  a row per chain and draw; a column per unit, named group/unit
 *   components   a row per chain, draw and component; the atom, then weight[group] for every group */
const char *hmfm_convert_name(size_t index, const char **meaning);

/* The parts of a file (HMFM_PART_ of io/netcdf.h) that must be read for `what`; 0 for an unknown. */
unsigned hmfm_convert_parts(const char *what);

/* Writes the first n_draws draws of every chain to the stream. Errors: HMFM_EUSAGE (unknown what),
 * HMFM_EDATA (draws that have no such part), HMFM_EIO (writing failed), HMFM_EMEMORY. */
hmfm_status hmfm_convert_write(const hmfm_draws *draws, const char *what, FILE *stream,
                               hmfm_error *error);

#endif
