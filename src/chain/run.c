/* Settings of a run: defaults and checks. */
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "chain/pace.h"
#include "kernel/anneal.h"

void hmfm_run_defaults(hmfm_run *run) {
  *run = (hmfm_run){
      .algorithm = "conditional",
      .chains = 4,
      .warmup = 1000,
      .draws = 1000,
      .thin = 1,
      .anneal = 0,
      .splits = HMFM_SPLITS_ADAPTED,
      .seed = 1,
      .threads = 0,
      .save_allocations = 1,
      .save_components = 1,
      .save_log_likelihood = 1,
      .thin_units = 1,
  };
}

static int needs_poisson(const hmfm_schedule *schedule) {
  for (const hmfm_step *step = schedule->step; step->kernel; step++) {
    if (step->kernel->poisson && step->when != HMFM_POISSON_M) return 1;
  }
  return 0;
}

hmfm_status hmfm_run_validate(const hmfm_run *run, const hmfm_settings *settings,
                              hmfm_error *error) {
  const hmfm_schedule *schedule = run->algorithm ? hmfm_schedule_find(run->algorithm, NULL) : NULL;
  if (!schedule) {
    return hmfm_fail(error, HMFM_EUSAGE, "no algorithm is called '%s'",
                     run->algorithm ? run->algorithm : "");
  }
  if (settings && !hmfm_schedule_find(run->algorithm, settings->mixing)) {
    return hmfm_fail(error, HMFM_EUSAGE, "algorithm %s samples mixing %s, not %s", run->algorithm,
                     schedule->mixing, settings->mixing);
  }
  if (settings) schedule = hmfm_schedule_find(run->algorithm, settings->mixing);
  if (settings && needs_poisson(schedule) && strcmp(settings->prior_m, "poisson") != 0) {
    return hmfm_fail(error, HMFM_EUSAGE, "algorithm %s needs prior-m poisson, got %s",
                     run->algorithm, settings->prior_m);
  }
  if (run->chains < 1 || run->chains > UINT32_MAX) {
    return hmfm_fail(error, HMFM_EUSAGE, "chains must be at least 1, got %zu", run->chains);
  }
  if (run->draws < 1) {
    return hmfm_fail(error, HMFM_EUSAGE, "draws must be at least 1, got %zu", run->draws);
  }
  if (run->thin < 1) {
    return hmfm_fail(error, HMFM_EUSAGE, "thin must be at least 1, got %zu", run->thin);
  }
  if (run->thin_units < 1) {
    return hmfm_fail(error, HMFM_EUSAGE, "thin_units must be at least 1, got %zu", run->thin_units);
  }
  if (run->anneal > HMFM_LONGEST_PATH) {
    return hmfm_fail(error, HMFM_EUSAGE, "anneal must be at most %d, got %zu", HMFM_LONGEST_PATH,
                     run->anneal);
  }
  if (run->anneal > 0 && strcmp(schedule->mixing, "hmfm") != 0) {
    return hmfm_fail(error, HMFM_EUSAGE,
                     "anneal: there are no annealed paths with mixing %s, got %zu",
                     schedule->mixing, run->anneal);
  }
  if (run->splits > HMFM_MOST_SPLITS && run->splits != HMFM_SPLITS_ADAPTED) {
    return hmfm_fail(error, HMFM_EUSAGE, "splits must be at most %d, got %zu", HMFM_MOST_SPLITS,
                     run->splits);
  }
  if (run->threads < 0) {
    return hmfm_fail(error, HMFM_EUSAGE,
                     "threads must be at least 1, or 0 for all processors, got %d", run->threads);
  }
  if (run->draws > (UINT32_MAX - 1.0) / (double)run->thin ||
      run->warmup > UINT32_MAX - 1 - run->draws * run->thin) {
    return hmfm_fail(error, HMFM_EUSAGE,
                     "warmup + draws x thin must be below %llu sweeps, got %zu + %zu x %zu",
                     (unsigned long long)UINT32_MAX, run->warmup, run->draws, run->thin);
  }
  return HMFM_OK;
}
