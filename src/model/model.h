/* The model itself; private. Public side: hmfm/model.h. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/family.h"
#include "model/mixing.h"
#include "model/pieces.h"
#include "model/regression.h"

struct hmfm_model {
  const hmfm_dataset *dataset;
  const hmfm_family *family;
  const hmfm_mixing *mixing;
  void *family_data; /* the family's priors and unit statistics */
  void *mixing_prior;
  hmfm_regression regression;
  int32_t *group_size; /* n_j */
  hmfm_pieces pieces;  /* all units, by group, HMFM_PIECE at a time */
  hmfm_settings effective;
};

#endif
