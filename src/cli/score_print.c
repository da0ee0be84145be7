/* Scores of hmfm score as text, CSV or JSON. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "cli/data_print.h"
#include "cli/score.h"
#include "cli/text_print.h"

/* Names and values of a row, in the order of the columns. */
static const char *const number_name[] = {"units",
                                          "clusters_true",
                                          "clusters",
                                          "ari",
                                          "vi",
                                          "nvi",
                                          "binder",
                                          "K_mean",
                                          "K_sd",
                                          "K_q5",
                                          "K_q95",
                                          "p_K_true",
                                          "ari_mean",
                                          "ari_sd",
                                          "ari_q5",
                                          "ari_q95",
                                          "vi_mean",
                                          "vi_sd",
                                          "vi_q5",
                                          "vi_q95",
                                          "binder_mean",
                                          "binder_sd",
                                          "binder_q5",
                                          "binder_q95",
                                          "coclustering_mae",
                                          "coclustering_rmse",
                                          "density_l1",
                                          "density_l1_error"};
enum { N_NUMBERS = sizeof number_name / sizeof *number_name };

static void put_spread(const hmfm_spread *spread, double **to) {
  *(*to)++ = spread->mean;
  *(*to)++ = spread->sd;
  *(*to)++ = spread->q5;
  *(*to)++ = spread->q95;
}

static void numbers(const hmfm_score_row *row, double out[N_NUMBERS]) {
  const hmfm_partition_score *s = &row->score;
  double *to = out;
  *to++ = (double)s->n_units;
  *to++ = s->n_true;
  *to++ = s->point.n_second;
  *to++ = s->point.ari;
  *to++ = s->point.vi;
  *to++ = s->point.nvi;
  *to++ = s->point.binder;
  put_spread(&s->K, &to);
  *to++ = s->p_true;
  put_spread(&s->ari, &to);
  put_spread(&s->vi, &to);
  put_spread(&s->binder, &to);
  *to++ = s->coclustering.mean_absolute;
  *to++ = s->coclustering.root_mean_square;
  *to++ = row->density.l1;
  *to++ = row->density.error;
}

/* ---- CSV and JSON ---- */

void hmfm_score_print_csv(const hmfm_score_report *report, FILE *to) {
  fprintf(to, "group");
  for (int k = 0; k < N_NUMBERS; k++) fprintf(to, ",%s", number_name[k]);
  for (size_t r = 0; r < report->n_rows; r++) {
    double number[N_NUMBERS];
    numbers(&report->row[r], number);
    fputc('\n', to);
    hmfm_csv_field(to, report->row[r].group);
    for (int k = 0; k < N_NUMBERS; k++) {
      fputc(',', to);
      hmfm_csv_number(to, number[k]);
    }
  }
  fputc('\n', to);
}

/* The name of the group, NULL for all units, and the numbers. */
static json_t *row_json(const hmfm_score_row *row, int is_group) {
  double number[N_NUMBERS];
  json_t *object = json_object();
  int failed = !object;
  numbers(row, number);
  if (is_group) failed |= json_object_set_new(object, "group", json_string(row->group));
  for (int k = 0; k < N_NUMBERS; k++)
    failed |= json_object_set_new(object, number_name[k], hmfm_json_number(number[k]));
  return hmfm_json_whole(object, failed);
}

static json_t *text_or_null(const char *text) { return text ? json_string(text) : json_null(); }

