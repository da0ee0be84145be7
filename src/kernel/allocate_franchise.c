/* Allocations through the Chinese restaurant franchise (Teh, Jordan, Beal, Blei 2006, section 5.1): shares are
 * integrated out, too, and units sit at tables, each of which serves one cluster.
 *
 * Tables are no part of the state between kernels. Given shares and partition, the n_jk units of a group in a
 * cluster sit as in a Chinese restaurant of concentration alpha beta_k: so they are seated first, and the
 * shares dropped. Then every unit in turn: it joins a table of its group that serves cluster k with weight n_jk
 * in all (the table in proportion to who sits there), or a new table with alpha m_.k/(m_.. + gamma0); a new
 * table with a new cluster has alpha gamma0/(m_.. + gamma0); each times the predictive density. Then every
 * table in turn, with all its units: cluster k with weight m_.k, a new one with gamma0. At the end shares
 * given tables. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/vecmath.h"
#include "kernel/kernel.h"
#include "kernel/scan.h"
#include "model/mixing_hdp.h"

/* The tables of group j are numbers group_start[j] .. group_start[j + 1] - 1: there are never more of them than
 * units. Who sits at a table: sitting[t], 0 where it is free; the slot it serves: serves[t]. */
typedef struct franchise {
  int32_t *table_of, *sitting, *serves;
} franchise;

static franchise franchise_of(const hmfm_state *state) {
  return (franchise){state->unit_table, state->unit_list, state->unit_pick};
}

static void sit(hmfm_state *state, size_t unit, size_t table, size_t slot) {
  const franchise f = franchise_of(state);
  hmfm_hdp_process *process = state->process;
  if (f.sitting[table]++ == 0) {
    f.serves[table] = (int32_t)slot;
    process->tables[slot]++;
    state->n_tables++;
  }
  f.table_of[unit] = (int32_t)table;
}

static size_t free_table(const hmfm_state *state, size_t group) {
  size_t table = state->model->dataset->group_start[group];
  while (state->unit_list[table] > 0) table++;
  return table;
}

/* The table of the group that serves the slot at which `place` falls, counting who sits there; there are
 * that many. */
static size_t table_at(const hmfm_state *state, size_t group, size_t slot, double place) {
  const franchise f = franchise_of(state);
  size_t last = 0;
  for (size_t t = state->model->dataset->group_start[group]; place >= 0.0; t++) {
    if (t == state->model->dataset->group_start[group + 1]) break;
    if (f.sitting[t] == 0 || (size_t)f.serves[t] != slot) continue;
    place -= f.sitting[t];
    last = t;
  }
  return last;
}

/* Seats all units by the shares, in unit order: count[m] of the group sit in slot m so far. */
static void seat_all(hmfm_state *state) {
  const hmfm_dataset *data = state->model->dataset;
  hmfm_hdp_process *process = state->process;
  int32_t *count = state->list;
  memset(state->unit_list, 0, data->n_units * sizeof *state->unit_list);
  memset(process->tables, 0, process->capacity * sizeof *process->tables);
  state->n_tables = 0;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_FRANCHISE, 1);
  for (size_t j = 0; j < data->n_groups; j++) {
    memset(count, 0, state->partition.n_slots * sizeof *count);
    for (size_t i = data->group_start[j]; i < data->group_start[j + 1]; i++) {
      const size_t slot = (size_t)state->partition.allocation[i];
      const double place = gsl_rng_uniform(state->stream) * (process->mass[slot] + count[slot]) -
                           process->mass[slot];
      sit(state, i, place < 0.0 ? free_table(state, j) : table_at(state, j, slot, place), slot);
      count[slot]++;
    }
  }
}

/* ---- units ---- */

static double table_weight(const hmfm_state *state) {
  const hmfm_hdp_process *process = state->process;
  return process->alpha / ((double)state->n_tables + process->gamma0);
}

