/* hmfm clusters for programs: CSV and JSON. */
#include <math.h>

#include "base/error.h"
#include "cli/clusters.h"
#include "cli/data_print.h"

/* Names and values of what is said of a posterior, in the order of the columns. */
enum { N_STATISTICS = 7 };
static const char *const statistic_name[N_STATISTICS] = {"mean", "sd",   "q5",      "q50",
                                                         "q95",  "rhat", "ess_bulk"};

static double statistic(const hmfm_diagnostics *v, int s) {
  const double all[N_STATISTICS] = {v->mean, v->sd, v->q5, v->q50, v->q95, v->rhat, v->ess_bulk};
  return all[s];
}

/* Moves from the cluster that pair p is the first of; *end: the pair after its last. */
static size_t moves_from(const hmfm_transitions *t, size_t p, size_t *end) {
  size_t moves = 0, q = p;
  for (; q < t->n_pairs && t->pair[q].from == t->pair[p].from; q++) moves += t->pair[q].count;
  *end = q;
  return moves;
}

/* ---- CSV ---- */

static void put_number(FILE *to, double x) {
  fputc(',', to);
  hmfm_csv_number(to, x);
}

static void print_clusters(const hmfm_clusters_report *r, FILE *to) {
  static const char *const law[] = {"mean", "sd"};
  const hmfm_clusters *c = r->clusters;
  fprintf(to,
          "cluster,units,groups,observations,response_mean,response_sd,exposure_mean,certainty");
  for (int q = 0; q < 2; q++)
    for (int s = 0; s < N_STATISTICS; s++) fprintf(to, ",%s_%s", law[q], statistic_name[s]);
  for (size_t x = 0; x < c->n_covariates; x++) {
    fputc(',', to);
    hmfm_csv_label(to, "x", r->draws->covariate_name[x]);
  }
  for (size_t k = 0; k < c->n_clusters; k++) {
    const hmfm_cluster *one = &c->cluster[k];
    fprintf(to, "\n%zu,%zu,%zu,%zu", k + 1, one->n_units, one->n_groups, one->n_rows);
    put_number(to, one->response_mean);
    put_number(to, one->response_sd);
    put_number(to, one->exposure_mean);
    put_number(to, one->certainty);
    for (int s = 0; s < N_STATISTICS; s++) put_number(to, statistic(&one->mean, s));
    for (int s = 0; s < N_STATISTICS; s++) put_number(to, statistic(&one->sd, s));
    for (size_t x = 0; x < c->n_covariates; x++)
      put_number(to, c->covariate_mean[k * c->n_covariates + x]);
  }
  fputc('\n', to);
}

static void print_groups(const hmfm_clusters_report *r, FILE *to) {
  const hmfm_clusters *c = r->clusters;
  fprintf(to, "group,cluster,units\n");
  for (size_t j = 0; j < c->n_groups; j++)
    for (size_t k = 0; k < c->n_clusters; k++) {
      hmfm_csv_field(to, r->draws->group_name[j]);
      fprintf(to, ",%zu,%zu\n", k + 1, c->count[j * c->n_clusters + k]);
    }
}

static void print_transitions(const hmfm_clusters_report *r, FILE *to) {
  const hmfm_transitions *t = r->transitions;
  fprintf(to, "from,to,moves,share\n");
  for (size_t p = 0, end; p < t->n_pairs; p = end) {
    const size_t from = moves_from(t, p, &end);
    for (size_t q = p; q < end; q++) {
      fprintf(to, "%zu,%zu,%zu", (size_t)t->pair[q].from + 1, (size_t)t->pair[q].to + 1,
              t->pair[q].count);
      put_number(to, (double)t->pair[q].count / (double)from);
      fputc('\n', to);
    }
  }
}

