/* hmfm clusters for people: clusters, their posterior, groups, transitions, other columns. */
#include <math.h>
#include <string.h>

#include "cli/clusters.h"
#include "cli/summary.h"
#include "cli/text_print.h"

enum { PAGE = 92, LABEL = 7, NAME = 24 };

static void print_setup(const hmfm_clusters_report *r, FILE *to) {
  const hmfm_draws *d = r->draws;
  const size_t K = r->clusters->n_clusters;
  const size_t n_draws = d->n_chains * hmfm_draws_kept(d, d->n_draws);
  fprintf(to, "Fit        %s: ", r->path);
  hmfm_text_put(to, d->response_name, strlen(d->response_name));
  fprintf(to, " of %zu unit%s in %zu group%s, %zu observation%s; %zu draw%s\n", d->n_units,
          d->n_units == 1 ? "" : "s", d->n_groups, d->n_groups == 1 ? "" : "s", d->n_rows,
          d->n_rows == 1 ? "" : "s", n_draws, n_draws == 1 ? "" : "s");
  fprintf(to, "Partition  %zu cluster%s, ", K, K == 1 ? "" : "s");
  if (r->partition_path)
    fprintf(to, "from %s\n", r->partition_path);
  else
    fprintf(to, "expected %s %.6g\n", r->loss, r->partition.loss);
}

/* The width of a column with that heading: one that is too long is cut. */
static int width_of(const char *name, int least) {
  const int width = hmfm_text_width(name);
  return width > least ? (width < NAME ? width : NAME) : least;
}

static void print_heading(FILE *to, const char *name, int width) {
  const int w = hmfm_text_width(name);
  fprintf(to, " %*s", w < width ? width - w : 0, "");
  hmfm_text_fit(to, name, w < width ? w : width);
}

static void print_clusters(const hmfm_clusters_report *r, FILE *to) {
  const hmfm_clusters *c = r->clusters;
  const hmfm_draws *d = r->draws;
  const size_t n_x = c->n_covariates;
  fprintf(to, "\nClusters: mean and sd of the observations%s, certainty of the units\n",
          n_x ? ", means of the covariates" : "");
  fprintf(to, "%*s %6s %6s %8s %9s %9s", LABEL, "cluster", "units", "groups", "obs", "mean", "sd");
  if (d->exposure) print_heading(to, d->exposure_name, width_of(d->exposure_name, 9));
  for (size_t x = 0; x < n_x; x++)
    print_heading(to, d->covariate_name[x], width_of(d->covariate_name[x], 8));
  fprintf(to, " %9s\n", "certainty");
  for (size_t k = 0; k < c->n_clusters; k++) {
    const hmfm_cluster *one = &c->cluster[k];
    fprintf(to, "%*zu %6zu %6zu %8zu", LABEL, k + 1, one->n_units, one->n_groups, one->n_rows);
    hmfm_text_number(to, "%.4g", 9, one->response_mean);
    hmfm_text_number(to, "%.3g", 9, one->response_sd);
    if (d->exposure)
      hmfm_text_number(to, "%.4g", width_of(d->exposure_name, 9), one->exposure_mean);
    for (size_t x = 0; x < n_x; x++)
      hmfm_text_number(to, "%.3g", width_of(d->covariate_name[x], 8),
                       c->covariate_mean[k * n_x + x]);
    hmfm_text_number(to, "%.3f", 9, one->certainty);
    fprintf(to, "\n");
  }
}

static void print_law(FILE *to, const hmfm_diagnostics *law) {
  hmfm_text_number(to, "%.4g", 7, law->mean);
  hmfm_text_number(to, "%.2g", 7, law->sd);
  hmfm_text_number(to, "%.4g", 7, law->q5);
  hmfm_text_number(to, "%.4g", 7, law->q50);
  hmfm_text_number(to, "%.4g", 7, law->q95);
}

static void print_posterior(const hmfm_clusters_report *r, FILE *to) {
  const hmfm_clusters *c = r->clusters;
  const char *at = r->draws->n_covariates ? " at covariates 0"
                   : r->draws->exposure   ? " at exposure 1"
                                          : "";
  if (!c->has_posterior) return;
  fprintf(to, "\nPosterior of the mean and the sd of an observation of a cluster's unit%s\n", at);
  fprintf(to, "%*s %7s %7s %7s %7s %7s %7s %7s %7s %7s %7s %6s\n", LABEL, "cluster", "mean", "+-",
          "q5", "q50", "q95", "sd", "+-", "q5", "q50", "q95", "rhat");
  for (size_t k = 0; k < c->n_clusters; k++) {
    fprintf(to, "%*zu", LABEL, k + 1);
    print_law(to, &c->cluster[k].mean);
    print_law(to, &c->cluster[k].sd);
    hmfm_text_number(to, "%.3f", 6, hmfm_cluster_rhat(&c->cluster[k]));
    fprintf(to, hmfm_cluster_rhat(&c->cluster[k]) > HMFM_RHAT_LIMIT ? "  !\n" : "\n");
  }
}

/* ---- matrices of counts, a column a cluster, in as many blocks as the width of a page takes ---- */

typedef struct blocks {
  size_t n, across; /* clusters; in one block */
  int width;        /* of a column */
} blocks;

