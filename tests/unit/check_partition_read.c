/* Reading one partition from CSV: names, clusters, rows that repeat, and matching it to other units. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/partition_read.h"

static char path[40];
static hmfm_error error;
static hmfm_named_partition named;

static void start(void) {
  strcpy(path, "/tmp/check-partition-XXXXXX");
  int file = mkstemp(path);
  ck_assert_int_ge(file, 0);
  close(file);
  named = (hmfm_named_partition){0};
}

static void finish(void) {
  unlink(path);
  hmfm_named_partition_clear(&named);
}

static void write_text(const char *text) {
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  ck_assert_int_eq(fclose(file), 0);
}

static hmfm_status read_text(const char *text) {
  hmfm_named_partition_clear(&named);
  write_text(text);
  return hmfm_partition_read(path, "g", "u", "c", &named, &error);
}

static void check_refused(const char *text, const char *message) {
  ck_assert_int_eq(read_text(text), HMFM_EDATA);
  ck_assert_msg(strstr(error.message, message) != NULL, "got: %s", error.message);
  ck_assert_ptr_null(named.label);
}

START_TEST(units_are_pairs_and_rows_repeat) {
  ck_assert_int_eq(read_text("y,c,u,g\n1,7,1,a\n2,x,1,b\n3,7,1,a\n4,7,2,b\n5,x,\"1,1\",\n"),
                   HMFM_OK);
  ck_assert_uint_eq(named.n_units, 4);
  ck_assert_uint_eq(named.n_clusters, 2);
  const char *const group[] = {"a", "b", "b", ""}, *const unit[] = {"1", "1", "2", "1,1"};
  const uint32_t label[] = {0, 1, 0, 1};
  for (int i = 0; i < 4; i++) {
    ck_assert_str_eq(named.group[i], group[i]);
    ck_assert_str_eq(named.unit[i], unit[i]);
    ck_assert_uint_eq(named.label[i], label[i]);
  }
}
END_TEST

/* "1" of group "11" and "11" of group "1" must not be one unit. */
START_TEST(pairs_are_not_run_together) {
  ck_assert_int_eq(read_text("g,u,c\n1,11,1\n11,1,2\n1/1,1,3\n1,1/1,4\n"), HMFM_OK);
  ck_assert_uint_eq(named.n_units, 4);
  ck_assert_uint_eq(named.n_clusters, 4);
}
END_TEST

START_TEST(without_groups) {
  write_text("u,c\n5,1\n6,1\n");
  ck_assert_int_eq(hmfm_partition_read(path, NULL, "u", "c", &named, &error), HMFM_OK);
  ck_assert_uint_eq(named.n_units, 2);
  ck_assert_uint_eq(named.n_clusters, 1);
  ck_assert_str_eq(named.group[1], "");
}
END_TEST

START_TEST(what_is_no_partition) {
  check_refused("g,u,c\na,1,1\na,1,2\n", "unit '1' of group 'a' is in cluster '1' and in '2'");
  check_refused("g,u,c\na,1,\n", "unit '1' of group 'a' has no cluster");
  check_refused("g,u,c\na,,1\n", "column u: the unit label is empty");
  check_refused("g,u,k\na,1,1\n", "there is no column 'c' (columns: g, u, k)");
  check_refused("g,u,c\n", "there are no rows below the header");
  check_refused("g,u,c\na,1\n", "the row has 2 fields, the header has 3");
}
END_TEST

START_TEST(matching_by_names) {
  ck_assert_int_eq(read_text("g,u,c\na,1,1\nb,1,2\na,2,3\n"), HMFM_OK);
  char *group[] = {"b", "a", "a"}, *unit[] = {"1", "2", "1"};
  uint32_t label[3];
  ck_assert_int_eq(hmfm_named_partition_match(&named, "f.csv", 3, group, unit, label, &error),
                   HMFM_OK);
  ck_assert_uint_eq(label[0], 1);
  ck_assert_uint_eq(label[1], 2);
  ck_assert_uint_eq(label[2], 0);
  ck_assert_int_eq(hmfm_named_partition_match(&named, "f.csv", 2, group, unit, label, &error),
                   HMFM_EDATA);
  ck_assert_str_eq(error.message,
                   "f.csv has unit '1' of group 'a', which is not among the units at hand");
  unit[1] = "3";
  ck_assert_int_eq(hmfm_named_partition_match(&named, "f.csv", 3, group, unit, label, &error),
                   HMFM_EDATA);
  ck_assert_str_eq(error.message, "f.csv does not have unit '3' of group 'a'");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("partition_read");
  TCase *tests = tcase_create("partition_read");
  tcase_add_checked_fixture(tests, start, finish);
  tcase_add_test(tests, units_are_pairs_and_rows_repeat);
  tcase_add_test(tests, pairs_are_not_run_together);
  tcase_add_test(tests, without_groups);
  tcase_add_test(tests, what_is_no_partition);
  tcase_add_test(tests, matching_by_names);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
