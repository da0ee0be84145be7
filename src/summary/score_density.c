/* The distance in L1 of a posterior mean density from the true density.
 *
 * Let h be their difference and H that of their distribution functions. Over any pieces of the line the sum of |H(right)
 * - H(left)| is at most the integral of |h|, and equals it where h keeps its sign on every piece. The pieces
 * end where the linear interpolation of h between points of a grid changes sign. On a cell of width w, with |h''| <= c,
 * interpolation errs by at most c (y - a)(b - y)/2, so that the sum falls short of the integral by at most
 * twice the integral of that, c w^3/6, and by nothing where interpolation cannot have the wrong sign. Pieces also end where components of the truth do, beyond
 * which it has no mass to speak of: there the posterior's counts whole, be there points or not. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "hmfm/score.h"
#include "summary/density.h"

enum {
  OF_COMPONENT = 32, /* first points of a component of the truth */
  OF_DATA = 512,     /* and of the range of the responses */
  PARTS = 4,         /* of a cell that is divided */
  PASSES = 12,
  MOST_POINTS = 100000 /* with more no cell is divided any more */
};
static const double TAIL =
    1e-10; /* of a component of the truth, beyond its first and its last point */
static const double ENOUGH = 1e-7; /* what may be left out in all */

typedef struct contrast {
  const hmfm_density *density; /* the posterior's */
  const hmfm_family *family;
  double *atom, *weight,
      *x; /* of the truth: atoms as hmfm_observation has them, weights sum to 1 */
  hmfm_observation truth;
  int counts;
  double *end; /* n_ends: where a component of the truth begins, and where it ends */
  size_t n_ends;
  size_t n, space;
  double *y, *gap; /* n points in ascending order, h there */
  double *miss;    /* n: what the cell from a point to the next may leave out */
} contrast;

static void contrast_clear(contrast *c) {
  hmfm_free(c->atom);
  hmfm_free(c->weight);
  hmfm_free(c->x);
  hmfm_free(c->end);
  hmfm_free(c->y);
  hmfm_free(c->gap);
  hmfm_free(c->miss);
}

/* ---- the truth ---- */

static hmfm_status check_truth(const hmfm_draws *draws, const hmfm_model *model,
                               const hmfm_density_target *target, const hmfm_truth *truth,
                               hmfm_error *error) {
  if (target->kind != HMFM_DENSITY_GROUP)
    return hmfm_fail(error, HMFM_EUSAGE, "the true density is known of a new unit of a group only");
  if (strcmp(truth->family, model->family->name) != 0)
    return hmfm_fail(error, HMFM_EUSAGE, "the truth is of family %s, the model of family %s",
                     truth->family, model->family->name);
  if (truth->n_groups != draws->n_groups || truth->n_covariates != draws->n_covariates ||
      truth->n_atom != model->family->n_atom)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "the truth has %zu groups and %zu covariates, the draws %zu and %zu",
                     truth->n_groups, truth->n_covariates, draws->n_groups, draws->n_covariates);
  return HMFM_OK;
}

static hmfm_status take_truth(const hmfm_truth *truth, size_t group, contrast *c,
                              hmfm_error *error) {
  const size_t M = truth->n_components;
  double sum = 0, predictor = 0;
  for (size_t m = 0; m < M; m++) {
    c->weight[m] = truth->weight[group * M + m];
    for (size_t p = 0; p < truth->n_atom; p++)
      c->atom[p * M + m] = truth->atom[m * truth->n_atom + p];
    if (!c->family->is_atom(c->atom + m, M))
      return hmfm_fail(error, HMFM_EDATA, "component %zu of the truth is none of family %s (%s %g)",
                       m, c->family->name, c->family->atom_name[truth->n_atom - 1],
                       truth->atom[(m + 1) * truth->n_atom - 1]);
    if (!(c->weight[m] >= 0) || !isfinite(c->weight[m]))
      return hmfm_fail(error, HMFM_EDATA,
                       "the weight of component %zu of the truth must be >= 0, got %g", m,
                       c->weight[m]);
    sum += c->weight[m];
  }
  if (!(sum > 0) || !isfinite(sum))
    return hmfm_fail(error, HMFM_EDATA, "the weights of the truth sum to %g", sum);
  for (size_t m = 0; m < M; m++) c->weight[m] /= sum;
  for (size_t k = 0; k < truth->n_covariates; k++)
    predictor += c->x[k] * truth->beta[group * truth->n_covariates + k];
  if (!isfinite(predictor))
    return hmfm_fail(error, HMFM_EDATA, "x'beta of the truth comes to %g", predictor);
  c->truth = (hmfm_observation){.n_components = M,
                                .weight = c->weight,
                                .atom = c->atom,
                                .stride = M,
                                .predictor = predictor,
                                .exposure = c->density->exposure};
  return HMFM_OK;
}

