/* A group melts and freezes again: its beta and allocations along a path of rising and falling temperature
 * (tempered transitions: Neal 1996, Statistics and Computing 6), atoms kept, weights integrated out.
 *
 * Which clusters a group uses and where its beta is hold each other in place: another beta would do as well
 * with other clusters, but not with most of the clusters the group has now. At u in [0, 1] the target of
 * (allocations, beta) of group j is
 *
 *   pi_u = prior(beta) prod_m Gamma(a + n_jm)/Gamma(a) prod_i f(unit i | its atom)^tau,
 *   a = 2^u gamma_j^(1-u),   tau = warm^u,
 *
 * warm drawn for each path. u rises from 0 to 1 and falls back, in as many steps each; before a step of the
 * rise and after one of the fall u moves, at a factor pi_u'/pi_u of the path's weight. The kernels are
 * those of kernel/anneal.c: on the fall those of the rise reversed in time. So the path backwards is a path
 * like it, and its end is accepted with probability min(1, weight). beta stays where it is shared. */
#include <math.h>
#include <string.h>

#include "base/vecmath.h"
#include "dist/log_gamma_variate.h"
#include "kernel/anneal.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "kernel/regression.h"
#include "rng/philox.h"

static const double MASS = 2.0;               /* a at u = 1 */
static const double LEAST = 0.3, MOST = 0.75; /* warm: log-uniform between */

typedef struct path {
  hmfm_state *state;
  size_t group;
  hmfm_span units;
  int with_beta;
  int32_t *count; /* n_jm */
  double warm;
} path;

static hmfm_span units_of(const hmfm_state *state, size_t group) {
  const size_t *start = state->model->dataset->group_start;
  return (hmfm_span){.first = start[group], .count = start[group + 1] - start[group]};
}

enum { WEIGHTS, REGRESSION, ALLOCATIONS };

static void open_stream(const path *way, size_t step, size_t what) {
  hmfm_stream_open(way->state->stream, way->state->sweep, HMFM_STREAM_ANNEAL_GROUP,
                   4 * step + what);
}

static double power(const path *way, double u) { return pow(way->warm, u); }

static double mass(const path *way, double u) {
  return pow(MASS, u) * pow(way->state->concentration[way->group], 1.0 - u);
}

/* log pi_u, but for what does not depend on u; energy: log likelihood. */
static double log_target(const path *way, double u, double energy) {
  const double a = mass(way, u), base = hmfm_log_gamma(a);
  double sum = power(way, u) * energy;
  for (size_t m = 0; m < way->state->n_components; m++) {
    if (way->count[m] > 0) sum += hmfm_log_gamma(a + way->count[m]) - base;
  }
  return sum;
}

/* The family's scores as they are at u. */
static void set_power(const path *way, double u) {
  hmfm_state *state = way->state;
  hmfm_mixture_prepare(state);
  state->model->family->score_temper(state->work, state->n_components, power(way, u));
}

/* Log likelihood of the group, from scores at u. */
static double energy(const path *way, double u) {
  const hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  return model->family->log_density(model->family_data, state->work, state->partition.allocation,
                                    way->units) /
         power(way, u);
}

static void draw_weights(const path *way, double u, size_t step) {
  hmfm_state *state = way->state;
  double *log_weight = state->log_weight + way->group * state->capacity;
  const double a = mass(way, u);
  for (size_t m = 0; m < state->n_components; m++) log_weight[m] = a + way->count[m];
  open_stream(way, step, WEIGHTS);
  hmfm_draw_log_dirichlet(state->stream, state->n_components, log_weight, log_weight);
}

/* Residuals of the group at its beta. */
static void make_residuals(const path *way) {
  const hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  model->family->residuals(model->family_data, state->work, HMFM_CURRENT,
                           hmfm_regression_active(&model->regression, way->group, way->group + 1),
                           state->beta + way->group * model->regression.n_covariates);
}

static hmfm_status draw_beta(const path *way, size_t step, hmfm_error *error) {
  if (!way->with_beta) return HMFM_OK;
  hmfm_state *state = way->state;
  hmfm_regression_sum(state, way->group, way->group + 1);
  open_stream(way, step, REGRESSION);
  hmfm_status status = hmfm_regression_draw(state, way->group, error);
  if (!status) make_residuals(way);
  return status;
}

