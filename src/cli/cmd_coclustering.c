/* hmfm coclustering: in which share of the draws two units are in one cluster. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/data_print.h"
#include "cli/partition_input.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"matrix", "pairs", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Options", .name = "group", .letter = 'g', .argument = "NAME", .fallback = "all units",
     .meaning = "units of this group alone", .kind = HMFM_OPTION_TEXT},
    {.name = "format", .argument = "FORMAT", .meaning = "how to print it",
     .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    {.name = "least", .argument = "P",
     .meaning = "with pairs: those that are together in at least this share of the draws",
     .kind = HMFM_OPTION_VALUES},
    {.name = "threads", .letter = 't', .argument = "N", .fallback = "one a processor",
     .meaning = "threads at work; results do not depend on it", .kind = HMFM_OPTION_COUNT,
     .least = 1, .most = 1024},
    HMFM_OPTION_ALLOCATIONS,
    HMFM_OPTION_RESULT,
    {0}};

static const hmfm_command command = {
    .name = "coclustering",
    .operand = "[FIT.nc]",
    .meaning = "Tell in which share of the draws two units are in one cluster: the co-clustering or "
               "posterior similarity matrix, as CSV.",
    .examples = "  $ hmfm coclustering fit.nc -o coclustering.csv\n"
                "  $ hmfm coclustering fit.nc --group 3 > group.csv\n"
                "  $ hmfm coclustering fit.nc --format pairs --least 0.9 > pairs.csv\n",
    .notes =
        "Formats:\n"
        "  matrix  a header of units, named GROUP/UNIT, and a row a unit, whose name comes first\n"
        "  pairs   columns a, b and probability, each pair of units once\n"
        "\n" HMFM_ALLOCATIONS_NOTES,
    .table = table};
/* clang-format on */

enum { ROWS = 16 };    /* of the matrix at a time */
#define MOST_CELLS 4e8 /* of a matrix as text: some gigabytes */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_status status = hmfm_options_default(options, "format", "matrix", error);
  return status ? status : hmfm_options_default(options, "least", "0", error);
}

/* The same draws of the units of one group. */
static hmfm_status keep_group(const char *group, hmfm_named_partitions *named, hmfm_error *error) {
  const hmfm_partitions *all = named->partitions;
  hmfm_named_partitions part = {0};
  size_t n = 0;
  for (size_t i = 0; i < all->n_units; i++) n += strcmp(named->group[i], group) == 0;
  if (n == 0) return hmfm_fail(error, HMFM_EDATA, "no unit is in a group '%s'", group);
  uint32_t *label = hmfm_calloc(n, sizeof *label), clusters = 0;
  hmfm_status status =
      hmfm_partitions_create(all->n_draws, n, all->max_clusters, &part.partitions, error);
  part.group = hmfm_calloc(n, sizeof *part.group);
  part.unit = hmfm_calloc(n, sizeof *part.unit);
  if (!status && !(label && part.group && part.unit)) status = hmfm_fail_memory(error, "a group");
  for (size_t t = 0; !status && t < all->n_draws; t++) {
    for (size_t i = 0, k = 0; i < all->n_units; i++)
      if (strcmp(named->group[i], group) == 0) label[k++] = hmfm_partitions_label(all, t, i);
    status = hmfm_partitions_relabel(n, label, &clusters, error);
    if (!status) hmfm_partitions_set(part.partitions, t, label);
  }
  for (size_t i = 0, k = 0; !status && i < all->n_units; i++) {
    if (strcmp(named->group[i], group) != 0) continue;
    part.group[k] = hmfm_strdup(named->group[i]);
    part.unit[k] = hmfm_strdup(named->unit[i]);
    if (!part.group[k] || !part.unit[k]) status = hmfm_fail_memory(error, "a group");
    k++;
  }
  hmfm_free(label);
  if (status) {
    hmfm_named_partitions_clear(&part);
    return status;
  }
  hmfm_named_partitions_clear(named);
  *named = part;
  return HMFM_OK;
}

/* GROUP/UNIT as one field. */
static hmfm_status put_name(FILE *to, const hmfm_named_partitions *named, size_t i,
                            hmfm_error *error) {
  const char *group = named->group[i], *unit = named->unit[i];
  char *name = hmfm_calloc(strlen(group) + strlen(unit) + 2, 1);
  if (!name) return hmfm_fail_memory(error, "the name of a unit");
  sprintf(name, "%s%s%s", group, *group ? "/" : "", unit);
  hmfm_csv_field(to, name);
  hmfm_free(name);
  return HMFM_OK;
}

