/* The root: asks the helpers for what the command line wants, does its own part, and puts the answers together. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/threads.h"
#include "chain/checkpoint.h"
#include "ranks/comm.h"
#include "ranks/launcher.h"
#include "ranks/parcel.h"
#include "ranks/ranks.h"
#include "ranks/spread.h"

/* The root's own share; there is one run in a process. */
static struct {
  hmfm_spread spread;
  hmfm_reply *reply; /* of every rank */
  int neighbours;
} root = {.neighbours = 1};

hmfm_status hmfm_ranks_begin(int spreads, hmfm_rank_role *role, hmfm_error *error) {
  int copy;
  const int copies = hmfm_launcher_copies(&copy);
  *role = copy == 0 ? HMFM_RANK_ROOT : HMFM_RANK_HELPER;
  if (copies == 1) return HMFM_OK;
  if (!spreads)
    return hmfm_fail(
        error, HMFM_EUSAGE,
        "it was started as %d copies, but has work for one: of all verbs, sample alone "
        "runs on several",
        copies);
  if (hmfm_comm_start() != copies)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "it was started as %d copies that do not find each other (%d found): start it "
                     "with the mpirun of the MPI that it was built with",
                     copies, hmfm_comm_size());
  *role = hmfm_comm_rank() == 0 ? HMFM_RANK_ROOT : HMFM_RANK_HELPER;
  root.neighbours = hmfm_comm_neighbours();
  return HMFM_OK;
}

static void ask(hmfm_ask what, int shard, uint64_t n) {
  hmfm_request request = {(int)what, shard, n};
  hmfm_comm_broadcast(&request, sizeof request);
}

void hmfm_ranks_end(void) {
  if (hmfm_comm_size() == 1) return;
  if (hmfm_comm_rank() == 0) ask(HMFM_ASK_END, 0, 0);
  hmfm_spread_clear(&root.spread);
  hmfm_free(root.reply);
  hmfm_comm_end();
}

int hmfm_ranks_count(void) { return hmfm_comm_size(); }

/* A rank that was bound to some processors has these; others share all of the machine's. */
int hmfm_ranks_threads(void) {
  const int offered = hmfm_threads(0), share = offered / root.neighbours;
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  if (root.neighbours == 1 || offered < online || getenv("OMP_NUM_THREADS")) return offered;
  return share > 1 ? share : 1;
}

/* The error of the chain that comes first, whichever rank has it; that of a rank with no chain to blame is the
 * lowest rank's. */
static hmfm_status judge(hmfm_error *error) {
  const hmfm_reply *worst = NULL;
  for (int r = 0; r < hmfm_comm_size(); r++) {
    const hmfm_reply *reply = &root.reply[r];
    if (reply->error.status && (!worst || reply->chain < worst->chain)) worst = reply;
  }
  return worst ? hmfm_fail(error, worst->error.status, "%s", worst->error.message) : HMFM_OK;
}

static hmfm_status collect(const hmfm_reply *mine, hmfm_error *error) {
  hmfm_comm_collect(mine, sizeof *mine, root.reply);
  return judge(error);
}

/* An answer of this rank alone. */
static hmfm_reply reply_of(hmfm_status status, const hmfm_error *why) {
  hmfm_reply reply = {0};
  if (status) reply.error = *why;
  return reply;
}

hmfm_status hmfm_ranks_ensemble(const hmfm_model *model, const hmfm_settings *settings,
                                const hmfm_run *run, int shard, hmfm_draws *draws,
                                hmfm_ensemble **out, hmfm_error *error) {
  hmfm_bytes parcel = {0};
  hmfm_error why = {0};
  const hmfm_sink sink = hmfm_draws_sink(draws);
  if (hmfm_comm_size() == 1) return hmfm_ensemble_create(model, run, sink, out, error);
  root.reply = hmfm_calloc((size_t)hmfm_comm_size(), sizeof *root.reply);
  hmfm_parcel_put_data(&parcel, model->dataset);
  hmfm_parcel_put_asked(&parcel, settings, run);
  if (!root.reply || parcel.failed) {
    hmfm_free(parcel.data);
    return hmfm_fail_memory(error, "a copy of the data for other ranks");
  }
  ask(HMFM_ASK_BEGIN, shard, parcel.size);
  hmfm_comm_broadcast(parcel.data, parcel.size);
  hmfm_free(parcel.data);
  hmfm_status status = hmfm_spread_init(run->chains, shard, &root.spread, &why);
  if (!status) status = hmfm_spread_ensemble(&root.spread, model, run, sink, out, &why);
  const hmfm_reply mine = reply_of(status, &why);
  return collect(&mine, error);
}

