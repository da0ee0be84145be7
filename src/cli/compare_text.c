/* hmfm compare for people: set-ups, scores with the best first, clusters of each group, and what to make of it. */
#include "cli/compare.h"

#include <math.h>
#include <string.h>

#include "cli/number_text.h"
#include "cli/text_print.h"

enum { NUMBER = 3, FIT = 10 }; /* widths of a fit's number, and of its column in tables of groups */

/* A column of a table with a row for each fit; row k is the k-th best where there are ranks. */
typedef struct column {
  const char *heading;
  int width; /* numbers stand right, texts left */
  void (*print)(const struct column *own, const hmfm_comparison *c, size_t k, FILE *to);
  const char *format; /* of a number */
  size_t at;          /* where in hmfm_loo it stands */
} column;

static const hmfm_compared *best(const hmfm_comparison *c, size_t k) {
  return &c->fit[c->rank[k].index];
}

/* ---- set-ups, in the order of the command line ---- */

static void print_mixing(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  fprintf(to, " %-*s", own->width, c->fit[k].report->info->mixing);
}

static void print_algorithm(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  fprintf(to, " %-*s", own->width, c->fit[k].report->info->algorithm);
}

static void print_draws(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  fprintf(to, " %*zu", own->width, c->fit[k].loo->n_draws);
}

static void print_time(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  char text[40];
  hmfm_duration_text(c->fit[k].report->info->seconds, text, sizeof text);
  fprintf(to, " %*s", own->width, text);
}

static void print_mean(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  const hmfm_quantity *K = c->fit[k].clusters;
  hmfm_text_number(to, own->format, own->width, K ? K->value.mean : NAN);
}

static void print_sd(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  const hmfm_quantity *K = c->fit[k].clusters;
  hmfm_text_number(to, own->format, own->width, K ? K->value.sd : NAN);
}

static void print_mode(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  const hmfm_compared *fit = &c->fit[k];
  hmfm_text_number(to, own->format, own->width,
                   fit->clusters ? (double)hmfm_count_law_mode(&fit->report->clusters) : NAN);
}

static void print_ess(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  const hmfm_quantity *K = c->fit[k].clusters;
  hmfm_text_number(to, own->format, own->width, K ? K->value.ess_bulk : NAN);
}

static void print_speed(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  hmfm_text_number(to, own->format, own->width, hmfm_compared_speed(&c->fit[k]));
}

static const column setups[] = {
    {"mixing", 6, print_mixing, NULL, 0},         {"algorithm", 11, print_algorithm, NULL, 0},
    {"draws", 7, print_draws, NULL, 0},           {"time", 12, print_time, NULL, 0},
    {"K_mean", 8, print_mean, "%.4g", 0},         {"K_sd", 7, print_sd, "%.3g", 0},
    {"K_mode", 6, print_mode, "%.0f", 0},         {"ess_K", 7, print_ess, "%.0f", 0},
    {"ess_K_second", 12, print_speed, "%.3g", 0},
};

/* ---- scores, the best first ---- */

static void print_difference(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  hmfm_text_number(to, own->format, own->width, c->rank[k].difference.value);
}

static void print_difference_se(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  hmfm_text_number(to, own->format, own->width, c->rank[k].difference.se);
}

static void print_score(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  double value;
  memcpy(&value, (const char *)best(c, k)->loo + own->at, sizeof value);
  hmfm_text_number(to, own->format, own->width, value);
}

static void print_above(const column *own, const hmfm_comparison *c, size_t k, FILE *to) {
  fprintf(to, " %*zu", own->width, best(c, k)->loo->n_above);
}

