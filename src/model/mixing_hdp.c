/* The HDP mixing: the law of the weights in the hierarchical Dirichlet process (Teh, Jordan, Beal, Blei
 * 2006, JASA 101), and its full conditionals.
 *
 *   G0 ~ DP(gamma0, P0), G_j | G0 ~ DP(alpha, G0),
 *   alpha ~ Gamma(a_alpha, rate b_alpha), gamma0 ~ Gamma(a_gamma0, rate b_gamma0).
 *
 * beta_k is the weight of component k in G0, here its share; beta_u belongs to all that are no cluster. With the
 * G_j integrated out, what has to do with shares and partition has the density
 *   gamma0^K prod_k beta_k^-1 beta_u^(gamma0-1) prod_j [prod_k (alpha beta_k)_{n_jk} / (alpha)_{n_j}].
 * m_jk tables of group j serve cluster k: the blocks of n_jk units in a Chinese restaurant of concentration
 * alpha beta_k. */
#include "model/mixing_hdp.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "dist/log_gamma_variate.h"

enum { ALPHA, ALPHA_SHAPE, ALPHA_RATE, GAMMA0, GAMMA0_SHAPE, GAMMA0_RATE, N_PARAMETERS };

static const hmfm_parameter PARAMETER[N_PARAMETERS] = {
    {"alpha", "fixes alpha, the concentration of the groups' weights about the shared ones",
     "random", HMFM_SCALAR, 0.0, 1e10},
    {"alpha-shape", "prior shape of alpha", "1", HMFM_SCALAR, 0.0, INFINITY},
    {"alpha-rate", "prior rate of alpha", "1", HMFM_SCALAR, 0.0, INFINITY},
    {"gamma0", "fixes gamma0, the concentration of the shared weights", "random", HMFM_SCALAR, 0.0,
     1e10},
    {"gamma0-shape", "prior shape of gamma0", "1", HMFM_SCALAR, 0.0, INFINITY},
    {"gamma0-rate", "prior rate of gamma0", "0.1", HMFM_SCALAR, 0.0, INFINITY},
};

const double hmfm_hdp_least = 1e-150;
static const double MOST = 1e10;

static double clip(double concentration) { return fmin(fmax(concentration, hmfm_hdp_least), MOST); }

/* ---- priors ---- */

/* A concentration's value, or its shape and rate where it is random. */
static hmfm_status read_concentration(const hmfm_choice *choice, int fixed, double *value,
                                      double *shape, double *rate, hmfm_error *error) {
  double *const to[] = {value, shape, rate};
  hmfm_status status = hmfm_choice_read(choice, &PARAMETER[fixed], value, error);
  for (int p = 1; !status && p <= 2; p++) {
    if (!isnan(*value) && hmfm_settings_find(choice->given, PARAMETER[fixed + p].name)) {
      return hmfm_fail(error, HMFM_EUSAGE, "%s has no effect when %s is fixed",
                       PARAMETER[fixed + p].name, PARAMETER[fixed].name);
    }
    if (!isnan(*value)) *to[p] = NAN;
    status = hmfm_choice_read(choice, &PARAMETER[fixed + p], to[p], error);
  }
  if (!status && !isnan(*value)) *value = clip(*value);
  return status;
}

static hmfm_status prior_create(const hmfm_choice *choice, void **out, hmfm_error *error) {
  hmfm_hdp_prior *prior = hmfm_calloc(1, sizeof *prior);
  if (!prior) return hmfm_fail_memory(error, "the model");
  const double level = fmin(1e-3, 0.1 / (double)choice->dataset->n_units);
  *prior = (hmfm_hdp_prior){NAN, NAN, 1.0, 1.0, 1.0, 0.1, level};
  hmfm_status status = read_concentration(choice, ALPHA, &prior->alpha, &prior->alpha_shape,
                                          &prior->alpha_rate, error);
  if (!status)
    status = read_concentration(choice, GAMMA0, &prior->gamma0, &prior->gamma0_shape,
                                &prior->gamma0_rate, error);
  if (status)
    hmfm_free(prior);
  else
    *out = prior;
  return status;
}

