/* The truth behind simulated data from CSV, as 'hmfm simulate --truth' writes it. */
#ifndef IO_TRUTH_READ_H
#define IO_TRUTH_READ_H

#include "hmfm/draws.h"
#include "hmfm/simulate.h"

/* Reads the file at path, "-" for standard input: columns quantity and value, a row for M, for each number of an atom
 * (mu[0]), each weight (weight[GROUP,0]) and each beta (beta[GROUP,COVARIATE]), in any order. The truth is of this
 * family, with the groups and covariates of draws in their order; quantities of other names are hyperparameters and
 * passed over. Errors: HMFM_EIO, HMFM_EMEMORY; HMFM_EDATA, with its name, for a quantity that is missing, is there twice, is no
 * finite number, or is of a component, group or covariate that is not there. End with hmfm_truth_destroy. */
hmfm_status hmfm_truth_read(const char *path, const hmfm_draws *draws, const char *family,
                            hmfm_truth **out, hmfm_error *error);

#endif
