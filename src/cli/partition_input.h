/* What the verbs about draws of partitions have in common: where those come from. */
#ifndef CLI_PARTITION_INPUT_H
#define CLI_PARTITION_INPUT_H

#include "cli/options.h"
#include "io/allocations_read.h"

/* The line of a table that hmfm_partition_input reads, beside the operand. */
#define HMFM_OPTION_ALLOCATIONS                                                                    \
  {                                                                                                \
    .name = "allocations", .argument = "FILE.csv",                                                 \
    .meaning = "draws from here, not from a fit; - is standard input", .kind = HMFM_OPTION_TEXT    \
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

#endif
