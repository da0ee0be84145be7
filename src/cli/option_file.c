/* Options from a configuration file. */
#include "cli/options.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static hmfm_status unknown_key(const hmfm_options *o, const hmfm_config_entry *entry,
                               hmfm_error *error) {
  const char *name[128];
  size_t n = 0;
  if (hmfm_options_find(o, entry->key) < o->n)
    return hmfm_fail(error, HMFM_EDATA, "%s: only the command line takes '%s'", entry->place,
                     entry->key);
  for (size_t k = 0; k < o->n && n < 127; k++)
    if (!(o->option[k].rules & HMFM_OPTION_NO_FILE)) name[n++] = o->option[k].name;
  if (o->command->operand) name[n++] = "data";
  const char *meant = hmfm_suggest(entry->key, n, name);
  return hmfm_fail(error, HMFM_EDATA, "%s: unknown key '%s'%s%s%s", entry->place, entry->key,
                   meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static hmfm_status take_operand(hmfm_options *o, const hmfm_config_entry *entry,
                                hmfm_error *error) {
  if (entry->kind != HMFM_CONFIG_TEXT || entry->is_list)
    return hmfm_fail(error, HMFM_EDATA, "%s: data must be a text", entry->place);
  if (!o->operand) o->operand = hmfm_strdup(entry->text[0]);
  return o->operand ? HMFM_OK : hmfm_fail_memory(error, "the options");
}

/* The command line displaces not only the same parameter: --lambda 5 also stands against a
 * lambda-mean of the file, and --lambda-mean 25 against its lambda. Values for single groups fix
 * these alone, and go with anything. */
static int displaced(const hmfm_options *o, size_t k, const hmfm_config_entry *entry) {
  for (size_t i = 0; o->option[k].parameter && i < o->n; i++) {
    const hmfm_option *other = &o->option[i];
    if (!other->parameter || o->value[i].source != HMFM_FROM_LINE) continue;
    if (hmfm_option_describes(entry->key, other->name) && !o->value[i].label) return 1;
    if (hmfm_option_describes(other->name, entry->key) && !entry->label) return 1;
  }
  return o->value[k].source == HMFM_FROM_LINE;
}

static hmfm_status take_entry(hmfm_options *o, const hmfm_config_entry *entry, hmfm_error *error) {
  size_t k = hmfm_options_find(o, entry->key);
  hmfm_option_value unused = {0};
  if (o->command->operand && strcmp(entry->key, "data") == 0) return take_operand(o, entry, error);
  if (k == o->n || (o->option[k].rules & HMFM_OPTION_NO_FILE)) return unknown_key(o, entry, error);
  int wins = !displaced(o, k, entry);
  hmfm_status status =
      hmfm_option_value_set_entry(&o->option[k], entry, wins ? &o->value[k] : &unused, error);
  hmfm_option_value_clear(&unused);
  return status;
}

hmfm_status hmfm_options_read(hmfm_options *o, const char *path, hmfm_error *error) {
  hmfm_config *config = NULL;
  hmfm_status status = hmfm_config_read(path, &config, error);
  for (size_t k = 0; !status && k < config->n_entries; k++)
    status = take_entry(o, &config->entry[k], error);
  hmfm_config_destroy(config);
  return status;
}
