/* Names fits, and what to look at where one has not converged, in the words of the program. */
#include "cli/compare.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/judge_scores.h"

typedef struct words {
  char name[32], title[32];
  char *advice;
} words;

static hmfm_status name_fit(const hmfm_compared *fit, size_t number, words *w, hmfm_scored *out,
                            hmfm_error *error) {
  static const char summary[] = "hmfm summary ";
  const char *path = fit->report->path;
  snprintf(w->name, sizeof w->name, "fit %zu", number);
  snprintf(w->title, sizeof w->title, "Fit %zu", number);
  if (fit->report->warnings.count) {
    const size_t size = sizeof summary + strlen(path);
    w->advice = hmfm_calloc(size, 1);
    if (!w->advice) return hmfm_fail_memory(error, "the comparison");
    snprintf(w->advice, size, "%s%s", summary, path);
  }
  *out = (hmfm_scored){w->name, w->title, fit->loo, fit->report->draws, w->advice};
  return HMFM_OK;
}

hmfm_status hmfm_comparison_judge(hmfm_comparison *c, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  words *w = hmfm_calloc(c->n, sizeof *w);
  hmfm_scored *fit = hmfm_calloc(c->n, sizeof *fit);
  if (!w || !fit) status = hmfm_fail_memory(error, "the comparison");
  for (size_t k = 0; !status && k < c->n; k++)
    status = name_fit(&c->fit[k], k + 1, &w[k], &fit[k], error);
  if (!status) hmfm_judge_scores(fit, c->rank, c->n, &c->remarks, &c->warnings);
  for (size_t k = 0; w && k < c->n; k++) hmfm_free(w[k].advice);
  hmfm_free(w);
  hmfm_free(fit);
  return status;
}
