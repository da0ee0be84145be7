/* Parts of hmfm clusters: what is told of the clusters, gathered once and printed as text, CSV or JSON. */
#ifndef CLI_CLUSTERS_H
#define CLI_CLUSTERS_H

#include <stdio.h>

#include "hmfm/clusters.h"
#include "hmfm/partitions.h"
#include "io/allocations_read.h"
#include "io/config.h"
#include "io/fit_columns.h"
#include "io/netcdf.h"

/* Tables of CSV. */
typedef enum hmfm_clusters_table {
  HMFM_TABLE_CLUSTERS,
  HMFM_TABLE_GROUPS,
  HMFM_TABLE_TRANSITIONS,
  HMFM_TABLE_BY
} hmfm_clusters_table;

typedef struct hmfm_clusters_report {
  const char *path, *partition_path; /* of the fit; of --partition, or NULL: searched for */
  const char *loss;                  /* that the search made least */
  hmfm_named_partitions named;
  hmfm_draws *draws;
  hmfm_fit_info *info;
  hmfm_config *configuration; /* NULL where none can be read */
  hmfm_point_partition partition;
  hmfm_clusters *clusters;
  hmfm_transitions *transitions;
  hmfm_fit_columns by;
  hmfm_cluster_column **column; /* by.n; or NULL */
  hmfm_notes remarks;           /* what there is not, and why; which chains do not agree */
} hmfm_clusters_report;

/* Fills in the remarks on one table, or, where only is NULL, on all (clusters_judge.c). */
void hmfm_clusters_judge(hmfm_clusters_report *report, const hmfm_clusters_table *only);
/* The greater rhat of a cluster's mean and sd; NaN where neither has one. */
double hmfm_cluster_rhat(const hmfm_cluster *cluster);

void hmfm_clusters_print_text(const hmfm_clusters_report *report, FILE *to);
void hmfm_clusters_print_csv(const hmfm_clusters_report *report, hmfm_clusters_table table,
                             FILE *to);
/* Errors: HMFM_EDATA for names that JSON cannot hold, HMFM_EIO. */
hmfm_status hmfm_clusters_print_json(const hmfm_clusters_report *report, FILE *to,
                                     hmfm_error *error);

#endif
