/* Reading CSV files: what arrives in the dataset, and the message and place of whatever is wrong. */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/csv_read.h"
#include "io/csv_scan.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char path[32];
static hmfm_notes notes;
static hmfm_error error;
static hmfm_dataset *dataset;

static void start(void) {
  notes = (hmfm_notes){0};
  error = (hmfm_error){0};
  dataset = NULL;
  strcpy(path, "/tmp/check-csv-XXXXXX");
  int file = mkstemp(path);
  ck_assert_int_ge(file, 0);
  close(file);
}

static void finish(void) {
  unlink(path);
  hmfm_notes_clear(&notes);
  hmfm_dataset_destroy(dataset);
}

static void write_bytes(const void *bytes, size_t n) {
  FILE *file = fopen(path, "wb");
  ck_assert_ptr_nonnull(file);
  ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
  ck_assert_int_eq(fclose(file), 0);
}

static void write_text(const char *text) { write_bytes(text, strlen(text)); }

/* The columns of most tests: group g, unit u, response y, covariate x. */
static const char *const x_name[] = {"x", "z"}, *const x_twice[] = {"x", "x"};
static const hmfm_csv_columns guyx = {"g", "u", "y", 1, x_name, NULL};
static const hmfm_csv_columns gy = {"g", NULL, "y", 0, NULL, NULL};

static hmfm_status try_read(const hmfm_csv_columns *columns) {
  return hmfm_csv_read(path, columns, &notes, &dataset, &error);
}

static void must_read(const hmfm_csv_columns *columns) {
  ck_assert_msg(try_read(columns) == HMFM_OK, "%s", error.message);
}

/* Reading fails with "<file><message>", and hands nothing out. */
static void expect_failure(const hmfm_csv_columns *columns, hmfm_status status,
                           const char *message) {
  char whole[600];
  snprintf(whole, sizeof whole, "%s%s", path, message);
  ck_assert_int_eq(try_read(columns), status);
  ck_assert_int_eq(error.status, status);
  ck_assert_str_eq(error.message, whole);
  ck_assert_ptr_null(dataset);
  ck_assert_int_eq(hmfm_csv_read(path, columns, NULL, &dataset, NULL), status);
}

static void expect_y(const double *y, size_t n) {
  ck_assert_uint_eq(dataset->n_rows, n);
  for (size_t row = 0; row < n; row++) ck_assert_double_eq(dataset->y[row], y[row]);
}

/* The whole way: order, links, factor, numbers, rows left out, columns in any order. */
START_TEST(three_groups) {
  static const char *const covariate[] = {"Gender", "Age"};
  const hmfm_csv_columns columns = {"Season", "ID", "Result", 2, covariate, NULL};
  write_text("Age,ID,Season,Note,Result,Gender\n"
             "20,a,10,x,1.5,W\n"
             "30,b,2,,2.5,M\n"
             "40.5,a,2,x,3.5,M\n"
             "50,b,2,x,4.5,W\n"
             "60,a,10,x,NA,W\n"
             "70,c,9,x,5.5,W\n"
             ",d,10,x,6.5,M\n"
             "80,a,2,x,-7.5e0,M\n"
             "nan,a,10,x,,\n");
  must_read(&columns);
  const char *const groups[] = {"2", "9", "10"}, *const units[] = {"b", "a", "c", "a"};
  const size_t group_start[] = {0, 2, 3, 4}, unit_start[] = {0, 2, 4, 5, 6};
  const size_t source[] = {1, 3, 2, 7, 5, 0};
  const double y[] = {2.5, 4.5, 3.5, -7.5, 5.5, 1.5};
  const double x[] = {0, 30, 1, 50, 0, 40.5, 0, 80, 1, 70, 1, 20};
  expect_y(y, 6);
  ck_assert_uint_eq(dataset->n_groups, 3);
  ck_assert_uint_eq(dataset->n_units, 4);
  ck_assert_uint_eq(dataset->n_covariates, 2);
  ck_assert_str_eq(dataset->response_name, "Result");
  ck_assert_str_eq(dataset->covariate_name[0], "GenderW");
  ck_assert_str_eq(dataset->covariate_name[1], "Age");
  for (size_t j = 0; j < 3; j++) ck_assert_str_eq(dataset->group_name[j], groups[j]);
  for (size_t i = 0; i < 4; i++) ck_assert_str_eq(dataset->unit_name[i], units[i]);
  ck_assert_mem_eq(dataset->group_start, group_start, sizeof group_start);
  ck_assert_mem_eq(dataset->unit_start, unit_start, sizeof unit_start);
  ck_assert_mem_eq(dataset->source_row, source, sizeof source);
  for (size_t k = 0; k < COUNT(x); k++) ck_assert_double_eq(dataset->x[k], x[k]);
  ck_assert_uint_eq(notes.count, 2);
  ck_assert_str_eq(notes.text[0],
                   "3 of 9 rows left out for missing values: Result 2, Gender 1, Age 2");
  ck_assert_str_eq(notes.text[1], "Gender is coded with reference level M: GenderW");
}
END_TEST

