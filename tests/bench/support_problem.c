/* The data and models that are timed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "hmfm/simulate.h"
#include "io/csv_read.h"
#include "support.h"

static void set(hmfm_settings *settings, const char *name, double value) {
  hmfm_error error;
  bench_check(hmfm_settings_set(settings, name, 1, &value, NULL, &error), &error);
}

static const char *owner_of(const hmfm_parameter *parameter) {
  const char *owner = NULL;
  for (size_t k = 0; hmfm_parameter_at(k, &owner) != parameter;) k++;
  return owner;
}

/* The model as set, and that of the hierarchical Dirichlet process with the same atoms and coefficients. */
static void make_model(bench_problem *problem, hmfm_settings *settings) {
  hmfm_settings hdp;
  hmfm_error error;
  hmfm_settings_defaults(&hdp);
  hdp.mixing = "hdp";
  for (size_t k = 0; k < settings->n_settings; k++) {
    const hmfm_setting *s = &settings->setting[k];
    if (strcmp(owner_of(s->parameter), "mixing hmfm") != 0) {
      set(&hdp, s->parameter->name, s->value[0]);
    }
  }
  bench_check(hmfm_model_create(problem->data, settings, NULL, &problem->model, &error), &error);
  bench_check(hmfm_model_create(problem->data, &hdp, NULL, &problem->hdp, &error), &error);
  hmfm_settings_clear(settings);
  hmfm_settings_clear(&hdp);
}

static const char *shotput_path(const char **name) {
  static const char BESIDE[] = "../shared/data/shotput.csv";
  const char *path = getenv("HMFM_SHOTPUT");
  *name = "shotput";
  if (path && *path) return path;
  if (access(BESIDE, R_OK) == 0) return BESIDE;
  *name = "shotput_simulated";
  return "data/shotput_simulated.csv";
}

bench_problem bench_shotput(void) {
  static const char *const COVARIATE[] = {"Gender"};
  const hmfm_csv_columns columns = {.group = "SeasonNumber",
                                    .unit = "ID",
                                    .response = "Result",
                                    .n_covariates = 1,
                                    .covariate = COVARIATE};
  bench_problem problem = {0};
  hmfm_settings settings;
  hmfm_error error;
  const char *name, *path = shotput_path(&name);
  bench_check(hmfm_csv_read(path, &columns, NULL, &problem.data, &error), &error);
  snprintf(problem.name, sizeof problem.name, "%s", name);
  hmfm_settings_defaults(&settings);
  set(&settings, "lambda-mean", 25.0);
  set(&settings, "lambda-var", 3.0);
  set(&settings, "gamma-guess", 0.000277);
  set(&settings, "s0", 10.0);
  set(&settings, "beta-mean", -2.0);
  set(&settings, "beta-var", 1.0);
  make_model(&problem, &settings);
  return problem;
}

void bench_shotput_show(const bench_problem *shotput) {
  const char *name;
  printf("# shot put: %s, %zu units, %zu groups, %zu observations\n", shotput_path(&name),
         shotput->data->n_units, shotput->data->n_groups, shotput->data->n_rows);
}

/* Components 8 standard deviations apart; weights 1..K in the first group, K..1 in the second, and so on. */
static hmfm_truth *separated_components(const hmfm_simulation *simulation, size_t n_components) {
  hmfm_truth *truth;
  hmfm_error error;
  bench_check(hmfm_truth_create(simulation, "normal", n_components, &truth, &error), &error);
  for (size_t m = 0; m < n_components; m++) {
    truth->atom[2 * m] = 8.0 * 0.7 * ((double)m - 0.5 * (double)(n_components - 1));
    truth->atom[2 * m + 1] = 0.7 * 0.7;
    for (size_t j = 0; j < truth->n_groups; j++)
      truth->weight[j * n_components + m] = (double)(j % 2 ? n_components - m : m + 1);
  }
  for (size_t k = 0; k < truth->n_groups * truth->n_covariates; k++) truth->beta[k] = 0.5;
  return truth;
}

enum { MOST_GROUPS = 10, MOST_COVARIATES = 3 };

static bench_problem simulated(const char *name, const hmfm_design *design, size_t n_components,
                               double gamma) {
  bench_problem problem = {0};
  hmfm_simulation *simulation;
  hmfm_settings settings;
  hmfm_error error;
  snprintf(problem.name, sizeof problem.name, "%s", name);
  bench_check(hmfm_simulation_create(design, 1, &simulation, &error), &error);
  hmfm_truth *truth = separated_components(simulation, n_components);
  bench_check(hmfm_simulation_respond(simulation, truth, 0, 1, &error), &error);
  bench_check(hmfm_dataset_create(&simulation->columns, NULL, &problem.data, &error), &error);
  const size_t n_units = problem.data->n_units;
  problem.n_true = n_components;
  problem.truth = hmfm_calloc(n_units, sizeof *problem.truth);
  bench_check(problem.truth ? HMFM_OK : HMFM_EMEMORY, &(hmfm_error){.message = "no memory"});
  for (size_t i = 0; i < n_units; i++) { /* a unit has one row */
    problem.truth[i] = simulation->component[problem.data->source_row[i]];
  }
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(simulation);
  hmfm_settings_defaults(&settings);
  if (gamma > 0.0) set(&settings, "gamma", gamma);
  make_model(&problem, &settings);
  return problem;
}

