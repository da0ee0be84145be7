/* Parts of hmfm density: what is asked of which law, and how answers are written. */
#ifndef CLI_DENSITY_H
#define CLI_DENSITY_H

#include <stdio.h>

#include "cli/options.h"
#include "hmfm/density.h"
#include "io/netcdf.h"

typedef enum hmfm_question {
  HMFM_ASK_DENSITY,
  HMFM_ASK_ABOVE,
  HMFM_ASK_QUANTILE,
  HMFM_ASK_DRAWS
} hmfm_question;

/* One target and what is said of it: n_points values each, lower and upper only of density and above. */
typedef struct hmfm_answer {
  hmfm_density_target target;
  const char *group, *unit; /* names, not owned; unit NULL where it is of no unit */
  double *x;                /* n_covariates, owned */
  double *value, *lower, *upper;
} hmfm_answer;

typedef struct hmfm_density_report {
  hmfm_draws *draws;
  hmfm_fit_info *info;
  hmfm_dataset *data;
  hmfm_model *model;
  hmfm_question question;
  double level;
  int adds; /* 1: --new-group is one more; 0: the only one, unless groups are named */
  uint64_t seed;
  size_t n_points;
  double *at; /* n_points: y, thresholds or probabilities; of draws their numbers, from 0 */
  size_t n_answers;
  hmfm_answer *answer;
} hmfm_density_report;

/* Draws, data and model of the fit at path, with those of its big parts that hmfm_netcdf_read is to read. Errors: those
 * of hmfm_netcdf_read and hmfm_fit_model. */
hmfm_status hmfm_density_read_fit(const char *path, unsigned parts, hmfm_density_report *report,
                                  hmfm_error *error);
/* Works one answer out. Errors: those of hmfm/density.h. */
hmfm_status hmfm_density_answer(const hmfm_density_report *report, hmfm_answer *to,
                                hmfm_error *error);
/* The n observations of those an answer is about, moved to its covariates x0 by the posterior mean of beta of their group j:
 * y - (x - x0)' beta_j, since those as they are would show what covariates do, which the density does not. A
 * weight is 1 over the observations of the unit, since the density is that of a unit like any other. y and weight have
 * room for n_rows. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_density_observations(const hmfm_density_report *report, const hmfm_answer *answer,
                                      double *y, double *weight, size_t *n, hmfm_error *error);
void hmfm_density_report_clear(hmfm_density_report *report);

/* Whom the options ask about: fills answers but for their values. Errors: HMFM_EUSAGE, HMFM_EMEMORY. */
hmfm_status hmfm_density_read_targets(const hmfm_options *options, hmfm_density_report *report,
                                      hmfm_error *error);
/* What they ask: question, level, points. Errors: the same. */
hmfm_status hmfm_density_read_question(const hmfm_options *options, hmfm_density_report *report,
                                       hmfm_error *error);

void hmfm_density_print_csv(const hmfm_density_report *report, FILE *to);
/* Errors: HMFM_EIO for names that JSON cannot hold. */
hmfm_status hmfm_density_print_json(const hmfm_density_report *report, FILE *to, hmfm_error *error);

#endif
