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
  size_t longest;    /* label of a value of the fit */
  char *label;       /* longest + 1 */
  hmfm_trace_picture picture;
} gathered;

static void destroy(void *data) {
  gathered *g = data;
  if (!g) return;
  for (size_t k = 0; g->value && k < g->room; k++) hmfm_free(g->value[k]);
  hmfm_free(g->value);
  if (g->name) hmfm_free_strings(g->name, g->room);
  hmfm_free(g->trace);
  hmfm_free(g->label);
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

/* Room for the label of any value. */
static hmfm_status make_label(gathered *g, hmfm_error *error) {
  const hmfm_draws *d = g->draws;
  for (size_t i = 0; i < d->n_variables; i++)
    for (size_t j = 0; j < d->variable[i].width; j++) {
      const size_t length = hmfm_variable_label(d, &d->variable[i], j, NULL, 0);
      g->longest = length > g->longest ? length : g->longest;
    }
  g->label = hmfm_calloc(g->longest + 1, 1);
  return g->label ? HMFM_OK : hmfm_fail_memory(error, "the traces");
}

/* The variable that name is of: of value *index, as hmfm_variable_label writes it, or, where *index is the width, of
 * all its values. NULL: there is none. */
static const hmfm_variable *find(gathered *g, const char *name, size_t *index) {
  const hmfm_draws *d = g->draws;
  const hmfm_variable *whole = hmfm_draws_find(d, name);
  if (whole) {
    *index = whole->width;
    return whole;
  }
  for (size_t i = 0; i < d->n_variables; i++)
    for (*index = 0; *index < d->variable[i].width; ++*index) {
      hmfm_variable_label(d, &d->variable[i], *index, g->label, g->longest + 1);
      if (strcmp(g->label, name) == 0) return &d->variable[i];
    }
  return NULL;
}

/* The names of a list from one up to, not with, another, with the commas between them; NULL: out of memory. */
static char *join(const hmfm_option_value *named, size_t from, size_t to) {
  size_t length = 0;
  for (size_t k = from; k < to; k++) length += strlen(named->label[k]) + 1;
  char *text = hmfm_calloc(length + 1, 1), *end = text;
  for (size_t k = from; text && k < to; k++) {
    if (k > from) *end++ = ',';
    end = strcpy(end, named->label[k]) + strlen(named->label[k]);
  }
  return text;
}

static int closes(const char *name) {
  const size_t length = strlen(name);
  return length > 0 && name[length - 1] == ']';
}

static hmfm_status fail_unknown(const hmfm_option_value *named, size_t k, hmfm_error *error) {
  size_t to = k + 1;
  if (strchr(named->label[k], '['))
    while (to < named->n && !closes(named->label[to - 1])) to++;
  if (!closes(named->label[to - 1])) to = k + 1;
  char *name = join(named, k, to);
  if (!name) return hmfm_fail_memory(error, "the traces");
  hmfm_fail(error, HMFM_EUSAGE, "--variables: the fit has no variable '%s'", name);
  hmfm_free(name);
  return HMFM_EUSAGE;
}

/* A name with commas in it, as beta[3,GenderW], was taken apart at them by the option: the longest list of names
 * from *k on, up to one that closes a bracket, that is the name of a value together, is taken for it. */
static hmfm_status add_named(gathered *g, const hmfm_option_value *named, size_t *k,
                             hmfm_error *error) {
  const char *first = named->label[*k];
  const int opens = strchr(first, '[') != NULL;
  size_t length = strlen(first), end = *k + 1, index = 0;
  const hmfm_variable *found = find(g, first, &index);
  for (size_t to = *k + 2; opens && to <= named->n; to++) {
    length += 1 + strlen(named->label[to - 1]);
    if (length > g->longest) break;
    if (!closes(named->label[to - 1])) continue;
    size_t at = 0;
    char *name = join(named, *k, to);
    if (!name) return hmfm_fail_memory(error, "the traces");
    const hmfm_variable *longer = find(g, name, &at);
    hmfm_free(name);
    if (!longer) continue;
    found = longer;
    index = at;
    end = to;
  }
  if (!found) return fail_unknown(named, *k, error);
  *k = end - 1;
  return index == found->width ? add_variable(g, found, error) : add(g, found, index, error);
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
  if (!status) status = make_label(g, error);
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
