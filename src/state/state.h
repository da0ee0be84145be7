/* Everything a sweep changes, and the work space it needs: one per chain, with a desk for each of its threads. */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include <gsl/gsl_rng.h>

#include "state/desk.h"
#include "state/partition.h"

/* How far the threads of a team look ahead of a scan (kernel/foresee.c): over how many units, or, when that did not
 * pay, how many in a row have stayed where they were since. No draw depends on it. */
enum { HMFM_FORESIGHT = 2 * HMFM_TILE };
typedef struct hmfm_foresight {
  size_t ahead, stayed;
} hmfm_foresight;

/* How many splits and merges are proposed in a sweep, and what has come of them: chain/pace.c sets the one by the
 * other. Between sweeps number and counts are part of the state. */
enum { HMFM_PACE_COUNTS = 7, HMFM_PACE_FIRST = 5 /* proposals until then */ };
typedef struct hmfm_pace {
  size_t number;      /* proposals in a sweep; 0: none */
  size_t clusters[2]; /* K before this sweep, and after its proposals */
  uint64_t sweeps;    /* counted; in them: */
  uint64_t proposals; /* proposals */
  uint64_t accepted;  /* of them */
  uint64_t units;     /* units that they allocated */
  uint64_t others;    /* squares of what the rest of a sweep did to K, summed */
  uint64_t steps;     /* the same of whole sweeps */
} hmfm_pace;

/* Between sweeps the state proper is (allocation, M, hyperparameters, beta, address of the random
 * stream), with clusters labelled by first appearance; the rest is drawn or computed from it. */
typedef struct hmfm_state {
  const hmfm_model *model;
  hmfm_partition partition;
  size_t n_components; /* M; slots 0 .. M-1 */
  void *process;       /* the mixing's hyperparameters */
  double *beta;        /* n_blocks x r */
  void *work;          /* the family's: residuals at beta, cluster statistics, scores */

  size_t capacity;       /* components there is room for */
  double *log_weight;    /* n_groups x capacity */
  double *atom;          /* n_atom x capacity */
  int components_drawn;  /* 1: log_weight and atom are of this draw, not left from earlier */
  double *unit_log_lik;  /* n_units: log likelihood of each unit, allocation summed out */
  int unit_log_lik_made; /* 1: unit_log_lik is of this draw */
  int log_lik_wanted;    /* 1: unit_log_lik of this sweep will be saved */
  int clusters_made;     /* 1: the family's cluster statistics are those of the partition */
  double log_lik;        /* of a completed draw: log likelihood given its allocations */

  gsl_rng *stream;
  size_t path_length; /* steps of an annealed path */
  size_t path_every;  /* sweeps from one to the next; 0: none */

  hmfm_pace pace;

  uint64_t sweep; /* part of the address of every number drawn; the start is sweep 0 */

  hmfm_team team;
  hmfm_desk *desk; /* team.members of them, each with room for `capacity` components */

  hmfm_foresight foresight;

  /* work space of kernels */
  double *bound;            /* capacity + HMFM_STEP */
  double *weight;           /* capacity + HMFM_STEP */
  int32_t *list;            /* capacity */
  double *square;           /* 2 x r x r */
  double *vector;           /* 3 x r */
  double *moments;          /* r x (r + 1), in block strides, for each of the regression's sums */
  double *piece_sum;        /* one for each of the model's pieces */
  size_t wave_tiles;        /* 1, or, for a team of several, as many as it makes in one go */
  double *wave;             /* with covariates: wave_tiles x capacity x HMFM_TILE */
  double *unit_top;         /* with covariates: n_units */
  double *values;           /* the mixing's variables, all in a row */
  double *concentration;    /* n_groups */
  size_t n_beta;            /* n_blocks x r */
  double *kept_beta;        /* n_beta: where an annealed path began */
  int32_t *kept_allocation; /* n_units: the same */
  int32_t *unit_list;       /* n_units + 1 */
  int32_t *unit_pick;       /* n_units */
  int32_t *unit_table;      /* n_units */
  size_t n_tables;          /* tables that unit_table has */
  unsigned char *unit_side; /* n_units + HMFM_TILE */
} hmfm_state;

hmfm_status hmfm_state_create(const hmfm_model *model, uint64_t seed, uint32_t chain,
                              hmfm_state **out, hmfm_error *error);
void hmfm_state_destroy(hmfm_state *state);

/* A team of so many members works for the chain from now on; at first it is one. */
hmfm_status hmfm_state_team(hmfm_state *state, int members, hmfm_error *error);

/* Room for n_slots components; keeps what there is. */
hmfm_status hmfm_state_reserve(hmfm_state *state, size_t n_slots, hmfm_error *error);

/* Draws a starting state from the prior, all but the partition, which depends on the chain so that
 * chains start far apart: chain 0 cuts the units, in order of size, into 8 clusters; 1 puts all in
 * one; 2 cuts them into 40; 3 scatters them over 3 at random; and so on again. There are never more
 * clusters than units, or than components there may be. */
hmfm_status hmfm_state_start(hmfm_state *state, size_t chain, hmfm_error *error);

/* The same, but with clusters (labels < n_clusters, none empty) or regression coefficients (n_blocks x r) that are
 * given; NULL: those hmfm_state_start has. */
hmfm_status hmfm_state_start_at(hmfm_state *state, size_t chain, const int32_t *allocation,
                                size_t n_clusters, const double *beta, hmfm_error *error);

/* The most clusters a start may have: no more than there are units, nor than the law of M allows. */
size_t hmfm_state_most_clusters(const hmfm_state *state);

/* Sets the partition (slots < n_slots) and M, which must be at least the number of clusters. */
hmfm_status hmfm_state_set_partition(hmfm_state *state, const int32_t *allocation, size_t n_slots,
                                     size_t n_components, hmfm_error *error);
/* Residuals of all units made afresh from beta. */
void hmfm_state_residuals(hmfm_state *state);

/* Cluster statistics of all slots made afresh, in unit order, unless the kernel before has kept them. */
void hmfm_state_clusters(hmfm_state *state);

/* Labels clusters by first appearance; weights and atoms move with them. */
void hmfm_state_relabel(hmfm_state *state);

/* The regression coefficients of a group, r of them; NULL when r = 0. */
const double *hmfm_state_beta(const hmfm_state *state, size_t group);

#endif