/* Row a of the matrix, or its pairs with later units. */
static hmfm_status put_row(FILE *to, const hmfm_named_partitions *named, size_t a,
                           const uint32_t *count, int pairs, double least, hmfm_error *error) {
  const double n_draws = (double)named->partitions->n_draws;
  hmfm_status status = HMFM_OK;
  if (!pairs) {
    status = put_name(to, named, a, error);
    for (size_t b = 0; !status && b < named->partitions->n_units; b++)
      fprintf(to, ",%.6g", count[b] / n_draws);
    fputc('\n', to);
    return status;
  }
  for (size_t b = a + 1; !status && b < named->partitions->n_units; b++) {
    if (count[b] < least * n_draws) continue;
    status = put_name(to, named, a, error);
    fputc(',', to);
    if (!status) status = put_name(to, named, b, error);
    fprintf(to, ",%.6g\n", count[b] / n_draws);
  }
  return status;
}

static hmfm_status put_all(FILE *to, const hmfm_options *options,
                           const hmfm_named_partitions *named, hmfm_error *error) {
  const size_t n = named->partitions->n_units;
  const int pairs = strcmp(hmfm_options_text(options, "format"), "pairs") == 0;
  const double least = hmfm_options_value(options, "least")->value[0];
  uint32_t *count = hmfm_calloc(n, ROWS * sizeof *count);
  hmfm_status status = count ? HMFM_OK : hmfm_fail_memory(error, "co-clustering");
  fputs(pairs ? "a,b,probability\n" : "unit", to);
  for (size_t i = 0; !status && !pairs && i < n; i++) {
    fputc(',', to);
    status = put_name(to, named, i, error);
  }
  if (!pairs) fputc('\n', to);
  for (size_t first = 0; !status && first < n; first += ROWS) {
    const size_t rows = n - first < ROWS ? n - first : ROWS;
    hmfm_coclustering_rows(named->partitions, first, rows,
                           (int)hmfm_options_number(options, "threads"), count);
    for (size_t r = 0; !status && r < rows; r++)
      status = put_row(to, named, first + r, count + r * n, pairs, least, error);
  }
  hmfm_free(count);
  return status;
}

static hmfm_status work(const hmfm_options *options, hmfm_named_partitions *named, hmfm_step *step,
                        hmfm_error *error) {
  const char *group = hmfm_options_text(options, "group");
  const hmfm_option_value *least = hmfm_options_value(options, "least");
  hmfm_output *file = NULL;
  FILE *to = NULL;
  if (least->n != 1 || least->label || !(least->value[0] >= 0 && least->value[0] <= 1))
    return hmfm_fail(error, HMFM_EUSAGE, "--least takes one probability, from 0 to 1");
  hmfm_status status = hmfm_result_check(options, error);
  if (status) return status;
  *step = HMFM_STEP_INPUT;
  status = hmfm_partition_input(options, named, error);
  if (!status && group) status = keep_group(group, named, error);
  if (status) return status;
  *step = HMFM_STEP_OUTPUT;
  const double n = (double)named->partitions->n_units;
  if (n * n > MOST_CELLS && strcmp(hmfm_options_text(options, "format"), "matrix") == 0)
    return hmfm_fail(
        error, HMFM_EUSAGE,
        "the matrix of %.0f units has %.2g entries, some %.0f GB: ask for one --group, or "
        "for --format pairs with --least",
        n, n * n, n * n * 5e-9);
  status = hmfm_result_open(options, &file, &to, error);
  if (status) return status;
  return hmfm_result_close(file, put_all(to, options, named, error), error);
}

int hmfm_cmd_coclustering(int argc, char **argv) {
  hmfm_options *options = NULL;
  hmfm_named_partitions named = {0};
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_OUTPUT;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code < 0) {
    hmfm_status status = work(options, &named, &step, &error);
    code = status ? hmfm_cli_fail("coclustering", &error, step) : HMFM_EXIT_OK;
  }
  hmfm_named_partitions_clear(&named);
  hmfm_options_destroy(options);
  return code;
}
