/* Tests of files of draws: what is written comes back, and what is damaged is refused. */
#include <check.h>
#include <netcdf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

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
  what.chains = _i & 1 ? 1 : 3;
  what.draws = what.capacity = 1 + (size_t)_i;
  round_trip(&what);
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

/* ---- files that must be refused ---- */

static void refused(const char *path, const char *piece) {
  hmfm_error error = {0};
  hmfm_draws *back = NULL;
  hmfm_fit_info *fit = NULL;
  ck_assert_msg(hmfm_netcdf_read(path, ALL_PARTS, &back, &fit, &error) == HMFM_EIO,
                "'%s' was read although it should say: %s", path, piece);
  ck_assert_ptr_null(back);
  ck_assert_ptr_null(fit);
  ck_assert_msg(strstr(error.message, piece) != NULL, "said: %s\nnot: %s", error.message, piece);
  ck_assert_msg(strstr(error.message, path) != NULL, "said: %s", error.message);
}

static void write_bytes(const char *path, const char *bytes, size_t n) {
  FILE *file = fopen(path, "wb");
  ck_assert_ptr_nonnull(file);
  ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
  ck_assert_int_eq(fclose(file), 0);
}

START_TEST(cut_files_are_refused) {
  write_example("fit.nc", &example_full);
  FILE *file = fopen("fit.nc", "rb");
  ck_assert_ptr_nonnull(file);
  ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
  size_t size = (size_t)ftell(file), tried = 0;
  char *bytes = malloc(size);
  rewind(file);
  ck_assert_uint_eq(fread(bytes, 1, size, file), size);
  fclose(file);
  for (size_t n = 0; n < size; n++) {
    if (n % 13 && n + 40 < size) continue; /* every 13th length, and the last 40 */
    if (n > 600 && n + 40 < size && n % (13 * 16)) continue;
    write_bytes("cut.nc", bytes, n);
    refused("cut.nc", "cut.nc");
    tried++;
  }
  ck_assert_uint_gt(tried, 150);
  write_bytes("cut.nc", bytes, size);
  hmfm_draws *back = NULL;
  ck_assert_int_eq(hmfm_netcdf_read("cut.nc", ALL_PARTS, &back, NULL, NULL), HMFM_OK);
  hmfm_draws_destroy(back);
  free(bytes);
}
END_TEST

START_TEST(other_files_are_refused) {
  int file;
  refused("none.nc", "No such file");
  ck_assert_int_eq(mkdir("folder.nc", 0777), 0);
  refused("folder.nc", "is a directory");
  write_bytes("text.nc", "chain,draw\n0,0\n", 15);
  refused("text.nc", "is not a NetCDF file");
  write_bytes("empty.nc", "", 0);
  refused("empty.nc", "empty.nc");
  write_bytes("magic.nc", "\211HDF\r\n\032\n and no more", 20);
  refused("magic.nc", "damaged or cut short");
  ck_assert_int_eq(nc_create("other.nc", NC_NETCDF4, &file), NC_NOERR);
  nc_close(file);
  refused("other.nc", "not one of hmfm's draws");
  ck_assert_int_eq(nc_create("classic.nc", NC_CLOBBER, &file), NC_NOERR);
  nc_close(file);
  refused("classic.nc", "not one of hmfm's draws");
  refused("/dev/null", "not an ordinary file");
}
END_TEST

/* Damage done to a whole file through libnetcdf; each line of the table does one thing. */
typedef struct damage {
  const char *group;     /* where; NULL: the root */
  const char *variable;  /* whose values all become `number`, if not NULL */
  const char *attribute; /* of the root, which becomes `number`, if not NULL */
  int number;
  const char *longer; /* the variable is made anew, this dimension one too long, if not NULL */
  const char *said;
} damage;

static const damage damages[] = {
    {NULL, NULL, "hmfm_layout", 2, NULL, "written by a newer hmfm: its layout is 2"},
    {NULL, NULL, "hmfm_layout", 0, NULL, "not one of hmfm's draws"},
    {NULL, NULL, "seed", 7, NULL, "has no text in attribute 'seed'"},
    {NULL, NULL, "atoms", 7, NULL, "has no text in attribute 'atoms'"},
    {"constant_data", "unit_group", NULL, 3, NULL, "has numbers of groups that are not there"},
    {"constant_data", "unit_group", NULL, -1, NULL, "constant_data"},
    {"constant_data", "unit_size", NULL, 1, NULL, "counts fewer rows than there are"},
    {"constant_data", "unit_size", NULL, 2000000000, NULL, "counts more rows than there are"},
    {"constant_data", "unit_size", NULL, -1, NULL, "constant_data"},
    {"components", "row_size", NULL, 1, NULL, "counts fewer rows than there are"},
    {"components", "row_size", NULL, 900, NULL, "counts more rows than there are"},
    {"components", "row_size", NULL, -1, NULL, "components"},
    {"components", "weight", NULL, 0, "row", "where the rest of the file has"},
    {"components", "mu", NULL, 0, "row", "where the rest of the file has"},
    {"log_likelihood", "y", NULL, 0, "unit", "dimension 3 of 'y' in group 'log_likelihood' is 6"},
    {"posterior", "allocation", NULL, 0, "draw", "dimension 2 of 'allocation' in group"},
    {"observed_data", "y", NULL, 0, "row", "dimension 1 of 'y' in group 'observed_data' is 10"},
    {"constant_data", "x", NULL, 0, "covariate", "dimension 2 of 'x' in group 'constant_data'"},
    {"constant_data", "unit_name", NULL, 0, "unit", "dimension 1 of 'unit_name'"},
};

