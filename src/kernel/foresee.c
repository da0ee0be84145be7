/* A team that looks ahead of a scan.
 *
 * A unit that goes back to the cluster it left, where others are, leaves everything as it was, to the last bit. So as long as no unit moves, each of those to come can be
 * judged from the state as it is, by any thread and in any order, with the arithmetic of the scan and its own
 * uniform. What was judged after one that moves is thrown away. Where most units stay, that is nearly all of
 * the scan; where many move, looking ahead does not pay, and the scan waits until a row of units has stayed. */
#include <string.h>

#include "kernel/scan.h"

enum {
  LEAST = HMFM_FORESIGHT,
  MOST = 256 * HMFM_TILE /* units looked at in one go */
};

typedef struct look {
  hmfm_state *state;
  const hmfm_scan *scan;
  size_t drawn, n, fresh;
  unsigned char *stays; /* n, in whole tiles */
} look;

/* Counts at a desk, of one group and of all. */
static hmfm_counts counts_at(const hmfm_desk *desk, const hmfm_partition *partition) {
  hmfm_counts counts = hmfm_partition_counts(partition);
  counts.in_group = desk->count;
  counts.total = desk->count + partition->n_slots;
  counts.stride = 0; /* one row, whatever the group */
  return counts;
}

static void take_counts(const hmfm_desk *desk, const hmfm_partition *partition, size_t group) {
  const size_t n = partition->n_slots;
  memcpy(desk->count, partition->in_group + group * partition->capacity, n * sizeof *desk->count);
  memcpy(desk->count + n, partition->total, n * sizeof *desk->count);
}

/* Whether a unit stays; the desk has the counts of its group. */
static int stays(const look *l, size_t unit, double uniform, int member) {
  const hmfm_state *state = l->state;
  const hmfm_model *model = state->model;
  const hmfm_partition *partition = &state->partition;
  const hmfm_desk *desk = &state->desk[member];
  const size_t n = partition->n_slots, group = model->dataset->unit_group[unit];
  const size_t old = (size_t)partition->allocation[unit];
  const hmfm_counts counts = counts_at(desk, partition);
  if (partition->total[old] == 1) return 0; /* its cluster would be gone */
  model->family->predict(model->family_data, state->work, unit, old, 0, n, desk->bound);
  desk->count[old]--; /* counts exclude the unit here */
  desk->count[n + old]--;
  const size_t slot = hmfm_scan_choose(state, l->scan, &counts, group, l->fresh, uniform,
                                       desk->weight, desk->bound);
  desk->count[old]++;
  desk->count[n + old]++;
  return slot == old;
}

/* A tile of units; after the first that moves, nothing is known. */
static void look_at(void *context, size_t piece, int member) {
  const look *l = context;
  const hmfm_state *state = l->state;
  const uint32_t *unit_group = state->model->dataset->unit_group;
  const size_t first = piece * HMFM_TILE, left = l->n - first;
  const size_t n = left < HMFM_TILE ? left : HMFM_TILE;
  size_t group = SIZE_MAX;
  double uniform[HMFM_TILE];
  hmfm_stream_uniforms(state->stream, l->drawn + first, n, uniform);
  memset(l->stays + first, 0, n);
  for (size_t k = 0; k < n; k++) {
    const size_t unit = l->scan->first + (l->drawn + first + k) * l->scan->stride;
    if (unit_group[unit] != group) {
      group = unit_group[unit];
      take_counts(&state->desk[member], &state->partition, group);
    }
    if (!stays(l, unit, uniform[k], member)) return;
    l->stays[first + k] = 1;
  }
}

/* Looks at the units from number `drawn` on; returns how many stay before the first that may not. */
static size_t look_ahead(hmfm_state *state, const hmfm_scan *scan, size_t drawn, size_t n,
                         size_t fresh) {
  look l = {state, scan, drawn, n, fresh, state->unit_side};
  const size_t n_tiles = (n + HMFM_TILE - 1) / HMFM_TILE;
  hmfm_team_share(&state->team, 0, n_tiles, look_at, &l);
  hmfm_team_gather(&state->team, 0, n_tiles, NULL, HMFM_TILE, l.stays);
  size_t sure = 0;
  while (sure < n && l.stays[sure]) sure++;
  return sure;
}

size_t hmfm_foresee(hmfm_state *state, const hmfm_scan *scan, size_t drawn, size_t fresh) {
  hmfm_foresight *foresight = &state->foresight;
  size_t sure = 0;
  if ((state->team.members == 1 && !state->team.shard) || scan->tables) return 0;
  if (foresight->ahead == 0 && foresight->stayed < LEAST) return 0;
  if (foresight->ahead == 0) foresight->ahead = LEAST;
  for (;;) {
    const size_t at = scan->first + (drawn + sure) * scan->stride, end = state->partition.n_units;
    const size_t left = at < end ? (end - at + scan->stride - 1) / scan->stride : 0;
    const size_t n = left < foresight->ahead ? left : foresight->ahead;
    if (n < LEAST) return sure;
    const size_t stay = look_ahead(state, scan, drawn + sure, n, fresh);
    sure += stay;
    if (stay <
        n) { /* half as far as it was right, or not at all before LEAST units in a row have stayed */
      foresight->ahead = stay < LEAST ? 0 : stay < 4 * LEAST ? LEAST : stay / 2;
      foresight->stayed = 0;
      return sure;
    }
    if (foresight->ahead < MOST) foresight->ahead *= 2;
  }
}
