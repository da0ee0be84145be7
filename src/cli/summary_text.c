/* hmfm summary for people: set-up, table, posterior of the number of clusters, verdict. */
#include "cli/summary.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/number_text.h"
#include "cli/text_print.h"

enum { BAR = 48 };

/* "splits 5", or from the least to the most where chains differ; nothing of a file that does not tell. */
static void print_splits(const hmfm_fit_info *info, FILE *to) {
  if (info->n_splits == 0) return;
  unsigned long long least = info->splits[0], most = least;
  for (size_t c = 1; c < info->n_splits; c++) {
    if (info->splits[c] < least) least = info->splits[c];
    if (info->splits[c] > most) most = info->splits[c];
  }
  fprintf(to, "splits %llu", least);
  if (most > least) fprintf(to, " to %llu", most);
  fprintf(to, ", ");
}

static void print_setup(const hmfm_report *r, FILE *to) {
  const hmfm_draws *d = r->draws;
  const hmfm_fit_info *info = r->info;
  const hmfm_config_entry *prior =
      r->configuration ? hmfm_config_find(r->configuration, "prior-only") : NULL;
  char duration[40], speed[80];
  fprintf(to, "Fit      %s, made %s by hmfm %s\n", r->path, info->created_at, info->version);
  fprintf(to, "Data     ");
  hmfm_text_put(to, d->response_name, strlen(d->response_name));
  fprintf(to, ": %zu unit%s in %zu group%s, %zu observation%s", d->n_units,
          d->n_units == 1 ? "" : "s", d->n_groups, d->n_groups == 1 ? "" : "s", d->n_rows,
          d->n_rows == 1 ? "" : "s");
  for (size_t k = 0; k < d->n_covariates; k++) {
    fprintf(to, k ? ", " : "; covariates ");
    hmfm_text_put(to, d->covariate_name[k], strlen(d->covariate_name[k]));
  }
  if (d->exposure) {
    fprintf(to, "; exposure ");
    hmfm_text_put(to, d->exposure_name, strlen(d->exposure_name));
  }
  fprintf(to, "\nModel    %s family, %s mixing", info->family, info->mixing);
  if (*info->prior_m && strcmp(info->prior_m, "poisson") != 0)
    fprintf(to, ", prior-m %s", info->prior_m);
  if (d->n_covariates)
    fprintf(to, ", %s",
            strcmp(info->beta, "shared") == 0 ? "one regression for all groups"
                                              : "a regression per group");
  if (prior && prior->truth) fprintf(to, "; prior only, without the likelihood");
  fprintf(to, "\nChains   %zu of %zu draw%s, %s sampler: warmup %zu, thin %zu, ", d->n_chains,
          d->n_draws, d->n_draws == 1 ? "" : "s", info->algorithm, info->warmup, info->thin);
  if (d->thin_units > 1) fprintf(to, "thin-units %zu, ", d->thin_units);
  print_splits(info, to);
  fprintf(to, "seed %" PRIu64 "\n", info->seed);
  hmfm_duration_text(info->seconds, duration, sizeof duration);
  fprintf(to, "Time     %s", duration);
  hmfm_speed_text(hmfm_report_speed(r), speed, sizeof speed);
  if (isfinite(hmfm_report_speed(r))) fprintf(to, ": %s", speed);
  fprintf(to, "\n");
}

static void print_table(const hmfm_report *r, FILE *to) {
  int name = hmfm_text_width("quantity");
  for (size_t k = 0; k < r->n_quantities; k++) {
    int w = hmfm_text_width(r->quantity[k].name);
    if (w > name && w <= 40) name = w;
  }
  fprintf(to, "\n");
  hmfm_text_pad(to, "quantity", name);
  fprintf(to, " %10s %9s %10s %10s %10s %7s %8s %8s %9s\n", "mean", "sd", "q5", "q50", "q95",
          "rhat", "ess_bulk", "ess_tail", "mcse_mean");
  for (size_t k = 0; k < r->n_quantities; k++) {
    const hmfm_quantity *q = &r->quantity[k];
    const hmfm_diagnostics *v = &q->value;
    hmfm_text_pad(to, q->name, name);
    hmfm_text_number(to, "%.4g", 10, v->mean);
    hmfm_text_number(to, "%.3g", 9, v->sd);
    hmfm_text_number(to, "%.4g", 10, v->q5);
    hmfm_text_number(to, "%.4g", 10, v->q50);
    hmfm_text_number(to, "%.4g", 10, v->q95);
    hmfm_text_number(to, "%.3f", 7, v->rhat);
    hmfm_text_number(to, "%.0f", 8, v->ess_bulk);
    hmfm_text_number(to, "%.0f", 8, v->ess_tail);
    hmfm_text_number(to, "%.2g", 9, v->mcse_mean);
    if (q->is_constant && r->draws->n_draws > 1) fprintf(to, "  %s", hmfm_quantity_note(q));
    if (q->bad_rhat || q->bad_ess) fprintf(to, "  ! %s", hmfm_quantity_note(q));
    fprintf(to, "\n");
  }
}