/* ---- the first points ---- */

/* The probability of component m to be above y, or to be at most y. */
static double beyond(const contrast *c, size_t m, int upper, double y) {
  const double one = 1;
  double out;
  const hmfm_observation law = {.n_components = 1,
                                .weight = &one,
                                .atom = c->atom + m,
                                .stride = c->truth.stride,
                                .predictor = c->truth.predictor,
                                .exposure = c->truth.exposure};
  c->family->tail(c->density->model->family_data, &law, upper, 1, &y, &out);
  return out;
}

/* The end of component m on one side, beyond which it has the probability TAIL: bisection between points inside and
 * outside, which steps twice as long each have found. Infinite or NaN where there is none. */
static double end_of(const contrast *c, size_t m, int upper) {
  const double range = fmax(c->density->high - c->density->low, 1e-300), way = upper ? 1 : -1;
  double inside = c->density->low, outside = c->density->high;
  for (double step = range; isfinite(inside) && beyond(c, m, upper, inside) <= TAIL; step *= 2)
    inside -= way * step;
  for (double step = range; isfinite(outside) && !(beyond(c, m, upper, outside) <= TAIL); step *= 2)
    outside += way * step;
  for (int k = 0; k < 2000; k++) {
    const double middle = inside + 0.5 * (outside - inside);
    if (middle == inside || middle == outside) break;
    if (beyond(c, m, upper, middle) <= TAIL)
      outside = middle;
    else
      inside = middle;
  }
  return outside;
}

