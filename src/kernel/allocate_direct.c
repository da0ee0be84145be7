/* Allocations one unit after another in the hierarchical Dirichlet process, with the groups' weights and the atoms
 * integrated out and the shares kept: direct assignment (Teh, Jordan, Beal, Blei 2006, section 5.3).
 *
 * A unit of group j enters cluster k with weight n_jk + alpha beta_k, and a new one with alpha beta_u,
 * each times its predictive density there. A cluster that empties gives its share back to beta_u; a new
 * one takes a Beta(1, gamma0) part of it. */
#include "kernel/kernel.h"
#include "kernel/scan.h"
#include "model/mixing_hdp.h"

static void weigh(const hmfm_state *state, const hmfm_counts *counts, size_t group, size_t fresh,
                  double *weight) {
  const hmfm_hdp_process *process = state->process;
  const int32_t *in_group = counts->in_group + group * counts->stride;
  for (size_t m = 0; m < counts->n_slots; m++) {
    weight[m] = counts->total[m] > 0 ? process->mass[m] + in_group[m] : 0.0;
  }
  weight[fresh] = process->alpha * process->rest;
}

static void left(hmfm_state *state, size_t unit, size_t group, size_t slot, int emptied) {
  (void)unit;
  (void)group;
  if (emptied) hmfm_hdp_death(state->process, slot);
}

static void entered(hmfm_state *state, size_t unit, size_t group, size_t slot, int opened,
                    size_t drawn) {
  (void)unit;
  (void)group;
  if (opened) hmfm_hdp_birth(state->process, slot, hmfm_scan_uniform(state, drawn));
}

static hmfm_status allocate(hmfm_state *state, size_t first, size_t stride, hmfm_error *error) {
  const hmfm_scan scan = {HMFM_STREAM_DIRECT, first, stride, weigh, left, entered, 0};
  hmfm_status status = hmfm_scan_run(state, &scan, error);
  state->n_components = state->partition.n_clusters;
  return status;
}

static hmfm_status allocate_all(hmfm_state *state, hmfm_error *error) {
  return allocate(state, 0, 1, error);
}

enum { STRIDE = 32 };

static hmfm_status allocate_some(hmfm_state *state, hmfm_error *error) {
  return allocate(state, (size_t)(state->sweep % STRIDE), STRIDE, error);
}

const hmfm_kernel hmfm_kernel_allocate_direct = {
    .name = "allocate_direct",
    .law = "allocations and shares | alpha, gamma0, beta",
    .apply = allocate_all,
};
const hmfm_kernel hmfm_kernel_allocate_direct_some = {
    .name = "allocate_direct_some",
    .law = "a 32nd of the allocations, and shares | the others, alpha, gamma0, beta",
    .apply = allocate_some,
};
