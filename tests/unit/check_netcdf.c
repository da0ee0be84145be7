/* Tests of files of draws: what is written comes back, and a failure leaves nothing behind. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "io/netcdf.h"
#include "support_draws.h"
#include "support_folder.h"

enum { ALL_PARTS = HMFM_PART_ALLOCATIONS | HMFM_PART_COMPONENTS | HMFM_PART_LOG_LIKELIHOOD };

static const hmfm_fit_info info = {.configuration = "{\"gamma\": \"Süd\"}",
                                   .algorithm = "marginal",
                                   .family = "normal",
                                   .mixing = "hmfm",
                                   .beta = "group",
                                   .seed = 18446744073709551557u,
                                   .warmup = 70,
                                   .thin = 3,
                                   .seconds = 1.25};

static void write_example(const char *path, const example *what) {
  hmfm_error error = {0};
  hmfm_draws *draws = example_create(what);
  ck_assert_msg(hmfm_netcdf_write(path, draws, &info, 1, &error) == HMFM_OK, "%s", error.message);
  hmfm_draws_destroy(draws);
}

static void round_trip(const example *what) {
  hmfm_error error = {0};
  hmfm_draws *draws = example_create(what), *back = NULL;
  ck_assert_msg(hmfm_netcdf_write("fit.nc", draws, &info, 0, &error) == HMFM_OK, "%s",
                error.message);
  ck_assert_uint_eq(count_files(), 1);
  ck_assert_msg(hmfm_netcdf_read("fit.nc", ALL_PARTS, &back, NULL, &error) == HMFM_OK, "%s",
                error.message);
  example_compare(draws, back);
  for (size_t c = 0; c < back->n_chains; c++)
    ck_assert_uint_eq(back->chain_draws[c], draws->n_draws);
  hmfm_draws_destroy(draws);
  hmfm_draws_destroy(back);
}

START_TEST(everything_comes_back) { round_trip(&example_full); }
END_TEST

START_TEST(wide_labels_come_back) {
  static const size_t labels[] = {0, 254, 255, 65534, 65535, 4000000000u};
  static const int bytes[] = {1, 1, 2, 2, 4, 4};
  example what = example_full;
  what.max_label = labels[_i];
  round_trip(&what);
  hmfm_draws *back = NULL;
  ck_assert_int_eq(hmfm_netcdf_read("fit.nc", ALL_PARTS, &back, NULL, NULL), HMFM_OK);
  ck_assert_int_eq(back->allocations[0].bytes, bytes[_i]);
  hmfm_draws_destroy(back);
}
END_TEST

START_TEST(missing_parts_come_back) {
  example what = example_full;
  if (_i & 1) what.covariates = 0;
  if (_i & 2) what.allocations = 0;
  if (_i & 4) what.components = 0;
  if (_i & 8) what.log_likelihood = 0;
  if (_i & 16) what.exposure = 0;
  what.chains = _i & 1 ? 1 : 3;
  what.draws = what.capacity = 1 + (size_t)_i;
  round_trip(&what);
}
END_TEST

/* Allocations and log likelihoods of some draws: the draws written end before, at and after one of them. */
START_TEST(thinned_units_come_back) {
  example what = example_full;
  hmfm_draws *back = NULL;
  what.capacity = 9;
  what.draws = 1 + (size_t)_i % 8;
  what.thin_units = 2 + (size_t)_i / 8 * 3;
  round_trip(&what);
  ck_assert_int_eq(hmfm_netcdf_read("fit.nc", 0, &back, NULL, NULL), HMFM_OK);
  ck_assert_uint_eq(back->thin_units, what.thin_units);
  ck_assert_uint_eq(back->n_draws, what.draws);
  hmfm_draws_destroy(back);
}
END_TEST

START_TEST(draws_without_components_come_back) {
  example what = example_full; /* the only draw of the only chain has no component */
  what.chains = what.draws = 1;
  round_trip(&what);
}
END_TEST

START_TEST(unwanted_parts_stay) {
  hmfm_draws *back = NULL;
  write_example("fit.nc", &example_full);
  ck_assert_int_eq(hmfm_netcdf_read("fit.nc", (unsigned)_i, &back, NULL, NULL), HMFM_OK);
  ck_assert_int_eq(back->allocations != NULL, (_i & HMFM_PART_ALLOCATIONS) != 0);
  ck_assert_int_eq(back->components != NULL, (_i & HMFM_PART_COMPONENTS) != 0);
  ck_assert_int_eq(back->log_likelihood != NULL, (_i & HMFM_PART_LOG_LIKELIHOOD) != 0);
  hmfm_draws_destroy(back);
}
END_TEST

