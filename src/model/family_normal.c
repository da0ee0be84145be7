/* The normal family: y ~ N(x'beta + mu_m, sigma2_m) with atoms from the normal-inverse-gamma law
 *   sigma2 ~ InvGamma(nu0/2, nu0 s0/2),   mu | sigma2 ~ N(mu0, sigma2/k0).
 * Its numbers are the statistics of units (unit_statistics.h), those of clusters (nig.h), the law of one observation
 * (normal_law.h), and here the scores of units given atoms, and what they say about beta. */
#include <float.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "model/family.h"
#include "model/nig_guide.h"
#include "model/normal_law.h"
#include "model/response.h"
#include "model/unit_statistics.h"

enum { MU = HMFM_NORMAL_MU, SIGMA2 = HMFM_NORMAL_SIGMA2, N_ATOM };
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
  hmfm_nig_prior prior;
  hmfm_unit_statistics units;
  double *size_range; /* n_groups x 2: least and most observations of a unit of the group */
  double usual_size;  /* observations of a unit, on average; at least 1 */
  int single;         /* 1: every unit has one, and so no sum of squares */
} normal_data;

typedef struct normal_work {
  hmfm_nig clusters;
  double *mean[2], *square[2];         /* residuals of units, by hmfm_residuals */
  size_t capacity;                     /* of the atoms: */
  double *mu, *sigma2, *scale, *level; /* scale = -1/(2 sigma2), level = -log(2 pi sigma2)/2 */
  /* sums of blocks of units, by block and slot; for as many slots as there is room for */
  double *part;
  int32_t *part_count;
} normal_work;

/* A tile's units, HMFM_TILE of each; and 1 where each is known to have one observation, 0 else. */
enum {
  LANE_SIZE = 0,
  LANE_MEAN = HMFM_TILE,
  LANE_SQUARE = 2 * HMFM_TILE,
  LANE_SINGLE = 3 * HMFM_TILE
};

/* ---- priors and unit statistics ---- */

static void defaults(const hmfm_choice *choice, const hmfm_response *response, double *value) {
  double range = response->range;
  if (!(range > 0.0)) {
    range = 1.0;
    if (!hmfm_settings_find(choice->given, "k0")) {
      hmfm_notes_add(choice->notes,
                     "the middle 99%% of %s is a single value, so k0 was set for a range of 1",
                     choice->dataset->response_name);
    }
  }
  value[MU0] = response->mean;
  value[K0] = 1.0 / (range * range);
  value[NU0] = 4.0;
  value[S0] = 0.5;
}

static void remark_on_scale(const hmfm_choice *choice, double s0, double variance) {
  if (!(variance > 0.0) || (s0 <= 100.0 * variance && s0 >= variance / 100.0)) return;
  hmfm_notes_add(choice->notes,
                 "s0 = %g, the prior scale of the variances within components, is %s the variance "
                 "%g of %s: is it in the right units? Give --s0 about the variance within a "
                 "cluster",
                 s0, s0 > variance ? "more than 100 times" : "less than 1/100 of", variance,
                 choice->dataset->response_name);
}

static void normal_data_destroy(void *memory) {
  normal_data *data = memory;
  if (!data) return;
  hmfm_unit_statistics_clear(&data->units);
  hmfm_free(data->size_range);
  hmfm_nig_prior_clear(&data->prior);
  hmfm_free(data);
}

static void fill_sizes(const hmfm_dataset *dataset, normal_data *data) {
  data->usual_size = fmax(1.0, (double)data->units.n_rows / (double)dataset->n_units);
  data->single = 1;
  for (size_t j = 0; j < dataset->n_groups; j++) {
    double low = INFINITY, high = 0.0;
    for (size_t i = dataset->group_start[j]; i < dataset->group_start[j + 1]; i++) {
      low = fmin(low, data->units.size[i]);
      high = fmax(high, data->units.size[i]);
    }
    data->size_range[2 * j] = low;
    data->size_range[2 * j + 1] = high;
    if (dataset->group_start[j + 1] > dataset->group_start[j] && (low != 1.0 || high != 1.0)) {
      data->single = 0;
    }
  }
}

