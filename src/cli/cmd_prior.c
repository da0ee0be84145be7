/* hmfm prior: how many clusters a prior expects, and priors that expect the same. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/prior.h"
#include "io/csv_read.h"
#include "io/output.h"

static const char *const methods[] = {"auto", "exact", "monte-carlo", NULL};
static const char *method_name(size_t index) { return methods[index]; }

static const char *format_name(size_t index) {
  static const char *const name[] = {"text", "csv", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Groups", .name = "sizes", .argument = "N[,N...]|NxGROUPS|NAME=N,...",
     .meaning = "units in each group; 30x15 are 15 groups of 30", .kind = HMFM_OPTION_NAMES},
    {.name = "response", .letter = 'y', .argument = "COL", .meaning = "of DATA.csv: column of the response",
     .kind = HMFM_OPTION_TEXT},
    {.name = "group", .letter = 'g', .argument = "COL", .meaning = "of DATA.csv: column of the group",
     .kind = HMFM_OPTION_TEXT},
    {.name = "unit", .letter = 'u', .argument = "COL", .fallback = "each row is a unit",
     .meaning = "of DATA.csv: column of the unit", .kind = HMFM_OPTION_TEXT},
    {.name = "pair", .argument = "A,B", .fallback = "the first two",
     .meaning = "groups whose shared clusters are counted", .kind = HMFM_OPTION_NAMES},
    {.heading = "Computation", .name = "method", .argument = "NAME",
     .meaning = "how to compute the laws; auto is exact, or monte-carlo where that would take long",
     .kind = HMFM_OPTION_CHOICE, .choice = method_name},
    {.name = "draws", .letter = 'd', .argument = "N", .meaning = "draws of the prior for monte-carlo",
     .kind = HMFM_OPTION_COUNT, .least = 2},
    {.name = "seed", .letter = 's', .argument = "N", .meaning = "seed of these draws",
     .kind = HMFM_OPTION_SEED},
    {.heading = "Matching", .name = "match", .argument = "NAME",
     .meaning = "find hyperparameters of --mixing with the same prior E[K] and mean E[K_group] as this "
                "mixing, whose parameters are those given",
     .kind = HMFM_OPTION_CHOICE, .choice = hmfm_mixing_name},
    {.name = "match-clusters", .argument = "V", .meaning = "or with this E[K]",
     .kind = HMFM_OPTION_VALUES},
    {.name = "match-group-clusters", .argument = "V",
     .meaning = "and this mean over groups of E[K_group]", .kind = HMFM_OPTION_VALUES},
    {.name = "fixed", .meaning = "find fixed values, not laws: lambda and gamma, or alpha and gamma0"},
    {.heading = "Output", .name = "format", .argument = "FORMAT", .meaning = "how to print it",
     .kind = HMFM_OPTION_CHOICE, .choice = format_name},
    {.name = "output", .letter = 'o', .argument = "FILE", .fallback = "standard output",
     .meaning = "file to write, which appears when it is whole", .kind = HMFM_OPTION_TEXT},
    {.name = "force", .meaning = "replace a file that is there"},
    {.heading = "Model", .name = "mixing", .argument = "NAME", .meaning = "law of the weights",
     .kind = HMFM_OPTION_CHOICE, .choice = hmfm_mixing_name},
    {.name = "prior-m", .argument = "NAME", .meaning = "mixing hmfm: law of the number of components M",
     .kind = HMFM_OPTION_CHOICE, .choice = hmfm_prior_m_name},
    {.name = "", .argument = "mixing", .kind = HMFM_OPTION_PARAMETERS},
    {0}};

static const hmfm_command command = {
    .name = "prior",
    .operand = "[DATA.csv]",
    .meaning = "Tell what a prior says about clusters before any data: the laws of their number over "
               "all groups (K), in a group (K_group), shared by two groups, and of the number of "
               "components (M), for groups of given sizes, or as large as those in DATA.csv.",
    .examples =
        "  $ hmfm prior --sizes 50,50 --lambda-mean 10 --lambda-var 2 --gamma-guess 0.01\n"
        "  $ hmfm prior puts.csv -y result -g season -u athlete --format csv -o prior.csv\n"
        "  $ hmfm prior --sizes 30x15 --mixing hdp --alpha 0.5 --gamma0 2\n"
        "  $ hmfm prior --sizes 50,50 --mixing hdp --match hmfm --lambda-mean 10 --gamma-guess 0.01\n"
        "  $ hmfm prior --sizes 50,50 --match-clusters 4 --match-group-clusters 2.5 --fixed\n",
    .notes =
        "Methods:\n"
        "The exact way is formulas and quadrature, and every probability is within 1e-8. It takes the\n"
        "longer the more units, components and kinds of groups there are; auto takes it up to about\n"
        "5e9 elementary operations, a few seconds. Monte Carlo draws the prior; standard errors are\n"
        "shown.\n"
        "\n"
        "Matched priors:\n"
        "With --mixing hmfm what is found is lambda-mean and gamma-guess, with --mixing hdp alpha-rate\n"
        "and gamma0-rate; lambda-var, gamma-shape, alpha-shape and gamma0-shape may be given. With one\n"
        "group K is K_group, and only gamma-guess or alpha-rate is found. Not every pair of E[K] and\n"
        "E[K_group] can be had: where it cannot, the message says which E[K] can.\n"
        "\n"
        "CSV:\n"
        "A row is a value of a quantity (K, K_group, shared, M) with its probability, and its\n"
        "standard error where it is Monte Carlo. In a match the first column is the mixing, and the\n"
        "hyperparameters found are rows without a probability.\n",
    .table = table};
/* clang-format on */

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_prior_run run;
  char draws[24];
  hmfm_prior_run_defaults(&run);
  snprintf(draws, sizeof draws, "%zu", run.draws);
  const char *value[][2] = {{"method", methods[run.method]},
                            {"draws", draws},
                            {"seed", "1"},
                            {"format", "text"},
                            {"mixing", "hmfm"},
                            {"prior-m", "poisson"}};
  return hmfm_options_defaults(options, sizeof value / sizeof *value, value, error);
}

