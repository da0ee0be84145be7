/* Allocations one unit after another with weights and atoms integrated out and M kept (the telescoping sampler
 * of Fruehwirth-Schnatter, Malsiner-Walli and Gruen 2021, extended to groups).
 *
 * Given M and gamma, allocations to M labelled components have probability
 *   prod_j Gamma(gamma_j M)/Gamma(gamma_j M + n_j) prod_m Gamma(gamma_j + n_jm)/Gamma(gamma_j).
 * So a unit of group j enters each cluster with weight n_jm + gamma_j, and some one of the M - K empty
 * components with gamma_j (M - K), n_jm and K without the unit, each times its predictive density
 * there. Nothing here knows the law of M: any will do, and the kernel components draws it. */
#include "kernel/kernel.h"
#include "kernel/scan.h"

static void weigh(const hmfm_state *state, const hmfm_counts *counts, size_t group, size_t fresh,
                  double *weight) {
  const int32_t *in_group = counts->in_group + group * counts->stride;
  const double gamma = state->concentration[group];
  for (size_t m = 0; m < counts->n_slots; m++) {
    weight[m] = counts->total[m] > 0 ? gamma + in_group[m] : 0.0;
  }
  weight[fresh] = gamma * (double)(state->n_components - counts->n_clusters);
}

static hmfm_status allocate(hmfm_state *state, size_t first, size_t stride, hmfm_error *error) {
  const hmfm_scan scan = {HMFM_STREAM_TELESCOPE, first, stride, weigh, NULL, NULL, 0};
  state->model->mixing->concentrations(state->process, state->concentration);
  return hmfm_scan_run(state, &scan, error);
}

static hmfm_status allocate_all(hmfm_state *state, hmfm_error *error) {
  return allocate(state, 0, 1, error);
}

enum { STRIDE = 32 };

static hmfm_status allocate_some(hmfm_state *state, hmfm_error *error) {
  return allocate(state, (size_t)(state->sweep % STRIDE), STRIDE, error);
}

const hmfm_kernel hmfm_kernel_allocate_telescoping = {
    .name = "allocate_telescoping",
    .law = "allocations | M, hyperparameters, beta",
    .apply = allocate_all,
};
const hmfm_kernel hmfm_kernel_allocate_telescoping_some = {
    .name = "allocate_telescoping_some",
    .law = "a 32nd of the allocations | the others, M, hyperparameters, beta",
    .apply = allocate_some,
};
