/* The program: its verbs, its exit codes, and how it speaks to the user. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "cli/options.h"
#include "hmfm/base.h"

/* Exit codes of the program. */
enum {
  HMFM_EXIT_OK = 0,
  HMFM_EXIT_RUN = 1,        /* the run failed */
  HMFM_EXIT_USAGE = 2,      /* the command line */
  HMFM_EXIT_INPUT = 3,      /* the data or the configuration file */
  HMFM_EXIT_INTERRUPTED = 4 /* stopped by a signal, what there was to save is saved */
};

/* One verb. run gets the words after "hmfm", its own name first, and returns an exit code. A verb that
 * winds up sees to SIGINT and SIGTERM itself; the others are ended by them. */
typedef struct hmfm_verb {
  const char *name, *meaning;
  int (*run)(int argc, char **argv);
  int winds_up;
} hmfm_verb;

int hmfm_cmd_sample(int argc, char **argv);
int hmfm_cmd_summary(int argc, char **argv);
int hmfm_cmd_compare(int argc, char **argv);
int hmfm_cmd_convert(int argc, char **argv);
int hmfm_cmd_simulate(int argc, char **argv);
int hmfm_cmd_prior(int argc, char **argv);
int hmfm_cmd_density(int argc, char **argv);
int hmfm_cmd_plot(int argc, char **argv);
int hmfm_cmd_partition(int argc, char **argv);
int hmfm_cmd_clusters(int argc, char **argv);
int hmfm_cmd_coclustering(int argc, char **argv);
int hmfm_cmd_score(int argc, char **argv);

/* Where an error arose: an HMFM_EIO is the input's fault or the output's. */
typedef enum hmfm_step { HMFM_STEP_INPUT, HMFM_STEP_OUTPUT } hmfm_step;

/* Prints the error of a verb to stderr, with a pointer to --help after a wrong command line, and returns
 * the exit code. */
int hmfm_cli_fail(const char *verb, const hmfm_error *error, hmfm_step step);

/* The options of a verb, from its command line. Returns -1 to go on, else the exit code: an error was
 * reported, or --help or --version answered. Always pass *options to hmfm_options_destroy. prepare, if
 * not NULL, sets defaults. */
int hmfm_cli_options(const hmfm_command *command, int argc, char **argv,
                     hmfm_status (*prepare)(hmfm_options *, hmfm_error *), hmfm_options **options);

/* 1 when both paths lead to one file: one that exists, or one that would be made. */
int hmfm_cli_same_file(const char *a, const char *b);

/* Flushes stdout; HMFM_EIO when what was printed did not arrive (a full disk, say). */
hmfm_status hmfm_cli_flush(hmfm_error *error);

#endif
