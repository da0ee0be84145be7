/* What a family is: the law of the observations, the law P0 of the atoms, and every number that
 * belongs to them. To add a family, write one file family_<name>.c that ends in such a table, and
 * list it in families.c. Data, state and kernels carry a family's numbers without looking inside.
 *
 * Units are numbered over all groups; slots are places for components, 0 .. n_slots - 1. Work space is
 * made once per chain and grows only through work_reserve. Functions that return nothing cannot
 * fail and allocate nothing. */
#ifndef MODEL_FAMILY_H
#define MODEL_FAMILY_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#include "base/team.h"
#include "base/vecmath.h"
#include "hmfm/model.h"
#include "model/settings.h"

enum {
  HMFM_FAMILY_REGRESSION = 1, /* takes covariates: the regression functions below are there */
  HMFM_FAMILY_EXPOSURE = 2,   /* takes exposures */
  HMFM_FAMILY_COUNTS = 4,     /* observations are whole numbers >= 0 */
};

/* Most numbers an atom has, in any family. */
enum { HMFM_MOST_ATOM = 8 };

/* Numbers of a guide, in any family. */
enum { HMFM_GUIDE = 2 };

/* Sums over units are made over blocks of so many, added in the order of the blocks: they do not depend
 * on who computes which. */
enum { HMFM_UNIT_BLOCK = 4096 };
static inline size_t hmfm_unit_blocks(size_t n_units) {
  return (n_units + HMFM_UNIT_BLOCK - 1) / HMFM_UNIT_BLOCK;
}

/* Numbers by block and slot are kept so far apart for each block: what one thread writes is in no cache line of
 * another. */
static inline size_t hmfm_block_stride(size_t n_slots) { return n_slots + 16; }

/* A slot that is none. */
#define HMFM_NO_SLOT SIZE_MAX

/* What a family keeps of a tile of units while it scores them: at most so many numbers of each. */
enum { HMFM_LANES = 4 * HMFM_TILE };

/* Some units: unit[0 .. count - 1], or first .. first + count - 1 where unit is NULL. */
typedef struct hmfm_span {
  const int32_t *unit;
  size_t first, count;
} hmfm_span;

static inline size_t hmfm_span_unit(hmfm_span span, size_t k) {
  return span.unit ? (size_t)span.unit[k] : span.first + k;
}

/* Which residuals a function works with: those at the chain's beta, or at a proposed one. */
typedef enum hmfm_residuals { HMFM_CURRENT, HMFM_PROPOSED } hmfm_residuals;

/* The law of one observation with a linear predictor x'beta and an exposure: a mixture of components
 * whose atoms are given, and, with weight rest, of one whose atom is integrated out under P0. */
typedef struct hmfm_observation {
  size_t n_components;
  const double *weight; /* n_components */
  const double *atom;   /* number p of component m is atom[p * stride + m] */
  size_t stride;
  double rest;
  double predictor, exposure;
} hmfm_observation;

