/* What writing and reading checkpoints share; the public side is hmfm/chain.h, the layout in checkpoint.c. */
#ifndef CHAIN_CHECKPOINT_H
#define CHAIN_CHECKPOINT_H

#include "base/bytes.h"
#include "chain/ensemble.h"

enum { HMFM_CHECKPOINT_MAGIC = 8, HMFM_CHECKPOINT_HEAD = 32 }; /* bytes */
extern const char hmfm_checkpoint_magic[HMFM_CHECKPOINT_MAGIC];
#define HMFM_CHECKPOINT_FORMAT UINT64_C(5)
#define HMFM_CHECKPOINT_ORDER UINT64_C(0x0102030405060708)

/* A piece of the bytes: n characters, no terminator. */
typedef struct hmfm_piece {
  const char *at;
  size_t n;
} hmfm_piece;

/* The description of a run: what its draws depend on. */
typedef struct hmfm_run_mark {
  hmfm_piece version, model, algorithm;
  uint64_t data, rows, units, groups, covariates;
  uint64_t seed, chains, warmup, thin, anneal, splits, start;
  uint64_t identity; /* hash of the bytes of all that */
} hmfm_run_mark;

/* Writes the description of an ensemble's run; takes one from bytes. */
void hmfm_checkpoint_put_run(hmfm_bytes *out, const hmfm_ensemble *ensemble);
hmfm_run_mark hmfm_checkpoint_take_run(hmfm_cursor *cursor);

/* Checks that the bytes are a whole checkpoint of this version, and reads up to what the chains have;
 * *cursor then stands there, and ends where they do. */
hmfm_status hmfm_checkpoint_open(const void *bytes, size_t size, hmfm_cursor *cursor,
                                 hmfm_run_mark *run, hmfm_checkpoint_info *info, hmfm_error *error);

/* Writes what a chain has. */
void hmfm_checkpoint_put_chain(hmfm_bytes *out, const hmfm_state *state);

/* Numbers a chain of the model has: hyperparameters, shares, regression coefficients. */
size_t hmfm_checkpoint_hyper(const hmfm_model *model);
size_t hmfm_checkpoint_shares(const hmfm_model *model, size_t n_components);
size_t hmfm_checkpoint_beta(const hmfm_model *model);

#endif
