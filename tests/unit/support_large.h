/* Problems of more than three blocks of units, for what threads or processes share. */
#ifndef UNIT_SUPPORT_LARGE_H
#define UNIT_SUPPORT_LARGE_H

#include "hmfm/draws.h"

typedef struct large_problem {
  const char *family, *mixing, *beta, *prior_m;
  size_t n_covariates;
} large_problem;

enum { LARGE_PROBLEMS = 8 };
extern const large_problem LARGE[LARGE_PROBLEMS];

typedef struct large {
  hmfm_dataset *dataset;
  hmfm_settings settings;
  hmfm_model *model;
} large;

/* Four groups of many pieces, of one, and of a few units, and clusters that overlap. */
void large_make(const large_problem *problem, large *out);
void large_clear(large *l);

/* Fails the running test unless all that was saved is the same, bit by bit. */
void large_compare(const hmfm_draws *x, const hmfm_draws *y);

#endif