static hmfm_status normal_data_create(const hmfm_choice *choice, void **out, hmfm_error *error) {
  const size_t d = choice->dataset->n_groups;
  double value[N_PARAMETERS];
  hmfm_response response;
  normal_data *data = hmfm_calloc(1, sizeof *data);
  if (!data) return hmfm_fail_memory(error, "the model");
  hmfm_status status = hmfm_response_describe(choice->dataset, &response, error);
  if (!status) defaults(choice, &response, value);
  for (int p = 0; !status && p < N_PARAMETERS; p++) {
    status = hmfm_choice_read(choice, &PARAMETER[p], &value[p], error);
  }
  if (status) goto out;
  remark_on_scale(choice, value[S0], response.variance);
  if (!(value[K0] > 0.0) || !isfinite(value[K0]) || !isfinite(value[MU0])) {
    status = hmfm_fail(error, HMFM_EDATA,
                       "%s has mean %g and range %g, which the default priors cannot be made from; "
                       "rescale it",
                       choice->dataset->response_name, response.mean, response.range);
    goto out;
  }
  data->prior = (hmfm_nig_prior){value[MU0], value[K0], value[NU0], value[S0], NULL, 0};
  status =
      hmfm_unit_statistics_init(choice->dataset, choice->given->prior_only, &data->units, error);
  if (!status) status = hmfm_nig_prior_init(&data->prior, data->units.n_rows, error);
  if (status) goto out;
  data->size_range = hmfm_calloc(d, 2 * sizeof *data->size_range);
  if (data->size_range)
    fill_sizes(choice->dataset, data);
  else
    status = hmfm_fail_memory(error, "the model");
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
  hmfm_nig_clear(&work->clusters);
  double *of_atom[] = {work->mu, work->sigma2, work->scale, work->level, work->part};
  for (size_t k = 0; k < sizeof of_atom / sizeof *of_atom; k++) hmfm_free(of_atom[k]);
  hmfm_free(work->part_count);
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
  normal_work *work = work_memory;
  const size_t n_blocks = hmfm_unit_blocks(((const normal_data *)memory)->units.n_units);
  double **of_atom[] = {&work->mu, &work->sigma2, &work->scale, &work->level};
  hmfm_status status = hmfm_nig_reserve(&work->clusters, n_slots, error);
  if (status || n_slots <= work->capacity) return status;
  const size_t stride = hmfm_block_stride(n_slots);
  double *part = hmfm_realloc(work->part, stride, n_blocks * sizeof *part);
  if (part) work->part = part;
  int32_t *part_count = hmfm_realloc(work->part_count, stride, n_blocks * sizeof *part_count);
  if (part_count) work->part_count = part_count;
  if (!part || !part_count) return hmfm_fail_memory(error, "components");
  for (size_t k = 0; k < sizeof of_atom / sizeof *of_atom; k++) {
    double *grown = hmfm_realloc(*of_atom[k], n_slots, sizeof *grown);
    if (!grown) return hmfm_fail_memory(error, "components");
    *of_atom[k] = grown;
  }
  work->capacity = n_slots;
  return HMFM_OK;
}

static double normal_place(const void *memory, const void *work, size_t unit) {
  (void)memory;
  return ((const normal_work *)work)->mean[HMFM_CURRENT][unit];
}

/* ---- clusters ---- */

static hmfm_batch unit_batch(const normal_data *data, const normal_work *work, size_t unit) {
  return (hmfm_batch){data->units.count[unit], work->mean[HMFM_CURRENT][unit],
                      work->square[HMFM_CURRENT][unit]};
}

static void normal_cluster_clear(const void *memory, void *work_memory, size_t slot) {
  const normal_data *data = memory;
  hmfm_nig_set(&data->prior, &((normal_work *)work_memory)->clusters, slot, (hmfm_batch){0});
}

typedef struct block_sums {
  const normal_data *data;
  normal_work *work;
  const int32_t *allocation;
  size_t n_slots;
  const double *about; /* NULL: sums of observations; else of squares about these means */
} block_sums;