typedef struct hmfm_family {
  const char *name;  /* "normal" */
  const char *title; /* "family normal" */
  unsigned flags;
  size_t n_parameters;
  const hmfm_parameter *parameter;
  size_t n_atom; /* numbers per atom */
  const char *const *atom_name;

  /* Priors and unit statistics of a dataset: shared by all chains and never changed. With prior_only
   * the statistics say that no unit has an observation, which makes every likelihood factor 1. */
  hmfm_status (*data_create)(const hmfm_choice *choice, void **data, hmfm_error *error);
  void (*data_destroy)(void *data);

  /* One chain's residuals, cluster statistics and score constants. */
  hmfm_status (*work_create)(const void *data, void **work, hmfm_error *error);
  hmfm_status (*work_reserve)(const void *data, void *work, size_t n_slots, hmfm_error *error);
  void (*work_destroy)(void *work);

  /* A number that places a unit among the others: starting partitions are made from it. */
  double (*place)(const void *data, const void *work, size_t unit);

  /* Cluster statistics of slots 0 .. n_slots - 1: from nothing, by blocks of units, which the team shares; or
   * one unit more or less. */
  void (*clusters_compute)(const void *data, void *work, const hmfm_team *team,
                           const int32_t *allocation, size_t n_slots);
  void (*cluster_add)(const void *data, void *work, size_t unit, size_t slot);
  void (*cluster_remove)(const void *data, void *work, size_t unit, size_t slot);
  /* Makes a slot the statistics of no unit, exactly. */
  void (*cluster_clear)(const void *data, void *work, size_t slot);

  void (*cluster_copy)(void *work, size_t from, size_t to);
  /* Makes slot `into` the statistics of the units of slots a and b together. */
  void (*cluster_merge)(const void *data, void *work, size_t a, size_t b, size_t into);

  /* log_f[k] = log density of a unit's observations given those of the units in slot first + k: of the others,
   * where that is `own`, which has the unit. HMFM_NO_SLOT: none has. */
  void (*predict)(const void *data, const void *work, size_t unit, size_t own, size_t first,
                  size_t n_slots, double *log_f);
  /* log marginal likelihood of a slot's units. */
  double (*log_marginal)(const void *data, const void *work, size_t slot);

  /* Atoms of slots 0 .. n_slots - 1 from their law given the cluster statistics (P0 where empty):
   * atom[p * stride + m] is number p of the atom in slot m. */
  void (*draw_atoms)(const void *data, const void *work, gsl_rng *rng, size_t n_slots, double *atom,
                     size_t stride);

  /* Conditional scores. prepare takes the atoms. bounds gives, for a group, bound[m] >= log density of
   * every one of its units in component m. load takes the units of a tile, at most HMFM_TILE of them, into
   * lane, HMFM_LANES numbers that the caller has for each thread and that are finite at first;
   * score then writes, for row k < n_rows of a tile and component m = list[k], offset[m] + log
   * density of each unit loaded (offset NULL: all 0); lanes past the last unit, up to n_lanes, hold any finite number. */
  void (*score_prepare)(void *work, size_t n_slots, const double *atom, size_t stride);
  void (*score_bounds)(const void *data, const void *work, size_t group, size_t n_slots,
                       double *bound);
  void (*score_load)(const void *data, const void *work, hmfm_residuals which, hmfm_span units,
                     double *lane);
  void (*score)(const void *work, const double *lane, size_t n_lanes, size_t n_rows,
                const int32_t *list, const double *offset, double *tile);

  /* Makes scores and log densities, and what moments add, tau > 0 times what score_prepare made them. Only
   * where covariates are taken. */
  void (*score_temper)(void *work, size_t n_slots, double tau);

  /* Sum over the units, residuals current, of the log density of each in the component it is allocated
   * to. */
  double (*log_density)(const void *data, const void *work, const int32_t *allocation,
                        hmfm_span units);

  /* An observation from an atom (its n_atom numbers) with the given linear predictor x'beta and exposure.
   * Not finite where the atom is none of the family. */
  double (*draw_response)(gsl_rng *rng, const double *atom, double predictor, double exposure);
  /* The mean and the variance of such an observation. */
  double (*mean)(const double *atom, double predictor, double exposure);
  double (*variance)(const double *atom, double predictor, double exposure);
  /* The mean of an observation whose atom is from P0. */
  double (*prior_mean)(const void *data, double predictor, double exposure);
  /* An atom from P0. */
  void (*draw_prior_atom)(const void *data, gsl_rng *rng, double *atom);

  /* The law of one observation at n points, whatever they are: out[l] = its density, of counts its
   * probability, at y[l]; or its probability to be above y[l] (upper 1), or at most y[l] (upper 0).
   * is_atom: 1 where the n_atom numbers from atom on, stride apart, are an atom. */
  void (*density)(const void *data, const hmfm_observation *law, size_t n, const double *y,
                  double *out);
  void (*tail)(const void *data, const hmfm_observation *law, int upper, size_t n, const double *y,
               double *out);
  int (*is_atom)(const double *atom, size_t stride);

  /* A guide: a law of atoms that knows about where the atom is, given by HMFM_GUIDE numbers, which leads a
   * component along a path (kernel/anneal.c): at t = 0 its law is the guide, at t = 1 P0, between them the
   * geometric mean of the two, normalised. Draw one about a cluster, with its log density there up to a constant; how
   * close a cluster is to it, above 0; log marginal likelihood of a slot's units under the law at t, up to a
   * constant of the units; a draw of the atom given them. */
  void (*guide_draw)(const void *data, const void *work, gsl_rng *rng, size_t slot, double *guide);
  double (*guide_log_density)(const void *data, const void *work, size_t slot, const double *guide);
  double (*guide_closeness)(const void *data, const void *work, size_t slot, const double *guide);
  double (*guide_log_marginal)(const void *data, const void *work, size_t slot, const double *guide,
                               double t);
  void (*guide_draw_atom)(const void *data, const void *work, gsl_rng *rng, size_t slot,
                          const double *guide, double t, double *atom);

  /* Regression. residuals makes those of some units anew at beta (until then they are those at beta =
   * 0); accept makes their proposed ones current. moments adds to precision (r x r, lower triangle)
   * and shift (r) what the units, given their components, say about beta; gram adds the sum
   * of x x' over their observations; spread is the inverse of the mean over components, by
   * weight, of the precision that an observation has for beta. */
  void (*residuals)(const void *data, void *work, hmfm_residuals which, hmfm_span units,
                    const double *beta);
  void (*accept)(void *work, hmfm_span units);
  void (*moments)(const void *data, const void *work, const int32_t *allocation, hmfm_span units,
                  double *precision, double *shift);
  void (*gram)(const void *data, hmfm_span units, double *gram);
  double (*spread)(const void *work, size_t n_slots, const double *weight);
  /* A size for jumps of beta: the difference of location between two components. */
  double (*gap)(const void *work, size_t from, size_t to);
} hmfm_family;

/* All families, NULL-terminated. */
extern const hmfm_family *const hmfm_families[];
const hmfm_family *hmfm_family_find(const char *name);

#endif
