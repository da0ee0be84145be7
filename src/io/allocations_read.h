/* Draws of partitions from CSV, whoever made them: a header of units, then a row a draw. */
#ifndef IO_ALLOCATIONS_READ_H
#define IO_ALLOCATIONS_READ_H

#include "hmfm/partitions.h"

/* Draws of partitions with the names of their units. */
typedef struct hmfm_named_partitions {
  hmfm_partitions *partitions;
  char **group;   /* n_units: "" where the name of a unit has no group */
  char **unit;    /* n_units */
  double *total;  /* n_units: sum of the unit's responses; NULL where the draws came without data */
  double *amount; /* n_units: the number of them, or what they were counted over; NULL likewise */
} hmfm_named_partitions;

/* Reads the file at path, "-" for standard input. Its first row has the name of each unit, and GROUP/UNIT is
 * split at the first "/", each pair once, and with a name of the unit; columns called chain and draw are passed over. Cells are whole numbers from 0 to
 * 4294967295: two units with one number in one row are together there. Errors: HMFM_EIO, HMFM_EDATA with the
 * place, HMFM_EMEMORY. End with hmfm_named_partitions_clear. */
hmfm_status hmfm_allocations_read(const char *path, hmfm_named_partitions *out, hmfm_error *error);

/* The allocations of a fit, with its names. Errors: as hmfm_netcdf_read, and HMFM_EDATA for a fit
 * without allocations. */
hmfm_status hmfm_allocations_of_fit(const char *path, hmfm_named_partitions *out,
                                    hmfm_error *error);

void hmfm_named_partitions_clear(hmfm_named_partitions *named);

#endif
