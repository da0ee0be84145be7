/* The truth behind simulated data: components, weights and regression, given or from the prior. */
#include "hmfm/simulate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/model.h"
#include "simulate/streams.h"

hmfm_status hmfm_truth_create(const hmfm_simulation *simulation, const char *family,
                              size_t n_components, hmfm_truth **out, hmfm_error *error) {
  const hmfm_family *law = hmfm_family_find(family ? family : "normal");
  if (!law) return hmfm_fail(error, HMFM_EUSAGE, "no family is called '%s'", family);
  if (n_components < 1 || n_components > INT32_MAX)
    return hmfm_fail(error, HMFM_EUSAGE, "there must be 1 to %d components, got %zu", INT32_MAX,
                     n_components);
  size_t d = simulation->n_groups, r = simulation->layout->n_covariates;
  if (r > 0 && !(law->flags & HMFM_FAMILY_REGRESSION))
    return hmfm_fail(error, HMFM_EUSAGE, "family %s takes no covariates", law->name);
  if (simulation->layout->exposure && !(law->flags & HMFM_FAMILY_EXPOSURE))
    return hmfm_fail(error, HMFM_EUSAGE, "family %s takes no exposure", law->name);
  hmfm_truth *truth = hmfm_calloc(1, sizeof *truth);
  if (!truth) return hmfm_fail_memory(error, "the truth of a simulation");
  *truth = (hmfm_truth){.family = law->name,
                        .n_groups = d,
                        .n_components = n_components,
                        .n_atom = law->n_atom,
                        .n_covariates = r};
  truth->atom = hmfm_calloc(n_components, law->n_atom * sizeof *truth->atom);
  truth->weight = hmfm_calloc(n_components, d * sizeof *truth->weight);
  truth->beta = hmfm_calloc(d, r * sizeof *truth->beta);
  if (!truth->atom || !truth->weight || !truth->beta) {
    hmfm_truth_destroy(truth);
    return hmfm_fail_memory(error, "the truth of a simulation");
  }
  *out = truth;
  return HMFM_OK;
}

void hmfm_truth_destroy(hmfm_truth *truth) {
  if (!truth) return;
  hmfm_free(truth->atom);
  hmfm_free(truth->weight);
  hmfm_free(truth->beta);
  hmfm_free_strings(truth->hyper_name, truth->n_hyper);
  hmfm_free(truth->hyper);
  hmfm_free(truth);
}

/* Room for the current values of a mixing's variables, with their names. */
static hmfm_status name_hyper(hmfm_truth *truth, const hmfm_mixing *mixing,
                              const hmfm_dataset *layout, hmfm_error *error) {
  size_t n = 0;
  for (size_t v = 0; v < mixing->n_variables; v++)
    n += mixing->variable[v].shape == HMFM_GROUP ? layout->n_groups : 1;
  truth->hyper = hmfm_calloc(n, sizeof *truth->hyper);
  truth->hyper_name = hmfm_calloc(n, sizeof *truth->hyper_name);
  if (!truth->hyper || !truth->hyper_name) return hmfm_fail_memory(error, "the truth");
  truth->n_hyper = n;
  char **name = truth->hyper_name;
  for (size_t v = 0; v < mixing->n_variables; v++) {
    int grouped = mixing->variable[v].shape == HMFM_GROUP;
    for (size_t g = 0; g < (grouped ? layout->n_groups : 1); g++, name++) {
      const char *variable = mixing->variable[v].name;
      const char *group = grouped ? layout->group_name[g] : "";
      size_t size = strlen(variable) + strlen(group) + 3;
      *name = hmfm_calloc(size, 1);
      if (!*name) return hmfm_fail_memory(error, "the truth");
      snprintf(*name, size, grouped ? "%s[%s]" : "%s%s", variable, group);
    }
  }
  return HMFM_OK;
}

/* w_j given M and the hyperparameters for every group: the law of the weights when no unit has been
 * seen. */
static hmfm_status draw_weights(hmfm_truth *truth, const hmfm_simulation *simulation,
                                const hmfm_model *model, const void *process, gsl_rng *stream,
                                hmfm_error *error) {
  size_t M = truth->n_components;
  int32_t *zero = hmfm_calloc(truth->n_groups, sizeof *zero);
  hmfm_status status = HMFM_OK;
  if (!zero) status = hmfm_fail_memory(error, "the truth");
  hmfm_counts nothing = {
      .n_groups = truth->n_groups, .in_group = zero, .total = zero, .size = zero};
  for (size_t g = 0; g < truth->n_groups && !status; g++) {
    double *weight = truth->weight + simulation->design_group[g] * M;
    simulate_open(stream, SIMULATE_WEIGHTS, simulation->design_group[g], 0);
    model->mixing->draw_weights(process, stream, &nothing, g, M, weight);
    for (size_t m = 0; m < M; m++) weight[m] = exp(weight[m]);
  }
  hmfm_free(zero);
  return status;
}

static void draw_atoms_and_beta(hmfm_truth *truth, const hmfm_simulation *simulation,
                                const hmfm_model *model, gsl_rng *stream) {
  const hmfm_regression *regression = &model->regression;
  for (size_t m = 0; m < truth->n_components; m++) {
    simulate_open(stream, SIMULATE_ATOMS, m, 0);
    model->family->draw_prior_atom(model->family_data, stream, truth->atom + m * truth->n_atom);
  }
  for (size_t g = 0; g < truth->n_groups && truth->n_covariates > 0; g++) {
    size_t j = simulation->design_group[g];
    simulate_open(stream, SIMULATE_BETA, regression->shared ? 0 : j, 0);
    for (size_t k = 0; k < truth->n_covariates; k++)
      truth->beta[j * truth->n_covariates + k] =
          regression->mean[k] + gsl_ran_gaussian(stream, regression->sd[k]);
  }
}

hmfm_status hmfm_truth_draw(const hmfm_simulation *simulation, const hmfm_settings *settings,
                            uint64_t seed, hmfm_truth **out, hmfm_error *error) {
  hmfm_model *model = NULL;
  void *process = NULL;
  gsl_rng *stream = NULL;
  hmfm_truth *truth = NULL;
  hmfm_status status = hmfm_model_create(simulation->layout, settings, NULL, &model, error);
  if (!status) status = model->mixing->process_create(model->mixing_prior, &process, error);
  if (status) goto out;
  stream = hmfm_stream_create(seed, 0);
  if (!stream) {
    status = hmfm_fail_memory(error, "the truth");
    goto out;
  }
  simulate_open(stream, SIMULATE_HYPER, 0, 0);
  size_t M = model->mixing->draw_prior(process, stream);
  if (model->mixing->flags & HMFM_MIXING_INFINITE)
    status = model->mixing->truncate_prior(process, stream, &M, error);
  if (!status) status = hmfm_truth_create(simulation, settings->family, M, &truth, error);
  if (!status) status = name_hyper(truth, model->mixing, simulation->layout, error);
  if (!status) status = draw_weights(truth, simulation, model, process, stream, error);
  if (status) goto out;
  model->mixing->get(process, truth->hyper);
  draw_atoms_and_beta(truth, simulation, model, stream);
out:
  hmfm_stream_destroy(stream);
  if (process) model->mixing->process_destroy(process);
  hmfm_model_destroy(model);
  if (status)
    hmfm_truth_destroy(truth);
  else
    *out = truth;
  return status;
}
