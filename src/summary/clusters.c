/* Clusters of a point partition: sizes, responses, covariates, groups. */
#include "summary/clusters.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "hmfm/partitions.h"

hmfm_status hmfm_clusters_number(size_t n, const uint32_t *label, size_t *n_clusters,
                                 hmfm_error *error) {
  size_t most = 0, missing = 0;
  unsigned char *seen = hmfm_calloc(n, sizeof *seen);
  if (!seen) return hmfm_fail_memory(error, "clusters");
  hmfm_status status = n ? HMFM_OK : hmfm_fail(error, HMFM_EUSAGE, "there are no units");
  for (size_t i = 0; !status && i < n; i++) {
    if (label[i] >= n)
      status = hmfm_fail(error, HMFM_EUSAGE,
                         "labels of a partition of %zu units must be below that, got %u", n,
                         (unsigned)label[i]);
    else
      seen[label[i]] = 1;
    if (!status && label[i] >= most) most = label[i] + (size_t)1;
  }
  while (!status && missing < most && seen[missing]) missing++;
  if (!status && missing < most)
    status = hmfm_fail(error, HMFM_EUSAGE, "there is a label %zu of a partition, but none %zu",
                       most - 1, missing);
  hmfm_free(seen);
  if (!status) *n_clusters = most;
  return status;
}

void hmfm_mean_sd(size_t n, const double *value, size_t *count, double *mean, double *sd) {
  double sum = 0.0, square = 0.0;
  *count = 0;
  *mean = *sd = NAN;
  for (size_t i = 0; i < n; i++) {
    if (isnan(value[i])) continue;
    sum += value[i];
    ++*count;
  }
  if (*count == 0) return;
  *mean = sum / (double)*count;
  for (size_t i = 0; i < n; i++)
    if (!isnan(value[i])) square += (value[i] - *mean) * (value[i] - *mean);
  if (*count > 1) *sd = sqrt(square / (double)(*count - 1));
}

void hmfm_clusters_destroy(hmfm_clusters *clusters) {
  if (!clusters) return;
  hmfm_free(clusters->cluster);
  hmfm_free(clusters->covariate_mean);
  hmfm_free(clusters->count);
  hmfm_free(clusters->group_clusters);
  hmfm_free(clusters);
}

static hmfm_status check_family(const hmfm_draws *draws, const char *name,
                                const hmfm_family **family, hmfm_error *error) {
  *family = hmfm_family_find(name);
  if (!*family) return hmfm_fail(error, HMFM_EUSAGE, "there is no family '%s'", name);
  int same = draws->n_atom >= (*family)->n_atom;
  for (size_t p = 0; same && p < (*family)->n_atom; p++)
    same = strcmp(draws->atom_name[p], (*family)->atom_name[p]) == 0;
  return same ? HMFM_OK : hmfm_fail(error, HMFM_EUSAGE, "these are no draws of family %s", name);
}

static hmfm_status allocate(const hmfm_draws *draws, size_t n_clusters, hmfm_clusters **out,
                            hmfm_error *error) {
  const size_t d = draws->n_groups, r = draws->n_covariates;
  hmfm_clusters *to = hmfm_calloc(1, sizeof *to);
  *out = to;
  if (!to) return hmfm_fail_memory(error, "clusters");
  to->n_clusters = n_clusters;
  to->n_groups = d;
  to->n_covariates = r;
  to->cluster = hmfm_calloc(n_clusters, sizeof *to->cluster);
  to->covariate_mean = hmfm_calloc(n_clusters, (r ? r : 1) * sizeof *to->covariate_mean);
  to->count = hmfm_calloc(n_clusters, d * sizeof *to->count);
  to->group_clusters = hmfm_calloc(d, sizeof *to->group_clusters);
  if (!to->cluster || !to->covariate_mean || !to->count || !to->group_clusters)
    return hmfm_fail_memory(error, "clusters");
  return HMFM_OK;
}

static void count_groups(const hmfm_draws *draws, const uint32_t *label, hmfm_clusters *to) {
  for (size_t i = 0; i < draws->n_units; i++)
    to->count[draws->unit_group[i] * to->n_clusters + label[i]]++;
  for (size_t j = 0; j < to->n_groups; j++)
    for (size_t k = 0; k < to->n_clusters; k++) {
      const int is_there = to->count[j * to->n_clusters + k] > 0;
      to->group_clusters[j] += (size_t)is_there;
      to->cluster[k].n_groups += (size_t)is_there;
    }
}

