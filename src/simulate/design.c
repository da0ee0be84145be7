/* Simulated columns before any response: groups, units, observations per unit, covariates. */
#include "hmfm/simulate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "base/alloc.h"
#include "base/error.h"
#include "simulate/streams.h"

enum { UNIT_LIMIT = 1 << 24 }; /* units of a group are blocks of a stream */

static hmfm_status check_law(const hmfm_covariate_law *law, hmfm_error *error) {
  if (!law->name || !*law->name)
    return hmfm_fail(error, HMFM_EUSAGE, "a simulated covariate has no name");
  if (law->n_levels == 0) {
    if (isfinite(law->mean) && isfinite(law->sd) && law->sd >= 0) return HMFM_OK;
    return hmfm_fail(error, HMFM_EUSAGE,
                     "mean and standard deviation of a covariate must be finite, the latter >= 0, "
                     "got %g and %g (covariate '%s')",
                     law->mean, law->sd, law->name);
  }
  double sum = 0;
  for (size_t l = 0; l < law->n_levels; l++) {
    if (!law->level[l] || !*law->level[l])
      return hmfm_fail(error, HMFM_EUSAGE, "a level of factor '%s' has no name", law->name);
    for (size_t k = 0; k < l; k++)
      if (strcmp(law->level[k], law->level[l]) == 0)
        return hmfm_fail(error, HMFM_EUSAGE, "level '%s' of factor '%s' is given twice",
                         law->level[l], law->name);
    if (!(law->probability[l] >= 0))
      return hmfm_fail(error, HMFM_EUSAGE,
                       "a probability must be >= 0, got %g (level '%s' of '%s')",
                       law->probability[l], law->level[l], law->name);
    sum += law->probability[l];
  }
  if (sum > 0 && isfinite(sum)) return HMFM_OK;
  return hmfm_fail(
      error, HMFM_EUSAGE,
      "the probabilities of the levels of '%s' must have a positive, finite sum, got %g", law->name,
      sum);
}

static hmfm_status check_groups(const hmfm_design *design, hmfm_error *error) {
  for (size_t j = 0; j < design->n_groups; j++) {
    if (design->size[j] < 1 || design->size[j] >= UNIT_LIMIT)
      return hmfm_fail(error, HMFM_EUSAGE, "a group must have 1 to %d units, got %zu (group %zu)",
                       UNIT_LIMIT - 1, design->size[j], j + 1);
    if (!design->group_name) continue;
    if (!design->group_name[j] || !*design->group_name[j])
      return hmfm_fail(error, HMFM_EUSAGE, "group %zu has no name", j + 1);
    for (size_t k = 0; k < j; k++)
      if (strcmp(design->group_name[k], design->group_name[j]) == 0)
        return hmfm_fail(error, HMFM_EUSAGE, "group '%s' is given twice", design->group_name[j]);
  }
  return HMFM_OK;
}

static hmfm_status check_design(const hmfm_design *design, hmfm_error *error) {
  if (design->n_groups < 1)
    return hmfm_fail(error, HMFM_EUSAGE, "a simulation must have at least one group, got none");
  if (design->least_repeats < 1 || design->most_repeats < design->least_repeats ||
      design->most_repeats >= UNIT_LIMIT)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "observations per unit must be a range A-B with 1 <= A <= B < %d, got %zu-%zu",
                     UNIT_LIMIT, design->least_repeats, design->most_repeats);
  const int exposed = design->least_exposure != 0.0 || design->most_exposure != 0.0;
  if (exposed && !(design->least_exposure > 0.0 && design->most_exposure < INFINITY &&
                   design->least_exposure <= design->most_exposure))
    return hmfm_fail(error, HMFM_EUSAGE, "exposures must be a range A:B with 0 < A <= B, got %g:%g",
                     design->least_exposure, design->most_exposure);
  hmfm_status status = check_groups(design, error);
  for (size_t k = 0; k < design->n_covariates && !status; k++) {
    status = check_law(&design->covariate[k], error);
    for (size_t l = 0; l < k && !status; l++)
      if (strcmp(design->covariate[l].name, design->covariate[k].name) == 0)
        status = hmfm_fail(error, HMFM_EUSAGE, "covariate '%s' is given twice",
                           design->covariate[k].name);
  }
  return status;
}