/* What cannot stand together. */
static hmfm_status check_options(const hmfm_options *o, hmfm_error *error) {
  static const char *const of_file[] = {"response", "group", "unit"};
  const int match = hmfm_options_given(o, "match"), sizes = hmfm_options_given(o, "sizes");
  const int K = hmfm_options_given(o, "match-clusters");
  const int K_group = hmfm_options_given(o, "match-group-clusters");
  if (!sizes && !o->operand)
    return hmfm_fail(error, HMFM_EUSAGE, "--sizes=N,N,... or DATA.csv is needed");
  if (sizes && o->operand)
    return hmfm_fail(error, HMFM_EUSAGE, "there is --sizes besides '%s'; use one of them",
                     o->operand);
  for (size_t k = 0; k < 3; k++) {
    const int given = hmfm_options_given(o, of_file[k]);
    if (given && !o->operand)
      return hmfm_fail(error, HMFM_EUSAGE, "--%s is of use with DATA.csv only", of_file[k]);
    if (k < 2 && !given && o->operand)
      return hmfm_fail(error, HMFM_EUSAGE, "with DATA.csv --%s=COL is needed", of_file[k]);
  }
  if (match && (K || K_group))
    return hmfm_fail(error, HMFM_EUSAGE, "--match says what --match-%s says; use one of them",
                     K ? "clusters" : "group-clusters");
  if (K != K_group)
    return hmfm_fail(error, HMFM_EUSAGE, "--match-clusters and --match-group-clusters go together");
  if (hmfm_options_flag(o, "fixed") && !match && !K)
    return hmfm_fail(error, HMFM_EUSAGE, "--fixed is of use in a match only");
  if (match && strcmp(hmfm_options_text(o, "match"), hmfm_options_text(o, "mixing")) == 0)
    return hmfm_fail(error, HMFM_EUSAGE, "--match and --mixing are both %s: nothing is to be found",
                     hmfm_options_text(o, "match"));
  return HMFM_OK;
}

