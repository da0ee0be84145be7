/* Tiles of log weights of units in components.
 *
 * With a concentration of 1e-4 most components weigh less than e^-1000 in most groups, and their terms
 * are exactly 0 in double precision. So a tile first scores the components that weigh something, then
 * only those others whose upper bound, over the group's units, comes within e^-60 of every unit's best
 * score: a part of less than 2^-86 can neither change a sum nor be met by a uniform of 53 bits. */
#include "kernel/mixture.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/vecmath.h"
#include "rng/philox.h"

static const double HEAVY = -40.0;  /* log weight from which a component is scored at once */
static const double NOTHING = 60.0; /* a score this far below the best is skipped */

void hmfm_mixture_prepare(hmfm_state *state) {
  state->model->family->score_prepare(state->work, state->n_components, state->atom,
                                      state->capacity);
}

/* The mixture of a group, at a desk. */
typedef struct mixture {
  const hmfm_state *state;
  hmfm_desk *desk;
  const double *log_weight; /* of the group */
  size_t n_heavy;
} mixture;

/* desk->list: heavy components, in order, then the others. desk->bound: upper bounds of the
 * weighted scores. */
static mixture mixture_open(const hmfm_state *state, size_t group, int member) {
  const hmfm_model *model = state->model;
  hmfm_desk *desk = &state->desk[member];
  mixture mix = {state, desk, state->log_weight + group * state->capacity, 0};
  model->family->score_bounds(model->family_data, state->work, group, state->n_components,
                              desk->bound);
  size_t light = state->n_components;
  for (size_t m = 0; m < state->n_components; m++) {
    desk->bound[m] += mix.log_weight[m];
    if (mix.log_weight[m] >= HEAVY)
      desk->list[mix.n_heavy++] = (int32_t)m;
    else
      desk->list[--light] = (int32_t)m;
  }
  return mix;
}

static size_t lanes(size_t n_units) { return (n_units + 7) / 8 * 8; }

/* Scores the units of a tile; returns how many rows it has, and leaves their components in
 * desk->row_component. */
static size_t score_tile(const mixture *mix, hmfm_residuals which, hmfm_span units,
                         double *lane_max) {
  const hmfm_state *state = mix->state;
  const hmfm_model *model = state->model;
  hmfm_desk *desk = mix->desk;
  const size_t n_heavy = mix->n_heavy, n_lanes = lanes(units.count);
  int32_t *row = desk->row_component;
  size_t n_rows = n_heavy;
  double lowest = INFINITY;
  for (size_t k = 0; k < n_heavy; k++) row[k] = desk->list[k];
  for (size_t l = 0; l < n_lanes; l++) lane_max[l] = -INFINITY;
  model->family->score_load(model->family_data, state->work, which, units, desk->lane);
  model->family->score(state->work, desk->lane, n_lanes, n_heavy, row, mix->log_weight, desk->tile);
  hmfm_tile_max(0, n_heavy, n_lanes, desk->tile, lane_max);
  if (n_heavy == state->n_components) return n_rows;
  for (size_t l = 0; l < units.count; l++) lowest = lane_max[l] < lowest ? lane_max[l] : lowest;
  for (size_t k = n_heavy; k < state->n_components; k++) {
    if (desk->bound[desk->list[k]] >= lowest - NOTHING) row[n_rows++] = desk->list[k];
  }
  if (n_rows > n_heavy) {
    model->family->score(state->work, desk->lane, n_lanes, n_rows - n_heavy, row + n_heavy,
                         mix->log_weight, desk->tile + n_heavy * HMFM_TILE);
    hmfm_tile_max(n_heavy, n_rows, n_lanes, desk->tile, lane_max);
  }
  return n_rows;
}

/* Units first .. of a span, as many as a tile takes. */
static hmfm_span cut_tile(hmfm_span units, size_t first) {
  const size_t left = units.count - first;
  return (hmfm_span){.unit = units.unit ? units.unit + first : NULL,
                     .first = units.first + first,
                     .count = left < HMFM_TILE ? left : HMFM_TILE};
}

typedef struct likelihood {
  const hmfm_state *state;
  const hmfm_pieces *pieces;
  hmfm_residuals which;
  double *unit_log_lik;
} likelihood;

static void sum_piece(void *context, size_t piece, int member) {
  const likelihood *job = context;
  const hmfm_span units = hmfm_piece_span(job->pieces, piece);
  const mixture mix = mixture_open(job->state, job->pieces->range[piece], member);
  double lane_max[HMFM_TILE], log_sum[HMFM_TILE], sum = 0.0;
  for (size_t at = 0; at < units.count; at += HMFM_TILE) {
    const hmfm_span tile = cut_tile(units, at);
    size_t n_rows = score_tile(&mix, job->which, tile, lane_max);
    hmfm_tile_log_sum(n_rows, lanes(tile.count), mix.desk->tile, lane_max, log_sum);
    double part = 0.0;
    for (size_t l = 0; l < tile.count; l++) part += log_sum[l];
    for (size_t l = 0; job->unit_log_lik && l < tile.count; l++) {
      job->unit_log_lik[hmfm_span_unit(tile, l)] = log_sum[l];
    }
    sum += part;
  }
  job->state->piece_sum[piece] = sum;
}

double hmfm_mixture_sum(const hmfm_state *state, const hmfm_pieces *pieces, size_t first,
                        size_t last) {
  double sum = 0.0;
  for (size_t j = first; j < last; j++) {
    double of_group = 0.0;
    for (size_t k = pieces->range_start[j]; k < pieces->range_start[j + 1]; k++) {
      of_group += state->piece_sum[k];
    }
    sum += of_group;
  }
  return sum;
}

