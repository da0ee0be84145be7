/* Scores of a fit: every unit left out in turn, then every group; WAIC and LPML along the way. */
#include "hmfm/loo.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "summary/psis.h"

enum { BLOCK = 16 }; /* units whose log likelihoods are taken out of the draws at a time */
static const double P_WAIC_LIMIT = 0.4;

/* What scoring works on; S draws of all chains. */
typedef struct scoring {
  const hmfm_draws *draws;
  size_t kept;       /* draws of a chain that have log likelihoods */
  size_t size;       /* S = n_chains x kept */
  size_t *order;     /* n_units: units group by group */
  double *block;     /* BLOCK x S: log likelihoods of some units, chain after chain */
  double *group_sum; /* S: sum over the units of a group so far */
  hmfm_psis *psis;
  hmfm_loo *loo;
} scoring;

static void scoring_clear(scoring *s) {
  hmfm_free(s->order);
  hmfm_free(s->block);
  hmfm_free(s->group_sum);
  hmfm_psis_destroy(s->psis);
  hmfm_loo_destroy(s->loo);
}

void hmfm_loo_destroy(hmfm_loo *loo) {
  if (!loo) return;
  hmfm_free(loo->unit);
  hmfm_free(loo->group);
  hmfm_free(loo);
}

static hmfm_status scoring_create(scoring *s, hmfm_error *error) {
  const hmfm_draws *draws = s->draws;
  s->order = hmfm_calloc(draws->n_units, sizeof *s->order);
  s->block = hmfm_calloc(s->size, BLOCK * sizeof *s->block);
  s->group_sum = hmfm_calloc(s->size, sizeof *s->group_sum);
  s->loo = hmfm_calloc(1, sizeof *s->loo);
  if (s->loo) {
    s->loo->unit = hmfm_calloc(draws->n_units, sizeof *s->loo->unit);
    s->loo->group = hmfm_calloc(draws->n_groups, sizeof *s->loo->group);
  }
  if (!s->order || !s->block || !s->group_sum || !s->loo || !s->loo->unit || !s->loo->group)
    return hmfm_fail_memory(error, "the scores");
  return hmfm_psis_create(draws->n_chains, s->kept, &s->psis, error);
}

/* Orders the units by group, those of a group as they are. Counts go into the groups' scores. */
static hmfm_status order_units(scoring *s, hmfm_error *error) {
  const hmfm_draws *draws = s->draws;
  hmfm_group_loo *group = s->loo->group;
  size_t *next = hmfm_calloc(draws->n_groups, sizeof *next);
  if (!next) return hmfm_fail_memory(error, "the scores");
  for (size_t i = 0; i < draws->n_units; i++) group[draws->unit_group[i]].n_units++;
  for (size_t j = 1; j < draws->n_groups; j++) next[j] = next[j - 1] + group[j - 1].n_units;
  for (size_t i = 0; i < draws->n_units; i++) s->order[next[draws->unit_group[i]]++] = i;
  hmfm_free(next);
  return HMFM_OK;
}

/* Takes the log likelihoods of n units, which stand unit by unit in a draw, chain by chain. */
static hmfm_status take_block(scoring *s, const size_t *unit, size_t n, hmfm_error *error) {
  const hmfm_draws *draws = s->draws;
  const size_t rows = hmfm_draws_kept(draws, draws->capacity);
  for (size_t c = 0; c < draws->n_chains; c++) {
    for (size_t t = 0; t < s->kept; t++) {
      const float *from = draws->log_likelihood + (c * rows + t) * draws->n_units;
      double *to = s->block + c * s->kept + t;
      for (size_t k = 0; k < n; k++) {
        const double value = from[unit[k]];
        if (!isfinite(value))
          return hmfm_fail(error, HMFM_EDATA,
                           "the log likelihood of unit '%s' of group '%s' is %g in draw %zu of "
                           "chain %zu (both from 0), and has no score",
                           draws->unit_name[unit[k]], draws->group_name[draws->unit_group[unit[k]]],
                           value, t * draws->thin_units, c);
        to[k * s->size] = value;
      }
    }
  }
  return HMFM_OK;
}

static double mean_of(const double *x, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++) sum += x[k] - x[0];
  return x[0] + sum / (double)n;
}

static double variance_of(const double *x, size_t n) {
  const double mean = mean_of(x, n);
  double sum = 0;
  for (size_t k = 0; k < n; k++) sum += (x[k] - mean) * (x[k] - mean);
  return sum / (double)(n - 1);
}

