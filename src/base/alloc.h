/* Every allocation of the library goes through these few functions, so that sizes cannot overflow
 * and tests can make any of them fail. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* n elements of `size` bytes, zero, aligned for any type; NULL when out of memory or when n * size
 * overflows. Zero bytes give a pointer that may be freed, never NULL. */
void *hmfm_calloc(size_t n, size_t size);

/* The same, resized: the old bytes stay, what is new is not set. On NULL the old block is intact. */
void *hmfm_realloc(void *block, size_t n, size_t size);

char *hmfm_strdup(const char *text);

/* Accepts NULL. */
void hmfm_free(void *block);

/* An array of n owned strings: frees each and the array. Accepts NULL. */
void hmfm_free_strings(char **text, size_t n);
/* Copies n strings; NULL when out of memory. */
char **hmfm_copy_strings(char *const *text, size_t n);

#endif
