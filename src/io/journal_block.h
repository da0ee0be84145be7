/* Blocks of a journal: draws first .. last - 1 of every chain, one after another, in the machine's own
 * order of bytes; only journals use them. */
#ifndef IO_JOURNAL_BLOCK_H
#define IO_JOURNAL_BLOCK_H

#include <stdint.h>
#include <stdio.h>

#include "hmfm/draws.h"

/* Where bytes go to or come from. They are counted and hashed on the way; with a NULL file they are only
 * counted. `failed` is 1 after the file could not be read or written, or ended, or `left` was passed. */
typedef struct hmfm_block {
  FILE *file;
  uint64_t size; /* bytes so far */
  uint64_t left; /* bytes that may still be read */
  uint64_t hash;
  int failed;
} hmfm_block;

void hmfm_block_put(hmfm_block *block, const void *bytes, size_t n);
void hmfm_block_take(hmfm_block *block, void *bytes, size_t n);

/* Writes draws; reads them back into draws that have room, where `failed` tells of anything that is not as
 * hmfm_block_put_draws wrote it. Errors of reading: HMFM_EMEMORY. */
void hmfm_block_put_draws(hmfm_block *block, const hmfm_draws *draws, size_t first, size_t last);
hmfm_status hmfm_block_take_draws(hmfm_block *block, hmfm_draws *draws, size_t first, size_t last,
                                  hmfm_error *error);

#endif
