/* The normal family: y ~ N(x'beta + mu_m, sigma2_m) with atoms from the normal-inverse-gamma law
 *   sigma2 ~ InvGamma(nu0/2, nu0 s0/2),   mu | sigma2 ~ N(mu0, sigma2/k0).
 * All of its numbers live here: unit statistics, cluster statistics, predictives, scores, atoms. */
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "dist/log_gamma_variate.h"
#include "model/family.h"
#include "model/unit_statistics.h"

enum { MU, SIGMA2, N_ATOM };
enum { MU0, K0, NU0, S0, N_PARAMETERS };

static const hmfm_parameter PARAMETER[N_PARAMETERS] = {
    {"mu0", "prior mean of the component means", "mean of the response", HMFM_SCALAR, -INFINITY,
     INFINITY},
    {"k0", "prior precision of a component mean, in observations of that component",
     "1/R^2, R the range of the middle 99% of the response", HMFM_SCALAR, 0.0, INFINITY},
    {"nu0", "prior degrees of freedom of the component variances", "4", HMFM_SCALAR, 0.0, INFINITY},
    {"s0", "prior scale of the component variances, in squared units of the response", "0.5",
     HMFM_SCALAR, 0.0, INFINITY},
};

typedef struct normal_data {
  double prior[N_PARAMETERS];
  hmfm_unit_statistics units;
  double *size_range; /* n_groups x 2: least and most observations of a unit of the group */
  double *table;      /* table[c] = log Gamma((nu0 + c)/2) - log(k0 + c)/2, c = 0 .. n_rows */
} normal_data;

/* Posterior NIG parameters per slot, and the part of the predictive that depends on the slot alone:
 * base = nu_n/2 log(nu_n s_n) - table[count]. */
typedef struct normal_work {
  size_t capacity;
  double *mean[2], *square[2]; /* residuals of units, by hmfm_residuals */
  int32_t *count;              /* observations in the slot */
  double *k_n, *mu_n, *ss_n;   /* ss_n = nu_n s_n */
  double *base;
  double *mu, *sigma2, *scale, *level; /* of the atoms: scale = -1/(2 sigma2), level = the rest */
  double lane_size[HMFM_TILE], lane_mean[HMFM_TILE], lane_square[HMFM_TILE]; /* of a tile */
} normal_work;

/* ---- priors and unit statistics ---- */

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Quantile of sorted values by linear interpolation between order statistics (type 7). */
static double quantile(const double *sorted, size_t n, double p) {
  double at = p * (double)(n - 1), below = floor(at);
  size_t k = (size_t)below;
  return k + 1 < n ? sorted[k] + (at - below) * (sorted[k + 1] - sorted[k]) : sorted[n - 1];
}

static hmfm_status defaults(const hmfm_choice *choice, double *prior, double *variance,
                            hmfm_error *error) {
  const hmfm_dataset *data = choice->dataset;
  const size_t n = data->n_rows;
  double *sorted = hmfm_calloc(n, sizeof *sorted), mean = 0.0;
  if (!sorted) return hmfm_fail_memory(error, "sorting the response");
  memcpy(sorted, data->y, n * sizeof *sorted);
  qsort(sorted, n, sizeof *sorted, compare_doubles);
  for (size_t h = 0; h < n; h++) mean += (data->y[h] - mean) / (double)(h + 1);
  *variance = 0.0;
  for (size_t h = 0; h < n; h++) {
    *variance += (data->y[h] - mean) * (data->y[h] - mean) / (double)(n > 1 ? n - 1 : 1);
  }
  double range = n ? quantile(sorted, n, 0.995) - quantile(sorted, n, 0.005) : 0.0;
  if (!(range > 0.0)) {
    range = 1.0;
    if (!hmfm_settings_find(choice->given, "k0")) {
      hmfm_notes_add(choice->notes,
                     "the middle 99%% of %s is a single value, so k0 was set for a range of 1",
                     data->response_name);
    }
  }
  prior[MU0] = mean;
  prior[K0] = 1.0 / (range * range);
  prior[NU0] = 4.0;
  prior[S0] = 0.5;
  hmfm_free(sorted);
  return HMFM_OK;
}

