/* Building configurations entry by entry, and writing them as JSON. */
#include "io/config.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_config_create(hmfm_config **out, hmfm_error *error) {
  hmfm_config *config = hmfm_calloc(1, sizeof *config);
  if (!config) return hmfm_fail_memory(error, "the configuration");
  *out = config;
  return HMFM_OK;
}

static void clear_entry(hmfm_config_entry *e) {
  hmfm_free(e->key);
  hmfm_free(e->place);
  hmfm_free(e->number);
  hmfm_free_strings(e->text, e->n);
  hmfm_free_strings(e->label, e->n);
}

void hmfm_config_destroy(hmfm_config *config) {
  if (!config) return;
  for (size_t k = 0; k < config->n_entries; k++) clear_entry(&config->entry[k]);
  hmfm_free(config->entry);
  hmfm_free(config);
}

const hmfm_config_entry *hmfm_config_find(const hmfm_config *config, const char *key) {
  for (size_t k = 0; k < config->n_entries; k++)
    if (strcmp(config->entry[k].key, key) == 0) return &config->entry[k];
  return NULL;
}

/* Fewest digits that give the number back. "-0" would come back as the integer 0. */
static void write_number(double x, char *text, size_t size) {
  if (x == 0 && signbit(x)) {
    snprintf(text, size, "-0.0");
    return;
  }
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, size, "%.*g", digits, x);
    if (strtod(text, NULL) == x) return;
  }
}

/* Appends e to the configuration, which takes over what e owns, also when it fails. */
static hmfm_status add(hmfm_config *config, hmfm_config_entry *e, const char *key, int complete,
                       hmfm_error *error) {
  e->key = hmfm_strdup(key);
  hmfm_config_entry *entry =
      complete && e->key ? hmfm_realloc(config->entry, config->n_entries + 1, sizeof *entry) : NULL;
  if (!entry) {
    clear_entry(e);
    return hmfm_fail_memory(error, "the configuration");
  }
  config->entry = entry;
  config->entry[config->n_entries++] = *e;
  return HMFM_OK;
}

hmfm_status hmfm_config_add_truth(hmfm_config *config, const char *key, int truth,
                                  hmfm_error *error) {
  hmfm_config_entry e = {.kind = HMFM_CONFIG_TRUTH, .truth = truth != 0, .n = 1};
  return add(config, &e, key, 1, error);
}

hmfm_status hmfm_config_add_texts(hmfm_config *config, const char *key, size_t n, char *const *text,
                                  hmfm_error *error) {
  hmfm_config_entry e = {.kind = HMFM_CONFIG_TEXT, .is_list = 1, .n = n};
  e.text = hmfm_copy_strings(text, n);
  return add(config, &e, key, e.text != NULL, error);
}

hmfm_status hmfm_config_add_text(hmfm_config *config, const char *key, const char *text,
                                 hmfm_error *error) {
  hmfm_config_entry e = {.kind = HMFM_CONFIG_TEXT, .n = 1};
  char *one[1];
  e.text = hmfm_calloc(1, sizeof *e.text);
  one[0] = hmfm_strdup(text);
  if (e.text) e.text[0] = one[0];
  if (!e.text) hmfm_free(one[0]);
  return add(config, &e, key, e.text && one[0], error);
}

hmfm_status hmfm_config_add_numbers(hmfm_config *config, const char *key, size_t n,
                                    const double *number, const char *const *label,
                                    hmfm_error *error) {
  hmfm_config_entry e = {.kind = HMFM_CONFIG_NUMBER, .is_list = 1, .n = n};
  int complete;
  e.number = hmfm_calloc(n, sizeof *e.number);
  e.text = hmfm_calloc(n, sizeof *e.text);
  if (label) e.label = hmfm_calloc(n, sizeof *e.label);
  complete = e.number && e.text && (!label || e.label);
  for (size_t k = 0; complete && k < n; k++) {
    char digits[64];
    write_number(number[k], digits, sizeof digits);
    e.number[k] = number[k];
    e.text[k] = hmfm_strdup(digits);
    if (label) e.label[k] = hmfm_strdup(label[k]);
    complete = e.text[k] && (!label || e.label[k]);
  }
  return add(config, &e, key, complete, error);
}

