/* Contingency tables of one partition with every draw, summed without being kept. Units are taken
 * cluster by cluster of the partition, so that only one row of each table is there at a time, and draws
 * in tiles, so that the labels of a unit are read side by side. */
#include "summary/loss.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "summary/labels.h"
#include "summary/unit_order.h"

enum { TILE = 64 }; /* draws */

/* The sums of draws first, ..., first + n_draws - 1. count is max_clusters x TILE, all zero before and
 * after: labels of the units of one cluster, draw by draw. */
static void sum_tile(const hmfm_partitions *partitions, const hmfm_unit_order *order,
                     const double *f, size_t first, size_t n_draws, uint32_t *count,
                     double *joint) {
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
  int n_threads = hmfm_threads(threads), failed = 0;
  hmfm_unit_order order = {0};
  hmfm_status status =
      hmfm_unit_order_create(partitions->n_units, label, n_clusters, &order, error);
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
  hmfm_unit_order_clear(&order);
  return failed ? hmfm_fail_memory(error, "contingency tables") : HMFM_OK;
}
