/* The losses: variation of information, Binder's, adjusted Rand index, normalised information. */
#include "summary/loss.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"

static double information(double count) { return count > 0 ? count * log2(count) : 0; }
static double square(double count) { return count * count; }
static double pairs(double count) { return 0.5 * count * (count - 1); }

static double vi_value(double a, double truth, double estimate, double joint, double n) {
  return (a * (truth - joint) + (2 - a) * (estimate - joint)) / n;
}

static double binder_value(double a, double truth, double estimate, double joint, double n) {
  return (a * (truth - joint) + (2 - a) * (estimate - joint)) / (n * n);
}

/* With E and T pairs together in either partition, J in both, and P in all: 1 - (J - ET/P) /
 * ((E + T)/2 - ET/P) = ((E + T)/2 - J) / ((E + T)/2 - ET/P), and 0/0 only where the partitions are equal. */
static double omari_value(double a, double truth, double estimate, double joint, double n) {
  const double mean = 0.5 * (truth + estimate), all = pairs(n);
  const double over = mean - joint, most = mean - (all > 0 ? estimate * truth / all : 0);
  (void)a;
  return most > 0 ? over / most : 0;
}

/* The entropy of both together is log n - sum_km n_km log n_km / n. */
static double nvi_value(double a, double truth, double estimate, double joint, double n) {
  const double entropy = information(n) - joint;
  (void)a;
  return entropy > 0 ? (truth + estimate - 2 * joint) / entropy : 0;
}

/* Sums of `width` columns over the draws: in floats for a few draws at a time, then in doubles. Whole numbers
 * up to 2^24 are exact so. */
HMFM_INLINE void sum_rows(const hmfm_loss_block *block, size_t from, size_t width, double *total) {
  for (size_t first = 0; first < block->n_draws; first += 32) {
    const size_t end = block->n_draws - first < 32 ? block->n_draws : first + 32;
    float sum[16] = {0};
    for (size_t t = first; t < end; t++) {
      const float *row = block->row[t] + from;
      for (size_t k = 0; k < width; k++) sum[k] += row[k];
    }
    for (size_t k = 0; k < width; k++) total[from + k] += (double)sum[k];
  }
}

HMFM_VECTOR void hmfm_loss_score_linear(const hmfm_loss_block *block, double *total) {
  const size_t n = block->n_clusters;
  const double each = (2 - block->a) * (double)block->n_draws;
  size_t from = 0;
  for (size_t k = 0; k < n; k++) total[k] = 0;
  for (; from + 16 <= n; from += 16) sum_rows(block, from, 16, total);
  for (; from + 8 <= n; from += 8) sum_rows(block, from, 8, total);
  for (size_t k = 0; k < n; k++) total[k] = each * block->estimate[k] - 2 * total[k];
}

HMFM_VECTOR static void score_omari(const hmfm_loss_block *block, double *total) {
  for (size_t k = 0; k < block->n_clusters; k++) total[k] = 0;
  const double n = (double)block->n_units, all = n > 1 ? 0.5 * n * (n - 1) : 1;
  for (size_t t = 0; t < block->n_draws; t++) {
    const float *row = block->row[t];
    const double *estimate = block->estimate;
    const double truth = block->truth[t], joint = block->joint[t], part = truth / all;
    for (size_t k = 0; k < block->n_clusters; k++) {
      const double mean = 0.5 * (truth + estimate[k]);
      const double most = mean - estimate[k] * part;
      total[k] += most > 0 ? (mean - joint - (double)row[k]) / most : 0;
    }
  }
}

