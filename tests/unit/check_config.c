/* Configurations: what is read from JSON with which place, what is refused, and the way back. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/config.h"

static hmfm_config *parse(const char *text) {
  hmfm_config *config = NULL;
  hmfm_error error = {0};
  ck_assert_msg(!hmfm_config_parse(text, strlen(text), "c.json", &config, &error), "%s",
                error.message);
  return config;
}

/* The text must be refused as data, with this message. */
static void refuse(const char *text, const char *message) {
  hmfm_config *config = NULL;
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_config_parse(text, strlen(text), "c.json", &config, &error), HMFM_EDATA);
  ck_assert_int_eq(error.status, HMFM_EDATA);
  ck_assert_ptr_null(config);
  ck_assert_msg(strstr(error.message, message) != NULL, "'%s' is not in '%s'", message,
                error.message);
}

START_TEST(kinds_of_values) {
  hmfm_config *c =
      parse("{\"a\": true, \"b\": \"text\", \"c\": 3, \"d\": -2.5e-3,\n"
            " \"e\": [1, 2.5], \"f\": [\"x\", \"y,z\"], \"g\": {\"m=1\": 4, \"n\": 5},\n"
            " \"h\": [], \"i\": {}}");
  ck_assert_uint_eq(c->n_entries, 9);
  const hmfm_config_entry *e = hmfm_config_find(c, "a");
  ck_assert(e->kind == HMFM_CONFIG_TRUTH && e->truth == 1 && !e->is_list);
  e = hmfm_config_find(c, "b");
  ck_assert(e->kind == HMFM_CONFIG_TEXT && e->n == 1 && !e->is_list);
  ck_assert_str_eq(e->text[0], "text");
  e = hmfm_config_find(c, "c");
  ck_assert(e->kind == HMFM_CONFIG_NUMBER && e->number[0] == 3 && !strcmp(e->text[0], "3"));
  ck_assert(hmfm_config_find(c, "d")->number[0] == -2.5e-3);
  e = hmfm_config_find(c, "e");
  ck_assert(e->kind == HMFM_CONFIG_NUMBER && e->is_list && e->n == 2 && !e->label);
  ck_assert(e->number[0] == 1 && e->number[1] == 2.5);
  e = hmfm_config_find(c, "f");
  ck_assert(e->kind == HMFM_CONFIG_TEXT && e->is_list && e->n == 2 && !e->number);
  ck_assert_str_eq(e->text[1], "y,z");
  e = hmfm_config_find(c, "g");
  ck_assert(e->kind == HMFM_CONFIG_NUMBER && e->is_list && e->n == 2 && e->number[1] == 5);
  ck_assert_str_eq(e->label[0], "m=1");
  ck_assert_uint_eq(hmfm_config_find(c, "h")->n, 0);
  ck_assert(hmfm_config_find(c, "i")->is_list);
  ck_assert_ptr_null(hmfm_config_find(c, "j"));
  hmfm_config_destroy(c);
}
END_TEST

/* Columns count characters, and neither nested keys nor values that look like keys are mistaken. */
START_TEST(places_of_keys) {
  hmfm_config *c = parse("{\"draws\": {\"thin\": 1, \"warmup\": 2},\n"
                         "  \"note\": \"thin\",\n"
                         "  \"\xc3\xa4\xc3\xb6\": 1, \"thin\": 3, \"say \\\"x\\\"\": 4,\n"
                         "\t\"warmup\" : 4}");
  ck_assert_str_eq(hmfm_config_find(c, "draws")->place, "c.json:1:2");
  ck_assert_str_eq(hmfm_config_find(c, "note")->place, "c.json:2:3");
  ck_assert_str_eq(hmfm_config_find(c, "\xc3\xa4\xc3\xb6")->place, "c.json:3:3");
  ck_assert_str_eq(hmfm_config_find(c, "thin")->place, "c.json:3:12");
  ck_assert_str_eq(hmfm_config_find(c, "say \"x\"")->place, "c.json"); /* written with escapes */
  ck_assert_str_eq(hmfm_config_find(c, "warmup")->place, "c.json:4:2");
  hmfm_config_destroy(c);
}
END_TEST

