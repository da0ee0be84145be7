/* Exact laws of the HMFM: for every M the laws of K_j given (M, gamma), averaged over gamma for every
 * Lambda; given (M, Lambda) groups are independent, and each occupies an exchangeable subset of the M
 * components. */
#include "prior/hmfm_exact.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "prior/blocks.h"
#include "prior/hmfm_plan.h"
#include "prior/subsets.h"

typedef struct hmfm_sum {
  hmfm_plan plan;
  hmfm_blocks blocks;
  hmfm_subsets subsets;
  double **log_r;  /* of each kind: nodes x top, the table of blocks.h */
  double **law;    /* of each kind: nodes x top, law of K_j given the M at hand */
  double *falling; /* log M!/(M - k)! */
  double *mixed;   /* law of K_j given M and Lambda */
  hmfm_pmf *pmf;   /* of each kind: the same */
  hmfm_pmf united;
  double *both;   /* sizes of the pair's subsets given M: top x top */
  double *common; /* law of shared clusters, from 0 */
} hmfm_sum;

static size_t least_of(size_t a, size_t b) { return a < b ? a : b; }

static size_t nodes_of(const hmfm_sum *s, size_t kind) {
  return isnan(s->plan.prior->gamma[s->plan.groups->first[kind]]) ? s->plan.gamma.n : 1;
}

static size_t top_of(const hmfm_sum *s, size_t kind) {
  return least_of(s->plan.groups->kind_units[kind], s->plan.most);
}

static size_t pair_top(const hmfm_sum *s, int which) {
  return top_of(s, s->plan.groups->kind[s->plan.groups->pair[which]]);
}

/* Nodes of Lambda that matter at an M: all gammas fixed, Lambda matters through P(M) only. */
static double node_weight(const hmfm_plan *plan, size_t l, size_t M) {
  if (plan->prior->n_random == 0) return l == 0 ? plan->component[M] : 0.0;
  return plan->joint[l * (plan->most + 1) + M];
}

/* Multiplications, roughly; logs and exps count for ten. */
static double count_work(const hmfm_sum *s) {
  const hmfm_plan *plan = &s->plan;
  const hmfm_groups *groups = plan->groups;
  double work = 0.0;
  for (size_t c = 0; c < groups->n_kinds; c++)
    work += (double)nodes_of(s, c) * (double)groups->kind_units[c] * (double)top_of(s, c);
  for (size_t M = 1; M <= plan->most; M++) {
    double active = 0.0, laws = 0.0, unions = 0.0;
    if (plan->component[M] < HMFM_PLAN_LEAST) continue;
    for (size_t l = 0; l < plan->lambda.n; l++) active += node_weight(plan, l, M) > HMFM_PLAN_LEAST;
    const double united = (double)least_of(M, groups->n_units);
    for (size_t c = 0; c < groups->n_kinds; c++) {
      const double k = (double)least_of(M, groups->kind_units[c]);
      laws += (double)nodes_of(s, c) * k;
      unions += (double)groups->count[c] * k * united;
    }
    work += 10.0 * laws + active * (laws + unions);
    if (groups->n_groups < 2) continue;
    const double a = (double)least_of(M, pair_top(s, 0)), b = (double)least_of(M, pair_top(s, 1));
    work += (active + fmin(a, b)) * a * b;
  }
  return work;
}

static void sum_clear(hmfm_sum *s) {
  const size_t n_kinds = s->plan.groups ? s->plan.groups->n_kinds : 0;
  for (size_t c = 0; c < n_kinds; c++) {
    if (s->log_r) hmfm_free(s->log_r[c]);
    if (s->law) hmfm_free(s->law[c]);
    if (s->pmf) hmfm_pmf_clear(&s->pmf[c]);
  }
  hmfm_free(s->log_r);
  hmfm_free(s->law);
  hmfm_free(s->pmf);
  hmfm_free(s->falling);
  hmfm_free(s->mixed);
  hmfm_free(s->both);
  hmfm_free(s->common);
  hmfm_pmf_clear(&s->united);
  hmfm_blocks_clear(&s->blocks);
  hmfm_subsets_clear(&s->subsets);
  hmfm_plan_clear(&s->plan);
}

