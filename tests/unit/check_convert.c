/* Tests of draws as CSV: what is written, to the letter, and what is refused. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/convert.h"
#include "io/netcdf.h"
#include "support_draws.h"

/* All that a conversion writes; the caller frees it. */
static char *converted(const hmfm_draws *draws, const char *what) {
  char *text = NULL;
  size_t size = 0;
  hmfm_error error = {0};
  FILE *stream = open_memstream(&text, &size);
  ck_assert_ptr_nonnull(stream);
  ck_assert_msg(hmfm_convert_write(draws, what, stream, &error) == HMFM_OK, "%s", error.message);
  ck_assert_int_eq(fclose(stream), 0);
  return text;
}

static size_t count_of(const char *text, char c) {
  size_t n = 0;
  for (; *text; text++) n += *text == c;
  return n;
}

static void starts_with(const char *text, const char *start) {
  ck_assert_msg(!strncmp(text, start, strlen(start)), "wrote:\n%s\nnot:\n%s", text, start);
}

START_TEST(scalars) {
  example what = example_full;
  what.covariates = 1;
  hmfm_draws *draws = example_create(&what);
  hmfm_variable *variable = draws->variable;
  variable[0].value[3] = 0.1;
  variable[0].value[4] = 1e300;
  variable[0].value[8] = -2;
  char *text = converted(draws, "scalars");
  starts_with(text, "chain,draw,lambda,gamma[10],\"gamma[Süd, \"\"Ost\"\"]\",gamma[a/b],K,"
                    "K_group[10],\"K_group[Süd, \"\"Ost\"\"]\",K_group[a/b],\"beta[10,GenderW]\","
                    "\"beta[Süd, \"\"Ost\"\",GenderW]\",\"beta[a/b,GenderW]\",shared[GenderW],"
                    "log_lik\n0,0,NaN,");
  ck_assert_ptr_nonnull(strstr(text, "\n0,1,-Inf,"));
  ck_assert_ptr_nonnull(strstr(text, "\n0,2,4.94065645841247e-324,"));
  ck_assert_ptr_nonnull(strstr(text, "\n0,3,0.1,"));
  ck_assert_ptr_nonnull(strstr(text, "\n0,4,1e+300,"));
  ck_assert_ptr_nonnull(strstr(text, "\n1,0,-2,")); /* the second chain starts at the capacity */
  ck_assert_uint_eq(count_of(text, '\n'), 1 + 2 * 5);
  free(text);
  hmfm_draws_destroy(draws);
}
END_TEST

/* Every number that is written reads back as itself. */
START_TEST(numbers_survive) {
  hmfm_draws *draws = example_create(&example_full);
  hmfm_variable *lambda = &draws->variable[0];
  for (size_t k = 0; k < 5; k++) lambda->value[k] = ldexp(1.0 + 1.0 / (_i + 3.0), 60 * _i - 900);
  char *text = converted(draws, "scalars"), *at = text;
  for (size_t t = 0; t < 5; t++) {
    char start[32];
    snprintf(start, sizeof start, "\n0,%zu,", t);
    at = strstr(at, start);
    ck_assert_ptr_nonnull(at);
    ck_assert(strtod(at + strlen(start), NULL) == lambda->value[t]);
  }
  free(text);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(allocations) {
  example what = example_full;
  what.max_label = (size_t)(_i ? 70000 : 9);
  hmfm_draws *draws = example_create(&what);
  char *text = converted(draws, "allocations");
  starts_with(text, "chain,draw,10/x,\"10/y,z\",\"Süd, \"\"Ost\"\"/Müller\nJr\",a/b/x,a/b/0\n"
                    "0,0,0,1,2,3,0\n0,1,1,2,3,0,1\n");
  const char *end = _i ? "\n1,4,1,2,3,0,70000\n" : "\n1,4,1,2,3,0,9\n";
  ck_assert_str_eq(text + strlen(text) - strlen(end), end);
  ck_assert_uint_eq(count_of(text, '\n'), 2 + 2 * 5);
  free(text);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(components_as_rows) {
  hmfm_draws *draws = example_create(&example_full);
  hmfm_components *components = &draws->components[1]; /* its draws have 1, 2, 3, 0, 1 */
  components->atom[6] = 17.25;
  components->atom[7] = 0.5;
  components->weight[9] = 0.125;
  components->weight[10] = 0;
  components->weight[11] = 1;
  char *text = converted(draws, "components");
  starts_with(text, "chain,draw,component,mu,sigma2,weight[10],\"weight[Süd, \"\"Ost\"\"]\","
                    "weight[a/b]\n0,1,0,"); /* the first draw has none */
  ck_assert_ptr_nonnull(strstr(text, "\n1,2,0,17.25,0.5,0.125,0,1\n1,2,1,"));
  ck_assert_ptr_null(strstr(text, "\n1,3,"));
  ck_assert_uint_eq(count_of(text, '\n'), 1 + (0 + 1 + 2 + 3 + 0) + (1 + 2 + 3 + 0 + 1));
  free(text);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(names_and_parts) {
  static const char *const name[] = {"scalars", "allocations", "components"};
  static const unsigned parts[] = {0, HMFM_PART_ALLOCATIONS, HMFM_PART_COMPONENTS};
  const char *meaning = NULL;
  for (size_t k = 0; k < 3; k++) {
    ck_assert_str_eq(hmfm_convert_name(k, &meaning), name[k]);
    ck_assert_ptr_nonnull(meaning);
    ck_assert_uint_eq(hmfm_convert_parts(name[k]), parts[k]);
  }
  ck_assert_ptr_null(hmfm_convert_name(3, NULL));
  ck_assert_uint_eq(hmfm_convert_parts("weights"), 0);
}
END_TEST

START_TEST(refusals) {
  hmfm_error error = {0};
  example what = example_full;
  what.allocations = what.components = 0;
  hmfm_draws *draws = example_create(&what);
  FILE *null = fopen("/dev/null", "w");
  ck_assert_int_eq(hmfm_convert_write(draws, "weights", null, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message,
                   "draws convert to scalars, allocations or components, not to 'weights'");
  ck_assert_int_eq(hmfm_convert_write(draws, "allocations", null, &error), HMFM_EDATA);
  ck_assert_str_eq(error.message, "there are no allocations: they were not saved");
  ck_assert_int_eq(hmfm_convert_write(draws, "components", null, &error), HMFM_EDATA);
  ck_assert_str_eq(error.message, "there are no components: they were not saved");
  fclose(null);
  FILE *full = fopen("/dev/full", "w"); /* a device that is always full, where there is one */
  if (full) {
    ck_assert_int_eq(hmfm_convert_write(draws, "scalars", full, &error), HMFM_EIO);
    ck_assert_str_eq(error.message, "cannot write the converted draws: No space left on device");
    fclose(full);
  }
  hmfm_draws_destroy(draws);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("convert");
  TCase *cases = tcase_create("convert");
  tcase_add_test(cases, scalars);
  tcase_add_loop_test(cases, numbers_survive, 0, 30);
  tcase_add_loop_test(cases, allocations, 0, 2);
  tcase_add_test(cases, components_as_rows);
  tcase_add_test(cases, names_and_parts);
  tcase_add_test(cases, refusals);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
