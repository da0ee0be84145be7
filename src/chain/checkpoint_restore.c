/* Going on from a checkpoint: does it belong to this run, and the state of every chain. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "chain/checkpoint.h"
#include "chain/pace.h"

static hmfm_piece take_line(hmfm_piece *rest) {
  hmfm_piece line = {rest->at, 0};
  while (line.n < rest->n && line.at[line.n] != '\n') line.n++;
  const size_t passed = line.n < rest->n ? line.n + 1 : line.n;
  rest->at += passed;
  rest->n -= passed;
  return line;
}

static int same_text(hmfm_piece a, hmfm_piece b) {
  return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

static int shown(hmfm_piece t) { return (int)(t.n < 60 ? t.n : 60); }

static hmfm_status compare_model(hmfm_piece theirs, hmfm_piece ours, hmfm_error *error) {
  while (theirs.n > 0 || ours.n > 0) {
    const hmfm_piece a = take_line(&theirs), b = take_line(&ours);
    if (same_text(a, b)) continue;
    return hmfm_fail(error, HMFM_EDATA,
                     "the checkpoint is of another model: it has '%.*s', this run '%.*s'", shown(a),
                     a.at, shown(b), b.at);
  }
  return HMFM_OK;
}

static hmfm_status compare_data(const hmfm_run_mark *theirs, const hmfm_run_mark *ours,
                                hmfm_error *error) {
  const int same_size = theirs->rows == ours->rows && theirs->units == ours->units &&
                        theirs->groups == ours->groups && theirs->covariates == ours->covariates;
  if (same_size && theirs->data == ours->data) return HMFM_OK;
  if (same_size)
    return hmfm_fail(error, HMFM_EDATA,
                     "the checkpoint is of other data: of the same size, but a value or a name in "
                     "them is not the same");
  return hmfm_fail(error, HMFM_EDATA,
                   "the checkpoint is of other data: %llu observations of %llu units in %llu "
                   "groups with %llu covariates, not %llu, %llu, %llu and %llu",
                   (unsigned long long)theirs->rows, (unsigned long long)theirs->units,
                   (unsigned long long)theirs->groups, (unsigned long long)theirs->covariates,
                   (unsigned long long)ours->rows, (unsigned long long)ours->units,
                   (unsigned long long)ours->groups, (unsigned long long)ours->covariates);
}

static const char *splits_text(uint64_t splits, char *text, size_t size) {
  snprintf(text, size, "%llu", (unsigned long long)splits);
  return splits == HMFM_SPLITS_ADAPTED ? "adapted" : text;
}

static hmfm_status compare_run(const hmfm_run_mark *theirs, const hmfm_run_mark *ours,
                               hmfm_error *error) {
  const struct {
    const char *name;
    uint64_t theirs, ours;
  } number[] = {{"seed", theirs->seed, ours->seed},
                {"chains", theirs->chains, ours->chains},
                {"warmup", theirs->warmup, ours->warmup},
                {"thin", theirs->thin, ours->thin},
                {"anneal", theirs->anneal, ours->anneal}};
  if (!same_text(theirs->algorithm, ours->algorithm))
    return hmfm_fail(
        error, HMFM_EDATA, "the checkpoint is of a run with algorithm %.*s, this run has %.*s",
        shown(theirs->algorithm), theirs->algorithm.at, shown(ours->algorithm), ours->algorithm.at);
  for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
    if (number[k].theirs == number[k].ours) continue;
    return hmfm_fail(error, HMFM_EDATA,
                     "the checkpoint is of a run with %s %llu, this run has %llu", number[k].name,
                     (unsigned long long)number[k].theirs, (unsigned long long)number[k].ours);
  }
  if (theirs->splits != ours->splits) {
    char a[24], b[24];
    return hmfm_fail(
        error, HMFM_EDATA, "the checkpoint is of a run with splits %s, this run has %s",
        splits_text(theirs->splits, a, sizeof a), splits_text(ours->splits, b, sizeof b));
  }
  /* where chains began is the past: who gives no start takes that of the checkpoint */
  if (ours->start && ours->start != theirs->start)
    return hmfm_fail(error, HMFM_EDATA,
                     theirs->start ? "the checkpoint is of a run whose chains started elsewhere"
                                   : "the checkpoint is of a run whose chains were given no start");
  return HMFM_OK;
}

