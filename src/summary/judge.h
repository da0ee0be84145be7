/* What has not converged, by how much, and what to do about it, in plain sentences: the same in the program and
 * in R, which name the remedies in words of their own. */
#ifndef SUMMARY_JUDGE_H
#define SUMMARY_JUDGE_H

#include "hmfm/draws.h"
#include "hmfm/partitions.h"
#include "hmfm/summary.h"

/* Thresholds of Vehtari et al. (2021): beyond them chains are taken not to have converged. */
#define HMFM_RHAT_LIMIT 1.01
#define HMFM_RHAT_APART 1.05 /* beyond it effective sizes say nothing about how long to run */
#define HMFM_ESS_LIMIT 100   /* of ess_bulk, a chain */

/* A label-free quantity. */
typedef struct hmfm_quantity {
  char *name; /* as hmfm_variable_label has it */
  const hmfm_variable *variable;
  size_t index;
  hmfm_diagnostics value;
  int is_constant; /* the same in every draw of every chain */
  int is_fixed;    /* and so because the user fixes it */
  int is_stuck;    /* the same in every draw of a chain, but not in every chain */
  int bad_rhat, bad_ess;
  int not_finite; /* some draw is not a finite number */
} hmfm_quantity;

/* Describes every value of every variable of draws; an ess_bulk below ess_wanted is a bad one. is_fixed, if not
 * NULL, says of a constant quantity, with context, whether it is so because the user wants it. Errors:
 * HMFM_EMEMORY. */
hmfm_status
hmfm_quantities_create(const hmfm_draws *draws, double ess_wanted,
                       int (*is_fixed)(const void *context, const hmfm_quantity *quantity),
                       const void *context, hmfm_quantity **out, size_t *n_out, hmfm_error *error);
/* Frees n quantities; NULL is accepted. */
void hmfm_quantities_destroy(hmfm_quantity *quantity, size_t n);

/* Why a quantity has no diagnostics or bad ones, in a word or two; "" where there is nothing. */
const char *hmfm_quantity_note(const hmfm_quantity *quantity);

/* How the user would do what is advised: what stands in parentheses. */
typedef struct hmfm_remedies {
  const char *draws;    /* more draws */
  const char *chains;   /* more chains */
  const char *longer;   /* more warmup and draws */
  const char *warmup;   /* more warmup */
  const char *modes;    /* what takes chains from mode to mode; NULL: nothing does */
  const char *scale;    /* priors that have the scale of the data */
  const char *sweeps;   /* more sweeps */
  const char *fixed_by; /* what fixes a quantity */
} hmfm_remedies;

/* What is judged, and where the sentences go; nothing is owned. */
typedef struct hmfm_judgement {
  const hmfm_draws *draws;
  size_t n_quantities;
  const hmfm_quantity *quantity; /* those of a variable in a row */
  double ess_wanted;             /* least ess_bulk of a quantity that is fine */
  double draws_wanted;           /* draws a chain that were asked for; 0 where not known */
  const hmfm_chain_difference *difference; /* of co-clustering between chains; NULL: not known */
  const hmfm_remedies *remedies;
  hmfm_notes *remarks;  /* on the run, and on what cannot be diagnosed */
  hmfm_notes *warnings; /* what has not converged, and what to do */
} hmfm_judgement;

/* Adds the sentences to remarks and warnings. */
void hmfm_judge(hmfm_judgement *judgement);

/* What is said where there is no warning; as snprintf. */
int hmfm_verdict_text(double ess_wanted, char *text, size_t size);

/* "rhat 1.206"; with a digit more where 1.01 is near, and in words where it is infinite. */
void hmfm_rhat_text(double rhat, char *text, size_t size);

#endif
