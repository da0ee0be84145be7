/* Every partition of a few units with its probability, from the formulas of the two models. */
#include "unit/support_partitions.h"

#include <math.h>
#include <stdlib.h>

typedef struct listing {
  size_t d, n, group[PARTITION_UNITS], label[PARTITION_UNITS];
  size_t size[PARTITION_GROUPS];
  int is_hdp;
  double lambda, alpha, gamma0;
  const double *gamma;
  double V[PARTITION_UNITS + 1]; /* of the HMFM, by K */
  double weight;
  partition_laws *laws;
} listing;

static double rising(double x, size_t n) {
  double product = 1.0;
  for (size_t i = 0; i < n; i++) product *= x + (double)i;
  return product;
}

/* Unsigned Stirling numbers of the first kind. */
static double stirling(size_t n, size_t m) {
  if (n == 0 || m == 0) return n == m;
  return (double)(n - 1) * stirling(n - 1, m) + stirling(n - 1, m - 1);
}

/* sum over M of M!/(M - K)! q(M) prod_j 1/(gamma_j M)_{n_j}. */
static double hmfm_V(const listing *all, size_t K) {
  double sum = 0.0;
  for (size_t M = K; M < 400; M++) {
    double term = exp((double)(M - 1) * log(all->lambda) - all->lambda - lgamma((double)M));
    for (size_t k = 0; k < K; k++) term *= (double)(M - k);
    for (size_t j = 0; j < all->d; j++) term /= rising(all->gamma[j] * (double)M, all->size[j]);
    sum += term;
  }
  return sum;
}

/* The sum over numbers of tables m_jk of cells from `cell` on; tables[k] holds those of cluster k so far. */
static double hdp_sum(const listing *all, size_t K, size_t count[][PARTITION_UNITS], size_t cell,
                      size_t *tables) {
  if (cell == all->d * K) {
    size_t total = 0;
    double value = pow(all->gamma0, (double)K);
    for (size_t k = 0; k < K; k++) {
      value *= tgamma((double)tables[k]);
      total += tables[k];
    }
    return value * pow(all->alpha, (double)total) / rising(all->gamma0, total);
  }
  const size_t k = cell % K, n = count[cell / K][k];
  if (n == 0) return hdp_sum(all, K, count, cell + 1, tables);
  double sum = 0.0;
  for (size_t m = 1; m <= n; m++) {
    tables[k] += m;
    sum += stirling(n, m) * hdp_sum(all, K, count, cell + 1, tables);
    tables[k] -= m;
  }
  return sum;
}

static void add_partition(const listing *all, size_t K) {
  size_t count[PARTITION_GROUPS][PARTITION_UNITS] = {{0}}, tables[PARTITION_UNITS] = {0};
  double p = all->weight;
  for (size_t i = 0; i < all->n; i++) count[all->group[i]][all->label[i]]++;
  if (all->is_hdp) {
    p *= hdp_sum(all, K, count, 0, tables);
    for (size_t j = 0; j < all->d; j++) p /= rising(all->alpha, all->size[j]);
  } else {
    p *= all->V[K];
    for (size_t j = 0; j < all->d; j++)
      for (size_t k = 0; k < K; k++) p *= rising(all->gamma[j], count[j][k]);
  }
  size_t first = 0, shared = 0;
  for (size_t k = 0; k < K; k++) {
    first += count[0][k] > 0;
    shared += count[0][k] > 0 && count[1][k] > 0;
  }
  all->laws->K[K] += p;
  all->laws->K_first[first] += p;
  all->laws->shared[shared] += p;
}

static void extend(listing *all, size_t i, size_t K) {
  if (i == all->n) {
    add_partition(all, K);
    return;
  }
  for (size_t k = 0; k <= K; k++) {
    all->label[i] = k;
    extend(all, i + 1, k == K ? K + 1 : K);
  }
}

static void list(listing *all, const size_t *size) {
  for (size_t j = 0; j < all->d; j++) {
    all->size[j] = size[j];
    for (size_t i = 0; i < size[j]; i++) all->group[all->n++] = j;
  }
  if (all->n > PARTITION_UNITS) abort();
  for (size_t K = 1; !all->is_hdp && K <= all->n; K++) all->V[K] = hmfm_V(all, K);
  extend(all, 0, 0);
}

void partition_add_hmfm(size_t d, const size_t *size, double lambda, const double *gamma,
                        double weight, partition_laws *laws) {
  listing all = {.d = d, .lambda = lambda, .gamma = gamma, .weight = weight, .laws = laws};
  list(&all, size);
}

void partition_add_hdp(size_t d, const size_t *size, double alpha, double gamma0, double weight,
                       partition_laws *laws) {
  listing all = {
      .d = d, .is_hdp = 1, .alpha = alpha, .gamma0 = gamma0, .weight = weight, .laws = laws};
  list(&all, size);
}
