/** @file
 * Running chains: settings of a run, and the ensemble that carries it out on all threads. */
#ifndef HMFM_CHAIN_H
#define HMFM_CHAIN_H

#include <stdint.h>

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The number of splits and merges in a sweep is adapted in the warm-up. */
#define HMFM_SPLITS_ADAPTED ((size_t)UINT32_MAX)

/** How to sample. Sweeps per chain = warmup + draws x thin. */
typedef struct hmfm_run {
  /** "conditional" (default), or for mixing hmfm "marginal" or "telescoping", for mixing hdp
   * "direct" or "franchise"; not owned */
  const char *algorithm;
  size_t chains; /**< >= 1; default 4 */
  size_t warmup; /**< sweeps before the first draw, >= 0; default 1000 */
  size_t draws;  /**< draws saved per chain, >= 1; default 1000 */
  size_t thin;   /**< sweeps per saved draw, >= 1; default 1 */
  size_t anneal; /**< steps of an annealed path, along which a cluster is born or dies: one path
                              every so many sweeps, eight times as many in the warm-up, and shorter
                              ones for groups in turn; 0 (default): none; mixing hmfm only */
  size_t splits; /**< proposals of splits and merges of clusters in a sweep, 0: none;
                              HMFM_SPLITS_ADAPTED (default): each chain finds a number in its
                              warm-up, by counted work, and keeps it; at most 10000 */
  uint64_t seed; /**< any number; default 1 */
  int threads;   /**< >= 1; 0 (default): as many as OpenMP offers; more than chains share the
                              sweeps of a chain, one for each 1024 units of it at most */
  int save_allocations;    /**< 1 (default): the component of every unit in every draw; 0: not */
  int save_components;     /**< 1 (default): atoms and weights of every component; 0: not */
  int save_log_likelihood; /**< 1 (default): of every unit, its allocation summed out; 0: not */
  size_t thin_units; /**< allocations and log likelihoods of units are saved of draws 0, thin_units,
                              2 thin_units, ... of each chain only, >= 1; default 1: of all draws */
} hmfm_run;

/** Sets every field of run to its default. */
HMFM_API void hmfm_run_defaults(hmfm_run *run);

/** Judges run without starting it; settings (NULL: not looked at) tell for which mixing the
 * algorithm must be. hmfm_ensemble_create does the same. Errors: HMFM_EUSAGE with the field and its
 * value. */
HMFM_API hmfm_status hmfm_run_validate(const hmfm_run *run, const hmfm_settings *settings,
                                       hmfm_error *error);

/** Names of the algorithms: index from 0; NULL past the last. Each is for one mixing: an algorithm that
 * several mixings have comes several times. mixing, if not NULL, becomes its name, and meaning a
 * sentence about the algorithm. None is owned. */
HMFM_API const char *hmfm_algorithm_name(size_t index, const char **mixing, const char **meaning);

/** The current state of one chain, as a sink gets it to see. What there is to know of it, the sink
 * of hmfm_draws_sink copies into draws. */
typedef struct hmfm_chain hmfm_chain;

/** Where an ensemble puts what it draws. */
typedef struct hmfm_sink {
  void *context; /**< handed to record; must outlive the ensemble */
  /** Called once per chain and saved draw, both counted from 0, for different chains possibly at
   * the same time from different threads. The state is the chain's after the sweep of this draw,
   * and is to be looked at during the call only. Any status but HMFM_OK, with its sentence in
   * error, ends the chain. */
  hmfm_status (*record)(void *context, size_t chain, size_t draw, const hmfm_chain *state,
                        hmfm_error *error);
} hmfm_sink;

/** All chains of a run. Draws depend on the model, the seed and the chain's number; never on the
 * number of threads, on how sweeps are divided into calls, or on a clock. */
typedef struct hmfm_ensemble hmfm_ensemble;

/** Allocates all work space and draws the chains' starting states, which are recorded by no sink.
 * The model must outlive the ensemble, and so must what sink points to; run is copied. Errors:
 * HMFM_EUSAGE (those of hmfm_run_validate), HMFM_EMEMORY. */
HMFM_API hmfm_status hmfm_ensemble_create(const hmfm_model *model, const hmfm_run *run,
                                          hmfm_sink sink, hmfm_ensemble **out, hmfm_error *error);

/** Starts one chain of an ensemble, counted from 0, at a partition and coefficients of the caller's,
 * before the first sweep; where chains start is not part of their law. allocation has n_units labels
 * below n_units, in the order of the units of the dataset, equal where two units are in one cluster:
 * which numbers they are does not matter. beta has the coefficients of the regression, for each
 * group one a covariate (n_groups x n_covariates, row by row), or n_covariates where the regression
 * is shared. Both are copied; NULL leaves what hmfm_ensemble_create drew. Hyperparameters and the
 * number of components are drawn for the partition. Errors, after which the ensemble is as it was:
 * HMFM_EUSAGE when there is no such chain, or it has done a sweep; HMFM_EDATA for a label out of
 * range, more clusters than the law of M has components, beta without covariates, or a coefficient
 * that is not finite; after HMFM_EMEMORY it can only be destroyed. */
