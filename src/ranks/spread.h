/* How a run is spread over ranks, and the words in which root and helpers speak of it. */
#ifndef RANKS_SPREAD_H
#define RANKS_SPREAD_H

#include "chain/ensemble.h"
#include "hmfm/draws.h"

/* Ranks are in groups: rank r in group r modulo their number. Group g has the chains g, g + groups, ...; its ranks
 * all carry them and share the pieces of their work. The first of a group hands the draws on to the root.
 * There are as many groups as ranks or, if that is fewer, chains; with --shard, one. */
typedef struct hmfm_spread {
  int groups, group;
  hmfm_shard shard;    /* this rank among those of its group */
  unsigned char *here; /* chains: 1 for those of the group */
} hmfm_spread;

/* All ranks call it together. */
hmfm_status hmfm_spread_init(size_t chains, int shard, hmfm_spread *out, hmfm_error *error);
void hmfm_spread_clear(hmfm_spread *spread);

/* The chains of the group; threads of a run that says nothing of them are as many as each rank can have. */
hmfm_status hmfm_spread_ensemble(const hmfm_spread *spread, const hmfm_model *model,
                                 const hmfm_run *run, hmfm_sink sink, hmfm_ensemble **out,
                                 hmfm_error *error);

/* What the root asks for. Bytes that go with it, n of them, are broadcast next. Every rank answers with a reply,
 * but to HMFM_ASK_END, and after that sends the bytes it has promised. */
typedef enum hmfm_ask {
  HMFM_ASK_END,
  HMFM_ASK_BEGIN,   /* n bytes: data, settings and run */
  HMFM_ASK_START,   /* n bytes: the number of a chain, and allocations that it starts at */
  HMFM_ASK_RESTORE, /* n bytes: a checkpoint */
  HMFM_ASK_ADVANCE, /* n sweeps; sends draws */
  HMFM_ASK_STATES   /* sends what a checkpoint has of each chain */
} hmfm_ask;

typedef struct hmfm_request {
  int what, shard;
  uint64_t n;
} hmfm_request;

typedef struct hmfm_reply {
  hmfm_error error; /* status HMFM_OK: all went well */
  int signal;
  uint64_t chain; /* that failed */
  uint64_t bytes; /* to come */
  uint64_t hash;  /* of the state, where others have the same */
} hmfm_reply;

/* Says what went wrong here, and ends the program on all ranks: for a rank that fails while others wait for it. */
void hmfm_spread_end_all(const hmfm_error *error);

/* Advances this rank's chains; the reply says how it went. Where others carry the same chains and this rank alone
 * cannot go on, the program ends on all ranks. */
hmfm_reply hmfm_spread_advance(const hmfm_spread *spread, hmfm_ensemble *ensemble, size_t n_sweeps);

#endif
