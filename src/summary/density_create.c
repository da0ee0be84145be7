/* Gathers from draws the mixture that an observation has in each of them. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "rng/philox.h"
#include "summary/density.h"

/* What is gathered from, and what one draw at a time needs. */
typedef struct source {
  const hmfm_draws *draws;
  const hmfm_model *model;
  const hmfm_density_target *target;
  const hmfm_variable *beta; /* NULL without covariates */
  int infinite;              /* the last row of a draw stands for all components not listed */
  double *x;                 /* n_covariates */
  double *value;             /* of the mixing's variables in one draw */
  double *share, *mean, *log_weight; /* as many as a draw has rows at most; for a new group */
} source;

void hmfm_density_destroy(hmfm_density *density) {
  if (!density) return;
  for (int which = density->drawn; which >= 0; which--) {
    hmfm_free(density->weight[which]);
    hmfm_free(density->rest[which]);
  }
  hmfm_free(density->start);
  hmfm_free(density->atom);
  hmfm_free(density->predictor);
  hmfm_free(density);
}

static void source_clear(source *from) {
  hmfm_free(from->x);
  hmfm_free(from->value);
  hmfm_free(from->share);
  hmfm_free(from->mean);
  hmfm_free(from->log_weight);
}

/* ---- do they belong together? ---- */

static hmfm_status check_draws(const hmfm_draws *draws, const hmfm_model *model,
                               const hmfm_density_target *target, hmfm_error *error) {
  const hmfm_dataset *data = model->dataset;
  const int infinite = (model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
  int same = draws->n_units == data->n_units && draws->n_groups == data->n_groups &&
             draws->n_covariates == data->n_covariates &&
             draws->n_atom == model->family->n_atom + (size_t)infinite;
  for (size_t p = 0; same && p < model->family->n_atom; p++)
    same = strcmp(draws->atom_name[p], model->family->atom_name[p]) == 0;
  if (!draws->components)
    return hmfm_fail(error, HMFM_EDATA,
                     "there are no components to make a density of: they were not saved");
  if (target->kind == HMFM_DENSITY_UNIT && !draws->allocations)
    return hmfm_fail(error, HMFM_EDATA,
                     "there are no allocations to tell a unit's component: they were not saved");
  if (target->kind == HMFM_DENSITY_UNIT && draws->thin_units > 1)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "allocations are those of one draw in %zu: thin the draws to these before a "
                     "unit is asked for",
                     draws->thin_units);
  if (!same || !draws->n_draws)
    return hmfm_fail(error, HMFM_EUSAGE, "these are no draws of this model");
  if (!(target->exposure > 0.0) || !isfinite(target->exposure))
    return hmfm_fail(error, HMFM_EUSAGE, "exposure must be > 0 and finite, got %g",
                     target->exposure);
  if (target->threads < 0)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "threads must be at least 1, or 0 for all processors, got %d",
                     target->threads);
  return HMFM_OK;
}

/* A variable that the model has must be there, with as many values as it should. */
static hmfm_status find_variable(const hmfm_draws *draws, const char *name, size_t width,
                                 const hmfm_variable **out, hmfm_error *error) {
  const hmfm_variable *variable = hmfm_draws_find(draws, name);
  if (!variable || variable->width != width)
    return hmfm_fail(error, HMFM_EDATA, "the draws have no '%s' of %zu values", name, width);
  *out = variable;
  return HMFM_OK;
}

static hmfm_status take_covariates(source *from, hmfm_error *error) {
  const size_t r = from->draws->n_covariates;
  from->x = hmfm_calloc(r, sizeof *from->x);
  if (!from->x) return hmfm_fail_memory(error, "a density");
  hmfm_status status = hmfm_density_covariates(from->draws, from->target, from->x, error);
  if (status || r == 0) return status;
  for (size_t k = 0; from->target->x && k < r; k++) {
    from->x[k] = from->target->x[k];
    if (!isfinite(from->x[k]))
      return hmfm_fail(error, HMFM_EUSAGE, "covariate %s must be finite, got %g",
                       from->draws->covariate_name[k], from->x[k]);
  }
  return find_variable(from->draws, "beta", from->model->regression.n_blocks * r, &from->beta,
                       error);
}

/* ---- one draw ---- */

static const double *values(const hmfm_draws *draws, const hmfm_variable *variable, size_t chain,
                            size_t draw) {
  return variable->value + (chain * draws->capacity + draw) * variable->width;
}

