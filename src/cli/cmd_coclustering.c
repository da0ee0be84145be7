/* hmfm coclustering: in which share of the draws two units are in one cluster. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/data_print.h"
#include "cli/partition_input.h"
#include "cli/result_file.h"
#include "io/partition_read.h"

static const char *format_name(size_t index) {
  static const char *const name[] = {"matrix", "pairs", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Options", .name = "group", .letter = 'g', .argument = "NAME", .fallback = "all units",
     .meaning = "units of this group alone", .kind = HMFM_OPTION_TEXT},
    {.name = "units", .argument = "FILE.csv", .fallback = "all units",
     .meaning = "units alone that this file names in columns group and unit, in its order",
     .kind = HMFM_OPTION_TEXT},
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
                "  $ hmfm coclustering fit.nc --units chosen.csv > chosen_pairs.csv\n"
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

/* The same draws of n of the units. */
static hmfm_status keep(size_t n, const size_t *unit, hmfm_named_partitions *named,
                        hmfm_error *error) {
  hmfm_named_partitions part = {0};
  part.group = hmfm_calloc(n, sizeof *part.group);
  part.unit = hmfm_calloc(n, sizeof *part.unit);
  hmfm_status status =
      part.group && part.unit ? HMFM_OK : hmfm_fail_memory(error, "the names of units");
  if (!status) status = hmfm_partitions_select(named->partitions, unit, n, &part.partitions, error);
  for (size_t k = 0; !status && k < n; k++) {
    part.group[k] = hmfm_strdup(named->group[unit[k]]);
    part.unit[k] = hmfm_strdup(named->unit[unit[k]]);
    if (!part.group[k] || !part.unit[k]) status = hmfm_fail_memory(error, "the names of units");
  }
  if (status) {
    hmfm_named_partitions_clear(&part);
    return status;
  }
  hmfm_named_partitions_clear(named);
  *named = part;
  return HMFM_OK;
}

/* The units of one group, those named in a file, or, where neither is given, all. */
static hmfm_status choose(const char *group, const char *file, hmfm_named_partitions *named,
                          hmfm_error *error) {
  const size_t n_units = named->partitions->n_units;
  size_t *unit = NULL, n = 0;
  hmfm_status status = HMFM_OK;
  if (file) {
    status = hmfm_units_read(file, n_units, named->group, named->unit, &unit, &n, error);
  } else if (group) {
    unit = hmfm_calloc(n_units, sizeof *unit);
    if (!unit) return hmfm_fail_memory(error, "a group");
    for (size_t i = 0; i < n_units; i++)
      if (strcmp(named->group[i], group) == 0) unit[n++] = i;
    if (n == 0) status = hmfm_fail(error, HMFM_EDATA, "no unit is in a group '%s'", group);
  }
  if (!status && unit) status = keep(n, unit, named, error);
  hmfm_free(unit);
  return status;
}

/* What a table needs, all of it there before anything is printed. */
typedef struct similarity_sheet {
  const hmfm_partitions *partitions;
  char **name;     /* n_units: GROUP/UNIT */
  uint32_t *count; /* ROWS x n_units */
  int pairs;
  double least;
  int threads;
} similarity_sheet;

static void sheet_clear(similarity_sheet *sheet) {
  if (sheet->partitions) hmfm_free_strings(sheet->name, sheet->partitions->n_units);
  hmfm_free(sheet->count);
}

