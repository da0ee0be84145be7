/* Whether a run fits the memory there is, asked before it begins: a system that promises more than it has would kill it
 * hours later. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/sample.h"

/* Bytes a unit that a chain takes at most for its state, with room for a residual; and those for the names of units
 * while a fit is written. tests/bench/large.c measures them. */
enum { STATE_BYTES = 80, WRITE_BYTES = 64 };

/* "8G", "500M", "8e9" as bytes; NaN for anything else. */
static double size_of(const char *text) {
  static const char *const unit[] = {"", "K", "M", "G", "T"};
  char *end;
  if (!(*text >= '0' && *text <= '9') && *text != '.') return NAN;
  double size = strtod(text, &end);
  for (size_t k = 0; k < sizeof unit / sizeof *unit; k++, size *= 1000)
    if (strcmp(end, unit[k]) == 0 && isfinite(size) && size > 0) return size;
  return NAN;
}

static const char *size_text(double bytes, char *text, size_t size) {
  if (bytes < 1e9)
    snprintf(text, size, "%.3g MB", ceil(bytes / 1e5) / 10);
  else
    snprintf(text, size, "%.3g GB", ceil(bytes / 1e7) / 100);
  return text;
}

static hmfm_draws_size measure(const hmfm_sample *s, const hmfm_run *run) {
  hmfm_draws_size size;
  hmfm_draws_measure(s->model, run, &size);
  size.other += (double)s->data->n_units * (STATE_BYTES * (double)run->chains + WRITE_BYTES);
  return size;
}

static double whole(hmfm_draws_size size) {
  return size.allocations + size.log_likelihoods + size.other;
}

/* The least thinning with which the run would fit; 0: none. */
static size_t thin_that_fits(const hmfm_sample *s, double free) {
  hmfm_run run = s->run;
  run.thin_units = run.draws;
  if (whole(measure(s, &run)) > free) return 0;
  size_t no = s->run.thin_units, yes = run.draws; /* as many as there are draws would do */
  while (yes - no > 1) {
    run.thin_units = no + (yes - no) / 2;
    if (whole(measure(s, &run)) > free)
      no = run.thin_units;
    else
      yes = run.thin_units;
  }
  return yes;
}

/* What to do, one way after the other, as far as they are ways out. */
static void advise(const hmfm_sample *s, double free, char *text, size_t size) {
  hmfm_run run = s->run;
  const size_t thin = thin_that_fits(s, free);
  int n = 0;
  *text = '\0';
  if (thin) n = snprintf(text, size, "--thin-units %zu saves those of one draw in %zu", thin, thin);
  run.save_log_likelihood = 0;
  if (s->run.save_log_likelihood && whole(measure(s, &run)) <= free)
    snprintf(text + n, size - (size_t)n, "%s--no-log-likelihood saves no log likelihoods",
             n ? ", " : "");
  if (*text) return;
  run.save_allocations = 0;
  snprintf(text, size, "%s",
           whole(measure(s, &run)) <= free
               ? "--no-allocations --no-log-likelihood saves neither"
               : "it takes fewer chains or draws, or a machine with more of it");
}

hmfm_status hmfm_sample_check_memory(const hmfm_sample *s, hmfm_error *error) {
  const hmfm_option_value *given = hmfm_options_value(s->options, "memory");
  const hmfm_draws_size size = measure(s, &s->run);
  char all[32], allocations[32], log_likelihoods[32], left[32], advice[256];
  const double free = given->text ? size_of(given->text) : hmfm_memory_free("");
  if (!(free > 0) || whole(size) <= free) return HMFM_OK;
  advise(s, free, advice, sizeof advice);
  return hmfm_fail(
      error, HMFM_EUSAGE,
      "%zu x %zu draws of %zu units would take %s of memory (allocations %s, log likelihoods "
      "%s), and %s %s: %s%s",
      s->run.chains, s->run.draws, s->data->n_units, size_text(whole(size), all, sizeof all),
      size_text(size.allocations, allocations, sizeof allocations),
      size_text(size.log_likelihoods, log_likelihoods, sizeof log_likelihoods),
      given->text ? "--memory is" : "there is", size_text(free, left, sizeof left), advice,
      given->text ? "" : "; --memory SIZE overrules what the system says");
}

hmfm_status hmfm_sample_read_memory(const hmfm_options *options, hmfm_error *error) {
  const hmfm_option_value *given = hmfm_options_value(options, "memory");
  if (!given->text || !isnan(size_of(given->text))) return HMFM_OK;
  return hmfm_fail(error, given->source == HMFM_FROM_FILE ? HMFM_EDATA : HMFM_EUSAGE,
                   "%s: '%s' is no size; give bytes, or a number and K, M, G or T, as in 8G",
                   given->place, given->text);
}
