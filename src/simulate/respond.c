/* Allocations and responses of simulated data, given the truth. */
#include "hmfm/simulate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/family.h"
#include "simulate/streams.h"

/* One group's allocations being drawn. */
typedef struct allotment {
  size_t n_components;
  double *weight;     /* normalised */
  size_t *count;      /* units each component gets, with exact counts */
  int32_t *component; /* of the group's units */
} allotment;

/* "mu is 1 and sigma2 is -1". */
static void atom_text(const hmfm_family *family, const double *atom, char *text, size_t size) {
  size_t used = 0;
  for (size_t p = 0; p < family->n_atom && used < size; p++) {
    const char *before = p == 0 ? "" : p + 1 < family->n_atom ? ", " : " and ";
    int n = snprintf(text + used, size - used, "%s%s is %g", before, family->atom_name[p], atom[p]);
    used += n > 0 ? (size_t)n : 0;
  }
}

static hmfm_status check_truth(const hmfm_simulation *s, const hmfm_truth *truth,
                               const hmfm_family *family, gsl_rng *stream, hmfm_error *error) {
  if (truth->n_groups != s->n_groups || truth->n_covariates != s->layout->n_covariates)
    return hmfm_fail(
        error, HMFM_EUSAGE,
        "the truth is for %zu groups and %zu covariates, the simulation has %zu and %zu",
        truth->n_groups, truth->n_covariates, s->n_groups, s->layout->n_covariates);
  /* What the family cannot draw from is no atom of it. */
  for (size_t m = 0; m < truth->n_components; m++) {
    const double *atom = truth->atom + m * truth->n_atom;
    char text[200] = "";
    if (isfinite(family->draw_response(stream, atom, 0.0, 1.0))) continue;
    atom_text(family, atom, text, sizeof text);
    return hmfm_fail(error, HMFM_EUSAGE, "component %zu is outside the range of family %s: %s", m,
                     family->name, text);
  }
  for (size_t k = 0; k < truth->n_groups * truth->n_covariates; k++)
    if (!isfinite(truth->beta[k]))
      return hmfm_fail(error, HMFM_EUSAGE, "beta must be finite, got %g (group %zu, %s)",
                       truth->beta[k], k / truth->n_covariates + 1,
                       s->layout->covariate_name[k % truth->n_covariates]);
  return HMFM_OK;
}

static hmfm_status take_weights(const hmfm_truth *truth, size_t group, allotment *a,
                                hmfm_error *error) {
  const double *given = truth->weight + group * truth->n_components;
  double sum = 0;
  for (size_t m = 0; m < truth->n_components; m++) {
    if (!(given[m] >= 0))
      return hmfm_fail(error, HMFM_EUSAGE,
                       "a weight must be >= 0, got %g (group %zu, component %zu)", given[m],
                       group + 1, m);
    sum += given[m];
  }
  if (!(sum > 0) || !isfinite(sum))
    return hmfm_fail(error, HMFM_EUSAGE,
                     "the weights of a group must have a positive, finite sum, got %g (group %zu)",
                     sum, group + 1);
  for (size_t m = 0; m < truth->n_components; m++) a->weight[m] = given[m] / sum;
  return HMFM_OK;
}

/* Component by the inverse of the cumulative weights; never one of weight 0. */
static int32_t draw_component(const allotment *a, double u) {
  double below = 0;
  size_t last = 0;
  for (size_t m = 0; m < a->n_components; m++) {
    if (a->weight[m] <= 0) continue;
    last = m;
    below += a->weight[m];
    if (u < below) break;
  }
  return (int32_t)last;
}

/* weight x size units each, rounded down; the units left over go to the largest remainders, the
 * first of equal ones. Remainders that differ by rounding errors only count as equal. */
static void count_exactly(const allotment *a, size_t size) {
  size_t left = size;
  for (size_t m = 0; m < a->n_components; m++) {
    double share = a->weight[m] * (double)size;
    a->count[m] = (size_t)floor(share + 1e-9);
    left -= a->count[m] < left ? a->count[m] : left;
  }
  for (; left > 0; left--) {
    size_t best = 0;
    double largest = -INFINITY;
    for (size_t m = 0; m < a->n_components; m++) {
      double rest = a->weight[m] * (double)size - (double)a->count[m];
      if (a->weight[m] > 0 && rest > largest + 1e-9) best = m, largest = rest;
    }
    a->count[best]++;
  }
}

