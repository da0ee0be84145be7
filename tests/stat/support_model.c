/* Designs, priors and the independent simulator. */
#include "stat/support_hdp.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/slow.h"

void stat_require(hmfm_status status, const hmfm_error *error) {
  if (status == HMFM_OK) return;
  printf("the library reports: %s\n", error->message);
  exit(1);
}

void stat_design_make(stat_design *design, size_t n_groups, const size_t *size, size_t most_repeats,
                      size_t n_x) {
  *design = (stat_design){.n_groups = n_groups, .n_x = n_x};
  size_t i = 0, row = 0;
  for (size_t j = 0; j < n_groups; j++) {
    design->size[j] = size[j];
    for (size_t k = 0; k < size[j]; k++, i++) {
      design->group[i] = j;
      for (size_t h = 0; h <= i % most_repeats; h++, row++) {
        double *x = design->x + row * n_x;
        if (n_x > 0) x[0] = (double)((i + k / 2) % 2);
        if (n_x > 1) x[1] = 0.4 * ((double)(row * 7 % 5) - 1.5);
      }
      design->unit_start[i + 1] = row;
    }
  }
  design->n_units = i;
  design->n_rows = row;
}

void stat_design_count(stat_design *design) {
  design->counts = 1;
  for (size_t h = 0; h < design->n_rows; h++) {
    design->exposure[h] = 0.3 + 0.7 * (double)(h * 3 % 4);
  }
}

/* ---- the prior ---- */

void stat_lambda_law(const stat_prior *prior, double *shape, double *rate) {
  *shape = prior->lambda_mean * prior->lambda_mean / prior->lambda_var;
  *rate = prior->lambda_mean / prior->lambda_var;
}

void stat_gamma_law(const stat_design *design, const stat_prior *prior, double lambda,
                    double *shape, double *rate) {
  double a, b;
  if (!isnan(prior->lambda)) {
    *shape = isnan(prior->gamma_shape) ? 1.0 : prior->gamma_shape;
    *rate = *shape / prior->gamma_guess;
    return;
  }
  stat_lambda_law(prior, &a, &b);
  *shape = isnan(prior->gamma_shape) ? a / (double)design->n_groups : prior->gamma_shape;
  *rate = *shape / (prior->gamma_guess * prior->lambda_mean) * lambda;
}

/* Weights integrated out: given M, a unit of group j goes to component m with probability
 * proportional to gamma_j + (units of j that are there already). */
static void draw_allocations(gsl_rng *rng, const stat_design *design, stat_state *state) {
  double *weight = malloc(state->M * sizeof *weight);
  if (!weight) abort();
  for (size_t i = 0; i < design->n_units; i++) {
    const size_t j = design->group[i];
    if (i == 0 || design->group[i - 1] != j) {
      for (size_t m = 0; m < state->M; m++) weight[m] = state->gamma[j];
    }
    double total = 0.0;
    for (size_t m = 0; m < state->M; m++) total += weight[m];
    double u = gsl_rng_uniform(rng) * total;
    size_t m = 0;
    while (m + 1 < state->M && u >= weight[m]) u -= weight[m++];
    weight[m] += 1.0;
    state->allocation[i] = (int32_t)m;
  }
  free(weight);
}

static int is_law(const slow_law *law, const char *name) {
  return strcmp(law->name ? law->name : "poisson", name) == 0;
}

static size_t draw_components(gsl_rng *rng, const slow_law *law, double lambda) {
  if (is_law(law, "negbin"))
    return 1 + gsl_ran_negative_binomial(rng, law->size / (law->size + lambda), law->size);
  if (is_law(law, "point")) return (size_t)law->most;
  if (is_law(law, "uniform")) return 1 + gsl_rng_uniform_int(rng, (unsigned long)law->most);
  return 1 + gsl_ran_poisson(rng, lambda);
}

void stat_draw_prior(gsl_rng *rng, const stat_design *design, const stat_prior *prior,
                     stat_state *state) {
  const size_t n_blocks = prior->shared ? 1 : design->n_groups;
  double shape, rate;
  memset(state, 0, sizeof *state);
  for (size_t k = 0; k < n_blocks * design->n_x; k++) {
    state->beta[k] = prior->beta_mean + gsl_ran_gaussian(rng, sqrt(prior->beta_var));
  }
  if (prior->hdp) {
    stat_hdp_draw(rng, design, prior, state);
    return;
  }
  stat_lambda_law(prior, &shape, &rate);
  state->lambda = isnan(prior->lambda) ? gsl_ran_gamma(rng, shape, 1.0 / rate) : prior->lambda;
  stat_gamma_law(design, prior, state->lambda, &shape, &rate);
  for (size_t j = 0; j < design->n_groups; j++) {
    state->gamma[j] =
        isnan(prior->gamma[j]) ? gsl_ran_gamma(rng, shape, 1.0 / rate) : prior->gamma[j];
  }
  state->M = draw_components(rng, &prior->components, state->lambda);
  draw_allocations(rng, design, state);
  stat_canonical(design->n_units, state);
}

