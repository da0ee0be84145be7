/* hmfm partition: the partition with the least posterior expected loss. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/data_print.h"
#include "cli/partition_input.h"
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

/* What is printed: a partition, and how sure it is where that was asked for. */
typedef struct partition_answer {
  hmfm_named_partitions named;
  hmfm_partition_search search;
  hmfm_point_partition found;
  double *certainty; /* n_units, or NULL */
  double level;      /* of the ball; NaN: none */
  hmfm_credible_ball ball;
  double held; /* least probability of the subpartition; NaN: none */
  hmfm_subpartition chips;
} partition_answer;

enum { CHIPS_RUNS = 64 };

static void answer_clear(partition_answer *answer) {
  hmfm_named_partitions_clear(&answer->named);
  hmfm_point_partition_clear(&answer->found);
  hmfm_free(answer->certainty);
  hmfm_subpartition_clear(&answer->chips);
}

enum { BOUNDS = 3 };
static const char *const bound_name[BOUNDS] = {"horizontal", "upper", "lower"};

static const hmfm_bound *bound_at(const partition_answer *answer, int k) {
  const hmfm_credible_ball *ball = &answer->ball;
  return k == 0 ? &ball->horizontal : k == 1 ? &ball->upper : &ball->lower;
}

static unsigned bound_label(const partition_answer *answer, int k, size_t i) {
  return hmfm_partitions_label(answer->named.partitions, bound_at(answer, k)->draw, i) + 1;
}

static int is_held(const partition_answer *answer, size_t i) {
  return answer->chips.label && answer->chips.label[i] != HMFM_NO_CLUSTER;
}

static void print_csv(const partition_answer *answer, FILE *to) {
  const hmfm_named_partitions *named = &answer->named;
  const int has_ball = !isnan(answer->level);
  fprintf(to, "group,unit,cluster%s", answer->certainty ? ",certainty" : "");
  for (int k = 0; has_ball && k < BOUNDS; k++) fprintf(to, ",%s", bound_name[k]);
  if (answer->chips.label) fprintf(to, ",chips");
  for (size_t i = 0; i < named->partitions->n_units; i++) {
    fputc('\n', to);
    hmfm_csv_field(to, named->group[i]);
    fputc(',', to);
    hmfm_csv_field(to, named->unit[i]);
    fprintf(to, ",%u", (unsigned)answer->found.label[i] + 1);
    if (answer->certainty) fprintf(to, ",%.6g", answer->certainty[i]);
    for (int k = 0; has_ball && k < BOUNDS; k++) fprintf(to, ",%u", bound_label(answer, k, i));
    if (answer->chips.label) fputc(',', to);
    if (is_held(answer, i)) fprintf(to, "%u", (unsigned)answer->chips.label[i] + 1);
  }
  fputc('\n', to);
}

static json_t *search_json(const hmfm_partition_search *search, const hmfm_point_partition *found) {
  return json_pack("{s:s, s:o, s:i, s:f, s:f, s:b, s:o, s:I, s:I, s:I, s:I, s:f}", "loss",
                   search->loss, "a", hmfm_json_number(search->a), "clusters",
                   (int)found->n_clusters, "expected_loss", found->loss, "expected_loss_best_draw",
                   found->best_draw, "all_draws_compared", found->all_draws,
                   "expected_loss_average_linkage", hmfm_json_number(found->best_linkage), "runs",
                   (json_int_t)found->runs, "best_run", (json_int_t)found->best_run,
                   "agreeing_runs", (json_int_t)found->agreeing_runs, "seed",
                   (json_int_t)search->seed, "bytes_a_thread", found->bytes);
}

static json_t *unit_json(const partition_answer *answer, size_t i) {
  const hmfm_named_partitions *named = &answer->named;
  json_t *unit = json_pack("{s:s, s:s, s:i}", "group", named->group[i], "unit", named->unit[i],
                           "cluster", (int)answer->found.label[i] + 1);
  int failed = 0;
  if (answer->certainty)
    failed |= json_object_set_new(unit, "certainty", json_real(answer->certainty[i]));
  for (int k = 0; !isnan(answer->level) && k < BOUNDS; k++)
    failed |= json_object_set_new(unit, bound_name[k], json_integer(bound_label(answer, k, i)));
  if (is_held(answer, i))
    failed |=
        json_object_set_new(unit, "chips", json_integer((json_int_t)answer->chips.label[i] + 1));
  return hmfm_json_whole(unit, failed);
}

