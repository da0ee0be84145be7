/* How fits to the same data differ by what they predict, and which of their scores are not to be relied on, in plain
 * sentences: the same in the program and in R, which name fits and advice in words of their own. */
#ifndef SUMMARY_JUDGE_SCORES_H
#define SUMMARY_JUDGE_SCORES_H

#include "hmfm/draws.h"
#include "hmfm/loo.h"

/* A fit that was scored; nothing is owned. */
typedef struct hmfm_scored {
  const char *name;        /* within a sentence, as "fit 2" */
  const char *title;       /* at the beginning of one, as "Fit 2" */
  const hmfm_loo *loo;     /* its scores */
  const hmfm_draws *draws; /* for the names of units and groups */
  const char *advice;      /* what to look at where the fit has not converged; NULL: it has */
} hmfm_scored;

/* Adds sentences on the n >= 1 fits to remarks (each fit against the best) and warnings. rank: as hmfm_loo_compare orders
 * them. */
void hmfm_judge_scores(const hmfm_scored *fit, const hmfm_loo_rank *rank, size_t n,
                       hmfm_notes *remarks, hmfm_notes *warnings);

#endif
