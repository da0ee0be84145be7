/* Parts of hmfm score: what is compared with the truth, and how scores are written. */
#ifndef CLI_SCORE_H
#define CLI_SCORE_H

#include <stdio.h>

#include "cli/options.h"
#include "hmfm/score.h"
#include "io/allocations_read.h"
#include "io/partition_read.h"

/* Scores of all units, or of one group. */
typedef struct hmfm_score_row {
  const char *group; /* not owned; "all" of all units */
  size_t n_units, *unit;
  hmfm_partition_score score;
  hmfm_density_score
      density; /* NaN where no true density was given; of all: the mean over groups */
} hmfm_score_row;

typedef struct hmfm_score_report {
  hmfm_named_partitions named; /* the draws; empty where there are none */
  hmfm_named_partition given;  /* the partition that is scored alone; empty where there are draws */
  size_t n_units;
  char *const *group, *const *unit; /* their names, of either */
  uint32_t *truth;
  const char *truth_file, *draws_file, *partition_file; /* NULL where there is none */
  hmfm_point_partition point;
  const char *loss; /* by which it was searched for */
  int has_density;
  size_t n_rows;
  hmfm_score_row *row; /* all units, then group by group; groups without a name have no rows */
} hmfm_score_report;

/* Reads and scores what the options say; the report points into them. Errors: HMFM_EUSAGE, HMFM_EDATA, HMFM_EIO,
 * HMFM_EMEMORY, HMFM_ENUMERIC. End with hmfm_score_report_clear, also after a failure. */
hmfm_status hmfm_score_report_make(const hmfm_options *options, hmfm_score_report *report,
                                   hmfm_error *error);
void hmfm_score_report_clear(hmfm_score_report *report);

void hmfm_score_print_text(const hmfm_score_report *report, FILE *to);
void hmfm_score_print_csv(const hmfm_score_report *report, FILE *to);
/* Errors: HMFM_EIO for names that JSON cannot hold. */
hmfm_status hmfm_score_print_json(const hmfm_score_report *report, FILE *to, hmfm_error *error);

#endif
