/* Reading configurations: JSON through jansson, plus the line and column of every key. */
#include "io/config.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* A walk over JSON text that is known to be valid. Columns count characters (of UTF-8) from 1. */
typedef struct walk {
  const char *text;
  size_t length, at;
  int line, column;
} walk;

static void step(walk *w) {
  unsigned char c = (unsigned char)w->text[w->at++];
  if (c == '\n') {
    w->line++;
    w->column = 1;
  } else if ((c & 0xC0) != 0x80) {
    w->column++;
  }
}

/* Skips the string that opens at w and returns where its content starts; *bytes is its length. */
static const char *skip_string(walk *w, size_t *bytes) {
  step(w);
  const char *start = w->text + w->at;
  while (w->at < w->length && w->text[w->at] != '"') {
    if (w->text[w->at] == '\\') step(w);
    if (w->at < w->length) step(w);
  }
  *bytes = (size_t)(w->text + w->at - start);
  if (w->at < w->length) step(w);
  return start;
}

/* Where the key of the outermost object stands. A key written with escapes is not recognised:
 * line and column are then 0. */
static void find_key(const char *text, size_t length, const char *key, int *line, int *column) {
  walk w = {text, length, 0, 1, 1};
  int depth = 0;
  *line = *column = 0;
  while (w.at < w.length) {
    char c = text[w.at];
    if (c == '"') {
      int at_line = w.line, at_column = w.column;
      size_t bytes;
      const char *start = skip_string(&w, &bytes);
      while (w.at < w.length && strchr(" \t\r\n", text[w.at])) step(&w);
      int is_key = depth == 1 && w.at < w.length && text[w.at] == ':';
      if (is_key && bytes == strlen(key) && memcmp(start, key, bytes) == 0) {
        *line = at_line;
        *column = at_column;
        return;
      }
      continue;
    }
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']') depth--;
    step(&w);
  }
}

static const char *kind_of(const json_t *value) {
  switch (json_typeof(value)) {
  case JSON_OBJECT: return "an object";
  case JSON_ARRAY: return "an array";
  case JSON_STRING: return "text";
  case JSON_INTEGER:
  case JSON_REAL: return "a number";
  case JSON_TRUE:
  case JSON_FALSE: return "true or false";
  case JSON_NULL: return "null";
  }
  return "something else";
}

/* Stores element k of an entry, a number or a text as the entry's kind says. */
static hmfm_status set_element(hmfm_config_entry *e, size_t k, const json_t *value,
                               const char *label, hmfm_error *error) {
  char digits[64];
  int fits = e->kind == HMFM_CONFIG_TEXT ? json_is_string(value) : json_is_number(value);
  if (!fits && (json_is_string(value) || json_is_number(value)))
    return hmfm_fail(error, HMFM_EDATA, "%s: %s mixes numbers and texts", e->place, e->key);
  if (!fits)
    return hmfm_fail(error, HMFM_EDATA, "%s: %s holds %s where a number or a text is expected",
                     e->place, e->key, kind_of(value));
  if (json_is_integer(value))
    snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  else if (json_is_real(value))
    snprintf(digits, sizeof digits, "%.17g", json_real_value(value));
  if (e->kind == HMFM_CONFIG_NUMBER) e->number[k] = json_number_value(value);
  e->text[k] = hmfm_strdup(json_is_string(value) ? json_string_value(value) : digits);
  if (label) e->label[k] = hmfm_strdup(label);
  if (!e->text[k] || (label && !e->label[k])) return hmfm_fail_memory(error, "the configuration");
  return HMFM_OK;
}

static hmfm_status set_list(hmfm_config_entry *e, json_t *value, hmfm_error *error) {
  const char *label;
  json_t *element;
  size_t k = 0;
  hmfm_status status = HMFM_OK;
  e->is_list = 1;
  e->n = json_is_object(value) ? json_object_size(value) : json_array_size(value);
  e->kind = json_is_string(json_array_get(value, 0)) ? HMFM_CONFIG_TEXT : HMFM_CONFIG_NUMBER;
  if (e->kind == HMFM_CONFIG_NUMBER) e->number = hmfm_calloc(e->n, sizeof *e->number);
  e->text = hmfm_calloc(e->n, sizeof *e->text);
  if (json_is_object(value)) e->label = hmfm_calloc(e->n, sizeof *e->label);
  if ((e->kind == HMFM_CONFIG_NUMBER && !e->number) || !e->text ||
      (json_is_object(value) && !e->label))
    return hmfm_fail_memory(error, "the configuration");
  if (json_is_object(value)) {
    json_object_foreach(value, label, element) {
      if (!json_is_number(element))
        return hmfm_fail(error, HMFM_EDATA, "%s: %s needs a number for '%s', not %s", e->place,
                         e->key, label, kind_of(element));
      if (!status) status = set_element(e, k++, element, label, error);
    }
  } else {
    json_array_foreach(value, k, element) {
      if (!status) status = set_element(e, k, element, NULL, error);
    }
  }
  return status;
}

