/* A desk: the work space of one member of a chain's team. Whatever several members do at once, each does at its
 * own desk, and reads the rest of the state. */
#ifndef STATE_DESK_H
#define STATE_DESK_H

#include "model/family.h"

typedef struct hmfm_desk {
  double *tile;           /* capacity x HMFM_TILE */
  double *bound;          /* capacity + HMFM_STEP */
  double *weight;         /* capacity + HMFM_STEP */
  int32_t *list;          /* capacity */
  int32_t *row_component; /* capacity: the component of each row of the tile */
  int32_t *count;         /* 2 x capacity */
  double lane[HMFM_LANES];
} hmfm_desk;

/* Room for as many components; what was there is lost. Errors: HMFM_EMEMORY, the desk as it was. */
hmfm_status hmfm_desk_reserve(hmfm_desk *desk, size_t capacity, hmfm_error *error);
void hmfm_desk_clear(hmfm_desk *desk);

#endif
