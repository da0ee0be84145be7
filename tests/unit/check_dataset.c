/* Datasets by value: order of groups and units, links of rows, rows left out, coding of factors; and
 * the tables of labels and cells they stand on. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/cell.h"
#include "data/labels.h"
#include "hmfm/data.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static hmfm_notes notes;
static hmfm_error error;
static hmfm_dataset *dataset;

static void start(void) {
  notes = (hmfm_notes){0};
  error = (hmfm_error){0};
  dataset = NULL;
}

static void finish(void) {
  hmfm_notes_clear(&notes);
  hmfm_dataset_destroy(dataset);
}

static hmfm_status create(const hmfm_columns *columns) {
  return hmfm_dataset_create(columns, &notes, &dataset, &error);
}

/* Three groups, given out of order; unit a is in groups 2 and 10; rows 4 and 6 are incomplete. */
static const char *const group[] = {"10", "2", "2", "2", "10", "9", "10", "2"};
static const char *const unit[] = {"a", "b", "a", "b", "a", "c", "d", "a"};
static const double response[] = {1.5, 2.5, 3.5, 4.5, NAN, 5.5, 6.5, 7.5};
static const double age[] = {20, 30, 40, 50, 60, 70, NAN, 80};
static const char *const gender[] = {"W", "M", "M", "W", NULL, "W", "X", "M"};

static hmfm_columns example(const hmfm_covariate *covariate, size_t n_covariates) {
  return (hmfm_columns){.n_rows = COUNT(group),
                        .group = group,
                        .unit = unit,
                        .response_name = "Result",
                        .response = response,
                        .n_covariates = n_covariates,
                        .covariate = covariate};
}

START_TEST(three_groups) {
  const hmfm_covariate covariate[] = {{"Age", age, NULL}, {"Gender", NULL, gender}};
  hmfm_columns columns = example(covariate, 2);
  ck_assert_msg(create(&columns) == HMFM_OK, "%s", error.message);

  const char *const groups[] = {"2", "9", "10"}, *const units[] = {"b", "a", "c", "a"};
  const uint32_t unit_group[] = {0, 0, 1, 2};
  const size_t group_start[] = {0, 2, 3, 4}, unit_start[] = {0, 2, 4, 5, 6};
  const size_t source[] = {1, 3, 2, 7, 5, 0};
  ck_assert_uint_eq(dataset->n_groups, 3);
  ck_assert_uint_eq(dataset->n_units, 4);
  ck_assert_uint_eq(dataset->n_rows, 6);
  ck_assert_uint_eq(dataset->n_covariates, 2);
  ck_assert_str_eq(dataset->response_name, "Result");
  for (size_t j = 0; j < 3; j++) ck_assert_str_eq(dataset->group_name[j], groups[j]);
  for (size_t j = 0; j < 4; j++) ck_assert_uint_eq(dataset->group_start[j], group_start[j]);
  for (size_t i = 0; i < 4; i++) {
    ck_assert_str_eq(dataset->unit_name[i], units[i]);
    ck_assert_uint_eq(dataset->unit_group[i], unit_group[i]);
  }
  for (size_t i = 0; i < 5; i++) ck_assert_uint_eq(dataset->unit_start[i], unit_start[i]);
  ck_assert_str_eq(dataset->covariate_name[0], "Age");
  ck_assert_str_eq(dataset->covariate_name[1], "GenderW"); /* X is in no complete row */
  for (size_t row = 0; row < 6; row++) {
    ck_assert_uint_eq(dataset->source_row[row], source[row]);
    ck_assert_double_eq(dataset->y[row], response[source[row]]);
    ck_assert_double_eq(dataset->x[2 * row], age[source[row]]);
    ck_assert_double_eq(dataset->x[2 * row + 1], *gender[source[row]] == 'W');
  }
  ck_assert_uint_eq(notes.count, 2);
  ck_assert_str_eq(notes.text[0],
                   "2 of 8 rows left out for missing values: Result 1, Age 1, Gender 1");
  ck_assert_str_eq(notes.text[1], "Gender is coded with reference level M: GenderW");
}
END_TEST

