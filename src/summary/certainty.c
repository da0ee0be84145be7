/* How sure it is that each unit belongs with the others of its cluster in a point partition. */
#include "hmfm/partitions.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "summary/labels.h"
#include "summary/stopper.h"
#include "summary/unit_order.h"

enum { TILE = 64 }; /* draws */

/* Adds to sum[i] the number of other units of its cluster that unit i is with, in n_draws draws from first on. With
 * no others, it is the number of draws in which the unit is alone: those where `all`, the units with its label, is one.
 * count and all are max_clusters x TILE; count is all zero before and after. */
static void add_tile(const hmfm_partitions *partitions, const hmfm_unit_order *order, size_t first,
                     size_t n_draws, uint32_t *count, uint32_t *all, uint64_t *sum) {
  uint32_t label[TILE];
  memset(all, 0, partitions->max_clusters * TILE * sizeof *all);
  for (size_t i = 0; i < partitions->n_units; i++) {
    hmfm_labels_read(partitions, i, first, n_draws, label);
    for (size_t t = 0; t < n_draws; t++) all[(size_t)label[t] * TILE + t]++;
  }
  for (size_t k = 0; k < order->n_clusters; k++) {
    const size_t begin = order->start[k], end = order->start[k + 1];
    for (size_t u = begin; u < end; u++) {
      hmfm_labels_read(partitions, order->unit[u], first, n_draws, label);
      for (size_t t = 0; t < n_draws; t++) count[(size_t)label[t] * TILE + t]++;
    }
    for (size_t u = begin; u < end; u++) {
      uint64_t here = 0;
      hmfm_labels_read(partitions, order->unit[u], first, n_draws, label);
      for (size_t t = 0; t < n_draws; t++) {
        const size_t at = (size_t)label[t] * TILE + t;
        here += end - begin > 1 ? count[at] - 1 : all[at] == 1;
      }
#ifdef _OPENMP
#pragma omp atomic
#endif
      sum[order->unit[u]] += here;
    }
    for (size_t u = begin; u < end; u++) {
      hmfm_labels_read(partitions, order->unit[u], first, n_draws, label);
      for (size_t t = 0; t < n_draws; t++) count[(size_t)label[t] * TILE + t] = 0;
    }
  }
}

/* The sums over all draws. They are whole numbers, so the order of threads does not matter. */
static hmfm_status add_all(const hmfm_partitions *partitions, const hmfm_unit_order *order,
                           int threads, uint64_t *sum, hmfm_error *error) {
  const size_t n_draws = partitions->n_draws;
  const long n_tiles = (long)((n_draws + TILE - 1) / TILE);
  int n_threads = hmfm_threads(threads), failed = 0;
  hmfm_stopper stopper = {.watch = partitions->watch};
  if (n_threads > n_tiles) n_threads = (int)n_tiles;
#ifdef _OPENMP
#pragma omp parallel num_threads(n_threads) reduction(| : failed)
#endif
  {
    uint32_t *count = hmfm_calloc(partitions->max_clusters, TILE * sizeof *count);
    uint32_t *all = hmfm_calloc(partitions->max_clusters, TILE * sizeof *all);
    failed |= !count || !all;
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 1)
#endif
    for (long tile = 0; tile < n_tiles; tile++) {
      const size_t first = (size_t)tile * TILE, left = n_draws - first;
      if (count && all && !hmfm_stopper_ask(&stopper))
        add_tile(partitions, order, first, left < TILE ? left : TILE, count, all, sum);
    }
    hmfm_free(count);
    hmfm_free(all);
  }
  if (failed) return hmfm_fail_memory(error, "contingency tables");
  return stopper.stopped ? hmfm_stopper_fail(error, "counting certainties") : HMFM_OK;
}

hmfm_status hmfm_partition_certainty(const hmfm_partitions *partitions, const uint32_t *label,
                                     int threads, double *certainty, hmfm_error *error) {
  const size_t n = partitions->n_units;
  hmfm_unit_order order = {0};
  uint32_t *own = hmfm_calloc(n, sizeof *own), n_clusters = 0;
  uint64_t *sum = hmfm_calloc(n, sizeof *sum);
  hmfm_status status = own && sum ? HMFM_OK : hmfm_fail_memory(error, "certainties");
  if (!status) memcpy(own, label, n * sizeof *own);
  if (!status) status = hmfm_partitions_relabel(n, own, &n_clusters, error);
  if (!status) status = hmfm_unit_order_create(n, own, n_clusters, &order, error);
  if (!status) status = add_all(partitions, &order, threads, sum, error);
  for (size_t i = 0; !status && i < n; i++) {
    const size_t size = order.start[own[i] + 1] - order.start[own[i]];
    const double others = size > 1 ? (double)(size - 1) : 1;
    certainty[i] = (double)sum[i] / others / (double)partitions->n_draws;
  }
  hmfm_unit_order_clear(&order);
  hmfm_free(own);
  hmfm_free(sum);
  return status;
}
