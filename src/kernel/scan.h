/* A scan: units leave their cluster one after another and enter one anew, weights and atoms integrated out.
 * Not a kernel: what the kernels allocate_... share that do so. */
#ifndef KERNEL_SCAN_H
#define KERNEL_SCAN_H

#include "rng/philox.h"
#include "state/state.h"

/* What sets one scan apart from another. Units first, first + stride, ... are allocated anew, by one
 * uniform each of the stream; which they are depends on the sweep alone. weigh gives, for a unit of the
 * group that counts leave out, the prior weight of every slot: 0 for empty
 * slots, but for the slot `fresh`, which stands for a new cluster. It may be called by several threads at once, and
 * of the counts in groups it looks at those of this group alone. */
typedef struct hmfm_scan {
  enum hmfm_stream_kernel stream;
  size_t first, stride;
  void (*weigh)(const hmfm_state *state, const hmfm_counts *counts, size_t group, size_t fresh,
                double *weight);
  /* What else goes with a unit; both may be NULL. It has left a slot, or entered one, which that
   * emptied or opened; it is the scan's unit number `drawn`. */
  void (*left)(hmfm_state *state, size_t unit, size_t group, size_t slot, int emptied);
  void (*entered)(hmfm_state *state, size_t unit, size_t group, size_t slot, int opened,
                  size_t drawn);
  int tables; /* 1: they do something for a unit, too, that goes back to where it was with others */
} hmfm_scan;

/* The slot that a unit, left out of counts, enters: log_f has its log predictive densities in all slots, both
 * arrays are overwritten, the weights up to a whole HMFM_STEP. counts->n_slots where no weight is a number. */
size_t hmfm_scan_choose(const hmfm_state *state, const hmfm_scan *scan, const hmfm_counts *counts,
                        size_t group, size_t fresh, double uniform, double *weight,
                        const double *log_f);

/* Of units number `drawn` .. of a scan, how many are sure to stay where they are, one after another; maybe more do.
 * fresh as for weigh. 0 where looking does not pay. */
size_t hmfm_foresee(hmfm_state *state, const hmfm_scan *scan, size_t drawn, size_t fresh);

/* A second uniform of the scan's unit number `drawn`. */
double hmfm_scan_uniform(const hmfm_state *state, size_t drawn);

/* A unit enters a slot with probability proportional to its weight times the predictive density of the
 * unit's observations there. M is left alone. */
hmfm_status hmfm_scan_run(hmfm_state *state, const hmfm_scan *scan, hmfm_error *error);

#endif
