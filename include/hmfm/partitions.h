/** @file
 * Draws of partitions of units, whoever made them, and what is said about them: co-clustering,
 * expected losses, the point partition that minimises one, and how sure it is. */
#ifndef HMFM_PARTITIONS_H
#define HMFM_PARTITIONS_H

#include <stdint.h>

#include "draws.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Draws of a partition of n_units units. A partition is given by labels, one a unit: two units are
 * in one cluster when their labels are equal. Here labels count from 0 by first appearance in unit
 * order. Label of unit i in draw t is element i * stride + t of label. */
typedef struct hmfm_partitions {
  size_t n_draws;       /**< draws, of all chains one after the other */
  size_t n_units;       /**< units */
  int bytes;            /**< of one label, 1, 2 or 4: as few as max_clusters needs */
  size_t stride;        /**< n_draws, rounded up to a multiple of 64; labels beyond n_draws are 0 */
  void *label;          /**< n_units x stride: uint8_t, uint16_t or uint32_t */
  uint32_t *n_clusters; /**< n_draws: clusters of each draw */
  size_t max_clusters;  /**< most clusters a draw may have */
  hmfm_watch watch;     /**< may end hmfm_partition_find, hmfm_subpartition_find and
                         hmfm_partition_certainty; nobody unless the caller sets it */
} hmfm_partitions;

/** Gives label, the n_units labels of one partition, any numbers, the values 0, 1, ... by first appearance;
 * *n_clusters becomes how many there are. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partitions_relabel(size_t n_units, uint32_t *label, uint32_t *n_clusters,
                                             hmfm_error *error);

/** Room for n_draws draws of partitions of n_units units with at most max_clusters clusters, each
 * set by hmfm_partitions_set. Errors: HMFM_EUSAGE for no draws or no units; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partitions_create(size_t n_draws, size_t n_units, size_t max_clusters,
                                            hmfm_partitions **out, hmfm_error *error);

/** Sets draw `draw`, from 0, of partitions: label has n_units elements, as hmfm_partitions_relabel
 * leaves them, below max_clusters. */
HMFM_API void hmfm_partitions_set(hmfm_partitions *partitions, size_t draw, const uint32_t *label);

/** The allocations of draws, chain after chain, of those draws that have any: of the n_units units whose indices are in unit, or
 * of all when unit is NULL (n_units is then ignored). Errors: HMFM_EUSAGE when draws have no
 * allocations, no draw or no unit; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partitions_of_draws(const hmfm_draws *draws, const size_t *unit,
                                              size_t n_units, hmfm_partitions **out,
                                              hmfm_error *error);

/** The label of a unit in a draw of partitions, both from 0. */
HMFM_API uint32_t hmfm_partitions_label(const hmfm_partitions *partitions, size_t draw,
                                        size_t unit);

/** The same draws of some units only: those whose n_units indices are in unit, each below all->n_units,
 * in that order. Errors: HMFM_EUSAGE when n_units is 0; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partitions_select(const hmfm_partitions *all, const size_t *unit,
                                            size_t n_units, hmfm_partitions **out,
                                            hmfm_error *error);

/** Frees partitions; NULL is accepted. */
HMFM_API void hmfm_partitions_destroy(hmfm_partitions *partitions);

/** Number of draws in which two units are in one cluster, for all pairs: count[k] of units a < b with
 * k = n a - a (a + 1) / 2 + b - a - 1, n units in all (the order of an R object of class dist).
 * count has n (n - 1) / 2 elements. partitions are given; threads < 1 stands for as many as OpenMP
 * offers, and does not change the counts. */
HMFM_API void hmfm_coclustering(const hmfm_partitions *partitions, int threads, uint32_t *count);

/** The same for units first .. first + n_rows - 1 against all of partitions, for matrices that do not
 * fit into memory: row by row, count[r * n_units + b] for units first + r and b; n_draws for a unit
 * with itself. threads as above; count has n_rows x n_units elements. */
HMFM_API void hmfm_coclustering_rows(const hmfm_partitions *partitions, size_t first, size_t n_rows,
                                     int threads, uint32_t *count);