static void allocate_group(const allotment *a, size_t group, size_t size, int exact_counts,
                           gsl_rng *stream) {
  if (!exact_counts) {
    for (size_t i = 0; i < size; i++) {
      simulate_open(stream, SIMULATE_ALLOCATION, group, i);
      a->component[i] = draw_component(a, gsl_rng_uniform(stream));
    }
    return;
  }
  count_exactly(a, size);
  size_t i = 0;
  for (size_t m = 0; m < a->n_components; m++)
    for (size_t k = 0; k < a->count[m] && i < size; k++) a->component[i++] = (int32_t)m;
  simulate_open(stream, SIMULATE_ALLOCATION, group, 0);
  for (size_t last = size; last > 1; last--) { /* Fisher and Yates */
    size_t k = gsl_rng_uniform_int(stream, last);
    int32_t held = a->component[k];
    a->component[k] = a->component[last - 1];
    a->component[last - 1] = held;
  }
}

static hmfm_status respond_group(hmfm_simulation *s, const hmfm_truth *truth,
                                 const hmfm_family *family, size_t g, const allotment *a,
                                 gsl_rng *stream, hmfm_error *error) {
  const hmfm_dataset *layout = s->layout;
  size_t r = layout->n_covariates, group = s->design_group[g], first = layout->group_start[g];
  const double *beta = truth->beta + group * r;
  for (size_t i = first; i < layout->group_start[g + 1]; i++) {
    simulate_open(stream, SIMULATE_RESPONSE, group, i - first);
    int32_t m = a->component[i - first];
    for (size_t row = layout->unit_start[i]; row < layout->unit_start[i + 1]; row++) {
      double predictor = 0;
      for (size_t k = 0; k < r; k++) predictor += layout->x[row * r + k] * beta[k];
      double exposure = layout->exposure ? layout->exposure[row] : 1.0;
      double y = family->draw_response(stream, truth->atom + (size_t)m * truth->n_atom, predictor,
                                       exposure);
      if (!isfinite(y))
        return hmfm_fail(error, HMFM_ENUMERIC,
                         "a simulated response is not finite (group '%s', unit '%s', component %d)",
                         layout->group_name[g], layout->unit_name[i], (int)m);
      s->response[layout->source_row[row]] = y;
      s->component[layout->source_row[row]] = m;
    }
  }
  return HMFM_OK;
}

hmfm_status hmfm_simulation_respond(hmfm_simulation *simulation, const hmfm_truth *truth,
                                    int exact_counts, uint64_t seed, hmfm_error *error) {
  const hmfm_family *family = hmfm_family_find(truth->family);
  if (!family) return hmfm_fail(error, HMFM_EUSAGE, "no family is called '%s'", truth->family);
  const size_t *start = simulation->layout->group_start;
  gsl_rng *stream = hmfm_stream_create(seed, 0);
  allotment a = {.n_components = truth->n_components};
  a.weight = hmfm_calloc(a.n_components, sizeof *a.weight);
  a.count = hmfm_calloc(a.n_components, sizeof *a.count);
  a.component = hmfm_calloc(simulation->layout->n_units, sizeof *a.component);
  hmfm_status status = HMFM_OK;
  if (!stream || !a.weight || !a.count || !a.component)
    status = hmfm_fail_memory(error, "the simulated responses");
  if (!status) status = check_truth(simulation, truth, family, stream, error);
  for (size_t g = 0; g < simulation->n_groups && !status; g++) {
    size_t group = simulation->design_group[g];
    status = take_weights(truth, group, &a, error);
    if (status) break;
    allocate_group(&a, group, start[g + 1] - start[g], exact_counts, stream);
    status = respond_group(simulation, truth, family, g, &a, stream, error);
  }
  hmfm_stream_destroy(stream);
  hmfm_free(a.weight);
  hmfm_free(a.count);
  hmfm_free(a.component);
  return status;
}
