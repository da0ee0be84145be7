/* Every allocation failing in turn: reading CSV files and configurations, writing and reading files of
 * draws, converting them. No failure leaves a file behind or changes one. */
#include "failing_alloc.h"

#include <stdio.h>
#include <unistd.h>

#include "io/config.h"
#include "io/convert.h"
#include "io/csv_read.h"
#include "io/journal.h"
#include "io/netcdf.h"
#include "io/output.h"
#include "support_draws.h"
#include "support_folder.h"

#define UNTOUCHED ((void *)&heap) /* what an output points to before */

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "wb");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  ck_assert_int_eq(fclose(file), 0);
}

/* ---- CSV ---- */

enum { ROWS = 1100 }; /* more than there is room for at first */

static hmfm_status use_csv(void *context, hmfm_error *error) {
  static const char *const covariate[] = {"age", "sex"};
  const hmfm_csv_columns columns = {"g", "u", "y", 2, covariate, "days"};
  hmfm_notes notes = {0};
  hmfm_dataset *data = UNTOUCHED;
  (void)context;
  hmfm_status status = hmfm_csv_read("data.csv", &columns, &notes, &data, error);
  if (status) {
    ck_assert_ptr_eq(data, UNTOUCHED);
  } else {
    ck_assert_uint_eq(data->n_rows, ROWS);
    ck_assert_uint_eq(data->n_groups, 2);
    ck_assert_uint_eq(data->n_units, 200);
    ck_assert_str_eq(data->unit_name[0], "unit, \"0\"");
    ck_assert_str_eq(data->covariate_name[1], "sexm");
    ck_assert(data->y[0] == 0.5 && data->x[2] == 200 && data->exposure[0] == 1);
    hmfm_dataset_destroy(data);
    ck_assert_uint_eq(notes.count + notes.lost, 3);
    heap.forgiven = 1; /* notes, or the lists in them, may be lost */
  }
  hmfm_notes_clear(&notes);
  return status;
}

START_TEST(csv) {
  FILE *file = fopen("data.csv", "wb");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "y,g,u,age,sex,other,days\nNA,Z,z,1,m,,1\n");
  for (int h = 0; h < ROWS; h++)
    fprintf(file, "%d.5,%d,\"unit, \"\"%d\"\"\",%d,%s,,1\n", h, h % 2, h % 200, h,
            h % 200 < 100 ? "f" : "m");
  ck_assert_int_eq(fclose(file), 0);
  ck_assert_uint_gt(survive(use_csv, NULL), 60);
}
END_TEST

/* ---- configurations ---- */

static const char json[] =
    "{\"a\": [1, 2.5], \"b\": {\"x\": 1}, \"c\": [\"p\", \"q\"], \"d\": true,\n"
    " \"e\": \"text\", \"f\": 7}";

static hmfm_status use_config(void *context, hmfm_error *error) {
  hmfm_config *config = UNTOUCHED;
  (void)context;
  hmfm_status status = hmfm_config_read("c.json", &config, error);
  if (status) {
    ck_assert_ptr_eq(config, UNTOUCHED);
    return status;
  }
  ck_assert_uint_eq(config->n_entries, 6);
  ck_assert(hmfm_config_find(config, "a")->number[1] == 2.5);
  ck_assert_str_eq(hmfm_config_find(config, "b")->label[0], "x");
  ck_assert_str_eq(hmfm_config_find(config, "c")->text[1], "q");
  ck_assert_str_eq(hmfm_config_find(config, "f")->place, "c.json:2:15");
  hmfm_config_destroy(config);
  return HMFM_OK;
}

static hmfm_status use_config_write(void *context, hmfm_error *error) {
  static char one[] = "one", two[] = "two";
  char *texts[] = {one, two}, *text = UNTOUCHED;
  const char *const label[] = {"x", "y"};
  const double number[] = {0.1, 3};
  hmfm_config *config = UNTOUCHED;
  (void)context;
  hmfm_status status = hmfm_config_create(&config, error);
  if (status) {
    ck_assert_ptr_eq(config, UNTOUCHED);
    return status;
  }
  status = hmfm_config_add_truth(config, "a", 1, error);
  if (!status) status = hmfm_config_add_texts(config, "b", 2, texts, error);
  if (!status) status = hmfm_config_add_numbers(config, "c", 2, number, label, error);
  if (!status) status = hmfm_config_add_count(config, "d", 12, error);
  if (!status) status = hmfm_config_add_number(config, "e", 0.5, error);
  if (!status) status = hmfm_config_add_text(config, "f", "", error);
  if (!status) status = hmfm_config_write(config, &text, error);
  if (status)
    ck_assert_ptr_eq(text, UNTOUCHED);
  else
    ck_assert_str_eq(text, "{\n  \"a\": true,\n  \"b\": [\"one\", \"two\"],\n"
                           "  \"c\": {\"x\": 0.1, \"y\": 3},\n  \"d\": 12,\n  \"e\": 0.5,\n"
                           "  \"f\": \"\"\n}\n");
  if (!status) hmfm_free(text);
  hmfm_config_destroy(config);
  return status;
}

