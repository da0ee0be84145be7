/* Every allocation failing in turn: from a dataset over a model and its chains to draws, their
 * diagnostics, and simulated data. */
#include "failing_alloc.h"

#include <math.h>
#include <stdio.h>

#include "chain/chain.h"
#include "hmfm/draws.h"
#include "hmfm/loo.h"
#include "hmfm/simulate.h"
#include "hmfm/summary.h"
#include "support_log_lik.h"

enum { ROWS = 90, MOST = 450 };
#define UNTOUCHED ((void *)&heap) /* what an output points to before */

/* Groups C, A and B (with no complete row), units 0-14 in each, a number and a factor. */
static struct {
  const char *group[MOST], *unit[MOST], *level[MOST];
  char unit_name[15][8];
  double y[MOST], x[MOST], count[MOST], years[MOST];
  hmfm_covariate covariate[2];
  hmfm_columns columns;
} input;
static hmfm_dataset *data;
static hmfm_model *model;

static void fill_input(void) {
  static const char *const group[] = {"C", "A", "B"}, *const level[] = {"m", "f", "d"};
  for (int i = 0; i < 15; i++) snprintf(input.unit_name[i], 8, "u%d", i);
  for (int h = 0; h < MOST; h++) {
    input.group[h] = group[h % 3];
    input.unit[h] = input.unit_name[h / 3 % 15];
    input.level[h] = level[h / 3 % 15 % 3];
    input.y[h] = h % 3 == 2 ? NAN : 4.0 * (h / 3 % 3) + sin(h);
    input.x[h] = cos(h);
    input.count[h] = h % 7;
    input.years[h] = h % 11 ? 1 + h % 3 : NAN;
  }
  input.covariate[0] = (hmfm_covariate){"age", input.x, NULL};
  input.covariate[1] = (hmfm_covariate){"sex", NULL, input.level};
  input.columns = (hmfm_columns){.n_rows = ROWS,
                                 .group = input.group,
                                 .unit = input.unit,
                                 .response_name = "y",
                                 .response = input.y,
                                 .n_covariates = 2,
                                 .covariate = input.covariate};
}

static void require(hmfm_status status, const hmfm_error *error) {
  ck_assert_msg(status == HMFM_OK, "%s", error->message);
}

/* ---- data and models ---- */

static hmfm_status use_dataset(void *context, hmfm_error *error) {
  hmfm_notes notes = {0};
  hmfm_dataset *made = UNTOUCHED;
  (void)context;
  hmfm_status status = hmfm_dataset_create(&input.columns, &notes, &made, error);
  if (status) {
    ck_assert_ptr_eq(made, UNTOUCHED);
  } else {
    ck_assert_uint_eq(made->n_rows, 60);
    ck_assert_uint_eq(made->n_units, 30);
    ck_assert_uint_eq(made->n_groups, 2);
    ck_assert_uint_eq(made->n_covariates, 3);
    ck_assert_str_eq(made->group_name[1], "A");
    ck_assert_str_eq(made->covariate_name[2], "sexm");
    hmfm_dataset_destroy(made);
    size_t shortened = 0; /* a note without its list, for which there was no memory */
    for (size_t k = 0; k < notes.count; k++)
      shortened += strchr(notes.text[k], '\'') == NULL && strchr(notes.text[k], ':') == NULL;
    ck_assert_uint_eq(notes.count + notes.lost, 3);
    heap.forgiven += notes.lost + shortened;
  }
  hmfm_notes_clear(&notes);
  ck_assert_uint_eq(notes.lost, 0);
  return status;
}

/* Refused data are refused for what is wrong with them, or for want of memory. */
static hmfm_status use_missing(void *context, hmfm_error *error) {
  hmfm_dataset *made = UNTOUCHED;
  (void)context;
  hmfm_status status = hmfm_dataset_create(&input.columns, NULL, &made, error);
  ck_assert_ptr_eq(made, UNTOUCHED);
  if (status != HMFM_EDATA) return status;
  ck_assert_str_eq(error->message, "no row is complete: of 90, there are missing values in y 90");
  return HMFM_OK;
}