static hmfm_status draw_allocations(const path *way, size_t step, hmfm_error *error) {
  hmfm_state *state = way->state;
  open_stream(way, step, ALLOCATIONS);
  hmfm_status status = hmfm_mixture_allocate(state, way->group, way->group + 1, error);
  if (status) return status;
  memset(way->count, 0, state->n_components * sizeof *way->count);
  for (size_t k = 0; k < way->units.count; k++) {
    way->count[state->partition.allocation[way->units.first + k]]++;
  }
  return HMFM_OK;
}

static hmfm_status travel(const path *way, size_t half, double *log_weight, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  set_power(way, 0.0);
  double E = energy(way, 0.0);
  *log_weight = 0.0;
  for (size_t step = 1; !status && step <= half; step++) {
    const double before = (double)(step - 1) / (double)half, u = (double)step / (double)half;
    *log_weight += log_target(way, u, E) - log_target(way, before, E);
    set_power(way, u);
    draw_weights(way, u, step);
    status = draw_beta(way, step, error);
    if (!status) status = draw_allocations(way, step, error);
    E = energy(way, u);
  }
  for (size_t step = half; !status && step > 0; step--) {
    const double u = (double)step / (double)half, next = (double)(step - 1) / (double)half;
    const size_t number = 2 * half + 1 - step;
    set_power(way, u);
    draw_weights(way, u, number);
    status = draw_allocations(way, number, error);
    if (!status) status = draw_beta(way, number, error);
    E = energy(way, u);
    *log_weight += log_target(way, next, E) - log_target(way, u, E);
  }
  return status;
}

hmfm_status hmfm_anneal_group(hmfm_state *state, size_t group, size_t length, int *accepted,
                              hmfm_error *error) {
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates, d = model->dataset->n_groups;
  path way = {.state = state, .group = group, .units = units_of(state, group)};
  double log_ratio = -INFINITY, *beta = state->beta + group * r;
  if (accepted) *accepted = 0;
  if (way.units.count == 0) return HMFM_OK;
  way.with_beta = r > 0 && model->regression.n_blocks == d;
  model->mixing->concentrations(state->process, state->concentration);
  way.count = state->partition.in_group + group * state->partition.capacity;
  int32_t *allocation = state->partition.allocation + way.units.first;
  memcpy(state->kept_allocation, allocation, way.units.count * sizeof *allocation);
  if (way.with_beta) memcpy(state->kept_beta, beta, r * sizeof *beta);
  open_stream(&way, 0, WEIGHTS);
  const double level = log(gsl_rng_uniform_pos(state->stream));
  way.warm = LEAST * pow(MOST / LEAST, gsl_rng_uniform(state->stream));
  hmfm_status status = travel(&way, (length + 1) / 2, &log_ratio, error);
  if (!status && accepted) *accepted = level < log_ratio;
  if (status || !(level < log_ratio)) {
    memcpy(allocation, state->kept_allocation, way.units.count * sizeof *allocation);
    if (way.with_beta) {
      memcpy(beta, state->kept_beta, r * sizeof *beta);
      make_residuals(&way);
    }
  }
  hmfm_partition_count(&state->partition, state->n_components);
  hmfm_mixture_prepare(state);
  state->unit_log_lik_made = state->clusters_made = 0;
  return status;
}

/* Steps of a path: the more the larger the group is, within limits. */
static size_t steps(const hmfm_state *state, size_t group) {
  const size_t n = units_of(state, group).count;
  return n < 32 ? 64 : n > 512 ? 1024 : 2 * n;
}

/* Sweeps from one path to the next: 16, or as many as the units of a path, on average, make. */
static size_t pause(const hmfm_state *state) {
  const size_t d = state->partition.n_groups;
  double work = 0.0;
  for (size_t j = 0; j < d; j++) {
    work += (double)steps(state, j) * (double)units_of(state, j).count;
  }
  return (size_t)fmax(16.0, ceil(work / ((double)d * (double)state->partition.n_units)));
}

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  if (state->path_length == 0) return HMFM_OK;
  const size_t every = pause(state), d = state->partition.n_groups;
  if (state->sweep % every != 0) return HMFM_OK;
  const size_t group = (size_t)(state->sweep / every) % d;
  return hmfm_anneal_group(state, group, steps(state, group), NULL, error);
}

const hmfm_kernel hmfm_kernel_anneal_group = {
    .name = "anneal_group",
    .law = "allocations and beta of a group | atoms, M, hyperparameters, every so many sweeps",
    .apply = apply,
};
