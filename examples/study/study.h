/* The simulation study of the paper, re-run: what its parts have to do with each other.
 *
 *     experiment   what is simulated (design.c: add yours to the table there)
 *     method       a model, its sampler and its prior (method.c)
 *     fit          one run of a method on one data set, until it has enough effective draws (fit.c)
 *     outcome      what a fit got right (judge.c; the partition of the published figures: linkage.c)
 *     record       a file for each outcome, and the tables of all (record.c)
 *
 * An outcome depends on experiment, replicate and method alone, but for its times. */
#ifndef STUDY_H
#define STUDY_H

#include <hmfm.h>
#include <stdint.h>

enum { STUDY_GROUPS = 15, STUDY_COMPONENTS = 5 };

/* What is simulated: unit counts, components, and in which groups these are; and the prior of the HMFM that the
 * paper takes there. */
typedef struct study_experiment {
  const char *name;                              /* in the results */
  size_t n_groups;                               /* 1 .. STUDY_GROUPS */
  size_t size;                                   /* units in each group */
  size_t n_components;                           /* 1 .. STUDY_COMPONENTS */
  double atom[STUDY_COMPONENTS][2];              /* mean and variance */
  double weight[STUDY_GROUPS][STUDY_COMPONENTS]; /* in proportion */
  double lambda_mean, lambda_var, gamma_guess;   /* prior of the HMFM */
  uint64_t seed; /* replicate r has seed + r; keep 1000 between experiments */
} study_experiment;

/* One data set. */
typedef struct study_data {
  const study_experiment *experiment;
  hmfm_simulation *simulation;
  hmfm_truth *truth;
  hmfm_dataset *whole; /* all groups */
  uint32_t *component; /* true component of each unit of whole */
} study_data;

/* Experiment number index, from 0; NULL past the last. */
const study_experiment *study_experiment_at(size_t index);

/* Simulates a replicate, from 1. End with study_data_clear, also after an error. */
hmfm_status study_simulate(const study_experiment *experiment, size_t replicate, study_data *out,
                           hmfm_error *error);
void study_data_clear(study_data *data);

/* The data as a method sees them: the groups from `first` on, n of them, as they are or as one group. */
hmfm_status study_part(const study_data *data, size_t first, size_t n, int as_one,
                       hmfm_dataset **out, hmfm_error *error);

/* Groups that a fit is of. */
typedef enum study_scope {
  STUDY_JOINT,    /* all, as groups */
  STUDY_SEPARATE, /* each alone: as many fits as there are groups */
  STUDY_POOLED,   /* all units as one group */
} study_scope;

/* What a prior is to expect of K and of the mean K_j. */
typedef enum study_prior {
  STUDY_PAPER,   /* whatever it does with the numbers of the paper */
  STUDY_AS_HMFM, /* what the paper's prior of the HMFM does */
  STUDY_AS_HDP,  /* what the paper's prior of the HDP does */
} study_prior;

typedef struct study_method {
  const char *model, *prior_name; /* in the results */
  const char *mixing, *sampler;   /* of the library */
  study_scope scope;
  study_prior prior;
  size_t replicates; /* it is carried out on; 0: all */
} study_method;

/* Method number index, from 0; NULL past the last. */
const study_method *study_method_at(size_t index);

/* The model of a method for a part of the data. Its dataset must outlive it. */
hmfm_status study_model(const study_method *method, const study_data *data,
                        const hmfm_dataset *part, hmfm_model **out, hmfm_error *error);

/* How long a fit may be. */
typedef struct study_budget {
  size_t chains, warmup; /* sweeps of each chain before the first that counts */
  size_t slice;          /* sweeps between two looks at the effective draws of K */
  size_t most;           /* sweeps after which a fit ends in any case */
  size_t thin;           /* of so many sweeps one keeps allocations and components */
  double ess;            /* effective draws of K that are enough */
} study_budget;

extern const study_budget study_default_budget;

/* One chain run of one model. */
typedef struct study_fit {
  hmfm_dataset *part;
  hmfm_model *model;
  hmfm_draws *trace; /* K after every sweep */
  hmfm_draws *kept;  /* everything, every thin sweeps */
  size_t sweeps;     /* of each chain, after the warmup */
  double seconds;    /* processor time of these sweeps of all chains */
  double ess, rhat;  /* of K, in these sweeps */
} study_fit;

/* Runs a model of part until K has enough effective draws or the budget is spent. Takes part and model over, also after an
 * error. End with study_fit_clear. */
hmfm_status study_fit_run(hmfm_dataset *part, hmfm_model *model, const char *sampler,
                          const study_budget *budget, uint64_t seed, study_fit *out,
                          hmfm_error *error);
void study_fit_clear(study_fit *fit);

/* Processor time of this process, in seconds. */
double study_clock(void);

/* The partition of the published figures: of the cuts of the average linkage of 1 - P, with P the co-clustering, into 1
 * to n/8 (rounded up) clusters the one with the least lower bound of the expected variation of information (Wade and
 * Ghahramani 2018, equation 10). label has n_units elements. */
hmfm_status study_linkage(const hmfm_partitions *partitions, uint32_t *label, hmfm_error *error);

/* What is said of all units, or of those of a group. NaN where there is no such thing. */
typedef struct study_score {
  double k_mode;      /* most probable number of clusters */
  double k_true;      /* clusters that there are */
  double ari_vi;      /* adjusted Rand index of the partition of least expected VI and the truth */
  double ari_linkage; /* that of study_linkage */
  double l1;          /* integral of |density - true density|; of all units: mean over groups */
} study_score;

typedef struct study_outcome {
  study_score all, group[STUDY_GROUPS];
  double k_mean;                              /* posterior mean of K */
  double k_vi, k_linkage;                     /* clusters of the point partitions */
  double coclustering_mean, coclustering_rms; /* |P - truth| over pairs: mean, root mean square */
  double sweeps, ess, rhat;                   /* of K; of the worst of several fits */
  double ms_sweep, ess_second; /* processor time of a sweep of all fits; effective draws in it */
} study_outcome;

/* Carries a method out on data. */
hmfm_status study_outcome_make(const study_method *method, const study_data *data, size_t replicate,
                               const study_budget *budget, study_outcome *out, hmfm_error *error);

/* One piece of work; its outcome is in one file below a folder. */
typedef struct study_task {
  const study_experiment *experiment;
  const study_method *method;
  size_t replicate; /* from 1 */
} study_task;

/* 1 where the outcome of a task is there. */
int study_record_exists(const char *folder, const study_task *task);

/* Puts an outcome where study_record_exists finds it: whole or not at all. Returns 0, or -1 with errno. */
int study_record_write(const char *folder, const study_task *task, const study_outcome *outcome);

/* Writes fits.csv and groups.csv into `to`, of the tasks with replicates from .. last that are there, in their order. Returns
 * how many there are, or -1 with errno. */
long study_record_collect(const char *folder, size_t from, size_t last, const char *to);

/* Times sweeps against the number of units, as CSV on `path`. */
hmfm_status study_time(const char *path, double seconds, hmfm_error *error);

#endif
