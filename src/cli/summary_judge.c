/* Plain sentences on what has not converged, by how much, and what to do about it. */
#include "cli/summary.h"

#include <math.h>
#include <stdarg.h>

enum { NAMED = 8 }; /* constant quantities a sentence names */

/* Text that is cut off where its room ends. */
typedef struct words {
  char text[400];
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

/* Names what is bad by R-hat, or else by effective size, variable by variable: a scalar with its value,
 * of several values how many are bad and the worst. Returns how many quantities are bad. */
static size_t name_bad(const hmfm_report *r, int rhat, words *w) {
  size_t all = 0;
  for (size_t k = 0; k < r->n_quantities;) {
    const hmfm_variable *v = r->quantity[k].variable;
    const hmfm_quantity *worst = NULL;
    size_t bad = 0;
    for (; k < r->n_quantities && r->quantity[k].variable == v; k++) {
      const hmfm_quantity *q = &r->quantity[k];
      if (!(rhat ? q->bad_rhat : q->bad_ess)) continue;
      bad++;
      if (!worst ||
          (rhat ? q->value.rhat > worst->value.rhat : q->value.ess_bulk < worst->value.ess_bulk))
        worst = q;
    }
    if (!bad) continue;
    say(w, "%s", all ? ", " : "");
    if (bad > 1) say(w, "%zu of %zu %s (worst: ", bad, v->width, v->name);
    if (rhat)
      say(w, worst->value.rhat < 1.02 ? "%s %.4f" : "%s %.3f", worst->name, worst->value.rhat);
    else
      say(w, "%s %.0f", worst->name, worst->value.ess_bulk);
    if (bad > 1) say(w, ")");
    all += bad;
  }
  return all;
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
  words w = {0};
  size_t fixed = 0, constant = 0, wild = 0;
  for (size_t k = 0; k < r->n_quantities; k++) {
    const hmfm_quantity *q = &r->quantity[k];
    fixed += q->is_fixed != 0;
    if (q->not_finite && !wild++)
      hmfm_notes_add(&r->warnings, "%s is not a finite number in some draws: it cannot be judged.",
                     q->name);
    if (!q->is_constant || q->is_fixed || q->not_finite || r->draws->n_draws < 2) continue;
    if (constant++ < NAMED) say(&w, "%s%s", constant > 1 ? ", " : "", q->name);
  }
  if (fixed)
    hmfm_notes_add(&r->remarks, "%zu quantit%s fixed by the configuration: no diagnostics (NA).",
                   fixed, fixed == 1 ? "y is" : "ies are");
  if (constant)
    hmfm_notes_add(&r->remarks, "The same in every draw, so without diagnostics (NA): %s%s.",
                   w.text, constant > NAMED ? ", and others" : "");
}

void hmfm_report_judge(hmfm_report *r) {
  words rhat = {0}, ess = {0};
  judge_draws(r);
  judge_constants(r);
  if (name_bad(r, 1, &rhat))
    hmfm_notes_add(
        &r->warnings,
        "The chains have not converged to one law: rhat is above %g for %s. Lengthen "
        "warmup and draws (--warmup, --draws or --thin); chains that stay apart whatever "
        "their length sit in different modes.",
        HMFM_RHAT_LIMIT, rhat.text);
  if (name_bad(r, 0, &ess))
    hmfm_notes_add(&r->warnings,
                   "Too few effective draws: ess_bulk is below %.0f (%d a chain) for %s. Sample "
                   "about %.0f times as many sweeps (--draws, or --thin to keep the file small).",
                   r->ess_wanted, HMFM_ESS_LIMIT, ess.text, times_longer(r));
}
