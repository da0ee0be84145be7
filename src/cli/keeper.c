/* Keeping a run on the disk, and taking it up again. The draws are brought to the disk first, then the
 * checkpoint is replaced by one that counts on them: whenever the program is killed, the checkpoint
 * that is there has its draws beside it. */
#include "cli/keeper.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "io/checkpoint_file.h"
#include "io/netcdf.h"
#include "io/output.h"
#include "ranks/ranks.h"

/* "90", "90s", "1.5m", "2h", "1d" as seconds; -1 for anything else. */
static double duration(const char *text) {
  static const struct {
    const char *unit;
    double seconds;
  } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  char *end;
  if (!(*text >= '0' && *text <= '9') && *text != '.') return -1;
  const double number = strtod(text, &end);
  for (size_t k = 0; k < sizeof units / sizeof *units; k++)
    if (strcmp(end, units[k].unit) == 0 && isfinite(number)) return number * units[k].seconds;
  return -1;
}

static hmfm_status read_every(hmfm_keeper *keeper, const hmfm_options *options, hmfm_error *error) {
  const hmfm_option_value *every = hmfm_options_value(options, "checkpoint-every");
  keeper->every = duration(every->text);
  if (keeper->every < 0)
    return hmfm_fail(error, every->source == HMFM_FROM_FILE ? HMFM_EDATA : HMFM_EUSAGE,
                     "%s: '%s' is no duration; give seconds, or a number and s, m, h or d, as in "
                     "90s or 5m",
                     every->place, every->text);
  if (!keeper->path && hmfm_options_given(options, "checkpoint-every"))
    return hmfm_fail(error, HMFM_EUSAGE, "%s has no effect without --checkpoint", every->place);
  return HMFM_OK;
}

/* What the checkpoint says of the run stands where the user said nothing. */
static hmfm_status fill_in(const hmfm_checkpoint_info *info, hmfm_options *options,
                           hmfm_error *error) {
  const struct {
    const char *name;
    uint64_t number;
  } counts[] = {{"chains", info->chains}, {"warmup", info->warmup}, {"thin", info->thin},
                {"anneal", info->anneal}, {"splits", info->splits}, {"draws", info->draws},
                {"seed", info->seed}};
  char text[24];
  hmfm_status status = HMFM_OK;
  if (!hmfm_options_given(options, "algorithm"))
    status = hmfm_options_default(options, "algorithm", info->algorithm, error);
  for (size_t k = 0; !status && k < sizeof counts / sizeof *counts; k++) {
    if (hmfm_options_given(options, counts[k].name)) continue;
    if (counts[k].number == HMFM_SPLITS_ADAPTED && strcmp(counts[k].name, "splits") == 0) continue;
    snprintf(text, sizeof text, "%" PRIu64, counts[k].number);
    status = hmfm_options_default(options, counts[k].name, text, error);
  }
  return status;
}

static int same_place(const char *a, const char *b) {
  return strcmp(a, b) == 0 || hmfm_cli_same_file(a, b);
}

/* That the checkpoint can be written, and that nobody's work is lost by it. */
static hmfm_status check_path(hmfm_keeper *keeper, const hmfm_options *options, hmfm_error *error) {
  const char *path = keeper->path, *output = hmfm_options_text(options, "output");
  const int own = keeper->resume && same_place(path, keeper->resume);
  const int force = own || hmfm_options_flag(options, "force");
  struct stat there;
  if (hmfm_cli_same_file(options->operand, path))
    return hmfm_fail(error, HMFM_EUSAGE, "--checkpoint %s would replace the data", path);
  if (same_place(path, output))
    return hmfm_fail(error, HMFM_EUSAGE, "--checkpoint and --output are the same file, %s", path);
  if (!force && lstat(path, &there) == 0 && S_ISREG(there.st_mode))
    return hmfm_fail(
        error, HMFM_EIO,
        "checkpoint '%s' exists already: go on from it with --resume %s, or replace it "
        "with --force",
        path, path);
  return hmfm_output_check(path, force, error);
}

static char *beside(const char *path) {
  const size_t size = strlen(path) + sizeof ".draws";
  char *name = hmfm_calloc(size, 1);
  if (name) snprintf(name, size, "%s.draws", path);
  return name;
}

