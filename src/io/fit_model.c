/* A fit's dataset from its draws, its settings from its configuration, and the model of both. */
#include "io/fit_model.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/config.h"
#include "model/settings.h"

/* Rows of draws are in unit order already, and covariates coded: every one is a column of numbers. */
static hmfm_status make_dataset(const hmfm_draws *draws, hmfm_dataset **out, hmfm_error *error) {
  const size_t n = draws->n_rows, r = draws->n_covariates;
  hmfm_status status = HMFM_OK;
  const char **group = hmfm_calloc(n, sizeof *group), **unit = hmfm_calloc(n, sizeof *unit);
  hmfm_covariate *covariate = hmfm_calloc(r, sizeof *covariate);
  double *x = r && n > SIZE_MAX / r ? NULL : hmfm_calloc(n * r, sizeof *x);
  if (!group || !unit || !covariate || !x) {
    status = hmfm_fail_memory(error, "the data of the fit");
    goto out;
  }
  for (size_t i = 0, h = 0; i < draws->n_units; i++)
    for (size_t k = 0; k < draws->unit_size[i]; k++, h++) {
      group[h] = draws->group_name[draws->unit_group[i]];
      unit[h] = draws->unit_name[i];
    }
  for (size_t k = 0; k < r; k++) {
    for (size_t h = 0; h < n; h++) x[k * n + h] = draws->x[h * r + k];
    covariate[k] = (hmfm_covariate){draws->covariate_name[k], x + k * n, NULL};
  }
  const hmfm_columns columns = {.n_rows = n,
                                .group = group,
                                .unit = unit,
                                .response_name = draws->response_name,
                                .response = draws->y,
                                .n_covariates = r,
                                .covariate = covariate,
                                .exposure_name = draws->exposure_name,
                                .exposure = draws->exposure};
  status = hmfm_dataset_create(&columns, NULL, out, error);
out:
  hmfm_free(group);
  hmfm_free(unit);
  hmfm_free(covariate);
  hmfm_free(x);
  return status;
}

/* Everything in a configuration that is a parameter of some model. */
static hmfm_status read_settings(const hmfm_config *config, const hmfm_fit_info *info,
                                 hmfm_settings *settings, hmfm_error *error) {
  const hmfm_parameter *parameter;
  const hmfm_config_entry *prior_only = hmfm_config_find(config, "prior-only");
  settings->family = info->family;
  settings->mixing = info->mixing;
  if (info->prior_m && *info->prior_m) settings->prior_m = info->prior_m;
  if (info->beta && *info->beta) settings->beta = info->beta;
  settings->prior_only = prior_only && prior_only->kind == HMFM_CONFIG_TRUTH && prior_only->truth;
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && (parameter = hmfm_parameter_at(k, NULL)); k++) {
    const hmfm_config_entry *entry = hmfm_config_find(config, parameter->name);
    if (!entry || entry->kind != HMFM_CONFIG_NUMBER || !entry->n) continue;
    if (hmfm_settings_find(settings, parameter->name)) continue; /* of two owners */
    status = hmfm_settings_set(settings, parameter->name, entry->n, entry->number,
                               (const char *const *)entry->label, error);
  }
  return status;
}

hmfm_status hmfm_fit_model(const hmfm_draws *draws, const hmfm_fit_info *info,
                           hmfm_dataset **dataset, hmfm_model **model, hmfm_error *error) {
  const char *text = info->configuration;
  hmfm_config *config = NULL;
  hmfm_dataset *data = NULL;
  hmfm_settings settings;
  hmfm_error why = {0};
  hmfm_settings_defaults(&settings);
  if (!text || !*text)
    return hmfm_fail(error, HMFM_EDATA,
                     "the fit does not say which model it is of: no configuration is stored");
  hmfm_status status =
      hmfm_config_parse(text, strlen(text), "configuration of the fit", &config, &why);
  if (!status) status = read_settings(config, info, &settings, &why);
  if (!status) status = make_dataset(draws, &data, &why);
  if (!status) status = hmfm_model_create(data, &settings, NULL, model, &why);
  if (!status)
    *dataset = data;
  else
    hmfm_dataset_destroy(data);
  hmfm_settings_clear(&settings);
  hmfm_config_destroy(config);
  if (!status) return HMFM_OK;
  if (status == HMFM_EMEMORY) return hmfm_fail(error, status, "%s", why.message);
  return hmfm_fail(error, HMFM_EDATA, "the model of the fit cannot be made anew: %s", why.message);
}
