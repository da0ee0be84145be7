/** @file
 * Densities of new observations, from saved draws: of a new unit of a group, of a unit of a new group, or
 * of a known unit; with credible bands, quantiles, and draws.
 *
 * In each draw of a posterior the law of an observation is a mixture of the components of that draw.
 * Its mean over draws is the posterior predictive law; its spread over draws is what is not known of
 * it. */
#ifndef HMFM_DENSITY_H
#define HMFM_DENSITY_H

#include "draws.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Whose observation it is. */
typedef enum hmfm_density_kind {
  HMFM_DENSITY_GROUP,     /**< of a new unit of a group: weights and beta are the group's */
  HMFM_DENSITY_NEW_GROUP, /**< of a unit of a new group: weights and beta (unless all groups share it)
                             are drawn from their laws given a draw's hyperparameters; what is known of the
                             mean of the weights is used in means */
  HMFM_DENSITY_UNIT, /**< of a known unit, from the component it is allocated to in each draw */
} hmfm_density_kind;

/** What a density is of. Start from hmfm_density_target_defaults. */
typedef struct hmfm_density_target {
  hmfm_density_kind kind; /**< default HMFM_DENSITY_GROUP */
  size_t
      group; /**< which group, from 0; of a unit, the group whose beta it has: its own, or another one
                   where it is thought to be; of no use for a new group */
  size_t unit;     /**< which unit, from 0; of use for HMFM_DENSITY_UNIT alone */
  const double *x; /**< n_covariates values, as coded, not owned; NULL (default): as
                      hmfm_density_covariates has them */
  double exposure; /**< what a count is made over, > 0; default 1 */
  uint64_t seed;   /**< of what is drawn for a new group; default 1 */
  int threads; /**< >= 1; 0 (default): as many as there are processors; results do not depend on it */
} hmfm_density_target;

/** Makes target that of a new unit of group 0. */
HMFM_API void hmfm_density_target_defaults(hmfm_density_target *target);

/** Writes to x, of n_covariates values, the means of the covariates of draws over the observations of
 * the target's unit, of its group, or, for a new group, over all. Errors: HMFM_EUSAGE for a group or unit
 * that is not there, or a group without observations. */
HMFM_API hmfm_status hmfm_density_covariates(const hmfm_draws *draws,
                                             const hmfm_density_target *target, double *x,
                                             hmfm_error *error);

/** The law of one observation in every draw. */
typedef struct hmfm_density hmfm_density;

/** The law of an observation of target, in every draw of draws, which must have been saved with
 * components and for a unit with allocations of every draw (hmfm_draws_thin sees to that). model is the one they were drawn from, or another of the
 * same data and settings; it must outlive the density, draws and target need not. With mixing hdp the
 * atoms of all components that are not listed are integrated out under P0, also in bands, which are
 * a little narrower for that. Errors: HMFM_EDATA where components or allocations were not saved or are none
 * of this family, HMFM_EUSAGE for draws of another model, a target that is not there, covariates that are
 * not finite, an exposure that is not > 0, or a new group when gamma is fixed to values that differ;
 * HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_density_create(const hmfm_draws *draws, const hmfm_model *model,
                                         const hmfm_density_target *target, hmfm_density **out,
                                         hmfm_error *error);

/** Frees a density; NULL is accepted. */
HMFM_API void hmfm_density_destroy(hmfm_density *density);

/** 1 where the observations of a density are counts, so that it is a probability at whole numbers,
 * and 0 elsewhere. */
HMFM_API int hmfm_density_is_of_counts(const hmfm_density *density);

/** Writes to from and to where one would look at a density of draws of this model: the range of the
 * responses and a tenth more on either side; for counts, 0 and the largest count there is for an
 * observation with that exposure, and a tenth more. */
HMFM_API void hmfm_density_range(const hmfm_draws *draws, const hmfm_model *model, double exposure,
                                 double *from, double *to);