START_TEST(no_units_no_covariates) {
  hmfm_columns columns = example(NULL, 0);
  columns.unit = NULL;
  ck_assert_int_eq(create(&columns), HMFM_OK);
  const char *const units[] = {"2", "3", "4", "8", "6", "1", "7"}; /* row 5 has no response */
  ck_assert_uint_eq(dataset->n_units, 7);
  ck_assert_uint_eq(dataset->n_rows, 7);
  ck_assert_uint_eq(dataset->n_covariates, 0);
  for (size_t i = 0; i < 7; i++) {
    ck_assert_str_eq(dataset->unit_name[i], units[i]);
    ck_assert_uint_eq(dataset->unit_start[i], i);
  }
  ck_assert_uint_eq(dataset->unit_start[7], 7);
  ck_assert_uint_eq(dataset->group_start[1], 4);
  ck_assert_uint_eq(dataset->group_start[2], 5);
}
END_TEST

/* Creates a dataset with the given groups, all rows complete but those whose response is NaN. */
static void group_example(const char *const *label, const double *y, size_t n) {
  hmfm_columns columns = {.n_rows = n, .group = label, .response_name = "y", .response = y};
  ck_assert_msg(create(&columns) == HMFM_OK, "%s", error.message);
}

static void expect_groups(const char *const *name, size_t n) {
  ck_assert_uint_eq(dataset->n_groups, n);
  for (size_t j = 0; j < n; j++) ck_assert_str_eq(dataset->group_name[j], name[j]);
}

static const double zeros[8];

START_TEST(groups_numeric_with_ties) {
  const char *const label[] = {"1e1", "-2.5", "2.0", "10", "2", "-2.5"};
  const char *const order[] = {"-2.5", "2.0", "2", "1e1", "10"};
  group_example(label, zeros, COUNT(label));
  expect_groups(order, COUNT(order));
}
END_TEST

START_TEST(groups_by_appearance) {
  const char *const label[] = {"10", "2", "S3", "2", "1"}, *const order[] = {"10", "2", "S3", "1"};
  group_example(label, zeros, COUNT(label));
  expect_groups(order, COUNT(order));
}
END_TEST

START_TEST(groups_infinite_or_missing_are_text) {
  const char *const label[] = {"3", "inf", "2"}, *const other[] = {"3", "NA", "2"};
  group_example(label, zeros, COUNT(label));
  expect_groups(label, COUNT(label));
  hmfm_dataset_destroy(dataset);
  dataset = NULL;
  group_example(other, zeros, COUNT(other));
  expect_groups(other, COUNT(other));
}
END_TEST

/* Only groups with a complete row count: without S3, the others are numbers. */
START_TEST(groups_left_out) {
  const char *const label[] = {"10", "S3", "2", "7", "S3"}, *const order[] = {"2", "10"};
  const double y[] = {1, NAN, 2, NAN, NAN};
  group_example(label, y, COUNT(label));
  expect_groups(order, COUNT(order));
  ck_assert_uint_eq(notes.count, 3);
  ck_assert_str_eq(notes.text[0], "3 of 5 rows left out for missing values: y 3");
  ck_assert_str_eq(notes.text[1], "group 'S3' has no complete row and is left out");
  ck_assert_str_eq(notes.text[2], "group '7' has no complete row and is left out");
}
END_TEST

