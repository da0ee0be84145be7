/* Exact laws of the HDP: tables given alpha, clusters given tables and gamma0.
 *
 * With T_a = a and T_b = b tables in two groups, and g = gamma0, the number of shared clusters is
 * Antoniak(g, l), where l has probabilities proportional to 1/(l! (a-l)! (b-l)! (g)_l), l <= min(a, b). */
#include "prior/hdp_exact.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "prior/hdp_tables.h"

typedef struct clusters {
  hmfm_hdp_tables tables;
  size_t most[2];      /* tables of the groups of the pair */
  double *both;        /* most[0] x most[1]: joint law of T_a and T_b */
  double *link, *term; /* law of l given gamma0; work space */
  hmfm_pmf drawn;      /* Antoniak(gamma0, T), T growing */
} clusters;

static void clear(clusters *s) {
  hmfm_free(s->both);
  hmfm_free(s->link);
  hmfm_free(s->term);
  hmfm_pmf_clear(&s->drawn);
  hmfm_hdp_tables_clear(&s->tables);
}

/* The joint law of T_a and T_b: independent given alpha. */
static hmfm_status join_pair(clusters *s, hmfm_error *error) {
  const hmfm_hdp_tables *t = &s->tables;
  s->most[0] = s->most[1] = 1;
  for (int k = 0; k < 2; k++)
    for (size_t node = 0; node < t->alpha.n; node++) {
      const hmfm_pmf *pmf = &t->pair[k][node];
      if (pmf->n && pmf->low + pmf->n - 1 > s->most[k]) s->most[k] = pmf->low + pmf->n - 1;
    }
  s->both = hmfm_calloc(s->most[0] * s->most[1], sizeof *s->both);
  s->link = hmfm_calloc(s->most[0] + 1, sizeof *s->link);
  s->term = hmfm_calloc(s->most[0] + 1, sizeof *s->term);
  if (!s->both || !s->link || !s->term) return hmfm_fail_memory(error, "the prior laws");
  s->both[0] = t->alpha_lack;
  for (size_t node = 0; node < t->alpha.n; node++) {
    const hmfm_pmf *a = &t->pair[0][node], *b = &t->pair[1][node];
    for (size_t i = 0; i < a->n; i++)
      for (size_t k = 0; k < b->n; k++)
        s->both[(a->low + i - 1) * s->most[1] + b->low + k - 1] +=
            t->alpha.weight[node] * a->p[i] * b->p[k];
  }
  return HMFM_OK;
}

/* Adds weight times the law of l given a and b, from its mode (ab - g)/(a + b + g + 1) both ways, by the ratio
 * (a - l)(b - l)/((l + 1)(g + l)) of neighbours. */
static void add_link(clusters *s, size_t a, size_t b, double g, double weight) {
  const double A = (double)a, B = (double)b, at = (A * B - g) / (A + B + g + 1.0);
  const size_t most = a < b ? a : b;
  size_t mode = at > 0.0 ? (size_t)at : 0, first, last;
  if (mode > most) mode = most;
  double sum = s->term[mode] = 1.0;
  for (last = mode; last < most && s->term[last] >= HMFM_PMF_LEAST; last++) {
    const double l = (double)last;
    s->term[last + 1] = s->term[last] * (A - l) * (B - l) / ((l + 1.0) * (g + l));
    sum += s->term[last + 1];
  }
  for (first = mode; first > 0 && s->term[first] >= HMFM_PMF_LEAST; first--) {
    const double l = (double)first;
    s->term[first - 1] = s->term[first] * l * (g + l - 1.0) / ((A - l + 1.0) * (B - l + 1.0));
    sum += s->term[first - 1];
  }
  for (size_t l = first; l <= last; l++) s->link[l] += weight * s->term[l] / sum;
}

static void link_pair(clusters *s, double g) {
  for (size_t l = 0; l <= s->most[0]; l++) s->link[l] = 0.0;
  for (size_t a = 1; a <= s->most[0]; a++)
    for (size_t b = 1; b <= s->most[1]; b++) {
      const double weight = s->both[(a - 1) * s->most[1] + b - 1];
      if (weight >= 1e-15) add_link(s, a, b, g, weight);
    }
}

