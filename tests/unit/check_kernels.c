/* Kernels one by one: allocations and log likelihoods against sums over all components (also where most
 * are too light to be scored), the regression's full conditional, what completing a draw leaves alone,
 * and the schedules. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/vecmath.h"
#include "chain/schedule.h"
#include "kernel/beta_proposal.h"
#include "kernel/mixture.h"
#include "model/mixing_hdp.h"
#include "rng/philox.h"
#include "support_model.h"

static const small_shape SHAPE = {3, {90, 7, 64}, 3, 1};
static small s;
static gsl_rng *rng;

static void start(void) {
  rng = hmfm_stream_create(90, 0);
  small_data(&s, &SHAPE, 3);
  small_set(&s, "lambda-mean", 12.0);
  small_model(&s);
  small_state(&s, 9);
}
static void finish(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

/* The same data with mixing hdp. */
static void use_hdp(void) {
  small_clear(&s);
  small_data(&s, &SHAPE, 3);
  s.settings.mixing = "hdp";
  small_model(&s);
  small_state(&s, 9);
}

static hmfm_hdp_process *hdp(void) { return s.state->process; }

/* Of clusters, of open components and of all else; what else is in slots without units is of no use. */
static double sum_of_shares(void) {
  const hmfm_partition *partition = &s.state->partition;
  double sum = hdp()->rest;
  for (size_t m = 0; m < partition->n_slots || m < hdp()->n_open; m++) {
    const int occupied = m < partition->n_slots && partition->total[m] > 0;
    if (occupied) ck_assert(hdp()->share[m] > 0.0);
    if (occupied || m < hdp()->n_open) sum += hdp()->share[m];
  }
  return sum;
}

static void apply(const hmfm_kernel *kernel) {
  hmfm_error error;
  hmfm_state_clusters(s.state);
  small_require(kernel->apply(s.state, &error), &error);
}

/* log w_jm + log f(unit | atom m), from rows. */
static long double slow_score(size_t unit, size_t m) {
  const hmfm_state *state = s.state;
  double e[8];
  const size_t n = small_residuals(&s, unit, e), j = s.dataset->unit_group[unit];
  const long double mu = state->atom[m], sigma2 = state->atom[state->capacity + m];
  long double sum = state->log_weight[j * state->capacity + m];
  for (size_t h = 0; h < n; h++) {
    sum -= 0.5L * logl(2.0L * 3.14159265358979323846L * sigma2) +
           (e[h] - mu) * (e[h] - mu) / (2.0L * sigma2);
  }
  return sum;
}

static long double slow_log_likelihood(size_t unit) {
  long double top = -INFINITY, sum = 0.0L;
  for (size_t m = 0; m < s.state->n_components; m++) top = fmaxl(top, slow_score(unit, m));
  for (size_t m = 0; m < s.state->n_components; m++) sum += expl(slow_score(unit, m) - top);
  return top + logl(sum);
}

/* At concentrations where most components weigh e^-1000 and less, too. */
START_TEST(log_likelihoods_sum_over_all_components) {
  const double gamma[] = {1e-8, 1e-3, 0.5};
  for (int t = 0; t < 30; t++) {
    double process[4] = {5.0, gamma[t % 3], gamma[(t + 1) % 3], gamma[t % 3]};
    s.model->mixing->set(s.state->process, process);
    small_scatter(&s, rng, 1 + (size_t)t % 9, 20);
    s.state->sweep = (uint64_t)t + 1;
    hmfm_state_residuals(s.state);
    apply(&hmfm_kernel_weights);
    apply(&hmfm_kernel_atoms);
    double total = 0.0;
    for (size_t j = 0; j < 3; j++) {
      total += hmfm_mixture_log_likelihood(s.state, &s.model->pieces, j, j + 1, HMFM_CURRENT,
                                           s.state->unit_log_lik);
    }
    double slow_total = 0.0;
    for (size_t i = 0; i < s.dataset->n_units; i++) {
      double slow = (double)slow_log_likelihood(i);
      ck_assert_double_eq_tol(s.state->unit_log_lik[i], slow, 1e-11 * (1 + fabs(slow)));
      slow_total += slow;
    }
    ck_assert_double_eq_tol(total, slow_total, 1e-9 * fabs(slow_total));
  }
}
END_TEST

