/* What hmfm prior shows: tables and bars for people, rows for programs. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/prior.h"

enum { BAR = 40, KINDS_SHOWN = 3 };

int hmfm_prior_owns(const char *mixing, const hmfm_parameter *parameter) {
  const char *owner = NULL;
  const hmfm_parameter *p;
  for (size_t k = 0; (p = hmfm_parameter_at(k, &owner)) != NULL; k++)
    if (p == parameter) return strncmp(owner, "mixing ", 7) == 0 && strcmp(owner + 7, mixing) == 0;
  return 0;
}

static const char *mixing_of(const hmfm_prior_side *side) {
  return hmfm_model_settings(side->model)->mixing;
}

/* Text as a CSV field, or in a command. */
static void put_field(FILE *to, const char *text) {
  const int quote = strpbrk(text, ",\"\r\n") != NULL;
  if (quote) putc('"', to);
  for (; *text; text++) {
    if (*text == '"') putc('"', to);
    putc(*text, to);
  }
  if (quote) putc('"', to);
}

/* A line break or another control character in a name is a '?'. */
static void put_plain(FILE *to, const char *text) {
  for (; *text; text++) fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, to);
}

/* Calls put for each hyperparameter in force: one value, or all that differ between groups. */
static void each_parameter(const hmfm_prior_side *side, FILE *to,
                           void (*put)(FILE *, const hmfm_setting *, size_t first)) {
  const hmfm_settings *all = hmfm_model_settings(side->model);
  for (size_t k = 0, n = 0; k < all->n_settings; k++) {
    const hmfm_setting *s = &all->setting[k];
    size_t finite = 0;
    for (size_t v = 0; v < s->n_values; v++) finite += isfinite(s->value[v]) != 0;
    if (finite == 0 || !hmfm_prior_owns(all->mixing, s->parameter)) continue;
    put(to, s, n++);
  }
}

static int is_one_value(const hmfm_setting *s) {
  for (size_t v = 1; v < s->n_values; v++)
    if (!(s->value[v] == s->value[0])) return 0;
  return 1;
}

static void put_words(FILE *to, const hmfm_setting *s, size_t index) {
  fprintf(to, "%s %s", index ? "," : "", s->parameter->name);
  if (is_one_value(s))
    fprintf(to, " %.6g", s->value[0]);
  else
    fprintf(to, " by group");
}

static void put_option(FILE *to, const hmfm_setting *s, size_t index) {
  (void)index;
  fprintf(to, " --%s ", s->parameter->name);
  if (is_one_value(s)) {
    fprintf(to, "%.10g", s->value[0]);
    return;
  }
  for (size_t v = 0, n = 0; v < s->n_values; v++) {
    if (!isfinite(s->value[v])) continue;
    fprintf(to, n++ ? "," : "");
    put_plain(to, s->label[v]);
    fprintf(to, "=%.10g", s->value[v]);
  }
}

/* ---- for people ---- */

/* The law of M that goes without saying, or none. */
static int is_usual(const char *prior_m) { return !*prior_m || strcmp(prior_m, "poisson") == 0; }

static void print_groups(const hmfm_prior_report *r, FILE *to) {
  const hmfm_dataset *data = r->data;
  fprintf(to, "Groups   %zu group%s, %zu unit%s\n", data->n_groups, data->n_groups == 1 ? "" : "s",
          data->n_units, data->n_units == 1 ? "" : "s");
  for (size_t k = 0; k < r->n_sides; k++) {
    const char *prior_m = hmfm_model_settings(r->side[k].model)->prior_m;
    fprintf(to, "Prior    %s mixing%s%s:", mixing_of(&r->side[k]),
            is_usual(prior_m) ? "" : ", prior-m ", is_usual(prior_m) ? "" : prior_m);
    each_parameter(&r->side[k], to, put_words);
    fprintf(to, "\n");
  }
  for (size_t k = 0; k < r->n_sides; k++) {
    const hmfm_prior_laws *laws = r->side[k].laws;
    fprintf(to, "Laws     ");
    if (r->n_sides > 1) fprintf(to, "%s: ", mixing_of(&r->side[k]));
    if (laws->exact)
      fprintf(to, "exact, every probability within 1e-8\n");
    else
      fprintf(to, "Monte Carlo, %zu draws, seed %" PRIu64 "\n", laws->draws, r->run.seed);
  }
  if (!r->is_match) return;
  fprintf(to, "\nOptions for hmfm sample\n   --mixing %s", mixing_of(&r->side[0]));
  const char *prior_m = hmfm_model_settings(r->side[0].model)->prior_m;
  if (!is_usual(prior_m)) fprintf(to, " --prior-m %s", prior_m);
  each_parameter(&r->side[0], to, put_option);
  fprintf(to, "\n");
}

