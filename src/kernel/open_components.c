/* Empty components of the infinitely many that the hierarchical Dirichlet process has.
 *
 * Moves that draw weights and atoms know a finite set S of components: those, clusters or empty, whose share
 * is above a level that does not depend on what these moves change. Restricted to S and to the units that
 * are in it, each move leaves the posterior invariant, exactly: nothing is truncated. Which empty
 * components there are above the level is drawn here from their law given the partition, by breaking sticks off
 * the rest until what remains is below it. A cluster with a smaller share is not in S: it is frozen, its
 * units stay where they are, and the collapsed moves alone see to them. */
#include "kernel/kernel.h"
#include "model/mixing_hdp.h"
#include "rng/philox.h"

/* Empty components above the level in slots K, K + 1, ..., M - 1. */
static hmfm_status draw(hmfm_state *state, enum hmfm_stream_kernel stream, hmfm_error *error) {
  hmfm_hdp_process *process = state->process;
  const size_t K = state->partition.n_clusters;
  const double level = hmfm_hdp_level(process);
  hmfm_stream_open(state->stream, state->sweep, stream, 0);
  const size_t M = hmfm_hdp_break(process, state->stream, K, level, 0);
  /* one slot more: all that is left, as one component of a draw that is saved */
  hmfm_status status = hmfm_state_reserve(state, M + 1, error);
  if (status) return status;
  hmfm_stream_open(state->stream, state->sweep, stream, 0);
  hmfm_hdp_break(process, state->stream, K, level, 1);
  state->n_components = M;
  state->components_drawn = 0;
  return HMFM_OK;
}

static hmfm_status open_all(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = draw(state, HMFM_STREAM_OPEN, error);
  if (!status) hmfm_hdp_open(state->process, state->n_components);
  return status;
}

static hmfm_status close_all(hmfm_state *state, hmfm_error *error) {
  (void)error;
  hmfm_hdp_close(state->process, state->partition.n_clusters);
  state->n_components = state->partition.n_clusters;
  state->components_drawn = 0;
  return HMFM_OK;
}

hmfm_status hmfm_components_complete(hmfm_state *state, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  if (!state->components_drawn) status = draw(state, HMFM_STREAM_SAVE_OPEN, error);
  if (!status) status = hmfm_state_reserve(state, state->n_components + 1, error);
  if (!status) hmfm_hdp_lump(state->process, state->n_components);
  return status;
}

const hmfm_kernel hmfm_kernel_open_components = {
    .name = "open_components",
    .law = "shares of empty components | shares of clusters, gamma0",
    .apply = open_all,
};
const hmfm_kernel hmfm_kernel_close_components = {
    .name = "close_components",
    .law = "nothing: empty components are forgotten",
    .apply = close_all,
};
