/* Tests of draws in memory: room, widths of labels, names. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "draws/draws.h"
#include "support_draws.h"

START_TEST(empty_is_zero) {
  hmfm_draws sizes = {.n_chains = 2, .capacity = 3, .n_rows = 4, .n_units = 3, .n_groups = 2};
  hmfm_draws *draws = NULL;
  sizes.n_covariates = 1;
  sizes.n_atom = 2;
  ck_assert_int_eq(hmfm_draws_create_empty(&sizes, 1, 1, 1, &draws, NULL), HMFM_OK);
  ck_assert_uint_eq(draws->n_draws, 0);
  ck_assert_ptr_null(draws->unit_name[2]);
  ck_assert_ptr_null(draws->atom_name[1]);
  ck_assert_uint_eq(draws->chain_draws[1], 0);
  ck_assert(draws->x[3] == 0 && draws->y[3] == 0);
  for (size_t c = 0; c < 2; c++) {
    ck_assert_uint_eq(draws->components[c].start[3], 0);
    ck_assert_int_eq(draws->allocations[c].bytes, 1);
    for (size_t t = 0; t < 3; t++)
      for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(hmfm_draws_label(draws, c, t, i), 0);
        ck_assert(draws->log_likelihood[(c * 3 + t) * 3 + i] == 0);
      }
  }
  hmfm_draws_destroy(draws); /* names not filled in */
  hmfm_draws_destroy(NULL);
}
END_TEST

START_TEST(parts_left_out) {
  hmfm_draws sizes = {.n_chains = 1, .capacity = 1, .n_rows = 1, .n_units = 1, .n_groups = 1};
  hmfm_draws *draws = NULL;
  ck_assert_int_eq(hmfm_draws_create_empty(&sizes, 0, 0, 0, &draws, NULL), HMFM_OK);
  ck_assert_ptr_null(draws->allocations);
  ck_assert_ptr_null(draws->components);
  ck_assert_ptr_null(draws->log_likelihood);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(too_large_is_refused) {
  hmfm_draws sizes = {.n_chains = 4, .n_rows = 1, .n_units = 3, .n_groups = 1};
  size_t capacities[] = {SIZE_MAX, SIZE_MAX / 3, SIZE_MAX / 12 + 1};
  for (size_t k = 0; k < 3; k++) {
    hmfm_draws *draws = NULL;
    hmfm_error error = {0};
    sizes.capacity = capacities[k];
    ck_assert_int_eq(hmfm_draws_create_empty(&sizes, 1, 1, 1, &draws, &error), HMFM_EMEMORY);
    ck_assert_ptr_null(draws);
    ck_assert_str_eq(error.message, "not enough memory for so many draws");
  }
}
END_TEST

START_TEST(labels_widen) {
  static const struct {
    size_t label;
    int bytes;
  } steps[] = {{0, 1}, {254, 1}, {255, 2}, {65534, 2}, {65535, 4}, {4000000000u, 4}};
  example what = example_full;
  what.max_label = 3;
  hmfm_draws *draws = example_create(&what), *same = example_create(&what);
  for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
    ck_assert_int_eq(hmfm_label_bytes(steps[k].label), steps[k].bytes);
    ck_assert_int_eq(hmfm_allocations_widen(draws, 0, steps[k].label, NULL), HMFM_OK);
    ck_assert_int_eq(draws->allocations[0].bytes, steps[k].bytes);
    ck_assert_int_eq(draws->allocations[1].bytes, 1); /* each chain by itself */
    example_compare(same, draws);
    hmfm_draws_set_label(draws, 0, 7, 4, (uint32_t)steps[k].label);
    ck_assert_uint_eq(hmfm_draws_label(draws, 0, 7, 4), steps[k].label);
  }
  ck_assert_int_eq(hmfm_allocations_widen(draws, 0, 1, NULL), HMFM_OK);
  ck_assert_int_eq(draws->allocations[0].bytes, 4); /* never narrower again */
  hmfm_draws_destroy(draws);
  hmfm_draws_destroy(same);
}
END_TEST

START_TEST(components_grow) {
  hmfm_draws *draws = example_create(&example_full);
  hmfm_components *components = &draws->components[1];
  size_t rows = components->start[5];
  double atom = components->atom[rows * 2 - 1], weight = components->weight[rows * 3 - 1];
  ck_assert_int_eq(hmfm_components_reserve(draws, 1, 1000, NULL), HMFM_OK);
  ck_assert_uint_ge(components->row_space, 1000);
  components->atom[1999] = components->weight[2999] = 1;
  ck_assert(components->atom[rows * 2 - 1] == atom);
  ck_assert(components->weight[rows * 3 - 1] == weight);
  size_t space = components->row_space;
  ck_assert_int_eq(hmfm_components_reserve(draws, 1, 10, NULL), HMFM_OK);
  ck_assert_uint_eq(components->row_space, space);
  ck_assert_int_eq(hmfm_components_reserve(draws, 1, SIZE_MAX / 8, NULL), HMFM_EMEMORY);
  ck_assert_uint_eq(components->row_space, space);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(variables_found_and_named) {
  hmfm_draws *draws = example_create(&example_full);
  hmfm_error error = {0};
  char text[64];
  static const struct {
    const char *name;
    size_t k;
    const char *label;
  } labels[] = {{"lambda", 0, "lambda"},
                {"gamma", 0, "gamma[10]"},
                {"K_group", 1, "K_group[Süd, \"Ost\"]"},
                {"shared", 1, "shared[age, years]"},
                {"beta", 4, "beta[a/b,GenderW]"},
                {"beta", 1, "beta[10,age, years]"}};
  for (size_t v = 0; v < sizeof labels / sizeof *labels; v++) {
    const hmfm_variable *variable = hmfm_draws_find(draws, labels[v].name);
    ck_assert_ptr_nonnull(variable);
    ck_assert_uint_eq(hmfm_variable_label(draws, variable, labels[v].k, text, sizeof text),
                      strlen(labels[v].label));
    ck_assert_str_eq(text, labels[v].label);
  }
  ck_assert_uint_eq(hmfm_variable_label(draws, hmfm_draws_find(draws, "gamma"), 0, text, 6), 9);
  ck_assert_str_eq(text, "gamma");
  ck_assert_uint_eq(hmfm_variable_label(draws, hmfm_draws_find(draws, "gamma"), 0, NULL, 0), 9);
  ck_assert_uint_eq(hmfm_draws_find(draws, "beta")->width, 6);
  ck_assert_uint_eq(hmfm_draws_find(draws, "shared")->width, 2);
  ck_assert_ptr_null(hmfm_draws_find(draws, "lambd"));
  ck_assert_int_eq(hmfm_draws_add_variable(draws, "K", "again", HMFM_SCALAR, 1, &error),
                   HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "there are two variables called 'K'");
  hmfm_draws_destroy(draws);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("draws");
  TCase *cases = tcase_create("draws");
  tcase_add_test(cases, empty_is_zero);
  tcase_add_test(cases, parts_left_out);
  tcase_add_test(cases, too_large_is_refused);
  tcase_add_test(cases, labels_widen);
  tcase_add_test(cases, components_grow);
  tcase_add_test(cases, variables_found_and_named);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
