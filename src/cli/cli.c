/* What all verbs share: reading options, reporting errors, exit codes. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"

enum { PATH_ROOM = 4096 };

static int exit_code(hmfm_status status, hmfm_step step) {
  switch (status) {
  case HMFM_OK: return HMFM_EXIT_OK;
  case HMFM_EUSAGE: return HMFM_EXIT_USAGE;
  case HMFM_EDATA: return HMFM_EXIT_INPUT;
  case HMFM_EIO: return step == HMFM_STEP_INPUT ? HMFM_EXIT_INPUT : HMFM_EXIT_RUN;
  case HMFM_EMEMORY:
  case HMFM_ENUMERIC:
  case HMFM_ESTOPPED: break;
  }
  return HMFM_EXIT_RUN;
}

int hmfm_cli_fail(const char *verb, const hmfm_error *error, hmfm_step step) {
  fprintf(stderr, "hmfm %s: %s\n", verb,
          error->message[0] ? error->message : hmfm_status_text(error->status));
  if (error->status == HMFM_EUSAGE) fprintf(stderr, "Try 'hmfm %s --help'.\n", verb);
  return exit_code(error->status, step);
}

int hmfm_cli_options(const hmfm_command *command, int argc, char **argv,
                     hmfm_status (*prepare)(hmfm_options *, hmfm_error *), hmfm_options **options) {
  hmfm_error error = {0};
  int done = 0;
  *options = NULL;
  hmfm_status status = hmfm_options_create(command, options, &error);
  if (!status && prepare) status = prepare(*options, &error);
  if (!status) status = hmfm_options_parse(*options, argc, argv, &done, &error);
  if (status) return hmfm_cli_fail(command->name, &error, HMFM_STEP_INPUT);
  if (done) status = hmfm_cli_flush(&error);
  if (status) return hmfm_cli_fail(command->name, &error, HMFM_STEP_OUTPUT);
  return done ? HMFM_EXIT_OK : -1;
}

static int same_place(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Copies the folder of a path, and returns its last name. */
static const char *split_path(const char *path, char folder[PATH_ROOM]) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  snprintf(folder, PATH_ROOM, "%.*s.", (int)(name - path), path);
  return name;
}

int hmfm_cli_same_file(const char *a, const char *b) {
  char folder_a[PATH_ROOM], folder_b[PATH_ROOM];
  struct stat there;
  if (stat(a, &there) == 0 || stat(b, &there) == 0) return same_place(a, b);
  const char *name_a = split_path(a, folder_a), *name_b = split_path(b, folder_b);
  return strcmp(name_a, name_b) == 0 && same_place(folder_a, folder_b);
}

hmfm_status hmfm_cli_flush(hmfm_error *error) {
  const int before =
      ferror(stdout) ? errno : 0; /* a write that failed while there was more to say */
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout)) return HMFM_OK;
  const int why = errno ? errno : before;
  return hmfm_fail(error, HMFM_EIO, "cannot write to standard output: %s",
                   why ? strerror(why) : "write error");
}