double hmfm_mixture_log_likelihood(hmfm_state *state, const hmfm_pieces *pieces, size_t first,
                                   size_t last, hmfm_residuals which, double *unit_log_lik) {
  likelihood job = {state, pieces, which, unit_log_lik};
  const size_t begin = pieces->range_start[first], end = pieces->range_start[last];
  hmfm_team_share(&state->team, begin, end, sum_piece, &job);
  hmfm_team_gather(&state->team, begin, end, NULL, sizeof(double), state->piece_sum);
  return hmfm_mixture_sum(state, pieces, first, last);
}

void hmfm_mixture_densities(const hmfm_state *state, hmfm_desk *desk, hmfm_residuals which,
                            hmfm_span units, double *lane_max) {
  const hmfm_model *model = state->model;
  const size_t M = state->n_components, n_lanes = lanes(units.count);
  for (size_t m = 0; m < M; m++) desk->list[m] = (int32_t)m;
  for (size_t l = 0; l < n_lanes; l++) lane_max[l] = -INFINITY;
  model->family->score_load(model->family_data, state->work, which, units, desk->lane);
  model->family->score(state->work, desk->lane, n_lanes, M, desk->list, NULL, desk->tile);
  hmfm_tile_max(0, M, n_lanes, desk->tile, lane_max);
  hmfm_tile_exp(M, n_lanes, desk->tile, lane_max);
}

static size_t first_broken(const double *x, size_t n) {
  size_t k = 0;
  while (k + 1 < n && isfinite(x[k])) k++;
  return k;
}

/* Components of the rows drawn. Rows are all components, in order, where none is light. */
static void name_rows(const mixture *mix, size_t n, const int32_t *row, int32_t *allocation) {
  const int32_t *component = mix->desk->row_component;
  if (mix->n_heavy == mix->state->n_components) {
    memcpy(allocation, row, n * sizeof *row);
    return;
  }
  for (size_t l = 0; l < n; l++) allocation[l] = component[row[l]];
}

/* state->piece_sum of the piece: 0, or 1 + its first unit that has no place. */
static void allocate_piece(void *context, size_t piece, int member) {
  hmfm_state *state = context;
  const hmfm_pieces *pieces = &state->model->pieces;
  const hmfm_span units = hmfm_piece_span(pieces, piece);
  const mixture mix = mixture_open(state, pieces->range[piece], member);
  double lane_max[HMFM_TILE], sum[HMFM_TILE], uniform[HMFM_TILE] = {0};
  int32_t row[HMFM_TILE];
  state->piece_sum[piece] = 0.0;
  for (size_t at = 0; at < units.count; at += HMFM_TILE) {
    const hmfm_span tile = cut_tile(units, at);
    size_t n_rows = score_tile(&mix, HMFM_CURRENT, tile, lane_max);
    hmfm_stream_uniforms(state->stream, tile.first, tile.count, uniform);
    hmfm_tile_pick(n_rows, lanes(tile.count), mix.desk->tile, lane_max, uniform, row, sum);
    if (!hmfm_vector_finite(tile.count, sum)) {
      state->piece_sum[piece] = (double)(tile.first + first_broken(sum, tile.count) + 1);
      return;
    }
    name_rows(&mix, tile.count, row, state->partition.allocation + tile.first);
    if (state->log_lik_wanted) {
      hmfm_vector_log(tile.count, sum, sum);
      double *to = state->unit_log_lik + tile.first;
      for (size_t l = 0; l < tile.count; l++) to[l] = lane_max[l] + sum[l];
    }
  }
}

/* Gives all processes the allocations of pieces begin .. end - 1, in a byte each where they fit. */
static void gather_allocations(hmfm_state *state, size_t begin, size_t end) {
  const size_t *at = state->model->pieces.at;
  int32_t *allocation = state->partition.allocation;
  unsigned char *narrow = state->unit_side;
  size_t first = begin, last = end;
  if (!state->team.shard) return;
  if (state->n_components > UINT8_MAX + 1) {
    hmfm_team_gather(&state->team, begin, end, at, sizeof *allocation, allocation);
    return;
  }
  hmfm_team_part(&state->team, &first, &last);
  for (size_t i = at[first]; i < at[last]; i++) narrow[i] = (unsigned char)allocation[i];
  hmfm_team_gather(&state->team, begin, end, at, sizeof *narrow, narrow);
  for (size_t i = at[begin]; i < at[first]; i++) allocation[i] = narrow[i];
  for (size_t i = at[last]; i < at[end]; i++) allocation[i] = narrow[i];
}

hmfm_status hmfm_mixture_allocate(hmfm_state *state, size_t first, size_t last, hmfm_error *error) {
  const hmfm_dataset *data = state->model->dataset;
  const size_t *start = state->model->pieces.range_start;
  const size_t begin = start[first], end = start[last];
  hmfm_team_share(&state->team, begin, end, allocate_piece, state);
  hmfm_team_gather(&state->team, begin, end, NULL, sizeof(double), state->piece_sum);
  for (size_t piece = begin; piece < end; piece++) {
    if (!(state->piece_sum[piece] > 0.0)) continue;
    const size_t unit = (size_t)state->piece_sum[piece] - 1;
    return hmfm_fail(error, HMFM_ENUMERIC,
                     "sweep %llu: no component has a weight that is a number for unit '%s' of "
                     "group '%s'; are the prior scales right?",
                     (unsigned long long)state->sweep, data->unit_name[unit],
                     data->group_name[data->unit_group[unit]]);
  }
  gather_allocations(state, begin, end);
  return HMFM_OK;
}