static int compare_points(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void add_points(contrast *c, double from, double to, size_t cells) {
  for (size_t k = 0; k <= cells; k++) {
    const double y = from + (to - from) * ((double)k / (double)cells);
    c->y[c->n++] = c->counts ? fmax(floor(y), 0) : y;
  }
}

static hmfm_status first_points(contrast *c, hmfm_error *error) {
  const size_t M = c->truth.n_components;
  for (size_t m = 0; m < M; m++) {
    if (!(c->weight[m] > 0)) continue;
    const double from = end_of(c, m, 0), to = end_of(c, m, 1);
    if (!isfinite(from) || !isfinite(to))
      return hmfm_fail(error, HMFM_ENUMERIC, "component %zu of the truth reaches from %g to %g", m,
                       from, to);
    add_points(c, from, to, OF_COMPONENT);
    c->end[c->n_ends++] = c->counts ? floor(from) : from;
    c->end[c->n_ends++] = c->counts ? floor(to) : to;
  }
  add_points(c, c->density->low, c->density->high, OF_DATA);
  qsort(c->y, c->n, sizeof *c->y, compare_points);
  size_t n = 1;
  for (size_t k = 1; k < c->n; k++)
    if (c->y[k] > c->y[n - 1]) c->y[n++] = c->y[k];
  c->n = n;
  return HMFM_OK;
}

/* ---- h, and what interpolating it may leave out ---- */

/* out = the curve of the posterior mean less that of the truth at n points. */
static hmfm_status subtract(const contrast *c, hmfm_density_curve curve, size_t n, const double *y,
                            double *out, hmfm_error *error) {
  const void *data = c->density->model->family_data;
  double *really = hmfm_calloc(n, sizeof *really);
  if (!really) return hmfm_fail_memory(error, "a density");
  const hmfm_status status =
      hmfm_density_evaluate(c->density, curve, n, y, 0.5, out, NULL, NULL, error);
  if (!status && curve == HMFM_CURVE_DENSITY)
    c->family->density(data, &c->truth, n, y, really);
  else if (!status)
    c->family->tail(data, &c->truth, 0, n, y, really);
  for (size_t k = 0; !status && k < n; k++) out[k] -= really[k];
  hmfm_free(really);
  return status;
}

/* |h''| at point k, by divided differences of it and its neighbours; 0 at the first and the last. */
static double bend(const contrast *c, size_t k) {
  if (k == 0 || k + 1 >= c->n) return 0;
  const double left = c->y[k] - c->y[k - 1], right = c->y[k + 1] - c->y[k];
  return fabs(2 * ((c->gap[k + 1] - c->gap[k]) / right - (c->gap[k] - c->gap[k - 1]) / left) /
              (left + right));
}

/* Fills in miss and returns its sum. On a cell h'' is taken to be at most twice that at its ends. A cell between two
 * counts that follow one another has nothing inside. */
static double assess(contrast *c) {
  double sum = 0;
  for (size_t k = 0; k + 1 < c->n; k++) {
    const double width = c->y[k + 1] - c->y[k], a = c->gap[k], b = c->gap[k + 1];
    const double most = 2 * fmax(bend(c, k), bend(c, k + 1));
    const int sure = (a > 0) == (b > 0) && fmin(fabs(a), fabs(b)) > most * width * width / 8;
    c->miss[k] = sure || (c->counts && width <= 1) ? 0 : most * width * width * width / 6;
    sum += c->miss[k];
  }
  return sum;
}

static hmfm_status reserve(contrast *c, size_t n, hmfm_error *error) {
  double **const array[] = {&c->y, &c->gap, &c->miss};
  if (n <= c->space) return HMFM_OK;
  for (int k = 0; k < 3; k++) {
    double *grown = hmfm_realloc(*array[k], n, sizeof *grown);
    if (!grown) return hmfm_fail_memory(error, "a density");
    *array[k] = grown;
  }
  c->space = n;
  return HMFM_OK;
}

/* Divides the cells that may leave out more than their share; *added becomes the number of new points. */
static hmfm_status divide(contrast *c, size_t *added, hmfm_error *error) {
  const double share = ENOUGH / (double)c->n;
  size_t n = 0;
  double *y = hmfm_calloc(c->n, (PARTS - 1) * sizeof *y);
  double *gap = hmfm_calloc(c->n, (PARTS - 1) * sizeof *gap);
  hmfm_status status = y && gap ? HMFM_OK : hmfm_fail_memory(error, "a density");
  for (size_t k = 0; !status && k + 1 < c->n; k++) {
    double last = c->y[k];
    for (int part = 1; c->miss[k] > share && part < PARTS; part++) {
      const double at = c->y[k] + (c->y[k + 1] - c->y[k]) * part / PARTS;
      const double point = c->counts ? floor(at) : at;
      if (point > last && point < c->y[k + 1]) y[n++] = last = point;
    }
  }
  if (!status) status = subtract(c, HMFM_CURVE_DENSITY, n, y, gap, error);
  if (!status) status = reserve(c, c->n + n, error);
  if (!status) {
    size_t old = c->n, new = n; /* merged from the end */
    for (size_t to = c->n + n; to-- > 0;) {
      const int is_new = new > 0 && (old == 0 || y[new - 1] > c->y[old - 1]);
      c->y[to] = is_new ? y[new - 1] : c->y[old - 1];
      c->gap[to] = is_new ? gap[--new] : c->gap[--old];
    }
    c->n += n;
    *added = n;
  }
  hmfm_free(y);
  hmfm_free(gap);
  return status;
}

/* ---- the pieces ---- */

/* Writes to cut where the interpolation of h changes sign, in ascending order, and returns how often. A piece ends with
 * its cut, so that of counts the cut is the last one before. */
static size_t find_cuts(const contrast *c, double *cut) {
  size_t n = 0, last = 0; /* the last point where h is not 0 */
  for (size_t k = 0; k < c->n; k++) {
    if (c->gap[k] == 0) continue;
    if ((c->gap[k] > 0) != (c->gap[last] > 0) && c->gap[last] != 0) {
      const double a = fabs(c->gap[last]), b = fabs(c->gap[k]);
      const double at = c->y[last] + (c->y[k] - c->y[last]) * (a / (a + b));
      cut[n++] = c->counts ? fmin(floor(at), c->y[k] - 1) : at;
    }
    last = k;
  }
  return n;
}

static hmfm_status add_pieces(const contrast *c, double *l1, hmfm_error *error) {
  const size_t most = c->n + c->n_ends;
  double *cut = hmfm_calloc(most, sizeof *cut), *of = hmfm_calloc(most, sizeof *of);
  hmfm_status status = cut && of ? HMFM_OK : hmfm_fail_memory(error, "a density");
  double sum = 0, before = 0;
  if (!status) {
    size_t n = find_cuts(c, cut);
    for (size_t k = 0; k < c->n_ends; k++) cut[n++] = c->end[k];
    qsort(cut, n, sizeof *cut, compare_points);
    status = subtract(c, HMFM_CURVE_BELOW, n, cut, of, error);
    for (size_t k = 0; !status && k < n; k++) {
      sum += fabs(of[k] - before);
      before = of[k];
    }
    sum += fabs(before); /* beyond the last cut: both functions go to 1 */
  }
  if (!status) *l1 = sum;
  hmfm_free(cut);
  hmfm_free(of);
  return status;
}

static hmfm_status measure(contrast *c, hmfm_density_score *out, hmfm_error *error) {
  size_t added = 1;
  double l1 = 0, left_out = 0;
  hmfm_status status = reserve(c, c->truth.n_components * (OF_COMPONENT + 1) + OF_DATA + 1, error);
  if (!status) status = first_points(c, error);
  if (!status) status = subtract(c, HMFM_CURVE_DENSITY, c->n, c->y, c->gap, error);
  for (int pass = 0; !status; pass++) {
    left_out = assess(c);
    if (left_out <= ENOUGH || pass == PASSES || c->n > MOST_POINTS || added == 0) break;
    status = divide(c, &added, error);
  }
  if (!status) status = add_pieces(c, &l1, error);
  /* between its components at most twice what the truth has there is left out */
  if (!status) *out = (hmfm_density_score){l1, left_out + 4 * TAIL};
  return status;
}

hmfm_status hmfm_score_density(const hmfm_draws *draws, const hmfm_model *model,
                               const hmfm_density_target *target, const hmfm_truth *truth,
                               hmfm_density_score *out, hmfm_error *error) {
  contrast c = {.family = model->family};
  hmfm_density *density = NULL;
  hmfm_status status = check_truth(draws, model, target, truth, error);
  if (!status) status = hmfm_density_create(draws, model, target, &density, error);
  if (status) return status;
  c.density = density;
  c.counts = hmfm_density_is_of_counts(density);
  c.atom = hmfm_calloc(truth->n_components, truth->n_atom * sizeof *c.atom);
  c.weight = hmfm_calloc(truth->n_components, sizeof *c.weight);
  c.x = hmfm_calloc(truth->n_covariates, sizeof *c.x);
  c.end = hmfm_calloc(truth->n_components, 2 * sizeof *c.end);
  if (!c.atom || !c.weight || !c.x || !c.end) status = hmfm_fail_memory(error, "a density");
  if (!status && target->x)
    memcpy(c.x, target->x, truth->n_covariates * sizeof *c.x);
  else if (!status)
    status = hmfm_density_covariates(draws, target, c.x, error);
  if (!status) status = take_truth(truth, target->group, &c, error);
  gsl_error_handler_t *handler = gsl_set_error_handler_off(); /* GSL's tails may underflow */
  if (!status) status = measure(&c, out, error);
  gsl_set_error_handler(handler);
  contrast_clear(&c);
  hmfm_density_destroy(density);
  return status;
}
