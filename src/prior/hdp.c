/* The HDP as the prior room knows it. */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/mixing_hdp.h"
#include "prior/hdp_exact.h"
#include "prior/rising.h"

extern const hmfm_mixing hmfm_mixing_hdp;

/* Tables of n units: unit i opens one with probability alpha/(alpha + i). */
static size_t draw_tables(gsl_rng *rng, size_t n, double alpha) {
  size_t tables = 1, seated = 1;
  while (seated < n) {
    seated += hmfm_draw_waiting(rng, seated, n - seated, 0.0, alpha);
    if (seated < n) {
      tables++;
      seated++;
    }
  }
  return tables;
}

/* Dishes of all tables, group after group: table t has a new one with probability gamma0/(gamma0 + t), else
 * that of an earlier table. pair_has[k] becomes 1 where the first, 2 where the second of the pair has dish
 * k, 3 where both have; last[k] is one more than the last group that has it. */
static size_t draw_dishes(gsl_rng *rng, double gamma0, const hmfm_groups *groups,
                          const size_t *tables, size_t *dish, size_t *last, unsigned char *pair_has,
                          size_t *group_clusters) {
  size_t K = 0, t = 0;
  for (size_t j = 0; j < groups->n_groups; j++) {
    group_clusters[j] = 0;
    for (size_t k = 0; k < tables[j]; k++, t++) {
      const double u = gsl_rng_uniform(rng) * (gamma0 + (double)t) - gamma0;
      dish[t] = u < 0.0 || t == 0 ? K++ : dish[(size_t)u < t ? (size_t)u : t - 1];
      if (last[dish[t]] != j + 1) group_clusters[j]++;
      last[dish[t]] = j + 1;
      if (j == groups->pair[0]) pair_has[dish[t]] |= 1;
      if (j == groups->pair[1]) pair_has[dish[t]] |= 2;
    }
  }
  return K;
}

static hmfm_status draw(void *memory, const void *prior, const hmfm_groups *groups, gsl_rng *rng,
                        hmfm_prior_draw *draw, hmfm_error *error) {
  const hmfm_hdp_process *process = memory;
  size_t total = 0, *tables = hmfm_calloc(groups->n_groups, sizeof *tables);
  (void)prior;
  if (!tables) return hmfm_fail_memory(error, "the prior laws");
  hmfm_mixing_hdp.draw_prior(memory, rng);
  for (size_t j = 0; j < groups->n_groups; j++)
    total += tables[j] = draw_tables(rng, groups->size[j], process->alpha);
  size_t *dish = hmfm_calloc(total, sizeof *dish), *last = hmfm_calloc(total, sizeof *last);
  unsigned char *pair_has = hmfm_calloc(total, 1);
  hmfm_status status = HMFM_OK;
  if (dish && last && pair_has) {
    draw->clusters = draw_dishes(rng, process->gamma0, groups, tables, dish, last, pair_has,
                                 draw->group_clusters);
    draw->shared = 0;
    for (size_t k = 0; k < draw->clusters; k++) draw->shared += pair_has[k] == 3;
  } else {
    status = hmfm_fail_memory(error, "the prior laws");
  }
  hmfm_free(tables);
  hmfm_free(dish);
  hmfm_free(last);
  hmfm_free(pair_has);
  return status;
}

extern const hmfm_prior_law hmfm_prior_law_hdp;
const hmfm_prior_law hmfm_prior_law_hdp = {
    .mixing = &hmfm_mixing_hdp,
    .exact = hmfm_exact_hdp,
    .draw = draw,
    .means = hmfm_means_hdp,
    .found = {{"gamma0-rate", "alpha-rate"}, {"gamma0", "alpha"}},
    .sign = {{-1.0, -1.0}, {1.0, 1.0}},
    .low = {{-16.0, -16.0}, {-16.0, -16.0}},
    .high = {{16.0, 16.0}, {16.0, 16.0}},
    .start = {{2.3, 0.0}, {2.3, 0.0}},
    .idle = {{"gamma0", "alpha"}, {"gamma0-shape", "gamma0-rate", "alpha-shape", "alpha-rate"}},
};
