/* hmfm score: estimates against a known truth, for simulation studies. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/partition_input.h"
#include "cli/point_partition.h"
#include "cli/result_file.h"
#include "cli/score.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"text", "csv", "json", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Truth", .name = "truth", .argument = "TRUTH.csv",
     .meaning = "the true partition, a row a unit or a row an observation; data of 'hmfm simulate' will do",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NEEDED},
    {.name = "truth-columns", .argument = "[GROUP,]UNIT,CLUSTER",
     .meaning = "its columns: two where there are no groups", .kind = HMFM_OPTION_NAMES},
    {.name = "components", .argument = "FILE.csv", .fallback = "densities are not scored",
     .meaning = "the true components, weights and beta, as 'hmfm simulate --truth' writes them",
     .kind = HMFM_OPTION_TEXT},
    HMFM_OPTION_SEARCH_ALONE,
    {.heading = "Input and output", .name = "partition", .argument = "FILE.csv",
     .fallback = "searched for",
     .meaning = "the point partition, as 'hmfm partition' prints it: columns group, unit, cluster",
     .kind = HMFM_OPTION_TEXT},
    HMFM_OPTION_ALLOCATIONS,
    {.name = "format", .argument = "FORMAT", .meaning = "how to print it",
     .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    HMFM_OPTION_RESULT,
    {0}};

static const hmfm_command command = {
    .name = "score",
    .operand = "[FIT.nc]",
    .meaning = "Tell how far estimates are from a truth that is known, as in simulation studies: the "
               "point partition, all draws of the partition, co-clustering and densities, for all "
               "units and for each group.",
    .examples = "  $ hmfm simulate --sizes 300,300 --components=-3:0.1,0:0.5,1.75:1.5 -o data.csv --truth true.csv\n"
                "  $ hmfm sample data.csv -y y -g group -u unit -o fit.nc\n"
                "  $ hmfm score fit.nc --truth data.csv --components true.csv\n"
                "  $ hmfm score --partition kmeans.csv --truth data.csv\n"
                "  $ hmfm score --allocations draws.csv --truth truth.csv --truth-columns id,species --format csv\n",
    .notes =
        "Notes:\n"
        "Units are found by their names: those of the truth and of what is scored must be the same. What is\n"
        "scored is a fit, draws of another program (--allocations), or one partition alone (--partition). In\n"
        "the rows of groups all partitions are restricted to the units of that group; the first row, all, is\n"
        "of all units together.\n"
        "\n"
        "Columns of the point partition:\n"
        "  units          units compared\n"
        "  clusters_true  clusters of the truth (K_true in the text)\n"
        "  clusters       clusters of the point partition (K)\n"
        "  ari            adjusted Rand index (Hubert and Arabie 1985): 1 where it is the truth, 0 as by\n"
        "                 chance; it may be negative\n"
        "  vi             variation of information (Meila 2007) in bits, 0 where it is the truth\n"
        "  nvi            vi over the entropy of both together, from 0 to 1\n"
        "  binder         pairs of units on which they differ, twice their number over the square of the\n"
        "                 number of units (Binder 1978)\n"
        "\n"
        "Columns of the draws:\n"
        "  K_mean         clusters of a draw: posterior mean; K_sd, K_q5 and K_q95 are the standard\n"
        "                 deviation and the 5 % and 95 % quantiles, here and below\n"
        "  p_K_true       posterior probability of as many clusters as the truth has (P(K_true))\n"
        "  ari_mean, vi_mean, binder_mean  of a draw and the truth, with _sd, _q5 and _q95\n"
        "  coclustering_mae   mean over all pairs of units of |P - T|, P being the share of the draws that\n"
        "                     have both together, T 1 where the truth has, else 0\n"
        "  coclustering_rmse  square root of the mean of (P - T)^2\n"
        "\n"
        "Columns of the densities:\n"
        "  density_l1        integral of |f - g|, f being the posterior mean density of an observation in the\n"
        "                    group and g the true one; of counts a sum. From 0 to 2; half of it is the total\n"
        "                    variation. all: the mean over groups. Covariates are at their means over the\n"
        "                    observations of the group, as in 'hmfm density', with the true beta in g; the\n"
        "                    exposure is 1\n"
        "  density_l1_error  by so much density_l1 may be too small, by numerical integration; it is not too\n"
        "                    large\n"
        "What was not given is NA.\n"
        "\n" HMFM_ALLOCATIONS_NOTES,
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_status status = hmfm_point_partition_prepare(options, error);
  if (!status) status = hmfm_options_default(options, "format", "text", error);
  return status ? status
                : hmfm_options_default(options, "truth-columns", "group,unit,component", error);
}

static hmfm_status check_options(const hmfm_options *options, hmfm_error *error) {
  static const char *const file[] = {"truth", "components", "partition"};
  const char *output = hmfm_options_text(options, "output");
  const size_t n = hmfm_options_value(options, "truth-columns")->n;
  hmfm_partition_search search;
  if (n != 2 && n != 3)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "--truth-columns takes the names of two or three columns, got %zu", n);
  if (hmfm_options_text(options, "components") && !options->operand)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "--components is for the densities of a fit, and no FIT.nc is given");
  for (int k = 0; output && k < 3; k++) {
    const char *path = hmfm_options_text(options, file[k]);
    if (path && hmfm_cli_same_file(path, output))
      return hmfm_fail(error, HMFM_EUSAGE, "-o %s would replace what --%s reads", output, file[k]);
  }
  hmfm_status status = hmfm_point_search_read(options, &search, error);
  return status ? status : hmfm_result_check(options, error);
}

static hmfm_status work(const hmfm_options *options, hmfm_score_report *report, hmfm_step *step,
                        hmfm_error *error) {
  const char *format = hmfm_options_text(options, "format");
  hmfm_output *file = NULL;
  FILE *to = NULL;
  hmfm_status status = check_options(options, error);
  if (status) return status;
  *step = HMFM_STEP_INPUT;
  status = hmfm_score_report_make(options, report, error);
  if (status) return status;
  *step = HMFM_STEP_OUTPUT;
  status = hmfm_result_open(options, &file, &to, error);
  if (status) return status;
  if (strcmp(format, "json") == 0)
    status = hmfm_score_print_json(report, to, error);
  else if (strcmp(format, "csv") == 0)
    hmfm_score_print_csv(report, to);
  else
    hmfm_score_print_text(report, to);
  return hmfm_result_close(file, status, error);
}

int hmfm_cmd_score(int argc, char **argv) {
  hmfm_options *options = NULL;
  hmfm_score_report report = {.n_units = 0};
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_OUTPUT;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code < 0) {
    hmfm_status status = work(options, &report, &step, &error);
    code = status ? hmfm_cli_fail("score", &error, step) : HMFM_EXIT_OK;
  }
  hmfm_score_report_clear(&report);
  hmfm_options_destroy(options);
  return code;
}
