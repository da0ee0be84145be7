/* Contingency tables of one partition with every draw, summed without being kept. Units are taken
 * cluster by cluster of the partition, so that only one row of each table is there at a time, and draws
 * in tiles, so that the labels of a unit are read side by side. */
#include "summary/loss.h"

#include "base/alloc.h"
#include "base/error.h"
#include "summary/labels.h"

enum { TILE = 64 }; /* draws */

/* Units in order of their clusters: those of cluster k are unit[start[k]], ..., unit[start[k + 1] - 1]. */
typedef struct unit_order {
  size_t n_clusters;
  size_t *start, *unit;
} unit_order;

static hmfm_status order_create(size_t n, const uint32_t *label, size_t n_clusters, unit_order *out,
                                hmfm_error *error) {
  size_t *start = hmfm_calloc(n_clusters + 2, sizeof *start);
  size_t *unit = hmfm_calloc(n, sizeof *unit);
  if (!start || !unit) {
    hmfm_free(start);
    hmfm_free(unit);
    return hmfm_fail_memory(error, "contingency tables");
  }
  for (size_t i = 0; i < n; i++) start[label[i] + 2]++;
  for (size_t k = 2; k <= n_clusters; k++) start[k] += start[k - 1];
  for (size_t i = 0; i < n; i++)
    unit[start[label[i] + 1]++] = i; /* start[k + 1] moves to its end */
  *out = (unit_order){n_clusters, start, unit};
  return HMFM_OK;
}

/* The sums of draws first, ..., first + n_draws - 1. count is max_clusters x TILE, all zero before and
 * after: labels of the units of one cluster, draw by draw. */
static void sum_tile(const hmfm_partitions *partitions, const unit_order *order, const double *f,
                     size_t first, size_t n_draws, uint32_t *count, double *joint) {
  uint32_t label[TILE];
  double sum[TILE] = {0};
  for (size_t k = 0; k < order->n_clusters; k++) {
    for (size_t u = order->start[k]; u < order->start[k + 1]; u++) {
      hmfm_labels_read(partitions, order->unit[u], first, n_draws, label);
      for (size_t t = 0; t < n_draws; t++) count[(size_t)label[t] * TILE + t]++;
    }
    for (size_t u = order->start[k]; u < order->start[k + 1]; u++) {
      hmfm_labels_read(partitions, order->unit[u], first, n_draws, label);
      for (size_t t = 0; t < n_draws; t++) { /* a cell counts when its first unit comes by */
        uint32_t *cell = &count[(size_t)label[t] * TILE + t];
        sum[t] += f[*cell];
        *cell = 0;
      }
    }
  }
  for (size_t t = 0; t < n_draws; t++) joint[first + t] = sum[t];
}

hmfm_status hmfm_joint_sums(const hmfm_partitions *partitions, const double *f,
                            const uint32_t *label, size_t n_clusters, int threads, double *joint,
                            hmfm_error *error) {
  const size_t n_draws = partitions->n_draws;
  const long n_tiles = (long)((n_draws + TILE - 1) / TILE);
  int n_threads = hmfm_summary_threads(threads), failed = 0;
  unit_order order = {0};
  hmfm_status status = order_create(partitions->n_units, label, n_clusters, &order, error);
  if (status) return status;
  if (n_threads > n_tiles) n_threads = (int)n_tiles;
#ifdef _OPENMP
#pragma omp parallel num_threads(n_threads) reduction(| : failed)
#endif
  {
    uint32_t *count = hmfm_calloc(partitions->max_clusters, TILE * sizeof *count);
    failed |= !count;
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 1)
#endif
    for (long tile = 0; tile < n_tiles; tile++) {
      const size_t first = (size_t)tile * TILE;
      if (count)
        sum_tile(partitions, &order, f, first, n_draws - first < TILE ? n_draws - first : TILE,
                 count, joint);
    }
    hmfm_free(count);
  }
  hmfm_free(order.start);
  hmfm_free(order.unit);
  return failed ? hmfm_fail_memory(error, "contingency tables") : HMFM_OK;
}
