/* What is said of columns of the data in clusters, against the definitions written out unit by unit. */
#include <check.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support_clusters.h"
#include "support_model.h"

enum { MOST = 1000 };
static hmfm_error error;

/* A unit's share of observations with a level, or its mean; NaN where it has no value. */
static double unit_value(const hmfm_covariate *column, const char *const *levels, size_t n_levels,
                         size_t first, size_t size) {
  double sum = 0, n = 0;
  for (size_t h = first; h < first + size; h++) {
    if (column->text ? !column->text[h] : isnan(column->number[h])) continue;
    n++;
    for (size_t l = 0; column->text && l < n_levels; l++)
      sum += strcmp(column->text[h], levels[l]) == 0;
    if (column->number) sum += column->number[h];
  }
  return n > 0 ? sum / n : NAN;
}

/* Mean and sd over the units of a cluster that have a value; returns how many. */
static size_t slow_column(const hmfm_draws *d, const uint32_t *label, uint32_t k,
                          const hmfm_covariate *column, const char *const *levels, size_t n_levels,
                          double *mean, double *sd) {
  double x[MOST];
  size_t n = 0;
  for (size_t i = 0, h = 0; i < d->n_units; h += d->unit_size[i++]) {
    if (label[i] != k) continue;
    x[n] = unit_value(column, levels, n_levels, h, d->unit_size[i]);
    n += !isnan(x[n]);
  }
  *mean = n ? gsl_stats_mean(x, 1, n) : NAN;
  *sd = clusters_sd(x, n);
  return n;
}

static size_t slow_missing(const hmfm_draws *d, const uint32_t *label, uint32_t k,
                           const hmfm_covariate *column) {
  size_t n = 0;
  for (size_t i = 0, h = 0; i < d->n_units; i++)
    for (size_t end = h + d->unit_size[i]; h < end; h++)
      n += label[i] == k && (column->text ? !column->text[h] : isnan(column->number[h]));
  return n;
}

START_TEST(columns_of_numbers) {
  const clusters_case *what = &clusters_cases[_i % CLUSTERS_CASES];
  hmfm_draws *d = clusters_draws(what, 60u + (unsigned)_i);
  uint32_t *label = clusters_label(d, what->n_clusters, 70u + (unsigned)_i);
  double *x = calloc(d->n_rows, sizeof *x);
  const hmfm_covariate column = {"age", x, NULL};
  hmfm_cluster_column *c = NULL;
  srand(80u + (unsigned)_i);
  for (size_t h = 0; h < d->n_rows; h++) x[h] = rand() % 3 == 0 ? NAN : 1000 + rand() % 50;
  for (size_t i = 0, h = 0; _i < CLUSTERS_CASES && i < d->n_units; h += d->unit_size[i++])
    for (size_t q = 0; label[i] == 0 && q < d->unit_size[i]; q++) x[h + q] = NAN; /* none at all */
  small_require(hmfm_cluster_column_create(d, label, &column, 0, &c, &error), &error);
  ck_assert(!c->is_text && c->n_levels == 0 && strcmp(c->name, "age") == 0);
  for (uint32_t k = 0; k < c->n_clusters; k++) {
    double mean, sd;
    ck_assert_uint_eq(c->n_units[k], slow_column(d, label, k, &column, NULL, 0, &mean, &sd));
    ck_assert_uint_eq(c->n_missing[k], slow_missing(d, label, k, &column));
    clusters_same(c->mean[k], mean, "mean of a column");
    clusters_same(c->sd[k], sd, "sd of a column");
  }
  hmfm_cluster_column_destroy(c);
  x[0] = INFINITY;
  ck_assert_int_eq(hmfm_cluster_column_create(d, label, &column, 0, &c, &error), HMFM_EDATA);
  ck_assert_str_eq(error.message, "column age, row 1: the value is infinite");
  free(x);
  free(label);
  hmfm_draws_destroy(d);
}
END_TEST

/* Levels in order of frequency; all shares are those of the definition, also of what is taken together. */
static void check_levels(const hmfm_draws *d, const uint32_t *label, const hmfm_covariate *column,
                         const hmfm_cluster_column *c, const char *const *all, size_t n_all) {
  const char *rest[10];
  size_t n_rest = 0;
  double before = INFINITY;
  for (size_t a = 0; a < n_all; a++) {
    size_t l = 0;
    while (l < c->n_levels && strcmp(c->level[l], all[a]) != 0) l++;
    if (l == c->n_levels) rest[n_rest++] = all[a];
  }
  ck_assert_uint_eq(n_rest, c->n_pooled);
  for (size_t l = 0; l < c->n_levels; l++) {
    const int pooled = c->n_pooled && l + 1 == c->n_levels;
    const char *own[] = {c->level[l]};
    double frequency = 0;
    if (pooled) ck_assert_int_eq(strncmp(c->level[l], "(other", 6), 0);
    for (uint32_t k = 0; k < c->n_clusters; k++) {
      double share, sd;
      const size_t n =
          slow_column(d, label, k, column, pooled ? rest : own, pooled ? n_rest : 1, &share, &sd);
      clusters_same(c->share[k * c->n_levels + l], share, "share of a level");
      if (n) frequency += share * (double)n;
    }
    if (!pooled) ck_assert_double_le(frequency, before + 1e-9);
    before = frequency;
  }
}