/* The same state allocated 4,000 times over: frequencies of every unit's components against
 * w f / sum w f, by chi-square over components, added up over units. */
START_TEST(conditional_allocations_have_their_law) {
  enum { TIMES = 4000, M_MAX = 60 };
  const double process[4] = {5.0, 0.4, 1e-4, 0.2};
  static double seen[200][M_MAX];
  double sum = 0.0, cells = 0.0;
  s.model->mixing->set(s.state->process, process);
  small_scatter(&s, rng, 4, 6);
  hmfm_state_residuals(s.state);
  apply(&hmfm_kernel_weights);
  apply(&hmfm_kernel_atoms);
  const size_t M = s.state->n_components, n = s.dataset->n_units;
  ck_assert_uint_le(M, M_MAX);
  memset(seen, 0, sizeof seen);
  for (int t = 0; t < TIMES; t++) {
    s.state->sweep = (uint64_t)t + 1;
    apply(&hmfm_kernel_allocate_conditional);
    for (size_t i = 0; i < n; i++) seen[i][s.state->partition.allocation[i]]++;
  }
  for (size_t i = 0; i < n; i++) {
    long double all = slow_log_likelihood(i);
    double rest_seen = 0.0, rest = 0.0;
    cells -= 1.0;
    for (size_t m = 0; m < M; m++) {
      double e = TIMES * (double)expl(slow_score(i, m) - all);
      if (e < 5.0) {
        rest += e, rest_seen += seen[i][m];
        continue;
      }
      sum += (seen[i][m] - e) * (seen[i][m] - e) / e;
      cells += 1.0;
    }
    ck_assert_double_lt(fabs(rest_seen - rest), 6.0 * sqrt(rest) + 6.0);
    if (rest >= 5.0) sum += (rest_seen - rest) * (rest_seen - rest) / rest, cells += 1.0;
  }
  ck_assert_double_gt(cells, 50.0);
  ck_assert_double_gt(gsl_cdf_chisq_Q(sum, cells), 1e-6);
}
END_TEST

/* beta given allocations and atoms: P and P b from rows; (beta - mean) sqrt(P) is standard normal. */
START_TEST(regression_law) {
  enum { TIMES = 4000 };
  const double process[4] = {5.0, 0.4, 0.3, 0.2};
  double z[3][TIMES], precision[3], mean[3];
  s.model->mixing->set(s.state->process, process);
  small_scatter(&s, rng, 3, 2);
  hmfm_state_residuals(s.state);
  apply(&hmfm_kernel_weights);
  apply(&hmfm_kernel_atoms);
  for (size_t j = 0; j < 3; j++) precision[j] = 1.0, mean[j] = 0.0; /* beta ~ N(0, 1) */
  for (size_t i = 0; i < s.dataset->n_units; i++) {
    const size_t m = (size_t)s.state->partition.allocation[i], j = s.dataset->unit_group[i];
    const double mu = s.state->atom[m], sigma2 = s.state->atom[s.state->capacity + m];
    for (size_t h = s.dataset->unit_start[i]; h < s.dataset->unit_start[i + 1]; h++) {
      precision[j] += s.dataset->x[h] * s.dataset->x[h] / sigma2;
      mean[j] += s.dataset->x[h] * (s.dataset->y[h] - mu) / sigma2;
    }
  }
  for (int t = 0; t < TIMES; t++) {
    s.state->sweep = (uint64_t)t + 1;
    apply(&hmfm_kernel_regression);
    for (size_t j = 0; j < 3; j++) {
      z[j][t] = (s.state->beta[j] - mean[j] / precision[j]) * sqrt(precision[j]);
    }
  }
  for (size_t j = 0; j < 3; j++) {
    double first = 0.0, second = 0.0;
    for (int t = 0; t < TIMES; t++) first += z[j][t] / TIMES, second += z[j][t] * z[j][t] / TIMES;
    ck_assert_double_lt(fabs(first) * sqrt((double)TIMES), 5.0);
    ck_assert_double_lt(fabs(second - 1.0) * sqrt(TIMES / 2.0), 5.0);
    for (size_t k = 0; k < j; k++) { /* groups are independent */
      double product = 0.0;
      for (int t = 0; t < TIMES; t++) product += z[j][t] * z[k][t] / TIMES;
      ck_assert_double_lt(fabs(product) * sqrt((double)TIMES), 5.0);
    }
  }
}
END_TEST

