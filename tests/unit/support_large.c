/* Data of more than three blocks of units, and draws compared bit by bit. */
#include "support_large.h"

#include <check.h>
#include <string.h>

#include "hmfm/simulate.h"
#include "support_model.h"

const large_problem LARGE[LARGE_PROBLEMS] = {
    {"normal", "hmfm", "group", "poisson", 0},  {"normal", "hmfm", "group", "poisson", 2},
    {"normal", "hmfm", "shared", "poisson", 1}, {"normal", "hmfm", "group", "negbin", 0},
    {"normal", "hdp", "group", "poisson", 0},   {"normal", "hdp", "group", "poisson", 1},
    {"poisson", "hmfm", "group", "poisson", 0}, {"poisson", "hdp", "group", "poisson", 0},
};
/* More than three blocks of units, in groups of many pieces, of one, and of a few units. */
static const size_t SIZE[] = {8200, 900, 3, 4000};

static hmfm_truth *truth_of(const hmfm_simulation *simulation, const char *family) {
  const double normal[] = {-3, .4, 0, 1, 2, .5, 9, .3}, rate[] = {.5, 2, 6, 30};
  hmfm_truth *truth;
  hmfm_error error;
  const size_t n_atom = strcmp(family, "normal") == 0 ? 2 : 1;
  small_require(hmfm_truth_create(simulation, family, 4, &truth, &error), &error);
  memcpy(truth->atom, n_atom == 2 ? normal : rate, 4 * n_atom * sizeof(double));
  for (size_t k = 0; k < 4 * truth->n_groups; k++) truth->weight[k] = 1.0 + (double)(k % 3);
  for (size_t k = 0; k < truth->n_groups * truth->n_covariates; k++) truth->beta[k] = 0.7;
  return truth;
}

void large_make(const large_problem *p, large *out) {
  *out = (large){0};
  const hmfm_covariate_law law[] = {{.name = "a", .sd = 1}, {.name = "b", .sd = 0.5}};
  const double exposure = strcmp(p->family, "poisson") == 0 ? 1.0 : 0.0;
  const hmfm_design design = {.n_groups = 4,
                              .size = SIZE,
                              .least_repeats = 1,
                              .most_repeats = 2,
                              .n_covariates = p->n_covariates,
                              .covariate = law,
                              .least_exposure = 0.5 * exposure,
                              .most_exposure = 2.0 * exposure};
  hmfm_simulation *simulation;
  hmfm_error error;
  small_require(hmfm_simulation_create(&design, 3, &simulation, &error), &error);
  hmfm_truth *truth = truth_of(simulation, p->family);
  small_require(hmfm_simulation_respond(simulation, truth, 0, 3, &error), &error);
  small_require(hmfm_dataset_create(&simulation->columns, NULL, &out->dataset, &error), &error);
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(simulation);
  hmfm_settings_defaults(&out->settings);
  out->settings.family = p->family;
  out->settings.mixing = p->mixing;
  out->settings.beta = p->beta;
  out->settings.prior_m = p->prior_m;
  small_require(hmfm_model_create(out->dataset, &out->settings, NULL, &out->model, &error), &error);
}

void large_clear(large *l) {
  hmfm_model_destroy(l->model);
  hmfm_settings_clear(&l->settings);
  hmfm_dataset_destroy(l->dataset);
  *l = (large){0};
}

void large_compare(const hmfm_draws *x, const hmfm_draws *y) {
  const size_t cells = x->n_chains * x->capacity;
  for (size_t v = 0; v < x->n_variables; v++) {
    const hmfm_variable *a = &x->variable[v], *b = &y->variable[v];
    ck_assert_msg(!memcmp(a->value, b->value, cells * a->width * sizeof *a->value), "%s differs",
                  a->name);
  }
  for (size_t c = 0; c < x->n_chains; c++) {
    const hmfm_components *a = &x->components[c], *b = &y->components[c];
    const size_t rows = a->start[x->n_draws];
    ck_assert_uint_eq(rows, b->start[x->n_draws]);
    ck_assert_mem_eq(a->atom, b->atom, rows * x->n_atom * sizeof *a->atom);
    ck_assert_mem_eq(a->weight, b->weight, rows * x->n_groups * sizeof *a->weight);
    ck_assert_int_eq(x->allocations[c].bytes, y->allocations[c].bytes);
    ck_assert_mem_eq(x->allocations[c].label, y->allocations[c].label,
                     x->n_draws * x->n_units * (size_t)x->allocations[c].bytes);
  }
  ck_assert_mem_eq(x->log_likelihood, y->log_likelihood,
                   cells * x->n_units * sizeof *x->log_likelihood);
}
