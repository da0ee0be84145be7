/* Making, growing and relabelling the state of a chain. */
#include "state/state.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "rng/philox.h"

enum { FIRST_CAPACITY = 64, WAVE_TILES = 32 };

/* Everything whose size does not depend on the number of components. */
static hmfm_status allocate_space(hmfm_state *state, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const size_t n = model->dataset->n_units, d = model->dataset->n_groups;
  const size_t r = model->regression.n_covariates;
  state->beta = hmfm_calloc(model->regression.n_blocks, r * sizeof *state->beta);
  state->n_beta = model->regression.n_blocks * r;
  state->kept_beta = hmfm_calloc(state->n_beta, sizeof *state->kept_beta);
  state->kept_allocation = hmfm_calloc(n, sizeof *state->kept_allocation);
  state->square = hmfm_calloc(r, 2 * r * sizeof *state->square);
  state->vector = hmfm_calloc(r, 3 * sizeof *state->vector);
  state->values = hmfm_calloc(model->mixing->n_variables, (1 + d) * sizeof *state->values);
  state->concentration = hmfm_calloc(d, sizeof *state->concentration);
  state->unit_log_lik = hmfm_calloc(n, sizeof *state->unit_log_lik);
  state->unit_list = hmfm_calloc(n + 1, sizeof *state->unit_list);
  state->unit_pick = hmfm_calloc(n, sizeof *state->unit_pick);
  state->unit_table = hmfm_calloc(n, sizeof *state->unit_table);
  state->unit_side = hmfm_calloc(n + HMFM_TILE, sizeof *state->unit_side);
  state->moments = hmfm_calloc(model->regression.sums.n,
                               hmfm_block_stride(r * (r + 1)) * sizeof *state->moments);
  state->piece_sum = hmfm_calloc(model->pieces.n, sizeof *state->piece_sum);
  state->unit_top = hmfm_calloc(r > 0 ? n : 0, sizeof *state->unit_top);
  if (state->moments && state->piece_sum && state->unit_top && state->beta && state->square &&
      state->vector && state->values && state->concentration && state->unit_log_lik &&
      state->unit_list && state->unit_pick && state->unit_table && state->unit_side &&
      state->kept_beta && state->kept_allocation) {
    return HMFM_OK;
  }
  return hmfm_fail_memory(error, "a chain");
}

hmfm_status hmfm_state_create(const hmfm_model *model, uint64_t seed, uint32_t chain,
                              hmfm_state **out, hmfm_error *error) {
  hmfm_state *state = hmfm_calloc(1, sizeof *state);
  if (!state) return hmfm_fail_memory(error, "a chain");
  state->model = model;
  state->foresight.ahead = HMFM_FORESIGHT;
  state->pace = (hmfm_pace){.number = HMFM_PACE_FIRST};
  hmfm_status status = hmfm_partition_init(&state->partition, model, error);
  if (!status) status = hmfm_state_team(state, 1, error);
  if (!status) status = model->mixing->process_create(model->mixing_prior, &state->process, error);
  if (!status) status = model->family->work_create(model->family_data, &state->work, error);
  if (!status) status = hmfm_state_reserve(state, FIRST_CAPACITY, error);
  if (!status) status = allocate_space(state, error);
  state->stream = hmfm_stream_create(seed, chain);
  if (!status && !state->stream) status = hmfm_fail_memory(error, "a chain");
  if (status)
    hmfm_state_destroy(state);
  else
    *out = state;
  return status;
}

void hmfm_state_destroy(hmfm_state *state) {
  if (!state) return;
  hmfm_partition_clear(&state->partition);
  if (state->process) state->model->mixing->process_destroy(state->process);
  if (state->work) state->model->family->work_destroy(state->work);
  void *owned[] = {state->beta,      state->log_weight,     state->atom,      state->unit_log_lik,
                   state->bound,     state->weight,         state->list,      state->square,
                   state->vector,    state->values,         state->moments,   state->piece_sum,
                   state->wave,      state->unit_top,       state->desk,      state->concentration,
                   state->unit_list, state->unit_side,      state->unit_pick, state->unit_table,
                   state->kept_beta, state->kept_allocation};
  for (int k = 0; k < state->team.members; k++) hmfm_desk_clear(&state->desk[k]);
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) hmfm_free(owned[k]);
  hmfm_stream_destroy(state->stream);
  hmfm_free(state);
}

static hmfm_status make_wave(hmfm_state *state, size_t tiles, size_t capacity, hmfm_error *error) {
  const size_t n = state->model->regression.n_covariates > 0 ? tiles : 0;
  double *wave = hmfm_calloc(capacity, n * HMFM_TILE * sizeof *wave);
  if (!wave) return hmfm_fail_memory(error, "components");
  hmfm_free(state->wave);
  state->wave = wave;
  state->wave_tiles = tiles;
  return HMFM_OK;
}

hmfm_status hmfm_state_team(hmfm_state *state, int members, hmfm_error *error) {
  hmfm_desk *desk = hmfm_realloc(state->desk, (size_t)members, sizeof *desk);
  if (!desk) return hmfm_fail_memory(error, "a chain's threads");
  state->desk = desk;
  for (int k = members; k < state->team.members; k++) hmfm_desk_clear(&desk[k]);
  if (members < state->team.members) state->team.members = members;
  while (state->team.members < members) {
    hmfm_desk *next = &desk[state->team.members];
    *next = (hmfm_desk){0};
    hmfm_status status = hmfm_desk_reserve(next, state->capacity, error);
    if (status) return status;
    state->team.members++;
  }
  return make_wave(state, members > 1 ? WAVE_TILES : 1, state->capacity, error);
}

