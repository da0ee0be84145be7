/* Groups of a model, sorted into kinds: one size and one prior. */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "prior/prior_law.h"

static int is_same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

/* The kind of group j among those there are, or a new one. */
static void sort_in(hmfm_groups *groups, const hmfm_prior_law *law, const void *prior, size_t j) {
  const double tag = law->tag ? law->tag(prior, j) : NAN;
  size_t c = 0;
  for (; c < groups->n_kinds; c++) {
    if (groups->kind_units[c] != groups->size[j]) continue;
    if (!law->tag || is_same(tag, law->tag(prior, groups->first[c]))) break;
  }
  if (c == groups->n_kinds) {
    groups->n_kinds++;
    groups->first[c] = j;
    groups->kind_units[c] = groups->size[j];
  }
  groups->kind[j] = c;
  groups->count[c]++;
}

hmfm_status hmfm_groups_create(const hmfm_dataset *dataset, const hmfm_prior_law *law,
                               const void *prior, hmfm_groups *groups, hmfm_error *error) {
  const size_t d = dataset->n_groups;
  *groups = (hmfm_groups){.n_groups = d, .n_units = dataset->n_units, .pair = {0, d > 1}};
  size_t **field[] = {&groups->size, &groups->kind, &groups->first, &groups->count,
                      &groups->kind_units};
  for (size_t k = 0; k < sizeof field / sizeof *field; k++) {
    *field[k] = hmfm_calloc(d, sizeof **field[k]);
    if (*field[k]) continue;
    hmfm_groups_clear(groups);
    return hmfm_fail_memory(error, "the prior laws");
  }
  for (size_t j = 0; j < d; j++)
    groups->size[j] = dataset->group_start[j + 1] - dataset->group_start[j];
  for (size_t j = 0; j < d; j++) sort_in(groups, law, prior, j);
  return HMFM_OK;
}

void hmfm_groups_clear(hmfm_groups *groups) {
  hmfm_free(groups->size);
  hmfm_free(groups->kind);
  hmfm_free(groups->first);
  hmfm_free(groups->count);
  hmfm_free(groups->kind_units);
  *groups = (hmfm_groups){0};
}