/* A row of a column: of level l, or of numbers where level is NULL. */
static void print_value(const hmfm_cluster_column *column, size_t k, const char *level,
                        double share, FILE *to) {
  hmfm_csv_field(to, column->name);
  fprintf(to, ",%zu,", k + 1);
  if (level) hmfm_csv_field(to, level);
  fprintf(to, ",%zu,%zu", column->n_units[k], column->n_missing[k]);
  put_number(to, column->mean[k]);
  put_number(to, column->sd[k]);
  put_number(to, share);
  fputc('\n', to);
}

static void print_by(const hmfm_clusters_report *r, FILE *to) {
  fprintf(to, "column,cluster,level,units,missing,mean,sd,share\n");
  for (size_t c = 0; c < r->by.n; c++) {
    const hmfm_cluster_column *column = r->column[c];
    const size_t L = column->n_levels;
    for (size_t k = 0; k < column->n_clusters; k++) {
      if (!column->is_text) print_value(column, k, NULL, NAN, to);
      for (size_t l = 0; l < L; l++)
        print_value(column, k, column->level[l], column->share[k * L + l], to);
    }
  }
}

void hmfm_clusters_print_csv(const hmfm_clusters_report *r, hmfm_clusters_table table, FILE *to) {
  switch (table) {
  case HMFM_TABLE_CLUSTERS: print_clusters(r, to); break;
  case HMFM_TABLE_GROUPS: print_groups(r, to); break;
  case HMFM_TABLE_TRANSITIONS: print_transitions(r, to); break;
  case HMFM_TABLE_BY: print_by(r, to); break;
  }
}

/* ---- JSON ---- */

static json_t *law_json(const hmfm_diagnostics *law) {
  json_t *value = json_object();
  int failed = !value;
  for (int s = 0; s < N_STATISTICS; s++)
    failed |= json_object_set_new(value, statistic_name[s], hmfm_json_number(statistic(law, s)));
  return hmfm_json_whole(value, failed);
}

static json_t *cluster_json(const hmfm_clusters_report *r, size_t k) {
  const hmfm_clusters *c = r->clusters;
  const hmfm_cluster *one = &c->cluster[k];
  json_t *covariates = json_object();
  int failed = !covariates;
  for (size_t x = 0; x < c->n_covariates; x++)
    failed |= json_object_set_new(covariates, r->draws->covariate_name[x],
                                  hmfm_json_number(c->covariate_mean[k * c->n_covariates + x]));
  covariates = hmfm_json_whole(covariates, failed);
  return json_pack(
      "{s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "cluster", (json_int_t)k + 1,
      "units", (json_int_t)one->n_units, "groups", (json_int_t)one->n_groups, "observations",
      (json_int_t)one->n_rows, "response_mean", hmfm_json_number(one->response_mean), "response_sd",
      hmfm_json_number(one->response_sd), "exposure_mean", hmfm_json_number(one->exposure_mean),
      "covariates", covariates, "certainty", hmfm_json_number(one->certainty), "mean",
      law_json(&one->mean), "sd", law_json(&one->sd));
}

static json_t *counts_json(size_t n, const size_t *count) {
  json_t *list = json_array();
  int failed = !list;
  for (size_t k = 0; k < n; k++)
    failed |= json_array_append_new(list, json_integer((json_int_t)count[k]));
  return hmfm_json_whole(list, failed);
}

static json_t *groups_json(const hmfm_clusters_report *r) {
  const hmfm_clusters *c = r->clusters;
  json_t *list = json_array();
  int failed = !list;
  for (size_t j = 0; j < c->n_groups; j++)
    failed |= json_array_append_new(
        list, json_pack("{s:s, s:I, s:o}", "group", r->draws->group_name[j], "clusters",
                        (json_int_t)c->group_clusters[j], "units",
                        counts_json(c->n_clusters, c->count + j * c->n_clusters)));
  return hmfm_json_whole(list, failed);
}

