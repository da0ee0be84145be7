/* Splits and merges of clusters, weights and atoms integrated out: sequentially allocated merge-split proposals
 * (Dahl 2003; Jain and Neal 2004), extended to groups.
 *
 * Two units a, b are drawn. In one cluster S: propose to split it into A with a and B with b, allocating
 * S's other units in random order with weights (n_j. + a_j.) f(unit | cluster so far); the product of
 * the probabilities of what was chosen is q. In two clusters: propose the merge; q is the probability
 * that the split, in a random order, would have led back. With R(a, n) = lnG(a + n) - lnG(a), the log
 * ratio of a split is
 *
 *   L + sum_j [R(a_jA, n_jA) + R(a_jB, n_jB) - R(a_jS, n_jS)] + ln m(A) + ln m(B) - ln m(S) - ln q,
 *
 * and that of a merge its negative. In the HMFM every a_jm is gamma_j; with K clusters before the split, L =
 * ln(M - K) if M is kept, else ln V(K+1) - ln V(K), V(K) being what the law of the partition has for K
 * clusters. In the HDP a_jm = alpha beta_m; a split cuts beta_S at v, uniform, into beta_A = v beta_S and
 * beta_B = (1 - v) beta_S, and L = ln gamma0 - ln v - ln(1 - v), the Jacobian beta_S included. Since
 * q <= 1, most merges are refused before q is computed. */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/vecmath.h"
#include "kernel/kernel.h"
#include "kernel/split_ratio.h"
#include "model/mixing_hdp.h"
#include "rng/philox.h"

enum { N_PROPOSALS = 3 }; /* at most HMFM_SPLIT_REACH - 1 */

static const size_t STREAM_BLOCK[] = {
    [HMFM_SPLIT_KEEP_M] = 0, [HMFM_SPLIT_SUM_M] = 1, [HMFM_SPLIT_SHARES] = 3};

typedef struct proposal {
  hmfm_state *state;
  hmfm_split ratio;
  size_t unit[2];  /* a, b */
  size_t part[2];  /* slots made for A and B */
  size_t whole;    /* slot of S: there already for a split, made for a merge */
  size_t n_others; /* units to allocate, in state->unit_list */
} proposal;

static int32_t *in_group(const hmfm_state *state, size_t group, size_t slot) {
  return &state->partition.in_group[group * state->partition.capacity + slot];
}

static void enter(const proposal *move, size_t unit, int side) {
  hmfm_state *state = move->state;
  const hmfm_model *model = state->model;
  model->family->cluster_add(model->family_data, state->work, unit, move->part[side]);
  ++*in_group(state, model->dataset->unit_group[unit], move->part[side]);
}

/* Units of the two slots (or one), but for a and b, in random order. */
static size_t list_others(hmfm_state *state, const size_t unit[2]) {
  const int32_t *allocation = state->partition.allocation;
  const int32_t x = allocation[unit[0]], y = allocation[unit[1]];
  int32_t *list = state->unit_list;
  size_t n = 0;
  for (size_t i = 0; i < state->partition.n_units; i++) {
    list[n] = (int32_t)i;
    n += (allocation[i] == x || allocation[i] == y) && i != unit[0] && i != unit[1];
  }
  if (n > 1) gsl_ran_shuffle(state->stream, list, n, sizeof *list);
  return n;
}

/* Allocates the others to A and B one after another: at random, or in a replay as they are now (whoever is
 * with a goes to A). Returns ln q; the choices are left in state->unit_side. */