/* Labels with everything that quotes are for come back byte by byte. */
START_TEST(quoted_labels) {
  static const char *const label[] = {
      "a,b", "say \"hi\"",        "two\nlines", "crlf\r\nin", "\xc3\xa9t\xc3\xa9", " spaces ",
      "\"",  "\xe6\x97\xa5\n,\"", "plain",      "tab\tin",    "semi;colon",        "-"};
  char text[4096] = "\"g\",\"u, \"\"the\"\" unit\ncolumn\",y\n";
  for (size_t k = 0; k < COUNT(label); k++) {
    char *at = text + strlen(text);
    at += sprintf(at, "1,\"");
    for (const char *c = label[k]; *c; c++) at += sprintf(at, *c == '"' ? "\"\"" : "%c", *c);
    sprintf(at, "\",%zu\n", k);
  }
  write_text(text);
  const hmfm_csv_columns columns = {"g", "u, \"the\" unit\ncolumn", "y", 0, NULL, NULL};
  must_read(&columns);
  ck_assert_uint_eq(dataset->n_units, COUNT(label));
  for (size_t k = 0; k < COUNT(label); k++) {
    ck_assert_str_eq(dataset->unit_name[k], label[k]);
    ck_assert_double_eq(dataset->y[k], (double)k);
  }
}
END_TEST

/* The same three rows in every dress a file may wear. */
static const char *const dresses[] = {
    "g,y\n1,2.5\n1,-3\n2,4\n",
    "g,y\n1,2.5\n1,-3\n2,4",
    "g,y\r\n1,2.5\r\n1,-3\r\n2,4\r\n",
    "g,y\r1,2.5\r1,-3\r2,4\r",
    "\xef\xbb\xbfg,y\n1,2.5\n1,-3\n2,4\n",
    "\xef\xbb\xbf\"g\",\"y\"\n\"1\",\"2.5\"\n\"1\",\" -3\t\"\n\"2\",\"4\"\n",
    "\n\n  \ng,y\n\n1,2.5\n \t\r\n1,-3\n2,4\n\n\n",
    " g , y \n 1 ,2.5\n1\t,\t-3 \n2,+4.00 \n",
    "y,g\n2.5,1\n-3,1\n4,2\n",
    "a,g,b,y,c\n,1,,2.5,\n\"\n\",1,x,-3,y\n;,2,',4,\xff\n",
};

START_TEST(dressed_rows) {
  static const double y[] = {2.5, -3, 4};
  write_text(dresses[_i]);
  must_read(&gy);
  expect_y(y, 3);
  ck_assert_uint_eq(dataset->n_groups, 2);
  ck_assert_str_eq(dataset->group_name[1], "2");
  ck_assert_uint_eq(notes.count, 0);
}
END_TEST

