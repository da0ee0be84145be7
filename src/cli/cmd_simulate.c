/* hmfm simulate: data with known components, as CSV. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/simulate_recipe.h"
#include "cli/simulate_write.h"
#include "hmfm/simulate.h"
#include "io/output.h"

static const hmfm_option table[] = {
    {.heading = "Groups and units",
     .name = "sizes",
     .argument = "N[,N...]|GROUP=N,...",
     .meaning = "units in each group; groups without names are 1, 2, ...",
     .kind = HMFM_OPTION_VALUES,
     .rules = HMFM_OPTION_NEEDED},
    {.name = "repeats",
     .argument = "A|A-B",
     .fallback = "1",
     .meaning = "observations per unit, uniform from A to B",
     .kind = HMFM_OPTION_TEXT},
    {.name = "exposure",
     .argument = "A|A:B",
     .fallback = "none, which counts as 1",
     .meaning = "exposure of an observation, uniform from A to B, for the poisson family",
     .kind = HMFM_OPTION_TEXT},
    {.name = "factor",
     .argument = "NAME=LEVEL:P,...",
     .meaning = "a covariate with these levels and probabilities (normalised)",
     .kind = HMFM_OPTION_NAMES},
    {.name = "numeric",
     .argument = "NAME=MEAN:SD",
     .meaning = "a normal covariate",
     .kind = HMFM_OPTION_NAMES},
    {.heading = "Given components",
     .name = "components",
     .argument = "ATOM,ATOM,...",
     .meaning = "the components' atoms: MEAN:VARIANCE for the normal family, RATE for poisson",
     .kind = HMFM_OPTION_NAMES},
    {.name = "weights",
     .argument = "W:W:...[,W:W:...]",
     .fallback = "equal",
     .meaning = "weights of the components, for all groups or a list for each (normalised)",
     .kind = HMFM_OPTION_NAMES},
    {.name = "exact-counts",
     .meaning = "give components weight x size units, rounded, not a random number of them"},
    {.name = "beta",
     .argument = "B[:B...][,...]|group|shared",
     .fallback = "0; with --prior group",
     .meaning = "coefficients of the covariates, for all groups or a list for each; with --prior, "
                "whether each group has its own",
     .kind = HMFM_OPTION_NAMES},
    {.heading = "Components from the prior",
     .name = "prior",
     .meaning = "draw hyperparameters, components, weights and coefficients from the prior"},
    {.name = "family",
     .argument = "NAME",
     .meaning = "law of the observations",
     .kind = HMFM_OPTION_CHOICE,
     .choice = hmfm_family_name},
    {.name = "mixing",
     .argument = "NAME",
     .meaning = "law of the weights",
     .kind = HMFM_OPTION_CHOICE,
     .choice = hmfm_mixing_name},
    {.name = "prior-m",
     .argument = "NAME",
     .meaning = "law of the number of components M",
     .kind = HMFM_OPTION_CHOICE,
     .choice = hmfm_prior_m_name},
    {.name = "parameters", .kind = HMFM_OPTION_PARAMETERS},
    {.heading = "Output",
     .name = "seed",
     .letter = 's',
     .argument = "N",
     .meaning = "the same seed gives the same data",
     .kind = HMFM_OPTION_SEED},
    {.name = "columns",
     .argument = "GROUP,UNIT,Y[,LABEL]",
     .fallback = "group,unit,y,component",
     .meaning = "names of the columns",
     .kind = HMFM_OPTION_NAMES},
    {.name = "decimals",
     .argument = "N",
     .fallback = "15 significant digits",
     .meaning = "round responses and numeric covariates",
     .kind = HMFM_OPTION_COUNT,
     .most = 300},
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .fallback = "standard output",
     .meaning = "file to write, which appears when it is whole",
     .kind = HMFM_OPTION_TEXT},
    {.name = "truth",
     .argument = "FILE",
     .meaning = "write components, weights, coefficients and hyperparameters, too",
     .kind = HMFM_OPTION_TEXT},
    {.name = "force", .meaning = "replace files that are there"},
    {0}};

static const hmfm_command command = {
    .name = "simulate",
    .meaning =
        "Simulate units in groups whose components are known, from given components or from "
        "the prior, as CSV: group, unit, response, covariates, exposure, component (from 0).",
    .examples =
        "  $ hmfm simulate --sizes 300,300 --components=-3:0.1,0:0.5 --weights 1:0,0.2:0.8 -s 1\n"
        "  $ hmfm simulate --sizes A=80,B=60 --repeats 3-15 --components 16:0.3,18:0.3 -o "
        "puts.csv\n"
        "  $ hmfm simulate --sizes 30 --factor Sex=M:0.6,W:0.4 --beta -2 --components "
        "16:0.3,18:0.3\n"
        "  $ hmfm simulate --sizes 40,40 --family poisson --components 0.5,4 --exposure 1:9\n"
        "  $ hmfm simulate --sizes 50,50,50 --prior --lambda 4 --gamma 0.5 --k0 0.1 -s 7\n",
    .notes =
        "Notes:\n"
        "Units are named 1, 2, ... in each group, so that a name comes back in other groups, "
        "where\n"
        "it has the same covariates. Factors are coded against their first level in sorted order;\n"
        "coefficients are in the order of the columns this makes, factors before numbers.\n"
        "\n"
        "With --prior, defaults that otherwise come from the responses (mu0, k0, rate-mean) are\n"
        "those of responses that are all 0.\n",
    .table = table};

static hmfm_status prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_status status = hmfm_options_default(options, "seed", "1", error);
  if (!status) status = hmfm_options_default(options, "family", "normal", error);
  if (!status) status = hmfm_options_default(options, "mixing", "hmfm", error);
  return status ? status : hmfm_options_default(options, "prior-m", "poisson", error);
}

static int beta_is_rule(const hmfm_option_value *beta) {
  return beta->n == 1 &&
         (strcmp(beta->label[0], "group") == 0 || strcmp(beta->label[0], "shared") == 0);
}

/* With --prior nothing is given; without, nothing is drawn from it. */
static hmfm_status check_prior(const hmfm_options *options, hmfm_error *error) {
  static const char *const given[] = {"components", "weights"};
  const hmfm_option_value *beta = hmfm_options_value(options, "beta");
  if (hmfm_options_flag(options, "prior")) {
    for (size_t k = 0; k < 2; k++)
      if (hmfm_options_given(options, given[k]))
        return hmfm_fail(error, HMFM_EUSAGE, "--prior draws what --%s gives; use one of them",
                         given[k]);
    if (beta->n > 0 && !beta_is_rule(beta))
      return hmfm_fail(error, HMFM_EUSAGE, "with --prior, --beta is group or shared, got '%s'",
                       beta->label[0]);
    return HMFM_OK;
  }
  if (!hmfm_options_given(options, "components"))
    return hmfm_fail(error, HMFM_EUSAGE, "--components=ATOM,ATOM,... or --prior is needed");
  if (beta_is_rule(beta))
    return hmfm_fail(error, HMFM_EUSAGE, "--beta %s is of use with --prior only", beta->label[0]);
  for (size_t k = 0; k < options->n; k++)
    if (options->value[k].source > HMFM_FROM_DEFAULT &&
        (options->option[k].parameter || strcmp(options->option[k].name, "mixing") == 0 ||
         strcmp(options->option[k].name, "prior-m") == 0))
      return hmfm_fail(error, HMFM_EUSAGE, "--%s is of use with --prior only",
                       options->option[k].name);
  return HMFM_OK;
}

