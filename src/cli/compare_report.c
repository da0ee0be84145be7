/* Gathering what hmfm compare tells: each fit's summary and scores, and that they are of the same data. */
#include "cli/compare.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static const hmfm_quantity *first_of(const hmfm_report *r, const char *variable) {
  for (size_t k = 0; k < r->n_quantities; k++)
    if (strcmp(r->quantity[k].variable->name, variable) == 0) return &r->quantity[k];
  return NULL;
}

/* What a fit must have to be scored. */
static hmfm_status check_fit(const hmfm_report *r, hmfm_error *error) {
  const hmfm_config_entry *prior =
      r->configuration ? hmfm_config_find(r->configuration, "prior-only") : NULL;
  if (prior && prior->truth)
    return hmfm_fail(
        error, HMFM_EDATA,
        "'%s' was made with --prior-only: it has not seen the data, so there is nothing "
        "to score",
        r->path);
  if (!r->draws->log_likelihood)
    return hmfm_fail(error, HMFM_EDATA,
                     "'%s' has no log likelihoods of units, which scores are made of: it was made "
                     "with --no-log-likelihood; sample again without that option",
                     r->path);
  return HMFM_OK;
}

static hmfm_status check_pair(const hmfm_report *a, const hmfm_report *b, hmfm_error *error) {
  hmfm_error why = {0};
  if (hmfm_draws_same_data(a->draws, b->draws, &why)) {
    const int may_be_missing = a->draws->n_rows != b->draws->n_rows;
    return hmfm_fail(error, HMFM_EDATA, "'%s' and '%s' are fits to different data: %s%s", a->path,
                     b->path, why.message,
                     may_be_missing ? " (rows with a missing covariate are left out of a fit)"
                                    : "");
  }
  if (strcmp(a->info->family, b->info->family) != 0)
    return hmfm_fail(error, HMFM_EDATA,
                     "'%s' is of the %s family, '%s' of the %s family: densities and probabilities "
                     "cannot be compared",
                     a->path, a->info->family, b->path, b->info->family);
  return HMFM_OK;
}

static hmfm_status add_fit(hmfm_comparison *c, const char *path, hmfm_error *error) {
  hmfm_compared *fit = &c->fit[c->n];
  hmfm_error why = {0};
  hmfm_status status = hmfm_report_create(path, HMFM_PART_LOG_LIKELIHOOD, &fit->report, error);
  if (status) return status;
  c->n++;
  status = check_fit(fit->report, error);
  if (!status && c->n > 1) status = check_pair(c->fit[0].report, fit->report, error);
  if (status) return status;
  status = hmfm_loo_create(fit->report->draws, &fit->loo, &why);
  if (status == HMFM_EMEMORY) return hmfm_fail(error, status, "%s", why.message);
  if (status) return hmfm_fail(error, status, "'%s': %s", path, why.message);
  hmfm_free(fit->report->draws->log_likelihood);
  fit->report->draws->log_likelihood = NULL;
  fit->clusters = first_of(fit->report, "K");
  if (fit->report->group_clusters) fit->group_clusters = first_of(fit->report, "K_group");
  return HMFM_OK;
}

static hmfm_status rank_fits(hmfm_comparison *c, hmfm_error *error) {
  const hmfm_loo **loo = hmfm_calloc(c->n, sizeof *loo);
  c->rank = hmfm_calloc(c->n, sizeof *c->rank);
  hmfm_status status = HMFM_OK;
  if (!loo || !c->rank) status = hmfm_fail_memory(error, "the comparison");
  for (size_t k = 0; !status && k < c->n; k++) loo[k] = c->fit[k].loo;
  if (!status) status = hmfm_loo_compare(loo, c->n, c->rank, error);
  hmfm_free(loo);
  return status;
}

void hmfm_comparison_destroy(hmfm_comparison *c) {
  if (!c) return;
  for (size_t k = 0; k < c->n; k++) {
    hmfm_loo_destroy(c->fit[k].loo);
    hmfm_point_partition_clear(&c->fit[k].point);
    hmfm_report_destroy(c->fit[k].report);
  }
  hmfm_free(c->fit);
  hmfm_free(c->rank);
  hmfm_free(c->vi);
  hmfm_free(c->ari);
  hmfm_notes_clear(&c->remarks);
  hmfm_notes_clear(&c->warnings);
  hmfm_free(c);
}

hmfm_status hmfm_comparison_create(const char *const *path, size_t n,
                                   const hmfm_partition_search *search, int quiet,
                                   hmfm_comparison **out, hmfm_error *error) {
  hmfm_comparison *c = hmfm_calloc(1, sizeof *c);
  if (!c) return hmfm_fail_memory(error, "the comparison");
  hmfm_status status = HMFM_OK;
  c->fit = hmfm_calloc(n, sizeof *c->fit);
  if (!c->fit) status = hmfm_fail_memory(error, "the comparison");
  for (size_t k = 0; !status && k < n; k++) status = add_fit(c, path[k], error);
  if (!status) status = rank_fits(c, error);
  if (!status) status = hmfm_comparison_judge(c, error);
  if (!status && search) status = hmfm_comparison_add_partitions(c, search, quiet, error);
  /* A warning that got lost must not pass for a score to be relied on. */
  if (!status && (c->remarks.lost || c->warnings.lost))
    status = hmfm_fail_memory(error, "the comparison");
  if (status)
    hmfm_comparison_destroy(c);
  else
    *out = c;
  return status;
}

double hmfm_compared_speed(const hmfm_compared *fit) {
  const double seconds = fit->report->info->seconds;
  return fit->clusters && seconds > 0 ? fit->clusters->value.ess_bulk / seconds : NAN;
}
