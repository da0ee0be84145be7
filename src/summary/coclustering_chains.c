/* How far chains are apart in who belongs together: the shares of their draws in which two units are in one
 * cluster, compared over all pairs, some rows of each chain's matrix at a time. */
#include "hmfm/partitions.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"

enum { ROWS = 64 };

/* The draws of each chain as partitions of their own, of some of the units. */
typedef struct chain_set {
  size_t n_chains, n_units; /* units compared */
  size_t *unit;             /* n_units of them, ascending */
  hmfm_partitions **chain;  /* n_chains */
  uint32_t *count;          /* n_chains x ROWS x n_units */
} chain_set;

static void set_clear(chain_set *set) {
  for (size_t c = 0; set->chain && c < set->n_chains; c++) hmfm_partitions_destroy(set->chain[c]);
  hmfm_free(set->chain);
  hmfm_free(set->unit);
  hmfm_free(set->count);
}

static hmfm_status copy_chain(const hmfm_partitions *all, const chain_set *set, size_t c,
                              uint32_t *label, hmfm_error *error) {
  const size_t n_draws = all->n_draws / set->n_chains;
  uint32_t n_clusters = 0;
  hmfm_status status =
      hmfm_partitions_create(n_draws, set->n_units, all->max_clusters, &set->chain[c], error);
  for (size_t t = 0; !status && t < n_draws; t++) {
    for (size_t i = 0; i < set->n_units; i++)
      label[i] = hmfm_partitions_label(all, c * n_draws + t, set->unit[i]);
    status = hmfm_partitions_relabel(set->n_units, label, &n_clusters, error);
    if (!status) hmfm_partitions_set(set->chain[c], t, label);
  }
  return status;
}

static hmfm_status set_create(const hmfm_partitions *all, size_t n_chains, size_t most_units,
                              chain_set *set, hmfm_error *error) {
  const size_t n = all->n_units;
  set->n_chains = n_chains;
  set->n_units = n < most_units ? n : most_units;
  set->unit = hmfm_calloc(set->n_units, sizeof *set->unit);
  set->chain = hmfm_calloc(n_chains, sizeof *set->chain);
  set->count = hmfm_calloc(n_chains * ROWS, set->n_units * sizeof *set->count);
  uint32_t *label = hmfm_calloc(set->n_units, sizeof *label);
  hmfm_status status = set->unit && set->chain && set->count && label
                           ? HMFM_OK
                           : hmfm_fail_memory(error, "a comparison of chains");
  for (size_t i = 0; !status && i < set->n_units; i++) /* evenly spaced */
    set->unit[i] = (size_t)(((double)i + 0.5) * (double)n / (double)set->n_units);
  for (size_t c = 0; !status && c < n_chains; c++) status = copy_chain(all, set, c, label, error);
  hmfm_free(label);
  return status;
}

/* Goes over the pairs of unit a, whose row in each chain is number r, with units after it; returns the sum of the
 * squared differences of shares over pairs of chains. */
static double compare_row(const chain_set *set, size_t r, size_t a, hmfm_chain_difference *out) {
  const double n_draws = (double)set->chain[0]->n_draws;
  double sum = 0;
  for (size_t b = a + 1; b < set->n_units; b++)
    for (size_t c = 0; c + 1 < set->n_chains; c++)
      for (size_t e = c + 1; e < set->n_chains; e++) {
        const double one = set->count[(c * ROWS + r) * set->n_units + b] / n_draws;
        const double other = set->count[(e * ROWS + r) * set->n_units + b] / n_draws;
        sum += (one - other) * (one - other);
        if (!(fabs(one - other) > out->largest)) continue;
        out->largest = fabs(one - other);
        out->unit[0] = set->unit[a], out->unit[1] = set->unit[b];
        out->chain[0] = c, out->chain[1] = e;
        out->share[0] = one, out->share[1] = other;
      }
  return sum;
}

hmfm_status hmfm_coclustering_difference(const hmfm_partitions *partitions, size_t n_chains,
                                         size_t most_units, int threads, hmfm_chain_difference *out,
                                         hmfm_error *error) {
  chain_set set = {0};
  hmfm_chain_difference found = {.largest = -1}; /* below that of any pair */
  double sum = 0;
  if (n_chains < 2 || partitions->n_draws % n_chains || most_units < 2)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "chains are compared when there are at least 2 of one length, over 2 units or "
                     "more; there are %zu draws, %zu chains and %zu units",
                     partitions->n_draws, n_chains, most_units);
  hmfm_status status = set_create(partitions, n_chains, most_units, &set, error);
  for (size_t first = 0; !status && first < set.n_units; first += ROWS) {
    const size_t rows = set.n_units - first < ROWS ? set.n_units - first : ROWS;
    for (size_t c = 0; c < n_chains; c++)
      hmfm_coclustering_rows(set.chain[c], first, rows, threads,
                             set.count + c * ROWS * set.n_units);
    for (size_t r = 0; r < rows; r++) sum += compare_row(&set, r, first + r, &found);
  }
  if (!status) {
    const double n = (double)set.n_units, chains = (double)n_chains;
    const double pairs = n * (n - 1) / 2 * chains * (chains - 1) / 2;
    found.root_mean_square = pairs > 0 ? sqrt(sum / pairs) : 0;
    found.n_units = set.n_units;
    if (!(pairs > 0)) found.largest = 0;
    *out = found;
  }
  set_clear(&set);
  return status;
}