/** Where chains differ most on who belongs together. */
typedef struct hmfm_chain_difference {
  double
      largest; /**< difference of the shares of two chains' draws in which two units are together */
  size_t unit[2];          /**< the two units */
  size_t chain[2];         /**< the two chains */
  double share[2];         /**< of the draws of each of them */
  double root_mean_square; /**< of the differences over all pairs of units and of chains */
  size_t n_units;          /**< units that were compared */
} hmfm_chain_difference;

/** Compares the co-clustering of the n_chains chains, >= 2, whose draws follow each other in partitions, over all pairs
 * of units; of more than most_units, >= 2, over so many evenly spaced ones. Of equal differences the first is
 * told; all zero for one unit. threads as for hmfm_coclustering. Takes the memory of the partitions again, and 256
 * bytes a unit and chain. Errors: HMFM_EUSAGE for one chain, chains of different lengths, or fewer than two units
 * asked for; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_coclustering_difference(const hmfm_partitions *partitions,
                                                  size_t n_chains, size_t most_units, int threads,
                                                  hmfm_chain_difference *out, hmfm_error *error);

/** How far the co-clustering of draws is from that of a true partition, over all pairs of units a < b, with
 * P_ab the share of the draws in which they are together and T_ab 1 where the truth has them together, else
 * 0. NaN for a single unit, which has no pair. */
typedef struct hmfm_coclustering_gap {
  double mean_absolute;    /**< mean of |P_ab - T_ab|, in [0, 1] */
  double root_mean_square; /**< square root of the mean of (P_ab - T_ab)^2, in [0, 1] */
} hmfm_coclustering_gap;

/** Compares the co-clustering of partitions with truth (n_units labels, any numbers). Some rows of the matrix are
 * there at a time; counts are summed as whole numbers, so threads, as for hmfm_coclustering, do not
 * change the result. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_coclustering_error(const hmfm_partitions *partitions,
                                             const uint32_t *truth, int threads,
                                             hmfm_coclustering_gap *out, hmfm_error *error);

/** What two partitions of the same units have in common. Each number is the same when they change places. */
typedef struct hmfm_indices {
  uint32_t n_first;  /**< clusters of the first */
  uint32_t n_second; /**< clusters of the second */
  double ari; /**< adjusted Rand index: 1 for equal partitions, 0 as by chance; may be negative */
  double vi;  /**< variation of information in bits, from 0 for equal ones to log2 n */
  double nvi; /**< vi over the entropy of both partitions together, from 0 to 1 */
  double binder; /**< pairs on which they differ, twice their number over n^2 */
} hmfm_indices;

/** Compares two partitions of n_units units, first and second, given by labels of any numbers. They are the losses
 * of hmfm_loss_name with a = 1; ari is one minus omari. Errors: HMFM_EUSAGE for no units; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partition_indices(size_t n_units, const uint32_t *first,
                                            const uint32_t *second, hmfm_indices *out,
                                            hmfm_error *error);

/** Name of loss number index, from 0, or NULL past the last; *meaning, unless NULL, becomes what it
 * is, in words. With m a cluster of the true partition, k one of the estimate, n_km the units of
 * both, logarithms to base 2 and b = 2 - a:
 *   vi      (a sum_m m log m + b sum_k k log k - 2 sum_km n_km log n_km) / n: the variation of
 *           information for a = 1 (Meila 2007, Journal of Multivariate Analysis 98, 873-895)
 *   binder  (a sum_m m^2 + b sum_k k^2 - 2 sum_km n_km^2) / n^2 (Binder 1978, Biometrika 65, 31-38):
 *           a and b are the costs of separating a true pair, and of joining an untrue one
 *   omari   one minus the adjusted Rand index (Hubert and Arabie 1985, Journal of
 *           Classification 2, 193-218)
 *   nvi     the variation of information over the entropy of the two partitions together */
HMFM_API const char *hmfm_loss_name(size_t index, const char **meaning);

