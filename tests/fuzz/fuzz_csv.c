/* Any bytes as a CSV file: read, made a dataset whose invariants are checked, a model, and a few sweeps. */
#include <math.h>
#include <string.h>

#include "support.h"

#include "hmfm/chain.h"
#include "hmfm/draws.h"
#include "io/csv_read.h"

/* Offsets rise from 0 to the total, no unit or group is empty, and every number is finite. */
static void check_dataset(const hmfm_dataset *d, const hmfm_csv_columns *columns) {
  fuzz_require(d->n_rows && d->n_units && d->n_groups, "an empty dataset");
  fuzz_require(d->n_covariates >= (d->n_covariates ? columns->n_covariates : 0), "lost covariates");
  fuzz_require(!d->group_start[0] && d->group_start[d->n_groups] == d->n_units, "group_start");
  fuzz_require(!d->unit_start[0] && d->unit_start[d->n_units] == d->n_rows, "unit_start");
  for (size_t j = 0; j < d->n_groups; j++) {
    fuzz_require(d->group_start[j] < d->group_start[j + 1], "an empty group");
    fuzz_require(d->group_name[j][0] != '\0', "a group without a name");
    for (size_t i = d->group_start[j]; i < d->group_start[j + 1]; i++)
      fuzz_require(d->unit_group[i] == j, "a unit outside its group");
  }
  for (size_t i = 0; i < d->n_units; i++)
    fuzz_require(d->unit_start[i] < d->unit_start[i + 1] && d->unit_name[i][0], "an empty unit");
  for (size_t h = 0; h < d->n_rows; h++) fuzz_require(isfinite(d->y[h]) != 0, "y is not finite");
  for (size_t k = 0; k < d->n_rows * d->n_covariates; k++)
    fuzz_require(isfinite(d->x[k]) != 0, "x is not finite");
}

/* Two sweeps of each algorithm. Responses may be anything finite, so the numbers may leave their range;
 * that must be said, not crash. */
static void sample(const hmfm_model *model, const char *algorithm) {
  hmfm_run run;
  hmfm_draws *draws = NULL;
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error = {0};
  hmfm_run_defaults(&run);
  run.algorithm = algorithm;
  run.chains = run.threads = 1;
  run.warmup = 1;
  run.draws = 1;
  hmfm_status status = hmfm_draws_create(model, &run, &draws, &error);
  if (!status)
    status = hmfm_ensemble_create(model, &run, hmfm_draws_sink(draws), &ensemble, &error);
  if (!status) status = hmfm_ensemble_advance(ensemble, 2, &error);
  fuzz_expect(status, &error, 1u << HMFM_ENUMERIC);
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
}

static void use(const hmfm_dataset *data, int shared) {
  hmfm_settings settings;
  hmfm_model *model = NULL;
  hmfm_notes notes = {0};
  hmfm_error error = {0};
  hmfm_settings_defaults(&settings);
  if (shared) settings.beta = "shared";
  hmfm_status status = hmfm_model_create(data, &settings, &notes, &model, &error);
  fuzz_expect(status, &error, 1u << HMFM_EDATA | 1u << HMFM_ENUMERIC);
  if (!status && data->n_rows <= 24 && data->n_covariates <= 6) {
    sample(model, "conditional");
    sample(model, "marginal");
  }
  hmfm_model_destroy(model);
  hmfm_settings_clear(&settings);
  hmfm_notes_clear(&notes);
}

/* The first byte says which columns are asked for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const covariate[3] = {"x", "z", "a b"};
  hmfm_dataset *dataset = NULL;
  hmfm_notes notes = {0};
  hmfm_error error = {0};
  if (!size) return 0;
  unsigned wish = data[0];
  hmfm_csv_columns columns = {.group = "g",
                              .response = "y",
                              .unit = wish & 1 ? "u" : NULL,
                              .n_covariates = wish >> 1 & 3,
                              .covariate = covariate};
  hmfm_status status =
      hmfm_csv_read(fuzz_file(data + 1, size - 1), &columns, &notes, &dataset, &error);
  fuzz_expect(status, &error, 1u << HMFM_EDATA);
  fuzz_require(!status == !!dataset, "an output that does not fit the status");
  if (!status) {
    check_dataset(dataset, &columns);
    if (dataset->n_rows <= 64) use(dataset, wish >> 3 & 1);
  }
  hmfm_dataset_destroy(dataset);
  hmfm_notes_clear(&notes);
  return 0;
}
