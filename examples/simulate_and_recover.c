/* Would the model find what is there in data such as mine? Simulates units from known components, fits
 * them, and sets the posterior beside the truth. Compiled as fit.c is. */
#include <hmfm.h>
#include <stdio.h>
#include <stdlib.h>

enum { GROUPS = 2, COMPONENTS = 3 };

/* 50 and 40 units of 4 to 8 observations each, with a normal covariate; components at 14, 16 and 18,
 * the last one in the second group only. */
static hmfm_status simulate(hmfm_simulation **simulation, hmfm_truth **truth, hmfm_error *error) {
  static const double atom[] = {14.0, 0.1, 16.0, 0.1, 18.0, 0.1}; /* mean, variance */
  static const double weight[] = {0.5, 0.5, 0.0, 0.2, 0.4, 0.4};  /* group by group */
  static const double beta[] = {-0.5, 0.8};
  static const size_t size[] = {50, 40};
  const hmfm_covariate_law age = {.name = "age", .sd = 1.0};
  const hmfm_design design = {.n_groups = GROUPS,
                              .size = size,
                              .least_repeats = 4,
                              .most_repeats = 8,
                              .n_covariates = 1,
                              .covariate = &age};
  hmfm_status status = hmfm_simulation_create(&design, 1, simulation, error);
  if (!status) status = hmfm_truth_create(*simulation, "normal", COMPONENTS, truth, error);
  if (status) return status;
  for (size_t k = 0; k < COMPONENTS * 2; k++) (*truth)->atom[k] = atom[k];
  for (size_t k = 0; k < GROUPS * COMPONENTS; k++) (*truth)->weight[k] = weight[k];
  for (size_t k = 0; k < GROUPS; k++) (*truth)->beta[k] = beta[k];
  return hmfm_simulation_respond(*simulation, *truth, 0, 1, error);
}

static hmfm_status fit(const hmfm_dataset *data, hmfm_draws **draws, hmfm_error *error) {
  hmfm_model *model = NULL;
  hmfm_ensemble *ensemble = NULL;
  hmfm_settings settings;
  hmfm_run run;
  const double s0 = 0.1; /* the variance expected within a cluster */
  hmfm_settings_defaults(&settings);
  hmfm_run_defaults(&run);
  run.warmup = 5000; /* the regression may take its time to get to the right place */
  hmfm_status status = hmfm_settings_set(&settings, "s0", 1, &s0, NULL, error);
  if (!status) status = hmfm_model_create(data, &settings, NULL, &model, error);
  if (!status) status = hmfm_draws_create(model, &run, draws, error);
  if (!status)
    status = hmfm_ensemble_create(model, &run, hmfm_draws_sink(*draws), &ensemble, error);
  if (!status) status = hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), error);
  hmfm_ensemble_destroy(ensemble);
  hmfm_model_destroy(model);
  hmfm_settings_clear(&settings);
  return status;
}

/* Value k of a variable beside its truth. */
static hmfm_status compare(const hmfm_draws *draws, const char *name, size_t k, double truth,
                           hmfm_error *error) {
  const hmfm_variable *v = hmfm_draws_find(draws, name);
  char label[64];
  hmfm_diagnostics d;
  hmfm_status status = hmfm_diagnose(v->value + k, draws->n_chains, draws->n_draws,
                                     draws->capacity * v->width, v->width, &d, error);
  if (status) return status;
  hmfm_variable_label(draws, v, k, label, sizeof label);
  printf("%-13s %6.2f %8.3f %8.3f %8.3f %6.3f\n", label, truth, d.mean, d.q5, d.q95, d.rhat);
  return HMFM_OK;
}

/* The share of pairs of units that a draw has together or apart as the truth has them (the Rand index),
 * averaged over draws. Units of the dataset are found in the simulation by their first row. */
static double pairs_right(const hmfm_draws *draws, const hmfm_dataset *data,
                          const hmfm_simulation *simulation) {
  double right = 0.0, all = 0.0;
  for (size_t i = 0; i < data->n_units; i++) {
    for (size_t j = 0; j < i; j++) {
      const size_t row_i = data->source_row[data->unit_start[i]];
      const size_t row_j = data->source_row[data->unit_start[j]];
      const int same = simulation->component[row_i] == simulation->component[row_j];
      for (size_t c = 0; c < draws->n_chains; c++) {
        for (size_t t = 0; t < draws->n_draws; t++, all += 1.0)
          right += same == (hmfm_draws_label(draws, c, t, i) == hmfm_draws_label(draws, c, t, j));
      }
    }
  }
  return right / all;
}

int main(void) {
  hmfm_simulation *simulation = NULL;
  hmfm_truth *truth = NULL;
  hmfm_dataset *data = NULL;
  hmfm_draws *draws = NULL;
  hmfm_error error;
  hmfm_status status = simulate(&simulation, &truth, &error);
  if (!status) status = hmfm_dataset_create(&simulation->columns, NULL, &data, &error);
  if (!status) status = fit(data, &draws, &error);
  if (!status) puts("quantity       truth     mean       q5      q95   rhat");
  if (!status) status = compare(draws, "K", 0, COMPONENTS, &error);
  for (size_t j = 0; !status && j < GROUPS; j++)
    status = compare(draws, "beta", j, truth->beta[j], &error);
  if (!status) printf("pairs of units right: %.3f\n", pairs_right(draws, data, simulation));
  if (status) fprintf(stderr, "simulate_and_recover: %s\n", error.message);
  hmfm_draws_destroy(draws);
  hmfm_dataset_destroy(data);
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(simulation);
  return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