static void remark_on_scale(const hmfm_choice *choice, double s0, double variance) {
  if (!(variance > 0.0) || (s0 <= 100.0 * variance && s0 >= variance / 100.0)) return;
  hmfm_notes_add(choice->notes,
                 "s0 = %g, the prior scale of the variances within components, is %s the variance "
                 "%g of %s: is it in the right units?",
                 s0, s0 > variance ? "more than 100 times" : "less than 1/100 of", variance,
                 choice->dataset->response_name);
}

static void normal_data_destroy(void *memory) {
  normal_data *data = memory;
  if (!data) return;
  hmfm_unit_statistics_clear(&data->units);
  hmfm_free(data->size_range);
  hmfm_free(data->table);
  hmfm_free(data);
}

static void fill_size_range(const hmfm_dataset *dataset, normal_data *data) {
  for (size_t j = 0; j < dataset->n_groups; j++) {
    double low = INFINITY, high = 0.0;
    for (size_t i = dataset->group_start[j]; i < dataset->group_start[j + 1]; i++) {
      low = fmin(low, data->units.size[i]);
      high = fmax(high, data->units.size[i]);
    }
    data->size_range[2 * j] = low;
    data->size_range[2 * j + 1] = high;
  }
}

static hmfm_status normal_data_create(const hmfm_choice *choice, void **out, hmfm_error *error) {
  double variance = 0.0;
  normal_data *data = hmfm_calloc(1, sizeof *data);
  if (!data) return hmfm_fail_memory(error, "the model");
  hmfm_status status = defaults(choice, data->prior, &variance, error);
  for (int p = 0; !status && p < N_PARAMETERS; p++) {
    status = hmfm_choice_read(choice, &PARAMETER[p], &data->prior[p], error);
  }
  if (!status) {
    remark_on_scale(choice, data->prior[S0], variance);
    status =
        hmfm_unit_statistics_init(choice->dataset, choice->given->prior_only, &data->units, error);
  }
  if (status) goto out;
  const size_t n = data->units.n_rows + 1;
  data->table = hmfm_calloc(n, sizeof *data->table);
  data->size_range = hmfm_calloc(choice->dataset->n_groups, 2 * sizeof *data->size_range);
  if (!data->table || !data->size_range) {
    status = hmfm_fail_memory(error, "a table of log-gamma");
    goto out;
  }
  fill_size_range(choice->dataset, data);
  for (size_t c = 0; c < n; c++) data->table[c] = 0.5 * (data->prior[NU0] + (double)c);
  hmfm_vector_log_gamma(n, data->table, data->table);
  for (size_t c = 0; c < n; c++) data->table[c] -= 0.5 * hmfm_log(data->prior[K0] + (double)c);
out:
  if (status)
    normal_data_destroy(data);
  else
    *out = data;
  return status;
}

/* ---- one chain's work space ---- */

static void normal_work_destroy(void *memory) {
  normal_work *work = memory;
  if (!work) return;
  if (work->square[HMFM_PROPOSED] != work->square[HMFM_CURRENT]) {
    hmfm_free(work->square[HMFM_PROPOSED]);
  }
  hmfm_free(work->square[HMFM_CURRENT]);
  for (int which = 0; which < 2; which++) hmfm_free(work->mean[which]);
  hmfm_free(work->count);
  double *by_slot[] = {work->k_n, work->mu_n,   work->ss_n,  work->base,
                       work->mu,  work->sigma2, work->scale, work->level};
  for (size_t k = 0; k < sizeof by_slot / sizeof *by_slot; k++) hmfm_free(by_slot[k]);
  hmfm_free(work);
}