const double *stat_beta(const stat_design *design, const stat_prior *prior, const stat_state *state,
                        size_t group) {
  return state->beta + (prior->shared ? 0 : group) * design->n_x;
}

static double predictor(const stat_design *design, const stat_prior *prior, const stat_state *state,
                        size_t unit, size_t row) {
  const double *beta = stat_beta(design, prior, state, design->group[unit]);
  double sum = 0.0;
  for (size_t k = 0; k < design->n_x; k++) sum += beta[k] * design->x[row * design->n_x + k];
  return sum;
}

static void draw_counts(gsl_rng *rng, const stat_design *design, const stat_prior *prior,
                        const stat_state *state, double *y) {
  double rate[STAT_UNITS];
  for (size_t m = 0; m < state->K; m++) {
    rate[m] = gsl_ran_gamma(rng, prior->rate_shape, prior->rate_mean / prior->rate_shape);
  }
  for (size_t i = 0; i < design->n_units; i++) {
    for (size_t h = design->unit_start[i]; h < design->unit_start[i + 1]; h++) {
      y[h] = gsl_ran_poisson(rng, rate[state->allocation[i]] * design->exposure[h]);
    }
  }
}

void stat_draw_data(gsl_rng *rng, const stat_design *design, const stat_prior *prior,
                    const stat_state *state, double *y) {
  double mu[STAT_UNITS], sd[STAT_UNITS];
  if (design->counts) {
    draw_counts(rng, design, prior, state, y);
    return;
  }
  for (size_t m = 0; m < state->K; m++) {
    double precision = gsl_ran_gamma(rng, 0.5 * prior->nu0, 2.0 / (prior->nu0 * prior->s0));
    sd[m] = sqrt(1.0 / precision);
    mu[m] = prior->mu0 + gsl_ran_gaussian(rng, sd[m] / sqrt(prior->k0));
  }
  for (size_t i = 0; i < design->n_units; i++) {
    const int32_t m = state->allocation[i];
    for (size_t h = design->unit_start[i]; h < design->unit_start[i + 1]; h++) {
      y[h] = predictor(design, prior, state, i, h) + mu[m] + gsl_ran_gaussian(rng, sd[m]);
    }
  }
}

double stat_slow_marginal(const stat_design *design, const stat_prior *prior, size_t n,
                          const double *y, const double *exposure) {
  const slow_nig nig = {prior->mu0, prior->k0, prior->nu0, prior->s0};
  const slow_gamma gamma = {prior->rate_shape, prior->rate_shape / prior->rate_mean};
  return design->counts ? slow_log_marginal_counts(&gamma, n, y, exposure)
                        : slow_log_marginal(&nig, n, y);
}

double stat_log_marginal(const stat_design *design, const stat_prior *prior,
                         const stat_state *state, const double *y) {
  double residual[STAT_ROWS], exposure[STAT_ROWS], sum = 0.0;
  for (int32_t m = 0; m < (int32_t)state->K; m++) {
    size_t n = 0;
    for (size_t i = 0; i < design->n_units; i++) {
      if (state->allocation[i] != m) continue;
      for (size_t h = design->unit_start[i]; h < design->unit_start[i + 1]; h++) {
        exposure[n] = design->exposure[h];
        residual[n++] = y[h] - predictor(design, prior, state, i, h);
      }
    }
    sum += stat_slow_marginal(design, prior, n, residual, exposure);
  }
  return sum;
}

void stat_canonical(size_t n_units, stat_state *state) {
  int32_t old[STAT_UNITS];
  state->K = 0;
  for (size_t i = 0; i < n_units; i++) {
    size_t m = 0;
    while (m < state->K && old[m] != state->allocation[i]) m++;
    if (m == state->K) old[state->K++] = state->allocation[i];
    state->allocation[i] = (int32_t)m;
  }
}

