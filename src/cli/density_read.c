/* What the options of hmfm density ask: whose observation, at which points. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/density.h"
#include "model/model.h"

static int has(const hmfm_density_report *report, unsigned flag) {
  return (report->model->family->flags & flag) != 0;
}

/* ---- whose ---- */

static hmfm_status find_group(const hmfm_draws *draws, const char *option, const char *name,
                              size_t *group, hmfm_error *error) {
  for (size_t j = 0; j < draws->n_groups; j++) {
    if (strcmp(draws->group_name[j], name) != 0) continue;
    *group = j;
    return HMFM_OK;
  }
  const char *meant = strlen(name) < 3 ? NULL
                                       : hmfm_suggest(name, draws->n_groups,
                                                      (const char *const *)draws->group_name);
  return hmfm_fail(error, HMFM_EUSAGE, "--%s: there is no group '%s'%s%s%s", option, name,
                   meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

/* GROUP/UNIT; either name may have slashes in it. */
static hmfm_status find_unit(const hmfm_draws *draws, const char *name, size_t *unit,
                             hmfm_error *error) {
  size_t found = 0;
  for (size_t i = 0; i < draws->n_units; i++) {
    const char *group = draws->group_name[draws->unit_group[i]];
    const size_t length = strlen(group);
    if (strncmp(name, group, length) != 0 || name[length] != '/' ||
        strcmp(name + length + 1, draws->unit_name[i]) != 0)
      continue;
    *unit = i;
    found++;
  }
  if (found == 1) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE, "--unit: %s GROUP/UNIT '%s'",
                   found ? "more than one unit is" : "no unit is", name);
}

static hmfm_status add_answer(const hmfm_options *options, hmfm_density_report *report,
                              hmfm_density_kind kind, size_t group, size_t unit,
                              hmfm_error *error) {
  const hmfm_draws *draws = report->draws;
  const hmfm_option_value *exposure = hmfm_options_value(options, "exposure");
  const hmfm_option_value *x = hmfm_options_value(options, "x");
  hmfm_answer *answer = &report->answer[report->n_answers++];
  hmfm_density_target_defaults(&answer->target);
  answer->target.kind = kind;
  answer->target.group = group;
  answer->target.unit = unit;
  answer->target.seed = report->seed;
  answer->target.threads = (int)hmfm_options_number(options, "threads"); /* 0: not given */
  if (exposure->n) answer->target.exposure = exposure->value[0];
  answer->group = kind == HMFM_DENSITY_NEW_GROUP ? "(new)" : draws->group_name[group];
  answer->unit = kind == HMFM_DENSITY_UNIT ? draws->unit_name[unit] : NULL;
  answer->x = hmfm_calloc(draws->n_covariates, sizeof *answer->x);
  if (!answer->x) return hmfm_fail_memory(error, "covariates");
  hmfm_status status = hmfm_density_covariates(draws, &answer->target, answer->x, error);
  for (size_t k = 0; !status && k < x->n; k++) {
    size_t c = 0;
    while (c < draws->n_covariates && strcmp(draws->covariate_name[c], x->label[k]) != 0) c++;
    if (c < draws->n_covariates) {
      answer->x[c] = x->value[k];
      continue;
    }
    const char *meant =
        hmfm_suggest(x->label[k], draws->n_covariates, (const char *const *)draws->covariate_name);
    status = hmfm_fail(error, HMFM_EUSAGE, "--x: there is no covariate '%s', as coded%s%s%s",
                       x->label[k], meant ? "; did you mean '" : "", meant ? meant : "",
                       meant ? "'?" : "");
  }
  answer->target.x = answer->x;
  return status;
}

static hmfm_status check_targets(const hmfm_options *options, const hmfm_density_report *report,
                                 hmfm_error *error) {
  const hmfm_option_value *x = hmfm_options_value(options, "x");
  const hmfm_option_value *exposure = hmfm_options_value(options, "exposure");
  const int groups = hmfm_options_given(options, "group"),
            fresh = hmfm_options_flag(options, "new-group");
  if (hmfm_options_given(options, "unit") && (groups || fresh))
    return hmfm_fail(error, HMFM_EUSAGE, "--unit and --%s do not go together",
                     groups ? "group" : "new-group");
  if (hmfm_options_given(options, "in") && !hmfm_options_given(options, "unit"))
    return hmfm_fail(error, HMFM_EUSAGE, "--in is of use with --unit only");
  if (x->n && !x->label)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "--x must be NAME=VALUE,...: names of covariates as coded");
  if (exposure->n && !has(report, HMFM_FAMILY_EXPOSURE))
    return hmfm_fail(error, HMFM_EUSAGE, "--exposure has no part in family %s",
                     report->info->family);
  if (exposure->n && (exposure->n != 1 || exposure->label || !(exposure->value[0] > 0.0)))
    return hmfm_fail(error, HMFM_EUSAGE, "--exposure must be one number > 0");
  return HMFM_OK;
}