START_TEST(covariate_kinds) {
  static const struct {
    const char *cells[4];
    const char *name[2]; /* of the columns it becomes */
  } kind[] = {
      {{"1", "2e3", "-.5", "7"}, {"x", NULL}},
      {{"M", "W", "M", "W"}, {"xW", NULL}},
      {{"a", "b", "3", "b"}, {"xa", "xb"}},     /* a quarter looks like numbers */
      {{"1", "a", "2.0", "a"}, {"x2.0", "xa"}}, /* half: still a factor */
      {{"\"a,b\"", "inf", "b", "inf"}, {"xb", "xinf"}},
      {{"\" M\"", "M", "W", "W"}, {"xM", "xW"}}, /* quoted blanks are part of a level */
  };
  for (size_t k = 0; k < COUNT(kind); k++) {
    char text[128] = "g,u,y,x\n", line[32];
    for (int row = 0; row < 4; row++) {
      snprintf(line, sizeof line, "1,u,0,%s\n", kind[k].cells[row]);
      strcat(text, line);
    }
    write_text(text);
    must_read(&guyx);
    ck_assert_uint_eq(dataset->n_covariates, kind[k].name[1] ? 2 : 1);
    for (size_t c = 0; c < dataset->n_covariates; c++)
      ck_assert_str_eq(dataset->covariate_name[c], kind[k].name[c]);
    hmfm_dataset_destroy(dataset);
    dataset = NULL;
  }
}
END_TEST

START_TEST(covariate_that_is_nearly_numeric) {
  write_text(
      "g,u,y,x,z\n1,u,0,1,1\n1,u,0,2,1\n1,u,0,NA,1\n1,u,0,old,1\n1,u,0,older,1\n1,u,0,3,1\n");
  expect_failure(&guyx, HMFM_EDATA,
                 ":5:4: column x: 'old' is not a number, but 3 of 5 values are (the levels of a "
                 "factor must not look like numbers)");
}
END_TEST

START_TEST(missing_values) {
  static const double y[] = {5};
  static const char *const spelling[] = {"", "NA", "na", "NaN", "nan", "\" NA \"", "\"\""};
  char text[256] = "g,u,y,x\n1,u,5,6\n", line[32];
  for (size_t k = 0; k < COUNT(spelling); k++) {
    snprintf(line, sizeof line, "1,u,%s,1\n1,u,1,%s\n", spelling[k], spelling[k]);
    strcat(text, line);
  }
  write_text(text);
  must_read(&guyx);
  expect_y(y, 1);
  ck_assert_str_eq(notes.text[0], "14 of 15 rows left out for missing values: y 7, x 7");
}
END_TEST

#define HINT "(a text with commas goes between quotes, and decimals take a point)"

