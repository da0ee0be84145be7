/* Tiles of log weights of units in components.
 *
 * With a concentration of 1e-4 most components weigh less than e^-1000 in most groups, and their terms
 * are exactly 0 in double precision. So a tile first scores the components that weigh something, then
 * only those others whose upper bound, over the group's units, comes within e^-60 of every unit's best
 * score: a part of less than 2^-86 can neither change a sum nor be met by a uniform of 53 bits. */
#include "kernel/mixture.h"

#include <math.h>
#include <string.h>

#include "base/vecmath.h"
#include "rng/philox.h"

static const double HEAVY = -40.0;  /* log weight from which a component is scored at once */
static const double NOTHING = 60.0; /* a score this far below the best is skipped */

void hmfm_mixture_prepare(hmfm_state *state) {
  state->model->family->score_prepare(state->work, state->n_components, state->atom,
                                      state->capacity);
}

typedef struct mixture {
  hmfm_state *state;
  const double *log_weight; /* of the group */
  size_t n_heavy;
} mixture;

/* state->list: heavy components, in order, then the others. state->bound: upper bounds of the
 * weighted scores. */
static mixture mixture_open(hmfm_state *state, size_t group) {
  const hmfm_model *model = state->model;
  mixture mix = {.state = state, .log_weight = state->log_weight + group * state->capacity};
  model->family->score_bounds(model->family_data, state->work, group, state->n_components,
                              state->bound);
  size_t light = state->n_components;
  for (size_t m = 0; m < state->n_components; m++) {
    state->bound[m] += mix.log_weight[m];
    if (mix.log_weight[m] >= HEAVY)
      state->list[mix.n_heavy++] = (int32_t)m;
    else
      state->list[--light] = (int32_t)m;
  }
  return mix;
}

static size_t lanes(size_t n_units) { return (n_units + 7) / 8 * 8; }

/* Scores the units of a tile; returns how many rows it has, and leaves their components in
 * state->row_component. */
static size_t score_tile(const mixture *mix, hmfm_residuals which, hmfm_span units,
                         double *lane_max) {
  hmfm_state *state = mix->state;
  const hmfm_model *model = state->model;
  const size_t n_heavy = mix->n_heavy, n_lanes = lanes(units.count);
  int32_t *row = state->row_component;
  size_t n_rows = n_heavy;
  double lowest = INFINITY;
  for (size_t k = 0; k < n_heavy; k++) row[k] = state->list[k];
  for (size_t l = 0; l < n_lanes; l++) lane_max[l] = -INFINITY;
  model->family->score_load(model->family_data, state->work, which, units);
  model->family->score(state->work, n_lanes, n_heavy, row, mix->log_weight, state->tile);
  hmfm_tile_max(0, n_heavy, n_lanes, state->tile, lane_max);
  if (n_heavy == state->n_components) return n_rows;
  for (size_t l = 0; l < units.count; l++) lowest = lane_max[l] < lowest ? lane_max[l] : lowest;
  for (size_t k = n_heavy; k < state->n_components; k++) {
    if (state->bound[state->list[k]] >= lowest - NOTHING) row[n_rows++] = state->list[k];
  }
  if (n_rows > n_heavy) {
    model->family->score(state->work, n_lanes, n_rows - n_heavy, row + n_heavy, mix->log_weight,
                         state->tile + n_heavy * HMFM_TILE);
    hmfm_tile_max(n_heavy, n_rows, n_lanes, state->tile, lane_max);
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

hmfm_span hmfm_mixture_units(const hmfm_state *state, size_t group) {
  const size_t *start = state->model->dataset->group_start;
  return (hmfm_span){.first = start[group], .count = start[group + 1] - start[group]};
}

double hmfm_mixture_log_likelihood(hmfm_state *state, size_t group, hmfm_span units,
                                   hmfm_residuals which, double *unit_log_lik) {
  const mixture mix = mixture_open(state, group);
  double lane_max[HMFM_TILE], log_sum[HMFM_TILE], sum = 0.0;
  for (size_t at = 0; at < units.count; at += HMFM_TILE) {
    const hmfm_span tile = cut_tile(units, at);
    size_t n_rows = score_tile(&mix, which, tile, lane_max);
    hmfm_tile_log_sum(n_rows, lanes(tile.count), state->tile, lane_max, log_sum);
    double part = 0.0;
    for (size_t l = 0; l < tile.count; l++) part += log_sum[l];
    for (size_t l = 0; unit_log_lik && l < tile.count; l++) {
      unit_log_lik[hmfm_span_unit(tile, l)] = log_sum[l];
    }
    sum += part;
  }
  return sum;
}

void hmfm_mixture_densities(hmfm_state *state, hmfm_residuals which, hmfm_span units,
                            double *lane_max) {
  const hmfm_model *model = state->model;
  const size_t M = state->n_components, n_lanes = lanes(units.count);
  for (size_t m = 0; m < M; m++) state->list[m] = (int32_t)m;
  for (size_t l = 0; l < n_lanes; l++) lane_max[l] = -INFINITY;
  model->family->score_load(model->family_data, state->work, which, units);
  model->family->score(state->work, n_lanes, M, state->list, NULL, state->tile);
  hmfm_tile_max(0, M, n_lanes, state->tile, lane_max);
  hmfm_tile_exp(M, n_lanes, state->tile, lane_max);
}

static size_t first_broken(const double *x, size_t n) {
  size_t k = 0;
  while (k + 1 < n && isfinite(x[k])) k++;
  return k;
}

size_t hmfm_mixture_allocate(hmfm_state *state, size_t group) {
  const hmfm_span units = hmfm_mixture_units(state, group);
  const mixture mix = mixture_open(state, group);
  double lane_max[HMFM_TILE], log_sum[HMFM_TILE], uniform[HMFM_TILE] = {0};
  int32_t row[HMFM_TILE];
  for (size_t at = 0; at < units.count; at += HMFM_TILE) {
    const hmfm_span tile = cut_tile(units, at);
    size_t n_rows = score_tile(&mix, HMFM_CURRENT, tile, lane_max);
    hmfm_stream_uniforms(state->stream, tile.first, tile.count, uniform);
    hmfm_tile_pick(n_rows, lanes(tile.count), state->tile, lane_max, uniform, row, log_sum);
    int32_t *allocation = state->partition.allocation + tile.first;
    double check = 0.0;
    for (size_t l = 0; l < tile.count; l++) check += log_sum[l];
    if (!isfinite(check)) return tile.first + first_broken(log_sum, tile.count) + 1;
    for (size_t l = 0; l < tile.count; l++) allocation[l] = state->row_component[row[l]];
    memcpy(state->unit_log_lik + tile.first, log_sum, tile.count * sizeof *log_sum);
  }
  return 0;
}