static void kind_name(const hmfm_prior_laws *laws, size_t c, char *text, size_t size) {
  snprintf(text, size, "%zu group%s of %zu", laws->kind_groups[c],
           laws->kind_groups[c] == 1 ? "" : "s", laws->kind_size[c]);
}

static void print_row(const hmfm_prior_report *r, const hmfm_prior_side *side, const char *name,
                      const hmfm_law *law, FILE *to) {
  char text[120];
  if (law->n == 0) return;
  snprintf(text, sizeof text, "%s%s%s", name, r->n_sides > 1 ? ", " : "",
           r->n_sides > 1 ? mixing_of(side) : "");
  fprintf(to, "%-34s %10.5g %9.4g %6zu %6zu %6zu", text, law->mean, law->sd,
          hmfm_law_quantile(law, 0.05), hmfm_law_quantile(law, 0.5), hmfm_law_quantile(law, 0.95));
  if (law->se) fprintf(to, "  %8.2g", law->mean_se);
  fprintf(to, "\n");
}

static void print_table(const hmfm_prior_report *r, FILE *to) {
  const hmfm_prior_laws *any = r->side[0].laws;
  char name[80], kind[60];
  int monte_carlo = 0;
  for (size_t k = 0; k < r->n_sides; k++) monte_carlo |= !r->side[k].laws->exact;
  fprintf(to, "\n%-34s %10s %9s %6s %6s %6s%s\n", "quantity", "mean", "sd", "q5", "q50", "q95",
          monte_carlo ? "   se_mean" : "");
  for (size_t k = 0; k < r->n_sides; k++)
    print_row(r, &r->side[k], "K", &r->side[k].laws->clusters, to);
  for (size_t s = 0; s < r->n_sides; s++) {
    const hmfm_prior_laws *laws = r->side[s].laws;
    for (size_t c = 0; c < laws->n_kinds; c++) {
      kind_name(laws, c, kind, sizeof kind);
      snprintf(name, sizeof name, "K_group, %s", kind);
      print_row(r, &r->side[s], name, &laws->kind_law[c], to);
    }
  }
  if (r->data->n_groups > 1) {
    snprintf(name, sizeof name, "shared[%.20s,%.20s]", r->data->group_name[any->pair[0]],
             r->data->group_name[any->pair[1]]);
    for (size_t k = 0; name[k]; k++)
      if ((unsigned char)name[k] < ' ' || name[k] == 127) name[k] = '?';
    for (size_t k = 0; k < r->n_sides; k++)
      print_row(r, &r->side[k], name, &r->side[k].laws->shared, to);
  }
  for (size_t k = 0; k < r->n_sides; k++)
    print_row(r, &r->side[k], "M", &r->side[k].laws->components, to);
}

static double at(const hmfm_law *law, size_t value) {
  return value < law->least || value - law->least >= law->n ? 0.0
                                                            : law->probability[value - law->least];
}

/* Values that hold all but a thousandth, as bars: of one law, or of two side by side. */
static void print_bars(const hmfm_prior_report *r, const char *title, const hmfm_law *const *law,
                       FILE *to) {
  double top = 0.0;
  size_t first = SIZE_MAX, last = 0;
  const int width = r->n_sides > 1 ? BAR / 2 + 8 : BAR;
  for (size_t s = 0; s < r->n_sides; s++) {
    const size_t low = hmfm_law_quantile(law[s], 0.0005), high = hmfm_law_quantile(law[s], 0.9995);
    if (low < first) first = low;
    if (high > last) last = high;
    for (size_t k = 0; k < law[s]->n; k++) top = fmax(top, law[s]->probability[k]);
  }
  fprintf(to, "\n%s, prior probability\n", title);
  if (r->n_sides > 1)
    fprintf(to, "       %-*s  %s\n", width + 7, mixing_of(&r->side[0]), mixing_of(&r->side[1]));
  for (size_t k = first; k <= last; k++) {
    fprintf(to, "%5zu", k);
    for (size_t s = 0; s < r->n_sides; s++) {
      const double p = at(law[s], k);
      const int bar = (int)(p / top * width + 0.5);
      fprintf(to, "  %.3f", p);
      if (bar) fprintf(to, "  ");
      for (int b = 0; b < bar; b++) fputc('#', to);
      if (s + 1 < r->n_sides) fprintf(to, "%*s", width - bar + (bar ? 0 : 2), "");
    }
    fprintf(to, "\n");
  }
}

