/* The point partition: runs of the search from given and random starts, on threads, and the best of
 * what they end in. */
#include "hmfm/partitions.h"

#include <math.h>
#ifdef _OPENMP
#include <omp.h>
#endif
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "summary/labels.h"
#include "summary/search.h"
#include "summary/starts.h"

void hmfm_partition_search_defaults(hmfm_partition_search *search) {
  *search = (hmfm_partition_search){
      .loss = "vi",
      .a = 1,
      .restarts = 16,
      .seconds = INFINITY,
      .zealous = 10,
      .seed = 1,
      .linkage_units = 20000,
  };
}

void hmfm_point_partition_clear(hmfm_point_partition *partition) {
  if (!partition) return;
  hmfm_free(partition->label);
  *partition = (hmfm_point_partition){0};
}

/* A search under way. */
typedef struct partition_hunt {
  const hmfm_partition_search *search;
  hmfm_tables_given given;
  double *f, *gain, *truth; /* owned; given points to them */
  size_t most;              /* clusters at most */
  size_t n_given, n_runs;   /* starts that are given: the best draw, the linkage; and all starts */
  uint32_t *start[2];
  double *loss;   /* n_runs: what each run ended at; NaN: not made */
  uint32_t *best; /* n_units: of the best run so far, which is */
  size_t best_run;
  double least;   /* sum over the draws */
  size_t n_slots; /* most that tables had room for */
  hmfm_stopper stopper;
} partition_hunt;

static void hunt_clear(partition_hunt *hunt) {
  hmfm_free(hunt->f);
  hmfm_free(hunt->gain);
  hmfm_free(hunt->truth);
  hmfm_free(hunt->start[0]);
  hmfm_free(hunt->start[1]);
  hmfm_free(hunt->loss);
  hmfm_free(hunt->best);
}

/* f(x + 1) - f(x), and the sums of the draws, which are joint sums with one cluster of all units. */
static hmfm_status prepare(const hmfm_partitions *partitions, partition_hunt *hunt,
                           hmfm_error *error) {
  const hmfm_partition_search *search = hunt->search;
  const size_t n = partitions->n_units;
  hunt->given.partitions = partitions;
  hunt->given.a = search->a;
  hunt->stopper.watch = partitions->watch;
  hunt->given.stopper = &hunt->stopper;
  hmfm_status status = hmfm_loss_find(search->loss, search->a, &hunt->given.loss, error);
  if (status) return status;
  hunt->most = search->max_clusters > 0 && search->max_clusters < n ? search->max_clusters : n;
  hunt->best = hmfm_calloc(n, sizeof *hunt->best);
  hunt->gain = hmfm_calloc(n + 1, sizeof *hunt->gain);
  hunt->truth = hmfm_calloc(partitions->n_draws, sizeof *hunt->truth);
  hunt->loss = hmfm_calloc(search->restarts + 2, sizeof *hunt->loss);
  if (!hunt->best || !hunt->gain || !hunt->truth || !hunt->loss)
    return hmfm_fail_memory(error, "the search of a partition");
  status = hmfm_loss_table(hunt->given.loss, n, &hunt->f, error);
  if (status) return status;
  for (size_t x = 0; x < n; x++) hunt->gain[x] = hunt->f[x + 1] - hunt->f[x];
  hunt->given.f = hunt->f;
  hunt->given.gain = hunt->gain;
  hunt->given.truth = hunt->truth;
  return hmfm_joint_sums(partitions, hunt->f, hunt->best, 1, search->threads, hunt->truth, error);
}

static hmfm_status find_starts(partition_hunt *hunt, hmfm_point_partition *out, hmfm_error *error) {
  const size_t n = hunt->given.partitions->n_units;
  const int threads = hunt->search->threads;
  for (int s = 0; s < 2; s++) {
    hunt->start[s] = hmfm_calloc(n, sizeof **hunt->start);
    if (!hunt->start[s]) return hmfm_fail_memory(error, "the search of a partition");
  }
  hmfm_status status = hmfm_best_draw(&hunt->given, hunt->most, threads, hunt->start[0],
                                      &out->best_draw, &out->all_draws, error);
  hunt->n_given = isfinite(out->best_draw) ? 1 : 0; /* a limit may exclude all draws */
  out->best_linkage = NAN;
  if (!status && n <= hunt->search->linkage_units) {
    status = hmfm_best_linkage(&hunt->given, hunt->most, threads, hunt->start[hunt->n_given],
                               &out->best_linkage, error);
    if (status == HMFM_ESTOPPED &&
        hunt->n_given) /* there is a partition, and runs will end at once */
      status = HMFM_OK;
    else
      hunt->n_given++;
  }
  hunt->n_runs = hunt->n_given + hunt->search->restarts;
  if (hunt->n_runs == 0) hunt->n_runs = 1;
  return status;
}