START_TEST(refusals) {
  refuse("", "c.json:1:1: the configuration is empty");
  refuse(" \n", "c.json:1:1: the configuration is empty");
  refuse("null", "c.json:1:1: a configuration is an object { \"key\": value }, not null");
  refuse("{} {}", "c.json:1:4: end of file expected near '{'");
  refuse("{\"a\": 1,\n \"b\" 2}", "c.json:2:");
  refuse("{\"a\": 1,\n \"a\": 2}", "duplicate");
  refuse("{\"a\": {\"b\": 1,\n \"b\": 2}}", "duplicate");
  refuse("{\"a\": 1} x", "c.json:1:");
  refuse("[1]", "c.json:1:1: a configuration is an object");
  refuse("{\"a\":\n null}", "c.json:1:2: a is null");
  refuse("{\n \"a\": [1, \"x\"]}", "c.json:2:2: a mixes numbers and texts");
  refuse("{\"a\": [\"x\", 1]}", "a mixes numbers and texts");
  refuse("{\"a\": [1, [2]]}", "a holds an array");
  refuse("{\"a\": [true]}", "a holds true or false");
  refuse("{\"a\": {\"b\": \"x\"}}", "a needs a number for 'b', not text");
  refuse("{\"a\": {\"b\": null}}", "a needs a number for 'b', not null");
  refuse("{\"a\": 1e999}", "c.json:1:");
  refuse("{\"a\": 123456789012345678901234567890}",
         "c.json:1:36: too big integer '123456789012345678901234567890'");
  refuse("{\"a\": \"\xff\"}", "c.json:1:");
}
END_TEST

START_TEST(byte_order_mark) {
  hmfm_config *c = parse("\xef\xbb\xbf{\"a\": 1}");
  ck_assert_str_eq(hmfm_config_find(c, "a")->place, "c.json:1:2");
  hmfm_config_destroy(c);
}
END_TEST

/* Numbers of 64 bits come through, which doubles would round. */
START_TEST(whole_numbers_exact) {
  hmfm_config *c = parse("{\"a\": 9007199254740993, \"b\": 9223372036854775807}");
  ck_assert_str_eq(hmfm_config_find(c, "a")->text[0], "9007199254740993");
  ck_assert_str_eq(hmfm_config_find(c, "b")->text[0], "9223372036854775807");
  hmfm_config_destroy(c);
}
END_TEST

static hmfm_config *build(void) {
  char *names[] = {"Gender", "say \"x\", \xc3\xa4"};
  const char *labels[] = {"S 1", "S=2"};
  const double numbers[] = {0.1, 1.0 / 3};
  hmfm_config *c = NULL;
  ck_assert(!hmfm_config_create(&c, NULL));
  ck_assert(!hmfm_config_add_truth(c, "prior-only", 1, NULL));
  ck_assert(!hmfm_config_add_count(c, "draws", 1000, NULL));
  ck_assert(!hmfm_config_add_count(c, "seed", 18446744073709551615ULL, NULL));
  ck_assert(!hmfm_config_add_text(c, "response", "Result\n", NULL));
  ck_assert(!hmfm_config_add_texts(c, "covariates", 2, names, NULL));
  ck_assert(!hmfm_config_add_texts(c, "none", 0, NULL, NULL));
  ck_assert(!hmfm_config_add_number(c, "s0", 0.1, NULL));
  ck_assert(!hmfm_config_add_number(c, "tiny", 4.9e-324, NULL));
  ck_assert(!hmfm_config_add_number(c, "below zero", -0.0, NULL));
  ck_assert(!hmfm_config_add_numbers(c, "beta-mean", 2, numbers, NULL, NULL));
  ck_assert(!hmfm_config_add_numbers(c, "gamma", 2, numbers, labels, NULL));
  return c;
}