START_TEST(columns_of_text) {
  static const char *const all[] = {"c", "a", "b", "rare", "once"};
  static const size_t most[] = {0, 2, 4, 5, 6};
  const clusters_case *what = &clusters_cases[_i % CLUSTERS_CASES];
  hmfm_draws *d = clusters_draws(what, 90u + (unsigned)_i);
  uint32_t *label = clusters_label(d, what->n_clusters, 100u + (unsigned)_i);
  const char **text = calloc(d->n_rows, sizeof *text);
  const hmfm_covariate column = {"club", NULL, text};
  hmfm_cluster_column *c = NULL;
  srand(110u + (unsigned)_i);
  int seen[5] = {0};
  size_t n_seen = 0;
  for (size_t h = 0; h < d->n_rows; h++) {
    const int l = rand() % 12;
    text[h] = l > 8 ? NULL : all[l < 4 ? 0 : l < 6 ? 1 : l < 8 ? 2 : h % 2 ? 3 : 4];
    for (int a = 0; a < 5; a++) seen[a] |= text[h] == all[a];
  }
  const char *there[5];
  for (int a = 0; a < 5; a++)
    if (seen[a]) there[n_seen++] = all[a];
  for (size_t m = 0; m < sizeof most / sizeof *most; m++) {
    small_require(hmfm_cluster_column_create(d, label, &column, most[m], &c, &error), &error);
    const int cut = most[m] && n_seen > most[m];
    ck_assert(c->is_text);
    ck_assert_uint_eq(c->n_levels, cut ? most[m] + 1 : n_seen);
    ck_assert_uint_eq(c->n_pooled, cut ? n_seen - most[m] : 0);
    if (cut) ck_assert_str_eq(c->level[most[m]], "(other)");
    check_levels(d, label, &column, c, there, n_seen);
    for (uint32_t k = 0; k < c->n_clusters; k++) {
      double sum = 0;
      ck_assert_uint_eq(c->n_missing[k], slow_missing(d, label, k, &column));
      for (size_t l = 0; l < c->n_levels; l++) sum += c->share[k * c->n_levels + l];
      if (c->n_units[k]) clusters_near(sum, 1, "sum of shares");
      ck_assert(isnan(c->mean[k]) && isnan(c->sd[k]));
    }
    hmfm_cluster_column_destroy(c);
  }
  free(text);
  free(label);
  hmfm_draws_destroy(d);
}
END_TEST

/* Equally frequent levels are in the order of their bytes; a column without a value has no level. */
START_TEST(levels_that_tie_or_are_missing) {
  hmfm_draws *d = clusters_draws(&clusters_cases[2], 5);
  uint32_t *label = clusters_label(d, 3, 6);
  const char **text = calloc(d->n_rows, sizeof *text);
  const hmfm_covariate column = {"club", NULL, text};
  hmfm_cluster_column *c = NULL;
  for (size_t i = 0, h = 0; i < d->n_units; i++) /* 10 units: two levels for 5 of them each */
    for (size_t end = h + d->unit_size[i]; h < end; h++) text[h] = i % 2 ? "a" : "z";
  small_require(hmfm_cluster_column_create(d, label, &column, 1, &c, &error), &error);
  ck_assert(c->n_levels == 2 && strcmp(c->level[0], "a") == 0 && c->n_pooled == 1);
  ck_assert_str_eq(c->level[1], "(other)");
  hmfm_cluster_column_destroy(c);
  for (size_t h = 0; h < d->n_rows; h++) text[h] = NULL;
  small_require(hmfm_cluster_column_create(d, label, &column, 1, &c, &error), &error);
  ck_assert(c->n_levels == 0 && c->n_pooled == 0 && c->n_units[0] == 0 && c->n_missing[0] > 0);
  hmfm_cluster_column_destroy(c);
  free(text);
  free(label);
  hmfm_draws_destroy(d);
}
END_TEST

/* Where levels are called as those taken together would be, another name is found for these. */
START_TEST(levels_called_other) {
  static const char *const level[] = {"(other)", "a", "(other 3)", "(other 2)", "b"};
  static const char *const wanted[] = {"(other 4)", "(other 4)", "(other 4)", "(other 2)"};
  const size_t n_levels[] = {5, 4, 3, 2}; /* told, with the one of those taken together */
  hmfm_draws *d = clusters_draws(&clusters_cases[2], 5);
  uint32_t *label = clusters_label(d, 3, 6);
  const char **text = calloc(d->n_rows, sizeof *text);
  const hmfm_covariate column = {"club", NULL, text};
  hmfm_cluster_column *c = NULL;
  for (size_t m = 0; m < 4; m++) {
    const size_t n = m < 3 ? 5 : 2;
    for (size_t i = 0, h = 0; i < d->n_units; i++)
      for (size_t end = h + d->unit_size[i]; h < end; h++) text[h] = level[i % n];
    small_require(hmfm_cluster_column_create(d, label, &column, n_levels[m] - 1, &c, &error),
                  &error);
    ck_assert_uint_eq(c->n_levels, n_levels[m]);
    ck_assert_str_eq(c->level[c->n_levels - 1], wanted[m]);
    for (size_t a = 0; a < c->n_levels; a++)
      for (size_t b = 0; b < a; b++) ck_assert_str_ne(c->level[a], c->level[b]);
    check_levels(d, label, &column, c, level, n);
    hmfm_cluster_column_destroy(c);
  }
  free(text);
  free(label);
  hmfm_draws_destroy(d);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cluster_column");
  TCase *test_case = tcase_create("cluster_column");
  tcase_add_loop_test(test_case, columns_of_numbers, 0, 3 * CLUSTERS_CASES);
  tcase_add_loop_test(test_case, columns_of_text, 0, 3 * CLUSTERS_CASES);
  tcase_add_test(test_case, levels_that_tie_or_are_missing);
  tcase_add_test(test_case, levels_called_other);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
