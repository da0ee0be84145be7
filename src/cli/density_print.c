/* Answers of hmfm density as CSV or JSON. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/density.h"
#include "model/model.h"

/* Of every question: its name, the name of the points, and that of the values. */
static const struct {
  const char *name, *at, *value;
  int band;
} QUESTION[] = {[HMFM_ASK_DENSITY] = {"density", "y", "mean", 1},
                [HMFM_ASK_ABOVE] = {"above", "above", "mean", 1},
                [HMFM_ASK_QUANTILE] = {"quantile", "probability", "quantile", 0},
                [HMFM_ASK_DRAWS] = {"draws", "draw", "y", 0}};

static void put_number(FILE *to, double x) {
  char text[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, x);
    if (strtod(text, NULL) == x) break;
  }
  fputs(text, to);
}

static void put_field(FILE *to, const char *text) {
  const int quote = strpbrk(text, ",\"\r\n") != NULL;
  if (quote) putc('"', to);
  for (; *text; text++) {
    if (*text == '"') putc('"', to);
    putc(*text, to);
  }
  if (quote) putc('"', to);
}

void hmfm_density_print_csv(const hmfm_density_report *report, FILE *to) {
  const int band = QUESTION[report->question].band, units = report->answer[0].unit != NULL;
  fprintf(to, "group%s,%s,%s%s\n", units ? ",unit" : "", QUESTION[report->question].at,
          QUESTION[report->question].value, band ? ",lower,upper" : "");
  for (size_t a = 0; a < report->n_answers; a++) {
    const hmfm_answer *answer = &report->answer[a];
    const double *column[] = {report->at, answer->value, answer->lower, answer->upper};
    for (size_t k = 0; k < report->n_points; k++) {
      put_field(to, answer->group);
      if (units) putc(',', to);
      if (units) put_field(to, answer->unit);
      for (int c = 0; c < (band ? 4 : 2); c++) {
        putc(',', to);
        put_number(to, column[c][k]);
      }
      putc('\n', to);
    }
  }
}

/* The value, or NULL when some part of it could not be made. */
static json_t *whole(json_t *value, int failed) {
  if (!failed) return value;
  json_decref(value);
  return NULL;
}

static json_t *numbers(size_t n, const double *x) {
  json_t *list = json_array();
  int failed = !list;
  for (size_t k = 0; k < n; k++) failed |= json_array_append_new(list, json_real(x[k]));
  return whole(list, failed);
}

static json_t *one_answer(const hmfm_density_report *report, const hmfm_answer *answer) {
  const hmfm_draws *draws = report->draws;
  const size_t n = report->n_points;
  json_t *object = json_object(), *x = json_object();
  int failed = json_object_set_new(object, "group", json_string(answer->group));
  if (answer->unit) failed |= json_object_set_new(object, "unit", json_string(answer->unit));
  for (size_t k = 0; k < draws->n_covariates; k++)
    failed |= json_object_set_new(x, draws->covariate_name[k], json_real(answer->x[k]));
  failed |= json_object_set_new(object, "x", x);
  if (report->model->family->flags & HMFM_FAMILY_EXPOSURE)
    failed |= json_object_set_new(object, "exposure", json_real(answer->target.exposure));
  if (report->question != HMFM_ASK_DRAWS)
    failed |= json_object_set_new(object, QUESTION[report->question].at, numbers(n, report->at));
  failed |=
      json_object_set_new(object, QUESTION[report->question].value, numbers(n, answer->value));
  if (QUESTION[report->question].band) {
    failed |= json_object_set_new(object, "lower", numbers(n, answer->lower));
    failed |= json_object_set_new(object, "upper", numbers(n, answer->upper));
  }
  return whole(object, failed);
}

hmfm_status hmfm_density_print_json(const hmfm_density_report *report, FILE *to,
                                    hmfm_error *error) {
  json_t *root = json_pack("{s:s, s:s, s:s, s:s}", "response", report->draws->response_name,
                           "family", report->info->family, "mixing", report->info->mixing,
                           "quantity", QUESTION[report->question].name);
  json_t *answers = json_array();
  int failed = !root || !answers;
  if (QUESTION[report->question].band)
    failed |= json_object_set_new(root, "level", json_real(report->level));
  for (size_t a = 0; a < report->n_answers; a++)
    failed |= json_array_append_new(answers, one_answer(report, &report->answer[a]));
  failed |= json_object_set_new(root, "of", answers);
  if (!failed) failed = json_dumpf(root, to, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
  if (!failed) fputc('\n', to);
  json_decref(root);
  if (!failed || ferror(to)) return HMFM_OK; /* that writing failed is for the caller to find */
  return hmfm_fail(error, HMFM_EIO,
                   "the densities cannot be written as JSON: a name is not UTF-8 text, or memory "
                   "ran out; the format csv takes any name");
}