static void weigh(const hmfm_state *state, const hmfm_counts *counts, size_t group, size_t fresh,
                  double *weight) {
  const hmfm_hdp_process *process = state->process;
  const int32_t *in_group = counts->in_group + group * counts->stride;
  const double each = table_weight(state);
  for (size_t m = 0; m < counts->n_slots; m++) {
    weight[m] = in_group[m] + each * process->tables[m]; /* no tables where no units */
  }
  weight[fresh] = each * process->gamma0;
}

static void left(hmfm_state *state, size_t unit, size_t group, size_t slot, int emptied) {
  const franchise f = franchise_of(state);
  hmfm_hdp_process *process = state->process;
  (void)group;
  (void)emptied;
  if (--f.sitting[f.table_of[unit]] > 0) return;
  process->tables[slot]--;
  state->n_tables--;
}

static void entered(hmfm_state *state, size_t unit, size_t group, size_t slot, int opened,
                    size_t drawn) {
  const hmfm_hdp_process *process = state->process;
  const double others = state->partition.in_group[group * state->partition.capacity + slot] - 1.0;
  const double anew = opened ? 1.0 : table_weight(state) * process->tables[slot];
  const double place = hmfm_scan_uniform(state, drawn) * (others + anew);
  sit(state, unit, place < others ? table_at(state, group, slot, place) : free_table(state, group),
      slot);
}

/* ---- tables ---- */

/* Which slots tables serve, after clusters were labelled anew. */
static void read_tables(hmfm_state *state) {
  const franchise f = franchise_of(state);
  hmfm_hdp_process *process = state->process;
  memset(process->tables, 0, process->capacity * sizeof *process->tables);
  for (size_t i = 0; i < state->partition.n_units; i++) {
    f.serves[f.table_of[i]] = state->partition.allocation[i];
  }
  for (size_t t = 0; t < state->partition.n_units; t++) {
    if (f.sitting[t] > 0) process->tables[f.serves[t]]++;
  }
}

/* log marginal likelihood of slot m and the table's units together, less that of slot m alone. */
static double log_predictive(hmfm_state *state, size_t m, size_t table, size_t both) {
  const hmfm_model *model = state->model;
  model->family->cluster_merge(model->family_data, state->work, m, table, both);
  return model->family->log_marginal(model->family_data, state->work, both) -
         model->family->log_marginal(model->family_data, state->work, m);
}

static void move_units(hmfm_state *state, size_t group, size_t table, size_t slot) {
  const size_t *start = state->model->dataset->group_start;
  for (size_t i = start[group]; i < start[group + 1]; i++) {
    if ((size_t)state->unit_table[i] != table) continue;
    hmfm_partition_take(&state->partition, i, group);
    hmfm_partition_put(&state->partition, i, group, slot);
  }
}

/* Statistics of the units at a table, in a slot of their own, taken out of those of the slot it serves. */
static void lift(hmfm_state *state, size_t group, size_t table, size_t alone) {
  const hmfm_model *model = state->model;
  const size_t *start = model->dataset->group_start, slot = (size_t)state->unit_pick[table];
  hmfm_hdp_process *process = state->process;
  model->family->cluster_clear(model->family_data, state->work, alone);
  for (size_t i = start[group]; i < start[group + 1]; i++) {
    if ((size_t)state->unit_table[i] != table) continue;
    model->family->cluster_add(model->family_data, state->work, i, alone);
    model->family->cluster_remove(model->family_data, state->work, i, slot);
  }
  if (--process->tables[slot] == 0) {
    model->family->cluster_clear(model->family_data, state->work, slot);
  }
}