/** Loss of estimating each draw of partitions by the partition label (n_units labels, any numbers):
 * loss is the name of one, a in [0, 2] its weight (1 where it takes none), threads as for
 * hmfm_coclustering. distance has n_draws elements. Their mean is the posterior expected loss. Errors:
 * HMFM_EUSAGE for a name or a weight that is not one; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partition_losses(const hmfm_partitions *partitions, const char *loss,
                                           double a, const uint32_t *label, int threads,
                                           double *distance, hmfm_error *error);

/** How the point partition is searched; see hmfm_partition_search_defaults. */
typedef struct hmfm_partition_search {
  const char *loss;    /**< a name of hmfm_loss_name */
  double a;            /**< weight of the loss, in [0, 2]; 1 where it takes none */
  size_t restarts;     /**< random starts, besides the given ones; >= 0 */
  double seconds;      /**< no restart begins after that time; infinite: all are run. The clock then
                            decides what is found */
  size_t max_clusters; /**< most clusters of the result; 0: no limit */
  size_t zealous;      /**< clusters a run tries to destroy and allocate anew */
  uint64_t seed;       /**< of the random starts and orders */
  int threads;         /**< < 1: as many as OpenMP offers; does not change the result */
  size_t linkage_units; /**< with more units than that no average linkage, which takes 4 bytes a
                             pair of units */
} hmfm_partition_search;

/** Sets *search to the defaults: vi with a = 1, 16 restarts without a limit of time or clusters, 10
 * zealous attempts, seed 1, all threads, linkage up to 20,000 units. */
HMFM_API void hmfm_partition_search_defaults(hmfm_partition_search *search);

/** What a search found. */
typedef struct hmfm_point_partition {
  uint32_t *label;      /**< n_units labels from 0; cluster 0 is the largest, ties by first unit */
  uint32_t n_clusters;  /**< clusters */
  double loss;          /**< posterior expected loss of label: mean over all draws */
  double best_draw;     /**< expected loss of the best visited draw */
  int all_draws;        /**< 1: of all draws; 0: of those that looked best on a part of them */
  double best_linkage;  /**< expected loss of the best cut of the average linkage; NaN: none made */
  size_t runs;          /**< runs made: those from given starts and the random ones */
  size_t best_run;      /**< the run that found it: 0 from the best draw, 1 from the linkage where
                             there is one, then the random ones */
  size_t agreeing_runs; /**< runs that ended at this expected loss, to 1e-9 of it */
  double bytes; /**< memory of the counts that a thread works on, in the run that took most */
  int stopped; /**< 1: the watch of the draws ended the search; runs counts those that were whole */
} hmfm_point_partition;

/** The partition with the least posterior expected loss over partitions that a search finds: units are moved one at a
 * time, in random order, to where the loss is least, until none moves; then whole clusters are destroyed and
 * their units allocated anew, which is kept where it is better (Dahl, Johnson, Mueller 2022, Journal
 * of Computational and Graphical Statistics 31, 1189-1201). It starts from the best draw, the best
 * cut of the average linkage of the co-clustering, and at random; it is never worse than the first
 * two. The loss is that over the draws, not a bound from the co-clustering. search is read and
 * not kept. Where the watch of partitions ends it, the best partition so far is the result, and never
 * worse than the best draw. Errors: HMFM_EUSAGE for a setting out of its range; HMFM_ESTOPPED before
 * there was a partition; HMFM_EMEMORY. End with hmfm_point_partition_clear. */
HMFM_API hmfm_status hmfm_partition_find(const hmfm_partitions *partitions,
                                         const hmfm_partition_search *search,
                                         hmfm_point_partition *out, hmfm_error *error);

/** Frees what partition holds; NULL is accepted. */
HMFM_API void hmfm_point_partition_clear(hmfm_point_partition *partition);

/** Numbers the n_clusters clusters of label anew, so that their keys ascend: n_units labels and n_clusters keys, both by
 * the old numbers from 0. Equal keys keep their order; a key that is NaN comes last. A label that is not below
 * n_clusters stays as it is. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partition_order(size_t n_units, uint32_t n_clusters, const double *key,
                                          uint32_t *label, hmfm_error *error);

/** A draw at the edge of a credible ball. */
typedef struct hmfm_bound {
  size_t draw;         /**< which, from 0 */
  uint32_t n_clusters; /**< its clusters */
  double distance;     /**< its loss */
} hmfm_bound;