/* A block's part of every slot's sum; of the number of observations, too, while there are no means. */
static void sum_block(void *context, size_t block, int member) {
  const block_sums *sums = context;
  const normal_data *data = sums->data;
  const int32_t *allocation = sums->allocation;
  const double *size = data->units.size, *mean = sums->work->mean[HMFM_CURRENT];
  const double *square = sums->work->square[HMFM_CURRENT], *about = sums->about;
  const size_t begin = block * HMFM_UNIT_BLOCK, n = data->units.n_units;
  const size_t end = n - begin < HMFM_UNIT_BLOCK ? n : begin + HMFM_UNIT_BLOCK;
  const size_t at = block * hmfm_block_stride(sums->n_slots);
  double *part = sums->work->part + at;
  int32_t *count = sums->work->part_count + at;
  (void)member;
  memset(part, 0, sums->n_slots * sizeof *part);
  if (about) {
    for (size_t i = begin; i < end; i++) {
      const double gap = mean[i] - about[allocation[i]];
      part[allocation[i]] += square[i] + size[i] * gap * gap;
    }
    return;
  }
  memset(count, 0, sums->n_slots * sizeof *count);
  for (size_t i = begin; i < end; i++) {
    count[allocation[i]] += data->units.count[i];
    part[allocation[i]] += size[i] * mean[i];
  }
}

static void add_blocks(const block_sums *sums, double *to) {
  const size_t n_blocks = hmfm_unit_blocks(sums->data->units.n_units), n = sums->n_slots;
  memset(to, 0, n * sizeof *to);
  for (size_t b = 0; b < n_blocks; b++) {
    const double *part = sums->work->part + b * hmfm_block_stride(n);
    for (size_t m = 0; m < n; m++) to[m] += part[m];
  }
}

/* Two passes in unit order, in blocks of units whose sums are added in block order. Until the end mu_n holds
 * sums, then means, and ss_n sums of squares about them. */
static void normal_clusters_compute(const void *memory, void *work_memory, const hmfm_team *team,
                                    const int32_t *allocation, size_t n_slots) {
  const normal_data *data = memory;
  normal_work *work = work_memory;
  hmfm_nig *to = &work->clusters;
  const size_t n_blocks = hmfm_unit_blocks(data->units.n_units);
  block_sums sums = {data, work, allocation, n_slots, NULL};
  const size_t stride = hmfm_block_stride(n_slots);
  hmfm_team_share(team, 0, n_blocks, sum_block, &sums);
  hmfm_team_gather(team, 0, n_blocks, NULL, stride * sizeof *work->part, work->part);
  hmfm_team_gather(team, 0, n_blocks, NULL, stride * sizeof *work->part_count, work->part_count);
  add_blocks(&sums, to->mu_n);
  memset(to->count, 0, n_slots * sizeof *to->count);
  for (size_t b = 0; b < n_blocks; b++) {
    const int32_t *count = work->part_count + b * stride;
    for (size_t m = 0; m < n_slots; m++) to->count[m] += count[m];
  }
  for (size_t m = 0; m < n_slots; m++) {
    if (to->count[m] > 0) to->mu_n[m] /= to->count[m];
  }
  sums.about = to->mu_n;
  hmfm_team_share(team, 0, n_blocks, sum_block, &sums);
  hmfm_team_gather(team, 0, n_blocks, NULL, stride * sizeof *work->part, work->part);
  add_blocks(&sums, to->ss_n);
  for (size_t m = 0; m < n_slots; m++) {
    hmfm_nig_set(&data->prior, to, m, (hmfm_batch){to->count[m], to->mu_n[m], to->ss_n[m]});
  }
}

static void normal_cluster_add(const void *memory, void *work_memory, size_t unit, size_t slot) {
  const normal_data *data = memory;
  normal_work *work = work_memory;
  hmfm_nig_move(&data->prior, &work->clusters, slot, unit_batch(data, work, unit), +1);
}

static void normal_cluster_remove(const void *memory, void *work_memory, size_t unit, size_t slot) {
  const normal_data *data = memory;
  normal_work *work = work_memory;
  hmfm_nig_move(&data->prior, &work->clusters, slot, unit_batch(data, work, unit), -1);
}

static void normal_cluster_copy(void *work, size_t from, size_t to) {
  hmfm_nig_copy(&((normal_work *)work)->clusters, from, to);
}

