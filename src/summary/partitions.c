/* Draws of partitions in memory, unit by unit, in as few bytes as their labels need. */
#include "hmfm/partitions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/labels.h"

enum { STRIDE = 64 };

/* A hash table of labels seen: slot s holds label key[s] when value[s] > 0, and its new label is value[s] - 1.
 * It is at most half full, so that a search ends. */
hmfm_status hmfm_partitions_relabel(size_t n_units, uint32_t *label, uint32_t *n_clusters,
                                    hmfm_error *error) {
  size_t n_slots = 16;
  int shift = 28;
  while (n_slots < 2 * n_units && shift > 0) n_slots *= 2, shift--;
  uint32_t *key = hmfm_calloc(n_slots, sizeof *key), *value = hmfm_calloc(n_slots, sizeof *value);
  uint32_t clusters = 0;
  if (!key || !value || n_slots < 2 * n_units) {
    hmfm_free(key);
    hmfm_free(value);
    return hmfm_fail_memory(error, "labels");
  }
  for (size_t i = 0; i < n_units; i++) {
    size_t s = (size_t)(label[i] * UINT32_C(2654435769) >> shift);
    while (value[s] && key[s] != label[i]) s = (s + 1) & (n_slots - 1);
    if (!value[s]) {
      key[s] = label[i];
      value[s] = ++clusters;
    }
    label[i] = value[s] - 1;
  }
  hmfm_free(key);
  hmfm_free(value);
  *n_clusters = clusters;
  return HMFM_OK;
}

hmfm_status hmfm_partitions_create(size_t n_draws, size_t n_units, size_t max_clusters,
                                   hmfm_partitions **out, hmfm_error *error) {
  if (n_draws == 0) return hmfm_fail(error, HMFM_EUSAGE, "there are no draws of partitions");
  if (n_units == 0) return hmfm_fail(error, HMFM_EUSAGE, "there are no units to cluster");
  hmfm_partitions *partitions = hmfm_calloc(1, sizeof *partitions);
  if (!partitions) return hmfm_fail_memory(error, "draws of partitions");
  partitions->n_draws = n_draws;
  partitions->n_units = n_units;
  partitions->stride = (n_draws + STRIDE - 1) / STRIDE * STRIDE;
  partitions->max_clusters = max_clusters;
  partitions->bytes = max_clusters <= 256 ? 1 : max_clusters <= 65536 ? 2 : 4;
  partitions->n_clusters = hmfm_calloc(n_draws, sizeof *partitions->n_clusters);
  const size_t row = partitions->stride * (size_t)partitions->bytes;
  partitions->label = partitions->stride >= n_draws ? hmfm_calloc(n_units, row) : NULL;
  if (!partitions->n_clusters || !partitions->label) {
    hmfm_partitions_destroy(partitions);
    return hmfm_fail_memory(error, "draws of partitions");
  }
  *out = partitions;
  return HMFM_OK;
}

void hmfm_partitions_set(hmfm_partitions *partitions, size_t draw, const uint32_t *label) {
  const size_t n = partitions->n_units, stride = partitions->stride;
  uint32_t most = 0;
  for (size_t i = 0; i < n; i++) most = label[i] > most ? label[i] : most;
  partitions->n_clusters[draw] = most + 1;
  if (partitions->bytes == 1) {
    uint8_t *to = (uint8_t *)partitions->label + draw;
    for (size_t i = 0; i < n; i++) to[i * stride] = (uint8_t)label[i];
  } else if (partitions->bytes == 2) {
    uint16_t *to = (uint16_t *)partitions->label + draw;
    for (size_t i = 0; i < n; i++) to[i * stride] = (uint16_t)label[i];
  } else {
    uint32_t *to = (uint32_t *)partitions->label + draw;
    for (size_t i = 0; i < n; i++) to[i * stride] = label[i];
  }
}

/* The labels of some units in one of the draws that are kept, counted anew from 0. */
static hmfm_status take_draw(const hmfm_draws *draws, size_t row, const size_t *unit,
                             size_t n_units, uint32_t *label, uint32_t *n_clusters,
                             hmfm_error *error) {
  const size_t kept = hmfm_draws_kept(draws, draws->n_draws);
  const size_t chain = row / kept, t = row % kept * draws->thin_units;
  for (size_t i = 0; i < n_units; i++)
    label[i] = hmfm_draws_label(draws, chain, t, unit ? unit[i] : i);
  return hmfm_partitions_relabel(n_units, label, n_clusters, error);
}

