/* Plain sentences on what has not converged, by how much, and what to do about it. */
#include "summary/judge.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { NAMED = 8 }; /* constant quantities a sentence names */
#define APART 0.5   /* difference of the shares of two chains in which units are together */

/* Text that is cut off where its room ends. */
typedef struct words {
  char text[700];
  size_t used;
} words;

static void say(words *w, const char *format, ...) HMFM_PRINTF(2, 3);
static void say(words *w, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(w->text + w->used, sizeof w->text - w->used, format, arguments);
  va_end(arguments);
  w->used += length < 0 ? 0 : (size_t)length;
  if (w->used >= sizeof w->text) w->used = sizeof w->text - 1;
}

/* What a quantity may be bad by. Effective sizes count where the chains nearly agree: elsewhere they
 * are small because the chains are apart, and no number of draws that follows from them is enough. */
typedef enum fault { BY_RHAT, BY_ESS } fault;

static int is_apart(const hmfm_quantity *q) { return q->value.rhat > HMFM_RHAT_APART; }

static int is_bad(const hmfm_quantity *q, fault by) {
  return by == BY_RHAT ? q->bad_rhat : q->bad_ess && !is_apart(q);
}

static int is_worse(const hmfm_quantity *a, const hmfm_quantity *b, fault by) {
  return by == BY_RHAT ? a->value.rhat > b->value.rhat : a->value.ess_bulk < b->value.ess_bulk;
}

/* Says how bad a quantity is: "rhat 1.206", "ess_bulk 14". */
static void say_fault(words *w, const hmfm_quantity *q, fault by) {
  char rhat[32];
  hmfm_rhat_text(q->value.rhat, rhat, sizeof rhat);
  if (by == BY_ESS)
    say(w, "ess_bulk %.0f", q->value.ess_bulk);
  else
    say(w, "%s", q->is_stuck ? "every chain stays at a value of its own" : rhat);
}

/* Names what is bad, variable by variable: a scalar with its value, of several values how many are bad
 * and the worst. Returns how many quantities are bad. */
static size_t name_bad(const hmfm_judgement *r, fault by, words *w) {
  size_t all = 0;
  for (size_t k = 0; k < r->n_quantities;) {
    const hmfm_variable *v = r->quantity[k].variable;
    const hmfm_quantity *worst = NULL;
    size_t bad = 0;
    for (; k < r->n_quantities && r->quantity[k].variable == v; k++) {
      const hmfm_quantity *q = &r->quantity[k];
      if (!is_bad(q, by)) continue;
      bad++;
      if (!worst || is_worse(q, worst, by)) worst = q;
    }
    if (!bad) continue;
    say(w, "%s", all ? ", " : "");
    if (bad > 1)
      say(w, "%zu of %zu %s (worst: %s, ", bad, v->width, v->name, worst->name);
    else
      say(w, "%s (", worst->name);
    say_fault(w, worst, by);
    say(w, ")");
    all += bad;
  }
  return all;
}

/* How many times longer the run must be for the worst quantity to have enough effective draws. */
static double times_longer(const hmfm_judgement *r) {
  double times = 1;
  for (size_t k = 0; k < r->n_quantities; k++) {
    const hmfm_quantity *q = &r->quantity[k];
    if (is_bad(q, BY_ESS)) times = fmax(times, r->ess_wanted / fmax(q->value.ess_bulk, 1));
  }
  return ceil(times);
}

static void judge_draws(hmfm_judgement *r) {
  const hmfm_draws *d = r->draws;
  if (r->draws_wanted > (double)d->n_draws)
    hmfm_notes_add(r->remarks, "The run was interrupted: %zu of %.0f draws a chain were saved.",
                   d->n_draws, r->draws_wanted);
  if (d->n_draws < 4)
    hmfm_notes_add(
        r->warnings,
        "%zu draw%s a chain: rhat and effective sizes need at least 4, and some hundreds "
        "to mean much. Sample more draws (%s).",
        d->n_draws, d->n_draws == 1 ? "" : "s", r->remedies->draws);
  if (d->n_chains < 2)
    hmfm_notes_add(r->warnings,
                   "One chain only: rhat then compares its two halves and cannot see "
                   "another mode; rhat across chains needs at least 2. Sample 4 "
                   "(%s).",
                   r->remedies->chains);
}