static hmfm_status check_columns(const hmfm_options *options, const hmfm_recipe *recipe,
                                 hmfm_error *error) {
  const hmfm_option_value *columns = hmfm_options_value(options, "columns");
  const char *name[4] = {"group", "unit", "y", "component"};
  const int exposed = recipe->design.least_exposure > 0.0;
  if (columns->n > 0 && columns->n != 3 && columns->n != 4)
    return hmfm_fail(error, HMFM_EUSAGE, "--columns must be 3 or 4 names, got %zu", columns->n);
  for (size_t k = 0; k < columns->n; k++) name[k] = columns->label[k];
  for (size_t k = 0; k < 4; k++) {
    size_t times = 0;
    for (size_t l = 0; l < 4; l++) times += strcmp(name[k], name[l]) == 0;
    for (size_t l = 0; l < recipe->design.n_covariates; l++)
      times += strcmp(name[k], recipe->name[l]) == 0;
    times += exposed && strcmp(name[k], "exposure") == 0;
    if (times > 1)
      return hmfm_fail(error, HMFM_EUSAGE, "%zu columns would be called '%s'", times, name[k]);
  }
  return HMFM_OK;
}

static hmfm_status draw_truth(const hmfm_options *options, const hmfm_simulation *simulation,
                              hmfm_truth **truth, hmfm_error *error) {
  const hmfm_option_value *beta = hmfm_options_value(options, "beta");
  hmfm_settings settings;
  hmfm_settings_defaults(&settings);
  settings.family = hmfm_options_text(options, "family");
  settings.mixing = hmfm_options_text(options, "mixing");
  settings.prior_m = hmfm_options_text(options, "prior-m");
  if (beta->n > 0) settings.beta = beta->label[0];
  hmfm_status status = hmfm_options_settings(options, &settings, error);
  if (!status)
    status =
        hmfm_truth_draw(simulation, &settings, hmfm_options_number(options, "seed"), truth, error);
  hmfm_settings_clear(&settings);
  return status;
}