START_TEST(dataset) {
  ck_assert_uint_gt(survive(use_dataset, NULL), 40);
  for (int h = 0; h < ROWS; h++) input.y[h] = NAN;
  ck_assert_uint_eq(survive(use_missing, NULL), 4);
}
END_TEST

static hmfm_status use_settings(void *context, hmfm_error *error) {
  static const double gamma[] = {0.5, 2}, more = 3;
  static const char *const group[] = {"A", "C"};
  hmfm_settings settings;
  (void)context;
  hmfm_settings_defaults(&settings);
  hmfm_status status = hmfm_settings_set(&settings, "gamma", 2, gamma, group, error);
  if (!status) status = hmfm_settings_set(&settings, "s0", 1, &more, NULL, error);
  if (!status) status = hmfm_settings_set(&settings, "gamma", 1, &more, NULL, error);
  const hmfm_setting *set = hmfm_settings_find(&settings, "gamma");
  if (set && status) ck_assert(set->n_values == 2 && set->value[1] == 2);
  if (!status) ck_assert(set->n_values == 1 && set->value[0] == 3 && !set->label);
  hmfm_settings_clear(&settings);
  return status;
}

START_TEST(parameters) { ck_assert_uint_eq(survive(use_settings, NULL), 8); }
END_TEST

/* What a model has chosen: mixing and beta. */
static hmfm_status use_model(void *context, hmfm_error *error) {
  const char *const *word = context;
  hmfm_settings settings;
  hmfm_notes notes = {0};
  hmfm_model *made = UNTOUCHED;
  hmfm_settings_defaults(&settings);
  settings.mixing = word[0];
  settings.beta = word[1];
  hmfm_status status = hmfm_model_create(data, &settings, &notes, &made, error);
  if (status) {
    ck_assert_ptr_eq(made, UNTOUCHED);
  } else {
    const size_t n = hmfm_model_settings(made)->n_settings; /* of the mixing, and 6 others */
    ck_assert_uint_eq(n, strcmp(word[0], "hdp") == 0 ? 12 : 15);
    hmfm_model_destroy(made);
  }
  heap.forgiven += notes.lost;
  hmfm_notes_clear(&notes);
  return status;
}

START_TEST(models) {
  static const char *word[][2] = {{"hmfm", "group"}, {"hmfm", "shared"}, {"hdp", "group"}};
  for (size_t k = 0; k < sizeof word / sizeof *word; k++) {
    ck_assert_uint_gt(survive(use_model, word[k]), 30);
  }
}
END_TEST

/* ---- chains and draws ---- */

/* A run of a few sweeps, whose draws are compared with those of a run that had all it needed. shared, own:
 * lambda and gamma, or gamma0 and alpha of the HDP. */
typedef struct a_run {
  const char *algorithm;
  size_t draws;
  double shared, own;
  int covariates, prior_only, counts, hdp;
  hmfm_run run;
  hmfm_draws *expected;
} a_run;

static void prepare(a_run *r) {
  hmfm_settings settings;
  hmfm_error error = {0};
  input.columns.n_covariates = r->covariates ? 2 : 0;
  if (r->prior_only) { /* as many units as there are */
    input.columns.unit = NULL;
    input.columns.n_rows = MOST;
  }
  hmfm_settings_defaults(&settings);
  settings.prior_only = r->prior_only;
  if (r->counts) {
    settings.family = "poisson";
    input.columns.response = input.count;
    input.columns.exposure_name = "years";
    input.columns.exposure = input.years;
  }
  require(hmfm_dataset_create(&input.columns, NULL, &data, &error), &error);
  if (r->hdp) settings.mixing = "hdp";
  const char *const name[] = {r->hdp ? "gamma0" : "lambda", r->hdp ? "alpha" : "gamma"};
  require(hmfm_settings_set(&settings, name[0], 1, &r->shared, NULL, &error), &error);
  require(hmfm_settings_set(&settings, name[1], 1, &r->own, NULL, &error), &error);
  require(hmfm_model_create(data, &settings, NULL, &model, &error), &error);
  hmfm_settings_clear(&settings);
  hmfm_run_defaults(&r->run);
  r->run.algorithm = r->algorithm;
  r->run.chains = 2;
  r->run.warmup = 1;
  r->run.draws = r->draws;
  r->run.threads = 1;
}