/* After each kernel of each schedule counts agree with allocations, M >= K, and residuals with beta. */
START_TEST(kernels_leave_whole_states) {
  const char *name;
  hmfm_error error;
  if (_i) use_hdp();
  for (size_t a = 0; (name = small_algorithm(s.settings.mixing, a)); a++) {
    const hmfm_schedule *schedule = hmfm_schedule_find(name, s.settings.mixing);
    small_require(hmfm_state_start(s.state, 0, &error), &error);
    for (uint64_t sweep = 1; sweep <= 40; sweep++) {
      s.state->sweep = sweep;
      for (const hmfm_step *step = schedule->step; step->kernel; step++) {
        hmfm_partition *partition = &s.state->partition;
        small_require(step->kernel->apply(s.state, &error), &error);
        int32_t total[3] = {0};
        size_t clusters = 0;
        for (size_t m = 0; m < partition->n_slots; m++) {
          int32_t n = 0;
          for (size_t j = 0; j < 3; j++) {
            total[j] += partition->in_group[j * partition->capacity + m];
            n += partition->in_group[j * partition->capacity + m];
          }
          ck_assert_int_eq(n, partition->total[m]);
          clusters += n > 0;
        }
        for (size_t j = 0; j < 3; j++) ck_assert_uint_eq((size_t)total[j], SHAPE.size[j]);
        for (size_t i = 0; i < s.dataset->n_units; i++) {
          ck_assert_int_gt(partition->total[partition->allocation[i]], 0);
        }
        ck_assert_uint_eq(clusters, partition->n_clusters);
        ck_assert_uint_ge(s.state->n_components, clusters);
        if (_i) ck_assert_double_eq_tol(sum_of_shares(), 1.0, 1e-9);
        ck_assert_uint_ge(s.state->capacity, s.state->n_components);
      }
      ck_assert_uint_eq(s.state->partition.n_slots, s.state->partition.n_clusters);
    }
    /* residuals kept along the way are those of beta */
    ck_assert_int_eq(hmfm_kernel_complete(s.state, 1, &error), HMFM_OK);
    for (size_t i = 0; i < s.dataset->n_units; i++) {
      double slow = (double)slow_log_likelihood(i);
      ck_assert_double_eq_tol(s.state->unit_log_lik[i], slow, 1e-9 * (1 + fabs(slow)));
    }
  }
}
END_TEST

/* complete draws weights and atoms from their full conditionals and touches nothing else. */
START_TEST(completing_a_draw) {
  hmfm_error error;
  const double process[4] = {5.0, 0.4, 0.3, 0.2};
  s.model->mixing->set(s.state->process, process);
  small_scatter(&s, rng, 4, 2);
  hmfm_state_residuals(s.state);
  const size_t M = s.state->n_components;
  int32_t before[200];
  memcpy(before, s.state->partition.allocation, s.dataset->n_units * sizeof *before);
  ck_assert_int_eq(hmfm_kernel_complete(s.state, 1, &error), HMFM_OK);
  ck_assert_int_eq(s.state->components_drawn, 1);
  ck_assert_int_eq(s.state->unit_log_lik_made, 1);
  ck_assert_uint_eq(s.state->n_components, M);
  ck_assert_mem_eq(before, s.state->partition.allocation, s.dataset->n_units * sizeof *before);
  double weight = s.state->log_weight[0], atom = s.state->atom[0],
         log_lik = s.state->unit_log_lik[3];
  ck_assert_int_eq(hmfm_kernel_complete(s.state, 1, &error), HMFM_OK); /* again: nothing to do */
  ck_assert_double_eq(s.state->log_weight[0], weight);
  ck_assert_double_eq(s.state->atom[0], atom);
  ck_assert_double_eq(s.state->unit_log_lik[3], log_lik);
}
END_TEST