static json_t *transitions_json(const hmfm_transitions *t) {
  json_t *pairs = json_array();
  int failed = !pairs;
  for (size_t p = 0, end; p < t->n_pairs; p = end) {
    const size_t from = moves_from(t, p, &end);
    for (size_t q = p; q < end; q++)
      failed |= json_array_append_new(
          pairs, json_pack("{s:I, s:I, s:I, s:o}", "from", (json_int_t)t->pair[q].from + 1, "to",
                           (json_int_t)t->pair[q].to + 1, "moves", (json_int_t)t->pair[q].count,
                           "share", hmfm_json_number((double)t->pair[q].count / (double)from)));
  }
  pairs = hmfm_json_whole(pairs, failed);
  const double share = t->n_moves ? (double)t->n_stays / (double)t->n_moves : NAN;
  return json_pack("{s:I, s:I, s:I, s:o, s:o}", "names", (json_int_t)t->n_names, "moves",
                   (json_int_t)t->n_moves, "stays", (json_int_t)t->n_stays, "share_stays",
                   hmfm_json_number(share), "pairs", pairs);
}

/* What a cluster has of a column. */
static json_t *value_json(const hmfm_cluster_column *column, size_t k) {
  json_t *value =
      json_pack("{s:I, s:I, s:I}", "cluster", (json_int_t)k + 1, "units",
                (json_int_t)column->n_units[k], "missing", (json_int_t)column->n_missing[k]);
  int failed = !value;
  if (!column->is_text) {
    failed |= json_object_set_new(value, "mean", hmfm_json_number(column->mean[k]));
    failed |= json_object_set_new(value, "sd", hmfm_json_number(column->sd[k]));
    return hmfm_json_whole(value, failed);
  }
  json_t *shares = json_object();
  failed |= !shares;
  for (size_t l = 0; l < column->n_levels; l++)
    failed |= json_object_set_new(shares, column->level[l],
                                  hmfm_json_number(column->share[k * column->n_levels + l]));
  failed |= json_object_set_new(value, "shares", shares);
  return hmfm_json_whole(value, failed);
}

static json_t *column_json(const hmfm_cluster_column *column) {
  json_t *list = json_array();
  int failed = !list;
  for (size_t k = 0; k < column->n_clusters; k++)
    failed |= json_array_append_new(list, value_json(column, k));
  list = hmfm_json_whole(list, failed);
  return json_pack("{s:s, s:s, s:I, s:o}", "column", column->name, "kind",
                   column->is_text ? "text" : "number", "levels_together",
                   (json_int_t)column->n_pooled, "clusters", list);
}

static json_t *partition_json(const hmfm_clusters_report *r) {
  const int searched = !r->partition_path;
  return json_pack("{s:I, s:s?, s:s?, s:o}", "clusters", (json_int_t)r->clusters->n_clusters,
                   "file", r->partition_path, "loss", searched ? r->loss : NULL, "expected_loss",
                   hmfm_json_number(searched ? r->partition.loss : NAN));
}

hmfm_status hmfm_clusters_print_json(const hmfm_clusters_report *r, FILE *to, hmfm_error *error) {
  json_t *all = json_object(), *clusters = json_array(), *by = json_array();
  int failed = 0;
  for (size_t k = 0; k < r->clusters->n_clusters; k++)
    failed |= json_array_append_new(clusters, cluster_json(r, k));
  for (size_t c = 0; c < r->by.n; c++)
    failed |= json_array_append_new(by, column_json(r->column[c]));
  failed |= json_object_set_new(all, "partition", partition_json(r));
  failed |= json_object_set_new(all, "clusters", clusters);
  failed |= json_object_set_new(all, "groups", groups_json(r));
  failed |= json_object_set_new(
      all, "transitions", r->transitions->n_moves ? transitions_json(r->transitions) : json_null());
  failed |= json_object_set_new(all, "by", by);
  failed |= json_object_set_new(all, "remarks", hmfm_json_sentences(&r->remarks));
  all = hmfm_json_whole(all, failed);
  if (!all)
    return hmfm_fail(error, HMFM_EDATA, "no JSON: out of memory, or a name that is not UTF-8");
  failed = json_dumpf(all, to, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) || fputc('\n', to) == EOF;
  json_decref(all);
  return failed ? hmfm_fail(error, HMFM_EIO, "the JSON cannot be written") : HMFM_OK;
}
