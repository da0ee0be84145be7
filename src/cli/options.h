/* Options of a verb: one table drives getopt_long, --help, the keys of a configuration file and the
 * configuration stored with a fit. The model's own parameters enter the table from
 * hmfm_parameter_at(), where HMFM_OPTION_PARAMETERS stands. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "hmfm/model.h"
#include "io/config.h"

typedef enum hmfm_option_kind {
  HMFM_OPTION_FLAG,       /* no argument; true or false in a configuration */
  HMFM_OPTION_TEXT,       /* any text that is not empty */
  HMFM_OPTION_CHOICE,     /* one of choice() */
  HMFM_OPTION_COUNT,      /* whole number >= least */
  HMFM_OPTION_SEED,       /* whole number below 2^64 */
  HMFM_OPTION_NAMES,      /* names, separated by commas; given again, it adds to them */
  HMFM_OPTION_VALUES,     /* numbers: V or V,V,... or NAME=V,NAME=V,... */
  HMFM_OPTION_PARAMETERS, /* not an option: the model's parameters go here; argument: only of whom */
} hmfm_option_kind;

enum {
  HMFM_OPTION_NEEDED = 1,  /* must be given */
  HMFM_OPTION_NO_FILE = 2, /* command line only: neither read from a configuration nor stored */
  HMFM_OPTION_NO_STORE = 4 /* may stand in a configuration, says nothing about the draws */
};

/* One line of a table; a table ends with a line without a name. The first line has a heading: "Options"
 * where it is the only one, else --help puts "Options:" before it, where manual pages begin theirs. */
typedef struct hmfm_option {
  const char *heading;  /* opens a section of --help; NULL: in the section of the line before */
  const char *name;     /* long name, which is the configuration key */
  char letter;          /* short name; 0: none */
  const char *argument; /* as --help shows it; NULL for a flag */
  const char *fallback; /* the default in words; NULL: none worth a word */
  const char *meaning;  /* a phrase without a full stop */
  hmfm_option_kind kind;
  unsigned rules;                      /* HMFM_OPTION_NEEDED, ... */
  uint64_t least, most;                /* COUNT; most 0: no limit */
  const char *(*choice)(size_t index); /* CHOICE: the names, NULL past the last */
  const hmfm_parameter *parameter;     /* VALUES that came from the model; else NULL */
} hmfm_option;

/* Where a value comes from: what stands further down wins. */
typedef enum hmfm_source {
  HMFM_FROM_NOWHERE,
  HMFM_FROM_DEFAULT,
  HMFM_FROM_FILE,
  HMFM_FROM_LINE
} hmfm_source;

typedef struct hmfm_option_value {
  hmfm_source source;
  char *place;     /* for messages: "--draws", or "fit.json:3:5: draws" */
  char *text;      /* TEXT, CHOICE */
  uint64_t number; /* COUNT, SEED; FLAG: 0 or 1 */
  size_t n;        /* NAMES, VALUES */
  double *value;   /* VALUES: n */
  char **label;    /* NAMES: n; VALUES: n names, or NULL */
} hmfm_option_value;

/* A verb as its user sees it. */
typedef struct hmfm_command {
  const char *name;     /* "sample" */
  const char *operand;  /* "DATA.csv", exactly one; "[DATA.csv]", at most one; NULL: none */
  int takes_more;       /* 1: there may be more operands of the kind */
  const char *meaning;  /* first paragraph of --help */
  const char *examples; /* lines that open with "  $ ", as help2man wants them */
  const char *notes;    /* sections at the end of --help (listed in .ci/manual); may be NULL */
  const hmfm_option *table;
} hmfm_command;

typedef struct hmfm_options {
  const hmfm_command *command;
  size_t n;
  hmfm_option *option;      /* the table with the parameters and --help, --version in it */
  hmfm_option_value *value; /* n */
  char **owned;             /* texts the table needed */
  size_t n_owned;
  char *operand; /* the first; NULL: not given */
  char **more;   /* n_more operands that follow it, where the verb takes more */
  size_t n_more;
} hmfm_options;