static void prior_destroy(void *prior) { hmfm_free(prior); }

/* ---- the process of a chain ---- */

static void process_destroy(void *memory) {
  hmfm_hdp_process *process = memory;
  if (!process) return;
  hmfm_free(process->share);
  hmfm_free(process->mass);
  hmfm_free(process->movable);
  hmfm_free(process->space);
  hmfm_free(process->tables);
  hmfm_free(process);
}

static hmfm_status process_create(const void *prior, void **out, hmfm_error *error) {
  hmfm_hdp_process *process = hmfm_calloc(1, sizeof *process);
  if (!process) return hmfm_fail_memory(error, "a chain");
  process->prior = prior;
  process->alpha = process->gamma0 = process->rest = 1.0;
  *out = process;
  return HMFM_OK;
}

static hmfm_status process_reserve(void *memory, size_t n_slots, hmfm_error *error) {
  hmfm_hdp_process *process = memory;
  if (n_slots <= process->capacity) return HMFM_OK;
  double *share = hmfm_realloc(process->share, n_slots, sizeof *share);
  if (share) process->share = share;
  double *mass = hmfm_realloc(process->mass, n_slots, sizeof *mass);
  if (mass) process->mass = mass;
  double *movable = hmfm_realloc(process->movable, n_slots, sizeof *movable);
  if (movable) process->movable = movable;
  double *space = hmfm_realloc(process->space, n_slots + 1, sizeof *space);
  if (space) process->space = space;
  int32_t *tables = hmfm_realloc(process->tables, n_slots, sizeof *tables);
  if (tables) process->tables = tables;
  if (!share || !mass || !movable || !space || !tables)
    return hmfm_fail_memory(error, "components");
  for (size_t m = process->capacity; m < n_slots; m++) {
    share[m] = mass[m] = 0.0;
    tables[m] = 0;
  }
  process->capacity = n_slots;
  return HMFM_OK;
}

static void get(const void *memory, double *value) {
  const hmfm_hdp_process *process = memory;
  value[0] = process->alpha;
  value[1] = process->gamma0;
}

static void set_share(hmfm_hdp_process *process, size_t slot, double share) {
  process->share[slot] = fmax(share, hmfm_hdp_least);
  process->mass[slot] = process->alpha * process->share[slot];
}

static void set(void *memory, const double *value) {
  hmfm_hdp_process *process = memory;
  process->alpha = value[0];
  process->gamma0 = value[1];
  for (size_t m = 0; m < process->capacity; m++) {
    process->mass[m] = process->alpha * process->share[m];
  }
}

static double draw_concentration(gsl_rng *rng, double fixed, double shape, double rate) {
  return isnan(fixed) ? clip(exp(hmfm_draw_log_gamma(rng, shape) - log(rate))) : fixed;
}

static size_t draw_prior(void *memory, gsl_rng *rng) {
  hmfm_hdp_process *process = memory;
  const hmfm_hdp_prior *p = process->prior;
  process->alpha = draw_concentration(rng, p->alpha, p->alpha_shape, p->alpha_rate);
  process->gamma0 = draw_concentration(rng, p->gamma0, p->gamma0_shape, p->gamma0_rate);
  process->rest = 1.0;
  process->n_open = 0;
  return 0;
}

static const double *masses(void *memory, size_t group, size_t n_slots) {
  hmfm_hdp_process *process = memory;
  const double level = hmfm_hdp_level(process);
  (void)group;
  for (size_t m = 0; m < n_slots; m++) {
    process->movable[m] = process->share[m] > level ? process->mass[m] : 0.0;
  }
  return process->movable;
}

