/* The experiments, and their data. To add one, add it to the end of the table, and to the factor levels in tables.R. */
#include <stdlib.h>

#include "study.h"

/* Groups of experiment 3: twelve mix two or three of the first three components, three have the others. */
#define MIX_A                                                                                      \
  { .25, .5 }
#define MIX_B                                                                                      \
  { 0, .5, .25 }
#define MIX_C                                                                                      \
  { .25, 0, .25 }
#define MIX_D                                                                                      \
  { .25, .5, .25 }
#define APART                                                                                      \
  { 0, 0, 0, .5, .5 }

/* Two groups, of four components that only pairwise differ much; each group has one of each pair. */
#define EXPERIMENT_2(NAME, SIZE, SEED)                                                             \
  {                                                                                                \
    .name = NAME, .n_groups = 2, .size = SIZE, .n_components = 4,                                  \
    .atom = {{-3, 1}, {-4, 1}, {1, 1}, {0, 1}}, .weight = {{.5, 0, .5, 0}, {0, .5, 0, .5}},        \
    .lambda_mean = 10, .lambda_var = 2, .gamma_guess = .01, .seed = SEED                           \
  }

static const study_experiment EXPERIMENT[] = {
    {.name = "1",
     .n_groups = 2,
     .size = 300,
     .n_components = 3,
     .atom = {{-3, .1}, {0, .5}, {1.75, 1.5}},
     .weight = {{.5, .5, 0}, {0, .2, .8}},
     .lambda_mean = 5,
     .lambda_var = 5,
     .gamma_guess = .5,
     .seed = 1000},
    EXPERIMENT_2("2-50", 25, 2000),
    EXPERIMENT_2("2-100", 50, 3000),
    EXPERIMENT_2("2-200", 100, 4000),
    {.name = "3",
     .n_groups = 15,
     .size = 30,
     .n_components = 5,
     .atom = {{-3, .5}, {0, .5}, {3, .5}, {-1.5, .5}, {1.5, .5}},
     .weight = {MIX_A, MIX_B, MIX_C, MIX_D, MIX_A, MIX_B, MIX_C, MIX_D, MIX_A, MIX_B, MIX_C, MIX_D,
                APART, APART, APART},
     .lambda_mean = 15,
     .lambda_var = 3,
     .gamma_guess = .05,
     .seed = 5000},
};
enum { N_EXPERIMENTS = sizeof EXPERIMENT / sizeof *EXPERIMENT };

const study_experiment *study_experiment_at(size_t index) {
  return index < N_EXPERIMENTS ? &EXPERIMENT[index] : NULL;
}

/* ---- data ---- */

/* A component has as many units of a group as its weight says, rounded: only who they are is random. */
static hmfm_status respond(study_data *data, uint64_t seed, hmfm_error *error) {
  const study_experiment *e = data->experiment;
  size_t size[STUDY_GROUPS];
  for (size_t j = 0; j < e->n_groups; j++) size[j] = e->size;
  const hmfm_design design = {
      .n_groups = e->n_groups, .size = size, .least_repeats = 1, .most_repeats = 1};
  hmfm_status status = hmfm_simulation_create(&design, seed, &data->simulation, error);
  if (!status)
    status = hmfm_truth_create(data->simulation, "normal", e->n_components, &data->truth, error);
  if (status) return status;
  for (size_t m = 0; m < e->n_components; m++) {
    data->truth->atom[2 * m] = e->atom[m][0];
    data->truth->atom[2 * m + 1] = e->atom[m][1];
    for (size_t j = 0; j < e->n_groups; j++)
      data->truth->weight[j * e->n_components + m] = e->weight[j][m];
  }
  return hmfm_simulation_respond(data->simulation, data->truth, 1, seed, error);
}

hmfm_status study_part(const study_data *data, size_t first, size_t n, int as_one,
                       hmfm_dataset **out, hmfm_error *error) {
  const size_t size = data->experiment->size, n_rows = n * size;
  hmfm_columns columns = data->simulation->columns;
  const char **one = NULL;
  columns.n_rows = n_rows;
  columns.unit = NULL; /* every row is a unit */
  columns.response += first * size;
  columns.group += first * size;
  if (as_one) {
    if (!(one = malloc(n_rows * sizeof *one))) return HMFM_EMEMORY;
    for (size_t i = 0; i < n_rows; i++) one[i] = "all";
    columns.group = one;
  }
  hmfm_status status = hmfm_dataset_create(&columns, NULL, out, error);
  free(one);
  return status;
}

hmfm_status study_simulate(const study_experiment *experiment, size_t replicate, study_data *out,
                           hmfm_error *error) {
  *out = (study_data){.experiment = experiment};
  hmfm_status status = respond(out, experiment->seed + replicate, error);
  if (!status) status = study_part(out, 0, experiment->n_groups, 0, &out->whole, error);
  if (status) return status;
  const size_t n = out->whole->n_units;
  if (!(out->component = malloc(n * sizeof *out->component))) return HMFM_EMEMORY;
  for (size_t i = 0; i < n; i++) /* a unit is a row */
    out->component[i] = (uint32_t)out->simulation->component[out->whole->source_row[i]];
  return HMFM_OK;
}

void study_data_clear(study_data *data) {
  free(data->component);
  hmfm_dataset_destroy(data->whole);
  hmfm_truth_destroy(data->truth);
  hmfm_simulation_destroy(data->simulation);
  *data = (study_data){0};
}
