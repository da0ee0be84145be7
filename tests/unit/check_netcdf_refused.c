/* Tests of the reader of files of draws: what is no such file, cut short or damaged is refused. */
#include <check.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/netcdf.h"
#include "support_draws.h"
#include "support_folder.h"

enum { ALL_PARTS = HMFM_PART_ALLOCATIONS | HMFM_PART_COMPONENTS | HMFM_PART_LOG_LIKELIHOOD };

static void write_example(const char *path, const example *what) {
  const hmfm_fit_info info = {.configuration = "{}", .algorithm = "marginal", .seed = 1};
  hmfm_error error = {0};
  hmfm_draws *draws = example_create(what);
  ck_assert_msg(hmfm_netcdf_write(path, draws, &info, 1, &error) == HMFM_OK, "%s", error.message);
  hmfm_draws_destroy(draws);
}

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
    {NULL, NULL, "thin_units", 0, NULL, "has no number of draws in attribute 'thin_units'"},
    {NULL, NULL, "thin_units", -3, NULL, "has no number of draws in attribute 'thin_units'"},
    {NULL, NULL, "thin_units", 2, NULL, "dimension 2 of 'allocation' in group 'posterior' is 5"},
    {NULL, NULL, "thin_units", 2000000000, NULL, "dimension 2 of 'allocation' in group"},
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
    {"constant_data", "exposure", NULL, 0, "row", "dimension 1 of 'exposure' in group"},
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
            {"constant_data", "exposure"},
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
  Suite *suite = suite_create("netcdf_refused");
  TCase *cases = tcase_create("refused");
  tcase_set_timeout(cases, 60);
  tcase_add_checked_fixture(cases, enter_folder, leave_folder);
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