hmfm_status hmfm_density_read_targets(const hmfm_options *options, hmfm_density_report *report,
                                      hmfm_error *error) {
  const hmfm_draws *draws = report->draws;
  const hmfm_option_value *named = hmfm_options_value(options, "group");
  const char *unit_name = hmfm_options_text(options, "unit");
  const char *in = hmfm_options_text(options, "in");
  const int fresh = hmfm_options_flag(options, "new-group");
  size_t group = 0, unit = 0;
  report->seed = hmfm_options_number(options, "seed");
  hmfm_status status = check_targets(options, report, error);
  if (status) return status;
  report->answer = hmfm_calloc(draws->n_groups + named->n + 1, sizeof *report->answer);
  if (!report->answer) return hmfm_fail_memory(error, "the densities");
  if (unit_name) {
    status = find_unit(draws, unit_name, &unit, error);
    if (!status) group = draws->unit_group[unit];
    if (!status && in) status = find_group(draws, "in", in, &group, error);
    return status ? status : add_answer(options, report, HMFM_DENSITY_UNIT, group, unit, error);
  }
  for (size_t k = 0; !status && k < named->n; k++) {
    status = find_group(draws, "group", named->label[k], &group, error);
    if (!status) status = add_answer(options, report, HMFM_DENSITY_GROUP, group, 0, error);
  }
  for (size_t j = 0; !status && !named->n && (!fresh || report->adds) && j < draws->n_groups; j++)
    status = add_answer(options, report, HMFM_DENSITY_GROUP, j, 0, error);
  if (!status && fresh) status = add_answer(options, report, HMFM_DENSITY_NEW_GROUP, 0, 0, error);
  return status;
}

/* ---- what ---- */

static hmfm_status copy_points(const hmfm_option_value *v, const char *name,
                               hmfm_density_report *report, hmfm_error *error) {
  for (size_t k = 0; k < v->n; k++) {
    const double y = v->value[k];
    if (v->label) return hmfm_fail(error, HMFM_EUSAGE, "--%s takes numbers without names", name);
    if (!isfinite(y)) return hmfm_fail(error, HMFM_EUSAGE, "--%s must be finite, got %g", name, y);
    if (report->question == HMFM_ASK_QUANTILE && !(y > 0.0 && y < 1.0))
      return hmfm_fail(error, HMFM_EUSAGE, "--%s must be between 0 and 1, got %g", name, y);
    if (report->question == HMFM_ASK_DENSITY && has(report, HMFM_FAMILY_COUNTS) &&
        !(y >= 0.0 && y == floor(y)))
      return hmfm_fail(error, HMFM_EUSAGE, "--%s must be whole numbers >= 0 for family %s, got %g",
                       name, report->info->family, y);
  }
  report->n_points = v->n;
  report->at = hmfm_calloc(v->n, sizeof *report->at);
  if (!report->at) return hmfm_fail_memory(error, "the points");
  memcpy(report->at, v->value, v->n * sizeof *report->at);
  return HMFM_OK;
}

/* Beyond, doubles are no longer all whole numbers. */
#define MOST_COUNT 9007199254740992.0

