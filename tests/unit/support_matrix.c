/* The slow, other route to what is said about draws of partitions. */
#include "support_matrix.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double uniform(unsigned *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return (double)(*seed >> 8) / 16777216.0;
}

hmfm_partitions *matrix_random(size_t n_draws, size_t n_units, size_t most, double moved,
                               unsigned seed) {
  hmfm_partitions *partitions = NULL;
  uint32_t *base = calloc(n_units, sizeof *base), *label = calloc(n_units, sizeof *label), k;
  ck_assert_ptr_nonnull(base);
  ck_assert_ptr_nonnull(label);
  ck_assert_int_eq(hmfm_partitions_create(n_draws, n_units, most, &partitions, NULL), HMFM_OK);
  for (size_t i = 0; i < n_units; i++) base[i] = (uint32_t)(uniform(&seed) * (double)most);
  for (size_t t = 0; t < n_draws; t++) {
    for (size_t i = 0; i < n_units; i++)
      label[i] = uniform(&seed) < moved ? (uint32_t)(uniform(&seed) * (double)most) : base[i];
    ck_assert_int_eq(hmfm_partitions_relabel(n_units, label, &k, NULL), HMFM_OK);
    hmfm_partitions_set(partitions, t, label);
  }
  free(base);
  free(label);
  return partitions;
}

int matrix_next(size_t n, uint32_t *label) {
  for (size_t i = n; i-- > 1;) {
    uint32_t most = 0;
    for (size_t k = 0; k < i; k++) most = label[k] > most ? label[k] : most;
    if (label[i] > most) continue;
    label[i]++;
    for (size_t k = i + 1; k < n; k++) label[k] = 0;
    return 1;
  }
  return 0;
}

/* Mean over units of -log2 of the share of units that are in its cluster in both. */
static double entropy(size_t n, const uint32_t *one, const uint32_t *other) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    double together = 0;
    for (size_t j = 0; j < n; j++) together += one[i] == one[j] && other[i] == other[j];
    sum -= log2(together / (double)n);
  }
  return sum / (double)n;
}

/* a H(estimate, truth) - a H(truth) is what is separated, the rest what is joined. */
double matrix_vi(size_t n, const uint32_t *truth, const uint32_t *estimate, double a) {
  const double both = entropy(n, truth, estimate);
  return a * (both - entropy(n, truth, truth)) + (2 - a) * (both - entropy(n, estimate, estimate));
}

double matrix_nvi(size_t n, const uint32_t *truth, const uint32_t *estimate) {
  const double both = entropy(n, truth, estimate);
  return both > 1e-12 ? matrix_vi(n, truth, estimate, 1) / both : 0;
}

double matrix_binder(size_t n, const uint32_t *truth, const uint32_t *estimate, double a) {
  double cost = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      const int really = truth[i] == truth[j], said = estimate[i] == estimate[j];
      cost += really && !said ? a : !really && said ? 2 - a : 0;
    }
  return cost / (double)(n * n);
}

double matrix_omari(size_t n, const uint32_t *truth, const uint32_t *estimate) {
  double both = 0, one = 0, other = 0, all = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) {
      const int really = truth[i] == truth[j], said = estimate[i] == estimate[j];
      both += really && said, one += really, other += said, all += 1;
    }
  const double chance = all > 0 ? one * other / all : 0, most = (one + other) / 2;
  return most > chance ? 1 - (both - chance) / (most - chance) : 0;
}

double matrix_loss(const char *name, double a, size_t n, const uint32_t *truth,
                   const uint32_t *estimate) {
  if (strcmp(name, "vi") == 0) return matrix_vi(n, truth, estimate, a);
  if (strcmp(name, "binder") == 0) return matrix_binder(n, truth, estimate, a);
  if (strcmp(name, "omari") == 0) return matrix_omari(n, truth, estimate);
  ck_assert_str_eq(name, "nvi");
  return matrix_nvi(n, truth, estimate);
}

double matrix_expected(const hmfm_partitions *partitions, const char *name, double a,
                       const uint32_t *estimate) {
  const size_t n = partitions->n_units;
  uint32_t *truth = calloc(n, sizeof *truth);
  double sum = 0;
  ck_assert_ptr_nonnull(truth);
  for (size_t t = 0; t < partitions->n_draws; t++) {
    for (size_t i = 0; i < n; i++) truth[i] = hmfm_partitions_label(partitions, t, i);
    sum += matrix_loss(name, a, n, truth, estimate);
  }
  free(truth);
  return sum / (double)partitions->n_draws;
}