static hmfm_status normal_work_create(const void *memory, void **out, hmfm_error *error) {
  const normal_data *data = memory;
  const size_t n = data->units.n_units;
  normal_work *work = hmfm_calloc(1, sizeof *work);
  if (!work) return hmfm_fail_memory(error, "a chain");
  for (int which = 0; which < 2; which++) {
    work->mean[which] = hmfm_calloc(n, sizeof(double));
    /* where covariates are constant within units, beta does not touch the squares */
    const int apart = which == HMFM_CURRENT || data->units.xy != NULL;
    work->square[which] = apart ? hmfm_calloc(n, sizeof(double)) : work->square[HMFM_CURRENT];
    if (!work->mean[which] || !work->square[which]) {
      normal_work_destroy(work);
      return hmfm_fail_memory(error, "a chain");
    }
  }
  memcpy(work->mean[HMFM_CURRENT], data->units.y_mean, n * sizeof(double));
  memcpy(work->square[HMFM_CURRENT], data->units.yy, n * sizeof(double));
  *out = work;
  return HMFM_OK;
}

static hmfm_status normal_work_reserve(const void *memory, void *work_memory, size_t n_slots,
                                       hmfm_error *error) {
  (void)memory;
  normal_work *work = work_memory;
  if (n_slots <= work->capacity) return HMFM_OK;
  double **by_slot[] = {&work->k_n, &work->mu_n,   &work->ss_n,  &work->base,
                        &work->mu,  &work->sigma2, &work->scale, &work->level};
  int32_t *count = hmfm_realloc(work->count, n_slots, sizeof *count);
  if (!count) return hmfm_fail_memory(error, "components");
  work->count = count;
  for (size_t k = 0; k < sizeof by_slot / sizeof *by_slot; k++) {
    double *grown = hmfm_realloc(*by_slot[k], n_slots, sizeof *grown);
    if (!grown) return hmfm_fail_memory(error, "components");
    *by_slot[k] = grown;
  }
  work->capacity = n_slots;
  return HMFM_OK;
}

static double normal_place(const void *memory, const void *work, size_t unit) {
  (void)memory;
  return ((const normal_work *)work)->mean[HMFM_CURRENT][unit];
}

/* ---- cluster statistics ---- */

/* The slot's posterior from count observations with the given mean and sum of squares about it:
 * k_n = k0 + c, mu_n = (k0 mu0 + c mean)/k_n, nu_n s_n = nu0 s0 + square + k0 c (mean - mu0)^2/k_n. */
static void slot_set(const normal_data *data, normal_work *work, size_t slot, int32_t count,
                     double mean, double square) {
  const double *prior = data->prior, c = count, k_n = prior[K0] + c, gap = mean - prior[MU0];
  work->count[slot] = count;
  work->k_n[slot] = k_n;
  work->mu_n[slot] = prior[MU0] + c / k_n * gap;
  work->ss_n[slot] = prior[NU0] * prior[S0] + square + prior[K0] * (c / k_n) * gap * gap;
  work->base[slot] = 0.5 * (prior[NU0] + c) * hmfm_log(work->ss_n[slot]) - data->table[count];
}

static void normal_cluster_clear(const void *data, void *work, size_t slot) {
  slot_set(data, work, slot, 0, 0.0, 0.0);
}

/* Two passes in unit order, in blocks of units whose sums are added in block order: the sums do not
 * depend on who computes which block. ss_n serves as the sum, base as the block's part of it. */
enum { BLOCK = 4096 };

