/* The Poisson-gamma family: y ~ Poisson(e theta_m), e > 0 the exposure, with rates from the gamma law
 *   theta ~ Gamma(a, b),   a = rate-shape, b = rate-shape / rate-mean.
 * Of a unit count the sum S of its counts and the sum E of its exposures; a cluster's theta given its
 * units is Gamma(a + S, b + E), S and E now sums over all of them. */
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "dist/log_gamma_variate.h"
#include "model/family.h"
#include "model/poisson_law.h"

enum { RATE, N_ATOM };
enum { RATE_MEAN, RATE_SHAPE, N_PARAMETERS };

/* Sums of counts are exact integers, and log densities good to about 1e-16 of them. */
static const double MOST_COUNTS = 1e12;
static const double LARGEST_EXPONENT = 690.0; /* of a rate: e^690 is still far from overflow */

static const hmfm_parameter PARAMETER[N_PARAMETERS] = {
    {"rate-mean", "prior mean of the component rates, in counts for an exposure of 1",
     "sum of the counts over the sum of the exposures", HMFM_SCALAR, 0.0, INFINITY},
    {"rate-shape",
     "prior shape of the component rates: their standard deviation is "
     "rate-mean / sqrt(rate-shape)",
     "1", HMFM_SCALAR, 0.0, INFINITY},
};

typedef struct poisson_data {
  double a, b, base; /* prior shape and rate; log Gamma(a) - a log b */
  size_t n_units;
  double *count, *exposure; /* n_units: S, E */
  double *constant;         /* n_units: sum of y log e - log y! over the observations */
  double usual_count;       /* of a unit, on average */
  double *peak; /* n_groups: the largest log density that a unit of the group can have */
} poisson_data;

typedef struct poisson_work {
  size_t capacity;
  double *count, *exposure, *constant; /* sums over the units of each slot */
  double *base;                        /* log Gamma(a + S) - (a + S) log(b + E) */
  double *rate, *log_rate;             /* atoms */
  double *part; /* sums of blocks of units: the three fields, each by block and slot */
} poisson_work;

/* A tile's units, HMFM_TILE of each. */
enum { LANE_COUNT = 0, LANE_EXPOSURE = HMFM_TILE, LANE_CONSTANT = 2 * HMFM_TILE };

/* ---- priors and unit statistics ---- */

static double exposure_of(const hmfm_dataset *dataset, size_t row) {
  return dataset->exposure ? dataset->exposure[row] : 1.0;
}

static hmfm_status check_counts(const hmfm_dataset *dataset, hmfm_error *error) {
  double sum = 0.0;
  for (size_t i = 0; i < dataset->n_units; i++) {
    for (size_t h = dataset->unit_start[i]; h < dataset->unit_start[i + 1]; h++) {
      const double y = dataset->y[h];
      sum += y;
      if (y >= 0.0 && y == floor(y)) continue;
      return hmfm_fail(error, HMFM_EDATA,
                       "%s must be a whole number >= 0 for family poisson, got %.15g (group '%s', "
                       "unit '%s')",
                       dataset->response_name, y, dataset->group_name[dataset->unit_group[i]],
                       dataset->unit_name[i]);
    }
  }
  if (sum <= MOST_COUNTS) return HMFM_OK;
  return hmfm_fail(
      error, HMFM_EDATA,
      "the counts in %s sum to %g, more than the %g that family poisson can tell apart",
      dataset->response_name, sum, MOST_COUNTS);
}

/* The rate over all observations; 0 where all counts are. */
static double overall_rate(const hmfm_dataset *dataset, double *exposure) {
  double count = 0.0;
  *exposure = 0.0;
  for (size_t h = 0; h < dataset->n_rows; h++) {
    count += dataset->y[h];
    *exposure += exposure_of(dataset, h);
  }
  return count / *exposure;
}

