/* hmfm compare for programs: CSV and JSON, and the scores of single units. */
#include "cli/compare.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "cli/data_print.h"

/* Names and values of what a fit is compared by, in the order of the columns. */
static const char *const number_name[] = {
    "chains",      "draws",         "seconds", "K_mean",     "K_sd",         "K_mode",
    "K_ess_bulk",  "K_ess_second",  "rank",    "elpd_diff",  "se_elpd_diff", "elpd_loo",
    "se_elpd_loo", "mcse_elpd_loo", "p_loo",   "se_p_loo",   "looic",        "se_looic",
    "k_threshold", "k_bad",         "k_max",   "elpd_waic",  "se_elpd_waic", "p_waic",
    "se_p_waic",   "waic",          "se_waic", "p_waic_bad", "lpml",         "K_point",
    "vi_best",     "ari_best"};
enum { N_NUMBERS = sizeof number_name / sizeof *number_name };

static void numbers(const hmfm_comparison *c, size_t rank, double out[N_NUMBERS]) {
  const hmfm_compared *fit = &c->fit[c->rank[rank].index];
  const hmfm_report *r = fit->report;
  const size_t to_best = c->rank[rank].index * c->n + c->rank[0].index;
  const hmfm_estimate lead = c->rank[rank].difference;
  const hmfm_loo *s = fit->loo;
  const hmfm_quantity *K = fit->clusters;
  const double mode = K ? (double)hmfm_count_law_mode(&r->clusters) : NAN;
  const double k_max = s->unit[s->worst].pareto_k;
  const double all[N_NUMBERS] = {(double)r->draws->n_chains,
                                 (double)s->n_draws,
                                 r->info->seconds,
                                 K ? K->value.mean : NAN,
                                 K ? K->value.sd : NAN,
                                 mode,
                                 K ? K->value.ess_bulk : NAN,
                                 hmfm_compared_speed(fit),
                                 (double)rank + 1,
                                 lead.value,
                                 lead.se,
                                 s->elpd_loo.value,
                                 s->elpd_loo.se,
                                 s->mcse_elpd_loo,
                                 s->p_loo.value,
                                 s->p_loo.se,
                                 s->looic.value,
                                 s->looic.se,
                                 s->k_threshold,
                                 (double)s->n_above,
                                 k_max,
                                 s->elpd_waic.value,
                                 s->elpd_waic.se,
                                 s->p_waic.value,
                                 s->p_waic.se,
                                 s->waic.value,
                                 s->waic.se,
                                 (double)s->n_waic_above,
                                 s->lpml,
                                 hmfm_compared_point_clusters(fit),
                                 c->vi ? c->vi[to_best] : NAN,
                                 c->ari ? c->ari[to_best] : NAN};
  memcpy(out, all, sizeof all);
}

static const char *const text_name[] = {"file", "family", "mixing", "prior_m", "beta", "algorithm"};
enum { N_TEXTS = sizeof text_name / sizeof *text_name };

static void texts(const hmfm_report *r, const char *out[N_TEXTS]) {
  const hmfm_fit_info *info = r->info;
  const char *all[N_TEXTS] = {r->path,       info->family, info->mixing,
                              info->prior_m, info->beta,   info->algorithm};
  memcpy(out, all, sizeof all);
}

/* What there is of each group; the density of a group left out only where it has a meaning. */
static double group_clusters(const hmfm_compared *fit, size_t j) {
  return fit->group_clusters ? fit->group_clusters[j].value.mean : NAN;
}
static double group_density(const hmfm_compared *fit, size_t j) {
  const hmfm_group_loo *group = &fit->loo->group[j];
  return group->is_reliable ? group->elpd : NAN;
}
static double group_shape(const hmfm_compared *fit, size_t j) {
  return fit->loo->group[j].pareto_k;
}
static const struct {
  const char *name;
  double (*value)(const hmfm_compared *fit, size_t j);
} of_group[] = {
    {"K_group", group_clusters}, {"elpd_group", group_density}, {"k_group", group_shape}};
enum { N_OF_GROUP = sizeof of_group / sizeof *of_group };

/* ---- CSV ---- */

static void print_header(const hmfm_comparison *c, FILE *to) {
  const hmfm_draws *d = c->fit[0].report->draws;
  fprintf(to, "fit");
  for (size_t k = 0; k < N_TEXTS; k++) fprintf(to, ",%s", text_name[k]);
  for (size_t k = 0; k < N_NUMBERS; k++) fprintf(to, ",%s", number_name[k]);
  for (size_t q = 0; q < N_OF_GROUP; q++)
    for (size_t j = 0; j < d->n_groups; j++) {
      fputc(',', to);
      hmfm_csv_label(to, of_group[q].name, d->group_name[j]);
    }
  fprintf(to, "\n");
}

