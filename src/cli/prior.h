/* hmfm prior: what it was asked for, and what it shows; private to the verb. */
#ifndef CLI_PRIOR_H
#define CLI_PRIOR_H

#include <stdio.h>

#include "cli/options.h"
#include "hmfm/prior.h"
#include "hmfm/simulate.h"

/* A prior and its laws. */
typedef struct hmfm_prior_side {
  hmfm_settings settings;
  hmfm_model *model;
  hmfm_prior_laws *laws;
} hmfm_prior_side;

/* side[0] is the mixing of --mixing; side[1], where there is a second one, that of --match. Start from {0}. */
typedef struct hmfm_prior_report {
  hmfm_simulation *simulation; /* holds the groups of --sizes; NULL with a file of data */
  hmfm_dataset *read;          /* the file of data; NULL without one */
  const hmfm_dataset *data;    /* either */
  hmfm_prior_run run;
  int is_match;
  int fixed;
  size_t n_sides;
  hmfm_prior_side side[2];
} hmfm_prior_report;

/* Groups from --sizes. Errors: HMFM_EUSAGE, HMFM_EMEMORY. */
hmfm_status hmfm_prior_read_sizes(const hmfm_option_value *sizes, hmfm_simulation **out,
                                  hmfm_error *error);

/* 1 when the parameter belongs to the mixing. */
int hmfm_prior_owns(const char *mixing, const hmfm_parameter *parameter);

void hmfm_prior_print_text(const hmfm_prior_report *report, FILE *to);
void hmfm_prior_print_csv(const hmfm_prior_report *report, FILE *to);

#endif
