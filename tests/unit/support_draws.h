/* Draws made up for the tests of what keeps, writes and reads them. */
#ifndef UNIT_SUPPORT_DRAWS_H
#define UNIT_SUPPORT_DRAWS_H

#include "hmfm/draws.h"

typedef struct example {
  size_t chains, draws, capacity, covariates;
  size_t max_label;
  int allocations, components, log_likelihood, exposure;
  size_t thin_units; /* 0: as 1 */
} example;

/* Two chains of 5 draws out of 8, 2 covariates, an exposure, everything saved. */
extern const example example_full;

/* 3 groups and 5 units with names that hold commas, quotes, slashes and UTF-8; values that differ
 * everywhere, infinities and NaN among them. Fails the running test when out of memory. */
hmfm_draws *example_create(const example *what);

/* Fails the running test unless both have the same names, data and draws. */
void example_compare(const hmfm_draws *a, const hmfm_draws *b);

#endif