static hmfm_status reserve(hmfm_sum *s, hmfm_error *error) {
  const size_t n_kinds = s->plan.groups->n_kinds, most = s->plan.most;
  const int pair = s->plan.groups->n_groups > 1;
  const size_t a = pair ? pair_top(s, 0) : 1, b = pair ? pair_top(s, 1) : 1;
  hmfm_status status = hmfm_blocks_create(most, &s->blocks, error);
  if (!status) status = hmfm_subsets_create(most, &s->subsets, error);
  if (status) return status;
  s->log_r = hmfm_calloc(n_kinds, sizeof *s->log_r);
  s->law = hmfm_calloc(n_kinds, sizeof *s->law);
  s->pmf = hmfm_calloc(n_kinds, sizeof *s->pmf);
  s->falling = hmfm_calloc(most, sizeof *s->falling);
  s->mixed = hmfm_calloc(most, sizeof *s->mixed);
  s->both = a > SIZE_MAX / 16 / b ? NULL : hmfm_calloc(a * b, sizeof *s->both);
  s->common = hmfm_calloc(least_of(a, b) + 1, sizeof *s->common);
  int fine = s->log_r && s->law && s->pmf && s->falling && s->mixed && s->both && s->common;
  for (size_t c = 0; fine && c < n_kinds; c++) {
    const size_t n = nodes_of(s, c) * top_of(s, c);
    s->log_r[c] = hmfm_calloc(n, sizeof **s->log_r);
    s->law[c] = hmfm_calloc(n, sizeof **s->law);
    fine = s->log_r[c] && s->law[c];
  }
  return fine ? HMFM_OK : hmfm_fail_memory(error, "the prior laws");
}

static void fill_tables(hmfm_sum *s) {
  const hmfm_groups *groups = s->plan.groups;
  for (size_t c = 0; c < groups->n_kinds; c++) {
    const size_t nodes = nodes_of(s, c), top = top_of(s, c);
    const double fixed = s->plan.prior->gamma[groups->first[c]];
    for (size_t g = 0; g < nodes; g++)
      hmfm_blocks_compute(&s->blocks, groups->kind_units[c],
                          isnan(fixed) ? s->plan.gamma.value[g] : fixed, top,
                          s->log_r[c] + g * top);
  }
}

/* Laws of K_j given M and gamma, for all gamma. */
static void laws_given_gamma(hmfm_sum *s, size_t M) {
  double log_falling = 0.0;
  for (size_t k = 0; k < M && k < s->plan.most; k++)
    s->falling[k] = log_falling += log((double)(M - k));
  for (size_t c = 0; c < s->plan.groups->n_kinds; c++) {
    const size_t top = top_of(s, c), held = least_of(top, M);
    for (size_t g = 0; g < nodes_of(s, c); g++)
      hmfm_blocks_law(held, s->falling, s->log_r[c] + g * top, s->law[c] + g * top);
  }
}

/* Laws of K_j given M and the Lambda of node l; below the grid gamma is as good as 0, and K_j 1. */
static hmfm_status laws_given_lambda(hmfm_sum *s, size_t M, size_t l, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  for (size_t c = 0; !status && c < s->plan.groups->n_kinds; c++) {
    const size_t top = top_of(s, c), held = least_of(top, M);
    const int is_fixed = !isnan(s->plan.prior->gamma[s->plan.groups->first[c]]);
    const double *weight = s->plan.weight + (is_fixed ? 0 : l * s->plan.gamma.n);
    memset(s->mixed, 0, held * sizeof *s->mixed);
    if (!is_fixed) s->mixed[0] = s->plan.lack[l];
    for (size_t g = 0; !is_fixed && g < s->plan.gamma.n; g++) {
      const double *law = s->law[c] + g * top, w = weight[g];
      if (w < HMFM_PMF_LEAST) continue;
      for (size_t k = 0; k < held; k++) s->mixed[k] += w * law[k];
    }
    status = hmfm_pmf_set(&s->pmf[c], 1, held, is_fixed ? s->law[c] : s->mixed, error);
  }
  return status;
}

