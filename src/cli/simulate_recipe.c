/* Reads groups, covariates, components and weights from the options of `hmfm simulate`. */
#include "cli/simulate_recipe.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* Exactly n finite numbers with colons between them: "0.5:0.2:0.3". */
static hmfm_status read_numbers(const char *place, const char *text, size_t n, double *out,
                                hmfm_error *error) {
  size_t given = 1;
  for (const char *c = text; *c; c++) given += *c == ':';
  if (given != n)
    return hmfm_fail(error, HMFM_EUSAGE, "%s: '%s' is %zu number%s where %zu %s needed%s", place,
                     text, given, given > 1 ? "s" : "", n, n == 1 ? "is" : "are",
                     n > 1 ? ", with ':' between them" : "");
  const char *at = text;
  for (size_t k = 0; k < n; k++) {
    char *end = NULL;
    if (!isspace((unsigned char)*at)) out[k] = strtod(at, &end);
    if (!end || end == at || *end != (k + 1 < n ? ':' : '\0') || !isfinite(out[k]))
      return hmfm_fail(error, HMFM_EUSAGE, "%s: '%.*s' in '%s' is not a finite number", place,
                       (int)strcspn(at, ":"), at, text);
    at = end + 1;
  }
  return HMFM_OK;
}

static hmfm_status read_sizes(const hmfm_options *options, hmfm_recipe *recipe, hmfm_error *error) {
  const hmfm_option_value *sizes = hmfm_options_value(options, "sizes");
  recipe->size = hmfm_calloc(sizes->n, sizeof *recipe->size);
  if (!recipe->size) return hmfm_fail_memory(error, "the options");
  for (size_t j = 0; j < sizes->n; j++) {
    double size = sizes->value[j];
    if (!(size >= 1) || size > 1e9 || size != floor(size))
      return hmfm_fail(error, HMFM_EUSAGE, "%s: a group's size must be a whole number >= 1, got %g",
                       sizes->place, size);
    recipe->size[j] = (size_t)size;
  }
  recipe->design.n_groups = sizes->n;
  recipe->design.size = recipe->size;
  recipe->design.group_name = (const char *const *)sizes->label;
  return HMFM_OK;
}

/* A or A-B. */
static hmfm_status read_repeats(const hmfm_options *options, hmfm_design *design,
                                hmfm_error *error) {
  const char *text = hmfm_options_text(options, "repeats");
  char *end = NULL;
  design->least_repeats = design->most_repeats = 1;
  if (!text) return HMFM_OK;
  errno = 0;
  int fine = isdigit((unsigned char)text[0]);
  if (fine) design->least_repeats = design->most_repeats = strtoul(text, &end, 10);
  if (fine && *end == '-') {
    fine = isdigit((unsigned char)end[1]);
    if (fine) design->most_repeats = strtoul(end + 1, &end, 10);
  }
  if (fine && !*end && !errno) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE, "--repeats: '%s' is neither a number A nor a range A-B",
                   text);
}

/* A or A:B. */
static hmfm_status read_exposure(const hmfm_options *options, hmfm_design *design,
                                 hmfm_error *error) {
  const hmfm_option_value *exposure = hmfm_options_value(options, "exposure");
  double range[2];
  if (!exposure->text) return HMFM_OK;
  const size_t n = strchr(exposure->text, ':') ? 2 : 1;
  hmfm_status status = read_numbers(exposure->place, exposure->text, n, range, error);
  if (status) return status;
  design->least_exposure = range[0];
  design->most_exposure = range[n - 1];
  if (range[0] > 0.0 && range[n - 1] >= range[0]) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE, "%s: '%s' is neither a number A > 0 nor a range A:B of them",
                   exposure->place, exposure->text);
}

static char *copy_text(const char *text, size_t length) {
  char *copy = hmfm_calloc(length + 1, 1);
  if (copy) memcpy(copy, text, length);
  return copy;
}

/* Opens the law of the covariate that entry "NAME=..." names; *rest becomes what follows. */
static hmfm_status open_law(const char *place, const char *entry, hmfm_recipe *recipe,
                            const char **rest, hmfm_error *error) {
  const char *equals = strchr(entry, '=');
  if (!equals || equals == entry)
    return hmfm_fail(error, HMFM_EUSAGE, "%s: '%s' does not begin with NAME=", place, entry);
  size_t k = recipe->design.n_covariates++;
  recipe->name[k] = copy_text(entry, (size_t)(equals - entry));
  if (!recipe->name[k]) return hmfm_fail_memory(error, "the options");
  recipe->law[k].name = recipe->name[k];
  *rest = equals + 1;
  return HMFM_OK;
}

/* Adds the level "LEVEL:PROBABILITY" or "LEVEL" (1) to the law opened last. */
static hmfm_status add_level(const char *place, const char *text, hmfm_recipe *recipe, size_t room,
                             hmfm_error *error) {
  size_t k = recipe->design.n_covariates - 1;
  hmfm_covariate_law *law = &recipe->law[k];
  if (!recipe->level[k]) {
    recipe->level[k] = hmfm_calloc(room, sizeof **recipe->level);
    recipe->probability[k] = hmfm_calloc(room, sizeof **recipe->probability);
    law->level = (const char *const *)recipe->level[k];
    law->probability = recipe->probability[k];
  }
  if (!recipe->level[k] || !recipe->probability[k]) return hmfm_fail_memory(error, "the options");
  const char *colon = strrchr(text, ':');
  double probability = 1;
  hmfm_status status = HMFM_OK;
  if (colon) status = read_numbers(place, colon + 1, 1, &probability, error);
  if (status) return status;
  char *name = copy_text(text, colon ? (size_t)(colon - text) : strlen(text));
  if (!name) return hmfm_fail_memory(error, "the options");
  recipe->probability[k][law->n_levels] = probability;
  recipe->level[k][law->n_levels++] = name;
  return HMFM_OK;
}