void hmfm_comparison_print_csv(const hmfm_comparison *c, FILE *to) {
  print_header(c, to);
  for (size_t rank = 0; rank < c->n; rank++) {
    const hmfm_compared *fit = &c->fit[c->rank[rank].index];
    const char *text[N_TEXTS];
    double number[N_NUMBERS];
    texts(fit->report, text);
    numbers(c, rank, number);
    fprintf(to, "%zu", c->rank[rank].index + 1);
    for (size_t k = 0; k < N_TEXTS; k++) {
      fputc(',', to);
      hmfm_csv_field(to, text[k]);
    }
    for (size_t k = 0; k < N_NUMBERS; k++) {
      fputc(',', to);
      hmfm_csv_number(to, number[k]);
    }
    for (size_t q = 0; q < N_OF_GROUP; q++)
      for (size_t j = 0; j < fit->loo->n_groups; j++) {
        fputc(',', to);
        hmfm_csv_number(to, of_group[q].value(fit, j));
      }
    fprintf(to, "\n");
  }
}

void hmfm_comparison_print_units(const hmfm_comparison *c, FILE *to) {
  fprintf(to, "fit,file,group,unit,observations,elpd_loo,mcse_elpd_loo,p_loo,pareto_k,r_eff,"
              "elpd_waic,p_waic,log_cpo\n");
  for (size_t k = 0; k < c->n; k++) {
    const hmfm_draws *d = c->fit[k].report->draws;
    for (size_t i = 0; i < d->n_units; i++) {
      const hmfm_unit_loo *u = &c->fit[k].loo->unit[i];
      const double value[] = {u->elpd_loo, u->mcse,      u->p_loo,  u->pareto_k,
                              u->r_eff,    u->elpd_waic, u->p_waic, u->log_cpo};
      fprintf(to, "%zu,", k + 1);
      hmfm_csv_field(to, c->fit[k].report->path);
      fputc(',', to);
      hmfm_csv_field(to, d->group_name[d->unit_group[i]]);
      fputc(',', to);
      hmfm_csv_field(to, d->unit_name[i]);
      fprintf(to, ",%zu", d->unit_size[i]);
      for (size_t v = 0; v < sizeof value / sizeof *value; v++) {
        fputc(',', to);
        hmfm_csv_number(to, value[v]);
      }
      fprintf(to, "\n");
    }
  }
}

/* ---- JSON ---- */

static json_t *groups(const hmfm_compared *fit) {
  const hmfm_draws *d = fit->report->draws;
  json_t *object = json_object();
  int failed = !object;
  for (size_t j = 0; j < d->n_groups; j++) {
    json_t *group = json_pack("{s:I}", "units", (json_int_t)fit->loo->group[j].n_units);
    for (size_t q = 0; q < N_OF_GROUP; q++)
      failed |=
          json_object_set_new(group, of_group[q].name, hmfm_json_number(of_group[q].value(fit, j)));
    failed |= json_object_set_new(object, d->group_name[j], group);
  }
  return hmfm_json_whole(object, failed);
}

static json_t *ranked_fit(const hmfm_comparison *c, size_t rank) {
  const hmfm_compared *fit = &c->fit[c->rank[rank].index];
  const char *text[N_TEXTS];
  double number[N_NUMBERS];
  texts(fit->report, text);
  numbers(c, rank, number);
  json_t *object = json_pack("{s:I}", "fit", (json_int_t)c->rank[rank].index + 1);
  int failed = !object;
  for (size_t k = 0; k < N_TEXTS; k++)
    failed |= json_object_set_new(object, text_name[k], json_string(text[k]));
  for (size_t k = 0; k < N_NUMBERS; k++)
    failed |= json_object_set_new(object, number_name[k], hmfm_json_number(number[k]));
  failed |= json_object_set_new(object, "groups", groups(fit));
  return hmfm_json_whole(object, failed);
}

hmfm_status hmfm_comparison_print_json(const hmfm_comparison *c, FILE *to, hmfm_error *error) {
  const hmfm_draws *d = c->fit[0].report->draws;
  json_t *root = json_pack("{s:s, s:I, s:I, s:I}", "response", d->response_name, "units",
                           (json_int_t)d->n_units, "groups", (json_int_t)d->n_groups,
                           "observations", (json_int_t)d->n_rows);
  json_t *fits = json_array();
  int failed = !root || !fits;
  for (size_t rank = 0; rank < c->n; rank++)
    failed |= json_array_append_new(fits, ranked_fit(c, rank));
  failed |= json_object_set_new(root, "fits", fits);
  failed |= json_object_set_new(root, "point_partitions", hmfm_comparison_partitions_json(c));
  failed |= json_object_set_new(root, "remarks", hmfm_json_sentences(&c->remarks));
  failed |= json_object_set_new(root, "warnings", hmfm_json_sentences(&c->warnings));
  if (!failed) failed = json_dumpf(root, to, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
  if (!failed) fputc('\n', to);
  json_decref(root);
  if (!failed || ferror(to)) return HMFM_OK; /* that writing failed is for the caller to find */
  return hmfm_fail(error, HMFM_EIO,
                   "the comparison cannot be written as JSON: a name is not UTF-8 text, or memory "
                   "ran out; the formats text and csv take any name");
}
