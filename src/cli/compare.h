/* What hmfm compare tells of fits to the same data, gathered once and printed as text, CSV or JSON. */
#ifndef CLI_COMPARE_H
#define CLI_COMPARE_H

#include <jansson.h>
#include <stdio.h>

#include "cli/summary.h"
#include "hmfm/loo.h"
#include "hmfm/partitions.h"

/* A fit among others. */
typedef struct hmfm_compared {
  hmfm_report *report; /* without the log likelihoods of the draws, which are large */
  hmfm_loo *loo;
  const hmfm_quantity *clusters;       /* K; NULL where it was not saved */
  const hmfm_quantity *group_clusters; /* K_group, a quantity for each group; NULL likewise */
  hmfm_point_partition point;          /* label NULL where there is none */
} hmfm_compared;

typedef struct hmfm_comparison {
  size_t n;
  hmfm_compared *fit;  /* n, as they were given; called 1, 2, ... */
  hmfm_loo_rank *rank; /* n, the best first */
  const char *loss;    /* that the point partitions were searched by, not owned */
  double *vi, *ari;    /* n x n, between their point partitions; NULL: not looked for */
  hmfm_notes remarks;  /* how the fits differ */
  hmfm_notes warnings; /* what is not to be relied on */
} hmfm_comparison;

/* Reads and scores the fits at n paths, which must outlive the comparison, and finds their point partitions, unless
 * search is NULL; when quiet, without a word on a terminal. Errors: HMFM_EIO, HMFM_EMEMORY; HMFM_EDATA for a fit that
 * cannot be scored, or fits that are not of the same data; HMFM_EUSAGE for a search that cannot be. */
hmfm_status hmfm_comparison_create(const char *const *path, size_t n,
                                   const hmfm_partition_search *search, int quiet,
                                   hmfm_comparison **out, hmfm_error *error);
void hmfm_comparison_destroy(hmfm_comparison *comparison);

/* Fills in remarks and warnings (compare_judge.c). Errors: HMFM_EMEMORY. */
hmfm_status hmfm_comparison_judge(hmfm_comparison *comparison, hmfm_error *error);

/* Point partitions (compare_partitions.c): found, and as text and JSON, which is NULL when memory ran out. Errors: as
 * above. */
hmfm_status hmfm_comparison_add_partitions(hmfm_comparison *comparison,
                                           const hmfm_partition_search *search, int quiet,
                                           hmfm_error *error);
void hmfm_comparison_print_partitions(const hmfm_comparison *comparison, FILE *to);
json_t *hmfm_comparison_partitions_json(const hmfm_comparison *comparison);
/* Clusters of the point partition; NaN where there is none. */
double hmfm_compared_point_clusters(const hmfm_compared *fit);

/* Of a fit: effective draws of K in a second of sampling, NaN where not defined. */
double hmfm_compared_speed(const hmfm_compared *fit);

void hmfm_comparison_print_text(const hmfm_comparison *comparison, FILE *to);
void hmfm_comparison_print_csv(const hmfm_comparison *comparison, FILE *to);
hmfm_status hmfm_comparison_print_json(const hmfm_comparison *comparison, FILE *to,
                                       hmfm_error *error);

/* A row for each fit and unit, as CSV. */
void hmfm_comparison_print_units(const hmfm_comparison *comparison, FILE *to);

#endif