static hmfm_status read_prior(const hmfm_choice *choice, poisson_data *data, hmfm_error *error) {
  const hmfm_dataset *dataset = choice->dataset;
  double exposure, value[N_PARAMETERS] = {0.0, 1.0};
  const double overall = overall_rate(dataset, &exposure);
  value[RATE_MEAN] = overall > 0.0 ? overall : (double)dataset->n_rows / exposure;
  if (!(overall > 0.0) && !hmfm_settings_find(choice->given, "rate-mean")) {
    hmfm_notes_add(
        choice->notes,
        "all counts in %s are 0, so rate-mean was set to %g, one for an average exposure",
        dataset->response_name, value[RATE_MEAN]);
  }
  for (int p = 0; p < N_PARAMETERS; p++) {
    hmfm_status status = hmfm_choice_read(choice, &PARAMETER[p], &value[p], error);
    if (status) return status;
  }
  const double mean = value[RATE_MEAN];
  data->a = value[RATE_SHAPE];
  data->b = data->a / mean;
  if (!(data->a > 1e-290 && data->a < 1e290 && data->b > 1e-290 && data->b < 1e290)) {
    return hmfm_fail(error, HMFM_EDATA,
                     "rate-mean %g with rate-shape %g is no prior that can be computed with", mean,
                     data->a);
  }
  data->base = hmfm_log_gamma(data->a) - data->a * hmfm_log(data->b);
  if (overall > 0.0 && (mean > 100.0 * overall || mean < overall / 100.0)) {
    hmfm_notes_add(
        choice->notes,
        "rate-mean = %g, the prior mean of the rates, is %s the rate %g of all counts in "
        "%s together: is it in the right units? Give --rate-mean about the rate you expect",
        mean, mean > overall ? "more than 100 times" : "less than 1/100 of", overall,
        dataset->response_name);
  }
  return HMFM_OK;
}

static void poisson_data_destroy(void *memory) {
  poisson_data *data = memory;
  if (!data) return;
  hmfm_free(data->count);
  hmfm_free(data->exposure);
  hmfm_free(data->constant);
  hmfm_free(data->peak);
  hmfm_free(data);
}

/* A unit's log density S log theta - E theta + constant is largest at theta = S/E. */
static void fill_units(const hmfm_dataset *dataset, poisson_data *data) {
  for (size_t j = 0; j < dataset->n_groups; j++) data->peak[j] = -INFINITY;
  for (size_t i = 0; i < dataset->n_units; i++) {
    double S = 0.0, E = 0.0, constant = 0.0;
    for (size_t h = dataset->unit_start[i]; h < dataset->unit_start[i + 1]; h++) {
      const double y = dataset->y[h], e = exposure_of(dataset, h);
      S += y;
      E += e;
      if (y > 0.0) constant += y * log(e) - hmfm_log_gamma(y + 1.0);
    }
    data->count[i] = S;
    data->usual_count += S / (double)dataset->n_units;
    data->exposure[i] = E;
    data->constant[i] = constant;
    double *peak = &data->peak[dataset->unit_group[i]];
    *peak = fmax(*peak, (S > 0.0 ? S * log(S / E) - S : 0.0) + constant);
  }
}

static hmfm_status poisson_data_create(const hmfm_choice *choice, void **out, hmfm_error *error) {
  const hmfm_dataset *dataset = choice->dataset;
  const size_t n = dataset->n_units;
  poisson_data *data = hmfm_calloc(1, sizeof *data);
  if (!data) return hmfm_fail_memory(error, "the model");
  hmfm_status status = check_counts(dataset, error);
  if (!status) status = read_prior(choice, data, error);
  if (status) goto out;
  data->n_units = n;
  data->count = hmfm_calloc(n, sizeof *data->count);
  data->exposure = hmfm_calloc(n, sizeof *data->exposure);
  data->constant = hmfm_calloc(n, sizeof *data->constant);
  data->peak = hmfm_calloc(dataset->n_groups, sizeof *data->peak);
  if (!data->count || !data->exposure || !data->constant || !data->peak) {
    status = hmfm_fail_memory(error, "the statistics of the units");
    goto out;
  }
  if (!choice->given->prior_only) fill_units(dataset, data);
out:
  if (status)
    poisson_data_destroy(data);
  else
    *out = data;
  return status;
}

