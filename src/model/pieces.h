/* Units cut into pieces that threads share out among themselves. Where the cuts are depends on the data alone. */
#ifndef MODEL_PIECES_H
#define MODEL_PIECES_H

#include "model/family.h"

/* Units that are drawn or scored without regard to each other go in pieces of so many, all of one group: a
 * multiple of HMFM_TILE. */
enum { HMFM_PIECE = 1024 };

/* Ranges 0, 1, ... of units, each cut into pieces of `length` and a rest. */
typedef struct hmfm_pieces {
  const int32_t *unit; /* as in hmfm_span; not owned */
  size_t length, n;
  size_t *at;          /* n + 1: where each piece begins */
  uint32_t *range;     /* n: the range it is of */
  size_t *range_start; /* n_ranges + 1: number of the first piece of each range */
} hmfm_pieces;

/* Range k is start[k] .. start[k + 1] - 1. */
hmfm_status hmfm_pieces_init(const int32_t *unit, size_t n_ranges, const size_t *start,
                             size_t length, hmfm_pieces *out, hmfm_error *error);
void hmfm_pieces_clear(hmfm_pieces *pieces);

static inline hmfm_span hmfm_piece_span(const hmfm_pieces *pieces, size_t piece) {
  const size_t at = pieces->at[piece];
  return (hmfm_span){.unit = pieces->unit ? pieces->unit + at : NULL,
                     .first = pieces->unit ? 0 : at,
                     .count = pieces->at[piece + 1] - at};
}

#endif