/* Configurations of any length come back whole: HDF5 keeps attributes beyond 64 KB elsewhere. */
START_TEST(info_comes_back) {
  static const size_t lengths[] = {0, 100, 70000, 3000000};
  hmfm_fit_info given = info, *back = NULL;
  hmfm_error error = {0};
  hmfm_draws *draws = example_create(&example_full), *same = NULL;
  char *text = malloc(lengths[_i] + 1);
  for (size_t k = 0; k < lengths[_i]; k++) text[k] = (char)('a' + k % 26);
  text[lengths[_i]] = '\0';
  given.configuration = text;
  given.version = "0.0.9";
  given.splits = (const unsigned long long[]){12, 0, 10000};
  given.n_splits = 3;
  given.created_at = "2026-01-02T03:04:05Z";
  ck_assert_msg(hmfm_netcdf_write("fit.nc", draws, &given, 0, &error) == HMFM_OK, "%s",
                error.message);
  ck_assert_msg(hmfm_netcdf_read("fit.nc", 0, &same, &back, &error) == HMFM_OK, "%s",
                error.message);
  ck_assert(!strcmp(back->configuration, text));
  ck_assert_str_eq(back->algorithm, "marginal");
  ck_assert_str_eq(back->family, "normal");
  ck_assert_str_eq(back->mixing, "hmfm");
  ck_assert_str_eq(back->beta, "group");
  ck_assert_str_eq(back->version, "0.0.9");
  ck_assert_str_eq(back->created_at, "2026-01-02T03:04:05Z");
  ck_assert(back->seed == info.seed);
  ck_assert_uint_eq(back->warmup, 70);
  ck_assert_uint_eq(back->thin, 3);
  ck_assert(back->seconds == 1.25);
  ck_assert_uint_eq(back->n_splits, 3);
  ck_assert_uint_eq(back->splits[0], 12);
  ck_assert_uint_eq(back->splits[1], 0);
  ck_assert_uint_eq(back->splits[2], 10000);
  hmfm_fit_info_destroy(back);
  hmfm_fit_info_destroy(NULL);
  hmfm_draws_destroy(same);
  hmfm_draws_destroy(draws);
  free(text);
}
END_TEST

START_TEST(unset_info_is_filled_in) {
  hmfm_fit_info given = {0}, *back = NULL;
  hmfm_draws *draws = example_create(&example_full), *same = NULL;
  ck_assert_int_eq(hmfm_netcdf_write("fit.nc", draws, &given, 0, NULL), HMFM_OK);
  ck_assert_int_eq(hmfm_netcdf_read("fit.nc", 0, &same, &back, NULL), HMFM_OK);
  ck_assert_str_eq(back->configuration, "");
  ck_assert_str_eq(back->version, HMFM_VERSION);
  ck_assert_uint_eq(back->n_splits, 0);
  ck_assert_uint_eq(strlen(back->created_at), strlen("2026-01-02T03:04:05Z"));
  hmfm_fit_info_destroy(back);
  hmfm_draws_destroy(same);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(nothing_to_write) {
  hmfm_error error = {0};
  hmfm_draws *draws = example_create(&example_full);
  draws->n_draws = 0;
  ck_assert_int_eq(hmfm_netcdf_write("fit.nc", draws, &info, 0, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "'fit.nc' is not written because there is nothing to put in it: "
                                  "2 chains, 0 draws, 5 units");
  ck_assert_uint_eq(count_files(), 0);
  hmfm_draws_destroy(draws);
}
END_TEST

/* HDF5 loses this block when it cannot write; we can do nothing about it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5"; }

/* Files may grow to a limit only: to the writer this is a disk that fills up. */
START_TEST(full_disk_leaves_nothing) {
  static const rlim_t limits[] = {0, 1000, 30000, 100000, 500000};
  struct rlimit usual, small;
  hmfm_error error = {0};
  example what = example_full;
  what.draws = what.capacity = 3000;
  hmfm_draws *draws = example_create(&what);
  signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual), 0);
  small = usual;
  small.rlim_cur = limits[_i];
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
  hmfm_status status = hmfm_netcdf_write("fit.nc", draws, &info, 0, &error);
  setrlimit(RLIMIT_FSIZE, &usual);
  ck_assert_int_eq(status, HMFM_EIO);
  ck_assert_str_eq(error.message, "cannot write 'fit.nc': File too large");
  ck_assert_uint_eq(count_files(), 0);
  ck_assert_int_eq(hmfm_netcdf_write("fit.nc", draws, &info, 0, &error), HMFM_OK);
  hmfm_draws_destroy(draws);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("netcdf");
  TCase *cases = tcase_create("netcdf");
  tcase_set_timeout(cases, 60);
  tcase_add_checked_fixture(cases, enter_folder, leave_folder);
  tcase_add_test(cases, everything_comes_back);
  tcase_add_loop_test(cases, wide_labels_come_back, 0, 6);
  tcase_add_loop_test(cases, missing_parts_come_back, 0, 32);
  tcase_add_loop_test(cases, thinned_units_come_back, 0, 16);
  tcase_add_test(cases, draws_without_components_come_back);
  tcase_add_loop_test(cases, unwanted_parts_stay, 0, 8);
  tcase_add_loop_test(cases, info_comes_back, 0, 4);
  tcase_add_test(cases, unset_info_is_filled_in);
  tcase_add_test(cases, nothing_to_write);
  tcase_add_loop_test(cases, full_disk_leaves_nothing, 0, 5);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