static hmfm_status compare(const hmfm_run_mark *theirs, const hmfm_ensemble *ensemble,
                           hmfm_error *error) {
  hmfm_bytes bytes = {0};
  hmfm_checkpoint_put_run(&bytes, ensemble);
  hmfm_status status = bytes.failed ? hmfm_fail_memory(error, "a checkpoint") : HMFM_OK;
  if (!status) {
    hmfm_cursor cursor = {bytes.data, bytes.size, 0};
    const hmfm_run_mark ours = hmfm_checkpoint_take_run(&cursor);
    status = compare_data(theirs, &ours, error);
    if (!status) status = compare_model(theirs->model, ours.model, error);
    if (!status) status = compare_run(theirs, &ours, error);
  }
  hmfm_free(bytes.data);
  return status;
}

/* ---- back into chains ---- */

/* One chain of the checkpoint, pointing into its bytes, which are not aligned. */
typedef struct saved_chain {
  uint64_t pace[HMFM_PACE_COUNTS];
  uint64_t n_components;
  const void *hyper, *shares, *beta, *allocation;
} saved_chain;

static saved_chain take_chain(hmfm_cursor *cursor, const hmfm_model *model) {
  saved_chain saved = {.n_components = 0};
  for (int k = 0; k < HMFM_PACE_COUNTS; k++) saved.pace[k] = hmfm_cursor_count(cursor);
  saved.n_components = hmfm_cursor_count(cursor);
  saved.hyper = hmfm_cursor_skip(cursor, hmfm_checkpoint_hyper(model) * sizeof(double));
  const uint64_t n_units = model->dataset->n_units; /* there are no more clusters than units */
  const uint64_t M = saved.n_components < n_units ? saved.n_components : n_units;
  saved.shares = hmfm_cursor_skip(cursor, hmfm_checkpoint_shares(model, M) * sizeof(double));
  saved.beta = hmfm_cursor_skip(cursor, hmfm_checkpoint_beta(model) * sizeof(double));
  saved.allocation = hmfm_cursor_skip(cursor, model->dataset->n_units * sizeof(int32_t));
  return saved;
}

static double number_at(const void *bytes, size_t k) {
  double value;
  memcpy(&value, (const unsigned char *)bytes + k * sizeof value, sizeof value);
  return value;
}

/* n finite numbers above `above`. */
static int are_numbers(const void *bytes, size_t n, double above) {
  for (size_t k = 0; k < n; k++) {
    if (!(number_at(bytes, k) > above) || !isfinite(number_at(bytes, k))) return 0;
  }
  return 1;
}

/* Hyperparameters are positive, but for one that the model fixes at 0, which is what a new chain has. */
static int are_hyper(const void *bytes, const hmfm_state *fresh) {
  const hmfm_model *model = fresh->model;
  model->mixing->get(fresh->process, fresh->values);
  for (size_t k = 0; k < hmfm_checkpoint_hyper(model); k++) {
    const double value = number_at(bytes, k);
    if (!(value > 0.0 && isfinite(value)) && !(value == 0.0 && fresh->values[k] == 0.0)) return 0;
  }
  return 1;
}

/* They are parts of a whole, up to rounding. */
static int sum_to_one(const void *bytes, size_t n) {
  double sum = 0.0;
  for (size_t k = 0; k < n; k++) sum += number_at(bytes, k);
  return fabs(sum - 1.0) < 1e-6;
}

