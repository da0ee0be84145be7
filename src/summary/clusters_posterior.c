/* The posterior of mean and standard deviation of an observation of a random unit of each cluster. */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/clusters.h"

/* The atom of the component that a unit is in; NULL, with an error, where there is none. */
static const double *atom_of_unit(const hmfm_draws *draws, const hmfm_family *family, size_t chain,
                                  size_t draw, size_t unit, hmfm_error *error) {
  const hmfm_components *components = &draws->components[chain];
  const size_t m = hmfm_draws_label(draws, chain, draw, unit);
  const size_t row = components->start[draw] + m;
  if (row >= components->start[draw + 1]) {
    hmfm_fail(error, HMFM_EDATA,
              "chain %zu, draw %zu: a unit is in component %zu, which is not there", chain, draw,
              m);
    return NULL;
  }
  const double *atom = components->atom + row * draws->n_atom;
  if (family->is_atom(atom, 1)) return atom;
  const size_t last = family->n_atom - 1;
  hmfm_fail(error, HMFM_EDATA,
            "chain %zu, draw %zu: component %zu has what family %s cannot have (%s %g)", chain,
            draw, m, family->name, family->atom_name[last], atom[last]);
  return NULL;
}

/* One draw: mean and standard deviation of the mixture over the n units, with weights 1/n. center takes n
 * numbers. */
static hmfm_status mix(const hmfm_draws *draws, const hmfm_family *family, size_t chain,
                       size_t draw, size_t n, const size_t *unit, double *center, double *mean,
                       double *sd, hmfm_error *error) {
  double sum = 0.0, within = 0.0, between = 0.0;
  for (size_t u = 0; u < n; u++) {
    const double *atom = atom_of_unit(draws, family, chain, draw, unit[u], error);
    if (!atom) return HMFM_EDATA;
    center[u] = family->mean(atom, 0.0, 1.0);
    sum += center[u];
    within += family->variance(atom, 0.0, 1.0);
  }
  *mean = sum / (double)n;
  for (size_t u = 0; u < n; u++) between += (center[u] - *mean) * (center[u] - *mean);
  *sd = sqrt((within + between) / (double)n);
  return HMFM_OK;
}

hmfm_status hmfm_clusters_posterior(const hmfm_draws *draws, const hmfm_family *family,
                                    const hmfm_unit_order *order, hmfm_cluster *cluster,
                                    hmfm_error *error) {
  const size_t n_chains = draws->n_chains, n_draws = hmfm_draws_kept(draws, draws->n_draws);
  const size_t n = n_chains * n_draws;
  hmfm_status status = HMFM_OK;
  double *mean = hmfm_calloc(n, sizeof *mean), *sd = hmfm_calloc(n, sizeof *sd);
  double *center = hmfm_calloc(draws->n_units, sizeof *center);
  if (!mean || !sd || !center) status = hmfm_fail_memory(error, "the means of clusters");
  for (size_t k = 0; !status && k < order->n_clusters; k++) {
    const size_t *unit = order->unit + order->start[k];
    const size_t size = order->start[k + 1] - order->start[k];
    for (size_t s = 0; !status && s < n; s++)
      status = mix(draws, family, s / n_draws, s % n_draws * draws->thin_units, size, unit, center,
                   &mean[s], &sd[s], error);
    if (!status)
      status = hmfm_diagnose(mean, n_chains, n_draws, n_draws, 1, &cluster[k].mean, error);
    if (!status) status = hmfm_diagnose(sd, n_chains, n_draws, n_draws, 1, &cluster[k].sd, error);
  }
  hmfm_free(mean);
  hmfm_free(sd);
  hmfm_free(center);
  return status;
}