static void score_unit(scoring *s, size_t unit, double *log_lik) {
  hmfm_unit_loo *to = &s->loo->unit[unit];
  const hmfm_left_out out = hmfm_psis_leave_out(s->psis, log_lik);
  to->elpd_loo = out.elpd;
  to->mcse = out.mcse;
  to->p_loo = out.lpd - out.elpd;
  to->pareto_k = out.pareto_k;
  to->r_eff = out.r_eff;
  to->p_waic = variance_of(log_lik, s->size);
  to->elpd_waic = out.lpd - to->p_waic;
  for (size_t k = 0; k < s->size; k++) s->group_sum[k] += log_lik[k];
  for (size_t k = 0; k < s->size; k++) log_lik[k] = -log_lik[k];
  to->log_cpo = log((double)s->size) - hmfm_log_sum_exp(s->size, log_lik);
}

static void score_group(scoring *s, size_t j) {
  hmfm_group_loo *to = &s->loo->group[j];
  const hmfm_left_out out = hmfm_psis_leave_out(s->psis, s->group_sum);
  to->elpd = out.elpd;
  to->mcse = out.mcse;
  to->pareto_k = out.pareto_k;
  to->r_eff = out.r_eff;
  to->is_reliable = out.pareto_k <= s->loo->k_threshold;
}

/* All units of group j, of which the first stands at `first` in the order. Given a draw they are independent, so
 * that the group's log likelihood is the sum of theirs. */
static hmfm_status score_units(scoring *s, size_t j, size_t first, hmfm_error *error) {
  const size_t n = s->loo->group[j].n_units;
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; k < s->size; k++) s->group_sum[k] = 0;
  for (size_t at = 0; !status && at < n; at += BLOCK) {
    const size_t *unit = s->order + first + at;
    const size_t count = n - at < BLOCK ? n - at : BLOCK;
    status = take_block(s, unit, count, error);
    for (size_t k = 0; !status && k < count; k++) score_unit(s, unit[k], s->block + k * s->size);
  }
  if (!status) score_group(s, j);
  return status;
}

/* Sum and standard error of a member of the units' scores. */
#define SUM_OF(loo, member)                                                                        \
  sum_of((const char *)(loo)->unit + offsetof(hmfm_unit_loo, member), (loo)->n_units)
static double term_of(const char *member, size_t i) {
  return *(const double *)(const void *)(member + i * sizeof(hmfm_unit_loo));
}
static hmfm_estimate sum_of(const char *member, size_t n) {
  double sum = 0, square = 0;
  for (size_t i = 0; i < n; i++) sum += term_of(member, i);
  const double mean = sum / (double)n;
  for (size_t i = 0; i < n; i++)
    square += (term_of(member, i) - mean) * (term_of(member, i) - mean);
  return (hmfm_estimate){sum, n > 1 ? sqrt((double)n * square / (double)(n - 1)) : NAN};
}

static hmfm_estimate twice_less(hmfm_estimate e) { return (hmfm_estimate){-2 * e.value, 2 * e.se}; }

static void add_up(hmfm_loo *loo) {
  double variance = 0;
  loo->elpd_loo = SUM_OF(loo, elpd_loo);
  loo->p_loo = SUM_OF(loo, p_loo);
  loo->elpd_waic = SUM_OF(loo, elpd_waic);
  loo->p_waic = SUM_OF(loo, p_waic);
  loo->looic = twice_less(loo->elpd_loo);
  loo->waic = twice_less(loo->elpd_waic);
  loo->lpml = SUM_OF(loo, log_cpo).value;
  for (size_t i = 0; i < loo->n_units; i++) {
    const hmfm_unit_loo *unit = &loo->unit[i];
    loo->n_above += unit->pareto_k > loo->k_threshold;
    loo->n_waic_above += unit->p_waic > P_WAIC_LIMIT;
    if (unit->pareto_k > loo->unit[loo->worst].pareto_k) loo->worst = i;
    variance += unit->mcse * unit->mcse;
  }
  loo->mcse_elpd_loo = loo->n_above ? NAN : sqrt(variance);
}

hmfm_status hmfm_loo_create(const hmfm_draws *draws, hmfm_loo **out, hmfm_error *error) {
  const size_t kept = hmfm_draws_kept(draws, draws->n_draws);
  scoring s = {.draws = draws, .kept = kept, .size = draws->n_chains * kept};
  size_t first = 0;
  if (!draws->log_likelihood)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "there are no log likelihoods to score: they were not saved");
  if (s.size < 2)
    return hmfm_fail(error, HMFM_EDATA, "scores need at least 2 draws, got %zu", s.size);
  hmfm_status status = scoring_create(&s, error);
  if (status) goto out;
  s.loo->n_units = draws->n_units;
  s.loo->n_groups = draws->n_groups;
  s.loo->n_draws = s.size;
  s.loo->k_threshold = fmin(1 - 1 / log10((double)s.size), 0.7);
  status = order_units(&s, error);
  for (size_t j = 0; !status && j < draws->n_groups; j++) {
    status = score_units(&s, j, first, error);
    first += s.loo->group[j].n_units;
  }
  if (status) goto out;
  add_up(s.loo);
  *out = s.loo;
  s.loo = NULL;
out:
  scoring_clear(&s);
  return status;
}
