/* How the chains of a fit agree on partitions: two quantities of each draw, and the co-clustering of chain against
 * chain. */
#include "cli/summary.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/data_print.h"
#include "cli/text_print.h"

enum { COMPARED_UNITS = 5000 }; /* at most; a comparison takes their number squared */

/* Adds a variable whose draws are the losses of a partition. */
static hmfm_status add_losses(hmfm_report *r, const char *name, const char *loss, double a,
                              const uint32_t *label, hmfm_error *error) {
  hmfm_draws *d = r->draws;
  const hmfm_partitions *draws = r->partitions->draws;
  double *distance = hmfm_calloc(draws->n_draws, sizeof *distance);
  hmfm_status status = distance ? HMFM_OK : hmfm_fail_memory(error, "the summary");
  if (!status)
    status = hmfm_partition_losses(draws, loss, a, label, r->partitions->search->threads, distance,
                                   error);
  if (!status) status = hmfm_draws_add_variable(d, name, "of the partition", HMFM_SCALAR, 0, error);
  if (!status)
    for (size_t c = 0; c < d->n_chains; c++)
      memcpy(d->variable[d->n_variables - 1].value + c * d->capacity, distance + c * d->n_draws,
             d->n_draws * sizeof *distance);
  hmfm_free(distance);
  return status;
}

void hmfm_report_thin(hmfm_report *r) {
  const size_t all = r->draws->n_draws, every = r->draws->thin_units;
  if (every == 1) return;
  hmfm_draws_thin(r->draws);
  r->info->thin *= every;
  r->thinned = every;
  hmfm_notes_add(&r->remarks,
                 "Allocations were saved of one draw in %zu: all figures here are of those %zu of "
                 "the %zu draws "
                 "of each chain.",
                 every, r->draws->n_draws, all);
}

hmfm_status hmfm_report_add_partitions(hmfm_report *r, hmfm_error *error) {
  const hmfm_report_partitions *p = r->partitions;
  uint32_t *one = hmfm_calloc(p->draws->n_units, sizeof *one);
  if (!one) return hmfm_fail_memory(error, "the summary");
  /* from the partition with one cluster, the variation of information is the entropy */
  hmfm_status status = add_losses(r, "entropy", "vi", 1, one, error);
  if (!status)
    status = add_losses(r, "distance", p->search->loss, p->search->a, p->point->label, error);
  if (!status && r->draws->n_chains > 1)
    status = hmfm_coclustering_difference(p->draws, r->draws->n_chains, COMPARED_UNITS,
                                          p->search->threads, &r->difference, error);
  hmfm_free(one);
  return status;
}

/* "'17' of group 'S3'". */
static void put_unit(const hmfm_draws *d, size_t unit, FILE *to) {
  const char *group = d->group_name[d->unit_group[unit]];
  hmfm_text_put(to, group, strlen(group));
  fputc('/', to);
  hmfm_text_put(to, d->unit_name[unit], strlen(d->unit_name[unit]));
}

void hmfm_report_print_partitions(const hmfm_report *r, FILE *to) {
  const hmfm_chain_difference *difference = &r->difference;
  const hmfm_point_partition *point = r->partitions->point;
  fprintf(to, "\nPartitions\n  point partition  %u cluster%s", point->n_clusters,
          point->n_clusters == 1 ? "" : "s");
  if (!isnan(point->loss))
    fprintf(to, ", expected %s %.4g", r->partitions->search->loss, point->loss);
  fprintf(to, "\n");
  if (r->draws->n_chains < 2 || difference->n_units < 2) return;
  fprintf(to,
          "  co-clustering    shares of two chains differ by %.2f at most: ", difference->largest);
  put_unit(r->draws, difference->unit[0], to);
  fprintf(to, " and ");
  put_unit(r->draws, difference->unit[1], to);
  fprintf(to,
          " are\n                   together in %.2f of the draws of chain %zu and %.2f of chain "
          "%zu;\n                   by %.3f in the root mean square over pairs",
          difference->share[0], difference->chain[0], difference->share[1], difference->chain[1],
          difference->root_mean_square);
  if (difference->n_units < r->draws->n_units) fprintf(to, " of %zu units", difference->n_units);
  fprintf(to, "\n");
}

/* {"group": "S3", "unit": "17"} */
static json_t *unit_json(const hmfm_draws *d, size_t unit) {
  return json_pack("{s:s, s:s}", "group", d->group_name[d->unit_group[unit]], "unit",
                   d->unit_name[unit]);
}

json_t *hmfm_report_partitions_json(const hmfm_report *r) {
  const hmfm_point_partition *point = r->partitions->point;
  const hmfm_chain_difference *d = &r->difference;
  json_t *all =
      json_pack("{s:I, s:s, s:o}", "clusters", (json_int_t)point->n_clusters, "loss",
                r->partitions->search->loss, "expected_loss", hmfm_json_number(point->loss));
  json_t *difference = json_null();
  if (d->n_units > 1)
    difference = json_pack("{s:f, s:f, s:[o, o], s:[I, I], s:[f, f], s:I}", "largest", d->largest,
                           "root_mean_square", d->root_mean_square, "units",
                           unit_json(r->draws, d->unit[0]), unit_json(r->draws, d->unit[1]),
                           "chain", (json_int_t)d->chain[0], (json_int_t)d->chain[1], "share",
                           d->share[0], d->share[1], "units_compared", (json_int_t)d->n_units);
  return hmfm_json_whole(all, json_object_set_new(all, "coclustering_difference", difference));
}
