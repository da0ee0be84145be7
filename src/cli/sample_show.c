/* What hmfm sample says on standard error, from the data it has read to how the run ended. */
#include <stdio.h>
#include <string.h>

#include "cli/number_text.h"
#include "cli/sample.h"
#include "ranks/ranks.h"

static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

void hmfm_sample_show_notes(hmfm_sample *s) {
  for (size_t k = 0; !s->quiet && k < s->notes.count; k++)
    fprintf(stderr, "note: %s\n", s->notes.text[k]);
  if (!s->quiet && s->notes.lost)
    fprintf(stderr, "note: there was no memory for %zu more notes\n", s->notes.lost);
  hmfm_notes_clear(&s->notes);
}

void hmfm_sample_show_data(const hmfm_sample *s) {
  const hmfm_dataset *d = s->data;
  fprintf(stderr, "%zu unit%s in %zu group%s, ", d->n_units, plural(d->n_units), d->n_groups,
          plural(d->n_groups));
  if (d->n_rows == d->n_units && d->n_rows > 1)
    fprintf(stderr, "one observation each");
  else
    fprintf(stderr, "%zu observation%s", d->n_rows, plural(d->n_rows));
  if (d->n_covariates)
    fprintf(stderr, ", %zu covariate%s:", d->n_covariates, plural(d->n_covariates));
  for (size_t k = 0; k < d->n_covariates; k++)
    fprintf(stderr, "%s %s", k ? "," : "", d->covariate_name[k]);
  if (d->exposure) fprintf(stderr, ", exposure %s", d->exposure_name);
  fprintf(stderr, "\n");
}

void hmfm_sample_show_run(const hmfm_sample *s) {
  const hmfm_run *r = &s->run;
  int shared = strcmp(s->settings.beta, "shared") == 0;
  fprintf(stderr, "%zu chain%s of %zu warmup sweep%s and %zu draw%s", r->chains, plural(r->chains),
          r->warmup, plural(r->warmup), r->draws, plural(r->draws));
  if (r->thin > 1) fprintf(stderr, ", one every %zu sweeps", r->thin);
  if (r->anneal > 0) fprintf(stderr, "; annealed paths of %zu steps", r->anneal);
  if (r->thin_units > 1 && (r->save_allocations || r->save_log_likelihood))
    fprintf(stderr, "; what is saved of units is saved of one draw in %zu", r->thin_units);
  if (r->splits != HMFM_SPLITS_ADAPTED)
    fprintf(stderr, "; %zu split%s or merge%s a sweep", r->splits, plural(r->splits),
            plural(r->splits));
  fprintf(stderr, "; %s sampler\n%s family, %s mixing", r->algorithm, s->settings.family,
          s->settings.mixing);
  if (strcmp(s->settings.prior_m, "poisson") != 0)
    fprintf(stderr, ", prior-m %s", s->settings.prior_m);
  if (s->data->n_covariates)
    fprintf(stderr, ", %s", shared ? "one regression for all groups" : "a regression per group");
  if (hmfm_ranks_count() > 1)
    fprintf(stderr, "\n%d processes, %s", hmfm_ranks_count(),
            s->shard || (size_t)hmfm_ranks_count() > r->chains ? "which share the units of a chain"
                                                               : "with chains of their own");
  fprintf(stderr, "\nseed %llu%s\n", (unsigned long long)r->seed,
          s->seed_drawn ? " (drawn; give it with -s to repeat this run)" : "");
  if (s->init && !s->keeper.resume)
    fprintf(stderr, "every chain starts at the %lu cluster%s of %s\n",
            (unsigned long)s->init_clusters, plural(s->init_clusters), s->init);
  if (s->settings.prior_only) fprintf(stderr, "prior only: the likelihood is left out\n");
  if (s->verbose) fprintf(stderr, "configuration: %s", s->configuration);
}

void hmfm_sample_show_resumed(const hmfm_sample *s) {
  fprintf(stderr, "resumed after %zu of %zu sweeps, with %zu draw%s of each chain\n",
          s->sweeps_before, hmfm_ensemble_sweeps(s->ensemble), s->draws->n_draws,
          plural(s->draws->n_draws));
}

void hmfm_sample_show_nothing(const hmfm_sample *s) {
  if (s->keeper.path && s->quiet) return;
  fprintf(stderr, "hmfm sample: interrupted");
  if (s->ensemble)
    fprintf(stderr, " after %zu of %zu sweeps", hmfm_ensemble_sweeps_done(s->ensemble),
            hmfm_ensemble_sweeps(s->ensemble));
  fprintf(stderr, ", before the first draw: ");
  if (s->ensemble && s->keeper.path)
    fprintf(stderr, "go on with --resume %s\n", s->keeper.path);
  else
    fprintf(stderr, "nothing to save\n");
}

/* What the warmup has found, chain by chain. */
static void show_splits(const hmfm_sample *s) {
  fprintf(stderr, "splits and merges proposed in a sweep, by chain:");
  for (size_t c = 0; c < s->run.chains; c++)
    fprintf(stderr, " %zu", hmfm_ensemble_splits(s->ensemble, c));
  fprintf(stderr, "\n");
}

void hmfm_sample_show_end(const hmfm_sample *s) {
  size_t done = hmfm_ensemble_sweeps_done(s->ensemble), all = hmfm_ensemble_sweeps(s->ensemble);
  double seconds = s->seconds - s->before;
  char duration[40], speed[80];
  if (done < all) {
    fprintf(stderr, "interrupted after %zu of %zu sweeps: saving %zu of %zu draws a chain\n", done,
            all, s->draws->n_draws, s->run.draws);
    if (s->keeper.path) fprintf(stderr, "go on with --resume %s\n", s->keeper.path);
  }
  if (s->verbose && s->run.splits == HMFM_SPLITS_ADAPTED) show_splits(s);
  if (done == s->sweeps_before) return;
  hmfm_duration_text(seconds, duration, sizeof duration);
  hmfm_speed_text(seconds > 0 ? (double)((done - s->sweeps_before) * s->run.chains) / seconds : 0,
                  speed, sizeof speed);
  fprintf(stderr, "sampled in %s (%s)\n", duration, speed);
}
