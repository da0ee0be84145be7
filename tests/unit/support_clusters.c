/* Draws made up at random, and random point partitions of them. */
#include "support_clusters.h"

#include <check.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "support_model.h"

enum { CHAINS = 2, DRAWS = 9, CAPACITY = 11, MOST_UNITS = 400 };

/* Many units, one cluster, one group, one unit, clusters of one unit each, counts, counts with shares. */
const clusters_case clusters_cases[CLUSTERS_CASES] = {
    {"normal", 5, 12, 0.5, 2, 4, 0, 0},  {"normal", 4, 9, 0.4, 0, 1, 1, 0},
    {"normal", 1, 10, 1.0, 1, 3, 0, 0},  {"normal", 1, 1, 1.0, 0, 1, 0, 0},
    {"normal", 3, 5, 0.6, 1, 99, 1, 0},  {"poisson", 6, 8, 0.4, 0, 5, 0, 1},
    {"poisson", 2, 30, 0.8, 0, 6, 1, 0},
};

static double uniform(void) { return rand() / (RAND_MAX + 1.0); }

static char *name_of(const char *format, size_t number) {
  char *name = hmfm_calloc(16, 1);
  ck_assert_ptr_nonnull(name);
  snprintf(name, 16, format, (unsigned)number);
  return name;
}

static void fill_names(hmfm_draws *d, const clusters_case *what, const size_t *name) {
  const int counts = what->family[0] == 'p';
  d->response_name = name_of("y", 0);
  for (size_t j = 0; j < d->n_groups; j++) d->group_name[j] = name_of("g%u", j + 1);
  for (size_t i = 0; i < d->n_units; i++) d->unit_name[i] = name_of("u%u", name[i]);
  for (size_t k = 0; k < d->n_covariates; k++) d->covariate_name[k] = name_of("x%u", k + 1);
  d->atom_name[0] = name_of(counts ? "rate" : "mu", 0);
  if (!counts) d->atom_name[1] = name_of("sigma2", 0);
  if (what->is_hdp) d->atom_name[d->n_atom - 1] = name_of("share", 0);
  if (!what->exposure) return;
  d->exposure_name = name_of("years", 0);
  ck_assert_ptr_nonnull(d->exposure = hmfm_calloc(d->n_rows, sizeof *d->exposure));
  for (size_t h = 0; h < d->n_rows; h++) d->exposure[h] = 0.5 + uniform();
}

static void fill_draws(hmfm_draws *d) {
  hmfm_error error = {0};
  for (size_t c = 0; c < d->n_chains; c++) {
    hmfm_components *to = &d->components[c];
    size_t row = 0;
    small_require(hmfm_components_reserve(d, c, DRAWS * 7, &error), &error);
    for (size_t t = 0; t < DRAWS; t++) {
      const size_t M = 4 + (size_t)(4 * uniform());
      for (size_t m = 0; m < M; m++, row++)
        for (size_t p = 0; p < d->n_atom; p++)
          to->atom[row * d->n_atom + p] = 0.1 + 10 * uniform() + (p == 0 ? 1000 : 0);
      to->start[t + 1] = row;
      for (size_t i = 0; i < d->n_units; i++)
        ((uint8_t *)d->allocations[c].label)[t * d->n_units + i] = (uint8_t)((double)M * uniform());
    }
  }
}

hmfm_draws *clusters_draws(const clusters_case *what, unsigned seed) {
  size_t group[MOST_UNITS], name[MOST_UNITS], size[MOST_UNITS], n = 0, rows = 0;
  hmfm_draws *d = NULL;
  hmfm_error error = {0};
  srand(seed);
  for (size_t j = 0; j < what->n_groups; j++)
    for (size_t u = 0; u < what->n_names; u++) {
      if (u != j % what->n_names && uniform() >= what->presence) continue;
      ck_assert_uint_lt(n, MOST_UNITS);
      group[n] = j;
      name[n] = u;
      size[n] = 1 + (size_t)(3 * uniform());
      rows += size[n++];
    }
  const hmfm_draws sizes = {.n_chains = CHAINS,
                            .capacity = CAPACITY,
                            .n_rows = rows,
                            .n_units = n,
                            .n_groups = what->n_groups,
                            .n_covariates = what->n_covariates,
                            .n_atom = (what->family[0] == 'p' ? 1u : 2u) + (size_t)what->is_hdp};
  small_require(hmfm_draws_create_empty(&sizes, 1, 1, 0, &d, &error), &error);
  d->n_draws = DRAWS;
  for (size_t i = 0; i < n; i++) {
    d->unit_group[i] = (uint32_t)group[i];
    d->unit_size[i] = size[i];
  }
  for (size_t h = 0; h < rows; h++) d->y[h] = 100 + floor(20 * uniform());
  for (size_t k = 0; k < rows * what->n_covariates; k++) d->x[k] = uniform();
  fill_names(d, what, name);
  fill_draws(d);
  return d;
}

uint32_t *clusters_label(const hmfm_draws *draws, size_t n_clusters, unsigned seed) {
  const size_t n = draws->n_units, K = n_clusters < n ? n_clusters : n;
  uint32_t *label = calloc(n, sizeof *label);
  ck_assert_ptr_nonnull(label);
  srand(seed);
  for (size_t i = 0; i < n; i++) label[i] = (uint32_t)(i < K ? i : (size_t)((double)K * uniform()));
  for (size_t i = n; i-- > 1;) { /* Fisher and Yates */
    const size_t other = (size_t)((double)(i + 1) * uniform());
    const uint32_t kept = label[i];
    label[i] = label[other];
    label[other] = kept;
  }
  return label;
}

void clusters_near(double got, double wanted, const char *what) {
  ck_assert_msg(fabs(got - wanted) <= 1e-9 * fmax(fabs(wanted), 1.0), "%s: %.17g, not %.17g", what,
                got, wanted);
}

void clusters_same(double got, double wanted, const char *what) {
  if (isnan(wanted))
    ck_assert_msg(isnan(got), "%s: %.17g, not NaN", what, got);
  else
    clusters_near(got, wanted, what);
}

double clusters_sd(const double *x, size_t n) { return n > 1 ? gsl_stats_sd(x, 1, n) : NAN; }
