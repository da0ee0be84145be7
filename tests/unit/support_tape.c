/* Tapes of draws. */
#include "support_tape.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "support_model.h"

tape *tape_create(void) {
  tape *t = calloc(1, sizeof *t);
  ck_assert_ptr_nonnull(t);
  t->fail_at = -1;
  return t;
}

void tape_destroy(tape *t) {
  if (!t) return;
  for (size_t c = 0; c < TAPE_CHAINS; c++) {
    for (size_t k = 0; k < TAPE_DRAWS; k++) free(t->row[c][k]);
  }
  free(t);
}

static hmfm_status record(void *context, size_t c, size_t draw, const hmfm_chain *chain,
                          hmfm_error *error) {
  tape *t = context;
  const hmfm_state *state = chain->state;
  const hmfm_model *model = state->model;
  double *row = calloc(TAPE_WIDTH, sizeof *row);
  size_t n = 0;
  if (!row || c >= TAPE_CHAINS || draw >= TAPE_DRAWS) abort();
  if (t->fail_at == (int)draw) {
    free(row);
    return hmfm_fail(error, HMFM_EIO, "no room for draw %zu", draw);
  }
  row[n++] = (double)state->partition.n_clusters;
  row[n++] = (double)state->n_components;
  model->mixing->get(state->process, row + n);
  n += 1 + model->dataset->n_groups;
  for (size_t k = 0; k < model->regression.n_blocks * model->regression.n_covariates; k++) {
    row[n++] = state->beta[k];
  }
  for (size_t i = 0; i < model->dataset->n_units; i++) {
    row[n++] = (double)state->partition.allocation[i];
  }
  if (model->mixing->flags & HMFM_MIXING_INFINITE) {
    model->mixing->get_shares(state->process, state->partition.n_clusters, row + n);
    n += state->partition.n_clusters + 1;
  }
  for (size_t m = 0; t->components && m < state->n_components && n + 8 < TAPE_WIDTH / 2; m++) {
    for (size_t p = 0; p < model->family->n_atom; p++)
      row[n++] = state->atom[p * state->capacity + m];
    row[n++] = state->log_weight[m];
  }
  for (size_t i = 0; t->components && i < model->dataset->n_units && n < TAPE_WIDTH; i++) {
    row[n++] = state->unit_log_lik[i];
  }
  if (n > TAPE_WIDTH || t->recorded[c] != draw) abort();
  t->recorded[c]++;
  t->sweep[c][draw] = chain->sweeps_done;
  t->width[c][draw] = n;
  t->row[c][draw] = row;
  return HMFM_OK;
}

hmfm_sink tape_sink(tape *t) { return (hmfm_sink){t, record}; }

tape *tape_run(const hmfm_model *model, const hmfm_run *run, size_t chunk, int components) {
  tape *t = tape_create();
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error;
  t->components = components;
  small_require(hmfm_ensemble_create(model, run, tape_sink(t), &ensemble, &error), &error);
  while (hmfm_ensemble_sweeps_done(ensemble) < hmfm_ensemble_sweeps(ensemble)) {
    small_require(hmfm_ensemble_advance(ensemble, chunk, &error), &error);
  }
  hmfm_ensemble_destroy(ensemble);
  for (size_t c = 0; c < run->chains; c++) ck_assert_uint_eq(t->recorded[c], run->draws);
  return t;
}

void tape_compare(const tape *x, size_t a, const tape *y, size_t b, size_t chain) {
  ck_assert_uint_eq(x->width[chain][a], y->width[chain][b]);
  for (size_t k = 0; k < x->width[chain][a]; k++) {
    ck_assert_msg(x->row[chain][a][k] == y->row[chain][b][k],
                  "chain %zu, draws %zu and %zu differ in number %zu: %.17g and %.17g", chain, a, b,
                  k, x->row[chain][a][k], y->row[chain][b][k]);
  }
}

void tape_finite(const tape *t) {
  for (size_t c = 0; c < TAPE_CHAINS; c++) {
    for (size_t k = 0; k < t->recorded[c]; k++) {
      for (size_t n = 0; n < t->width[c][k]; n++) ck_assert(isfinite(t->row[c][k][n]));
    }
  }
}
