/* The option table of a verb: building it, and reading the command line and the configuration. */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { FIRST_LONG = 256 }; /* getopt_long returns FIRST_LONG + index of the option */

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

/* One option for each parameter the library declares; each owner has its section. */
static int add_parameters(hmfm_options *o) {
  const char *owner = NULL, *last = "";
  const hmfm_parameter *p;
  for (size_t k = 0; (p = hmfm_parameter_at(k, &owner)) != NULL; k++) {
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
    fine = t->kind == HMFM_OPTION_PARAMETERS ? add_parameters(o) : add(o, t);
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

/* What getopt_long found wrong with the word `word`, a long option: ambiguous or unknown. */
static hmfm_status complain_long(const hmfm_options *o, const char *word, hmfm_error *error) {
  char known[300] = "", text[80];
  const char *name[128];
  size_t length = strcspn(word + 2, "="), n = 0, used = 0;
  int fits = 0;
  snprintf(text, sizeof text, "%.*s", (int)length, word + 2);
  for (size_t k = 0; k < o->n; k++) {
    if (n < 128) name[n++] = o->option[k].name;
    if (strncmp(o->option[k].name, text, length) != 0 || used + 64 > sizeof known) continue;
    used += (size_t)snprintf(known + used, sizeof known - used, "%s--%s", fits ? ", " : "",
                             o->option[k].name);
    fits++;
  }
  if (fits > 1) return hmfm_fail(error, HMFM_EUSAGE, "option --%s could be any of %s", text, known);
  const char *meant = hmfm_suggest(text, n, name);
  return hmfm_fail(error, HMFM_EUSAGE, "unknown option --%s%s%s%s", text,
                   meant ? "; did you mean --" : "", meant ? meant : "", meant ? "?" : "");
}

static hmfm_status complain(const hmfm_options *o, int what, const char *word, hmfm_error *error) {
  if (what == ':' && optopt >= FIRST_LONG) {
    const hmfm_option *option = &o->option[optopt - FIRST_LONG];
    return hmfm_fail(error, HMFM_EUSAGE, "option --%s needs a value: --%s=%s", option->name,
                     option->name, option->argument);
  }
  if (what == ':') return hmfm_fail(error, HMFM_EUSAGE, "option -%c needs a value", optopt);
  if (optopt >= FIRST_LONG)
    return hmfm_fail(error, HMFM_EUSAGE, "option --%s takes no value",
                     o->option[optopt - FIRST_LONG].name);
  if (optopt) return hmfm_fail(error, HMFM_EUSAGE, "unknown option -%c", optopt);
  return complain_long(o, word, error);
}

/* The table in the form of getopt_long: long options, and the letters after a ':'. */
static struct option *getopt_table(const hmfm_options *o, char *letters) {
  struct option *table = hmfm_calloc(o->n + 1, sizeof *table);
  *letters++ = ':';
  for (size_t k = 0; table && k < o->n; k++) {
    const hmfm_option *option = &o->option[k];
    table[k].name = option->name;
    table[k].has_arg = option->argument ? required_argument : no_argument;
    table[k].val = FIRST_LONG + (int)k;
    if (!option->letter) continue;
    *letters++ = option->letter;
    if (option->argument) *letters++ = ':';
  }
  *letters = '\0';
  return table;
}

static size_t find_letter(const hmfm_options *o, int letter) {
  size_t k = 0;
  while (k < o->n && o->option[k].letter != letter) k++;
  return k;
}

static hmfm_status take_option(hmfm_options *o, size_t k, const char *text, int by_letter,
                               int *done, hmfm_error *error) {
  const hmfm_option *option = &o->option[k];
  char place[80];
  if (strcmp(option->name, "help") == 0) {
    hmfm_options_help(o, stdout);
    *done = 1;
    return HMFM_OK;
  }
  if (strcmp(option->name, "version") == 0) {
    printf("hmfm-%s (hmfm) %s\n", o->command->name, hmfm_version());
    *done = 1;
    return HMFM_OK;
  }
  if (by_letter)
    snprintf(place, sizeof place, "-%c (--%s)", option->letter, option->name);
  else
    snprintf(place, sizeof place, "--%s", option->name);
  return hmfm_option_value_set(option, text ? text : "", HMFM_FROM_LINE, place, &o->value[k],
                               error);
}

static hmfm_status take_operands(hmfm_options *o, int n, char **word, hmfm_error *error) {
  size_t most = o->command->operand ? 1 : 0;
  if ((size_t)n > most)
    return hmfm_fail(error, HMFM_EUSAGE, "unexpected argument '%s'%s%s", word[most],
                     most ? "; there is one " : "", most ? o->command->operand : "");
  if (!n) return HMFM_OK;
  o->operand = hmfm_strdup(word[0]);
  return o->operand ? HMFM_OK : hmfm_fail_memory(error, "the options");
}

static hmfm_status check_needed(const hmfm_options *o, hmfm_error *error) {
  if (o->command->operand && !o->operand)
    return hmfm_fail(error, HMFM_EUSAGE, "no %s given", o->command->operand);
  for (size_t k = 0; k < o->n; k++) {
    const hmfm_option *option = &o->option[k];
    if (!(option->rules & HMFM_OPTION_NEEDED) || o->value[k].source) continue;
    if (!option->letter)
      return hmfm_fail(error, HMFM_EUSAGE, "--%s=%s is needed: %s", option->name, option->argument,
                       option->meaning);
    return hmfm_fail(error, HMFM_EUSAGE, "-%c %s (--%s) is needed: %s", option->letter,
                     option->argument, option->name, option->meaning);
  }
  return HMFM_OK;
}

hmfm_status hmfm_options_parse(hmfm_options *o, int argc, char **argv, int *done,
                               hmfm_error *error) {
  char *letters = hmfm_calloc(2 * o->n + 2, 1);
  struct option *table = letters ? getopt_table(o, letters) : NULL;
  hmfm_status status = table ? HMFM_OK : hmfm_fail_memory(error, "the options");
  int what;
  *done = 0;
  opterr = 0;
  optind = 1;
  while (!status && !*done) {
    what = getopt_long(argc, argv, letters, table, NULL);
    if (what == -1) break;
    if (what == '?' || what == ':')
      status = complain(o, what, argv[optind - 1], error);
    else
      status =
          take_option(o, what >= FIRST_LONG ? (size_t)(what - FIRST_LONG) : find_letter(o, what),
                      optarg, what < FIRST_LONG, done, error);
  }
  if (!status && !*done) status = take_operands(o, argc - optind, argv + optind, error);
  const char *file = hmfm_options_text(o, "config");
  if (!status && !*done && file) status = hmfm_options_read(o, file, error);
  if (!status && !*done) status = check_needed(o, error);
  hmfm_free(table);
  hmfm_free(letters);
  return status;
}