HMFM_VECTOR static void score_nvi(const hmfm_loss_block *block, double *total) {
  for (size_t k = 0; k < block->n_clusters; k++) total[k] = 0;
  const double n = (double)block->n_units, all = n * log2(n);
  for (size_t t = 0; t < block->n_draws; t++) {
    const float *row = block->row[t];
    const double *estimate = block->estimate;
    const double truth = block->truth[t], joint = block->joint[t];
    for (size_t k = 0; k < block->n_clusters; k++) {
      const double with = joint + (double)row[k], entropy = all - with;
      /* rows are floats; an entropy of more than one cluster is at least log 4 */
      total[k] += entropy > 0.5 ? (truth + estimate[k] - 2 * with) / entropy : 0;
    }
  }
}

static const hmfm_loss losses[] = {
    {"vi", "variation of information", 1, information, vi_value, NULL},
    {"binder", "Binder's loss: pairs on which two partitions differ", 1, square, binder_value,
     NULL},
    {"omari", "one minus the adjusted Rand index", 0, pairs, omari_value, score_omari},
    {"nvi", "variation of information over the joint entropy", 0, information, nvi_value,
     score_nvi},
};
enum { N_LOSSES = sizeof losses / sizeof *losses };

const char *hmfm_loss_name(size_t index, const char **meaning) {
  if (index >= N_LOSSES) return NULL;
  if (meaning) *meaning = losses[index].meaning;
  return losses[index].name;
}

hmfm_status hmfm_loss_find(const char *name, double a, const hmfm_loss **out, hmfm_error *error) {
  size_t l = 0;
  while (l < N_LOSSES && strcmp(losses[l].name, name) != 0) l++;
  if (l == N_LOSSES)
    return hmfm_fail(error, HMFM_EUSAGE, "there is no loss '%s': vi, binder, omari or nvi", name);
  if (!(a >= 0 && a <= 2))
    return hmfm_fail(error, HMFM_EUSAGE, "the weight a of a loss must be in [0, 2], got %g", a);
  if (a != 1 && !losses[l].linear)
    return hmfm_fail(error, HMFM_EUSAGE, "loss %s takes no weight a, got %g", name, a);
  *out = &losses[l];
  return HMFM_OK;
}

hmfm_status hmfm_loss_table(const hmfm_loss *loss, size_t n, double **out, hmfm_error *error) {
  double *f = hmfm_calloc(n + 1, sizeof *f);
  if (!f) return hmfm_fail_memory(error, "the loss");
  for (size_t x = 0; x <= n; x++) f[x] = loss->f((double)x);
  *out = f;
  return HMFM_OK;
}

hmfm_status hmfm_partition_losses(const hmfm_partitions *partitions, const char *loss_name,
                                  double a, const uint32_t *label, int threads, double *distance,
                                  hmfm_error *error) {
  const size_t n = partitions->n_units, n_draws = partitions->n_draws;
  const hmfm_loss *loss = NULL;
  hmfm_status status = hmfm_loss_find(loss_name, a, &loss, error);
  if (status) return status;
  double *f = NULL, *truth = hmfm_calloc(n_draws, sizeof *truth);
  uint32_t *own = hmfm_calloc(n, sizeof *own), *size = hmfm_calloc(n, sizeof *size);
  uint32_t clusters = 0;
  if (!truth || !own || !size) status = hmfm_fail_memory(error, "losses");
  if (!status) status = hmfm_loss_table(loss, n, &f, error);
  if (!status) status = hmfm_joint_sums(partitions, f, own, 1, threads, truth, error);
  if (!status) memcpy(own, label, n * sizeof *own);
  if (!status) status = hmfm_partitions_relabel(n, own, &clusters, error);
  if (!status) status = hmfm_joint_sums(partitions, f, own, clusters, threads, distance, error);
  if (!status) {
    double estimate = 0;
    for (size_t i = 0; i < n; i++) size[own[i]]++;
    for (uint32_t k = 0; k < clusters; k++) estimate += f[size[k]];
    for (size_t t = 0; t < n_draws; t++)
      distance[t] = loss->value(a, truth[t], estimate, distance[t], (double)n);
  }
  hmfm_free(truth);
  hmfm_free(own);
  hmfm_free(size);
  hmfm_free(f);
  return status;
}
