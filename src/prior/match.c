/* Hyperparameters with given expected numbers of clusters: two nested one-dimensional searches.
 *
 * Both hyperparameters are moved on a log scale, upwards where expectations rise. For a value u of the
 * first, E[K_j] rises with the second one, from 1; so it is solved for E[K_j] (the inner search), and E[K] along
 * that curve rises with u: the less two groups share, the more clusters they have together. The curve
 * begins where the second one is at its end. */
#include <gsl/gsl_roots.h>
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/components_law.h"
#include "model/model.h"
#include "prior/prior_law.h"

typedef struct search {
  const hmfm_prior_law *law;
  const hmfm_dataset *dataset;
  hmfm_settings settings; /* a copy, in which values are tried */
  hmfm_groups groups;
  int fixed;
  hmfm_prior_means target;
  double u[2]; /* where the means were computed last; u[1] of the last inner search */
  hmfm_prior_means means;
  double least;       /* where the first number is looked for, at least */
  double middle;      /* of the bracket of the search under way */
  hmfm_status status; /* the first failure ends everything */
  hmfm_error *error;
} search;

static double low_end(const search *s, int which) {
  if (which == 0 && s->law->sign[s->fixed][0] > 0) return s->least;
  return s->law->sign[s->fixed][which] > 0 ? s->law->low[s->fixed][which]
                                           : -s->law->high[s->fixed][which];
}

static double high_end(const search *s, int which) {
  return s->law->sign[s->fixed][which] > 0 ? s->law->high[s->fixed][which]
                                           : -s->law->low[s->fixed][which];
}

static double value_of(const search *s, int which, double u) {
  return exp(s->law->sign[s->fixed][which] > 0 ? u : -u);
}

static hmfm_status set_value(search *s, hmfm_settings *settings, int which, double u) {
  const double value = value_of(s, which, u);
  return hmfm_settings_set(settings, s->law->found[s->fixed][which], 1, &value, NULL, s->error);
}

static int has_outer(const search *s) { return s->groups.n_groups > 1; }

/* Computes the means at (u[0], u[1]). */
static void evaluate(search *s, double outer, double inner) {
  hmfm_settings effective;
  hmfm_settings_defaults(&effective);
  hmfm_choice choice = {s->dataset, &s->settings, &effective, NULL};
  void *prior = NULL;
  s->u[0] = outer;
  s->u[1] = inner;
  if (!s->status && has_outer(s)) s->status = set_value(s, &s->settings, 0, outer);
  if (!s->status) s->status = set_value(s, &s->settings, 1, inner);
  if (!s->status) s->status = s->law->mixing->prior_create(&choice, &prior, s->error);
  if (!s->status) s->status = s->law->means(prior, &s->groups, &s->means, s->error);
  if (prior) s->law->mixing->prior_destroy(prior);
  hmfm_settings_clear(&effective);
}

/* A search that has failed goes on to its end with signs that keep the bracket: GSL would abort. */
static double excess(search *s, double at, double value) {
  if (!s->status && !isfinite(value))
    s->status = hmfm_fail(s->error, HMFM_ENUMERIC, "an expected number of clusters is %g", value);
  if (s->status) return at < s->middle ? -1.0 : 1.0;
  return value;
}

/* The root of a rising function between low, where it is < 0, and high, where it is >= 0. */
static double root(double (*f)(double, void *), search *s, double low, double high) {
  const double middle = s->middle;
  gsl_function function = {f, s};
  gsl_root_fsolver solver = {.type = gsl_root_fsolver_brent,
                             .state = hmfm_calloc(1, gsl_root_fsolver_brent->size)};
  if (!solver.state && !s->status) s->status = hmfm_fail_memory(s->error, "the search");
  if (s->status) return high;
  s->middle = 0.5 * (low + high);
  gsl_root_fsolver_set(&solver, &function, low, high);
  for (int k = 0; !s->status && k < 100; k++) {
    s->middle = 0.5 * (solver.x_lower + solver.x_upper);
    if (solver.x_upper - solver.x_lower < 1e-11) break;
    gsl_root_fsolver_iterate(&solver);
  }
  hmfm_free(solver.state);
  s->middle = middle;
  return solver.root;
}

static double group_excess(double inner, void *memory) {
  search *s = memory;
  evaluate(s, s->u[0], inner);
  return excess(s, inner, s->means.group_clusters - s->target.group_clusters);
}

/* Solves E[K_j] in u[1] at this u[0], near where the last solution was; at the upper end where there is none.
 * Leaves the means computed there. */
