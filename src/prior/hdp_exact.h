/* Exact laws and means of the HDP; private. */
#ifndef PRIOR_HDP_EXACT_H
#define PRIOR_HDP_EXACT_H

#include "prior/prior_law.h"

/* The functions exact and means of hmfm_prior_law. */
hmfm_status hmfm_exact_hdp(const void *prior, const hmfm_groups *groups, const hmfm_prior_run *run,
                           double most_work, hmfm_prior_laws *laws, hmfm_error *error);
hmfm_status hmfm_means_hdp(const void *prior, const hmfm_groups *groups, hmfm_prior_means *means,
                           hmfm_error *error);

#endif
