/* Splits and merges of clusters, weights and atoms integrated out: sequentially allocated merge-split proposals
 * (Dahl 2003; Jain and Neal 2004), extended to groups.
 *
 * With probability 1/2 each, a split or a merge is proposed. A split: a cluster S is drawn, uniformly, and in it two
 * units a, b; S is cut into A with a and B with b, allocating S's other units in random order with weights
 * (n_j. + a_j.) f(unit | cluster so far); the product of the probabilities of what was chosen is q. A merge: two clusters
 * A, B are drawn, uniformly, and a unit of each; q is the probability that the split, in a random order, would have
 * led back. With R(a, n) = lnG(a + n) - lnG(a), the log ratio of a split is
 *
 *   L + sum_j [R(a_jA, n_jA) + R(a_jB, n_jB) - R(a_jS, n_jS)] + ln m(A) + ln m(B) - ln m(S) - ln q + C,
 *
 * and that of a merge its negative. C is the choice of clusters and units: K (K+1) n_A n_B of them lead back from
 * K+1 clusters, K n_S (n_S - 1) there. (Drawing two units out of all, and seeing whether they are in one cluster, has C = 0,
 * but small clusters, which come and go most easily, are then seldom drawn.)
 *
 * In the HMFM every a_jm is gamma_j; with K clusters before the split, L = ln V(K+1) - ln V(K), V(K) being what the law of
 * the partition, M integrated out, has for K clusters. In the HDP a_jm = alpha beta_m; a split cuts beta_S at v, uniform,
 * into beta_A = v beta_S and beta_B = (1 - v) beta_S, and L = ln gamma0 - ln v - ln(1 - v), the Jacobian beta_S included.
 * Since q <= 1, most merges are refused before q is computed.
 *
 * How many there are in a sweep, state->pace says (chain/pace.c). */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/vecmath.h"
#include "kernel/kernel.h"
#include "kernel/split_ratio.h"
#include "model/mixing_hdp.h"
#include "rng/philox.h"

/* Block 2 draws M. */
static const size_t STREAM_BLOCK[] = {[HMFM_SPLIT_SUM_M] = 1, [HMFM_SPLIT_SHARES] = 3};

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

/* The units of a slot, in order, go to list[0], list[1], ..., which has room for one more: how many. */
static size_t list_units(const hmfm_state *state, size_t slot, int32_t *list) {
  const int32_t *allocation = state->partition.allocation;
  size_t n = 0;
  for (size_t i = 0; i < state->partition.n_units; i++) {
    list[n] = (int32_t)i;
    n += allocation[i] == (int32_t)slot;
  }
  return n;
}

/* Takes one of the n units, drawn uniformly, out of the list; the others stay in no order. */
static size_t take_unit(const hmfm_state *state, int32_t *list, size_t n) {
  const size_t k = gsl_rng_uniform_int(state->stream, n);
  const size_t unit = (size_t)list[k];
  list[k] = list[n - 1];
  return unit;
}

/* a and b out of S, and the others in random order. */
static void draw_from_whole(proposal *move) {
  const hmfm_state *state = move->state;
  const size_t n = list_units(state, move->whole, state->unit_list);
  move->unit[0] = take_unit(state, state->unit_list, n);
  move->unit[1] = take_unit(state, state->unit_list, n - 1);
  move->n_others = n - 2;
  if (n > 3) gsl_ran_shuffle(state->stream, state->unit_list, n - 2, sizeof *state->unit_list);
}

/* a out of A, b out of B, and the others of both in random order. */
static void draw_from_parts(proposal *move, size_t slot_a, size_t slot_b) {
  const hmfm_state *state = move->state;
  const size_t n_a = list_units(state, slot_a, state->unit_list);
  move->unit[0] = take_unit(state, state->unit_list, n_a);
  int32_t *rest = state->unit_list + (n_a - 1);
  const size_t n_b = list_units(state, slot_b, rest);
  move->unit[1] = take_unit(state, rest, n_b);
  move->n_others = n_a + n_b - 2;
  if (move->n_others > 1)
    gsl_ran_shuffle(state->stream, state->unit_list, move->n_others, sizeof *state->unit_list);
}

