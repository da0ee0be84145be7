/* The HMFM mixing: the law of the weights in the Hierarchical Mixture of Finite Mixtures (Colombi,
 * Argiento, Camerlenghi, Paci, arXiv 2310.20376), and its full conditionals.
 *
 *   w_j | M, gamma_j ~ Dirichlet(gamma_j, ..., gamma_j),  M - 1 | Lambda ~ Poisson(Lambda),
 *   gamma_j | Lambda ~ Gamma(a_gamma, rate b_gamma Lambda),  Lambda ~ Gamma(a_lambda, rate b_lambda).
 *
 * With weights integrated out, U_j | M ~ BetaPrime(n_j, gamma_j M) and Psi = prod_j (1 + U_j)^-gamma_j.
 * U_j passes 1e100 where gamma_j is small, so only log(1 + U_j) is ever formed. */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "dist/log_gamma_variate.h"
#include "dist/slice.h"
#include "model/mixing.h"

enum { LAMBDA, LAMBDA_MEAN, LAMBDA_VAR, GAMMA, GAMMA_GUESS, GAMMA_SHAPE, N_PARAMETERS };

static const hmfm_parameter PARAMETER[N_PARAMETERS] = {
    {"lambda", "fixes Lambda, the mean of the number of components less one", "random", HMFM_SCALAR,
     0.0, 1e6},
    {"lambda-mean", "prior mean of Lambda", "10", HMFM_SCALAR, 0.0, 1e6},
    {"lambda-var", "prior variance of Lambda", "2", HMFM_SCALAR, 0.0, INFINITY},
    {"gamma", "fixes gamma, the concentration of the weights, in all groups or in those named",
     "random", HMFM_GROUP, 0.0, 1e10},
    {"gamma-guess", "prior guess of the random gammas", "1/n, n the number of units", HMFM_SCALAR,
     0.0, INFINITY},
    {"gamma-shape", "prior shape of the random gammas",
     "(lambda-mean)^2/(lambda-var)/(number of groups), or 1 where Lambda is fixed", HMFM_SCALAR,
     0.0, INFINITY},
};

/* Random hyperparameters are kept where the sums below have digits and end. */
static const double LOG_GAMMA_MIN = -690.0, LOG_GAMMA_MAX = 23.0; /* 1e-300, 1e10 */
static const double LAMBDA_LEAST = 1e-300, LAMBDA_MOST = 1e7;

typedef struct hmfm_prior {
  size_t n_groups, n_random; /* groups whose gamma is random */
  double lambda;             /* NaN: random */
  double a_lambda, b_lambda;
  double *gamma; /* NaN: random */
  double a_gamma, b_gamma;
} hmfm_prior;

typedef struct hmfm_process {
  const hmfm_prior *prior;
  double lambda, *gamma;
  double log_psi; /* of the scan under way */
  double *mass;   /* capacity */
  size_t capacity;
} hmfm_process;

/* ---- priors ---- */

static void prior_destroy(void *memory) {
  hmfm_prior *prior = memory;
  if (!prior) return;
  hmfm_free(prior->gamma);
  hmfm_free(prior);
}

/* A value that would have no effect because another one fixes what it is about is an error. */
static hmfm_status check_conflicts(const hmfm_choice *choice, int lambda_fixed, int gamma_fixed,
                                   hmfm_error *error) {
  for (int p = 0; p < N_PARAMETERS; p++) {
    const int about_lambda = p == LAMBDA_MEAN || p == LAMBDA_VAR;
    const int about_gamma = p == GAMMA_GUESS || p == GAMMA_SHAPE;
    if (!((about_lambda && lambda_fixed) || (about_gamma && gamma_fixed))) continue;
    if (!hmfm_settings_find(choice->given, PARAMETER[p].name)) continue;
    return hmfm_fail(error, HMFM_EUSAGE, "%s has no effect when %s is fixed%s", PARAMETER[p].name,
                     about_lambda ? "lambda" : "gamma", about_lambda ? "" : " in every group");
  }
  return HMFM_OK;
}

