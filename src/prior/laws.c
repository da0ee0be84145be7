/* Prior laws of a model: the public side, which picks the way to compute them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/model.h"
#include "prior/pmf.h"
#include "prior/prior_law.h"

extern const hmfm_prior_law hmfm_prior_law_hmfm, hmfm_prior_law_hdp;

static const hmfm_prior_law *const all[] = {&hmfm_prior_law_hmfm, &hmfm_prior_law_hdp};

const hmfm_prior_law *hmfm_prior_law_find(const hmfm_mixing *mixing) {
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    if (all[k]->mixing == mixing) return all[k];
  return NULL;
}

const char *hmfm_prior_matched_name(const char *mixing, int fixed, int which) {
  const hmfm_mixing *found = hmfm_mixing_find(mixing);
  const hmfm_prior_law *law = found ? hmfm_prior_law_find(found) : NULL;
  return law ? law->found[fixed != 0][which != 0] : NULL;
}

void hmfm_prior_run_defaults(hmfm_prior_run *run) {
  *run =
      (hmfm_prior_run){.draws = 50000, .seed = 1, .pair = {0, 1}, .refine = 1.0, .most_work = 5e9};
}

static hmfm_status check_run(const hmfm_prior_run *run, size_t d, hmfm_error *error) {
  if (run->draws < 2)
    return hmfm_fail(error, HMFM_EUSAGE, "draws must be at least 2, got %zu", run->draws);
  if (!(run->refine > 0.0) || !isfinite(run->refine))
    return hmfm_fail(error, HMFM_EUSAGE, "refine must be > 0 and finite, got %g", run->refine);
  if (!(run->most_work > 0.0))
    return hmfm_fail(error, HMFM_EUSAGE, "most_work must be > 0, got %g", run->most_work);
  if (d > 1 && (run->pair[0] >= d || run->pair[1] >= d || run->pair[0] == run->pair[1]))
    return hmfm_fail(error, HMFM_EUSAGE, "pair must be two of the %zu groups, got %zu and %zu", d,
                     run->pair[0], run->pair[1]);
  return HMFM_OK;
}

/* A law that does not sum to 1 is a fault of the computation, and not shown. */
static hmfm_status finish(hmfm_law *law, const char *what, hmfm_error *error) {
  double sum = 0.0;
  if (law->n == 0) return HMFM_OK;
  hmfm_law_finish(law);
  for (size_t k = 0; k < law->n; k++) sum += law->probability[k];
  if (fabs(sum - 1.0) < 1e-6) return HMFM_OK;
  return hmfm_fail(error, HMFM_ENUMERIC, "the probabilities of %s sum to %.9g, not 1", what, sum);
}

static hmfm_status compute(const hmfm_prior_law *law, const void *prior, const hmfm_groups *groups,
                           const hmfm_prior_run *run, hmfm_prior_laws *laws, hmfm_error *error) {
  const double most_work = run->method == HMFM_PRIOR_EXACT ? INFINITY : run->most_work;
  hmfm_status status = HMFM_OK;
  if (run->method != HMFM_PRIOR_MONTE_CARLO) {
    status = law->exact(prior, groups, run, most_work, laws, error);
    laws->exact = !status && laws->work <= most_work;
  }
  if (status) return status;
  if (!laws->exact) return hmfm_prior_monte_carlo(law, prior, groups, run, laws, error);
  status = finish(&laws->clusters, "K", error);
  for (size_t c = 0; !status && c < laws->n_kinds; c++)
    status = finish(&laws->kind_law[c], "K_group", error);
  if (!status) status = finish(&laws->shared, "shared clusters", error);
  return status ? status : finish(&laws->components, "M", error);
}

static hmfm_status take_groups(const hmfm_groups *groups, hmfm_prior_laws *laws,
                               hmfm_error *error) {
  laws->n_groups = groups->n_groups;
  laws->kind = hmfm_calloc(groups->n_groups, sizeof *laws->kind);
  laws->kind_size = hmfm_calloc(groups->n_kinds, sizeof *laws->kind_size);
  laws->kind_groups = hmfm_calloc(groups->n_kinds, sizeof *laws->kind_groups);
  laws->kind_law = hmfm_calloc(groups->n_kinds, sizeof *laws->kind_law);
  if (!laws->kind || !laws->kind_size || !laws->kind_groups || !laws->kind_law)
    return hmfm_fail_memory(error, "the prior laws");
  laws->n_kinds = groups->n_kinds;
  memcpy(laws->kind, groups->kind, groups->n_groups * sizeof *laws->kind);
  memcpy(laws->kind_size, groups->kind_units, groups->n_kinds * sizeof *laws->kind_size);
  memcpy(laws->kind_groups, groups->count, groups->n_kinds * sizeof *laws->kind_groups);
  memcpy(laws->pair, groups->pair, sizeof laws->pair);
  return HMFM_OK;
}

static hmfm_status find_law(const hmfm_model *model, const hmfm_prior_law **law,
                            hmfm_error *error) {
  *law = hmfm_prior_law_find(model->mixing);
  if (*law) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE, "the prior laws of mixing %s are not known",
                   model->mixing->name);
}

hmfm_status hmfm_prior_laws_create(const hmfm_model *model, const hmfm_prior_run *run,
                                   hmfm_prior_laws **out, hmfm_error *error) {
  const hmfm_prior_law *law;
  hmfm_prior_run defaults;
  hmfm_groups groups = {0};
  hmfm_prior_laws *laws = NULL;
  hmfm_prior_run_defaults(&defaults);
  if (!run) run = &defaults;
  hmfm_status status = find_law(model, &law, error);
  if (!status) status = check_run(run, model->dataset->n_groups, error);
  if (!status)
    status = hmfm_groups_create(model->dataset, law, model->mixing_prior, &groups, error);
  if (status) return status;
  if (groups.n_groups > 1) memcpy(groups.pair, run->pair, sizeof groups.pair);
  laws = hmfm_calloc(1, sizeof *laws);
  if (!laws) status = hmfm_fail_memory(error, "the prior laws");
  if (!status) status = take_groups(&groups, laws, error);
  if (!status) status = compute(law, model->mixing_prior, &groups, run, laws, error);
  hmfm_groups_clear(&groups);
  if (status)
    hmfm_prior_laws_destroy(laws);
  else
    *out = laws;
  return status;
}

void hmfm_prior_laws_destroy(hmfm_prior_laws *laws) {
  if (!laws) return;
  for (size_t c = 0; c < laws->n_kinds; c++) hmfm_law_clear(&laws->kind_law[c]);
  hmfm_law_clear(&laws->clusters);
  hmfm_law_clear(&laws->shared);
  hmfm_law_clear(&laws->components);
  hmfm_free(laws->kind);
  hmfm_free(laws->kind_size);
  hmfm_free(laws->kind_groups);
  hmfm_free(laws->kind_law);
  hmfm_free(laws);
}

hmfm_status hmfm_prior_means_compute(const hmfm_model *model, hmfm_prior_means *out,
                                     hmfm_error *error) {
  const hmfm_prior_law *law;
  hmfm_groups groups = {0};
  hmfm_status status = find_law(model, &law, error);
  if (!status)
    status = hmfm_groups_create(model->dataset, law, model->mixing_prior, &groups, error);
  if (status) return status;
  status = law->means(model->mixing_prior, &groups, out, error);
  hmfm_groups_clear(&groups);
  return status;
}
