/* A long run that stores nothing: a sink of one's own keeps running sums, in a window of a single draw
 * that is overwritten again and again, while the run is advanced in pieces to report progress. Compiled
 * as fit.c is. */
#include <hmfm.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 30, CHAINS = 4 };
static const double Y[N] = {
    2.1, 1.9, 2.3, 2.0, 1.8, 2.2, 2.4, 5.1, 4.8, 5.3, 4.9, 5.2, 2.0, 5.0, 1.7,
    5.1, 4.9, 5.4, 5.0, 4.7, 8.2, 8.0, 7.7, 8.1, 8.3, 7.9, 5.2, 8.4, 4.8, 7.8,
};

/* What is kept of all draws. Chains record at the same time, each in a cell of its own: no lock. */
typedef struct sums {
  hmfm_sink window; /* copies a chain's state into draw 0 of it */
  const hmfm_variable *K, *lambda;
  struct {
    double draws, lambda, count[N + 1]; /* count[k]: draws with k clusters */
  } chain[CHAINS];
} sums;

static hmfm_status add(void *context, size_t chain, size_t draw, const hmfm_chain *state,
                       hmfm_error *error) {
  sums *s = context;
  (void)draw; /* always into draw 0 of the window, so that its values are found at [chain] */
  hmfm_status status = s->window.record(s->window.context, chain, 0, state, error);
  if (status) return status;
  s->chain[chain].draws += 1.0;
  s->chain[chain].lambda += s->lambda->value[chain];
  s->chain[chain].count[(size_t)s->K->value[chain]] += 1.0;
  return HMFM_OK;
}

static hmfm_status sample(const hmfm_model *model, sums *s, hmfm_error *error) {
  hmfm_draws *window = NULL;
  hmfm_ensemble *ensemble = NULL;
  hmfm_run run;
  hmfm_run_defaults(&run);
  run.chains = CHAINS;
  run.save_allocations = run.save_components = run.save_log_likelihood = 0;
  run.draws = 1; /* room for one draw a chain ... */
  hmfm_status status = hmfm_draws_create(model, &run, &window, error);
  if (status) return status;
  s->window = hmfm_draws_sink(window);
  s->K = hmfm_draws_find(window, "K");
  s->lambda = hmfm_draws_find(window, "lambda");
  run.draws = 20000; /* ... of so many */
  const hmfm_sink sink = {.context = s, .record = add};
  status = hmfm_ensemble_create(model, &run, sink, &ensemble, error);
  const size_t sweeps = status ? 0 : hmfm_ensemble_sweeps(ensemble);
  while (!status && hmfm_ensemble_sweeps_done(ensemble) < sweeps) {
    status = hmfm_ensemble_advance(ensemble, sweeps / 5, error);
    fprintf(stderr, "%zu of %zu sweeps, chain 0 has %zu clusters\n",
            hmfm_ensemble_sweeps_done(ensemble), sweeps, hmfm_ensemble_clusters(ensemble, 0));
  }
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(window);
  return status;
}

static void report(const sums *s) {
  puts("chain   draws  Lambda");
  for (size_t c = 0; c < CHAINS; c++)
    printf("%5zu %7.0f %7.3f\n", c, s->chain[c].draws, s->chain[c].lambda / s->chain[c].draws);
  puts("K  probability by chain");
  for (size_t k = 1; k <= N; k++) {
    double all = 0.0;
    for (size_t c = 0; c < CHAINS; c++) all += s->chain[c].count[k];
    if (all == 0.0) continue;
    printf("%-2zu", k);
    for (size_t c = 0; c < CHAINS; c++) printf(" %.4f", s->chain[c].count[k] / s->chain[c].draws);
    puts("");
  }
}

int main(void) {
  const char *group[N];
  for (size_t i = 0; i < N; i++) group[i] = i < N / 2 ? "A" : "B";
  const hmfm_columns columns = {.n_rows = N, .group = group, .response_name = "y", .response = Y};
  hmfm_dataset *data = NULL;
  hmfm_model *model = NULL;
  hmfm_settings settings;
  hmfm_error error;
  sums s = {0};
  hmfm_settings_defaults(&settings);
  hmfm_status status = hmfm_dataset_create(&columns, NULL, &data, &error);
  if (!status) status = hmfm_model_create(data, &settings, NULL, &model, &error);
  if (!status) status = sample(model, &s, &error);
  if (!status) report(&s);
  if (status) fprintf(stderr, "own_sink: %s\n", error.message);
  hmfm_model_destroy(model);
  hmfm_dataset_destroy(data);
  return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
