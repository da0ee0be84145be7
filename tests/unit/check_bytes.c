/* Bytes put one after another and read back, reads past the end, and the hash. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"

START_TEST(what_is_put_comes_back) {
  hmfm_bytes bytes = {0};
  double number = 0.1;
  char text[6] = "";
  for (uint64_t k = 0; k < 100; k++) hmfm_bytes_put_count(&bytes, k * k);
  hmfm_bytes_put(&bytes, &number, sizeof number);
  hmfm_bytes_put(&bytes, NULL, 0);
  hmfm_bytes_put_text(&bytes, "hello");
  ck_assert_int_eq(bytes.failed, 0);
  ck_assert_uint_eq(bytes.size, 100 * 8 + 8 + 8 + 5);
  hmfm_cursor cursor = {bytes.data, bytes.size, 0};
  for (uint64_t k = 0; k < 100; k++) ck_assert_uint_eq(hmfm_cursor_count(&cursor), k * k);
  hmfm_cursor_take(&cursor, &number, sizeof number);
  ck_assert_double_eq(number, 0.1);
  ck_assert_uint_eq(hmfm_cursor_count(&cursor), 5);
  memcpy(text, hmfm_cursor_skip(&cursor, 5), 5);
  ck_assert_str_eq(text, "hello");
  ck_assert_uint_eq(cursor.left, 0);
  ck_assert_int_eq(cursor.failed, 0);
  hmfm_free(bytes.data);
}
END_TEST

START_TEST(past_the_end) {
  const unsigned char byte[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  hmfm_cursor cursor = {byte, sizeof byte, 0};
  ck_assert_uint_eq(hmfm_cursor_count(&cursor), UINT64_C(0x0101010101010101));
  ck_assert_ptr_null(hmfm_cursor_skip(&cursor, UINT64_MAX));
  ck_assert_int_eq(cursor.failed, 1);
  ck_assert_uint_eq(hmfm_cursor_count(&cursor), 0); /* nor anything after it */
  char rest[2] = "xy";
  hmfm_cursor_take(&cursor, rest, 2);
  ck_assert_int_eq(rest[0] + rest[1], 0);
  cursor = (hmfm_cursor){NULL, 0, 0};
  ck_assert_uint_eq(hmfm_cursor_count(&cursor), 0);
  ck_assert_int_eq(cursor.failed, 1);
}
END_TEST

START_TEST(more_than_can_be) {
  hmfm_bytes bytes = {0};
  hmfm_bytes_put_count(&bytes, 1);
  hmfm_bytes_put(&bytes, "x", SIZE_MAX - 4);
  ck_assert_int_eq(bytes.failed, 1);
  hmfm_bytes_put_count(&bytes, 1);
  ck_assert_uint_eq(bytes.size, 8);
  hmfm_free(bytes.data);
}
END_TEST

/* Published values of FNV-1a with 64 bits. */
START_TEST(known_hashes) {
  ck_assert_uint_eq(hmfm_hash(HMFM_HASH_START, "", 0), UINT64_C(0xcbf29ce484222325));
  ck_assert_uint_eq(hmfm_hash(HMFM_HASH_START, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
  ck_assert_uint_eq(hmfm_hash(HMFM_HASH_START, "foobar", 6), UINT64_C(0x85944171f73967e8));
  const uint64_t in_two = hmfm_hash(hmfm_hash(HMFM_HASH_START, "foo", 3), "bar", 3);
  ck_assert_uint_eq(in_two, UINT64_C(0x85944171f73967e8));
  ck_assert_uint_ne(hmfm_hash_text(hmfm_hash_text(HMFM_HASH_START, "a"), "bc"),
                    hmfm_hash_text(hmfm_hash_text(HMFM_HASH_START, "ab"), "c"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("bytes");
  TCase *all = tcase_create("bytes");
  tcase_add_test(all, what_is_put_comes_back);
  tcase_add_test(all, past_the_end);
  tcase_add_test(all, more_than_can_be);
  tcase_add_test(all, known_hashes);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
