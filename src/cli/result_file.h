/* Where verbs put their results: a file of -o, which appears when it is whole, or standard output. */
#ifndef CLI_RESULT_FILE_H
#define CLI_RESULT_FILE_H

#include <stdio.h>

#include "cli/options.h"
#include "io/output.h"

/* The lines of a table that these functions read. */
#define HMFM_OPTION_RESULT                                                                         \
  {.name = "output",                                                                               \
   .letter = 'o',                                                                                  \
   .argument = "FILE",                                                                             \
   .fallback = "standard output",                                                                  \
   .meaning = "file to write, which appears when it is whole",                                     \
   .kind = HMFM_OPTION_TEXT},                                                                      \
  {                                                                                                \
    .name = "force", .meaning = "replace a file that is there"                                     \
  }

/* Tests that -o can be written and is not what is read. Errors: HMFM_EUSAGE, HMFM_EIO. */
hmfm_status hmfm_result_check(const hmfm_options *options, hmfm_error *error);

/* Tests that -o is not the file at path, which is the what ("data") of the user. Errors: HMFM_EUSAGE. */
hmfm_status hmfm_result_spares(const hmfm_options *options, const char *path, const char *what,
                               hmfm_error *error);

/* Where results go: *file is NULL for standard output. */
hmfm_status hmfm_result_open(const hmfm_options *options, hmfm_output **file, FILE **to,
                             hmfm_error *error);
/* Gives the file its name, or removes it when status is not HMFM_OK, which is then returned. */
hmfm_status hmfm_result_close(hmfm_output *file, hmfm_status status, hmfm_error *error);

#endif
