/* Output files that appear whole or not at all: written under a temporary name in the same
 * directory, brought to the disk, and renamed. */
#ifndef IO_OUTPUT_H
#define IO_OUTPUT_H

#include <stdio.h>

#include "hmfm/base.h"

typedef struct hmfm_output hmfm_output;

/* Tests, before a long run, that path can be written: that it is not a directory or another thing
 * that is no file, that it does not exist unless force, and that its directory takes new files.
 * Leaves nothing behind. Errors: HMFM_EIO, HMFM_EMEMORY. */
hmfm_status hmfm_output_check(const char *path, int force, hmfm_error *error);

/* The same tests; then opens the temporary file. A link is followed, so that its target is replaced
 * and not the link; a file that is replaced keeps its permissions, a new one follows the umask. */
hmfm_status hmfm_output_open(const char *path, int force, hmfm_output **out, hmfm_error *error);

/* A stream into the temporary file, and its name for libraries that open files by name. */
FILE *hmfm_output_stream(hmfm_output *output);
const char *hmfm_output_temporary(const hmfm_output *output);

/* Brings the temporary file to the disk, gives it its name and frees output. On failure the
 * temporary file is removed, what was there before is as it was, and output is freed all the same.
 * Errors: HMFM_EIO. */
hmfm_status hmfm_output_commit(hmfm_output *output, hmfm_error *error);

/* Removes the temporary file and frees output. Accepts NULL. */
void hmfm_output_discard(hmfm_output *output);

#endif
