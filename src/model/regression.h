/* The regression of the responses on the covariates: whose coefficients there are, and their prior. */
#ifndef MODEL_REGRESSION_H
#define MODEL_REGRESSION_H

#include "model/family.h"
#include "model/pieces.h"

/* beta_b ~ N_r(mean, covariance) for every block b of groups that share a regression: each group is a
 * block of its own, or all are one. */
typedef struct hmfm_regression {
  size_t n_covariates; /* r; 0 where there is no regression */
  size_t n_groups;     /* d */
  size_t n_blocks;     /* d, 1 when shared, 0 when r = 0 */
  int shared;
  double *mean;  /* r */
  double *sd;    /* r: the prior's standard deviations (it has no correlations) */
  double *range; /* r: largest less smallest value of the covariate, 1 where that is 0 */
  /* Units with a covariate that is not 0: the others' residuals do not depend on beta. In unit order;
   * those of group j are active[active_start[j] .. active_start[j+1] - 1]. */
  int32_t *active;
  size_t *active_start; /* d + 1 */
  hmfm_pieces pieces;   /* active units, by group, HMFM_PIECE at a time */
  hmfm_pieces sums;     /* and by block, HMFM_UNIT_BLOCK at a time */
  double *gram;         /* n_blocks x r x r, lower triangles: sum of x x' over observations */
} hmfm_regression;

extern const hmfm_parameter hmfm_regression_parameter[];
extern const size_t hmfm_n_regression_parameters;

/* family_data: as the family made it of the same choice. */
hmfm_status hmfm_regression_init(const hmfm_choice *choice, const hmfm_family *family,
                                 const void *family_data, hmfm_regression *out, hmfm_error *error);
void hmfm_regression_clear(hmfm_regression *regression);

/* The groups first .. last - 1 of a block, and the active units of a range of groups. */
void hmfm_regression_groups(const hmfm_regression *regression, size_t block, size_t *first,
                            size_t *last);
hmfm_span hmfm_regression_active(const hmfm_regression *regression, size_t first_group,
                                 size_t last_group);
/* The block of a group. */
size_t hmfm_regression_block(const hmfm_regression *regression, size_t group);

#endif