START_TEST(configurations) {
  write_file("c.json", json);
  ck_assert_uint_gt(survive(use_config, NULL), 25);
  ck_assert_uint_gt(survive(use_config_write, NULL), 25);
}
END_TEST

/* ---- files of draws ---- */

static hmfm_draws *draws;
static const unsigned long long splits[] = {3, 9};
static const hmfm_fit_info info = {.configuration = "{}",
                                   .algorithm = "marginal",
                                   .family = "normal",
                                   .seed = 7,
                                   .splits = splits,
                                   .n_splits = 2};

static void make_draws(void) {
  enter_folder();
  draws = example_create(&example_full);
}

static void drop_draws(void) {
  hmfm_draws_destroy(draws);
  leave_folder();
}

static hmfm_status read_back(hmfm_error *error) {
  const unsigned all = HMFM_PART_ALLOCATIONS | HMFM_PART_COMPONENTS | HMFM_PART_LOG_LIKELIHOOD;
  hmfm_draws *read = UNTOUCHED;
  hmfm_fit_info *read_info = UNTOUCHED;
  hmfm_status status = hmfm_netcdf_read("fit.nc", all, &read, &read_info, error);
  if (status) {
    ck_assert_ptr_eq(read, UNTOUCHED);
    ck_assert_ptr_eq(read_info, UNTOUCHED);
    return status;
  }
  example_compare(draws, read);
  ck_assert_str_eq(read_info->algorithm, "marginal");
  ck_assert_uint_eq(read_info->seed, 7);
  hmfm_draws_destroy(read);
  hmfm_fit_info_destroy(read_info);
  return HMFM_OK;
}

/* Writes to where nothing is, or over what *context holds: all of it or nothing. */
static hmfm_status use_write(void *context, hmfm_error *error) {
  const char *before = context;
  char text[16] = "";
  if (before) write_file("fit.nc", before);
  hmfm_status status = hmfm_netcdf_write("fit.nc", draws, &info, before != NULL, error);
  ck_assert_uint_eq(count_files(), before || !status ? 1 : 0);
  if (status && before) {
    FILE *file = fopen("fit.nc", "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(text, 1, sizeof text, file), strlen(before));
    fclose(file);
    ck_assert_str_eq(text, before);
  } else if (!status) {
    heap_pause();
    ck_assert_int_eq(read_back(error), HMFM_OK);
    heap_resume();
    ck_assert_int_eq(remove("fit.nc"), 0);
    heap.forgiven = 1; /* the folder could not be brought to the disk at once */
  }
  return status;
}

static hmfm_status use_read(void *context, hmfm_error *error) {
  (void)context;
  return read_back(error);
}

START_TEST(netcdf) {
  static char before[] = "of another";
  hmfm_error error = {0};
  ck_assert_uint_gt(survive_mode(use_write, NULL, HEAP_ONCE), 25);
  ck_assert_uint_gt(survive_mode(use_write, before, HEAP_FOR_GOOD), 25);
  remove("fit.nc");
  ck_assert_int_eq(hmfm_netcdf_write("fit.nc", draws, &info, 0, &error), HMFM_OK);
  ck_assert_uint_gt(survive(use_read, NULL), 80);
}
END_TEST

/* What was not asked for is not there to fail. */
static hmfm_status use_read_little(void *context, hmfm_error *error) {
  hmfm_draws *read = UNTOUCHED;
  (void)context;
  hmfm_status status = hmfm_netcdf_read("fit.nc", 0, &read, NULL, error);
  if (status) {
    ck_assert_ptr_eq(read, UNTOUCHED);
    return status;
  }
  ck_assert(!read->allocations && !read->components && !read->log_likelihood);
  hmfm_draws_destroy(read);
  return HMFM_OK;
}

START_TEST(parts) {
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_netcdf_write("fit.nc", draws, &info, 0, &error), HMFM_OK);
  ck_assert_uint_gt(survive_mode(use_read_little, NULL, HEAP_ONCE), 50);
}
END_TEST

