/* The sweeps of the algorithms, and why their orders are valid.
 *
 * Between sweeps the state is (partition, M, hyperparameters, beta). A kernel that integrates something
 * out may only be followed, until that something is redrawn, by kernels that do not look at it. */
#include "chain/schedule.h"

#include <string.h>

/* Every HMFM sweep begins with an annealed path (where asked for, every so many sweeps), which keeps M and
 * the hyperparameters; that of a group stands where relocate does, and for the same reason.
 *
 * Conditional (blocked Gibbs), with moves that weights and atoms would not let through. split_merge integrates weights,
 * atoms and M out and draws M last: with many groups the law of M, given the partition, keeps so close to K that
 * splits would wait for a larger M, and M for a split. allocate_some is a scan as in the marginal sampler, from U | M
 * to M | U: at small gamma the weights of clusters that a group does not use are e^-1000, so
 * without it no group would ever enter a cluster. It needs a Poisson M; for other laws the scan keeps M. Then M
 * and the hyperparameters given the partition alone. Given atoms, relocate moves beta with its units'
 * allocations, weights still integrated out; weights come after it. The jump sums the allocations out; all of them are
 * drawn anew right after. */
static const hmfm_step CONDITIONAL[] = {
    {&hmfm_kernel_anneal, HMFM_ALWAYS},
    {&hmfm_kernel_split_merge_marginal, HMFM_ALWAYS},
    {&hmfm_kernel_allocate_some, HMFM_POISSON_M},
    {&hmfm_kernel_allocate_telescoping_some, HMFM_OTHER_M},
    {&hmfm_kernel_components, HMFM_ALWAYS},
    {&hmfm_kernel_hyper, HMFM_ALWAYS},
    {&hmfm_kernel_atoms, HMFM_ALWAYS},
    {&hmfm_kernel_relocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_anneal_group, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_weights, HMFM_ALWAYS},
    {&hmfm_kernel_regression, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_jump, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_allocate_conditional, HMFM_ALWAYS},
    {&hmfm_kernel_relabel, HMFM_ALWAYS},
    {NULL, HMFM_ALWAYS},
};

/* Marginal. split_merge as above. The scan draws U | M first and M | U last, and integrates weights, atoms
 * and M out in between. M is drawn once more with U integrated out; the hyperparameters condition on M and
 * the partition alone. With covariates, atoms and weights are drawn given all that, for the moves of beta as
 * above; the jump draws anew the allocations of the groups where it was accepted. */
static const hmfm_step MARGINAL[] = {
    {&hmfm_kernel_anneal, HMFM_ALWAYS},
    {&hmfm_kernel_split_merge_marginal, HMFM_ALWAYS},
    {&hmfm_kernel_allocate_marginal, HMFM_ALWAYS},
    {&hmfm_kernel_components, HMFM_ALWAYS},
    {&hmfm_kernel_hyper, HMFM_ALWAYS},
    {&hmfm_kernel_atoms, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_anneal_group, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_weights, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_regression, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_jump_reallocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relabel, HMFM_ALWAYS},
    {NULL, HMFM_ALWAYS},
};

/* Telescoping. As the marginal sampler, but the scan keeps M and needs no U. */
static const hmfm_step TELESCOPING[] = {
    {&hmfm_kernel_anneal, HMFM_ALWAYS},
    {&hmfm_kernel_split_merge_marginal, HMFM_ALWAYS},
    {&hmfm_kernel_allocate_telescoping, HMFM_ALWAYS},
    {&hmfm_kernel_components, HMFM_ALWAYS},
    {&hmfm_kernel_hyper, HMFM_ALWAYS},
    {&hmfm_kernel_atoms, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_anneal_group, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_weights, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_regression, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_jump_reallocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relabel, HMFM_ALWAYS},
    {NULL, HMFM_ALWAYS},
};

/* The HDP's sweeps keep shares, and begin by forgetting the empty components that the sweep before had open. hyper
 * draws tables | shares, alpha; then alpha, gamma0 | tables with shares integrated out; then shares
 * again. Empty components are opened, given shares and gamma0, for the moves with weights and atoms alone, which
 * keep shares, alpha and gamma0 and follow one another as in the HMFM. */
