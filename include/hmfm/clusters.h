/** @file
 * What the clusters of a point partition are: their sizes, responses and covariates, the posterior of their
 * means and standard deviations, where they are, how units move between them, and how other columns
 * differ between them. */
#ifndef HMFM_CLUSTERS_H
#define HMFM_CLUSTERS_H

#include "summary.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One cluster of a point partition. */
typedef struct hmfm_cluster {
  size_t n_units;  /**< units, over all groups */
  size_t n_groups; /**< groups that have a unit of it */
  size_t n_rows;   /**< observations */
  double
      response_mean;  /**< mean of the response over the observations, whatever their covariates */
  double response_sd; /**< its standard deviation over them, with n - 1; NaN for a single one */
  double exposure_mean;  /**< mean of the exposure over the observations; NaN where there is none */
  double certainty;      /**< mean over the units of what hmfm_partition_certainty says of them; NaN
                              where no allocations were saved */
  hmfm_diagnostics mean; /**< posterior of the mean of an observation of a random unit, see
                              hmfm_clusters_create; all NaN where it is not known */
  hmfm_diagnostics sd; /**< posterior of the standard deviation of such an observation, likewise */
} hmfm_cluster;

/** The clusters of a point partition, and where they are. All arrays are owned. */
typedef struct hmfm_clusters {
  size_t n_clusters;      /**< clusters, numbered from 0 as in the labels given */
  size_t n_groups;        /**< groups, as in the draws */
  size_t n_covariates;    /**< covariates, as coded */
  hmfm_cluster *cluster;  /**< n_clusters */
  double *covariate_mean; /**< n_clusters x n_covariates, row by row: means over observations */
  size_t *count;          /**< n_groups x n_clusters, row by row: units of a group in a cluster */
  size_t *group_clusters; /**< n_groups: clusters that have a unit in the group */
  int has_posterior;      /**< 1: allocations and components were saved, so that mean and sd of the
                               clusters are known; 0: they are NaN */
} hmfm_clusters;

/** Tells of the clusters of the partition label of the units of draws: n_units labels from 0, each number up to the
 * largest at least once. family is the name of the family that the draws are of ("normal", "poisson"); threads < 1
 * stands for as many as OpenMP offers, and does not change the results.
 *
 * The posterior of a cluster's mean and sd is that of an observation, at covariates 0 and exposure 1, of a unit that
 * is picked from the cluster at random, every one with the same probability however many observations it
 * has: units are what is clustered, and a draw says which component each of them is in. With mu_i and
 * v_i mean and variance of the component of unit i in a draw, and sums over the n units of the cluster,
 *   mean = sum mu_i / n,   sd^2 = sum v_i / n + sum (mu_i - mean)^2 / n.
 * Neither has labels, so that chains can be compared.
 * Errors: HMFM_EUSAGE for labels that are not so, or a family that is none or not that of the draws; HMFM_EDATA for
 * a component that is not there or has what the family cannot have; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_clusters_create(const hmfm_draws *draws, const char *family,
                                          const uint32_t *label, int threads, hmfm_clusters **out,
                                          hmfm_error *error);

/** Frees clusters; NULL is accepted. */
HMFM_API void hmfm_clusters_destroy(hmfm_clusters *clusters);

/** The moves from one cluster to another, or to the same. */
typedef struct hmfm_transition {
  uint32_t from; /**< cluster, from 0 */
  uint32_t to;   /**< cluster, from 0 */
  size_t count;  /**< moves, at least 1 */
} hmfm_transition;

/** How units that are in several groups go from cluster to cluster. */
typedef struct hmfm_transitions {
  size_t n_clusters;     /**< clusters */
  size_t n_pairs;        /**< pairs of clusters with a move from the one to the other */
  hmfm_transition *pair; /**< n_pairs, owned, by from, then by to: all others have no moves */
  size_t n_names;        /**< names that are in two groups or more */
  size_t n_moves;        /**< sum of all counts: a name in m groups moves m - 1 times */
  size_t n_stays;        /**< of those, moves to the same cluster */
} hmfm_transitions;

/** Counts the moves of the units of draws in the partition label (as for hmfm_clusters_create): units of one name in
 * several groups are taken for one thing, an athlete over the seasons, which moves from each group it
 * is in to the next such group, in the order of groups, whether those are neighbours or not. Of use only
 * where units have names of their own: those of a dataset without a unit column are row numbers, which never
 * return. Memory grows with the units, not with the square of the clusters. Errors: HMFM_EUSAGE for labels that are
 * not so, HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_transitions_create(const hmfm_draws *draws, const uint32_t *label,
                                             hmfm_transitions **out, hmfm_error *error);

/** Frees transitions; NULL is accepted. */
HMFM_API void hmfm_transitions_destroy(hmfm_transitions *transitions);

/** How a column of the data, which need not be part of the model, differs between clusters. A unit's value is the
 * mean over its observations, and of a text, for each level, the share of its observations with that level;
 * observations where the column is missing do not count. Everything here is over units, each with the same weight. */
typedef struct hmfm_cluster_column {
  char *name;        /**< of the column, owned */
  int is_text;       /**< 1: levels and shares; 0: mean and sd */
  size_t n_clusters; /**< clusters */
  size_t *n_units;   /**< n_clusters: units that have a value */
  size_t *n_missing; /**< n_clusters: observations that have none */
  double *mean;      /**< n_clusters: mean over units; NaN without units, and of a text */
  double *sd; /**< n_clusters: standard deviation over units, with n - 1; NaN below 2 units, and
                          of a text */
  size_t n_levels; /**< of a text: levels, the most frequent first; else 0 */
  char **
      level; /**< n_levels, owned, no two alike; where n_pooled is not 0, the last is "(other)", or, where that
                      is a level itself, the first of "(other 2)", "(other 3)", ... that is none */
  size_t n_pooled; /**< levels that the last stands for; 0: it is one of its own */
  double *share;   /**< n_clusters x n_levels, row by row, with sum 1; NaN without units */
} hmfm_cluster_column;

/** Tells how column, with a value for each of the n_rows observations of draws in their order, differs between the
 * clusters of the partition label (as for hmfm_clusters_create). Of a text with more than max_levels levels, the
 * rarer ones are taken together; 0 stands for no limit. Errors: HMFM_EUSAGE for labels that are not so, HMFM_EDATA for
 * a value that is infinite, HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_cluster_column_create(const hmfm_draws *draws, const uint32_t *label,
                                                const hmfm_covariate *column, size_t max_levels,
                                                hmfm_cluster_column **out, hmfm_error *error);

/** Frees column; NULL is accepted. */
HMFM_API void hmfm_cluster_column_destroy(hmfm_cluster_column *column);

#ifdef __cplusplus
}
#endif
#endif