size_t stat_group_clusters(const stat_design *design, const stat_state *state, size_t group) {
  unsigned char seen[STAT_UNITS] = {0};
  size_t count = 0;
  for (size_t i = 0; i < design->n_units; i++) {
    if (design->group[i] != group || seen[state->allocation[i]]) continue;
    seen[state->allocation[i]] = 1;
    count++;
  }
  return count;
}

/* ---- models and chains of the library ---- */

static const char *const GROUP_NAME[STAT_GROUPS] = {"1", "2",  "3",  "4",  "5",  "6",  "7",  "8",
                                                    "9", "10", "11", "12", "13", "14", "15", "16"};

static void set(hmfm_settings *settings, const char *name, size_t n, const double *value) {
  hmfm_error error;
  stat_require(hmfm_settings_set(settings, name, n, value, NULL, &error), &error);
}

static void set_hmfm(const stat_design *design, const stat_prior *prior, hmfm_settings *settings) {
  hmfm_error error;
  const char *label[STAT_GROUPS];
  double fixed[STAT_GROUPS];
  size_t n_fixed = 0;
  for (size_t j = 0; j < design->n_groups; j++) {
    if (isnan(prior->gamma[j])) continue;
    fixed[n_fixed] = prior->gamma[j];
    label[n_fixed++] = GROUP_NAME[j];
  }
  if (n_fixed > 0) {
    stat_require(hmfm_settings_set(settings, "gamma", n_fixed, fixed, label, &error), &error);
  }
  if (n_fixed < design->n_groups) {
    set(settings, "gamma-guess", 1, &prior->gamma_guess);
    if (!isnan(prior->gamma_shape)) set(settings, "gamma-shape", 1, &prior->gamma_shape);
  }
  if (prior->components.name) settings->prior_m = prior->components.name;
  if (is_law(&prior->components, "negbin")) set(settings, "m-size", 1, &prior->components.size);
  if (is_law(&prior->components, "point")) set(settings, "m", 1, &prior->components.most);
  if (is_law(&prior->components, "uniform")) set(settings, "m-max", 1, &prior->components.most);
  if (prior->components.most > 0.0) {
    /* there is no Lambda */
  } else if (isnan(prior->lambda)) {
    set(settings, "lambda-mean", 1, &prior->lambda_mean);
    set(settings, "lambda-var", 1, &prior->lambda_var);
  } else {
    set(settings, "lambda", 1, &prior->lambda);
  }
}

static void set_hdp(const stat_prior *prior, hmfm_settings *settings) {
  settings->mixing = "hdp";
  if (isnan(prior->alpha)) {
    set(settings, "alpha-shape", 1, &prior->alpha_shape);
    set(settings, "alpha-rate", 1, &prior->alpha_rate);
  } else {
    set(settings, "alpha", 1, &prior->alpha);
  }
  if (isnan(prior->gamma0)) {
    set(settings, "gamma0-shape", 1, &prior->gamma0_shape);
    set(settings, "gamma0-rate", 1, &prior->gamma0_rate);
  } else {
    set(settings, "gamma0", 1, &prior->gamma0);
  }
}

static void settings_create(const stat_design *design, const stat_prior *prior,
                            hmfm_settings *settings) {
  hmfm_settings_defaults(settings);
  settings->beta = prior->shared ? "shared" : "group";
  settings->prior_only = prior->prior_only;
  if (prior->hdp)
    set_hdp(prior, settings);
  else
    set_hmfm(design, prior, settings);
  if (design->counts) {
    settings->family = "poisson";
    set(settings, "rate-mean", 1, &prior->rate_mean);
    set(settings, "rate-shape", 1, &prior->rate_shape);
    return;
  }
  set(settings, "mu0", 1, &prior->mu0);
  set(settings, "k0", 1, &prior->k0);
  set(settings, "nu0", 1, &prior->nu0);
  set(settings, "s0", 1, &prior->s0);
  if (design->n_x == 0) return;
  set(settings, "beta-mean", 1, &prior->beta_mean);
  set(settings, "beta-var", 1, &prior->beta_var);
}