HMFM_API hmfm_status hmfm_ensemble_start(hmfm_ensemble *ensemble, size_t chain,
                                         const uint32_t *allocation, const double *beta,
                                         hmfm_error *error);

/** Frees an ensemble, wherever its chains are; what a sink has got stays. NULL is accepted. */
HMFM_API void hmfm_ensemble_destroy(hmfm_ensemble *ensemble);

/** Advances every chain of an ensemble by n_sweeps sweeps, or as many as are left, recording draws
 * as they fall due. Between two calls the caller may report progress, look for an interrupt, or
 * stop for good: all chains have then done the same number of sweeps. Errors: HMFM_EMEMORY,
 * HMFM_ENUMERIC, or the sink's; after an error the ensemble can only be destroyed, and further
 * calls return the same error. */
HMFM_API hmfm_status hmfm_ensemble_advance(hmfm_ensemble *ensemble, size_t n_sweeps,
                                           hmfm_error *error);

/** Sweeps that each chain of an ensemble has done. */
HMFM_API size_t hmfm_ensemble_sweeps_done(const hmfm_ensemble *ensemble);

/** Sweeps that each chain of an ensemble will have done at the end: warmup + draws x thin. */
HMFM_API size_t hmfm_ensemble_sweeps(const hmfm_ensemble *ensemble);

/** Clusters (components with at least one unit) in the current state of a chain of an ensemble, for
 * progress displays; chain counts from 0. */
HMFM_API size_t hmfm_ensemble_clusters(const hmfm_ensemble *ensemble, size_t chain);

/** Proposals of splits and merges in a sweep of a chain of an ensemble, as they are now: what the run says, or
 * what was found at the end of the warm-up; chain counts from 0. */
HMFM_API size_t hmfm_ensemble_splits(const hmfm_ensemble *ensemble, size_t chain);

/** A checkpoint: all that a later ensemble of the same model and run needs to go on as if it had
 * never been stopped. It belongs to one version of the library and one kind of machine; it does not
 * hold the draws made so far, which stay with the caller. */
typedef struct hmfm_checkpoint {
  size_t size;          /**< number of bytes */
  unsigned char *bytes; /**< size bytes, owned: end with hmfm_checkpoint_clear */
} hmfm_checkpoint;

/** What a checkpoint says of itself. */
typedef struct hmfm_checkpoint_info {
  char algorithm[32]; /**< as in hmfm_run */
  uint64_t seed;      /**< as in hmfm_run */
  size_t chains;      /**< as in hmfm_run */
  size_t warmup;      /**< as in hmfm_run */
  size_t thin;        /**< as in hmfm_run */
  size_t anneal;      /**< as in hmfm_run */
  size_t splits;      /**< as in hmfm_run */
  size_t draws;       /**< that were asked for, per chain; who goes on may ask for more */
  size_t sweeps;      /**< done by each chain */
  size_t made;        /**< draws made of each chain */
  uint64_t run;       /**< hash of the data, the model and all that draws depend on: checkpoints of
                         one run have the same, whatever their sweeps */
} hmfm_checkpoint_info;

/** Takes a checkpoint of an ensemble, between two calls of hmfm_ensemble_advance, into out. Errors:
 * HMFM_EMEMORY; the error of an ensemble that failed. */
HMFM_API hmfm_status hmfm_ensemble_checkpoint(const hmfm_ensemble *ensemble, hmfm_checkpoint *out,
                                              hmfm_error *error);

/** Frees the bytes of a checkpoint, and leaves it with none. */
HMFM_API void hmfm_checkpoint_clear(hmfm_checkpoint *checkpoint);

/** Reads into out what a checkpoint of `size` bytes says of itself, if it is whole and undamaged.
 * Errors: HMFM_EDATA, saying which: no checkpoint, of another format, version or kind of machine,
 * cut off, damaged. */
HMFM_API hmfm_status hmfm_checkpoint_describe(const void *bytes, size_t size,
                                              hmfm_checkpoint_info *out, hmfm_error *error);

/** Puts an ensemble where a checkpoint of `size` bytes was taken; the sink is not called for the
 * draws made before. Model and run must be those of the checkpoint, but for threads, what is saved,
 * and the number of draws, which may be any that the sweeps done so far leave room for. Chains that
 * were started by hmfm_ensemble_start must be as when the checkpoint's run began; those that were
 * not may have begun anywhere. Errors:
 * those of hmfm_checkpoint_describe, and HMFM_EDATA with what differs: the ensemble is as it was;
 * HMFM_EMEMORY: it can only be destroyed. */
HMFM_API hmfm_status hmfm_ensemble_restore(hmfm_ensemble *ensemble, const void *bytes, size_t size,
                                           hmfm_error *error);

#ifdef __cplusplus
}
#endif
#endif