static const hmfm_step HDP_CONDITIONAL[] = {
    {&hmfm_kernel_close_components, HMFM_ALWAYS},
    {&hmfm_kernel_split_merge_shared, HMFM_ALWAYS},
    {&hmfm_kernel_allocate_direct_some, HMFM_ALWAYS},
    {&hmfm_kernel_hyper, HMFM_ALWAYS},
    {&hmfm_kernel_open_components, HMFM_ALWAYS},
    {&hmfm_kernel_atoms, HMFM_ALWAYS},
    {&hmfm_kernel_relocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_weights, HMFM_ALWAYS},
    {&hmfm_kernel_regression, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_jump, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_allocate_conditional, HMFM_ALWAYS},
    {&hmfm_kernel_relabel, HMFM_ALWAYS},
    {NULL, HMFM_ALWAYS},
};

static const hmfm_step HDP_DIRECT[] = {
    {&hmfm_kernel_close_components, HMFM_ALWAYS},
    {&hmfm_kernel_split_merge_shared, HMFM_ALWAYS},
    {&hmfm_kernel_allocate_direct, HMFM_ALWAYS},
    {&hmfm_kernel_hyper, HMFM_ALWAYS},
    {&hmfm_kernel_open_components, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_atoms, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_weights, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_regression, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_jump_reallocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relabel, HMFM_ALWAYS},
    {NULL, HMFM_ALWAYS},
};

/* The franchise moves whole tables from cluster to cluster, so that a few splits are enough; they keep shares, which it drops
 * and draws anew. */
static const hmfm_step HDP_FRANCHISE[] = {
    {&hmfm_kernel_close_components, HMFM_ALWAYS},
    {&hmfm_kernel_split_merge_shared, HMFM_ALWAYS},
    {&hmfm_kernel_allocate_franchise, HMFM_ALWAYS},
    {&hmfm_kernel_hyper, HMFM_ALWAYS},
    {&hmfm_kernel_open_components, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_atoms, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_weights, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_regression, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_jump_reallocate, HMFM_WITH_COVARIATES},
    {&hmfm_kernel_relabel, HMFM_ALWAYS},
    {NULL, HMFM_ALWAYS},
};

static const hmfm_schedule SCHEDULE[] = {
    {"conditional",
     "weights and atoms are drawn, then all allocations at once",
     "hmfm",
     CONDITIONAL,
     {25.0, 2.0}},
    {"marginal",
     "weights, atoms and M are integrated out; allocations one unit after another",
     "hmfm",
     MARGINAL,
     {140.0, 2.0}},
    {"telescoping",
     "weights and atoms are integrated out, M is kept; allocations one unit after another",
     "hmfm",
     TELESCOPING,
     {140.0, 2.0}},
    {"conditional",
     "shares, weights and atoms are drawn, then all allocations at once",
     "hdp",
     HDP_CONDITIONAL,
     {60.0, 2.0}},
    {"direct",
     "weights and atoms are integrated out, shares are kept; allocations one unit after another",
     "hdp",
     HDP_DIRECT,
     {170.0, 2.0}},
    {"franchise",
     "shares, weights and atoms are integrated out; units one after another, and tables of them",
     "hdp",
     HDP_FRANCHISE,
     {450.0, 0.25}},
};
enum { N_SCHEDULES = sizeof SCHEDULE / sizeof *SCHEDULE };

const hmfm_schedule *hmfm_schedule_find(const char *name, const char *mixing) {
  for (size_t k = 0; k < N_SCHEDULES; k++) {
    if (strcmp(SCHEDULE[k].name, name) != 0) continue;
    if (!mixing || strcmp(SCHEDULE[k].mixing, mixing) == 0) return &SCHEDULE[k];
  }
  return NULL;
}

const char *hmfm_algorithm_name(size_t index, const char **mixing, const char **meaning) {
  if (index >= N_SCHEDULES) return NULL;
  if (mixing) *mixing = SCHEDULE[index].mixing;
  if (meaning) *meaning = SCHEDULE[index].meaning;
  return SCHEDULE[index].name;
}
