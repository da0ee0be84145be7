/* Putting a model together from a dataset and settings. */
#include "model/model.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/components_law.h"

static hmfm_status check_settings_belong(const hmfm_model *model, const hmfm_settings *given,
                                         hmfm_error *error) {
  for (size_t k = 0; k < given->n_settings; k++) {
    const char *name = given->setting[k].parameter->name;
    if (hmfm_settings_find(&model->effective, name)) continue;
    int regression = 0;
    for (size_t p = 0; p < hmfm_n_regression_parameters; p++) {
      regression |= given->setting[k].parameter == &hmfm_regression_parameter[p];
    }
    if (regression) {
      return hmfm_fail(error, HMFM_EUSAGE, "%s was set, but there are no covariates", name);
    }
    return hmfm_fail(error, HMFM_EUSAGE, "%s is no parameter of family %s with mixing %s", name,
                     model->family->name, model->mixing->name);
  }
  return HMFM_OK;
}

static hmfm_status build(hmfm_model *model, const hmfm_choice *choice, hmfm_error *error) {
  const hmfm_dataset *dataset = choice->dataset;
  const hmfm_settings *given = choice->given;
  hmfm_status status;
  model->family = hmfm_family_find(given->family);
  if (!model->family) {
    return hmfm_fail(error, HMFM_EUSAGE, "no family is called '%s'", given->family);
  }
  model->mixing = hmfm_mixing_find(given->mixing);
  if (!model->mixing) {
    return hmfm_fail(error, HMFM_EUSAGE, "no mixing is called '%s'", given->mixing);
  }
  if ((model->mixing->flags & HMFM_MIXING_INFINITE) && strcmp(given->prior_m, "poisson") != 0) {
    return hmfm_fail(error, HMFM_EUSAGE, "mixing %s has no number of components for prior-m %s",
                     model->mixing->name, given->prior_m);
  }
  if (dataset->n_covariates > 0 && !(model->family->flags & HMFM_FAMILY_REGRESSION)) {
    return hmfm_fail(error, HMFM_EUSAGE, "family %s takes no covariates", model->family->name);
  }
  if (dataset->exposure && !(model->family->flags & HMFM_FAMILY_EXPOSURE)) {
    return hmfm_fail(error, HMFM_EUSAGE, "family %s takes no exposure", model->family->name);
  }
  if (dataset->n_units > INT32_MAX - 64) {
    return hmfm_fail(error, HMFM_EDATA, "%zu units are more than the %d that can be labelled",
                     dataset->n_units, INT32_MAX - 64);
  }
  if (dataset->n_rows > INT32_MAX) {
    return hmfm_fail(error, HMFM_EDATA, "%zu observations are more than the %d that can be counted",
                     dataset->n_rows, INT32_MAX);
  }
  if (dataset->n_groups >= (size_t)1 << 24) { /* a group's number is part of a stream's address */
    return hmfm_fail(error, HMFM_EDATA, "%zu groups are more than the %d there may be",
                     dataset->n_groups, (1 << 24) - 1);
  }
  model->group_size = hmfm_calloc(dataset->n_groups, sizeof *model->group_size);
  if (!model->group_size) return hmfm_fail_memory(error, "the model");
  for (size_t j = 0; j < dataset->n_groups; j++) {
    model->group_size[j] = (int32_t)(dataset->group_start[j + 1] - dataset->group_start[j]);
  }
  status = hmfm_pieces_init(NULL, dataset->n_groups, dataset->group_start, HMFM_PIECE,
                            &model->pieces, error);
  if (!status) status = model->mixing->prior_create(choice, &model->mixing_prior, error);
  if (!status) status = model->family->data_create(choice, &model->family_data, error);
  if (!status)
    status =
        hmfm_regression_init(choice, model->family, model->family_data, &model->regression, error);
  return status ? status : check_settings_belong(model, given, error);
}

hmfm_status hmfm_model_create(const hmfm_dataset *dataset, const hmfm_settings *settings,
                              hmfm_notes *notes, hmfm_model **out, hmfm_error *error) {
  hmfm_model *model = hmfm_calloc(1, sizeof *model);
  if (!model) return hmfm_fail_memory(error, "the model");
  model->dataset = dataset;
  hmfm_settings_defaults(&model->effective);
  hmfm_choice choice = {dataset, settings, &model->effective, notes};
  hmfm_status status = build(model, &choice, error);
  if (status) {
    hmfm_model_destroy(model);
    return status;
  }
  model->effective.family = model->family->name;
  model->effective.mixing = model->mixing->name;
  model->effective.prior_m = model->mixing->flags & HMFM_MIXING_INFINITE
                                 ? ""
                                 : hmfm_components_law_find(settings->prior_m)->name;
  model->effective.beta = model->regression.shared ? "shared" : "group";
  model->effective.prior_only = settings->prior_only;
  *out = model;
  return HMFM_OK;
}

void hmfm_model_destroy(hmfm_model *model) {
  if (!model) return;
  if (model->family_data) model->family->data_destroy(model->family_data);
  if (model->mixing_prior) model->mixing->prior_destroy(model->mixing_prior);
  hmfm_regression_clear(&model->regression);
  hmfm_pieces_clear(&model->pieces);
  hmfm_free(model->group_size);
  hmfm_settings_clear(&model->effective);
  hmfm_free(model);
}

const hmfm_settings *hmfm_model_settings(const hmfm_model *model) { return &model->effective; }

const hmfm_dataset *hmfm_model_dataset(const hmfm_model *model) { return model->dataset; }