static void limit(hmfm_draws *to, size_t n) {
  to->n_draws = n;
  for (size_t c = 0; c < to->n_chains; c++) to->chain_draws[c] = n;
}

/* Two blocks of draws written, and read into *context, which has forgotten them. */
static hmfm_status use_journal(void *context, hmfm_error *error) {
  hmfm_draws *from = draws, *back = context;
  hmfm_journal *journal = UNTOUCHED;
  double seconds = -1;
  hmfm_status status = hmfm_journal_create("journal", 7, from, &journal, error);
  if (status) {
    ck_assert_ptr_eq(journal, UNTOUCHED);
    return status;
  }
  limit(from, 2);
  status = hmfm_journal_add(journal, from, 1, error);
  limit(from, 5);
  if (!status) status = hmfm_journal_add(journal, from, 2, error);
  hmfm_journal_close(journal);
  limit(back, 0);
  for (size_t c = 0; c < back->n_chains; c++) back->components[c].start[5] = 0;
  if (!status) status = hmfm_journal_open("journal", 7, 5, back, &seconds, &journal, error);
  if (!status) {
    example_compare(from, back);
    ck_assert(seconds == 2);
    hmfm_journal_close(journal);
  }
  return status;
}

START_TEST(journals) {
  example what = example_full;
  what.max_label = 4; /* as five units can have */
  hmfm_draws_destroy(draws);
  draws = example_create(&what);
  hmfm_draws *back = example_create(&what);
  ck_assert_uint_gt(survive(use_journal, back), 3);
  hmfm_draws_destroy(back);
}
END_TEST

/* ---- draws as CSV, and outputs ---- */

static hmfm_status use_convert(void *context, hmfm_error *error) {
  char *text = NULL;
  size_t size = 0, lines = 0;
  FILE *stream = open_memstream(&text, &size);
  ck_assert_ptr_nonnull(stream);
  hmfm_status status = hmfm_convert_write(draws, context, stream, error);
  ck_assert_int_eq(fclose(stream), 0);
  for (size_t k = 0; k < size; k++) lines += text[k] == '\n';
  if (!status) ck_assert_uint_gt(lines, 10);
  free(text);
  return status;
}

START_TEST(conversions) {
  static char scalars[] = "scalars", allocations[] = "allocations", components[] = "components";
  ck_assert_uint_gt(survive(use_convert, scalars), 10);
  ck_assert_uint_eq(survive(use_convert, allocations), 6);
  ck_assert_uint_eq(survive(use_convert, components), 4);
}
END_TEST

static hmfm_status use_output(void *context, hmfm_error *error) {
  hmfm_output *output = UNTOUCHED;
  (void)context;
  hmfm_status status = hmfm_output_open("link", 1, &output, error);
  if (status) {
    ck_assert_ptr_eq(output, UNTOUCHED);
    ck_assert_uint_eq(count_files(), 2);
    return status;
  }
  fputs("new", hmfm_output_stream(output));
  status = hmfm_output_commit(output, error);
  ck_assert_uint_eq(count_files(), 2);
  if (!status) heap.forgiven = 1;
  return status;
}

START_TEST(outputs) {
  write_file("file", "old");
  ck_assert_int_eq(symlink("file", "link"), 0);
  ck_assert_uint_gt(survive(use_output, NULL), 4);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("memory_io");
  TCase *texts = tcase_create("texts"), *files = tcase_create("files");
  tcase_add_checked_fixture(texts, enter_folder, leave_folder);
  tcase_add_test(texts, csv);
  tcase_add_test(texts, configurations);
  tcase_add_test(texts, outputs);
  suite_add_tcase(suite, texts);
  tcase_set_timeout(files, 120);
  tcase_add_checked_fixture(files, make_draws, drop_draws);
  tcase_add_test(files, netcdf);
  tcase_add_test(files, parts);
  tcase_add_test(files, journals);
  tcase_add_test(files, conversions);
  suite_add_tcase(suite, files);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
