/* Walks: only the choices themselves are one after another. Densities are made ahead, a wave of tiles at a time, by the
 * whole team, and logarithms afterwards; along the present allocations counts are known ahead, and sums are
 * the team's as well. What is added up, and in which order, does not depend on it. */
#include "kernel/walk.h"

#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "kernel/mixture.h"

typedef struct walk {
  hmfm_state *state;
  hmfm_span units;
  hmfm_residuals which;
  size_t first; /* tile that the wave begins with */
  double *
      density; /* proposed: M of each unit of the wave; current: M counts at the start of each tile */
  double *top;   /* by place in the list: the logarithm of a factor of the unit's densities */
  double *value; /* by place in the list: Z but for that factor; in the end log Z */
} walk;

/* a_jm is added last: it may be far below what a count could be changed by. */
void hmfm_walk_others(const hmfm_state *state, size_t group, hmfm_span units, double *count) {
  const hmfm_partition *partition = &state->partition;
  const int32_t *in_group = partition->in_group + group * partition->capacity;
  for (size_t m = 0; m < state->n_components; m++) count[m] = in_group[m];
  for (size_t k = 0; k < units.count; k++) count[partition->allocation[units.unit[k]]] -= 1.0;
}

/* sum of count[m] f[m * stride], in four chains that a processor runs side by side. */
static inline double weighted_sum(size_t n, const double *count, const double *f, size_t stride) {
  double sum[4] = {0.0, 0.0, 0.0, 0.0};
  size_t m = 0;
  for (; m + 4 <= n; m += 4) {
    for (size_t k = 0; k < 4; k++) sum[k] += count[m + k] * f[(m + k) * stride];
  }
  for (; m < n; m++) sum[0] += count[m] * f[m * stride];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static hmfm_span tile_of(const walk *w, size_t tile) {
  const size_t at = tile * HMFM_TILE, left = w->units.count - at;
  return (hmfm_span){w->units.unit + at, 0, left < HMFM_TILE ? left : HMFM_TILE};
}

/* A tile of the wave at the proposed residuals: densities, unit by unit. */
static void look_ahead(void *context, size_t t, int member) {
  const walk *w = context;
  const hmfm_state *state = w->state;
  const size_t M = state->n_components, tile = w->first + t;
  const hmfm_span units = tile_of(w, tile);
  hmfm_desk *desk = &state->desk[member];
  double lane_max[HMFM_TILE], *density = w->density + t * HMFM_TILE * M;
  hmfm_mixture_densities(state, desk, w->which, units, lane_max);
  for (size_t l = 0; l < units.count; l++) {
    for (size_t m = 0; m < M; m++) density[l * M + m] = desk->tile[m * HMFM_TILE + l];
  }
  memcpy(w->top + tile * HMFM_TILE, lane_max, units.count * sizeof *lane_max);
}

/* A tile of the wave along the present allocations. */
static void look_back(void *context, size_t t, int member) {
  const walk *w = context;
  const hmfm_state *state = w->state;
  const size_t M = state->n_components, tile = w->first + t;
  const hmfm_span units = tile_of(w, tile);
  hmfm_desk *desk = &state->desk[member];
  double lane_max[HMFM_TILE], *count = desk->weight, *value = w->value + tile * HMFM_TILE;
  hmfm_mixture_densities(state, desk, w->which, units, lane_max);
  memcpy(count, w->density + t * M, M * sizeof *count);
  for (size_t l = 0; l < units.count; l++) {
    value[l] = lane_max[l] + log(weighted_sum(M, count, desk->tile + l, HMFM_TILE));
    count[state->partition.allocation[units.unit[l]]] += 1.0;
  }
}

static void take_logarithms(void *context, size_t tile, int member) {
  const walk *w = context;
  const size_t n = tile_of(w, tile).count;
  const double *top = w->top + tile * HMFM_TILE;
  double *value = w->value + tile * HMFM_TILE;
  (void)member;
  for (size_t l = 0; l < n; l++) value[l] = top[l] + log(value[l]);
}

/* The choices of a wave of n tiles. */
static void choose(const walk *w, size_t n, double *count, int32_t *pick) {
  const hmfm_state *state = w->state;
  const size_t M = state->n_components, begin = w->first * HMFM_TILE;
  const size_t left = w->units.count - begin;
  const size_t n_units = left < n * HMFM_TILE ? left : n * HMFM_TILE;
  for (size_t k = 0; k < n_units; k++) {
    const double *f = w->density + k * M, total = weighted_sum(M, count, f, 1);
    const double target = gsl_rng_uniform(state->stream) * (total * (1.0 - 0x1p-52));
    double running = 0.0;
    size_t chosen = 0;
    while (chosen + 1 < M && (running += count[chosen] * f[chosen]) <= target) chosen++;
    pick[begin + k] = (int32_t)chosen;
    count[chosen] += 1.0;
    w->value[begin + k] = total;
  }
}

/* Counts at the start of each of the n tiles of a wave. */
static void count_ahead(const walk *w, size_t n, double *count) {
  const size_t M = w->state->n_components;
  const int32_t *allocation = w->state->partition.allocation;
  for (size_t t = 0; t < n; t++) {
    const hmfm_span units = tile_of(w, w->first + t);
    memcpy(w->density + t * M, count, M * sizeof *count);
    for (size_t l = 0; l < units.count; l++) count[allocation[units.unit[l]]] += 1.0;
  }
}

double hmfm_walk(hmfm_state *state, size_t group, hmfm_span units, hmfm_residuals which,
                 int32_t *pick) {
  const size_t M = state->n_components, n_tiles = (units.count + HMFM_TILE - 1) / HMFM_TILE;
  walk w = {state, units, which, 0, state->wave, state->unit_top, state->unit_log_lik};
  double *count = state->bound, sum = 0.0;
  hmfm_walk_others(state, group, units, count);
  const double *mass = state->model->mixing->masses(state->process, group, M);
  for (size_t m = 0; m < M; m++) count[m] += mass[m];
  for (; w.first < n_tiles; w.first += state->wave_tiles) {
    const size_t left = n_tiles - w.first, n = left < state->wave_tiles ? left : state->wave_tiles;
    if (which == HMFM_CURRENT) {
      count_ahead(&w, n, count);
      hmfm_team_run(&state->team, 0, n, look_back, &w);
    } else {
      hmfm_team_run(&state->team, 0, n, look_ahead, &w);
      choose(&w, n, count, pick);
    }
  }
  if (which == HMFM_PROPOSED) hmfm_team_run(&state->team, 0, n_tiles, take_logarithms, &w);
  for (size_t k = 0; k < units.count; k++) sum += w.value[k];
  return sum;
}