/* A rows x columns array with more columns, rows kept. */
static double *widen(const double *old, size_t rows, size_t columns, size_t more) {
  double *grown = hmfm_calloc(rows, more * sizeof *grown);
  for (size_t k = 0; grown && old && k < rows; k++) {
    memcpy(grown + k * more, old + k * columns, columns * sizeof *grown);
  }
  return grown;
}

hmfm_status hmfm_state_reserve(hmfm_state *state, size_t n_slots, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const size_t old = state->capacity, d = model->dataset->n_groups;
  if (n_slots <= old) return HMFM_OK;
  const size_t more = n_slots > 2 * old ? n_slots : 2 * old;
  hmfm_status status = hmfm_partition_reserve(&state->partition, more, error);
  if (!status) status = model->family->work_reserve(model->family_data, state->work, more, error);
  if (!status) status = model->mixing->process_reserve(state->process, more, error);
  if (!status) status = make_wave(state, state->wave_tiles, more, error);
  for (int k = 0; !status && k < state->team.members; k++) {
    status = hmfm_desk_reserve(&state->desk[k], more, error);
  }
  if (status) return status;
  double *log_weight = widen(state->log_weight, d, old, more);
  double *atom = widen(state->atom, model->family->n_atom, old, more);
  double *bound = hmfm_calloc(more + HMFM_STEP, sizeof *bound);
  double *weight = hmfm_calloc(more + HMFM_STEP, sizeof *weight);
  int32_t *list = hmfm_calloc(more, sizeof *list);
  void *made[] = {log_weight, atom, bound, weight, list};
  void *left[] = {state->log_weight, state->atom, state->bound, state->weight, state->list};
  int whole = log_weight && atom && bound && weight && list;
  for (size_t k = 0; k < sizeof made / sizeof *made; k++) hmfm_free(whole ? left[k] : made[k]);
  if (!whole) return hmfm_fail_memory(error, "components");
  state->log_weight = log_weight;
  state->atom = atom;
  state->bound = bound;
  state->weight = weight;
  state->list = list;
  state->capacity = more;
  return HMFM_OK;
}

hmfm_status hmfm_state_set_partition(hmfm_state *state, const int32_t *allocation, size_t n_slots,
                                     size_t n_components, hmfm_error *error) {
  hmfm_status status =
      hmfm_state_reserve(state, n_slots > n_components ? n_slots : n_components, error);
  if (status) return status;
  memmove(state->partition.allocation, allocation, state->partition.n_units * sizeof *allocation);
  hmfm_partition_count(&state->partition, n_slots);
  hmfm_partition_relabel(&state->partition);
  hmfm_partition_count(&state->partition, state->partition.n_clusters);
  state->n_components = n_components;
  state->components_drawn = state->unit_log_lik_made = state->clusters_made = 0;
  return HMFM_OK;
}

const double *hmfm_state_beta(const hmfm_state *state, size_t group) {
  const hmfm_regression *regression = &state->model->regression;
  if (regression->n_covariates == 0) return NULL;
  return state->beta + hmfm_regression_block(regression, group) * regression->n_covariates;
}

static void make_residuals(void *context, size_t piece, int member) {
  const hmfm_state *state = context;
  const hmfm_model *model = state->model;
  const hmfm_pieces *pieces = &model->regression.pieces;
  (void)member;
  model->family->residuals(model->family_data, state->work, HMFM_CURRENT,
                           hmfm_piece_span(pieces, piece),
                           hmfm_state_beta(state, pieces->range[piece]));
}

void hmfm_state_residuals(hmfm_state *state) {
  hmfm_team_run(&state->team, 0, state->model->regression.pieces.n, make_residuals, state);
}

void hmfm_state_clusters(hmfm_state *state) {
  const hmfm_model *model = state->model;
  if (state->clusters_made) return;
  model->family->clusters_compute(model->family_data, state->work, &state->team,
                                  state->partition.allocation, state->partition.n_slots);
  state->clusters_made = 1;
}

/* row[moved_to[m]] = row[m], through work space. */
static void permute(double *row, size_t n, const int32_t *moved_to, double *space) {
  memcpy(space, row, n * sizeof *row);
  for (size_t m = 0; m < n; m++) row[moved_to[m]] = space[m];
}

void hmfm_state_relabel(hmfm_state *state) {
  hmfm_partition *partition = &state->partition;
  const size_t n = partition->n_slots;
  const int moved = hmfm_partition_relabel(partition);
  const hmfm_mixing *mixing = state->model->mixing;
  if (moved && (mixing->flags & HMFM_MIXING_INFINITE)) {
    mixing->relabel(state->process, partition->label, n);
  }
  if (moved && state->components_drawn) {
    for (size_t j = 0; j < partition->n_groups; j++) {
      permute(state->log_weight + j * state->capacity, n, partition->label, state->weight);
    }
    for (size_t p = 0; p < state->model->family->n_atom; p++) {
      permute(state->atom + p * state->capacity, n, partition->label, state->weight);
    }
  }
  state->clusters_made = 0;
  partition->n_slots = partition->n_clusters; /* the slots past them hold no units */
}