/* x'beta, of a new group at a beta from its prior. */
static double predictor(const source *from, size_t chain, size_t draw, gsl_rng *rng) {
  const hmfm_regression *regression = &from->model->regression;
  double sum = 0.0;
  if (!from->beta) return sum;
  const size_t r = regression->n_covariates;
  const double *beta = values(from->draws, from->beta, chain, draw);
  if (!regression->shared && from->target->kind != HMFM_DENSITY_NEW_GROUP)
    beta += from->target->group * r;
  for (size_t k = 0; k < r; k++) {
    const double b =
        regression->shared || from->target->kind != HMFM_DENSITY_NEW_GROUP
            ? beta[k]
            : regression->mean[k] + regression->sd[k] * gsl_ran_gaussian_ziggurat(rng, 1.0);
    sum += from->x[k] * b;
  }
  return sum;
}

/* The weights of a new group for the n rows from `first` on of a draw, in from->mean and
 * from->log_weight. */
static hmfm_status new_group(source *from, size_t chain, size_t draw, size_t first, size_t n,
                             gsl_rng *rng, hmfm_error *error) {
  const hmfm_draws *draws = from->draws;
  const hmfm_mixing *mixing = from->model->mixing;
  size_t held = 0;
  for (size_t v = 0; v < mixing->n_variables; v++) {
    const hmfm_variable *variable = NULL;
    const size_t width = mixing->variable[v].shape == HMFM_GROUP ? draws->n_groups : 1;
    hmfm_status status = find_variable(draws, mixing->variable[v].name, width, &variable, error);
    if (status) return status;
    memcpy(from->value + held, values(draws, variable, chain, draw), width * sizeof(double));
    held += width;
  }
  for (size_t m = 0; from->infinite && m < n; m++)
    from->share[m] = draws->components[chain].atom[(first + m + 1) * draws->n_atom - 1];
  return mixing->draw_new_group(from->model->mixing_prior, rng, from->value, n, from->share,
                                from->mean, from->log_weight, error);
}

static hmfm_status check_row(const source *from, size_t chain, size_t draw, size_t m,
                             const double *atom, double weight, hmfm_error *error) {
  const hmfm_family *family = from->model->family;
  const size_t last = family->n_atom - 1;
  if (family->is_atom(atom, 1) && weight >= 0.0 && isfinite(weight)) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA,
                   "chain %zu, draw %zu: component %zu has what family %s cannot have (%s %g, "
                   "weight %g)",
                   chain, draw, m, family->name, family->atom_name[last], atom[last], weight);
}

/* Row m of a draw becomes row `at` of the density, with that weight of either kind. */
static void put_row(const source *from, hmfm_density *to, size_t at, const double *atom,
                    const double weight[2]) {
  for (size_t p = 0; p < from->model->family->n_atom; p++) to->atom[p * to->n_rows + at] = atom[p];
  for (int which = 0; which <= to->drawn; which++) to->weight[which][at] = weight[which];
}

static hmfm_status take_unit(const source *from, size_t chain, size_t draw, hmfm_density *to,
                             size_t s, hmfm_error *error) {
  const hmfm_components *components = &from->draws->components[chain];
  const double one[2] = {1.0, 1.0};
  const size_t m = hmfm_draws_label(from->draws, chain, draw, from->target->unit);
  const size_t row = components->start[draw] + m;
  if (row >= components->start[draw + 1])
    return hmfm_fail(error, HMFM_EDATA,
                     "chain %zu, draw %zu: a unit is in component %zu, which is not there", chain,
                     draw, m);
  const double *atom = components->atom + row * from->draws->n_atom;
  put_row(from, to, to->start[s], atom, one);
  return check_row(from, chain, draw, m, atom, 1.0, error);
}

static hmfm_status take_group(source *from, size_t chain, size_t draw, hmfm_density *to, size_t s,
                              gsl_rng *rng, hmfm_error *error) {
  const hmfm_draws *draws = from->draws;
  const hmfm_components *components = &draws->components[chain];
  const size_t first = components->start[draw], n = components->start[draw + 1] - first;
  double sum[2] = {0.0, 0.0};
  hmfm_status status = HMFM_OK;
  if (to->drawn) status = new_group(from, chain, draw, first, n, rng, error);
  for (size_t m = 0; !status && m < n; m++) {
    const double *atom = components->atom + (first + m) * draws->n_atom;
    double weight[2];
    weight[0] = to->drawn ? from->mean[m]
                          : components->weight[(first + m) * draws->n_groups + from->target->group];
    weight[1] = to->drawn ? hmfm_exp(from->log_weight[m]) : weight[0];
    sum[0] += weight[0];
    sum[1] += weight[1];
    status = check_row(from, chain, draw, m, atom, weight[0] + weight[1], error);
    if (!from->infinite || m + 1 < n) {
      put_row(from, to, to->start[s] + m, atom, weight);
    } else {
      for (int which = 0; which <= to->drawn; which++) to->rest[which][s] = weight[which];
    }
  }
  if (!status && !(fabs(sum[0] - 1.0) < 1e-6 && fabs(sum[1] - 1.0) < 1e-6))
    status = hmfm_fail(error, HMFM_EDATA, "chain %zu, draw %zu: the weights sum to %g, not to 1",
                       chain, draw, fabs(sum[0] - 1.0) < 1e-6 ? sum[1] : sum[0]);
  return status;
}