static void normal_clusters_compute(const void *memory, void *work_memory,
                                    const int32_t *allocation, size_t n_slots) {
  const normal_data *data = memory;
  normal_work *work = work_memory;
  const size_t n = data->units.n_units;
  const double *size = data->units.size, *mean = work->mean[HMFM_CURRENT];
  const double *square = work->square[HMFM_CURRENT];
  memset(work->count, 0, n_slots * sizeof *work->count);
  memset(work->mu_n, 0, n_slots * sizeof *work->mu_n);
  memset(work->ss_n, 0, n_slots * sizeof *work->ss_n);
  for (size_t begin = 0; begin < n; begin += BLOCK) {
    const size_t end = begin + BLOCK < n ? begin + BLOCK : n;
    memset(work->base, 0, n_slots * sizeof *work->base);
    for (size_t i = begin; i < end; i++) {
      work->count[allocation[i]] += data->units.count[i];
      work->base[allocation[i]] += size[i] * mean[i];
    }
    for (size_t m = 0; m < n_slots; m++) work->mu_n[m] += work->base[m];
  }
  for (size_t m = 0; m < n_slots; m++) {
    if (work->count[m] > 0) work->mu_n[m] /= work->count[m];
  }
  for (size_t begin = 0; begin < n; begin += BLOCK) {
    const size_t end = begin + BLOCK < n ? begin + BLOCK : n;
    memset(work->base, 0, n_slots * sizeof *work->base);
    for (size_t i = begin; i < end; i++) {
      double gap = mean[i] - work->mu_n[allocation[i]];
      work->base[allocation[i]] += square[i] + size[i] * gap * gap;
    }
    for (size_t m = 0; m < n_slots; m++) work->ss_n[m] += work->base[m];
  }
  for (size_t m = 0; m < n_slots; m++) {
    slot_set(data, work, m, work->count[m], work->mu_n[m], work->ss_n[m]);
  }
}

/* With k = k_n before, N observations of mean e and squares S: k' = k + N, mu' = (k mu + N e)/k',
 * ss' = ss + S + k N/k' (e - mu)^2. Removal is the inverse; a cluster that loses its last unit is set
 * to the prior exactly, and every sweep starts from statistics computed afresh. */
static void cluster_move(const normal_data *data, normal_work *work, size_t unit, size_t slot,
                         int sign) {
  const double n = data->units.size[unit], e = work->mean[HMFM_CURRENT][unit];
  const double square = work->square[HMFM_CURRENT][unit];
  const double k = work->k_n[slot], mu = work->mu_n[slot];
  const int32_t count = work->count[slot] + sign * data->units.count[unit];
  const double k_n = data->prior[K0] + count, floor_ss = data->prior[NU0] * data->prior[S0];
  const double mu_n = mu + sign * (n / k_n) * (e - mu);
  const double gap = e - (sign > 0 ? mu : mu_n), small = sign > 0 ? k : k_n;
  const double large = sign > 0 ? k_n : k;
  double ss = work->ss_n[slot] + sign * (square + small * (n / large) * gap * gap);
  ss = ss > floor_ss ? ss : floor_ss;
  work->count[slot] = count;
  work->k_n[slot] = k_n;
  work->mu_n[slot] = mu_n;
  work->ss_n[slot] = ss;
  work->base[slot] = 0.5 * (data->prior[NU0] + count) * hmfm_log(ss) - data->table[count];
}

static void normal_cluster_add(const void *data, void *work, size_t unit, size_t slot) {
  cluster_move(data, work, unit, slot, +1);
}

static void normal_cluster_remove(const void *data, void *work, size_t unit, size_t slot) {
  cluster_move(data, work, unit, slot, -1);
}

static void normal_cluster_copy(void *work_memory, size_t from, size_t to) {
  normal_work *work = work_memory;
  work->count[to] = work->count[from];
  work->k_n[to] = work->k_n[from];
  work->mu_n[to] = work->mu_n[from];
  work->ss_n[to] = work->ss_n[from];
  work->base[to] = work->base[from];
}

