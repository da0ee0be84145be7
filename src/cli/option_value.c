/* Reading the value of one option, strictly, from text or from a configuration entry. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

void hmfm_option_value_clear(hmfm_option_value *value) {
  hmfm_free(value->place);
  hmfm_free(value->text);
  hmfm_free(value->value);
  hmfm_free_strings(value->label, value->n);
  memset(value, 0, sizeof *value);
}

static hmfm_status bad_status(hmfm_source source) {
  return source == HMFM_FROM_FILE ? HMFM_EDATA : HMFM_EUSAGE;
}

/* A whole number below 2^64 and nothing else: digits only, no sign. */
static hmfm_status read_count(const hmfm_option *option, const char *text, hmfm_option_value *value,
                              hmfm_error *error) {
  hmfm_status bad = bad_status(value->source);
  char *end = NULL;
  errno = 0;
  int digits = isdigit((unsigned char)text[0]);
  unsigned long long number = digits ? strtoull(text, &end, 10) : 0;
  if (!digits || *end)
    return hmfm_fail(error, bad, "%s: '%s' is not a whole number%s", value->place, text,
                     option->least > 0 || option->kind == HMFM_OPTION_SEED ? "" : " of 0 or more");
  if (errno == ERANGE)
    return hmfm_fail(error, bad,
                     "%s: %s is too large; the largest whole number is "
                     "18446744073709551615",
                     value->place, text);
  if (option->kind == HMFM_OPTION_COUNT && number > SIZE_MAX / 4)
    return hmfm_fail(error, bad, "%s: %s is more than this machine could hold", value->place, text);
  if (number < option->least)
    return hmfm_fail(error, bad, "%s must be at least %llu, got %s", value->place,
                     (unsigned long long)option->least, text);
  if (option->most && number > option->most)
    return hmfm_fail(error, bad, "%s must be at most %llu, got %s", value->place,
                     (unsigned long long)option->most, text);
  value->number = number;
  return HMFM_OK;
}

static hmfm_status read_choice(const hmfm_option *option, const char *text,
                               hmfm_option_value *value, hmfm_error *error) {
  char known[200] = "";
  const char *name[16];
  size_t n = 0;
  while (n < 16 && (name[n] = option->choice(n)) != NULL) {
    if (strcmp(name[n], text) == 0) {
      value->text = hmfm_strdup(text);
      return value->text ? HMFM_OK : hmfm_fail_memory(error, "the options");
    }
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s%s", n ? ", " : "", name[n]);
    n++;
  }
  const char *meant = hmfm_suggest(text, n, name);
  return hmfm_fail(error, bad_status(value->source), "%s: '%s' is not known; %s%s%s%s",
                   value->place, text,
                   meant ? "did you mean '" : "there is: ", meant ? meant : known,
                   meant ? "'? There is: " : "", meant ? known : "");
}

/* One finite number, the `length` bytes of text. */
static hmfm_status read_number(const char *text, size_t length, const hmfm_option_value *value,
                               double *out, hmfm_error *error) {
  char copy[64] = "", *end = copy;
  hmfm_status bad = bad_status(value->source);
  if (length > 0 && length < sizeof copy) {
    memcpy(copy, text, length);
    copy[length] = '\0';
    *out = strtod(copy, &end);
  }
  if (end == copy || *end || isspace((unsigned char)copy[0]) || strpbrk(copy, "xX"))
    return hmfm_fail(error, bad, "%s: '%.*s' is not a number", value->place, (int)length, text);
  if (!isfinite(*out))
    return hmfm_fail(error, bad, "%s: %.*s is not a finite number", value->place, (int)length,
                     text);
  return HMFM_OK;
}

static size_t count_parts(const char *text) {
  size_t n = 1;
  for (; *text; text++) n += *text == ',';
  return n;
}

static char *copy_part(const char *text, size_t length) {
  char *copy = hmfm_calloc(length + 1, 1);
  if (copy) memcpy(copy, text, length);
  return copy;
}

/* Adds the names of text to those that are there. */
static hmfm_status read_names(const char *text, hmfm_option_value *value, hmfm_error *error) {
  size_t n = count_parts(text);
  char **label = hmfm_realloc(value->label, value->n + n, sizeof *label);
  if (!label) return hmfm_fail_memory(error, "the options");
  value->label = label;
  for (size_t k = 0; k < n; k++) {
    size_t length = strcspn(text, ",");
    if (!length)
      return hmfm_fail(error, bad_status(value->source), "%s: there is an empty name in the list",
                       value->place);
    label[value->n] = copy_part(text, length);
    if (!label[value->n]) return hmfm_fail_memory(error, "the options");
    value->n++;
    text += length + (text[length] == ',');
  }
  return HMFM_OK;
}

static hmfm_status single_only(const hmfm_option *option, const hmfm_option_value *value,
                               hmfm_error *error) {
  int single = option->parameter && option->parameter->shape == HMFM_SCALAR;
  if (single && value->label)
    return hmfm_fail(error, bad_status(value->source), "%s takes one number, without a name",
                     value->place);
  if (single && value->n != 1)
    return hmfm_fail(error, bad_status(value->source), "%s takes one number, got %zu", value->place,
                     value->n);
  return HMFM_OK;
}

/* No name may have two values. */
static hmfm_status check_names(const hmfm_option_value *value, hmfm_error *error) {
  for (size_t k = 1; value->label && k < value->n; k++)
    for (size_t i = 0; i < k; i++)
      if (strcmp(value->label[i], value->label[k]) == 0)
        return hmfm_fail(error, bad_status(value->source), "%s: '%s' is given twice", value->place,
                         value->label[k]);
  return HMFM_OK;
}

