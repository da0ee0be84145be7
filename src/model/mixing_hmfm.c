/* The HMFM mixing: the law of the weights in the Hierarchical Mixture of Finite Mixtures (Colombi,
 * Argiento, Camerlenghi, Paci, arXiv 2310.20376), and its full conditionals.
 *
 *   w_j | M, gamma_j ~ Dirichlet(gamma_j, ..., gamma_j),  M - 1 | Lambda ~ Poisson(Lambda),
 *   gamma_j | Lambda ~ Gamma(a_gamma, rate b_gamma Lambda),  Lambda ~ Gamma(a_lambda, rate b_lambda).
 *
 * In place of the paper's Poisson, M may have any law of components_law.h. Where that does not use Lambda,
 * Lambda is no part of the model: gamma_j ~ Gamma(a_gamma, rate b_gamma), and what is saved as lambda is
 * the mean of M - 1, a constant. With one group this is the mixture of finite mixtures of Miller and
 * Harrison (2018), their gamma ours, their law of k that of M.
 *
 * With weights integrated out, U_j | M ~ BetaPrime(n_j, gamma_j M) and Psi = prod_j (1 + U_j)^-gamma_j.
 * U_j passes 1e100 where gamma_j is small, so only log(1 + U_j) is ever formed. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "dist/log_gamma_variate.h"
#include "dist/slice.h"
#include "model/mixing.h"
#include "model/mixing_hmfm.h"

enum {
  LAMBDA,
  LAMBDA_MEAN,
  LAMBDA_VAR,
  GAMMA,
  GAMMA_GUESS,
  GAMMA_SHAPE,
  M_SIZE,
  M_GIVEN,
  M_MAX,
  N_PARAMETERS
};

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
     "(lambda-mean)^2/(lambda-var)/(number of groups), or 1 where Lambda is fixed or of no use",
     HMFM_SCALAR, 0.0, INFINITY},
    {"m-size",
     "size of the negative binomial M - 1 of --prior-m negbin: its variance is Lambda + "
     "Lambda^2/size",
     "1", HMFM_SCALAR, 1e-3, 1e6},
    {"m", "the number of components M of --prior-m point, a whole number", "none: it must be given",
     HMFM_SCALAR, 0.0, 1e6},
    {"m-max", "largest M of --prior-m uniform, a whole number", "30", HMFM_SCALAR, 0.0, 1e6},
};

/* Random hyperparameters are kept where the sums below have digits and end. */
static const double LOG_GAMMA_MIN = -690.0, LOG_GAMMA_MAX = 23.0; /* 1e-300, 1e10 */
static const double GAMMA_LEAST = 1e-300, LAMBDA_LEAST = 1e-300, LAMBDA_MOST = 1e7;

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

static int is_of_law(const hmfm_prior *prior, int p) {
  return prior->law->parameter && strcmp(prior->law->parameter, PARAMETER[p].name) == 0;
}

/* A value that would have no effect because another one fixes what it is about, or because the law of M has
 * no such parameter, is an error. */