/* What slot b's units say, without the prior: their mean, and sum of squares about it. */
static void normal_cluster_merge(const void *memory, void *work_memory, size_t a, size_t b,
                                 size_t into) {
  const normal_data *data = memory;
  normal_work *work = work_memory;
  const double *prior = data->prior, c = work->count[b];
  const int32_t count = work->count[a] + work->count[b];
  const double shift = c > 0.0 ? (work->mu_n[b] - prior[MU0]) * (work->k_n[b] / c) : 0.0;
  const double k = work->k_n[a], mean = prior[MU0] + shift, k_n = prior[K0] + count;
  double square =
      work->ss_n[b] - prior[NU0] * prior[S0] - prior[K0] * (c / work->k_n[b]) * shift * shift;
  if (square < 0.0) square = 0.0;
  const double gap = mean - work->mu_n[a];
  work->ss_n[into] = work->ss_n[a] + square + k * (c / k_n) * gap * gap;
  work->mu_n[into] = work->mu_n[a] + c / k_n * gap;
  work->k_n[into] = k_n;
  work->count[into] = count;
  work->base[into] = 0.5 * (prior[NU0] + count) * hmfm_log(work->ss_n[into]) - data->table[count];
}

/* log m(S u i) - log m(S), with m the NIG marginal likelihood:
 *   log m = lnG(nu_n/2) - lnG(nu0/2) + (1/2) ln(k0/k_n) + (nu0/2) ln(nu0 s0) - (nu_n/2) ln(nu_n s_n)
 *           - (c/2) ln pi.
 * The table holds the terms in the count alone, so the loop has one log and no log-gamma. */
HMFM_VECTOR static void predict_slots(size_t n_slots, int32_t unit_count, double e, double square,
                                      double nu0, const double *restrict table,
                                      const int32_t *restrict count, const double *restrict k_n,
                                      const double *restrict mu_n, const double *restrict ss_n,
                                      const double *restrict base, double *restrict log_f) {
  const double n = unit_count, rest = -0.5 * n * 1.14472988584940017414; /* log pi */
  for (size_t m = 0; m < n_slots; m++) {
    double gap = e - mu_n[m], k = k_n[m];
    double ss = ss_n[m] + square + k * n / (k + n) * gap * gap;
    double nu = nu0 + count[m] + n;
    log_f[m] = base[m] + table[count[m] + unit_count] - 0.5 * nu * hmfm_log(ss) + rest;
  }
}

static void normal_predict(const void *memory, const void *work_memory, size_t unit, size_t first,
                           size_t n_slots, double *log_f) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  predict_slots(n_slots, data->units.count[unit], work->mean[HMFM_CURRENT][unit],
                work->square[HMFM_CURRENT][unit], data->prior[NU0], data->table,
                work->count + first, work->k_n + first, work->mu_n + first, work->ss_n + first,
                work->base + first, log_f);
}

static double normal_log_marginal(const void *memory, const void *work_memory, size_t slot) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  const double nu0 = data->prior[NU0], c = work->count[slot];
  return 0.5 * nu0 * log(nu0 * data->prior[S0]) - data->table[0] - work->base[slot] -
         0.5 * c * log(M_PI);
}

/* ---- atoms ---- */

static double clip(double x) { return x < 1e-300 ? 1e-300 : x > 1e300 ? 1e300 : x; }

/* sigma2 = (nu s/2) / Gamma(nu/2), mu = N(mean, sigma2/k); on the log scale, since nu may be small. */
static void draw_nig(gsl_rng *rng, double k, double mean, double nu, double ss, double *mu,
                     double *sigma2) {
  *sigma2 = clip(exp(log(0.5 * ss) - hmfm_draw_log_gamma(rng, 0.5 * nu)));
  *mu = mean + sqrt(*sigma2 / k) * gsl_ran_gaussian_ziggurat(rng, 1.0);
}

static void normal_draw_atoms(const void *memory, const void *work_memory, gsl_rng *rng,
                              size_t n_slots, double *atom, size_t stride) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  for (size_t m = 0; m < n_slots; m++) {
    draw_nig(rng, work->k_n[m], work->mu_n[m], data->prior[NU0] + work->count[m], work->ss_n[m],
             &atom[MU * stride + m], &atom[SIGMA2 * stride + m]);
  }
}

static void normal_draw_prior_atom(const void *memory, gsl_rng *rng, double *atom) {
  const double *prior = ((const normal_data *)memory)->prior;
  draw_nig(rng, prior[K0], prior[MU0], prior[NU0], prior[NU0] * prior[S0], &atom[MU],
           &atom[SIGMA2]);
}