static void relabel(void *memory, const int32_t *moved_to, size_t n) {
  hmfm_hdp_process *process = memory;
  for (int which = 0; which < 2; which++) {
    double *row = which ? process->mass : process->share;
    memcpy(process->space, row, n * sizeof *row);
    for (size_t m = 0; m < n; m++) row[moved_to[m]] = process->space[m];
  }
}

/* ---- shares ---- */

void hmfm_hdp_birth(hmfm_hdp_process *process, size_t slot, double uniform) {
  const double log_kept = log1p(-uniform) / process->gamma0;
  set_share(process, slot, -expm1(log_kept) * process->rest);
  process->rest = fmax(exp(log_kept) * process->rest, hmfm_hdp_least);
}

static void drop(hmfm_hdp_process *process, size_t slot) {
  process->share[slot] = process->mass[slot] = 0.0;
}

void hmfm_hdp_death(hmfm_hdp_process *process, size_t slot) {
  process->rest += process->share[slot];
  drop(process, slot);
}

void hmfm_hdp_split(hmfm_hdp_process *process, size_t whole, double cut, const size_t part[2]) {
  const double share = process->share[whole];
  drop(process, whole);
  set_share(process, part[0], cut * share);
  set_share(process, part[1], (1.0 - cut) * share);
}

void hmfm_hdp_merge(hmfm_hdp_process *process, size_t a, size_t b, size_t whole) {
  const double share = process->share[a] + process->share[b];
  drop(process, a);
  drop(process, b);
  set_share(process, whole, share);
}

void hmfm_hdp_draw_shares(hmfm_hdp_process *process, gsl_rng *rng, size_t n_slots) {
  double *part = process->space;
  size_t n = 0;
  for (size_t m = 0; m < n_slots; m++) {
    if (process->tables[m] > 0) part[n++] = process->tables[m];
  }
  part[n++] = process->gamma0;
  hmfm_draw_log_dirichlet(rng, n, part, part);
  process->rest = fmax(exp(part[n - 1]), hmfm_hdp_least);
  for (size_t m = n_slots; m-- > 0;) {
    if (process->tables[m] == 0)
      drop(process, m);
    else
      set_share(process, m, exp(part[--n - 1]));
  }
}

/* With a large gamma0 more and more sticks weigh less and less; then none is opened. */
double hmfm_hdp_level(const hmfm_hdp_process *process) {
  const double sticks = 1000.0;
  return process->gamma0 > sticks ? 1.0 : process->prior->level;
}

size_t hmfm_hdp_break(hmfm_hdp_process *process, gsl_rng *rng, size_t first, double level,
                      int store) {
  double whole = process->rest, dust = 0.0;
  size_t m = first;
  while (whole > level) {
    const double log_kept = log(gsl_rng_uniform_pos(rng)) / process->gamma0;
    const double piece = -expm1(log_kept) * whole;
    whole *= exp(log_kept);
    if (piece <= level)
      dust += piece;
    else if (store)
      set_share(process, m++, piece);
    else
      m++;
  }
  process->left = whole + dust;
  return m;
}

void hmfm_hdp_open(hmfm_hdp_process *process, size_t n_open) {
  process->rest = fmax(process->left, hmfm_hdp_least);
  process->n_open = n_open;
}

/* What is not a cluster, in the order of slots. */
static double unoccupied(const hmfm_hdp_process *process, size_t n_clusters) {
  double sum = process->rest;
  for (size_t m = n_clusters; m < process->n_open; m++) sum += process->share[m];
  return sum;
}

void hmfm_hdp_close(hmfm_hdp_process *process, size_t n_clusters) {
  process->rest = unoccupied(process, n_clusters);
  process->n_open = 0;
}

void hmfm_hdp_lump(hmfm_hdp_process *process, size_t slot) {
  set_share(process, slot, process->left);
  process->left = 0.0;
}

static void get_shares(const void *memory, size_t n_clusters, double *share) {
  const hmfm_hdp_process *process = memory;
  memcpy(share, process->share, n_clusters * sizeof *share);
  share[n_clusters] = unoccupied(process, n_clusters);
}