/* Adds the laws given one gamma0, T growing: each T has its weight in every law. */
static hmfm_status add_node(clusters *s, size_t node, hmfm_prior_laws *laws, hmfm_error *error) {
  const hmfm_hdp_tables *t = &s->tables;
  const double g = t->gamma0.value[node], weight = t->gamma0.weight[node];
  const int pair = laws->shared.n > 0;
  hmfm_status status = hmfm_pmf_point(&s->drawn, 1, error);
  if (pair) {
    link_pair(s, g);
    laws->shared.probability[0] += weight * s->link[0];
  }
  for (size_t T = 1; !status && T <= t->total.n; T++) {
    hmfm_law_add(&laws->clusters, weight * t->total.probability[T - 1], &s->drawn);
    for (size_t c = 0; c < laws->n_kinds; c++)
      if (T <= t->kind[c].n)
        hmfm_law_add(&laws->kind_law[c], weight * t->kind[c].probability[T - 1], &s->drawn);
    if (pair && T <= s->most[0]) hmfm_law_add(&laws->shared, weight * s->link[T], &s->drawn);
    status = hmfm_pmf_add_bernoulli(&s->drawn, g / (g + (double)T), error);
  }
  return status;
}

static void cut(hmfm_law *law) {
  while (law->n > 1 && law->probability[law->n - 1] < HMFM_PMF_LEAST) law->n--;
}

static hmfm_status make_laws(clusters *s, hmfm_prior_laws *laws, hmfm_error *error) {
  hmfm_hdp_tables *t = &s->tables;
  cut(&t->total);
  hmfm_status status = hmfm_law_create(&laws->clusters, 1, t->total.n, error);
  for (size_t c = 0; !status && c < laws->n_kinds; c++) {
    cut(&t->kind[c]);
    status = hmfm_law_create(&laws->kind_law[c], 1, t->kind[c].n, error);
  }
  if (status || laws->n_groups < 2) return status;
  const size_t least = s->most[0] < s->most[1] ? s->most[0] : s->most[1];
  return hmfm_law_create(&laws->shared, 0, least + 1, error);
}

hmfm_status hmfm_exact_hdp(const void *prior, const hmfm_groups *groups, const hmfm_prior_run *run,
                           double most_work, hmfm_prior_laws *laws, hmfm_error *error) {
  clusters s = {0};
  const int pair = groups->n_groups > 1;
  hmfm_status status = hmfm_hdp_tables_create(prior, groups, run->refine, 1, &s.tables, error);
  laws->work = s.tables.work;
  if (status || laws->work > most_work) goto out;
  status = hmfm_hdp_tables_fill(&s.tables, pair, error);
  if (!status && pair) status = join_pair(&s, error);
  if (!status) status = make_laws(&s, laws, error);
  for (size_t node = 0; !status && node < s.tables.gamma0.n; node++)
    if (s.tables.gamma0.weight[node] >= HMFM_PMF_LEAST) status = add_node(&s, node, laws, error);
  if (status) goto out;
  laws->clusters.probability[0] += s.tables.gamma0_lack; /* gamma0 as good as 0: one cluster */
  for (size_t c = 0; c < laws->n_kinds; c++)
    laws->kind_law[c].probability[0] += s.tables.gamma0_lack;
  if (pair) laws->shared.probability[1] += s.tables.gamma0_lack;
out:
  clear(&s);
  return status;
}

/* E[K | T] = sum over t < T of E[gamma0/(gamma0 + t)]; the law of T is needed, that of K is not. */
hmfm_status hmfm_means_hdp(const void *prior, const hmfm_groups *groups, hmfm_prior_means *means,
                           hmfm_error *error) {
  hmfm_hdp_tables t;
  double expected = 0.0, K = 0.0, K_group = 0.0;
  hmfm_status status = hmfm_hdp_tables_create(prior, groups, 1.0, 0, &t, error);
  if (status) return status;
  status = hmfm_hdp_tables_fill(&t, 0, error);
  for (size_t T = 1; !status && T <= t.total.n; T++) {
    if (T == 1) expected = t.gamma0_lack;
    for (size_t node = 0; node < t.gamma0.n; node++)
      expected +=
          t.gamma0.weight[node] * t.gamma0.value[node] / (t.gamma0.value[node] + (double)(T - 1));
    K += t.total.probability[T - 1] * expected;
    for (size_t c = 0; c < groups->n_kinds; c++)
      if (T <= t.kind[c].n)
        K_group += (double)groups->count[c] * t.kind[c].probability[T - 1] * expected;
  }
  hmfm_hdp_tables_clear(&t);
  if (status) return status;
  means->clusters = K;
  means->group_clusters = K_group / (double)groups->n_groups;
  return HMFM_OK;
}