static void clean(a_run *r) {
  hmfm_draws_destroy(r->expected);
  r->expected = NULL;
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
}

static void compare_draws(const hmfm_draws *a, const hmfm_draws *b) {
  ck_assert_uint_eq(a->n_draws, b->n_draws);
  for (size_t v = 0; v < a->n_variables; v++)
    ck_assert_mem_eq(a->variable[v].value, b->variable[v].value,
                     a->n_chains * a->capacity * a->variable[v].width * sizeof(double));
  ck_assert_mem_eq(a->log_likelihood, b->log_likelihood,
                   a->n_chains * a->capacity * a->n_units * sizeof(float));
  for (size_t c = 0; c < a->n_chains; c++) {
    const hmfm_components *p = &a->components[c], *q = &b->components[c];
    ck_assert_uint_eq(p->start[a->n_draws], q->start[a->n_draws]);
    ck_assert_mem_eq(p->weight, q->weight, p->start[a->n_draws] * a->n_groups * sizeof(double));
    ck_assert_int_eq(a->allocations[c].bytes, b->allocations[c].bytes);
    ck_assert_mem_eq(a->allocations[c].label, b->allocations[c].label,
                     a->capacity * a->n_units * (size_t)a->allocations[c].bytes);
  }
}

static hmfm_status use_run(void *context, hmfm_error *error) {
  a_run *r = context;
  hmfm_draws *draws = UNTOUCHED;
  hmfm_ensemble *ensemble = UNTOUCHED;
  hmfm_status status = hmfm_draws_create(model, &r->run, &draws, error);
  if (status) {
    ck_assert_ptr_eq(draws, UNTOUCHED);
    return status;
  }
  status = hmfm_ensemble_create(model, &r->run, hmfm_draws_sink(draws), &ensemble, error);
  if (status) {
    ck_assert_ptr_eq(ensemble, UNTOUCHED);
    hmfm_draws_destroy(draws);
    return status;
  }
  status = hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), error);
  if (status) { /* what was drawn is left alone, and it cannot go on */
    hmfm_error again = {0};
    ck_assert_int_eq(hmfm_ensemble_advance(ensemble, 1, &again), status);
    ck_assert_str_eq(again.message, error->message);
    ck_assert_uint_lt(draws->n_draws, r->draws);
  } else if (r->expected) {
    compare_draws(draws, r->expected);
  } else {
    r->expected = draws;
    draws = NULL;
  }
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
  return status;
}

static a_run runs[] = {
    {.algorithm = "conditional", .draws = 6, .shared = 3, .own = 0.5, .covariates = 1},
    {.algorithm = "marginal", .draws = 6, .shared = 3, .own = 0.5, .covariates = 1},
    {.algorithm = "conditional", .draws = 6, .shared = 2, .own = 1, .covariates = 1, .hdp = 1},
    {.algorithm = "franchise", .draws = 6, .shared = 2, .own = 1, .hdp = 1},
    /* about 64 components, for which there is room from the start: more come in later sweeps */
    {.algorithm = "conditional", .draws = 12, .shared = 58, .own = 0.5, .covariates = 1},
    {.algorithm = "marginal", .draws = 12, .shared = 58, .own = 0.5, .covariates = 1},
    {.algorithm = "marginal", .draws = 12, .shared = 58, .own = 0.5},
    {.algorithm = "conditional", .draws = 6, .shared = 3, .own = 0.5, .counts = 1},
    {.algorithm = "marginal", .draws = 6, .shared = 3, .own = 0.5, .counts = 1},
    /* of the HDP, about as many with a share above the level: open, or completing a draw */
    {.algorithm = "conditional", .draws = 12, .shared = 15, .own = 4, .covariates = 1, .hdp = 1},
    {.algorithm = "direct", .draws = 12, .shared = 14, .own = 4, .covariates = 1, .hdp = 1},
    {.algorithm = "direct", .draws = 12, .shared = 14, .own = 4, .hdp = 1},
    {.algorithm = "franchise", .draws = 6, .shared = 2, .own = 1, .counts = 1, .hdp = 1},
    /* more clusters than a byte can number */
    {.algorithm = "conditional", .draws = 2, .shared = 2500, .own = 100, .prior_only = 1},
};

