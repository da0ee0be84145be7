/* hmfm plot --type density: densities as hmfm density has them, with the observations they are about. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/density.h"
#include "cli/plot.h"
#include "model/model.h"

typedef struct gathered {
  hmfm_density_report report;
  hmfm_plot_heading heading;
  hmfm_density_panel *panel; /* of the first answers, as many as are shown */
  double **y, **weight;      /* of each panel, owned */
  hmfm_density_picture picture;
} gathered;

static void destroy(void *data) {
  gathered *g = data;
  if (!g) return;
  for (size_t k = 0; g->y && k < g->picture.n; k++) hmfm_free(g->y[k]);
  for (size_t k = 0; g->weight && k < g->picture.n; k++) hmfm_free(g->weight[k]);
  hmfm_free(g->y);
  hmfm_free(g->weight);
  hmfm_free(g->panel);
  hmfm_density_report_clear(&g->report);
  hmfm_free(g);
}

static hmfm_status gather_observations(gathered *g, size_t k, hmfm_error *error) {
  const size_t n = g->report.draws->n_rows;
  g->y[k] = hmfm_calloc(n, sizeof *g->y[k]);
  g->weight[k] = hmfm_calloc(n, sizeof *g->weight[k]);
  if (!g->y[k] || !g->weight[k]) return hmfm_fail_memory(error, "the observations");
  g->panel[k].y = g->y[k];
  g->panel[k].weight = g->weight[k];
  return hmfm_density_observations(&g->report, &g->report.answer[k], g->y[k], g->weight[k],
                                   &g->panel[k].n_y, error);
}

/* Counts over other exposures than the curve's are no draws from it. */
static int exposures_agree(const hmfm_density_report *report) {
  const hmfm_draws *d = report->draws;
  for (size_t h = 0; d->exposure && h < d->n_rows; h++)
    if (d->exposure[h] != report->answer[0].target.exposure) return 0;
  return 1;
}

static void say_covariates(const hmfm_options *options, gathered *g) {
  const hmfm_draws *d = g->report.draws;
  const hmfm_option_value *x = hmfm_options_value(options, "x");
  for (size_t c = 0; c < d->n_covariates; c++) {
    size_t k = 0;
    while (k < x->n && strcmp(x->label[k], d->covariate_name[c]) != 0) k++;
    if (k < x->n)
      hmfm_plot_subtitle(&g->heading, "%s = %g", d->covariate_name[c], x->value[k]);
    else
      hmfm_plot_subtitle(&g->heading, "%s at its mean", d->covariate_name[c]);
  }
}

static void write_heading(const hmfm_options *options, gathered *g) {
  const hmfm_draws *d = g->report.draws;
  const int unit = g->report.answer[0].unit != NULL;
  hmfm_plot_title(options, &g->heading, "%s of one more observation of %s",
                  g->picture.counts ? "Probabilities" : "Density", d->response_name);
  hmfm_plot_subtitle(&g->heading, unit ? "a unit of the data" : "a new unit");
  say_covariates(options, g);
  if (d->exposure)
    hmfm_plot_subtitle(
        &g->heading, "%s = %g%s", d->exposure_name ? d->exposure_name : "exposure",
        g->report.answer[0].target.exposure,
        g->picture.observations ? "" : " (that of the data differs, so these are not shown)");
  hmfm_plot_subtitle_units(&g->heading, d->n_units, d->n_groups);
  if (g->picture.n < g->report.n_answers)
    hmfm_plot_subtitle(&g->heading, "first %zu of %zu", g->picture.n, g->report.n_answers);
}

/* As many answers as have room, a new group among them. */
static hmfm_status answer_all(gathered *g, hmfm_error *error) {
  hmfm_density_report *report = &g->report;
  const size_t n = report->n_answers, last = HMFM_PLOT_PANELS - 1;
  hmfm_status status = HMFM_OK;
  if (n > HMFM_PLOT_PANELS && report->answer[n - 1].target.kind == HMFM_DENSITY_NEW_GROUP) {
    const hmfm_answer fresh = report->answer[n - 1];
    report->answer[n - 1] = report->answer[last];
    report->answer[last] = fresh;
  }
  g->picture.n = n < HMFM_PLOT_PANELS ? n : HMFM_PLOT_PANELS;
  g->panel = hmfm_calloc(g->picture.n, sizeof *g->panel);
  g->y = hmfm_calloc(g->picture.n, sizeof *g->y);
  g->weight = hmfm_calloc(g->picture.n, sizeof *g->weight);
  if (!g->panel || !g->y || !g->weight) return hmfm_fail_memory(error, "the panels");
  for (size_t k = 0; !status && k < g->picture.n; k++) {
    hmfm_answer *answer = &report->answer[k];
    status = hmfm_density_answer(report, answer, error);
    g->panel[k] = (hmfm_density_panel){.name = answer->unit ? answer->unit : answer->group,
                                       .mean = answer->value,
                                       .lower = answer->lower,
                                       .upper = answer->upper};
    if (answer->target.kind == HMFM_DENSITY_NEW_GROUP) g->panel[k].name = "a new group";
    if (!status) status = gather_observations(g, k, error);
  }
  return status;
}

static hmfm_status gather(const hmfm_options *options, void **out, hmfm_error *error) {
  gathered *g = hmfm_calloc(1, sizeof *g);
  if (!g) return hmfm_fail_memory(error, "the picture");
  hmfm_density_report *report = &g->report;
  const unsigned parts =
      HMFM_PART_COMPONENTS | (hmfm_options_given(options, "unit") ? HMFM_PART_ALLOCATIONS : 0);
  report->adds = 1;
  hmfm_status status = hmfm_density_read_fit(options->operand, parts, report, error);
  if (!status) status = hmfm_density_read_targets(options, report, error);
  if (!status) status = hmfm_density_read_question(options, report, error);
  if (!status) status = answer_all(g, error);
  if (status) {
    destroy(g);
    return status;
  }
  g->picture.counts = (report->model->family->flags & HMFM_FAMILY_COUNTS) != 0;
  if (exposures_agree(report))
    g->picture.observations =
        report->draws->n_covariates
            ? "observations moved to these covariates, each unit weighing the same"
            : "observations, each unit weighing the same";
  write_heading(options, g);
  g->picture.title = g->heading.title;
  g->picture.subtitle = g->heading.subtitle;
  g->picture.response = report->draws->response_name;
  g->picture.level = report->level;
  g->picture.n_points = report->n_points;
  g->picture.at = report->at;
  g->picture.panel = g->panel;
  *out = g;
  return HMFM_OK;
}

static void size(const void *data, double *width, double *height) {
  hmfm_plot_density_size(&((const gathered *)data)->picture, width, height);
}

static hmfm_status draw(hmfm_canvas *canvas, const void *data, hmfm_error *error) {
  return hmfm_plot_density(canvas, &((const gathered *)data)->picture, error);
}

static const char *const takes[] = {"group", "new-group", "unit", "in",     "x", "exposure",
                                    "level", "from",      "to",   "points", NULL};

const hmfm_plot_type hmfm_plot_type_density = {.name = "density",
                                               .option = takes,
                                               .gather = gather,
                                               .size = size,
                                               .draw = draw,
                                               .destroy = destroy};
