/* Gathering what hmfm score tells: draws and partitions matched with the truth by names, then scored group by group. */
#include "cli/score.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/partition_input.h"
#include "cli/point_partition.h"
#include "io/fit_model.h"
#include "io/truth_read.h"

void hmfm_score_report_clear(hmfm_score_report *report) {
  for (size_t k = 0; k < report->n_rows; k++) hmfm_free(report->row[k].unit);
  hmfm_free(report->row);
  hmfm_free(report->truth);
  hmfm_point_partition_clear(&report->point);
  hmfm_named_partition_clear(&report->given);
  hmfm_named_partitions_clear(&report->named);
}

/* ---- what is scored ---- */

/* Draws with a point partition, or a partition alone. */
static hmfm_status read_estimate(const hmfm_options *options, hmfm_score_report *report,
                                 hmfm_error *error) {
  const char *path = report->partition_file;
  hmfm_status status = HMFM_OK;
  if (report->draws_file) {
    status = hmfm_partition_input(options, &report->named, error);
    if (status) return status;
    report->n_units = report->named.partitions->n_units;
    report->group = report->named.group;
    report->unit = report->named.unit;
    return HMFM_OK;
  }
  if (!path)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "there is nothing to score: give a fit FIT.nc, --allocations FILE.csv or "
                     "--partition FILE.csv");
  status = hmfm_partition_read(path, "group", "unit", "cluster", &report->given, error);
  if (status) return status;
  report->n_units = report->given.n_units;
  report->group = report->given.group;
  report->unit = report->given.unit;
  return HMFM_OK;
}

static hmfm_status read_truth(const hmfm_options *options, hmfm_score_report *report,
                              hmfm_error *error) {
  const hmfm_option_value *columns = hmfm_options_value(options, "truth-columns");
  char *const *name = columns->label;
  const char *path = report->truth_file;
  hmfm_named_partition truth = {0};
  hmfm_status status =
      hmfm_partition_read(path, columns->n == 3 ? name[0] : NULL, name[columns->n - 2],
                          name[columns->n - 1], &truth, error);
  if (status) return status;
  report->truth = hmfm_calloc(report->n_units, sizeof *report->truth);
  if (!report->truth) status = hmfm_fail_memory(error, "the truth");
  if (!status)
    status =
        hmfm_named_partition_match(&truth, strcmp(path, "-") ? path : "<stdin>", report->n_units,
                                   report->group, report->unit, report->truth, error);
  hmfm_named_partition_clear(&truth);
  return status;
}

/* The point partition comes last: to search for it may take its time. */
static hmfm_status find_point(const hmfm_options *options, hmfm_score_report *report,
                              hmfm_error *error) {
  const size_t n = report->n_units;
  if (report->draws_file)
    return hmfm_point_partition_get(options, &report->named, &report->point, error);
  hmfm_status status = hmfm_point_search_idle(options, 1, "with --partition", error);
  if (status) return status;
  report->point.label = hmfm_calloc(n, sizeof *report->point.label);
  if (!report->point.label) return hmfm_fail_memory(error, "the partition");
  memcpy(report->point.label, report->given.label, n * sizeof *report->point.label);
  report->point.n_clusters = report->given.n_clusters;
  report->point.loss = NAN;
  return HMFM_OK;
}

/* ---- groups ---- */

static hmfm_score_row *find_row(const hmfm_score_report *report, const char *group) {
  for (size_t k = 1; k < report->n_rows; k++)
    if (strcmp(report->row[k].group, group) == 0) return &report->row[k];
  return NULL;
}