/* Posterior of K: values that hold all but a thousandth, as bars. */
static void print_clusters(const hmfm_report *r, FILE *to) {
  const hmfm_count_law *law = &r->clusters;
  double top = 0;
  if (!law->n) return;
  size_t first = hmfm_count_law_quantile(law, 0.0005), last = hmfm_count_law_quantile(law, 0.9995);
  for (size_t i = 0; i < law->n; i++) top = fmax(top, law->probability[i]);
  fprintf(to, "\nClusters K, posterior probability\n");
  for (size_t k = first; k <= last; k++) {
    double p = law->probability[k - law->least];
    size_t next = k;
    while (next <= last && law->probability[next - law->least] < 0.0005) next++;
    if (next > k + 2) { /* a stretch that hardly occurs */
      fprintf(to, "  ...\n");
      k = next - 1;
      continue;
    }
    int bar = (int)(p / top * BAR + 0.5);
    fprintf(to, bar ? "%5zu  %.3f  " : "%5zu  %.3f", k, p);
    for (; bar > 0; bar--) fputc('#', to);
    fprintf(to, "\n");
  }
}

/* Posterior of each K_j on a line: most probable value, its probability, and central 90%. */
static void print_group_clusters(const hmfm_report *r, FILE *to) {
  const hmfm_draws *d = r->draws;
  int name = hmfm_text_width("group");
  if (!r->group_clusters || d->n_groups < 2) return;
  for (size_t j = 0; j < d->n_groups; j++)
    if (hmfm_text_width(d->group_name[j]) > name) name = hmfm_text_width(d->group_name[j]);
  fprintf(
      to,
      "\nClusters in each group, K_group: most probable number, its probability, central 90%%\n");
  hmfm_text_pad(to, "group", name);
  fprintf(to, " %8s %5s %6s  %s\n", "units", "mode", "prob", "q5-q95");
  for (size_t j = 0; j < d->n_groups; j++) {
    const hmfm_count_law *law = &r->group_clusters[j];
    size_t mode = hmfm_count_law_mode(law), units = 0;
    for (size_t i = 0; i < d->n_units; i++) units += d->unit_group[i] == j;
    hmfm_text_pad(to, d->group_name[j], name);
    fprintf(to, " %8zu %5zu %6.3f  %zu-%zu\n", units, mode, law->probability[mode - law->least],
            hmfm_count_law_quantile(law, 0.05), hmfm_count_law_quantile(law, 0.95));
  }
}

static void print_verdict(const hmfm_report *r, FILE *to) {
  for (size_t k = 0; k < r->remarks.count; k++) {
    fprintf(to, k ? "" : "\n");
    hmfm_text_sentence(to, r->remarks.text[k]);
  }
  fprintf(to, "\n");
  for (size_t k = 0; k < r->warnings.count; k++) hmfm_text_sentence(to, r->warnings.text[k]);
  if (r->warnings.count) return;
  char verdict[160];
  hmfm_verdict_text(r->ess_wanted, verdict, sizeof verdict);
  fprintf(to, "%s\n", verdict);
}

void hmfm_report_print_text(const hmfm_report *r, FILE *to) {
  print_setup(r, to);
  print_table(r, to);
  print_clusters(r, to);
  print_group_clusters(r, to);
  if (r->partitions) hmfm_report_print_partitions(r, to);
  print_verdict(r, to);
}
