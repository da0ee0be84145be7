/* A tape of draws: a sink that keeps, per chain, everything a draw is made of as one row of numbers. */
#ifndef UNIT_SUPPORT_TAPE_H
#define UNIT_SUPPORT_TAPE_H

#include "chain/chain.h"

enum { TAPE_CHAINS = 8, TAPE_DRAWS = 256, TAPE_WIDTH = 512 };

typedef struct tape {
  size_t recorded[TAPE_CHAINS];
  size_t sweep[TAPE_CHAINS][TAPE_DRAWS]; /* when each draw was taken */
  size_t width[TAPE_CHAINS][TAPE_DRAWS]; /* numbers in the row */
  double *row[TAPE_CHAINS]
             [TAPE_DRAWS]; /* K, M, hyperparameters, beta, allocations, shares, first atoms and
                                             weights, log likelihoods */
  int fail_at;             /* recording this draw of any chain fails; -1: none */
  int components;          /* 1: atoms, weights and log likelihoods are kept too */
} tape;

tape *tape_create(void);
void tape_destroy(tape *t);
hmfm_sink tape_sink(tape *t);

/* Runs all sweeps of a run, `chunk` sweeps a call; records on a new tape. Fails the running test where
 * the library reports an error. */
tape *tape_run(const hmfm_model *model, const hmfm_run *run, size_t chunk, int components);

/* Fails the running test unless draw a of chain c on one tape equals draw b of it on the other, bit by
 * bit. */
void tape_compare(const tape *x, size_t a, const tape *y, size_t b, size_t chain);
/* Fails unless all numbers of all draws are finite. */
void tape_finite(const tape *t);

#endif
