/* What hmfm partition found, and how it is printed. */
#ifndef CLI_PARTITION_PRINT_H
#define CLI_PARTITION_PRINT_H

#include <stdio.h>

#include "hmfm/partitions.h"
#include "io/allocations_read.h"

/* A partition, and how sure it is where that was asked for. */
typedef struct hmfm_partition_answer {
  hmfm_named_partitions named;
  hmfm_partition_search search;
  hmfm_point_partition found;
  double *certainty; /* n_units, or NULL */
  double level;      /* of the ball; NaN: none */
  hmfm_credible_ball ball;
  double held; /* least probability of the subpartition; NaN: none */
  hmfm_subpartition chips;
} hmfm_partition_answer;

/* A row a unit; and the search, with all units. Errors: HMFM_EDATA for a name that is not UTF-8, HMFM_EIO. */
void hmfm_partition_print_csv(const hmfm_partition_answer *answer, FILE *to);
hmfm_status hmfm_partition_print_json(const hmfm_partition_answer *answer, FILE *to,
                                      hmfm_error *error);

/* A sentence or three on the search, on standard error. */
void hmfm_partition_report(const hmfm_partition_answer *answer);

#endif