/* Reads a parameter that is of no use, and NaN by default, where what it is about is fixed. */
static hmfm_status read_value(const hmfm_choice *choice, int p, int fixed, double *value,
                              hmfm_error *error) {
  if (fixed) *value = NAN;
  return hmfm_choice_read(choice, &PARAMETER[p], value, error);
}

/* Through guesses: b_lambda = E/V, a_lambda = E^2/V, a_gamma = a_lambda/d, b_gamma = a_gamma/(guess E);
 * with Lambda fixed, a_gamma = 1 and b_gamma = a_gamma/(guess Lambda). Then E[gamma] is near guess. */
static hmfm_status read_prior(const hmfm_choice *choice, hmfm_prior *prior, hmfm_error *error) {
  const size_t d = prior->n_groups;
  double mean = 10.0, variance = 2.0, guess = 1.0 / (double)choice->dataset->n_units, shape;
  prior->lambda = NAN;
  for (size_t j = 0; j < d; j++) prior->gamma[j] = NAN;
  hmfm_status status = hmfm_choice_read(choice, &PARAMETER[LAMBDA], &prior->lambda, error);
  if (!status) status = hmfm_choice_read(choice, &PARAMETER[GAMMA], prior->gamma, error);
  if (status) return status;
  for (size_t j = 0; j < d; j++) {
    prior->n_random += isnan(prior->gamma[j]) != 0;
    if (prior->gamma[j] < 1e-300) prior->gamma[j] = 1e-300;
  }
  const int lambda_fixed = isfinite(prior->lambda), gamma_fixed = prior->n_random == 0;
  status = read_value(choice, LAMBDA_MEAN, lambda_fixed, &mean, error);
  if (!status) status = read_value(choice, LAMBDA_VAR, lambda_fixed, &variance, error);
  if (!status) status = read_value(choice, GAMMA_GUESS, gamma_fixed, &guess, error);
  if (status) return status;
  prior->a_lambda = mean / variance * mean;
  prior->b_lambda = mean / variance;
  shape = lambda_fixed ? 1.0 : prior->a_lambda / (double)d;
  status = read_value(choice, GAMMA_SHAPE, gamma_fixed, &shape, error);
  prior->a_gamma = shape;
  prior->b_gamma = shape / (guess * (lambda_fixed ? prior->lambda : mean));
  return status ? status : check_conflicts(choice, lambda_fixed, gamma_fixed, error);
}

static hmfm_status prior_create(const hmfm_choice *choice, void **out, hmfm_error *error) {
  hmfm_prior *prior = hmfm_calloc(1, sizeof *prior);
  if (!prior) return hmfm_fail_memory(error, "the model");
  prior->n_groups = choice->dataset->n_groups;
  prior->gamma = hmfm_calloc(prior->n_groups, sizeof *prior->gamma);
  hmfm_status status =
      prior->gamma ? read_prior(choice, prior, error) : hmfm_fail_memory(error, "the model");
  if (status)
    prior_destroy(prior);
  else
    *out = prior;
  return status;
}

/* ---- the process of a chain ---- */

static void process_destroy(void *memory) {
  hmfm_process *process = memory;
  if (!process) return;
  hmfm_free(process->gamma);
  hmfm_free(process->mass);
  hmfm_free(process);
}

static hmfm_status process_create(const void *memory, void **out, hmfm_error *error) {
  const hmfm_prior *prior = memory;
  hmfm_process *process = hmfm_calloc(1, sizeof *process);
  if (process) process->gamma = hmfm_calloc(prior->n_groups, sizeof *process->gamma);
  if (!process || !process->gamma) {
    process_destroy(process);
    return hmfm_fail_memory(error, "a chain");
  }
  process->prior = prior;
  *out = process;
  return HMFM_OK;
}

static hmfm_status process_reserve(void *memory, size_t n_slots, hmfm_error *error) {
  hmfm_process *process = memory;
  if (n_slots <= process->capacity) return HMFM_OK;
  double *mass = hmfm_realloc(process->mass, n_slots, sizeof *mass);
  if (!mass) return hmfm_fail_memory(error, "components");
  process->mass = mass;
  process->capacity = n_slots;
  return HMFM_OK;
}

