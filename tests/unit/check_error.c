/* Status codes, errors and notes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

START_TEST(every_status_has_a_sentence_of_its_own) {
  for (int s = HMFM_OK; s <= HMFM_ENUMERIC + 1; s++) {
    const char *text = hmfm_status_text((hmfm_status)s);
    ck_assert_uint_gt(strlen(text), 5);
    for (int t = HMFM_OK; t < s; t++) ck_assert_str_ne(text, hmfm_status_text((hmfm_status)t));
  }
  ck_assert_str_eq(hmfm_status_text((hmfm_status)99), "unknown status");
  ck_assert_str_eq(hmfm_version(), HMFM_VERSION);
}
END_TEST

START_TEST(errors_carry_status_and_sentence) {
  hmfm_error error = {0};
  char text[600];
  ck_assert_int_eq(hmfm_fail(&error, HMFM_EDATA, "%s has %d", "row 3", 7), HMFM_EDATA);
  ck_assert_int_eq(error.status, HMFM_EDATA);
  ck_assert_str_eq(error.message, "row 3 has 7");
  ck_assert_int_eq(hmfm_fail(NULL, HMFM_EIO, "nobody listens"), HMFM_EIO);
  ck_assert_int_eq(hmfm_fail_memory(&error, "it"), HMFM_EMEMORY);
  ck_assert_str_eq(error.message, "not enough memory for it");
  memset(text, 'x', sizeof text); /* more than there is room for */
  text[sizeof text - 1] = '\0';
  hmfm_fail(&error, HMFM_EDATA, "%s", text);
  ck_assert_uint_eq(strlen(error.message), sizeof error.message - 1);
}
END_TEST

START_TEST(notes_gather) {
  hmfm_notes notes = {0};
  hmfm_notes_add(&notes, "%d rows", 3);
  hmfm_notes_add(&notes, "and %s", "more");
  hmfm_notes_add(NULL, "nobody listens");
  ck_assert_uint_eq(notes.count, 2);
  ck_assert_str_eq(notes.text[0], "3 rows");
  ck_assert_str_eq(notes.text[1], "and more");
  hmfm_notes_clear(&notes);
  ck_assert_uint_eq(notes.count, 0);
  hmfm_notes_clear(NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("error");
  TCase *all = tcase_create("error");
  tcase_add_test(all, every_status_has_a_sentence_of_its_own);
  tcase_add_test(all, errors_carry_status_and_sentence);
  tcase_add_test(all, notes_gather);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
