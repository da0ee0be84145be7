/* What hmfm summary says of quantities that have not converged, and numbers in words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "cli/number_text.h"
#include "cli/summary.h"

/* A report of three quantities, each of a variable of its own, and its sentences in one text. */
static hmfm_draws draws = {.n_chains = 4, .n_draws = 1000};
static hmfm_variable variable[3] = {
    {.name = "lambda", .width = 1}, {.name = "K", .width = 1}, {.name = "M", .width = 1}};
static hmfm_quantity quantity[3];
static char said[4000];

static void set(size_t k, double rhat, double ess) {
  quantity[k] = (hmfm_quantity){.name = variable[k].name, .variable = &variable[k]};
  quantity[k].value = (hmfm_diagnostics){.rhat = rhat, .ess_bulk = ess};
  quantity[k].bad_rhat = rhat > HMFM_RHAT_LIMIT;
  quantity[k].bad_ess = ess < 400;
}

static void judge(void) {
  hmfm_report report = {
      .draws = &draws, .n_quantities = 3, .quantity = quantity, .ess_wanted = HMFM_ESS_LIMIT * 4};
  said[0] = '\0';
  hmfm_report_judge(&report);
  for (size_t k = 0; k < report.warnings.count; k++) {
    ck_assert_uint_lt(strlen(said) + strlen(report.warnings.text[k]) + 2, sizeof said);
    strcat(strcat(said, report.warnings.text[k]), "\n");
  }
  hmfm_notes_clear(&report.remarks);
  hmfm_notes_clear(&report.warnings);
}

#define SAYS(words) ck_assert_msg(strstr(said, words) != NULL, "no '%s' in: %s", words, said)
#define SAYS_NOT(words) ck_assert_msg(strstr(said, words) == NULL, "'%s' in: %s", words, said)

START_TEST(nothing_is_said_of_what_is_fine) {
  for (size_t k = 0; k < 3; k++) set(k, 1.003, 800);
  judge();
  ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(length_follows_from_the_least_effective_size) {
  set(0, 1.001, 800);
  set(1, 1.0123, 40);
  set(2, 1.004, 200);
  judge();
  SAYS("rhat is above 1.01 for K (rhat 1.0123). Lengthen warmup and draws");
  SAYS("ess_bulk is below 400 (100 a chain) for K (ess_bulk 40), M (ess_bulk 200)");
  SAYS("Sample about 10 times as many sweeps");
  SAYS_NOT("modes");
}
END_TEST

/* An effective size of 4 because the chains are apart says nothing about the length of a run. */
START_TEST(length_does_not_follow_from_chains_that_are_apart) {
  set(0, 1.02, 100);
  set(1, 3.3333, 4);
  set(2, 1.001, 800);
  judge();
  SAYS("for lambda (rhat 1.020), K (rhat 3.333).");
  SAYS("sit in different modes");
  SAYS("where rhat is at most 1.05: ess_bulk is below 400 (100 a chain) for lambda (ess_bulk 100)");
  SAYS("Sample about 4 times as many sweeps");
  SAYS_NOT("ess_bulk 4)");
  set(0, 1.001, 800);
  judge();
  SAYS_NOT("times as many");
  SAYS_NOT("Lengthen");
}
END_TEST

START_TEST(an_infinite_rhat_is_put_in_words) {
  for (size_t k = 0; k < 3; k++) set(k, 1.001, 800);
  set(1, INFINITY, 4);
  quantity[1].is_stuck = 1;
  judge();
  SAYS("for K (every chain stays at a value of its own).");
  quantity[1].is_stuck = 0;
  judge();
  SAYS("for K (rhat infinite).");
}
END_TEST

START_TEST(one_chain_is_compared_with_itself) {
  for (size_t k = 0; k < 3; k++) set(k, 1.001, 800);
  set(1, 1.03, 800);
  draws.n_chains = 1;
  judge();
  draws.n_chains = 4;
  SAYS("The chain has not settled, for its halves differ: rhat is above 1.01 for K (rhat 1.030)");
}
END_TEST

START_TEST(numbers_in_words) {
  const struct {
    double value;
    const char *speed;
  } speed[] = {{19423, "19420 "},  {1.942e6, "1942000 "}, {9999.7, "10000 "},
               {217.93, "217.9 "}, {10000, "10000 "},     {0.0312, "0.0312 "}};
  char text[100];
  for (size_t k = 0; k < sizeof speed / sizeof *speed; k++) {
    hmfm_speed_text(speed[k].value, text, sizeof text);
    ck_assert_msg(strncmp(text, speed[k].speed, strlen(speed[k].speed)) == 0, "%s", text);
  }
  const struct {
    double seconds;
    const char *words;
  } duration[] = {{-1, "0.00 s"},         {0.42, "0.42 s"},         {38, "38 s"},
                  {245, "4 min 05 s"},    {3599, "59 min 59 s"},    {3599.7, "1 h 00 min"},
                  {11520, "3 h 12 min"},  {86399, "24 h 00 min"},   {1e19, "2.78e+15 h"},
                  {1e300, "2.78e+296 h"}, {NAN, "an unknown time"}, {INFINITY, "an unknown time"}};
  for (size_t k = 0; k < sizeof duration / sizeof *duration; k++) {
    hmfm_duration_text(duration[k].seconds, text, sizeof text);
    ck_assert_str_eq(text, duration[k].words);
  }
  hmfm_rhat_text(1.0042, text, sizeof text);
  ck_assert_str_eq(text, "rhat 1.004");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("summary");
  TCase *group = tcase_create("sentences");
  tcase_add_test(group, nothing_is_said_of_what_is_fine);
  tcase_add_test(group, length_follows_from_the_least_effective_size);
  tcase_add_test(group, length_does_not_follow_from_chains_that_are_apart);
  tcase_add_test(group, an_infinite_rhat_is_put_in_words);
  tcase_add_test(group, one_chain_is_compared_with_itself);
  tcase_add_test(group, numbers_in_words);
  suite_add_tcase(suite, group);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
