/* hmfm clusters: what the clusters of the point partition are. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/clusters.h"
#include "cli/point_partition.h"
#include "cli/result_file.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"text", "csv", "json", NULL};
  return name[index];
}

/* In the order of hmfm_clusters_table. */
static const char *table_name(size_t index) {
  static const char *const name[] = {"clusters", "groups", "transitions", "by", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "What is told", .name = "by", .argument = "COL[,COL...]", .fallback = "none",
     .meaning = "how these columns of the data, numbers or text, differ between clusters; may be given several times",
     .kind = HMFM_OPTION_NAMES},
    {.name = "data", .argument = "FILE.csv", .fallback = "where they were",
     .meaning = "with --by: the data that the fit was made from", .kind = HMFM_OPTION_TEXT},
    {.name = "levels", .argument = "N",
     .meaning = "with --by: levels of a text to tell apart, the most frequent; the others are together as (other)",
     .kind = HMFM_OPTION_COUNT, .least = 1, .most = 1000000000},
    HMFM_OPTION_SEARCH,
    HMFM_OPTION_PARTITION_FILE,
    {.heading = "Output", .name = "format", .argument = "FORMAT", .fallback = "text; with --what csv",
     .meaning = "how to print it", .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    {.name = "what", .argument = "TABLE", .fallback = "clusters",
     .meaning = "with csv, the table to print", .kind = HMFM_OPTION_CHOICE,
     .choice = table_name},
    HMFM_OPTION_RESULT,
    {.name = "quiet", .letter = 'q',
     .meaning = "with csv, do not say on standard error what is missing or has not converged"},
    {0}};

static const hmfm_command command = {
    .name = "clusters",
    .operand = "FIT.nc",
    .meaning = "Tell what the clusters of the point partition are: sizes, responses and covariates, the "
               "posterior of their means and standard deviations, the groups they are in, how units that are in "
               "several groups go from cluster to cluster, and how other columns of the data differ "
               "between them.",
    .examples = "  $ hmfm clusters fit.nc\n"
                "  $ hmfm clusters fit.nc --order mean --by gender,age\n"
                "  $ hmfm clusters fit.nc --partition partition.csv --what groups -o groups.csv\n"
                "  $ hmfm clusters fit.nc --by club --data puts.csv --format json\n",
    .notes =
        "Clusters:\n"
        "The partition is searched for as by 'hmfm partition', with the same options and result, or read\n"
        "by --partition. Clusters count from 1 in the order that --order says, also those of a file. 'hmfm\n"
        "partition' numbers them alike when it has the same --order.\n"
        "\n"
        "Columns of clusters:\n"
        "  cluster            its number\n"
        "  units, groups, observations  how many it has; the groups are those that have a unit of it\n"
        "  response_mean, response_sd   of the response, over observations, whatever their covariates\n"
        "  exposure_mean      of the exposure, over observations; NA where there is none\n"
        "  certainty          mean over its units of the certainty of 'hmfm partition'\n"
        "  mean_mean, mean_sd, mean_q5, mean_q50, mean_q95  posterior of its mean: mean, sd, quantiles\n"
        "  mean_rhat, mean_ess_bulk  whether the chains agree on it, as in 'hmfm summary'\n"
        "  sd_mean, ...       the same of its standard deviation\n"
        "  x[NAME]            mean of a covariate, as coded, over observations\n"
        "Mean and standard deviation of the posterior are those of an observation, at covariates 0 and\n"
        "exposure 1, of a unit that is picked at random from the cluster: each counts the same, however\n"
        "many observations it has, and follows the component it is in, draw by draw. The variance is that\n"
        "within components, averaged over units, and that between the units' means. They need the\n"
        "components of the draws, and are NA where those were not saved. In the text, +- is the sd of the\n"
        "posterior, and rhat the greater of two.\n"
        "\n"
        "Columns of the other tables:\n"
        "  groups       group, cluster, units: the units of the group in the cluster; 0 is told, too\n"
        "  transitions  from, to, moves: units of one name in several groups are one thing, an athlete\n"
        "               over the seasons, which moves from each group it is in to the next it is in, by\n"
        "               the order of groups, whether or not there are groups between; share: of all\n"
        "               moves from that cluster. Only the pairs that occur; without a column of units\n"
        "               there are none. The text has them as a matrix, where a page is wide enough.\n"
        "  by           column, cluster, level (empty for numbers), units that have a value, missing:\n"
        "               observations that have none, then mean and sd of numbers, or share of the level\n"
        "Tables of --by are over units, too: a unit's value is the mean over its observations, or\n"
        "the share of them that have the level. A column is numbers or text by the rules for covariates of\n"
        "'hmfm sample'. Where (other) is a level itself, the levels taken together are (other 2), or the\n"
        "first such name that is free. The data are read anew, and must be those of the fit.\n",
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_status status = hmfm_point_partition_prepare(options, error);
  return status ? status : hmfm_options_default(options, "levels", "20", error);
}

/* The index of the name that a choice has, 0 where it is not given. */
static size_t choice_of(const hmfm_options *options, const char *option,
                        const char *(*choice)(size_t)) {
  const char *text = hmfm_options_text(options, option);
  size_t index = 0;
  while (text && choice(index) && strcmp(choice(index), text) != 0) index++;
  return index;
}

static hmfm_status check_options(const hmfm_options *options, hmfm_error *error) {
  static const char *const of_by[] = {"data", "levels"};
  const size_t n_by = hmfm_options_value(options, "by")->n;
  const char *format = hmfm_options_text(options, "format");
  const int what = hmfm_options_given(options, "what");
  for (size_t k = 0; !n_by && k < sizeof of_by / sizeof *of_by; k++)
    if (hmfm_options_given(options, of_by[k]))
      return hmfm_fail(error, HMFM_EUSAGE, "--%s is of use with --by only", of_by[k]);
  if (what && format && strcmp(format, "csv") != 0)
    return hmfm_fail(error, HMFM_EUSAGE, "--what is of use with --format csv only, got %s", format);
  if (what && !n_by && choice_of(options, "what", table_name) == HMFM_TABLE_BY)
    return hmfm_fail(error, HMFM_EUSAGE, "--what by needs columns: give --by COL,...");
  return hmfm_result_check(options, error);
}

static hmfm_status read_fit(const hmfm_options *options, hmfm_clusters_report *r,
                            hmfm_error *error) {
  r->path = options->operand;
  hmfm_status status = hmfm_allocations_of_fit(r->path, &r->named, error);
  if (!status)
    status = hmfm_netcdf_read(r->path, HMFM_PART_ALLOCATIONS | HMFM_PART_COMPONENTS, &r->draws,
                              &r->info, error);
  if (status || !r->info->configuration) return status;
  hmfm_error why = {0};
  const char *text = r->info->configuration;
  hmfm_status found =
      hmfm_config_parse(text, strlen(text), "configuration of the fit", &r->configuration, &why);
  return found == HMFM_EMEMORY ? hmfm_fail(error, found, "%s", why.message) : HMFM_OK;
}

static hmfm_status read_by(const hmfm_options *options, hmfm_clusters_report *r,
                           hmfm_error *error) {
  const hmfm_option_value *by = hmfm_options_value(options, "by");
  if (!by->n) return HMFM_OK;
  const hmfm_config_entry *data =
      r->configuration ? hmfm_config_find(r->configuration, "data") : NULL;
  hmfm_status status =
      hmfm_result_spares(options, data && data->text ? data->text[0] : NULL, "data", error);
  if (status) return status;
  return hmfm_fit_columns_read(hmfm_options_text(options, "data"), r->draws, r->configuration,
                               by->n, (const char *const *)by->label, &r->by, error);
}

static hmfm_status compute(const hmfm_options *options, hmfm_clusters_report *r,
                           hmfm_error *error) {
  const uint32_t *label = r->partition.label;
  const size_t levels = hmfm_options_number(options, "levels");
  const int threads = (int)hmfm_options_number(options, "threads");
  hmfm_status status =
      hmfm_clusters_create(r->draws, r->info->family, label, threads, &r->clusters, error);
  if (!status) status = hmfm_transitions_create(r->draws, label, &r->transitions, error);
  r->column = hmfm_calloc(r->by.n, sizeof *r->column);
  if (!status && !r->column) status = hmfm_fail_memory(error, "the columns");
  for (size_t c = 0; !status && c < r->by.n; c++)
    status =
        hmfm_cluster_column_create(r->draws, label, &r->by.column[c], levels, &r->column[c], error);
  return status;
}

static hmfm_status print(const hmfm_options *options, hmfm_clusters_report *r, hmfm_error *error) {
  const char *format = hmfm_options_text(options, "format");
  const hmfm_clusters_table what = (hmfm_clusters_table)choice_of(options, "what", table_name);
  hmfm_output *file = NULL;
  FILE *to = NULL;
  if (!format) format = hmfm_options_given(options, "what") ? "csv" : "text";
  const int is_csv = strcmp(format, "csv") == 0;
  hmfm_clusters_judge(r, is_csv ? &what : NULL);
  if (r->remarks.lost) return hmfm_fail_memory(error, "the remarks");
  hmfm_status status = hmfm_result_open(options, &file, &to, error);
  if (status) return status;
  if (is_csv)
    hmfm_clusters_print_csv(r, what, to);
  else if (strcmp(format, "json") == 0)
    status = hmfm_clusters_print_json(r, to, error);
  else
    hmfm_clusters_print_text(r, to);
  status = hmfm_result_close(file, status, error);
  for (size_t k = 0;
       !status && is_csv && !hmfm_options_flag(options, "quiet") && k < r->remarks.count; k++)
    fprintf(stderr, "hmfm clusters: %s\n", r->remarks.text[k]);
  return status;
}

static hmfm_status work(const hmfm_options *options, hmfm_clusters_report *r, hmfm_step *step,
                        hmfm_error *error) {
  hmfm_status status = check_options(options, error);
  r->partition_path = hmfm_options_text(options, "partition");
  r->loss = hmfm_options_text(options, "loss");
  if (status) return status;
  *step = HMFM_STEP_INPUT;
  status = read_fit(options, r, error);
  if (!status) status = read_by(options, r, error);
  if (!status) status = hmfm_point_partition_get(options, &r->named, &r->partition, error);
  if (!status) status = compute(options, r, error);
  if (status) return status;
  *step = HMFM_STEP_OUTPUT;
  return print(options, r, error);
}

static void clear(hmfm_clusters_report *r) {
  for (size_t c = 0; r->column && c < r->by.n; c++) hmfm_cluster_column_destroy(r->column[c]);
  hmfm_free(r->column);
  hmfm_fit_columns_clear(&r->by);
  hmfm_transitions_destroy(r->transitions);
  hmfm_clusters_destroy(r->clusters);
  hmfm_point_partition_clear(&r->partition);
  hmfm_named_partitions_clear(&r->named);
  hmfm_config_destroy(r->configuration);
  hmfm_fit_info_destroy(r->info);
  hmfm_draws_destroy(r->draws);
  hmfm_notes_clear(&r->remarks);
}

int hmfm_cmd_clusters(int argc, char **argv) {
  hmfm_options *options = NULL;
  hmfm_clusters_report report = {0};
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_OUTPUT;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code < 0) {
    hmfm_status status = work(options, &report, &step, &error);
    code = status ? hmfm_cli_fail(command.name, &error, step) : HMFM_EXIT_OK;
  }
  clear(&report);
  hmfm_options_destroy(options);
  return code;
}
