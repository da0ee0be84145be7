/* What is said of clusters and transitions, against the definitions written out unit by unit. */
#include <check.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hmfm/partitions.h"
#include "model/family.h"
#include "rng/philox.h"
#include "support_clusters.h"
#include "support_density.h"

enum { MOST = 1000 };
static hmfm_error error;

/* ---- clusters ---- */

/* Mean and variance of an observation of a component, family by family. */
static double atom_mean(const double *atom) { return atom[0]; }
static double atom_variance(const double *atom, const char *family) {
  return strcmp(family, "poisson") == 0 ? atom[0] : atom[1];
}

/* A cluster's mean, or its sd, in a draw: E[Y] and E[Y^2] over all units with that label. */
static double slow_law(const hmfm_draws *d, const char *family, const uint32_t *label, uint32_t k,
                       size_t chain, size_t draw, int is_sd) {
  double first = 0, second = 0, n = 0;
  for (size_t i = 0; i < d->n_units; i++) {
    if (label[i] != k) continue;
    const size_t row = d->components[chain].start[draw] + hmfm_draws_label(d, chain, draw, i);
    const double *atom = d->components[chain].atom + row * d->n_atom;
    first += atom_mean(atom);
    second += atom_variance(atom, family) + atom_mean(atom) * atom_mean(atom);
    n++;
  }
  return is_sd ? sqrt(second / n - first / n * first / n) : first / n;
}

static void check_posterior(const hmfm_draws *d, const char *family, const uint32_t *label,
                            uint32_t k, const hmfm_cluster *got) {
  double x[MOST];
  for (int is_sd = 0; is_sd < 2; is_sd++) {
    const hmfm_diagnostics *law = is_sd ? &got->sd : &got->mean;
    const char *what = is_sd ? "posterior of sd" : "posterior of mean";
    size_t n = 0;
    for (size_t c = 0; c < d->n_chains; c++)
      for (size_t t = 0; t < d->n_draws; t++) x[n++] = slow_law(d, family, label, k, c, t, is_sd);
    clusters_near(law->mean, gsl_stats_mean(x, 1, n), what);
    ck_assert_double_le(fabs(law->sd - gsl_stats_sd(x, 1, n)), 1e-6);
    gsl_sort(x, 1, n);
    clusters_near(law->q5, gsl_stats_quantile_from_sorted_data(x, 1, n, 0.05), what);
    clusters_near(law->q50, gsl_stats_quantile_from_sorted_data(x, 1, n, 0.5), what);
    clusters_near(law->q95, gsl_stats_quantile_from_sorted_data(x, 1, n, 0.95), what);
  }
}

/* Share of the draws in which a unit is with the others of its cluster; alone, in which it is. */
static double slow_certainty(const hmfm_draws *d, const uint32_t *label, size_t unit) {
  double together = 0, others = 0, alone = 0, draws = 0;
  for (size_t c = 0; c < d->n_chains; c++)
    for (size_t t = 0; t < d->n_draws; t++) {
      size_t with = 0;
      draws++;
      others = 0;
      for (size_t i = 0; i < d->n_units; i++) {
        if (i == unit) continue;
        const int is_with = hmfm_draws_label(d, c, t, i) == hmfm_draws_label(d, c, t, unit);
        with += (size_t)is_with;
        if (label[i] == label[unit]) others++, together += is_with;
      }
      alone += with == 0;
    }
  return others > 0 ? together / others / draws : alone / draws;
}