#define SCORE(member) print_score, "%.1f", offsetof(hmfm_loo, member)
static const column left_out[] = {
    {"elpd_diff", 9, print_difference, "%.1f", 0},
    {"se_diff", 7, print_difference_se, "%.1f", 0},
    {"elpd_loo", 10, SCORE(elpd_loo.value)},
    {"se", 7, SCORE(elpd_loo.se)},
    {"mcse", 6, print_score, "%.2f", offsetof(hmfm_loo, mcse_elpd_loo)},
    {"p_loo", 8, SCORE(p_loo.value)},
    {"se", 7, SCORE(p_loo.se)},
    {"looic", 10, SCORE(looic.value)},
    {"se", 7, SCORE(looic.se)},
    {"k_bad", 6, print_above, NULL, 0},
};

static const column others[] = {
    {"elpd_waic", 10, SCORE(elpd_waic.value)},
    {"se", 7, SCORE(elpd_waic.se)},
    {"p_waic", 8, SCORE(p_waic.value)},
    {"se", 7, SCORE(p_waic.se)},
    {"waic", 10, SCORE(waic.value)},
    {"se", 7, SCORE(waic.se)},
    {"lpml", 10, SCORE(lpml)},
};

/* Prints a table; ranked: the rows are in the order of the ranks. */
static void print_columns(const hmfm_comparison *c, const column *columns, size_t n, int ranked,
                          FILE *to) {
  fprintf(to, "%*s", NUMBER, "fit");
  for (size_t i = 0; i < n; i++) {
    const int left = columns[i].print == print_mixing || columns[i].print == print_algorithm;
    fprintf(to, left ? " %-*s" : " %*s", columns[i].width, columns[i].heading);
  }
  fprintf(to, "\n");
  for (size_t k = 0; k < c->n; k++) {
    fprintf(to, "%*zu", NUMBER, (ranked ? c->rank[k].index : k) + 1);
    for (size_t i = 0; i < n; i++) columns[i].print(&columns[i], c, k, to);
    fprintf(to, "\n");
  }
}
#define COLUMNS(columns) columns, sizeof columns / sizeof *columns

static void print_setup(const hmfm_comparison *c, FILE *to) {
  const hmfm_draws *d = c->fit[0].report->draws;
  fprintf(to, "Data     ");
  hmfm_text_put(to, d->response_name, strlen(d->response_name));
  fprintf(to, ": %zu unit%s in %zu group%s, %zu observation%s\n", d->n_units,
          d->n_units == 1 ? "" : "s", d->n_groups, d->n_groups == 1 ? "" : "s", d->n_rows,
          d->n_rows == 1 ? "" : "s");
  for (size_t k = 0; k < c->n; k++) {
    const hmfm_draws *own = c->fit[k].report->draws;
    fprintf(to, "Fit %-4zu %s", k + 1, c->fit[k].report->path);
    for (size_t x = 0; x < own->n_covariates; x++) {
      fprintf(to, x ? ", " : "; covariates ");
      hmfm_text_put(to, own->covariate_name[x], strlen(own->covariate_name[x]));
    }
    fprintf(to, "\n");
  }
  fprintf(to, "\n");
  print_columns(c, COLUMNS(setups), 0, to);
}

static void print_scores(const hmfm_comparison *c, FILE *to) {
  fprintf(to, "\nLeaving out one unit at a time, by PSIS%s\n", c->n > 1 ? "; the best first" : "");
  print_columns(c, COLUMNS(left_out), 1, to);
  fprintf(to, "\nWAIC and LPML\n");
  print_columns(c, COLUMNS(others), 1, to);
}

/* ---- groups ---- */

/* The heading and the first columns of a table with a row for each group; returns the width of a name. */
static int print_group_heading(const hmfm_comparison *c, const char *title, FILE *to) {
  const hmfm_draws *d = c->fit[0].report->draws;
  int name = hmfm_text_width("group");
  for (size_t j = 0; j < d->n_groups; j++)
    if (hmfm_text_width(d->group_name[j]) > name) name = hmfm_text_width(d->group_name[j]);
  fprintf(to, "\n%s\n", title);
  hmfm_text_pad(to, "group", name);
  fprintf(to, " %8s", "units");
  for (size_t k = 0; k < c->n; k++) {
    char text[32];
    snprintf(text, sizeof text, "fit %zu", k + 1);
    fprintf(to, " %*s", FIT, text);
  }
  fprintf(to, "\n");
  return name;
}