/* V,V,... or NAME=V,NAME=V,... : a name may hold '=', for the number follows the last one. */
static hmfm_status read_values(const hmfm_option *option, const char *text,
                               hmfm_option_value *value, hmfm_error *error) {
  size_t n = count_parts(text), named = 0;
  hmfm_status status = HMFM_OK;
  value->value = hmfm_calloc(n, sizeof *value->value);
  value->label = hmfm_calloc(n, sizeof *value->label);
  if (!value->value || !value->label) return hmfm_fail_memory(error, "the options");
  value->n = n;
  for (size_t k = 0; k < n; k++) {
    size_t length = strcspn(text, ","), name = 0;
    for (size_t c = 0; c < length; c++)
      if (text[c] == '=') name = c + 1;
    if (name) {
      value->label[k] = copy_part(text, name - 1);
      if (!value->label[k]) return hmfm_fail_memory(error, "the options");
      named++;
    }
    status = read_number(text + name, length - name, value, &value->value[k], error);
    if (status) return status;
    text += length + (text[length] == ',');
  }
  if (named && named < n)
    return hmfm_fail(error, bad_status(value->source),
                     "%s: give a name with every value or with none", value->place);
  if (!named) {
    hmfm_free(value->label);
    value->label = NULL;
  }
  status = check_names(value, error);
  return status ? status : single_only(option, value, error);
}

hmfm_status hmfm_option_value_set(const hmfm_option *option, const char *text, hmfm_source source,
                                  const char *place, hmfm_option_value *value, hmfm_error *error) {
  int adds = option->kind == HMFM_OPTION_NAMES && value->source == source;
  if (!adds) hmfm_option_value_clear(value);
  value->source = source;
  if (!value->place) value->place = hmfm_strdup(place);
  if (!value->place) return hmfm_fail_memory(error, "the options");
  if (option->kind != HMFM_OPTION_FLAG && !*text)
    return hmfm_fail(error, bad_status(source), "%s: the value is empty", place);
  switch (option->kind) {
  case HMFM_OPTION_FLAG: value->number = 1; return HMFM_OK;
  case HMFM_OPTION_CHOICE: return read_choice(option, text, value, error);
  case HMFM_OPTION_COUNT:
  case HMFM_OPTION_SEED: return read_count(option, text, value, error);
  case HMFM_OPTION_NAMES: return read_names(text, value, error);
  case HMFM_OPTION_VALUES: return read_values(option, text, value, error);
  case HMFM_OPTION_TEXT:
  case HMFM_OPTION_PARAMETERS: break;
  }
  value->text = hmfm_strdup(text);
  return value->text ? HMFM_OK : hmfm_fail_memory(error, "the options");
}

/* What a configuration must hold for an option, in words. */
static const char *wanted(const hmfm_option *option) {
  switch (option->kind) {
  case HMFM_OPTION_FLAG: return "true or false";
  case HMFM_OPTION_COUNT: return "a whole number";
  case HMFM_OPTION_SEED: return "a whole number (as text when beyond 9223372036854775807)";
  case HMFM_OPTION_NAMES: return "a text or an array of texts";
  case HMFM_OPTION_VALUES:
    return option->parameter && option->parameter->shape == HMFM_SCALAR
               ? "a number"
               : "a number, an array of numbers or an object of names and numbers";
  default: return "a text";
  }
}

static int entry_fits(const hmfm_option *option, const hmfm_config_entry *entry) {
  switch (option->kind) {
  case HMFM_OPTION_FLAG: return entry->kind == HMFM_CONFIG_TRUTH;
  case HMFM_OPTION_COUNT: return entry->kind == HMFM_CONFIG_NUMBER && !entry->is_list;
  case HMFM_OPTION_SEED: return entry->kind != HMFM_CONFIG_TRUTH && !entry->is_list;
  case HMFM_OPTION_NAMES: return entry->kind == HMFM_CONFIG_TEXT || (entry->is_list && !entry->n);
  case HMFM_OPTION_VALUES: return entry->kind == HMFM_CONFIG_NUMBER && entry->n > 0;
  default: return entry->kind == HMFM_CONFIG_TEXT && !entry->is_list;
  }
}

hmfm_status hmfm_option_value_set_entry(const hmfm_option *option, const hmfm_config_entry *entry,
                                        hmfm_option_value *value, hmfm_error *error) {
  char place[256];
  snprintf(place, sizeof place, "%s: %s", entry->place, entry->key);
  if (!entry_fits(option, entry))
    return hmfm_fail(error, HMFM_EDATA, "%s must be %s", place, wanted(option));
  hmfm_option_value_clear(value);
  if (option->kind == HMFM_OPTION_FLAG && !entry->truth) return HMFM_OK;
  if (option->kind != HMFM_OPTION_NAMES && option->kind != HMFM_OPTION_VALUES)
    return hmfm_option_value_set(option, option->kind == HMFM_OPTION_FLAG ? "" : entry->text[0],
                                 HMFM_FROM_FILE, place, value, error);
  value->source = HMFM_FROM_FILE;
  value->n = entry->n;
  value->place = hmfm_strdup(place);
  char **label = option->kind == HMFM_OPTION_NAMES ? entry->text : entry->label;
  if (label) value->label = hmfm_copy_strings(label, entry->n);
  if (option->kind == HMFM_OPTION_VALUES) {
    value->value = hmfm_calloc(entry->n, sizeof *value->value);
    if (value->value) memcpy(value->value, entry->number, entry->n * sizeof *value->value);
  }
  if (!value->place || (label && !value->label) ||
      (option->kind == HMFM_OPTION_VALUES && !value->value))
    return hmfm_fail_memory(error, "the options");
  return option->kind == HMFM_OPTION_VALUES ? single_only(option, value, error) : HMFM_OK;
}