/* ---- all draws ---- */

/* Counts rows and takes memory for them. */
static hmfm_status allocate(source *from, hmfm_density *to, hmfm_error *error) {
  const hmfm_draws *draws = from->draws;
  const int is_unit = from->target->kind == HMFM_DENSITY_UNIT;
  size_t s = 0, most = 1, values_width = 0;
  to->start = hmfm_calloc(to->n_draws + 1, sizeof *to->start);
  if (!to->start) return hmfm_fail_memory(error, "a density");
  for (size_t c = 0; c < draws->n_chains; c++)
    for (size_t t = 0; t < draws->n_draws; t++, s++) {
      const size_t n = draws->components[c].start[t + 1] - draws->components[c].start[t];
      if (n == 0)
        return hmfm_fail(error, HMFM_EDATA, "chain %zu, draw %zu: there are no components", c, t);
      to->start[s + 1] = to->start[s] + (is_unit ? 1 : n - (size_t)from->infinite);
      if (n > most) most = n;
    }
  to->n_rows = to->start[s];
  for (size_t v = 0; v < from->model->mixing->n_variables; v++)
    values_width += from->model->mixing->variable[v].shape == HMFM_GROUP ? draws->n_groups : 1;
  to->atom = hmfm_calloc(to->n_rows, from->model->family->n_atom * sizeof *to->atom);
  to->predictor = hmfm_calloc(to->n_draws, sizeof *to->predictor);
  int missing = !to->atom || !to->predictor;
  for (int which = 0; which <= to->drawn; which++) {
    to->weight[which] = hmfm_calloc(to->n_rows, sizeof(double));
    to->rest[which] = hmfm_calloc(to->n_draws, sizeof(double));
    missing |= !to->weight[which] || !to->rest[which];
  }
  if (to->drawn) {
    from->value = hmfm_calloc(values_width, sizeof(double));
    from->share = hmfm_calloc(most, sizeof(double));
    from->mean = hmfm_calloc(most, sizeof(double));
    from->log_weight = hmfm_calloc(most, sizeof(double));
    missing |= !from->value || !from->share || !from->mean || !from->log_weight;
  } else {
    to->weight[1] = to->weight[0];
    to->rest[1] = to->rest[0];
  }
  return missing ? hmfm_fail_memory(error, "a density") : HMFM_OK;
}

/* What is drawn for a new group in draw t of chain c has the address (c, t). */
static hmfm_status gather(source *from, hmfm_density *to, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  size_t s = 0;
  for (size_t c = 0; !status && c < from->draws->n_chains; c++) {
    gsl_rng *rng = hmfm_stream_create(from->target->seed, (uint32_t)c);
    if (!rng) return hmfm_fail_memory(error, "a density");
    for (size_t t = 0; !status && t < from->draws->n_draws; t++, s++) {
      hmfm_stream_open(rng, t, HMFM_STREAM_NEW_GROUP, 0);
      to->predictor[s] = predictor(from, c, t, rng);
      status = from->target->kind == HMFM_DENSITY_UNIT ? take_unit(from, c, t, to, s, error)
                                                       : take_group(from, c, t, to, s, rng, error);
      if (!status && !isfinite(to->predictor[s]))
        status = hmfm_fail(error, HMFM_EDATA, "chain %zu, draw %zu: x'beta is %g", c, t,
                           to->predictor[s]);
    }
    hmfm_stream_destroy(rng);
  }
  return status;
}

hmfm_status hmfm_density_create(const hmfm_draws *draws, const hmfm_model *model,
                                const hmfm_density_target *target, hmfm_density **out,
                                hmfm_error *error) {
  source from = {.draws = draws, .model = model, .target = target};
  hmfm_status status = check_draws(draws, model, target, error);
  if (status) return status;
  hmfm_density *density = hmfm_calloc(1, sizeof *density);
  if (!density) return hmfm_fail_memory(error, "a density");
  from.infinite = (model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
  density->model = model;
  density->n_draws = draws->n_chains * draws->n_draws;
  density->exposure = target->exposure;
  density->threads = target->threads;
  density->drawn = target->kind == HMFM_DENSITY_NEW_GROUP;
  hmfm_density_range(draws, model, target->exposure, &density->low, &density->high);
  status = take_covariates(&from, error);
  if (!status) status = allocate(&from, density, error);
  if (!status) status = gather(&from, density, error);
  source_clear(&from);
  if (status)
    hmfm_density_destroy(density);
  else
    *out = density;
  return status;
}
