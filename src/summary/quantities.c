/* Label-free quantities of draws, with their diagnostics. */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/judge.h"

static double draw_of(const hmfm_draws *d, const hmfm_variable *v, size_t k, size_t chain,
                      size_t draw) {
  return v->value[(chain * d->capacity + draw) * v->width + k];
}

static void find_constant(const hmfm_draws *d, hmfm_quantity *q) {
  double first = draw_of(d, q->variable, q->index, 0, 0);
  int moves = 0; /* within some chain */
  q->is_constant = 1;
  for (size_t c = 0; c < d->n_chains; c++) {
    double start = draw_of(d, q->variable, q->index, c, 0);
    for (size_t t = 0; t < d->n_draws; t++) {
      double x = draw_of(d, q->variable, q->index, c, t);
      if (x != first) q->is_constant = 0;
      if (x != start) moves = 1;
      if (!isfinite(x)) q->not_finite = 1;
    }
  }
  q->is_stuck = !moves && !q->is_constant;
}

static hmfm_status describe(const hmfm_draws *d, const hmfm_variable *v, size_t k, hmfm_quantity *q,
                            hmfm_error *error) {
  size_t size = hmfm_variable_label(d, v, k, NULL, 0) + 1;
  q->variable = v;
  q->index = k;
  q->name = hmfm_calloc(size, 1);
  if (!q->name) return hmfm_fail_memory(error, "the summary");
  hmfm_variable_label(d, v, k, q->name, size);
  find_constant(d, q);
  return hmfm_diagnose(v->value + k, d->n_chains, d->n_draws, d->capacity * v->width, v->width,
                       &q->value, error);
}

hmfm_status hmfm_quantities_create(const hmfm_draws *draws, double ess_wanted,
                                   int (*is_fixed)(const void *, const hmfm_quantity *),
                                   const void *context, hmfm_quantity **out, size_t *n_out,
                                   hmfm_error *error) {
  size_t n = 0, at = 0;
  hmfm_status status = HMFM_OK;
  for (size_t v = 0; v < draws->n_variables; v++) n += draws->variable[v].width;
  hmfm_quantity *quantity = hmfm_calloc(n, sizeof *quantity);
  if (!quantity) return hmfm_fail_memory(error, "the summary");
  for (size_t v = 0; v < draws->n_variables; v++)
    for (size_t k = 0; !status && k < draws->variable[v].width; k++, at++) {
      hmfm_quantity *q = &quantity[at];
      status = describe(draws, &draws->variable[v], k, q, error);
      if (status) continue;
      q->is_fixed = is_fixed && q->is_constant && is_fixed(context, q);
      q->bad_rhat = q->value.rhat > HMFM_RHAT_LIMIT;
      q->bad_ess = q->value.ess_bulk < ess_wanted;
    }
  if (status) {
    hmfm_quantities_destroy(quantity, n);
    return status;
  }
  *out = quantity;
  *n_out = n;
  return HMFM_OK;
}

void hmfm_quantities_destroy(hmfm_quantity *quantity, size_t n) {
  if (!quantity) return;
  for (size_t k = 0; k < n; k++) hmfm_free(quantity[k].name);
  hmfm_free(quantity);
}

const char *hmfm_quantity_note(const hmfm_quantity *q) {
  if (q->is_fixed) return "fixed";
  if (q->not_finite) return "not finite";
  if (q->is_constant) return "constant";
  if (q->bad_rhat && q->bad_ess) return "rhat ess";
  return q->bad_rhat ? "rhat" : q->bad_ess ? "ess" : "";
}