static double normal_draw_response(gsl_rng *rng, const double *atom, double predictor) {
  return predictor + atom[MU] + sqrt(atom[SIGMA2]) * gsl_ran_gaussian_ziggurat(rng, 1.0);
}

/* ---- scores given atoms ---- */

static void normal_score_prepare(void *work_memory, size_t n_slots, const double *atom,
                                 size_t stride) {
  normal_work *work = work_memory;
  for (size_t m = 0; m < n_slots; m++) {
    double sigma2 = atom[SIGMA2 * stride + m];
    work->mu[m] = atom[MU * stride + m];
    work->sigma2[m] = sigma2;
    work->scale[m] = -0.5 / sigma2;
    work->level[m] = -0.5 * log(2.0 * M_PI * sigma2);
  }
}

static void normal_score_bounds(const void *memory, const void *work_memory, size_t group,
                                size_t n_slots, double *bound) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  const double low = data->size_range[2 * group], high = data->size_range[2 * group + 1];
  for (size_t m = 0; m < n_slots; m++) {
    bound[m] = work->level[m] * (work->level[m] > 0.0 ? high : low);
  }
}

static void normal_score_load(const void *memory, void *work_memory, hmfm_residuals which,
                              hmfm_span units) {
  const normal_data *data = memory;
  normal_work *work = work_memory;
  for (size_t l = 0; l < units.count; l++) {
    const size_t i = hmfm_span_unit(units, l);
    work->lane_size[l] = data->units.size[i];
    work->lane_mean[l] = work->mean[which][i];
    work->lane_square[l] = work->square[which][i];
  }
}

HMFM_VECTOR static void score_row(size_t n_lanes, double offset, double level, double scale,
                                  double mu, const double *restrict size,
                                  const double *restrict mean, const double *restrict square,
                                  double *restrict out) {
  for (size_t l = 0; l < n_lanes; l++) {
    double gap = mean[l] - mu;
    out[l] = offset + size[l] * level + (square[l] + size[l] * gap * gap) * scale;
  }
}

static void normal_score(const void *work_memory, size_t n_lanes, size_t n_rows,
                         const int32_t *list, const double *offset, double *tile) {
  const normal_work *work = work_memory;
  for (size_t k = 0; k < n_rows; k++) {
    int32_t m = list[k];
    score_row(n_lanes, offset ? offset[m] : 0.0, work->level[m], work->scale[m], work->mu[m],
              work->lane_size, work->lane_mean, work->lane_square, tile + k * HMFM_TILE);
  }
}

static double normal_log_density(const void *memory, const void *work_memory,
                                 const int32_t *allocation, size_t first, size_t last) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  double sum = 0.0;
  for (size_t i = first; i < last; i++) {
    const int32_t m = allocation[i];
    const double n = data->units.size[i], gap = work->mean[HMFM_CURRENT][i] - work->mu[m];
    sum += n * work->level[m] + (work->square[HMFM_CURRENT][i] + n * gap * gap) * work->scale[m];
  }
  return sum;
}

/* ---- regression ---- */

static void normal_residuals(const void *memory, void *work_memory, hmfm_residuals which,
                             hmfm_span units, const double *beta) {
  const hmfm_unit_statistics *statistics = &((const normal_data *)memory)->units;
  normal_work *work = work_memory;
  double *mean = work->mean[which], *square = work->square[which];
  for (size_t k = 0; k < units.count; k++) {
    const size_t i = hmfm_span_unit(units, k);
    hmfm_unit_residual(statistics, i, beta, &mean[i], &square[i]);
  }
}

static void normal_accept(void *work_memory, hmfm_span units) {
  normal_work *work = work_memory;
  for (size_t k = 0; k < units.count; k++) {
    const size_t i = hmfm_span_unit(units, k);
    work->mean[HMFM_CURRENT][i] = work->mean[HMFM_PROPOSED][i];
    work->square[HMFM_CURRENT][i] = work->square[HMFM_PROPOSED][i];
  }
}

