/* Draws made up for the tests of what keeps, writes and reads them. */
#include "support_draws.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "draws/draws.h"

const example example_full = {.chains = 2,
                              .draws = 5,
                              .capacity = 8,
                              .covariates = 2,
                              .max_label = 6,
                              .allocations = 1,
                              .components = 1,
                              .log_likelihood = 1,
                              .exposure = 1};

enum { GROUPS = 3, UNITS = 5, ROWS = 9 };
static const char *const group_name[GROUPS] = {"10", "Süd, \"Ost\"", "a/b"};
static const char *const unit_name[UNITS] = {"x", "y,z", "Müller\nJr", "x", "0"};
static const uint32_t unit_group[UNITS] = {0, 0, 1, 2, 2};
static const size_t unit_size[UNITS] = {2, 1, 3, 1, 2};
static const char *const covariate_name[2] = {"GenderW", "age, years"};
static const char *const atom_name[2] = {"mu", "sigma2"};

static void copy_names(char **to, const char *const *from, size_t n) {
  for (size_t k = 0; k < n; k++) ck_assert_ptr_nonnull(to[k] = hmfm_strdup(from[k]));
}

static void add_variables(hmfm_draws *draws) {
  static const struct {
    const char *name;
    hmfm_shape shape;
    int is_count;
  } variables[] = {
      {"lambda", HMFM_SCALAR, 0}, {"gamma", HMFM_GROUP, 0},          {"K", HMFM_SCALAR, 1},
      {"K_group", HMFM_GROUP, 1}, {"beta", HMFM_GROUP_COVARIATE, 0}, {"shared", HMFM_COVARIATE, 0},
      {"log_lik", HMFM_SCALAR, 0}};
  for (size_t v = 0; v < sizeof variables / sizeof *variables; v++) {
    if (!draws->n_covariates && variables[v].shape >= HMFM_COVARIATE) continue;
    char meaning[64];
    snprintf(meaning, sizeof meaning, "meaning of %s", variables[v].name);
    ck_assert_int_eq(hmfm_draws_add_variable(draws, variables[v].name, meaning, variables[v].shape,
                                             variables[v].is_count, NULL),
                     HMFM_OK);
    hmfm_variable *added = &draws->variable[draws->n_variables - 1];
    for (size_t k = 0; k < draws->n_chains * draws->capacity * added->width; k++)
      added->value[k] = variables[v].is_count ? (double)(k + v) : sin(1.0 + (double)(k * 7 + v));
  }
  const double special[] = {NAN, -INFINITY, 4.9406564584124654e-324};
  for (size_t k = 0; k < 3 && k < draws->n_chains * draws->capacity; k++)
    draws->variable[0].value[k] = special[k];
}

static void fill_components(hmfm_draws *draws, size_t n_draws) {
  for (size_t c = 0; c < draws->n_chains; c++) {
    size_t n = 0;
    for (size_t t = 0; t < n_draws; t++) {
      size_t first = n;
      n += (c + t) % 4;
      ck_assert_int_eq(hmfm_components_reserve(draws, c, n, NULL), HMFM_OK);
      hmfm_components *components = &draws->components[c];
      components->start[t + 1] = n;
      for (size_t k = first * draws->n_atom; k < n * draws->n_atom; k++)
        components->atom[k] = cos((double)(k + 100 * c));
      for (size_t k = first * GROUPS; k < n * GROUPS; k++)
        components->weight[k] = 1.0 / (double)(k + 2 + c);
    }
  }
}

static void fill_labels(hmfm_draws *draws, size_t n_draws, size_t max_label) {
  /* Only the last chain needs the widest labels. */
  size_t last = draws->n_chains - 1;
  ck_assert_int_eq(hmfm_allocations_widen(draws, last, max_label, NULL), HMFM_OK);
  const size_t every = draws->thin_units;
  for (size_t c = 0; c < draws->n_chains; c++)
    for (size_t t = 0; t < n_draws; t += every)
      for (size_t i = 0; i < UNITS; i++)
        hmfm_draws_set_label(draws, c, t, i, (uint32_t)((c + t + i) % 4));
  hmfm_draws_set_label(draws, last, (n_draws - 1) / every * every, UNITS - 1, (uint32_t)max_label);
}

hmfm_draws *example_create(const example *what) {
  hmfm_draws sizes = {.n_chains = what->chains,
                      .capacity = what->capacity,
                      .thin_units = what->thin_units,
                      .n_rows = ROWS,
                      .n_units = UNITS,
                      .n_groups = GROUPS,
                      .n_covariates = what->covariates,
                      .n_atom = 2};
  hmfm_draws *draws = NULL;
  ck_assert_int_eq(hmfm_draws_create_empty(&sizes, what->allocations, what->components,
                                           what->log_likelihood, &draws, NULL),
                   HMFM_OK);
  draws->n_draws = what->draws;
  for (size_t c = 0; c < what->chains; c++) draws->chain_draws[c] = what->draws + c % 2;
  ck_assert_ptr_nonnull(draws->response_name = hmfm_strdup("Weite, m"));
  copy_names(draws->group_name, group_name, GROUPS);
  copy_names(draws->unit_name, unit_name, UNITS);
  copy_names(draws->covariate_name, covariate_name, what->covariates);
  copy_names(draws->atom_name, atom_name, 2);
  memcpy(draws->unit_group, unit_group, sizeof unit_group);
  memcpy(draws->unit_size, unit_size, sizeof unit_size);
  for (size_t h = 0; h < ROWS; h++) draws->y[h] = 17.1 + (double)h / 3;
  for (size_t k = 0; k < ROWS * what->covariates; k++) draws->x[k] = (double)k - 0.1;
  if (what->exposure) {
    ck_assert_ptr_nonnull(draws->exposure_name = hmfm_strdup("Jahre, \"alle\""));
    ck_assert_ptr_nonnull(draws->exposure = hmfm_calloc(ROWS, sizeof *draws->exposure));
    for (size_t h = 0; h < ROWS; h++) draws->exposure[h] = exp((double)h - 4.1);
  }
  add_variables(draws);
  if (what->components) fill_components(draws, what->draws);
  if (what->allocations) fill_labels(draws, what->draws, what->max_label);
  const size_t rows = what->chains * hmfm_draws_kept(draws, draws->capacity);
  for (size_t k = 0; what->log_likelihood && k < rows * UNITS; k++)
    draws->log_likelihood[k] = -(float)k / 7;
  return draws;
}

