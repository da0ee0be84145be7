/* The point partition that a verb is about: its options, the search or the file, the numbers of its clusters. */
#include "cli/point_partition.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/partition_read.h"

const char *hmfm_point_loss_name(size_t index) { return hmfm_loss_name(index, NULL); }

const char *hmfm_point_order_name(size_t index) {
  static const char *const name[] = {"size", "mean", NULL};
  return name[index];
}

hmfm_status hmfm_point_partition_prepare(hmfm_options *options, hmfm_error *error) {
  static const char *const value[][2] = {{"loss", "vi"},    {"a", "1"},    {"restarts", "16"},
                                         {"zealous", "10"}, {"seed", "1"}, {"order", "size"}};
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && k < sizeof value / sizeof *value; k++)
    if (hmfm_options_find(options, value[k][0]) < options->n)
      status = hmfm_options_default(options, value[k][0], value[k][1], error);
  return status;
}

hmfm_status hmfm_point_search_idle(const hmfm_options *options, int with_loss, const char *where,
                                   hmfm_error *error) {
  static const char *const name[] = {"restarts", "seconds", "max-clusters", "zealous", "loss", "a"};
  for (size_t k = 0; k < (with_loss ? 6 : 4); k++)
    if (hmfm_options_given(options, name[k]))
      return hmfm_fail(error, HMFM_EUSAGE, "--%s has no part %s", name[k], where);
  return HMFM_OK;
}

static int is_by_mean(const hmfm_options *options) {
  return hmfm_options_find(options, "order") < options->n &&
         strcmp(hmfm_options_text(options, "order"), "mean") == 0;
}

/* What would else be found out after the search. */
static hmfm_status check_search(const hmfm_options *options, hmfm_error *error) {
  const int summary = hmfm_options_find(options, "partitions") < options->n;
  if (is_by_mean(options) && hmfm_options_text(options, "allocations"))
    return hmfm_fail(error, HMFM_EUSAGE,
                     "--order mean needs responses, which --allocations does not have");
  if (!hmfm_options_text(options, "partition")) return HMFM_OK;
  /* in a summary, distances from the partition that is given are of that loss */
  return hmfm_point_search_idle(options, !summary, "with --partition", error);
}

hmfm_status hmfm_point_search_read(const hmfm_options *options, hmfm_partition_search *search,
                                   hmfm_error *error) {
  hmfm_partition_search_defaults(search);
  search->loss = hmfm_options_text(options, "loss");
  search->restarts = hmfm_options_number(options, "restarts");
  search->zealous = hmfm_options_number(options, "zealous");
  search->max_clusters = hmfm_options_number(options, "max-clusters");
  search->seed = hmfm_options_number(options, "seed");
  search->threads = (int)hmfm_options_number(options, "threads");
  hmfm_status status = check_search(options, error);
  if (!status) status = hmfm_options_one_number(options, "a", &search->a, error);
  return status ? status : hmfm_options_one_number(options, "seconds", &search->seconds, error);
}

hmfm_status hmfm_point_partition_order(const hmfm_options *options,
                                       const hmfm_named_partitions *named,
                                       hmfm_point_partition *partition, hmfm_error *error) {
  const size_t n = named->partitions->n_units, K = partition->n_clusters;
  const int by_mean = is_by_mean(options) && named->total;
  double *key = hmfm_calloc(2 * K, sizeof *key);
  if (!key) return hmfm_fail_memory(error, "clusters");
  double *amount = key + K;
  for (size_t i = 0; i < n; i++) {
    key[partition->label[i]] += by_mean ? named->total[i] : -1;
    amount[partition->label[i]] += by_mean ? named->amount[i] : 0;
  }
  for (size_t k = 0; by_mean && k < K; k++) key[k] /= amount[k];
  hmfm_status status = hmfm_partition_order(n, partition->n_clusters, key, partition->label, error);
  hmfm_free(key);
  return status;
}

static hmfm_status read_partition(const char *path, const hmfm_named_partitions *named,
                                  hmfm_point_partition *out, hmfm_error *error) {
  const size_t n = named->partitions->n_units;
  const char *file = strcmp(path, "-") ? path : "<stdin>";
  hmfm_named_partition from = {0};
  uint32_t *label = hmfm_calloc(n, sizeof *label);
  hmfm_status status = label ? HMFM_OK : hmfm_fail_memory(error, "the partition");
  if (!status) status = hmfm_partition_read(path, "group", "unit", "cluster", &from, error);
  if (!status)
    status = hmfm_named_partition_match(&from, file, n, named->group, named->unit, label, error);
  if (!status) {
    *out = (hmfm_point_partition){.n_clusters = from.n_clusters, .loss = NAN, .label = label};
    status = hmfm_partitions_relabel(n, label, &out->n_clusters, error);
  } else
    hmfm_free(label);
  hmfm_named_partition_clear(&from);
  return status;
}

hmfm_status hmfm_point_partition_get(const hmfm_options *options,
                                     const hmfm_named_partitions *named, hmfm_point_partition *out,
                                     hmfm_error *error) {
  const char *path = hmfm_options_text(options, "partition");
  hmfm_point_partition found = {0};
  hmfm_partition_search search;
  hmfm_status status = hmfm_point_search_read(options, &search, error);
  if (!status)
    status = path ? read_partition(path, named, &found, error)
                  : hmfm_partition_find(named->partitions, &search, &found, error);
  if (!status) status = hmfm_point_partition_order(options, named, &found, error);
  if (status)
    hmfm_point_partition_clear(&found);
  else
    *out = found;
  return status;
}
