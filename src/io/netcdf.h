/* Files of draws: NetCDF-4 in the InferenceData layout. libnetcdf is not thread-safe: one thread at
 * a time may be in these functions.
 *
 * Root attributes: hmfm_layout (number of the layout below), hmfm_version, created_at,
 * configuration (JSON), algorithm, family, mixing, prior_m, beta, seed (text, for 64 bits), warmup, thin,
 * splits (by chain: proposals of splits and merges in a sweep), thin_units (where above 1: allocations and log likelihoods are of
 * every so manieth draw), seconds, run (hexadecimal: the mark of a run that keeps checkpoints), response, exposure (where there
 * is one), atoms. Groups, every dimension with a coordinate variable:
 *   posterior       every variable but log_lik as (chain, draw[, group][, covariate]); allocation
 *                   (chain, draw, unit), labels from 0; with thin_units (chain, allocation_draw, unit)
 *   sample_stats    log_lik (chain, draw), where there is one
 *   log_likelihood  y (chain, draw, unit), allocation summed out; with thin_units draw counts 0,
 *                   thin_units, 2 thin_units, ...
 *   observed_data   y (row), unit_of_row (row)
 *   constant_data   unit_name, unit_group, unit_size (unit); x (row, covariate) and exposure (row),
 *                   where there are any
 *   components      CF ragged rows: row_size (chain, draw) counts the rows of each draw, chain by
 *                   chain and draw by draw; chain_of_row, draw_of_row, component_of_row (row); the
 *                   atoms by name (row); weight (row, group)
 * chain, draw, row and every index count from 0. Parts that were not saved are not there. */
#ifndef IO_NETCDF_H
#define IO_NETCDF_H

#include <stdint.h>

#include "hmfm/draws.h"

#define HMFM_LAYOUT 1

/* Where draws come from. Owned where hmfm_netcdf_read made it; whoever fills in one to be written
 * may point to texts of his own. A NULL text is written as an empty one. */
typedef struct hmfm_fit_info {
  const char *configuration; /* the whole effective configuration, as JSON */
  const char *algorithm, *family, *mixing, *prior_m, *beta;
  uint64_t seed;
  size_t warmup, thin; /* sweeps */
  /* Proposals of splits and merges in a sweep of each of n_splits chains: what the run said, or their
   * warmup found; n_splits = 0: not known. */
  const unsigned long long *splits;
  size_t n_splits;
  double seconds;         /* wall time of sampling */
  uint64_t run;           /* hmfm_checkpoint_info.run, where checkpoints were kept; else 0 */
  const char *created_at; /* ISO 8601, UTC; NULL in one to be written: now */
  const char *version;    /* of the program; NULL in one to be written: this one */
} hmfm_fit_info;

/* Frees what hmfm_netcdf_read made. Accepts NULL. */
void hmfm_fit_info_destroy(hmfm_fit_info *info);

/* Writes the first n_draws draws of every chain. The file appears at path when it is whole; on
 * failure nothing has changed. Errors: HMFM_EIO (path exists and force is 0, no room, ...),
 * HMFM_EUSAGE (no draws to write), HMFM_EMEMORY. */
hmfm_status hmfm_netcdf_write(const char *path, const hmfm_draws *draws, const hmfm_fit_info *info,
                              int force, hmfm_error *error);

/* Parts of a file that may be left on the disk. */
enum { HMFM_PART_ALLOCATIONS = 1, HMFM_PART_COMPONENTS = 2, HMFM_PART_LOG_LIKELIHOOD = 4 };

/* Reads the file at path: variables and data always, of the big parts those in `parts` that the
 * file has. Variables come in the order of the file: those of posterior, then those of
 * sample_stats. Either of draws and info may be NULL. Errors: HMFM_EIO (not such a file, a newer layout, damage, sizes
 * that do not agree), HMFM_EMEMORY. */
hmfm_status hmfm_netcdf_read(const char *path, unsigned parts, hmfm_draws **draws,
                             hmfm_fit_info **info, hmfm_error *error);

#endif
