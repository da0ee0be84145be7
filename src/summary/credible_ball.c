/* The credible ball about a point partition: the draws nearest to it, and the most extreme of them. */
#include "hmfm/partitions.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

static int compare_distances(const void *a, const void *b) {
  const double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

/* The smallest radius within which a share `level` of the draws lies. */
static double find_radius(size_t n_draws, double *distance, double level) {
  size_t inside = (size_t)ceil(level * (double)n_draws - 1e-9);
  if (inside < 1) inside = 1;
  qsort(distance, n_draws, sizeof *distance, compare_distances);
  return distance[inside - 1];
}

/* Whether draw t is farther out than draw best: by clusters times sign, then by distance; of equal ones the first is
 * kept. */
static int is_beyond(const hmfm_partitions *partitions, const double *distance, size_t t,
                     size_t best, int sign) {
  const int64_t more =
      sign * ((int64_t)partitions->n_clusters[t] - (int64_t)partitions->n_clusters[best]);
  return more != 0 ? more > 0 : distance[t] > distance[best];
}

hmfm_status hmfm_partition_ball(const hmfm_partitions *partitions, const char *loss, double a,
                                const uint32_t *label, double level, int threads,
                                hmfm_credible_ball *out, hmfm_error *error) {
  static const int sign[] = {0, -1, 1};
  const size_t n = partitions->n_draws;
  if (!(level > 0 && level < 1))
    return hmfm_fail(error, HMFM_EUSAGE,
                     "the probability of a credible ball must be in (0, 1), got %g", level);
  double *distance = hmfm_calloc(n, sizeof *distance), *sorted = hmfm_calloc(n, sizeof *sorted);
  hmfm_status status = distance && sorted ? HMFM_OK : hmfm_fail_memory(error, "a credible ball");
  if (!status) status = hmfm_partition_losses(partitions, loss, a, label, threads, distance, error);
  if (!status) {
    hmfm_credible_ball ball = {0};
    hmfm_bound *const bound[] = {&ball.horizontal, &ball.upper, &ball.lower};
    size_t inside = 0;
    for (size_t t = 0; t < n; t++) sorted[t] = distance[t];
    ball.radius = find_radius(n, sorted, level);
    for (size_t t = 0; t < n; t++) {
      if (distance[t] > ball.radius) continue;
      for (int k = 0; k < 3; k++)
        if (inside == 0 || is_beyond(partitions, distance, t, bound[k]->draw, sign[k]))
          *bound[k] = (hmfm_bound){t, partitions->n_clusters[t], distance[t]};
      inside++;
    }
    ball.probability = (double)inside / (double)n;
    *out = ball;
  }
  hmfm_free(distance);
  hmfm_free(sorted);
  return status;
}
