/* The HDP mixing's numbers, for its own kernels. G0 has infinitely many components; the process knows the
 * shares of those that are clusters, and of empty ones while they are open, each in its slot. */
#ifndef MODEL_MIXING_HDP_H
#define MODEL_MIXING_HDP_H

#include "model/mixing.h"

typedef struct hmfm_hdp_prior {
  double alpha, gamma0; /* NaN: random */
  double alpha_shape, alpha_rate, gamma0_shape, gamma0_rate;
  double level; /* see hmfm_hdp_level */
} hmfm_hdp_prior;

/* Between kernels the shares of clusters, the shares of empty components in slots below n_open, and rest
 * sum to 1. */
typedef struct hmfm_hdp_process {
  const hmfm_hdp_prior *prior;
  double alpha, gamma0;
  double rest;   /* beta_u: what no cluster and no open component has of G0 */
  double left;   /* what remains of it beside the components broken off for the draw under way */
  size_t n_open; /* 0: no empty component is open */
  size_t capacity;
  double *share;   /* capacity: beta_k */
  double *mass;    /* capacity: alpha beta_k */
  double *movable; /* capacity: the same, but 0 where the share is not above the level */
  double *space;   /* capacity + 1 */
  int32_t *tables; /* capacity: m_.k, while tables are known */
} hmfm_hdp_process;

/* No share and no concentration is smaller: their product must be a number. */
extern const double hmfm_hdp_least;

/* A new cluster takes a Beta(1, gamma0) part of the rest, made from a uniform in [0, 1). A cluster that has
 * lost its last unit gives its share back. */
void hmfm_hdp_birth(hmfm_hdp_process *process, size_t slot, double uniform);
void hmfm_hdp_death(hmfm_hdp_process *process, size_t slot);

/* The share of `whole` is cut at v = cut for two new clusters, or those of a and b make one. */
void hmfm_hdp_split(hmfm_hdp_process *process, size_t whole, double cut, const size_t part[2]);
void hmfm_hdp_merge(hmfm_hdp_process *process, size_t a, size_t b, size_t whole);

/* Shares given tables: Dirichlet(m_.1, ..., m_.K, gamma0), over the slots that have tables. */
void hmfm_hdp_draw_shares(hmfm_hdp_process *process, gsl_rng *rng, size_t n_slots);

/* Empty components with a share above this are opened. It depends on the number of units and gamma0 alone. */
double hmfm_hdp_level(const hmfm_hdp_process *process);

/* Breaks the rest, stick by stick, into empty components in slots first, first + 1, ..., leaving
 * out those not above the level, and sets left; rest is not changed. Returns one past the last slot. store = 0:
 * only counts slots. */
size_t hmfm_hdp_break(hmfm_hdp_process *process, gsl_rng *rng, size_t first, double level,
                      int store);
/* What hmfm_hdp_break has made, in slots below n_open, takes part in a sweep: out of the rest, until
 * close puts back whatever in slots from n_clusters on is empty then. */
void hmfm_hdp_open(hmfm_hdp_process *process, size_t n_open);
void hmfm_hdp_close(hmfm_hdp_process *process, size_t n_clusters);
/* All that is left becomes one component in this slot. */
void hmfm_hdp_lump(hmfm_hdp_process *process, size_t slot);

#endif