/* Those that go with allocations, where they are wanted, are those that are made afterwards, to the bit. */
START_TEST(log_likelihoods_with_allocations) {
  const double process[4] = {5.0, 0.4, 0.3, 0.2};
  const size_t n = s.dataset->n_units;
  double kept[200];
  hmfm_error error;
  s.model->mixing->set(s.state->process, process);
  small_scatter(&s, rng, 4, 2);
  hmfm_state_residuals(s.state);
  apply(&hmfm_kernel_weights);
  apply(&hmfm_kernel_atoms);
  hmfm_mixture_prepare(s.state);
  ck_assert_int_eq(s.state->log_lik_wanted, 0);
  apply(&hmfm_kernel_allocate_conditional);
  ck_assert_int_eq(s.state->unit_log_lik_made, 0);
  s.state->log_lik_wanted = 1;
  apply(&hmfm_kernel_allocate_conditional);
  ck_assert_int_eq(s.state->unit_log_lik_made, 1);
  memcpy(kept, s.state->unit_log_lik, n * sizeof *kept);
  s.state->unit_log_lik_made = 0;
  ck_assert_int_eq(hmfm_kernel_complete(s.state, 1, &error), HMFM_OK);
  ck_assert_mem_eq(kept, s.state->unit_log_lik, n * sizeof *kept);
}
END_TEST

/* In the HDP it adds a component for all that are left, whether empty ones are open or not, and shares stay
 * as they are. */
START_TEST(completing_a_draw_of_infinitely_many) {
  const double process[] = {2.0, 3.0};
  hmfm_error error;
  double share[2][8], back[2];
  int32_t before[200];
  use_hdp();
  for (int t = 0; t < 40; t++) {
    s.model->mixing->set(s.state->process, process);
    small_scatter(&s, rng, 4, 0);
    small_shares(&s, rng);
    hmfm_state_residuals(s.state);
    s.state->sweep = (uint64_t)t + 1;
    const size_t K = s.state->partition.n_clusters;
    if (t % 2) {
      apply(&hmfm_kernel_open_components);
      ck_assert_uint_ge(s.state->n_components, K);
      apply(&hmfm_kernel_atoms);
    }
    const size_t M = s.state->n_components, n = s.dataset->n_units;
    memcpy(before, s.state->partition.allocation, n * sizeof *before);
    s.model->mixing->get_shares(s.state->process, K, share[0]);
    ck_assert_int_eq(hmfm_kernel_complete(s.state, 1, &error), HMFM_OK);
    if (t % 2) ck_assert_uint_eq(s.state->n_components, M + 1);
    ck_assert(s.state->n_components > K && s.state->n_components <= s.state->capacity);
    ck_assert_mem_eq(before, s.state->partition.allocation, n * sizeof *before);
    s.model->mixing->get_shares(s.state->process, K, share[1]);
    for (size_t k = 0; k <= K; k++) ck_assert_double_eq_tol(share[1][k], share[0][k], 1e-15);
    s.model->mixing->get(s.state->process, back);
    ck_assert(back[0] == process[0] && back[1] == process[1]);
    double all = 0.0;
    for (size_t m = 0; m < s.state->n_components; m++) {
      ck_assert(s.state->atom[s.state->capacity + m] > 0.0);
      all += hdp()->share[m];
    }
    ck_assert_double_eq_tol(all, 1.0, 1e-12);
    for (size_t j = 0; j < 3; j++) {
      double sum = 0.0;
      for (size_t m = 0; m < s.state->n_components; m++) {
        sum += exp(s.state->log_weight[j * s.state->capacity + m]);
      }
      ck_assert_double_eq_tol(sum, 1.0, 1e-12);
    }
    for (size_t i = 0; i < n; i++) {
      const double slow = (double)slow_log_likelihood(i);
      ck_assert_double_eq_tol(s.state->unit_log_lik[i], slow, 1e-9 * (1 + fabs(slow)));
    }
  }
}
END_TEST

static int has_all_groups(size_t slot) {
  int all = 1;
  for (size_t j = 0; j < 3; j++)
    all &= s.state->partition.in_group[j * s.state->partition.capacity + slot] > 0;
  return all;
}

