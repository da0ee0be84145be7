/* Units in the order of clusters and of linkages within them. */
#include "cli/unit_places.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/linkage.h"

enum { MOST_UNITS = 10000 }; /* of a linkage, which takes 4 bytes a pair of them */

/* Leaves as lists that are joined: each list is known by the unit that its linkage names it by. */
typedef struct leaves {
  uint32_t *next, *last, *first, *size; /* n each, one block */
} leaves;

/* Merge m joins the lists of left and right; the one with more units goes first. The joint list is known by the smaller
 * of both names, as that of the linkage is. */
static void join(leaves *at, uint32_t left, uint32_t right) {
  const uint32_t name = left < right ? left : right;
  const uint32_t big = at->size[left] >= at->size[right] ? left : right,
                 small = big == left ? right : left;
  const uint32_t first = at->first[big], last = at->last[small];
  at->next[at->last[big]] = at->first[small];
  at->size[name] = at->size[left] + at->size[right];
  at->first[name] = first;
  at->last[name] = last;
}

/* Puts n >= 2 units of one cluster into the order of leaves. */
static hmfm_status sort_cluster(const hmfm_partitions *partitions, int threads, size_t n,
                                size_t *unit, hmfm_error *error) {
  hmfm_partitions *part = NULL;
  hmfm_linkage linkage = {0};
  uint32_t *room = hmfm_calloc(n, 4 * sizeof *room);
  size_t *sorted = hmfm_calloc(n, sizeof *sorted);
  hmfm_status status = room && sorted ? HMFM_OK : hmfm_fail_memory(error, "the order of units");
  if (!status) status = hmfm_partitions_select(partitions, unit, n, &part, error);
  if (!status) status = hmfm_linkage_create(part, threads, NULL, &linkage, error);
  if (!status) {
    leaves at = {room, room + n, room + 2 * n, room + 3 * n};
    for (size_t i = 0; i < n; i++) at.last[i] = at.first[i] = (uint32_t)i, at.size[i] = 1;
    for (size_t m = 0; m + 1 < n; m++) join(&at, linkage.left[m], linkage.right[m]);
    uint32_t leaf = at.first[0]; /* 0 is the smallest name, that of the whole */
    for (size_t i = 0; i < n; i++, leaf = at.next[leaf]) sorted[i] = unit[leaf];
    memcpy(unit, sorted, n * sizeof *unit);
  }
  hmfm_linkage_clear(&linkage);
  hmfm_partitions_destroy(part);
  hmfm_free(room);
  hmfm_free(sorted);
  return status;
}

hmfm_status hmfm_unit_places(const hmfm_partitions *partitions, const uint32_t *label, int threads,
                             size_t n, size_t *unit, hmfm_error *error) {
  uint32_t most = 0;
  for (size_t k = 0; k < n; k++) most = label[unit[k]] > most ? label[unit[k]] : most;
  size_t *start = hmfm_calloc((size_t)most + 2, sizeof *start),
         *sorted = hmfm_calloc(n, sizeof *sorted);
  hmfm_status status = start && sorted ? HMFM_OK : hmfm_fail_memory(error, "the order of units");
  if (!status) {
    for (size_t k = 0; k < n; k++) start[label[unit[k]] + 1]++;
    for (size_t c = 0; c <= most; c++) start[c + 1] += start[c];
    for (size_t k = 0; k < n; k++) sorted[start[label[unit[k]]]++] = unit[k];
    memcpy(unit, sorted, n * sizeof *unit); /* start[c] is now where cluster c ends */
  }
  for (size_t c = 0; !status && c <= most; c++) {
    const size_t from = c > 0 ? start[c - 1] : 0, size = start[c] - from;
    if (size >= 2 && size <= MOST_UNITS)
      status = sort_cluster(partitions, threads, size, unit + from, error);
  }
  hmfm_free(start);
  hmfm_free(sorted);
  return status;
}
