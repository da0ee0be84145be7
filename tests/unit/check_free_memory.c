/* What the system says of free memory, read from files made up in a folder that stands for its root. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "support_folder.h"

static void put(const char *path, const char *text) {
  char part[256];
  for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
    snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
    mkdir(part, 0777);
  }
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  ck_assert_int_ge(fputs(text, file), 0);
  ck_assert_int_eq(fclose(file), 0);
}

static void put_machine(void) {
  put("root/proc/meminfo", "MemTotal:  24684084 kB\nMemFree:  100 kB\nMemAvailable:  9000000 kB\n");
  put("root/proc/self/status", "Name:\thmfm\nVmSize:\t  200000 kB\n");
  put("root/proc/self/limits",
      "Limit                     Soft Limit           Hard Limit           Units\n"
      "Max address space         unlimited            unlimited            bytes\n");
}

static void leave(void) {
  ck_assert_int_eq(system("rm -rf root"), 0);
  leave_folder();
}

START_TEST(nothing_is_known) { ck_assert(hmfm_memory_free("nowhere") == 0); }
END_TEST

START_TEST(the_machine) {
  put_machine();
  ck_assert(hmfm_memory_free("root") == 9000000 * 1024.0);
}
END_TEST

START_TEST(limit_of_address_space) {
  put_machine();
  put("root/proc/self/limits",
      "Max address space         1000000000           unlimited            bytes\n");
  ck_assert(hmfm_memory_free("root") == 1e9 - 200000 * 1024.0);
  put("root/proc/self/limits", "Max address space         1000            1000            bytes\n");
  ck_assert(hmfm_memory_free("root") == 1); /* less than nothing is still known */
}
END_TEST

/* The group of the process says max, the one that it is in has a limit, of which files may give some back. */
START_TEST(groups_of_version_2) {
  put_machine();
  put("root/proc/self/cgroup", "0::/batch/job_7\n");
  put("root/sys/fs/cgroup/batch/job_7/memory.max", "max\n");
  put("root/sys/fs/cgroup/batch/job_7/memory.current", "5000\n");
  put("root/sys/fs/cgroup/batch/memory.max", "4000000000\n");
  put("root/sys/fs/cgroup/batch/memory.current", "1500000000\n");
  put("root/sys/fs/cgroup/batch/memory.stat", "anon 1\ninactive_file 250000000\nactive_file 9\n");
  ck_assert(hmfm_memory_free("root") == 2750000000.0);
  put("root/sys/fs/cgroup/batch/job_7/memory.max", "2000000000\n"); /* now both have one */
  ck_assert(hmfm_memory_free("root") == 1999995000.0);
}
END_TEST

/* In a container the path of the group is not there, and the limit stands at the top. */
START_TEST(groups_of_version_1) {
  put_machine();
  put("root/proc/self/cgroup", "9:name=systemd:/\n4:memory:/docker/5268da\n2:cpuacct:/\n0::/\n");
  put("root/sys/fs/cgroup/memory/memory.limit_in_bytes", "3000000000\n");
  put("root/sys/fs/cgroup/memory/memory.usage_in_bytes", "1000000000\n");
  put("root/sys/fs/cgroup/memory/memory.stat", "cache 7\ntotal_inactive_file 1000000\n");
  ck_assert(hmfm_memory_free("root") == 2001000000.0);
  put("root/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  ck_assert(hmfm_memory_free("root") == 9000000 * 1024.0); /* which is none */
}
END_TEST

int main(void) {
  Suite *suite = suite_create("free_memory");
  TCase *tests = tcase_create("free_memory");
  tcase_add_checked_fixture(tests, enter_folder, leave);
  tcase_add_test(tests, nothing_is_known);
  tcase_add_test(tests, the_machine);
  tcase_add_test(tests, limit_of_address_space);
  tcase_add_test(tests, groups_of_version_2);
  tcase_add_test(tests, groups_of_version_1);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