static void set_values(int group, int id, int number) {
  int n_dims, dims[4];
  size_t n = 1, start[4] = {0}, count[4];
  ck_assert_int_eq(nc_inq_varndims(group, id, &n_dims), NC_NOERR);
  ck_assert_int_eq(nc_inq_vardimid(group, id, dims), NC_NOERR);
  for (int k = 0; k < n_dims; k++) {
    ck_assert_int_eq(nc_inq_dimlen(group, dims[k], &count[k]), NC_NOERR);
    n *= count[k];
  }
  int *value = malloc(n * sizeof *value);
  for (size_t k = 0; k < n; k++) value[k] = number;
  ck_assert_int_eq(nc_put_vara_int(group, id, start, count, value), NC_NOERR);
  free(value);
}

static void lengthen(int group, int id, const char *name, const char *dimension) {
  int n_dims, dims[4], longer, dim;
  size_t length;
  nc_type type;
  ck_assert_int_eq(nc_inq_var(group, id, NULL, &type, &n_dims, dims, NULL), NC_NOERR);
  ck_assert_int_eq(nc_inq_dimid(group, dimension, &dim), NC_NOERR);
  ck_assert_int_eq(nc_inq_dimlen(group, dim, &length), NC_NOERR);
  ck_assert_int_eq(nc_def_dim(group, "longer", length + 1, &longer), NC_NOERR);
  for (int k = 0; k < n_dims; k++)
    if (dims[k] == dim) dims[k] = longer;
  ck_assert_int_eq(nc_rename_var(group, id, "before"), NC_NOERR);
  ck_assert_int_eq(nc_def_var(group, name, type, n_dims, dims, &id), NC_NOERR);
}

START_TEST(damaged_files_are_refused) {
  const damage *d = &damages[_i];
  int file, group, id = -1;
  write_example("fit.nc", &example_full);
  ck_assert_int_eq(nc_open("fit.nc", NC_WRITE, &file), NC_NOERR);
  group = file;
  if (d->group) ck_assert_int_eq(nc_inq_ncid(file, d->group, &group), NC_NOERR);
  if (d->attribute)
    ck_assert_int_eq(nc_put_att_int(file, NC_GLOBAL, d->attribute, NC_INT, 1, &d->number),
                     NC_NOERR);
  if (d->variable) ck_assert_int_eq(nc_inq_varid(group, d->variable, &id), NC_NOERR);
  if (d->longer)
    lengthen(group, id, d->variable, d->longer);
  else if (d->variable)
    set_values(group, id, d->number);
  ck_assert_int_eq(nc_close(file), NC_NOERR);
  refused("fit.nc", d->said);
}
END_TEST

static const struct {
  const char *group, *variable;
} lost[] = {{"posterior", NULL},
            {"constant_data", NULL},
            {"observed_data", NULL},
            {"observed_data", "y"},
            {"constant_data", "x"},
            {"constant_data", "unit_name"},
            {"constant_data", "unit_size"},
            {"components", "row_size"},
            {"components", "weight"},
            {"components", "sigma2"},
            {"log_likelihood", "y"}};

START_TEST(lost_parts_are_refused) {
  int file, group, id;
  char said[64];
  write_example("fit.nc", &example_full);
  ck_assert_int_eq(nc_open("fit.nc", NC_WRITE, &file), NC_NOERR);
  ck_assert_int_eq(nc_inq_ncid(file, lost[_i].group, &group), NC_NOERR);
  if (lost[_i].variable) {
    ck_assert_int_eq(nc_inq_varid(group, lost[_i].variable, &id), NC_NOERR);
    ck_assert_int_eq(nc_rename_var(group, id, "lost"), NC_NOERR);
    snprintf(said, sizeof said, "has no variable '%s'", lost[_i].variable);
  } else {
    ck_assert_int_eq(nc_rename_grp(group, "lost"), NC_NOERR);
    snprintf(said, sizeof said, "it has no group '%s'", lost[_i].group);
  }
  ck_assert_int_eq(nc_close(file), NC_NOERR);
  refused("fit.nc", said);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("netcdf");
  TCase *cases = tcase_create("netcdf");
  tcase_set_timeout(cases, 60);
  tcase_add_checked_fixture(cases, enter_folder, leave_folder);
  tcase_add_test(cases, everything_comes_back);
  tcase_add_loop_test(cases, wide_labels_come_back, 0, 6);
  tcase_add_loop_test(cases, missing_parts_come_back, 0, 16);
  tcase_add_test(cases, draws_without_components_come_back);
  tcase_add_loop_test(cases, unwanted_parts_stay, 0, 8);
  tcase_add_loop_test(cases, info_comes_back, 0, 4);
  tcase_add_test(cases, unset_info_is_filled_in);
  tcase_add_test(cases, nothing_to_write);
  tcase_add_loop_test(cases, full_disk_leaves_nothing, 0, 5);
  tcase_add_test(cases, cut_files_are_refused);
  tcase_add_test(cases, other_files_are_refused);
  tcase_add_loop_test(cases, damaged_files_are_refused, 0, sizeof damages / sizeof *damages);
  tcase_add_loop_test(cases, lost_parts_are_refused, 0, sizeof lost / sizeof *lost);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
