/* A folder of its own for each test that writes files. */
#include "support_folder.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[1024];

void enter_folder(void) {
  const char *temporary = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/hmfm-check-XXXXXX", temporary ? temporary : "/tmp");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
}

size_t count_files(void) {
  size_t n = 0;
  DIR *here = opendir(".");
  ck_assert_ptr_nonnull(here);
  while (readdir(here)) n++;
  closedir(here);
  return n - 2; /* . and .. */
}

void leave_folder(void) {
  DIR *here = opendir(".");
  for (struct dirent *entry; here && (entry = readdir(here));)
    if (unlink(entry->d_name) != 0 && entry->d_name[0] != '.') rmdir(entry->d_name);
  if (here) closedir(here);
  ck_assert_int_eq(chdir("/"), 0);
  ck_assert_int_eq(rmdir(folder), 0);
}