hmfm_status hmfm_config_add_number(hmfm_config *config, const char *key, double number,
                                   hmfm_error *error) {
  hmfm_status status = hmfm_config_add_numbers(config, key, 1, &number, NULL, error);
  if (!status) config->entry[config->n_entries - 1].is_list = 0;
  return status;
}

/* JSON's integers are signed in many programs (jansson among them): a count beyond 2^63 - 1, which
 * only a seed can be, is written as text. */
hmfm_status hmfm_config_add_count(hmfm_config *config, const char *key, unsigned long long count,
                                  hmfm_error *error) {
  char digits[32];
  snprintf(digits, sizeof digits, "%llu", count);
  hmfm_status status = hmfm_config_add_text(config, key, digits, error);
  if (status || count > 9223372036854775807ULL) return status;
  hmfm_config_entry *e = &config->entry[config->n_entries - 1];
  e->number = hmfm_calloc(1, sizeof *e->number);
  if (!e->number) return hmfm_fail_memory(error, "the configuration");
  e->number[0] = (double)count;
  e->kind = HMFM_CONFIG_NUMBER;
  return HMFM_OK;
}

/* Text that grows. */
typedef struct buffer {
  char *text;
  size_t length, room;
} buffer;

static int append(const char *bytes, size_t n, void *context) {
  buffer *b = context;
  if (b->length + n + 1 > b->room) {
    size_t room = 2 * (b->length + n + 1);
    char *text = hmfm_realloc(b->text, room, 1);
    if (!text) return -1;
    b->text = text;
    b->room = room;
  }
  memcpy(b->text + b->length, bytes, n);
  b->length += n;
  b->text[b->length] = '\0';
  return 0;
}

static int append_plain(buffer *b, const char *text) { return append(text, strlen(text), b); }

static hmfm_status append_quoted(buffer *b, const char *text, hmfm_error *error) {
  json_t *value = json_string(text);
  if (!value) return hmfm_fail(error, HMFM_EDATA, "'%s' is not UTF-8 text", text);
  int failed = json_dump_callback(value, append, b, JSON_ENCODE_ANY);
  json_decref(value);
  return failed ? hmfm_fail_memory(error, "the configuration") : HMFM_OK;
}

static hmfm_status append_entry(buffer *b, const hmfm_config_entry *e, hmfm_error *error) {
  int failed = 0;
  hmfm_status status = append_quoted(b, e->key, error);
  if (status) return status;
  failed |= append_plain(b, ": ");
  if (e->kind == HMFM_CONFIG_TRUTH) failed |= append_plain(b, e->truth ? "true" : "false");
  if (e->is_list) failed |= append_plain(b, e->label ? "{" : "[");
  for (size_t k = 0; !status && !failed && e->kind != HMFM_CONFIG_TRUTH && k < e->n; k++) {
    if (k) failed |= append_plain(b, ", ");
    if (e->label) status = append_quoted(b, e->label[k], error);
    if (e->label) failed |= append_plain(b, ": ");
    if (status) break;
    if (e->kind == HMFM_CONFIG_TEXT)
      status = append_quoted(b, e->text[k], error);
    else
      failed |= append_plain(b, e->text[k]);
  }
  if (e->is_list) failed |= append_plain(b, e->label ? "}" : "]");
  if (status) return status;
  return failed ? hmfm_fail_memory(error, "the configuration") : HMFM_OK;
}

hmfm_status hmfm_config_write(const hmfm_config *config, char **out, hmfm_error *error) {
  buffer b = {0};
  hmfm_status status = HMFM_OK;
  int failed = append_plain(&b, "{");
  for (size_t k = 0; !status && !failed && k < config->n_entries; k++) {
    failed = append_plain(&b, k ? ",\n  " : "\n  ");
    if (!failed) status = append_entry(&b, &config->entry[k], error);
  }
  failed |= append_plain(&b, "\n}\n");
  if (!status && failed) status = hmfm_fail_memory(error, "the configuration");
  if (status) {
    hmfm_free(b.text);
    return status;
  }
  *out = b.text;
  return HMFM_OK;
}
