/* Printing what hmfm partition found: CSV, JSON, and a report for people. */
#include "cli/partition_print.h"

#include <math.h>

#include "base/error.h"
#include "cli/data_print.h"

enum { BOUNDS = 3 };
static const char *const bound_name[BOUNDS] = {"horizontal", "upper", "lower"};

static const hmfm_bound *bound_at(const hmfm_partition_answer *answer, int k) {
  const hmfm_credible_ball *ball = &answer->ball;
  return k == 0 ? &ball->horizontal : k == 1 ? &ball->upper : &ball->lower;
}

static unsigned bound_label(const hmfm_partition_answer *answer, int k, size_t i) {
  return hmfm_partitions_label(answer->named.partitions, bound_at(answer, k)->draw, i) + 1;
}

static int is_held(const hmfm_partition_answer *answer, size_t i) {
  return answer->chips.label && answer->chips.label[i] != HMFM_NO_CLUSTER;
}

void hmfm_partition_print_csv(const hmfm_partition_answer *answer, FILE *to) {
  const hmfm_named_partitions *named = &answer->named;
  const int has_ball = !isnan(answer->level);
  fprintf(to, "group,unit,cluster%s", answer->certainty ? ",certainty" : "");
  for (int k = 0; has_ball && k < BOUNDS; k++) fprintf(to, ",%s", bound_name[k]);
  if (answer->chips.label) fprintf(to, ",chips");
  for (size_t i = 0; i < named->partitions->n_units; i++) {
    fputc('\n', to);
    hmfm_csv_field(to, named->group[i]);
    fputc(',', to);
    hmfm_csv_field(to, named->unit[i]);
    fprintf(to, ",%u", (unsigned)answer->found.label[i] + 1);
    if (answer->certainty) fprintf(to, ",%.6g", answer->certainty[i]);
    for (int k = 0; has_ball && k < BOUNDS; k++) fprintf(to, ",%u", bound_label(answer, k, i));
    if (answer->chips.label) fputc(',', to);
    if (is_held(answer, i)) fprintf(to, "%u", (unsigned)answer->chips.label[i] + 1);
  }
  fputc('\n', to);
}

static json_t *search_json(const hmfm_partition_search *search, const hmfm_point_partition *found) {
  return json_pack("{s:s, s:o, s:i, s:f, s:o, s:b, s:o, s:I, s:I, s:I, s:I, s:f}", "loss",
                   search->loss, "a", hmfm_json_number(search->a), "clusters",
                   (int)found->n_clusters, "expected_loss", found->loss, "expected_loss_best_draw",
                   hmfm_json_number(found->best_draw), "all_draws_compared", found->all_draws,
                   "expected_loss_average_linkage", hmfm_json_number(found->best_linkage), "runs",
                   (json_int_t)found->runs, "best_run", (json_int_t)found->best_run,
                   "agreeing_runs", (json_int_t)found->agreeing_runs, "seed",
                   (json_int_t)search->seed, "bytes_a_thread", found->bytes);
}

static json_t *unit_json(const hmfm_partition_answer *answer, size_t i) {
  const hmfm_named_partitions *named = &answer->named;
  json_t *unit = json_pack("{s:s, s:s, s:i}", "group", named->group[i], "unit", named->unit[i],
                           "cluster", (int)answer->found.label[i] + 1);
  int failed = 0;
  if (answer->certainty)
    failed |= json_object_set_new(unit, "certainty", json_real(answer->certainty[i]));
  for (int k = 0; !isnan(answer->level) && k < BOUNDS; k++)
    failed |= json_object_set_new(unit, bound_name[k], json_integer(bound_label(answer, k, i)));
  if (is_held(answer, i))
    failed |=
        json_object_set_new(unit, "chips", json_integer((json_int_t)answer->chips.label[i] + 1));
  return hmfm_json_whole(unit, failed);
}

