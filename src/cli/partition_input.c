/* Draws of partitions from a fit or from a CSV file. */
#include "cli/partition_input.h"

#include "base/error.h"

hmfm_status hmfm_partition_input(const hmfm_options *options, hmfm_named_partitions *out,
                                 hmfm_error *error) {
  const char *fit = options->operand, *csv = hmfm_options_text(options, "allocations");
  if (fit && csv)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "draws come from %s or from --allocations %s, not from both", fit, csv);
  if (!fit && !csv)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "there are no draws: give a fit FIT.nc or --allocations FILE.csv");
  return csv ? hmfm_allocations_read(csv, out, error) : hmfm_allocations_of_fit(fit, out, error);
}
