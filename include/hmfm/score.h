/** @file
 * Estimates against a known truth, for simulation studies: partitions against the true partition, densities
 * against the true density. Distances of two partitions are in hmfm/partitions.h. */
#ifndef HMFM_SCORE_H
#define HMFM_SCORE_H

#include "density.h"
#include "partitions.h"
#include "simulate.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A number that each draw has. */
typedef struct hmfm_spread {
  double mean; /**< over all draws: the posterior expectation */
  double sd;   /**< standard deviation, with n - 1; NaN for a single draw */
  double q5;   /**< 5 % quantile */
  double q95;  /**< 95 % quantile */
} hmfm_spread;

/** Partitions against the true one. NaN where there are no draws, or no estimate. */
typedef struct hmfm_partition_score {
  size_t n_units;     /**< units compared */
  size_t n_draws;     /**< draws compared; 0: none were given */
  uint32_t n_true;    /**< clusters of the truth */
  int has_estimate;   /**< 1: an estimate was given */
  hmfm_indices point; /**< the truth, first, and the estimate, second */
  hmfm_spread K;      /**< clusters of a draw */
  double p_true;      /**< share of the draws with as many clusters as the truth has */
  hmfm_spread ari;    /**< adjusted Rand index of a draw and the truth */
  hmfm_spread vi;     /**< their variation of information, in bits */
  hmfm_spread binder; /**< Binder's loss, as in hmfm_indices */
  hmfm_coclustering_gap coclustering; /**< of all draws */
} hmfm_partition_score;

/** Scores partitions of n_units units whose indices are in unit; NULL: of all units, n_units then being their number. All partitions
 * are restricted to these units. truth, any labels, has one of every unit that an index may name, and so have estimate, unless
 * NULL, and the draws of partitions, unless NULL. threads < 1: as many as OpenMP offers; they do not change the
 * result. Errors: HMFM_EUSAGE for no units; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_score_partition(size_t n_units, const size_t *unit, const uint32_t *truth,
                                          const uint32_t *estimate,
                                          const hmfm_partitions *partitions, int threads,
                                          hmfm_partition_score *out, hmfm_error *error);

/** How far the posterior mean density of an observation is from the true one. */
typedef struct hmfm_density_score {
  double
      l1; /**< integral of |mean density - true density|, for counts the sum over all counts: from 0 for equal
                laws to 2; half of it is the total variation distance */
  double
      error; /**< l1 may be too small by this much, and is not too large: an upper limit from second differences */
} hmfm_density_score;

/** Scores the law of an observation of target, which must be a new unit of a group, in draws of model; truth is that of
 * the data, groups and covariates in the order of draws. The covariates are those of the target (by default the group's
 * means) in both laws, the beta of each its own.
 *
 * Where the sign of the difference h of the densities is known, its integral is a difference of distribution functions,
 * tails included. Signs are taken from linear interpolation between points that are set closer where h is
 * near 0, until what that can leave out, (width^3 / 6) max |h''| a piece, is below 1e-7 in all, or some 100,000 points are
 * there. Errors: those of hmfm_density_create; HMFM_EUSAGE for another kind of target, or a truth of another family
 * or size; HMFM_EDATA for atoms, weights or beta in it that cannot be; HMFM_ENUMERIC. */
HMFM_API hmfm_status hmfm_score_density(const hmfm_draws *draws, const hmfm_model *model,
                                        const hmfm_density_target *target, const hmfm_truth *truth,
                                        hmfm_density_score *out, hmfm_error *error);

#ifdef __cplusplus
}
#endif
#endif
