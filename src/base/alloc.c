/* Allocation with overflow checks. Tests replace the three functions the system gives. */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *hmfm_calloc(size_t n, size_t size) {
  if (size && n > SIZE_MAX / size) return NULL;
  return n && size ? calloc(n, size) : calloc(1, 1);
}

void *hmfm_realloc(void *block, size_t n, size_t size) {
  if (size && n > SIZE_MAX / size) return NULL;
  return realloc(block, n && size ? n * size : 1);
}

char *hmfm_strdup(const char *text) {
  size_t bytes = strlen(text) + 1;
  char *copy = hmfm_calloc(bytes, 1);
  if (copy) memcpy(copy, text, bytes);
  return copy;
}

void hmfm_free(void *block) { free(block); }

void hmfm_free_strings(char **text, size_t n) {
  if (!text) return;
  for (size_t k = 0; k < n; k++) hmfm_free(text[k]);
  hmfm_free(text);
}

char **hmfm_copy_strings(char *const *text, size_t n) {
  char **copy = hmfm_calloc(n, sizeof *copy);
  for (size_t k = 0; copy && k < n; k++) {
    copy[k] = hmfm_strdup(text[k]);
    if (!copy[k]) {
      hmfm_free_strings(copy, n);
      return NULL;
    }
  }
  return copy;
}
