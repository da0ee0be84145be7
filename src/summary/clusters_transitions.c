/* How units that are in several groups go from cluster to cluster. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "data/labels.h"
#include "summary/clusters.h"

void hmfm_transitions_destroy(hmfm_transitions *transitions) {
  if (!transitions) return;
  hmfm_free(transitions->pair);
  hmfm_free(transitions);
}

/* Units are in the order of their groups, so the last one seen of a name is where it comes from. last is, of each
 * name, that unit and one more; 0: none yet. moved is 1 for names that have moved. Each move is a pair as yet. */
static void take(size_t i, uint32_t name, const uint32_t *label, size_t *last, unsigned char *moved,
                 hmfm_transitions *to) {
  if (last[name]) {
    const uint32_t from = label[last[name] - 1];
    to->pair[to->n_moves++] = (hmfm_transition){from, label[i], 1};
    to->n_stays += from == label[i];
    to->n_names += !moved[name];
    moved[name] = 1;
  }
  last[name] = i + 1;
}

static int compare_pairs(const void *left, const void *right) {
  const hmfm_transition *a = left, *b = right;
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  return (a->to > b->to) - (a->to < b->to);
}

/* Sorts the moves, and makes one pair of those that are alike. */
static void count_alike(hmfm_transitions *to) {
  if (to->n_moves) qsort(to->pair, to->n_moves, sizeof *to->pair, compare_pairs);
  for (size_t m = 0; m < to->n_moves; m++) {
    hmfm_transition *before = to->n_pairs ? &to->pair[to->n_pairs - 1] : NULL;
    if (before && compare_pairs(before, &to->pair[m]) == 0)
      before->count++;
    else
      to->pair[to->n_pairs++] = to->pair[m];
  }
}

hmfm_status hmfm_transitions_create(const hmfm_draws *draws, const uint32_t *label,
                                    hmfm_transitions **out, hmfm_error *error) {
  const size_t n = draws->n_units;
  hmfm_labels names = {0};
  size_t K = 0, *last = NULL;
  unsigned char *moved = NULL;
  hmfm_status status = hmfm_clusters_number(n, label, &K, error);
  if (status) return status;
  hmfm_transitions *to = hmfm_calloc(1, sizeof *to);
  if (to) to->pair = hmfm_calloc(n, sizeof *to->pair); /* a unit is at most one move's end */
  last = hmfm_calloc(n, sizeof *last);
  moved = hmfm_calloc(n, sizeof *moved);
  if (!to || !to->pair || !last || !moved) status = hmfm_fail_memory(error, "transitions");
  if (!status) to->n_clusters = K;
  for (size_t i = 0; !status && i < n; i++) {
    uint32_t name = 0;
    if (hmfm_labels_intern(&names, draws->unit_name[i], &name))
      status = hmfm_fail_memory(error, "transitions");
    else
      take(i, name, label, last, moved, to);
  }
  if (!status) count_alike(to);
  hmfm_labels_clear(&names);
  hmfm_free(last);
  hmfm_free(moved);
  if (status)
    hmfm_transitions_destroy(to);
  else
    *out = to;
  return status;
}
