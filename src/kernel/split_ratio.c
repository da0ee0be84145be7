/* The log ratio of a split, in two variants; split_merge.c says where it comes from. */
#include "kernel/split_ratio.h"

#include <math.h>

#include "base/vecmath.h"
#include "model/mixing_hdp.h"

void hmfm_split_cut(hmfm_split *split, double cut, double share) {
  const double alpha = ((const hmfm_hdp_process *)split->state->process)->alpha;
  split->cut = cut;
  split->mass[0] = alpha * fmax(cut * share, hmfm_hdp_least);
  split->mass[1] = alpha * fmax((1.0 - cut) * share, hmfm_hdp_least);
  split->mass[2] = alpha * share;
}

double hmfm_split_mass(const hmfm_split *split, size_t group, int part) {
  return split->variant == HMFM_SPLIT_SHARES ? split->mass[part]
                                             : split->state->concentration[group];
}

void hmfm_split_forget(hmfm_split_known *known, size_t n_clusters) {
  known->least = n_clusters - HMFM_SPLIT_REACH; /* modulo 2^64 */
  for (size_t k = 0; k < sizeof known->log_V / sizeof *known->log_V; k++) known->log_V[k] = NAN;
}

static double log_V(const hmfm_split *split, size_t n_clusters) {
  const hmfm_state *state = split->state;
  const hmfm_counts counts = hmfm_partition_counts(&state->partition);
  if (n_clusters - split->known->least > 2 * HMFM_SPLIT_REACH)
    hmfm_split_forget(split->known, n_clusters);
  double *log_V = &split->known->log_V[n_clusters - split->known->least];
  if (isnan(*log_V)) {
    *log_V = state->model->mixing->log_clusters(state->process, &counts, n_clusters);
  }
  return *log_V;
}

double hmfm_split_opening(const hmfm_split *split, size_t n_clusters) {
  const hmfm_state *state = split->state;
  if (split->variant == HMFM_SPLIT_SHARES) {
    const hmfm_hdp_process *process = state->process;
    return log(process->gamma0) - log(split->cut) - log(1.0 - split->cut);
  }
  return log_V(split, n_clusters + 1) - log_V(split, n_clusters);
}

/* R: 0 for no units, whatever the mass. */
static double log_rising(double a, double n) {
  return n > 0.0 ? hmfm_log_gamma(a + n) - hmfm_log_gamma(a) : 0.0;
}

double hmfm_split_choice(size_t n_clusters, size_t n_a, size_t n_b) {
  const double n = (double)(n_a + n_b);
  return log(n * (n - 1.0) / ((double)n_a * (double)n_b)) - log((double)n_clusters + 1.0);
}

double hmfm_split_ratio(const hmfm_split *split, size_t a, size_t b, size_t whole, double opening) {
  const hmfm_state *state = split->state;
  const hmfm_model *model = state->model;
  const hmfm_family *family = model->family;
  const hmfm_partition *partition = &state->partition;
  double sum = opening;
  for (size_t j = 0; j < partition->n_groups; j++) {
    const int32_t *in_group = partition->in_group + j * partition->capacity;
    const double n_a = in_group[a], n_b = in_group[b];
    if (split->variant != HMFM_SPLIT_SHARES && (n_a == 0.0 || n_b == 0.0)) continue; /* cancels */
    sum += log_rising(hmfm_split_mass(split, j, 0), n_a) +
           log_rising(hmfm_split_mass(split, j, 1), n_b) -
           log_rising(hmfm_split_mass(split, j, 2), n_a + n_b);
  }
  return sum + family->log_marginal(model->family_data, state->work, a) +
         family->log_marginal(model->family_data, state->work, b) -
         family->log_marginal(model->family_data, state->work, whole);
}
