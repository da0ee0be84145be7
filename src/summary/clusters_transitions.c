/* How units that are in several groups go from cluster to cluster. */
#include "base/alloc.h"
#include "base/error.h"
#include "data/labels.h"
#include "summary/clusters.h"

void hmfm_transitions_destroy(hmfm_transitions *transitions) {
  if (!transitions) return;
  hmfm_free(transitions->count);
  hmfm_free(transitions);
}

/* Units are in the order of their groups, so the last one seen of a name is where it comes from. last is, of each
 * name, that unit and one more; 0: none yet. moved is 1 for names that have moved. */
static void take(size_t i, uint32_t name, const uint32_t *label, size_t *last, unsigned char *moved,
                 hmfm_transitions *to) {
  if (last[name]) {
    const uint32_t from = label[last[name] - 1];
    to->count[from * to->n_clusters + label[i]]++;
    to->n_moves++;
    to->n_stays += from == label[i];
    to->n_names += !moved[name];
    moved[name] = 1;
  }
  last[name] = i + 1;
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
  if (to) to->count = K > SIZE_MAX / K ? NULL : hmfm_calloc(K * K, sizeof *to->count);
  last = hmfm_calloc(n, sizeof *last);
  moved = hmfm_calloc(n, sizeof *moved);
  if (!to || !to->count || !last || !moved) status = hmfm_fail_memory(error, "transitions");
  if (!status) to->n_clusters = K;
  for (size_t i = 0; !status && i < n; i++) {
    uint32_t name = 0;
    if (hmfm_labels_intern(&names, draws->unit_name[i], &name))
      status = hmfm_fail_memory(error, "transitions");
    else
      take(i, name, label, last, moved, to);
  }
  hmfm_labels_clear(&names);
  hmfm_free(last);
  hmfm_free(moved);
  if (status)
    hmfm_transitions_destroy(to);
  else
    *out = to;
  return status;
}
