/** @file
 * Predictive scores of fits, from the saved log likelihood of their units: leaving out one unit or one
 * group at a time by importance sampling, WAIC, LPML, and differences of fits to the same data.
 *
 * What is scored is a unit with all its observations. Its log likelihood given a draw has the
 * allocation summed out: log sum_m w_jm prod_h f(y_jih | component m, beta_j). Given weights, atoms and
 * beta of a draw, units are independent, so that importance ratios 1 / p(y_ji | draw) turn the
 * posterior into that without the unit. */
#ifndef HMFM_LOO_H
#define HMFM_LOO_H

#include "draws.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A sum over units. */
typedef struct hmfm_estimate {
  double value; /**< the sum */
  double se; /**< sqrt(n) times the standard deviation of its n terms: how much the sum would vary
                   with other units; NaN with one unit */
} hmfm_estimate;

/** Scores of one unit. */
typedef struct hmfm_unit_loo {
  double elpd_loo; /**< log predictive density given all other units, by PSIS */
  double mcse;     /**< Monte Carlo standard error of elpd_loo, where pareto_k is small */
  double p_loo;    /**< log density with the unit in the data, less elpd_loo */
  /** Shape of the tail of the importance ratios; infinite where there are fewer than 26 draws or no
   * law fits. */
  double pareto_k;
  /** Effective draws of the unit's likelihood over draws; 1 where not defined. */
  double r_eff;
  double elpd_waic; /**< log density with the unit in the data, less p_waic */
  double p_waic;    /**< posterior variance of the log likelihood */
  double log_cpo;   /**< log of the harmonic mean of the likelihood: elpd_loo without smoothing */
} hmfm_unit_loo;

/** A group left out as a whole: its log density given all other groups. Without a group's units its weights
 * and its beta follow their prior, and posterior draws, which know these units, rarely go there. So
 * importance sampling seldom works, and pareto_k says where it does. */
typedef struct hmfm_group_loo {
  size_t n_units;  /**< units of the group */
  double elpd;     /**< log density of all its units together; not to be used unless is_reliable */
  double mcse;     /**< Monte Carlo standard error of elpd */
  double pareto_k; /**< as in hmfm_unit_loo */
  double r_eff;    /**< as in hmfm_unit_loo */
  int is_reliable; /**< 1: pareto_k is at most the threshold; 0: elpd has no meaning */
} hmfm_group_loo;

/** Scores of a fit. elpd_loo, p_loo and pareto_k are those of the R package loo: Pareto smoothed
 * importance sampling (PSIS) of Vehtari, Gelman and Gabry (2017), Statistics and Computing 27,
 * 1413-1432, and Vehtari, Simpson, Gelman, Yao and Gabry (2024), JMLR 25(72). Read-only for users. */
typedef struct hmfm_loo {
  size_t n_units;  /**< units */
  size_t n_groups; /**< d */
  size_t n_draws;  /**< S, of all chains together */
  /** Up to which pareto_k elpd_loo is to be relied on: min(1 - 1/log10(S), 0.7). */
  double k_threshold;
  size_t n_above;          /**< units with pareto_k above the threshold */
  size_t worst;            /**< the unit with the largest pareto_k */
  size_t n_waic_above;     /**< units with p_waic above 0.4, where WAIC is not to be relied on */
  hmfm_estimate elpd_loo;  /**< expected log predictive density, leaving out one unit at a time */
  hmfm_estimate p_loo;     /**< effective number of parameters */
  hmfm_estimate looic;     /**< -2 elpd_loo */
  double mcse_elpd_loo;    /**< Monte Carlo standard error of elpd_loo; NaN unless n_above is 0 */
  hmfm_estimate elpd_waic; /**< the widely applicable information criterion of Watanabe (2010) */
  hmfm_estimate p_waic;    /**< its effective number of parameters */
  hmfm_estimate waic;      /**< -2 elpd_waic */
  double lpml;             /**< log pseudo marginal likelihood: the sum of log_cpo */
  hmfm_unit_loo *unit;     /**< n_units */
  hmfm_group_loo *group;   /**< n_groups */
} hmfm_loo;

/** Scores draws, which must have log likelihoods; of draws with thin_units > 1 those count that have
 * them. With mixing hdp a draw stands for infinitely many
 * components by those it lists and one more for all others; this makes elpd_loo and elpd_waic, if anything, too
 * small. Errors: HMFM_EUSAGE for draws without log likelihoods, HMFM_EDATA with fewer than two draws
 * or a log likelihood that is not a finite number, HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_loo_create(const hmfm_draws *draws, hmfm_loo **out, hmfm_error *error);

/** Frees loo; NULL is accepted. */
HMFM_API void hmfm_loo_destroy(hmfm_loo *loo);

/** Where a fit stands among others. */
typedef struct hmfm_loo_rank {
  size_t index;             /**< of the fit, as it was given, from 0 */
  hmfm_estimate difference; /**< its elpd_loo less that of the best; the standard error is that of
                               the differences unit by unit */
} hmfm_loo_rank;

/** Orders the n >= 1 fits to the same data that loo is of by elpd_loo, the best first, and compares each with
 * the best. out: n ranks of the caller. Errors: HMFM_EUSAGE when n is 0, HMFM_EDATA when numbers
 * of units differ. */
HMFM_API hmfm_status hmfm_loo_compare(const hmfm_loo *const *loo, size_t n, hmfm_loo_rank *out,
                                      hmfm_error *error);

/** Looks whether two fits, first and second, have the same responses of the same units in the same
 * order; covariates, exposures and the names of columns may differ. Errors: HMFM_EDATA with what
 * differs, in words like "the first has 12 units, the second 11". */
HMFM_API hmfm_status hmfm_draws_same_data(const hmfm_draws *first, const hmfm_draws *second,
                                          hmfm_error *error);

#ifdef __cplusplus
}
#endif
#endif
