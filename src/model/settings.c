/* Settings of a model: parameters by name, checked against their declared ranges. */
#include "model/settings.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/family.h"
#include "model/mixing.h"
#include "model/regression.h"

/* Every declaration of parameters there is, in the order in which help lists them. */
static const hmfm_parameter *declared_by(size_t member, size_t *count, const char **owner) {
  size_t n_mixings = 0, n_families = 0;
  while (hmfm_mixings[n_mixings]) n_mixings++;
  while (hmfm_families[n_families]) n_families++;
  if (member < n_mixings) {
    *count = hmfm_mixings[member]->n_parameters;
    *owner = hmfm_mixings[member]->title;
    return hmfm_mixings[member]->parameter;
  }
  member -= n_mixings;
  if (member < n_families) {
    *count = hmfm_families[member]->n_parameters;
    *owner = hmfm_families[member]->title;
    return hmfm_families[member]->parameter;
  }
  *count = member == n_families ? hmfm_n_regression_parameters : 0;
  *owner = "regression";
  return hmfm_regression_parameter;
}

const hmfm_parameter *hmfm_parameter_at(size_t index, const char **owner) {
  size_t count = 0;
  const char *name = NULL;
  for (size_t member = 0;; member++, index -= count) {
    const hmfm_parameter *parameter = declared_by(member, &count, &name);
    if (count == 0) return NULL;
    if (index >= count) continue;
    if (owner) *owner = name;
    return parameter + index;
  }
}

static const hmfm_parameter *find_parameter(const char *name) {
  const hmfm_parameter *parameter = NULL;
  for (size_t k = 0; (parameter = hmfm_parameter_at(k, NULL)); k++) {
    if (strcmp(parameter->name, name) == 0) return parameter;
  }
  return NULL;
}

void hmfm_settings_defaults(hmfm_settings *settings) {
  *settings =
      (hmfm_settings){.family = "normal", .mixing = "hmfm", .prior_m = "poisson", .beta = "group"};
}

static void setting_clear(hmfm_setting *setting) {
  hmfm_free(setting->value);
  hmfm_free_strings(setting->label, setting->n_values);
}

void hmfm_settings_clear(hmfm_settings *settings) {
  if (!settings) return;
  for (size_t k = 0; k < settings->n_settings; k++) setting_clear(&settings->setting[k]);
  hmfm_free(settings->setting);
  settings->setting = NULL;
  settings->n_settings = 0;
}

const hmfm_setting *hmfm_settings_find(const hmfm_settings *settings, const char *name) {
  for (size_t k = 0; k < settings->n_settings; k++) {
    if (strcmp(settings->setting[k].parameter->name, name) == 0) return &settings->setting[k];
  }
  return NULL;
}

/* Stores copies of the values under the parameter's name, in place of what was there. */
static hmfm_status store(hmfm_settings *settings, const hmfm_parameter *parameter, size_t n_values,
                         const double *values, const char *const *labels, hmfm_error *error) {
  hmfm_setting made = {.parameter = parameter, .n_values = n_values};
  made.value = hmfm_calloc(n_values, sizeof *made.value);
  if (labels) made.label = hmfm_copy_strings((char *const *)labels, n_values);
  if (!made.value || (labels && !made.label)) goto no_memory;
  memcpy(made.value, values, n_values * sizeof *values);
  for (size_t k = 0; k < settings->n_settings; k++) {
    if (settings->setting[k].parameter != parameter) continue;
    setting_clear(&settings->setting[k]);
    settings->setting[k] = made;
    return HMFM_OK;
  }
  hmfm_setting *grown = hmfm_realloc(settings->setting, settings->n_settings + 1, sizeof *grown);
  if (!grown) goto no_memory;
  settings->setting = grown;
  settings->setting[settings->n_settings++] = made;
  return HMFM_OK;
no_memory:
  setting_clear(&made);
  return hmfm_fail_memory(error, "a setting");
}

hmfm_status hmfm_settings_set(hmfm_settings *settings, const char *name, size_t n_values,
                              const double *values, const char *const *labels, hmfm_error *error) {
  const hmfm_parameter *parameter = find_parameter(name);
  if (!parameter) return hmfm_fail(error, HMFM_EUSAGE, "no parameter is called '%s'", name);
  if (n_values == 0) return hmfm_fail(error, HMFM_EUSAGE, "%s was given no value", name);
  if (parameter->shape == HMFM_SCALAR && (n_values != 1 || labels)) {
    return hmfm_fail(error, HMFM_EUSAGE, "%s takes a single value, got %zu", name, n_values);
  }
  for (size_t k = 0; k < n_values; k++) {
    double v = values[k];
    if (v > parameter->above && v < parameter->below) continue;
    const char *what = labels ? labels[k] : NULL;
    const char *where[] = {what ? " (for '" : "", what ? what : "", what ? "')" : ""};
    if (isinf(parameter->below) && isinf(parameter->above)) {
      return hmfm_fail(error, HMFM_EUSAGE, "%s must be a finite number, got %g%s%s%s", name, v,
                       where[0], where[1], where[2]);
    }
    if (isinf(parameter->below)) {
      return hmfm_fail(error, HMFM_EUSAGE, "%s must be > %g and finite, got %g%s%s%s", name,
                       parameter->above, v, where[0], where[1], where[2]);
    }
    const int low = !(v > parameter->above);
    return hmfm_fail(error, HMFM_EUSAGE, "%s must be %s %g, got %g%s%s%s", name, low ? ">" : "<",
                     low ? parameter->above : parameter->below, v, where[0], where[1], where[2]);
  }
  return store(settings, parameter, n_values, values, labels, error);
}

static size_t find_label(char *const *labels, size_t n, const char *label) {
  size_t k = 0;
  while (k < n && strcmp(labels[k], label) != 0) k++;
  return k;
}

hmfm_status hmfm_choice_read(const hmfm_choice *choice, const hmfm_parameter *parameter,
                             double *value, hmfm_error *error) {
  const hmfm_dataset *data = choice->dataset;
  const int by_group = parameter->shape == HMFM_GROUP;
  size_t n = parameter->shape == HMFM_SCALAR ? 1 : by_group ? data->n_groups : data->n_covariates;
  char *const *labels = parameter->shape == HMFM_SCALAR ? NULL
                        : by_group                      ? data->group_name
                                                        : data->covariate_name;
  const char *kind = by_group ? "group" : "covariate";
  const hmfm_setting *given = hmfm_settings_find(choice->given, parameter->name);
  if (given && given->label) {
    for (size_t k = 0; k < given->n_values; k++) {
      size_t at = find_label(labels, n, given->label[k]);
      if (at == n) {
        return hmfm_fail(error, HMFM_EDATA, "%s is given for %s '%s', which the data do not have",
                         parameter->name, kind, given->label[k]);
      }
      value[at] = given->value[k];
    }
  } else if (given && given->n_values == 1) {
    for (size_t k = 0; k < n; k++) value[k] = given->value[0];
  } else if (given) {
    if (given->n_values != n) {
      return hmfm_fail(error, HMFM_EDATA, "%s has %zu values, but the data have %zu %s%s",
                       parameter->name, given->n_values, n, kind, n == 1 ? "" : "s");
    }
    memcpy(value, given->value, n * sizeof *value);
  }
  if (n == 0) return HMFM_OK;
  return store(choice->effective, parameter, n, value, (const char *const *)labels, error);
}