/* ---- one chain's work space ---- */

enum { N_FIELDS = 6 };

static void list_fields(poisson_work *work, double **field[N_FIELDS]) {
  double **all[N_FIELDS] = {&work->count, &work->exposure, &work->constant,
                            &work->base,  &work->rate,     &work->log_rate};
  memcpy(field, all, sizeof all);
}

static void poisson_work_destroy(void *memory) {
  double **field[N_FIELDS];
  if (!memory) return;
  list_fields(memory, field);
  for (int k = 0; k < N_FIELDS; k++) hmfm_free(*field[k]);
  hmfm_free(((poisson_work *)memory)->part);
  hmfm_free(memory);
}

static hmfm_status poisson_work_create(const void *memory, void **out, hmfm_error *error) {
  (void)memory;
  *out = hmfm_calloc(1, sizeof(poisson_work));
  return *out ? HMFM_OK : hmfm_fail_memory(error, "a chain");
}

static hmfm_status poisson_work_reserve(const void *memory, void *work_memory, size_t n_slots,
                                        hmfm_error *error) {
  poisson_work *work = work_memory;
  double **field[N_FIELDS];
  if (n_slots <= work->capacity) return HMFM_OK;
  const size_t n_blocks = hmfm_unit_blocks(((const poisson_data *)memory)->n_units);
  double *part = hmfm_realloc(work->part, hmfm_block_stride(n_slots), 3 * n_blocks * sizeof *part);
  if (!part) return hmfm_fail_memory(error, "components");
  work->part = part;
  list_fields(work, field);
  const size_t old = work->capacity > 0 ? work->capacity + HMFM_STEP : 0, n = n_slots + HMFM_STEP;
  for (int k = 0; k < N_FIELDS; k++) {
    double *grown = hmfm_realloc(*field[k], n, sizeof *grown);
    if (!grown) return hmfm_fail_memory(error, "components");
    *field[k] = grown;
    memset(grown + old, 0, (n - old) * sizeof *grown);
  }
  work->capacity = n_slots;
  return HMFM_OK;
}

static double poisson_place(const void *memory, const void *work, size_t unit) {
  const poisson_data *data = memory;
  (void)work;
  return (data->a + data->count[unit]) / (data->b + data->exposure[unit]);
}

/* ---- clusters ---- */

/* Stores the sums of a slot; base follows from them. */
static void store(const poisson_data *data, poisson_work *work, size_t slot, double count,
                  double exposure, double constant) {
  const double shape = data->a + count;
  work->count[slot] = count;
  work->exposure[slot] = exposure;
  work->constant[slot] = constant;
  work->base[slot] = hmfm_log_gamma(shape) - shape * hmfm_log(data->b + exposure);
}

static void poisson_cluster_clear(const void *memory, void *work, size_t slot) {
  store(memory, work, slot, 0.0, 0.0, 0.0);
}

typedef struct block_sums {
  const poisson_data *data;
  poisson_work *work;
  const int32_t *allocation;
  size_t n_blocks, n_slots;
} block_sums;

/* A block's part of a field's sums. */
static double *part_of(const block_sums *sums, size_t field, size_t block) {
  return sums->work->part + (field * sums->n_blocks + block) * hmfm_block_stride(sums->n_slots);
}

static void sum_block(void *context, size_t block, int member) {
  const block_sums *sums = context;
  const poisson_data *data = sums->data;
  const double *const of_unit[] = {data->count, data->exposure, data->constant};
  const size_t begin = block * HMFM_UNIT_BLOCK, n = data->n_units;
  const size_t end = n - begin < HMFM_UNIT_BLOCK ? n : begin + HMFM_UNIT_BLOCK;
  (void)member;
  for (size_t field = 0; field < 3; field++) {
    double *part = part_of(sums, field, block);
    memset(part, 0, sums->n_slots * sizeof *part);
    for (size_t i = begin; i < end; i++) part[sums->allocation[i]] += of_unit[field][i];
  }
}