/** The draws that lie within a radius of a point partition (Wade and Ghahramani 2018, Bayesian
 * Analysis 13, 559-626), and how far they go: each bound is the first draw of those that qualify. */
typedef struct hmfm_credible_ball {
  double radius;      /**< loss of the farthest draw inside */
  double probability; /**< share of the draws inside; more than asked for where losses are equal */
  hmfm_bound horizontal; /**< the farthest draw */
  hmfm_bound upper;      /**< of the draws with the fewest clusters, the farthest */
  hmfm_bound lower;      /**< of the draws with the most clusters, the farthest */
} hmfm_credible_ball;

/** The smallest ball about the partition label (n_units labels, any numbers) that holds a share `level`, in (0, 1),
 * of the draws of partitions; distances are losses, as hmfm_partition_losses has them, with weight
 * a; threads do not change it. Errors: HMFM_EUSAGE for a level, a loss or a weight that is not one;
 * HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partition_ball(const hmfm_partitions *partitions, const char *loss,
                                         double a, const uint32_t *label, double level, int threads,
                                         hmfm_credible_ball *out, hmfm_error *error);

/** How sure each unit's place in the partition label (n_units labels, any numbers) is: certainty[i] is the mean over
 * the other units of its cluster of the share of the draws of partitions in which unit i is with
 * them, and for a unit that is alone the share of the draws in which it is. threads do not change
 * it. Errors: HMFM_ESTOPPED where the watch of partitions ended it; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_partition_certainty(const hmfm_partitions *partitions,
                                              const uint32_t *label, int threads, double *certainty,
                                              hmfm_error *error);

/** Stands for the cluster of a unit that is in none. */
#define HMFM_NO_CLUSTER UINT32_MAX

/** A partition of some of the units. */
typedef struct hmfm_subpartition {
  uint32_t *
      label; /**< n_units labels from 0, HMFM_NO_CLUSTER for units left out; cluster 0 is the largest */
  uint32_t n_clusters; /**< clusters */
  size_t n_inside;     /**< units that are in one */
  double probability;  /**< share of the draws that divide those units just so */
  size_t *unit;        /**< n_inside: in the order in which the search took them in */
  double *path;        /**< n_inside: probability once each of them was in, not increasing */
  size_t best_run;     /**< the run that found it */
  int stopped; /**< 1: the watch of the draws ended the search, and units that could be added may be
                    left out */
} hmfm_subpartition;

/** The largest subpartition with at least a given probability, in (0, 1], that a search finds: some of the units,
 * and how they are divided among themselves in at least that share of the draws of partitions (the conditional high
 * inclusion probability subset, CHIPS, of Page, Barrientos, Dahl and Dunson 2025, arXiv 2511.16040). Each of
 * n_runs runs, n_runs >= 1, takes the units in a random order for a start and for ties; it takes in the unit, and in
 * the cluster or as a new one, that leaves the most draws in agreement, until none leaves enough. So every
 * step is the best, but the whole need not be: no unit can be added to what is found, while a larger set that does
 * not contain it may exist. Of sets of one size the most probable is kept, then that of the first run. seed is that
 * of the orders; threads < 1: as many as OpenMP offers, which does not change the result. Where the watch of partitions
 * ends it, the largest set so far is the result. Errors: HMFM_EUSAGE for a probability out of range or no run;
 * HMFM_ESTOPPED before there was a set; HMFM_EMEMORY. End with hmfm_subpartition_clear. */
HMFM_API hmfm_status hmfm_subpartition_find(const hmfm_partitions *partitions, double probability,
                                            size_t n_runs, uint64_t seed, int threads,
                                            hmfm_subpartition *out, hmfm_error *error);

/** Frees what subpartition holds; NULL is accepted. */
HMFM_API void hmfm_subpartition_clear(hmfm_subpartition *subpartition);

#ifdef __cplusplus
}
#endif
#endif