START_TEST(groups_left_out_many) {
  const char *const label[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
  const double y[] = {NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN};
  group_example(label, y, COUNT(label));
  ck_assert_uint_eq(notes.count, 7);
  ck_assert_str_eq(notes.text[5], "group 'f' has no complete row and is left out");
  ck_assert_str_eq(notes.text[6], "2 more groups have no complete row and are left out");
}
END_TEST

START_TEST(factor_levels_by_bytes) {
  const char *const label[] = {"g", "g", "g", "g", "g"};
  const char *const text[] = {"\xc3\xa9", "b", "Z", "b", "a"};
  const double x[5][3] = {{0, 0, 1}, {0, 1, 0}, {0, 0, 0}, {0, 1, 0}, {1, 0, 0}};
  const hmfm_covariate covariate = {"F", NULL, text};
  hmfm_columns columns = {5, label, NULL, "y", zeros, 1, &covariate, NULL, NULL};
  ck_assert_int_eq(create(&columns), HMFM_OK);
  ck_assert_uint_eq(dataset->n_covariates, 3);
  ck_assert_str_eq(dataset->covariate_name[0], "Fa");
  ck_assert_str_eq(dataset->covariate_name[1], "Fb");
  ck_assert_str_eq(dataset->covariate_name[2], "F\xc3\xa9");
  ck_assert_mem_eq(dataset->x, x, sizeof x);
  ck_assert_str_eq(notes.text[0], "F is coded with reference level Z: Fa, Fb, F\xc3\xa9");
}
END_TEST

/* n rows of one group with a factor of n levels, the last first. */
static hmfm_status create_with_levels(size_t n) {
  const char **label = malloc(n * sizeof *label), **text = malloc(n * sizeof *text);
  char(*level)[24] = malloc(n * sizeof *level);
  double *y = calloc(n, sizeof *y);
  for (size_t row = 0; row < n; row++) {
    snprintf(level[row], sizeof level[row], "%05zu", n - row);
    label[row] = "g";
    text[row] = level[row];
  }
  const hmfm_covariate covariate = {"F", NULL, text};
  hmfm_columns columns = {n, label, NULL, "y", y, 1, &covariate, NULL, NULL};
  hmfm_status status = create(&columns);
  free((void *)label);
  free((void *)text);
  free(level);
  free(y);
  return status;
}

START_TEST(factor_many_levels) {
  ck_assert_int_eq(create_with_levels(1000), HMFM_OK);
  ck_assert_uint_eq(dataset->n_covariates, 999);
  ck_assert_str_eq(dataset->covariate_name[998], "F01000");
  size_t n_wrong = 0; /* row holds level 1000 - row; level 1 is the reference */
  for (size_t row = 0; row < 1000; row++)
    for (size_t k = 0; k < 999; k++) n_wrong += dataset->x[row * 999 + k] != (k + row == 998);
  ck_assert_uint_eq(n_wrong, 0);
  ck_assert_str_eq(notes.text[0], "F is coded with reference level 00001: F00002, F00003, F00004, "
                                  "F00005, F00006, F00007, F00008, F00009, F00010, F00011 and 989 "
                                  "more");
}
END_TEST

START_TEST(factor_too_many_levels) {
  ck_assert_int_eq(create_with_levels(1001), HMFM_EDATA);
  ck_assert_str_eq(error.message, "column F: a factor may have 1000 levels, this has more");
}
END_TEST

/* The dataset is refused with this message, and nothing is handed out. */
static void expect_refused(const hmfm_columns *columns, const char *message) {
  ck_assert_int_eq(create(columns), HMFM_EDATA);
  ck_assert_int_eq(error.status, HMFM_EDATA);
  ck_assert_str_eq(error.message, message);
  ck_assert_ptr_null(dataset);
  ck_assert_int_eq(hmfm_dataset_create(columns, NULL, &dataset, NULL), HMFM_EDATA);
}

START_TEST(refuses_single_level) {
  const char *const text[] = {"W", "M", "M", "M", "W", "M", "M", "M"};
  const double y[] = {NAN, 1, 2, 3, NAN, 4, 5, 6};
  const hmfm_covariate covariate = {"Gender", NULL, text};
  hmfm_columns columns = example(&covariate, 1);
  columns.response = y;
  expect_refused(&columns, "column Gender: a factor needs two levels or more, the only one present "
                           "is 'M'");
}
END_TEST

/* Exposures go with their rows; a missing one leaves its row out. */
START_TEST(exposures) {
  const double exposure[] = {1, 2, NAN, 4, 5, 6, 7, 8};
  const double zero[] = {1, 2, 3, 4, 5, 0, 7, 8}, infinite[] = {1, INFINITY, 3, 4, 5, 6, 7, 8};
  hmfm_columns columns = example(NULL, 0);
  ck_assert_msg(create(&columns) == HMFM_OK, "%s", error.message);
  ck_assert_ptr_null(dataset->exposure);
  ck_assert_ptr_null(dataset->exposure_name);
  hmfm_dataset_destroy(dataset);
  hmfm_notes_clear(&notes);
  columns.exposure = exposure;
  ck_assert_msg(create(&columns) == HMFM_OK, "%s", error.message);
  ck_assert_uint_eq(dataset->n_rows, 6);
  ck_assert_str_eq(dataset->exposure_name, "exposure");
  for (size_t row = 0; row < 6; row++)
    ck_assert_double_eq(dataset->exposure[row], exposure[dataset->source_row[row]]);
  ck_assert_str_eq(notes.text[0], "2 of 8 rows left out for missing values: Result 1, exposure 1");
  hmfm_dataset_destroy(dataset);
  dataset = NULL;
  columns.exposure_name = "Days";
  columns.exposure = zero;
  expect_refused(&columns, "column Days, row 6: an exposure must be > 0, got 0");
  columns.exposure = infinite;
  expect_refused(&columns, "column Days, row 2: the value is infinite");
}
END_TEST

START_TEST(refuses_infinite) {
  double y[COUNT(group)] = {0, 0, 0, 0, 0, 0, -INFINITY, 0};
  hmfm_columns columns = example(NULL, 0);
  columns.response = y;
  expect_refused(&columns, "column Result, row 7: the value is infinite");
  y[6] = 0;
  const double x[COUNT(group)] = {0, INFINITY};
  const hmfm_covariate covariate = {"Age", x, NULL};
  columns.n_covariates = 1;
  columns.covariate = &covariate;
  expect_refused(&columns, "column Age, row 2: the value is infinite");
}
END_TEST

START_TEST(refuses_empty_labels) {
  const char *const hole[] = {"1", "1", NULL, "1", "1", "1", "1", ""};
  hmfm_columns columns = example(NULL, 0);
  columns.group = hole;
  expect_refused(&columns, "row 3: the group label is empty");
  columns.group = group;
  columns.unit = hole + 3;
  columns.n_rows = 5;
  expect_refused(&columns, "row 5: the unit label is empty");
}
END_TEST

START_TEST(refuses_no_rows) {
  const double y[] = {1, NAN, 1, NAN}, x[] = {NAN, 1, NAN, NAN};
  const hmfm_covariate covariate = {"Age", x, NULL};
  hmfm_columns columns = example(&covariate, 1);
  columns.response = y;
  columns.n_rows = 4;
  expect_refused(&columns, "no row is complete: of 4, there are missing values in Result 2, Age 3");
  columns.n_rows = 0;
  expect_refused(&columns, "there are no rows");
}
END_TEST

START_TEST(refuses_equal_names) {
  const hmfm_covariate covariate[] = {{"Gender", NULL, gender}, {"GenderW", age, NULL}};
  hmfm_columns columns = example(covariate, 2);
  expect_refused(&columns, "two covariates have the name GenderW");
}
END_TEST

START_TEST(destroys_nothing) { hmfm_dataset_destroy(NULL); }
END_TEST

START_TEST(labels_are_distinct_and_stay) {
  enum { N = 20000 };
  hmfm_labels labels = {0};
  uint32_t number;
  char text[24];
  ck_assert_int_eq(hmfm_labels_intern(&labels, "", &number), HMFM_OK);
  const char *first = labels.text[0];
  for (int round = 0; round < 2; round++)
    for (uint32_t k = 1; k < N; k++) {
      snprintf(text, sizeof text, "label %u", k);
      ck_assert_int_eq(hmfm_labels_intern(&labels, text, &number), HMFM_OK);
      ck_assert_uint_eq(number, k);
      ck_assert_str_eq(labels.text[number], text);
    }
  char *large = malloc(100001);
  memset(large, 'x', 100000);
  large[100000] = '\0';
  ck_assert_int_eq(hmfm_labels_intern(&labels, large, &number), HMFM_OK);
  ck_assert_uint_eq(number, N);
  ck_assert_str_eq(labels.text[N], large);
  ck_assert_ptr_eq(labels.text[0], first);
  ck_assert_uint_eq(labels.count, N + 1);
  free(large);
  hmfm_labels_clear(&labels);
}
END_TEST

static const struct {
  const char *text;
  hmfm_cell cell;
} cells[] = {
    {"", HMFM_CELL_MISSING},       {" \t", HMFM_CELL_MISSING},
    {"NA", HMFM_CELL_MISSING},     {" na ", HMFM_CELL_MISSING},
    {"NaN", HMFM_CELL_MISSING},    {"nan", HMFM_CELL_MISSING},
    {"N/A", HMFM_CELL_TEXT},       {"Na", HMFM_CELL_TEXT},
    {"NAN", HMFM_CELL_TEXT},       {"nan(1)", HMFM_CELL_TEXT},
    {"-nan", HMFM_CELL_TEXT},      {"0x10", HMFM_CELL_TEXT},
    {"1 2", HMFM_CELL_TEXT},       {"1;2", HMFM_CELL_TEXT},
    {"+-1", HMFM_CELL_TEXT},       {".", HMFM_CELL_TEXT},
    {"-", HMFM_CELL_TEXT},         {"e5", HMFM_CELL_TEXT},
    {"1e", HMFM_CELL_TEXT},        {"abc", HMFM_CELL_TEXT},
    {"inf", HMFM_CELL_INFINITE},   {"-Infinity", HMFM_CELL_INFINITE},
    {"1e999", HMFM_CELL_INFINITE}, {"3,5", HMFM_CELL_COMMA},
    {" -3,5e2 ", HMFM_CELL_COMMA}, {",5", HMFM_CELL_COMMA},
    {"1,234,5", HMFM_CELL_TEXT},   {"1.234,5", HMFM_CELL_TEXT},
    {"+\n1", HMFM_CELL_TEXT},      {"1\n", HMFM_CELL_TEXT},
};

START_TEST(cells_of_every_kind) {
  double value = 12;
  hmfm_cell cell = hmfm_cell_parse(cells[_i].text, &value);
  ck_assert_msg(cell == cells[_i].cell, "'%s' is read as kind %d", cells[_i].text, (int)cell);
  ck_assert_double_eq(value, 12);
}
END_TEST

/* The cell is a number, to the last bit the one strtod finds. */
static void expect_as_strtod(const char *text) {
  double value = 0, truth = strtod(text, NULL);
  ck_assert_int_eq(hmfm_cell_parse(text, &value), HMFM_CELL_NUMBER);
  ck_assert_msg(!memcmp(&value, &truth, sizeof value), "'%s' is read as %a", text, value);
}

START_TEST(cells_as_strtod) {
  static const char *const number[] = {"0",
                                       "-0",
                                       "+7",
                                       "007",
                                       "5.",
                                       ".5",
                                       "-.25",
                                       "1e-3",
                                       "1E+22",
                                       "4.9e-324",
                                       "1e-400",
                                       "0.1",
                                       " 17.03",
                                       "-17.03\t ",
                                       "0.000000000000000000000000001",
                                       "9007199254740993",
                                       "123456789012345",
                                       "1234567890123456",
                                       "1.7976931348623157e308"};
  for (size_t k = 0; k < COUNT(number); k++) expect_as_strtod(number[k]);
  uint64_t state = 1;
  for (int k = 0; k < 100000; k++) { /* decimals of all lengths */
    char text[48];
    state = state * 6364136223846793005u + 1442695040888963407u;
    double x = ((double)(state >> 11) / 9007199254740992.0 - 0.5) * pow(10, k % 9);
    snprintf(text, sizeof text, "%.*f", k % 16, x);
    expect_as_strtod(text);
  }
}
END_TEST

int main(void) {
  TCase *test = tcase_create("dataset");
  tcase_add_checked_fixture(test, start, finish);
  tcase_set_timeout(test, 60);
  tcase_add_test(test, three_groups);
  tcase_add_test(test, no_units_no_covariates);
  tcase_add_test(test, groups_numeric_with_ties);
  tcase_add_test(test, groups_by_appearance);
  tcase_add_test(test, groups_infinite_or_missing_are_text);
  tcase_add_test(test, groups_left_out);
  tcase_add_test(test, groups_left_out_many);
  tcase_add_test(test, factor_levels_by_bytes);
  tcase_add_test(test, factor_many_levels);
  tcase_add_test(test, factor_too_many_levels);
  tcase_add_test(test, refuses_single_level);
  tcase_add_test(test, exposures);
  tcase_add_test(test, refuses_infinite);
  tcase_add_test(test, refuses_empty_labels);
  tcase_add_test(test, refuses_no_rows);
  tcase_add_test(test, refuses_equal_names);
  tcase_add_test(test, destroys_nothing);
  tcase_add_test(test, labels_are_distinct_and_stay);
  tcase_add_loop_test(test, cells_of_every_kind, 0, COUNT(cells));
  tcase_add_test(test, cells_as_strtod);
  Suite *suite = suite_create("dataset");
  suite_add_tcase(suite, test);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int n_failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return n_failed != 0;
}