static void check_cluster(const hmfm_draws *d, const char *family, const uint32_t *label,
                          const hmfm_clusters *clusters, uint32_t k) {
  const hmfm_cluster *got = &clusters->cluster[k];
  const size_t r = d->n_covariates;
  double y[MOST], x[3] = {0}, exposure = 0, certainty = 0;
  size_t n = 0, units = 0, groups[10] = {0}, present = 0;
  for (size_t i = 0, h = 0; i < d->n_units; i++)
    for (size_t end = h + d->unit_size[i]; h < end; h++) {
      if (label[i] != k) continue;
      y[n++] = d->y[h];
      exposure += d->exposure ? d->exposure[h] : NAN;
      for (size_t c = 0; c < r; c++) x[c] += d->x[h * r + c];
    }
  for (size_t i = 0; i < d->n_units; i++) {
    if (label[i] != k) continue;
    units++;
    certainty += slow_certainty(d, label, i);
    groups[d->unit_group[i]]++;
  }
  for (size_t j = 0; j < d->n_groups; j++) {
    ck_assert_uint_eq(clusters->count[j * clusters->n_clusters + k], groups[j]);
    present += groups[j] > 0;
  }
  ck_assert_uint_eq(got->n_units, units);
  ck_assert_uint_eq(got->n_groups, present);
  ck_assert_uint_eq(got->n_rows, n);
  clusters_near(got->response_mean, gsl_stats_mean(y, 1, n), "mean of the response");
  clusters_same(got->response_sd, clusters_sd(y, n), "sd of the response");
  clusters_same(got->exposure_mean, exposure / (double)n, "exposure");
  clusters_near(got->certainty, certainty / (double)units, "certainty");
  for (size_t c = 0; c < r; c++)
    clusters_near(clusters->covariate_mean[k * r + c], x[c] / (double)n, "covariate");
  check_posterior(d, family, label, k, got);
}

static void check_all(const hmfm_draws *d, const char *family, size_t n_clusters, unsigned seed) {
  uint32_t *label = clusters_label(d, n_clusters, seed);
  hmfm_clusters *clusters = NULL;
  small_require(hmfm_clusters_create(d, family, label, 2, &clusters, &error), &error);
  ck_assert_uint_eq(clusters->n_clusters, n_clusters < d->n_units ? n_clusters : d->n_units);
  ck_assert_int_eq(clusters->has_posterior, 1);
  for (size_t k = 0; k < clusters->n_clusters; k++)
    check_cluster(d, family, label, clusters, (uint32_t)k);
  for (size_t j = 0; j < d->n_groups; j++) {
    size_t present = 0;
    for (size_t k = 0; k < clusters->n_clusters; k++)
      present += clusters->count[j * clusters->n_clusters + k] > 0;
    ck_assert_uint_eq(clusters->group_clusters[j], present);
  }
  hmfm_clusters_destroy(clusters);
  free(label);
}

START_TEST(clusters_of_random_draws) {
  const clusters_case *what = &clusters_cases[_i];
  hmfm_draws *d = clusters_draws(what, 10u + (unsigned)_i);
  check_all(d, what->family, what->n_clusters, 20u + (unsigned)_i);
  hmfm_draws_destroy(d);
}
END_TEST

START_TEST(clusters_of_fits) {
  density_fit fit;
  density_fit_make(&fit, &density_cases[_i], 20);
  check_all(fit.draws, fit.of->family, 3, 30u + (unsigned)_i);
  density_fit_clear(&fit);
}
END_TEST

/* Observations drawn from random units of a cluster have the mean and the sd that are said of it in that draw. */
START_TEST(mean_and_sd_of_drawn_observations) {
  enum { N = 40000 };
  static double y[N];
  static const clusters_case what[] = {{"normal", 2, 12, 0.9, 0, 2, 0, 0},
                                       {"poisson", 2, 12, 0.9, 0, 2, 1, 0}};
  const hmfm_family *family = hmfm_family_find(what[_i].family);
  hmfm_draws *d = clusters_draws(&what[_i], 3);
  uint32_t *label = clusters_label(d, 2, 4);
  hmfm_clusters *clusters = NULL;
  gsl_rng *rng = hmfm_stream_create(5, 0);
  d->n_chains = d->n_draws = 1;
  small_require(hmfm_clusters_create(d, what[_i].family, label, 1, &clusters, &error), &error);
  hmfm_stream_open(rng, 0, 1, 0);
  for (size_t n = 0; n < N;) {
    const size_t i = gsl_rng_uniform_int(rng, d->n_units);
    if (label[i] != 1) continue;
    const double *atom = d->components->atom + hmfm_draws_label(d, 0, 0, i) * d->n_atom;
    y[n++] = family->draw_response(rng, atom, 0.0, 1.0);
  }
  const double sd = clusters->cluster[1].sd.mean;
  ck_assert_double_lt(fabs(gsl_stats_mean(y, 1, N) - clusters->cluster[1].mean.mean),
                      4.5 * sd / sqrt(N));
  ck_assert_double_lt(fabs(gsl_stats_sd(y, 1, N) / sd - 1), 0.025);
  hmfm_stream_destroy(rng);
  hmfm_clusters_destroy(clusters);
  free(label);
  d->n_chains = 2;
  hmfm_draws_destroy(d);
}
END_TEST