static void solve_inner(search *s, double outer) {
  const double least = low_end(s, 1), most = high_end(s, 1);
  double low = fmax(s->u[1] - 0.5, least), high = fmin(s->u[1] + 0.5, most), width = 1.0;
  s->u[0] = outer;
  while (!s->status && high < most && group_excess(high, s) < 0.0) {
    low = high;
    high = fmin(high + width, most);
    width *= 2.0;
  }
  if (high >= most && group_excess(most, s) <= 0.0) return;
  while (!s->status && low > least && group_excess(low, s) >= 0.0) {
    high = low;
    low = fmax(low - width, least);
    width *= 2.0;
  }
  if (s->status || (low <= least && group_excess(least, s) >= 0.0)) return;
  const double at = root(group_excess, s, low, high);
  evaluate(s, outer, at);
}

static double clusters_excess(double outer, void *memory) {
  search *s = memory;
  solve_inner(s, outer);
  return excess(s, outer, s->means.clusters - s->target.clusters);
}

static double most_group_excess(double outer, void *memory) {
  search *s = memory;
  evaluate(s, outer, high_end(s, 1));
  return excess(s, outer, s->means.group_clusters - s->target.group_clusters);
}

/* Says what can be had: E[K_j] as it was asked for from some u[0] on, and from there E[K] rises. */
static void refuse(search *s) {
  const char *const *found = s->law->found[s->fixed];
  const double low = low_end(s, 0), high = high_end(s, 0), wanted = s->target.clusters;
  const double group = s->target.group_clusters;
  const double least_group = most_group_excess(low, s), most_group = most_group_excess(high, s);
  if (!s->status && most_group < 0.0)
    s->status =
        hmfm_fail(s->error, HMFM_EUSAGE, "no %s and %s give E[K_j] = %.6g: it is at most %.6g here",
                  found[0], found[1], group, s->means.group_clusters);
  if (s->status) return;
  const double begin = least_group < 0.0 ? root(most_group_excess, s, low, high) : low;
  const double least = clusters_excess(begin, s) + wanted;
  const double most = clusters_excess(high, s) + wanted;
  if (s->status) return;
  s->status =
      hmfm_fail(s->error, HMFM_EUSAGE,
                "no %s and %s give E[K] = %.6g with E[K_j] = %.6g: for that E[K_j], E[K] is "
                "between %.6g and %.6g here",
                found[0], found[1], wanted, group, least, most);
}

/* Where E[K_j] cannot be had, the second number is at its end and E[K] is what it is there: so E[K] rises
 * with u[0] everywhere, and a root with too few clusters in the groups says that there is none. */
static void solve(search *s) {
  const double least = low_end(s, 0), most = high_end(s, 0);
  double low = fmax(s->law->start[s->fixed][0] - 0.3, least), high = fmin(low + 0.6, most);
  double width = 0.7, over = clusters_excess(high, s), under = -1.0;
  while (!s->status && over < 0.0 && high < most) {
    low = high;
    high = fmin(high + width, most);
    width *= 2.0;
    over = clusters_excess(high, s);
  }
  if (!s->status && over >= 0.0) under = clusters_excess(low, s);
  while (!s->status && under >= 0.0 && low > least) {
    high = low;
    low = fmax(low - width, least);
    width *= 2.0;
    under = clusters_excess(low, s);
  }
  if (s->status) return;
  if (over >= 0.0 && under < 0.0) {
    const double at = root(clusters_excess, s, low, high);
    if (!s->status) solve_inner(s, at);
    if (s->status || fabs(s->means.group_clusters / s->target.group_clusters - 1.0) < 1e-7) return;
  }
  refuse(s);
}

/* One group: K is K_1, and one number is solved for. */
static void solve_single(search *s) {
  const char *name = s->law->found[s->fixed][1];
  const double least = low_end(s, 1), most = high_end(s, 1);
  s->u[0] = 0.0;
  const double over = group_excess(most, s), under = s->status ? 0.0 : group_excess(least, s);
  if (s->status) return;
  if (over < 0.0 || under > 0.0) {
    s->status = hmfm_fail(
        s->error, HMFM_EUSAGE, "no %s gives E[K] = %.6g: it is between %.6g and %.6g here", name,
        s->target.clusters, under + s->target.clusters, over + s->target.clusters);
    return;
  }
  const double at = under < 0.0 ? root(group_excess, s, least, most) : least;
  if (!s->status) evaluate(s, 0.0, at);
}