/* Completing a draw of the HDP may need room for components, too; that is all that is wanted of it. */
static hmfm_status forget(void *context, size_t chain, size_t draw, const hmfm_chain *from,
                          hmfm_error *error) {
  (void)context, (void)chain, (void)draw, (void)from, (void)error;
  return HMFM_OK;
}

/* What a run without failures needs, sweep by sweep: some of them must find more components. */
static void require_growth(a_run *r) {
  size_t growing = 0;
  hmfm_error error = {0};
  hmfm_draws *draws = NULL;
  hmfm_ensemble *ensemble = NULL;
  require(hmfm_draws_create(model, &r->run, &draws, &error), &error);
  hmfm_sink nowhere = {.record = r->hdp ? forget : NULL};
  require(hmfm_ensemble_create(model, &r->run, nowhere, &ensemble, &error), &error);
  for (size_t sweep = 0; sweep < hmfm_ensemble_sweeps(ensemble); sweep++) {
    heap_fail(0, HEAP_ONCE);
    require(hmfm_ensemble_advance(ensemble, 1, &error), &error);
    growing += heap.calls > 0;
  }
  ck_assert_uint_gt(growing, 0);
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
}

START_TEST(chains) {
  a_run *r = &runs[_i];
  hmfm_error error = {0};
  prepare(r);
  if (r->shared > (r->hdp ? 10 : 50) && !r->prior_only) require_growth(r);
  require(use_run(r, &error), &error);
  ck_assert_int_eq(r->expected->allocations[1].bytes, r->prior_only ? 2 : 1);
  ck_assert_uint_gt(survive(use_run, r), 100);
  clean(r);
}
END_TEST

/* A run that is stopped after its first draws, and goes on from a checkpoint to the same end. */
static hmfm_status use_checkpoint(void *context, hmfm_error *error) {
  a_run *r = context;
  hmfm_draws *draws = NULL;
  hmfm_ensemble *first = NULL, *second = NULL;
  hmfm_checkpoint checkpoint = {7, UNTOUCHED};
  hmfm_status status = hmfm_draws_create(model, &r->run, &draws, error);
  hmfm_sink sink = hmfm_draws_sink(draws);
  if (!status) status = hmfm_ensemble_create(model, &r->run, sink, &first, error);
  if (!status) status = hmfm_ensemble_advance(first, 4, error);
  if (!status) status = hmfm_ensemble_checkpoint(first, &checkpoint, error);
  if (status) ck_assert(checkpoint.size == 7 && checkpoint.bytes == UNTOUCHED);
  int made = !status;
  if (!status) status = hmfm_ensemble_create(model, &r->run, sink, &second, error);
  if (!status) status = hmfm_ensemble_restore(second, checkpoint.bytes, checkpoint.size, error);
  if (!status) status = hmfm_ensemble_advance(second, hmfm_ensemble_sweeps(second), error);
  if (!status) compare_draws(draws, r->expected);
  if (made) hmfm_checkpoint_clear(&checkpoint);
  hmfm_ensemble_destroy(first);
  hmfm_ensemble_destroy(second);
  hmfm_draws_destroy(draws);
  return status;
}

