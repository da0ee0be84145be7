/* Processor time of a sweep against the number of units, of every sampler: two groups, the components of experiment 1,
 * the default priors. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study.h"

static const size_t UNITS[] = {24, 100, 300, 1000, 3000, 10000, 30000, 100000};
static const char *const SAMPLER[][2] = {{"hmfm", "conditional"}, {"hmfm", "marginal"},
                                         {"hmfm", "telescoping"}, {"hdp", "conditional"},
                                         {"hdp", "direct"},       {"hdp", "franchise"}};
enum { N_UNITS = sizeof UNITS / sizeof *UNITS, N_SAMPLERS = sizeof SAMPLER / sizeof *SAMPLER };

static hmfm_status simulate(size_t n, hmfm_dataset **out, hmfm_error *error) {
  const size_t size[] = {n / 2, n - n / 2};
  const study_experiment *e = study_experiment_at(0);
  const hmfm_design design = {.n_groups = 2, .size = size, .least_repeats = 1, .most_repeats = 1};
  hmfm_simulation *simulation = NULL;
  hmfm_truth *truth = NULL;
  hmfm_status status = hmfm_simulation_create(&design, 1, &simulation, error);
  if (!status) status = hmfm_truth_create(simulation, "normal", e->n_components, &truth, error);
  for (size_t m = 0; !status && m < e->n_components; m++) {
    for (size_t k = 0; k < 2; k++) {
      truth->atom[2 * m + k] = e->atom[m][k];
      truth->weight[k * e->n_components + m] = e->weight[k][m];
    }
  }
  if (!status) status = hmfm_simulation_respond(simulation, truth, 1, 1, error);
  if (!status) status = hmfm_dataset_create(&simulation->columns, NULL, out, error);
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(simulation);
  return status;
}

/* Sweeps, in pieces that double, until `seconds` are over; what comes before counts as warmup. */
static hmfm_status measure(const hmfm_model *model, const char *sampler, double seconds,
                           double *ms_sweep, double *clusters, hmfm_error *error) {
  const hmfm_sink nowhere = {0};
  hmfm_ensemble *ensemble = NULL;
  hmfm_run run;
  hmfm_run_defaults(&run);
  run.algorithm = sampler;
  run.chains = 1;
  run.threads = 1;
  run.warmup = 0;
  run.draws = 100000000;
  hmfm_status status = hmfm_ensemble_create(model, &run, nowhere, &ensemble, error);
  if (!status) status = hmfm_ensemble_advance(ensemble, 20, error);
  double start = study_clock();
  while (!status && study_clock() - start < 0.3 * seconds)
    status = hmfm_ensemble_advance(ensemble, 1, error);
  start = study_clock();
  const size_t before = status ? 0 : hmfm_ensemble_sweeps_done(ensemble);
  for (size_t n = 1; !status && study_clock() - start < seconds; n *= 2)
    status = hmfm_ensemble_advance(ensemble, n, error);
  if (!status) {
    *ms_sweep =
        1000.0 * (study_clock() - start) / (double)(hmfm_ensemble_sweeps_done(ensemble) - before);
    *clusters = (double)hmfm_ensemble_clusters(ensemble, 0);
  }
  hmfm_ensemble_destroy(ensemble);
  return status;
}

static hmfm_status time_one(FILE *file, const hmfm_dataset *data, const char *const sampler[2],
                            double seconds, hmfm_error *error) {
  hmfm_settings settings;
  hmfm_model *model = NULL;
  double ms_sweep, clusters;
  hmfm_settings_defaults(&settings);
  settings.mixing = sampler[0];
  hmfm_status status = hmfm_model_create(data, &settings, NULL, &model, error);
  if (!status) status = measure(model, sampler[1], seconds, &ms_sweep, &clusters, error);
  if (!status) {
    fprintf(file, "%zu,%s,%s,%.0f,%.4g\n", data->n_units, sampler[0], sampler[1], clusters,
            ms_sweep);
    fflush(file);
  }
  hmfm_model_destroy(model);
  hmfm_settings_clear(&settings);
  return status;
}

hmfm_status study_time(const char *path, double seconds, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  FILE *file = fopen(path, "w");
  if (!file) {
    snprintf(error->message, sizeof error->message, "%s", strerror(errno));
    return error->status = HMFM_EIO;
  }
  fputs("units,model,sampler,clusters,ms_sweep\n", file);
  for (size_t n = 0; !status && n < N_UNITS; n++) {
    hmfm_dataset *data = NULL;
    status = simulate(UNITS[n], &data, error);
    for (size_t s = 0; !status && s < N_SAMPLERS; s++)
      status = time_one(file, data, SAMPLER[s], seconds, error);
    hmfm_dataset_destroy(data);
  }
  if (fclose(file) != 0 && !status) {
    snprintf(error->message, sizeof error->message, "%s", strerror(errno));
    status = error->status = HMFM_EIO;
  }
  return status;
}
