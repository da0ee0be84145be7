/* One partition of named units from CSV: a row a unit, or a row an observation. */
#ifndef IO_PARTITION_READ_H
#define IO_PARTITION_READ_H

#include <stdint.h>

#include "hmfm/base.h"

/* A partition with the names of its units. */
typedef struct hmfm_named_partition {
  size_t n_units;
  char **group;        /* n_units: "" where there is none */
  char **unit;         /* n_units */
  uint32_t *label;     /* n_units: 0, 1, ... by first appearance */
  uint32_t n_clusters; /* distinct labels */
} hmfm_named_partition;

/* Reads the file at path, "-" for standard input, with columns of these names; group NULL: there is none. Units
 * are in the order of their first rows. A unit may have many rows, as in data, if all are of one cluster. Any text
 * that is not empty names a cluster. Where cluster is "cluster" and there is no such column, "component" is it, as in
 * simulated data. Errors: HMFM_EIO, HMFM_EDATA with the place, HMFM_EMEMORY. End with
 * hmfm_named_partition_clear. */
hmfm_status hmfm_partition_read(const char *path, const char *group, const char *unit,
                                const char *cluster, hmfm_named_partition *out, hmfm_error *error);

/* The labels of n_units other units, found by their names, into label. file is for messages. Errors:
 * HMFM_EDATA where not the same units are named here and there; HMFM_EMEMORY. */
hmfm_status hmfm_named_partition_match(const hmfm_named_partition *from, const char *file,
                                       size_t n_units, char *const *group, char *const *unit,
                                       uint32_t *label, hmfm_error *error);

/* The units that the file at path names, "-" for standard input, in columns group and unit: their indices among n_units
 * units with these names, each pair of which is there once, in the order of the file; a unit that comes again counts
 * once. *unit is for hmfm_free. Errors: those of hmfm_partition_read, HMFM_EDATA for a unit that is not among them. */
hmfm_status hmfm_units_read(const char *path, size_t n_units, char *const *group, char *const *unit,
                            size_t **out, size_t *n_out, hmfm_error *error);

void hmfm_named_partition_clear(hmfm_named_partition *named);

#endif