void stat_model_create(const stat_design *design, const stat_prior *prior, const double *y,
                       stat_model *out) {
  static char unit_name[STAT_UNITS][24];
  const char *group[STAT_ROWS], *unit[STAT_ROWS];
  double column[STAT_X][STAT_ROWS];
  hmfm_covariate covariate[STAT_X] = {{"x1", column[0], NULL}, {"x2", column[1], NULL}};
  hmfm_error error;
  for (size_t i = 0; i < design->n_units; i++) {
    snprintf(unit_name[i], sizeof unit_name[i], "%zu", i);
    for (size_t h = design->unit_start[i]; h < design->unit_start[i + 1]; h++) {
      group[h] = GROUP_NAME[design->group[i]];
      unit[h] = unit_name[i];
      for (size_t k = 0; k < design->n_x; k++) column[k][h] = design->x[h * design->n_x + k];
    }
  }
  hmfm_columns columns = {.n_rows = design->n_rows,
                          .group = group,
                          .unit = unit,
                          .response_name = "y",
                          .response = y,
                          .n_covariates = design->n_x,
                          .covariate = covariate,
                          .exposure = design->counts ? design->exposure : NULL};
  *out = (stat_model){0};
  stat_require(hmfm_dataset_create(&columns, NULL, &out->dataset, &error), &error);
  settings_create(design, prior, &out->settings);
  stat_require(hmfm_model_create(out->dataset, &out->settings, NULL, &out->model, &error), &error);
}

void stat_model_respond(stat_model *model, const double *y) {
  hmfm_error error;
  memcpy(model->dataset->y, y, model->dataset->n_rows * sizeof *y);
  hmfm_model_destroy(model->model);
  model->model = NULL;
  stat_require(hmfm_model_create(model->dataset, &model->settings, NULL, &model->model, &error),
               &error);
}

void stat_model_destroy(stat_model *model) {
  hmfm_model_destroy(model->model);
  hmfm_settings_clear(&model->settings);
  hmfm_dataset_destroy(model->dataset);
}

const char *stat_algorithm(const char *mixing, size_t index) {
  const char *name, *of;
  for (size_t k = 0; (name = hmfm_algorithm_name(k, &of, NULL)); k++) {
    if (strcmp(of, mixing) == 0 && index-- == 0) return name;
  }
  return NULL;
}

int stat_takes(const stat_model *model, const char *algorithm) {
  hmfm_run run;
  hmfm_error error;
  hmfm_run_defaults(&run);
  run.algorithm = algorithm;
  return hmfm_run_validate(&run, hmfm_model_settings(model->model), &error) == HMFM_OK;
}

hmfm_chain *stat_chain_create(const stat_model *model, const char *algorithm, uint64_t seed) {
  hmfm_run run;
  hmfm_error error;
  hmfm_chain *chain = NULL;
  hmfm_run_defaults(&run);
  run.algorithm = algorithm;
  run.seed = seed;
  stat_require(hmfm_chain_create(model->model, &run, 0, &chain, &error), &error);
  return chain;
}

void stat_sweep(hmfm_chain *chain) {
  hmfm_error error;
  stat_require(hmfm_chain_sweep(chain, &error), &error);
}

void stat_put(const stat_design *design, const stat_state *state, hmfm_chain *chain) {
  hmfm_error error;
  hmfm_state *to = chain->state;
  const hmfm_mixing *mixing = to->model->mixing;
  const int hdp = (mixing->flags & HMFM_MIXING_INFINITE) != 0;
  double value[2 + STAT_GROUPS] = {hdp ? state->alpha : state->lambda, state->gamma0};
  if (!hdp) memcpy(value + 1, state->gamma, design->n_groups * sizeof *value);
  mixing->set(to->process, value);
  memcpy(to->beta, state->beta, to->model->regression.n_blocks * design->n_x * sizeof *state->beta);
  hmfm_state_residuals(to);
  stat_require(
      hmfm_state_set_partition(to, state->allocation, state->K, hdp ? state->K : state->M, &error),
      &error);
  if (hdp) mixing->set_shares(to->process, state->K, state->share);
}

void stat_get(const stat_design *design, const hmfm_chain *chain, stat_state *state) {
  const hmfm_state *from = chain->state;
  const hmfm_mixing *mixing = from->model->mixing;
  const int hdp = (mixing->flags & HMFM_MIXING_INFINITE) != 0;
  double value[2 + STAT_GROUPS];
  memset(state, 0, sizeof *state);
  mixing->get(from->process, value);
  memcpy(state->beta, from->beta,
         from->model->regression.n_blocks * design->n_x * sizeof *state->beta);
  memcpy(state->allocation, from->partition.allocation,
         design->n_units * sizeof *from->partition.allocation);
  stat_canonical(design->n_units, state);
  if (hdp) {
    state->alpha = value[0];
    state->gamma0 = value[1];
    mixing->get_shares(from->process, state->K, state->share);
    return;
  }
  state->lambda = value[0];
  memcpy(state->gamma, value + 1, design->n_groups * sizeof *value);
  state->M = from->n_components;
}