static void get(const void *memory, double *value) {
  const hmfm_process *process = memory;
  value[0] = process->lambda;
  for (size_t j = 0; j < process->prior->n_groups; j++) value[1 + j] = process->gamma[j];
}

static void set(void *memory, const double *value) {
  hmfm_process *process = memory;
  process->lambda = value[0];
  for (size_t j = 0; j < process->prior->n_groups; j++) process->gamma[j] = value[1 + j];
}

static double clip_lambda(double lambda) { return fmin(fmax(lambda, LAMBDA_LEAST), LAMBDA_MOST); }

static double draw_gamma_from_prior(const hmfm_process *process, gsl_rng *rng) {
  const hmfm_prior *prior = process->prior;
  double x = hmfm_draw_log_gamma(rng, prior->a_gamma) - log(prior->b_gamma * process->lambda);
  return exp(fmin(fmax(x, LOG_GAMMA_MIN), LOG_GAMMA_MAX));
}

static size_t draw_prior(void *memory, gsl_rng *rng) {
  hmfm_process *process = memory;
  const hmfm_prior *prior = process->prior;
  process->lambda = isfinite(prior->lambda)
                        ? prior->lambda
                        : clip_lambda(gsl_ran_gamma(rng, prior->a_lambda, 1 / prior->b_lambda));
  for (size_t j = 0; j < prior->n_groups; j++) {
    process->gamma[j] =
        isnan(prior->gamma[j]) ? draw_gamma_from_prior(process, rng) : prior->gamma[j];
  }
  return 1 + gsl_ran_poisson(rng, process->lambda);
}

/* ---- given the partition ---- */

/* M | partition, Lambda, gamma, with weights and U integrated out: for M >= K proportional to
 *   M Lambda^(M-1)/(M-K)! prod_j Gamma(gamma_j M)/Gamma(gamma_j M + n_j).
 * Drawn as the argmax of log term + Gumbel noise, in batches of M, until no later term can
 * matter: from (M+1) Lambda < M (M+1-K) on the terms decrease, and they have fallen by e^-45. */
enum { BATCH = 16 };

static void component_terms(const hmfm_process *process, const hmfm_counts *counts, double K,
                            size_t first, double *term) {
  const double log_lambda = log(process->lambda);
  double a[BATCH], b[BATCH];
  for (int k = 0; k < BATCH; k++) {
    a[k] = (double)(first + (size_t)k) - K + 1.0;
    term[k] = (double)(first + (size_t)k);
  }
  hmfm_vector_log_gamma(BATCH, a, a);
  hmfm_vector_log(BATCH, term, b);
  for (int k = 0; k < BATCH; k++) term[k] = b[k] + (term[k] - 1.0) * log_lambda - a[k];
  for (size_t j = 0; j < counts->n_groups; j++) {
    if (counts->size[j] == 0) continue;
    for (int k = 0; k < BATCH; k++) {
      a[k] = process->gamma[j] * (double)(first + (size_t)k);
      b[k] = a[k] + counts->size[j];
    }
    hmfm_vector_log_gamma(BATCH, a, a);
    hmfm_vector_log_gamma(BATCH, b, b);
    for (int k = 0; k < BATCH; k++) term[k] += a[k] - b[k];
  }
}

static int terms_fall(const hmfm_process *process, double M, double K) {
  return (M + 1.0) * process->lambda < M * (M + 1.0 - K);
}

static size_t draw_components(void *memory, gsl_rng *rng, const hmfm_counts *counts) {
  const hmfm_process *process = memory;
  const double K = (double)counts->n_clusters;
  size_t drawn = counts->n_clusters;
  double best = -INFINITY, top = -INFINITY, term[BATCH];
  for (size_t first = counts->n_clusters;; first += BATCH) {
    component_terms(process, counts, K, first, term);
    for (size_t k = 0; k < BATCH; k++) {
      double M = (double)(first + k);
      top = fmax(top, term[k]);
      double key = term[k] - log(-log(gsl_rng_uniform_pos(rng)));
      if (key > best) {
        best = key;
        drawn = first + k;
      }
      if (term[k] < top - 45.0 && terms_fall(process, M, K)) return drawn;
    }
    if (!isfinite(top))
      return drawn; /* no term is a number; what is drawn next will not be, and fail */
  }
}

