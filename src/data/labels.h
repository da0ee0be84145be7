/* A table of distinct labels: text to number and back. Numbers count from 0 by first appearance. */
#ifndef DATA_LABELS_H
#define DATA_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "hmfm/base.h"

/* A slot of the hash table. */
typedef struct hmfm_label_slot {
  uint32_t hash;
  uint32_t number;  /* of the label */
  const char *text; /* NULL where the slot is free */
} hmfm_label_slot;

/* Start from {0}; end with hmfm_labels_clear. */
typedef struct hmfm_labels {
  size_t count;
  const char **text;     /* count labels; the address of a label never changes */
  size_t space;          /* labels there is room for */
  hmfm_label_slot *slot; /* n_slots, a power of 2 */
  size_t n_slots;
  struct hmfm_label_chunk *chunk; /* where the bytes are, the newest first */
} hmfm_labels;

/* Finds text or adds a copy of it. Errors: HMFM_EMEMORY, the table as it was. */
hmfm_status hmfm_labels_intern(hmfm_labels *labels, const char *text, uint32_t *number);
void hmfm_labels_clear(hmfm_labels *labels);

#endif