/* A cluster whose share is not above the level: nothing enters it and nothing leaves it by moves with
 * weights and atoms, and beta of its groups stays. */
START_TEST(frozen_clusters) {
  const double process[] = {2.0, 3.0};
  double share[5] = {0};
  int32_t before[200];
  size_t moved = 0;
  use_hdp();
  const size_t n = s.dataset->n_units;
  for (uint64_t t = 1; t <= 30; t++) {
    s.model->mixing->set(s.state->process, process);
    do {
      small_scatter(&s, rng, 3, 0);
    } while (s.state->partition.n_clusters < 3 || !has_all_groups(0));
    share[0] = 0.5 * hmfm_hdp_level(s.state->process); /* frozen */
    share[1] = 0.4;
    share[2] = 0.3;
    share[3] = 1.0 - share[0] - 0.4 - 0.3;
    s.model->mixing->set_shares(s.state->process, 3, share);
    hmfm_state_residuals(s.state);
    s.state->sweep = t;
    apply(&hmfm_kernel_open_components);
    memcpy(before, s.state->partition.allocation, n * sizeof *before);
    const double beta[3] = {s.state->beta[0], s.state->beta[1], s.state->beta[2]};
    apply(&hmfm_kernel_atoms);
    apply(&hmfm_kernel_relocate);
    apply(&hmfm_kernel_weights);
    apply(&hmfm_kernel_jump);
    for (size_t j = 0; j < 3; j++) ck_assert_double_eq(s.state->beta[j], beta[j]);
    ck_assert_mem_eq(before, s.state->partition.allocation, n * sizeof *before);
    apply(&hmfm_kernel_allocate_conditional);
    for (size_t i = 0; i < n; i++) {
      const int32_t after = s.state->partition.allocation[i];
      ck_assert_int_eq(before[i] == 0, after == 0);
      moved += before[i] != after;
    }
  }
  ck_assert_uint_gt(moved, 100);
}
END_TEST

/* Where nothing has a share above the level everything stays. */
START_TEST(all_frozen) {
  const double process[] = {2.0, 2000.0};
  int32_t before[200];
  const size_t n = s.dataset->n_units;
  use_hdp();
  s.model->mixing->set(s.state->process, process);
  small_scatter(&s, rng, 3, 0);
  small_shares(&s, rng);
  hmfm_state_residuals(s.state);
  memcpy(before, s.state->partition.allocation, n * sizeof *before);
  apply(&hmfm_kernel_open_components);
  ck_assert_uint_eq(s.state->n_components, s.state->partition.n_clusters);
  apply(&hmfm_kernel_atoms);
  apply(&hmfm_kernel_relocate);
  apply(&hmfm_kernel_weights);
  apply(&hmfm_kernel_regression);
  apply(&hmfm_kernel_jump_reallocate);
  apply(&hmfm_kernel_allocate_conditional);
  ck_assert_mem_eq(before, s.state->partition.allocation, n * sizeof *before);
}
END_TEST

START_TEST(schedules) {
  const char *name;
  ck_assert_ptr_null(hmfm_schedule_find("no such thing", NULL));
  const char *mixing = small_mixing((size_t)_i);
  ck_assert_ptr_null(hmfm_schedule_find(_i ? "marginal" : "direct", mixing));
  for (size_t a = 0; (name = small_algorithm(mixing, a)); a++) {
    const hmfm_schedule *schedule = hmfm_schedule_find(name, mixing);
    ck_assert_str_eq(schedule->name, name);
    ck_assert_str_eq(schedule->mixing, mixing);
    size_t n = 0;
    const hmfm_kernel *last = NULL;
    for (const hmfm_step *step = schedule->step; step->kernel; step++, n++) {
      ck_assert_ptr_nonnull(step->kernel->apply);
      ck_assert_ptr_nonnull(step->kernel->name);
      ck_assert_uint_gt(strlen(step->kernel->law), 0);
      last = step->kernel;
    }
    ck_assert_uint_ge(n, 3);
    ck_assert(last == &hmfm_kernel_relabel); /* a sweep ends in a canonical state */
  }
}
END_TEST

