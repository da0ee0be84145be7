/* Draws made up of log likelihoods alone. */
#include "support_log_lik.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"

float *log_lik_at(const hmfm_draws *draws, size_t chain, size_t draw, size_t unit) {
  return &draws->log_likelihood[(chain * draws->capacity + draw) * draws->n_units + unit];
}

static char *name_of(const char *what, size_t k) {
  char text[32];
  snprintf(text, sizeof text, "%s%zu", what, k + 1);
  char *name = hmfm_strdup(text);
  ck_assert_ptr_nonnull(name);
  return name;
}

/* A sum of twelve uniform numbers, less 6. */
static double bell(double *state) {
  double e = -6;
  for (int k = 0; k < 12; k++) {
    *state = fmod(16807 * *state, 2147483647);
    e += *state / 2147483647;
  }
  return e;
}

static void fill(hmfm_draws *draws, const log_lik_case *what) {
  double state = 20240611;
  for (size_t i = 0; i < what->units; i++) {
    const double level = 1 + (double)(i + 1) / 4, spread = (double)(i + 1) / 10;
    for (size_t c = 0; c < what->chains; c++) {
      double x = 0;
      for (size_t t = 0; t < what->draws; t++) {
        x = what->rho * x + sqrt(1 - what->rho * what->rho) * bell(&state);
        const double value = floor((level + spread * (x * x) / 2) * what->grain + 0.5);
        *log_lik_at(draws, c, t, i) = (float)(what->shift - value / what->grain);
      }
    }
  }
}

hmfm_draws *log_lik_draws(const log_lik_case *what) {
  hmfm_draws sizes = {.n_chains = what->chains,
                      .capacity = what->draws + 3,
                      .n_rows = what->units,
                      .n_units = what->units,
                      .n_groups = what->groups,
                      .n_atom = 1};
  hmfm_draws *draws = NULL;
  ck_assert_int_eq(hmfm_draws_create_empty(&sizes, 0, 0, 1, &draws, NULL), HMFM_OK);
  draws->n_draws = what->draws;
  for (size_t j = 0; j < what->groups; j++) draws->group_name[j] = name_of("g", j);
  for (size_t i = 0; i < what->units; i++) {
    draws->unit_name[i] = name_of("u", i);
    draws->unit_group[i] = (uint32_t)(i * what->groups / what->units);
    draws->unit_size[i] = 1;
    draws->y[i] = sin((double)i);
  }
  fill(draws, what);
  return draws;
}
