/* Plain sentences on how fits differ, and on which of their scores are not to be relied on. */
#include "cli/compare.h"

#include <math.h>

enum { FEW = 26 }; /* fewer draws have no tail whose shape could be fitted */

/* A difference below 4 is small, whatever its standard error, which is then itself uncertain (Sivula, Magnusson,
 * Matamoros, Vehtari 2020); one of less than two standard errors may be due to these units alone. */
static const double SMALL = 4, STANDARD_ERRORS = 2;

/* Whether the scores of a fit may be off by more than their standard errors say. */
static int is_doubtful(const hmfm_comparison *c, size_t fit) {
  return c->fit[fit].report->warnings.count > 0 || c->fit[fit].loo->n_above > 0;
}

static void judge_differences(hmfm_comparison *c) {
  const size_t best = c->rank[0].index;
  for (size_t k = 1; k < c->n; k++) {
    const size_t other = c->rank[k].index;
    const double by = -c->rank[k].difference.value, se = c->rank[k].difference.se;
    const int doubtful = is_doubtful(c, best) || is_doubtful(c, other);
    const char *reserve = doubtful ? " What follows casts doubt on that." : "";
    if (by < SMALL)
      hmfm_notes_add(
          &c->remarks,
          "Fits %zu and %zu predict units equally well: elpd_loo differs by %.1f only.%s", best + 1,
          other + 1, by, reserve);
    else if (!(by >= STANDARD_ERRORS * se))
      hmfm_notes_add(
          &c->remarks,
          "Fit %zu is ahead of fit %zu by %.1f, with standard error %.1f: the units do not "
          "tell which predicts better.%s",
          best + 1, other + 1, by, se, reserve);
    else
      hmfm_notes_add(
          &c->remarks,
          "Fit %zu predicts units better than fit %zu: elpd_loo is higher by %.1f, which "
          "is %.1f standard errors.%s",
          best + 1, other + 1, by, by / se, reserve);
  }
}

static void judge_chains(hmfm_comparison *c) {
  for (size_t k = 0; k < c->n; k++)
    if (c->fit[k].report->warnings.count)
      hmfm_notes_add(
          &c->warnings,
          "Fit %zu has not converged, and its scores are no better than its draws: see hmfm "
          "summary %s.",
          k + 1, c->fit[k].report->path);
}

static void judge_shapes(hmfm_comparison *c, size_t k) {
  const hmfm_loo *s = c->fit[k].loo;
  const hmfm_draws *d = c->fit[k].report->draws;
  const double most = s->unit[s->worst].pareto_k;
  char worst[48];
  if (!s->n_above) return;
  if (s->n_draws < FEW) {
    hmfm_notes_add(
        &c->warnings,
        "Fit %zu: %zu draws are too few to tell by Pareto k where elpd_loo is to be relied "
        "on; some hundreds are wanted.",
        k + 1, s->n_draws);
    return;
  }
  snprintf(worst, sizeof worst, isfinite(most) ? "the largest, %.2f, of" : "none fits", most);
  hmfm_notes_add(
      &c->warnings,
      "Fit %zu: Pareto k is above %.2f for %zu of %zu units (%s unit '%s' of group '%s'): "
      "without such a unit the posterior changes more than importance sampling can follow, "
      "and elpd_loo, with what is made of it, is not to be relied on.",
      k + 1, s->k_threshold, s->n_above, s->n_units, worst, d->unit_name[s->worst],
      d->group_name[d->unit_group[s->worst]]);
}

static void judge_waic(hmfm_comparison *c, size_t k) {
  const hmfm_loo *s = c->fit[k].loo;
  if (!s->n_waic_above) return;
  hmfm_notes_add(
      &c->warnings,
      "Fit %zu: p_waic is above 0.4 for %zu of %zu units, so WAIC is not to be relied on; "
      "prefer elpd_loo.",
      k + 1, s->n_waic_above, s->n_units);
}

void hmfm_comparison_judge(hmfm_comparison *c) {
  judge_differences(c);
  judge_chains(c);
  for (size_t k = 0; k < c->n; k++) {
    judge_shapes(c, k);
    judge_waic(c, k);
  }
}
