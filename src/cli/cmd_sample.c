/* hmfm sample: from a CSV file to a file of draws. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/first_look.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/sample.h"
#include "cli/sample_options.h"
#include "cli/save_fit.h"
#include "io/csv_read.h"
#include "io/output.h"
#include "io/partition_read.h"
#include "ranks/ranks.h"

static void destroy(hmfm_sample *s) {
  hmfm_keeper_clear(&s->keeper);
  hmfm_ensemble_destroy(s->ensemble);
  hmfm_draws_destroy(s->draws);
  hmfm_model_destroy(s->model);
  hmfm_settings_clear(&s->settings);
  hmfm_dataset_destroy(s->data);
  hmfm_notes_clear(&s->notes);
  hmfm_free(s->configuration);
  hmfm_free(s->init_label);
  hmfm_options_destroy(s->options);
}

static hmfm_status read_data(hmfm_sample *s, hmfm_error *error) {
  const hmfm_option_value *covariates = hmfm_options_value(s->options, "covariates");
  hmfm_csv_columns columns = {.group = hmfm_options_text(s->options, "group"),
                              .unit = hmfm_options_text(s->options, "unit"),
                              .response = hmfm_options_text(s->options, "response"),
                              .n_covariates = covariates->n,
                              .covariate = (const char *const *)covariates->label,
                              .exposure = hmfm_options_text(s->options, "exposure")};
  double start = hmfm_clock();
  hmfm_status status = hmfm_csv_read(s->options->operand, &columns, &s->notes, &s->data, error);
  if (status) return status;
  if (!s->quiet) hmfm_sample_show_data(s);
  if (s->verbose) fprintf(stderr, "read in %.2f s\n", hmfm_clock() - start);
  return HMFM_OK;
}

/* What the command line and a checkpoint can tell, and that the output can be written. */
static hmfm_status check_options(hmfm_sample *s, hmfm_step *step, hmfm_error *error) {
  int is_input = 0;
  s->quiet = hmfm_options_flag(s->options, "quiet");
  s->verbose = hmfm_options_flag(s->options, "verbose") && !s->quiet;
  s->output = hmfm_options_text(s->options, "output");
#ifdef HMFM_MPI
  s->shard = hmfm_options_flag(s->options, "shard");
#endif
  if (strcmp(s->output, "-") == 0)
    return hmfm_fail(error, HMFM_EUSAGE, "-o -: a NetCDF file cannot go to standard output");
  s->init = hmfm_options_text(s->options, "init");
  if (s->init && strcmp(s->init, "-") == 0 && strcmp(s->options->operand, "-") == 0)
    return hmfm_fail(error, HMFM_EUSAGE, "data and --init cannot both come from standard input");
  if (s->init && hmfm_cli_same_file(s->init, s->output))
    return hmfm_fail(error, HMFM_EUSAGE, "-o %s would replace the partition of --init", s->output);
  if (hmfm_cli_same_file(s->options->operand, s->output))
    return hmfm_fail(error, HMFM_EUSAGE, "-o %s would replace the data", s->output);
  hmfm_status status = hmfm_keeper_prepare(&s->keeper, s->options, &is_input, error);
  if (status && is_input) *step = HMFM_STEP_INPUT;
  if (!status) status = hmfm_sample_run(s->options, &s->run, &s->seed_drawn, error);
  if (!status) status = hmfm_sample_settings(s->options, &s->settings, error);
  if (!status) status = hmfm_run_validate(&s->run, &s->settings, error);
  if (!status) status = hmfm_sample_read_memory(s->options, error);
  if (status) return status;
  s->force = hmfm_options_flag(s->options, "force") || hmfm_keeper_owns(&s->keeper, s->output);
  return hmfm_output_check(s->output, s->force, error);
}

/* The partition of --init, its labels in the order of the units. */
static hmfm_status read_init(hmfm_sample *s, hmfm_error *error) {
  const hmfm_dataset *d = s->data;
  const char *file = strcmp(s->init, "-") ? s->init : "<stdin>";
  hmfm_named_partition from = {0};
  hmfm_status status = hmfm_partition_read(s->init, "group", "unit", "cluster", &from, error);
  char **group = hmfm_calloc(d->n_units, sizeof *group);
  s->init_label = hmfm_calloc(d->n_units, sizeof *s->init_label);
  if (!status && (!group || !s->init_label)) status = hmfm_fail_memory(error, "a partition");
  for (size_t i = 0; !status && i < d->n_units; i++) group[i] = d->group_name[d->unit_group[i]];
  if (!status)
    status = hmfm_named_partition_match(&from, file, d->n_units, group, d->unit_name, s->init_label,
                                        error);
  s->init_clusters = from.n_clusters;
  hmfm_free(group);
  hmfm_named_partition_clear(&from);
  return status;
}