/* The subpartition, and its probability as unit after unit was taken in: indices into the list of units. */
static json_t *chips_json(const hmfm_partition_answer *answer) {
  const hmfm_subpartition *chips = &answer->chips;
  json_t *unit = json_array(), *path = json_array();
  int failed = 0;
  for (size_t s = 0; s < chips->n_inside; s++) {
    failed |= json_array_append_new(unit, json_integer((json_int_t)chips->unit[s]));
    failed |= json_array_append_new(path, json_real(chips->path[s]));
  }
  json_t *all =
      json_pack("{s:f, s:f, s:I, s:I}", "level", answer->held, "probability", chips->probability,
                "units", (json_int_t)chips->n_inside, "clusters", (json_int_t)chips->n_clusters);
  failed |= json_object_set_new(all, "unit", unit);
  failed |= json_object_set_new(all, "path", path);
  return hmfm_json_whole(all, failed);
}

static json_t *ball_json(const hmfm_partition_answer *answer) {
  json_t *ball = json_pack("{s:f, s:f, s:f}", "level", answer->level, "radius", answer->ball.radius,
                           "probability", answer->ball.probability);
  int failed = 0;
  for (int k = 0; k < BOUNDS; k++) {
    const hmfm_bound *bound = bound_at(answer, k);
    failed |= json_object_set_new(ball, bound_name[k],
                                  json_pack("{s:I, s:I, s:f}", "draw", (json_int_t)bound->draw,
                                            "clusters", (json_int_t)bound->n_clusters, "distance",
                                            bound->distance));
  }
  return hmfm_json_whole(ball, failed);
}

hmfm_status hmfm_partition_print_json(const hmfm_partition_answer *answer, FILE *to,
                                      hmfm_error *error) {
  json_t *all = json_object(), *units = json_array();
  int failed = json_object_set_new(all, "search", search_json(&answer->search, &answer->found));
  if (!isnan(answer->level)) failed |= json_object_set_new(all, "ball", ball_json(answer));
  if (answer->chips.label) failed |= json_object_set_new(all, "chips", chips_json(answer));
  for (size_t i = 0; i < answer->named.partitions->n_units; i++)
    failed |= json_array_append_new(units, unit_json(answer, i));
  failed |= json_object_set_new(all, "partition", units);
  all = hmfm_json_whole(all, failed);
  if (!all)
    return hmfm_fail(error, HMFM_EDATA, "no JSON: out of memory, or a name that is not UTF-8");
  failed = json_dumpf(all, to, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) || fputc('\n', to) == EOF;
  json_decref(all);
  return failed ? hmfm_fail(error, HMFM_EIO, "the JSON cannot be written") : HMFM_OK;
}

void hmfm_partition_report(const hmfm_partition_answer *answer) {
  const hmfm_point_partition *found = &answer->found;
  const hmfm_credible_ball *ball = &answer->ball;
  fprintf(stderr, "hmfm partition: %u cluster%s, expected %s %.6g (", found->n_clusters,
          found->n_clusters == 1 ? "" : "s", answer->search.loss, found->loss);
  if (isfinite(found->best_draw))
    fprintf(stderr, "best draw %.6g%s", found->best_draw,
            found->all_draws ? "" : ", of those best on a part of the draws");
  else
    fprintf(stderr, "no draw has so few");
  if (!isnan(found->best_linkage)) fprintf(stderr, ", average linkage %.6g", found->best_linkage);
  fprintf(stderr, "); %zu of %zu searches ended there\n", found->agreeing_runs, found->runs);
  if (!isnan(answer->level))
    fprintf(stderr,
            "hmfm partition: %.4g%% of the draws are within %.6g of it, with %u to %u clusters\n",
            100 * ball->probability, ball->radius, ball->upper.n_clusters, ball->lower.n_clusters);
  const hmfm_subpartition *chips = &answer->chips;
  if (chips->label)
    fprintf(stderr,
            "hmfm partition: %zu of %zu units are divided into the same %u cluster%s in %.4g%% of "
            "the draws\n",
            chips->n_inside, answer->named.partitions->n_units, chips->n_clusters,
            chips->n_clusters == 1 ? "" : "s", 100 * chips->probability);
}
