/* Reading the command line of a verb with getopt_long, and complaining about it. */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { FIRST_LONG = 256 }; /* getopt_long returns FIRST_LONG + index of the option */

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

static size_t find_letter(const hmfm_options *o, int letter) {
  size_t k = 0;
  while (k < o->n && o->option[k].letter != letter) k++;
  return k;
}

static hmfm_status complain(const hmfm_options *o, int what, const char *word, hmfm_error *error) {
  if (what == ':') {
    int by_letter = optopt < FIRST_LONG;
    const hmfm_option *option =
        &o->option[by_letter ? find_letter(o, optopt) : (size_t)(optopt - FIRST_LONG)];
    if (by_letter)
      return hmfm_fail(error, HMFM_EUSAGE, "option -%c needs a value: -%c %s, or --%s=%s", optopt,
                       optopt, option->argument, option->name, option->argument);
    return hmfm_fail(error, HMFM_EUSAGE, "option --%s needs a value: --%s=%s", option->name,
                     option->name, option->argument);
  }
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

/* A second operand is most often the rest of a list that was written with blanks. */
static hmfm_status take_operands(hmfm_options *o, int n, char **word, hmfm_error *error) {
  int most = o->command->takes_more ? n : o->command->operand ? 1 : 0, lists = 0;
  for (size_t k = 0; k < o->n; k++) lists |= o->option[k].kind == HMFM_OPTION_NAMES;
  if (n > most)
    return hmfm_fail(error, HMFM_EUSAGE, "unexpected argument '%s'%s%s%s%s", word[most],
                     most ? " besides '" : "", most ? word[0] : "", most ? "'" : "",
                     lists ? " (a list has commas and no blanks: A,B)" : "");
  if (!n) return HMFM_OK;
  o->operand = hmfm_strdup(word[0]);
  o->n_more = (size_t)n - 1;
  o->more = hmfm_copy_strings(word + 1, o->n_more);
  return o->operand && o->more ? HMFM_OK : hmfm_fail_memory(error, "the options");
}

static hmfm_status check_needed(const hmfm_options *o, hmfm_error *error) {
  if (o->command->operand && o->command->operand[0] != '[' && !o->operand)
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