hmfm_status hmfm_ranks_start(hmfm_ensemble *ensemble, size_t chain, const uint32_t *allocation,
                             hmfm_error *error) {
  hmfm_error why = {0};
  hmfm_bytes parcel = {0};
  if (hmfm_comm_size() == 1) return hmfm_ensemble_start(ensemble, chain, allocation, NULL, error);
  hmfm_bytes_put_count(&parcel, chain);
  hmfm_bytes_put(&parcel, allocation, ensemble->model->dataset->n_units * sizeof *allocation);
  if (parcel.failed) {
    hmfm_free(parcel.data);
    return hmfm_fail_memory(error, "starting values");
  }
  ask(HMFM_ASK_START, 0, parcel.size);
  hmfm_comm_broadcast(parcel.data, parcel.size);
  hmfm_free(parcel.data);
  const hmfm_reply mine =
      reply_of(hmfm_ensemble_start(ensemble, chain, allocation, NULL, &why), &why);
  return collect(&mine, error);
}

hmfm_status hmfm_ranks_restore(hmfm_ensemble *ensemble, const void *bytes, size_t size,
                               hmfm_error *error) {
  hmfm_error why = {0};
  if (hmfm_comm_size() == 1) return hmfm_ensemble_restore(ensemble, bytes, size, error);
  ask(HMFM_ASK_RESTORE, 0, size);
  hmfm_comm_broadcast((void *)(uintptr_t)bytes, size); /* the root only sends */
  const hmfm_reply mine = reply_of(hmfm_ensemble_restore(ensemble, bytes, size, &why), &why);
  return collect(&mine, error);
}

/* Takes what a rank has sent: for each chain its number, clusters and splits, then draws or a state. */
typedef hmfm_status take_chain(hmfm_cursor *cursor, hmfm_ensemble *ensemble, hmfm_draws *draws,
                               hmfm_error *error);

static hmfm_status take_draws(hmfm_cursor *cursor, hmfm_ensemble *ensemble, hmfm_draws *draws,
                              hmfm_error *error) {
  const size_t c = (size_t)hmfm_cursor_count(cursor);
  ensemble->away[c].clusters = (size_t)hmfm_cursor_count(cursor);
  ensemble->away[c].splits = (size_t)hmfm_cursor_count(cursor);
  return hmfm_parcel_take_draws(cursor, draws, error);
}

static hmfm_status take_state(hmfm_cursor *cursor, hmfm_ensemble *ensemble, hmfm_draws *draws,
                              hmfm_error *error) {
  hmfm_bytes *state = &ensemble->away[hmfm_cursor_count(cursor)].state;
  const size_t n = (size_t)hmfm_cursor_count(cursor);
  (void)draws;
  state->size = 0;
  hmfm_bytes_put(state, hmfm_cursor_skip(cursor, n), n);
  return state->failed ? hmfm_fail_memory(error, "a checkpoint") : HMFM_OK;
}

/* What is not wanted any more is received all the same, since it was sent. */
static hmfm_status receive(hmfm_ensemble *ensemble, hmfm_draws *draws, take_chain *take,
                           hmfm_status status, hmfm_error *error) {
  for (int r = 1; r < hmfm_comm_size(); r++) {
    const size_t n = (size_t)root.reply[r].bytes;
    if (n == 0) continue;
    unsigned char *bytes = hmfm_calloc(n, 1);
    if (!bytes) return hmfm_fail_memory(error, "what another rank has drawn");
    hmfm_comm_receive(r, bytes, n);
    hmfm_cursor cursor = {bytes, n, 0};
    while (!status && cursor.left > 0) status = take(&cursor, ensemble, draws, error);
    hmfm_free(bytes);
  }
  return status;
}

/* Ranks of a group have the same numbers, as long as their machines compute alike. */
static hmfm_status compare(hmfm_error *error) {
  for (int r = root.spread.groups; r < hmfm_comm_size(); r++) {
    const int first = r % root.spread.groups;
    if (root.reply[r].hash == root.reply[first].hash) continue;
    return hmfm_fail(error, HMFM_ENUMERIC,
                     "ranks %d and %d, which share the units of a chain, have come to different "
                     "numbers: they need machines of one kind, and the same libraries",
                     first, r);
  }
  return HMFM_OK;
}

hmfm_status hmfm_ranks_advance(hmfm_ensemble *ensemble, size_t n_sweeps, hmfm_draws *draws,
                               int *signal, hmfm_error *error) {
  if (hmfm_comm_size() == 1) return hmfm_ensemble_advance(ensemble, n_sweeps, error);
  ask(HMFM_ASK_ADVANCE, 0, n_sweeps);
  const hmfm_reply mine = hmfm_spread_advance(&root.spread, ensemble, n_sweeps);
  hmfm_status status = collect(&mine, error);
  if (!status) status = compare(error);
  for (int r = 1; r < hmfm_comm_size(); r++) {
    if (root.reply[r].signal) *signal = root.reply[r].signal;
  }
  return receive(ensemble, draws, take_draws, status, error);
}

hmfm_status hmfm_ranks_states(hmfm_ensemble *ensemble, hmfm_error *error) {
  const hmfm_reply mine = {0};
  if (hmfm_comm_size() == 1) return HMFM_OK;
  ask(HMFM_ASK_STATES, 0, 0);
  const hmfm_status status = collect(&mine, error);
  return receive(ensemble, NULL, take_state, status, error);
}
