/* The methods: which models are fitted, by which samplers, under which priors. */
#include <string.h>

#include "study.h"

/* All samplers of a mixing have one posterior: one of them is run on all data, the others on the first replicates, where one
 * sees that they agree, and which is the fastest. */
enum { FEW = 10 };

static const study_method METHOD[] = {
    {"hmfm", "paper", "hmfm", "conditional", STUDY_JOINT, STUDY_PAPER, 0},
    {"hmfm", "paper", "hmfm", "marginal", STUDY_JOINT, STUDY_PAPER, FEW},
    {"hmfm", "paper", "hmfm", "telescoping", STUDY_JOINT, STUDY_PAPER, FEW},
    {"hdp", "paper", "hdp", "conditional", STUDY_JOINT, STUDY_PAPER, FEW},
    {"hdp", "paper", "hdp", "direct", STUDY_JOINT, STUDY_PAPER, 0},
    {"hdp", "paper", "hdp", "franchise", STUDY_JOINT, STUDY_PAPER, FEW},
    {"separate", "paper", "hmfm", "conditional", STUDY_SEPARATE, STUDY_PAPER, 0},
    {"pooled", "paper", "hmfm", "conditional", STUDY_POOLED, STUDY_PAPER, 0},
    {"hdp", "as-hmfm", "hdp", "direct", STUDY_JOINT, STUDY_AS_HMFM, 0},
    {"separate", "as-hmfm", "hmfm", "conditional", STUDY_SEPARATE, STUDY_AS_HMFM, 0},
    {"pooled", "as-hmfm", "hmfm", "conditional", STUDY_POOLED, STUDY_AS_HMFM, 0},
    {"hmfm", "as-hdp", "hmfm", "conditional", STUDY_JOINT, STUDY_AS_HDP, 0},
};
enum { N_METHODS = sizeof METHOD / sizeof *METHOD };

const study_method *study_method_at(size_t index) {
  return index < N_METHODS ? &METHOD[index] : NULL;
}

static hmfm_status set(hmfm_settings *settings, const char *name, double value, hmfm_error *error) {
  return hmfm_settings_set(settings, name, 1, &value, NULL, error);
}

/* The HMFM as the paper has it in an experiment. */
static hmfm_status set_paper(const study_experiment *e, hmfm_settings *settings,
                             hmfm_error *error) {
  hmfm_status status = set(settings, "lambda-mean", e->lambda_mean, error);
  if (!status) status = set(settings, "lambda-var", e->lambda_var, error);
  if (!status) status = set(settings, "gamma-guess", e->gamma_guess, error);
  return status;
}

/* What the priors of the paper expect of the clusters of all groups: of an HMFM, or of an HDP, whose default is that of the
 * paper. */
static hmfm_status expect(const study_data *data, study_prior prior, hmfm_prior_means *out,
                          hmfm_error *error) {
  hmfm_model *model = NULL;
  hmfm_settings settings;
  hmfm_status status = HMFM_OK;
  hmfm_settings_defaults(&settings);
  if (prior == STUDY_AS_HDP)
    settings.mixing = "hdp";
  else
    status = set_paper(data->experiment, &settings, error);
  if (!status) status = hmfm_model_create(data->whole, &settings, NULL, &model, error);
  if (!status) status = hmfm_prior_means_compute(model, out, error);
  hmfm_model_destroy(model);
  hmfm_settings_clear(&settings);
  return status;
}

/* Hyperparameters with which a method expects the same. A single group has only one number of clusters: K where all
 * units are in it, and K_j where it is one of the groups. */
static hmfm_status match(const study_method *method, const study_data *data,
                         const hmfm_dataset *part, hmfm_settings *settings, hmfm_error *error) {
  const study_experiment *e = data->experiment;
  hmfm_prior_means target;
  hmfm_status status = expect(data, method->prior, &target, error);
  if (method->scope == STUDY_SEPARATE) target.clusters = target.group_clusters;
  if (method->scope == STUDY_POOLED) target.group_clusters = target.clusters;
  if (!status && strcmp(method->mixing, "hmfm") == 0) {
    status = set(settings, "lambda-var", e->lambda_var, error);
    if (!status && part->n_groups == 1)
      status = set(settings, "lambda-mean", e->lambda_mean, error);
  }
  if (!status) status = hmfm_prior_match(part, &target, 0, settings, error);
  return status;
}

hmfm_status study_model(const study_method *method, const study_data *data,
                        const hmfm_dataset *part, hmfm_model **out, hmfm_error *error) {
  hmfm_settings settings;
  hmfm_status status = HMFM_OK;
  hmfm_settings_defaults(&settings);
  settings.mixing = method->mixing;
  if (method->prior != STUDY_PAPER)
    status = match(method, data, part, &settings, error);
  else if (strcmp(method->mixing, "hmfm") == 0)
    status = set_paper(data->experiment, &settings, error);
  if (!status) status = hmfm_model_create(part, &settings, NULL, out, error);
  hmfm_settings_clear(&settings);
  return status;
}
