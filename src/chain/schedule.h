/* Algorithms: which kernels, in which order, make a sweep. */
#ifndef CHAIN_SCHEDULE_H
#define CHAIN_SCHEDULE_H

#include "hmfm/chain.h"
#include "kernel/kernel.h"

typedef enum hmfm_when { HMFM_ALWAYS, HMFM_WITH_COVARIATES } hmfm_when;

typedef struct hmfm_step {
  const hmfm_kernel *kernel;
  hmfm_when when;
} hmfm_step;

typedef struct hmfm_schedule {
  const char *name;
  const char *meaning;
  const char *mixing;    /* the mixing it samples */
  const hmfm_step *step; /* ends with a NULL kernel */
} hmfm_schedule;

/* The algorithm of that name for a mixing (NULL: for any); NULL when there is none. */
const hmfm_schedule *hmfm_schedule_find(const char *name, const char *mixing);

#endif
