/* Agreement: long chains of all algorithms on one simulated data set have the same posterior within
 * Monte Carlo error; and data in other units, with the priors mapped along, give the same draws
 * in those units. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/support_model.h"
#include "stat/support_verdict.h"

static const stat_prior PRIOR = {.lambda = NAN,
                                 .lambda_mean = 5.0,
                                 .lambda_var = 4.0,
                                 .gamma = {NAN, NAN, NAN, NAN},
                                 .gamma_guess = 0.3,
                                 .gamma_shape = NAN,
                                 .mu0 = 0.2,
                                 .k0 = 0.05,
                                 .nu0 = 4.0,
                                 .s0 = 0.5,
                                 .beta_mean = 0.2,
                                 .beta_var = 1.0,
                                 .alpha = NAN,
                                 .alpha_shape = 1.0,
                                 .alpha_rate = 1.0,
                                 .gamma0 = NAN,
                                 .gamma0_shape = 1.0,
                                 .gamma0_rate = 0.1};

/* Two groups of a mixture of four normals; group 1 lacks the third component, group 2 the first. */
static void simulate(gsl_rng *rng, const stat_design *design, double *y) {
  const double mu[] = {-3.0, 0.0, 1.8, 4.0}, sd[] = {0.6, 0.8, 0.5, 1.0};
  const double weight[2][4] = {{0.4, 0.4, 0.0, 0.2}, {0.0, 0.3, 0.5, 0.2}};
  for (size_t i = 0; i < design->n_units; i++) {
    double u = gsl_rng_uniform(rng);
    size_t m = 0;
    while (m < 3 && u >= weight[design->group[i] % 2][m]) u -= weight[design->group[i] % 2][m++];
    for (size_t h = design->unit_start[i]; h < design->unit_start[i + 1]; h++) {
      y[h] = mu[m] + gsl_ran_gaussian(rng, sd[m]);
      for (size_t k = 0; k < design->n_x; k++) y[h] += 0.5 * design->x[h * design->n_x + k];
    }
  }
}

/* ---- agreement ---- */

enum { MAX_VALUES = 32 };

static size_t look(const stat_design *design, const stat_prior *prior, const stat_state *state,
                   const double *y, double *x) {
  const size_t pair[][2] = {{0, 1}, {3, 70}, {10, 100}, {20, 45}, {61, 110}, {5, 64}};
  size_t n = 0;
  x[n++] = (double)state->K;
  for (size_t j = 0; j < design->n_groups; j++) {
    x[n++] = (double)stat_group_clusters(design, state, j);
  }
  if (prior->hdp) {
    x[n++] = log(state->alpha);
    x[n++] = log(state->gamma0);
    x[n++] = state->share[state->K];
    x[n++] = state->share[0];
  } else {
    x[n++] = (double)state->M;
    x[n++] = state->lambda;
    for (size_t j = 0; j < design->n_groups; j++) x[n++] = log(state->gamma[j]);
  }
  for (size_t k = 0; k < design->n_groups * design->n_x; k++) x[n++] = state->beta[k];
  x[n++] = stat_log_marginal(design, prior, state, y);
  for (size_t k = 0; k < sizeof pair / sizeof *pair; k++) {
    x[n++] = state->allocation[pair[k][0]] == state->allocation[pair[k][1]];
  }
  return n;
}

/* Means of all values over the sweeps of one chain, with batch standard errors. */
static size_t run_chain(const stat_design *design, const stat_prior *prior, const double *y,
                        const char *algorithm, size_t sweeps, stat_batched *out) {
  stat_model model;
  stat_state state;
  double x[MAX_VALUES], *series = malloc(sweeps * MAX_VALUES * sizeof *series);
  size_t n = 0;
  if (!series) abort();
  stat_model_create(design, prior, y, &model);
  hmfm_chain *chain = stat_chain_create(&model, algorithm, 11);
  for (size_t t = 0; t < sweeps / 10; t++) stat_sweep(chain);
  for (size_t t = 0; t < sweeps; t++) {
    stat_sweep(chain);
    stat_get(design, chain, &state);
    n = look(design, prior, &state, y, x);
    for (size_t v = 0; v < n; v++) series[v * sweeps + t] = x[v];
  }
  for (size_t v = 0; v < n; v++) out[v] = stat_batch(series + v * sweeps, sweeps);
  hmfm_chain_destroy(chain);
  stat_model_destroy(&model);
  free(series);
  return n;
}

enum { MAX_ALGORITHMS = 16 };

typedef struct posterior {
  const char *algorithm;
  size_t n;
  stat_batched value[MAX_VALUES];
} posterior;

static void compare(stat_report *report, size_t n_x, size_t sweeps, const posterior *one,
                    const posterior *other) {
  report->worst = 0.0;
  for (size_t v = 0; v < one->n; v++) {
    const stat_batched x = one->value[v], y = other->value[v];
    stat_judge(report, x.mean == y.mean ? 0.0 : (x.mean - y.mean) / hypot(x.error, y.error), 4.5,
               "r=%zu, %s against %s: value %zu, %g against %g", n_x, one->algorithm,
               other->algorithm, v, x.mean, y.mean);
  }
  printf("r=%zu %-12s against %-12s %7zu sweeps, K %.3f and %.3f (mcse %.3f), worst z %.1f\n", n_x,
         one->algorithm, other->algorithm, sweeps, one->value[0].mean, other->value[0].mean,
         hypot(one->value[0].error, other->value[0].error), report->worst);
}