static hmfm_status read_groups(const hmfm_options *o, hmfm_prior_report *report,
                               hmfm_error *error) {
  hmfm_status status;
  if (o->operand) {
    const hmfm_csv_columns columns = {.group = hmfm_options_text(o, "group"),
                                      .unit = hmfm_options_text(o, "unit"),
                                      .response = hmfm_options_text(o, "response")};
    status = hmfm_csv_read(o->operand, &columns, NULL, &report->read, error);
    report->data = report->read;
  } else {
    status = hmfm_prior_read_sizes(hmfm_options_value(o, "sizes"), &report->simulation, error);
    report->data = status ? NULL : report->simulation->layout;
  }
  return status;
}

static hmfm_status read_pair(const hmfm_options *o, hmfm_prior_report *report, hmfm_error *error) {
  const hmfm_option_value *pair = hmfm_options_value(o, "pair");
  if (pair->n == 0) return HMFM_OK;
  if (pair->n != 2 || strcmp(pair->label[0], pair->label[1]) == 0)
    return hmfm_fail(error, HMFM_EUSAGE, "--pair must be two groups A,B");
  for (size_t k = 0; k < 2; k++) {
    size_t j = 0;
    while (j < report->data->n_groups && strcmp(report->data->group_name[j], pair->label[k]) != 0)
      j++;
    if (j == report->data->n_groups)
      return hmfm_fail(error, HMFM_EUSAGE, "--pair: there is no group '%s'", pair->label[k]);
    report->run.pair[k] = j;
  }
  return HMFM_OK;
}

static hmfm_status read_run(const hmfm_options *o, hmfm_prior_report *report, hmfm_error *error) {
  const char *method = hmfm_options_text(o, "method");
  hmfm_prior_run_defaults(&report->run);
  for (size_t k = 0; methods[k]; k++)
    if (strcmp(methods[k], method) == 0) report->run.method = (hmfm_prior_method)k;
  report->run.draws = hmfm_options_number(o, "draws");
  report->run.seed = hmfm_options_number(o, "seed");
  report->fixed = hmfm_options_flag(o, "fixed");
  report->is_match = hmfm_options_given(o, "match") || hmfm_options_given(o, "match-clusters");
  report->n_sides = hmfm_options_given(o, "match") ? 2 : 1;
  return read_pair(o, report, error);
}

/* Settings of one side: with two, each parameter goes to the mixing that it belongs to. */
static hmfm_status read_side(const hmfm_options *o, const char *mixing, int all,
                             hmfm_prior_side *side, hmfm_error *error) {
  hmfm_settings_defaults(&side->settings);
  side->settings.mixing = mixing;
  if (all || strcmp(mixing, "hmfm") == 0) side->settings.prior_m = hmfm_options_text(o, "prior-m");
  for (size_t k = 0; k < o->n; k++) {
    const hmfm_option_value *v = &o->value[k];
    const hmfm_parameter *parameter = o->option[k].parameter;
    if (!parameter || v->source <= HMFM_FROM_DEFAULT) continue;
    if (!hmfm_prior_owns(mixing, parameter)) {
      if (all)
        return hmfm_fail(error, HMFM_EUSAGE, "--%s is no parameter of mixing %s", parameter->name,
                         mixing);
      continue;
    }
    hmfm_error why = {0};
    if (hmfm_settings_set(&side->settings, parameter->name, v->n, v->value,
                          (const char *const *)v->label, &why))
      return hmfm_options_place(o, &why, error);
  }
  return HMFM_OK;
}

static hmfm_status make_model(const hmfm_options *o, const hmfm_prior_report *report,
                              hmfm_prior_side *side, hmfm_error *error) {
  hmfm_error why = {0};
  if (!hmfm_model_create(report->data, &side->settings, NULL, &side->model, &why)) return HMFM_OK;
  return hmfm_options_place(o, &why, error);
}

