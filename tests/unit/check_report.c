/* What hmfm summary makes of files of draws that are odd, though the reader takes them. */
#include <check.h>
#include <netcdf.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/summary.h"
#include "support_draws.h"
#include "support_folder.h"

static const hmfm_fit_info info = {.configuration = "{}", .algorithm = "marginal", .seed = 1};

static void write_draws(const hmfm_draws *draws) {
  hmfm_error error = {0};
  ck_assert_msg(hmfm_netcdf_write("fit.nc", draws, &info, 1, &error) == HMFM_OK, "%s",
                error.message);
}

/* The example with counts that could be: one cluster in every draw. */
static hmfm_draws *with_counts(void) {
  hmfm_draws *draws = example_create(&example_full);
  for (size_t v = 0; v < draws->n_variables; v++) {
    hmfm_variable *variable = &draws->variable[v];
    if (!variable->is_count) continue;
    for (size_t k = 0; k < draws->n_chains * draws->capacity * variable->width; k++)
      variable->value[k] = 1;
  }
  return draws;
}

/* A count of clusters is between 0 and the number of units: a report must not make room for more. */
static void set_count(const char *name, double value) {
  hmfm_draws *draws = with_counts();
  hmfm_report *report = NULL;
  hmfm_error error = {0};
  hmfm_draws_find(draws, name)->value[3] = value;
  write_draws(draws);
  ck_assert_int_eq(hmfm_report_create("fit.nc", 0, &report, &error), HMFM_EIO);
  ck_assert_ptr_null(report);
  ck_assert_msg(strstr(error.message, name) && strstr(error.message, "fit.nc") &&
                    strstr(error.message, "count no clusters"),
                "%s", error.message);
  hmfm_draws_destroy(draws);
}

START_TEST(counts_of_no_clusters_are_refused) {
  set_count("K", 999999999);
  set_count("K", -1);
  set_count("K_group", 6);
}
END_TEST

/* JSON is UTF-8; what has a name that is not must be missed aloud. */
START_TEST(names_that_json_cannot_hold) {
  hmfm_draws *draws = with_counts();
  hmfm_report *report = NULL;
  hmfm_error error = {0};
  FILE *to = fopen("out", "w");
  ck_assert_ptr_nonnull(to);
  hmfm_free(draws->covariate_name[1]);
  draws->covariate_name[1] = hmfm_strdup("Gr\xf6\xdf");
  write_draws(draws);
  ck_assert_int_eq(hmfm_report_create("fit.nc", 0, &report, &error), HMFM_OK);
  hmfm_report_print_text(report, to);
  hmfm_report_print_csv(report, to);
  ck_assert_int_eq(hmfm_report_print_json(report, to, &error), HMFM_EIO);
  ck_assert_ptr_nonnull(strstr(error.message, "UTF-8"));
  fclose(to);
  hmfm_report_destroy(report);
  hmfm_draws_destroy(draws);
}
END_TEST

/* An allocation that has lost its units is damage, not one more quantity. */
START_TEST(an_allocation_is_no_quantity) {
  hmfm_draws *draws = example_create(&example_full), *back = NULL;
  int file, group, id, dims[2];
  write_draws(draws);
  ck_assert_int_eq(nc_open("fit.nc", NC_WRITE, &file), NC_NOERR);
  ck_assert_int_eq(nc_inq_ncid(file, "posterior", &group), NC_NOERR);
  ck_assert_int_eq(nc_inq_varid(group, "allocation", &id), NC_NOERR);
  ck_assert_int_eq(nc_rename_var(group, id, "lost"), NC_NOERR);
  ck_assert_int_eq(nc_inq_dimid(group, "chain", &dims[0]), NC_NOERR);
  ck_assert_int_eq(nc_inq_dimid(group, "draw", &dims[1]), NC_NOERR);
  ck_assert_int_eq(nc_def_var(group, "allocation", NC_INT, 2, dims, &id), NC_NOERR);
  ck_assert_int_eq(nc_close(file), NC_NOERR);
  ck_assert_int_eq(hmfm_netcdf_read("fit.nc", 0, &back, NULL, NULL), HMFM_OK);
  ck_assert_ptr_null(hmfm_draws_find(back, "allocation"));
  ck_assert_ptr_nonnull(hmfm_draws_find(back, "K"));
  hmfm_draws_destroy(back);
  hmfm_draws_destroy(draws);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *cases = tcase_create("report");
  tcase_add_checked_fixture(cases, enter_folder, leave_folder);
  tcase_add_test(cases, counts_of_no_clusters_are_refused);
  tcase_add_test(cases, names_that_json_cannot_hold);
  tcase_add_test(cases, an_allocation_is_no_quantity);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