/* Observations of every unit, group by group; *n_rows is their sum. NULL when out of memory. */
static size_t *draw_repeats(const hmfm_design *design, gsl_rng *stream, size_t *n_rows) {
  size_t n_units = 0;
  for (size_t j = 0; j < design->n_groups; j++) n_units += design->size[j];
  size_t *repeats = hmfm_calloc(n_units, sizeof *repeats), *next = repeats;
  if (!repeats) return NULL;
  size_t choices = design->most_repeats - design->least_repeats + 1;
  *n_rows = 0;
  for (size_t j = 0; j < design->n_groups; j++)
    for (size_t i = 0; i < design->size[j]; i++) {
      simulate_open(stream, SIMULATE_REPEATS, j, i);
      *next = design->least_repeats + gsl_rng_uniform_int(stream, choices);
      *n_rows += *next++;
    }
  return repeats;
}

/* Keeps a copy of text (or of a number when text is NULL) for the columns to point to. */
static const char *keep_text(hmfm_simulation *s, const char *text, size_t number) {
  char digits[32];
  snprintf(digits, sizeof digits, "%zu", number);
  char *copy = hmfm_strdup(text ? text : digits);
  if (copy) s->text[s->n_text++] = copy;
  return copy;
}

static hmfm_status fill_labels(hmfm_simulation *s, const hmfm_design *design, size_t most_units,
                               const size_t *repeats, hmfm_error *error) {
  const char **group = hmfm_calloc(s->columns.n_rows, sizeof *group);
  const char **unit = hmfm_calloc(s->columns.n_rows, sizeof *unit);
  s->columns.group = group;
  s->columns.unit = unit;
  s->response = hmfm_calloc(s->columns.n_rows, sizeof *s->response);
  s->columns.response = s->response;
  s->component = hmfm_calloc(s->columns.n_rows, sizeof *s->component);
  s->columns.response_name = keep_text(s, design->response_name ? design->response_name : "y", 0);
  if (!group || !unit || !s->response || !s->component || !s->columns.response_name)
    return hmfm_fail_memory(error, "the simulated data");
  char **name = s->text + s->n_text;
  for (size_t i = 0; i < most_units; i++)
    if (!keep_text(s, NULL, i + 1)) return hmfm_fail_memory(error, "the simulated data");
  size_t row = 0;
  for (size_t j = 0; j < design->n_groups; j++) {
    const char *label = keep_text(s, design->group_name ? design->group_name[j] : NULL, j + 1);
    if (!label) return hmfm_fail_memory(error, "the simulated data");
    for (size_t i = 0; i < design->size[j]; i++, repeats++)
      for (size_t h = 0; h < *repeats; h++, row++) {
        group[row] = label;
        unit[row] = name[i];
      }
  }
  return HMFM_OK;
}

static hmfm_status fill_exposure(hmfm_simulation *s, const hmfm_design *design,
                                 const size_t *repeats, gsl_rng *stream, hmfm_error *error) {
  const double least = design->least_exposure, width = design->most_exposure - least;
  if (least == 0.0) return HMFM_OK;
  double *exposure = hmfm_calloc(s->columns.n_rows, sizeof *exposure);
  s->columns.exposure = exposure;
  if (!exposure) return hmfm_fail_memory(error, "the simulated data");
  for (size_t j = 0; j < design->n_groups; j++)
    for (size_t i = 0; i < design->size[j]; i++, repeats++) {
      simulate_open(stream, SIMULATE_EXPOSURE, j, i);
      for (size_t h = 0; h < *repeats; h++) *exposure++ = least + width * gsl_rng_uniform(stream);
    }
  return HMFM_OK;
}

/* A level of a factor, with its probability. */
static size_t draw_level(gsl_rng *stream, const hmfm_covariate_law *law) {
  double sum = 0, below = 0;
  for (size_t l = 0; l < law->n_levels; l++) sum += law->probability[l];
  double u = sum * gsl_rng_uniform(stream);
  size_t last = 0;
  for (size_t l = 0; l < law->n_levels; l++) {
    if (law->probability[l] <= 0) continue;
    last = l;
    below += law->probability[l];
    if (u < below) break;
  }
  return last;
}