static hmfm_status simulate(const hmfm_options *options, hmfm_simulation **simulation,
                            hmfm_truth **truth, hmfm_error *error) {
  hmfm_recipe recipe = {0};
  uint64_t seed = hmfm_options_number(options, "seed");
  int exact = hmfm_options_flag(options, "exact-counts");
  hmfm_status status = check_prior(options, error);
  if (!status) status = hmfm_recipe_read(options, &recipe, error);
  if (!status) status = check_columns(options, &recipe, error);
  if (!status) status = hmfm_simulation_create(&recipe.design, seed, simulation, error);
  hmfm_recipe_clear(&recipe);
  if (!status && hmfm_options_flag(options, "prior"))
    status = draw_truth(options, *simulation, truth, error);
  else if (!status)
    status = hmfm_recipe_truth(options, *simulation, truth, error);
  if (!status) status = hmfm_simulation_respond(*simulation, *truth, exact, seed, error);
  /* There is no file of data to blame: whatever was wrong stood on the command line. */
  if (status == HMFM_EDATA) status = error->status = HMFM_EUSAGE;
  return status;
}

/* What fills the disk shows here, before either file has its name. */
static hmfm_status flush_file(hmfm_output *file, const char *path, hmfm_error *error) {
  errno = EIO;
  if (fflush(hmfm_output_stream(file)) == 0 && !ferror(hmfm_output_stream(file))) return HMFM_OK;
  return hmfm_fail(error, HMFM_EIO, "cannot write '%s': %s", path, strerror(errno));
}

/* Writes the truth where it was asked for, and the data: both or none, as far as one can tell before. */
static hmfm_status write_all(const hmfm_options *options, const hmfm_simulation *simulation,
                             const hmfm_truth *truth, hmfm_error *error) {
  const char *data_path = hmfm_options_text(options, "output");
  const char *truth_path = hmfm_options_text(options, "truth");
  const hmfm_option_value *columns = hmfm_options_value(options, "columns");
  int force = hmfm_options_flag(options, "force"), decimals = -1;
  hmfm_output *file = NULL, *truth_file = NULL;
  if (truth_path && data_path && hmfm_cli_same_file(truth_path, data_path))
    return hmfm_fail(error, HMFM_EUSAGE, "--truth and --output are both '%s'", truth_path);
  if (hmfm_options_given(options, "decimals"))
    decimals = (int)hmfm_options_number(options, "decimals");
  hmfm_status status = HMFM_OK;
  if (data_path) status = hmfm_output_open(data_path, force, &file, error);
  if (!status && truth_path) status = hmfm_output_open(truth_path, force, &truth_file, error);
  if (status) goto out;
  hmfm_simulation_write(file ? hmfm_output_stream(file) : stdout, simulation, columns->n,
                        columns->label, decimals);
  if (truth_file) hmfm_truth_write(hmfm_output_stream(truth_file), simulation, truth);
  status = file ? flush_file(file, data_path, error) : hmfm_cli_flush(error);
  if (!status && truth_file) status = flush_file(truth_file, truth_path, error);
  if (!status && file) {
    status = hmfm_output_commit(file, error);
    file = NULL;
  }
  if (!status && truth_file) {
    status = hmfm_output_commit(truth_file, error);
    truth_file = NULL;
  }
out:
  hmfm_output_discard(file);
  hmfm_output_discard(truth_file);
  return status;
}

int hmfm_cmd_simulate(int argc, char **argv) {
  hmfm_error error = {0};
  hmfm_options *options = NULL;
  hmfm_simulation *simulation = NULL;
  hmfm_truth *truth = NULL;
  int code = hmfm_cli_options(&command, argc, argv, prepare, &options);
  if (code >= 0) goto out;
  hmfm_status status = simulate(options, &simulation, &truth, &error);
  if (!status) status = write_all(options, simulation, truth, &error);
  code = status ? hmfm_cli_fail(command.name, &error, HMFM_STEP_OUTPUT) : HMFM_EXIT_OK;
out:
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(simulation);
  hmfm_options_destroy(options);
  return code;
}