/* log of the sum of the terms: what the law of the partition has, M integrated out, for K clusters. */
static double log_clusters(const void *memory, const hmfm_counts *counts, size_t n_clusters) {
  const hmfm_process *process = memory;
  const double K = (double)n_clusters;
  double top = -INFINITY, sum = 0.0, term[BATCH];
  for (size_t first = n_clusters;; first += BATCH) {
    const double before = top;
    component_terms(process, counts, K, first, term);
    for (size_t k = 0; k < BATCH; k++) top = fmax(top, term[k]);
    if (!isfinite(top)) return NAN;
    sum *= exp(before - top);
    for (size_t k = 0; k < BATCH; k++) sum += exp(term[k] - top);
    const double last = (double)(first + BATCH - 1);
    if (term[BATCH - 1] < top - 45.0 && terms_fall(process, last, K)) return top + log(sum);
  }
}

/* log density of x = log gamma_j (its Jacobian makes the exponent a_gamma), weights integrated out:
 *   a x - b Lambda e^x + lnG(gM) - lnG(gM + n_j) + sum over the group's clusters [lnG(g + n) - lnG(g)]. */
typedef struct gamma_target {
  double shape, rate;
  double n_components;
  const hmfm_counts *counts;
  size_t group;
} gamma_target;

static double gamma_log_density(double x, void *memory) {
  const gamma_target *target = memory;
  const hmfm_counts *counts = target->counts;
  const int32_t *in_group = counts->in_group + target->group * counts->stride;
  const double gamma = exp(x), all = gamma * target->n_components;
  double value[64], sum = target->shape * x - target->rate * gamma;
  size_t held = 0, clusters = 0;
  for (size_t m = 0; m < counts->n_slots; m++) {
    if (in_group[m] > 0) value[held++] = gamma + in_group[m];
    if (held == 64 || (m + 1 == counts->n_slots && held > 0)) {
      hmfm_vector_log_gamma(held, value, value);
      clusters += held;
      while (held > 0) sum += value[--held];
    }
  }
  double ends[3] = {all, all + counts->size[target->group], gamma};
  hmfm_vector_log_gamma(3, ends, ends);
  return sum + ends[0] - ends[1] - (double)clusters * ends[2];
}

static double draw_gamma(const hmfm_process *process, gsl_rng *rng, const hmfm_counts *counts,
                         size_t group, size_t n_components) {
  const hmfm_prior *prior = process->prior;
  if (counts->size[group] <= 1) { /* a unit alone says nothing: its factor is 1/M */
    return draw_gamma_from_prior(process, rng);
  }
  gamma_target target = {prior->a_gamma, prior->b_gamma * process->lambda, (double)n_components,
                         counts, group};
  /* the prior's own scale, within limits; too wide costs a few shrinkages, too narrow many steps */
  double width = 2.0 / fmin(prior->a_gamma, sqrt(prior->a_gamma));
  width = fmin(fmax(width, 0.1), 200.0);
  return exp(hmfm_draw_slice(rng, log(process->gamma[group]), width, LOG_GAMMA_MIN, LOG_GAMMA_MAX,
                             gamma_log_density, &target));
}

/* Lambda | M, gamma ~ Gamma(a_lambda + d a_gamma + M - 1, b_lambda + 1 + b_gamma sum gamma), d and the
 * sum over the random gammas; then each gamma_j given Lambda. */
static void draw_hyper(void *memory, gsl_rng *rng, const hmfm_counts *counts, size_t n_components) {
  hmfm_process *process = memory;
  const hmfm_prior *prior = process->prior;
  if (isnan(prior->lambda)) {
    double shape = prior->a_lambda + (double)(n_components - 1), rate = prior->b_lambda + 1.0;
    for (size_t j = 0; j < prior->n_groups; j++) {
      if (!isnan(prior->gamma[j])) continue;
      shape += prior->a_gamma;
      rate += prior->b_gamma * process->gamma[j];
    }
    process->lambda = clip_lambda(gsl_ran_gamma(rng, shape, 1.0 / rate));
  }
  for (size_t j = 0; j < prior->n_groups; j++) {
    if (isnan(prior->gamma[j])) {
      process->gamma[j] = draw_gamma(process, rng, counts, j, n_components);
    }
  }
}