/* "Gender=M:0.6,W:0.4,Hand=left:1,right:9": a NAME= opens a factor, its levels follow. */
static hmfm_status read_factors(const hmfm_options *options, hmfm_recipe *recipe,
                                hmfm_error *error) {
  const hmfm_option_value *factor = hmfm_options_value(options, "factor");
  hmfm_status status = HMFM_OK;
  for (size_t e = 0; e < factor->n && !status; e++) {
    const char *level = factor->label[e];
    if (e == 0 || strchr(level, '='))
      status = open_law(factor->place, level, recipe, &level, error);
    if (!status) status = add_level(factor->place, level, recipe, factor->n, error);
  }
  return status;
}

/* "age=25:3,height=180:8": normal with this mean and standard deviation. */
static hmfm_status read_numerics(const hmfm_options *options, hmfm_recipe *recipe,
                                 hmfm_error *error) {
  const hmfm_option_value *numeric = hmfm_options_value(options, "numeric");
  for (size_t e = 0; e < numeric->n; e++) {
    const char *rest = NULL;
    double law[2] = {0, 0};
    hmfm_status status = open_law(numeric->place, numeric->label[e], recipe, &rest, error);
    if (!status) status = read_numbers(numeric->place, rest, 2, law, error);
    if (status) return status;
    recipe->law[recipe->design.n_covariates - 1].mean = law[0];
    recipe->law[recipe->design.n_covariates - 1].sd = law[1];
  }
  return HMFM_OK;
}

hmfm_status hmfm_recipe_read(const hmfm_options *options, hmfm_recipe *recipe, hmfm_error *error) {
  size_t room =
      hmfm_options_value(options, "factor")->n + hmfm_options_value(options, "numeric")->n;
  const hmfm_option_value *columns = hmfm_options_value(options, "columns");
  recipe->law = hmfm_calloc(room, sizeof *recipe->law);
  recipe->level = hmfm_calloc(room, sizeof *recipe->level);
  recipe->probability = hmfm_calloc(room, sizeof *recipe->probability);
  recipe->name = hmfm_calloc(room, sizeof *recipe->name);
  if (!recipe->law || !recipe->level || !recipe->probability || !recipe->name)
    return hmfm_fail_memory(error, "the options");
  recipe->design.covariate = recipe->law;
  recipe->design.response_name = columns->n > 2 ? columns->label[2] : NULL;
  hmfm_status status = read_sizes(options, recipe, error);
  if (!status) status = read_repeats(options, &recipe->design, error);
  if (!status) status = read_exposure(options, &recipe->design, error);
  if (!status) status = read_factors(options, recipe, error);
  return status ? status : read_numerics(options, recipe, error);
}

void hmfm_recipe_clear(hmfm_recipe *recipe) {
  for (size_t k = 0; k < recipe->design.n_covariates; k++) {
    hmfm_free_strings(recipe->level[k], recipe->law[k].n_levels);
    hmfm_free(recipe->probability[k]);
    hmfm_free(recipe->name[k]);
  }
  hmfm_free(recipe->law);
  hmfm_free(recipe->level);
  hmfm_free(recipe->probability);
  hmfm_free(recipe->name);
  hmfm_free(recipe->size);
  *recipe = (hmfm_recipe){0};
}

/* A list of n numbers for every group; a single list serves all groups. */
static hmfm_status read_by_group(const hmfm_option_value *value, size_t n_groups, size_t n,
                                 double *out, hmfm_error *error) {
  if (value->n != 1 && value->n != n_groups)
    return hmfm_fail(error, HMFM_EUSAGE, "%s is for %zu groups, --sizes for %zu", value->place,
                     value->n, n_groups);
  hmfm_status status = HMFM_OK;
  for (size_t j = 0; j < n_groups && !status; j++)
    status = read_numbers(value->place, value->label[value->n == 1 ? 0 : j], n, out + j * n, error);
  return status;
}

hmfm_status hmfm_recipe_truth(const hmfm_options *options, const hmfm_simulation *simulation,
                              hmfm_truth **out, hmfm_error *error) {
  const hmfm_option_value *components = hmfm_options_value(options, "components");
  const hmfm_option_value *weights = hmfm_options_value(options, "weights");
  const hmfm_option_value *beta = hmfm_options_value(options, "beta");
  hmfm_truth *truth = NULL;
  hmfm_status status = hmfm_truth_create(simulation, hmfm_options_text(options, "family"),
                                         components->n, &truth, error);
  if (status) return status;
  for (size_t m = 0; m < truth->n_components && !status; m++)
    status = read_numbers(components->place, components->label[m], truth->n_atom,
                          truth->atom + m * truth->n_atom, error);
  size_t n_weights = truth->n_groups * truth->n_components;
  for (size_t k = 0; k < n_weights; k++) truth->weight[k] = 1;
  if (!status && weights->n > 0)
    status = read_by_group(weights, truth->n_groups, truth->n_components, truth->weight, error);
  if (!status && beta->n > 0 && truth->n_covariates == 0)
    status =
        hmfm_fail(error, HMFM_EUSAGE, "%s was given, but there are no covariates", beta->place);
  if (!status && beta->n > 0)
    status = read_by_group(beta, truth->n_groups, truth->n_covariates, truth->beta, error);
  if (status)
    hmfm_truth_destroy(truth);
  else
    *out = truth;
  return status;
}
