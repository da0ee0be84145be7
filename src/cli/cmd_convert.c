/* hmfm convert: draws of a fit as CSV. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/result_file.h"
#include "io/convert.h"
#include "io/netcdf.h"

static const char *what_name(size_t index) { return hmfm_convert_name(index, NULL); }

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Options", .name = "what", .argument = "PART", .meaning = "what to write",
     .kind = HMFM_OPTION_CHOICE, .choice = what_name},
    HMFM_OPTION_RESULT,
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

static hmfm_status write_part(const hmfm_options *options, const hmfm_draws *draws,
                              hmfm_error *error) {
  hmfm_output *file = NULL;
  FILE *to = NULL;
  hmfm_status status = hmfm_result_open(options, &file, &to, error);
  if (status) return status;
  status = hmfm_convert_write(draws, hmfm_options_text(options, "what"), to, error);
  return hmfm_result_close(file, status, error);
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
  status = hmfm_result_check(options, &error);
  if (!status) {
    status = hmfm_netcdf_read(options->operand, hmfm_convert_parts(what), &draws, NULL, &error);
    if (status) step = HMFM_STEP_INPUT;
  }
  if (!status) status = write_part(options, draws, &error);
  code = status ? hmfm_cli_fail("convert", &error, step) : HMFM_EXIT_OK;
out:
  hmfm_draws_destroy(draws);
  hmfm_options_destroy(options);
  return code;
}
