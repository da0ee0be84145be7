/* Chains of a group of ranks: made, advanced, and watched for ranks that have gone ways of their own. */
#include "ranks/spread.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/error.h"
#include "ranks/comm.h"
#include "ranks/ranks.h"

hmfm_status hmfm_spread_init(size_t chains, int shard, hmfm_spread *out, hmfm_error *error) {
  const int size = hmfm_comm_size(), rank = hmfm_comm_rank();
  out->groups = shard ? 1 : (size_t)size < chains ? size : (int)chains;
  out->group = rank % out->groups;
  hmfm_comm_group(out->group, &out->shard);
  out->here = hmfm_calloc(chains, 1);
  out->shard.at = hmfm_calloc((size_t)out->shard.count + 1, sizeof *out->shard.at);
  if (!out->here || !out->shard.at) return hmfm_fail_memory(error, "the chains");
  for (size_t c = 0; c < chains; c++) out->here[c] = c % (size_t)out->groups == (size_t)out->group;
  return HMFM_OK;
}

void hmfm_spread_clear(hmfm_spread *spread) {
  hmfm_free(spread->here);
  hmfm_free(spread->shard.at);
  *spread = (hmfm_spread){0};
}

hmfm_status hmfm_spread_ensemble(const hmfm_spread *spread, const hmfm_model *model,
                                 const hmfm_run *run, hmfm_sink sink, hmfm_ensemble **out,
                                 hmfm_error *error) {
  hmfm_run own = *run;
  hmfm_ensemble *ensemble;
  if (own.threads == 0) own.threads = hmfm_ranks_threads();
  hmfm_status status = hmfm_ensemble_create_some(model, &own, spread->here, sink, &ensemble, error);
  if (status) return status;
  if (spread->shard.count > 1) hmfm_ensemble_shard(ensemble, &spread->shard);
  *out = ensemble;
  return HMFM_OK;
}

/* Of all that later sweeps depend on, what is soon different where anything is. */
static uint64_t hash_state(const hmfm_state *state, uint64_t hash) {
  const hmfm_partition *partition = &state->partition;
  const hmfm_regression *regression = &state->model->regression;
  const size_t n_beta = regression->n_blocks * regression->n_covariates;
  hash = hmfm_hash(hash, &state->n_components, sizeof state->n_components);
  hash = hmfm_hash(hash, partition->total, partition->n_clusters * sizeof *partition->total);
  return hmfm_hash(hash, state->beta, n_beta * sizeof *state->beta);
}

void hmfm_spread_end_all(const hmfm_error *error) {
  fprintf(stderr, "hmfm sample: rank %d: %s\n", hmfm_comm_rank(), error->message);
  fflush(stderr);
  hmfm_comm_abort(1);
}

/* A numerical failure is everybody's in the group, since all have the same numbers; any other one is this
 * rank's alone. */
hmfm_reply hmfm_spread_advance(const hmfm_spread *spread, hmfm_ensemble *ensemble,
                               size_t n_sweeps) {
  hmfm_reply reply = {.hash = HMFM_HASH_START};
  const hmfm_status status = hmfm_ensemble_advance(ensemble, n_sweeps, &reply.error);
  const int shared = spread->shard.count > 1;
  if (status && status != HMFM_ENUMERIC && shared) hmfm_spread_end_all(&reply.error);
  for (size_t c = 0; c < ensemble->run.chains; c++) {
    if (status && ensemble->status[c] && reply.error.status) {
      reply.chain = c;
      break;
    }
    if (shared && ensemble->chain[c])
      reply.hash = hash_state(ensemble->chain[c]->state, reply.hash);
  }
  if (!status) reply.error.status = HMFM_OK;
  return reply;
}