static double allocate_others(const proposal *move, int replay) {
  hmfm_state *state = move->state;
  const hmfm_model *model = state->model;
  const int32_t *allocation = state->partition.allocation, with_a = allocation[move->unit[0]];
  double log_q = 0.0, q = 1.0; /* q: a run of factors whose log is not yet taken */
  enter(move, move->unit[0], 0);
  enter(move, move->unit[1], 1);
  for (size_t k = 0; k < move->n_others; k++) {
    const size_t i = (size_t)state->unit_list[k], j = model->dataset->unit_group[i];
    double log_f[2];
    model->family->predict(model->family_data, state->work, i, HMFM_NO_SLOT, move->part[0], 2,
                           log_f);
    double gap = log_f[1] - log_f[0];
    gap = gap > 700.0 ? 700.0 : gap < -700.0 ? -700.0 : gap;
    const double weight_a =
        hmfm_split_mass(&move->ratio, j, 0) + *in_group(state, j, move->part[0]);
    const double weight_b =
        (hmfm_split_mass(&move->ratio, j, 1) + *in_group(state, j, move->part[1])) * hmfm_exp(gap);
    const double to_a = weight_a / (weight_a + weight_b);
    const double to_b = weight_b / (weight_a + weight_b);
    const int side = replay ? allocation[i] != with_a : gsl_rng_uniform(state->stream) >= to_a;
    q *= side ? to_b : to_a;
    if (q < 1e-200) {
      log_q += log(q);
      q = 1.0;
    }
    state->unit_side[k] = (unsigned char)side;
    enter(move, i, side);
  }
  return log_q + log(q);
}

/* Two fresh slots for A and B, with no units. */
static hmfm_status open_parts(hmfm_state *state, size_t part[2], size_t *spare, hmfm_error *error) {
  const hmfm_model *model = state->model;
  hmfm_partition *partition = &state->partition;
  hmfm_status status = hmfm_state_reserve(state, partition->n_slots + 3, error);
  if (status) return status;
  part[0] = partition->n_slots;
  part[1] = partition->n_slots + 1;
  *spare = partition->n_slots + 2;
  for (int side = 0; side < 2; side++) {
    model->family->cluster_clear(model->family_data, state->work, part[side]);
    for (size_t j = 0; j < partition->n_groups; j++) *in_group(state, j, part[side]) = 0;
  }
  return HMFM_OK;
}

static void close_slot(hmfm_state *state, size_t slot) {
  state->partition.total[slot] = 0;
  for (size_t j = 0; j < state->partition.n_groups; j++) *in_group(state, j, slot) = 0;
  state->model->family->cluster_clear(state->model->family_data, state->work, slot);
}

static void total_from_groups(hmfm_state *state, size_t slot) {
  int32_t total = 0;
  for (size_t j = 0; j < state->partition.n_groups; j++) total += *in_group(state, j, slot);
  state->partition.total[slot] = total;
}

static void split(proposal *move) {
  hmfm_state *state = move->state;
  hmfm_partition *partition = &state->partition;
  const int shares = move->ratio.variant == HMFM_SPLIT_SHARES;
  if (shares) {
    const hmfm_hdp_process *process = state->process;
    hmfm_split_cut(&move->ratio, gsl_rng_uniform_pos(state->stream), process->share[move->whole]);
  }
  const double level = log(gsl_rng_uniform_pos(state->stream));
  const double opening = hmfm_split_opening(&move->ratio, partition->n_clusters);
  if (opening > -INFINITY) {
    move->n_others = list_others(state, move->unit);
    double log_q = allocate_others(move, 0);
    double ratio =
        hmfm_split_ratio(&move->ratio, move->part[0], move->part[1], move->whole, opening) - log_q;
    if (level < ratio) {
      for (size_t k = 0; k < move->n_others; k++) {
        partition->allocation[state->unit_list[k]] = (int32_t)move->part[state->unit_side[k]];
      }
      for (int side = 0; side < 2; side++) {
        partition->allocation[move->unit[side]] = (int32_t)move->part[side];
        total_from_groups(state, move->part[side]);
      }
      close_slot(state, move->whole);
      if (shares) hmfm_hdp_split(state->process, move->whole, move->ratio.cut, move->part);
      partition->n_slots = move->part[1] + 1;
      partition->n_clusters++;
      return;
    }
  }
  for (int side = 0; side < 2; side++) close_slot(state, move->part[side]);
}