/* Everything that can be wrong with the input is found here, before any work. */
static hmfm_status read_input(hmfm_sample *s, hmfm_error *error) {
  hmfm_status status = read_data(s, error);
  hmfm_error why = {0};
  if (!status && hmfm_model_create(s->data, &s->settings, &s->notes, &s->model, &why))
    status = hmfm_options_place(s->options, &why, error);
  hmfm_sample_show_notes(s);
  if (!status && s->init) status = read_init(s, error);
  if (!status) status = hmfm_sample_check_memory(s, error);
  return status ? status : hmfm_options_store(s->options, s->model, &s->configuration, error);
}

static hmfm_status start_chains(hmfm_sample *s, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  hmfm_error why = {0};
  for (size_t c = 0; !status && s->init && c < s->run.chains; c++)
    status = hmfm_ranks_start(s->ensemble, c, s->init_label, &why);
  return status ? hmfm_fail(error, status, "%s: %s", s->init, why.message) : HMFM_OK;
}

/* Chains at their start, or where they were when a checkpoint was taken. */
static hmfm_status prepare_chains(hmfm_sample *s, hmfm_step *step, hmfm_error *error) {
  hmfm_status status = hmfm_draws_create(s->model, &s->run, &s->draws, error);
  if (!status)
    status = hmfm_ranks_ensemble(s->model, &s->settings, &s->run, s->shard, s->draws, &s->ensemble,
                                 error);
  if (status) return status;
  status = start_chains(s, error);
  if (!status) status = hmfm_keeper_resume(&s->keeper, s->ensemble, s->draws, &s->before, error);
  if (status) *step = HMFM_STEP_INPUT;
  if (status) return status;
  s->seconds = s->before;
  s->sweeps_before = hmfm_ensemble_sweeps_done(s->ensemble);
  if (s->keeper.resume && !s->quiet) hmfm_sample_show_resumed(s);
  return hmfm_keeper_start(&s->keeper, s->ensemble, s->draws, s->seconds, error);
}

/* Sweeps for about a tenth of a second, judged by the last chunk. Draws do not depend on it. */
static size_t next_chunk(size_t chunk, double seconds) {
  double factor = seconds > 0 ? 0.1 / seconds : 4;
  if (factor > 4) factor = 4;
  if (factor < 0.25) factor = 0.25;
  double next = (double)chunk * factor;
  return next < 1 ? 1 : next > 1e6 ? 1000000 : (size_t)next;
}

/* A checkpoint that cannot be written is no reason to lose the run: it is said, and tried again. */
static void keep(hmfm_sample *s) {
  hmfm_error why = {0};
  const int known = s->keeper.failing;
  if (!hmfm_keeper_save(&s->keeper, s->ensemble, s->draws, s->seconds, &why)) return;
  if (!s->quiet && !known)
    fprintf(stderr, "note: no checkpoint, %s; sampling goes on\n", why.message);
}

static hmfm_status run_chains(hmfm_sample *s, hmfm_error *error) {
  hmfm_progress progress;
  hmfm_status status = HMFM_OK;
  size_t chunk = 1;
  int signal = 0;
  const char *when = hmfm_options_text(s->options, "progress");
  hmfm_progress_start(&progress, hmfm_progress_choose(when, s->quiet), &s->run, s->ensemble);
  double begin = hmfm_clock();
  while (!status && !hmfm_interrupt_signal() &&
         hmfm_ensemble_sweeps_done(s->ensemble) < hmfm_ensemble_sweeps(s->ensemble)) {
    double start = hmfm_clock();
    status = hmfm_ranks_advance(s->ensemble, chunk, s->draws, &signal, error);
    if (signal) hmfm_interrupt_note(signal);
    chunk = next_chunk(chunk, hmfm_clock() - start);
    s->seconds = s->before + hmfm_clock() - begin;
    if (!status) hmfm_progress_show(&progress, s->ensemble);
    if (!status && hmfm_keeper_due(&s->keeper)) keep(s);
  }
  hmfm_progress_end(&progress, s->ensemble);
  return status;
}

