/* Enumeration of partitions and their exact law. */
#include "stat/support_exact.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stat/slow.h"

static void add_partition(exact_law *law, const int32_t *label, size_t K) {
  const stat_design *design = law->design;
  const size_t p = law->n++;
  memcpy(law->label[p], label, design->n_units * sizeof *label);
  law->K[p] = K;
  for (size_t i = 0; i < design->n_units; i++) law->count[p][design->group[i]][label[i]]++;
}

/* Labels in lexicographic order: unit i may join clusters 0 .. K - 1 or open cluster K. */
static void extend(exact_law *law, int32_t *label, size_t i, size_t K) {
  if (i == law->design->n_units) {
    add_partition(law, label, K);
    return;
  }
  for (size_t m = 0; m <= K; m++) {
    label[i] = (int32_t)m;
    extend(law, label, i + 1, m == K ? K + 1 : K);
  }
}

exact_law *exact_create(const stat_design *design) {
  exact_law *law = calloc(1, sizeof *law);
  int32_t label[EXACT_UNITS];
  if (!law || design->n_units > EXACT_UNITS) abort();
  law->design = design;
  extend(law, label, 0, 0);
  return law;
}

void exact_destroy(exact_law *law) { free(law); }

size_t exact_find(const exact_law *law, const int32_t *label) {
  size_t low = 0, high = law->n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = 0;
    for (size_t i = 0; order == 0 && i < law->design->n_units; i++) {
      order = (law->label[middle][i] > label[i]) - (law->label[middle][i] < label[i]);
    }
    if (order == 0) return middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return law->n;
}

/* Marginal likelihoods of all subsets of units, then sums over the clusters of each partition. */
void exact_set_data(exact_law *law, const stat_prior *prior, const double *y) {
  const stat_design *design = law->design;
  law->components = prior->components;
  double subset[1 << EXACT_UNITS], member[STAT_ROWS], exposure[STAT_ROWS];
  for (unsigned s = 0; s < 1u << design->n_units; s++) {
    size_t n = 0;
    for (size_t i = 0; i < design->n_units; i++) {
      if (!(s >> i & 1)) continue;
      for (size_t h = design->unit_start[i]; h < design->unit_start[i + 1]; h++) {
        exposure[n] = design->exposure[h];
        member[n++] = y[h];
      }
    }
    subset[s] = stat_slow_marginal(design, prior, n, member, exposure);
  }
  for (size_t p = 0; p < law->n; p++) {
    unsigned cluster[EXACT_UNITS] = {0};
    law->log_likelihood[p] = 0.0;
    for (size_t i = 0; i < design->n_units; i++) cluster[law->label[p][i]] |= 1u << i;
    for (size_t m = 0; m < law->K[p]; m++) law->log_likelihood[p] += subset[cluster[m]];
  }
}

void exact_component_law(const exact_law *law, size_t K, double lambda, const double *gamma,
                         double *cumulated) {
  double top = -INFINITY, sum = 0.0;
  size_t M = K;
  for (; M < EXACT_M; M++) {
    cumulated[M] = slow_log_component_term(&law->components, M, K, lambda, law->design->n_groups,
                                           law->design->size, gamma);
    top = fmax(top, cumulated[M]);
    if (cumulated[M] < top - 60.0 && (double)M > lambda + (double)K) break;
  }
  if (top == -INFINITY) M = K, top = 0.0; /* no M holds so many clusters */
  for (size_t m = 0; m < EXACT_M; m++) {
    cumulated[m] = m < K ? 0.0 : m < M ? (sum += exp(cumulated[m] - top)) : sum;
  }
  for (size_t m = 0; m < EXACT_M; m++) cumulated[m] *= exp(top);
}

void exact_prior(const exact_law *law, double lambda, const double *gamma, double *p) {
  const stat_design *design = law->design;
  double V[EXACT_UNITS + 1], rising[STAT_GROUPS][EXACT_UNITS + 1], term[EXACT_M];
  for (size_t K = 1; K <= design->n_units; K++) {
    exact_component_law(law, K, lambda, gamma, term);
    V[K] = term[EXACT_M - 1];
  }
  for (size_t j = 0; j < design->n_groups; j++) {
    for (size_t k = 0; k <= design->n_units; k++) rising[j][k] = exp(slow_log_rising(gamma[j], k));
  }
  for (size_t q = 0; q < law->n; q++) {
    p[q] = V[law->K[q]];
    for (size_t j = 0; j < design->n_groups; j++) {
      for (size_t m = 0; m < law->K[q]; m++) p[q] *= rising[j][law->count[q][j][m]];
    }
  }
}

double exact_set_weights(exact_law *law, const double *weight) {
  double sum = 0.0;
  for (size_t p = 0; p < law->n; p++) law->cumulative[p] = sum += weight[p];
  for (size_t p = 0; p < law->n; p++) law->probability[p] = weight[p] / sum;
  return sum;
}

void exact_set_hyper(exact_law *law, double lambda, const double *gamma) {
  double weight[EXACT_PARTITIONS], top = -INFINITY;
  exact_prior(law, lambda, gamma, weight);
  for (size_t p = 0; p < law->n; p++) {
    weight[p] = log(weight[p]) + law->log_likelihood[p];
    top = fmax(top, weight[p]);
  }
  for (size_t p = 0; p < law->n; p++) weight[p] = exp(weight[p] - top);
  exact_set_weights(law, weight);
  for (size_t K = 1; K <= law->design->n_units; K++) {
    exact_component_law(law, K, lambda, gamma, law->component[K]);
  }
}

size_t exact_pick(size_t n, const double *cumulative, double u) {
  const double target = u * cumulative[n - 1];
  size_t low = 0, high = n - 1;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (cumulative[middle] > target)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

double exact_spread(const exact_law *law) {
  double entropy = 0.0;
  for (size_t p = 0; p < law->n; p++) {
    double q = law->probability[p];
    if (q > 0.0) entropy -= q * log(q);
  }
  return exp(entropy);
}

/* Observations of the designs, to be stretched. */
static const double BASE[] = {-0.2, 0.1, -0.4, 1.1, 0.8, 1.3,  0.2,
                              1.0,  1.4, -0.3, 0.5, 0.9, -0.6, 0.7};

void exact_stretch_data(const stat_design *design, double stretch, double *y) {
  for (size_t h = 0; h < design->n_rows; h++) {
    const double base = BASE[h % (sizeof BASE / sizeof *BASE)];
    y[h] = design->counts ? floor(stretch * (0.6 + base) * design->exposure[h]) : stretch * base;
  }
}

double exact_total_variation(const exact_law *law, const double *count, double total) {
  double sum = 0.0;
  for (size_t k = 0; k < law->n; k++) sum += fabs(count[k] / total - law->probability[k]);
  return 0.5 * sum;
}

void exact_floor(gsl_rng *rng, const exact_law *law, size_t repetitions, double *mean, double *sd) {
  enum { TIMES = 40 };
  double count[EXACT_PARTITIONS], sum = 0.0, square = 0.0;
  unsigned drawn[EXACT_PARTITIONS];
  for (int k = 0; k < TIMES; k++) {
    gsl_ran_multinomial(rng, law->n, (unsigned)repetitions, law->probability, drawn);
    for (size_t p = 0; p < law->n; p++) count[p] = drawn[p];
    const double tv = exact_total_variation(law, count, (double)repetitions);
    sum += tv / TIMES;
    square += tv * tv / TIMES;
  }
  *mean = sum;
  *sd = sqrt(fmax(square - sum * sum, 0.0) * TIMES / (TIMES - 1.0));
}