static void print_group(const hmfm_comparison *c, size_t j, int name, FILE *to) {
  hmfm_text_pad(to, c->fit[0].report->draws->group_name[j], name);
  fprintf(to, " %8zu", c->fit[0].loo->group[j].n_units);
}

static void print_group_clusters(const hmfm_comparison *c, FILE *to) {
  const size_t d = c->fit[0].loo->n_groups;
  if (d < 2) return;
  const int name = print_group_heading(c, "Clusters in each group, K_group: mean", to);
  for (size_t j = 0; j < d; j++) {
    print_group(c, j, name, to);
    for (size_t k = 0; k < c->n; k++) {
      const hmfm_quantity *K = c->fit[k].group_clusters;
      hmfm_text_number(to, "%.4g", FIT, K ? K[j].value.mean : NAN);
    }
    fprintf(to, "\n");
  }
}

/* Whether some fit has a reliable score of the group. */
static int is_shown(const hmfm_comparison *c, size_t j) {
  for (size_t k = 0; k < c->n; k++)
    if (c->fit[k].loo->group[j].is_reliable) return 1;
  return 0;
}

static void print_group_score(const hmfm_group_loo *group, FILE *to) {
  char text[32];
  if (group->is_reliable) {
    hmfm_text_number(to, "%.1f", FIT, group->elpd);
    return;
  }
  snprintf(text, sizeof text, "(k %.2f)", group->pareto_k);
  fprintf(to, " %*s", FIT, text);
}

/* Says that no fit has a reliable score of any group. */
static void print_no_group(const hmfm_comparison *c, FILE *to) {
  double least = INFINITY;
  char shape[64] = "could not be fitted for any of them", text[256];
  for (size_t k = 0; k < c->n; k++)
    for (size_t j = 0; j < c->fit[k].loo->n_groups; j++)
      least = fmin(least, c->fit[k].loo->group[j].pareto_k);
  if (isfinite(least)) snprintf(shape, sizeof shape, "is at least %.2f for all of them", least);
  snprintf(
      text, sizeof text,
      "Leaving out whole groups: importance sampling cannot tell, for Pareto k %s. Without its "
      "units a group has other weights and another beta.",
      shape);
  fprintf(to, "\n");
  hmfm_text_sentence(to, text);
}

/* With one group, to leave it out is to have no data. */
static void print_groups_left_out(const hmfm_comparison *c, FILE *to) {
  const size_t d = c->fit[0].loo->n_groups;
  size_t shown = 0;
  if (d < 2) return;
  for (size_t j = 0; j < d; j++) shown += is_shown(c, j) != 0;
  if (shown == 0) {
    print_no_group(c, to);
    return;
  }
  const int name = print_group_heading(
      c, "Leaving out whole groups: elpd, or Pareto k where it is too high", to);
  for (size_t j = 0; j < d; j++) {
    print_group(c, j, name, to);
    for (size_t k = 0; k < c->n; k++) print_group_score(&c->fit[k].loo->group[j], to);
    fprintf(to, "\n");
  }
}

void hmfm_comparison_print_text(const hmfm_comparison *c, FILE *to) {
  print_setup(c, to);
  print_scores(c, to);
  print_group_clusters(c, to);
  print_groups_left_out(c, to);
  hmfm_comparison_print_partitions(c, to);
  for (size_t k = 0; k < c->remarks.count; k++) {
    fprintf(to, k ? "" : "\n");
    hmfm_text_sentence(to, c->remarks.text[k]);
  }
  for (size_t k = 0; k < c->warnings.count; k++) {
    fprintf(to, k ? "" : "\n");
    hmfm_text_sentence(to, c->warnings.text[k]);
  }
  if (c->warnings.count) return;
  fprintf(to,
          "\nNo sign of trouble: the chains have converged, and every Pareto k is low enough.\n");
}
