/* Have the chains converged? Four of them from scattered starts, then rhat and the effective number of
 * draws of K, Lambda and each gamma, and a verdict. Compiled as fit.c is. */
#include <hmfm.h>
#include <stdio.h>
#include <stdlib.h>

/* Simulated waiting times on the log scale: 16 of each of two clinics, with one level in common. */
enum { N = 32 };
static const double Y[N] = {
    1.02, 0.87, 1.21, 0.95, 1.10, 0.78, 1.05, 3.12, 2.95, 3.30, 0.99, 3.05, 2.88, 1.13, 0.91, 3.17,
    3.01, 3.22, 2.90, 3.14, 4.95, 5.11, 3.08, 4.87, 5.21, 2.97, 3.19, 5.02, 5.08, 3.03, 4.99, 3.25,
};

static hmfm_status prepare(hmfm_dataset **data, hmfm_model **model, hmfm_error *error) {
  const char *clinic[N];
  for (size_t i = 0; i < N; i++) clinic[i] = i < N / 2 ? "North" : "South";
  const hmfm_columns columns = {
      .n_rows = N, .group = clinic, .response_name = "wait", .response = Y};
  const double s0 = 0.03; /* the variance expected within a cluster */
  hmfm_settings settings;
  hmfm_settings_defaults(&settings);
  hmfm_status status = hmfm_dataset_create(&columns, NULL, data, error);
  if (!status) status = hmfm_settings_set(&settings, "s0", 1, &s0, NULL, error);
  if (!status) status = hmfm_model_create(*data, &settings, NULL, model, error);
  hmfm_settings_clear(&settings);
  return status;
}

static hmfm_status sample(const hmfm_model *model, const hmfm_run *run, hmfm_draws **draws,
                          hmfm_error *error) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_status status = hmfm_draws_create(model, run, draws, error);
  if (!status) status = hmfm_ensemble_create(model, run, hmfm_draws_sink(*draws), &ensemble, error);
  if (!status) status = hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), error);
  hmfm_ensemble_destroy(ensemble);
  return status;
}

/* A line for each value of a variable; *doubtful counts those that are not to be trusted. rhat is NaN
 * where all draws are equal: then there is nothing to judge. */
static hmfm_status judge(const hmfm_draws *draws, const char *name, int *doubtful,
                         hmfm_error *error) {
  const hmfm_variable *variable = hmfm_draws_find(draws, name);
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && k < variable->width; k++) {
    hmfm_diagnostics d;
    char label[64];
    status = hmfm_diagnose(variable->value + k, draws->n_chains, draws->n_draws,
                           draws->capacity * variable->width, variable->width, &d, error);
    if (status) break;
    const double enough = 100.0 * (double)draws->n_chains;
    const int bad = d.rhat > 1.01 || d.ess_bulk < enough || d.ess_tail < enough;
    hmfm_variable_label(draws, variable, k, label, sizeof label);
    printf("%-14s %8.4f %8.4f %7.3f %8.0f %8.0f%s\n", label, d.mean, d.sd, d.rhat, d.ess_bulk,
           d.ess_tail, bad ? "  !" : "");
    *doubtful += bad;
  }
  return status;
}

int main(void) {
  static const char *const quantity[] = {"K", "lambda", "gamma"};
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_draws *draws = NULL;
  hmfm_error error;
  hmfm_run run;
  int doubtful = 0;
  hmfm_run_defaults(&run); /* 4 chains, 1000 sweeps of warmup */
  run.draws = 2000;
  run.save_allocations = run.save_components = run.save_log_likelihood = 0; /* of no use here */
  hmfm_status status = prepare(&data, &model, &error);
  if (!status) status = sample(model, &run, &draws, &error);
  printf("%-14s %8s %8s %7s %8s %8s\n", "quantity", "mean", "sd", "rhat", "ess_bulk", "ess_tail");
  for (size_t q = 0; !status && q < 3; q++) status = judge(draws, quantity[q], &doubtful, &error);
  if (status)
    fprintf(stderr, "convergence: %s\n", error.message);
  else if (doubtful)
    printf("Not to be trusted yet: %d marked; take more warmup and draws.\n", doubtful);
  else
    puts("To be trusted: the chains agree, and each has moved enough.");
  hmfm_draws_destroy(draws);
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
  return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