static hmfm_status fill_covariate(hmfm_simulation *s, const hmfm_design *design, size_t k,
                                  hmfm_covariate *column, const size_t *repeats, gsl_rng *stream,
                                  hmfm_error *error) {
  const hmfm_covariate_law *law = &design->covariate[k];
  size_t n_rows = s->columns.n_rows, row = 0;
  double *number = law->n_levels == 0 ? hmfm_calloc(n_rows, sizeof *number) : NULL;
  const char **text = law->n_levels > 0 ? hmfm_calloc(n_rows, sizeof *text) : NULL;
  char **level = NULL;
  column->number = number;
  column->text = text;
  column->name = keep_text(s, law->name, 0);
  if (!column->name || (!number && !text)) return hmfm_fail_memory(error, "a simulated covariate");
  level = s->text + s->n_text;
  for (size_t l = 0; l < law->n_levels; l++)
    if (!keep_text(s, law->level[l], 0)) return hmfm_fail_memory(error, "a simulated covariate");
  for (size_t j = 0; j < design->n_groups; j++)
    for (size_t i = 0; i < design->size[j]; i++, repeats++) {
      simulate_open(stream, SIMULATE_COVARIATE, k, i);
      double value = number ? law->mean + gsl_ran_gaussian(stream, law->sd) : 0;
      const char *name = text ? level[draw_level(stream, law)] : NULL;
      for (size_t h = 0; h < *repeats; h++, row++) {
        if (number) number[row] = value;
        if (text) text[row] = name;
      }
    }
  return HMFM_OK;
}

/* Finds the groups of the layout, which may put them into numeric order, in the design. */
static hmfm_status match_groups(hmfm_simulation *s, const hmfm_design *design, hmfm_error *error) {
  s->design_group = hmfm_calloc(s->n_groups, sizeof *s->design_group);
  if (!s->design_group) return hmfm_fail_memory(error, "the simulated data");
  char *const *name = s->text + s->n_text - design->n_groups;
  for (size_t g = 0; g < s->n_groups; g++)
    for (size_t j = 0; j < design->n_groups; j++)
      if (strcmp(name[j], s->layout->group_name[g]) == 0) s->design_group[g] = j;
  return HMFM_OK;
}

static hmfm_status fill_columns(hmfm_simulation *s, const hmfm_design *design,
                                const size_t *repeats, gsl_rng *stream, hmfm_error *error) {
  size_t most_units = 0, n_text = 1 + design->n_groups;
  for (size_t j = 0; j < design->n_groups; j++)
    if (design->size[j] > most_units) most_units = design->size[j];
  for (size_t k = 0; k < design->n_covariates; k++) n_text += 1 + design->covariate[k].n_levels;
  s->text = hmfm_calloc(n_text + most_units, sizeof *s->text);
  hmfm_covariate *covariate = hmfm_calloc(design->n_covariates, sizeof *covariate);
  s->columns.covariate = covariate;
  if (!s->text || !covariate) return hmfm_fail_memory(error, "the simulated data");
  s->n_groups = design->n_groups;
  s->columns.n_covariates = design->n_covariates;
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; k < design->n_covariates && !status; k++)
    status = fill_covariate(s, design, k, &covariate[k], repeats, stream, error);
  if (!status) status = fill_labels(s, design, most_units, repeats, error);
  if (!status) status = fill_exposure(s, design, repeats, stream, error);
  return status;
}

hmfm_status hmfm_simulation_create(const hmfm_design *design, uint64_t seed, hmfm_simulation **out,
                                   hmfm_error *error) {
  hmfm_simulation *s = NULL;
  gsl_rng *stream = NULL;
  size_t *repeats = NULL;
  hmfm_status status = check_design(design, error);
  if (status) goto out;
  s = hmfm_calloc(1, sizeof *s);
  stream = hmfm_stream_create(seed, 0);
  if (s && stream) repeats = draw_repeats(design, stream, &s->columns.n_rows);
  if (!repeats) {
    status = hmfm_fail_memory(error, "the simulated data");
    goto out;
  }
  status = fill_columns(s, design, repeats, stream, error);
  if (!status) status = hmfm_dataset_create(&s->columns, NULL, &s->layout, error);
  if (!status) status = match_groups(s, design, error);
out:
  hmfm_free(repeats);
  hmfm_stream_destroy(stream);
  if (status)
    hmfm_simulation_destroy(s);
  else
    *out = s;
  return status;
}

void hmfm_simulation_destroy(hmfm_simulation *s) {
  if (!s) return;
  for (size_t k = 0; k < s->columns.n_covariates; k++) {
    hmfm_free((void *)s->columns.covariate[k].number);
    hmfm_free((void *)s->columns.covariate[k].text);
  }
  hmfm_free((void *)s->columns.covariate);
  hmfm_free((void *)s->columns.group);
  hmfm_free((void *)s->columns.unit);
  hmfm_free((void *)s->columns.exposure);
  hmfm_free(s->response);
  hmfm_free(s->component);
  hmfm_dataset_destroy(s->layout);
  hmfm_free(s->design_group);
  hmfm_free_strings(s->text, s->n_text);
  hmfm_free(s);
}
