/* hmfm plot: pictures of a fit. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/partition_input.h"
#include "cli/plot.h"
#include "cli/point_partition.h"
#include "cli/result_file.h"

static const hmfm_plot_type *const types[] = {&hmfm_plot_type_density, &hmfm_plot_type_coclustering,
                                              &hmfm_plot_type_clusters, &hmfm_plot_type_trace,
                                              &hmfm_plot_type_k};
enum { N_TYPES = sizeof types / sizeof *types };

static const char *type_name(size_t index) { return index < N_TYPES ? types[index]->name : NULL; }

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Picture", .name = "type", .argument = "TYPE", .meaning = "what is drawn, see below",
     .kind = HMFM_OPTION_CHOICE, .choice = type_name, .rules = HMFM_OPTION_NEEDED},
    {.name = "output", .letter = 'o', .argument = "FILE", .meaning = "file to write, which appears when it is whole: "
     "it ends with .svg, .png or .pdf", .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NEEDED},
    {.name = "force", .meaning = "replace a file that is there"},
    {.name = "width", .argument = "INCHES", .fallback = "by what there is to see", .meaning = "width of the picture",
     .kind = HMFM_OPTION_VALUES},
    {.name = "height", .argument = "INCHES", .fallback = "by what there is to see", .meaning = "height of the picture",
     .kind = HMFM_OPTION_VALUES},
    {.name = "dpi", .argument = "N", .meaning = "dots an inch of a PNG", .kind = HMFM_OPTION_COUNT, .least = 10,
     .most = 2400},
    {.name = "title", .argument = "TEXT", .fallback = "one about the fit", .meaning = "what stands above it",
     .kind = HMFM_OPTION_TEXT},
    {.heading = "What is drawn", .name = "group", .letter = 'g', .argument = "NAME[,NAME...]", .fallback = "all groups",
     .meaning = "these groups, in types density, coclustering, clusters and k", .kind = HMFM_OPTION_NAMES},
    {.name = "variables", .argument = "NAME[,NAME...]", .fallback = "K, log_lik and what is few",
     .meaning = "in type trace: variables as 'hmfm summary' names them, beta or beta[3,GenderW]",
     .kind = HMFM_OPTION_NAMES},
    {.name = "prior", .meaning = "in type k: the prior, too, however long that takes; else it is there when it takes no time"},
    {.heading = "Densities", .name = "new-group", .meaning = "a panel for a unit of a group that is not among the data, too"},
    {.name = "unit", .letter = 'u', .argument = "GROUP/UNIT",
     .meaning = "a unit of the data, in place of new ones", .kind = HMFM_OPTION_TEXT},
    {.name = "in", .argument = "GROUP", .fallback = "the unit's own",
     .meaning = "with --unit: in this group, whose regression it then follows", .kind = HMFM_OPTION_TEXT},
    {.name = "x", .letter = 'x', .argument = "NAME=V,...", .fallback = "means of the group",
     .meaning = "values of covariates, by their names as coded", .kind = HMFM_OPTION_VALUES},
    {.name = "exposure", .argument = "V", .fallback = "1", .meaning = "family poisson: exposure of the count",
     .kind = HMFM_OPTION_VALUES},
    {.name = "level", .argument = "P", .meaning = "probability of the pointwise credible bands",
     .kind = HMFM_OPTION_VALUES},
    {.name = "from", .argument = "Y", .fallback = "that of the data, and a tenth more; counts: 0",
     .meaning = "lower end of the axis", .kind = HMFM_OPTION_VALUES},
    {.name = "to", .argument = "Y", .fallback = "that of the data, and a tenth more",
     .meaning = "upper end of the axis", .kind = HMFM_OPTION_VALUES},
    {.name = "points", .argument = "N", .meaning = "points of a curve; counts: at most so many",
     .kind = HMFM_OPTION_COUNT, .least = 2, .most = 100000},
    HMFM_OPTION_SEARCH,
    HMFM_OPTION_PARTITION_FILE,
    HMFM_OPTION_ALLOCATIONS,
    {0}};

static const hmfm_command command = {
    .name = "plot",
    .operand = "[FIT.nc]",
    .meaning = "Draw what a fit says, as SVG, PNG or PDF.",
    .examples = "  $ hmfm plot fit.nc --type density -o density.svg\n"
                "  $ hmfm plot fit.nc --type density -g 1,2 --x GenderW=1 --new-group -o women.pdf\n"
                "  $ hmfm plot fit.nc --type coclustering -o coclustering.png --dpi 300\n"
                "  $ hmfm plot fit.nc --type clusters --partition partition.csv -o clusters.svg\n"
                "  $ hmfm plot fit.nc --type trace --variables K,gamma -o trace.png --width 10\n",
    .notes =
        "Types:\n"
        "  density       density of one more observation, of a new unit of each group, with a credible\n"
        "                band, as 'hmfm density' has it; behind it a histogram of the observations, moved\n"
        "                to the covariates of the curve by the posterior mean of beta, in which units\n"
        "                weigh alike; counts have a bar each, over 300 of them bins of several\n"
        "  coclustering  share of the draws in which two units are in one cluster, units by cluster\n"
        "                of the point partition\n"
        "  clusters      units by cluster of the point partition and group; of more than 200 clusters\n"
        "                the largest, and the others in one row\n"
        "  trace         variables draw by draw, a colour a chain\n"
        "  k             posterior of the number of clusters, in all and by group, and the prior\n"
        "\n"
        "Notes:\n"
        "The point partition is the one that 'hmfm partition' finds with the same options, or that of\n"
        "--partition. Of many groups the first 64 have a panel; --group chooses. The same fit gives the\n"
        "same file, byte by byte, where Cairo and fonts are the same.\n"
        "\n" HMFM_ALLOCATIONS_NOTES,
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  static const char *const value[][2] = {{"dpi", "200"}, {"points", "200"}, {"level", "0.9"}};
  hmfm_status status = hmfm_point_partition_prepare(options, error);
  if (status) return status;
  return hmfm_options_defaults(options, sizeof value / sizeof *value, value, error);
}

/* What the command line says of the file. */
typedef struct sheet {
  const hmfm_plot_type *type;
  hmfm_picture_kind kind;
  double width, height; /* inches; 0: by what there is to see */
  double dpi;
} sheet;

