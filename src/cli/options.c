/* The option table of a verb: building it, and looking up its values. */
#include "cli/options.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* Keeps a text as long as the options live. */
static char *keep(hmfm_options *o, char *text) {
  char **owned = text ? hmfm_realloc(o->owned, o->n_owned + 1, sizeof *owned) : NULL;
  if (!owned) {
    hmfm_free(text);
    return NULL;
  }
  o->owned = owned;
  return owned[o->n_owned++] = text;
}

static int add(hmfm_options *o, const hmfm_option *option) {
  hmfm_option *table = hmfm_realloc(o->option, o->n + 1, sizeof *table);
  if (!table) return 0;
  o->option = table;
  table[o->n++] = *option;
  return 1;
}

/* One option for each parameter the library declares; each owner has its section. of, if not NULL, is what
 * owners must begin with: "mixing". */
static int add_parameters(hmfm_options *o, const char *of) {
  const char *owner = NULL, *last = "";
  const hmfm_parameter *p;
  for (size_t k = 0; (p = hmfm_parameter_at(k, &owner)) != NULL; k++) {
    if (of && strncmp(owner, of, strlen(of)) != 0) continue;
    hmfm_option option = {.name = p->name,
                          .fallback = p->fallback,
                          .meaning = p->meaning,
                          .kind = HMFM_OPTION_VALUES,
                          .parameter = p};
    option.argument = p->shape == HMFM_SCALAR ? "V" : "V[,V...]|NAME=V,...";
    if (strcmp(owner, last) != 0) {
      size_t size = strlen(owner) + 16;
      char *heading = keep(o, hmfm_calloc(size, 1));
      if (!heading) return 0;
      snprintf(heading, size, "Prior of the %s", owner);
      option.heading = heading;
    }
    last = owner;
    if (!add(o, &option)) return 0;
  }
  return 1;
}

hmfm_status hmfm_options_create(const hmfm_command *command, hmfm_options **out,
                                hmfm_error *error) {
  static const hmfm_option closing[] = {
      {.heading = "Other",
       .name = "help",
       .letter = 'h',
       .meaning = "show this help",
       .rules = HMFM_OPTION_NO_FILE},
      {.name = "version", .meaning = "show the version", .rules = HMFM_OPTION_NO_FILE}};
  hmfm_options *o = hmfm_calloc(1, sizeof *o);
  if (!o) return hmfm_fail_memory(error, "the options");
  o->command = command;
  int fine = 1;
  for (const hmfm_option *t = command->table; fine && t->name; t++)
    fine = t->kind == HMFM_OPTION_PARAMETERS ? add_parameters(o, t->argument) : add(o, t);
  for (size_t k = 0; fine && k < 2; k++) fine = add(o, &closing[k]);
  if (fine) o->value = hmfm_calloc(o->n, sizeof *o->value);
  if (!o->value) {
    hmfm_options_destroy(o);
    return hmfm_fail_memory(error, "the options");
  }
  *out = o;
  return HMFM_OK;
}

void hmfm_options_destroy(hmfm_options *o) {
  if (!o) return;
  for (size_t k = 0; o->value && k < o->n; k++) hmfm_option_value_clear(&o->value[k]);
  hmfm_free_strings(o->owned, o->n_owned);
  hmfm_free(o->value);
  hmfm_free(o->option);
  hmfm_free(o->operand);
  hmfm_free_strings(o->more, o->n_more);
  hmfm_free(o);
}

size_t hmfm_options_find(const hmfm_options *o, const char *name) {
  size_t k = 0;
  while (k < o->n && strcmp(o->option[k].name, name) != 0) k++;
  return k;
}

const hmfm_option_value *hmfm_options_value(const hmfm_options *o, const char *name) {
  static const hmfm_option_value none = {0};
  size_t k = hmfm_options_find(o, name);
  return k < o->n ? &o->value[k] : &none;
}

const char *hmfm_options_text(const hmfm_options *o, const char *name) {
  return hmfm_options_value(o, name)->text;
}

uint64_t hmfm_options_number(const hmfm_options *o, const char *name) {
  return hmfm_options_value(o, name)->number;
}

int hmfm_options_flag(const hmfm_options *o, const char *name) {
  return hmfm_options_value(o, name)->number != 0;
}

hmfm_status hmfm_options_one_number(const hmfm_options *o, const char *name, double *value,
                                    hmfm_error *error) {
  const hmfm_option_value *v = hmfm_options_value(o, name);
  if (v->n == 0) return HMFM_OK;
  if (v->n != 1 || v->label || !isfinite(v->value[0]))
    return hmfm_fail(error, HMFM_EUSAGE, "--%s takes one number", name);
  *value = v->value[0];
  return HMFM_OK;
}

int hmfm_options_given(const hmfm_options *o, const char *name) {
  return hmfm_options_value(o, name)->source > HMFM_FROM_DEFAULT;
}

hmfm_status hmfm_options_default(hmfm_options *o, const char *name, const char *text,
                                 hmfm_error *error) {
  size_t k = hmfm_options_find(o, name);
  if (k == o->n) return hmfm_fail(error, HMFM_EUSAGE, "there is no option '%s'", name);
  o->option[k].fallback = keep(o, hmfm_strdup(text));
  if (!o->option[k].fallback) return hmfm_fail_memory(error, "the options");
  return hmfm_option_value_set(&o->option[k], text, HMFM_FROM_DEFAULT, name, &o->value[k], error);
}

hmfm_status hmfm_options_defaults(hmfm_options *o, size_t n, const char *const value[][2],
                                  hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && k < n; k++)
    status = hmfm_options_default(o, value[k][0], value[k][1], error);
  return status;
}
