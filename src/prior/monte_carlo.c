/* Laws of numbers of clusters from draws of the prior. Draw t is a stream of its own. */
#include "base/alloc.h"
#include "base/error.h"
#include "prior/pmf.h"
#include "prior/prior_law.h"
#include "rng/philox.h"

static hmfm_status tally(const hmfm_prior_law *law, const hmfm_groups *groups,
                         const hmfm_prior_draw *draw, hmfm_prior_laws *laws, hmfm_error *error) {
  hmfm_status status = hmfm_law_tally(&laws->clusters, draw->clusters, error);
  for (size_t c = 0; !status && c < groups->n_kinds; c++)
    status = hmfm_law_tally(&laws->kind_law[c], draw->group_clusters[groups->first[c]], error);
  if (!status && groups->n_groups > 1) status = hmfm_law_tally(&laws->shared, draw->shared, error);
  if (!status && law->has_components)
    status = hmfm_law_tally(&laws->components, draw->components, error);
  return status;
}

static hmfm_status finish(const hmfm_groups *groups, size_t draws, hmfm_prior_laws *laws,
                          hmfm_error *error) {
  hmfm_status status = hmfm_law_finish_tally(&laws->clusters, draws, error);
  for (size_t c = 0; !status && c < groups->n_kinds; c++)
    status = hmfm_law_finish_tally(&laws->kind_law[c], draws, error);
  if (!status && laws->shared.n) status = hmfm_law_finish_tally(&laws->shared, draws, error);
  if (!status && laws->components.n)
    status = hmfm_law_finish_tally(&laws->components, draws, error);
  return status;
}

hmfm_status hmfm_prior_monte_carlo(const hmfm_prior_law *law, const void *prior,
                                   const hmfm_groups *groups, const hmfm_prior_run *run,
                                   hmfm_prior_laws *laws, hmfm_error *error) {
  void *process = NULL;
  gsl_rng *rng = hmfm_stream_create(run->seed, 0);
  hmfm_prior_draw draw = {.group_clusters = hmfm_calloc(groups->n_groups, sizeof(size_t))};
  hmfm_status status = law->mixing->process_create(prior, &process, error);
  if (!status && (!rng || !draw.group_clusters)) status = hmfm_fail_memory(error, "the prior laws");
  for (size_t t = 0; !status && t < run->draws; t++) {
    hmfm_stream_open(rng, t, HMFM_STREAM_PRIOR, 0);
    status = law->draw(process, prior, groups, rng, &draw, error);
    if (!status) status = tally(law, groups, &draw, laws, error);
  }
  if (!status) status = finish(groups, run->draws, laws, error);
  laws->draws = run->draws;
  hmfm_free(draw.group_clusters);
  hmfm_stream_destroy(rng);
  law->mixing->process_destroy(process);
  return status;
}
