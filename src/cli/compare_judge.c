/* Plain sentences on how fits differ, and on which of their scores are not to be relied on. */
#include "cli/compare.h"

#include <math.h>

/* A difference below 4 is small, whatever its standard error, which is then itself uncertain (Sivula, Magnusson,
 * Matamoros, Vehtari 2020); one of less than two standard errors may be due to these units alone. */
static const double SMALL = 4, STANDARD_ERRORS = 2;

static void judge_differences(hmfm_comparison *c) {
  const size_t best = c->rank[0].index + 1;
  for (size_t k = 1; k < c->n; k++) {
    const hmfm_estimate lead = c->rank[k].difference;
    const size_t other = c->rank[k].index + 1;
    const double by = -lead.value;
    if (by < SMALL)
      hmfm_notes_add(&c->remarks,
                     "Fits %zu and %zu predict units equally well: elpd_loo differs by %.1f only.",
                     best, other, by);
    else if (!(by >= STANDARD_ERRORS * lead.se))
      hmfm_notes_add(
          &c->remarks,
          "Fit %zu is ahead of fit %zu by %.1f, with standard error %.1f: the units do not "
          "tell which predicts better.",
          best, other, by, lead.se);
    else
      hmfm_notes_add(
          &c->remarks,
          "Fit %zu predicts units better than fit %zu: elpd_loo is higher by %.1f, which "
          "is %.1f standard errors.",
          best, other, by, by / lead.se);
  }
}

static void judge_chains(hmfm_comparison *c) {
  for (size_t k = 0; k < c->n; k++)
    if (c->fit[k].report->warnings.count)
      hmfm_notes_add(
          &c->warnings,
          "The chains of fit %zu have not been seen to converge, and scores are no better "
          "than the draws: see hmfm summary %s.",
          k + 1, c->fit[k].report->path);
}

static void judge_scores(hmfm_comparison *c) {
  for (size_t k = 0; k < c->n; k++) {
    const hmfm_score *s = c->fit[k].score;
    const hmfm_draws *d = c->fit[k].report->draws;
    if (s->n_above)
      hmfm_notes_add(
          &c->warnings,
          "Fit %zu: Pareto k is above %.2f for %zu of %zu units (at most %.2f, unit '%s' of "
          "group '%s'): the posterior changes so much without such a unit that importance "
          "sampling cannot follow, and elpd_loo is not to be relied on.",
          k + 1, s->k_threshold, s->n_above, s->n_units, s->unit[s->worst].pareto_k,
          d->unit_name[s->worst], d->group_name[d->unit_group[s->worst]]);
    if (s->n_waic_above)
      hmfm_notes_add(&c->warnings,
                     "Fit %zu: p_waic is above 0.4 for %zu of %zu units, where WAIC is not to be "
                     "relied on; prefer elpd_loo.",
                     k + 1, s->n_waic_above, s->n_units);
  }
}

void hmfm_comparison_judge(hmfm_comparison *c) {
  judge_differences(c);
  judge_chains(c);
  judge_scores(c);
}