bench_problem bench_simulated(size_t n_units, size_t n_components, double gamma) {
  const size_t size[2] = {n_units / 2, n_units - n_units / 2};
  const hmfm_design design = {.n_groups = 2, .size = size, .least_repeats = 1, .most_repeats = 1};
  char name[40];
  snprintf(name, sizeof name, "simulated_%zu_%zu", n_units, n_components);
  return simulated(name, &design, n_components, gamma);
}

bench_problem bench_covariates(size_t n_units, size_t n_components, size_t n_covariates) {
  static const char *const NAME[MOST_COVARIATES] = {"a", "b", "c"};
  size_t size[MOST_GROUPS];
  hmfm_covariate_law law[MOST_COVARIATES] = {{0}};
  char name[40];
  for (size_t j = 0; j < MOST_GROUPS; j++) size[j] = n_units / MOST_GROUPS;
  for (size_t k = 0; k < n_covariates; k++) law[k] = (hmfm_covariate_law){.name = NAME[k], .sd = 1};
  const hmfm_design design = {.n_groups = MOST_GROUPS,
                              .size = size,
                              .least_repeats = 1,
                              .most_repeats = 1,
                              .n_covariates = n_covariates,
                              .covariate = law};
  snprintf(name, sizeof name, "covariates_%zu_%zu", n_units, n_components);
  return simulated(name, &design, n_components, 0.0);
}

/* ---- the simulation study ---- */

typedef struct experiment {
  size_t n_groups, size, n_components;
  double atom[5][2], lambda_mean, lambda_var, gamma_guess;
} experiment;

static const experiment EXPERIMENT[3] = {
    {2, 300, 3, {{-3, .1}, {0, .5}, {1.75, 1.5}}, 5, 5, .5},
    {2, 50, 4, {{-3, 1}, {-4, 1}, {1, 1}, {0, 1}}, 10, 2, .01},
    {15, 30, 5, {{-3, .5}, {0, .5}, {3, .5}, {-1.5, .5}, {1.5, .5}}, 15, 3, .05},
};

/* Weights of the components in a group, up to a factor. */
static void weights_of(int number, size_t group, double *weight) {
  static const double first[2][3] = {{.5, .5, 0}, {0, .2, .8}};
  static const double second[2][4] = {{.5, 0, .5, 0}, {0, .5, 0, .5}};
  static const double mixed[4][5] = {
      {.25, .5, 0, 0, 0}, {0, .5, .25, 0, 0}, {.25, 0, .25, 0, 0}, {.25, .5, .25, 0, 0}};
  static const double apart[5] = {0, 0, 0, .5, .5};
  const double *from = number == 1   ? first[group]
                       : number == 2 ? second[group]
                       : group < 12  ? mixed[group % 4]
                                     : apart;
  memcpy(weight, from, EXPERIMENT[number - 1].n_components * sizeof *weight);
}

bench_problem bench_experiment(int number) {
  return bench_experiment_of(number, EXPERIMENT[number - 1].size);
}

bench_problem bench_experiment_of(int number, size_t group_size) {
  const experiment *e = &EXPERIMENT[number - 1];
  size_t size[15];
  bench_problem problem = {0};
  hmfm_simulation *simulation;
  hmfm_truth *truth;
  hmfm_settings settings;
  hmfm_error error;
  for (size_t j = 0; j < e->n_groups; j++) size[j] = group_size;
  const hmfm_design design = {
      .n_groups = e->n_groups, .size = size, .least_repeats = 1, .most_repeats = 1};
  snprintf(problem.name, sizeof problem.name, "experiment_%d", number);
  if (group_size != e->size)
    snprintf(problem.name, sizeof problem.name, "experiment_%d_%zu", number,
             e->n_groups * group_size);
  bench_check(hmfm_simulation_create(&design, 1, &simulation, &error), &error);
  bench_check(hmfm_truth_create(simulation, "normal", e->n_components, &truth, &error), &error);
  memcpy(truth->atom, e->atom, e->n_components * sizeof *e->atom);
  for (size_t j = 0; j < e->n_groups; j++)
    weights_of(number, j, truth->weight + j * e->n_components);
  bench_check(hmfm_simulation_respond(simulation, truth, 1, 1, &error), &error);
  bench_check(hmfm_dataset_create(&simulation->columns, NULL, &problem.data, &error), &error);
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(simulation);
  hmfm_settings_defaults(&settings);
  set(&settings, "lambda-mean", e->lambda_mean);
  set(&settings, "lambda-var", e->lambda_var);
  set(&settings, "gamma-guess", e->gamma_guess);
  make_model(&problem, &settings);
  return problem;
}

void bench_problem_clear(bench_problem *problem) {
  hmfm_model_destroy(problem->model);
  hmfm_model_destroy(problem->hdp);
  hmfm_dataset_destroy(problem->data);
  hmfm_free(problem->truth);
  *problem = (bench_problem){0};
}
