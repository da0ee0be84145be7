/* What the two halves of the reader of draws share. */
#ifndef IO_NETCDF_READ_H
#define IO_NETCDF_READ_H

#include "io/netcdf_get.h"

/* An open file and its groups; components and log_likelihood only where they are wanted and there. */
typedef struct hmfm_contents {
  hmfm_netcdf_file file;
  hmfm_netcdf_group root, posterior, observed, constant, components, log_likelihood;
} hmfm_contents;

/* Reads variables, and allocations, components and log likelihoods where draws has room for them. */
hmfm_status hmfm_read_draws(const hmfm_contents *contents, hmfm_draws *draws);

#endif
