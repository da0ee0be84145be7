/* Saving a fit without losing it to a file that came in between. */
#ifndef CLI_SAVE_FIT_H
#define CLI_SAVE_FIT_H

#include "io/netcdf.h"

/* Writes the fit to path. When something has appeared there since it was tested, which may not be
 * replaced, writes it to the first free name beside it (FIT.1.nc, FIT.2.nc, ...) and fails all the
 * same, with HMFM_EIO and a message that gives this name: who reads path next must not take it for the
 * fit. Errors: those of hmfm_netcdf_write. */
hmfm_status hmfm_save_fit(const char *path, const hmfm_draws *draws, const hmfm_fit_info *info,
                          int force, hmfm_error *error);

#endif
