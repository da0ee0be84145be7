/* Tables of the HDP: their laws averaged over alpha, and the grid of gamma0; private. */
#ifndef PRIOR_HDP_TABLES_H
#define PRIOR_HDP_TABLES_H

#include "model/mixing_hdp.h"
#include "prior/grid.h"
#include "prior/pmf.h"
#include "prior/prior_law.h"

/* In group j of n_j units T_j ~ Antoniak(alpha, n_j): the sum of independent Bernoulli(alpha/(alpha + i)),
 * i = 0 .. n_j - 1. K | T ~ Antoniak(gamma0, T), T the tables of all groups, and K_j | T_j likewise. */
typedef struct hmfm_hdp_tables {
  const hmfm_groups *groups;
  hmfm_grid alpha, gamma0;        /* with weights */
  double alpha_lack, gamma0_lack; /* mass below the grids, where these are as good as 0 */
  hmfm_law total;                 /* T */
  hmfm_law *kind;                 /* n_kinds: T_j */
  hmfm_pmf *pair[2]; /* alpha.n: T_j of the two groups of the pair given alpha; or NULL */
  double work;       /* of the laws of T, T_j, K, K_j and of shared clusters, about */
} hmfm_hdp_tables;

/* Grids and work only. with_information 0: for means alone, which vary more slowly with alpha. Errors of both:
 * HMFM_EMEMORY. */
hmfm_status hmfm_hdp_tables_create(const hmfm_hdp_prior *prior, const hmfm_groups *groups,
                                   double refine, int with_information, hmfm_hdp_tables *tables,
                                   hmfm_error *error);
/* Fills in total and kind, and pair if with_pair. */
hmfm_status hmfm_hdp_tables_fill(hmfm_hdp_tables *tables, int with_pair, hmfm_error *error);
void hmfm_hdp_tables_clear(hmfm_hdp_tables *tables);

#endif
