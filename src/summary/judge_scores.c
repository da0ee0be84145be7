/* Plain sentences on how fits differ, and on which of their scores are not to be relied on. */
#include "summary/judge_scores.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"

enum { FEW = 26 }; /* fewer draws have no tail whose shape could be fitted */

/* A difference below 4 is small, whatever its standard error, which is then itself uncertain (Sivula, Magnusson,
 * Matamoros, Vehtari 2020); one of less than two standard errors may be due to these units alone. */
static const double SMALL = 4, STANDARD_ERRORS = 2;

/* Whether the scores of a fit may be off by more than their standard errors say. */
static int is_doubtful(const hmfm_scored *fit) { return fit->advice || fit->loo->n_above > 0; }

static void judge_difference(const hmfm_scored *best, const hmfm_scored *other,
                             hmfm_estimate difference, hmfm_notes *remarks) {
  const double by = -difference.value, se = difference.se;
  const int doubtful = is_doubtful(best) || is_doubtful(other);
  const char *reserve = doubtful ? " What follows casts doubt on that." : "";
  if (by < SMALL)
    hmfm_notes_add(remarks,
                   "%s and %s predict units equally well: elpd_loo differs by %.1f only.%s",
                   best->title, other->name, by, reserve);
  else if (!(by >= STANDARD_ERRORS * se))
    hmfm_notes_add(remarks,
                   "%s is ahead of %s by %.1f, with standard error %.1f: the units do not tell "
                   "which predicts better.%s",
                   best->title, other->name, by, se, reserve);
  else
    hmfm_notes_add(remarks,
                   "%s predicts units better than %s: elpd_loo is higher by %.1f, which is %.1f "
                   "standard errors.%s",
                   best->title, other->name, by, by / se, reserve);
}

static void judge_shapes(const hmfm_scored *fit, hmfm_notes *warnings) {
  const hmfm_loo *s = fit->loo;
  const hmfm_draws *d = fit->draws;
  const double most = s->unit[s->worst].pareto_k;
  char worst[48];
  if (!s->n_above) return;
  if (s->n_draws < FEW) {
    hmfm_notes_add(warnings,
                   "%s: %zu draws are too few to tell by Pareto k where elpd_loo is to be relied "
                   "on; some hundreds are wanted.",
                   fit->title, s->n_draws);
    return;
  }
  snprintf(worst, sizeof worst, isfinite(most) ? "the largest, %.2f, of" : "none fits", most);
  hmfm_notes_add(
      warnings,
      "%s: Pareto k is above %.2f for %zu of %zu units (%s unit '%s' of group '%s'): "
      "without such a unit the posterior changes more than importance sampling can follow, "
      "and elpd_loo, with what is made of it, is not to be relied on.",
      fit->title, s->k_threshold, s->n_above, s->n_units, worst, d->unit_name[s->worst],
      d->group_name[d->unit_group[s->worst]]);
}

static void judge_waic(const hmfm_scored *fit, hmfm_notes *warnings) {
  const hmfm_loo *s = fit->loo;
  if (!s->n_waic_above) return;
  hmfm_notes_add(warnings,
                 "%s: p_waic is above 0.4 for %zu of %zu units, so WAIC is not to be relied on; "
                 "prefer elpd_loo.",
                 fit->title, s->n_waic_above, s->n_units);
}

void hmfm_judge_scores(const hmfm_scored *fit, const hmfm_loo_rank *rank, size_t n,
                       hmfm_notes *remarks, hmfm_notes *warnings) {
  for (size_t k = 1; k < n; k++)
    judge_difference(&fit[rank[0].index], &fit[rank[k].index], rank[k].difference, remarks);
  for (size_t k = 0; k < n; k++)
    if (fit[k].advice)
      hmfm_notes_add(warnings,
                     "%s has not converged, and its scores are no better than its draws: see %s.",
                     fit[k].title, fit[k].advice);
  for (size_t k = 0; k < n; k++) {
    judge_shapes(&fit[k], warnings);
    judge_waic(&fit[k], warnings);
  }
}