/* In blocks of units, whose sums are added in block order. */
static void poisson_clusters_compute(const void *memory, void *work_memory, const hmfm_team *team,
                                     const int32_t *allocation, size_t n_slots) {
  const poisson_data *data = memory;
  poisson_work *work = work_memory;
  const size_t n_blocks = hmfm_unit_blocks(data->n_units);
  double *const sum[] = {work->count, work->exposure, work->constant};
  block_sums sums = {data, work, allocation, n_blocks, n_slots};
  hmfm_team_share(team, 0, n_blocks, sum_block, &sums);
  for (size_t field = 0; field < 3; field++) {
    hmfm_team_gather(team, 0, n_blocks, NULL, hmfm_block_stride(n_slots) * sizeof(double),
                     part_of(&sums, field, 0));
    memset(sum[field], 0, n_slots * sizeof(double));
    for (size_t b = 0; b < n_blocks; b++) {
      const double *part = part_of(&sums, field, b);
      for (size_t m = 0; m < n_slots; m++) sum[field][m] += part[m];
    }
  }
  for (size_t m = 0; m < n_slots; m++) {
    store(data, work, m, work->count[m], work->exposure[m], work->constant[m]);
  }
}

static void poisson_cluster_add(const void *memory, void *work_memory, size_t unit, size_t slot) {
  const poisson_data *data = memory;
  poisson_work *work = work_memory;
  store(data, work, slot, work->count[slot] + data->count[unit],
        work->exposure[slot] + data->exposure[unit], work->constant[slot] + data->constant[unit]);
}

/* Counts come out exactly; of rounded exposures no less than none can be left. */
static void poisson_cluster_remove(const void *memory, void *work_memory, size_t unit,
                                   size_t slot) {
  const poisson_data *data = memory;
  poisson_work *work = work_memory;
  store(data, work, slot, work->count[slot] - data->count[unit],
        fmax(work->exposure[slot] - data->exposure[unit], 0.0),
        work->constant[slot] - data->constant[unit]);
}

static void poisson_cluster_copy(void *work_memory, size_t from, size_t to) {
  poisson_work *work = work_memory;
  work->count[to] = work->count[from];
  work->exposure[to] = work->exposure[from];
  work->constant[to] = work->constant[from];
  work->base[to] = work->base[from];
}

static void poisson_cluster_merge(const void *memory, void *work_memory, size_t a, size_t b,
                                  size_t into) {
  poisson_work *work = work_memory;
  store(memory, work, into, work->count[a] + work->count[b], work->exposure[a] + work->exposure[b],
        work->constant[a] + work->constant[b]);
}

/* log m(S + s, E + e) - log m(S, E), with m the marginal likelihood but for constants of the units:
 *   log m = log Gamma(a + S) - (a + S) log(b + E) - log Gamma(a) + a log b. */
HMFM_VECTOR static void predict(const poisson_data *data, const poisson_work *work, size_t unit,
                                size_t own, size_t first, size_t n_slots, double *restrict log_f) {
  const double s = data->count[unit], e = data->exposure[unit], rest = data->constant[unit];
  const double a = data->a, b = data->b;
  const double *restrict count = work->count + first, *restrict exposure = work->exposure + first;
  const double *restrict base = work->base + first;
  for (size_t at = 0; at < n_slots; at += HMFM_STEP) {
    double out[HMFM_STEP];
    for (size_t l = 0; l < HMFM_STEP; l++) {
      const size_t m = at + l;
      const double sign = first + m == own ? -1.0 : 1.0;
      const double shape = a + (count[m] + sign * s), other = exposure[m] + sign * e;
      const double rate = b + (other > 0.0 ? other : 0.0);
      out[l] = sign * (hmfm_log_gamma(shape) - shape * hmfm_log(rate) - base[m]) + rest;
    }
    for (size_t l = 0; l < HMFM_STEP && at + l < n_slots; l++) log_f[at + l] = out[l];
  }
}

