/* What the prior room knows of a mixing: exact laws, draws, means, and what a match solves for; private. To
 * add one, write a file that ends in such a table, and list it in laws.c. */
#ifndef PRIOR_PRIOR_LAW_H
#define PRIOR_PRIOR_LAW_H

#include <gsl/gsl_rng.h>

#include "hmfm/prior.h"
#include "model/mixing.h"

/* The groups of a model, as far as laws of counts see them. */
typedef struct hmfm_groups {
  size_t n_groups, n_units;
  size_t *size;               /* n_groups */
  size_t n_kinds;             /* groups of one size and one prior are of one kind */
  size_t *kind;               /* n_groups */
  size_t *first;              /* n_kinds: the first group of each kind */
  size_t *count, *kind_units; /* n_kinds: groups of the kind; units in one of them */
  size_t pair[2];             /* n_groups > 1: the groups whose common clusters are counted */
} hmfm_groups;

/* Counts of one draw of the prior. */
typedef struct hmfm_prior_draw {
  size_t clusters, shared, components;
  size_t *group_clusters; /* n_groups */
} hmfm_prior_draw;

typedef struct hmfm_prior_law {
  const hmfm_mixing *mixing;
  int has_components; /* M is finite and has a law */

  /* A number that distinguishes groups of equal size: a fixed concentration of their own, or NaN. */
  double (*tag)(const void *prior, size_t group);

  /* Fills in clusters, kind_law, shared, components of laws, whose work becomes the estimated number of
   * elementary operations; where that is above most_work, nothing else is done. */
  hmfm_status (*exact)(const void *prior, const hmfm_groups *groups, const hmfm_prior_run *run,
                       double most_work, hmfm_prior_laws *laws, hmfm_error *error);

  /* Work space of draws: process is one of the mixing's. */
  hmfm_status (*draw)(void *process, const void *prior, const hmfm_groups *groups, gsl_rng *rng,
                      hmfm_prior_draw *draw, hmfm_error *error);

  hmfm_status (*means)(const void *prior, const hmfm_groups *groups, hmfm_prior_means *means,
                       hmfm_error *error);

  /* What a match looks for: [fixed][0] moves E[K], [fixed][1] moves E[K_j]; both rise with
   * (sign > 0) or fall with (sign < 0) the number. In logs, from where to where to look. */
  const char *found[2][2];
  double sign[2][2];
  double low[2][2], high[2][2];
  double start[2][2]; /* where to begin; with the sign: upwards expectations rise */
  /* The least log of the first random number worth looking at, given the prior's other ones; or NULL. */
  double (*least)(const void *prior);
  /* Parameters that are of no use beside those, [fixed], NULL-terminated. */
  const char *idle[2][5];
} hmfm_prior_law;

/* The table of a mixing, or NULL. */
const hmfm_prior_law *hmfm_prior_law_find(const hmfm_mixing *mixing);

/* Errors: HMFM_EMEMORY. tag may be NULL. */
hmfm_status hmfm_groups_create(const hmfm_dataset *dataset, const hmfm_prior_law *law,
                               const void *prior, hmfm_groups *groups, hmfm_error *error);
void hmfm_groups_clear(hmfm_groups *groups);

/* Monte Carlo laws. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_prior_monte_carlo(const hmfm_prior_law *law, const void *prior,
                                   const hmfm_groups *groups, const hmfm_prior_run *run,
                                   hmfm_prior_laws *laws, hmfm_error *error);

#endif
