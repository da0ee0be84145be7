/* In place of libFuzzer: runs a target once on every file of the folders and files named, so that what
 * was found once stays mended, with any compiler. */
#include "support.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t n_inputs;

static void replay_file(const char *name) {
  static uint8_t data[1 << 20];
  FILE *file = fopen(name, "rb");
  fuzz_require(file != NULL, name);
  size_t size = fread(data, 1, sizeof data, file);
  fclose(file);
  fprintf(stderr, "%s\n", name); /* the last line names the input of a crash */
  /* In a block of its own size, so that tools see a byte read past the end. */
  uint8_t *copy = malloc(size ? size : 1);
  fuzz_require(copy != NULL, "not enough memory");
  memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
  n_inputs++;
}

static void replay(const char *name) {
  struct stat there;
  fuzz_require(stat(name, &there) == 0, name);
  if (!S_ISDIR(there.st_mode)) {
    replay_file(name);
    return;
  }
  DIR *folder = opendir(name);
  fuzz_require(folder != NULL, name);
  for (struct dirent *entry; (entry = readdir(folder));) {
    char path[4096];
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
    replay_file(path);
  }
  closedir(folder);
}

int main(int argc, char **argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  for (int k = 1; k < argc; k++) replay(argv[k]);
  if (!n_inputs) fprintf(stderr, "usage: %s CORPUS...\n", argv[0]);
  printf("%zu inputs replayed\n", n_inputs);
  return n_inputs ? EXIT_SUCCESS : EXIT_FAILURE;
}