static double now(void) {
  struct timespec time = {0};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Takes over what a run ended in, if it is better than all before; of equal ones the first run is best. A run that
 * was stopped counts for none, but may have found something. */
static void keep(partition_hunt *hunt, size_t run, double loss, int stopped,
                 const uint32_t *label) {
  if (!stopped) hunt->loss[run] = loss;
  if (!isfinite(loss)) return;
  if (loss > hunt->least || (loss == hunt->least && run > hunt->best_run)) return;
  hunt->least = loss;
  hunt->best_run = run;
  memcpy(hunt->best, label, hunt->given.partitions->n_units * sizeof *label);
}

static hmfm_status make_runs(partition_hunt *hunt, hmfm_error *error) {
  const hmfm_partition_search *search = hunt->search;
  const size_t slots = hunt->given.partitions->max_clusters + 2;
  const long n_runs = (long)hunt->n_runs;
  const double end = now() + search->seconds;
  int failed = 0, busy = 1, n_threads = hmfm_threads(search->threads);
  if (n_threads > n_runs) n_threads = (int)n_runs;
  (void)busy;
  hunt->least = INFINITY;
  for (long run = 0; run < n_runs; run++) hunt->loss[run] = NAN;
#ifdef _OPENMP
#pragma omp parallel num_threads(n_threads) reduction(| : failed)
#endif
  {
    hmfm_search_space space = {0};
    failed |= hmfm_search_space_create(&hunt->given, slots, hunt->most, search->seed, &space,
                                       NULL) != HMFM_OK;
#ifdef _OPENMP
#pragma omp single
    busy = omp_get_num_threads();
#pragma omp for schedule(dynamic, 1) nowait
#endif
    for (long run = 0; run < n_runs; run++) {
      const int given = (size_t)run < hunt->n_given;
      double loss = 0;
      if (failed || (!given && run > 0 && now() >= end)) continue;
      if (hmfm_stopper_ask(&hunt->stopper)) continue;
      failed |= hmfm_search_run(&space, (size_t)run, given ? hunt->start[run] : NULL,
                                search->zealous, &loss, NULL) != HMFM_OK;
#ifdef _OPENMP
#pragma omp critical(hmfm_partition_keep)
#endif
      if (!failed) {
        keep(hunt, (size_t)run, loss, hmfm_stopper_ask(&hunt->stopper), space.saved);
        if (space.tables->n_slots > hunt->n_slots) hunt->n_slots = space.tables->n_slots;
      }
    }
#ifdef _OPENMP
#pragma omp atomic
    busy--;
#pragma omp master
    hmfm_stopper_wait(&hunt->stopper, &busy); /* for the last runs of others */
#endif
    hmfm_search_space_clear(&space);
  }
  return failed ? hmfm_fail_memory(error, "the search of a partition") : HMFM_OK;
}

/* Stopped before any run had a partition: the best draw is one. */
static hmfm_status fall_back(partition_hunt *hunt, hmfm_error *error) {
  if (isfinite(hunt->least)) return HMFM_OK;
  if (!hunt->n_given) return hmfm_stopper_fail(error, "the search of a partition");
  memcpy(hunt->best, hunt->start[0], hunt->given.partitions->n_units * sizeof *hunt->best);
  hunt->best_run = 0;
  return HMFM_OK;
}

/* Labels by size, the largest first; clusters of one size by first unit, in which order label has them. */
static hmfm_status order_by_size(size_t n, uint32_t *label, uint32_t n_clusters,
                                 hmfm_error *error) {
  double *key = hmfm_calloc(n_clusters, sizeof *key);
  if (!key) return hmfm_fail_memory(error, "clusters");
  for (size_t i = 0; i < n; i++) key[label[i]]--;
  hmfm_status status = hmfm_partition_order(n, n_clusters, key, label, error);
  hmfm_free(key);
  return status;
}

/* The best partition and its expected loss, computed from the draws anew. */
static hmfm_status conclude(partition_hunt *hunt, hmfm_point_partition *out, hmfm_error *error) {
  const hmfm_partitions *partitions = hunt->given.partitions;
  const int threads = hunt->search->threads;
  hmfm_status status =
      hmfm_partitions_relabel(partitions->n_units, hunt->best, &out->n_clusters, error);
  if (!status) status = order_by_size(partitions->n_units, hunt->best, out->n_clusters, error);
  if (!status)
    status =
        hmfm_expected_loss(&hunt->given, hunt->best, out->n_clusters, threads, &out->loss, error);
  if (status) return status;
  for (size_t run = 0; run < hunt->n_runs; run++) {
    out->runs += !isnan(hunt->loss[run]);
    out->agreeing_runs += hunt->loss[run] <= hunt->least + 1e-9 * fabs(hunt->least);
  }
  out->best_run = hunt->best_run;
  out->stopped = hunt->stopper.stopped;
  out->bytes = hmfm_tables_bytes(partitions, hunt->n_slots);
  out->label = hunt->best;
  hunt->best = NULL;
  return HMFM_OK;
}

hmfm_status hmfm_partition_find(const hmfm_partitions *partitions,
                                const hmfm_partition_search *search, hmfm_point_partition *out,
                                hmfm_error *error) {
  partition_hunt hunt = {.search = search};
  hmfm_point_partition found = {0};
  if (!(search->seconds >= 0))
    return hmfm_fail(error, HMFM_EUSAGE, "the time of a search must be >= 0 seconds, got %g",
                     search->seconds);
  hmfm_status status = prepare(partitions, &hunt, error);
  if (!status) status = find_starts(&hunt, &found, error);
  if (!status) status = make_runs(&hunt, error);
  if (!status) status = fall_back(&hunt, error);
  if (!status) status = conclude(&hunt, &found, error);
  hunt_clear(&hunt);
  if (!status) *out = found;
  return status;
}
