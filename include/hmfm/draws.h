/* What a run saves: named variables, allocations, components, log likelihoods. */
#ifndef HMFM_DRAWS_H
#define HMFM_DRAWS_H

#include "chain.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A saved variable. Value k of draw t of chain c is value[(c * capacity + t) * width + k], with the
 * capacity of the draws it belongs to. */
typedef struct hmfm_variable {
  char *name; /* lambda, gamma, beta, K, M, K_group, log_lik */
  char *meaning;
  hmfm_shape shape;
  int is_count; /* 1: whole numbers */
  size_t width; /* values per draw: 1, d, r or d x r */
  double *value;
} hmfm_variable;

/* Allocations of one chain, draw by draw: n_units labels of `bytes` bytes each (1, 2 or 4: as few as
 * the largest label so far needs). Labels count from 0 by first appearance in unit order. */
typedef struct hmfm_allocations {
  int bytes;
  void *label; /* capacity x n_units */
} hmfm_allocations;

/* Components of one chain as ragged rows: draw t has n_components[t] rows, starting at row
 * start[t]. Row m is component m: occupied components first, in the order of their labels. */
typedef struct hmfm_components {
  size_t *start;    /* capacity + 1 */
  size_t row_space; /* rows allocated */
  double *atom;     /* rows x n_atom, row by row */
  double *weight;   /* rows x n_groups, row by row: weight of the component in each group */
} hmfm_components;

/* Draws in memory. Filled by an ensemble through hmfm_draws_sink, or read from a file. */
typedef struct hmfm_draws {
  size_t n_chains, n_draws; /* n_draws: whole draws that every chain has */
  size_t capacity;          /* draws there is room for, per chain */
  size_t n_rows, n_units, n_groups, n_covariates, n_atom;
  char *response_name;
  char **group_name, **unit_name, **covariate_name, **atom_name;
  uint32_t *unit_group; /* n_units */
  size_t *unit_size;    /* n_units: observations of each unit */
  double *y;            /* n_rows, in unit order, as in hmfm_dataset */
  double *x;            /* n_rows x n_covariates, row by row */
  size_t n_variables;
  hmfm_variable *variable;
  hmfm_allocations *allocations; /* n_chains, or NULL when not saved */
  hmfm_components *components;   /* n_chains, or NULL */
  float *log_likelihood;         /* chain, draw, unit, with capacity draws a chain; or NULL */
  size_t *chain_draws;           /* n_chains: draws recorded so far */
} hmfm_draws;

/* Room for the draws of a run of this model. Errors: HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_draws_create(const hmfm_model *model, const hmfm_run *run,
                                       hmfm_draws **out, hmfm_error *error);

/* Draws with the given numbers set and every array allocated but zero, for readers of files: the
 * caller has filled n_chains, capacity, n_rows, n_units, n_groups, n_covariates and n_atom of
 * `sizes`, and says which parts there are. Variables are added with hmfm_draws_add_variable. */
HMFM_API hmfm_status hmfm_draws_create_empty(const hmfm_draws *sizes, int allocations,
                                             int components, int log_likelihood, hmfm_draws **out,
                                             hmfm_error *error);
HMFM_API hmfm_status hmfm_draws_add_variable(hmfm_draws *draws, const char *name,
                                             const char *meaning, hmfm_shape shape, int is_count,
                                             hmfm_error *error);
/* Makes room for `rows` components in all of a chain's draws. */
HMFM_API hmfm_status hmfm_components_reserve(hmfm_draws *draws, size_t chain, size_t rows,
                                             hmfm_error *error);
/* Makes room for labels up to max_label in a chain's allocations, keeping what is there. */
HMFM_API hmfm_status hmfm_allocations_widen(hmfm_draws *draws, size_t chain, size_t max_label,
                                            hmfm_error *error);
HMFM_API void hmfm_draws_destroy(hmfm_draws *draws);

/* The sink that records into these draws. */
HMFM_API hmfm_sink hmfm_draws_sink(hmfm_draws *draws);

/* The variable called name, or NULL. */
HMFM_API const hmfm_variable *hmfm_draws_find(const hmfm_draws *draws, const char *name);

/* Label of a unit in a draw. */
HMFM_API uint32_t hmfm_draws_label(const hmfm_draws *draws, size_t chain, size_t draw, size_t unit);

/* Writes the name of value k of a variable to text, as in "lambda", "gamma[3]", "beta[3,GenderW]":
 * groups and covariates by their own names. Cut off at size bytes, terminator included; returns the
 * length the whole name has. */
HMFM_API size_t hmfm_variable_label(const hmfm_draws *draws, const hmfm_variable *variable,
                                    size_t k, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
