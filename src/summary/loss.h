/* Losses between two partitions, all made of three sums: over the clusters of the true one, of the
 * estimate, and of both together; private to the library. */
#ifndef SUMMARY_LOSS_H
#define SUMMARY_LOSS_H

#include "hmfm/partitions.h"

/* What the candidates for one unit are scored from. The unit is in no cluster: joining cluster k adds
 * row[t][k] to the joint sum of draw t, and makes the estimate's sum estimate[k]. */
typedef struct hmfm_loss_block {
  size_t n_units;
  double a;
  size_t n_draws;
  const float *const *row; /* n_draws rows of n_clusters, a multiple of 8 */
  const double *joint;     /* n_draws: joint sum without the unit */
  const double *truth;     /* n_draws: sum of the draw */
  size_t n_clusters;
  const double *estimate; /* n_clusters */
} hmfm_loss_block;

/* A loss of n units is value(a, sum_m f(m), sum_k f(k), sum_km f(n_km), n), with f(0) = 0. */
typedef struct hmfm_loss {
  const char *name, *meaning;
  int linear; /* in the three sums, with weights a, b and -2; only then does it take an a other than 1 */
  double (*f)(double count);
  double (*value)(double a, double truth, double estimate, double joint, double n);
  /* Unless linear: total[k] = sum over the draws of the loss when the unit joins cluster k. */
  void (*score)(const hmfm_loss_block *block, double *total);
} hmfm_loss;

/* total[k] = b n_draws estimate[k] - 2 sum_t row[t][k]: the linear loss of the same sums, less what all k have in
 * common. It serves the others while most units are in no cluster yet. */
void hmfm_loss_score_linear(const hmfm_loss_block *block, double *total);

/* Errors: HMFM_EUSAGE for an unknown name, or a weight the loss does not take. */
hmfm_status hmfm_loss_find(const char *name, double a, const hmfm_loss **out, hmfm_error *error);

/* *out = f(0), ..., f(n), owned. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_loss_table(const hmfm_loss *loss, size_t n, double **out, hmfm_error *error);

/* joint[t] = sum over clusters m of draw t and k of label of f(n_km), f from its table. label counts
 * from 0 and has n_clusters clusters; with one cluster this is the sum of the draw itself. Equal partitions give
 * the same bits as either alone. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_joint_sums(const hmfm_partitions *partitions, const double *f,
                            const uint32_t *label, size_t n_clusters, int threads, double *joint,
                            hmfm_error *error);

#endif
