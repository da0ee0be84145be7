/* What a mixing is: the law of the weights of the components in each group, with its
 * hyperparameters. To add a mixing, write one file mixing_<name>.c that ends in such a table, and list
 * it in mixings.c. */
#ifndef MODEL_MIXING_H
#define MODEL_MIXING_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#include "hmfm/model.h"
#include "model/settings.h"

/* A partition as a mixing sees it. A slot is a cluster where total > 0. */
typedef struct hmfm_counts {
  size_t n_groups;
  size_t n_slots;          /* slots to look at */
  size_t stride;           /* of in_group */
  size_t n_clusters;       /* K */
  const int32_t *in_group; /* n_jm = in_group[j * stride + m] */
  const int32_t *total;    /* units in slot m, over all groups */
  const int32_t *size;     /* n_j: units in group j */
} hmfm_counts;

/* A variable of a mixing that is saved with every draw. */
typedef struct hmfm_mixing_variable {
  const char *name, *meaning;
  hmfm_shape shape; /* SCALAR or GROUP */
} hmfm_mixing_variable;

enum {
  /* There are infinitely many components: M is no variable, but how many of them are open. Clusters
   * have shares in the law that groups have in common. */
  HMFM_MIXING_INFINITE = 1,
};

typedef struct hmfm_mixing {
  const char *name;  /* "hmfm" */
  const char *title; /* "mixing hmfm" */
  unsigned flags;
  size_t n_parameters;
  const hmfm_parameter *parameter;
  size_t n_variables;
  const hmfm_mixing_variable *variable;

  /* Priors: shared by all chains and never changed. */
  hmfm_status (*prior_create)(const hmfm_choice *choice, void **prior, hmfm_error *error);
  void (*prior_destroy)(void *prior);

  /* The process of one chain: current values of the hyperparameters, and work space. */
  hmfm_status (*process_create)(const void *prior, void **process, hmfm_error *error);
  hmfm_status (*process_reserve)(void *process, size_t n_slots, hmfm_error *error);
  void (*process_destroy)(void *process);
  /* Values of all variables, in the order of their declaration; get and set are inverse. */
  void (*get)(const void *process, double *value);
  void (*set)(void *process, const double *value);
  /* Hyperparameters, and the number of components M (0: infinite), from their prior. */
  size_t (*draw_prior)(void *process, gsl_rng *rng);
  /* What else there is to a chain that starts at this partition; returns M. */
  size_t (*start)(void *process, gsl_rng *rng, const hmfm_counts *counts);

  /* Full conditionals given the partition, weights and atoms integrated out. */
  size_t (*draw_components)(void *process, gsl_rng *rng,
                            const hmfm_counts *counts); /* M; NULL: infinite */
  /* log of the factor that the law of a partition of these groups into n_clusters clusters has for
   * their number, M integrated out too; up to a constant. */
  double (*log_clusters)(const void *process, const hmfm_counts *counts, size_t n_clusters);
  void (*draw_hyper)(void *process, gsl_rng *rng, const hmfm_counts *counts, size_t n_components);
  /* log w_j1 .. log w_jM given the partition; slots past n_slots are empty. */
  void (*draw_weights)(const void *process, gsl_rng *rng, const hmfm_counts *counts, size_t group,
                       size_t n_components, double *log_weight);

  /* Weights of a group that is not among the data, given the values of all variables as from get and,
   * where the number of components is infinite, all shares, the last that of all others: their
   * expectation mean[m], and a draw of log w_m. Errors: HMFM_EUSAGE where the prior leaves open what
   * such a group is like. */
  hmfm_status (*draw_new_group)(const void *prior, gsl_rng *rng, const double *value,
                                size_t n_components, const double *share, double *mean,
                                double *log_weight, hmfm_error *error);

  /* a_jm, slots m < n_slots, of the Dirichlet law that the weights of group j have a priori; 0 for a
   * component that moves with weights or atoms leave alone. Valid until the next call. */
  const double *(*masses)(void *process, size_t group, size_t n_slots);

  /* Only where the number of components is infinite. Slot m has become moved_to[m], for m < n. */
  void (*relabel)(void *process, const int32_t *moved_to, size_t n);
  /* Shares of clusters 0 .. n_clusters - 1, then that of all that are none: n_clusters + 1 numbers that,
   * with the variables, are the state between sweeps. */
  void (*get_shares)(const void *process, size_t n_clusters, double *share);
  void (*set_shares)(void *process, size_t n_clusters, const double *share);
  /* Shares by slot, of the components a draw has. */
  const double *(*shares)(const void *process);
  /* After draw_prior: as many components as matter. Errors: HMFM_EUSAGE for too many. */
  hmfm_status (*truncate_prior)(void *process, gsl_rng *rng, size_t *n_components,
                                hmfm_error *error);

  /* Only where it is finite. gamma_j of every group, for moves that integrate weights out and keep M. */
  void (*concentrations)(const void *process, double *concentration);

  /* The largest M there can be, SIZE_MAX for none. NULL: none, either. */
  size_t (*most_components)(const void *process);

  /* A scan over units with M integrated out, for the law of M that allows it: begin draws the auxiliary variables; predictive gives
   * the prior weight of every slot for a unit of a group that counts leave out: 0 for
   * empty slots, but for the slot `fresh`, which stands for a new cluster; end draws M. */
  void (*scan_begin)(void *process, gsl_rng *rng, const hmfm_counts *counts, size_t n_components);
  void (*predictive)(const void *process, const hmfm_counts *counts, size_t group, size_t fresh,
                     double *weight);
  size_t (*scan_end)(void *process, gsl_rng *rng, const hmfm_counts *counts);
} hmfm_mixing;

/* All mixings, NULL-terminated. */
extern const hmfm_mixing *const hmfm_mixings[];
const hmfm_mixing *hmfm_mixing_find(const char *name);

#endif
