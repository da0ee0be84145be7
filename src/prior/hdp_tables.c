/* Laws of numbers of tables. Given alpha groups are independent, so the law of all tables is a convolution;
 * then the laws are averaged over alpha. */
#include "prior/hdp_tables.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"

/* Mean and variance of Antoniak(c, n). */
static void moments(double c, size_t n, double *mean, double *variance) {
  *mean = *variance = 0.0;
  for (size_t i = 0; i < n; i++) {
    const double p = c / (c + (double)i);
    *mean += p;
    *variance += p * (1.0 - p);
  }
}

static hmfm_status concentration_grid(double fixed, double shape, double rate, double information,
                                      double refine, hmfm_grid *grid, double *lack,
                                      hmfm_error *error) {
  *lack = 0.0;
  if (!isnan(fixed)) return hmfm_grid_fix(fixed, grid, error);
  double low = INFINITY, high = -INFINITY;
  hmfm_grid_widen(shape, rate, &low, &high);
  hmfm_status status =
      hmfm_grid_create(low, high, hmfm_grid_step(shape + information, refine), grid, error);
  if (!status) *lack = hmfm_grid_gamma(grid, shape, rate, grid->weight);
  return status;
}

/* The most that a count with these moments comes to. */
static double most_of(double mean, double variance, size_t n) {
  return fmin(mean + 9.0 * sqrt(variance) + 10.0, (double)n);
}

hmfm_status hmfm_hdp_tables_create(const hmfm_hdp_prior *prior, const hmfm_groups *groups,
                                   double refine, int with_information, hmfm_hdp_tables *tables,
                                   hmfm_error *error) {
  *tables = (hmfm_hdp_tables){.groups = groups};
  const double alpha =
      isnan(prior->alpha) ? hmfm_gamma_high(prior->alpha_shape, prior->alpha_rate) : prior->alpha;
  const double gamma0 = isnan(prior->gamma0)
                            ? hmfm_gamma_high(prior->gamma0_shape, prior->gamma0_rate)
                            : prior->gamma0;
  double mean = 0.0, variance = 0.0, each = 0.0, joins = 0.0, pair[2] = {0.0, 0.0}, m, v;
  for (size_t c = 0; c < groups->n_kinds; c++) {
    const double n = (double)groups->kind_units[c], count = (double)groups->count[c];
    moments(alpha, groups->kind_units[c], &m, &v);
    mean += count * m;
    variance += count * v;
    const double most = most_of(m, v, groups->kind_units[c]);
    each += n * fmin(most, 20.0 * sqrt(v) + 10.0);
    joins += count * most;
    for (int k = 0; k < 2; k++)
      if (groups->kind[groups->pair[k]] == c) pair[k] = most;
  }
  const double all = most_of(mean, variance, groups->n_units);
  const double window = fmin(all, 20.0 * sqrt(variance) + 10.0);
  moments(gamma0, (size_t)all, &m, &v);
  hmfm_status status = concentration_grid(prior->alpha, prior->alpha_shape, prior->alpha_rate,
                                          with_information ? variance : 0.0, refine, &tables->alpha,
                                          &tables->alpha_lack, error);
  if (!status)
    status = concentration_grid(prior->gamma0, prior->gamma0_shape, prior->gamma0_rate,
                                with_information ? v : 0.0, refine, &tables->gamma0,
                                &tables->gamma0_lack, error);
  if (status) {
    hmfm_hdp_tables_clear(tables);
    return status;
  }
  tables->work = (double)tables->alpha.n * (each + joins * window + pair[0] * pair[1]) +
                 (double)tables->gamma0.n *
                     (all * most_of(m, v, (size_t)all) * (2.0 + (double)groups->n_kinds) +
                      pair[0] * pair[1] * fmin(fmin(pair[0], pair[1]), 40.0 + sqrt(all)));
  return HMFM_OK;
}

