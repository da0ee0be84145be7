/* Making and growing desks. */
#include "state/desk.h"

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_desk_reserve(hmfm_desk *desk, size_t capacity, hmfm_error *error) {
  hmfm_desk grown = {0};
  grown.tile = hmfm_calloc(capacity, HMFM_TILE * sizeof *grown.tile);
  grown.bound = hmfm_calloc(capacity + HMFM_STEP, sizeof *grown.bound);
  grown.weight = hmfm_calloc(capacity + HMFM_STEP, sizeof *grown.weight);
  grown.list = hmfm_calloc(capacity, sizeof *grown.list);
  grown.row_component = hmfm_calloc(capacity, sizeof *grown.row_component);
  grown.count = hmfm_calloc(capacity, 2 * sizeof *grown.count);
  if (!grown.tile || !grown.bound || !grown.weight || !grown.list || !grown.row_component ||
      !grown.count) {
    hmfm_desk_clear(&grown);
    return hmfm_fail_memory(error, "components");
  }
  hmfm_desk_clear(desk);
  *desk = grown;
  return HMFM_OK;
}

void hmfm_desk_clear(hmfm_desk *desk) {
  void *owned[] = {desk->tile, desk->bound,         desk->weight,
                   desk->list, desk->row_component, desk->count};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) hmfm_free(owned[k]);
  *desk = (hmfm_desk){0};
}
