/* What to simulate, read from the options of `hmfm simulate`. */
#ifndef CLI_SIMULATE_RECIPE_H
#define CLI_SIMULATE_RECIPE_H

#include "cli/options.h"
#include "hmfm/simulate.h"

/* A design with everything it points to. Start from {0}; end with hmfm_recipe_clear. */
typedef struct hmfm_recipe {
  hmfm_design design;
  size_t *size;
  hmfm_covariate_law *law;
  char ***level;        /* of each law */
  double **probability; /* of each law */
  char **name;          /* of each law */
} hmfm_recipe;

/* Reads --sizes, --repeats, --exposure, --factor, --numeric and --columns; what it makes points into options.
 * Errors: HMFM_EUSAGE, HMFM_EMEMORY. */
hmfm_status hmfm_recipe_read(const hmfm_options *options, hmfm_recipe *recipe, hmfm_error *error);
void hmfm_recipe_clear(hmfm_recipe *recipe);

/* Reads --family, --components, --weights and --beta. Errors: HMFM_EUSAGE, HMFM_EMEMORY. */
hmfm_status hmfm_recipe_truth(const hmfm_options *options, const hmfm_simulation *simulation,
                              hmfm_truth **out, hmfm_error *error);

#endif
