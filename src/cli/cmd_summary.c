/* hmfm summary: what a fit says, and whether it has converged. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/point_partition.h"
#include "cli/summary.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"text", "csv", "json", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Options", .name = "format", .argument = "FORMAT",
     .meaning = "how to print it", .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    {.name = "quiet", .letter = 'q',
     .meaning = "with csv, do not warn on standard error of what has not converged"},
    {.heading = "Partitions", .name = "partitions",
     .meaning = "how the chains agree on who belongs together: entropy, distance to the point "
                "partition, co-clustering"},
    HMFM_OPTION_PARTITION_FILE, HMFM_OPTION_SEARCH_ALONE,
    {0}};

static const hmfm_command command = {
    .name = "summary",
    .operand = "FIT.nc",
    .meaning = "Tell what a fit says: set-up and time, every quantity that does not depend on how "
               "clusters are labelled, the posterior of the number of clusters, and what has not "
               "converged.",
    .examples = "  $ hmfm summary fit.nc\n"
                "  $ hmfm summary fit.nc --partitions --restarts 4\n"
                "  $ hmfm summary fit.nc --format csv > table.csv\n",
    .notes =
        "Columns:\n"
        "  mean, sd, q5, q50, q95  of all draws of all chains\n"
        "  rhat       rank-normalised split R-hat: near 1 where the chains agree, at most 1.01 wanted\n"
        "  ess_bulk   effective draws for the middle of the law, at least 100 a chain wanted\n"
        "  ess_tail   effective draws for its 5% and 95% quantiles\n"
        "  mcse_mean  Monte Carlo standard error of the mean\n"
        "They are those of Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), Bayesian\n"
        "Analysis 16, 667-718, and NA for a quantity that is the same in every draw.\n"
        "\n"
        "Quantities:\n"
        "  lambda   Lambda: the number of components less one has this prior mean\n"
        "  gamma    concentration of each group's weights\n"
        "  alpha    mixing hdp: concentration of the groups' weights about the shared ones\n"
        "  gamma0   mixing hdp: concentration of the shared weights\n"
        "  K        clusters: components that hold a unit\n"
        "  M        components (mixing hdp has infinitely many)\n"
        "  K_group  clusters of each group\n"
        "  beta     regression coefficients\n"
        "  log_lik  log likelihood of all observations given allocations and components\n"
        "  entropy  with --partitions: entropy of the sizes of the clusters, in bits\n"
        "  distance with --partitions: loss of the point partition, had the draw been the truth\n"
        "Chains are counted from 0, as in the file.\n",
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_status status = hmfm_point_partition_prepare(options, error);
  return status ? status : hmfm_options_default(options, "format", "text", error);
}

/* The draws of partitions of the fit, and what stands for them. */
typedef struct partition_part {
  hmfm_named_partitions named;
  hmfm_partition_search search;
  hmfm_point_partition point;
  hmfm_report_partitions told;
} partition_part;

static hmfm_status find_partition(const hmfm_options *options, partition_part *part,
                                  hmfm_error *error) {
  hmfm_status status = hmfm_point_search_read(options, &part->search, error);
  if (!status) status = hmfm_allocations_of_fit(options->operand, &part->named, error);
  if (!status) status = hmfm_point_partition_get(options, &part->named, &part->point, error);
  part->told = (hmfm_report_partitions){part->named.partitions, &part->search, &part->point};
  return status;
}

static hmfm_status print(const hmfm_report *report, const char *format, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  if (strcmp(format, "csv") == 0)
    hmfm_report_print_csv(report, stdout);
  else if (strcmp(format, "json") == 0)
    status = hmfm_report_print_json(report, stdout, error);
  else
    hmfm_report_print_text(report, stdout);
  return status ? status : hmfm_cli_flush(error);
}

int hmfm_cmd_summary(int argc, char **argv) {
  hmfm_options *options = NULL;
  hmfm_report *report = NULL;
  partition_part part = {0};
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_INPUT;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code >= 0) goto out;
  const char *format = hmfm_options_text(options, "format");
  const int partitions =
      hmfm_options_flag(options, "partitions") || hmfm_options_given(options, "partition");
  hmfm_status status = partitions
                           ? find_partition(options, &part, &error)
                           : hmfm_point_search_idle(options, 1, "without --partitions", &error);
  if (!status)
    status = hmfm_report_create_with(options->operand, 0, partitions ? &part.told : NULL, &report,
                                     &error);
  if (!status) {
    step = HMFM_STEP_OUTPUT;
    status = print(report, format, &error);
  }
  int warn = !status && strcmp(format, "csv") == 0 && !hmfm_options_flag(options, "quiet");
  for (size_t k = 0; warn && k < report->warnings.count; k++)
    fprintf(stderr, "hmfm summary: %s\n", report->warnings.text[k]);
  code = status ? hmfm_cli_fail("summary", &error, step) : HMFM_EXIT_OK;
out:
  hmfm_report_destroy(report);
  hmfm_point_partition_clear(&part.point);
  hmfm_named_partitions_clear(&part.named);
  hmfm_options_destroy(options);
  return code;
}