/* The same for s = 0. */
HMFM_VECTOR static void predict_none(const poisson_data *data, const poisson_work *work,
                                     size_t unit, size_t own, size_t first, size_t n_slots,
                                     double *restrict log_f) {
  const double e = data->exposure[unit], rest = data->constant[unit], a = data->a, b = data->b;
  const double *restrict count = work->count + first, *restrict exposure = work->exposure + first;
  for (size_t at = 0; at < n_slots; at += HMFM_STEP) {
    double out[HMFM_STEP];
    for (size_t l = 0; l < HMFM_STEP; l++) {
      const size_t m = at + l;
      const double sign = first + m == own ? -1.0 : 1.0;
      const double other = exposure[m] + sign * e, rate = b + exposure[m];
      out[l] = rest - sign * (a + count[m]) * hmfm_log((b + (other > 0.0 ? other : 0.0)) / rate);
    }
    for (size_t l = 0; l < HMFM_STEP && at + l < n_slots; l++) log_f[at + l] = out[l];
  }
}

static void poisson_predict(const void *memory, const void *work, size_t unit, size_t own,
                            size_t first, size_t n_slots, double *log_f) {
  const poisson_data *data = memory;
  if (data->count[unit] > 0.0)
    predict(data, work, unit, own, first, n_slots, log_f);
  else
    predict_none(data, work, unit, own, first, n_slots, log_f);
}

static double poisson_log_marginal(const void *memory, const void *work_memory, size_t slot) {
  const poisson_work *work = work_memory;
  return work->base[slot] - ((const poisson_data *)memory)->base + work->constant[slot];
}

/* ---- atoms ---- */

/* Gamma(shape, rate) on the log scale, since the shape may be small. */
static double draw_rate(gsl_rng *rng, double shape, double rate) {
  const double log_theta = hmfm_draw_log_gamma(rng, shape) - log(rate);
  return exp(fmin(fmax(log_theta, -LARGEST_EXPONENT), LARGEST_EXPONENT));
}

static void poisson_draw_atoms(const void *memory, const void *work_memory, gsl_rng *rng,
                               size_t n_slots, double *atom, size_t stride) {
  const poisson_data *data = memory;
  const poisson_work *work = work_memory;
  for (size_t m = 0; m < n_slots; m++) {
    atom[RATE * stride + m] = draw_rate(rng, data->a + work->count[m], data->b + work->exposure[m]);
  }
}

static void poisson_draw_prior_atom(const void *memory, gsl_rng *rng, double *atom) {
  const poisson_data *data = memory;
  atom[RATE] = draw_rate(rng, data->a, data->b);
}

/* In parts of at most 1e9, whose sum has the law of the whole: GSL counts in 32 bits. */
static double poisson_draw_response(gsl_rng *rng, const double *atom, double predictor,
                                    double exposure) {
  const double part = 1e9;
  double mean = exposure * atom[RATE], sum = 0.0;
  (void)predictor;
  if (!(mean >= 0.0 && mean <= MOST_COUNTS)) return NAN;
  while (mean > part) {
    sum += gsl_ran_poisson(rng, part);
    mean -= part;
  }
  return sum + gsl_ran_poisson(rng, mean);
}

/* ---- guides: Gamma(shape g, rate g/guide[0]), g = 5 counts of a unit, and 1 ---- */

static double guide_shape(const poisson_data *data) { return 1.0 + 5.0 * data->usual_count; }

/* Of the log of a guide: about that of a unit's rate. */
static double guide_spread(const poisson_data *data) { return 1.0 / sqrt(1.0 + data->usual_count); }

static double cluster_rate(const poisson_data *data, const poisson_work *work, size_t slot) {
  return (data->a + work->count[slot]) / (data->b + work->exposure[slot]);
}

