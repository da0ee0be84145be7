/* Interning of labels: open addressing with linear probing, at most half of the slots in use; the
 * bytes lie in chunks that are never moved. */
#include "data/labels.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"

enum { FIRST_SLOTS = 64, CHUNK_BYTES = 32768 };

struct hmfm_label_chunk {
  struct hmfm_label_chunk *next;
  size_t used, size;
  char bytes[];
};

/* A hash of 64 bits, folded to 32. */
static uint32_t hash_of(const char *text, size_t *length) {
  *length = strlen(text);
  const uint64_t hash = hmfm_hash(HMFM_HASH_START, text, *length);
  return (uint32_t)(hash ^ (hash >> 32));
}

/* The slot of a label, or the free slot where it belongs. */
static hmfm_label_slot *probe(const hmfm_labels *labels, const char *text, uint32_t hash) {
  size_t mask = labels->n_slots - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    hmfm_label_slot *slot = &labels->slot[at];
    if (!slot->text || slot->text == text) return slot;
    if (slot->hash == hash && !strcmp(slot->text, text)) return slot;
  }
}

/* Twice the slots, and room for half as many labels. */
static hmfm_status grow(hmfm_labels *labels) {
  size_t n_slots = labels->n_slots ? 2 * labels->n_slots : FIRST_SLOTS, space = n_slots / 2;
  if (space > UINT32_MAX - 1) return HMFM_EMEMORY;
  const char **text = hmfm_realloc((void *)labels->text, space, sizeof *text);
  if (!text) return HMFM_EMEMORY;
  labels->text = text;
  hmfm_label_slot *slot = hmfm_calloc(n_slots, sizeof *slot);
  if (!slot) return HMFM_EMEMORY;
  for (size_t old = 0; old < labels->n_slots; old++) {
    if (!labels->slot[old].text) continue;
    size_t at = labels->slot[old].hash & (n_slots - 1);
    while (slot[at].text) at = (at + 1) & (n_slots - 1);
    slot[at] = labels->slot[old];
  }
  hmfm_free(labels->slot);
  labels->slot = slot;
  labels->n_slots = n_slots;
  labels->space = space;
  return HMFM_OK;
}

static const char *keep(hmfm_labels *labels, const char *text, size_t bytes) {
  struct hmfm_label_chunk *chunk = labels->chunk;
  if (!chunk || chunk->size - chunk->used < bytes) {
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    chunk = hmfm_calloc(sizeof *chunk + size, 1);
    if (!chunk) return NULL;
    chunk->next = labels->chunk;
    chunk->size = size;
    labels->chunk = chunk;
  }
  char *copy = chunk->bytes + chunk->used;
  memcpy(copy, text, bytes);
  chunk->used += bytes;
  return copy;
}

hmfm_status hmfm_labels_intern(hmfm_labels *labels, const char *text, uint32_t *number) {
  size_t length;
  uint32_t hash = hash_of(text, &length);
  if (labels->count == labels->space) {
    hmfm_status status = grow(labels);
    if (status) return status;
  }
  hmfm_label_slot *slot = probe(labels, text, hash);
  if (!slot->text) {
    const char *copy = keep(labels, text, length + 1);
    if (!copy) return HMFM_EMEMORY;
    *slot = (hmfm_label_slot){hash, (uint32_t)labels->count, copy};
    labels->text[labels->count++] = copy;
  }
  *number = slot->number;
  return HMFM_OK;
}

void hmfm_labels_clear(hmfm_labels *labels) {
  for (struct hmfm_label_chunk *chunk = labels->chunk, *next; chunk; chunk = next) {
    next = chunk->next;
    hmfm_free(chunk);
  }
  hmfm_free((void *)labels->text);
  hmfm_free(labels->slot);
  *labels = (hmfm_labels){0};
}
