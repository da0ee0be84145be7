/* The C side of the R package: what its files share. R's vectors come in as lists whose elements are found
 * by name; what lives longer than a call hangs on one external pointer with a finalizer, so that an error
 * or an interrupt of R, which jumps over C code, leaks nothing. */
#ifndef RAPI_H
#define RAPI_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>

#include "hmfm/chain.h"
#include "hmfm/draws.h"
#include "hmfm/partitions.h"
#include "hmfm/summary.h"

/* Data, model and draws of one fit, and its chains while they run. */
typedef struct rapi_fit {
  hmfm_dataset *dataset;
  hmfm_settings settings;
  hmfm_model *model;
  hmfm_run run;
  hmfm_draws *draws;
  hmfm_ensemble *ensemble; /* NULL where draws come from R */
  hmfm_checkpoint checkpoint;
  hmfm_notes notes;
  size_t first;     /* the first draw that is not in R yet */
  double per_sweep; /* seconds of the last slice by its sweeps; 0: not known */
} rapi_fit;

/* ---- errors (rapi_error.c) ---- */

/* Raises an R error with the sentence of error unless status is HMFM_OK. */
void rapi_check(hmfm_status status, const hmfm_error *error);
/* The notes as a character vector; notes are as new. */
SEXP rapi_notes(hmfm_notes *notes);

/* ---- from R to C (rapi_in.c). Texts belong to R until the call ends. ---- */

/* Element of a list, R_NilValue where there is none. */
SEXP rapi_get(SEXP list, const char *name);
const char *rapi_text(SEXP list, const char *name);
double rapi_number(SEXP list, const char *name);
size_t rapi_size(SEXP list, const char *name);
int rapi_flag(SEXP list, const char *name);
/* A seed of its upper and lower 32 bits. */
uint64_t rapi_seed(SEXP list, const char *name);
const char **rapi_texts(SEXP texts);

/* Builds the dataset of fit from columns: group, unit, response_name, response, covariates, exposure_name and
 * exposure, as hmfm_columns has them; every covariate is numeric. */
void rapi_dataset(SEXP columns, rapi_fit *fit);
/* Sets what settings says: family, mixing, prior_m, beta, prior_only, and values, a named list. */
void rapi_settings(SEXP settings, rapi_fit *fit);
/* algorithm, chains, warmup, draws, thin, anneal, splits, seed (its upper and lower 32 bits), threads, save (three flags),
 * thin_units (1 where it is not there). */
void rapi_run(SEXP run, rapi_fit *fit);
/* Fills the draws of fit with those of R, as rapi_draws_list makes them. */
void rapi_draws_fill(SEXP draws, rapi_fit *fit);

/* ---- from C to R (rapi_out.c) ---- */

SEXP rapi_dataset_list(const hmfm_dataset *dataset);
SEXP rapi_settings_list(const hmfm_settings *settings);
/* Draws first .. n_draws - 1: variables, allocations, components, log_lik; of allocations and log_lik those of these draws
 * that have any. */
SEXP rapi_draws_list(const hmfm_draws *draws, size_t first);
SEXP rapi_strings(char *const *text, size_t n);
/* A list whose n elements, all NULL, have the names given. */
SEXP rapi_list(size_t n, const char *const *names);

/* ---- a fit as an external pointer (rapi_fit.c) ---- */

/* An external pointer to an empty fit; *fit becomes what it points to. */
SEXP rapi_fit_new(rapi_fit **fit);
/* What it points to; an R error for anything else, and for one that was saved and loaded. */
rapi_fit *rapi_fit_get(SEXP pointer);

/* ---- other objects of the library as external pointers (rapi_own.c) ---- */

/* An external pointer that will end, by destroy, what it is given with rapi_own_set. what names it in errors. Made before
 * the object is, so that there is no moment at which nobody owns it. */
SEXP rapi_own(const char *what, void (*destroy)(void *));
void rapi_own_set(SEXP pointer, void *object);
/* Ends it now, not when R collects it. */
void rapi_own_end(SEXP pointer);
/* The object; an R error where the pointer is to nothing, or to something else. */
void *rapi_owned(SEXP pointer, const char *what);

/* ---- partitions (rapi_partition.c). Labels are integers from 1, one a unit; texts name arguments in errors. ---- */

/* The draws a pointer of rapi_partitions points to. */
const hmfm_partitions *rapi_partitions_get(SEXP pointer);
/* Lets the user's interrupt end what works on the draws, from here to rapi_unwatch, which must come before any R error. An
 * interrupt is looked for some ten times a second, and R does not jump for it. */
