/* hmfm plot --type trace: saved variables in the order of the draws. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/plot.h"
#include "io/netcdf.h"

enum { MOST = 40, FEW = 4 }; /* panels in all; values of a variable that is shown unasked */

typedef struct gathered {
  hmfm_draws *draws;
  hmfm_fit_info *info;
  hmfm_plot_heading heading;
  size_t room;       /* panels there is room for */
  hmfm_trace *trace; /* room */
  char **name;       /* room, owned */
  double **value;    /* room, owned */
  hmfm_trace_picture picture;
} gathered;

static void destroy(void *data) {
  gathered *g = data;
  if (!g) return;
  for (size_t k = 0; g->value && k < g->room; k++) hmfm_free(g->value[k]);
  hmfm_free(g->value);
  if (g->name) hmfm_free_strings(g->name, g->room);
  hmfm_free(g->trace);
  hmfm_fit_info_destroy(g->info);
  hmfm_draws_destroy(g->draws);
  hmfm_free(g);
}

static hmfm_status add(gathered *g, const hmfm_variable *v, size_t index, hmfm_error *error) {
  const hmfm_draws *d = g->draws;
  const size_t length = hmfm_variable_label(d, v, index, NULL, 0), k = g->picture.n;
  if (k == MOST)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "--variables names more than %d values, too many for a sheet: name some of "
                     "them, as in gamma[1],gamma[2]",
                     (int)MOST);
  g->name[k] = hmfm_calloc(length + 1, 1);
  g->value[k] = hmfm_calloc(d->n_chains, d->n_draws * sizeof *g->value[k]);
  if (!g->name[k] || !g->value[k]) return hmfm_fail_memory(error, "the traces");
  hmfm_variable_label(d, v, index, g->name[k], length + 1);
  for (size_t c = 0; c < d->n_chains; c++)
    for (size_t t = 0; t < d->n_draws; t++)
      g->value[k][c * d->n_draws + t] = v->value[(c * d->capacity + t) * v->width + index];
  g->trace[k] = (hmfm_trace){.name = g->name[k], .value = g->value[k], .is_count = v->is_count};
  g->picture.n++;
  return HMFM_OK;
}

/* All values of a variable. */
static hmfm_status add_variable(gathered *g, const hmfm_variable *v, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && k < v->width; k++) status = add(g, v, k, error);
  return status;
}

/* 1 where name is how hmfm_variable_label writes value k of v. */
static int is_named(const hmfm_draws *d, const hmfm_variable *v, size_t k, const char *name) {
  char label[256];
  return hmfm_variable_label(d, v, k, label, sizeof label) < sizeof label &&
         strcmp(label, name) == 0;
}

/* A name with a comma in it, as beta[3,GenderW], was taken apart at the comma by the option: put together again
 * with the name that follows, it is tried first. */
static hmfm_status add_named(gathered *g, const hmfm_option_value *named, size_t *k,
                             hmfm_error *error) {
  const hmfm_draws *d = g->draws;
  const char *name = named->label[*k], *next = *k + 1 < named->n ? named->label[*k + 1] : NULL;
  const hmfm_variable *whole = hmfm_draws_find(d, name);
  if (whole) return add_variable(g, whole, error);
  char both[256] = "";
  if (next && strlen(name) + strlen(next) + 2 <= sizeof both) {
    strcpy(both, name);
    strcat(strcat(both, ","), next);
  }
  for (size_t i = 0; i < d->n_variables; i++) {
    const hmfm_variable *v = &d->variable[i];
    for (size_t j = 0; j < v->width; j++) {
      const int pair = is_named(d, v, j, both);
      if (!pair && !is_named(d, v, j, name)) continue;
      *k += (size_t)pair;
      return add(g, v, j, error);
    }
  }
  return hmfm_fail(error, HMFM_EUSAGE, "--variables: the fit has no variable '%s'", name);
}

/* What is looked at first: K, the log likelihood, then hyperparameters that are few. */
static hmfm_status add_usual(gathered *g, hmfm_error *error) {
  static const char *const first[] = {"K", "log_lik"};
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && k < 2; k++) {
    const hmfm_variable *v = hmfm_draws_find(g->draws, first[k]);
    if (v) status = add_variable(g, v, error);
  }
  for (size_t i = 0; !status && i < g->draws->n_variables; i++) {
    const hmfm_variable *v = &g->draws->variable[i];
    if (strcmp(v->name, first[0]) == 0 || strcmp(v->name, first[1]) == 0 ||
        strcmp(v->name, "K_group") == 0)
      continue;
    if (v->width <= FEW && g->picture.n + v->width <= MOST) status = add_variable(g, v, error);
  }
  return status;
}

static hmfm_status gather(const hmfm_options *options, void **out, hmfm_error *error) {
  const hmfm_option_value *named = hmfm_options_value(options, "variables");
  gathered *g = hmfm_calloc(1, sizeof *g);
  if (!g) return hmfm_fail_memory(error, "the picture");
  hmfm_status status = hmfm_netcdf_read(options->operand, 0, &g->draws, &g->info, error);
  if (!status) {
    g->room = MOST;
    g->trace = hmfm_calloc(g->room, sizeof *g->trace);
    g->name = hmfm_calloc(g->room, sizeof *g->name);
    g->value = hmfm_calloc(g->room, sizeof *g->value);
    if (!g->trace || !g->name || !g->value) status = hmfm_fail_memory(error, "the traces");
  }
  for (size_t k = 0; !status && k < named->n; k++) status = add_named(g, named, &k, error);
  if (!status && named->n == 0) status = add_usual(g, error);
  if (!status && g->picture.n == 0)
    status = hmfm_fail(error, HMFM_EDATA, "%s holds no variable to be shown", options->operand);
  if (status) {
    destroy(g);
    return status;
  }
  const hmfm_draws *d = g->draws;
  hmfm_plot_title(options, &g->heading, "Draws of the model of %s", d->response_name);
  hmfm_plot_subtitle(&g->heading, "%zu chain%s of %zu draw%s after %zu sweep%s of warmup",
                     d->n_chains, hmfm_plural(d->n_chains), d->n_draws, hmfm_plural(d->n_draws),
                     g->info->warmup, hmfm_plural(g->info->warmup));
  hmfm_plot_subtitle_units(&g->heading, d->n_units, d->n_groups);
  g->picture.title = g->heading.title;
  g->picture.subtitle = g->heading.subtitle;
  g->picture.n_chains = d->n_chains;
  g->picture.n_draws = d->n_draws;
  g->picture.trace = g->trace;
  *out = g;
  return HMFM_OK;
}

static void size(const void *data, double *width, double *height) {
  hmfm_plot_trace_size(&((const gathered *)data)->picture, width, height);
}

static hmfm_status draw(hmfm_canvas *canvas, const void *data, hmfm_error *error) {
  return hmfm_plot_trace(canvas, &((const gathered *)data)->picture, error);
}

static const char *const takes[] = {"variables", NULL};

const hmfm_plot_type hmfm_plot_type_trace = {.name = "trace",
                                             .option = takes,
                                             .gather = gather,
                                             .size = size,
                                             .draw = draw,
                                             .destroy = destroy};