static void same_entry(const hmfm_config_entry *a, const hmfm_config_entry *b) {
  ck_assert_str_eq(a->key, b->key);
  ck_assert_int_eq(a->truth, b->truth);
  ck_assert_uint_eq(a->n, b->n);
  ck_assert_int_eq(a->label != NULL, b->label != NULL);
  if (a->n) ck_assert_int_eq(a->kind, b->kind); /* an empty array has no kind in JSON */
  for (size_t k = 0; k < a->n; k++) {
    if (a->kind == HMFM_CONFIG_TEXT) ck_assert_str_eq(a->text[k], b->text[k]);
    if (a->kind == HMFM_CONFIG_NUMBER) /* bit for bit: 0 is not -0 */
      ck_assert(!memcmp(&a->number[k], &b->number[k], sizeof *a->number));
    if (a->label) ck_assert_str_eq(a->label[k], b->label[k]);
  }
}

START_TEST(written_and_read_again) {
  hmfm_config *built = build();
  char *text = NULL;
  ck_assert(!hmfm_config_write(built, &text, NULL));
  ck_assert_ptr_nonnull(strstr(text, "\"s0\": 0.1,"));
  ck_assert_ptr_nonnull(strstr(text, "\"seed\": \"18446744073709551615\""));
  hmfm_config *read = parse(text);
  ck_assert_uint_eq(read->n_entries, built->n_entries);
  for (size_t k = 0; k < built->n_entries; k++) same_entry(&built->entry[k], &read->entry[k]);
  hmfm_config_destroy(read);
  hmfm_config_destroy(built);
  hmfm_free(text);
}
END_TEST

START_TEST(text_that_is_no_utf8) {
  hmfm_config *c = NULL;
  hmfm_error error = {0};
  char *text = NULL;
  ck_assert(!hmfm_config_create(&c, NULL));
  ck_assert(!hmfm_config_add_text(c, "response",
                                  "Gr\xf6\xdf"
                                  "e",
                                  NULL));
  ck_assert_int_eq(hmfm_config_write(c, &text, &error), HMFM_EDATA);
  ck_assert_ptr_nonnull(strstr(error.message, "UTF-8"));
  ck_assert_ptr_null(text);
  hmfm_config_destroy(c);
}
END_TEST

START_TEST(files) {
  char path[] = "/tmp/check_config_XXXXXX";
  hmfm_config *c = NULL;
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_config_read("/nowhere/c.json", &c, &error), HMFM_EIO);
  ck_assert_str_eq(error.message, "cannot open '/nowhere/c.json': No such file or directory");
  ck_assert_int_eq(hmfm_config_read("/tmp", &c, &error), HMFM_EIO);
  int descriptor = mkstemp(path);
  ck_assert_int_ge(descriptor, 0);
  FILE *file = fdopen(descriptor, "w");
  fprintf(file, "{\"a\": [");
  for (int k = 0; k < 5000; k++) fprintf(file, "%d, ", k); /* longer than one block of reading */
  fprintf(file, "5000]}\n");
  fclose(file);
  hmfm_status status = hmfm_config_read(path, &c, &error);
  unlink(path);
  ck_assert_msg(!status, "%s", error.message);
  ck_assert_uint_eq(c->entry[0].n, 5001);
  ck_assert(c->entry[0].number[5000] == 5000);
  hmfm_config_destroy(c);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("config");
  TCase *tests = tcase_create("config");
  tcase_add_test(tests, kinds_of_values);
  tcase_add_test(tests, places_of_keys);
  tcase_add_test(tests, refusals);
  tcase_add_test(tests, byte_order_mark);
  tcase_add_test(tests, whole_numbers_exact);
  tcase_add_test(tests, written_and_read_again);
  tcase_add_test(tests, text_that_is_no_utf8);
  tcase_add_test(tests, files);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