/* Allocates the others to A and B one after another: at random, or in a replay as they are now (whoever is
 * with a goes to A). Returns ln q; the choices are left in state->unit_side. */
static double allocate_others(const proposal *move, int replay) {
  hmfm_state *state = move->state;
  const hmfm_model *model = state->model;
  const int32_t *allocation = state->partition.allocation, with_a = allocation[move->unit[0]];
  double log_q = 0.0, q = 1.0; /* q: a run of factors whose log is not yet taken */
  state->pace.units += move->n_others;
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

/* Units of A and B after allocate_others. */
static void sizes(const proposal *move, size_t n[2]) {
  n[0] = n[1] = 1;
  for (size_t k = 0; k < move->n_others; k++) n[move->state->unit_side[k]]++;
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
    size_t n[2];
    draw_from_whole(move);
    const double log_q = allocate_others(move, 0);
    sizes(move, n);
    const double ratio =
        hmfm_split_ratio(&move->ratio, move->part[0], move->part[1], move->whole, opening) +
        hmfm_split_choice(partition->n_clusters, n[0], n[1]) - log_q;
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
      state->pace.accepted++;
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
  const double choice = hmfm_split_choice(partition->n_clusters - 1, (size_t)partition->total[a],
                                          (size_t)partition->total[b]);
  const double ratio = -hmfm_split_ratio(&move->ratio, a, b, move->whole, opening) - choice;
  int accept = 0;
  if (level < ratio) { /* else ln q <= 0 could only lower it */
    draw_from_parts(move, a, b);
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
  state->pace.accepted++;
}

/* The slot of cluster number k. */
static size_t slot_of(const hmfm_partition *partition, size_t k) {
  size_t m = 0;
  for (;; m++) {
    if (partition->total[m] > 0 && k-- == 0) return m;
  }
}

static hmfm_status propose_one(proposal *move, hmfm_error *error) {
  hmfm_state *state = move->state;
  const hmfm_partition *partition = &state->partition;
  const size_t K = partition->n_clusters;
  size_t spare;
  hmfm_status status = open_parts(state, move->part, &spare, error);
  if (status) return status;
  state->pace.proposals++;
  if (gsl_rng_uniform(state->stream) < 0.5) {
    move->whole = slot_of(partition, gsl_rng_uniform_int(state->stream, K));
    if (partition->total[move->whole] > 1) split(move);
  } else if (K > 1) {
    const size_t a = gsl_rng_uniform_int(state->stream, K);
    const size_t b = gsl_rng_uniform_int(state->stream, K - 1);
    move->whole = spare;
    merge(move, slot_of(partition, a), slot_of(partition, b + (b >= a)));
  }
  return HMFM_OK;
}

static hmfm_status propose(hmfm_state *state, hmfm_split_variant variant, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  hmfm_pace *pace = &state->pace;
  hmfm_split_known known;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_SPLIT_MERGE, STREAM_BLOCK[variant]);
  if (variant != HMFM_SPLIT_SHARES)
    state->model->mixing->concentrations(state->process, state->concentration);
  hmfm_state_clusters(state);
  hmfm_split_forget(&known, partition->n_clusters);
  for (size_t k = 0; k < pace->number; k++) {
    proposal move = {.state = state,
                     .ratio = {.state = state, .variant = variant, .known = &known}};
    hmfm_status status = propose_one(&move, error);
    if (status) return status;
  }
  pace->clusters[1] = partition->n_clusters;
  state->components_drawn = state->unit_log_lik_made = 0;
  return HMFM_OK;
}

static hmfm_status apply_shared(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  if (state->pace.number > 0) status = propose(state, HMFM_SPLIT_SHARES, error);
  state->n_components = state->partition.n_clusters;
  return status;
}

/* M's old value is not looked at; M | partition ends the move. */
static hmfm_status apply_marginal(hmfm_state *state, hmfm_error *error) {
  if (state->pace.number == 0) return HMFM_OK;
  hmfm_status status = propose(state, HMFM_SPLIT_SUM_M, error);
  if (status) return status;
  const hmfm_counts counts = hmfm_partition_counts(&state->partition);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_SPLIT_MERGE, 2);
  state->n_components =
      state->model->mixing->draw_components(state->process, state->stream, &counts);
  return hmfm_state_reserve(state, state->n_components, error);
}

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
