/* Addresses of the random numbers of simulated data; private to the room. */
#ifndef SIMULATE_STREAMS_H
#define SIMULATE_STREAMS_H

#include "rng/philox.h"

/* What numbers are for, with the other two parts of their address. Never reused or changed. */
typedef enum simulate_purpose {
  SIMULATE_REPEATS,    /* group, unit */
  SIMULATE_COVARIATE,  /* covariate, unit name */
  SIMULATE_HYPER,      /* 0, 0 */
  SIMULATE_WEIGHTS,    /* group, 0 */
  SIMULATE_ATOMS,      /* component, 0 */
  SIMULATE_BETA,       /* group, or 0 when shared; 0 */
  SIMULATE_ALLOCATION, /* group, unit; with exact counts group, 0 */
  SIMULATE_RESPONSE,   /* group, unit */
  SIMULATE_EXPOSURE,   /* group, unit */
} simulate_purpose;

static inline void simulate_open(gsl_rng *stream, simulate_purpose purpose, size_t major,
                                 size_t minor) {
  enum hmfm_stream_kernel kernel = (enum hmfm_stream_kernel)(HMFM_STREAM_SIMULATE + purpose);
  hmfm_stream_open(stream, major, kernel, minor);
}

#endif
