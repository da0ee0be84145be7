/* Plain sentences on what has not converged, by how much, and what to do about it. */
#include "cli/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { NAMED = 8 }; /* quantities a sentence names; the others it counts */

/* Worst first, ties in the order of the table. */
static int by_rhat(const void *a, const void *b) {
  const hmfm_quantity *x = *(hmfm_quantity *const *)a, *y = *(hmfm_quantity *const *)b;
  if (x->value.rhat != y->value.rhat) return x->value.rhat > y->value.rhat ? -1 : 1;
  return x < y ? -1 : x > y;
}

static int by_ess(const void *a, const void *b) {
  const hmfm_quantity *x = *(hmfm_quantity *const *)a, *y = *(hmfm_quantity *const *)b;
  if (x->value.ess_bulk != y->value.ess_bulk) return x->value.ess_bulk < y->value.ess_bulk ? -1 : 1;
  return x < y ? -1 : x > y;
}

/* Writes the worst quantities by R-hat, or else by effective size, and returns how many are bad. */
static size_t name_worst(const hmfm_report *r, int rhat, char *text, size_t size) {
  size_t bad = 0, named = 0, used = 0;
  const hmfm_quantity **q = hmfm_calloc(r->n_quantities, sizeof *q);
  text[0] = '\0';
  for (size_t k = 0; q && k < r->n_quantities; k++)
    if (rhat ? r->quantity[k].bad_rhat : r->quantity[k].bad_ess) q[bad++] = &r->quantity[k];
  if (bad) qsort(q, bad, sizeof *q, rhat ? by_rhat : by_ess);
  /* A sentence has room for 24 more characters after the names: "and <number> more". */
  while (named < bad && named < NAMED && used + strlen(q[named]->name) + 48 < size) {
    used += (size_t)snprintf(text + used, size - used, rhat ? "%s%s %.3f" : "%s%s %.0f",
                             named ? ", " : "", q[named]->name,
                             rhat ? q[named]->value.rhat : q[named]->value.ess_bulk);
    named++;
  }
  if (bad > named)
    snprintf(text + used, size - used, "%s%zu %s", named ? " and " : "", bad - named,
             named ? "more" : "quantities");
  hmfm_free(q);
  return bad;
}

/* How many times longer the run must be for the worst quantity to have enough effective draws. */
static double times_longer(const hmfm_report *r) {
  double times = 1;
  for (size_t k = 0; k < r->n_quantities; k++) {
    const hmfm_quantity *q = &r->quantity[k];
    if (q->bad_ess) times = fmax(times, r->ess_wanted / fmax(q->value.ess_bulk, 1));
  }
  return ceil(times);
}

static void judge_draws(hmfm_report *r) {
  const hmfm_draws *d = r->draws;
  const hmfm_config_entry *wanted =
      r->configuration ? hmfm_config_find(r->configuration, "draws") : NULL;
  if (wanted && wanted->number && wanted->number[0] > (double)d->n_draws)
    hmfm_notes_add(&r->remarks, "The run was interrupted: %zu of %.0f draws a chain were saved.",
                   d->n_draws, wanted->number[0]);
  if (d->n_draws < 4)
    hmfm_notes_add(
        &r->warnings,
        "%zu draw%s a chain: rhat and effective sizes need at least 4, and some hundreds "
        "to mean much. Sample more draws (--draws 1000).",
        d->n_draws, d->n_draws == 1 ? "" : "s");
  if (d->n_chains < 2)
    hmfm_notes_add(&r->warnings, "One chain only: rhat then compares its two halves and cannot see "
                                 "another mode; rhat across chains needs at least 2. Sample 4 "
                                 "(--chains 4).");
}

static void judge_constants(hmfm_report *r) {
  char text[360];
  size_t fixed = 0, used = 0, constant = 0, wild = 0;
  for (size_t k = 0; k < r->n_quantities; k++) {
    const hmfm_quantity *q = &r->quantity[k];
    fixed += q->is_fixed != 0;
    if (q->not_finite && !wild++)
      hmfm_notes_add(&r->warnings, "%s is not a finite number in some draws: it cannot be judged.",
                     q->name);
    if (!q->is_constant || q->is_fixed || q->not_finite || r->draws->n_draws < 2) continue;
    if (constant++ < NAMED && used + strlen(q->name) + 3 < sizeof text)
      used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", constant > 1 ? ", " : "",
                               q->name);
  }
  if (fixed)
    hmfm_notes_add(&r->remarks, "%zu quantit%s fixed by the configuration: no diagnostics (NA).",
                   fixed, fixed == 1 ? "y is" : "ies are");
  if (constant)
    hmfm_notes_add(&r->remarks, "The same in every draw, so without diagnostics (NA): %s%s.", text,
                   constant > NAMED ? ", and others" : "");
}

void hmfm_report_judge(hmfm_report *r) {
  char text[360];
  size_t bad_rhat, bad_ess;
  judge_draws(r);
  judge_constants(r);
  bad_rhat = name_worst(r, 1, text, sizeof text);
  if (bad_rhat)
    hmfm_notes_add(
        &r->warnings,
        "The chains have not converged to one law: rhat is above %g for %s. Lengthen warmup "
        "and draws (--warmup, --draws or --thin); chains that stay apart whatever their "
        "length sit in different modes.",
        HMFM_RHAT_LIMIT, text);
  bad_ess = name_worst(r, 0, text, sizeof text);
  if (bad_ess)
    hmfm_notes_add(&r->warnings,
                   "Too few effective draws: ess_bulk is below %.0f (%d a chain) for %s. Sample "
                   "about %.0f times as many sweeps (--draws, or --thin to keep the file small).",
                   r->ess_wanted, HMFM_ESS_LIMIT, text, times_longer(r));
}
