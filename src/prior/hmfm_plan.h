/* The joint law of Lambda and M of the HMFM on a grid, and the grid of gamma; private. */
#ifndef PRIOR_HMFM_PLAN_H
#define PRIOR_HMFM_PLAN_H

#include "model/mixing_hmfm.h"
#include "prior/grid.h"
#include "prior/prior_law.h"

typedef struct hmfm_plan {
  const hmfm_prior *prior;
  const hmfm_groups *groups;
  hmfm_grid lambda;  /* with weights; one node where Lambda is fixed */
  size_t most;       /* M = 1 .. most */
  double *joint;     /* lambda.n x (most + 1): P(Lambda = node, M) */
  double *component; /* most + 1: P(M) */
  hmfm_grid gamma;   /* n = 0 where no gamma is random */
  double *weight;    /* lambda.n x gamma.n: law of gamma given each Lambda */
  double *lack;      /* lambda.n: its mass below the grid, where gamma is as good as 0 */
} hmfm_plan;

/* Grids that give laws of counts within 1e-8. Sets *too_large and does nothing else where the joint law would have more than most_nodes values. Errors:
 * HMFM_EMEMORY. */
hmfm_status hmfm_plan_create(const hmfm_prior *prior, const hmfm_groups *groups, double refine,
                             double most_nodes, hmfm_plan *plan, int *too_large, hmfm_error *error);
void hmfm_plan_clear(hmfm_plan *plan);

/* A node of this weight is no more looked at. */
#define HMFM_PLAN_LEAST 1e-17

#endif
