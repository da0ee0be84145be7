/** @file
 * What a prior says about clusters before any data: the laws of their number over all groups (K), in a
 * group (K_j), shared by two groups, and of the number of components (M); and priors that agree in
 * what they expect. */
#ifndef HMFM_PRIOR_H
#define HMFM_PRIOR_H

#include <stdint.h>

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The law of a count. Read-only for users. */
typedef struct hmfm_law {
  size_t least;        /**< the first value of `probability` */
  size_t n;            /**< values, >= 1; 0: there is no such law */
  double *probability; /**< n: probabilities of least, least + 1, ... */
  double *se;          /**< n Monte Carlo standard errors of them; NULL where they are exact */
  double mean;         /**< expectation */
  double mean_se;      /**< Monte Carlo standard error of the mean; 0 where it is exact */
  double sd;           /**< standard deviation */
} hmfm_law;

/** The least value of a law that is not exceeded with at least probability p, 0 <= p <= 1. */
HMFM_API size_t hmfm_law_quantile(const hmfm_law *law, double p);

/** How laws are computed. */
typedef enum hmfm_prior_method {
  HMFM_PRIOR_AUTO = 0,    /**< exactly, unless that takes more than a few seconds */
  HMFM_PRIOR_EXACT,       /**< by formulas and quadrature: total error of a law below 1e-8 */
  HMFM_PRIOR_MONTE_CARLO, /**< from draws of the prior, with standard errors */
} hmfm_prior_method;

/** Settings of hmfm_prior_laws_create. Start from hmfm_prior_run_defaults. */
typedef struct hmfm_prior_run {
  hmfm_prior_method method; /**< default HMFM_PRIOR_AUTO */
  size_t draws;             /**< Monte Carlo draws, >= 2; default 50000 */
  uint64_t seed;            /**< seed of these draws, any number; default 1 */
  size_t pair[2];           /**< the two groups of `shared`; default 0 and 1 */
  double refine;            /**< divides the steps of all quadratures, > 0; default 1 */
  double most_work;         /**< AUTO: exact up to this many elementary operations; default 5e9 */
} hmfm_prior_run;

/** Fills run with its defaults. */
HMFM_API void hmfm_prior_run_defaults(hmfm_prior_run *run);

/** Prior laws of the numbers of clusters of one model. Groups of equal size and equal prior are of
 * one kind, and have one law. Read-only for users. */
typedef struct hmfm_prior_laws {
  int exact;           /**< 1: by formulas and quadrature, 0: by Monte Carlo */
  double work;         /**< elementary operations of the exact way, estimated */
  size_t draws;        /**< Monte Carlo draws; 0 where exact */
  size_t n_groups;     /**< d */
  size_t n_kinds;      /**< kinds of groups */
  size_t *kind;        /**< n_groups: kind of each group, from 0 */
  size_t *kind_size;   /**< n_kinds: units in a group of each kind */
  size_t *kind_groups; /**< n_kinds: groups of each kind */
  hmfm_law clusters;   /**< K */
  hmfm_law *kind_law;  /**< n_kinds: K_j of a group of each kind */
  size_t pair[2];      /**< the groups of `shared` */
  hmfm_law shared;     /**< clusters with units of both groups of the pair; n = 0 with one group */
  hmfm_law components; /**< M; n = 0 where the mixing has infinitely many */
} hmfm_prior_laws;

/** Computes the prior laws of a model, of whose data only the sizes of groups matter. run may be
 * NULL: the defaults. Errors: HMFM_EUSAGE for a pair that is not two groups of the data, draws < 2, or
 * refine or most_work not > 0; HMFM_ENUMERIC when a law does not come out as one; HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_prior_laws_create(const hmfm_model *model, const hmfm_prior_run *run,
                                            hmfm_prior_laws **out, hmfm_error *error);

/** Frees laws; NULL is accepted. */
HMFM_API void hmfm_prior_laws_destroy(hmfm_prior_laws *laws);

/** What a prior expects. */
typedef struct hmfm_prior_means {
  double clusters;       /**< E[K] */
  double group_clusters; /**< mean over groups of E[K_j] */
} hmfm_prior_means;

/** Expected numbers of clusters of a model, by formulas of their own, faster than the laws. Errors:
 * HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_prior_means_compute(const hmfm_model *model, hmfm_prior_means *out,
                                              hmfm_error *error);

/** Finds hyperparameters with which the mixing of settings expects what target says, for the groups of
 * dataset, and sets them in settings. fixed 0: hyperparameters are random, and what is found is
 * lambda-mean and gamma-guess (hmfm), or alpha-rate and gamma0-rate (hdp), the others as settings have
 * them; fixed 1: lambda and gamma, or alpha and gamma0. lambda-mean is
 * looked for above half the prior standard deviation of Lambda. With one group the two means are one, and
 * only gamma-guess, alpha-rate, gamma or alpha is found.
 * Errors: HMFM_EUSAGE when settings already say what is to be found, or when no such
 * hyperparameters exist: the message tells the E[K] that can be had; those of hmfm_model_create. */
HMFM_API hmfm_status hmfm_prior_match(const hmfm_dataset *dataset, const hmfm_prior_means *target,
                                      int fixed, hmfm_settings *settings, hmfm_error *error);

/** The names of the two hyperparameters that hmfm_prior_match finds for a mixing, for the number of
 * clusters in all (which 0) and in a group (which 1); NULL for an unknown mixing. fixed as there. Not
 * owned. */
HMFM_API const char *hmfm_prior_matched_name(const char *mixing, int fixed, int which);

#ifdef __cplusplus
}
#endif
#endif