/* Files that cannot be used, columns g, u, y, x: the message after the file's name. */
static const struct {
  const char *text, *message;
} broken[] = {
    {"", ": the file is empty"},
    {"\n \n\n", ": the file is empty"},
    {"\xef\xbb\xbf", ": the file is empty"},
    {"g,u,y,x\n", ": there are no rows below the header"},
    {"g,u,y,x\n\n\n", ": there are no rows below the header"},
    {"g,u,y,x\n1,u,,1\n1,u,1,NA\n",
     ": no row is complete: of 2, there are missing values in y 1, x 1"},
    {"g,u,y,x\n1,u,1,W\n2,u,1,W\n",
     ": column x: a factor needs two levels or more, the only one present is 'W'"},
    /* numbers */
    {"g,u,y,x\n1,u,1,1\n1,u,abc,1\n", ":3:3: column y: 'abc' is not a number"},
    {"g,u,y,x\n1,u,N/A,1\n", ":2:3: column y: 'N/A' is not a number"},
    {"g,u,y,x\n1,u,0x10,1\n", ":2:3: column y: '0x10' is not a number"},
    {"g,u,y,x\n1,u,1 2,1\n", ":2:3: column y: '1 2' is not a number"},
    {"g,u,y,x\n1,u,inf,1\n", ":2:3: column y: 'inf' is not a finite number"},
    {"g,u,y,x\n1,u,-1e999,1\n", ":2:3: column y: '-1e999' is not a finite number"},
    {"g,u,y,x\n1,u,1,1\n1,u,1,1e999\n", ":3:4: column x: '1e999' is not a finite number"},
    {"g,u,y,x\n1,u,1,inf\n1,u,1,\"1,5\"\n", ":2:4: column x: 'inf' is not a finite number"},
    {"g,u,y,x\n1,u,\"3,5\",1\n",
     ":2:3: column y: '3,5' is not a number: decimals take a point, not a comma"},
    {"g,u,y,x\n1,u,3,\"1,5\"\n1,u,3,\"2,5\"\n",
     ":2:4: column x: '1,5' is not a number: decimals take a point, not a comma"},
    {"g,u,y,x\n1,u,\"a\nb\x01\",1\n", ":2:3: column y: 'a?b?' is not a number"},
    /* lines are counted as an editor counts */
    {"g,u,y,x\n\n\n1,\"a\nb\nc\",1,1\n1,u,?,1\n", ":7:3: column y: '?' is not a number"},
    {"\n\"g\",u,y,\"x\"\r\n1,\"a\r\nb\",1,1\r\n\r\n1,u,?,1\r\n",
     ":6:3: column y: '?' is not a number"},
    {"g,u,y,x\r1,u,1,1\r1,u,?,1\r", ":3:3: column y: '?' is not a number"},
    {"g,u,y,x\n1,\"a\nb\",?,1\n", ":2:3: column y: '?' is not a number"},
    /* labels */
    {"g,u,y,x\n1,u,1,1\n,u,1,1\n", ":3:1: column g: the group label is empty"},
    {"g,u,y,x\n1,\" \",1,1\n", ":2:2: column u: the unit label is empty"},
    {"g,u,y,x\n1,u,1,1\n,,,\n", ":3:1: column g: the group label is empty"},
    /* rows of another length, which explains whatever else is wrong with them */
    {"g,u,y,x\n1,u,1,1\n1,u,1\n", ":3: the row has 3 fields, the header has 4"},
    {"g,u,y,x\n1,u,1,1,\n", ":2: the row has 5 fields, the header has 4 " HINT},
    {"g,u,y,x\n1,u,3,5,1\n", ":2: the row has 5 fields, the header has 4 " HINT},
    {"g,u,y,x\n1,u,one,two,1\n", ":2: the row has 5 fields, the header has 4 " HINT},
    {"g,u,y,x\n1,u,1,1\n# the end\n", ":3: the row has 1 field, the header has 4"},
    /* quotes */
    {"g,u,y,x\n1,u,1,1\n1,\"u,1,1\n1,u,1,1\n",
     ":3:2: a quote is opened in this row and never closed"},
    {"g,u,y,\"x\n1,u,1,1\n", ":1:4: a quote is opened in this row and never closed"},
    {"g,u,y,x\n1,the 12\" one,1,1\n",
     ":2:2: a quote in the wrong place: a field is either \"quoted as a whole\" with the quotes "
     "inside it doubled, or has none"},
    {"g,u,y,x\n1,\"a\"b,1,1\n",
     ":2:2: a quote in the wrong place: a field is either \"quoted as a whole\" with the quotes "
     "inside it doubled, or has none"},
    {"g,u,y,x\n1,u,?,\"1\"\"\n", ":2:3: column y: '?' is not a number"},
    /* header */
    {"g,u,Y,z\n1,u,1,1\n", ":1: there is no column 'y', did you mean 'Y'? (columns: g, u, Y, z)"},
    {"g,u,y,z\n1,u,1,1\n", ":1: there is no column 'x' (columns: g, u, y, z)"},
    {"g,u,y,x,y\n1,u,1,1,1\n", ":1:5: the header has column 'y' twice (fields 3 and 5)"},
    {"g;u;y;x\n1;u;1;1\n", ":1: columns are separated by semicolons: convert the file to commas, "
                           "and decimal commas to points"},
    {"\n\ng\tu\ty\tx\n", ":3: columns are separated by tabs: convert the file to commas, and "
                         "decimal commas to points"},
    {"1,u,1,1\n1,u,1,1\n", ":1: there is no column 'g' (columns: 1, u, 1, 1)"},
};

