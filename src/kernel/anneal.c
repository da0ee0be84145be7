/* Births and deaths of clusters along annealed paths (nonequilibrium candidates: Nilmeier, Crooks, Minh and
 * Chodera 2011, PNAS 108; annealed between models: Karagiannis and Andrieu 2013).
 *
 * Where clusters lie close together like the steps of a ladder, one more or less moves all of them, and the
 * beta of all groups: a split is refused because the others are not yet where they will be. Here one
 * of the M components, the guest, comes or goes in many small steps, while weights, atoms, beta and
 * allocations follow.
 *
 * M and the hyperparameters stay. At t in [0, 1], with g the guest, the target of (partition, beta) is the
 * posterior pi with three things about g changed:
 *
 *   pi_t = prior(beta) prod_jm Gamma(a_jm + n_jm)/Gamma(a_jm) prod_m m(m) exp(-h n_.g)
 *
 *   mass       a_jg = 2^(1-l) gamma_j^l (a_jm = gamma_j for all others)
 *   law        of g's atom: between a guide and P0, at l (hmfm_family.guide_...), in m(g)
 *   exclusion  h, a price for every unit in g.
 *
 * h falls first, while l = 0; then l rises to 1, while h = 0. So pi_1 = pi; at t = 0 there is hardly a
 * unit in g, and where there is none, pi_0 = pi, too. A birth starts with g empty and goes t = 0, 1/T, ..., 1. Each step first moves t, at a factor
 *   pi_t'(partition, beta) / pi_t(partition, beta)
 * of the path's weight, and then applies a kernel that keeps pi_t': weights and atoms given all, beta given
 * atoms and allocations, allocations given all. A death goes the other way: the kernel, with beta last,
 * which is the birth's reversed in time (weights and atoms are drawn for it and forgotten), then t. It must
 * end with g empty. The end of the path is accepted with probability min(1, R), for a birth
 *
 *   R = weight  [p(g | guide, end) q(guide | end)] / [q(guide | start)/(M - K)]
 *
 * with q the law guides are drawn from, K the clusters at the start, and p(g | guide, .) a death's choice
 * of g, a cluster close to the guide. Of a death R is the inverse. */
#include "kernel/anneal.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/vecmath.h"
#include "dist/log_gamma_variate.h"
#include "kernel/kernel.h"
#include "kernel/mixture.h"
#include "kernel/regression.h"
#include "rng/philox.h"

/* Shares of the path: until NEAR the exclusion falls from HIGH to SLOW, where g begins to fill; until FULL it
 * falls to 0; then mass and law change. */
static const double NEAR = 0.1, FULL = 0.7, HIGH = 25.0, SLOW = 2.5;
static const double MASS = 2.0; /* of g in every group, at first */

typedef struct path {
  hmfm_state *state;
  size_t guest, length;
  double guide[HMFM_GUIDE];
} path;

/* What a step draws, each from a stream of its own: block 4 * step + this. */
enum { CHOICES, ATOMS, REGRESSION, ALLOCATIONS };

static void open_stream(const path *way, size_t step, size_t what) {
  hmfm_stream_open(way->state->stream, way->state->sweep, HMFM_STREAM_ANNEAL, 4 * step + what);
}

/* ---- pi_t ---- */

static double progress(double t) { return t < FULL ? 0.0 : (t - FULL) / (1.0 - FULL); }

static double exclusion(double t) {
  if (t < NEAR) return SLOW + (HIGH - SLOW) * ((NEAR - t) / NEAR) * ((NEAR - t) / NEAR);
  return t < FULL ? SLOW * (FULL - t) / (FULL - NEAR) : 0.0;
}

static double mass(const path *way, double t, size_t group) {
  const double l = progress(t);
  return pow(MASS, 1.0 - l) * pow(way->state->concentration[group], l);
}

/* log pi_t of the present state, but for what does not depend on t. */
static double log_target(const path *way, double t) {
  const hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  const hmfm_partition *partition = &state->partition;
  double sum = model->family->guide_log_marginal(model->family_data, state->work, way->guest,
                                                 way->guide, progress(t)) -
               exclusion(t) * partition->total[way->guest];
  for (size_t j = 0; j < partition->n_groups; j++) {
    const double n_g = partition->in_group[j * partition->capacity + way->guest];
    const double a = mass(way, t, j);
    if (n_g > 0.0) sum += hmfm_log_gamma(a + n_g) - hmfm_log_gamma(a);
  }
  return sum;
}

