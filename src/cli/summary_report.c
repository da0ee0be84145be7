/* Gathering what hmfm summary tells: quantities with their diagnostics, and the posteriors of K and
 * of each K_j. */
#include "cli/summary.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static double draw_of(const hmfm_draws *d, const hmfm_variable *v, size_t k, size_t chain,
                      size_t draw) {
  return v->value[(chain * d->capacity + draw) * v->width + k];
}

/* Whether the configuration gives a quantity its value: by the variable's name, for all or by group. */
static int is_fixed(const void *context, const hmfm_quantity *q) {
  const hmfm_report *r = context;
  const hmfm_config_entry *e =
      r->configuration ? hmfm_config_find(r->configuration, q->variable->name) : NULL;
  if (!e || e->kind != HMFM_CONFIG_NUMBER) return 0;
  if (!e->label) return 1;
  if (q->variable->shape != HMFM_GROUP) return 0;
  for (size_t k = 0; k < e->n; k++)
    if (strcmp(e->label[k], r->draws->group_name[q->index]) == 0) return 1;
  return 0;
}

hmfm_status hmfm_count_law_fill(const char *path, const hmfm_draws *d, const hmfm_variable *v,
                                size_t k, hmfm_count_law *law, hmfm_error *error) {
  double least = INFINITY, most = -INFINITY;
  for (size_t c = 0; c < d->n_chains; c++) {
    for (size_t t = 0; t < d->n_draws; t++) {
      double x = draw_of(d, v, k, c, t);
      least = fmin(least, x);
      most = fmax(most, x);
    }
  }
  if (!(least >= 0 && most <= (double)d->n_units)) /* a cluster has a unit */
    return hmfm_fail(error, HMFM_EIO, "cannot read '%s': %s has values that count no clusters",
                     path, v->name);
  law->least = (size_t)least;
  law->n = (size_t)most - law->least + 1;
  law->probability = hmfm_calloc(law->n, sizeof *law->probability);
  if (!law->probability) return hmfm_fail_memory(error, "the summary");
  for (size_t c = 0; c < d->n_chains; c++)
    for (size_t t = 0; t < d->n_draws; t++)
      law->probability[(size_t)draw_of(d, v, k, c, t) - law->least] += 1;
  for (size_t i = 0; i < law->n; i++) law->probability[i] /= (double)(d->n_chains * d->n_draws);
  return HMFM_OK;
}

static hmfm_status count_clusters(hmfm_report *r, hmfm_error *error) {
  const hmfm_variable *all = hmfm_draws_find(r->draws, "K");
  const hmfm_variable *groups = hmfm_draws_find(r->draws, "K_group");
  hmfm_status status = HMFM_OK;
  if (all) status = hmfm_count_law_fill(r->path, r->draws, all, 0, &r->clusters, error);
  if (status || !groups || groups->width != r->draws->n_groups) return status;
  r->group_clusters = hmfm_calloc(groups->width, sizeof *r->group_clusters);
  if (!r->group_clusters) return hmfm_fail_memory(error, "the summary");
  for (size_t j = 0; !status && j < groups->width; j++)
    status = hmfm_count_law_fill(r->path, r->draws, groups, j, &r->group_clusters[j], error);
  return status;
}

size_t hmfm_count_law_quantile(const hmfm_count_law *law, double p) {
  double sum = 0;
  for (size_t i = 0; i < law->n; i++) {
    sum += law->probability[i];
    if (sum >= p * (1 - 1e-12)) return law->least + i;
  }
  return law->least + law->n - 1;
}

size_t hmfm_count_law_mode(const hmfm_count_law *law) {
  size_t mode = 0;
  for (size_t i = 1; i < law->n; i++)
    if (law->probability[i] > law->probability[mode]) mode = i;
  return law->least + mode;
}

size_t hmfm_report_sweeps(const hmfm_report *r) {
  return r->info->warmup + r->draws->n_draws * r->info->thin;
}