static void judge_constants(hmfm_judgement *r) {
  words w = {0};
  size_t fixed = 0, constant = 0, wild = 0;
  for (size_t k = 0; k < r->n_quantities; k++) {
    const hmfm_quantity *q = &r->quantity[k];
    fixed += q->is_fixed != 0;
    if (q->not_finite && !wild++)
      hmfm_notes_add(r->warnings, "%s is not a finite number in some draws: it cannot be judged.",
                     q->name);
    if (!q->is_constant || q->is_fixed || q->not_finite || r->draws->n_draws < 2) continue;
    if (constant++ < NAMED) say(&w, "%s%s", constant > 1 ? ", " : "", q->name);
  }
  if (fixed)
    hmfm_notes_add(r->remarks, "%zu quantit%s fixed by the %s: no diagnostics (NA).", fixed,
                   fixed == 1 ? "y is" : "ies are", r->remedies->fixed_by);
  if (constant)
    hmfm_notes_add(r->remarks, "The same in every draw, so without diagnostics (NA): %s%s.", w.text,
                   constant > NAMED ? ", and others" : "");
}

static void judge_rhat(hmfm_judgement *r, int apart) {
  words w = {0}, longer = {0};
  if (!name_bad(r, BY_RHAT, &w)) return;
  if (!apart) say(&longer, " Lengthen warmup and draws (%s).", r->remedies->longer);
  hmfm_notes_add(r->warnings, "%s: rhat is above %g for %s.%s",
                 r->draws->n_chains > 1 ? "The chains have not converged to one law"
                                        : "The chain has not settled, for its halves differ",
                 HMFM_RHAT_LIMIT, w.text, longer.text);
  if (apart)
    hmfm_notes_add(
        r->warnings,
        "Where rhat is above %g, chains are still on their way or sit in different "
        "modes: their draws together are no posterior, so do not use these rows. Try a "
        "much longer warmup (%s)%s%s%s. If chains stay apart however long it is, either the "
        "posterior has modes that they do not pass between, or the prior does not suit "
        "the scale of the data (%s).",
        HMFM_RHAT_APART, r->remedies->warmup,
        r->remedies->modes ? ", and annealed paths from mode to mode (" : "",
        r->remedies->modes ? r->remedies->modes : "", r->remedies->modes ? ")" : "",
        r->remedies->scale);
}

static void judge_ess(hmfm_judgement *r, int apart) {
  words w = {0};
  if (!name_bad(r, BY_ESS, &w)) return;
  char where[40] = "";
  if (apart) snprintf(where, sizeof where, ", where rhat is at most %g", HMFM_RHAT_APART);
  hmfm_notes_add(r->warnings,
                 "Too few effective draws%s: ess_bulk is below %.0f (%d a chain) for %s. Sample "
                 "about %.0f times as many sweeps (%s).",
                 where, r->ess_wanted, HMFM_ESS_LIMIT, w.text, times_longer(r),
                 r->remedies->sweeps);
}

/* Shares of two chains differ by chance as well; more than APART takes chains of a few effective draws. */
static void judge_partitions(hmfm_judgement *r) {
  const hmfm_chain_difference *d = r->difference;
  if (!d || !(d->largest > APART)) return;
  hmfm_notes_add(r->warnings,
                 "The chains disagree on who belongs together: some units are together in %.0f%% "
                 "of the draws of one chain and in %.0f%% of those of another, so no partition "
                 "stands for all of them. Sample with a longer warmup (%s) before you rely on one.",
                 100 * d->share[0], 100 * d->share[1], r->remedies->warmup);
}

void hmfm_judge(hmfm_judgement *r) {
  int apart = 0;
  for (size_t k = 0; k < r->n_quantities; k++) apart |= is_apart(&r->quantity[k]);
  judge_draws(r);
  judge_constants(r);
  judge_rhat(r, apart);
  judge_ess(r, apart);
  judge_partitions(r);
}

int hmfm_verdict_text(double ess_wanted, char *text, size_t size) {
  return snprintf(text, size,
                  "No sign of trouble: every rhat is at most %g and every ess_bulk at least %.0f.",
                  HMFM_RHAT_LIMIT, ess_wanted);
}

void hmfm_rhat_text(double rhat, char *text, size_t size) {
  if (isinf(rhat))
    snprintf(text, size, "rhat infinite");
  else
    snprintf(text, size, rhat > 1.01 && rhat < 1.02 ? "rhat %.4f" : "rhat %.3f", rhat);
}
