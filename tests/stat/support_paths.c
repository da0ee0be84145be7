/* Sweeps that are one annealed path. */
#include "stat/support_paths.h"

#include "kernel/anneal.h"

static hmfm_status anneal(hmfm_state *state, hmfm_error *error) {
  return hmfm_anneal(state, 1 + (size_t)state->sweep % 4, NULL, error);
}

static hmfm_status anneal_group(hmfm_state *state, hmfm_error *error) {
  const size_t group = (size_t)state->sweep % state->partition.n_groups;
  if (!state->model->family->score_temper) return HMFM_OK;
  return hmfm_anneal_group(state, group, 4, NULL, error);
}

static const hmfm_kernel PATH = {.name = "anneal", .apply = anneal};
static const hmfm_kernel GROUP_PATH = {.name = "anneal_group", .apply = anneal_group};

const hmfm_step stat_anneal[] = {{&PATH, HMFM_ALWAYS}, {NULL, HMFM_ALWAYS}};
const hmfm_step stat_anneal_group[] = {{&hmfm_kernel_atoms, HMFM_ALWAYS},
                                       {&GROUP_PATH, HMFM_ALWAYS},
                                       {&hmfm_kernel_relabel, HMFM_ALWAYS},
                                       {NULL, HMFM_ALWAYS}};
