/* Printing an option table as --help. */
#include "cli/options.h"

#include <string.h>

enum { COLUMN = 30, WIDTH = 92 };

/* Prints words from column `column`, broken at spaces so that no line passes WIDTH. */
static void print_words(FILE *to, const char *text, int column, int *at) {
  while (*text) {
    int length = (int)strcspn(text, " ");
    if (*at > column && *at + 1 + length > WIDTH) {
      fprintf(to, "\n%*s", column, "");
      *at = column;
    }
    if (*at > column) *at += fprintf(to, " ");
    *at += fprintf(to, "%.*s", length, text);
    text += length;
    text += strspn(text, " ");
  }
}

static void print_option(FILE *to, const hmfm_option *option) {
  char left[96], fallback[256];
  char letter[8] = "    ";
  if (option->letter) snprintf(letter, sizeof letter, "-%c, ", option->letter);
  snprintf(left, sizeof left, "  %s--%s%s%s", letter, option->name, option->argument ? "=" : "",
           option->argument ? option->argument : "");
  int at = fprintf(to, "%s", left);
  if (at + 2 > COLUMN) {
    fprintf(to, "\n");
    at = 0;
  }
  at += fprintf(to, "%*s", COLUMN - at, "");
  print_words(to, option->meaning, COLUMN, &at);
  if (option->choice) {
    at += fprintf(to, ":");
    const char *name;
    for (size_t k = 0; (name = option->choice(k)) != NULL; k++) {
      if (k) at += fprintf(to, ",");
      print_words(to, name, COLUMN, &at);
    }
  }
  if (option->fallback) {
    snprintf(fallback, sizeof fallback, "[%s]", option->fallback);
    print_words(to, fallback, COLUMN, &at);
  }
  fprintf(to, "\n");
}

void hmfm_options_help(const hmfm_options *o, FILE *to) {
  const hmfm_command *command = o->command;
  int at = 0;
  fprintf(to, "Usage: hmfm %s [OPTION]...%s%s%s\n", command->name, command->operand ? " " : "",
          command->operand ? command->operand : "", command->takes_more ? "..." : "");
  print_words(to, command->meaning, 0, &at);
  fprintf(to, "\n\nExamples:\n%s", command->examples);
  if (strcmp(o->option[0].heading, "Options") != 0) fprintf(to, "\nOptions:\n");
  for (size_t k = 0; k < o->n; k++) {
    if (o->option[k].heading) fprintf(to, "\n%s:\n", o->option[k].heading);
    print_option(to, &o->option[k]);
  }
  if (command->notes) fprintf(to, "\n%s", command->notes);
}
