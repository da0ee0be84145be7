/* Simulated data and their truth as CSV. */
#ifndef CLI_SIMULATE_WRITE_H
#define CLI_SIMULATE_WRITE_H

#include <stdio.h>

#include "hmfm/simulate.h"

/* One line an observation: group, unit, response, covariates, component. name: n_names names of the
 * columns other than covariates (group, unit, response, component), as far as they are given.
 * decimals < 0: 15 significant digits. Write errors stay in the stream. */
void hmfm_simulation_write(FILE *to, const hmfm_simulation *simulation, size_t n_names,
                           char *const *name, int decimals);

/* Lines "quantity,value": lambda, gamma[GROUP], M, mu[COMPONENT], sigma2[COMPONENT], weight[GROUP,COMPONENT],
 * beta[GROUP,COVARIATE]. */
void hmfm_truth_write(FILE *to, const hmfm_simulation *simulation, const hmfm_truth *truth);

#endif