static void normal_cluster_merge(const void *memory, void *work, size_t a, size_t b, size_t into) {
  const normal_data *data = memory;
  hmfm_nig_merge(&data->prior, &((normal_work *)work)->clusters, a, b, into);
}

static void normal_predict(const void *memory, const void *work_memory, size_t unit, size_t own,
                           size_t first, size_t n_slots, double *log_f) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  hmfm_nig_predict(&data->prior, &work->clusters, unit_batch(data, work, unit), own, first, n_slots,
                   log_f);
}

static double normal_log_marginal(const void *memory, const void *work_memory, size_t slot) {
  const normal_data *data = memory;
  return hmfm_nig_log_marginal(&data->prior, &((const normal_work *)work_memory)->clusters, slot);
}

/* ---- atoms ---- */

static void normal_draw_atoms(const void *memory, const void *work_memory, gsl_rng *rng,
                              size_t n_slots, double *atom, size_t stride) {
  const normal_data *data = memory;
  const hmfm_nig *clusters = &((const normal_work *)work_memory)->clusters;
  for (size_t m = 0; m < n_slots; m++) {
    hmfm_nig_draw(&data->prior, clusters, m, rng, &atom[MU * stride + m],
                  &atom[SIGMA2 * stride + m]);
  }
}

static void normal_draw_prior_atom(const void *memory, gsl_rng *rng, double *atom) {
  hmfm_nig_draw_prior(&((const normal_data *)memory)->prior, rng, &atom[MU], &atom[SIGMA2]);
}

static double normal_draw_response(gsl_rng *rng, const double *atom, double predictor,
                                   double exposure) {
  (void)exposure;
  return predictor + atom[MU] + sqrt(atom[SIGMA2]) * gsl_ran_gaussian_ziggurat(rng, 1.0);
}

/* ---- the law of one observation ---- */

static double normal_mean(const double *atom, double predictor, double exposure) {
  (void)exposure;
  return predictor + atom[MU];
}

static double normal_prior_mean(const void *memory, double predictor, double exposure) {
  (void)exposure;
  return predictor + ((const normal_data *)memory)->prior.mu0;
}

static double normal_variance(const double *atom, double predictor, double exposure) {
  (void)predictor;
  (void)exposure;
  return atom[SIGMA2];
}

static int normal_is_atom(const double *atom, size_t stride) {
  const double sigma2 = atom[SIGMA2 * stride];
  return isfinite(atom[MU * stride]) && isfinite(sigma2) && sigma2 >= DBL_MIN;
}

static void normal_density(const void *memory, const hmfm_observation *law, size_t n,
                           const double *y, double *out) {
  hmfm_normal_density(&((const normal_data *)memory)->prior, law, n, y, out);
}