static hmfm_status set_value(hmfm_config_entry *e, json_t *value, hmfm_error *error) {
  if (json_is_object(value) || json_is_array(value)) return set_list(e, value, error);
  if (json_is_null(value))
    return hmfm_fail(error, HMFM_EDATA, "%s: %s is null; leave the key out for its default",
                     e->place, e->key);
  e->n = 1;
  if (json_is_boolean(value)) {
    e->kind = HMFM_CONFIG_TRUTH;
    e->truth = json_is_true(value);
    return HMFM_OK;
  }
  e->kind = json_is_string(value) ? HMFM_CONFIG_TEXT : HMFM_CONFIG_NUMBER;
  if (e->kind == HMFM_CONFIG_NUMBER) e->number = hmfm_calloc(1, sizeof *e->number);
  e->text = hmfm_calloc(1, sizeof *e->text);
  if ((e->kind == HMFM_CONFIG_NUMBER && !e->number) || !e->text)
    return hmfm_fail_memory(error, "the configuration");
  return set_element(e, 0, value, NULL, error);
}

static hmfm_status add_entry(hmfm_config *config, const char *key, json_t *value, const char *text,
                             size_t length, const char *name, hmfm_error *error) {
  int line, column;
  hmfm_config_entry *entry =
      hmfm_realloc(config->entry, config->n_entries + 1, sizeof *config->entry);
  if (!entry) return hmfm_fail_memory(error, "the configuration");
  config->entry = entry;
  entry = &config->entry[config->n_entries++];
  memset(entry, 0, sizeof *entry);
  size_t room = strlen(name) + 32;
  entry->key = hmfm_strdup(key);
  entry->place = hmfm_calloc(room, 1);
  if (!entry->key || !entry->place) return hmfm_fail_memory(error, "the configuration");
  find_key(text, length, key, &line, &column);
  if (line)
    snprintf(entry->place, room, "%s:%d:%d", name, line, column);
  else
    snprintf(entry->place, room, "%s", name);
  return set_value(entry, value, error);
}

static int is_blank(const char *text, size_t length) {
  for (size_t k = 0; k < length; k++)
    if (!strchr(" \t\r\n", text[k])) return 0;
  return 1;
}

/* Why jansson refused the text. Where it names no token, that is a number, which ends where it is. */
static hmfm_status fail_syntax(const char *text, size_t length, const char *name,
                               const json_error_t *why, hmfm_error *error) {
  size_t end = why->position > 0 && (size_t)why->position <= length ? (size_t)why->position : 0;
  size_t start = end;
  while (start > 0 && end - start < 40 && strchr("+-.eE0123456789", text[start - 1])) start--;
  int named = strstr(why->text, " near ") != NULL || start == end;
  return hmfm_fail(error, HMFM_EDATA, "%s:%d:%d: %s%s%.*s%s", name, why->line < 1 ? 1 : why->line,
                   why->column < 1 ? 1 : why->column, why->text, named ? "" : " '",
                   named ? 0 : (int)(end - start), text + start, named ? "" : "'");
}

hmfm_status hmfm_config_parse(const char *text, size_t length, const char *name, hmfm_config **out,
                              hmfm_error *error) {
  json_error_t why;
  hmfm_config *config = NULL;
  const char *key;
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
  if (is_blank(text, length))
    return hmfm_fail(error, HMFM_EDATA,
                     "%s:1:1: the configuration is empty: it must be an object { \"key\": value }",
                     name);
  json_t *value, *root = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
  if (!root) return fail_syntax(text, length, name, &why, error);
  hmfm_status status = HMFM_OK;
  if (!json_is_object(root)) {
    status = hmfm_fail(error, HMFM_EDATA,
                       "%s:1:1: a configuration is an object { \"key\": value },"
                       " not %s",
                       name, kind_of(root));
    goto out;
  }
  status = hmfm_config_create(&config, error);
  if (status) goto out;
  json_object_foreach(root, key, value) {
    status = add_entry(config, key, value, text, length, name, error);
    if (status) goto out;
  }
  *out = config;
  config = NULL;
out:
  hmfm_config_destroy(config);
  json_decref(root);
  return status;
}

hmfm_status hmfm_config_read(const char *path, hmfm_config **out, hmfm_error *error) {
  char *text = NULL;
  size_t length = 0, room = 0;
  hmfm_status status = HMFM_OK;
  errno = 0;
  FILE *file = fopen(path, "rb");
  if (!file) return hmfm_fail(error, HMFM_EIO, "cannot open '%s': %s", path, strerror(errno));
  while (!feof(file) && !ferror(file)) {
    if (length == room) {
      room = room ? 2 * room : 4096;
      char *more = hmfm_realloc(text, room, 1);
      if (!more) {
        status = hmfm_fail_memory(error, "the configuration");
        goto out;
      }
      text = more;
    }
    length += fread(text + length, 1, room - length, file);
  }
  if (ferror(file))
    status = hmfm_fail(error, HMFM_EIO, "cannot read '%s': %s", path, strerror(errno));
  else
    status = hmfm_config_parse(text, length, path, out, error);
out:
  hmfm_free(text);
  fclose(file);
  return status;
}