/* What was not saved is NaN, and nothing else is. */
START_TEST(parts_that_were_not_saved) {
  hmfm_draws *d = clusters_draws(&clusters_cases[0], 6);
  uint32_t *label = clusters_label(d, 4, 7);
  hmfm_components *components = d->components;
  hmfm_allocations *allocations = d->allocations;
  hmfm_clusters *clusters = NULL;
  for (int allocated = 0; allocated < 2; allocated++) {
    d->components = NULL;
    d->allocations = allocated ? allocations : NULL;
    small_require(hmfm_clusters_create(d, "normal", label, 1, &clusters, &error), &error);
    ck_assert_int_eq(clusters->has_posterior, 0);
    for (int k = 0; k < 4; k++) {
      const hmfm_cluster *one = &clusters->cluster[k];
      ck_assert(isnan(one->mean.mean) && isnan(one->mean.q5) && isnan(one->sd.rhat));
      ck_assert_int_eq(isnan(one->certainty) != 0, !allocated);
      ck_assert(one->n_units > 0 && one->n_groups > 0 && isfinite(one->response_mean));
    }
    hmfm_clusters_destroy(clusters);
  }
  d->components = components;
  free(label);
  hmfm_draws_destroy(d);
}
END_TEST

static void refused(hmfm_status wanted, const char *words, hmfm_status status) {
  ck_assert_int_eq(status, wanted);
  ck_assert_msg(strstr(error.message, words) != NULL, "got: %s", error.message);
}

START_TEST(what_is_refused) {
  hmfm_draws *d = clusters_draws(&clusters_cases[0], 8);
  uint32_t *label = clusters_label(d, 4, 9);
  hmfm_clusters *none = NULL;
  hmfm_transitions *no_moves = NULL;
  const uint32_t kept = label[0];
  refused(HMFM_EUSAGE, "there is no family 'gauss'",
          hmfm_clusters_create(d, "gauss", label, 1, &none, &error));
  refused(HMFM_EUSAGE, "these are no draws of family poisson",
          hmfm_clusters_create(d, "poisson", label, 1, &none, &error));
  label[0] = 5;
  refused(HMFM_EUSAGE, "there is a label 5 of a partition, but none 4",
          hmfm_clusters_create(d, "normal", label, 1, &none, &error));
  label[0] = (uint32_t)d->n_units;
  refused(HMFM_EUSAGE, "must be below that, got",
          hmfm_transitions_create(d, label, &no_moves, &error));
  label[0] = kept;
  d->components[1].atom[1] = -1;
  for (size_t i = 0; i < d->n_units; i++) ((uint8_t *)d->allocations[1].label)[i] = 0; /* draw 0 */
  refused(HMFM_EDATA, "chain 1, draw 0: component 0 has what family normal cannot have (sigma2 -1)",
          hmfm_clusters_create(d, "normal", label, 1, &none, &error));
  d->components[1].atom[1] = 1;
  ((uint8_t *)d->allocations[0].label)[3 * d->n_units] = 7;
  refused(HMFM_EDATA, "chain 0, draw 3: a unit is in component 7, which is not there",
          hmfm_clusters_create(d, "normal", label, 1, &none, &error));
  ck_assert(!none && !no_moves);
  free(label);
  hmfm_draws_destroy(d);
}
END_TEST

/* ---- transitions ---- */