/* What holds whatever the mixing: 1 < E[K_j] < mean n_j, E[K_j] <= E[K] <= d E[K_j]. */
static hmfm_status check_target(const search *s, hmfm_error *error) {
  const double d = (double)s->groups.n_groups, mean = (double)s->groups.n_units / d;
  const double K = s->target.clusters, K_group = s->target.group_clusters;
  if (!(K_group > 1.0) || !(K_group < mean))
    return hmfm_fail(error, HMFM_EUSAGE,
                     "E[K_j] must be between 1 and the mean size of the groups, %.6g, got %.6g",
                     mean, K_group);
  if (s->groups.n_groups == 1 && !(fabs(K - K_group) <= 1e-9 * K))
    return hmfm_fail(error, HMFM_EUSAGE, "with one group E[K] is E[K_j], got %.6g and %.6g", K,
                     K_group);
  if (K >= K_group * (1.0 - 1e-9) && K <= d * K_group * (1.0 + 1e-9)) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE,
                   "with E[K_j] = %.6g in %zu groups E[K] is between %.6g and %.6g, got %.6g",
                   K_group, s->groups.n_groups, K_group, d * K_group, K);
}

/* Settings must not say what is to be found, nor fix what that is about. */
static hmfm_status check_settings(const search *s, const hmfm_settings *given, int is_finite,
                                  hmfm_error *error) {
  const char *const *found = s->law->found[s->fixed], *const *idle = s->law->idle[s->fixed];
  const hmfm_components_law *components = hmfm_components_law_find(given->prior_m);
  if (has_outer(s) && components && !components->uses_lambda && is_finite)
    return hmfm_fail(error, HMFM_EUSAGE, "with prior-m %s there is no %s to be found",
                     given->prior_m, found[0]);
  for (int which = has_outer(s) ? 0 : 1; which < 2; which++)
    if (hmfm_settings_find(given, found[which]))
      return hmfm_fail(error, HMFM_EUSAGE, "%s is to be found, so it cannot be given",
                       found[which]);
  for (size_t k = 0; has_outer(s) && idle[k]; k++)
    if (hmfm_settings_find(given, idle[k]))
      return hmfm_fail(error, HMFM_EUSAGE, "%s has no place where %s and %s are to be found",
                       idle[k], found[0], found[1]);
  return HMFM_OK;
}

static hmfm_status copy_settings(const hmfm_settings *from, hmfm_settings *to, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  hmfm_settings_defaults(to);
  to->family = from->family;
  to->mixing = from->mixing;
  to->prior_m = from->prior_m;
  to->beta = from->beta;
  for (size_t k = 0; !status && k < from->n_settings; k++) {
    const hmfm_setting *one = &from->setting[k];
    status = hmfm_settings_set(to, one->parameter->name, one->n_values, one->value,
                               (const char *const *)one->label, error);
  }
  return status;
}

static hmfm_status prepare(search *s, const hmfm_settings *settings, hmfm_error *error) {
  hmfm_model *model = NULL;
  hmfm_status status = hmfm_model_create(s->dataset, settings, NULL, &model, error);
  if (status) return status;
  s->law = hmfm_prior_law_find(model->mixing);
  if (!s->law)
    status = hmfm_fail(error, HMFM_EUSAGE, "the prior laws of mixing %s are not known",
                       model->mixing->name);
  if (!status)
    status = hmfm_groups_create(s->dataset, s->law, model->mixing_prior, &s->groups, error);
  if (!status) {
    s->least = s->law->low[s->fixed][0];
    s->u[1] = s->law->start[s->fixed][1];
    if (s->law->least && !s->fixed) s->least = fmax(s->least, s->law->least(model->mixing_prior));
  }
  const int is_finite = !(model->mixing->flags & HMFM_MIXING_INFINITE);
  hmfm_model_destroy(model);
  if (!status) status = check_settings(s, settings, is_finite, error);
  if (!status) status = check_target(s, error);
  return status ? status : copy_settings(settings, &s->settings, error);
}

hmfm_status hmfm_prior_match(const hmfm_dataset *dataset, const hmfm_prior_means *target, int fixed,
                             hmfm_settings *settings, hmfm_error *error) {
  search s = {.dataset = dataset, .fixed = fixed != 0, .target = *target, .error = error};
  hmfm_settings_defaults(&s.settings);
  s.status = prepare(&s, settings, error);
  if (!s.status && has_outer(&s)) solve(&s);
  if (!s.status && !has_outer(&s)) solve_single(&s);
  if (!s.status && has_outer(&s)) s.status = set_value(&s, settings, 0, s.u[0]);
  if (!s.status) s.status = set_value(&s, settings, 1, s.u[1]);
  hmfm_settings_clear(&s.settings);
  hmfm_groups_clear(&s.groups);
  return s.status;
}
