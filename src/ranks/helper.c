/* A helper: does what the root asks for, until it asks for the end. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "chain/checkpoint.h"
#include "ranks/comm.h"
#include "ranks/parcel.h"
#include "ranks/ranks.h"
#include "ranks/spread.h"

typedef struct helper {
  int (*signal)(void);
  hmfm_spread spread;
  hmfm_dataset *data;
  hmfm_settings settings;
  hmfm_run run;
  hmfm_model *model;
  hmfm_draws *draws; /* of the first of a group: all of its chains; of the others: the last one */
  hmfm_ensemble *ensemble;
  size_t sent; /* draws of each chain that the root has */
} helper;

static void clear(helper *h) {
  hmfm_ensemble_destroy(h->ensemble);
  hmfm_draws_destroy(h->draws);
  hmfm_model_destroy(h->model);
  hmfm_settings_clear(&h->settings);
  hmfm_dataset_destroy(h->data);
  hmfm_spread_clear(&h->spread);
}

/* Of ranks that carry the same chain one keeps the draws; the others judge them alike. */
static hmfm_status judge_draw(void *context, size_t chain, size_t draw, const hmfm_chain *state,
                              hmfm_error *error) {
  const hmfm_sink sink = hmfm_draws_sink(context);
  (void)draw;
  return sink.record(sink.context, chain, 0, state, error);
}

static hmfm_status make_chains(helper *h, hmfm_error *error) {
  hmfm_run kept = h->run;
  const int first = h->spread.shard.index == 0;
  if (!first) {
    kept.draws = 1;
    kept.save_allocations = kept.save_components = kept.save_log_likelihood = 0;
  }
  hmfm_status status = hmfm_draws_create(h->model, &kept, &h->draws, error);
  if (status) return status;
  const hmfm_sink sink =
      first ? hmfm_draws_sink(h->draws) : (hmfm_sink){.context = h->draws, .record = judge_draw};
  return hmfm_spread_ensemble(&h->spread, h->model, &h->run, sink, &h->ensemble, error);
}

/* The number of chains comes with the run, so that ranks are grouped after it was read; all of them can read it
 * or none. */
static hmfm_status begin(helper *h, hmfm_cursor *cursor, int shard, hmfm_error *error) {
  hmfm_settings_defaults(&h->settings);
  hmfm_status status = hmfm_parcel_take_data(cursor, &h->data, error);
  if (!status) status = hmfm_parcel_take_asked(cursor, &h->settings, &h->run, error);
  if (status) hmfm_spread_end_all(error);
  status = hmfm_spread_init(h->run.chains, shard, &h->spread, error);
  if (!status) status = hmfm_model_create(h->data, &h->settings, NULL, &h->model, error);
  return status ? status : make_chains(h, error);
}

static hmfm_status restore(helper *h, const void *bytes, size_t n, hmfm_error *error) {
  hmfm_checkpoint_info info;
  hmfm_status status = hmfm_ensemble_restore(h->ensemble, bytes, n, error);
  if (!status) status = hmfm_checkpoint_describe(bytes, n, &info, error);
  if (!status) h->sent = info.made;
  return status;
}

/* The allocations stand in the bytes as an array would. */
static hmfm_status start(helper *h, hmfm_cursor *cursor, hmfm_error *error) {
  const size_t chain = (size_t)hmfm_cursor_count(cursor);
  const void *allocation = hmfm_cursor_skip(cursor, cursor->left);
  return hmfm_ensemble_start(h->ensemble, chain, allocation, NULL, error);
}

static hmfm_status use_bytes(helper *h, const hmfm_request *request, hmfm_cursor *cursor,
                             hmfm_error *error) {
  if (request->what == HMFM_ASK_BEGIN) return begin(h, cursor, request->shard, error);
  if (request->what == HMFM_ASK_START) return start(h, cursor, error);
  return restore(h, cursor->at, cursor->left, error);
}

/* Bytes that the root has broadcast. */
static hmfm_reply take_bytes(helper *h, const hmfm_request *request) {
  hmfm_reply reply = {0};
  const size_t n = (size_t)request->n;
  unsigned char *bytes = hmfm_calloc(n, 1);
  if (!bytes) {
    hmfm_fail_memory(&reply.error, "a copy of the data");
    hmfm_spread_end_all(&reply.error);
  }
  hmfm_comm_broadcast(bytes, n);
  hmfm_cursor cursor = {bytes, n, 0};
  const hmfm_status status = use_bytes(h, request, &cursor, &reply.error);
  hmfm_free(bytes);
  if (!status) reply.error.status = HMFM_OK;
  return reply;
}

static hmfm_reply advance(helper *h, size_t n_sweeps, hmfm_bytes *out) {
  hmfm_reply reply = hmfm_spread_advance(&h->spread, h->ensemble, n_sweeps);
  size_t last = h->sent;
  if (reply.error.status || h->spread.shard.index > 0) return reply;
  for (size_t c = 0; c < h->run.chains; c++) {
    if (!h->spread.here[c]) continue;
    last = h->draws->chain_draws[c] > h->sent ? h->draws->chain_draws[c] : h->sent;
    hmfm_bytes_put_count(out, c);
    hmfm_bytes_put_count(out, hmfm_ensemble_clusters(h->ensemble, c));
    hmfm_bytes_put_count(out, hmfm_ensemble_splits(h->ensemble, c));
    hmfm_parcel_put_draws(out, h->draws, c, h->sent, last);
  }
  h->sent = last;
  return reply;
}

static void put_states(const helper *h, hmfm_bytes *out) {
  for (size_t c = 0; h->spread.shard.index == 0 && c < h->run.chains; c++) {
    hmfm_bytes state = {0};
    if (!h->spread.here[c]) continue;
    hmfm_checkpoint_put_chain(&state, h->ensemble->chain[c]->state);
    hmfm_bytes_put_count(out, c);
    hmfm_bytes_put_count(out, state.size);
    hmfm_bytes_put(out, state.data, state.size);
    out->failed |= state.failed;
    hmfm_free(state.data);
  }
}

static void answer(helper *h, const hmfm_request *request) {
  hmfm_reply reply = {0};
  hmfm_bytes out = {0};
  switch ((hmfm_ask)request->what) {
  case HMFM_ASK_END: return;
  case HMFM_ASK_BEGIN:
  case HMFM_ASK_START:
  case HMFM_ASK_RESTORE: reply = take_bytes(h, request); break;
  case HMFM_ASK_ADVANCE: reply = advance(h, (size_t)request->n, &out); break;
  case HMFM_ASK_STATES: put_states(h, &out); break;
  }
  if (out.failed) hmfm_fail_memory(&reply.error, "what goes to the root");
  if (!reply.error.status) reply.bytes = out.size;
  reply.signal = h->signal();
  hmfm_comm_collect(&reply, sizeof reply, NULL);
  hmfm_comm_send(out.data, (size_t)reply.bytes);
  hmfm_free(out.data);
}

void hmfm_ranks_help(int (*signal)(void)) {
  helper h = {.signal = signal};
  hmfm_request request = {0};
  do {
    hmfm_comm_broadcast(&request, sizeof request);
    answer(&h, &request);
  } while (request.what != HMFM_ASK_END);
  clear(&h);
}
