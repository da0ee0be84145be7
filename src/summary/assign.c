/* Which known units a new one is with: the posterior of its component, draw by draw. */
#include <gsl/gsl_errno.h>
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "rng/philox.h"
#include "summary/density.h"

/* One new unit; everything per component of one draw, those of the density first, then that of the rest. */
typedef struct newcomer {
  const hmfm_draws *draws;
  size_t n_rows;
  const hmfm_density *const *density; /* n_rows, of one group */
  const double *y;
  double *share; /* of the components of a draw: probability to be in it */
  size_t *units; /* known units that are in it */
} newcomer;

/* Log density of all rows in the component with this atom. */
static double log_rows(const newcomer *new, size_t s, const double *atom, size_t stride) {
  const hmfm_family *family = new->density[0]->model->family;
  const double one = 1.0;
  double sum = 0.0;
  for (size_t h = 0; h < new->n_rows; h++) {
    hmfm_observation law = hmfm_density_law(new->density[h], HMFM_WEIGHTS_DRAWN, s);
    double f;
    law.n_components = 1;
    law.weight = &one;
    law.atom = atom;
    law.stride = stride;
    law.rest = 0.0;
    family->density(new->density[h]->model->family_data, &law, 1, new->y + h, &f);
    sum += log(f);
  }
  return sum;
}

/* Fills share for draw s, n components and the rest. Where no component can have the rows, the greatest weight
 * stands for their density: what is left are the weights. */
static void weigh(const newcomer *new, size_t s, gsl_rng *rng, double *atom) {
  const hmfm_density *first = new->density[0];
  const hmfm_observation law = hmfm_density_law(first, HMFM_WEIGHTS_DRAWN, s);
  const size_t n = law.n_components;
  double most = -INFINITY, sum = 0.0;
  for (size_t m = 0; m < n; m++)
    new->share[m] = log(law.weight[m]) + log_rows(new, s, law.atom + m, law.stride);
  new->share[n] = -INFINITY;
  if (law.rest > 0.0) {
    hmfm_stream_open(rng, s, HMFM_STREAM_PREDICT, 3);
    first->model->family->draw_prior_atom(first->model->family_data, rng, atom);
    new->share[n] = log(law.rest) + log_rows(new, s, atom, 1);
  }
  for (size_t m = 0; m <= n; m++) most = fmax(most, new->share[m]);
  for (size_t m = 0; m <= n; m++) {
    if (most > -INFINITY)
      new->share[m] = exp(new->share[m] - most);
    else
      new->share[m] = m < n ? law.weight[m] : law.rest;
    sum += new->share[m];
  }
  for (size_t m = 0; m <= n; m++) new->share[m] /= sum;
}

/* Adds what draw s says; 0 where a known unit is in a component that is not there. */
static int add_draw(const newcomer *new, size_t s, const uint32_t *label, const double *size,
                    double *together, double *alone) {
  const hmfm_draws *d = new->draws;
  const size_t n = hmfm_density_law(new->density[0], HMFM_WEIGHTS_DRAWN, s).n_components;
  const double all = (double)(d->n_chains * d->n_draws);
  for (size_t m = 0; m <= n; m++) new->units[m] = 0;
  for (size_t i = 0; i < d->n_units; i++) {
    const size_t m = hmfm_draws_label(d, s / d->n_draws, s % d->n_draws, i);
    if (m >= n) return 0;
    new->units[m]++;
    together[label[i]] += new->share[m] / size[label[i]] / all;
  }
  for (size_t m = 0; m <= n; m++)
    if (new->units[m] == 0) *alone += new->share[m] / all;
  return 1;
}

static hmfm_status check(const hmfm_draws *draws, size_t n_rows, const hmfm_density *const *density,
                         const uint32_t *label, uint32_t n_clusters, hmfm_error *error) {
  if (!n_rows) return hmfm_fail(error, HMFM_EUSAGE, "a new unit needs an observation");
  if (!draws->allocations)
    return hmfm_fail(error, HMFM_EDATA,
                     "there are no allocations to tell who is with whom: they were not saved");
  if (draws->thin_units > 1)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "allocations are those of one draw in %zu: thin the draws to these first",
                     draws->thin_units);
  for (size_t h = 0; h < n_rows; h++)
    if (density[h]->n_draws != draws->n_chains * draws->n_draws ||
        density[h]->n_rows != density[0]->n_rows)
      return hmfm_fail(error, HMFM_EUSAGE, "the densities are not of these draws");
  for (size_t i = 0; i < draws->n_units; i++)
    if (label[i] >= n_clusters)
      return hmfm_fail(error, HMFM_EUSAGE, "unit %zu is in cluster %u of %u", i, (unsigned)label[i],
                       (unsigned)n_clusters);
  return HMFM_OK;
}

hmfm_status hmfm_density_assign(const hmfm_draws *draws, size_t n_rows,
                                const hmfm_density *const *density, const double *y,
                                uint32_t n_clusters, const uint32_t *label, uint64_t seed,
                                double *together, double *alone, hmfm_error *error) {
  hmfm_status status = check(draws, n_rows, density, label, n_clusters, error);
  if (status) return status;
  const size_t n_draws = density[0]->n_draws;
  size_t most = 0;
  for (size_t s = 0; s < n_draws; s++) {
    const size_t n = density[0]->start[s + 1] - density[0]->start[s];
    if (n > most) most = n;
  }
  newcomer new = {draws,
                  n_rows,
                  density,
                  y,
                  hmfm_calloc(most + 2, sizeof(double)),
                  hmfm_calloc(most + 2, sizeof(size_t))};
  double *size = hmfm_calloc(n_clusters, sizeof *size);
  double *atom = hmfm_calloc(density[0]->model->family->n_atom, sizeof *atom);
  gsl_rng *rng = hmfm_stream_create(seed, 0);
  if (!new.share || !new.units || !size || !atom || !rng)
    status = hmfm_fail_memory(error, "clusters of a new unit");
  for (uint32_t k = 0; !status && k < n_clusters; k++) together[k] = 0.0;
  for (size_t i = 0; !status && i < draws->n_units; i++) size[label[i]]++;
  if (!status) *alone = 0.0;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  for (size_t s = 0; !status && s < n_draws; s++) {
    weigh(&new, s, rng, atom);
    if (!add_draw(&new, s, label, size, together, alone))
      status =
          hmfm_fail(error, HMFM_EDATA, "draw %zu: a unit is in a component that is not there", s);
  }
  gsl_set_error_handler(handler);
  hmfm_free(new.share);
  hmfm_free(new.units);
  hmfm_free(size);
  hmfm_free(atom);
  hmfm_stream_destroy(rng);
  return status;
}