/* Labels are below M, and numbers are numbers; whoever wrote a right checksum may have written anything. */
static int is_sound(const saved_chain *saved, const hmfm_state *fresh) {
  const hmfm_model *model = fresh->model;
  const int infinite = (model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
  const unsigned char *allocation = saved->allocation;
  const size_t M = saved->n_components;
  int32_t label, top = -1;
  if (saved->pace[0] > HMFM_MOST_SPLITS) return 0;
  if (saved->n_components < 1 || saved->n_components > INT32_MAX) return 0;
  if (infinite && M > model->dataset->n_units) return 0;
  if (!are_hyper(saved->hyper, fresh)) return 0;
  if (!are_numbers(saved->shares, hmfm_checkpoint_shares(model, M), 0.0)) return 0;
  if (infinite && !sum_to_one(saved->shares, M + 1)) return 0;
  if (!are_numbers(saved->beta, hmfm_checkpoint_beta(model), -INFINITY)) return 0;
  for (size_t i = 0; i < model->dataset->n_units; i++) {
    memcpy(&label, allocation + i * sizeof label, sizeof label);
    if (label < 0 || (size_t)label >= M || (size_t)label >= model->dataset->n_units) return 0;
    if (label > top + 1) return 0; /* labels are by first appearance */
    top = label > top ? label : top;
  }
  return !infinite || (size_t)top + 1 == M;
}

static hmfm_status restore_chain(const saved_chain *saved, size_t sweeps, hmfm_chain *chain,
                                 hmfm_error *error) {
  hmfm_state *state = chain->state;
  const hmfm_model *model = state->model;
  const size_t n = model->dataset->n_units;
  const size_t n_shares = hmfm_checkpoint_shares(model, (size_t)saved->n_components);
  int32_t top = 0;
  memcpy(state->values, saved->hyper, hmfm_checkpoint_hyper(model) * sizeof *state->values);
  model->mixing->set(state->process, state->values);
  if (hmfm_checkpoint_beta(model) > 0)
    memcpy(state->beta, saved->beta, hmfm_checkpoint_beta(model) * sizeof *state->beta);
  hmfm_state_residuals(state);
  memcpy(state->unit_list, saved->allocation, n * sizeof *state->unit_list);
  for (size_t i = 0; i < n; i++) top = state->unit_list[i] > top ? state->unit_list[i] : top;
  state->sweep = chain->sweeps_done = sweeps;
  hmfm_pace_set(&state->pace, saved->pace);
  hmfm_status status = hmfm_state_set_partition(state, state->unit_list, (size_t)top + 1,
                                                (size_t)saved->n_components + 1, error);
  state->n_components = (size_t)saved->n_components;
  if (status || n_shares == 0) return status;
  memcpy(state->weight, saved->shares, n_shares * sizeof *state->weight);
  model->mixing->set_shares(state->process, n_shares - 1, state->weight);
  return HMFM_OK;
}

static hmfm_status check_chains(hmfm_cursor cursor, const hmfm_ensemble *ensemble,
                                hmfm_error *error) {
  const hmfm_model *model = ensemble->model;
  int sound = 1;
  for (size_t c = 0; sound && c < ensemble->run.chains; c++) {
    const saved_chain saved = take_chain(&cursor, model);
    sound = !cursor.failed && is_sound(&saved, hmfm_ensemble_first(ensemble)->state);
  }
  if (sound && cursor.left == 0) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA, "the checkpoint is damaged: a chain's state is impossible");
}

hmfm_status hmfm_ensemble_restore(hmfm_ensemble *ensemble, const void *bytes, size_t size,
                                  hmfm_error *error) {
  hmfm_run_mark run;
  hmfm_checkpoint_info info;
  hmfm_cursor cursor;
  const hmfm_model *model = ensemble->model;
  hmfm_status status = hmfm_ensemble_error(ensemble, error);
  if (!status) status = hmfm_checkpoint_open(bytes, size, &cursor, &run, &info, error);
  if (!status) status = compare(&run, ensemble, error);
  if (status) return status;
  if (info.sweeps > ensemble->sweeps)
    return hmfm_fail(error, HMFM_EDATA,
                     "the checkpoint is %zu sweeps on, with %zu draws of each chain; this run of "
                     "%zu draws would have ended after %zu",
                     info.sweeps, info.made, ensemble->run.draws, ensemble->sweeps);
  if (hmfm_cursor_count(&cursor) != hmfm_checkpoint_hyper(model) ||
      hmfm_cursor_count(&cursor) != hmfm_checkpoint_beta(model))
    return hmfm_fail(error, HMFM_EDATA, "the checkpoint is damaged: its parts do not agree");
  status = check_chains(cursor, ensemble, error);
  for (size_t c = 0; !status && c < ensemble->run.chains; c++) {
    const saved_chain saved = take_chain(&cursor, model);
    if (ensemble->chain[c]) {
      status = restore_chain(&saved, info.sweeps, ensemble->chain[c], error);
    }
  }
  if (status) return status;
  ensemble->sweeps_done = info.sweeps;
  ensemble->start = run.start;
  return HMFM_OK;
}
