/** @file
 * Datasets: observations of units in groups, with covariates. */
#ifndef HMFM_DATA_H
#define HMFM_DATA_H

#include <stdint.h>

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One covariate as the user has it: numbers, or text that is coded as a factor. */
typedef struct hmfm_covariate {
  const char *name;        /**< column name, not empty */
  const double *number;    /**< n_rows values, NaN where missing; NULL for a factor */
  const char *const *text; /**< n_rows values, NULL where missing; NULL for numbers */
} hmfm_covariate;

/** The columns a dataset is made of. Nothing here is kept: the dataset has copies. */
typedef struct hmfm_columns {
  size_t n_rows;             /**< rows, >= 1: an observation each */
  const char *const *group;  /**< n_rows labels, none NULL or empty */
  const char *const *unit;   /**< n_rows labels, none NULL or empty; NULL: every row is a unit */
  const char *response_name; /**< column name */
  const double *response;    /**< n_rows values, NaN where missing */
  size_t n_covariates;       /**< covariates as the user has them; 0: none */
  const hmfm_covariate *covariate; /**< n_covariates */
  const char *exposure_name;       /**< column name; NULL: "exposure" */
  const double *exposure; /**< n_rows values > 0, NaN where missing; NULL: none, as if all 1 */
} hmfm_columns;

/** Units in groups, in one order that everything else follows: groups 0..n_groups-1, in numeric
 * order where all labels are numbers, else by first appearance; within a group, units by first
 * appearance; within a unit, rows by appearance. A unit is a (group, unit) pair: the same unit
 * label in two groups is two units. Read-only for users. */
typedef struct hmfm_dataset {
  size_t n_rows;         /**< observations kept */
  size_t n_units;        /**< over all groups */
  size_t n_groups;       /**< d */
  size_t n_covariates;   /**< r, after factors were coded */
  char *response_name;   /**< as it was given */
  char *exposure_name;   /**< NULL where there is none */
  char **group_name;     /**< n_groups */
  char **unit_name;      /**< n_units; the row number (from 1) where no unit column was given */
  char **covariate_name; /**< n_covariates; a factor's level W of Gender is GenderW */
  uint32_t *unit_group;  /**< n_units: group of each unit */
  size_t *group_start;   /**< n_groups + 1: units of group j are group_start[j] .. [j+1]-1 */
  size_t *unit_start;    /**< n_units + 1: rows of unit i are unit_start[i] .. [i+1]-1 */
  size_t *source_row;    /**< n_rows: row of the given columns, from 0 */
  double *y;             /**< n_rows responses */
  double *exposure;      /**< n_rows, > 0: what the responses were counted over; NULL: none */
  double *x;             /**< n_rows x n_covariates, row by row */
} hmfm_dataset;

/** Builds a dataset from columns. Rows with a missing response, exposure or covariate are left
 * out, and counted per column in one note; a factor is coded by treatment contrasts (levels sorted by byte
 * value, the first present level is the reference, reported in a note). Groups none of whose rows
 * remain are left out with a note.
 * Errors: HMFM_EDATA when no row remains, a label is NULL or empty, a value is infinite, an
 * exposure is not > 0, or a factor has a single level; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_dataset_create(const hmfm_columns *columns, hmfm_notes *notes,
                                         hmfm_dataset **out, hmfm_error *error);

/** Frees a dataset; NULL is accepted. */
HMFM_API void hmfm_dataset_destroy(hmfm_dataset *dataset);

#ifdef __cplusplus
}
#endif
#endif