static void set_shares(void *memory, size_t n_clusters, const double *share) {
  hmfm_hdp_process *process = memory;
  for (size_t m = 0; m < n_clusters; m++) set_share(process, m, share[m]);
  process->rest = share[n_clusters];
  process->n_open = 0;
}

static const double *shares(const void *memory) {
  return ((const hmfm_hdp_process *)memory)->share;
}

/* ---- given the partition ---- */

/* Tables that n units take in a Chinese restaurant of concentration a. */
static int32_t draw_tables(gsl_rng *rng, double a, int32_t n) {
  int32_t tables = n > 0;
  for (int32_t t = 1; t < n; t++) tables += gsl_rng_uniform(rng) * (a + t) < a;
  return tables;
}

static size_t seat_all(hmfm_hdp_process *process, gsl_rng *rng, const hmfm_counts *counts) {
  size_t total = 0;
  memset(process->tables, 0, counts->n_slots * sizeof *process->tables);
  for (size_t j = 0; j < counts->n_groups; j++) {
    const int32_t *in_group = counts->in_group + j * counts->stride;
    for (size_t m = 0; m < counts->n_slots; m++) {
      const int32_t tables = draw_tables(rng, process->mass[m], in_group[m]);
      process->tables[m] += tables;
      total += (size_t)tables;
    }
  }
  return total;
}

/* alpha | tables, with eta_j ~ Beta(alpha + 1, n_j) and s_j ~ Bernoulli(n_j/(n_j + alpha)):
 *   Gamma(a_alpha + m_.. - sum s_j, b_alpha - sum log eta_j). */
static void draw_alpha(hmfm_hdp_process *process, gsl_rng *rng, const hmfm_counts *counts,
                       size_t tables) {
  const hmfm_hdp_prior *prior = process->prior;
  double shape = prior->alpha_shape + (double)tables, rate = prior->alpha_rate;
  for (size_t j = 0; j < counts->n_groups; j++) {
    const double n = counts->size[j];
    if (n == 0.0) continue;
    rate -= log(gsl_ran_beta(rng, process->alpha + 1.0, n));
    shape -= gsl_rng_uniform(rng) * (n + process->alpha) < n;
  }
  process->alpha = draw_concentration(rng, prior->alpha, shape, rate);
}

/* gamma0 | K, tables, with eta ~ Beta(gamma0 + 1, m_..) and s ~ Bernoulli(m_../(m_.. + gamma0)):
 *   Gamma(a_gamma0 + K - s, b_gamma0 - log eta)  (Escobar and West 1995). */
static void draw_gamma0(hmfm_hdp_process *process, gsl_rng *rng, const hmfm_counts *counts,
                        size_t tables) {
  const hmfm_hdp_prior *prior = process->prior;
  const double n = (double)tables;
  const double rate = prior->gamma0_rate - log(gsl_ran_beta(rng, process->gamma0 + 1.0, n));
  const double shape = prior->gamma0_shape + (double)counts->n_clusters -
                       (gsl_rng_uniform(rng) * (n + process->gamma0) < n);
  process->gamma0 = draw_concentration(rng, prior->gamma0, shape, rate);
}

/* Tables given shares and alpha; alpha and gamma0 given tables, shares integrated out; then shares given
 * tables and gamma0. */
static void draw_hyper(void *memory, gsl_rng *rng, const hmfm_counts *counts, size_t n_components) {
  hmfm_hdp_process *process = memory;
  (void)n_components;
  const size_t tables = seat_all(process, rng, counts);
  if (isnan(process->prior->alpha)) draw_alpha(process, rng, counts, tables);
  if (isnan(process->prior->gamma0)) draw_gamma0(process, rng, counts, tables);
  hmfm_hdp_draw_shares(process, rng, counts->n_slots);
}