static hmfm_status prepare_sheet(const hmfm_options *options, const hmfm_named_partitions *named,
                                 similarity_sheet *out, hmfm_error *error) {
  const size_t n = named->partitions->n_units;
  *out = (similarity_sheet){.partitions = named->partitions,
                            .name = hmfm_calloc(n, sizeof *out->name),
                            .count = hmfm_calloc(n, ROWS * sizeof *out->count),
                            .pairs = strcmp(hmfm_options_text(options, "format"), "pairs") == 0,
                            .least = hmfm_options_value(options, "least")->value[0],
                            .threads = (int)hmfm_options_number(options, "threads")};
  if (!out->name || !out->count) return hmfm_fail_memory(error, "co-clustering");
  for (size_t i = 0; i < n; i++) {
    const char *group = named->group[i], *unit = named->unit[i];
    out->name[i] = hmfm_calloc(strlen(group) + strlen(unit) + 2, 1);
    if (!out->name[i]) return hmfm_fail_memory(error, "the names of units");
    sprintf(out->name[i], "%s%s%s", group, *group ? "/" : "", unit);
  }
  return HMFM_OK;
}

/* Row a of the matrix, or its pairs with later units. */
static void print_row(FILE *to, const similarity_sheet *sheet, size_t a, const uint32_t *count) {
  const double n_draws = (double)sheet->partitions->n_draws;
  if (!sheet->pairs) hmfm_csv_field(to, sheet->name[a]);
  for (size_t b = sheet->pairs ? a + 1 : 0; b < sheet->partitions->n_units; b++) {
    if (!sheet->pairs) {
      fprintf(to, ",%.6g", count[b] / n_draws);
    } else if (count[b] >= sheet->least * n_draws) {
      hmfm_csv_field(to, sheet->name[a]);
      fputc(',', to);
      hmfm_csv_field(to, sheet->name[b]);
      fprintf(to, ",%.6g\n", count[b] / n_draws);
    }
  }
  if (!sheet->pairs) fputc('\n', to);
}

static void print(FILE *to, const similarity_sheet *sheet) {
  const size_t n = sheet->partitions->n_units;
  fputs(sheet->pairs ? "a,b,probability" : "unit", to);
  for (size_t i = 0; !sheet->pairs && i < n; i++) {
    fputc(',', to);
    hmfm_csv_field(to, sheet->name[i]);
  }
  fputc('\n', to);
  for (size_t first = 0; first < n; first += ROWS) {
    const size_t rows = n - first < ROWS ? n - first : ROWS;
    hmfm_coclustering_rows(sheet->partitions, first, rows, sheet->threads, sheet->count);
    for (size_t r = 0; r < rows; r++) print_row(to, sheet, first + r, sheet->count + r * n);
  }
}

static hmfm_status work(const hmfm_options *options, hmfm_named_partitions *named, hmfm_step *step,
                        hmfm_error *error) {
  const char *group = hmfm_options_text(options, "group");
  const char *units = hmfm_options_text(options, "units");
  const hmfm_option_value *least = hmfm_options_value(options, "least");
  hmfm_output *file = NULL;
  FILE *to = NULL;
  if (least->n != 1 || least->label || !(least->value[0] >= 0 && least->value[0] <= 1))
    return hmfm_fail(error, HMFM_EUSAGE, "--least takes one probability, from 0 to 1");
  if (group && units)
    return hmfm_fail(error, HMFM_EUSAGE, "--group and --units do not go together");
  hmfm_status status = hmfm_result_check(options, error);
  if (status) return status;
  *step = HMFM_STEP_INPUT;
  status = hmfm_partition_input(options, named, error);
  if (!status) status = choose(group, units, named, error);
  if (status) return status;
  *step = HMFM_STEP_OUTPUT;
  const double n = (double)named->partitions->n_units;
  if (n * n > MOST_CELLS && strcmp(hmfm_options_text(options, "format"), "matrix") == 0)
    return hmfm_fail(
        error, HMFM_EUSAGE,
        "the matrix of %.0f units has %.2g entries, some %.0f GB: ask for one --group, for "
        "--units FILE, or for --format pairs with --least",
        n, n * n, n * n * 5e-9);
  similarity_sheet sheet = {0};
  status = prepare_sheet(options, named, &sheet, error);
  if (!status) status = hmfm_result_open(options, &file, &to, error);
  if (!status) {
    print(to, &sheet);
    status = hmfm_result_close(file, HMFM_OK, error);
  }
  sheet_clear(&sheet);
  return status;
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
