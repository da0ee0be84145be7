/* Cutting ranges of units into pieces. */
#include "model/pieces.h"

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_pieces_init(const int32_t *unit, size_t n_ranges, const size_t *start,
                             size_t length, hmfm_pieces *out, hmfm_error *error) {
  hmfm_pieces p = {.unit = unit, .length = length};
  p.range_start = hmfm_calloc(n_ranges + 1, sizeof *p.range_start);
  for (size_t k = 0; p.range_start && k < n_ranges; k++) {
    p.n += (start[k + 1] - start[k] + length - 1) / length;
    p.range_start[k + 1] = p.n;
  }
  p.at = hmfm_calloc(p.n + 1, sizeof *p.at);
  p.range = hmfm_calloc(p.n, sizeof *p.range);
  *out = p;
  if (!p.range_start || !p.at || !p.range) return hmfm_fail_memory(error, "the model");
  for (size_t k = 0; k < n_ranges; k++) {
    for (size_t piece = p.range_start[k]; piece < p.range_start[k + 1]; piece++) {
      p.at[piece] = start[k] + (piece - p.range_start[k]) * length;
      p.range[piece] = (uint32_t)k;
    }
  }
  p.at[p.n] = start[n_ranges];
  return HMFM_OK;
}

void hmfm_pieces_clear(hmfm_pieces *pieces) {
  hmfm_free(pieces->at);
  hmfm_free(pieces->range);
  hmfm_free(pieces->range_start);
  *pieces = (hmfm_pieces){0};
}
