/* What a split of a cluster is worth: the log ratio of the target after and before it. */
#ifndef KERNEL_SPLIT_RATIO_H
#define KERNEL_SPLIT_RATIO_H

#include "state/state.h"

/* What goes with the partition: M integrated out, or shares. */
typedef enum hmfm_split_variant { HMFM_SPLIT_SUM_M, HMFM_SPLIT_SHARES } hmfm_split_variant;

/* ln V of the numbers of clusters about one that was asked for, NaN until it is: from HMFM_SPLIT_REACH below it
 * to as many above it. Another one beyond begins anew. Good for one law, as long as hyperparameters stay. */
enum { HMFM_SPLIT_REACH = 4 };
typedef struct hmfm_split_known {
  size_t least;
  double log_V[2 * HMFM_SPLIT_REACH + 1];
} hmfm_split_known;
void hmfm_split_forget(hmfm_split_known *known, size_t n_clusters);

/* A split of S into A and B. Unless shares go with it, state->concentration has the gamma_j. */
typedef struct hmfm_split {
  const hmfm_state *state;
  hmfm_split_variant variant;
  hmfm_split_known *known; /* SUM_M */
  double mass[3];          /* SHARES: alpha beta of A, B and S */
  double cut;              /* SHARES: v */
} hmfm_split;

/* SHARES: beta_S = share is cut into beta_A = cut share and beta_B = (1 - cut) share. */
void hmfm_split_cut(hmfm_split *split, double cut, double share);

/* a_jA, a_jB (part 0, 1) or a_jS (part 2). */
double hmfm_split_mass(const hmfm_split *split, size_t group, int part);

/* C: the choice of clusters and units, on the way to n_clusters + 1 clusters, of which two have n_a and n_b units. */
double hmfm_split_choice(size_t n_clusters, size_t n_a, size_t n_b);

/* L: what one cluster more than n_clusters is worth; -inf where the law of M does not allow it. */
double hmfm_split_opening(const hmfm_split *split, size_t n_clusters);

/* The log ratio, all but C - ln q, from counts of the slots of A and B, and statistics of the slots of A, B and S.
 * opening: L. */
double hmfm_split_ratio(const hmfm_split *split, size_t a, size_t b, size_t whole, double opening);

#endif