static size_t choose_slot(hmfm_state *state, size_t n_slots, size_t fresh) {
  const hmfm_hdp_process *process = state->process;
  double *log_weight = state->bound, top = -INFINITY, total = 0.0;
  size_t m = 0, last = 0;
  for (m = 0; m < n_slots; m++) {
    const double weight = m == fresh ? process->gamma0 : (double)process->tables[m];
    log_weight[m] = weight > 0.0 ? log_weight[m] + log(weight) : -INFINITY;
    top = fmax(top, log_weight[m]);
  }
  if (!isfinite(top)) return n_slots;
  for (m = 0; m < n_slots; m++) total += state->weight[m] = exp(log_weight[m] - top);
  if (!isfinite(total)) return n_slots;
  double place = gsl_rng_uniform(state->stream) * total;
  for (m = 0; m < n_slots; m++) {
    if (state->weight[m] == 0.0) continue;
    last = m;
    if ((place -= state->weight[m]) < 0.0) break;
  }
  return last;
}

/* Two slots past the last serve for the table alone and for trying it in a cluster. */
static hmfm_status serve_anew(hmfm_state *state, size_t group, size_t table, hmfm_error *error) {
  hmfm_partition *partition = &state->partition;
  const hmfm_model *model = state->model;
  hmfm_hdp_process *process = state->process;
  size_t fresh = 0;
  lift(state, group, table, partition->n_slots + 1);
  while (fresh < partition->n_slots && process->tables[fresh] > 0) fresh++;
  if (fresh == partition->n_slots) {
    model->family->cluster_clear(model->family_data, state->work, fresh);
    process->tables[fresh] = 0;
  }
  const size_t n_slots = fresh < partition->n_slots ? partition->n_slots : fresh + 1;
  const size_t alone = partition->n_slots + 1, both = partition->n_slots + 2;
  for (size_t m = 0; m < n_slots; m++) {
    const int possible = process->tables[m] > 0 || m == fresh;
    state->bound[m] = possible ? log_predictive(state, m, alone, both) : 0.0;
  }
  const size_t slot = choose_slot(state, n_slots, fresh);
  if (slot == n_slots) {
    return hmfm_fail(error, HMFM_ENUMERIC,
                     "sweep %llu: no cluster has a weight that is a number for a table of group "
                     "'%s'; are the prior scales right?",
                     (unsigned long long)state->sweep, model->dataset->group_name[group]);
  }
  model->family->cluster_merge(model->family_data, state->work, slot, alone, both);
  model->family->cluster_copy(state->work, both, slot);
  if (slot == partition->n_slots) partition->n_slots++;
  process->tables[slot]++;
  state->unit_pick[table] = (int32_t)slot;
  move_units(state, group, table, slot);
  return HMFM_OK;
}

static hmfm_status serve_all(hmfm_state *state, hmfm_error *error) {
  const size_t *start = state->model->dataset->group_start;
  hmfm_status status = HMFM_OK;
  read_tables(state);
  hmfm_state_clusters(state);
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_FRANCHISE, 2);
  for (size_t j = 0; !status && j < state->partition.n_groups; j++) {
    for (size_t t = start[j]; !status && t < start[j + 1]; t++) {
      if (state->unit_list[t] == 0) continue;
      status = hmfm_state_reserve(state, state->partition.n_slots + 4, error);
      if (!status) status = serve_anew(state, j, t, error);
    }
  }
  return status;
}

static hmfm_status allocate(hmfm_state *state, hmfm_error *error) {
  const hmfm_scan scan = {HMFM_STREAM_FRANCHISE, 0, 1, weigh, left, entered, 1};
  hmfm_hdp_process *process = state->process;
  seat_all(state);
  hmfm_status status = hmfm_scan_run(state, &scan, error);
  if (!status) status = serve_all(state, error);
  if (status) return status;
  hmfm_stream_open(state->stream, state->sweep, HMFM_STREAM_FRANCHISE, 3);
  hmfm_hdp_draw_shares(process, state->stream, state->partition.n_slots);
  hmfm_state_relabel(state);
  state->n_components = state->partition.n_clusters;
  return HMFM_OK;
}

const hmfm_kernel hmfm_kernel_allocate_franchise = {
    .name = "allocate_franchise",
    .law = "allocations, then shares | alpha, gamma0, beta",
    .apply = allocate,
};