hmfm_status hmfm_keeper_prepare(hmfm_keeper *keeper, hmfm_options *options, int *is_input,
                                hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  *is_input = 1;
  keeper->resume = hmfm_options_text(options, "resume");
  keeper->path = hmfm_options_text(options, "checkpoint");
  if (!keeper->path) keeper->path = keeper->resume;
  status = read_every(keeper, options, error);
  if (!status && keeper->resume) {
    status = hmfm_checkpoint_read(keeper->resume, &keeper->from, &keeper->info, error);
    if (!status) status = fill_in(&keeper->info, options, error);
  }
  if (status || !keeper->path) return status;
  *is_input = 0;
  keeper->draws_path = beside(keeper->path);
  if (!keeper->draws_path) return hmfm_fail_memory(error, "a path");
  return check_path(keeper, options, error);
}

void hmfm_keeper_clear(hmfm_keeper *keeper) {
  hmfm_journal_close(keeper->journal);
  hmfm_checkpoint_clear(&keeper->from);
  hmfm_free(keeper->draws_path);
  *keeper = (hmfm_keeper){0};
}

int hmfm_keeper_owns(const hmfm_keeper *keeper, const char *path) {
  hmfm_fit_info *info = NULL;
  struct stat there;
  if (!keeper->resume || stat(path, &there) != 0) return 0;
  if (hmfm_netcdf_read(path, 0, NULL, &info, NULL)) return 0;
  const int own = info->run == keeper->info.run;
  hmfm_fit_info_destroy(info);
  return own;
}

hmfm_status hmfm_keeper_resume(hmfm_keeper *keeper, hmfm_ensemble *ensemble, hmfm_draws *draws,
                               double *seconds, hmfm_error *error) {
  hmfm_error why = {0};
  if (!keeper->resume) return HMFM_OK;
  const int own = same_place(keeper->path, keeper->resume);
  hmfm_status status = hmfm_ranks_restore(ensemble, keeper->from.bytes, keeper->from.size, &why);
  if (status) return hmfm_fail(error, status, "%s: %s", keeper->resume, why.message);
  hmfm_checkpoint_clear(&keeper->from);
  char *from = beside(keeper->resume);
  if (!from) return hmfm_fail_memory(error, "a path");
  status = hmfm_journal_open(from, keeper->info.run, keeper->info.made, draws, seconds,
                             own ? &keeper->journal : NULL, error);
  hmfm_free(from);
  return status;
}

static hmfm_status take(hmfm_ensemble *ensemble, hmfm_checkpoint *out, hmfm_error *error) {
  hmfm_status status = hmfm_ranks_states(ensemble, error);
  return status ? status : hmfm_ensemble_checkpoint(ensemble, out, error);
}

/* The mark of a run that begins. */
static hmfm_status describe(hmfm_keeper *keeper, hmfm_ensemble *ensemble, hmfm_error *error) {
  hmfm_checkpoint first = {0};
  hmfm_status status = take(ensemble, &first, error);
  if (!status) status = hmfm_checkpoint_describe(first.bytes, first.size, &keeper->info, error);
  hmfm_checkpoint_clear(&first);
  return status;
}

hmfm_status hmfm_keeper_start(hmfm_keeper *keeper, hmfm_ensemble *ensemble, const hmfm_draws *draws,
                              double seconds, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  if (!keeper->path) return HMFM_OK;
  keeper->saved = hmfm_clock();
  if (keeper->journal) return HMFM_OK; /* what is there is where the run is */
  if (!keeper->resume) status = describe(keeper, ensemble, error);
  if (status) return status;
  unlink(keeper->path); /* one that is replaced does not go with the draws to come */
  status =
      hmfm_journal_create(keeper->draws_path, keeper->info.run, draws, &keeper->journal, error);
  return status ? status : hmfm_keeper_save(keeper, ensemble, draws, seconds, error);
}

int hmfm_keeper_due(const hmfm_keeper *keeper) {
  return keeper->path && hmfm_clock() - keeper->saved >= keeper->every;
}

hmfm_status hmfm_keeper_save(hmfm_keeper *keeper, hmfm_ensemble *ensemble, const hmfm_draws *draws,
                             double seconds, hmfm_error *error) {
  hmfm_checkpoint checkpoint = {0};
  if (!keeper->path) return HMFM_OK;
  hmfm_status status = take(ensemble, &checkpoint, error);
  if (!status) status = hmfm_journal_add(keeper->journal, draws, seconds, error);
  if (!status) status = hmfm_checkpoint_write(keeper->path, &checkpoint, error);
  hmfm_checkpoint_clear(&checkpoint);
  keeper->saved = hmfm_clock();
  keeper->failing = status != HMFM_OK;
  return status;
}
