/* How are the observations of a group distributed? The posterior mean of its density on a grid: in each
 * draw the mixture sum_m w_jm N(y; mu_m, sigma2_m), averaged over draws. Compiled as fit.c is. */
#include <hmfm.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Simulated: pupils of two schools, whose marks gather about 40, 60 and 75 in different proportions. */
enum { N_A = 22, N = 40, GRID = 31 };
static const double FROM = 30.0, TO = 90.0;
static const double Y[N] = {
    38, 41, 43, 37, 40, 42, 39, 36, 44, 41, 58, 61, 63, 57, 60, 40, 38, 62, 59, 42,
    41, 39, 61, 59, 62, 60, 74, 77, 73, 76, 75, 78, 58, 63, 75, 72, 61, 76, 74, 60,
};

static hmfm_status prepare(hmfm_dataset **data, hmfm_model **model, hmfm_error *error) {
  const char *school[N];
  for (size_t i = 0; i < N; i++) school[i] = i < N_A ? "A" : "B";
  const hmfm_columns columns = {
      .n_rows = N, .group = school, .response_name = "mark", .response = Y};
  const double s0 = 5.0; /* the variance expected within a cluster */
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
  hmfm_run_defaults(&run); /* components are saved */
  hmfm_status status = hmfm_draws_create(model, &run, draws, error);
  if (!status)
    status = hmfm_ensemble_create(model, &run, hmfm_draws_sink(*draws), &ensemble, error);
  if (!status) status = hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), error);
  hmfm_ensemble_destroy(ensemble);
  return status;
}

/* Of one group at y. Empty components count: their weight is where a new unit may go. */
static double density(const hmfm_draws *draws, size_t group, double y) {
  double sum = 0.0;
  for (size_t c = 0; c < draws->n_chains; c++) {
    const hmfm_components *components = &draws->components[c];
    for (size_t row = 0; row < components->start[draws->n_draws]; row++) { /* of all draws */
      const double mu = components->atom[row * draws->n_atom];
      const double sigma2 = components->atom[row * draws->n_atom + 1];
      sum += components->weight[row * draws->n_groups + group] *
             exp(-0.5 * (y - mu) * (y - mu) / sigma2) / sqrt(6.283185307179586 * sigma2);
    }
  }
  return sum / (double)(draws->n_chains * draws->n_draws);
}

static void report(const hmfm_draws *draws) {
  const double step = (TO - FROM) / (GRID - 1);
  printf("mark  school %-15s school %s\n", draws->group_name[0], draws->group_name[1]);
  for (int g = 0; g < GRID; g++) {
    const double y = FROM + g * step;
    printf("%4.0f ", y);
    for (size_t j = 0; j < draws->n_groups; j++) {
      const double f = density(draws, j, y);
      printf(" %.4f %-15.*s", f, (int)(f * 150.0), "###############");
    }
    puts("");
  }
}

int main(void) {
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_draws *draws = NULL;
  hmfm_error error;
  hmfm_status status = prepare(&data, &model, &error);
  if (!status) status = sample(model, &draws, &error);
  if (!status) report(draws);
  if (status) fprintf(stderr, "density: %s\n", error.message);
  hmfm_draws_destroy(draws);
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
  return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
