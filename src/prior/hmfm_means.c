/* Expected numbers of clusters of the HMFM without their laws. A component is missed by all groups with
 * probability prod_j E[(gamma_j (M-1))_{n_j}/(gamma_j M)_{n_j}] given M and Lambda, so
 *   E[K | M] = M (1 - prod_j E[...]),  E[K_j | M] = M (1 - E[...]). */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "prior/hmfm_exact.h"
#include "prior/hmfm_plan.h"
#include "prior/rising.h"

/* Probability that a component holds no unit of n, given M and gamma. */
static double missed(double gamma, double M, double n) {
  if (M < 2.0) return 0.0;
  return exp(hmfm_log_rising(gamma * (M - 1.0), n) - hmfm_log_rising(gamma * M, n));
}

/* missed[c * nodes + g] for all kinds at one M. */
static void fill(const hmfm_plan *plan, size_t nodes, size_t M, double *miss) {
  const hmfm_groups *groups = plan->groups;
  for (size_t c = 0; c < groups->n_kinds; c++) {
    const double fixed = plan->prior->gamma[groups->first[c]];
    const double n = (double)groups->kind_units[c];
    if (!isnan(fixed))
      miss[c * nodes] = missed(fixed, (double)M, n);
    else
      for (size_t g = 0; g < plan->gamma.n; g++)
        miss[c * nodes + g] = missed(plan->gamma.value[g], (double)M, n);
  }
}

/* Below the grid gamma is as good as 0, and the one cluster of the group elsewhere with (M - 1)/M. */
static double average(const hmfm_plan *plan, size_t l, size_t M, size_t c, const double *miss) {
  if (!isnan(plan->prior->gamma[plan->groups->first[c]])) return miss[0];
  const double *weight = plan->weight + l * plan->gamma.n;
  double sum = plan->lack[l] * (double)(M - 1) / (double)M;
  for (size_t g = 0; g < plan->gamma.n; g++) sum += weight[g] * miss[g];
  return sum;
}

hmfm_status hmfm_means_hmfm(const void *prior, const hmfm_groups *groups, hmfm_prior_means *means,
                            hmfm_error *error) {
  hmfm_plan plan;
  int too_large = 0;
  double K = 0.0, K_group = 0.0, *miss = NULL;
  hmfm_status status = hmfm_plan_create(prior, groups, 1.0, INFINITY, &plan, &too_large, error);
  if (status) return status;
  const size_t nodes = plan.gamma.n ? plan.gamma.n : 1, row = plan.most + 1;
  miss = hmfm_calloc(groups->n_kinds * nodes, sizeof *miss);
  if (!miss) status = hmfm_fail_memory(error, "the prior laws");
  for (size_t M = 1; !status && M <= plan.most; M++) {
    if (plan.component[M] < HMFM_PLAN_LEAST) continue;
    fill(&plan, nodes, M, miss);
    for (size_t l = 0; l < plan.lambda.n; l++) {
      const double w = plan.joint[l * row + M] * (double)M;
      if (w < HMFM_PLAN_LEAST) continue;
      double none = 1.0, sum = 0.0;
      for (size_t c = 0; c < groups->n_kinds; c++) {
        const double q = average(&plan, l, M, c, miss + c * nodes),
                     count = (double)groups->count[c];
        none *= pow(q, count);
        sum += count * (1.0 - q);
      }
      K += w * (1.0 - none);
      K_group += w * sum / (double)groups->n_groups;
    }
  }
  hmfm_free(miss);
  hmfm_plan_clear(&plan);
  if (status) return status;
  means->clusters = K;
  means->group_clusters = K_group;
  return HMFM_OK;
}
