/* hmfm summary for programs: CSV and JSON. */
#include "cli/summary.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "cli/data_print.h"

/* Names and values of the statistics, in the order of the columns. */
enum { N_STATISTICS = 9 };
static const char *const statistic_name[N_STATISTICS] = {
    "mean", "sd", "q5", "q50", "q95", "rhat", "ess_bulk", "ess_tail", "mcse_mean"};

static void statistics(const hmfm_diagnostics *v, double out[N_STATISTICS]) {
  const double all[N_STATISTICS] = {v->mean, v->sd,       v->q5,       v->q50,      v->q95,
                                    v->rhat, v->ess_bulk, v->ess_tail, v->mcse_mean};
  memcpy(out, all, sizeof all);
}

void hmfm_report_print_csv(const hmfm_report *r, FILE *to) {
  fprintf(to, "variable");
  for (int s = 0; s < N_STATISTICS; s++) fprintf(to, ",%s", statistic_name[s]);
  fprintf(to, ",note\n");
  for (size_t k = 0; k < r->n_quantities; k++) {
    double value[N_STATISTICS];
    statistics(&r->quantity[k].value, value);
    hmfm_csv_field(to, r->quantity[k].name);
    for (int s = 0; s < N_STATISTICS; s++) {
      fputc(',', to);
      hmfm_csv_number(to, value[s]);
    }
    fprintf(to, ",%s\n", hmfm_quantity_note(&r->quantity[k]));
  }
}

static json_t *law(const hmfm_count_law *l) {
  json_t *list = json_array();
  int failed = !list;
  for (size_t i = 0; i < l->n; i++)
    if (l->probability[i] > 0)
      failed |= json_array_append_new(
          list, json_pack("{s:I, s:o}", "value", (json_int_t)l->least + (json_int_t)i,
                          "probability", hmfm_json_number(l->probability[i])));
  return hmfm_json_whole(list, failed);
}

static json_t *setup(const hmfm_report *r) {
  const hmfm_draws *d = r->draws;
  const hmfm_fit_info *info = r->info;
  const char *text = info->configuration ? info->configuration : "null";
  char seed[24];
  snprintf(seed, sizeof seed, "%" PRIu64, info->seed);
  json_t *configuration = json_loads(text, JSON_DECODE_ANY, NULL);
  json_t *object =
      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "file", r->path, "created_at",
                info->created_at, "version", info->version, "response", d->response_name,
                "algorithm", info->algorithm, "family", info->family, "mixing", info->mixing,
                "prior_m", info->prior_m, "beta", info->beta, "seed", seed);
  int failed = !object;
  const struct {
    const char *name;
    size_t count;
  } count[] = {{"units", d->n_units},   {"groups", d->n_groups},      {"observations", d->n_rows},
               {"chains", d->n_chains}, {"draws", d->n_draws},        {"warmup", info->warmup},
               {"thin", info->thin},    {"thin_units", d->thin_units}};
  for (size_t k = 0; k < sizeof count / sizeof *count; k++)
    failed |= json_object_set_new(object, count[k].name, json_integer((json_int_t)count[k].count));
  json_t *splits = json_array();
  for (size_t c = 0; c < info->n_splits; c++)
    failed |= json_array_append_new(splits, json_integer((json_int_t)info->splits[c]));
  failed |= json_object_set_new(object, "splits", splits);
  failed |= json_object_set_new(object, "seconds", hmfm_json_number(info->seconds));
  failed |=
      json_object_set_new(object, "sweeps_per_second", hmfm_json_number(hmfm_report_speed(r)));
  failed |=
      json_object_set_new(object, "configuration", configuration ? configuration : json_null());
  return hmfm_json_whole(object, failed);
}

static json_t *quantities(const hmfm_report *r) {
  json_t *list = json_array();
  int failed = !list;
  for (size_t k = 0; k < r->n_quantities; k++) {
    double value[N_STATISTICS];
    json_t *q = json_pack("{s:s}", "variable", r->quantity[k].name);
    statistics(&r->quantity[k].value, value);
    for (int s = 0; s < N_STATISTICS; s++)
      failed |= json_object_set_new(q, statistic_name[s], hmfm_json_number(value[s]));
    failed |= json_object_set_new(q, "note", json_string(hmfm_quantity_note(&r->quantity[k])));
    failed |= json_array_append_new(list, q);
  }
  return hmfm_json_whole(list, failed);
}

static json_t *group_laws(const hmfm_report *r) {
  json_t *groups = json_object();
  int failed = !groups;
  for (size_t j = 0; j < r->draws->n_groups; j++)
    failed |= json_object_set_new(groups, r->draws->group_name[j], law(&r->group_clusters[j]));
  return hmfm_json_whole(groups, failed);
}

hmfm_status hmfm_report_print_json(const hmfm_report *r, FILE *to, hmfm_error *error) {
  json_t *root = json_object();
  int failed = json_object_set_new(root, "setup", setup(r));
  failed |= json_object_set_new(root, "quantities", quantities(r));
  failed |= json_object_set_new(root, "K", law(&r->clusters));
  if (r->group_clusters) failed |= json_object_set_new(root, "K_group", group_laws(r));
  if (r->partitions)
    failed |= json_object_set_new(root, "partitions", hmfm_report_partitions_json(r));
  failed |= json_object_set_new(root, "remarks", hmfm_json_sentences(&r->remarks));
  failed |= json_object_set_new(root, "warnings", hmfm_json_sentences(&r->warnings));
  failed |= json_object_set_new(root, "converged", json_boolean(r->warnings.count == 0));
  if (!failed) failed = json_dumpf(root, to, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
  if (!failed) fputc('\n', to);
  json_decref(root);
  if (!failed || ferror(to)) return HMFM_OK; /* that writing failed is for the caller to find */
  return hmfm_fail(error, HMFM_EIO,
                   "the summary cannot be written as JSON: a name is not UTF-8 text, or memory "
                   "ran out; the formats text and csv take any name");
}