static hmfm_status write_fit(const hmfm_sample *s, hmfm_error *error) {
  const size_t n_chains = s->run.chains;
  unsigned long long *splits = hmfm_calloc(n_chains, sizeof *splits);
  if (!splits) return hmfm_fail_memory(error, "the splits of each chain");
  for (size_t c = 0; c < n_chains; c++) splits[c] = hmfm_ensemble_splits(s->ensemble, c);
  hmfm_fit_info info = {.configuration = s->configuration,
                        .algorithm = s->run.algorithm,
                        .family = s->settings.family,
                        .mixing = s->settings.mixing,
                        .prior_m = hmfm_model_settings(s->model)->prior_m,
                        .beta = s->settings.beta,
                        .seed = s->run.seed,
                        .warmup = s->run.warmup,
                        .thin = s->run.thin,
                        .splits = splits,
                        .n_splits = n_chains,
                        .seconds = s->seconds,
                        .run = s->keeper.path ? s->keeper.info.run : 0,
                        .created_at = s->created_at,
                        .version = hmfm_version()};
  hmfm_status status = hmfm_save_fit(s->output, s->draws, &info, s->force, error);
  hmfm_free(splits);
  return status;
}

/* What is left to do once the chains have stopped: save what there is, the checkpoint first, and say how
 * it went. A fit is written even where the checkpoint could not be; then that is the error. */
static hmfm_status finish(hmfm_sample *s, hmfm_error *error) {
  hmfm_error why = {0};
  char look[400] = "";
  hmfm_status kept = hmfm_keeper_save(&s->keeper, s->ensemble, s->draws, s->seconds, &why);
  if (s->draws->n_draws == 0) {
    if (kept) return hmfm_fail(error, kept, "%s", why.message);
    hmfm_sample_show_nothing(s);
    return HMFM_OK;
  }
  if (!s->quiet) hmfm_sample_show_end(s);
  double start = hmfm_clock();
  hmfm_status status = write_fit(s, error);
  if (!status && s->verbose) fprintf(stderr, "written in %.2f s\n", hmfm_clock() - start);
  if (!status && kept)
    status = hmfm_fail(error, kept, "the fit is saved, but no checkpoint: %s", why.message);
  if (status || s->quiet) return status;
  fprintf(stderr, "saved %s; next: hmfm summary %s\n", s->output, s->output);
  if (hmfm_interrupt_signal() && s->draws->n_draws == s->run.draws)
    fprintf(stderr, "interrupted, but the fit is whole\n");
  if (!hmfm_first_look(s->draws, look, sizeof look, NULL) && *look) fprintf(stderr, "%s\n", look);
  return HMFM_OK;
}

/* From the command line to chains that are ready. */
static hmfm_status prepare(hmfm_sample *s, hmfm_step *step, hmfm_error *error) {
  hmfm_status status = check_options(s, step, error);
  if (!status && (status = read_input(s, error))) *step = HMFM_STEP_INPUT;
  hmfm_interrupt_defer();
  if (status) return status;
  if (!s->quiet) hmfm_sample_show_run(s);
  return prepare_chains(s, step, error);
}

int hmfm_cmd_sample(int argc, char **argv) {
  hmfm_sample s = {0};
  hmfm_error error = {0};
  hmfm_step step = HMFM_STEP_OUTPUT;
  time_t now = time(NULL);
  struct tm utc;
  int code = hmfm_cli_options(&hmfm_sample_command, argc, argv, hmfm_sample_prepare, &s.options);
  if (code >= 0) goto out;
  if (gmtime_r(&now, &utc)) strftime(s.created_at, sizeof s.created_at, "%Y-%m-%dT%H:%M:%SZ", &utc);
  hmfm_status status = prepare(&s, &step, &error);
  if (status == HMFM_EIO && step == HMFM_STEP_INPUT && hmfm_interrupt_signal()) {
    hmfm_sample_show_nothing(&s); /* a read was given up */
    status = HMFM_OK;
  } else {
    if (!status) status = run_chains(&s, &error);
    if (!status) status = finish(&s, &error);
  }
  code = status                    ? hmfm_cli_fail("sample", &error, step)
         : hmfm_interrupt_signal() ? HMFM_EXIT_INTERRUPTED
                                   : HMFM_EXIT_OK;
out:
  destroy(&s);
  return code;
}
