/* From two columns in memory to the posterior of the number of clusters, through the public header.
 *
 * Against an installed hmfm (make install):
 *     cc -std=c11 -o fit examples/fit.c $(pkg-config --cflags --libs hmfm)
 * Against the tree after `make lib`, nothing installed, on one line:
 *     gcc -std=c11 -O2 -Iinclude -o fit examples/fit.c build/libhmfm.a -fopenmp -lcsv \
 *         $(gsl-config --libs-without-cblas) $(pkg-config --libs lapacke lapack blas netcdf jansson) -lm
 */
#include <hmfm.h>
#include <stdio.h>
#include <stdlib.h>

/* Simulated: 24 values of group A at levels 12 and 20, then 18 of group B at 20 and 28. */
enum { N_A = 24, N = 42 };
static const double Y[N] = {
    11.3, 9.8,  10.9, 12.6, 20.1, 9.5,  19.6, 20.9, 22.2, 11.9, 11.5, 18.4, 13.2, 10.7,
    10.8, 10.9, 19.9, 20.2, 12.1, 9.5,  21.0, 12.1, 20.5, 19.7, 18.7, 21.5, 20.4, 22.0,
    27.2, 18.4, 27.9, 27.3, 27.8, 19.2, 27.9, 18.3, 30.9, 26.6, 20.1, 30.4, 18.3, 28.5,
};

/* Data and settings to a model; the dataset must live as long as the model. */
static hmfm_status prepare(hmfm_dataset **data, hmfm_model **model, hmfm_error *error) {
  const char *group[N];
  for (size_t i = 0; i < N; i++) group[i] = i < N_A ? "A" : "B";
  const hmfm_columns columns = {
      .n_rows = N, .group = group, .response_name = "y", .response = Y}; /* a row is a unit */
  hmfm_settings settings;
  const double s0 = 1.0; /* as --s0 of the program */
  hmfm_settings_defaults(&settings);
  hmfm_status status = hmfm_dataset_create(&columns, NULL, data, error);
  if (!status) status = hmfm_settings_set(&settings, "s0", 1, &s0, NULL, error);
  if (!status) status = hmfm_model_create(*data, &settings, NULL, model, error);
  hmfm_settings_clear(&settings);
  return status;
}

/* Runs the chains; what they draw is in *draws. */
static hmfm_status sample(const hmfm_model *model, hmfm_draws **draws, hmfm_error *error) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_run run;
  hmfm_run_defaults(&run); /* 4 chains, 1000 sweeps of warmup, 1000 draws, seed 1 */
  hmfm_status status = hmfm_draws_create(model, &run, draws, error);
  if (!status)
    status = hmfm_ensemble_create(model, &run, hmfm_draws_sink(*draws), &ensemble, error);
  if (!status) status = hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), error);
  hmfm_ensemble_destroy(ensemble);
  return status;
}

/* Prints the posterior of K and how far its draws can be trusted. */
static hmfm_status report(const hmfm_draws *draws, hmfm_error *error) {
  const hmfm_variable *clusters = hmfm_draws_find(draws, "K");
  size_t count[N + 1] = {0}, total = draws->n_chains * draws->n_draws;
  for (size_t c = 0; c < draws->n_chains; c++) {
    for (size_t t = 0; t < draws->n_draws; t++)
      count[(size_t)clusters->value[c * draws->capacity + t]]++;
  }
  puts("K probability");
  for (size_t k = 1; k <= N; k++) {
    if (count[k]) printf("%zu %.3f\n", k, (double)count[k] / (double)total);
  }
  hmfm_diagnostics d;
  hmfm_status status = hmfm_diagnose(clusters->value, draws->n_chains, draws->n_draws,
                                     draws->capacity, 1, &d, error);
  if (!status) printf("rhat %.3f, ess_bulk %.0f of %zu draws\n", d.rhat, d.ess_bulk, total);
  return status;
}

int main(void) {
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_draws *draws = NULL;
  hmfm_error error;
  hmfm_status status = prepare(&data, &model, &error);
  if (!status) status = sample(model, &draws, &error);
  if (!status) status = report(draws, &error);
  if (status) fprintf(stderr, "fit: %s\n", error.message);
  hmfm_draws_destroy(draws);
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
  return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
