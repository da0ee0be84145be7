/* Fits to made-up data, and sums over components with the laws of GSL. */
#include "support_density.h"

#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "hmfm/chain.h"

const density_case density_cases[DENSITY_CASES] = {
    {"hmfm", "normal", "hmfm", "conditional", 0, 0},
    {"hmfm, beta by group", "normal", "hmfm", "conditional", 2, 0},
    {"hmfm, shared beta", "normal", "hmfm", "marginal", 2, 1},
    {"hdp, shared beta", "normal", "hdp", "direct", 1, 1},
    {"counts", "poisson", "hmfm", "conditional", 0, 0},
    {"counts, hdp", "poisson", "hdp", "conditional", 0, 0},
};

static void count_data(small *s) {
  enum { ROWS = 60 };
  static double y[ROWS], e[ROWS];
  static char name[ROWS][8];
  static const char *group[ROWS], *unit[ROWS], *const letter[] = {"a", "b", "c"};
  hmfm_error error;
  *s = (small){0};
  hmfm_settings_defaults(&s->settings);
  for (int h = 0; h < ROWS; h++) {
    snprintf(name[h], sizeof name[h], "%d", h / 2);
    unit[h] = name[h];
    group[h] = letter[h / 2 % 3];
    e[h] = 1.0 + h % 4;
    y[h] = (h / 2 % 2 ? 6.0 : 1.0) * e[h] + h % 3;
  }
  const hmfm_columns columns = {.n_rows = ROWS,
                                .group = group,
                                .unit = unit,
                                .response_name = "y",
                                .response = y,
                                .exposure_name = "e",
                                .exposure = e};
  small_require(hmfm_dataset_create(&columns, NULL, &s->dataset, &error), &error);
}

void density_fit_make(density_fit *fit, const density_case *what, size_t n_draws) {
  const small_shape shape = {3, {12, 2, 9}, 3, what->n_x};
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error = {0};
  hmfm_run run;
  *fit = (density_fit){.of = what, .x = {0.7, -0.4}};
  if (strcmp(what->family, "poisson") == 0)
    count_data(&fit->s);
  else
    small_data(&fit->s, &shape, 5);
  fit->s.settings.family = what->family;
  fit->s.settings.mixing = what->mixing;
  fit->s.settings.beta = what->shared ? "shared" : "group";
  if (strcmp(what->mixing, "hmfm") == 0) small_set(&fit->s, "gamma-guess", 0.4);
  small_model(&fit->s);
  hmfm_run_defaults(&run);
  run.algorithm = what->algorithm;
  run.chains = 2;
  run.warmup = 20;
  run.draws = n_draws;
  run.seed = 3;
  small_require(hmfm_draws_create(fit->s.model, &run, &fit->draws, &error), &error);
  small_require(
      hmfm_ensemble_create(fit->s.model, &run, hmfm_draws_sink(fit->draws), &ensemble, &error),
      &error);
  small_require(hmfm_ensemble_advance(ensemble, hmfm_ensemble_sweeps(ensemble), &error), &error);
  hmfm_ensemble_destroy(ensemble);
}

void density_fit_clear(density_fit *fit) {
  hmfm_draws_destroy(fit->draws);
  small_clear(&fit->s);
}

hmfm_density_target density_target(const density_fit *fit, size_t index) {
  static const hmfm_density_kind kind[DENSITY_TARGETS] = {
      HMFM_DENSITY_GROUP, HMFM_DENSITY_UNIT, HMFM_DENSITY_UNIT, HMFM_DENSITY_NEW_GROUP};
  hmfm_density_target target;
  hmfm_density_target_defaults(&target);
  target.kind = kind[index];
  target.unit = 3;
  target.group = index == 1 ? fit->draws->unit_group[3] : 2;
  target.x = fit->x;
  target.threads = 1;
  if (fit->draws->exposure) target.exposure = 2.5;
  return target;
}

hmfm_density *density_make(const density_fit *fit, const hmfm_density_target *target) {
  hmfm_error error = {0};
  hmfm_density *density = NULL;
  small_require(hmfm_density_create(fit->draws, fit->s.model, target, &density, &error), &error);
  return density;
}

double density_setting(const density_fit *fit, const char *name) {
  const hmfm_settings *all = hmfm_model_settings(fit->s.model);
  for (size_t k = 0; k < all->n_settings; k++)
    if (strcmp(all->setting[k].parameter->name, name) == 0) return all->setting[k].value[0];
  ck_abort_msg("no setting %s", name);
  return NAN;
}

/* Of one atom; NULL: of an atom from P0. */
static double kernel(const density_fit *fit, const double *atom, double eta, double exposure,
                     int what, double y) {
  if (strcmp(fit->of->family, "poisson") == 0) {
    const double a = density_setting(fit, "rate-shape"), b = a / density_setting(fit, "rate-mean");
    const unsigned k = (unsigned)floor(y);
    if (atom)
      return what ? gsl_cdf_poisson_P(k, exposure * atom[0])
                  : gsl_ran_poisson_pdf(k, exposure * atom[0]);
    return what ? gsl_cdf_negative_binomial_P(k, b / (b + exposure), a)
                : gsl_ran_negative_binomial_pdf(k, b / (b + exposure), a);
  }
  const double s0 = density_setting(fit, "s0"), k0 = density_setting(fit, "k0");
  const double nu = density_setting(fit, "nu0"), mu0 = density_setting(fit, "mu0");
  const double center = eta + (atom ? atom[0] : mu0);
  const double scale = atom ? sqrt(atom[1]) : sqrt(s0 * (1 + 1 / k0)), z = (y - center) / scale;
  if (what) return atom ? gsl_cdf_ugaussian_P(z) : gsl_cdf_tdist_P(z, nu);
  return (atom ? gsl_ran_ugaussian_pdf(z) : gsl_ran_tdist_pdf(z, nu)) / scale;
}

double density_slow(const density_fit *fit, const hmfm_density_target *target, size_t chain,
                    size_t draw, int what, double y) {
  const hmfm_draws *draws = fit->draws;
  const hmfm_components *c = &draws->components[chain];
  const hmfm_variable *beta = hmfm_draws_find(draws, "beta");
  const int hdp = strcmp(fit->of->mixing, "hdp") == 0;
  const size_t first = c->start[draw], M = c->start[draw + 1] - first;
  double eta = 0.0, sum = 0.0;
  for (size_t k = 0; k < fit->of->n_x; k++)
    eta += target->x[k] * beta->value[(chain * draws->capacity + draw) * beta->width + k +
                                      (fit->of->shared ? 0 : target->group * fit->of->n_x)];
  for (size_t m = 0; m < M; m++) {
    const double *atom = c->atom + (first + m) * draws->n_atom;
    double weight = c->weight[(first + m) * draws->n_groups + target->group];
    if (target->kind == HMFM_DENSITY_NEW_GROUP)
      weight = hdp ? atom[draws->n_atom - 1] : 1.0 / (double)M;
    if (target->kind == HMFM_DENSITY_UNIT)
      weight = hmfm_draws_label(draws, chain, draw, target->unit) == m;
    sum += weight * kernel(fit, hdp && m + 1 == M ? NULL : atom, eta, target->exposure, what, y);
  }
  return sum;
}
