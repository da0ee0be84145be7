/* Sweeps that are one annealed path, of a few steps so that many are accepted: what the tests of the law of
 * paths alone run. */
#ifndef STAT_SUPPORT_PATHS_H
#define STAT_SUPPORT_PATHS_H

#include "chain/schedule.h"

/* A cluster is born or dies; a group, the next one in each sweep, melts and freezes (with counts nothing happens). */
extern const hmfm_step stat_anneal[], stat_anneal_group[];

#endif