/* The log of a guide about a cluster, in its spread from the log of the cluster's rate. */
static double guide_distance(const poisson_data *data, const poisson_work *work, size_t slot,
                             const double *guide) {
  return log(guide[0] / cluster_rate(data, work, slot)) / guide_spread(data);
}

static void poisson_guide_draw(const void *memory, const void *work, gsl_rng *rng, size_t slot,
                               double *guide) {
  const poisson_data *data = memory;
  guide[0] = cluster_rate(data, work, slot) *
             exp(guide_spread(data) * gsl_ran_gaussian_ziggurat(rng, 1.0));
  guide[1] = 0.0;
}

static double poisson_guide_log_density(const void *memory, const void *work, size_t slot,
                                        const double *guide) {
  const double z = guide_distance(memory, work, slot, guide);
  return -0.5 * z * z;
}

static double poisson_guide_closeness(const void *memory, const void *work, size_t slot,
                                      const double *guide) {
  const double z = guide_distance(memory, work, slot, guide);
  return 1e-12 + exp(-0.5 * z * z);
}

/* Shape and rate of the law at t: arithmetic means of those at 0 and 1. */
static double law_at(const poisson_data *data, const double *guide, double t, double *rate) {
  const double shape = guide_shape(data);
  *rate = (1.0 - t) * shape / guide[0] + t * data->b;
  return (1.0 - t) * shape + t * data->a;
}

static double poisson_guide_log_marginal(const void *memory, const void *work_memory, size_t slot,
                                         const double *guide, double t) {
  const poisson_data *data = memory;
  const poisson_work *work = work_memory;
  double rate, shape = law_at(data, guide, t, &rate);
  return hmfm_log_gamma(shape + work->count[slot]) - hmfm_log_gamma(shape) -
         work->count[slot] * log(rate + work->exposure[slot]) -
         shape * log1p(work->exposure[slot] / rate);
}

static void poisson_guide_draw_atom(const void *memory, const void *work_memory, gsl_rng *rng,
                                    size_t slot, const double *guide, double t, double *atom) {
  const poisson_data *data = memory;
  const poisson_work *work = work_memory;
  double rate, shape = law_at(data, guide, t, &rate);
  atom[RATE] = draw_rate(rng, shape + work->count[slot], rate + work->exposure[slot]);
}

/* ---- the law of one observation ---- */

/* Also the variance. */
static double poisson_mean(const double *atom, double predictor, double exposure) {
  (void)predictor;
  return exposure * atom[RATE];
}

static double poisson_prior_mean(const void *memory, double predictor, double exposure) {
  const poisson_data *data = memory;
  (void)predictor;
  return exposure * data->a / data->b;
}

static int poisson_is_atom(const double *atom, size_t stride) {
  (void)stride;
  return isfinite(atom[RATE]) && atom[RATE] > 0.0;
}

static void poisson_density(const void *memory, const hmfm_observation *law, size_t n,
                            const double *y, double *out) {
  const poisson_data *data = memory;
  hmfm_poisson_density(data->a, data->b, law, n, y, out);
}

static void poisson_tail(const void *memory, const hmfm_observation *law, int upper, size_t n,
                         const double *y, double *out) {
  const poisson_data *data = memory;
  hmfm_poisson_tail(data->a, data->b, law, upper, n, y, out);
}

/* ---- scores given atoms ---- */

static void poisson_score_prepare(void *work_memory, size_t n_slots, const double *atom,
                                  size_t stride) {
  poisson_work *work = work_memory;
  memcpy(work->rate, atom + RATE * stride, n_slots * sizeof *work->rate);
  hmfm_vector_log(n_slots, work->rate, work->log_rate);
}

static void poisson_score_bounds(const void *memory, const void *work, size_t group, size_t n_slots,
                                 double *bound) {
  (void)work;
  for (size_t m = 0; m < n_slots; m++) bound[m] = ((const poisson_data *)memory)->peak[group];
}