typedef struct rapi_watch {
  double looked; /* when, in seconds */
} rapi_watch;
void rapi_watch_set(SEXP pointer, rapi_watch *watch);
void rapi_unwatch(SEXP pointer);
/* Seconds of a clock. */
double rapi_now(void);
/* A copy of n labels that counts from 0; it belongs to R until the call ends. */
uint32_t *rapi_labels(SEXP labels, size_t n, const char *what);
SEXP rapi_labels_out(const uint32_t *label, size_t n);
/* A number of threads, and a seed from its upper and lower 32 bits. */
int rapi_threads(SEXP threads);
uint64_t rapi_seed_words(SEXP words);

/* ---- called from R; as C_<name> ---- */
SEXP rapi_begin(SEXP columns, SEXP settings, SEXP run, SEXP checkpoint);
SEXP rapi_start(SEXP pointer, SEXP chain, SEXP allocation, SEXP beta);
SEXP rapi_advance(SEXP pointer, SEXP milliseconds);
SEXP rapi_take(SEXP pointer);
SEXP rapi_rebuild(SEXP columns, SEXP settings, SEXP run, SEXP draws);
SEXP rapi_draws(SEXP pointer);
SEXP rapi_describe(SEXP pointer);
SEXP rapi_is_gone(SEXP pointer);
SEXP rapi_diagnose(SEXP pointer);
SEXP rapi_judge(SEXP pointer, SEXP draws_wanted);
SEXP rapi_diagnose_array(SEXP x);
SEXP rapi_parameters(void);
SEXP rapi_algorithms(void);
SEXP rapi_names(void);
SEXP rapi_version(void);
SEXP rapi_prior_laws(SEXP columns, SEXP settings, SEXP run);
SEXP rapi_prior_means(SEXP columns, SEXP settings);
SEXP rapi_prior_match(SEXP columns, SEXP settings, SEXP target, SEXP fixed);
SEXP rapi_simulate(SEXP design, SEXP truth, SEXP settings, SEXP exact_counts);

SEXP rapi_partitions(SEXP labels, SEXP n_units);
SEXP rapi_coclustering(SEXP pointer, SEXP threads);
SEXP rapi_chain_difference(SEXP pointer, SEXP n_chains, SEXP most_units, SEXP threads);
SEXP rapi_partition_find(SEXP pointer, SEXP how);
SEXP rapi_partition_order(SEXP label, SEXP key);
SEXP rapi_losses(SEXP pointer, SEXP label, SEXP loss, SEXP a, SEXP threads);
SEXP rapi_certainty(SEXP pointer, SEXP label, SEXP threads);
SEXP rapi_ball(SEXP pointer, SEXP label, SEXP loss, SEXP a, SEXP level, SEXP threads);
SEXP rapi_chips(SEXP pointer, SEXP probability, SEXP runs, SEXP seed, SEXP threads);
SEXP rapi_indices(SEXP first, SEXP second);
SEXP rapi_add_variable(SEXP pointer, SEXP name, SEXP values);
SEXP rapi_clusters(SEXP pointer, SEXP label, SEXP threads);
SEXP rapi_transitions(SEXP pointer, SEXP label);
SEXP rapi_cluster_column(SEXP pointer, SEXP label, SEXP column, SEXP name, SEXP most_levels);
SEXP rapi_loo(SEXP pointer);
SEXP rapi_loo_compare(SEXP pointers);
SEXP rapi_judge_scores(SEXP scores, SEXP fits, SEXP names, SEXP advice);
SEXP rapi_same_data(SEXP first, SEXP second);
SEXP rapi_score_partition(SEXP unit, SEXP truth, SEXP estimate, SEXP partitions, SEXP threads);
SEXP rapi_score_density(SEXP pointer, SEXP truth, SEXP threads);
SEXP rapi_density_covariates(SEXP pointer, SEXP target);
SEXP rapi_density_range(SEXP pointer, SEXP exposure);
SEXP rapi_density(SEXP pointer, SEXP target, SEXP curve, SEXP y, SEXP level);
SEXP rapi_density_quantiles(SEXP pointer, SEXP target, SEXP probability);
SEXP rapi_predict(SEXP pointer, SEXP rows, SEXP what, SEXP seed, SEXP draw);
SEXP rapi_assign(SEXP pointer, SEXP rows, SEXP label, SEXP seed);

#endif