START_TEST(broken_files) {
  write_text(broken[_i].text);
  expect_failure(&guyx, HMFM_EDATA, broken[_i].message);
}
END_TEST

START_TEST(duplicate_column_nobody_asked_for) {
  write_text("g,y,,,a,a\n1,2,3,4,5,6\n");
  must_read(&gy);
  ck_assert_double_eq(dataset->y[0], 2);
}
END_TEST

START_TEST(nul_bytes) {
  static const char text[] = "g,y\n1,2\n1,3\0\n";
  write_bytes(text, sizeof text - 1);
  expect_failure(&gy, HMFM_EDATA,
                 ":3: there is a NUL byte: this is no CSV file in UTF-8 (is it "
                 "UTF-16, or a spreadsheet? save it as CSV in UTF-8)");
  static const char utf16[] = "\xff\xfeg\0,\0y\0\n\0";
  write_bytes(utf16, sizeof utf16 - 1);
  expect_failure(&gy, HMFM_EDATA,
                 ":1: there is a NUL byte: this is no CSV file in UTF-8 (is it "
                 "UTF-16, or a spreadsheet? save it as CSV in UTF-8)");
}
END_TEST

/* A quote that is never closed is noticed before all of a large file is in memory. */
START_TEST(endless_field) {
  FILE *file = fopen(path, "wb");
  fputs("g,y\n1,2\n\"1,2\n", file);
  for (int k = 0; k < 300000; k++) fputs("1,2,3,4\n", file);
  fclose(file);
  expect_failure(&gy, HMFM_EDATA,
                 ":3:1: a field has more than a million bytes: is there a quote "
                 "that is never closed?");
}
END_TEST

START_TEST(long_names_are_cut) {
  char text[4096] = "g,";
  for (int k = 0; k < 60; k++) sprintf(text + strlen(text), "column %d,", k);
  strcat(text, "Y\n");
  write_text(text);
  ck_assert_int_eq(try_read(&gy), HMFM_EDATA);
  ck_assert_ptr_nonnull(
      strstr(error.message, "did you mean 'Y'? (columns: g, column 0, column 1, "));
  ck_assert_ptr_nonnull(strstr(error.message, ", ...)"));

  strcpy(text, "g,y\n1,"); /* 59 bytes and then characters of two: none is cut in the middle */
  for (int k = 0; k < 59; k++) strcat(text, "a");
  for (int k = 0; k < 40; k++) strcat(text, "\xc3\xa9");
  write_text(text);
  expect_failure(&gy, HMFM_EDATA,
                 ":2:2: column y: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' "
                 "is not a number");
}
END_TEST

START_TEST(files_that_cannot_be_read) {
  char message[128];
  unlink(path);
  snprintf(message, sizeof message, "cannot open '%s': %s", path, strerror(ENOENT));
  ck_assert_int_eq(try_read(&gy), HMFM_EIO);
  ck_assert_str_eq(error.message, message);
  ck_assert_int_eq(hmfm_csv_read("/tmp", &gy, NULL, &dataset, &error), HMFM_EIO);
  snprintf(message, sizeof message, "cannot read '/tmp': %s", strerror(EISDIR));
  ck_assert_str_eq(error.message, message);
  ck_assert_ptr_null(dataset);
}
END_TEST

START_TEST(columns_asked_for_twice) {
  static const struct {
    hmfm_csv_columns columns;
    const char *message;
  } twice[] = {
      {{"y", NULL, "y", 0, NULL, NULL}, "column 'y' is asked for as group and as response"},
      {{"g", "g", "y", 0, NULL, NULL}, "column 'g' is asked for as group and as unit"},
      {{"g", "x", "y", 1, x_name, NULL}, "column 'x' is asked for as covariate and as unit"},
      {{"g", NULL, "z", 2, x_name, NULL}, "column 'z' is asked for as response and as covariate"},
      {{"g", NULL, "y", 0, NULL, "y"}, "column 'y' is asked for as response and as exposure"},
      {{"g", NULL, "y", 1, x_name, "x"}, "column 'x' is asked for as covariate and as exposure"},
      {{"g", NULL, "y", 2, x_twice, NULL}, "column 'x' is asked for twice as covariate"},
  };
  for (size_t k = 0; k < COUNT(twice); k++) {
    ck_assert_int_eq(try_read(&twice[k].columns), HMFM_EUSAGE);
    ck_assert_str_eq(error.message, twice[k].message);
  }
}
END_TEST