static void compare_texts(char *const *a, char *const *b, size_t n) {
  for (size_t k = 0; k < n; k++) ck_assert_str_eq(a[k], b[k]);
}

static void compare_bits(const void *a, const void *b, size_t bytes) {
  ck_assert_int_eq(memcmp(a, b, bytes), 0);
}

static void compare_variables(const hmfm_draws *a, const hmfm_draws *b) {
  ck_assert_uint_eq(a->n_variables, b->n_variables);
  for (size_t v = 0; v < a->n_variables; v++) {
    const hmfm_variable *p = &a->variable[v], *q = hmfm_draws_find(b, p->name);
    ck_assert_ptr_nonnull(q);
    ck_assert_str_eq(p->meaning, q->meaning);
    ck_assert_int_eq(p->shape, q->shape);
    ck_assert_int_eq(p->is_count, q->is_count);
    ck_assert_uint_eq(p->width, q->width);
    for (size_t c = 0; c < a->n_chains; c++)
      compare_bits(p->value + c * a->capacity * p->width, q->value + c * b->capacity * q->width,
                   a->n_draws * p->width * sizeof(double));
  }
}

static void compare_parts(const hmfm_draws *a, const hmfm_draws *b, size_t c) {
  const size_t kept = hmfm_draws_kept(a, a->n_draws);
  for (size_t t = 0; a->allocations && t < a->n_draws; t += a->thin_units)
    for (size_t i = 0; i < a->n_units; i++)
      ck_assert_uint_eq(hmfm_draws_label(a, c, t, i), hmfm_draws_label(b, c, t, i));
  if (a->log_likelihood)
    compare_bits(a->log_likelihood + c * hmfm_draws_kept(a, a->capacity) * a->n_units,
                 b->log_likelihood + c * hmfm_draws_kept(b, b->capacity) * b->n_units,
                 kept * a->n_units * sizeof(float));
  if (a->components) {
    const hmfm_components *p = &a->components[c], *q = &b->components[c];
    size_t rows = p->start[a->n_draws];
    compare_bits(p->start, q->start, (a->n_draws + 1) * sizeof *p->start);
    compare_bits(p->atom, q->atom, rows * a->n_atom * sizeof(double));
    compare_bits(p->weight, q->weight, rows * a->n_groups * sizeof(double));
  }
}

void example_compare(const hmfm_draws *a, const hmfm_draws *b) {
  ck_assert_uint_eq(a->n_chains, b->n_chains);
  ck_assert_uint_eq(a->n_draws, b->n_draws);
  ck_assert_uint_eq(a->thin_units, b->thin_units);
  ck_assert_uint_eq(a->n_rows, b->n_rows);
  ck_assert_uint_eq(a->n_units, b->n_units);
  ck_assert_uint_eq(a->n_groups, b->n_groups);
  ck_assert_uint_eq(a->n_covariates, b->n_covariates);
  ck_assert_uint_eq(a->n_atom, b->n_atom);
  ck_assert_str_eq(a->response_name, b->response_name);
  compare_texts(a->group_name, b->group_name, a->n_groups);
  compare_texts(a->unit_name, b->unit_name, a->n_units);
  compare_texts(a->covariate_name, b->covariate_name, a->n_covariates);
  compare_texts(a->atom_name, b->atom_name, a->n_atom);
  compare_bits(a->unit_group, b->unit_group, a->n_units * sizeof *a->unit_group);
  compare_bits(a->unit_size, b->unit_size, a->n_units * sizeof *a->unit_size);
  compare_bits(a->y, b->y, a->n_rows * sizeof *a->y);
  compare_bits(a->x, b->x, a->n_rows * a->n_covariates * sizeof *a->x);
  ck_assert_int_eq(!a->exposure, !b->exposure);
  if (a->exposure) {
    ck_assert_str_eq(a->exposure_name, b->exposure_name);
    compare_bits(a->exposure, b->exposure, a->n_rows * sizeof *a->exposure);
  }
  compare_variables(a, b);
  ck_assert_int_eq(!a->allocations, !b->allocations);
  ck_assert_int_eq(!a->components, !b->components);
  ck_assert_int_eq(!a->log_likelihood, !b->log_likelihood);
  for (size_t c = 0; c < a->n_chains; c++) compare_parts(a, b, c);
}