static void add_pair(hmfm_sum *s, double weight) {
  const hmfm_groups *groups = s->plan.groups;
  const hmfm_pmf *a = &s->pmf[groups->kind[groups->pair[0]]];
  const hmfm_pmf *b = &s->pmf[groups->kind[groups->pair[1]]];
  const size_t row = pair_top(s, 1);
  for (size_t i = 0; i < a->n; i++)
    for (size_t k = 0; k < b->n; k++)
      s->both[(a->low + i - 1) * row + b->low + k - 1] += weight * a->p[i] * b->p[k];
}

static hmfm_status add_node(hmfm_sum *s, size_t M, size_t l, double weight, hmfm_prior_laws *laws,
                            hmfm_error *error) {
  const hmfm_groups *groups = s->plan.groups;
  int begun = 0;
  hmfm_status status = laws_given_lambda(s, M, l, error);
  for (size_t c = 0; !status && c < groups->n_kinds; c++) {
    hmfm_law_add(&laws->kind_law[c], weight, &s->pmf[c]);
    for (size_t j = 0; !status && j < groups->count[c]; j++) {
      status = begun ? hmfm_subsets_unite(&s->subsets, M, &s->pmf[c], &s->united, error)
                     : hmfm_pmf_copy(&s->pmf[c], &s->united, error);
      begun = 1;
    }
  }
  if (status) return status;
  hmfm_law_add(&laws->clusters, weight, &s->united);
  if (groups->n_groups > 1) add_pair(s, weight);
  return HMFM_OK;
}

static void add_common(hmfm_sum *s, size_t M) {
  const size_t row = pair_top(s, 1);
  const size_t a = least_of(M, pair_top(s, 0)), b = least_of(M, row);
  for (size_t i = 1; i <= a; i++)
    for (size_t k = 1; k <= b; k++) {
      double *weight = &s->both[(i - 1) * row + k - 1];
      if (*weight > HMFM_PMF_LEAST) hmfm_subsets_common(&s->subsets, M, i, k, *weight, s->common);
      *weight = 0.0;
    }
}

static hmfm_status make_laws(const hmfm_sum *s, hmfm_prior_laws *laws, hmfm_error *error) {
  const hmfm_groups *groups = s->plan.groups;
  hmfm_status status =
      hmfm_law_create(&laws->clusters, 1, least_of(s->plan.most, groups->n_units), error);
  if (!status) status = hmfm_law_create(&laws->components, 1, s->plan.most, error);
  for (size_t c = 0; !status && c < groups->n_kinds; c++)
    status = hmfm_law_create(&laws->kind_law[c], 1, top_of(s, c), error);
  if (!status && groups->n_groups > 1)
    status = hmfm_law_create(&laws->shared, 0, least_of(pair_top(s, 0), pair_top(s, 1)) + 1, error);
  return status;
}

static hmfm_status add_all(hmfm_sum *s, hmfm_prior_laws *laws, hmfm_error *error) {
  const hmfm_plan *plan = &s->plan;
  hmfm_status status = make_laws(s, laws, error);
  if (status) return status;
  fill_tables(s);
  for (size_t M = 1; !status && M <= plan->most; M++) {
    laws->components.probability[M - 1] = plan->component[M];
    if (plan->component[M] < HMFM_PLAN_LEAST) continue;
    laws_given_gamma(s, M);
    for (size_t l = 0; !status && l < plan->lambda.n; l++) {
      const double weight = node_weight(plan, l, M);
      if (weight > HMFM_PLAN_LEAST) status = add_node(s, M, l, weight, laws, error);
    }
    if (!status && plan->groups->n_groups > 1) add_common(s, M);
  }
  if (status) return status;
  for (size_t k = 0; k < laws->shared.n; k++) laws->shared.probability[k] = s->common[k];
  return HMFM_OK;
}

hmfm_status hmfm_exact_hmfm(const void *prior, const hmfm_groups *groups, const hmfm_prior_run *run,
                            double most_work, hmfm_prior_laws *laws, hmfm_error *error) {
  hmfm_sum s = {0};
  int too_large = 0;
  hmfm_status status =
      hmfm_plan_create(prior, groups, run->refine, most_work, &s.plan, &too_large, error);
  laws->work = status || too_large ? INFINITY : count_work(&s);
  if (status || laws->work > most_work) goto out;
  status = reserve(&s, error);
  if (!status) status = add_all(&s, laws, error);
out:
  sum_clear(&s);
  return status;
}
