/* What R may call, by name and number of arguments. A function that is added goes into the table, into
 * rapi.h, and is called as C_<name>. */
#include "rapi.h"

#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>
#include <gsl/gsl_errno.h>

#include "base/threads.h"

#define CALL(name, n)                                                                              \
  { #name, (DL_FUNC)&rapi_##name, n }

static const R_CallMethodDef calls[] = {
    CALL(begin, 4),
    CALL(start, 4),
    CALL(advance, 2),
    CALL(take, 1),
    CALL(rebuild, 4),
    CALL(draws, 1),
    CALL(is_gone, 1),
    CALL(diagnose, 1),
    CALL(judge, 2),
    CALL(diagnose_array, 1),
    CALL(parameters, 0),
    CALL(algorithms, 0),
    CALL(names, 0),
    CALL(version, 0),
    CALL(describe, 1),
    CALL(simulate, 4),
    CALL(prior_laws, 3),
    CALL(prior_means, 2),
    CALL(prior_match, 4),
    /* partitions */
    CALL(partitions, 2),
    CALL(coclustering, 2),
    CALL(chain_difference, 4),
    CALL(partition_find, 2),
    CALL(partition_order, 2),
    CALL(losses, 5),
    CALL(certainty, 3),
    CALL(ball, 6),
    CALL(chips, 5),
    CALL(indices, 2),
    CALL(add_variable, 3),
    CALL(clusters, 3),
    CALL(transitions, 2),
    CALL(cluster_column, 5),
    /* scores */
    CALL(loo, 1),
    CALL(loo_compare, 1),
    CALL(judge_scores, 4),
    CALL(same_data, 2),
    CALL(score_partition, 5),
    CALL(score_density, 3),
    /* densities */
    CALL(density_covariates, 2),
    CALL(density_range, 2),
    CALL(density, 5),
    CALL(density_quantiles, 3),
    CALL(predict, 5),
    CALL(assign, 4),
    {NULL, NULL, 0},
};

void attribute_visible R_init_hmfm(DllInfo *dll) {
  R_registerRoutines(dll, NULL, calls, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
  (void)gsl_set_error_handler_off(); /* GSL would end the session; every status is looked at */
  (void)hmfm_threads(1); /* from now on children of fork, as of parallel::mclapply, run serially */
}
