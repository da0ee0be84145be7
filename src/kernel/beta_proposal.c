/* Large and small symmetric proposals of beta. */
#include "kernel/beta_proposal.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/error.h"
#include "base/linalg.h"

hmfm_status hmfm_beta_proposal_prepare(hmfm_state *state, size_t block, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const hmfm_regression *regression = &model->regression;
  const size_t r = regression->n_covariates, M = state->n_components;
  double *factor = state->square, total = 0.0;
  for (size_t m = 0; m < M; m++) total += state->weight[m];
  for (size_t m = 0; m < M; m++) state->weight[m] /= total;
  const double spread = model->family->spread(state->work, M, state->weight);
  for (size_t k = 0; k < r * r; k++) factor[k] = regression->gram[block * r * r + k] / spread;
  for (size_t k = 0; k < r; k++) factor[k * r + k] += 1.0 / (regression->sd[k] * regression->sd[k]);
  if (hmfm_cholesky(r, factor) == 0) return HMFM_OK;
  return hmfm_beta_fail(state, block, error);
}

hmfm_status hmfm_beta_fail(const hmfm_state *state, size_t block, hmfm_error *error) {
  const hmfm_model *model = state->model;
  const int shared = model->regression.shared;
  return hmfm_fail(
      error, HMFM_ENUMERIC,
      "sweep %llu: the precision of beta%s%s%s is not positive definite; the covariates "
      "are collinear or on very different scales",
      (unsigned long long)state->sweep, shared ? "" : " of group '",
      shared ? "" : model->dataset->group_name[block], shared ? "" : "'");
}

static size_t draw_component(const hmfm_state *state) {
  double u = gsl_rng_uniform(state->stream), sum = 0.0;
  size_t m = 0;
  while (m + 1 < state->n_components && (sum += state->weight[m]) <= u) m++;
  return m;
}

void hmfm_beta_propose(hmfm_state *state, const double *beta, double *to) {
  const hmfm_model *model = state->model;
  const size_t r = model->regression.n_covariates;
  gsl_rng *stream = state->stream;
  const int gap = gsl_rng_uniform(stream) >= 1.0 / 3.0;
  const double scale = (gap ? 0.5 : 1.0) * exp(gsl_ran_flat(stream, -2.0, 1.0));
  for (size_t k = 0; k < r; k++) to[k] = scale * gsl_ran_gaussian_ziggurat(stream, 1.0);
  hmfm_solve_lower_transposed(r, state->square, to);
  for (size_t k = 0; k < r; k++) to[k] += beta[k];
  if (!gap) return;
  const size_t from = draw_component(state), towards = draw_component(state);
  const size_t k = gsl_rng_uniform_int(stream, r);
  to[k] += model->family->gap(state->work, from, towards) / model->regression.range[k];
}

typedef struct proposed {
  const hmfm_state *state;
  const double *beta;
} proposed;

static void make_residuals(void *context, size_t piece, int member) {
  const proposed *p = context;
  const hmfm_model *model = p->state->model;
  (void)member;
  model->family->residuals(model->family_data, p->state->work, HMFM_PROPOSED,
                           hmfm_piece_span(&model->regression.pieces, piece), p->beta);
}

void hmfm_beta_residuals(hmfm_state *state, size_t first, size_t last, const double *beta) {
  const size_t *start = state->model->regression.pieces.range_start;
  proposed p = {state, beta};
  hmfm_team_run(&state->team, start[first], start[last], make_residuals, &p);
}

double hmfm_beta_log_prior(const hmfm_regression *regression, const double *beta) {
  double sum = 0.0;
  for (size_t k = 0; k < regression->n_covariates; k++) {
    double z = (beta[k] - regression->mean[k]) / regression->sd[k];
    sum -= 0.5 * z * z;
  }
  return sum;
}
