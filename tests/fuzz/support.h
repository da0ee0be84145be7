/* What the fuzzing targets share: the entry that libFuzzer, or support_replay.c, calls; files of the
 * bytes at hand; and how a target says that something does not hold. */
#ifndef FUZZ_SUPPORT_H
#define FUZZ_SUPPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "hmfm/base.h"

/* The target. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Called once, before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Paths of two files that only this process uses; removed where it ends in peace. */
const char *fuzz_path(int which);
/* Gives it another name, for when a library cannot let go of the file that has this one. */
void fuzz_rename_path(int which);

/* A file that holds the bytes and nothing else. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* Ends the process, which is a finding, unless the condition holds. */
void fuzz_require(int condition, const char *what);

/* A status that comes with a sentence, and one of those that are `expected` (bits, 1 << status):
 * HMFM_OK and HMFM_EMEMORY always are, for sizes that no machine has are refused as memory. */
void fuzz_expect(hmfm_status status, const hmfm_error *error, unsigned expected);

/* The input from front to back; 0 past its end. */
typedef struct fuzz_bytes {
  const uint8_t *data;
  size_t size, at;
} fuzz_bytes;
uint8_t fuzz_byte(fuzz_bytes *bytes);
size_t fuzz_below(fuzz_bytes *bytes, size_t n); /* 0 .. n - 1, n at most 256 */

/* Where what is printed may go: opened once. */
FILE *fuzz_nowhere(void);

#endif
