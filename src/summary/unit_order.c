/* Sorting units by cluster. */
#include "summary/unit_order.h"

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_unit_order_create(size_t n, const uint32_t *label, size_t n_clusters,
                                   hmfm_unit_order *out, hmfm_error *error) {
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
  *out = (hmfm_unit_order){n_clusters, start, unit};
  return HMFM_OK;
}

void hmfm_unit_order_clear(hmfm_unit_order *order) {
  hmfm_free(order->start);
  hmfm_free(order->unit);
  *order = (hmfm_unit_order){0};
}
