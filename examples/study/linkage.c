/* The partition of the published figures: a cut of the average linkage of the co-clustering, chosen by a bound. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study.h"

/* Two clusters become one, each named by one of its units. */
typedef struct merge {
  double distance;
  size_t kept, gone, number;
} merge;

static int compare(const void *a, const void *b) {
  const merge *left = a, *right = b;
  if (left->distance != right->distance) return left->distance > right->distance ? 1 : -1;
  return (left->number > right->number) - (left->number < right->number);
}

/* The cluster nearest to `of`, and `before` where no other is nearer. Clusters have size > 0. */
static size_t nearest(size_t n, const double *distance, const size_t *size, size_t of,
                      size_t before) {
  size_t best = before;
  double least = before < n ? distance[of * n + before] : INFINITY;
  for (size_t k = 0; k < n; k++) {
    if (k == of || size[k] == 0 || !(distance[of * n + k] < least)) continue;
    least = distance[of * n + k];
    best = k;
  }
  return best;
}

/* The n - 1 merges of average linkage, least distance first: a chain of nearest neighbours is followed until two are each
 * other's, which are merged (Murtagh 1983); distance, n x n, is used up. path and size have n elements. */
static void link_all(size_t n, double *distance, size_t *size, size_t *path, merge *out) {
  size_t length = 0, first = 0;
  for (size_t i = 0; i < n; i++) size[i] = 1;
  for (size_t m = 0; m + 1 < n; m++) {
    if (length == 0) {
      while (size[first] == 0) first++;
      path[length++] = first;
    }
    for (;;) {
      const size_t last = path[length - 1];
      const size_t before = length > 1 ? path[length - 2] : n;
      const size_t next = nearest(n, distance, size, last, before);
      if (next == before) break;
      path[length++] = next;
    }
    const size_t a = path[length - 2], b = path[length - 1];
    out[m] = (merge){distance[a * n + b], a, b, m};
    for (size_t k = 0; k < n; k++) { /* a mean over pairs of units */
      if (k == a || k == b || size[k] == 0) continue;
      const double mean =
          ((double)size[a] * distance[a * n + k] + (double)size[b] * distance[b * n + k]) /
          (double)(size[a] + size[b]);
      distance[a * n + k] = distance[k * n + a] = mean;
    }
    size[a] += size[b];
    size[b] = 0;
    length -= 2; /* what led to them still does */
  }
  qsort(out, n - 1, sizeof *out, compare);
}

/* Labels after the first n - k merges: k clusters. parent has n elements. */
static void cut(size_t n, const merge *merges, size_t k, size_t *parent, uint32_t *label) {
  for (size_t i = 0; i < n; i++) parent[i] = i;
  for (size_t m = 0; m < n - k; m++) parent[merges[m].gone] = merges[m].kept;
  for (size_t i = 0; i < n; i++) {
    size_t root = i;
    while (parent[root] != root) root = parent[root];
    label[i] = (uint32_t)root;
  }
}

/* n times the bound, less what does not depend on the partition: sum_i log2 n_i - 2 log2 sum_{l with i} P_il. */
static double bound(size_t n, const double *together, const uint32_t *label) {
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) {
    double with = 0.0, size = 0.0;
    for (size_t l = 0; l < n; l++) {
      if (label[l] != label[i]) continue;
      with += together[i * n + l];
      size += 1.0;
    }
    sum += log2(size) - 2.0 * log2(with);
  }
  return sum;
}

hmfm_status study_linkage(const hmfm_partitions *partitions, uint32_t *label, hmfm_error *error) {
  const size_t n = partitions->n_units, most = (n + 7) / 8;
  uint32_t *count = malloc(n * n * sizeof *count), *candidate = malloc(n * sizeof *candidate);
  double *together = malloc(n * n * sizeof *together), *distance = malloc(n * n * sizeof *distance);
  size_t *size = malloc(n * sizeof *size), *path = malloc(n * sizeof *path);
  merge *merges = malloc(n * sizeof *merges);
  const int ok = count && candidate && together && distance && size && path && merges;
  if (ok) {
    double least = INFINITY;
    hmfm_coclustering_rows(partitions, 0, n, 1, count);
    for (size_t k = 0; k < n * n; k++) {
      together[k] = (double)count[k] / (double)partitions->n_draws;
      distance[k] = 1.0 - together[k];
    }
    link_all(n, distance, size, path, merges);
    for (size_t k = 1; k <= most; k++) {
      cut(n, merges, k, path, candidate); /* path is free again */
      const double here = bound(n, together, candidate);
      if (!(here < least)) continue;
      least = here;
      memcpy(label, candidate, n * sizeof *label);
    }
  } else if (error) {
    *error = (hmfm_error){HMFM_EMEMORY, "no memory for the linkage"};
  }
  free(count);
  free(candidate);
  free(together);
  free(distance);
  free(size);
  free(path);
  free(merges);
  return ok ? HMFM_OK : HMFM_EMEMORY;
}
