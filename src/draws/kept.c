/* Draws of which only some have allocations and log likelihoods: which they are, how to be left with them alone, and
 * what draws take in memory. */
#include <string.h>

#include "draws/draws.h"
#include "model/model.h"

size_t hmfm_draws_kept(const hmfm_draws *draws, size_t n) {
  return n / draws->thin_units + (n % draws->thin_units > 0);
}

/* Everything moves to where it will be from further back, so that nothing is overwritten before it has moved. */
static void thin_variable(const hmfm_draws *draws, hmfm_variable *variable, size_t kept) {
  const size_t width = variable->width;
  for (size_t c = 0; c < draws->n_chains; c++)
    for (size_t k = 0; k < kept; k++)
      memmove(variable->value + (c * kept + k) * width,
              variable->value + (c * draws->capacity + k * draws->thin_units) * width,
              width * sizeof *variable->value);
}

static void thin_components(const hmfm_draws *draws, hmfm_components *components, size_t kept) {
  const size_t p = draws->n_atom, d = draws->n_groups;
  size_t to = 0;
  for (size_t k = 0; k < kept; k++) {
    const size_t from = components->start[k * draws->thin_units];
    const size_t rows = components->start[k * draws->thin_units + 1] - from;
    memmove(components->atom + to * p, components->atom + from * p,
            rows * p * sizeof *components->atom);
    memmove(components->weight + to * d, components->weight + from * d,
            rows * d * sizeof *components->weight);
    components->start[k] = to; /* later draws start from places further on */
    to += rows;
  }
  components->start[kept] = to;
}

void hmfm_draws_thin(hmfm_draws *draws) {
  const size_t kept = hmfm_draws_kept(draws, draws->n_draws), n = draws->n_units;
  const size_t space = hmfm_draws_kept(draws, draws->capacity);
  if (draws->thin_units == 1) return;
  for (size_t v = 0; v < draws->n_variables; v++) thin_variable(draws, &draws->variable[v], kept);
  for (size_t c = 0; c < draws->n_chains; c++) {
    if (draws->components) thin_components(draws, &draws->components[c], kept);
    if (draws->log_likelihood && kept < space)
      memmove(draws->log_likelihood + c * kept * n, draws->log_likelihood + c * space * n,
              kept * n * sizeof *draws->log_likelihood);
    draws->chain_draws[c] = kept;
  }
  draws->n_draws = draws->capacity = kept;
  draws->thin_units = 1;
}

void hmfm_draws_measure(const hmfm_model *model, const hmfm_run *run, hmfm_draws_size *out) {
  enum { COMPONENTS = 30 };
  const hmfm_dataset *data = model->dataset;
  const hmfm_draws sizes = {.thin_units = run->thin_units ? run->thin_units : 1};
  const double n = (double)data->n_units, r = (double)data->n_covariates,
               d = (double)data->n_groups, chains = (double)run->chains;
  const double kept = chains * (double)hmfm_draws_kept(&sizes, run->draws);
  const double word = sizeof(double), draws = chains * (double)run->draws;
  const double atom = (double)model->family->n_atom + 1;
  out->allocations = run->save_allocations ? kept * n : 0;
  out->log_likelihoods = run->save_log_likelihood ? kept * n * sizeof(float) : 0;
  out->other = (double)data->n_rows * (r + 2) * word + n * 6 * word;
  out->other += draws * word * (3 + (2 + r) * d);
  if (run->save_components) out->other += draws * COMPONENTS * (d + atom) * word;
}