static void normal_tail(const void *memory, const hmfm_observation *law, int upper, size_t n,
                        const double *y, double *out) {
  hmfm_normal_tail(&((const normal_data *)memory)->prior, law, upper, n, y, out);
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

static void normal_score_temper(void *work_memory, size_t n_slots, double tau) {
  normal_work *work = work_memory;
  for (size_t m = 0; m < n_slots; m++) {
    work->scale[m] *= tau;
    work->level[m] *= tau;
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

static void normal_score_load(const void *memory, const void *work_memory, hmfm_residuals which,
                              hmfm_span units, double *lane) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  lane[LANE_SINGLE] = data->single;
  if (!units.unit) {
    const size_t bytes = units.count * sizeof(double);
    memcpy(lane + LANE_MEAN, work->mean[which] + units.first, bytes);
    if (data->single) return;
    memcpy(lane + LANE_SIZE, data->units.size + units.first, bytes);
    memcpy(lane + LANE_SQUARE, work->square[which] + units.first, bytes);
    return;
  }
  for (size_t l = 0; l < units.count; l++) {
    const size_t i = hmfm_span_unit(units, l);
    lane[LANE_SIZE + l] = data->units.size[i];
    lane[LANE_MEAN + l] = work->mean[which][i];
    lane[LANE_SQUARE + l] = work->square[which][i];
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

/* The same to the last bit where size is 1 and square 0. */
HMFM_VECTOR static void score_single(size_t n_lanes, double level, double scale, double mu,
                                     const double *restrict mean, double *restrict out) {
  for (size_t l = 0; l < n_lanes; l++) {
    double gap = mean[l] - mu;
    out[l] = level + gap * gap * scale;
  }
}

static void normal_score(const void *work_memory, const double *lane, size_t n_lanes, size_t n_rows,
                         const int32_t *list, const double *offset, double *tile) {
  const normal_work *work = work_memory;
  for (size_t k = 0; k < n_rows; k++) {
    const int32_t m = list[k];
    const double from = offset ? offset[m] : 0.0, level = work->level[m], scale = work->scale[m];
    double *out = tile + k * HMFM_TILE;
    if (lane[LANE_SINGLE] == 1.0)
      score_single(n_lanes, from + level, scale, work->mu[m], lane + LANE_MEAN, out);
    else
      score_row(n_lanes, from, level, scale, work->mu[m], lane + LANE_SIZE, lane + LANE_MEAN,
                lane + LANE_SQUARE, out);
  }
}

static double normal_log_density(const void *memory, const void *work_memory,
                                 const int32_t *allocation, hmfm_span units) {
  const normal_data *data = memory;
  const normal_work *work = work_memory;
  double sum = 0.0;
  for (size_t k = 0; k < units.count; k++) {
    const size_t i = hmfm_span_unit(units, k);
    const int32_t m = allocation[i];
    const double n = data->units.size[i], gap = work->mean[HMFM_CURRENT][i] - work->mu[m];
    sum += n * work->level[m] + (work->square[HMFM_CURRENT][i] + n * gap * gap) * work->scale[m];
  }
  return sum;
}

/* ---- guides ---- */

static void normal_guide_draw(const void *memory, const void *work, gsl_rng *rng, size_t slot,
                              double *guide) {
  const normal_data *data = memory;
  hmfm_nig_guide_draw(&data->prior, &((const normal_work *)work)->clusters, slot, rng, guide);
}

static double normal_guide_log_density(const void *memory, const void *work, size_t slot,
                                       const double *guide) {
  const normal_data *data = memory;
  return hmfm_nig_guide_log_density(&data->prior, &((const normal_work *)work)->clusters, slot,
                                    guide);
}

static double normal_guide_closeness(const void *memory, const void *work, size_t slot,
                                     const double *guide) {
  const normal_data *data = memory;
  return hmfm_nig_guide_closeness(&data->prior, &((const normal_work *)work)->clusters, slot,
                                  guide);
}

static double normal_guide_log_marginal(const void *memory, const void *work, size_t slot,
                                        const double *guide, double t) {
  const normal_data *data = memory;
  return hmfm_nig_guide_log_marginal(&data->prior, &((const normal_work *)work)->clusters, slot,
                                     guide, data->usual_size, t);
}

static void normal_guide_draw_atom(const void *memory, const void *work, gsl_rng *rng, size_t slot,
                                   const double *guide, double t, double *atom) {
  const normal_data *data = memory;
  hmfm_nig_guide_draw_atom(&data->prior, &((const normal_work *)work)->clusters, slot, guide,
                           data->usual_size, t, rng, &atom[MU], &atom[SIGMA2]);
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
  return 1.0 / precision;
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
    .score_temper = normal_score_temper,
    .score_bounds = normal_score_bounds,
    .score_load = normal_score_load,
    .score = normal_score,
    .log_density = normal_log_density,
    .draw_response = normal_draw_response,
    .mean = normal_mean,
    .variance = normal_variance,
    .prior_mean = normal_prior_mean,
    .draw_prior_atom = normal_draw_prior_atom,
    .density = normal_density,
    .tail = normal_tail,
    .is_atom = normal_is_atom,
    .guide_draw = normal_guide_draw,
    .guide_log_density = normal_guide_log_density,
    .guide_closeness = normal_guide_closeness,
    .guide_log_marginal = normal_guide_log_marginal,
    .guide_draw_atom = normal_guide_draw_atom,
    .residuals = normal_residuals,
    .accept = normal_accept,
    .moments = normal_moments,
    .gram = normal_gram,
    .spread = normal_spread,
    .gap = normal_gap,
};