/* Rows for all units and for each group, in the order of their first units. */
static hmfm_status make_rows(hmfm_score_report *report, hmfm_error *error) {
  const hmfm_density_score none = {NAN, NAN};
  size_t space = 16;
  report->row = hmfm_calloc(space, sizeof *report->row);
  if (!report->row) return hmfm_fail_memory(error, "scores");
  report->row[report->n_rows++] =
      (hmfm_score_row){.group = "all", .n_units = report->n_units, .density = none};
  hmfm_score_row *row = NULL;
  for (size_t i = 0; i < report->n_units; i++) {
    const char *group = report->group[i];
    if (!*group) continue;
    if (!row || strcmp(row->group, group) != 0) row = find_row(report, group);
    if (!row && report->n_rows == space) {
      hmfm_score_row *grown = hmfm_realloc(report->row, space *= 2, sizeof *grown);
      if (!grown) return hmfm_fail_memory(error, "scores");
      report->row = grown;
    }
    if (!row) report->row[report->n_rows++] = (hmfm_score_row){.group = group, .density = none};
    row = row ? row : &report->row[report->n_rows - 1];
    row->n_units++;
  }
  return HMFM_OK;
}

/* The units of each group. */
static hmfm_status fill_rows(hmfm_score_report *report, hmfm_error *error) {
  hmfm_score_row *row = NULL;
  for (size_t k = 1; k < report->n_rows; k++) {
    report->row[k].unit = hmfm_calloc(report->row[k].n_units, sizeof *report->row[k].unit);
    if (!report->row[k].unit) return hmfm_fail_memory(error, "scores");
    report->row[k].n_units = 0;
  }
  for (size_t i = 0; i < report->n_units; i++) {
    if (!row || strcmp(row->group, report->group[i]) != 0) row = find_row(report, report->group[i]);
    if (row) row->unit[row->n_units++] = i;
  }
  return HMFM_OK;
}

/* ---- densities ---- */

/* Of every group of the fit; the mean over groups in the row of all. */
static hmfm_status score_densities(const hmfm_options *options, hmfm_score_report *report,
                                   hmfm_error *error) {
  const char *path = hmfm_options_text(options, "components");
  hmfm_draws *draws = NULL;
  hmfm_fit_info *info = NULL;
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_truth *truth = NULL;
  hmfm_density_score sum = {0, 0};
  hmfm_density_target target;
  if (!path) return HMFM_OK;
  hmfm_status status =
      hmfm_netcdf_read(options->operand, HMFM_PART_COMPONENTS, &draws, &info, error);
  if (!status) status = hmfm_fit_model(draws, info, &data, &model, error);
  if (!status) status = hmfm_truth_read(path, draws, info->family, &truth, error);
  hmfm_density_target_defaults(&target);
  target.threads = (int)hmfm_options_number(options, "threads");
  for (size_t j = 0; !status && j < draws->n_groups; j++) {
    hmfm_density_score score = {NAN, NAN};
    hmfm_score_row *row = find_row(report, draws->group_name[j]);
    target.group = j;
    status = hmfm_score_density(draws, model, &target, truth, &score, error);
    if (row) row->density = score;
    sum.l1 += score.l1 / (double)draws->n_groups;
    sum.error += score.error / (double)draws->n_groups;
  }
  report->row[0].density = sum;
  report->has_density = 1;
  hmfm_truth_destroy(truth);
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
  hmfm_fit_info_destroy(info);
  hmfm_draws_destroy(draws);
  return status;
}

hmfm_status hmfm_score_report_make(const hmfm_options *options, hmfm_score_report *report,
                                   hmfm_error *error) {
  const int threads = (int)hmfm_options_number(options, "threads");
  report->truth_file = hmfm_options_text(options, "truth");
  report->partition_file = hmfm_options_text(options, "partition");
  report->draws_file =
      options->operand ? options->operand : hmfm_options_text(options, "allocations");
  report->loss = hmfm_options_text(options, "loss");
  hmfm_status status = read_estimate(options, report, error);
  if (!status) status = read_truth(options, report, error);
  if (!status) status = make_rows(report, error);
  if (!status) status = fill_rows(report, error);
  if (!status) status = score_densities(options, report, error);
  if (!status) status = find_point(options, report, error);
  for (size_t k = 0; !status && k < report->n_rows; k++) {
    hmfm_score_row *row = &report->row[k];
    status = hmfm_score_partition(row->n_units, row->unit, report->truth, report->point.label,
                                  report->named.partitions, threads, &row->score, error);
  }
  return status;
}
