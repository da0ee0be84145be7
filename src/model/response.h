/* What default priors look at: location and scale of the response, over all observations. */
#ifndef MODEL_RESPONSE_H
#define MODEL_RESPONSE_H

#include "hmfm/data.h"

typedef struct hmfm_response {
  double mean, variance;
  double range; /* 99.5% less 0.5% quantile, type 7; may be 0 */
} hmfm_response;

hmfm_status hmfm_response_describe(const hmfm_dataset *dataset, hmfm_response *out,
                                   hmfm_error *error);

#endif
