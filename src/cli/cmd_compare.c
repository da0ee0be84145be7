/* hmfm compare: scores of fits by what they predict, and fits to the same data side by side. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/compare.h"
#include "cli/point_partition.h"
#include "io/output.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"text", "csv", "json", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Output", .name = "format", .argument = "FORMAT",
     .meaning = "how to print it", .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    {.name = "pointwise", .argument = "FILE.csv", .fallback = "none",
     .meaning = "file to write the scores of single units to, which appears when it is whole",
     .kind = HMFM_OPTION_TEXT},
    {.name = "force", .meaning = "replace a file that is there"},
    {.name = "quiet", .letter = 'q',
     .meaning = "with csv, do not warn on standard error of what is not to be relied on; nor tell on a "
                "terminal of searches for point partitions"},
    HMFM_OPTION_SEARCH_ALONE,
    {.name = "no-partitions", .meaning = "do not look for point partitions, which takes the most time"},
    {0}};

static const hmfm_command command = {
    .name = "compare",
    .operand = "FIT.nc",
    .takes_more = 1,
    .meaning = "Score fits by how well they predict a unit that is left out of the data, and set fits to "
               "the same data side by side: of other models, samplers, priors or covariates. Tell, "
               "too, how far their point partitions are apart. One fit alone is scored.",
    .examples = "  $ hmfm compare hmfm.nc hdp.nc\n"
                "  $ hmfm compare with_age.nc without.nc --pointwise units.csv\n"
                "  $ hmfm compare fit.nc --format json\n",
    .notes =
        "Set-ups:\n"
        "  draws         of all chains together\n"
        "  time          of sampling, warmup included\n"
        "  K_mean, K_sd, K_mode  number of clusters: posterior mean, deviation and likeliest value\n"
        "  ess_K         effective draws of K (ess_bulk of hmfm summary)\n"
        "  ess_K_second  the same in a second of that time\n"
        "\n"
        "Scores:\n"
        "  elpd_loo   log density of each unit given all others, summed: higher is better\n"
        "  elpd_diff  elpd_loo less that of the best fit\n"
        "  se_diff    standard error of elpd_diff, of the differences unit by unit: less than two of\n"
        "             them may be due to these units alone, and a difference below 4 is small\n"
        "  se         standard error of the score before it: how much it varies with the units\n"
        "  mcse       Monte Carlo standard error of elpd_loo; NA where k_bad is not 0\n"
        "  p_loo      effective number of parameters\n"
        "  looic      -2 elpd_loo\n"
        "  k_bad      units whose Pareto k is above min(1 - 1/log10(draws), 0.7), where elpd_loo\n"
        "             is not to be relied on\n"
        "  elpd_waic, p_waic, waic  the same by WAIC; not to be relied on where p_waic of a unit is\n"
        "             above 0.4\n"
        "  lpml       log pseudo marginal likelihood: logs of conditional predictive ordinates, by\n"
        "             harmonic means, summed; elpd_loo without smoothing\n"
        "A unit is left out with all its observations, its allocation being summed out. Leaving out is\n"
        "Pareto smoothed importance sampling (PSIS): Vehtari, Gelman and Gabry (2017), Statistics and\n"
        "Computing 27, 1413-1432; Vehtari, Simpson, Gelman, Yao and Gabry (2024), JMLR 25(72). Scores\n"
        "are those of the R package loo. A whole group is left out likewise, and scored where its\n"
        "Pareto k allows; seldom does it, for without its units a group has other weights and beta.\n"
        "With mixing hdp all components that a draw does not list count as one, by which scores may be\n"
        "a little too low.\n"
        "\n"
        "Point partitions:\n"
        "Of each fit the partition that 'hmfm partition' finds with the same options is looked for, unless\n"
        "there is one fit only. The table has, by the numbers of the fits:\n"
        "  K         clusters of the point partition\n"
        "  expected  its posterior expected loss, by default the variation of information\n"
        "  vi, ari   variation of information in bits (0 where two are equal) and adjusted Rand index (1\n"
        "            where equal, 0 as by chance) of two point partitions, whatever the loss\n"
        "A fit without allocations has none: NA.\n"
        "\n"
        "CSV:\n"
        "A row is a fit, the best first, with the set-up, the scores, the clusters of the point partition\n"
        "(K_point), how far that is from the one of the best fit (vi_best, ari_best), and, for each group,\n"
        "K_group (mean), elpd_group (log density of the group left out; NA where it cannot be told)\n"
        "and k_group (its Pareto k). With --pointwise a row is a unit of a fit: elpd_loo and its\n"
        "Monte Carlo standard error, p_loo, pareto_k, r_eff (effective draws of its likelihood over\n"
        "draws), elpd_waic, p_waic and log_cpo.\n",
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_status status = hmfm_point_partition_prepare(options, error);
  return status ? status : hmfm_options_default(options, "format", "text", error);
}

/* No fit twice, none in the way of the output. */
static hmfm_status check_paths(const hmfm_options *o, const char *const *path, size_t n,
                               hmfm_error *error) {
  const char *units = hmfm_options_text(o, "pointwise");
  if (units && strcmp(units, "-") == 0)
    return hmfm_fail(error, HMFM_EUSAGE, "--pointwise cannot go to standard output");
  for (size_t k = 0; k < n; k++) {
    for (size_t i = 0; i < k; i++)
      if (hmfm_cli_same_file(path[i], path[k]))
        return hmfm_fail(error, HMFM_EUSAGE, "'%s' is given twice", path[k]);
    if (units && hmfm_cli_same_file(path[k], units))
      return hmfm_fail(error, HMFM_EUSAGE, "--pointwise %s would replace a fit", units);
  }
  return units ? hmfm_output_check(units, hmfm_options_flag(o, "force"), error) : HMFM_OK;
}