/* Points evenly spread from one end to the other; of counts all whole numbers, or every so manieth. */
static hmfm_status make_grid(const hmfm_options *options, hmfm_density_report *report,
                             hmfm_error *error) {
  const int counts = has(report, HMFM_FAMILY_COUNTS);
  const size_t most = hmfm_options_number(options, "points");
  double from, to;
  hmfm_density_range(report->draws, report->model, report->answer[0].target.exposure, &from, &to);
  hmfm_status status = hmfm_options_one_number(options, "from", &from, error);
  if (!status) status = hmfm_options_one_number(options, "to", &to, error);
  if (status) return status;
  if (!(from < to) && !(counts && from == to))
    return hmfm_fail(error, HMFM_EUSAGE, "--from must be below --to, got %g and %g", from, to);
  if (!isfinite(to - from))
    return hmfm_fail(error, HMFM_EUSAGE, "--from %g and --to %g are too far apart", from, to);
  if (counts) {
    const double first = fmax(ceil(from), 0.0), last = floor(to);
    if (!(first <= last))
      return hmfm_fail(error, HMFM_EUSAGE, "there is no count from --from %g to --to %g", from, to);
    from = first;
    to = last;
  }
  if (counts && !(to <= MOST_COUNT))
    return hmfm_fail(error, HMFM_EUSAGE, "--to must be at most %.0f for counts, got %g", MOST_COUNT,
                     to);
  double step = (to - from) / (double)(most - 1);
  if (counts) step = fmax(ceil((to - from + 1.0) / (double)most), 1.0);
  report->n_points = counts ? (size_t)floor((to - from) / step) + 1 : most;
  report->at = hmfm_calloc(report->n_points, sizeof *report->at);
  if (!report->at) return hmfm_fail_memory(error, "the points");
  for (size_t k = 0; k < report->n_points; k++) report->at[k] = from + (double)k * step;
  if (!counts) report->at[most - 1] = to;
  return HMFM_OK;
}

static hmfm_status check_question(const hmfm_options *options, hmfm_error *error) {
  static const char *const question[] = {"at", "above", "quantile", "draws"};
  static const char *const grid[] = {"from", "to", "points"};
  const char *asked = NULL;
  for (size_t k = 0; k < sizeof question / sizeof *question; k++) {
    if (!hmfm_options_given(options, question[k])) continue;
    if (asked)
      return hmfm_fail(error, HMFM_EUSAGE, "--%s and --%s ask for two tables; use one of them",
                       asked, question[k]);
    asked = question[k];
  }
  for (size_t k = 0; asked && k < sizeof grid / sizeof *grid; k++)
    if (hmfm_options_given(options, grid[k]))
      return hmfm_fail(error, HMFM_EUSAGE, "--%s has no effect with --%s", grid[k], asked);
  return HMFM_OK;
}

hmfm_status hmfm_density_read_question(const hmfm_options *options, hmfm_density_report *report,
                                       hmfm_error *error) {
  hmfm_status status = check_question(options, error);
  report->level = 0.9;
  if (!status) status = hmfm_options_one_number(options, "level", &report->level, error);
  if (!status && !(report->level > 0.0 && report->level < 1.0))
    status =
        hmfm_fail(error, HMFM_EUSAGE, "--level must be between 0 and 1, got %g", report->level);
  if (status) return status;
  const hmfm_option_value *at = hmfm_options_value(options, "at");
  const hmfm_option_value *above = hmfm_options_value(options, "above");
  const hmfm_option_value *quantile = hmfm_options_value(options, "quantile");
  if (hmfm_options_given(options, "draws")) {
    report->question = HMFM_ASK_DRAWS;
    report->n_points = hmfm_options_number(options, "draws");
    report->at = hmfm_calloc(report->n_points, sizeof *report->at);
    if (!report->at) return hmfm_fail_memory(error, "the draws");
    for (size_t k = 0; k < report->n_points; k++) report->at[k] = (double)k;
    return HMFM_OK;
  }
  report->question = above->n ? HMFM_ASK_ABOVE : quantile->n ? HMFM_ASK_QUANTILE : HMFM_ASK_DENSITY;
  if (above->n) return copy_points(above, "above", report, error);
  if (quantile->n) return copy_points(quantile, "quantile", report, error);
  return at->n ? copy_points(at, "at", report, error) : make_grid(options, report, error);
}