static hmfm_status check_conflicts(const hmfm_choice *choice, const hmfm_prior *prior,
                                   hmfm_error *error) {
  const int lambda_fixed = isfinite(prior->lambda), gamma_fixed = prior->n_random == 0;
  for (int p = 0; p < N_PARAMETERS; p++) {
    const char *name = PARAMETER[p].name;
    const int about_lambda = p == LAMBDA_MEAN || p == LAMBDA_VAR;
    const int about_gamma = p == GAMMA_GUESS || p == GAMMA_SHAPE;
    if (!hmfm_settings_find(choice->given, name)) continue;
    if ((!prior->law->uses_lambda && (about_lambda || p == LAMBDA)) ||
        (p >= M_SIZE && !is_of_law(prior, p))) {
      return hmfm_fail(error, HMFM_EUSAGE, "%s has no part in the model with prior-m %s", name,
                       prior->law->name);
    }
    if (!((about_lambda && lambda_fixed) || (about_gamma && gamma_fixed))) continue;
    return hmfm_fail(error, HMFM_EUSAGE, "%s has no effect when %s is fixed%s", name,
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

/* The law of M and its own parameter. */
static hmfm_status read_law(const hmfm_choice *choice, hmfm_prior *prior, hmfm_error *error) {
  double value[N_PARAMETERS] = {[M_SIZE] = 1.0, [M_GIVEN] = NAN, [M_MAX] = 30.0};
  prior->law = hmfm_components_law_find(choice->given->prior_m);
  if (!prior->law) {
    return hmfm_fail(error, HMFM_EUSAGE,
                     "prior-m must be poisson, negbin, point or uniform, got '%s'",
                     choice->given->prior_m);
  }
  hmfm_status status = HMFM_OK;
  for (int p = M_SIZE; !status && p < N_PARAMETERS; p++) {
    status = read_value(choice, p, !is_of_law(prior, p), &value[p], error);
    if (status || !is_of_law(prior, p)) continue;
    if (p == M_SIZE)
      prior->at.size = value[p];
    else
      prior->at.most = value[p];
    if (isnan(value[p])) {
      return hmfm_fail(error, HMFM_EUSAGE, "prior-m %s needs %s, the number of components",
                       prior->law->name, PARAMETER[p].name);
    }
    if (p != M_SIZE && value[p] != floor(value[p])) {
      return hmfm_fail(error, HMFM_EUSAGE, "%s must be a whole number, got %g", PARAMETER[p].name,
                       value[p]);
    }
  }
  return status;
}

/* Through guesses: b_lambda = E/V, a_lambda = E^2/V, a_gamma = a_lambda/d, b_gamma = a_gamma/(guess E);
 * with Lambda fixed, a_gamma = 1 and b_gamma = a_gamma/(guess Lambda); with no Lambda, a_gamma = 1 and
 * b_gamma = a_gamma/guess. Then E[gamma] is near guess. */
static hmfm_status read_hyper(const hmfm_choice *choice, hmfm_prior *prior, hmfm_error *error) {
  const size_t d = prior->n_groups;
  double mean = 10.0, variance = 2.0, guess = 1.0 / (double)choice->dataset->n_units, shape;
  prior->lambda = NAN;
  for (size_t j = 0; j < d; j++) prior->gamma[j] = NAN;
  hmfm_status status = hmfm_choice_read(choice, &PARAMETER[LAMBDA], &prior->lambda, error);
  if (!status) status = hmfm_choice_read(choice, &PARAMETER[GAMMA], prior->gamma, error);
  if (status) return status;
  for (size_t j = 0; j < d; j++) {
    prior->n_random += isnan(prior->gamma[j]) != 0;
    if (prior->gamma[j] < GAMMA_LEAST) prior->gamma[j] = GAMMA_LEAST;
  }
  if (!prior->law->uses_lambda) prior->lambda = prior->law->mean(&prior->at);
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
  const double scale = !prior->law->uses_lambda ? 1.0 : lambda_fixed ? prior->lambda : mean;
  prior->b_gamma = shape / (guess * scale);
  return status;
}

static hmfm_status read_prior(const hmfm_choice *choice, hmfm_prior *prior, hmfm_error *error) {
  hmfm_status status = read_law(choice, prior, error);
  if (!status) status = read_hyper(choice, prior, error);
  return status ? status : check_conflicts(choice, prior, error);
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

static double gamma_rate(const hmfm_process *process) {
  const hmfm_prior *prior = process->prior;
  return prior->law->uses_lambda ? prior->b_gamma * process->lambda : prior->b_gamma;
}

static hmfm_components_at law_at(const hmfm_process *process) {
  hmfm_components_at at = process->prior->at;
  at.lambda = process->lambda;
  return at;
}

static double draw_gamma_from_prior(const hmfm_process *process, gsl_rng *rng) {
  const hmfm_prior *prior = process->prior;
  double x = hmfm_draw_log_gamma(rng, prior->a_gamma) - log(gamma_rate(process));
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
  const hmfm_components_at at = law_at(process);
  return prior->law->draw(&at, rng);
}

/* ---- given the partition ---- */

/* M | partition, Lambda, gamma, with weights and U integrated out: for M >= K proportional to
 *   M!/(M-K)! q(M) prod_j Gamma(gamma_j M)/Gamma(gamma_j M + n_j),
 * M!/(M-K)! being M (M-1)!/(M-K)!. Drawn as the argmax of log term + Gumbel noise, in batches of M,
 * until no later term can matter. */
enum { BATCH = 16 };

/* log terms of first, first + 1, ...: n of them, at most BATCH. */
static void component_terms(const hmfm_process *process, const hmfm_counts *counts, double K,
                            size_t first, size_t n, double *term) {
  const hmfm_components_at at = law_at(process);
  double a[BATCH], b[BATCH];
  for (size_t k = 0; k < n; k++) {
    a[k] = (double)(first + k) - K + 1.0;
    b[k] = (double)(first + k);
  }
  process->prior->law->log_weights(&at, n, b, term);
  hmfm_vector_log_gamma(n, a, a);
  hmfm_vector_log(n, b, b);
  for (size_t k = 0; k < n; k++) term[k] = b[k] + term[k] - a[k];
  for (size_t j = 0; j < counts->n_groups; j++) {
    if (counts->size[j] == 0) continue;
    for (size_t k = 0; k < n; k++) {
      a[k] = process->gamma[j] * (double)(first + k);
      b[k] = a[k] + counts->size[j];
    }
    hmfm_vector_log_gamma(n, a, a);
    hmfm_vector_log_gamma(n, b, b);
    for (size_t k = 0; k < n; k++) term[k] += a[k] - b[k];
  }
}

static size_t batch_from(size_t first, size_t last) {
  return last - first < BATCH ? last - first + 1 : BATCH;
}

static size_t draw_components(void *memory, gsl_rng *rng, const hmfm_counts *counts) {
  const hmfm_process *process = memory;
  const hmfm_components_law *law = process->prior->law;
  const hmfm_components_at at = law_at(process);
  const double K = (double)counts->n_clusters;
  size_t first, last;
  law->range(&at, counts->n_clusters, &first, &last);
  size_t drawn = first;
  if (first >= last) return drawn;
  double best = -INFINITY, top = -INFINITY, before = -INFINITY, term[BATCH];
  for (size_t n; first <= last; first += n) {
    n = batch_from(first, last);
    component_terms(process, counts, K, first, n, term);
    for (size_t k = 0; k < n; before = term[k++]) {
      top = fmax(top, term[k]);
      double key = term[k] - log(-log(gsl_rng_uniform_pos(rng)));
      if (key > best) {
        best = key;
        drawn = first + k;
      }
      if (term[k] < top - HMFM_NEGLIGIBLE &&
          law->ends(&at, K, (double)(first + k), before, term[k], top))
        return drawn;
    }
    if (!isfinite(top))
      return drawn; /* no term is a number; what is drawn next will not be, and fail */
  }
  return drawn;
}

/* log of the sum of the terms: what the law of the partition has, M integrated out, for K clusters. */
static double log_clusters(const void *memory, const hmfm_counts *counts, size_t n_clusters) {
  const hmfm_process *process = memory;
  const hmfm_components_law *law = process->prior->law;
  const hmfm_components_at at = law_at(process);
  const double K = (double)n_clusters;
  double top = -INFINITY, sum = 0.0, last_before = -INFINITY, term[BATCH];
  size_t first, last;
  law->range(&at, n_clusters, &first, &last);
  for (size_t n; first <= last; first += n) {
    const double top_before = top;
    n = batch_from(first, last);
    component_terms(process, counts, K, first, n, term);
    for (size_t k = 0; k < n; k++) top = fmax(top, term[k]);
    if (!isfinite(top)) return NAN;
    sum *= exp(top_before - top);
    for (size_t k = 0; k < n; k++) sum += exp(term[k] - top);
    const double before = n > 1 ? term[n - 2] : last_before, end = (double)(first + n - 1);
    last_before = term[n - 1];
    if (last_before < top - HMFM_NEGLIGIBLE && law->ends(&at, K, end, before, last_before, top))
      break;
  }
  return top + log(sum); /* -inf where no M holds so many clusters */
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
  gamma_target target = {prior->a_gamma, gamma_rate(process), (double)n_components, counts, group};
  /* the prior's own scale, within limits; too wide costs a few shrinkages, too narrow many steps */
  double width = 2.0 / fmin(prior->a_gamma, sqrt(prior->a_gamma));
  width = fmin(fmax(width, 0.1), 200.0);
  return exp(hmfm_draw_slice(rng, log(process->gamma[group]), width, LOG_GAMMA_MIN, LOG_GAMMA_MAX,
                             gamma_log_density, &target));
}

/* Lambda | M, gamma ~ Gamma(a_lambda + d a_gamma + M - 1, b_lambda + G + b_gamma sum gamma), d and the sum
 * over the random gammas; G = 1 where M is Poisson, else drawn given M and the old Lambda, and dropped.
 * Then each gamma_j given Lambda. */
static void draw_hyper(void *memory, gsl_rng *rng, const hmfm_counts *counts, size_t n_components) {
  hmfm_process *process = memory;
  const hmfm_prior *prior = process->prior;
  if (isnan(prior->lambda)) {
    const hmfm_components_at at = law_at(process);
    double shape = prior->a_lambda + (double)(n_components - 1);
    double rate = prior->b_lambda + prior->law->draw_exposure(&at, rng, n_components);
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

/* gamma as that of every group that has it random, or as all have it fixed. */
static hmfm_status draw_new_group(const void *memory, gsl_rng *rng, const double *value,
                                  size_t n_components, const double *share, double *mean,
                                  double *log_weight, hmfm_error *error) {
  const hmfm_prior *prior = memory;
  const hmfm_process process = {.prior = prior, .lambda = value[0]};
  double gamma = prior->gamma[0];
  (void)share;
  for (size_t j = 1; prior->n_random == 0 && j < prior->n_groups; j++) {
    if (prior->gamma[j] == gamma) continue;
    return hmfm_fail(error, HMFM_EUSAGE,
                     "gamma is fixed, but not alike in all groups (%g and %g), so that a new group "
                     "could have any",
                     gamma, prior->gamma[j]);
  }
  if (prior->n_random > 0) gamma = draw_gamma_from_prior(&process, rng);
  for (size_t m = 0; m < n_components; m++) {
    mean[m] = 1.0 / (double)n_components;
    log_weight[m] = gamma;
  }
  hmfm_draw_log_dirichlet(rng, n_components, log_weight, log_weight);
  return HMFM_OK;
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

static size_t most_components(const void *memory) {
  const hmfm_process *process = memory;
  const hmfm_components_at at = law_at(process);
  size_t first, last;
  process->prior->law->range(&at, 1, &first, &last);
  return last;
}

/* ---- scans with M integrated out, which must be Poisson ---- */

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
    .draw_new_group = draw_new_group,
    .masses = masses,
    .concentrations = concentrations,
    .most_components = most_components,
    .scan_begin = scan_begin,
    .predictive = predictive,
    .scan_end = scan_end,
};
