/* hmfm density: densities and predictions of new observations. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/density.h"
#include "cli/result_file.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"csv", "json", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Whose observation", .name = "group", .letter = 'g', .argument = "NAME[,NAME...]",
     .fallback = "all groups", .meaning = "a new unit of these groups", .kind = HMFM_OPTION_NAMES},
    {.name = "new-group", .meaning = "a unit of a group that is not among the data"},
    {.name = "unit", .letter = 'u', .argument = "GROUP/UNIT",
     .meaning = "a unit of the data, as it is named in allocations", .kind = HMFM_OPTION_TEXT},
    {.name = "in", .argument = "GROUP", .fallback = "the unit's own",
     .meaning = "with --unit: in this group, whose regression it then follows", .kind = HMFM_OPTION_TEXT},
    {.name = "x", .letter = 'x', .argument = "NAME=V,...", .fallback = "means, see below",
     .meaning = "values of covariates, by their names as coded", .kind = HMFM_OPTION_VALUES},
    {.name = "exposure", .argument = "V", .fallback = "1", .meaning = "family poisson: exposure of the count",
     .kind = HMFM_OPTION_VALUES},
    {.heading = "What about it", .name = "at", .argument = "Y,...", .fallback = "a grid",
     .meaning = "its density at these values; of counts, their probabilities", .kind = HMFM_OPTION_VALUES},
    {.name = "from", .argument = "Y", .fallback = "that of the data, and a tenth more; counts: 0",
     .meaning = "lower end of the grid", .kind = HMFM_OPTION_VALUES},
    {.name = "to", .argument = "Y", .fallback = "that of the data, and a tenth more",
     .meaning = "upper end of the grid", .kind = HMFM_OPTION_VALUES},
    {.name = "points", .argument = "N", .meaning = "points of the grid; counts: at most so many",
     .kind = HMFM_OPTION_COUNT, .least = 2, .most = 10000000},
    {.name = "above", .argument = "Y,...", .meaning = "its probabilities to be above these values",
     .kind = HMFM_OPTION_VALUES},
    {.name = "quantile", .argument = "P,...",
     .meaning = "quantiles of the posterior predictive law at these probabilities", .kind = HMFM_OPTION_VALUES},
    {.name = "draws", .letter = 'd', .argument = "N", .meaning = "independent draws from it",
     .kind = HMFM_OPTION_COUNT, .least = 1, .most = 100000000},
    {.name = "level", .argument = "P", .meaning = "probability of the pointwise credible bands",
     .kind = HMFM_OPTION_VALUES},
    {.heading = "Computation", .name = "seed", .letter = 's', .argument = "N",
     .meaning = "seed of what is drawn: weights of a new group, draws", .kind = HMFM_OPTION_SEED},
    {.name = "threads", .letter = 't', .argument = "N", .fallback = "one a processor",
     .meaning = "threads at work; results do not depend on it", .kind = HMFM_OPTION_COUNT,
     .least = 1, .most = 1024},
    {.heading = "Output", .name = "format", .argument = "FORMAT", .meaning = "how to print it",
     .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    HMFM_OPTION_RESULT,
    {0}};

static const hmfm_command command = {
    .name = "density",
    .operand = "FIT.nc",
    .meaning = "Tell what a fit says about one more observation: its density with a credible band, "
               "probabilities, quantiles or draws; of a new unit of a group, of a unit of a new "
               "group, or of a unit that is known.",
    .examples = "  $ hmfm density fit.nc > density.csv\n"
                "  $ hmfm density fit.nc -g 1,2 --x GenderW=1 --from 10 --to 22 -o women.csv\n"
                "  $ hmfm density fit.nc --new-group --level 0.5 -s 1\n"
                "  $ hmfm density fit.nc --unit 3/Anna --in 4 --above 18,19\n"
                "  $ hmfm density fit.nc --quantile 0.05,0.5,0.95 --format json\n",
    .notes =
        "Notes:\n"
        "The fit must have its components, and for --unit its allocations.\n"
        "\n"
        "A unit of a new group has weights from their law given the hyperparameters of each draw, and,\n"
        "where every group has a regression of its own, coefficients from their prior. A known unit\n"
        "is in the component it is allocated to in each draw. With mixing hdp, the atoms of the\n"
        "components that are not listed in a draw are integrated out.\n"
        "\n"
        "Covariates that --x does not name are at their means over the observations of the group, or\n"
        "of the unit, or, for a new group, of all. A level W of a factor Gender is coded as GenderW,\n"
        "1 or 0. What was used stands in the JSON.\n"
        "\n"
        "Columns:\n"
        "  group        of a new group (new); with --unit, a column unit follows\n"
        "  y            value of the response\n"
        "  mean         mean over draws: the posterior predictive density or probability\n"
        "  lower,upper  pointwise credible band: quantiles over draws\n"
        "  above        with --above, in place of y: mean is the probability to be above it\n"
        "  probability,quantile  with --quantile\n"
        "  draw,y       with --draws; draw counts from 0\n"
        "In R: ggplot(read.csv(\"density.csv\"), aes(y, mean)) + geom_line() +\n"
        "geom_ribbon(aes(ymin = lower, ymax = upper), alpha = 0.3) + facet_wrap(~ group).\n",
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  static const char *const value[][2] = {
      {"points", "200"}, {"level", "0.9"}, {"seed", "1"}, {"format", "csv"}};
  return hmfm_options_defaults(options, sizeof value / sizeof *value, value, error);
}

static hmfm_status compute(const hmfm_options *options, hmfm_density_report *report,
                           hmfm_error *error) {
  const unsigned parts =
      HMFM_PART_COMPONENTS | (hmfm_options_given(options, "unit") ? HMFM_PART_ALLOCATIONS : 0);
  hmfm_status status = hmfm_density_read_fit(options->operand, parts, report, error);
  if (!status) status = hmfm_density_read_targets(options, report, error);
  if (!status) status = hmfm_density_read_question(options, report, error);
  for (size_t a = 0; !status && a < report->n_answers; a++)
    status = hmfm_density_answer(report, &report->answer[a], error);
  return status;
}

static hmfm_status print(const hmfm_options *options, const hmfm_density_report *report,
                         hmfm_error *error) {
  hmfm_output *file = NULL;
  FILE *to = NULL;
  hmfm_status status = hmfm_result_open(options, &file, &to, error);
  if (status) return status;
  if (strcmp(hmfm_options_text(options, "format"), "json") == 0)
    status = hmfm_density_print_json(report, to, error);
  else
    hmfm_density_print_csv(report, to);
  return hmfm_result_close(file, status, error);
}

int hmfm_cmd_density(int argc, char **argv) {
  hmfm_error error = {0};
  hmfm_options *options = NULL;
  hmfm_density_report report = {0};
  hmfm_step step = HMFM_STEP_OUTPUT;
  hmfm_status status = HMFM_OK;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code >= 0) goto out;
  status = hmfm_result_check(options, &error);
  if (!status) {
    status = compute(options, &report, &error);
    if (status) step = HMFM_STEP_INPUT;
  }
  if (!status) status = print(options, &report, &error);
  code = status ? hmfm_cli_fail(command.name, &error, step) : HMFM_EXIT_OK;
out:
  hmfm_density_report_clear(&report);
  hmfm_options_destroy(options);
  return code;
}