/* Means over observations, in unit order. first[i] is the first row of unit i, value has room for all rows of a
 * cluster. */
static void describe(const hmfm_draws *draws, const hmfm_unit_order *order, const size_t *first,
                     double *value, hmfm_clusters *to) {
  const size_t r = to->n_covariates;
  for (size_t k = 0; k < to->n_clusters; k++) {
    hmfm_cluster *cluster = &to->cluster[k];
    double *x = to->covariate_mean + k * r, exposure = 0.0;
    size_t n = 0;
    for (size_t u = order->start[k]; u < order->start[k + 1]; u++) {
      const size_t i = order->unit[u];
      for (size_t h = first[i]; h < first[i] + draws->unit_size[i]; h++) {
        value[n++] = draws->y[h];
        if (draws->exposure) exposure += draws->exposure[h];
        for (size_t c = 0; c < r; c++) x[c] += draws->x[h * r + c];
      }
    }
    cluster->n_units = order->start[k + 1] - order->start[k];
    for (size_t c = 0; c < r; c++) x[c] /= (double)n;
    cluster->exposure_mean = draws->exposure ? exposure / (double)n : NAN;
    hmfm_mean_sd(n, value, &cluster->n_rows, &cluster->response_mean, &cluster->response_sd);
  }
}

static hmfm_status set_certainty(const hmfm_draws *draws, const hmfm_unit_order *order,
                                 const uint32_t *label, int threads, hmfm_clusters *to,
                                 hmfm_error *error) {
  hmfm_partitions *partitions = NULL;
  double *certainty = hmfm_calloc(draws->n_units, sizeof *certainty);
  if (!certainty) return hmfm_fail_memory(error, "certainties");
  hmfm_status status = hmfm_partitions_of_draws(draws, NULL, 0, &partitions, error);
  if (!status) status = hmfm_partition_certainty(partitions, label, threads, certainty, error);
  for (size_t k = 0; !status && k < to->n_clusters; k++) {
    double sum = 0.0;
    for (size_t u = order->start[k]; u < order->start[k + 1]; u++) sum += certainty[order->unit[u]];
    to->cluster[k].certainty = sum / (double)to->cluster[k].n_units;
  }
  hmfm_partitions_destroy(partitions);
  hmfm_free(certainty);
  return status;
}

hmfm_status hmfm_clusters_create(const hmfm_draws *draws, const char *family_name,
                                 const uint32_t *label, int threads, hmfm_clusters **out,
                                 hmfm_error *error) {
  static const hmfm_diagnostics unknown = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  const size_t n = draws->n_units;
  const hmfm_family *family = NULL;
  hmfm_clusters *to = NULL;
  hmfm_unit_order order = {0};
  size_t n_clusters = 0, *first = NULL;
  double *value = NULL;
  hmfm_status status = check_family(draws, family_name, &family, error);
  if (!status) status = hmfm_clusters_number(n, label, &n_clusters, error);
  if (status) return status;
  status = allocate(draws, n_clusters, &to, error);
  if (!status) status = hmfm_unit_order_create(n, label, n_clusters, &order, error);
  if (status) goto out;
  first = hmfm_calloc(n, sizeof *first);
  value = hmfm_calloc(draws->n_rows, sizeof *value);
  if (!first || !value) {
    status = hmfm_fail_memory(error, "clusters");
    goto out;
  }
  for (size_t i = 1; i < n; i++) first[i] = first[i - 1] + draws->unit_size[i - 1];
  for (size_t k = 0; k < n_clusters; k++) {
    to->cluster[k].certainty = NAN;
    to->cluster[k].mean = to->cluster[k].sd = unknown;
  }
  count_groups(draws, label, to);
  describe(draws, &order, first, value, to);
  if (draws->allocations && draws->n_draws)
    status = set_certainty(draws, &order, label, threads, to, error);
  to->has_posterior = draws->allocations && draws->components && draws->n_draws;
  if (!status && to->has_posterior)
    status = hmfm_clusters_posterior(draws, family, &order, to->cluster, error);
out:
  hmfm_unit_order_clear(&order);
  hmfm_free(first);
  hmfm_free(value);
  if (status)
    hmfm_clusters_destroy(to);
  else
    *out = to;
  return status;
}
