/* Average linkage by a chain of nearest neighbours: each cluster leads to the one nearest to it, until
 * two are each other's nearest; those are merged, and the chain goes on before them. Time n^2. */
#include "summary/linkage.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/coclustering.h"

/* Clusters under way, each named by one of its units. Distances are kept as draws in which two are together,
 * which are the more the nearer they are; a float holds them exactly until clusters merge. */
typedef union nearness {
  uint32_t count; /* as hmfm_coclustering counts */
  float together;
} nearness;

typedef struct chain {
  size_t n;
  nearness *pair;  /* n (n - 1) / 2, in the order of hmfm_coclustering */
  uint32_t *size;  /* n: units of the cluster that a unit names; 0: it names none */
  uint32_t *alive; /* the units that name one, n_alive of them in ascending order */
  size_t n_alive;
  uint32_t *path; /* n: the chain */
  size_t length;
} chain;

static float *between(const chain *c, size_t a, size_t b) {
  const size_t low = a < b ? a : b, high = a < b ? b : a;
  return &c->pair[c->n * low - low * (low + 1) / 2 + high - low - 1].together;
}

/* The cluster nearest to the last of the chain; the one before it, where it is as near as any. */
static uint32_t nearest(const chain *c) {
  const uint32_t last = c->path[c->length - 1];
  const int has_before = c->length > 1;
  uint32_t best = has_before ? c->path[c->length - 2] : UINT32_MAX;
  float most = has_before ? *between(c, last, best) : -1;
  for (size_t k = 0; k < c->n_alive; k++) {
    const uint32_t other = c->alive[k];
    if (other == last) continue;
    const float here = *between(c, last, other);
    if (here > most) most = here, best = other;
  }
  return best;
}

/* Cluster gone becomes part of cluster kept: the mean over pairs of units is weighted by sizes. */
static void merge(chain *c, uint32_t kept, uint32_t gone) {
  const float a = (float)c->size[kept], b = (float)c->size[gone], whole = a + b;
  size_t alive = 0;
  for (size_t k = 0; k < c->n_alive; k++) {
    const uint32_t other = c->alive[k];
    if (other == gone) continue;
    c->alive[alive++] = other;
    if (other == kept) continue;
    float *mine = between(c, kept, other);
    *mine = (a * *mine + b * *between(c, gone, other)) / whole;
  }
  c->n_alive = alive;
  c->size[kept] += c->size[gone];
}

typedef struct merge_step {
  double height;
  uint32_t left, right, number;
} merge_step;

static int compare_steps(const void *a, const void *b) {
  const merge_step *left = a, *right = b;
  if (left->height != right->height) return left->height > right->height ? 1 : -1;
  return (left->number > right->number) - (left->number < right->number);
}

static void run(chain *c, double n_draws, hmfm_stopper *stopper, merge_step *step) {
  for (size_t m = 0; m + 1 < c->n; m++) {
    if (c->length == 0) c->path[c->length++] = c->alive[0];
    for (;;) {
      if (hmfm_stopper_ask(stopper)) return;
      const uint32_t next = nearest(c);
      if (c->length > 1 && next == c->path[c->length - 2]) break;
      c->path[c->length++] = next;
    }
    const uint32_t one = c->path[c->length - 1], other = c->path[c->length - 2];
    const uint32_t kept = one < other ? one : other, gone = one < other ? other : one;
    const double together = *between(c, kept, gone);
    step[m].height = 1 - together / n_draws;
    step[m].left = kept;
    step[m].right = gone;
    step[m].number = (uint32_t)m;
    merge(c, kept, gone);
    c->length -= 2;
  }
}

static void free_chain(chain *c) {
  hmfm_free(c->pair);
  hmfm_free(c->size);
  hmfm_free(c->alive);
  hmfm_free(c->path);
}

static hmfm_status start(const hmfm_partitions *partitions, int threads, hmfm_stopper *stopper,
                         chain *c, hmfm_error *error) {
  const size_t n = partitions->n_units, pairs = n * (n - 1) / 2;
  *c = (chain){.n = n, .n_alive = n};
  c->pair = hmfm_calloc(pairs, sizeof *c->pair);
  c->size = hmfm_calloc(n, sizeof *c->size);
  c->alive = hmfm_calloc(n, sizeof *c->alive);
  c->path = hmfm_calloc(n, sizeof *c->path);
  if (!(c->pair && c->size && c->alive && c->path))
    return hmfm_fail_memory(error, "average linkage");
  hmfm_coclustering_until(partitions, threads, stopper, &c->pair->count);
  for (size_t k = 0; k < pairs; k++) c->pair[k].together = (float)c->pair[k].count;
  for (size_t i = 0; i < n; i++) c->size[i] = 1, c->alive[i] = (uint32_t)i;
  return HMFM_OK;
}

hmfm_status hmfm_linkage_create(const hmfm_partitions *partitions, int threads,
                                hmfm_stopper *stopper, hmfm_linkage *out, hmfm_error *error) {
  const size_t n = partitions->n_units;
  chain c;
  hmfm_linkage linkage = {.n_units = n};
  hmfm_status status = start(partitions, threads, stopper, &c, error);
  merge_step *step = hmfm_calloc(n, sizeof *step);
  linkage.left = hmfm_calloc(n, sizeof *linkage.left);
  linkage.right = hmfm_calloc(n, sizeof *linkage.right);
  linkage.height = hmfm_calloc(n, sizeof *linkage.height);
  if (!status && !(step && linkage.left && linkage.right && linkage.height))
    status = hmfm_fail_memory(error, "average linkage");
  if (!status) run(&c, (double)partitions->n_draws, stopper, step);
  if (!status && hmfm_stopper_ask(stopper)) status = hmfm_stopper_fail(error, "average linkage");
  if (!status) {
    qsort(step, n - 1, sizeof *step, compare_steps);
    for (size_t m = 0; m + 1 < n; m++) {
      linkage.left[m] = step[m].left;
      linkage.right[m] = step[m].right;
      linkage.height[m] = step[m].height;
    }
    *out = linkage;
  } else {
    hmfm_linkage_clear(&linkage);
  }
  hmfm_free(step);
  free_chain(&c);
  return status;
}

void hmfm_linkage_clear(hmfm_linkage *linkage) {
  hmfm_free(linkage->left);
  hmfm_free(linkage->right);
  hmfm_free(linkage->height);
  *linkage = (hmfm_linkage){0};
}

/* Union by the smaller name; label serves as the forest first. */
static uint32_t root(const uint32_t *parent, uint32_t unit) {
  while (parent[unit] != unit) unit = parent[unit];
  return unit;
}

void hmfm_linkage_cut(const hmfm_linkage *linkage, size_t n_clusters, uint32_t *label) {
  const size_t n = linkage->n_units;
  uint32_t clusters = 0;
  for (size_t i = 0; i < n; i++) label[i] = (uint32_t)i;
  for (size_t m = 0; m < n - n_clusters; m++) {
    const uint32_t a = root(label, linkage->left[m]), b = root(label, linkage->right[m]);
    label[a < b ? b : a] = a < b ? a : b;
  }
  for (size_t i = 0; i < n;
       i++) /* parents come before their children, so all but roots are labelled */
    label[i] = label[i] == i ? clusters++ : label[label[i]];
}