hmfm_status hmfm_options_create(const hmfm_command *command, hmfm_options **out, hmfm_error *error);
void hmfm_options_destroy(hmfm_options *options);

/* Gives an option the value it has when nobody sets it, as one would write it; --help shows it. */
hmfm_status hmfm_options_default(hmfm_options *options, const char *name, const char *text,
                                 hmfm_error *error);

/* The same for n pairs of a name and a text. */
hmfm_status hmfm_options_defaults(hmfm_options *options, size_t n, const char *const value[][2],
                                  hmfm_error *error);

/* Reads the command line, then the file of --config where the table has one, then checks that
 * nothing needed is missing. --help and --version print and set *done. Errors: HMFM_EUSAGE for what
 * is wrong on the command line, HMFM_EDATA or HMFM_EIO for the configuration file. */
hmfm_status hmfm_options_parse(hmfm_options *options, int argc, char **argv, int *done,
                               hmfm_error *error);

/* The index of an option by its long name, n where there is none. */
size_t hmfm_options_find(const hmfm_options *options, const char *name);

/* Takes over what a configuration file says, where the command line said nothing. Errors:
 * HMFM_EDATA or HMFM_EIO, with the place in the file. */
hmfm_status hmfm_options_read(hmfm_options *options, const char *path, hmfm_error *error);

/* 1 when `fine` is `coarse` with more words, as lambda-mean is of lambda: the first describes the
 * law of what the second fixes. */
int hmfm_option_describes(const char *fine, const char *coarse);

/* Values by long name; the name must be in the table. text is NULL where there is none. */
const hmfm_option_value *hmfm_options_value(const hmfm_options *options, const char *name);
const char *hmfm_options_text(const hmfm_options *options, const char *name);
uint64_t hmfm_options_number(const hmfm_options *options, const char *name);
int hmfm_options_flag(const hmfm_options *options, const char *name);
int hmfm_options_given(const hmfm_options *options, const char *name);

/* The one number of an option of values, into *value, which stays as it is where it is not given. Errors: HMFM_EUSAGE
 * for more than one, or one with a name. */
hmfm_status hmfm_options_one_number(const hmfm_options *options, const char *name, double *value,
                                    hmfm_error *error);

/* Repeats an error of the library whose message opens with the name of an option, with the place
 * where the user gave it: "--gamma is given for ..." or "fit.json:3:5: gamma is given for ...", which
 * is then HMFM_EDATA. Any other error is repeated as it is. */
hmfm_status hmfm_options_place(const hmfm_options *options, const hmfm_error *why,
                               hmfm_error *error);

/* Passes every parameter that was given to the settings. */
hmfm_status hmfm_options_settings(const hmfm_options *options, hmfm_settings *settings,
                                  hmfm_error *error);

/* The configuration in force as JSON: the operand ("data"), every option that is to be stored and, where
 * model is not NULL, the values of its parameters; what is random or at no value is left out. */
hmfm_status hmfm_options_store(const hmfm_options *options, const hmfm_model *model, char **out,
                               hmfm_error *error);

void hmfm_options_help(const hmfm_options *options, FILE *to);

/* Reading single values (option_value.c). place opens the messages; status is what a bad value is:
 * HMFM_EUSAGE on the command line, HMFM_EDATA in a file. */
hmfm_status hmfm_option_value_set(const hmfm_option *option, const char *text, hmfm_source source,
                                  const char *place, hmfm_option_value *value, hmfm_error *error);
hmfm_status hmfm_option_value_set_entry(const hmfm_option *option, const hmfm_config_entry *entry,
                                        hmfm_option_value *value, hmfm_error *error);
void hmfm_option_value_clear(hmfm_option_value *value);

/* The name among `name` (n of them) that was probably meant by text, or NULL. */
const char *hmfm_suggest(const char *text, size_t n, const char *const *name);

#endif