/* Shares for a partition that no sweep has made, as if each group had a table in each of its clusters. */
static size_t start(void *memory, gsl_rng *rng, const hmfm_counts *counts) {
  hmfm_hdp_process *process = memory;
  memset(process->tables, 0, counts->n_slots * sizeof *process->tables);
  for (size_t j = 0; j < counts->n_groups; j++) {
    const int32_t *in_group = counts->in_group + j * counts->stride;
    for (size_t m = 0; m < counts->n_slots; m++) process->tables[m] += in_group[m] > 0;
  }
  hmfm_hdp_draw_shares(process, rng, counts->n_slots);
  process->n_open = 0;
  return counts->n_clusters;
}

/* w_j | shares, partition ~ Dirichlet(alpha beta_1 + n_j1, ..., alpha beta_M + n_jM, alpha left). */
static void draw_weights(const void *memory, gsl_rng *rng, const hmfm_counts *counts, size_t group,
                         size_t n_components, double *log_weight) {
  const hmfm_hdp_process *process = memory;
  const int32_t *in_group = counts->in_group + group * counts->stride;
  double *part = process->space;
  const size_t n = n_components + (process->left > 0.0);
  for (size_t m = 0; m < n_components; m++) {
    part[m] = process->mass[m] + (m < counts->n_slots ? in_group[m] : 0);
  }
  part[n_components] = process->alpha * fmax(process->left, hmfm_hdp_least);
  hmfm_draw_log_dirichlet(rng, n, part, part);
  memcpy(log_weight, part, n_components * sizeof *part);
}

static hmfm_status draw_new_group(const void *prior, gsl_rng *rng, const double *value,
                                  size_t n_components, const double *share, double *mean,
                                  double *log_weight, hmfm_error *error) {
  (void)prior, (void)error;
  for (size_t m = 0; m < n_components; m++) {
    mean[m] = share[m];
    log_weight[m] = value[0] * fmax(share[m], hmfm_hdp_least);
  }
  hmfm_draw_log_dirichlet(rng, n_components, log_weight, log_weight);
  return HMFM_OK;
}

/* A priori, all components but those that together weigh less than a billionth in G0, which are one. */
static hmfm_status truncate_prior(void *memory, gsl_rng *rng, size_t *n_components,
                                  hmfm_error *error) {
  hmfm_hdp_process *process = memory;
  enum { MOST_COMPONENTS = 100000 };
  double whole = 1.0;
  size_t m = 0;
  while (whole > 1e-9) {
    hmfm_status status = HMFM_OK;
    if (m == MOST_COMPONENTS) {
      return hmfm_fail(error, HMFM_EUSAGE, "gamma0 of %g takes more than %d components to simulate",
                       process->gamma0, MOST_COMPONENTS);
    }
    if (m + 2 > process->capacity) status = process_reserve(process, 2 * m + 16, error);
    if (status) return status;
    const double log_kept = log(gsl_rng_uniform_pos(rng)) / process->gamma0;
    set_share(process, m++, -expm1(log_kept) * whole);
    whole *= exp(log_kept);
  }
  set_share(process, m++, whole);
  process->left = 0.0;
  *n_components = m;
  return HMFM_OK;
}

static const hmfm_mixing_variable VARIABLE[] = {
    {"alpha", "concentration of the groups' weights about the shared ones", HMFM_SCALAR},
    {"gamma0", "concentration of the shared weights", HMFM_SCALAR},
};

const hmfm_mixing hmfm_mixing_hdp = {
    .name = "hdp",
    .title = "mixing hdp",
    .flags = HMFM_MIXING_INFINITE,
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
    .start = start,
    .draw_hyper = draw_hyper,
    .draw_weights = draw_weights,
    .draw_new_group = draw_new_group,
    .masses = masses,
    .relabel = relabel,
    .get_shares = get_shares,
    .set_shares = set_shares,
    .shares = shares,
    .truncate_prior = truncate_prior,
};