void hmfm_prior_print_text(const hmfm_prior_report *r, FILE *to) {
  const hmfm_law *law[2] = {NULL, NULL};
  char kind[60], title[100];
  print_groups(r, to);
  print_table(r, to);
  for (size_t s = 0; s < r->n_sides; s++) law[s] = &r->side[s].laws->clusters;
  print_bars(r, "Clusters K", law, to);
  if (r->data->n_groups < 2) return;
  const hmfm_prior_laws *laws = r->side[0].laws;
  for (size_t c = 0; c < laws->n_kinds && c < KINDS_SHOWN; c++) {
    size_t group = 0;
    while (laws->kind[group] != c) group++;
    for (size_t s = 0; s < r->n_sides; s++)
      law[s] = &r->side[s].laws->kind_law[r->side[s].laws->kind[group]];
    kind_name(laws, c, kind, sizeof kind);
    snprintf(title, sizeof title, "Clusters of a group K_group, %s", kind);
    print_bars(r, title, law, to);
  }
  if (laws->n_kinds > KINDS_SHOWN)
    fprintf(to, "\n%zu more kinds of groups: --format csv has the laws of all.\n",
            laws->n_kinds - KINDS_SHOWN);
}

/* ---- for programs ---- */

static void put_law(const hmfm_prior_report *r, size_t side, const char *quantity,
                    const char *group, const hmfm_law *law, int with_se, FILE *to) {
  for (size_t k = 0; k < law->n; k++) {
    if (r->is_match) fprintf(to, "%s,", mixing_of(&r->side[side]));
    fprintf(to, "%s,", quantity);
    put_field(to, group);
    fprintf(to, ",%zu,%.17g", law->least + k, law->probability[k]);
    if (with_se && law->se) fprintf(to, ",%.6g", law->se[k]);
    if (with_se && !law->se) fprintf(to, ",");
    fprintf(to, "\n");
  }
}

/* The hyperparameters that were found. */
static void put_found(const hmfm_prior_report *r, int with_se, FILE *to) {
  const char *mixing = mixing_of(&r->side[0]);
  const hmfm_settings *settings = &r->side[0].settings;
  for (int which = 0; which < 2; which++)
    for (size_t k = 0; k < settings->n_settings; k++) {
      const hmfm_setting *s = &settings->setting[k];
      if (strcmp(s->parameter->name, hmfm_prior_matched_name(mixing, r->fixed, which)) == 0)
        fprintf(to, "%s,%s,,%.17g,%s\n", mixing, s->parameter->name, s->value[0],
                with_se ? "," : "");
    }
}

void hmfm_prior_print_csv(const hmfm_prior_report *r, FILE *to) {
  int with_se = 0;
  for (size_t k = 0; k < r->n_sides; k++) with_se |= !r->side[k].laws->exact;
  fprintf(to, "%squantity,group,value,probability%s\n", r->is_match ? "mixing," : "",
          with_se ? ",se" : "");
  if (r->is_match) put_found(r, with_se, to);
  for (size_t s = 0; s < r->n_sides; s++) {
    const hmfm_prior_laws *laws = r->side[s].laws;
    put_law(r, s, "K", "", &laws->clusters, with_se, to);
    for (size_t j = 0; j < laws->n_groups; j++)
      put_law(r, s, "K_group", r->data->group_name[j], &laws->kind_law[laws->kind[j]], with_se, to);
    if (laws->shared.n) {
      char pair[400];
      snprintf(pair, sizeof pair, "%.190s,%.190s", r->data->group_name[laws->pair[0]],
               r->data->group_name[laws->pair[1]]);
      put_law(r, s, "shared", pair, &laws->shared, with_se, to);
    }
    put_law(r, s, "M", "", &laws->components, with_se, to);
  }
}
