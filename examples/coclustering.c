/* With what probability are two units in one cluster? Here: has an athlete kept her level from one season
 * to the next? Counted over the saved allocations, draw by draw, with no matrix of all pairs. Compiled as
 * fit.c is. */
#include <hmfm.h>
#include <stdio.h>
#include <stdlib.h>

/* Simulated: three puts of each athlete in each of two seasons; two athletes improve, one declines. */
enum { ATHLETES = 8, SEASONS = 2, PUTS = 3, N = ATHLETES * SEASONS * PUTS };
static const char *const NAME[ATHLETES] = {"Ada",  "Bea", "Cleo", "Dora",
                                           "Elsa", "Fay", "Gina", "Hope"};
static const double Y[N] = {
    14.1, 14.3, 13.9, 14.0, 14.4, 14.2, 16.1, 15.9, 16.3, 16.0, 16.2, 15.8, /* 2001: Ada to Dora */
    18.2, 17.9, 18.0, 14.2, 13.8, 14.1, 16.2, 16.0, 16.1, 18.1, 18.3, 17.8, /* Elsa to Hope */
    14.2, 14.0, 14.4, 16.1, 15.9, 16.0, 16.0, 16.3, 16.2, 18.0, 18.2, 17.9, /* 2002: Ada to Dora */
    18.0, 18.1, 18.3, 14.0, 14.2, 14.3, 15.9, 16.2, 16.0, 16.1, 15.8, 16.2, /* Elsa to Hope */
};

static hmfm_status prepare(hmfm_dataset **data, hmfm_model **model, hmfm_error *error) {
  const char *season[N], *athlete[N];
  for (size_t row = 0; row < N; row++) {
    season[row] = row < N / SEASONS ? "2001" : "2002";
    athlete[row] = NAME[row / PUTS % ATHLETES];
  }
  const hmfm_columns columns = {
      .n_rows = N, .group = season, .unit = athlete, .response_name = "put", .response = Y};
  const double s0 = 0.05; /* the variance expected within a cluster */
  hmfm_settings settings;
  hmfm_settings_defaults(&settings);
  hmfm_status status = hmfm_dataset_create(&columns, NULL, data, error);
  if (!status) status = hmfm_settings_set(&settings, "s0", 1, &s0, NULL, error);
  if (!status) status = hmfm_model_create(*data, &settings, NULL, model, error);
  hmfm_settings_clear(&settings);
  return status;
}

static hmfm_status sample(const hmfm_model *model, hmfm_draws **draws, hmfm_error *error) {
  hmfm_ensemble *ensemble = NULL;
  hmfm_run run;
  hmfm_run_defaults(&run); /* allocations are saved */
  hmfm_status status = hmfm_draws_create(model, &run, draws, error);
  if (!status)
    status = hmfm_ensemble_create(model, &run, hmfm_draws_sink(*draws), &ensemble, error);
  if (!status) status = hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), error);
  hmfm_ensemble_destroy(ensemble);
  return status;
}

/* The share of draws in which units a and b have the same label: labels mean nothing from one draw to the
 * next, but within a draw equal labels are one cluster. */
static double together(const hmfm_draws *draws, size_t a, size_t b) {
  size_t same = 0;
  for (size_t c = 0; c < draws->n_chains; c++) {
    for (size_t t = 0; t < draws->n_draws; t++)
      same += hmfm_draws_label(draws, c, t, a) == hmfm_draws_label(draws, c, t, b);
  }
  return (double)same / (double)(draws->n_chains * draws->n_draws);
}

int main(void) {
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_draws *draws = NULL;
  hmfm_error error;
  hmfm_status status = prepare(&data, &model, &error);
  if (!status) status = sample(model, &draws, &error);
  if (!status) {
    puts("athlete  same level in 2001 and 2002");
    /* Units are in order of the seasons, and within a season of first appearance. */
    for (size_t i = 0; i < ATHLETES; i++)
      printf("%-8s %.3f\n", draws->unit_name[i], together(draws, i, ATHLETES + i));
    printf("Ada and Bea in 2001: %.3f, in 2002: %.3f\n", together(draws, 0, 1),
           together(draws, ATHLETES, ATHLETES + 1));
  } else {
    fprintf(stderr, "coclustering: %s\n", error.message);
  }
  hmfm_draws_destroy(draws);
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
  return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