/* precision += (S_xx + N xbar xbar') / sigma2_c,  shift += (S_xy + N xbar (ybar - mu_c)) / sigma2_c */
static void normal_moments(const void *memory, const void *work_memory, const int32_t *allocation,
                           hmfm_span span, double *precision, double *shift) {
  const hmfm_unit_statistics *units = &((const normal_data *)memory)->units;
  const normal_work *work = work_memory;
  const size_t r = units->r;
  for (size_t u = 0; u < span.count; u++) {
    const size_t i = hmfm_span_unit(span, u);
    const int32_t m = allocation[i];
    const double *x = units->x_mean + i * r, weight = -2.0 * work->scale[m];
    const double gap = units->y_mean[i] - work->mu[m];
    for (size_t k = 0; k < r; k++) {
      double nx = units->size[i] * x[k];
      shift[k] += weight * (nx * gap + (units->xy ? units->xy[i * r + k] : 0.0));
      for (size_t l = 0; l <= k; l++) {
        double within = units->xx ? units->xx[(i * r + k) * r + l] : 0.0;
        precision[k * r + l] += weight * (within + nx * x[l]);
      }
    }
  }
}

static void normal_gram(const void *memory, hmfm_span span, double *gram) {
  const hmfm_unit_statistics *units = &((const normal_data *)memory)->units;
  const size_t r = units->r;
  for (size_t u = 0; u < span.count; u++) {
    const size_t i = hmfm_span_unit(span, u);
    const double *x = units->x_mean + i * r;
    for (size_t k = 0; k < r; k++) {
      for (size_t l = 0; l <= k; l++) {
        double within = units->xx ? units->xx[(i * r + k) * r + l] : 0.0;
        gram[k * r + l] += within + units->size[i] * x[k] * x[l];
      }
    }
  }
}

static double normal_spread(const void *work_memory, size_t n_slots, const double *weight) {
  const normal_work *work = work_memory;
  double precision = 0.0;
  for (size_t m = 0; m < n_slots; m++) precision += weight[m] / work->sigma2[m];
  return clip(1.0 / precision);
}

static double normal_gap(const void *work_memory, size_t from, size_t to) {
  const normal_work *work = work_memory;
  return work->mu[to] - work->mu[from];
}

static const char *const ATOM_NAME[N_ATOM] = {"mu", "sigma2"};

const hmfm_family hmfm_family_normal = {
    .name = "normal",
    .title = "family normal",
    .flags = HMFM_FAMILY_REGRESSION,
    .n_parameters = N_PARAMETERS,
    .parameter = PARAMETER,
    .n_atom = N_ATOM,
    .atom_name = ATOM_NAME,
    .data_create = normal_data_create,
    .data_destroy = normal_data_destroy,
    .work_create = normal_work_create,
    .work_reserve = normal_work_reserve,
    .work_destroy = normal_work_destroy,
    .place = normal_place,
    .clusters_compute = normal_clusters_compute,
    .cluster_add = normal_cluster_add,
    .cluster_remove = normal_cluster_remove,
    .cluster_clear = normal_cluster_clear,
    .cluster_copy = normal_cluster_copy,
    .cluster_merge = normal_cluster_merge,
    .predict = normal_predict,
    .log_marginal = normal_log_marginal,
    .draw_atoms = normal_draw_atoms,
    .score_prepare = normal_score_prepare,
    .score_bounds = normal_score_bounds,
    .score_load = normal_score_load,
    .score = normal_score,
    .log_density = normal_log_density,
    .draw_response = normal_draw_response,
    .draw_prior_atom = normal_draw_prior_atom,
    .residuals = normal_residuals,
    .accept = normal_accept,
    .moments = normal_moments,
    .gram = normal_gram,
    .spread = normal_spread,
    .gap = normal_gap,
};
