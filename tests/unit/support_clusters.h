/* Draws made up at random for the tests of what is said about clusters, and random point partitions of them. */
#ifndef UNIT_SUPPORT_CLUSTERS_H
#define UNIT_SUPPORT_CLUSTERS_H

#include "hmfm/clusters.h"

typedef struct clusters_case {
  const char *family;
  size_t n_groups, n_names; /* each name is in a group or not, at random */
  double presence;          /* with this probability; 1: in all */
  size_t n_covariates, n_clusters;
  int is_hdp, exposure;
} clusters_case;

enum { CLUSTERS_CASES = 7 };
extern const clusters_case clusters_cases[CLUSTERS_CASES];

/* 2 chains of 9 draws out of 11; units with 1 to 3 observations; of every draw 4 to 7 components. At least one unit
 * is in every group. Fails the running test when out of memory. */
hmfm_draws *clusters_draws(const clusters_case *what, unsigned seed);

/* Labels below the number of clusters, or of units where these are fewer, each at least once; for free. */
uint32_t *clusters_label(const hmfm_draws *draws, size_t n_clusters, unsigned seed);

/* Fails the running test unless two numbers are equal to 1e-9; clusters_same also takes NaN and NaN. */
void clusters_near(double got, double wanted, const char *what);
void clusters_same(double got, double wanted, const char *what);

/* Standard deviation with n - 1; NaN for fewer than two numbers. */
double clusters_sd(const double *x, size_t n);

#endif