/* A run from a start that is given: what it cannot take leaves an ensemble that does not go on. */
static hmfm_status use_start(void *context, hmfm_error *error) {
  a_run *r = context;
  uint32_t label[MOST] = {0};
  hmfm_ensemble *ensemble = NULL;
  hmfm_status status = hmfm_ensemble_create(model, &r->run, (hmfm_sink){0}, &ensemble, error);
  for (size_t i = 0; i < model->dataset->n_units; i++) label[i] = (uint32_t)i; /* each alone */
  for (size_t c = 0; !status && c < r->run.chains; c++) {
    status = hmfm_ensemble_start(ensemble, c, label, NULL, error);
    if (!status) ck_assert_uint_eq(hmfm_ensemble_clusters(ensemble, c), model->dataset->n_units);
  }
  if (!status) status = hmfm_ensemble_advance(ensemble, 2, error);
  hmfm_ensemble_destroy(ensemble);
  return status;
}

START_TEST(starts) {
  prepare(&runs[_i]);
  ck_assert_uint_gt(survive(use_start, &runs[_i]), 50);
  clean(&runs[_i]);
}
END_TEST

START_TEST(checkpoints) {
  a_run *r = &runs[_i];
  hmfm_error error = {0};
  prepare(r);
  require(use_run(r, &error), &error);
  ck_assert_uint_gt(survive(use_checkpoint, r), 150);
  clean(r);
}
END_TEST

/* Labels that outgrow a byte, and then the draws' rows of components. */
enum { MANY = 700 };

static hmfm_status use_widen(void *context, hmfm_error *error) {
  hmfm_draws *draws = UNTOUCHED;
  const hmfm_draws *sizes = context;
  hmfm_status status = hmfm_draws_create_empty(sizes, 1, 1, 0, &draws, error);
  if (status) {
    ck_assert_ptr_eq(draws, UNTOUCHED);
    return status;
  }
  uint8_t *label = draws->allocations[1].label;
  for (size_t i = 0; i < 2 * MANY; i++) label[i] = (uint8_t)(i % 200);
  const size_t largest[] = {300, 70000};
  size_t wide = 1;
  for (int k = 0; k < 2 && !status; k++) {
    status = hmfm_allocations_widen(draws, 1, largest[k], error);
    if (!status) wide *= 2;
    ck_assert_uint_eq((size_t)draws->allocations[1].bytes, wide);
    for (size_t i = 0; i < 2 * MANY; i++)
      ck_assert_uint_eq(hmfm_draws_label(draws, 1, i / MANY, i % MANY), i % 200);
  }
  if (!status) status = hmfm_components_reserve(draws, 0, 10, error);
  if (!status) draws->components[0].weight[19] = 0.5;
  if (!status) status = hmfm_components_reserve(draws, 0, 100, error);
  if (!status) ck_assert(draws->components[0].weight[19] == 0.5);
  if (!status) status = hmfm_draws_add_variable(draws, "v", "a variable", HMFM_GROUP, 0, error);
  ck_assert_uint_eq(draws->n_variables, status ? 0 : 1);
  hmfm_draws_destroy(draws);
  return status;
}

START_TEST(widening) {
  hmfm_draws sizes = {.n_chains = 2,
                      .capacity = 2,
                      .n_rows = MANY,
                      .n_units = MANY,
                      .n_groups = 2,
                      .n_covariates = 1,
                      .n_atom = 2};
  ck_assert_uint_gt(survive(use_widen, &sizes), 25);
}
END_TEST

/* ---- summaries and simulations ---- */

static hmfm_status use_diagnose(void *context, hmfm_error *error) {
  hmfm_diagnostics out = {.mean = -7};
  hmfm_status status = hmfm_diagnose(context, 2, ROWS / 2, ROWS / 2, 1, &out, error);
  if (status)
    ck_assert(out.mean == -7);
  else
    ck_assert(isfinite(out.rhat) && isfinite(out.ess_tail));
  return status;
}

START_TEST(diagnostics) { ck_assert_uint_gt(survive(use_diagnose, input.x), 4); }
END_TEST

