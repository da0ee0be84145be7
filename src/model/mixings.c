/* The list of mixings. */
#include "model/mixing.h"

#include <string.h>

extern const hmfm_mixing hmfm_mixing_hmfm, hmfm_mixing_hdp;

const hmfm_mixing *const hmfm_mixings[] = {&hmfm_mixing_hmfm, &hmfm_mixing_hdp, NULL};

const hmfm_mixing *hmfm_mixing_find(const char *name) {
  size_t k = 0;
  while (hmfm_mixings[k] && strcmp(hmfm_mixings[k]->name, name) != 0) k++;
  return hmfm_mixings[k];
}

const char *hmfm_mixing_name(size_t index) {
  for (size_t k = 0; hmfm_mixings[k]; k++) {
    if (k == index) return hmfm_mixings[k]->name;
  }
  return NULL;
}