/* The subpartition, and its probability as unit after unit was taken in: indices into the list of units. */
static json_t *chips_json(const partition_answer *answer) {
  const hmfm_subpartition *chips = &answer->chips;
  json_t *unit = json_array(), *path = json_array();
  int failed = 0;
  for (size_t s = 0; s < chips->n_inside; s++) {
    failed |= json_array_append_new(unit, json_integer((json_int_t)chips->unit[s]));
    failed |= json_array_append_new(path, json_real(chips->path[s]));
  }
  json_t *all =
      json_pack("{s:f, s:f, s:I, s:I}", "level", answer->held, "probability", chips->probability,
                "units", (json_int_t)chips->n_inside, "clusters", (json_int_t)chips->n_clusters);
  failed |= json_object_set_new(all, "unit", unit);
  failed |= json_object_set_new(all, "path", path);
  return hmfm_json_whole(all, failed);
}

static json_t *ball_json(const partition_answer *answer) {
  json_t *ball = json_pack("{s:f, s:f, s:f}", "level", answer->level, "radius", answer->ball.radius,
                           "probability", answer->ball.probability);
  int failed = 0;
  for (int k = 0; k < BOUNDS; k++) {
    const hmfm_bound *bound = bound_at(answer, k);
    failed |= json_object_set_new(ball, bound_name[k],
                                  json_pack("{s:I, s:I, s:f}", "draw", (json_int_t)bound->draw,
                                            "clusters", (json_int_t)bound->n_clusters, "distance",
                                            bound->distance));
  }
  return hmfm_json_whole(ball, failed);
}

static hmfm_status print_json(const partition_answer *answer, FILE *to, hmfm_error *error) {
  json_t *all = json_object(), *units = json_array();
  int failed = json_object_set_new(all, "search", search_json(&answer->search, &answer->found));
  if (!isnan(answer->level)) failed |= json_object_set_new(all, "ball", ball_json(answer));
  if (answer->chips.label) failed |= json_object_set_new(all, "chips", chips_json(answer));
  for (size_t i = 0; i < answer->named.partitions->n_units; i++)
    failed |= json_array_append_new(units, unit_json(answer, i));
  failed |= json_object_set_new(all, "partition", units);
  all = hmfm_json_whole(all, failed);
  if (!all)
    return hmfm_fail(error, HMFM_EDATA, "no JSON: out of memory, or a name that is not UTF-8");
  failed = json_dumpf(all, to, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) || fputc('\n', to) == EOF;
  json_decref(all);
  return failed ? hmfm_fail(error, HMFM_EIO, "the JSON cannot be written") : HMFM_OK;
}

static void report(const partition_answer *answer) {
  const hmfm_point_partition *found = &answer->found;
  const hmfm_credible_ball *ball = &answer->ball;
  fprintf(stderr, "hmfm partition: %u cluster%s, expected %s %.6g (best draw %.6g%s",
          found->n_clusters, found->n_clusters == 1 ? "" : "s", answer->search.loss, found->loss,
          found->best_draw, found->all_draws ? "" : ", of those best on a part of the draws");
  if (!isnan(found->best_linkage)) fprintf(stderr, ", average linkage %.6g", found->best_linkage);
  fprintf(stderr, "); %zu of %zu searches ended there\n", found->agreeing_runs, found->runs);
  if (!isnan(answer->level))
    fprintf(stderr,
            "hmfm partition: %.4g%% of the draws are within %.6g of it, with %u to %u clusters\n",
            100 * ball->probability, ball->radius, ball->upper.n_clusters, ball->lower.n_clusters);
  const hmfm_subpartition *chips = &answer->chips;
  if (chips->label)
    fprintf(stderr,
            "hmfm partition: %zu of %zu units are divided into the same %u cluster%s in %.4g%% of "
            "the draws\n",
            chips->n_inside, answer->named.partitions->n_units, chips->n_clusters,
            chips->n_clusters == 1 ? "" : "s", 100 * chips->probability);
}

/* How sure the partition is, as far as that was asked for. */
static hmfm_status judge(const hmfm_options *options, partition_answer *answer, hmfm_error *error) {
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

static hmfm_status work(const hmfm_options *options, partition_answer *answer, hmfm_step *step,
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
    status = print_json(answer, to, error);
  else
    print_csv(answer, to);
  status = hmfm_result_close(file, status, error);
  if (!status && !hmfm_options_flag(options, "quiet")) report(answer);
  return status;
}

int hmfm_cmd_partition(int argc, char **argv) {
  hmfm_options *options = NULL;
  partition_answer answer = {.level = NAN, .held = NAN};
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
