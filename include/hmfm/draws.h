/** @file
 * What a run saves: named variables, allocations, components, log likelihoods. */
#ifndef HMFM_DRAWS_H
#define HMFM_DRAWS_H

#include "chain.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A saved variable. Value k of draw t of chain c is value[(c * capacity + t) * width + k], with
 * the capacity of the draws it belongs to. */
typedef struct hmfm_variable {
  char *name;       /**< lambda, gamma, beta, K, M, K_group, log_lik */
  char *meaning;    /**< in words, without a full stop */
  hmfm_shape shape; /**< what it has one value of */
  int is_count;     /**< 1: whole numbers; 0: real numbers */
  size_t width;     /**< values per draw: 1, d, r or d x r, by shape */
  double *value;    /**< n_chains x capacity x width */
} hmfm_variable;

/** Allocations of one chain, draw by draw; hmfm_draws_label reads them. Labels count from 0 by
 * first appearance in unit order, so that they mean nothing from one draw to the next. */
typedef struct hmfm_allocations {
  int bytes; /**< of one label, 1, 2 or 4: as few as the largest label so far needs */
  void
      *label; /**< as many rows of n_units as hmfm_draws_kept says of capacity: uint8_t, uint16_t or
                  uint32_t */
} hmfm_allocations;

/** Components of one chain as ragged rows: draw t has rows start[t] .. start[t + 1] - 1, one a
 * component. Row m of them is component m: occupied components first, in the order of their labels.
 * */
typedef struct hmfm_components {
  size_t *start;    /**< capacity + 1 */
  size_t row_space; /**< rows allocated */
  double *atom;     /**< rows x n_atom, row by row: what hmfm_draws.atom_name says; for mixing hdp
                       the last is the component's share, and the last row of a draw stands for all
                       components that are not listed */
  double *weight;   /**< rows x n_groups, row by row: weight of the component in each group */
} hmfm_components;

/** Draws in memory, with the data they belong to. Filled by an ensemble through hmfm_draws_sink, or
 * read from a file. Read-only for users; all arrays are owned. */
typedef struct hmfm_draws {
  size_t n_chains;               /**< chains, counted from 0 */
  size_t n_draws;                /**< whole draws that every chain has */
  size_t capacity;               /**< draws there is room for, per chain */
  size_t thin_units;             /**< >= 1: allocations and log likelihoods are those of draws 0,
                                    thin_units, 2 thin_units, ... of each chain */
  size_t n_rows;                 /**< observations */
  size_t n_units;                /**< units, over all groups */
  size_t n_groups;               /**< d */
  size_t n_covariates;           /**< r, as coded */
  size_t n_atom;                 /**< numbers per atom, its share included */
  char *response_name;           /**< as in hmfm_dataset */
  char *exposure_name;           /**< NULL where there is none */
  char **group_name;             /**< n_groups */
  char **unit_name;              /**< n_units */
  char **covariate_name;         /**< n_covariates */
  char **atom_name;              /**< n_atom: "mu", "sigma2" for the normal family, and
                                    "share" after them for mixing hdp: weight in G0 */
  uint32_t *unit_group;          /**< n_units: group of each unit */
  size_t *unit_size;             /**< n_units: observations of each unit */
  double *y;                     /**< n_rows, in unit order, as in hmfm_dataset */
  double *x;                     /**< n_rows x n_covariates, row by row */
  double *exposure;              /**< n_rows, or NULL where there is none */
  size_t n_variables;            /**< variables saved */
  hmfm_variable *variable;       /**< n_variables */
  hmfm_allocations *allocations; /**< n_chains, or NULL when not saved */
  hmfm_components *components;   /**< n_chains, or NULL when not saved */
  float *log_likelihood;         /**< n_chains x hmfm_draws_kept(capacity) x n_units; or NULL when
                                    not saved */
  size_t *chain_draws;           /**< n_chains: draws recorded so far */
} hmfm_draws;