static int digits(size_t n) {
  int d = 1;
  for (; n >= 10; n /= 10) d++;
  return d;
}

/* Blocks for rows that open with `head` characters, and counts up to `most`. */
static blocks blocks_make(size_t n, int head, size_t most) {
  const int width = digits(most > n ? most : n) + 1;
  return (blocks){n, (size_t)((head + width < PAGE ? PAGE - head : width) / width), width};
}

/* The clusters of the block that begins at `from`: their numbers, where count is NULL, or counts. */
static void print_block(FILE *to, const blocks *b, size_t from, const size_t *count) {
  for (size_t k = from; k < b->n && k < from + b->across; k++)
    if (!count || count[k])
      fprintf(to, "%*zu", b->width, count ? count[k] : k + 1);
    else
      fprintf(to, "%*s", b->width, ".");
  fprintf(to, "\n");
}

static void print_groups(const hmfm_clusters_report *r, FILE *to) {
  const hmfm_clusters *c = r->clusters;
  const size_t K = c->n_clusters;
  int name = hmfm_text_width("group");
  size_t most = 0;
  for (size_t j = 0; j < c->n_groups; j++) name = width_of(r->draws->group_name[j], name);
  for (size_t k = 0; k < c->n_groups * K; k++) most = c->count[k] > most ? c->count[k] : most;
  const blocks b = blocks_make(K, name + 16, most);
  for (size_t from = 0; from < K; from += b.across) {
    fprintf(to,
            from ? "\nGroups, further clusters\n"
                 : "\nGroups: units in each cluster, and the number of clusters that have some\n");
    hmfm_text_pad(to, "group", name);
    fprintf(to, " %6s %8s", "units", "clusters");
    print_block(to, &b, from, NULL);
    for (size_t j = 0; j < c->n_groups; j++) {
      size_t units = 0;
      for (size_t k = 0; k < K; k++) units += c->count[j * K + k];
      hmfm_text_fit(to, r->draws->group_name[j], name);
      fprintf(to, " %6zu %8zu", units, c->group_clusters[j]);
      print_block(to, &b, from, c->count + j * K);
    }
  }
}

/* The matrix, where a page is wide enough for it. */
static void print_transitions(const hmfm_clusters_report *r, FILE *to) {
  const hmfm_transitions *t = r->transitions;
  const size_t K = t->n_clusters;
  size_t most = 0, row[PAGE];
  if (!t->n_moves) return;
  fprintf(to,
          "\nTransitions of %zu name%s in several groups, from one to the next: %zu, of which %zu "
          "(%.1f%%) stay\n",
          t->n_names, t->n_names == 1 ? "" : "s", t->n_moves, t->n_stays,
          100.0 * (double)t->n_stays / (double)t->n_moves);
  for (size_t p = 0; p < t->n_pairs; p++) most = t->pair[p].count > most ? t->pair[p].count : most;
  const blocks b = blocks_make(K, LABEL, most);
  if (b.across < K) {
    fprintf(
        to,
        "  %zu pair%s of clusters, too many clusters for a matrix on a page: see them by --what "
        "transitions\n",
        t->n_pairs, t->n_pairs == 1 ? "" : "s");
    return;
  }
  fprintf(to, "%*s", LABEL, "from\\to");
  print_block(to, &b, 0, NULL);
  for (size_t a = 0, p = 0; a < K; a++) {
    memset(row, 0, sizeof row);
    for (; p < t->n_pairs && t->pair[p].from == a; p++) row[t->pair[p].to] = t->pair[p].count;
    fprintf(to, "%*zu", LABEL, a + 1);
    print_block(to, &b, 0, row);
  }
}

static void print_column(const hmfm_cluster_column *column, FILE *to) {
  fprintf(to, "\n");
  hmfm_text_put(to, column->name, strlen(column->name));
  fprintf(to, column->is_text ? ": shares of levels, over units\n" : ": mean and sd over units\n");
  fprintf(to, "%*s %6s %8s", LABEL, "cluster", "units", "missing");
  if (!column->is_text) fprintf(to, " %9s %9s", "mean", "sd");
  for (size_t l = 0; l < column->n_levels; l++)
    print_heading(to, column->level[l], width_of(column->level[l], 6));
  for (size_t k = 0; k < column->n_clusters; k++) {
    fprintf(to, "\n%*zu %6zu %8zu", LABEL, k + 1, column->n_units[k], column->n_missing[k]);
    if (!column->is_text) {
      hmfm_text_number(to, "%.4g", 9, column->mean[k]);
      hmfm_text_number(to, "%.3g", 9, column->sd[k]);
    }
    for (size_t l = 0; l < column->n_levels; l++)
      hmfm_text_number(to, "%.3f", width_of(column->level[l], 6),
                       column->share[k * column->n_levels + l]);
  }
  fprintf(to, "\n");
}

void hmfm_clusters_print_text(const hmfm_clusters_report *r, FILE *to) {
  print_setup(r, to);
  print_clusters(r, to);
  print_posterior(r, to);
  print_groups(r, to);
  print_transitions(r, to);
  for (size_t c = 0; c < r->by.n; c++) print_column(r->column[c], to);
  if (r->remarks.count) fprintf(to, "\n");
  for (size_t k = 0; k < r->remarks.count; k++) hmfm_text_sentence(to, r->remarks.text[k]);
}