hmfm_status hmfm_score_print_json(const hmfm_score_report *report, FILE *to, hmfm_error *error) {
  const int is_read = report->partition_file != NULL;
  json_t *root = json_object(), *groups = json_array();
  int failed = !root || !groups;
  for (size_t r = 1; r < report->n_rows; r++)
    failed |= json_array_append_new(groups, row_json(&report->row[r], 1));
  failed |= json_object_set_new(root, "truth", json_string(report->truth_file));
  failed |= json_object_set_new(root, "draws", text_or_null(report->draws_file));
  failed |= json_object_set_new(root, "partition", text_or_null(report->partition_file));
  failed |= json_object_set_new(root, "loss", text_or_null(is_read ? NULL : report->loss));
  failed |= json_object_set_new(root, "expected_loss", hmfm_json_number(report->point.loss));
  failed |= json_object_set_new(root, "all", row_json(&report->row[0], 0));
  failed |= json_object_set_new(root, "groups", groups);
  if (!failed) failed = json_dumpf(root, to, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
  if (!failed) fputc('\n', to);
  json_decref(root);
  if (!failed || ferror(to)) return HMFM_OK; /* that writing failed is for the caller to find */
  return hmfm_fail(error, HMFM_EIO,
                   "the scores cannot be written as JSON: a name is not UTF-8 text, or memory ran "
                   "out; the formats text and csv take any name");
}

/* ---- text ---- */

/* A column of a table: the heading, and the number of number_name it shows. */
typedef struct column {
  const char *heading, *number, *format;
  int width;
} column;

static const column of_point[] = {
    {"units", "units", "%.0f", 7},  {"K_true", "clusters_true", "%.0f", 7},
    {"K", "clusters", "%.0f", 6},   {"ari", "ari", "%.4f", 8},
    {"vi", "vi", "%.4f", 8},        {"nvi", "nvi", "%.4f", 8},
    {"binder", "binder", "%.4f", 8}};
static const column of_draws[] = {
    {"K", "K_mean", "%.4g", 6},           {"P(K_true)", "p_K_true", "%.3f", 9},
    {"ari", "ari_mean", "%.3f", 7},       {"q5", "ari_q5", "%.3f", 6},
    {"q95", "ari_q95", "%.3f", 6},        {"vi", "vi_mean", "%.3f", 7},
    {"q5", "vi_q5", "%.3f", 6},           {"q95", "vi_q95", "%.3f", 6},
    {"binder", "binder_mean", "%.4f", 8}, {"q5", "binder_q5", "%.4f", 7},
    {"q95", "binder_q95", "%.4f", 7}};
static const column of_pairs[] = {{"mae", "coclustering_mae", "%.4f", 8},
                                  {"rmse", "coclustering_rmse", "%.4f", 8}};
static const column of_density[] = {{"l1", "density_l1", "%.5f", 8},
                                    {"error", "density_l1_error", "%.1e", 8}};

static void print_table(const hmfm_score_report *report, const char *title, const column *columns,
                        size_t n, FILE *to) {
  int name = hmfm_text_width("group");
  for (size_t r = 0; r < report->n_rows; r++)
    if (hmfm_text_width(report->row[r].group) > name) name = hmfm_text_width(report->row[r].group);
  fprintf(to, "\n%s\n", title);
  hmfm_text_pad(to, "group", name);
  for (size_t k = 0; k < n; k++) fprintf(to, " %*s", columns[k].width, columns[k].heading);
  fputc('\n', to);
  for (size_t r = 0; r < report->n_rows; r++) {
    double number[N_NUMBERS];
    numbers(&report->row[r], number);
    hmfm_text_pad(to, report->row[r].group, name);
    for (size_t k = 0; k < n; k++) {
      int at = 0;
      while (strcmp(number_name[at], columns[k].number) != 0) at++;
      hmfm_text_number(to, columns[k].format, columns[k].width, number[at]);
    }
    fputc('\n', to);
  }
}
#define COLUMNS(columns) columns, sizeof columns / sizeof *columns

static void print_sources(const hmfm_score_report *report, FILE *to) {
  const hmfm_partition_score *all = &report->row[0].score;
  fprintf(to, "Truth      %s: %zu unit%s in %u cluster%s\n", report->truth_file, all->n_units,
          all->n_units == 1 ? "" : "s", all->n_true, all->n_true == 1 ? "" : "s");
  if (report->draws_file) fprintf(to, "Draws      %s: %zu\n", report->draws_file, all->n_draws);
  if (report->partition_file)
    fprintf(to, "Partition  %s: %u cluster%s\n", report->partition_file, all->point.n_second,
            all->point.n_second == 1 ? "" : "s");
  else
    fprintf(to, "Partition  of least expected %s, %.6g: %u cluster%s\n", report->loss,
            report->point.loss, all->point.n_second, all->point.n_second == 1 ? "" : "s");
}

void hmfm_score_print_text(const hmfm_score_report *report, FILE *to) {
  print_sources(report, to);
  print_table(report, "Point partition and truth", COLUMNS(of_point), to);
  if (!report->draws_file) return;
  print_table(report, "Draws and truth, posterior means with 5 % and 95 % quantiles",
              COLUMNS(of_draws), to);
  print_table(report, "Co-clustering less that of the truth, over all pairs of units",
              COLUMNS(of_pairs), to);
  if (report->has_density)
    print_table(report, "Density less that of the truth, in L1; all: mean over groups",
                COLUMNS(of_density), to);
}
