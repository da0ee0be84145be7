/* hmfm convert: draws of a fit as CSV. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "io/convert.h"
#include "io/netcdf.h"
#include "io/output.h"

static const char *what_name(size_t index) { return hmfm_convert_name(index, NULL); }

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Options", .name = "what", .argument = "PART", .meaning = "what to write",
     .kind = HMFM_OPTION_CHOICE, .choice = what_name},
    {.name = "output", .letter = 'o', .argument = "FILE", .fallback = "standard output",
     .meaning = "file to write, which appears when it is whole", .kind = HMFM_OPTION_TEXT},
    {.name = "force", .meaning = "replace a file that is there"},
    {0}};

static const hmfm_command command = {
    .name = "convert",
    .operand = "FIT.nc",
    .meaning = "Write the draws of a fit as CSV: one draw a row, or one component a row, with "
               "columns chain and draw that count from 0.",
    .examples = "  $ hmfm convert fit.nc > scalars.csv\n"
                "  $ hmfm convert fit.nc --what allocations -o allocations.csv\n",
    .notes =
        "Parts:\n"
        "  scalars      lambda, K, M, gamma[GROUP], K_group[GROUP], beta[GROUP,COVARIATE], ...\n"
        "  allocations  a column GROUP/UNIT for each unit: the label of its cluster, from 0\n"
        "  components   the atom of each component and its weight in each group; with mixing hdp its\n"
        "               share, and as last row of each draw all components that are not listed\n",
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  return hmfm_options_default(options, "what", "scalars", error);
}

static hmfm_status write_stdout(const hmfm_draws *draws, const char *what, hmfm_error *error) {
  hmfm_status status = hmfm_convert_write(draws, what, stdout, error);
  return status ? status : hmfm_cli_flush(error);
}

static hmfm_status write_file(const hmfm_draws *draws, const char *what, const char *path,
                              int force, hmfm_error *error) {
  hmfm_output *output = NULL;
  hmfm_status status = hmfm_output_open(path, force, &output, error);
  if (status) return status;
  status = hmfm_convert_write(draws, what, hmfm_output_stream(output), error);
  if (!status) return hmfm_output_commit(output, error);
  hmfm_output_discard(output);
  return status;
}

int hmfm_cmd_convert(int argc, char **argv) {
  hmfm_options *options = NULL;
  hmfm_draws *draws = NULL;
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_OUTPUT;
  hmfm_status status = HMFM_OK;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code >= 0) goto out;
  const char *what = hmfm_options_text(options, "what");
  const char *path = hmfm_options_text(options, "output");
  int to_file = path && strcmp(path, "-") != 0, force = hmfm_options_flag(options, "force");
  if (to_file && hmfm_cli_same_file(options->operand, path))
    status = hmfm_fail(&error, HMFM_EUSAGE, "-o %s would replace the fit", path);
  else if (to_file)
    status = hmfm_output_check(path, force, &error);
  if (!status) {
    status = hmfm_netcdf_read(options->operand, hmfm_convert_parts(what), &draws, NULL, &error);
    if (status) step = HMFM_STEP_INPUT;
  }
  if (!status)
    status =
        to_file ? write_file(draws, what, path, force, &error) : write_stdout(draws, what, &error);
  code = status ? hmfm_cli_fail("convert", &error, step) : HMFM_EXIT_OK;
out:
  hmfm_draws_destroy(draws);
  hmfm_options_destroy(options);
  return code;
}