static hmfm_status write_units(const hmfm_options *o, const hmfm_comparison *c, hmfm_error *error) {
  const char *path = hmfm_options_text(o, "pointwise");
  hmfm_output *file = NULL;
  if (!path) return HMFM_OK;
  hmfm_status status = hmfm_output_open(path, hmfm_options_flag(o, "force"), &file, error);
  if (status) return status;
  hmfm_comparison_print_units(c, hmfm_output_stream(file));
  return hmfm_output_commit(file, error);
}

static hmfm_status print(const hmfm_comparison *c, const char *format, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  if (strcmp(format, "csv") == 0)
    hmfm_comparison_print_csv(c, stdout);
  else if (strcmp(format, "json") == 0)
    status = hmfm_comparison_print_json(c, stdout, error);
  else
    hmfm_comparison_print_text(c, stdout);
  return status ? status : hmfm_cli_flush(error);
}

static hmfm_status compare(const hmfm_options *o, const char *const *path, size_t n,
                           hmfm_step *step, hmfm_error *error) {
  const char *format = hmfm_options_text(o, "format");
  const int quiet = hmfm_options_flag(o, "quiet");
  const int is_searched = n > 1 && !hmfm_options_flag(o, "no-partitions");
  hmfm_comparison *c = NULL;
  hmfm_partition_search search;
  *step = HMFM_STEP_OUTPUT;
  hmfm_status status = hmfm_point_search_read(o, &search, error);
  if (!status && !is_searched)
    status = hmfm_point_search_idle(
        o, 1, n > 1 ? "with --no-partitions" : "where a single fit is looked at", error);
  if (!status) status = check_paths(o, path, n, error);
  if (status) return status;
  *step = HMFM_STEP_INPUT;
  status = hmfm_comparison_create(path, n, is_searched ? &search : NULL, quiet, &c, error);
  if (status) return status;
  *step = HMFM_STEP_OUTPUT;
  status = write_units(o, c, error);
  if (!status) status = print(c, format, error);
  if (!status && strcmp(format, "csv") == 0 && !quiet)
    for (size_t k = 0; k < c->warnings.count; k++)
      fprintf(stderr, "hmfm compare: %s\n", c->warnings.text[k]);
  hmfm_comparison_destroy(c);
  return status;
}

int hmfm_cmd_compare(int argc, char **argv) {
  hmfm_options *options = NULL;
  const char **path = NULL;
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_INPUT;
  hmfm_status status = HMFM_OK;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code >= 0) goto out;
  path = hmfm_calloc(options->n_more + 1, sizeof *path);
  if (!path) {
    status = hmfm_fail_memory(&error, "the comparison");
  } else {
    path[0] = options->operand;
    for (size_t k = 0; k < options->n_more; k++) path[k + 1] = options->more[k];
    status = compare(options, path, options->n_more + 1, &step, &error);
  }
  code = status ? hmfm_cli_fail(command.name, &error, step) : HMFM_EXIT_OK;
out:
  hmfm_free(path);
  hmfm_options_destroy(options);
  return code;
}
