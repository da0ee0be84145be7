/* How far two partitions are apart: the losses of one as an estimate of the other, from one contingency table. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/loss.h"
#include "summary/unit_order.h"

/* The sizes of the clusters of both partitions, and of what each two have in common where that is not empty. All three
 * are in the order of first units, so that equal partitions have equal sums to the last bit. */
typedef struct sizes {
  uint32_t *label[2]; /* n, by first appearance */
  uint32_t n_clusters[2];
  uint32_t *size[2]; /* n_clusters */
  uint32_t *cell;    /* n_cells <= n */
  size_t n_cells;
} sizes;

static void sizes_clear(sizes *s) {
  for (int k = 0; k < 2; k++) {
    hmfm_free(s->label[k]);
    hmfm_free(s->size[k]);
  }
  hmfm_free(s->cell);
}

/* count is all zero before and after. */
static void count_cells(const hmfm_unit_order *order, const uint32_t *label, uint32_t *count,
                        sizes *s) {
  for (size_t k = 0; k < order->n_clusters; k++) {
    for (size_t u = order->start[k]; u < order->start[k + 1]; u++) count[label[order->unit[u]]]++;
    for (size_t u = order->start[k]; u < order->start[k + 1]; u++) {
      uint32_t *cell = &count[label[order->unit[u]]];
      if (*cell) s->cell[s->n_cells++] = *cell;
      *cell = 0;
    }
  }
}

static hmfm_status sizes_create(size_t n, const uint32_t *const label[2], sizes *s,
                                hmfm_error *error) {
  hmfm_unit_order order = {0};
  hmfm_status status = HMFM_OK;
  uint32_t *count = hmfm_calloc(n, sizeof *count);
  s->cell = hmfm_calloc(n, sizeof *s->cell);
  if (!count || !s->cell) status = hmfm_fail_memory(error, "two partitions");
  for (int k = 0; !status && k < 2; k++) {
    s->label[k] = hmfm_calloc(n, sizeof *s->label[k]);
    s->size[k] = hmfm_calloc(n, sizeof *s->size[k]);
    if (!s->label[k] || !s->size[k]) {
      status = hmfm_fail_memory(error, "two partitions");
      break;
    }
    memcpy(s->label[k], label[k], n * sizeof *label[k]);
    status = hmfm_partitions_relabel(n, s->label[k], &s->n_clusters[k], error);
    for (size_t i = 0; !status && i < n; i++) s->size[k][s->label[k][i]]++;
  }
  if (!status) status = hmfm_unit_order_create(n, s->label[0], s->n_clusters[0], &order, error);
  if (!status) count_cells(&order, s->label[1], count, s);
  hmfm_unit_order_clear(&order);
  hmfm_free(count);
  return status;
}

static double sum_of(const hmfm_loss *loss, size_t n, const uint32_t *count) {
  double sum = 0;
  for (size_t k = 0; k < n; k++) sum += loss->f(count[k]);
  return sum;
}

/* A loss of the first partition being true, which with a = 1 is that of the second being so. */
static hmfm_status evaluate(const sizes *s, const char *name, size_t n, double *out,
                            hmfm_error *error) {
  const hmfm_loss *loss = NULL;
  const hmfm_status status = hmfm_loss_find(name, 1, &loss, error);
  if (status) return status;
  *out = loss->value(1, sum_of(loss, s->n_clusters[0], s->size[0]),
                     sum_of(loss, s->n_clusters[1], s->size[1]), sum_of(loss, s->n_cells, s->cell),
                     (double)n);
  return HMFM_OK;
}

hmfm_status hmfm_partition_indices(size_t n_units, const uint32_t *first, const uint32_t *second,
                                   hmfm_indices *out, hmfm_error *error) {
  const uint32_t *const label[2] = {first, second};
  sizes s = {.n_cells = 0};
  double vi = 0, nvi = 0, binder = 0, omari = 0;
  if (n_units == 0) return hmfm_fail(error, HMFM_EUSAGE, "there are no units to compare");
  hmfm_status status = sizes_create(n_units, label, &s, error);
  if (!status) status = evaluate(&s, "vi", n_units, &vi, error);
  if (!status) status = evaluate(&s, "nvi", n_units, &nvi, error);
  if (!status) status = evaluate(&s, "binder", n_units, &binder, error);
  if (!status) status = evaluate(&s, "omari", n_units, &omari, error);
  if (!status) /* rounding must not make a distance negative */
    *out = (hmfm_indices){.n_first = s.n_clusters[0],
                          .n_second = s.n_clusters[1],
                          .ari = 1 - fmax(omari, 0),
                          .vi = fmax(vi, 0),
                          .nvi = fmax(nvi, 0),
                          .binder = binder};
  sizes_clear(&s);
  return status;
}
