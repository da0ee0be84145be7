/* hmfm plot --type k: posterior and prior of the numbers of clusters. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/plot.h"
#include "cli/summary.h"
#include "hmfm/prior.h"
#include "io/fit_model.h"

#define QUICK 3e8 /* elementary operations that nobody has to wait for */

typedef struct gathered {
  hmfm_draws *draws;
  hmfm_fit_info *info;
  hmfm_prior_laws *prior; /* NULL: not shown */
  hmfm_plot_heading heading;
  hmfm_count_law all;
  hmfm_count_law *law; /* n_groups */
  hmfm_k_panel all_panel;
  hmfm_k_panel *panel; /* of the groups shown */
  hmfm_k_picture picture;
} gathered;

static void destroy(void *data) {
  gathered *g = data;
  if (!g) return;
  for (size_t j = 0; g->law && j < g->draws->n_groups; j++) hmfm_free(g->law[j].probability);
  hmfm_free(g->law);
  hmfm_free(g->all.probability);
  hmfm_free(g->panel);
  hmfm_prior_laws_destroy(g->prior);
  hmfm_fit_info_destroy(g->info);
  hmfm_draws_destroy(g->draws);
  hmfm_free(g);
}

/* Unless it was asked for, the prior is there only where it costs nothing, and nothing is said where it is not. */
static hmfm_status find_prior(const hmfm_options *options, gathered *g, hmfm_error *error) {
  const int asked = hmfm_options_flag(options, "prior");
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_prior_run run;
  hmfm_status status = hmfm_fit_model(g->draws, g->info, &data, &model, error);
  hmfm_prior_run_defaults(&run);
  if (!asked) {
    run.most_work = QUICK;
    run.draws = 2; /* where exact laws would take longer, and then not looked at */
  }
  if (!status) status = hmfm_prior_laws_create(model, &run, &g->prior, error);
  if (!status && !asked && !g->prior->exact) {
    hmfm_prior_laws_destroy(g->prior);
    g->prior = NULL;
  }
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
  return asked || status == HMFM_EMEMORY ? status : HMFM_OK;
}

static hmfm_bars posterior(const hmfm_count_law *law) {
  return (hmfm_bars){law->least, law->n, law->probability};
}

static hmfm_bars prior(const hmfm_law *law) {
  return law ? (hmfm_bars){law->least, law->n, law->probability} : (hmfm_bars){0};
}

static hmfm_status count_groups(const hmfm_options *options, gathered *g, const hmfm_variable *v,
                                hmfm_error *error) {
  const hmfm_draws *d = g->draws;
  hmfm_status status = HMFM_OK;
  g->law = hmfm_calloc(d->n_groups, sizeof *g->law);
  g->panel = hmfm_calloc(d->n_groups, sizeof *g->panel);
  if (!g->law || !g->panel) return hmfm_fail_memory(error, "the panels");
  for (size_t j = 0; !status && j < d->n_groups && g->picture.n < HMFM_PLOT_PANELS; j++) {
    if (!hmfm_plot_wants_group(options, d->group_name[j])) continue;
    status = hmfm_count_law_fill(options->operand, d, v, j, &g->law[j], error);
    g->panel[g->picture.n++] =
        (hmfm_k_panel){.name = d->group_name[j],
                       .posterior = posterior(&g->law[j]),
                       .prior = prior(g->prior ? &g->prior->kind_law[g->prior->kind[j]] : NULL)};
  }
  return status;
}

static void write_heading(const hmfm_options *options, gathered *g) {
  const hmfm_draws *d = g->draws;
  size_t wanted = 0;
  hmfm_plot_title(options, &g->heading, "Number of clusters in the model of %s", d->response_name);
  hmfm_plot_subtitle(&g->heading, "%zu draw%s", d->n_chains * d->n_draws,
                     hmfm_plural(d->n_chains * d->n_draws));
  hmfm_plot_subtitle_units(&g->heading, d->n_units, d->n_groups);
  for (size_t j = 0; j < d->n_groups; j++)
    wanted += (size_t)hmfm_plot_wants_group(options, d->group_name[j]);
  if (g->picture.n > 0 && g->picture.n < wanted)
    hmfm_plot_subtitle(&g->heading, "first %zu of %zu groups", g->picture.n, wanted);
}

static hmfm_status count(const hmfm_options *options, gathered *g, hmfm_error *error) {
  const hmfm_draws *d = g->draws;
  const hmfm_variable *all = hmfm_draws_find(d, "K"), *groups = hmfm_draws_find(d, "K_group");
  const int alone = hmfm_options_given(options, "group");
  if (!all || all->width != 1)
    return hmfm_fail(error, HMFM_EDATA, "%s holds no numbers of clusters K", options->operand);
  if (groups && groups->width != d->n_groups) groups = NULL;
  if (alone && !groups)
    return hmfm_fail(error, HMFM_EDATA, "%s holds no numbers of clusters of groups",
                     options->operand);
  hmfm_status status = hmfm_count_law_fill(options->operand, d, all, 0, &g->all, error);
  if (!status && groups && (d->n_groups > 1 || alone))
    status = count_groups(options, g, groups, error);
  g->all_panel = (hmfm_k_panel){.name = g->picture.n ? "all groups" : NULL,
                                .posterior = posterior(&g->all),
                                .prior = prior(g->prior ? &g->prior->clusters : NULL)};
  g->picture.all = alone ? NULL : &g->all_panel;
  g->picture.group = g->panel;
  return status;
}

static hmfm_status gather(const hmfm_options *options, void **out, hmfm_error *error) {
  gathered *g = hmfm_calloc(1, sizeof *g);
  if (!g) return hmfm_fail_memory(error, "the picture");
  hmfm_status status = hmfm_netcdf_read(options->operand, 0, &g->draws, &g->info, error);
  if (!status)
    status = hmfm_plot_check_groups(options, g->draws->n_groups, g->draws->group_name, error);
  if (!status) status = find_prior(options, g, error);
  if (!status) status = count(options, g, error);
  if (status) {
    destroy(g);
    return status;
  }
  write_heading(options, g);
  g->picture.title = g->heading.title;
  g->picture.subtitle = g->heading.subtitle;
  *out = g;
  return HMFM_OK;
}

static void size(const void *data, double *width, double *height) {
  hmfm_plot_k_size(&((const gathered *)data)->picture, width, height);
}

static hmfm_status draw(hmfm_canvas *canvas, const void *data, hmfm_error *error) {
  return hmfm_plot_k(canvas, &((const gathered *)data)->picture, error);
}

static const char *const takes[] = {"group", "prior", NULL};

const hmfm_plot_type hmfm_plot_type_k = {
    .name = "k", .option = takes, .gather = gather, .size = size, .draw = draw, .destroy = destroy};