static void poisson_score_load(const void *memory, const void *work, hmfm_residuals which,
                               hmfm_span units, double *lane) {
  const poisson_data *data = memory;
  (void)work;
  (void)which;
  for (size_t l = 0; l < units.count; l++) {
    const size_t i = hmfm_span_unit(units, l);
    lane[LANE_COUNT + l] = data->count[i];
    lane[LANE_EXPOSURE + l] = data->exposure[i];
    lane[LANE_CONSTANT + l] = data->constant[i];
  }
}

HMFM_VECTOR static void score_row(size_t n_lanes, double offset, double rate, double log_rate,
                                  const double *restrict count, const double *restrict exposure,
                                  const double *restrict constant, double *restrict out) {
  for (size_t l = 0; l < n_lanes; l++) {
    out[l] = offset + (constant[l] + count[l] * log_rate - exposure[l] * rate);
  }
}

static void poisson_score(const void *work_memory, const double *lane, size_t n_lanes,
                          size_t n_rows, const int32_t *list, const double *offset, double *tile) {
  const poisson_work *work = work_memory;
  for (size_t k = 0; k < n_rows; k++) {
    const int32_t m = list[k];
    score_row(n_lanes, offset ? offset[m] : 0.0, work->rate[m], work->log_rate[m],
              lane + LANE_COUNT, lane + LANE_EXPOSURE, lane + LANE_CONSTANT, tile + k * HMFM_TILE);
  }
}

static double poisson_log_density(const void *memory, const void *work_memory,
                                  const int32_t *allocation, hmfm_span units) {
  const poisson_data *data = memory;
  const poisson_work *work = work_memory;
  double sum = 0.0;
  for (size_t k = 0; k < units.count; k++) {
    const size_t i = hmfm_span_unit(units, k);
    const int32_t m = allocation[i];
    sum +=
        data->constant[i] + data->count[i] * work->log_rate[m] - data->exposure[i] * work->rate[m];
  }
  return sum;
}

static const char *const ATOM_NAME[N_ATOM] = {"rate"};

const hmfm_family hmfm_family_poisson = {
    .name = "poisson",
    .title = "family poisson",
    .flags = HMFM_FAMILY_EXPOSURE | HMFM_FAMILY_COUNTS,
    .n_parameters = N_PARAMETERS,
    .parameter = PARAMETER,
    .n_atom = N_ATOM,
    .atom_name = ATOM_NAME,
    .data_create = poisson_data_create,
    .data_destroy = poisson_data_destroy,
    .work_create = poisson_work_create,
    .work_reserve = poisson_work_reserve,
    .work_destroy = poisson_work_destroy,
    .place = poisson_place,
    .clusters_compute = poisson_clusters_compute,
    .cluster_add = poisson_cluster_add,
    .cluster_remove = poisson_cluster_remove,
    .cluster_clear = poisson_cluster_clear,
    .cluster_copy = poisson_cluster_copy,
    .cluster_merge = poisson_cluster_merge,
    .predict = poisson_predict,
    .log_marginal = poisson_log_marginal,
    .draw_atoms = poisson_draw_atoms,
    .score_prepare = poisson_score_prepare,
    .score_bounds = poisson_score_bounds,
    .score_load = poisson_score_load,
    .score = poisson_score,
    .log_density = poisson_log_density,
    .draw_response = poisson_draw_response,
    .mean = poisson_mean,
    .variance = poisson_mean,
    .prior_mean = poisson_prior_mean,
    .draw_prior_atom = poisson_draw_prior_atom,
    .guide_draw = poisson_guide_draw,
    .guide_log_density = poisson_guide_log_density,
    .guide_closeness = poisson_guide_closeness,
    .guide_log_marginal = poisson_guide_log_marginal,
    .guide_draw_atom = poisson_guide_draw_atom,
    .density = poisson_density,
    .tail = poisson_tail,
    .is_atom = poisson_is_atom,
};
