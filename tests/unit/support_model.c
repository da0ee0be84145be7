/* Small datasets, models and states. */
#include "support_model.h"

#include <check.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rng/philox.h"

enum { MAX_ROWS = 10000 };

void small_require(hmfm_status status, const hmfm_error *error) {
  ck_assert_msg(status == HMFM_OK, "%s", error->message);
}

const char *small_mixing(size_t index) {
  ck_assert_ptr_null(hmfm_mixing_name(MIXINGS));
  return hmfm_mixing_name(index);
}

const char *small_algorithm(const char *mixing, size_t index) {
  const char *name, *of;
  for (size_t k = 0; (name = hmfm_algorithm_name(k, &of, NULL)); k++) {
    if (strcmp(of, mixing) == 0 && index-- == 0) return name;
  }
  return NULL;
}

static void begin(small *s) {
  *s = (small){0};
  hmfm_settings_defaults(&s->settings);
}

void small_data(small *s, const small_shape *shape, uint64_t seed) {
  static char name[MAX_ROWS][24], group_name[6][24];
  static const char *group[MAX_ROWS], *unit[MAX_ROWS];
  static double y[MAX_ROWS], x[2][MAX_ROWS];
  const double mu[] = {-2.0, 0.5, 3.0}, sd[] = {0.5, 1.0, 0.7};
  const hmfm_covariate covariate[] = {{"x1", x[0], NULL}, {"x2", x[1], NULL}};
  gsl_rng *rng = hmfm_stream_create(seed, 0);
  hmfm_error error;
  size_t n = 0, i = 0, order[MAX_ROWS];
  ck_assert_ptr_nonnull(rng);
  begin(s);
  for (size_t j = 0; j < shape->n_groups; j++) {
    snprintf(group_name[j], sizeof group_name[j], "%zu", j + 1);
    for (size_t k = 0; k < shape->size[j]; k++, i++) {
      size_t m = gsl_rng_uniform_int(rng, 3);
      snprintf(name[i], sizeof name[i], "%zu", i);
      for (size_t h = 0; h <= i % shape->repeats; h++) order[n + h] = i * 8 + j;
      for (size_t h = 0; h <= i % shape->repeats; h++, n++) {
        x[0][n] = (double)(i % 2);
        x[1][n] = gsl_ran_gaussian(rng, 1.0);
        y[n] = mu[m] + gsl_ran_gaussian(rng, sd[m]) + (shape->n_x > 0 ? 0.8 * x[0][n] : 0.0);
      }
    }
  }
  ck_assert_uint_le(n, MAX_ROWS);
  for (size_t h = 0; h < n; h++) {
    group[h] = group_name[order[h] % 8];
    unit[h] = name[order[h] / 8];
  }
  for (size_t h = n - 1; h > n / 2; h--) { /* half of the rows change places */
    size_t to = n / 2 + gsl_rng_uniform_int(rng, h - n / 2 + 1);
    const char *g = group[h], *u = unit[h];
    double z[3] = {y[h], x[0][h], x[1][h]};
    group[h] = group[to], unit[h] = unit[to], y[h] = y[to], x[0][h] = x[0][to], x[1][h] = x[1][to];
    group[to] = g, unit[to] = u, y[to] = z[0], x[0][to] = z[1], x[1][to] = z[2];
  }
  const hmfm_columns columns = {.n_rows = n,
                                .group = group,
                                .unit = unit,
                                .response_name = "y",
                                .response = y,
                                .n_covariates = shape->n_x,
                                .covariate = covariate};
  small_require(hmfm_dataset_create(&columns, NULL, &s->dataset, &error), &error);
  hmfm_stream_destroy(rng);
}

void small_responses(small *s, size_t n, const double *y, const char *const *group) {
  static const char *one[MAX_ROWS];
  hmfm_error error;
  begin(s);
  for (size_t h = 0; h < n; h++) one[h] = "1";
  const hmfm_columns columns = {
      .n_rows = n, .group = group ? group : one, .response_name = "y", .response = y};
  small_require(hmfm_dataset_create(&columns, NULL, &s->dataset, &error), &error);
}

void small_set(small *s, const char *name, double value) {
  hmfm_error error;
  small_require(hmfm_settings_set(&s->settings, name, 1, &value, NULL, &error), &error);
}

void small_model(small *s) {
  hmfm_error error;
  small_require(hmfm_model_create(s->dataset, &s->settings, &s->notes, &s->model, &error), &error);
}

void small_state(small *s, uint64_t seed) {
  hmfm_error error;
  small_require(hmfm_state_create(s->model, seed, 0, &s->state, &error), &error);
  small_require(hmfm_state_start(s->state, 0, &error), &error);
}

void small_clear(small *s) {
  hmfm_state_destroy(s->state);
  hmfm_model_destroy(s->model);
  hmfm_notes_clear(&s->notes);
  hmfm_settings_clear(&s->settings);
  hmfm_dataset_destroy(s->dataset);
  *s = (small){0};
}

void small_scatter(small *s, gsl_rng *rng, size_t n_slots, size_t extra) {
  const size_t n = s->dataset->n_units;
  int32_t *allocation = calloc(n, sizeof *allocation);
  hmfm_error error;
  ck_assert_ptr_nonnull(allocation);
  for (size_t i = 0; i < n; i++) allocation[i] = (int32_t)gsl_rng_uniform_int(rng, n_slots);
  small_require(hmfm_state_set_partition(s->state, allocation, n_slots, n_slots + extra, &error),
                &error);
  s->state->n_components = s->state->partition.n_clusters + extra;
  free(allocation);
}

int small_is_infinite(const small *s) {
  return (s->model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
}

void small_shares(small *s, gsl_rng *rng) {
  const size_t K = s->state->partition.n_clusters;
  double *share = calloc(K + 1, sizeof *share), sum = 0.0;
  ck_assert_ptr_nonnull(share);
  for (size_t k = 0; k <= K; k++) sum += share[k] = 0.1 + gsl_rng_uniform(rng);
  for (size_t k = 0; k <= K; k++) share[k] /= sum;
  s->model->mixing->set_shares(s->state->process, K, share);
  free(share);
}

size_t small_residuals(const small *s, size_t unit, double *e) {
  const hmfm_dataset *data = s->dataset;
  const double *beta = hmfm_state_beta(s->state, data->unit_group[unit]);
  const size_t first = data->unit_start[unit], last = data->unit_start[unit + 1];
  for (size_t h = first; h < last; h++) {
    e[h - first] = data->y[h];
    for (size_t k = 0; k < data->n_covariates; k++) {
      e[h - first] -= data->x[h * data->n_covariates + k] * beta[k];
    }
  }
  return last - first;
}