/* ---- the kernel that keeps pi_t ---- */

static void draw_weights_and_atoms(const path *way, double t, size_t step) {
  hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  const hmfm_partition *partition = &state->partition;
  const size_t M = state->n_components;
  double atom[HMFM_MOST_ATOM];
  open_stream(way, step, CHOICES);
  for (size_t j = 0; j < partition->n_groups; j++) {
    const int32_t *in_group = partition->in_group + j * partition->capacity;
    double *log_weight = state->log_weight + j * state->capacity;
    for (size_t m = 0; m < M; m++) {
      log_weight[m] = in_group[m] + (m == way->guest ? mass(way, t, j) : state->concentration[j]);
    }
    hmfm_draw_log_dirichlet(state->stream, M, log_weight, log_weight);
  }
  open_stream(way, step, ATOMS);
  model->family->draw_atoms(model->family_data, state->work, state->stream, M, state->atom,
                            state->capacity);
  model->family->guide_draw_atom(model->family_data, state->work, state->stream, way->guest,
                                 way->guide, progress(t), atom);
  for (size_t p = 0; p < model->family->n_atom; p++) {
    state->atom[p * state->capacity + way->guest] = atom[p];
  }
  hmfm_mixture_prepare(state);
}

static hmfm_status draw_beta(const path *way, size_t step, hmfm_error *error) {
  hmfm_state *state = way->state;
  const hmfm_regression *regression = &state->model->regression;
  hmfm_status status = HMFM_OK;
  if (regression->n_covariates == 0) return HMFM_OK;
  hmfm_regression_sum(state, 0, regression->n_blocks);
  open_stream(way, step, REGRESSION);
  for (size_t b = 0; !status && b < regression->n_blocks; b++) {
    status = hmfm_regression_draw(state, b, error);
  }
  if (!status) hmfm_state_residuals(state);
  return status;
}

static hmfm_status draw_allocations(const path *way, double t, size_t step, hmfm_error *error) {
  hmfm_state *state = way->state;
  open_stream(way, step, ALLOCATIONS);
  for (size_t j = 0; j < state->partition.n_groups; j++) {
    state->log_weight[j * state->capacity + way->guest] -= exclusion(t);
  }
  hmfm_status status = hmfm_mixture_allocate(state, 0, state->partition.n_groups, error);
  if (!status) hmfm_partition_count(&state->partition, state->n_components);
  return status;
}

static void make_clusters(hmfm_state *state) {
  const hmfm_model *model = state->model;
  model->family->clusters_compute(model->family_data, state->work, &state->team,
                                  state->partition.allocation, state->n_components);
}

/* ---- paths ---- */

static hmfm_status be_born(const path *way, double *log_weight, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  double before = 0.0;
  *log_weight = 0.0;
  for (size_t step = 1; !status && step <= way->length; step++) {
    const double t = (double)step / (double)way->length;
    *log_weight += log_target(way, t) - log_target(way, before);
    draw_weights_and_atoms(way, t, step);
    status = draw_beta(way, step, error);
    if (!status) status = draw_allocations(way, t, step, error);
    make_clusters(way->state);
    before = t;
  }
  return status;
}

static hmfm_status die(const path *way, double *log_weight, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  double t = 1.0;
  *log_weight = 0.0;
  for (size_t step = way->length; !status && step > 0; step--) {
    const double next = (double)(step - 1) / (double)way->length;
    draw_weights_and_atoms(way, t, step);
    status = draw_allocations(way, t, step, error);
    if (!status) status = draw_beta(way, step, error);
    make_clusters(way->state);
    *log_weight += log_target(way, next) - log_target(way, t);
    t = next;
  }
  if (way->state->partition.total[way->guest] > 0) *log_weight = -INFINITY;
  return status;
}

/* ---- proposals ---- */

/* log q(guide | state), up to a constant: guides are drawn about any cluster, all of them alike. */
static double log_guide(const path *way) {
  const hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  double top = -INFINITY, sum = 0.0;
  for (size_t m = 0; m < state->n_components; m++) {
    if (state->partition.total[m] == 0) continue;
    const double term =
        model->family->guide_log_density(model->family_data, state->work, m, way->guide);
    sum = term > top ? sum * exp(top - term) + 1.0 : sum + exp(term - top);
    top = fmax(top, term);
  }
  return top + log(sum / (double)state->partition.n_clusters);
}

