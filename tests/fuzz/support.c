/* Files, bytes and demands of the fuzzing targets. */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Options of the sanitizers, which they look up under these names: an allocation beyond 64 MB fails, as
 * it would on a small machine, instead of ending the process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "allocator_may_return_null=1:max_allocation_size_mb=64:detect_leaks=1:"
         "detect_stack_use_after_return=1";
}
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void) { return "print_stacktrace=1"; }

static char folder[256], path[2][320];

static void remove_all(void) {
  unlink(path[0]);
  unlink(path[1]);
  rmdir(folder);
}

/* No file may grow beyond a few MB, whatever an input makes of it: writing then fails. */
static void limit_files(void) {
  const struct rlimit limit = {1 << 23, 1 << 23};
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);
}

/* In memory where there is a file system in memory. */
static void make_folder(void) {
  const char *top = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  if (getenv("TMPDIR")) top = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/hmfm-fuzz-XXXXXX", top);
  fuzz_require(mkdtemp(folder) != NULL, "a folder for files cannot be made");
  for (int k = 0; k < 2; k++) snprintf(path[k], sizeof path[k], "%s/%d", folder, k);
  atexit(remove_all);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  make_folder();
  limit_files();
  return 0;
}

const char *fuzz_path(int which) { return path[which]; }

void fuzz_rename_path(int which) {
  static unsigned number = 2;
  unlink(path[which]);
  snprintf(path[which], sizeof path[which], "%s/%u", folder, number++);
}

const char *fuzz_file(const uint8_t *data, size_t size) {
  int file = open(path[0], O_CREAT | O_TRUNC | O_WRONLY, 0600);
  fuzz_require(file >= 0 && (!size || write(file, data, size) == (ssize_t)size) && close(file) == 0,
               "the file of the input cannot be written");
  return path[0];
}

void fuzz_require(int condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "fuzz: %s\n", what);
  abort();
}

void fuzz_expect(hmfm_status status, const hmfm_error *error, unsigned expected) {
  expected |= 1u << HMFM_OK | 1u << HMFM_EMEMORY;
  if (!(expected >> status & 1)) {
    fprintf(stderr, "fuzz: status %d: %s\n", (int)status, error->message);
    abort();
  }
  if (!status) return;
  fuzz_require(error->status == status, "the error has another status than the function");
  size_t length = strnlen(error->message, sizeof error->message);
  fuzz_require(length > 0 && length < sizeof error->message, "the error has no sentence");
}

uint8_t fuzz_byte(fuzz_bytes *bytes) {
  return bytes->at < bytes->size ? bytes->data[bytes->at++] : 0;
}

size_t fuzz_below(fuzz_bytes *bytes, size_t n) { return fuzz_byte(bytes) % n; }

FILE *fuzz_nowhere(void) {
  static FILE *to;
  if (!to) to = fopen("/dev/null", "w");
  fuzz_require(to != NULL, "/dev/null cannot be opened");
  return to;
}