double hmfm_report_speed(const hmfm_report *r) {
  double sweeps = (double)hmfm_report_sweeps(r) * (double)r->draws->n_chains;
  return r->info->seconds > 0 ? sweeps / r->info->seconds : NAN;
}

/* The options that a remedy would be given by. */
static const hmfm_remedies REMEDIES = {
    .draws = "--draws 1000",
    .chains = "--chains 4",
    .longer = "--warmup, --draws or --thin",
    .warmup = "--warmup",
    .modes = "--anneal 2000 to 5000",
    .scale = "--s0, --beta-var",
    .sweeps = "--draws, or --thin to keep the file small",
    .fixed_by = "configuration",
};

void hmfm_report_judge(hmfm_report *r) {
  const hmfm_config_entry *wanted =
      r->configuration ? hmfm_config_find(r->configuration, "draws") : NULL;
  const double draws = wanted && wanted->number ? wanted->number[0] : 0;
  hmfm_remedies remedies = REMEDIES;
  if (r->info && strcmp(r->info->family, "poisson") == 0)
    remedies.scale = "--rate-mean, --rate-shape";
  if (r->info && strcmp(r->info->mixing, "hmfm") != 0) remedies.modes = NULL;
  hmfm_judgement judgement = {.draws = r->draws,
                              .n_quantities = r->n_quantities,
                              .quantity = r->quantity,
                              .ess_wanted = r->ess_wanted,
                              .draws_wanted = ceil(draws / (double)r->thinned),
                              .difference = r->partitions ? &r->difference : NULL,
                              .remedies = &remedies,
                              .remarks = &r->remarks,
                              .warnings = &r->warnings};
  hmfm_judge(&judgement);
}

void hmfm_report_destroy(hmfm_report *r) {
  if (!r) return;
  for (size_t j = 0; r->group_clusters && j < r->draws->n_groups; j++)
    hmfm_free(r->group_clusters[j].probability);
  hmfm_free(r->group_clusters);
  hmfm_free(r->clusters.probability);
  hmfm_quantities_destroy(r->quantity, r->n_quantities);
  hmfm_notes_clear(&r->remarks);
  hmfm_notes_clear(&r->warnings);
  hmfm_config_destroy(r->configuration);
  hmfm_fit_info_destroy(r->info);
  hmfm_draws_destroy(r->draws);
  hmfm_free(r);
}

hmfm_status hmfm_report_create(const char *path, unsigned parts, hmfm_report **out,
                               hmfm_error *error) {
  return hmfm_report_create_with(path, parts, NULL, out, error);
}

hmfm_status hmfm_report_create_with(const char *path, unsigned parts,
                                    const hmfm_report_partitions *partitions, hmfm_report **out,
                                    hmfm_error *error) {
  hmfm_report *r = hmfm_calloc(1, sizeof *r);
  if (!r) return hmfm_fail_memory(error, "the summary");
  r->path = path;
  r->thinned = 1;
  hmfm_status status = hmfm_netcdf_read(path, parts, &r->draws, &r->info, error);
  if (status) goto out;
  const char *text = r->info->configuration ? r->info->configuration : "";
  status = hmfm_config_parse(text, strlen(text), path, &r->configuration, NULL);
  if (status == HMFM_EMEMORY) {
    hmfm_fail_memory(error, "the configuration");
    goto out;
  }
  if (partitions) hmfm_report_thin(r);
  r->ess_wanted = HMFM_ESS_LIMIT * (double)r->draws->n_chains;
  r->partitions = partitions;
  status = partitions ? hmfm_report_add_partitions(r, error) : HMFM_OK;
  if (!status)
    status = hmfm_quantities_create(r->draws, r->ess_wanted, is_fixed, r, &r->quantity,
                                    &r->n_quantities, error);
  if (!status) status = count_clusters(r, error);
  if (!status) hmfm_report_judge(r);
  /* A warning that got lost must not pass for convergence. */
  if (!status && (r->remarks.lost || r->warnings.lost))
    status = hmfm_fail_memory(error, "the summary");
out:
  if (status)
    hmfm_report_destroy(r);
  else
    *out = r;
  return status;
}
