/* What the verbs about draws of partitions have in common: where those come from, and where results go. */
#ifndef CLI_PARTITION_INPUT_H
#define CLI_PARTITION_INPUT_H

#include <stdio.h>

#include "cli/options.h"
#include "io/allocations_read.h"
#include "io/output.h"

/* The lines of a table that hmfm_partition_input and hmfm_result_open read. */
#define HMFM_OPTION_ALLOCATIONS                                                                    \
  {                                                                                                \
    .name = "allocations", .argument = "FILE.csv",                                                 \
    .meaning = "draws from here, not from a fit; - is standard input", .kind = HMFM_OPTION_TEXT    \
  }
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

/* What --help says of the format. */
#define HMFM_ALLOCATIONS_NOTES                                                                     \
  "Draws of other programs:\n"                                                                     \
  "--allocations takes a CSV file with a header of units and a row for each draw, as 'hmfm "       \
  "convert\n"                                                                                      \
  "--what allocations' prints: whole numbers, equal where two units are in one cluster. Columns\n" \
  "chain and draw are passed over. A name GROUP/UNIT is split at its first /.\n"

/* The draws of partitions of the fit or of --allocations, exactly one of which is given. Errors: HMFM_EUSAGE, or those
 * of reading. */
hmfm_status hmfm_partition_input(const hmfm_options *options, hmfm_named_partitions *out,
                                 hmfm_error *error);

/* Tests that -o can be written and is not what is read. Errors: HMFM_EUSAGE, HMFM_EIO. */
hmfm_status hmfm_result_check(const hmfm_options *options, hmfm_error *error);

/* Where results go: *file is NULL for standard output. */
hmfm_status hmfm_result_open(const hmfm_options *options, hmfm_output **file, FILE **to,
                             hmfm_error *error);
/* Gives the file its name, or removes it when status is not HMFM_OK, which is then returned. */
hmfm_status hmfm_result_close(hmfm_output *file, hmfm_status status, hmfm_error *error);

#endif
