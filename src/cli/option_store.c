/* From options to what lasts: the settings of a model, and the configuration stored with a fit. */
#include "cli/options.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_options_place(const hmfm_options *o, const hmfm_error *why, hmfm_error *error) {
  for (size_t k = 0; k < o->n; k++) {
    const hmfm_option_value *v = &o->value[k];
    size_t length = strlen(o->option[k].name);
    if (v->source <= HMFM_FROM_DEFAULT || why->status == HMFM_EMEMORY || !length) continue;
    if (strncmp(why->message, o->option[k].name, length) != 0 || why->message[length] != ' ')
      continue;
    hmfm_status status = v->source == HMFM_FROM_FILE ? HMFM_EDATA : why->status;
    return hmfm_fail(error, status, "%s%s", v->place, why->message + length);
  }
  return hmfm_fail(error, why->status, "%s", why->message);
}

hmfm_status hmfm_options_settings(const hmfm_options *o, hmfm_settings *settings,
                                  hmfm_error *error) {
  for (size_t k = 0; k < o->n; k++) {
    const hmfm_option_value *v = &o->value[k];
    hmfm_error why = {0};
    if (!o->option[k].parameter || v->source <= HMFM_FROM_DEFAULT) continue;
    if (hmfm_settings_set(settings, o->option[k].name, v->n, v->value,
                          (const char *const *)v->label, &why))
      return hmfm_options_place(o, &why, error);
  }
  return HMFM_OK;
}

int hmfm_option_describes(const char *fine, const char *coarse) {
  size_t length = strlen(coarse);
  return strncmp(fine, coarse, length) == 0 && fine[length] == '-';
}

/* 1 when setting k says how something is spread that another setting fixes altogether. */
static int is_idle(const hmfm_settings *settings, size_t k) {
  for (size_t i = 0; i < settings->n_settings; i++) {
    const hmfm_setting *other = &settings->setting[i];
    if (!hmfm_option_describes(settings->setting[k].parameter->name, other->parameter->name))
      continue;
    size_t fixed = 0;
    for (size_t v = 0; v < other->n_values; v++) fixed += isfinite(other->value[v]) != 0;
    if (fixed == other->n_values) return 1;
  }
  return 0;
}

/* Names of what a parameter has one value of. */
static char **names_of(const hmfm_parameter *parameter, const hmfm_dataset *data) {
  if (parameter->shape == HMFM_GROUP) return data->group_name;
  if (parameter->shape == HMFM_COVARIATE) return data->covariate_name;
  return NULL;
}

/* Stores the finite values of one setting: by name, or one number where it serves all. */
static hmfm_status store_setting(hmfm_config *config, const hmfm_setting *s,
                                 const hmfm_dataset *data, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  size_t n = 0, same = 0;
  double *value = hmfm_calloc(s->n_values, sizeof *value);
  const char **label = hmfm_calloc(s->n_values, sizeof *label);
  char **name = s->label ? s->label : names_of(s->parameter, data);
  if (!value || !label) {
    status = hmfm_fail_memory(error, "the configuration");
    goto out;
  }
  for (size_t k = 0; k < s->n_values; k++) {
    if (!isfinite(s->value[k])) continue;
    value[n] = s->value[k];
    label[n] = name ? name[k] : NULL;
    same += value[n++] == value[0];
  }
  if (n && n == s->n_values && same == n)
    status = hmfm_config_add_number(config, s->parameter->name, value[0], error);
  else if (n)
    status =
        hmfm_config_add_numbers(config, s->parameter->name, n, value, name ? label : NULL, error);
out:
  hmfm_free(value);
  hmfm_free(label);
  return status;
}

static hmfm_status store_option(hmfm_config *config, const hmfm_option *option,
                                const hmfm_option_value *v, hmfm_error *error) {
  switch (option->kind) {
  case HMFM_OPTION_FLAG: return hmfm_config_add_truth(config, option->name, (int)v->number, error);
  case HMFM_OPTION_COUNT:
  case HMFM_OPTION_SEED: return hmfm_config_add_count(config, option->name, v->number, error);
  case HMFM_OPTION_NAMES: return hmfm_config_add_texts(config, option->name, v->n, v->label, error);
  case HMFM_OPTION_VALUES:
    return v->n == 1 && !v->label ? hmfm_config_add_number(config, option->name, v->value[0], error)
                                  : hmfm_config_add_numbers(config, option->name, v->n, v->value,
                                                            (const char *const *)v->label, error);
  case HMFM_OPTION_TEXT:
  case HMFM_OPTION_CHOICE: return hmfm_config_add_text(config, option->name, v->text, error);
  case HMFM_OPTION_PARAMETERS: break;
  }
  return HMFM_OK;
}

hmfm_status hmfm_options_store(const hmfm_options *o, const hmfm_model *model, char **out,
                               hmfm_error *error) {
  hmfm_config *config = NULL;
  hmfm_status status = hmfm_config_create(&config, error);
  if (!status && o->operand) status = hmfm_config_add_text(config, "data", o->operand, error);
  for (size_t k = 0; !status && k < o->n; k++) {
    const hmfm_option *option = &o->option[k];
    int stored = !(option->rules & (HMFM_OPTION_NO_FILE | HMFM_OPTION_NO_STORE));
    if (stored && o->value[k].source && !(model && option->parameter))
      status = store_option(config, option, &o->value[k], error);
  }
  const hmfm_settings *settings = model ? hmfm_model_settings(model) : NULL;
  for (size_t k = 0; !status && settings && k < settings->n_settings; k++)
    if (!is_idle(settings, k))
      status = store_setting(config, &settings->setting[k], hmfm_model_dataset(model), error);
  if (!status) status = hmfm_config_write(config, out, error);
  hmfm_config_destroy(config);
  return status;
}
