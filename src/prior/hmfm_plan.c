/* Lambda and M of the HMFM on a grid of Lambda; gamma | Lambda on a grid of gamma common to all Lambda. */
#include "prior/hmfm_plan.h"

#include <gsl/gsl_math.h>
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"

/* log q(M | Lambda): the law of the number of components. */
static double log_pmf_components(const hmfm_prior *prior, double lambda, size_t M) {
  hmfm_components_at at = prior->at;
  at.lambda = lambda;
  return hmfm_components_log_pmf(prior->law, &at, M);
}

/* From which M on q(M | Lambda) is nothing; most, where that is not reached before. */
static double end_of_components(const hmfm_prior *prior, double lambda, double most) {
  hmfm_components_at at = prior->at;
  size_t first, last;
  at.lambda = lambda;
  prior->law->range(&at, 1, &first, &last);
  double end = lambda + 12.0 * sqrt(lambda) + 60.0;
  while (end < most && end < (double)last && log_pmf_components(prior, lambda, (size_t)end) > -45.0)
    end *= 1.5;
  return fmin(end, (double)last);
}

/* From here on P(M) falls, and what is beyond is less than anybody would see. */
static int is_last(const hmfm_plan *plan, size_t M, double probability, double expected) {
  (void)plan;
  return probability < 1e-18 && (double)M > expected;
}

/* Information about log gamma in the clusters of a group: at most a quarter of what can be one or not. */
static double information(const hmfm_groups *groups, size_t kind, double components) {
  return 0.25 * fmin(components, (double)groups->kind_units[kind]);
}

/* Precision of log Lambda given M and the counts: Lambda ~ Gamma, M ~ Poisson, and each random gamma, whose
 * law it scales, through the counts of its group. */
static hmfm_status lambda_grid(hmfm_plan *plan, double refine, hmfm_error *error) {
  const hmfm_prior *prior = plan->prior;
  if (!isnan(prior->lambda)) return hmfm_grid_fix(prior->lambda, &plan->lambda, error);
  double low = INFINITY, high = -INFINITY;
  const double usual = 1.0 + hmfm_gamma_high(prior->a_lambda, prior->b_lambda);
  double precision = prior->a_lambda + usual;
  for (size_t c = 0; c < plan->groups->n_kinds; c++) {
    if (!isnan(prior->gamma[plan->groups->first[c]])) continue;
    const double v = information(plan->groups, c, usual);
    precision += (double)plan->groups->count[c] * prior->a_gamma * v / (prior->a_gamma + v);
  }
  hmfm_grid_widen(prior->a_lambda, prior->b_lambda, &low, &high);
  hmfm_status status =
      hmfm_grid_create(low, high, hmfm_grid_step(precision, refine), &plan->lambda, error);
  if (status) return status;
  /* below the first node Lambda is taken for that node's: where it is tiny, M = 1 */
  plan->lambda.weight[0] +=
      hmfm_grid_gamma(&plan->lambda, prior->a_lambda, prior->b_lambda, plan->lambda.weight);
  return HMFM_OK;
}

/* Adds values of M until they no longer matter. */
static hmfm_status join_components(hmfm_plan *plan, double most_nodes, int *too_large,
                                   hmfm_error *error) {
  const size_t L = plan->lambda.n;
  double expected = 1.0, high = 0.0;
  for (size_t l = 0; l < L; l++) {
    expected += plan->lambda.weight[l] * plan->lambda.value[l];
    if (plan->lambda.weight[l] > 1e-20) high = plan->lambda.value[l];
  }
  const double room = end_of_components(plan->prior, high, most_nodes);
  *too_large = (double)L * room > most_nodes;
  if (*too_large) return HMFM_OK;
  const size_t most = (size_t)room;
  plan->component = hmfm_calloc(most + 1, sizeof *plan->component);
  plan->joint = hmfm_calloc(L * (most + 1), sizeof *plan->joint);
  if (!plan->component || !plan->joint) return hmfm_fail_memory(error, "the prior laws");
  plan->most = most;
  for (size_t M = 1; M <= most; M++) {
    for (size_t l = 0; l < L; l++) {
      const double p =
          plan->lambda.weight[l] * exp(log_pmf_components(plan->prior, plan->lambda.value[l], M));
      plan->joint[l * (most + 1) + M] = p;
      plan->component[M] += p;
    }
  }
  while (plan->most > 1 && is_last(plan, plan->most, plan->component[plan->most], expected))
    plan->most--;
  for (size_t l = 1; l < L; l++) /* rows of the new length */
    for (size_t M = 0; M <= plan->most; M++)
      plan->joint[l * (plan->most + 1) + M] = plan->joint[l * (most + 1) + M];
  return HMFM_OK;
}

static hmfm_status gamma_grid(hmfm_plan *plan, double refine, hmfm_error *error) {
  const hmfm_prior *prior = plan->prior;
  const size_t L = plan->lambda.n, row = plan->most + 1;
  double low = INFINITY, high = -INFINITY, v = 0.0;
  if (prior->n_random == 0) return HMFM_OK;
  for (size_t c = 0; c < plan->groups->n_kinds; c++)
    v = fmax(v, information(plan->groups, c, (double)plan->most));
  for (size_t l = 0; l < L; l++) {
    double several = 0.0; /* P(Lambda = node, M > 1); where M = 1, gamma does not matter */
    for (size_t M = 2; M < row; M++) several += plan->joint[l * row + M];
    if (several < 1e-17 && (l + 1 < L || low < high)) continue;
    hmfm_grid_widen(prior->a_gamma, prior->b_gamma * plan->lambda.value[l], &low, &high);
  }
  hmfm_status status =
      hmfm_grid_create(low, high, hmfm_grid_step(prior->a_gamma + v, refine), &plan->gamma, error);
  if (status) return status;
  plan->weight = hmfm_calloc(L * plan->gamma.n, sizeof *plan->weight);
  plan->lack = hmfm_calloc(L, sizeof *plan->lack);
  if (!plan->weight || !plan->lack) return hmfm_fail_memory(error, "the prior laws");
  for (size_t l = 0; l < L; l++)
    plan->lack[l] =
        hmfm_grid_gamma(&plan->gamma, prior->a_gamma, prior->b_gamma * plan->lambda.value[l],
                        plan->weight + l * plan->gamma.n);
  return HMFM_OK;
}

hmfm_status hmfm_plan_create(const hmfm_prior *prior, const hmfm_groups *groups, double refine,
                             double most_nodes, hmfm_plan *plan, int *too_large,
                             hmfm_error *error) {
  *plan = (hmfm_plan){.prior = prior, .groups = groups};
  *too_large = 0;
  hmfm_status status = lambda_grid(plan, refine, error);
  if (!status) status = join_components(plan, most_nodes, too_large, error);
  if (!status && !*too_large) status = gamma_grid(plan, refine, error);
  if (status) hmfm_plan_clear(plan);
  return status;
}

void hmfm_plan_clear(hmfm_plan *plan) {
  hmfm_grid_clear(&plan->lambda);
  hmfm_grid_clear(&plan->gamma);
  hmfm_free(plan->joint);
  hmfm_free(plan->component);
  hmfm_free(plan->weight);
  hmfm_free(plan->lack);
  *plan = (hmfm_plan){0};
}