/** Room for the draws of a run of a model: run->chains times run->draws of what run says is to be
 * saved. Neither need outlive the draws. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_draws_create(const hmfm_model *model, const hmfm_run *run,
                                       hmfm_draws **out, hmfm_error *error);

/** Draws with the given numbers set and every array allocated but zero, for readers of files: the
 * caller has filled n_chains, capacity, thin_units (0 counts as 1), n_rows, n_units, n_groups,
 * n_covariates and n_atom of sizes, and says by 1 or 0 whether there are allocations, components and log_likelihood. Variables
 * are added with hmfm_draws_add_variable. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_draws_create_empty(const hmfm_draws *sizes, int allocations,
                                             int components, int log_likelihood, hmfm_draws **out,
                                             hmfm_error *error);

/** Adds to draws a variable with all values 0; name, meaning (NULL: ""), shape and is_count become
 * those of hmfm_variable. Errors: HMFM_EUSAGE for a name that is taken, HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_draws_add_variable(hmfm_draws *draws, const char *name,
                                             const char *meaning, hmfm_shape shape, int is_count,
                                             hmfm_error *error);

/** Makes room in draws for that many rows of components, over all draws of a chain, which counts
 * from 0. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_components_reserve(hmfm_draws *draws, size_t chain, size_t rows,
                                             hmfm_error *error);

/** Makes room in draws for labels up to max_label in the allocations of a chain, which counts from
 * 0, keeping what is there. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_allocations_widen(hmfm_draws *draws, size_t chain, size_t max_label,
                                            hmfm_error *error);

/** Frees draws; NULL is accepted. */
HMFM_API void hmfm_draws_destroy(hmfm_draws *draws);

/** The sink that records into draws, which must outlive the ensemble it is given to. A sink of one's
 * own may hand states on to it, all as draw 0: each then replaces the one before. */
HMFM_API hmfm_sink hmfm_draws_sink(hmfm_draws *draws);

/** The variable of draws called name, or NULL. Owned by the draws. */
HMFM_API const hmfm_variable *hmfm_draws_find(const hmfm_draws *draws, const char *name);

/** How many of the first n draws of a chain have allocations and log likelihoods, where draws have
 * any: one in thin_units, the first included. */
HMFM_API size_t hmfm_draws_kept(const hmfm_draws *draws, size_t n);

/** Leaves in draws, of every chain, those draws only that have allocations and log likelihoods, so
 * that all parts are of the same draws, and thin_units is 1. Nothing is allocated. Not for draws
 * that an ensemble goes on to record into. */
HMFM_API void hmfm_draws_thin(hmfm_draws *draws);

/** The bytes that what a run of a model saves takes in memory while it runs, over all chains. */
typedef struct hmfm_draws_size {
  double allocations;     /**< a byte a unit and draw that is kept, up to 255 clusters */
  double log_likelihoods; /**< 4 bytes a unit and draw that is kept */
  double other;           /**< data, names and variables; components as of K = 30 */
} hmfm_draws_size;

/** Sets out to what hmfm_draws_create will take for the run of a model. Nothing is allocated. */
HMFM_API void hmfm_draws_measure(const hmfm_model *model, const hmfm_run *run,
                                 hmfm_draws_size *out);

/** The label of a unit in a draw of a chain, all counted from 0; draws must have allocations, and
 * draw be a multiple of thin_units. Two units with one label in one draw are in one cluster there. */
HMFM_API uint32_t hmfm_draws_label(const hmfm_draws *draws, size_t chain, size_t draw, size_t unit);

/** Writes the name of value k (from 0) of a variable of draws to text, as in "lambda", "gamma[3]",
 * "beta[3,GenderW]": groups and covariates by their own names. Cut off at size bytes, terminator
 * included; returns the length the whole name has. */
HMFM_API size_t hmfm_variable_label(const hmfm_draws *draws, const hmfm_variable *variable,
                                    size_t k, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