static hmfm_status use_simulation(void *context, hmfm_error *error) {
  static const size_t size[] = {3, 2};
  static const char *const name[] = {"S1", "S2"}, *const level[] = {"a", "b"};
  static const double half[] = {1, 1};
  static const hmfm_covariate_law law[] = {{"sex", 2, level, half, 0, 0},
                                           {"age", 0, NULL, NULL, 25, 3}};
  const hmfm_design design = {.n_groups = 2,
                              .size = size,
                              .group_name = name,
                              .least_repeats = 1,
                              .most_repeats = 2,
                              .n_covariates = 2,
                              .covariate = law};
  const char *mixing = context; /* NULL: not from the prior */
  hmfm_simulation *s = UNTOUCHED;
  hmfm_truth *truth = UNTOUCHED;
  hmfm_settings settings;
  hmfm_settings_defaults(&settings);
  if (mixing) settings.mixing = mixing;
  hmfm_status status = hmfm_simulation_create(&design, 1, &s, error);
  if (status) {
    ck_assert_ptr_eq(s, UNTOUCHED);
    return status;
  }
  status = mixing ? hmfm_truth_draw(s, &settings, 1, &truth, error)
                  : hmfm_truth_create(s, NULL, 2, &truth, error);
  if (status) {
    ck_assert_ptr_eq(truth, UNTOUCHED);
  } else {
    for (int m = 0; m < 2 && !mixing; m++) truth->atom[2 * m + 1] = 1;
    for (int k = 0; k < 4 && !mixing; k++) truth->weight[k] = 1;
    status = hmfm_simulation_respond(s, truth, 1, 1, error);
    for (size_t h = 0; h < s->columns.n_rows; h++)
      ck_assert_int_eq(s->response[h] == 0, status != 0);
    hmfm_truth_destroy(truth);
  }
  hmfm_simulation_destroy(s);
  return status;
}

START_TEST(simulations) {
  static char hmfm[] = "hmfm", hdp[] = "hdp";
  ck_assert_uint_gt(survive(use_simulation, NULL), 50);
  ck_assert_uint_gt(survive(use_simulation, hmfm), 90);
  ck_assert_uint_gt(survive(use_simulation, hdp), 90);
}
END_TEST

static hmfm_status use_scores(void *context, hmfm_error *error) {
  hmfm_loo *loo = UNTOUCHED;
  hmfm_status status = hmfm_loo_create(context, &loo, error);
  if (status) {
    ck_assert_ptr_eq(loo, UNTOUCHED);
  } else {
    ck_assert(loo->n_draws == 60 && loo->n_units == 6 && loo->unit[5].elpd_loo < 0);
    hmfm_loo_destroy(loo);
  }
  return status;
}

START_TEST(scores) {
  const log_lik_case what = {"scores", 2, 30, 6, 3, 0, 64, 0};
  hmfm_draws *draws = log_lik_draws(&what);
  ck_assert_uint_gt(survive(use_scores, draws), 14);
  hmfm_draws_destroy(draws);
}
END_TEST

static void make_data(void) {
  hmfm_error error = {0};
  fill_input();
  require(hmfm_dataset_create(&input.columns, NULL, &data, &error), &error);
}

static void drop_data(void) { hmfm_dataset_destroy(data); }

int main(void) {
  Suite *suite = suite_create("memory");
  TCase *parts = tcase_create("parts"), *whole = tcase_create("runs");
  tcase_add_checked_fixture(parts, make_data, drop_data);
  tcase_add_test(parts, dataset);
  tcase_add_test(parts, parameters);
  tcase_add_test(parts, models);
  tcase_add_test(parts, widening);
  tcase_add_test(parts, diagnostics);
  tcase_add_test(parts, simulations);
  tcase_add_test(parts, scores);
  suite_add_tcase(suite, parts);
  tcase_set_timeout(whole, 120);
  tcase_add_checked_fixture(whole, fill_input, NULL);
  tcase_add_loop_test(whole, chains, 0, sizeof runs / sizeof *runs);
  tcase_add_loop_test(whole, checkpoints, 0, 4);
  tcase_add_loop_test(whole, starts, 0, 4);
  suite_add_tcase(suite, whole);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
