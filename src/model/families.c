/* The list of families. */
#include "model/family.h"

#include <string.h>

extern const hmfm_family hmfm_family_normal, hmfm_family_poisson;

const hmfm_family *const hmfm_families[] = {&hmfm_family_normal, &hmfm_family_poisson, NULL};

const hmfm_family *hmfm_family_find(const char *name) {
  size_t k = 0;
  while (hmfm_families[k] && strcmp(hmfm_families[k]->name, name) != 0) k++;
  return hmfm_families[k];
}

const char *hmfm_family_name(size_t index) {
  for (size_t k = 0; hmfm_families[k]; k++) {
    if (k == index) return hmfm_families[k]->name;
  }
  return NULL;
}
