/* Random streams from a counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, SC'11).
 *
 * Every random number of a run has an address and is a function of it alone:
 *   key     = the run's 64-bit seed
 *   counter = (index, kernel * 2^24 + block, sweep, chain), 32 bits each.
 * So no draw depends on how many numbers another one used or on which thread made it, and there is
 * no generator state to save. This addressing is part of what "same seed, same draws" means. */
#ifndef RNG_PHILOX_H
#define RNG_PHILOX_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

/* Who draws: the kernel part of the address. Numbers are never reused or changed. */
enum hmfm_stream_kernel {
  HMFM_STREAM_START = 1,    /* starting states */
  HMFM_STREAM_ALLOCATE = 2, /* allocations */
  HMFM_STREAM_COMPONENTS = 3,
  HMFM_STREAM_HYPER = 4,
  HMFM_STREAM_WEIGHTS = 5,
  HMFM_STREAM_ATOMS = 6,
  HMFM_STREAM_REGRESSION = 7,
  HMFM_STREAM_JUMP = 8,
  HMFM_STREAM_REALLOCATE = 9, /* allocations that follow an accepted jump */
  HMFM_STREAM_AUXILIARY = 10,
  HMFM_STREAM_SAVE_WEIGHTS = 11, /* drawn for saving only, by samplers that integrate them out */
  HMFM_STREAM_SAVE_ATOMS = 12,
  HMFM_STREAM_SPLIT_MERGE = 13,
  HMFM_STREAM_SCAN = 14, /* allocations one unit after another */
  HMFM_STREAM_RELOCATE = 15,
  HMFM_STREAM_TELESCOPE = 16,    /* allocations one unit after another, M kept */
  HMFM_STREAM_DIRECT = 17,       /* allocations one unit after another, shares kept */
  HMFM_STREAM_FRANCHISE = 18,    /* tables, and which cluster each serves */
  HMFM_STREAM_OPEN = 19,         /* empty components of infinitely many */
  HMFM_STREAM_SAVE_OPEN = 20,    /* the same, for saving only */
  HMFM_STREAM_ANNEAL = 21,       /* annealed paths: four blocks a step */
  HMFM_STREAM_ANNEAL_GROUP = 22, /* the same for one group */
  HMFM_STREAM_SIMULATE = 64,     /* 64..79: simulated data */
  HMFM_STREAM_PRIOR = 80,        /* draws of the prior for laws of counts */
  HMFM_STREAM_PARTITION = 81,    /* search of the point partition: sweep is the run */
  HMFM_STREAM_NEW_GROUP =
      82, /* weights and beta of a group that is not among the data; sweep is the draw */
  HMFM_STREAM_PREDICT = 83,      /* observations from a posterior; sweep is which */
  HMFM_STREAM_SUBPARTITION = 84, /* order of units in a search; sweep is the run */
};

/* The bijection itself: out = Philox4x32-10 of counter under key. */
void hmfm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* A stream as a GSL generator, so that every law of GSL can draw from it. Its get gives 32 bits, its
 * get_double 53. gsl_rng_set sets the seed and rewinds to address 0; hmfm_stream_open does more. */
extern const gsl_rng_type *const hmfm_rng_philox;

/* A generator of the given seed and chain; NULL when out of memory (gsl_rng_alloc would call GSL's
 * error handler, which aborts). destroy accepts NULL. */
gsl_rng *hmfm_stream_create(uint64_t seed, uint32_t chain);
void hmfm_stream_destroy(gsl_rng *stream);

/* Moves it to the start of the stream (sweep, kernel, block); block < 2^24. */
void hmfm_stream_open(gsl_rng *stream, uint64_t sweep, enum hmfm_stream_kernel kernel,
                      size_t block);

/* Uniforms in [0,1) number first .. first+n-1 of the open stream, 53 bits each, wherever the
 * stream's own position is; element k is a function of the address and k alone. A stream is used
 * either this way or as a generator, not both. */
void hmfm_stream_uniforms(const gsl_rng *stream, size_t first, size_t n, double *out);

#endif
