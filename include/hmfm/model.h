/** @file
 * Models: a family (law of the observations and of the atoms), a mixing (law of the weights), a
 * regression, and the priors of all their parameters. */
#ifndef HMFM_MODEL_H
#define HMFM_MODEL_H

#include "data.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a parameter or a saved variable has one value of. */
typedef enum hmfm_shape {
  HMFM_SCALAR,          /**< one value */
  HMFM_GROUP,           /**< one per group */
  HMFM_COVARIATE,       /**< one per covariate */
  HMFM_GROUP_COVARIATE, /**< one per group and covariate, covariates fastest */
} hmfm_shape;

/** A hyperparameter a user may set. Families, mixings and the regression declare theirs; command
 * line options, configuration keys and documentation are made from these declarations. */
typedef struct hmfm_parameter {
  const char *name;     /**< as in "lambda-mean": the option is `--lambda-mean` */
  const char *meaning;  /**< one sentence without a full stop */
  const char *fallback; /**< the default in words */
  hmfm_shape shape; /**< SCALAR, GROUP or COVARIATE; for the last two a single value serves all */
  double above;     /**< valid where above < value < below */
  double below;     /**< the other end of the range; each may be infinite */
} hmfm_parameter;

/** Declared parameters of everything the library knows: index from 0; NULL past the last. owner, if
 * not NULL, becomes "family normal", "mixing hmfm", "regression". Neither is owned. */
HMFM_API const hmfm_parameter *hmfm_parameter_at(size_t index, const char **owner);

/** Names of the families: index from 0; NULL past the last. Not owned. */
HMFM_API const char *hmfm_family_name(size_t index);

/** Names of the mixings: index from 0; NULL past the last. Not owned. */
HMFM_API const char *hmfm_mixing_name(size_t index);

/** Names of the laws of the number of components, for mixing hmfm: index from 0; NULL past the last. Not
 * owned. */
HMFM_API const char *hmfm_prior_m_name(size_t index);

/** Values of one parameter. */
typedef struct hmfm_setting {
  const hmfm_parameter *parameter; /**< which; not owned */
  size_t n_values;                 /**< 1, or as many as its shape has; >= 1 */
  double *value;                   /**< n_values, owned; NaN: not fixed */
  char **label; /**< group or covariate each value is for, owned; NULL: in order, or one for all */
} hmfm_setting;

/** What model a user wants. Start from hmfm_settings_defaults; end with hmfm_settings_clear. */
typedef struct hmfm_settings {
  const char *family; /**< "normal" (default), not owned */
  const char *mixing; /**< "hmfm" (default), not owned */
  /** Law of the number of components M, for mixing hmfm: "poisson" (default), "negbin", "point" or
   * "uniform". Not owned. */
  const char *prior_m;
  /** "group" (default): a regression per group, the paper's; "shared": one for all. Not owned. */
  const char *beta;
  int prior_only; /**< 1: every likelihood factor is 1, so the draws follow the prior; default 0 */
  size_t n_settings;     /**< parameters that were set; all others have their defaults */
  hmfm_setting *setting; /**< n_settings, owned */
} hmfm_settings;

/** Makes settings those of the default model, with no parameter set. Frees nothing. */
HMFM_API void hmfm_settings_defaults(hmfm_settings *settings);

/** Frees what settings own: no parameter is set any more; NULL is accepted. */
HMFM_API void hmfm_settings_clear(hmfm_settings *settings);

/** Sets in settings the parameter called name to n_values values, replacing what it was. labels are
 * the n_values group or covariate names they are for; NULL: in the order of the data, or a single
 * value for all. Errors: HMFM_EUSAGE for an unknown name, no value, more than one or a label for a
 * scalar, or a value outside the parameter's range; HMFM_EMEMORY. How many values and which labels
 * there must be is judged by hmfm_model_create, which knows the data. */
HMFM_API hmfm_status hmfm_settings_set(hmfm_settings *settings, const char *name, size_t n_values,
                                       const double *values, const char *const *labels,
                                       hmfm_error *error);

/** A model of a dataset, ready to be sampled from; read-only, and may serve many ensembles. */
typedef struct hmfm_model hmfm_model;

/** Builds a model; the dataset must outlive it, the settings need not. notes remark on defaults,
 * scales and covariates worth a look. Errors: HMFM_EUSAGE (unknown family, mixing, prior_m or beta; parameters that have
 * no part in the model), HMFM_EDATA (values that do not fit the data: wrong number, unknown label), HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_model_create(const hmfm_dataset *dataset, const hmfm_settings *settings,
                                       hmfm_notes *notes, hmfm_model **out, hmfm_error *error);

/** Frees a model, not its dataset; NULL is accepted. */
HMFM_API void hmfm_model_destroy(hmfm_model *model);

/** The settings of a model in force: every parameter of the chosen family, mixing and regression
 * with the values used (NaN: random, or of no use here). Owned by the model. */
HMFM_API const hmfm_settings *hmfm_model_settings(const hmfm_model *model);

/** The dataset that a model was built of. Not owned by the model. */
HMFM_API const hmfm_dataset *hmfm_model_dataset(const hmfm_model *model);

#ifdef __cplusplus
}
#endif
#endif