/* w_j | M, partition ~ Dirichlet(gamma_j + n_j1, ..., gamma_j + n_jM), in logs throughout. */
static void draw_weights(const void *memory, gsl_rng *rng, const hmfm_counts *counts, size_t group,
                         size_t n_components, double *log_weight) {
  const hmfm_process *process = memory;
  const int32_t *in_group = counts->in_group + group * counts->stride;
  for (size_t m = 0; m < n_components; m++) {
    log_weight[m] = process->gamma[group] + (m < counts->n_slots ? in_group[m] : 0);
  }
  hmfm_draw_log_dirichlet(rng, n_components, log_weight, log_weight);
}

static const double *masses(void *memory, size_t group, size_t n_slots) {
  hmfm_process *process = memory;
  for (size_t m = 0; m < n_slots; m++) process->mass[m] = process->gamma[group];
  return process->mass;
}

static void concentrations(const void *memory, double *concentration) {
  const hmfm_process *process = memory;
  for (size_t j = 0; j < process->prior->n_groups; j++) concentration[j] = process->gamma[j];
}

/* ---- scans with M integrated out ---- */

static void scan_begin(void *memory, gsl_rng *rng, const hmfm_counts *counts, size_t n_components) {
  hmfm_process *process = memory;
  process->log_psi = 0.0;
  for (size_t j = 0; j < counts->n_groups; j++) {
    double all = process->gamma[j] * (double)n_components;
    process->log_psi -= process->gamma[j] * hmfm_draw_log1p_beta_prime(rng, counts->size[j], all);
  }
}

/* A cluster of the group or of others: n_jm + gamma_j. A new one, with x = Lambda Psi and K counted
 * without the unit: gamma_j x (K + 1 + x)/(K + x). */
static void predictive(const void *memory, const hmfm_counts *counts, size_t group, size_t fresh,
                       double *weight) {
  const hmfm_process *process = memory;
  const int32_t *in_group = counts->in_group + group * counts->stride;
  const double gamma = process->gamma[group], x = process->lambda * exp(process->log_psi);
  const double K = (double)counts->n_clusters;
  for (size_t m = 0; m < counts->n_slots; m++) {
    weight[m] = counts->total[m] > 0 ? gamma + in_group[m] : 0.0;
  }
  weight[fresh] = counts->n_clusters == 0 ? gamma * (1.0 + x) : gamma * x * (K + 1.0 + x) / (K + x);
}

/* M* | U, K: Poisson(x) with probability K/(K + x), else 1 + Poisson(x). */
static size_t scan_end(void *memory, gsl_rng *rng, const hmfm_counts *counts) {
  const hmfm_process *process = memory;
  const double x = process->lambda * exp(process->log_psi), K = (double)counts->n_clusters;
  size_t empty = gsl_rng_uniform(rng) * (K + x) < K ? 0 : 1;
  return counts->n_clusters + empty + gsl_ran_poisson(rng, x);
}

static const hmfm_mixing_variable VARIABLE[] = {
    {"lambda", "Lambda: prior mean of M - 1", HMFM_SCALAR},
    {"gamma", "concentration of the weights of a group", HMFM_GROUP},
};

const hmfm_mixing hmfm_mixing_hmfm = {
    .name = "hmfm",
    .title = "mixing hmfm",
    .n_parameters = N_PARAMETERS,
    .parameter = PARAMETER,
    .n_variables = sizeof VARIABLE / sizeof *VARIABLE,
    .variable = VARIABLE,
    .prior_create = prior_create,
    .prior_destroy = prior_destroy,
    .process_create = process_create,
    .process_reserve = process_reserve,
    .process_destroy = process_destroy,
    .get = get,
    .set = set,
    .draw_prior = draw_prior,
    .start = draw_components,
    .draw_components = draw_components,
    .log_clusters = log_clusters,
    .draw_hyper = draw_hyper,
    .draw_weights = draw_weights,
    .masses = masses,
    .concentrations = concentrations,
    .scan_begin = scan_begin,
    .predictive = predictive,
    .scan_end = scan_end,
};