static int takes(const hmfm_plot_type *type, const char *option) {
  for (size_t k = 0; type->option[k]; k++)
    if (strcmp(type->option[k], option) == 0) return 1;
  return 0;
}

/* An option that some type takes, but not this one, was given in error. */
static hmfm_status check_options(const hmfm_options *options, const hmfm_plot_type *type,
                                 hmfm_error *error) {
  for (size_t k = 0; k < options->n; k++) {
    const char *name = options->option[k].name;
    int special = 0;
    for (size_t t = 0; t < N_TYPES; t++) special |= takes(types[t], name);
    if (special && !takes(type, name) && options->value[k].source > HMFM_FROM_DEFAULT)
      return hmfm_fail(error, HMFM_EUSAGE, "--%s has no part in --type %s", name, type->name);
  }
  if (!options->operand && !takes(type, "allocations"))
    return hmfm_fail(error, HMFM_EUSAGE, "--type %s needs a fit FIT.nc", type->name);
  return HMFM_OK;
}

static hmfm_status read_length(const hmfm_options *options, const char *name, double *out,
                               hmfm_error *error) {
  hmfm_status status = hmfm_options_one_number(options, name, out, error);
  if (!status && hmfm_options_given(options, name) && !(*out >= 2 && *out <= 100))
    status = hmfm_fail(error, HMFM_EUSAGE, "--%s must be from 2 to 100 inches, got %g", name, *out);
  return status;
}

static hmfm_status read_sheet(const hmfm_options *options, sheet *out, hmfm_error *error) {
  const char *name = hmfm_options_text(options, "type"),
             *path = hmfm_options_text(options, "output"),
             *partition = hmfm_options_text(options, "partition");
  for (size_t k = 0; k < N_TYPES; k++)
    if (strcmp(types[k]->name, name) == 0) out->type = types[k];
  hmfm_status status = check_options(options, out->type, error);
  if (!status) status = hmfm_picture_kind_of(path, &out->kind, error);
  if (!status) status = read_length(options, "width", &out->width, error);
  if (!status) status = read_length(options, "height", &out->height, error);
  out->dpi = (double)hmfm_options_number(options, "dpi");
  if (!status && hmfm_options_given(options, "dpi") && out->kind != HMFM_PICTURE_PNG)
    status = hmfm_fail(error, HMFM_EUSAGE, "--dpi is of use for a .png alone, got '%s'", path);
  if (!status && partition && hmfm_cli_same_file(partition, path))
    status = hmfm_fail(error, HMFM_EUSAGE, "-o %s would replace the partition", path);
  return status ? status : hmfm_result_check(options, error);
}

static hmfm_status draw(const hmfm_options *options, const sheet *how, const void *gathered,
                        hmfm_error *error) {
  hmfm_output *file = NULL;
  FILE *to = NULL;
  hmfm_canvas *canvas = NULL;
  double width, height;
  how->type->size(gathered, &width, &height);
  if (how->width > 0) width = how->width;
  if (how->height > 0) height = how->height;
  hmfm_status status = hmfm_result_open(options, &file, &to, error);
  if (status) return status;
  status = hmfm_canvas_create(how->kind, 72 * width, 72 * height, how->dpi, to, &canvas, error);
  if (!status) status = how->type->draw(canvas, gathered, error);
  if (!status) status = hmfm_canvas_finish(canvas, error);
  hmfm_canvas_destroy(canvas);
  return hmfm_result_close(file, status, error);
}

int hmfm_cmd_plot(int argc, char **argv) {
  hmfm_error error = {0};
  hmfm_options *options = NULL;
  sheet how = {0};
  void *gathered = NULL;
  hmfm_step step = HMFM_STEP_OUTPUT;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code < 0) {
    hmfm_status status = read_sheet(options, &how, &error);
    if (!status) {
      step = HMFM_STEP_INPUT;
      status = how.type->gather(options, &gathered, &error);
    }
    if (!status) {
      step = HMFM_STEP_OUTPUT;
      status = draw(options, &how, gathered, &error);
    }
    code = status ? hmfm_cli_fail(command.name, &error, step) : HMFM_EXIT_OK;
  }
  if (gathered) how.type->destroy(gathered);
  hmfm_options_destroy(options);
  return code;
}