/* From each unit to the one of its name in the next group that has one. */
START_TEST(transitions_of_random_draws) {
  const clusters_case *what = &clusters_cases[_i % CLUSTERS_CASES];
  hmfm_draws *d = clusters_draws(what, 40u + (unsigned)_i);
  uint32_t *label = clusters_label(d, what->n_clusters, 50u + (unsigned)_i);
  hmfm_transitions *t = NULL;
  small_require(hmfm_transitions_create(d, label, &t, &error), &error);
  const size_t K = t->n_clusters;
  size_t *count = calloc(K * K, sizeof *count), moves = 0, stays = 0, names = 0, gaps = 0;
  for (size_t i = 0; i < d->n_units; i++) {
    size_t next = d->n_units, earlier = 0;
    for (size_t o = 0; o < d->n_units; o++) {
      if (o == i || strcmp(d->unit_name[o], d->unit_name[i]) != 0) continue;
      if (d->unit_group[o] < d->unit_group[i]) earlier++;
      if (d->unit_group[o] > d->unit_group[i] &&
          (next == d->n_units || d->unit_group[o] < d->unit_group[next]))
        next = o;
    }
    if (next == d->n_units) continue;
    count[label[i] * K + label[next]]++;
    moves++;
    stays += label[i] == label[next];
    names += earlier == 0;
    gaps += d->unit_group[next] > d->unit_group[i] + 1;
  }
  size_t p = 0; /* the pairs are those with a move, row by row */
  for (size_t k = 0; k < K * K; k++) {
    if (!count[k]) continue;
    ck_assert_uint_lt(p, t->n_pairs);
    ck_assert_uint_eq(t->pair[p].from, k / K);
    ck_assert_uint_eq(t->pair[p].to, k % K);
    ck_assert_uint_eq(t->pair[p++].count, count[k]);
  }
  ck_assert_uint_eq(t->n_pairs, p);
  ck_assert_uint_eq(t->n_moves, moves);
  ck_assert_uint_eq(t->n_stays, stays);
  ck_assert_uint_eq(t->n_names, names);
  ck_assert(d->n_groups == 1 ? moves == 0 : moves > 0);
  if (d->n_groups > 3) ck_assert_uint_gt(gaps, 0);
  hmfm_transitions_destroy(t);
  free(count);
  free(label);
  hmfm_draws_destroy(d);
}
END_TEST

/* A matrix of so many clusters would need 80 GB. */
START_TEST(transitions_of_very_many_clusters) {
  enum { N = 100000, GROUPS = 2 };
  hmfm_draws d = {.n_units = N, .n_groups = GROUPS};
  char(*name)[8] = calloc(N, sizeof *name);
  char **unit = calloc(N, sizeof *unit);
  uint32_t *label = calloc(N, sizeof *label);
  hmfm_transitions *t = NULL;
  ck_assert(name && unit && label);
  for (size_t i = 0; i < N; i++) {
    snprintf(name[i], sizeof name[i], "%zu", i % (N / GROUPS));
    unit[i] = name[i];
    label[i] = (uint32_t)i;
  }
  d.unit_name = unit;
  small_require(hmfm_transitions_create(&d, label, &t, &error), &error);
  ck_assert_uint_eq(t->n_clusters, N);
  ck_assert_uint_eq(t->n_pairs, N / GROUPS);
  ck_assert_uint_eq(t->n_moves, N / GROUPS);
  ck_assert_uint_eq(t->n_stays, 0);
  for (size_t p = 0; p < t->n_pairs; p++)
    ck_assert(t->pair[p].from == p && t->pair[p].to == p + N / GROUPS && t->pair[p].count == 1);
  hmfm_transitions_destroy(t);
  free(label);
  free(unit);
  free(name);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("clusters");
  TCase *test_case = tcase_create("clusters");
  tcase_add_loop_test(test_case, clusters_of_random_draws, 0, CLUSTERS_CASES);
  tcase_add_loop_test(test_case, clusters_of_fits, 0, DENSITY_CASES);
  tcase_add_loop_test(test_case, mean_and_sd_of_drawn_observations, 0, 2);
  tcase_add_test(test_case, parts_that_were_not_saved);
  tcase_add_test(test_case, what_is_refused);
  tcase_add_loop_test(test_case, transitions_of_random_draws, 0, 3 * CLUSTERS_CASES);
  tcase_add_test(test_case, transitions_of_very_many_clusters);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
