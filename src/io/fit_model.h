/* The model that a fit was made with, made anew from what is stored with the draws. */
#ifndef IO_FIT_MODEL_H
#define IO_FIT_MODEL_H

#include "hmfm/draws.h"
#include "hmfm/model.h"
#include "io/netcdf.h"

/* The dataset of the draws, and the model of it that the configuration of the fit describes; the caller
 * ends both, the model first. Errors: HMFM_EDATA where no configuration is stored, or one that makes no
 * model; HMFM_EMEMORY. */
hmfm_status hmfm_fit_model(const hmfm_draws *draws, const hmfm_fit_info *info,
                           hmfm_dataset **dataset, hmfm_model **model, hmfm_error *error);

#endif
