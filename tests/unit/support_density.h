/* Small fits for the tests of densities, and their laws written out the slow way. */
#ifndef UNIT_SUPPORT_DENSITY_H
#define UNIT_SUPPORT_DENSITY_H

#include "hmfm/density.h"
#include "support_model.h"

typedef struct density_case {
  const char *name, *family, *mixing, *algorithm;
  size_t n_x;
  int shared;
} density_case;

enum { DENSITY_CASES = 6 };
extern const density_case density_cases[DENSITY_CASES];

/* A fit of 2 chains to 3 groups, the second without units beyond two. */
typedef struct density_fit {
  const density_case *of;
  small s;
  hmfm_draws *draws;
  double x[2];
} density_fit;

void density_fit_make(density_fit *fit, const density_case *what, size_t n_draws);
void density_fit_clear(density_fit *fit);

/* Targets of a fit: index from 0 to DENSITY_TARGETS - 1; a group, a unit, the unit in another group, a new group. */
enum { DENSITY_TARGETS = 4 };
hmfm_density_target density_target(const density_fit *fit, size_t index);
hmfm_density *density_make(const density_fit *fit, const hmfm_density_target *target);

/* The law of an observation in one draw at y: density (what 0), or probability to be at most y (what 1); of a
 * new group with the expected weights. Not for a new group with a beta of its own. */
double density_slow(const density_fit *fit, const hmfm_density_target *target, size_t chain,
                    size_t draw, int what, double y);
double density_setting(const density_fit *fit, const char *name);

#endif
