/* Franchises, tables and Stirling numbers. */
#include "stat/support_hdp.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stat/slow.h"

void stat_hdp_shares(gsl_rng *rng, size_t K, const int *tables, double gamma0, double *share) {
  double sum = 0.0;
  for (size_t k = 0; k <= K; k++) {
    share[k] = gsl_ran_gamma(rng, k < K ? tables[k] : gamma0, 1.0);
    share[k] = fmax(share[k], 1e-150);
    sum += share[k];
  }
  for (size_t k = 0; k <= K; k++) share[k] /= sum;
}

void stat_hdp_draw(gsl_rng *rng, const stat_design *design, const stat_prior *prior,
                   stat_state *state) {
  int sitting[STAT_UNITS], serves[STAT_UNITS], tables[STAT_UNITS] = {0};
  size_t n_tables = 0, all = 0;
  state->alpha = isnan(prior->alpha) ? gsl_ran_gamma(rng, prior->alpha_shape, 1 / prior->alpha_rate)
                                     : prior->alpha;
  state->gamma0 = isnan(prior->gamma0)
                      ? gsl_ran_gamma(rng, prior->gamma0_shape, 1 / prior->gamma0_rate)
                      : prior->gamma0;
  for (size_t i = 0; i < design->n_units; i++) {
    const int first = i == 0 || design->group[i - 1] != design->group[i];
    double total = state->alpha;
    if (first) n_tables = 0;
    for (size_t t = 0; t < n_tables; t++) total += sitting[t];
    double u = gsl_rng_uniform(rng) * total;
    size_t t = 0, k = 0;
    while (t < n_tables && u >= sitting[t]) u -= sitting[t++];
    if (t == n_tables) {
      u = gsl_rng_uniform(rng) * ((double)all + state->gamma0);
      while (k < state->K && u >= tables[k]) u -= tables[k++];
      state->K += k == state->K;
      tables[k]++;
      all++;
      serves[n_tables] = (int)k;
      sitting[n_tables++] = 0;
    }
    sitting[t]++;
    state->allocation[i] = serves[t]; /* clusters are numbered as they appear */
  }
  stat_hdp_shares(rng, state->K, tables, state->gamma0, state->share);
}

/* |s(n, m)|, unsigned, of the first kind. */
static double stirling(size_t n, size_t m) {
  if (n == 0 || m == 0) return n == m;
  return stirling(n - 1, m - 1) + (double)(n - 1) * stirling(n - 1, m);
}

/* weight[m]: sum over ways to have m tables in cluster k, over all groups, of prod |s(n_jk, m_jk)|. */
static void cluster_tables(const exact_law *law, size_t partition, size_t k, double *weight) {
  memset(weight, 0, (EXACT_UNITS + 1) * sizeof *weight);
  weight[0] = 1.0;
  for (size_t j = 0; j < law->design->n_groups; j++) {
    const size_t n = law->count[partition][j][k];
    double next[EXACT_UNITS + 1] = {0};
    for (size_t m = 0; m <= EXACT_UNITS; m++) {
      for (size_t own = n > 0; own <= n && m + own <= EXACT_UNITS; own++) {
        next[m + own] += weight[m] * stirling(n, own);
      }
    }
    memcpy(weight, next, sizeof next);
  }
}

static void extend(const exact_law *law, size_t partition, double alpha, double gamma0, size_t k,
                   size_t all, double weight, int *tables, hdp_tables *out, double *sum) {
  double ways[EXACT_UNITS + 1];
  if (k == law->K[partition]) {
    if (out->n == HDP_TABLES) abort();
    memcpy(out->tables[out->n], tables, EXACT_UNITS * sizeof *tables);
    out->cumulated[out->n++] = *sum += weight / exp(slow_log_rising(gamma0, all));
    return;
  }
  cluster_tables(law, partition, k, ways);
  for (size_t m = 1; m <= EXACT_UNITS; m++) {
    if (ways[m] == 0.0) continue;
    tables[k] = (int)m;
    extend(law, partition, alpha, gamma0, k + 1, all + m,
           weight * ways[m] * gamma0 * gsl_sf_gamma((double)m) * pow(alpha, (double)m), tables, out,
           sum);
  }
}

double hdp_list_tables(const exact_law *law, size_t partition, double alpha, double gamma0,
                       hdp_tables *out) {
  int tables[EXACT_UNITS] = {0};
  double sum = 0.0, weight = 1.0;
  out->n = 0;
  for (size_t j = 0; j < law->design->n_groups; j++) {
    weight /= exp(slow_log_rising(alpha, law->design->size[j]));
  }
  extend(law, partition, alpha, gamma0, 0, 0, weight, tables, out, &sum);
  return sum;
}

void hdp_prior(const exact_law *law, double alpha, double gamma0, double *p) {
  static hdp_tables tables;
  for (size_t q = 0; q < law->n; q++) p[q] = hdp_list_tables(law, q, alpha, gamma0, &tables);
}
