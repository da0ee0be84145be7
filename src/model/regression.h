/* The regression of the responses on the covariates: whose coefficients there are, and their prior. */
#ifndef MODEL_REGRESSION_H
#define MODEL_REGRESSION_H

#include "model/settings.h"

/* beta_b ~ N_r(mean, covariance) for every block b of groups that share a regression: each group is a
 * block of its own, or all are one. */
typedef struct hmfm_regression {
  size_t n_covariates; /* r; 0 where there is no regression */
  size_t n_blocks;     /* d, 1 when shared, 0 when r = 0 */
  int shared;
  double *mean;  /* r */
  double *sd;    /* r: the prior's standard deviations (it has no correlations) */
  double *range; /* r: largest less smallest value of the covariate, 1 where that is 0 */
} hmfm_regression;

extern const hmfm_parameter hmfm_regression_parameter[];
extern const size_t hmfm_n_regression_parameters;

hmfm_status hmfm_regression_init(const hmfm_choice *choice, hmfm_regression *out,
                                 hmfm_error *error);
void hmfm_regression_clear(hmfm_regression *regression);

/* Units first .. last - 1 belong to block b. */
void hmfm_regression_units(const hmfm_regression *regression, const hmfm_dataset *dataset,
                           size_t block, size_t *first, size_t *last);
/* The block of a group. */
size_t hmfm_regression_block(const hmfm_regression *regression, size_t group);

#endif