static hmfm_status match(const hmfm_options *o, hmfm_prior_report *report, hmfm_error *error) {
  hmfm_prior_means target;
  hmfm_error why = {0};
  hmfm_status status = HMFM_OK;
  if (report->n_sides == 2) {
    status = hmfm_prior_means_compute(report->side[1].model, &target, error);
  } else {
    const hmfm_option_value *K = hmfm_options_value(o, "match-clusters");
    const hmfm_option_value *K_group = hmfm_options_value(o, "match-group-clusters");
    if (K->n != 1 || K_group->n != 1 || K->label || K_group->label)
      return hmfm_fail(error, HMFM_EUSAGE, "%s takes one number",
                       K->n != 1 || K->label ? K->place : K_group->place);
    target = (hmfm_prior_means){K->value[0], K_group->value[0]};
  }
  if (status) return status;
  if (!hmfm_prior_match(report->data, &target, report->fixed, &report->side[0].settings, &why))
    return HMFM_OK;
  return hmfm_options_place(o, &why, error);
}

static hmfm_status compute(const hmfm_options *o, hmfm_prior_report *report, hmfm_error *error) {
  const char *mixing = hmfm_options_text(o, "mixing"), *other = hmfm_options_text(o, "match");
  hmfm_status status = read_side(o, mixing, report->n_sides == 1, &report->side[0], error);
  if (!status && report->n_sides == 2) {
    status = read_side(o, other, 0, &report->side[1], error);
    if (!status) status = make_model(o, report, &report->side[1], error);
  }
  if (!status && report->is_match) status = match(o, report, error);
  if (!status) status = make_model(o, report, &report->side[0], error);
  for (size_t k = 0; !status && k < report->n_sides; k++)
    status =
        hmfm_prior_laws_create(report->side[k].model, &report->run, &report->side[k].laws, error);
  return status;
}

static hmfm_status print(const hmfm_options *o, const hmfm_prior_report *report,
                         hmfm_error *error) {
  const char *path = hmfm_options_text(o, "output");
  hmfm_output *file = NULL;
  hmfm_status status = HMFM_OK;
  if (path) status = hmfm_output_open(path, hmfm_options_flag(o, "force"), &file, error);
  if (status) return status;
  FILE *to = file ? hmfm_output_stream(file) : stdout;
  if (strcmp(hmfm_options_text(o, "format"), "csv") == 0)
    hmfm_prior_print_csv(report, to);
  else
    hmfm_prior_print_text(report, to);
  return file ? hmfm_output_commit(file, error) : hmfm_cli_flush(error);
}

static void clear(hmfm_prior_report *report) {
  for (size_t k = 0; k < 2; k++) {
    hmfm_prior_laws_destroy(report->side[k].laws);
    hmfm_model_destroy(report->side[k].model);
    hmfm_settings_clear(&report->side[k].settings);
  }
  hmfm_dataset_destroy(report->read);
  hmfm_simulation_destroy(report->simulation);
}

int hmfm_cmd_prior(int argc, char **argv) {
  hmfm_error error = {0};
  hmfm_options *options = NULL;
  hmfm_prior_report report = {0};
  hmfm_step step = HMFM_STEP_INPUT;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code >= 0) goto out;
  const char *path = hmfm_options_text(options, "output");
  hmfm_status status = check_options(options, &error);
  if (!status && path) {
    step = HMFM_STEP_OUTPUT;
    status = options->operand && hmfm_cli_same_file(options->operand, path)
                 ? hmfm_fail(&error, HMFM_EUSAGE, "-o %s would replace the data", path)
                 : hmfm_output_check(path, hmfm_options_flag(options, "force"), &error);
  }
  if (!status) {
    step = HMFM_STEP_INPUT;
    status = read_groups(options, &report, &error);
  }
  if (!status) status = read_run(options, &report, &error);
  if (!status) status = compute(options, &report, &error);
  /* Without a file of data, whatever was wrong stood on the command line. */
  if (status == HMFM_EDATA && !options->operand) status = error.status = HMFM_EUSAGE;
  if (!status) {
    step = HMFM_STEP_OUTPUT;
    status = print(options, &report, &error);
  }
  code = status ? hmfm_cli_fail(command.name, &error, step) : HMFM_EXIT_OK;
out:
  clear(&report);
  hmfm_options_destroy(options);
  return code;
}
