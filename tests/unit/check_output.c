/* Tests of output files that appear whole or not at all. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/output.h"
#include "support_folder.h"

static void holds(const char *path, const char *content) {
  char text[64] = "";
  FILE *file = fopen(path, "r");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  ck_assert_str_eq(text, content);
}

static void write_file(const char *path, const char *content) {
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(content, file);
  fclose(file);
}

static hmfm_output *opened(const char *path, int force, const char *content) {
  hmfm_error error = {0};
  hmfm_output *output = NULL;
  ck_assert_msg(hmfm_output_open(path, force, &output, &error) == HMFM_OK, "%s", error.message);
  fputs(content, hmfm_output_stream(output));
  return output;
}

static unsigned mode_of(const char *path) {
  struct stat there;
  ck_assert_int_eq(stat(path, &there), 0);
  return (unsigned)there.st_mode & 0777;
}

START_TEST(appears_when_whole) {
  umask(027);
  hmfm_output *output = opened("new", 0, "whole");
  ck_assert_int_ne(access("new", F_OK), 0);
  ck_assert_int_eq(access(hmfm_output_temporary(output), F_OK), 0);
  ck_assert_int_eq(hmfm_output_commit(output, NULL), HMFM_OK);
  holds("new", "whole");
  ck_assert_uint_eq(count_files(), 1);
  ck_assert_uint_eq(mode_of("new"), 0640);
}
END_TEST

START_TEST(discarded_leaves_nothing) {
  write_file("old", "before");
  hmfm_output_discard(opened("old", 1, "half"));
  hmfm_output_discard(NULL);
  holds("old", "before");
  ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(replaces_with_its_permissions) {
  write_file("old", "a longer text than after");
  chmod("old", 0400);
  hmfm_output *output = opened("old", 1, "after");
  ck_assert_int_eq(hmfm_output_commit(output, NULL), HMFM_OK);
  holds("old", "after");
  ck_assert_uint_eq(mode_of("old"), 0400);
  ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(two_at_a_time) {
  hmfm_output *a = opened("a", 0, "1"), *b = opened("b", 0, "2");
  ck_assert_str_ne(hmfm_output_temporary(a), hmfm_output_temporary(b));
  ck_assert_int_eq(hmfm_output_commit(a, NULL), HMFM_OK);
  ck_assert_int_eq(hmfm_output_commit(b, NULL), HMFM_OK);
  holds("a", "1");
  holds("b", "2");
}
END_TEST

START_TEST(links_are_followed) {
  ck_assert_int_eq(mkdir("folder", 0777), 0);
  write_file("folder/target", "before");
  ck_assert_int_eq(symlink("target", "folder/inner"), 0);
  ck_assert_int_eq(symlink("folder/inner", "outer"), 0);
  hmfm_output *output = opened("outer", 1, "after");
  ck_assert_int_eq(hmfm_output_commit(output, NULL), HMFM_OK);
  holds("folder/target", "after");
  struct stat there;
  ck_assert_int_eq(lstat("outer", &there), 0);
  ck_assert(S_ISLNK(there.st_mode));
  ck_assert_int_eq(symlink("folder/nothing yet", "dangling"), 0);
  ck_assert_int_eq(hmfm_output_commit(opened("dangling", 0, "new"), NULL), HMFM_OK);
  holds("folder/nothing yet", "new");
  unlink("folder/inner");
  unlink("folder/target");
  unlink("folder/nothing yet");
}
END_TEST

static void refused(const char *path, int force, const char *sentence) {
  hmfm_error error = {0};
  hmfm_output *output = NULL;
  size_t before = count_files();
  ck_assert_int_eq(hmfm_output_check(path, force, &error), HMFM_EIO);
  ck_assert_str_eq(error.message, sentence);
  ck_assert_int_eq(hmfm_output_open(path, force, &output, &error), HMFM_EIO);
  ck_assert_ptr_null(output);
  ck_assert_uint_eq(count_files(), before);
}

START_TEST(what_cannot_be_written) {
  write_file("old", "before");
  ck_assert_int_eq(mkdir("folder", 0777), 0);
  ck_assert_int_eq(symlink("loop", "loop"), 0);
  refused("", 1, "cannot write a file whose name is empty");
  refused("old", 0, "'old' exists already and is only replaced with --force");
  refused("folder", 1, "cannot write 'folder': it is a directory");
  refused("none/", 1, "cannot write 'none/': there is no such directory");
  refused("none/new", 1, "cannot write 'none/new': No such file or directory");
  refused("old/new", 1, "cannot write 'old/new': Not a directory");
  refused("loop", 1, "cannot write 'loop': Too many levels of symbolic links");
  refused("/dev/null", 1, "cannot write '/dev/null': it is not an ordinary file");
  holds("old", "before");
  if (geteuid() != 0) { /* nothing is forbidden to root */
    chmod("folder", 0555);
    refused("folder/new", 1, "cannot write 'folder/new': Permission denied");
    chmod("folder", 0777);
  }
}
END_TEST

START_TEST(check_leaves_nothing) {
  ck_assert_int_eq(hmfm_output_check("new", 0, NULL), HMFM_OK);
  ck_assert_uint_eq(count_files(), 0);
  write_file("old", "before");
  ck_assert_int_eq(hmfm_output_check("old", 1, NULL), HMFM_OK);
  holds("old", "before");
  ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(file_that_came_meanwhile_stays) {
  hmfm_error error = {0};
  hmfm_output *output = opened("new", 0, "ours");
  write_file("new", "theirs");
  ck_assert_int_eq(hmfm_output_commit(output, &error), HMFM_EIO);
  ck_assert_str_eq(error.message, "'new' exists already and is only replaced with --force");
  holds("new", "theirs");
  ck_assert_uint_eq(count_files(), 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("output");
  TCase *cases = tcase_create("output");
  tcase_add_checked_fixture(cases, enter_folder, leave_folder);
  tcase_add_test(cases, appears_when_whole);
  tcase_add_test(cases, discarded_leaves_nothing);
  tcase_add_test(cases, replaces_with_its_permissions);
  tcase_add_test(cases, two_at_a_time);
  tcase_add_test(cases, links_are_followed);
  tcase_add_test(cases, what_cannot_be_written);
  tcase_add_test(cases, check_leaves_nothing);
  tcase_add_test(cases, file_that_came_meanwhile_stays);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