/* With and without covariates and a unit column, which the exposure's column comes after. */
START_TEST(exposures) {
  const double first[] = {2.5, 1e-9, 1e9};
  for (int k = 0; k < 4; k++) {
    const hmfm_csv_columns columns = {"g", k & 1 ? "u" : NULL, "y", k & 2 ? 1 : 0, x_name, "z"};
    write_text("z,x,g,y,u\n2.5,1,a,3,p\n,1,a,3,q\n1e-9,2,a,4,r\n1e9,1,b,5,p\n7,1,b,,q\n");
    must_read(&columns);
    ck_assert_uint_eq(dataset->n_rows, 3);
    ck_assert_str_eq(dataset->exposure_name, "z");
    for (size_t h = 0; h < 3; h++) ck_assert_double_eq(dataset->exposure[h], first[h]);
    ck_assert_str_eq(notes.text[0], "2 of 5 rows left out for missing values: y 1, z 1");
    hmfm_notes_clear(&notes);
    hmfm_dataset_destroy(dataset);
    dataset = NULL;
  }
  const hmfm_csv_columns columns = {"g", NULL, "y", 0, NULL, "z"};
  write_text("g,y,z\n1,2,1\n1,3,0\n");
  expect_failure(&columns, HMFM_EDATA, ":3:3: column z: an exposure must be > 0, got '0'");
  write_text("g,y,z\n1,,-2.50\n1,3,1\n");
  expect_failure(&columns, HMFM_EDATA, ":2:3: column z: an exposure must be > 0, got '-2.50'");
  write_text("g,y,z\n1,2,inf\n");
  expect_failure(&columns, HMFM_EDATA, ":2:3: column z: 'inf' is not a finite number");
  write_text("g,y,z\n1,2,long\n");
  expect_failure(&columns, HMFM_EDATA, ":2:3: column z: 'long' is not a number");
}
END_TEST

START_TEST(standard_input) {
  static const double y[] = {2, 3};
  write_text("g,y\n1,2\n1,3\n");
  ck_assert_ptr_nonnull(freopen(path, "rb", stdin));
  ck_assert_int_eq(hmfm_csv_read("-", &gy, &notes, &dataset, &error), HMFM_OK);
  expect_y(y, 2);
  hmfm_dataset_destroy(dataset);
  dataset = NULL;
  write_text("g,y\n1,two\n");
  ck_assert_ptr_nonnull(freopen(path, "rb", stdin));
  ck_assert_int_eq(hmfm_csv_read("-", &gy, &notes, &dataset, &error), HMFM_EDATA);
  ck_assert_str_eq(error.message, "<stdin>:2:2: column y: 'two' is not a number");
}
END_TEST

/* Rows of all lengths lie across the ends of the blocks in which the file is read: CR and LF, quotes
 * and blank lines among them. Values and the line of a late error show that nothing slips. */
