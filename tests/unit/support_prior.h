/* Models of groups without data, for tests of prior laws. */
#ifndef UNIT_SUPPORT_PRIOR_H
#define UNIT_SUPPORT_PRIOR_H

#include "hmfm/prior.h"
#include "hmfm/simulate.h"

typedef struct prior_fixture {
  hmfm_simulation *groups;
  hmfm_settings settings;
  hmfm_model *model;
} prior_fixture;

/* Parameters as name, value, ..., ending with NULL. A model that cannot be made fails the test. */
void prior_start(prior_fixture *fixture, const char *mixing, size_t d, const size_t *size, ...);
void prior_finish(prior_fixture *fixture);

/* The laws of the fixture's model; exact, and with steps of quadrature divided by refine. */
hmfm_prior_laws *prior_exact(const prior_fixture *fixture, double refine);

double law_at(const hmfm_law *law, size_t value);
double law_sum(const hmfm_law *law);

#endif
