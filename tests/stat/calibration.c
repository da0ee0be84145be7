/* Simulation-based calibration (Talts et al. 2018; Modrak et al. 2023) with ordinary chains from their
 * ordinary starts: the rank of the truth among thinned draws of its posterior is uniform. Looks at
 * Lambda, gamma, beta and at functions of parameters and data together. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stat/support_model.h"
#include "stat/support_verdict.h"

enum { DRAWS = 15, THIN = 40, WARMUP = 200, MAX_SETS = 12000 };

static const char *const NAME[] = {"lambda",   "gamma_1", "gamma_2",  "beta_1",
                                   "beta_2",   "K",       "M",        "log likelihood",
                                   "together", "across",  "beta x y", "beta gap"};
enum { N_VALUES = sizeof NAME / sizeof *NAME };

static void look(const stat_design *design, const stat_prior *prior, const stat_state *state,
                 const double *y, double *x) {
  double across = 0.0, mean = 0.0;
  const size_t half = design->size[0];
  for (size_t a = 0; a < half; a++) {
    for (size_t b = half; b < design->n_units; b++) {
      across += state->allocation[a] == state->allocation[b];
    }
  }
  for (size_t h = 0; h < design->n_rows; h++) mean += y[h] / (double)design->n_rows;
  const double value[N_VALUES] = {state->lambda,
                                  state->gamma[0],
                                  state->gamma[1],
                                  state->beta[0],
                                  state->beta[1],
                                  (double)state->K,
                                  (double)state->M,
                                  stat_log_marginal(design, prior, state, y),
                                  state->allocation[0] == state->allocation[1],
                                  across,
                                  state->beta[0] * mean,
                                  state->beta[0] - state->beta[1]};
  for (size_t v = 0; v < N_VALUES; v++) x[v] = value[v];
}

static void calibrate(stat_report *report, const char *algorithm, const stat_design *design,
                      const stat_prior *prior, gsl_rng *rng) {
  const size_t sets = report->full ? MAX_SETS : 200;
  static double bin[N_VALUES][DRAWS + 1], place[N_VALUES][MAX_SETS];
  double even[DRAWS + 1], y[STAT_ROWS] = {0};
  stat_model model;
  for (size_t k = 0; k <= DRAWS; k++) {
    even[k] = 1.0 / (DRAWS + 1);
    for (size_t v = 0; v < N_VALUES; v++) bin[v][k] = 0.0;
  }
  stat_model_create(design, prior, y, &model);
  for (size_t s = 0; s < sets; s++) {
    stat_state truth, state;
    double x[N_VALUES], drawn[N_VALUES];
    size_t below[N_VALUES] = {0}, equal[N_VALUES] = {0};
    stat_draw_prior(rng, design, prior, &truth);
    stat_draw_data(rng, design, prior, &truth, y);
    look(design, prior, &truth, y, x);
    stat_model_respond(&model, y);
    hmfm_chain *chain = stat_chain_create(&model, algorithm, s);
    for (size_t k = 0; k < WARMUP; k++) stat_sweep(chain);
    for (size_t t = 0; t < DRAWS; t++) {
      for (size_t k = 0; k < THIN; k++) stat_sweep(chain);
      stat_get(design, chain, &state);
      look(design, prior, &state, y, drawn);
      for (size_t v = 0; v < N_VALUES; v++) {
        below[v] += drawn[v] < x[v];
        equal[v] += drawn[v] == x[v];
      }
    }
    hmfm_chain_destroy(chain);
    for (size_t v = 0; v < N_VALUES; v++) { /* ties: any of their ranks, evenly */
      size_t rank = below[v] + gsl_rng_uniform_int(rng, equal[v] + 1);
      bin[v][rank]++;
      place[v][s] = ((double)rank + gsl_rng_uniform(rng)) / (DRAWS + 1);
    }
  }
  for (size_t v = 0; v < N_VALUES; v++) {
    double z = stat_chi_square(DRAWS + 1, bin[v], even, 5.0);
    double band = stat_ks(sets, place[v], stat_uniform_cdf, NULL);
    printf("%-12s %-16s %6zu %8.1f %8.1f\n", algorithm, NAME[v], sets, z, band);
    stat_judge(report, z > 0.0 ? z : 0.0, STAT_LIMIT, "%s: ranks of %s", algorithm, NAME[v]);
    stat_judge(report, band > 0.0 ? band : 0.0, STAT_LIMIT, "%s: ranks of %s, as a whole",
               algorithm, NAME[v]);
  }
  stat_model_destroy(&model);
}

int main(int argc, char **argv) {
  stat_report report = stat_begin("Simulation-based calibration", argc, argv);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t sizes[] = {7, 6};
  const stat_prior prior = {.lambda = NAN,
                            .lambda_mean = 2.5,
                            .lambda_var = 1.5,
                            .gamma = {NAN, NAN, NAN, NAN},
                            .gamma_guess = 0.5,
                            .gamma_shape = 2.0,
                            .mu0 = 0.3,
                            .k0 = 0.1,
                            .nu0 = 5.0,
                            .s0 = 0.5,
                            .beta_mean = 0.4,
                            .beta_var = 0.9};
  stat_design design;
  const char *name;
  stat_design_make(&design, 2, sizes, 3, 1);
  printf("%-12s %-16s %6s %8s %8s\n", "algorithm", "value", "sets", "z bins", "z ecdf");
  for (size_t a = 0; (name = stat_algorithm("hmfm", a)); a++) {
    calibrate(&report, name, &design, &prior, rng);
  }
  gsl_rng_free(rng);
  return stat_end(&report);
}