/* Every pair of algorithms. */
static void agree(stat_report *report, size_t n_x, int hdp, gsl_rng *rng) {
  const size_t sizes[] = {60, 60}, sweeps = report->full ? 400000 : 10000;
  stat_design design;
  double y[STAT_ROWS];
  const char *name;
  posterior found[MAX_ALGORITHMS];
  stat_prior prior = PRIOR;
  prior.hdp = hdp;
  stat_design_make(&design, 2, sizes, 2, n_x);
  simulate(rng, &design, y);
  for (size_t a = 0; (name = stat_algorithm(hdp ? "hdp" : "hmfm", a)); a++) {
    if (a == MAX_ALGORITHMS) abort();
    found[a].algorithm = name;
    found[a].n = run_chain(&design, &prior, y, name, sweeps, found[a].value);
    for (size_t b = 0; b < a; b++) compare(report, n_x, sweeps, &found[b], &found[a]);
  }
}

/* ---- other units ---- */

static stat_prior in_units(double c) {
  stat_prior prior = PRIOR;
  prior.mu0 *= c;
  prior.s0 *= c * c;
  prior.beta_mean *= c;
  prior.beta_var *= c * c;
  return prior;
}

/* |x - c y| in units of the larger of |x| and c. */
static double difference(double x, double y, double c) {
  return fabs(x - c * y) / fmax(fabs(x), fabs(c));
}

/* Chains on y and on c y side by side: allocations identical, the rest equal up to rounding. */
static void rescale(stat_report *report, const stat_design *design, const double *y,
                    const char *algorithm, int hdp, double c) {
  const size_t sweeps = 100;
  stat_prior prior = PRIOR, mapped = in_units(c);
  prior.hdp = mapped.hdp = hdp;
  stat_model model[2];
  hmfm_chain *chain[2];
  double scaled[STAT_ROWS], worst = 0.0;
  hmfm_error error;
  size_t apart = 0;
  for (size_t h = 0; h < design->n_rows; h++) scaled[h] = c * y[h];
  stat_model_create(design, &prior, y, &model[0]);
  stat_model_create(design, &mapped, scaled, &model[1]);
  for (int k = 0; k < 2; k++) chain[k] = stat_chain_create(&model[k], algorithm, 5);
  for (size_t t = 0; t < sweeps && apart == 0; t++) {
    for (int k = 0; k < 2; k++) {
      stat_sweep(chain[k]);
      stat_require(hmfm_kernel_complete(chain[k]->state, 1, &error), &error);
    }
    const hmfm_state *a = chain[0]->state, *b = chain[1]->state;
    apart = t + 1;
    if (a->n_components != b->n_components) break;
    if (memcmp(a->partition.allocation, b->partition.allocation,
               design->n_units * sizeof *a->partition.allocation) != 0) {
      break;
    }
    apart = 0;
    for (size_t m = 0; m < a->n_components; m++) {
      worst = fmax(worst, difference(b->atom[m], a->atom[m], c));
      worst = fmax(worst, fabs(b->atom[b->capacity + m] / (c * c * a->atom[a->capacity + m]) - 1));
    }
    for (size_t k = 0; k < design->n_groups * design->n_x; k++) {
      worst = fmax(worst, difference(b->beta[k], a->beta[k], c));
    }
  }
  printf("r=%zu %-12s data x %-6g %zu sweeps, largest relative difference of atoms and beta %.2g\n",
         design->n_x, algorithm, c, sweeps, worst);
  stat_judge(report, (double)apart, 0.0, "%s, data x %g: chains part in sweep %zu", algorithm, c,
             apart);
  stat_judge(report, worst < 1e-6 ? 0.0 : worst, 0.0, "%s, data x %g: atoms differ by %g",
             algorithm, c, worst);
  for (int k = 0; k < 2; k++) {
    hmfm_chain_destroy(chain[k]);
    stat_model_destroy(&model[k]);
  }
}

int main(int argc, char **argv) {
  stat_report report = stat_begin("Agreement of algorithms, and of units", argc, argv);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t sizes[] = {60, 60};
  const double unit[] = {1e-9, 1e9, 3.7};
  const char *name;
  for (int hdp = 0; hdp < 2; hdp++) {
    for (size_t n_x = 0; n_x <= STAT_X; n_x += 2) agree(&report, n_x, hdp, rng);
  }
  for (size_t n_x = 0; n_x <= STAT_X; n_x += 2) {
    stat_design design;
    double y[STAT_ROWS];
    stat_design_make(&design, 2, sizes, 2, n_x);
    simulate(rng, &design, y);
    for (int hdp = 0; hdp < 2; hdp++) {
      for (size_t a = 0; (name = stat_algorithm(hdp ? "hdp" : "hmfm", a)); a++) {
        for (size_t k = 0; k < 3; k++) rescale(&report, &design, y, name, hdp, unit[k]);
      }
    }
  }
  gsl_rng_free(rng);
  return stat_end(&report);
}
