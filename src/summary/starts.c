/* The best visited draw and the best cut of the average linkage. */
#include "summary/starts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "summary/labels.h"
#include "summary/linkage.h"

enum {
  PART = 128,     /* draws that all draws are compared with where all with all is too many */
  FINALISTS = 16, /* draws that are then compared with all */
  CUTS = 128      /* numbers of clusters that a linkage is cut at, at most */
};
#define MOST_WORK 4e9 /* labels read in comparing all draws with all: seconds */

hmfm_status hmfm_expected_loss(const hmfm_tables_given *given, const uint32_t *label,
                               size_t n_clusters, int threads, double *loss, hmfm_error *error) {
  const size_t n = given->partitions->n_units, n_draws = given->partitions->n_draws;
  double *joint = hmfm_calloc(n_draws, sizeof *joint), estimate = 0, sum = 0;
  uint32_t *size = hmfm_calloc(n_clusters, sizeof *size);
  hmfm_status status = joint && size ? HMFM_OK : hmfm_fail_memory(error, "losses");
  if (!status)
    status = hmfm_joint_sums(given->partitions, given->f, label, n_clusters, threads, joint, error);
  if (!status) {
    for (size_t i = 0; i < n; i++) size[label[i]]++;
    for (size_t k = 0; k < n_clusters; k++) estimate += given->f[size[k]];
    for (size_t t = 0; t < n_draws; t++)
      sum += given->loss->value(given->a, given->truth[t], estimate, joint[t], (double)n);
    *loss = sum / (double)n_draws;
  }
  hmfm_free(joint);
  hmfm_free(size);
  return status;
}

static void copy_draw(const hmfm_partitions *partitions, size_t draw, uint32_t *label) {
  for (size_t i = 0; i < partitions->n_units; i++)
    label[i] = hmfm_partitions_label(partitions, draw, i);
}

typedef struct candidate {
  double loss;
  size_t draw;
} candidate;

static int compare_candidates(const void *a, const void *b) {
  const candidate *left = a, *right = b;
  if (left->loss != right->loss) return left->loss > right->loss ? 1 : -1;
  return (left->draw > right->draw) - (left->draw < right->draw);
}

/* Expected losses, under `given`, of n candidates, which are draws of partitions. */
static hmfm_status judge(const hmfm_tables_given *given, const hmfm_partitions *partitions,
                         candidate *list, size_t n, int threads, hmfm_error *error) {
  const int n_threads = hmfm_threads(threads);
  int failed = 0;
  (void)n_threads;
#ifdef _OPENMP
#pragma omp parallel num_threads(n_threads) reduction(| : failed)
#endif
  {
    uint32_t *label = hmfm_calloc(partitions->n_units, sizeof *label);
    failed |= !label;
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 1)
#endif
    for (long c = 0; c < (long)n; c++) {
      if (!label || hmfm_stopper_ask(given->stopper)) continue;
      copy_draw(partitions, list[c].draw, label);
      failed |= hmfm_expected_loss(given, label, partitions->n_clusters[list[c].draw], 1,
                                   &list[c].loss, NULL) != HMFM_OK;
    }
    hmfm_free(label);
  }
  if (failed) return hmfm_fail_memory(error, "losses");
  if (hmfm_stopper_ask(given->stopper))
    return hmfm_stopper_fail(error, "the search of a partition");
  qsort(list, n, sizeof *list, compare_candidates);
  return HMFM_OK;
}

/* PART of the draws, evenly spaced, and what belongs to them; what is made is owned. */
static hmfm_status take_part(const hmfm_tables_given *given, hmfm_tables_given *out,
                             hmfm_error *error) {
  const hmfm_partitions *all = given->partitions;
  hmfm_partitions *part = NULL;
  uint32_t *label = hmfm_calloc(all->n_units, sizeof *label);
  double *truth = hmfm_calloc(PART, sizeof *truth);
  hmfm_status status = label && truth ? HMFM_OK : hmfm_fail_memory(error, "losses");
  if (!status) status = hmfm_partitions_create(PART, all->n_units, all->max_clusters, &part, error);
  for (size_t p = 0; !status && p < PART; p++) {
    const size_t draw = (size_t)(((double)p + 0.5) * (double)all->n_draws / PART);
    copy_draw(all, draw, label);
    hmfm_partitions_set(part, p, label);
    truth[p] = given->truth[draw];
  }
  hmfm_free(label);
  if (status) {
    hmfm_free(truth);
    return status;
  }
  *out = *given;
  out->partitions = part;
  out->truth = truth;
  return HMFM_OK;
}

hmfm_status hmfm_best_draw(const hmfm_tables_given *given, size_t most, int threads,
                           uint32_t *label, double *loss, int *all, hmfm_error *error) {
  const hmfm_partitions *partitions = given->partitions;
  const double n_draws = (double)partitions->n_draws;
  candidate *list = hmfm_calloc(partitions->n_draws, sizeof *list);
  hmfm_status status = list ? HMFM_OK : hmfm_fail_memory(error, "losses");
  size_t n = 0;
  for (size_t t = 0; !status && t < partitions->n_draws; t++)
    if (partitions->n_clusters[t] <= most) list[n++].draw = t;
  *all =
      partitions->n_draws <= PART || n_draws * (double)n * (double)partitions->n_units <= MOST_WORK;
  if (!status && !*all) {
    hmfm_tables_given part = {0};
    status = take_part(given, &part, error);
    if (!status) status = judge(&part, partitions, list, n, threads, error);
    hmfm_partitions_destroy((hmfm_partitions *)part.partitions);
    hmfm_free((double *)part.truth);
    n = n < FINALISTS ? n : FINALISTS;
  }
  if (!status) status = judge(given, partitions, list, n, threads, error);
  if (!status) {
    *loss = n ? list[0].loss : INFINITY;
    if (n) copy_draw(partitions, list[0].draw, label);
  }
  hmfm_free(list);
  return status;
}

hmfm_status hmfm_best_linkage(const hmfm_tables_given *given, size_t most, int threads,
                              uint32_t *label, double *loss, hmfm_error *error) {
  const size_t n = given->partitions->n_units, most_drawn = given->partitions->max_clusters;
  hmfm_linkage linkage = {0};
  uint32_t *cut = hmfm_calloc(n, sizeof *cut);
  hmfm_status status = cut ? HMFM_OK : hmfm_fail_memory(error, "average linkage");
  if (!status)
    status = hmfm_linkage_create(given->partitions, threads, given->stopper, &linkage, error);
  size_t last = most < n ? most : n, n_cuts;
  last = last < most_drawn + 1 ? last : most_drawn + 1;
  n_cuts = last < CUTS ? last : CUTS;
  double least = INFINITY;
  for (size_t c = 1; !status && c <= n_cuts; c++) {
    const size_t clusters = n_cuts == 1 ? 1 : 1 + (c - 1) * (last - 1) / (n_cuts - 1);
    double here = 0;
    hmfm_linkage_cut(&linkage, clusters, cut);
    status = hmfm_expected_loss(given, cut, clusters, threads, &here, error);
    if (!status && hmfm_stopper_ask(given->stopper))
      status = hmfm_stopper_fail(error, "average linkage");
    if (!status && here < least) {
      least = here;
      memcpy(label, cut, n * sizeof *cut);
    }
  }
  if (!status) *loss = least;
  hmfm_linkage_clear(&linkage);
  hmfm_free(cut);
  return status;
}