static hmfm_status antoniak(double c, size_t n, hmfm_pmf *pmf, hmfm_error *error) {
  hmfm_status status = hmfm_pmf_point(pmf, 1, error);
  for (size_t i = 1; !status && i < n; i++)
    status = hmfm_pmf_add_bernoulli(pmf, c / (c + (double)i), error);
  return status;
}

typedef struct given_alpha {
  hmfm_pmf one, total, next;
} given_alpha;

/* Adds the laws given one alpha. */
static hmfm_status add_node(hmfm_hdp_tables *t, size_t node, given_alpha *work, hmfm_error *error) {
  const hmfm_groups *groups = t->groups;
  const double weight = t->alpha.weight[node];
  hmfm_status status = hmfm_pmf_point(&work->total, 0, error);
  for (size_t c = 0; !status && c < groups->n_kinds; c++) {
    status = antoniak(t->alpha.value[node], groups->kind_units[c], &work->one, error);
    if (!status) hmfm_law_add(&t->kind[c], weight, &work->one);
    for (int k = 0; !status && k < 2; k++)
      if (t->pair[k] && groups->kind[groups->pair[k]] == c)
        status = hmfm_pmf_copy(&work->one, &t->pair[k][node], error);
    for (size_t j = 0; !status && j < groups->count[c]; j++) {
      status = hmfm_pmf_convolve(&work->total, &work->one, &work->next, error);
      const hmfm_pmf swap = work->total;
      work->total = work->next;
      work->next = swap;
    }
  }
  if (!status) hmfm_law_add(&t->total, weight, &work->total);
  return status;
}

static hmfm_status reserve(hmfm_hdp_tables *t, int with_pair, hmfm_error *error) {
  const hmfm_groups *groups = t->groups;
  t->kind = hmfm_calloc(groups->n_kinds, sizeof *t->kind);
  if (!t->kind) return hmfm_fail_memory(error, "the prior laws");
  hmfm_status status = hmfm_law_create(&t->total, 1, groups->n_units, error);
  for (size_t c = 0; !status && c < groups->n_kinds; c++)
    status = hmfm_law_create(&t->kind[c], 1, groups->kind_units[c], error);
  for (int k = 0; !status && with_pair && k < 2; k++) {
    t->pair[k] = hmfm_calloc(t->alpha.n, sizeof **t->pair);
    if (!t->pair[k]) status = hmfm_fail_memory(error, "the prior laws");
  }
  return status;
}

hmfm_status hmfm_hdp_tables_fill(hmfm_hdp_tables *t, int with_pair, hmfm_error *error) {
  given_alpha work = {0};
  hmfm_status status = reserve(t, with_pair, error);
  for (size_t node = 0; !status && node < t->alpha.n; node++)
    if (t->alpha.weight[node] >= HMFM_PMF_LEAST) status = add_node(t, node, &work, error);
  hmfm_pmf_clear(&work.one);
  hmfm_pmf_clear(&work.total);
  hmfm_pmf_clear(&work.next);
  if (status) return status;
  for (size_t c = 0; c < t->groups->n_kinds; c++) t->kind[c].probability[0] += t->alpha_lack;
  t->total.probability[t->groups->n_groups - 1] += t->alpha_lack;
  return HMFM_OK;
}

void hmfm_hdp_tables_clear(hmfm_hdp_tables *t) {
  for (int k = 0; k < 2; k++) {
    for (size_t node = 0; t->pair[k] && node < t->alpha.n; node++)
      hmfm_pmf_clear(&t->pair[k][node]);
    hmfm_free(t->pair[k]);
  }
  for (size_t c = 0; t->kind && c < t->groups->n_kinds; c++) hmfm_law_clear(&t->kind[c]);
  hmfm_free(t->kind);
  hmfm_law_clear(&t->total);
  hmfm_grid_clear(&t->alpha);
  hmfm_grid_clear(&t->gamma0);
  *t = (hmfm_hdp_tables){0};
}