/* The kernel must fail, and say of what in these words. */
static void out_of_range(const hmfm_kernel *kernel, const char *words, const char *place) {
  hmfm_error error = {0};
  hmfm_state_clusters(s.state);
  ck_assert_msg(kernel->apply(s.state, &error) == HMFM_ENUMERIC, "%s goes on", kernel->name);
  ck_assert_msg(strstr(error.message, words) && strstr(error.message, place), "%s", error.message);
}

/* Numbers that have left their range end a sweep with the place, whatever brought them there. */
START_TEST(numbers_out_of_range) {
  const double process[4] = {5.0, 0.4, 0.3, 0.2}, nowhere[4] = {NAN, NAN, NAN, NAN};
  s.model->mixing->set(s.state->process, process);
  small_scatter(&s, rng, 4, 2);
  apply(&hmfm_kernel_atoms);
  apply(&hmfm_kernel_weights);
  hmfm_error error = {0};
  const double gram = s.model->regression.gram[0], sd = s.model->regression.sd[0];
  s.model->regression.sd[0] = NAN;
  out_of_range(&hmfm_kernel_regression, "precision of beta", s.dataset->group_name[0]);
  s.model->regression.sd[0] = sd;
  apply(&hmfm_kernel_regression);
  s.model->regression.gram[0] = NAN;
  for (size_t m = 0; m < s.state->n_components; m++) s.state->weight[m] = 1.0;
  ck_assert_int_eq(hmfm_beta_proposal_prepare(s.state, 0, &error), HMFM_ENUMERIC);
  s.model->regression.gram[0] = gram;

  for (size_t m = 0; m < s.state->n_components; m++) s.state->atom[m] = NAN;
  hmfm_mixture_prepare(s.state);
  out_of_range(&hmfm_kernel_allocate_conditional, "no component has a weight that is a number",
               s.dataset->unit_name[0]);
  s.model->mixing->set(s.state->process, nowhere);
  out_of_range(&hmfm_kernel_allocate_marginal, "no cluster has a weight that is a number",
               s.dataset->unit_name[0]);
}
END_TEST

/* The same of the HDP: concentrations, atoms. */
START_TEST(numbers_out_of_range_in_the_hdp) {
  const double process[] = {2.0, 3.0}, nowhere[] = {NAN, NAN};
  use_hdp();
  s.model->mixing->set(s.state->process, process);
  small_scatter(&s, rng, 4, 0);
  small_shares(&s, rng);
  apply(&hmfm_kernel_open_components);
  apply(&hmfm_kernel_atoms);
  apply(&hmfm_kernel_weights);
  for (size_t m = 0; m < s.state->n_components; m++) s.state->atom[m] = NAN;
  hmfm_mixture_prepare(s.state);
  out_of_range(&hmfm_kernel_allocate_conditional, "no component has a weight that is a number",
               s.dataset->unit_name[0]);
  apply(&hmfm_kernel_close_components);
  s.model->mixing->set(s.state->process, nowhere);
  out_of_range(&hmfm_kernel_allocate_direct, "no cluster has a weight that is a number",
               s.dataset->unit_name[0]);
  small_scatter(&s, rng, 4, 0);
  out_of_range(&hmfm_kernel_allocate_franchise, "no cluster has a weight that is a number",
               s.dataset->unit_name[0]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("kernels");
  TCase *all = tcase_create("kernels");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_test(all, log_likelihoods_sum_over_all_components);
  tcase_add_test(all, conditional_allocations_have_their_law);
  tcase_add_test(all, regression_law);
  tcase_add_loop_test(all, kernels_leave_whole_states, 0, MIXINGS);
  tcase_add_test(all, completing_a_draw);
  tcase_add_test(all, log_likelihoods_with_allocations);
  tcase_add_test(all, completing_a_draw_of_infinitely_many);
  tcase_add_test(all, frozen_clusters);
  tcase_add_test(all, all_frozen);
  tcase_add_loop_test(all, schedules, 0, MIXINGS);
  tcase_add_test(all, numbers_out_of_range);
  tcase_add_test(all, numbers_out_of_range_in_the_hdp);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
