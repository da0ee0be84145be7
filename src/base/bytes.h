/* Bytes in memory, written one value after another and read back with every length checked; and the
 * hash that tells whether bytes are still what they were. Values are as the machine has them. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* A buffer that grows. Start from {0}; free data with hmfm_free. After an allocation failed, `failed` is
 * 1 and nothing more is put in. */
typedef struct hmfm_bytes {
  unsigned char *data;
  size_t size, capacity;
  int failed;
} hmfm_bytes;

void hmfm_bytes_put(hmfm_bytes *bytes, const void *value, size_t n);
void hmfm_bytes_put_count(hmfm_bytes *bytes, uint64_t value);
/* The length, then the text without its terminator. */
void hmfm_bytes_put_text(hmfm_bytes *bytes, const char *text);

/* Bytes being read. What would go past their end gives zeros, and `failed` becomes 1. */
typedef struct hmfm_cursor {
  const unsigned char *at;
  size_t left;
  int failed;
} hmfm_cursor;

void hmfm_cursor_take(hmfm_cursor *cursor, void *value, size_t n);
uint64_t hmfm_cursor_count(hmfm_cursor *cursor);
/* Where the next n bytes stand, which are then passed; NULL, and failed, where there are fewer. */
const void *hmfm_cursor_skip(hmfm_cursor *cursor, uint64_t n);

/* FNV-1a with 64 bits (Fowler, Noll, Vo), going on from `hash`, which is HMFM_HASH_START at first. A
 * change of any one byte always changes it. */
#define HMFM_HASH_START UINT64_C(14695981039346656037)
uint64_t hmfm_hash(uint64_t hash, const void *bytes, size_t n);
/* The same for a text with its terminator, so that "a", "bc" and "ab", "c" differ. */
uint64_t hmfm_hash_text(uint64_t hash, const char *text);

#endif
