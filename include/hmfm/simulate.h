/** @file
 * Simulated data with known truth, from given components or from the prior.
 *
 *     hmfm_simulation_create   units in groups, observations per unit, covariates
 *     hmfm_truth_create, or    components, weights and regression as the caller fills them in,
 *     hmfm_truth_draw          or drawn from a model's prior
 *     hmfm_simulation_respond  allocations and responses
 *
 * Every number is a function of the seed and of what it is for (group, unit, covariate), so the same
 * seed gives the same data anywhere, and a unit keeps its covariates when groups are added. */
#ifndef HMFM_SIMULATE_H
#define HMFM_SIMULATE_H

#include <stdint.h>

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a covariate is distributed over units. It belongs to the unit's name: unit "17" has the same
 * value in every group and observation. */
typedef struct hmfm_covariate_law {
  const char *name;          /**< column name, not empty */
  size_t n_levels;           /**< a factor with this many levels; 0: normal numbers */
  const char *const *level;  /**< n_levels distinct names; NULL for numbers */
  const double *probability; /**< n_levels, >= 0, normalised by the library */
  double mean;               /**< of numbers, finite */
  double sd;                 /**< standard deviation of numbers, finite, >= 0 */
} hmfm_covariate_law;

/** What is simulated, before any response: group j has size[j] units, named "1" to "size[j]", so
 * that the same names come back in every group. */
typedef struct hmfm_design {
  size_t n_groups;               /**< d, >= 1 */
  const size_t *size;            /**< n_groups, each 1 .. 2^24 - 1 */
  const char *const *group_name; /**< n_groups distinct names; NULL: "1", "2", ... */
  size_t least_repeats;          /**< observations per unit: uniform from least to most, >= 1 */
  size_t most_repeats;           /**< least_repeats .. 2^24 - 1 */
  const char *response_name;     /**< NULL: "y" */
  size_t n_covariates;           /**< covariates before factors are coded; 0: none */
  const hmfm_covariate_law *covariate; /**< n_covariates */
  double least_exposure; /**< exposure of an observation: uniform from least to most, > 0 */
  double most_exposure;  /**< both 0: the data have no exposure */
} hmfm_design;

/** Simulated columns. Read-only for users. */
typedef struct hmfm_simulation {
  size_t n_groups;      /**< d */
  hmfm_columns columns; /**< for hmfm_dataset_create; rows by group and unit as in the design */
  double *response;     /**< columns.response; 0 until hmfm_simulation_respond */
  int32_t *component;   /**< columns.n_rows: component of each row's unit, from 0 */
  hmfm_dataset *layout; /**< the same columns with responses 0: units and coded covariates */
  size_t *design_group; /**< n_groups: which group of the design is group j of the layout */
  char **text;          /**< n_text strings that the columns point to */
  size_t n_text;        /**< strings in text */
} hmfm_simulation;

/** Draws observations per unit, exposures and covariates of a design, which need not outlive the
 * simulation. Any number is a seed. Errors: HMFM_EUSAGE for a size, a number of repeats, a range of
 * exposures, a name or a probability that cannot be used; HMFM_EDATA when a factor came out with a
 * single level; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_simulation_create(const hmfm_design *design, uint64_t seed,
                                            hmfm_simulation **out, hmfm_error *error);

/** Frees a simulation with its columns and layout; NULL is accepted. */
HMFM_API void hmfm_simulation_destroy(hmfm_simulation *simulation);

/** The truth to simulate from. Groups in the order of the design; covariates as coded
 * (simulation->layout->covariate_name: a factor's level W of Gender is GenderW). */
typedef struct hmfm_truth {
  const char *family;  /**< "normal" */
  size_t n_groups;     /**< d */
  size_t n_components; /**< M */
  size_t n_atom;       /**< numbers per atom: 2 for normal (mean, variance), 1 for poisson (rate) */
  size_t n_covariates; /**< r */
  double *atom;        /**< M x n_atom, row by row */
  double *weight;      /**< d x M, group by group; >= 0, normalised by the library */
  double *beta;        /**< d x r, group by group */
  size_t n_hyper;      /**< hyperparameters drawn from the prior; 0 for a given truth */
  char **hyper_name;   /**< n_hyper: "lambda", "gamma[1]", ... */
  double *hyper;       /**< n_hyper */
} hmfm_truth;

/** A truth for a simulation with n_components components (1 .. 2^31 - 1) and everything 0, to be
 * filled in. family NULL: "normal". Errors: HMFM_EUSAGE (unknown family, no component, covariates
 * or an exposure that the family cannot take), HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_truth_create(const hmfm_simulation *simulation, const char *family,
                                       size_t n_components, hmfm_truth **out, hmfm_error *error);

/** Frees a truth; NULL is accepted. */
HMFM_API void hmfm_truth_destroy(hmfm_truth *truth);

/** A truth for a simulation drawn from the prior that settings describe: hyperparameters and M,
 * weights, atoms, regression. Defaults that a model would take from the responses (mu0, k0, rate-mean)
 * are those for responses that are all 0. Any number is a seed. Errors: those of hmfm_model_create. */
HMFM_API hmfm_status hmfm_truth_draw(const hmfm_simulation *simulation,
                                     const hmfm_settings *settings, uint64_t seed, hmfm_truth **out,
                                     hmfm_error *error);

/** Draws the component of every unit of a simulation and its responses, given a truth. With
 * exact_counts 1, component m gets weight x size units of a group instead of a random number,
 * rounded by largest remainders, in random order. Any number is a seed; another one draws anew.
 * Errors: HMFM_EUSAGE for weights or an atom that cannot be used; HMFM_ENUMERIC for a response that
 * is not finite; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_simulation_respond(hmfm_simulation *simulation, const hmfm_truth *truth,
                                             int exact_counts, uint64_t seed, hmfm_error *error);

#ifdef __cplusplus
}
#endif
#endif
