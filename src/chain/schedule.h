/* Algorithms: which kernels, in which order, make a sweep. */
#ifndef CHAIN_SCHEDULE_H
#define CHAIN_SCHEDULE_H

#include "hmfm/chain.h"
#include "kernel/kernel.h"

typedef enum hmfm_when {
  HMFM_ALWAYS,
  HMFM_WITH_COVARIATES,
  HMFM_POISSON_M, /* with prior-m poisson */
  HMFM_OTHER_M,   /* with any other */
} hmfm_when;

typedef struct hmfm_step {
  const hmfm_kernel *kernel;
  hmfm_when when;
} hmfm_step;

/* What chain/pace.c is to know of a sweep, splits apart. */
typedef struct hmfm_work {
  double unit;       /* what a unit costs */
  double most_share; /* of that work, the most that splits may take beside it */
} hmfm_work;

typedef struct hmfm_schedule {
  const char *name;
  const char *meaning;
  const char *mixing;    /* the mixing it samples */
  const hmfm_step *step; /* ends with a NULL kernel */
  hmfm_work work;
} hmfm_schedule;

/* 1 when the step is part of the sweep of such a model. */
static inline int hmfm_step_applies(const hmfm_step *step, int covariates, int poisson) {
  switch (step->when) {
  case HMFM_WITH_COVARIATES: return covariates;
  case HMFM_POISSON_M: return poisson;
  case HMFM_OTHER_M: return !poisson;
  case HMFM_ALWAYS: break;
  }
  return 1;
}

/* The algorithm of that name for a mixing (NULL: for any); NULL when there is none. */
const hmfm_schedule *hmfm_schedule_find(const char *name, const char *mixing);

#endif
