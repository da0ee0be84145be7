/* Bytes written into memory and read back, and their hash. */
#include "base/bytes.h"

#include <string.h>

#include "base/alloc.h"

void hmfm_bytes_put(hmfm_bytes *bytes, const void *value, size_t n) {
  if (bytes->failed || n == 0) return;
  if (n > SIZE_MAX / 2 - bytes->size) {
    bytes->failed = 1;
    return;
  }
  if (bytes->size + n > bytes->capacity) {
    const size_t twice = 2 * bytes->capacity, needed = bytes->size + n;
    const size_t capacity = needed > twice ? needed + 64 : twice;
    unsigned char *data = hmfm_realloc(bytes->data, capacity, 1);
    if (!data) {
      bytes->failed = 1;
      return;
    }
    bytes->data = data;
    bytes->capacity = capacity;
  }
  memcpy(bytes->data + bytes->size, value, n);
  bytes->size += n;
}

void hmfm_bytes_put_count(hmfm_bytes *bytes, uint64_t value) {
  hmfm_bytes_put(bytes, &value, sizeof value);
}

void hmfm_bytes_put_text(hmfm_bytes *bytes, const char *text) {
  const size_t n = strlen(text);
  hmfm_bytes_put_count(bytes, n);
  hmfm_bytes_put(bytes, text, n);
}

const void *hmfm_cursor_skip(hmfm_cursor *cursor, uint64_t n) {
  if (cursor->failed || n > cursor->left) {
    cursor->failed = 1;
    return NULL;
  }
  const void *here = cursor->at;
  cursor->at += n;
  cursor->left -= (size_t)n;
  return here;
}

void hmfm_cursor_take(hmfm_cursor *cursor, void *value, size_t n) {
  const void *here = hmfm_cursor_skip(cursor, n);
  if (here && n > 0)
    memcpy(value, here, n);
  else
    memset(value, 0, n);
}

uint64_t hmfm_cursor_count(hmfm_cursor *cursor) {
  uint64_t value;
  hmfm_cursor_take(cursor, &value, sizeof value);
  return value;
}

uint64_t hmfm_hash(uint64_t hash, const void *bytes, size_t n) {
  const unsigned char *byte = bytes;
  for (size_t k = 0; k < n; k++) hash = (hash ^ byte[k]) * UINT64_C(1099511628211);
  return hash;
}

uint64_t hmfm_hash_text(uint64_t hash, const char *text) {
  return hmfm_hash(hash, text, strlen(text) + 1);
}
