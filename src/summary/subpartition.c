/* The largest subpartition that enough draws agree on: runs of the search, on threads, and the best of them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "summary/grow.h"
#include "summary/labels.h"

void hmfm_subpartition_clear(hmfm_subpartition *s) {
  if (!s) return;
  hmfm_free(s->label);
  hmfm_free(s->unit);
  hmfm_free(s->path);
  *s = (hmfm_subpartition){0};
}

static int is_better(const hmfm_growth *g, size_t run, double n_draws,
                     const hmfm_subpartition *than) {
  const double probability = (double)g->n_agree / n_draws;
  if (g->n_inside != than->n_inside) return g->n_inside > than->n_inside;
  if (probability != than->probability) return probability > than->probability;
  return run < than->best_run;
}

static void keep(const hmfm_growth *g, size_t run, hmfm_subpartition *best) {
  const double n_draws = (double)g->partitions->n_draws;
  if (!is_better(g, run, n_draws, best)) return;
  memcpy(best->label, g->label, g->partitions->n_units * sizeof *g->label);
  memcpy(best->unit, g->unit, g->n_inside * sizeof *g->unit);
  for (size_t s = 0; s < g->n_inside; s++) best->path[s] = (double)g->left[s] / n_draws;
  best->n_clusters = g->n_clusters;
  best->n_inside = g->n_inside;
  best->probability = (double)g->n_agree / n_draws;
  best->best_run = run;
}

static hmfm_status make_runs(const hmfm_partitions *partitions, size_t least, size_t n_runs,
                             uint64_t seed, int threads, hmfm_subpartition *best,
                             hmfm_error *error) {
  hmfm_stopper stopper = {.watch = partitions->watch};
  int n_threads = hmfm_growth_threads(partitions, hmfm_threads(threads)), failed = 0;
  if ((size_t)n_threads > n_runs) n_threads = (int)n_runs;
#ifdef _OPENMP
#pragma omp parallel num_threads(n_threads) reduction(| : failed)
#endif
  {
    hmfm_growth growth = {0};
    failed |= hmfm_growth_create(partitions, seed, &growth, NULL) != HMFM_OK;
    growth.stopper = &stopper;
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 1)
#endif
    for (long run = 0; run < (long)n_runs; run++) {
      if (failed || hmfm_stopper_ask(&stopper)) continue;
      hmfm_growth_run(&growth, (size_t)run, least);
#ifdef _OPENMP
#pragma omp critical(hmfm_subpartition_keep)
#endif
      keep(&growth, (size_t)run, best);
    }
    hmfm_growth_clear(&growth);
  }
  if (failed) return hmfm_fail_memory(error, "the search of a subpartition");
  best->stopped = stopper.stopped;
  if (stopper.stopped && !best->n_inside)
    return hmfm_stopper_fail(error, "the search of a subpartition");
  return HMFM_OK;
}

/* Labels by size, the largest first. */
static hmfm_status order_by_size(size_t n, hmfm_subpartition *s, hmfm_error *error) {
  double *key = hmfm_calloc(s->n_clusters, sizeof *key);
  if (!key) return hmfm_fail_memory(error, "clusters");
  for (size_t i = 0; i < n; i++)
    if (s->label[i] != HMFM_NO_CLUSTER) key[s->label[i]]--;
  hmfm_status status = hmfm_partition_order(n, s->n_clusters, key, s->label, error);
  hmfm_free(key);
  return status;
}

hmfm_status hmfm_subpartition_find(const hmfm_partitions *partitions, double probability,
                                   size_t n_runs, uint64_t seed, int threads,
                                   hmfm_subpartition *out, hmfm_error *error) {
  const size_t n = partitions->n_units;
  hmfm_subpartition best = {.best_run = SIZE_MAX};
  if (!(probability > 0 && probability <= 1))
    return hmfm_fail(error, HMFM_EUSAGE,
                     "the probability of a subpartition must be in (0, 1], got %g", probability);
  if (n_runs < 1) return hmfm_fail(error, HMFM_EUSAGE, "the search of a subpartition needs a run");
  /* so many draws are that share of them; a product that should be whole may be off by a rounding */
  const double least = ceil(probability * (double)partitions->n_draws * (1 - 1e-12));
  best.label = hmfm_calloc(n, sizeof *best.label);
  best.unit = hmfm_calloc(n, sizeof *best.unit);
  best.path = hmfm_calloc(n, sizeof *best.path);
  hmfm_status status =
      best.label && best.unit && best.path ? HMFM_OK : hmfm_fail_memory(error, "a subpartition");
  if (!status)
    status =
        make_runs(partitions, least < 1 ? 1 : (size_t)least, n_runs, seed, threads, &best, error);
  if (!status) status = order_by_size(n, &best, error);
  if (status)
    hmfm_subpartition_clear(&best);
  else
    *out = best;
  return status;
}