hmfm_status hmfm_partitions_of_draws(const hmfm_draws *draws, const size_t *unit, size_t n_units,
                                     hmfm_partitions **out, hmfm_error *error) {
  hmfm_partitions *partitions = NULL;
  if (!draws->allocations)
    return hmfm_fail(error, HMFM_EUSAGE, "the draws hold no allocations of units to clusters");
  if (!unit) n_units = draws->n_units;
  const size_t n_draws = draws->n_chains * hmfm_draws_kept(draws, draws->n_draws);
  uint32_t *label = hmfm_calloc(n_units, sizeof *label);
  uint32_t n_clusters = 0, most = 0;
  hmfm_status status = label ? HMFM_OK : hmfm_fail_memory(error, "draws of partitions");
  for (size_t t = 0; !status && t < n_draws; t++) {
    status = take_draw(draws, t, unit, n_units, label, &n_clusters, error);
    most = n_clusters > most ? n_clusters : most;
  }
  if (!status) status = hmfm_partitions_create(n_draws, n_units, most, &partitions, error);
  for (size_t t = 0; !status && t < n_draws; t++) {
    status = take_draw(draws, t, unit, n_units, label, &n_clusters, error);
    if (!status) hmfm_partitions_set(partitions, t, label);
  }
  hmfm_free(label);
  if (status)
    hmfm_partitions_destroy(partitions);
  else
    *out = partitions;
  return status;
}

hmfm_status hmfm_partitions_select(const hmfm_partitions *all, const size_t *unit, size_t n_units,
                                   hmfm_partitions **out, hmfm_error *error) {
  hmfm_partitions *part = NULL;
  uint32_t *label = hmfm_calloc(n_units, sizeof *label), n_clusters = 0;
  hmfm_status status = label ? HMFM_OK : hmfm_fail_memory(error, "draws of partitions");
  if (!status)
    status = hmfm_partitions_create(all->n_draws, n_units, all->max_clusters, &part, error);
  for (size_t t = 0; !status && t < all->n_draws; t++) {
    for (size_t i = 0; i < n_units; i++) label[i] = hmfm_partitions_label(all, t, unit[i]);
    status = hmfm_partitions_relabel(n_units, label, &n_clusters, error);
    if (!status) hmfm_partitions_set(part, t, label);
  }
  hmfm_free(label);
  if (status)
    hmfm_partitions_destroy(part);
  else
    *out = part;
  return status;
}

uint32_t hmfm_partitions_label(const hmfm_partitions *partitions, size_t draw, size_t unit) {
  uint32_t label;
  hmfm_labels_read(partitions, unit, draw, 1, &label);
  return label;
}

void hmfm_partitions_destroy(hmfm_partitions *partitions) {
  if (!partitions) return;
  hmfm_free(partitions->label);
  hmfm_free(partitions->n_clusters);
  hmfm_free(partitions);
}

/* A cluster with the key it is ordered by. */
typedef struct keyed_cluster {
  double key;
  uint32_t label;
} keyed_cluster;

static int compare_keys(const void *a, const void *b) {
  const keyed_cluster *left = a, *right = b;
  const int no_left = isnan(left->key), no_right = isnan(right->key);
  if (no_left != no_right) return no_left - no_right;
  if (!no_left && left->key != right->key) return left->key > right->key ? 1 : -1;
  return (left->label > right->label) - (left->label < right->label);
}

hmfm_status hmfm_partition_order(size_t n_units, uint32_t n_clusters, const double *key,
                                 uint32_t *label, hmfm_error *error) {
  keyed_cluster *cluster = hmfm_calloc(n_clusters, sizeof *cluster);
  uint32_t *rank = hmfm_calloc(n_clusters, sizeof *rank);
  hmfm_status status = cluster && rank ? HMFM_OK : hmfm_fail_memory(error, "clusters");
  if (!status) {
    for (uint32_t k = 0; k < n_clusters; k++) cluster[k] = (keyed_cluster){key[k], k};
    qsort(cluster, n_clusters, sizeof *cluster, compare_keys);
    for (uint32_t k = 0; k < n_clusters; k++) rank[cluster[k].label] = k;
    for (size_t i = 0; i < n_units; i++)
      if (label[i] < n_clusters) label[i] = rank[label[i]];
  }
  hmfm_free(cluster);
  hmfm_free(rank);
  return status;
}
