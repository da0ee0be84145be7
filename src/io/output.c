/* Output files that appear whole or not at all. What is written into them is not decided here. */
#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

struct hmfm_output {
  char *path;      /* as the user named it, for messages */
  char *target;    /* the same with links followed */
  char *temporary; /* in target's directory */
  int force;
  int mode; /* permissions of the file that is replaced; -1 where there is none */
  FILE *stream;
};

static hmfm_status fail_write(hmfm_error *error, const char *path) {
  return hmfm_fail(error, HMFM_EIO, "cannot write '%s': %s", path, strerror(errno));
}

/* Length of the directory part of path, its last slash included; 0 without one. */
static size_t directory_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Replaces *target, while it is a link, by what it points to. */
static hmfm_status follow_links(const char *path, char **target, hmfm_error *error) {
  for (int depth = 0; depth < 40; depth++) {
    char link[4096];
    ssize_t length = readlink(*target, link, sizeof link - 1);
    if (length < 0) return HMFM_OK; /* no link, or nothing there: for others to judge */
    link[length] = '\0';
    size_t directory = link[0] == '/' ? 0 : directory_length(*target);
    char *next = hmfm_calloc(directory + (size_t)length + 1, 1);
    if (!next) return hmfm_fail_memory(error, "a path");
    memcpy(next, *target, directory);
    memcpy(next + directory, link, (size_t)length + 1);
    hmfm_free(*target);
    *target = next;
  }
  errno = ELOOP;
  return fail_write(error, path);
}

/* Judges what is at path now. *mode becomes its permissions, or -1 where there is nothing. */
static hmfm_status judge_existing(const char *path, int force, int *mode, hmfm_error *error) {
  struct stat there;
  *mode = -1;
  if (stat(path, &there) != 0) return errno == ENOENT ? HMFM_OK : fail_write(error, path);
  if (S_ISDIR(there.st_mode))
    return hmfm_fail(error, HMFM_EIO, "cannot write '%s': it is a directory", path);
  if (!S_ISREG(there.st_mode))
    return hmfm_fail(error, HMFM_EIO, "cannot write '%s': it is not an ordinary file", path);
  if (!force)
    return hmfm_fail(error, HMFM_EIO, "'%s' exists already and is only replaced with --force",
                     path);
  *mode = (int)(there.st_mode & 0777);
  return HMFM_OK;
}

/* Creates a new file beside target; the process number and a count make its name unique. */
static hmfm_status create_temporary(hmfm_output *output, hmfm_error *error) {
  size_t directory = directory_length(output->target), size = directory + 64;
  output->temporary = hmfm_calloc(size, 1);
  if (!output->temporary) return hmfm_fail_memory(error, "a path");
  memcpy(output->temporary, output->target, directory);
  int file = -1;
  for (int attempt = 0; file < 0 && attempt < 1000; attempt++) {
    snprintf(output->temporary + directory, size - directory, ".hmfm-%ld-%d.tmp", (long)getpid(),
             attempt);
    file = open(output->temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (file < 0 && errno != EEXIST) break;
  }
  hmfm_status status = HMFM_OK;
  if (file < 0) {
    status = fail_write(error, output->path);
    hmfm_free(output->temporary);
    output->temporary = NULL; /* nothing of ours to remove */
    return status;
  }
  if (output->mode >= 0 && fchmod(file, (mode_t)output->mode | S_IRUSR | S_IWUSR) != 0)
    status = fail_write(error, output->path);
  if (status == HMFM_OK) {
    output->stream = fdopen(file, "wb");
    if (!output->stream) status = fail_write(error, output->path);
  }
  if (!output->stream) close(file);
  return status;
}

hmfm_status hmfm_output_open(const char *path, int force, hmfm_output **out, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  hmfm_output *output = hmfm_calloc(1, sizeof *output);
  if (!output) return hmfm_fail_memory(error, "an output file");
  size_t length = strlen(path);
  if (!length) {
    status = hmfm_fail(error, HMFM_EIO, "cannot write a file whose name is empty");
    goto out;
  }
  output->force = force;
  output->path = hmfm_strdup(path);
  output->target = hmfm_strdup(path);
  if (!output->path || !output->target) {
    status = hmfm_fail_memory(error, "a path");
    goto out;
  }
  status = judge_existing(path, force, &output->mode, error);
  if (status == HMFM_OK && output->mode < 0 && path[length - 1] == '/')
    status = hmfm_fail(error, HMFM_EIO, "cannot write '%s': there is no such directory", path);
  if (status == HMFM_OK) status = follow_links(path, &output->target, error);
  if (status == HMFM_OK) status = create_temporary(output, error);
  if (status == HMFM_OK) {
    *out = output;
    output = NULL;
  }
out:
  hmfm_output_discard(output);
  return status;
}

hmfm_status hmfm_output_check(const char *path, int force, hmfm_error *error) {
  hmfm_output *output = NULL;
  hmfm_status status = hmfm_output_open(path, force, &output, error);
  if (status == HMFM_OK) hmfm_output_discard(output);
  return status;
}

FILE *hmfm_output_stream(hmfm_output *output) { return output->stream; }

const char *hmfm_output_temporary(const hmfm_output *output) { return output->temporary; }

/* A rename is only on the disk when its directory is; not every system lets one say so. */
static void sync_directory(const char *target) {
  size_t length = directory_length(target);
  char *name = length ? hmfm_strdup(target) : hmfm_strdup("./");
  if (!name) return;
  if (length) name[length] = '\0';
  int file = open(name, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    fsync(file);
    close(file);
  }
  hmfm_free(name);
}

hmfm_status hmfm_output_commit(hmfm_output *output, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  int failed = ferror(output->stream), now;
  errno = EIO;
  if (failed || fflush(output->stream) != 0 || fsync(fileno(output->stream)) != 0)
    status = fail_write(error, output->path);
  if (status == HMFM_OK && output->mode >= 0 &&
      fchmod(fileno(output->stream), (mode_t)output->mode) != 0)
    status = fail_write(error, output->path);
  int closed = fclose(output->stream);
  output->stream = NULL;
  if (status == HMFM_OK && closed != 0) status = fail_write(error, output->path);
  if (status == HMFM_OK) status = judge_existing(output->path, output->force, &now, error);
  if (status == HMFM_OK && rename(output->temporary, output->target) != 0)
    status = fail_write(error, output->path);
  if (status == HMFM_OK) {
    hmfm_free(output->temporary);
    output->temporary = NULL;
    sync_directory(output->target);
  }
  hmfm_output_discard(output);
  return status;
}

void hmfm_output_discard(hmfm_output *output) {
  if (!output) return;
  if (output->stream) fclose(output->stream);
  if (output->temporary) unlink(output->temporary);
  hmfm_free(output->temporary);
  hmfm_free(output->target);
  hmfm_free(output->path);
  hmfm_free(output);
}
