/* Plain sentences of hmfm clusters: what cannot be told and why, and where chains do not agree. */
#include <math.h>
#include <stdio.h>

#include "cli/clusters.h"
#include "cli/summary.h"

double hmfm_cluster_rhat(const hmfm_cluster *cluster) {
  return fmax(cluster->mean.rhat, cluster->sd.rhat); /* of NaN and a number, the number */
}

static void judge_posterior(hmfm_clusters_report *r) {
  if (!r->clusters->has_posterior)
    hmfm_notes_add(&r->remarks,
                   "The posterior of means and sds of clusters is not known: the components of the "
                   "draws were not saved (--no-components).");
}

static void judge_transitions(hmfm_clusters_report *r) {
  if (r->transitions->n_moves) return;
  if (r->configuration && !hmfm_config_find(r->configuration, "unit"))
    hmfm_notes_add(
        &r->remarks,
        "There are no transitions: without a column of units (-u) every row is a unit of "
        "its own, which is in one group.");
  else
    hmfm_notes_add(&r->remarks, "There are no transitions: no unit is in two groups.");
}

static void judge_columns(hmfm_clusters_report *r) {
  for (size_t c = 0; c < r->by.n; c++) {
    const hmfm_cluster_column *column = r->column[c];
    size_t missing = 0, units = 0;
    for (size_t k = 0; k < column->n_clusters; k++) {
      missing += column->n_missing[k];
      units += column->n_units[k];
    }
    if (missing)
      hmfm_notes_add(
          &r->remarks,
          "%s is missing in %zu of %zu observations, which are left out; %zu of %zu units "
          "have a value.",
          column->name, missing, r->draws->n_rows, units, r->draws->n_units);
    if (column->n_pooled)
      hmfm_notes_add(&r->remarks, "%s has %zu levels; the %zu rarest are together as %s.",
                     column->name, column->n_levels - 1 + column->n_pooled, column->n_pooled,
                     column->level[column->n_levels - 1]);
  }
}

/* Clusters whose mean or sd has an rhat above the limit. */
static void judge_chains(hmfm_clusters_report *r) {
  const hmfm_clusters *c = r->clusters;
  size_t bad = 0, worst = 0;
  for (size_t k = 0; k < c->n_clusters; k++) {
    if (!(hmfm_cluster_rhat(&c->cluster[k]) > HMFM_RHAT_LIMIT)) continue;
    if (!bad || hmfm_cluster_rhat(&c->cluster[k]) > hmfm_cluster_rhat(&c->cluster[worst]))
      worst = k;
    bad++;
  }
  if (bad)
    hmfm_notes_add(
        &r->remarks,
        "The chains do not agree on the mean or sd of %zu of %zu clusters: rhat is above "
        "%g (worst: cluster %zu, %.3f). See hmfm summary %s.",
        bad, c->n_clusters, HMFM_RHAT_LIMIT, worst + 1, hmfm_cluster_rhat(&c->cluster[worst]),
        r->path);
}

void hmfm_clusters_judge(hmfm_clusters_report *r, const hmfm_clusters_table *only) {
  if (!only || *only == HMFM_TABLE_CLUSTERS) judge_posterior(r);
  if (!only || *only == HMFM_TABLE_TRANSITIONS) judge_transitions(r);
  if (!only || *only == HMFM_TABLE_BY) judge_columns(r);
  if (!only || *only == HMFM_TABLE_CLUSTERS) judge_chains(r);
}