/** A function of a point y that a mixture has. */
typedef enum hmfm_density_curve {
  HMFM_CURVE_DENSITY, /**< the density; for counts the probability of y */
  HMFM_CURVE_ABOVE,   /**< the probability to be above y */
  HMFM_CURVE_BELOW,   /**< the probability to be at most y */
} hmfm_density_curve;

/** The curve of a density at n points y: its mean over draws, and a pointwise credible band of
 * probability level (0 < level < 1), its quantiles (1 - level)/2 and (1 + level)/2 over draws, of type 7.
 * mean, lower and upper take n values; lower and upper may both be NULL. Work space is 24 bytes a point, and
 * 32 MB or 8 bytes a draw. Errors: HMFM_EUSAGE for a level out of range or a y that is not
 * finite, HMFM_EMEMORY, HMFM_ENUMERIC. */
HMFM_API hmfm_status hmfm_density_evaluate(const hmfm_density *density, hmfm_density_curve curve,
                                           size_t n, const double *y, double level, double *mean,
                                           double *lower, double *upper, hmfm_error *error);

/** Quantiles of a density's mean over draws, which is the posterior predictive law: quantile[k], for k <
 * n, is the y with a probability of probability[k], 0 < probability[k] < 1, to be at most y; for counts
 * the least whole number with at least that probability. Errors: HMFM_EUSAGE for a probability out of
 * range, HMFM_EMEMORY, HMFM_ENUMERIC. */
HMFM_API hmfm_status hmfm_density_quantiles(const hmfm_density *density, size_t n,
                                            const double *probability, double *quantile,
                                            hmfm_error *error);

/** Writes to y n independent draws from a density's mean over draws, the posterior predictive law; draw k
 * depends on seed and k alone. Errors: HMFM_EMEMORY, HMFM_ENUMERIC. */
HMFM_API hmfm_status hmfm_density_draw(const hmfm_density *density, size_t n, uint64_t seed,
                                       double *y, hmfm_error *error);

/** How many draws of the posterior a density is made of: those of all chains. */
HMFM_API size_t hmfm_density_n_draws(const hmfm_density *density);

/** Writes to y an observation from the law of each draw of the posterior, hmfm_density_n_draws(density) numbers,
 * chains one after another. Element s depends on the density, seed, unit, row and s alone. Rows of one unit,
 * that is densities of one group with the same unit and other rows, are of one component in each draw, as
 * the observations of a unit are; unit and row may be any numbers. Errors: HMFM_EMEMORY, HMFM_ENUMERIC. */
HMFM_API hmfm_status hmfm_density_draw_each(const hmfm_density *density, uint64_t seed,
                                            uint32_t unit, uint32_t row, double *y,
                                            hmfm_error *error);

/** Writes to mean the expectation of an observation in each draw of the posterior, hmfm_density_n_draws(density)
 * numbers, chains one after another; of a new group with the weights that were drawn for it. */
HMFM_API void hmfm_density_means(const hmfm_density *density, double *mean);

/** Where a new unit with n_rows observations belongs among the units of draws. density[h] is the law of observation h, that is y[h],
 * of a new unit, all n_rows of one group, or all of one new group with one seed; label says in which of n_clusters
 * clusters, counted from 0, each unit of draws is. together[k], for k < n_clusters, becomes the mean over
 * the units of cluster k of the posterior probability that the new unit is in one component with them, given its
 * observations; *alone that of a component without units. With mixing hdp an atom from P0 stands for the
 * components that are not listed, drawn by seed. Errors: HMFM_EUSAGE for no observation, densities of other draws, or a label
 * that is not below n_clusters; HMFM_EUSAGE for draws with thin_units > 1; HMFM_EDATA without allocations; HMFM_EMEMORY. together and alone may have
 * been written to after an error. */
HMFM_API hmfm_status hmfm_density_assign(const hmfm_draws *draws, size_t n_rows,
                                         const hmfm_density *const *density, const double *y,
                                         uint32_t n_clusters, const uint32_t *label, uint64_t seed,
                                         double *together, double *alone, hmfm_error *error);

#ifdef __cplusplus
}
#endif
#endif
