/* Greedy growth of a subpartition. To take a unit in can only lose draws: those that agree on more units agree
 * on fewer of them. So a count made when fewer units were inside is a bound, and a unit whose bound is not the
 * largest need not be counted: the best unit is found by counting only those that come to the top. */
#include "summary/grow.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "rng/philox.h"
#include "summary/labels.h"

hmfm_status hmfm_growth_create(const hmfm_partitions *partitions, uint64_t seed, hmfm_growth *out,
                               hmfm_error *error) {
  const size_t n = partitions->n_units, n_draws = partitions->n_draws;
  hmfm_growth g = {.partitions = partitions};
  g.stream = hmfm_stream_create(seed, 0);
  g.agree = hmfm_calloc(n_draws, sizeof *g.agree);
  g.slot = hmfm_calloc(n_draws, partitions->max_clusters * sizeof *g.slot);
  g.labels = hmfm_calloc(n_draws, sizeof *g.labels);
  g.count = hmfm_calloc(n + 1, sizeof *g.count);
  g.bound = hmfm_calloc(n, sizeof *g.bound);
  g.looked = hmfm_calloc(n, sizeof *g.looked);
  g.rank = hmfm_calloc(n, sizeof *g.rank);
  g.heap = hmfm_calloc(n, sizeof *g.heap);
  g.label = hmfm_calloc(n, sizeof *g.label);
  g.unit = hmfm_calloc(n, sizeof *g.unit);
  g.left = hmfm_calloc(n, sizeof *g.left);
  if (!(g.stream && g.agree && g.slot && g.labels && g.count && g.bound && g.looked && g.rank &&
        g.heap && g.label && g.unit && g.left)) {
    hmfm_growth_clear(&g);
    return hmfm_fail_memory(error, "the search of a subpartition");
  }
  *out = g;
  return HMFM_OK;
}

int hmfm_growth_threads(const hmfm_partitions *partitions, int threads) {
  const double bytes = (double)partitions->n_draws * partitions->max_clusters * sizeof(uint32_t);
  const double most = floor(2147483648.0 / fmax(bytes, 1));
  return most < threads ? (int)fmax(most, 1) : threads;
}

void hmfm_growth_clear(hmfm_growth *g) {
  hmfm_stream_destroy(g->stream);
  hmfm_free(g->agree);
  hmfm_free(g->slot);
  hmfm_free(g->labels);
  hmfm_free(g->count);
  hmfm_free(g->bound);
  hmfm_free(g->looked);
  hmfm_free(g->rank);
  hmfm_free(g->heap);
  hmfm_free(g->label);
  hmfm_free(g->unit);
  hmfm_free(g->left);
  *g = (hmfm_growth){0};
}

/* ---- the heap ---- */

static int goes_before(const hmfm_growth *g, size_t a, size_t b) {
  if (g->bound[a] != g->bound[b]) return g->bound[a] > g->bound[b];
  return g->rank[a] < g->rank[b];
}

/* Moves the unit at a place down to where it belongs. */
static void sink(hmfm_growth *g, size_t at) {
  const size_t unit = g->heap[at];
  for (size_t child; (child = 2 * at + 1) < g->n_heap; at = child) {
    if (child + 1 < g->n_heap && goes_before(g, g->heap[child + 1], g->heap[child])) child++;
    if (goes_before(g, unit, g->heap[child])) break;
    g->heap[at] = g->heap[child];
  }
  g->heap[at] = unit;
}

static void drop_top(hmfm_growth *g) {
  g->heap[0] = g->heap[--g->n_heap];
  if (g->n_heap) sink(g, 0);
}

/* ---- units ---- */

/* Counts, for a unit outside, the draws in agreement that have it in each cluster, and in none of them; returns
 * the cluster with the most, from 1, or 0 for a new one. */
static uint32_t count_draws(hmfm_growth *g, size_t unit) {
  const hmfm_partitions *p = g->partitions;
  uint32_t best = 0;
  memset(g->count, 0, (g->n_clusters + 1) * sizeof *g->count);
  hmfm_labels_read(p, unit, 0, p->n_draws, g->labels);
  for (size_t a = 0; a < g->n_agree; a++) {
    const size_t t = g->agree[a];
    g->count[g->slot[t * p->max_clusters + g->labels[t]]]++;
  }
  for (uint32_t k = 1; k <= g->n_clusters; k++)
    if (g->count[k] > g->count[best]) best = k;
  return best;
}

/* Takes the unit that was just counted into cluster `chosen`, from 1, or makes it a new one. */
static void take_in(hmfm_growth *g, size_t unit, uint32_t chosen) {
  const hmfm_partitions *p = g->partitions;
  size_t agree = 0;
  if (chosen == 0) g->n_clusters++;
  for (size_t a = 0; a < g->n_agree; a++) {
    const size_t t = g->agree[a];
    uint32_t *slot = &g->slot[t * p->max_clusters + g->labels[t]];
    if (*slot != chosen) continue;
    if (chosen == 0) *slot = g->n_clusters;
    g->agree[agree++] = t;
  }
  g->n_agree = agree;
  g->label[unit] = chosen == 0 ? g->n_clusters - 1 : chosen - 1;
  g->unit[g->n_inside] = unit;
  g->left[g->n_inside++] = agree;
}

static void begin(hmfm_growth *g, size_t run) {
  const size_t n = g->partitions->n_units, n_draws = g->partitions->n_draws;
  hmfm_stream_open(g->stream, run, HMFM_STREAM_SUBPARTITION, 0);
  for (size_t i = 0; i < n; i++) g->heap[i] = i;
  gsl_ran_shuffle(g->stream, g->heap, n, sizeof *g->heap);
  for (size_t i = 0; i < n; i++) {
    g->rank[g->heap[i]] = (uint32_t)i; /* equal bounds: the order is a heap already */
    g->bound[i] = n_draws;
    g->looked[i] = SIZE_MAX;
    g->label[i] = HMFM_NO_CLUSTER;
  }
  for (size_t t = 0; t < n_draws; t++) g->agree[t] = t;
  memset(g->slot, 0, n_draws * g->partitions->max_clusters * sizeof *g->slot);
  g->n_heap = n;
  g->n_agree = n_draws;
  g->n_inside = 0;
  g->n_clusters = 0;
}

void hmfm_growth_run(hmfm_growth *g, size_t run, size_t least) {
  begin(g, run);
  while (g->n_heap > 0 && g->bound[g->heap[0]] >= least) {
    const size_t unit = g->heap[0];
    if (hmfm_stopper_ask(g->stopper)) return;
    const uint32_t chosen = count_draws(g, unit);
    if (g->looked[unit] == g->n_inside) { /* the bound is a count, and no other is larger */
      take_in(g, unit, chosen);
      drop_top(g);
      continue;
    }
    g->bound[unit] = g->count[chosen];
    g->looked[unit] = g->n_inside;
    sink(g, 0);
  }
}