static void merge(proposal *move, size_t a, size_t b) {
  hmfm_state *state = move->state;
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  const int shares = move->ratio.variant == HMFM_SPLIT_SHARES;
  if (shares) {
    const hmfm_hdp_process *process = state->process;
    const double share = process->share[a] + process->share[b];
    hmfm_split_cut(&move->ratio, process->share[a] / share, share);
  }
  const double level = log(gsl_rng_uniform_pos(state->stream));
  model->family->cluster_merge(model->family_data, state->work, a, b, move->whole);
  const double opening = hmfm_split_opening(&move->ratio, partition->n_clusters - 1);
  const double ratio = -hmfm_split_ratio(&move->ratio, a, b, move->whole, opening);
  int accept = 0;
  if (level < ratio) { /* else ln q <= 0 could only lower it */
    move->n_others = list_others(state, move->unit);
    accept = level < ratio + allocate_others(move, 1);
  }
  for (int side = 0; side < 2; side++) close_slot(state, move->part[side]);
  if (!accept) {
    close_slot(state, move->whole);
    return;
  }
  for (size_t k = 0; k < move->n_others; k++) {
    partition->allocation[state->unit_list[k]] = (int32_t)move->whole;
  }
  for (int side = 0; side < 2; side++) {
    partition->allocation[move->unit[side]] = (int32_t)move->whole;
  }
  for (size_t j = 0; j < partition->n_groups; j++) {
    *in_group(state, j, move->whole) = *in_group(state, j, a) + *in_group(state, j, b);
  }
  total_from_groups(state, move->whole);
  close_slot(state, a);
  close_slot(state, b);
  if (shares) hmfm_hdp_merge(state->process, a, b, move->whole);
  partition->n_slots = move->whole + 1;
  partition->n_clusters--;
}

static hmfm_status propose(hmfm_state *state, hmfm_split_variant variant, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  const size_t n = partition->n_units;
  if (n < 2) return HMFM_OK;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_SPLIT_MERGE, STREAM_BLOCK[variant]);
  if (variant != HMFM_SPLIT_SHARES)
    model->mixing->concentrations(state->process, state->concentration);
  hmfm_state_clusters(state);
  hmfm_split_known known;
  hmfm_split_forget(&known, partition->n_clusters);
  for (int k = 0; k < N_PROPOSALS; k++) {
    proposal move = {.state = state,
                     .ratio = {.state = state, .variant = variant, .known = &known}};
    size_t spare;
    hmfm_status status = open_parts(state, move.part, &spare, error);
    if (status) return status;
    move.unit[0] = gsl_rng_uniform_int(state->stream, n);
    move.unit[1] = gsl_rng_uniform_int(state->stream, n - 1);
    move.unit[1] += move.unit[1] >= move.unit[0];
    const size_t a = (size_t)partition->allocation[move.unit[0]];
    const size_t b = (size_t)partition->allocation[move.unit[1]];
    move.whole = a == b ? a : spare;
    if (a == b)
      split(&move);
    else
      merge(&move, a, b);
  }
  state->components_drawn = state->unit_log_lik_made = 0;
  return HMFM_OK;
}

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  return propose(state, HMFM_SPLIT_KEEP_M, error);
}

static hmfm_status apply_shared(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = propose(state, HMFM_SPLIT_SHARES, error);
  state->n_components = state->partition.n_clusters;
  return status;
}

/* M's old value is not looked at; M | partition ends the move. */
static hmfm_status apply_marginal(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = propose(state, HMFM_SPLIT_SUM_M, error);
  if (status) return status;
  const hmfm_counts counts = hmfm_partition_counts(&state->partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_SPLIT_MERGE, 2);
  state->n_components =
      state->model->mixing->draw_components(state->process, state->stream, &counts);
  return hmfm_state_reserve(state, state->n_components, error);
}

const hmfm_kernel hmfm_kernel_split_merge = {
    .name = "split_merge",
    .law = "partition | M, hyperparameters, beta",
    .apply = apply,
};
const hmfm_kernel hmfm_kernel_split_merge_marginal = {
    .name = "split_merge_marginal",
    .law = "partition, then M | hyperparameters, beta",
    .apply = apply_marginal,
};
const hmfm_kernel hmfm_kernel_split_merge_shared = {
    .name = "split_merge_shared",
    .law = "partition and shares | alpha, gamma0, beta",
    .apply = apply_shared,
};
