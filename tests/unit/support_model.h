/* Small datasets with repeats and covariates, models of them and states, for the tests of everything
 * between data and chains. Fails the running test where the library reports an error. */
#ifndef UNIT_SUPPORT_MODEL_H
#define UNIT_SUPPORT_MODEL_H

#include "chain/chain.h"

/* What data: units per group, up to `repeats` observations a unit (1, 2, .., repeats, 1, ..), a
 * covariate that is 0 or 1 and constant in the unit, and a numeric one if n_x is 2. */
typedef struct small_shape {
  size_t n_groups, size[6], repeats, n_x;
} small_shape;

typedef struct small {
  hmfm_dataset *dataset;
  hmfm_settings settings;
  hmfm_notes notes;
  hmfm_model *model;
  hmfm_state *state;
} small;

/* A dataset of responses from a mixture of three normals, and default settings. Rows of the columns are
 * shuffled: unit order is not row order. */
void small_data(small *s, const small_shape *shape, uint64_t seed);
/* The same from given responses, one unit each, all in groups as `group` says (NULL: one group). */
void small_responses(small *s, size_t n, const double *y, const char *const *group);
void small_set(small *s, const char *name, double value);
/* The model of what is set, then a state of chain 0 at its start. */
void small_model(small *s);
void small_state(small *s, uint64_t seed);
/* Frees what there is. */
void small_clear(small *s);

/* Puts the state into a random partition of at most n_slots clusters, with M clusters or more. */
void small_scatter(small *s, gsl_rng *rng, size_t n_slots, size_t extra);

/* Residuals of the observations of a unit at a group's beta; returns how many. */
size_t small_residuals(const small *s, size_t unit, double *e);

/* Mixings: index from 0 to MIXINGS - 1. Algorithms of a mixing: index from 0; NULL past the last. */
enum { MIXINGS = 2 };
const char *small_mixing(size_t index);
const char *small_algorithm(const char *mixing, size_t index);
int small_is_infinite(const small *s);
/* Shares for a partition that no kernel has made: at random, whole, and none of them tiny. */
void small_shares(small *s, gsl_rng *rng);

/* Fails unless status is HMFM_OK. */
void small_require(hmfm_status status, const hmfm_error *error);

#endif
