/* What hmfm summary tells of a fit, gathered once and printed as text, CSV or JSON. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <jansson.h>
#include <stdio.h>

#include "hmfm/draws.h"
#include "hmfm/partitions.h"
#include "hmfm/summary.h"
#include "io/config.h"
#include "io/netcdf.h"
#include "summary/judge.h"

/* Posterior of a count: probability[v] of least + v. */
typedef struct hmfm_count_law {
  size_t least, n;
  double *probability; /* n */
} hmfm_count_law;

/* The draws of partitions of a fit and what stands for them; not owned by the report that tells of them. */
typedef struct hmfm_report_partitions {
  const hmfm_partitions *draws; /* chain after chain */
  const hmfm_partition_search *search;
  const hmfm_point_partition *point; /* loss NaN: not searched for */
} hmfm_report_partitions;

typedef struct hmfm_report {
  const char *path;
  hmfm_draws *draws;
  hmfm_fit_info *info;
  hmfm_config *configuration; /* NULL where it cannot be read */
  size_t n_quantities;
  hmfm_quantity *quantity;
  hmfm_count_law clusters;                  /* of K; n = 0 where K was not saved */
  hmfm_count_law *group_clusters;           /* of each K_j; NULL where K_group was not saved */
  const hmfm_report_partitions *partitions; /* NULL: not told of */
  hmfm_chain_difference difference;         /* of chains, where there are two and partitions */
  size_t thinned;                           /* above 1: only one draw in so many is told of */
  double ess_wanted;                        /* least ess_bulk of a quantity that is fine */
  hmfm_notes remarks;                       /* on the run, and on what cannot be diagnosed */
  hmfm_notes warnings;                      /* what has not converged, and what to do */
} hmfm_report;

/* Reads the fit at path, with those of its big parts that hmfm_netcdf_read is to read, and works everything out.
 * The path must outlive the report. Errors: HMFM_EIO, HMFM_EMEMORY. */
hmfm_status hmfm_report_create(const char *path, unsigned parts, hmfm_report **out,
                               hmfm_error *error);
/* The same, and how the chains agree on partitions, which must outlive the report: adds entropy and distance to the
 * quantities. */
hmfm_status hmfm_report_create_with(const char *path, unsigned parts,
                                    const hmfm_report_partitions *partitions, hmfm_report **out,
                                    hmfm_error *error);
void hmfm_report_destroy(hmfm_report *report);

/* Leaves the draws that have allocations alone, and remarks on it where there are others. */
void hmfm_report_thin(hmfm_report *report);

/* Adds variables entropy and distance to the report's draws, and fills in difference (summary_partitions.c). */
hmfm_status hmfm_report_add_partitions(hmfm_report *report, hmfm_error *error);
/* Tells of partitions as text and as JSON; NULL when memory ran out. */
void hmfm_report_print_partitions(const hmfm_report *report, FILE *to);
json_t *hmfm_report_partitions_json(const hmfm_report *report);

/* Fills in remarks and warnings. */
void hmfm_report_judge(hmfm_report *report);

/* Sweeps of one chain, and of all chains together in a second (NaN where no time was taken). */
size_t hmfm_report_sweeps(const hmfm_report *report);
double hmfm_report_speed(const hmfm_report *report);

/* The frequencies of value k of a count v over all chains and draws; law->probability is for hmfm_free. path is that of
 * the draws. Errors: HMFM_EIO for values that count no clusters; HMFM_EMEMORY. */
hmfm_status hmfm_count_law_fill(const char *path, const hmfm_draws *draws, const hmfm_variable *v,
                                size_t k, hmfm_count_law *law, hmfm_error *error);

/* Smallest value whose probability and that of all below reach p. */
size_t hmfm_count_law_quantile(const hmfm_count_law *law, double p);
size_t hmfm_count_law_mode(const hmfm_count_law *law);

void hmfm_report_print_text(const hmfm_report *report, FILE *to);
void hmfm_report_print_csv(const hmfm_report *report, FILE *to);
hmfm_status hmfm_report_print_json(const hmfm_report *report, FILE *to, hmfm_error *error);

#endif