START_TEST(many_blocks) {
  enum { N = 40000 };
  FILE *file = fopen(path, "wb");
  size_t line = 1;
  fputs("g,u,y,x\r\n", file);
  for (int k = 0; k < N; k++) {
    fprintf(file, "%d,\"unit %d%s\",%d.25,%c\r\n", k % 7, k % 1000, k % 3 ? "" : "\r\n,", k,
            k % 2 ? 'a' : 'b');
    line += k % 3 ? 1 : 2;
    if (k % 11 == 0) fputs("\r\n", file), line++;
  }
  fclose(file);
  must_read(&guyx);
  ck_assert_uint_eq(dataset->n_rows, N);
  ck_assert_uint_eq(dataset->n_groups, 7);
  for (size_t i = 0; i < dataset->n_units; i++)
    for (size_t row = dataset->unit_start[i]; row < dataset->unit_start[i + 1]; row++) {
      size_t k = dataset->source_row[row];
      char name[32];
      snprintf(name, sizeof name, "unit %zu%s", k % 1000, k % 3 ? "" : "\r\n,");
      ck_assert_str_eq(dataset->unit_name[i], name);
      ck_assert_uint_eq(dataset->unit_group[i], k % 7);
      ck_assert_double_eq(dataset->y[row], (double)k + 0.25);
      ck_assert_double_eq(dataset->x[row], k % 2 == 0);
    }
  hmfm_dataset_destroy(dataset);
  dataset = NULL;
  file = fopen(path, "ab");
  fputs("1,u,wrong,a\r\n", file);
  fclose(file);
  char message[64];
  snprintf(message, sizeof message, ":%zu:3: column y: 'wrong' is not a number", line + 1);
  expect_failure(&guyx, HMFM_EDATA, message);
}
END_TEST

/* Characters of UTF-8 as they are, a '?' for each byte of anything else and for what controls a terminal. */
START_TEST(excerpts_can_be_shown) {
  static const char *const all[][2] = {
      {"H\303\266he \342\202\254 \360\237\230\200", "H\303\266he \342\202\254 \360\237\230\200"},
      {"\211HDF\032\377\376", "?HDF???"},
      {"a\033[31m\177\tb", "a?[31m??b"},
      {"\302\233m\302\240", "??m\302\240"},                  /* a control from U+0080 on; U+00A0 */
      {"\300\257\340\200\257\360\200\200\257", "?????????"}, /* '/' in forms that are too long */
      {"\355\240\200\364\220\200\200\365", "????????"},      /* a surrogate; above U+10FFFF */
      {"\303", "?"},
      {"\342\202", "??"},
      {"\360\237\230x", "???x"},
      {"\277\200", "??"},
  };
  char excerpt[HMFM_CSV_EXCERPT], longer[2 * HMFM_CSV_EXCERPT];
  for (size_t k = 0; k < COUNT(all); k++)
    ck_assert_str_eq(hmfm_csv_excerpt(all[k][0], excerpt), all[k][1]);
  for (size_t shift = 0; shift < 3; shift++) { /* cut between characters, wherever these begin */
    memset(longer, 'a', shift);
    longer[shift] = '\0';
    while (strlen(longer) + 3 < sizeof longer) strcat(longer, "\342\202\254");
    hmfm_csv_excerpt(longer, excerpt);
    const size_t length = strlen(excerpt);
    ck_assert(length >= HMFM_CSV_EXCERPT - 6 && strcmp(excerpt + length - 3, "...") == 0);
    ck_assert_ptr_null(strchr(excerpt, '?'));
    ck_assert_uint_eq((length - 3 - shift) % 3, 0);
  }
}
END_TEST

int main(void) {
  TCase *test = tcase_create("csv_read");
  tcase_add_checked_fixture(test, start, finish);
  tcase_set_timeout(test, 60);
  tcase_add_test(test, three_groups);
  tcase_add_test(test, quoted_labels);
  tcase_add_loop_test(test, dressed_rows, 0, COUNT(dresses));
  tcase_add_test(test, covariate_kinds);
  tcase_add_test(test, covariate_that_is_nearly_numeric);
  tcase_add_test(test, missing_values);
  tcase_add_loop_test(test, broken_files, 0, COUNT(broken));
  tcase_add_test(test, duplicate_column_nobody_asked_for);
  tcase_add_test(test, nul_bytes);
  tcase_add_test(test, endless_field);
  tcase_add_test(test, long_names_are_cut);
  tcase_add_test(test, files_that_cannot_be_read);
  tcase_add_test(test, columns_asked_for_twice);
  tcase_add_test(test, exposures);
  tcase_add_test(test, standard_input);
  tcase_add_test(test, many_blocks);
  tcase_add_test(test, excerpts_can_be_shown);
  Suite *suite = suite_create("csv_read");
  suite_add_tcase(suite, test);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int n_failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return n_failed != 0;
}
