/* What a kernel is: a transition that leaves the posterior of the state invariant. A file each; a
 * sweep is a list of them (src/chain/schedule.c).
 *
 * Every kernel opens the random streams it draws from by its own number and, where it goes from group
 * to group, the group's (rng/philox.h), so kernels may be added or left out without touching
 * the numbers that others draw. */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "state/state.h"

/* What kernels leave to each other besides the state proper: split_merge and the scans keep cluster
 * statistics (clusters_made) and may leave empty slots between clusters, which the scans tidy up;
 * atoms, relocate, weights, regression and the jumps need clusters in slots below M, as scans and
 * relabel leave them, and, after atoms, scores of these atoms in the family's work space. */
typedef struct hmfm_kernel {
  const char *name;
  const char *law; /* what is drawn, given what */
  int poisson;     /* 1: sums M out in the way that only a Poisson M allows */
  hmfm_status (*apply)(hmfm_state *state, hmfm_error *error);
} hmfm_kernel;

extern const hmfm_kernel hmfm_kernel_components;           /* M | partition, hyper */
extern const hmfm_kernel hmfm_kernel_hyper;                /* hyper | partition, M */
extern const hmfm_kernel hmfm_kernel_weights;              /* weights | partition, M, hyper */
extern const hmfm_kernel hmfm_kernel_atoms;                /* atoms | partition, beta */
extern const hmfm_kernel hmfm_kernel_regression;           /* beta | partition, atoms */
extern const hmfm_kernel hmfm_kernel_relocate;             /* beta, partition | atoms, M, hyper */
extern const hmfm_kernel hmfm_kernel_jump;                 /* beta | weights, atoms */
extern const hmfm_kernel hmfm_kernel_jump_reallocate;      /* beta, partition | weights, atoms */
extern const hmfm_kernel hmfm_kernel_allocate_conditional; /* partition | weights, atoms, beta */
extern const hmfm_kernel hmfm_kernel_allocate_marginal;    /* partition, M | hyper, beta */
extern const hmfm_kernel hmfm_kernel_allocate_some;        /* the same for a 32nd of the units */
extern const hmfm_kernel hmfm_kernel_allocate_telescoping; /* partition | M, hyper, beta */
extern const hmfm_kernel hmfm_kernel_allocate_telescoping_some; /* the same for a 32nd */
extern const hmfm_kernel hmfm_kernel_allocate_direct;      /* partition, shares | hyper, beta */
extern const hmfm_kernel hmfm_kernel_allocate_direct_some; /* the same for a 32nd of the units */
extern const hmfm_kernel hmfm_kernel_allocate_franchise;   /* the same, shares integrated out */
extern const hmfm_kernel hmfm_kernel_open_components;      /* shares of empty components */
extern const hmfm_kernel hmfm_kernel_close_components;     /* nothing */
extern const hmfm_kernel hmfm_kernel_split_merge_shared;   /* partition, shares | hyper, beta */
extern const hmfm_kernel hmfm_kernel_split_merge_marginal; /* partition, M | hyper, beta */
extern const hmfm_kernel hmfm_kernel_anneal;               /* partition, beta | M, hyper */
extern const hmfm_kernel hmfm_kernel_anneal_group;         /* beta, partition of a group | atoms */
extern const hmfm_kernel hmfm_kernel_relabel;              /* labels by first appearance */

/* Draws weights and atoms where the sampler integrates them out, and sums allocations out of the units'
 * log likelihoods, so that a draw can be saved whole. Has streams of its own: whether a sweep is
 * saved does not change the sweeps after it. */
hmfm_status hmfm_kernel_complete(hmfm_state *state, int log_likelihood, hmfm_error *error);
/* Its part of infinitely many components: those that are open, and in one slot more the share of all
 * others. */
hmfm_status hmfm_components_complete(hmfm_state *state, hmfm_error *error);

#endif