static void draw_guide(path *way) {
  const hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  size_t left = (size_t)(gsl_rng_uniform(state->stream) * (double)state->partition.n_clusters);
  size_t m = 0;
  while (state->partition.total[m] == 0 || left-- > 0) m++;
  model->family->guide_draw(model->family_data, state->work, state->stream, m, way->guide);
}

/* Running sums of how close each cluster is to the guide, in state->weight; returns all of it. */
static double weigh_clusters(const path *way) {
  hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  double sum = 0.0;
  for (size_t m = 0; m < state->n_components; m++) {
    if (state->partition.total[m] > 0) {
      sum += model->family->guide_closeness(model->family_data, state->work, m, way->guide);
    }
    state->weight[m] = sum;
  }
  return sum;
}

/* log of the probability that a death chooses the guest, which must be a cluster. */
static double log_choice(const path *way) {
  const hmfm_state *state = way->state;
  const hmfm_model *model = state->model;
  return log(
      model->family->guide_closeness(model->family_data, state->work, way->guest, way->guide) /
      weigh_clusters(way));
}

static size_t choose_cluster(const path *way) {
  hmfm_state *state = way->state;
  const double target = weigh_clusters(way) * gsl_rng_uniform(state->stream);
  size_t m = 0;
  while (m + 1 < state->n_components && state->weight[m] <= target) m++;
  while (state->partition.total[m] == 0) m--; /* rounding may lead past the last cluster */
  return m;
}

static double log_empty(const hmfm_state *state) {
  return log((double)(state->n_components - state->partition.n_clusters));
}

/* log R. */
static hmfm_status propose(path *way, int birth, double *log_ratio, hmfm_error *error) {
  const hmfm_state *state = way->state;
  hmfm_status status;
  double log_weight, log_proposal = -log_guide(way);
  if (birth) {
    log_proposal += log_empty(state);
    status = be_born(way, &log_weight, error);
    if (status) return status;
    log_proposal += state->partition.total[way->guest] > 0 ? log_choice(way) : -INFINITY;
  } else {
    log_proposal -= log_choice(way);
    status = die(way, &log_weight, error);
    if (status) return status;
    log_proposal -= log_empty(state);
  }
  *log_ratio = log_weight + log_proposal + log_guide(way);
  return HMFM_OK;
}

static void keep(const hmfm_state *state) {
  memcpy(state->kept_allocation, state->partition.allocation,
         state->partition.n_units * sizeof *state->kept_allocation);
  memcpy(state->kept_beta, state->beta, state->n_beta * sizeof *state->beta);
}

static void restore(hmfm_state *state) {
  memcpy(state->partition.allocation, state->kept_allocation,
         state->partition.n_units * sizeof *state->kept_allocation);
  memcpy(state->beta, state->kept_beta, state->n_beta * sizeof *state->beta);
  hmfm_state_residuals(state);
  hmfm_partition_count(&state->partition, state->n_components);
}

hmfm_status hmfm_anneal(hmfm_state *state, size_t length, int *accepted, hmfm_error *error) {
  const hmfm_model *model = state->model;
  path way = {.state = state, .length = length};
  double log_ratio = -INFINITY;
  if (accepted) *accepted = 0;
  model->mixing->concentrations(state->process, state->concentration);
  hmfm_partition_count(&state->partition, state->n_components);
  make_clusters(state);
  open_stream(&way, 0, CHOICES);
  const int birth = gsl_rng_uniform(state->stream) < 0.5;
  const double level = log(gsl_rng_uniform_pos(state->stream));
  draw_guide(&way);
  if (birth && state->partition.n_clusters == state->n_components) return HMFM_OK;
  if (birth)
    while (state->partition.total[way.guest] > 0) way.guest++; /* any empty one: they are alike */
  else
    way.guest = choose_cluster(&way);
  keep(state);
  hmfm_status status = propose(&way, birth, &log_ratio, error);
  if (!status && accepted) *accepted = level < log_ratio;
  if (!(level < log_ratio)) restore(state);
  hmfm_state_relabel(state);
  state->components_drawn = state->unit_log_lik_made = state->clusters_made = 0;
  return status;
}

static hmfm_status apply(hmfm_state *state, hmfm_error *error) {
  if (state->path_every == 0 || state->sweep % state->path_every != 0) return HMFM_OK;
  return hmfm_anneal(state, state->path_length, NULL, error);
}

const hmfm_kernel hmfm_kernel_anneal = {
    .name = "anneal",
    .law = "partition and beta | M, hyperparameters, every so many sweeps",
    .apply = apply,
};
