/* hmfm partition: the partition with the least posterior expected loss. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/partition_input.h"
#include "cli/partition_print.h"
#include "cli/point_partition.h"
#include "cli/result_file.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"csv", "json", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    HMFM_OPTION_SEARCH,
    {.heading = "How sure it is", .name = "certainty",
     .meaning = "a column with the share of the draws in which a unit is with the others of its cluster"},
    {.name = "ball", .argument = "P",
     .meaning = "columns with the bounds of the credible ball that holds this share of the draws",
     .kind = HMFM_OPTION_VALUES},
    {.name = "chips", .argument = "P",
     .meaning = "a column with a partition of as many units as are divided just so in this share of "
                "the draws, as far as 64 greedy searches find them",
     .kind = HMFM_OPTION_VALUES},
    {.heading = "Input and output", .name = "allocations", .argument = "FILE.csv",
     .meaning = "draws from here, not from a fit; - is standard input", .kind = HMFM_OPTION_TEXT},
    {.name = "format", .argument = "FORMAT", .meaning = "how to print it",
     .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    HMFM_OPTION_RESULT,
    {.name = "quiet", .letter = 'q', .meaning = "no report of the search on standard error"},
    {0}};

static const hmfm_command command = {
    .name = "partition",
    .operand = "[FIT.nc]",
    .meaning = "Find the partition of the units that stands for all draws: the one with the least "
               "posterior expected loss. It is printed as CSV with columns group, unit and cluster, "
               "clusters from 1, the largest first.",
    .examples = "  $ hmfm partition fit.nc > partition.csv\n"
                "  $ hmfm partition fit.nc --loss binder -a 0.8 --restarts 64 -o partition.csv\n"
                "  $ hmfm partition fit.nc --certainty --ball 0.95 --chips 0.5 > partition.csv\n"
                "  $ hmfm partition --allocations draws.csv --format json\n",
    .notes =
        "Losses:\n"
        "  vi      variation of information (Meila 2007), logarithms to base 2\n"
        "  binder  pairs of units on which two partitions differ, over the square of the number of\n"
        "          units (Binder 1978)\n"
        "  omari   one minus the adjusted Rand index\n"
        "  nvi     variation of information over the entropy of both partitions together\n"
        "\n"
        "Notes:\n"
        "The expected loss is the mean over the draws themselves. The search moves single units while that\n"
        "helps, and destroys whole clusters to allocate their units anew (Dahl, Johnson and Mueller 2022,\n"
        "Journal of Computational and Graphical Statistics 31, 1189-1201). What it finds is never worse\n"
        "than the best draw and the best cut of the average linkage. Up to 20,000 units the latter\n"
        "is tried, which takes 4 bytes a pair of units.\n"
        "\n"
        "Columns:\n"
        "  certainty   mean, over the others of the cluster, of the share of the draws in which the unit is\n"
        "              with them; for a unit that is alone, the share of the draws in which it is\n"
        "  horizontal  with --ball: clusters in the draw of the ball that is farthest from the partition\n"
        "  upper       in the farthest of those draws of it that have the fewest clusters\n"
        "  lower       in the farthest of those that have the most (Wade and Ghahramani 2018, Bayesian\n"
        "              Analysis 13, 559-626); distances are the loss\n"
        "  chips       with --chips: cluster in a partition of some units that those draws agree on, counted\n"
        "              on its own, the largest first; empty for units left out. Units are taken in one by\n"
        "              one, where most draws still agree, in 64 random orders of equals (Page, Barrientos,\n"
        "              Dahl and Dunson 2025, arXiv 2511.16040)\n"
        "\n" HMFM_ALLOCATIONS_NOTES,
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_status status = hmfm_point_partition_prepare(options, error);
  return status ? status : hmfm_options_default(options, "format", "csv", error);
}

enum { CHIPS_RUNS = 64 };

static void answer_clear(hmfm_partition_answer *answer) {
  hmfm_named_partitions_clear(&answer->named);
  hmfm_point_partition_clear(&answer->found);
  hmfm_free(answer->certainty);
  hmfm_subpartition_clear(&answer->chips);
}

/* How sure the partition is, as far as that was asked for. */
static hmfm_status judge(const hmfm_options *options, hmfm_partition_answer *answer,
                         hmfm_error *error) {
  const hmfm_partitions *partitions = answer->named.partitions;
  const hmfm_partition_search *search = &answer->search;
  hmfm_status status = HMFM_OK;
  if (hmfm_options_flag(options, "certainty")) {
    answer->certainty = hmfm_calloc(partitions->n_units, sizeof *answer->certainty);
    if (!answer->certainty) return hmfm_fail_memory(error, "certainties");
    status = hmfm_partition_certainty(partitions, answer->found.label, search->threads,
                                      answer->certainty, error);
  }
  if (!status && !isnan(answer->level))
    status = hmfm_partition_ball(partitions, search->loss, search->a, answer->found.label,
                                 answer->level, search->threads, &answer->ball, error);
  if (!status && !isnan(answer->held))
    status = hmfm_subpartition_find(partitions, answer->held, CHIPS_RUNS, search->seed,
                                    search->threads, &answer->chips, error);
  return status;
}

/* A probability above 0 and below 1, or 1 where that can be had. */
static hmfm_status read_share(const hmfm_options *options, const char *name, int may_be_one,
                              double *out, hmfm_error *error) {
  hmfm_status status = hmfm_options_one_number(options, name, out, error);
  if (status || isnan(*out) || (*out > 0 && (*out < 1 || (may_be_one && *out == 1)))) return status;
  return hmfm_fail(error, HMFM_EUSAGE, "--%s takes a probability between 0 and 1, got %g", name,
                   *out);
}

static hmfm_status work(const hmfm_options *options, hmfm_partition_answer *answer, hmfm_step *step,
                        hmfm_error *error) {
  hmfm_output *file = NULL;
  FILE *to = NULL;
  hmfm_status status = hmfm_point_search_read(options, &answer->search, error);
  if (!status) status = read_share(options, "ball", 0, &answer->level, error);
  if (!status) status = read_share(options, "chips", 1, &answer->held, error);
  if (!status) status = hmfm_result_check(options, error);
  if (status) return status;
  *step = HMFM_STEP_INPUT;
  status = hmfm_partition_input(options, &answer->named, error);
  if (status) return status;
  *step = HMFM_STEP_OUTPUT;
  status = hmfm_partition_find(answer->named.partitions, &answer->search, &answer->found, error);
  if (!status) status = hmfm_point_partition_order(options, &answer->named, &answer->found, error);
  if (!status) status = judge(options, answer, error);
  if (!status) status = hmfm_result_open(options, &file, &to, error);
  if (status) return status;
  if (strcmp(hmfm_options_text(options, "format"), "json") == 0)
    status = hmfm_partition_print_json(answer, to, error);
  else
    hmfm_partition_print_csv(answer, to);
  status = hmfm_result_close(file, status, error);
  if (!status && !hmfm_options_flag(options, "quiet")) hmfm_partition_report(answer);
  return status;
}

int hmfm_cmd_partition(int argc, char **argv) {
  hmfm_options *options = NULL;
  hmfm_partition_answer answer = {.level = NAN, .held = NAN};
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_OUTPUT;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code < 0) {
    hmfm_status status = work(options, &answer, &step, &error);
    code = status ? hmfm_cli_fail("partition", &error, step) : HMFM_EXIT_OK;
  }
  answer_clear(&answer);
  hmfm_options_destroy(options);
  return code;
}
