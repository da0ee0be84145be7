/* The log ratio of a split against the difference of the log joint law, by the slow route, of the states
 * after and before it: M summed out, and shares; for normal observations and for counts. */
#include <check.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/split_ratio.h"
#include "model/mixing_hdp.h"
#include "rng/philox.h"
#include "stat/slow.h"
#include "support_model.h"

enum { GROUPS = 3, UNITS = 14, MOST = 8, STATES = 300 };
static const small_shape SHAPE = {GROUPS, {6, 3, 5}, 3, 0};
static const slow_nig NIG = {0.4, 0.3, 3.0, 0.6};
static const slow_gamma RATE = {1.4, 0.7};
static small s;
static gsl_rng *rng;

static void start(void) {
  rng = hmfm_stream_create(31, 0);
  s = (small){0};
}
static void finish(void) {
  small_clear(&s);
  hmfm_stream_destroy(rng);
}

static void start_model(const char *mixing, int counts) {
  small_data(&s, &SHAPE, 11);
  s.settings.mixing = mixing;
  if (counts) {
    for (size_t h = 0; h < s.dataset->n_rows; h++) s.dataset->y[h] = floor(fabs(s.dataset->y[h]));
    s.settings.family = "poisson";
    small_set(&s, "rate-mean", RATE.a / RATE.b);
    small_set(&s, "rate-shape", RATE.a);
  } else {
    small_set(&s, "mu0", NIG.mu0);
    small_set(&s, "k0", NIG.k0);
    small_set(&s, "nu0", NIG.nu0);
    small_set(&s, "s0", NIG.s0);
  }
  small_model(&s);
  small_state(&s, 5);
}

/* ---- the slow route ---- */

/* A partition with what goes with it; labels need not be in order, but are below K. */
typedef struct slow_state {
  size_t K;
  int32_t label[UNITS];
  double share[MOST + 1]; /* the last of them, share[K], of what is no cluster */
} slow_state;

/* What the law has besides; gamma: gamma_j. */
typedef struct slow_hyper {
  double alpha, gamma0, lambda, gamma[GROUPS];
} slow_hyper;

static size_t count(const slow_state *x, size_t group, size_t k) {
  size_t n = 0;
  for (size_t i = 0; i < UNITS; i++)
    n += x->label[i] == (int32_t)k && s.dataset->unit_group[i] == group;
  return n;
}

static double log_marginals(const slow_state *x, int counts) {
  double sum = 0.0;
  for (size_t k = 0; k < x->K; k++) {
    double y[8 * UNITS], one[8 * UNITS];
    size_t n = 0;
    for (size_t i = 0; i < UNITS; i++)
      if (x->label[i] == (int32_t)k) n += small_residuals(&s, i, y + n);
    for (size_t h = 0; h < n; h++) one[h] = 1.0;
    sum += counts ? slow_log_marginal_counts(&RATE, n, y, one) : slow_log_marginal(&NIG, n, y);
  }
  return sum;
}

static double log_sum(const double *x, size_t n) {
  double top = -INFINITY, sum = 0.0;
  for (size_t k = 0; k < n; k++) top = fmax(top, x[k]);
  for (size_t k = 0; k < n; k++) sum += exp(x[k] - top);
  return top + log(sum);
}

static const slow_law POISSON = {0};

/* Prior of partition and shares, or of the partition with M summed out. */
static double log_prior(hmfm_split_variant variant, const slow_hyper *h, const slow_state *x) {
  enum { TERMS = 300 };
  const double K = (double)x->K;
  double sum = 0.0, term[TERMS];
  for (size_t j = 0; j < GROUPS; j++) {
    for (size_t k = 0; k < x->K; k++) {
      const double mass = variant == HMFM_SPLIT_SHARES ? h->alpha * x->share[k] : h->gamma[j];
      sum += slow_log_rising(mass, count(x, j, k));
    }
  }
  if (variant == HMFM_SPLIT_SHARES) {
    for (size_t k = 0; k < x->K; k++) sum -= log(x->share[k]);
    return sum + K * log(h->gamma0) + (h->gamma0 - 1.0) * log(x->share[x->K]);
  }
  for (size_t k = 0; k < TERMS; k++)
    term[k] =
        slow_log_component_term(&POISSON, x->K + k, x->K, h->lambda, GROUPS, SHAPE.size, h->gamma);
  return sum + log_sum(term, TERMS);
}

static double log_joint(hmfm_split_variant variant, int counts, const slow_hyper *h,
                        const slow_state *x) {
  return log_prior(variant, h, x) + log_marginals(x, counts);
}

/* ---- states ---- */

static double between(double low, double high) { return low + (high - low) * gsl_rng_uniform(rng); }

static slow_hyper draw_hyper(void) {
  slow_hyper h = {.alpha = exp(between(-6.0, 4.0)), .gamma0 = exp(between(-6.0, 4.0))};
  h.lambda = exp(between(-2.0, 3.0));
  for (size_t j = 0; j < GROUPS; j++) h.gamma[j] = exp(between(-8.0, 3.0));
  return h;
}

/* Of two clusters or more. */
static slow_state draw_state(void) {
  slow_state x = {0};
  double sum = 0.0;
  while (x.K < 2) {
    small_scatter(&s, rng, 2 + gsl_rng_uniform_int(rng, MOST - 1), 0);
    x.K = s.state->partition.n_clusters;
  }
  memcpy(x.label, s.state->partition.allocation, sizeof x.label);
  for (size_t k = 0; k <= x.K; k++) sum += x.share[k] = gsl_ran_gamma(rng, 0.3, 1.0) + 1e-5;
  for (size_t k = 0; k <= x.K; k++) x.share[k] /= sum;
  return x;
}

/* Clusters a and b made one, called as the last one was. */
static slow_state join(const slow_state *x, size_t a, size_t b) {
  slow_state y = {.K = 0};
  int32_t to[MOST];
  for (size_t k = 0; k < x->K; k++) {
    if (k == a || k == b) continue;
    y.share[y.K] = x->share[k];
    to[k] = (int32_t)y.K++;
  }
  y.share[y.K] = x->share[a] + x->share[b];
  to[a] = to[b] = (int32_t)y.K++;
  y.share[y.K] = x->share[x->K];
  for (size_t i = 0; i < UNITS; i++) y.label[i] = to[x->label[i]];
  return y;
}

static void set_hyper(hmfm_split_variant variant, const slow_hyper *h) {
  const double hdp[] = {h->alpha, h->gamma0};
  const double hmfm[] = {h->lambda, h->gamma[0], h->gamma[1], h->gamma[2]};
  const hmfm_mixing *mixing = s.model->mixing;
  mixing->set(s.state->process, variant == HMFM_SPLIT_SHARES ? hdp : hmfm);
  if (variant != HMFM_SPLIT_SHARES)
    mixing->concentrations(s.state->process, s.state->concentration);
}

/* What the library says of splitting a + b, which it finds in slot K, into a and b. */
static double library(hmfm_split_variant variant, const slow_state *x, size_t a, size_t b) {
  const hmfm_family *family = s.model->family;
  hmfm_split_known known;
  hmfm_split split = {.state = s.state, .variant = variant, .known = &known};
  hmfm_split_forget(&known, x->K);
  hmfm_state_clusters(s.state);
  family->cluster_clear(s.model->family_data, s.state->work, x->K);
  family->cluster_merge(s.model->family_data, s.state->work, a, b, x->K);
  if (variant == HMFM_SPLIT_SHARES) {
    const double share = x->share[a] + x->share[b];
    hmfm_split_cut(&split, x->share[a] / share, share);
  }
  const double opening = hmfm_split_opening(&split, x->K - 1);
  return hmfm_split_ratio(&split, a, b, x->K, opening);
}

static const struct {
  hmfm_split_variant variant;
  int counts;
} CASE[] = {
    {HMFM_SPLIT_SUM_M, 0}, {HMFM_SPLIT_SHARES, 0}, {HMFM_SPLIT_SUM_M, 1}, {HMFM_SPLIT_SHARES, 1}};

/* In the variant with shares, what is proposed is v, uniform: d(beta_A, beta_B) = beta_S d(beta_S, v). */
START_TEST(ratio_is_a_difference_of_joints) {
  const hmfm_split_variant variant = CASE[_i].variant;
  const int counts = CASE[_i].counts;
  size_t several = 0;
  start_model(variant == HMFM_SPLIT_SHARES ? "hdp" : "hmfm", counts);
  for (int t = 0; t < STATES; t++) {
    const slow_state after = draw_state();
    const size_t a = gsl_rng_uniform_int(rng, after.K);
    const size_t b = (a + 1 + gsl_rng_uniform_int(rng, after.K - 1)) % after.K;
    const slow_state before = join(&after, a, b);
    const slow_hyper h = draw_hyper();
    set_hyper(variant, &h);
    double gap = log_joint(variant, counts, &h, &after) - log_joint(variant, counts, &h, &before);
    if (variant == HMFM_SPLIT_SHARES) gap += log(after.share[a] + after.share[b]);
    const double fast = library(variant, &after, a, b);
    ck_assert_double_eq_tol(fast, gap, 1e-10 * (1.0 + fabs(gap)));
    several += after.K > 3;
  }
  ck_assert_uint_gt(several, STATES / 4);
}
END_TEST

/* With as many clusters as there can be components there is none to split into; and ln V of K far from one another, in any
 * order, are what they are afresh. */
START_TEST(no_room_for_a_split) {
  small_data(&s, &SHAPE, 11);
  s.settings.prior_m = "uniform";
  small_set(&s, "m-max", 9.0);
  small_model(&s);
  small_state(&s, 5);
  s.model->mixing->concentrations(s.state->process, s.state->concentration);
  hmfm_split_known known, fresh;
  const hmfm_split split = {.state = s.state, .variant = HMFM_SPLIT_SUM_M, .known = &known};
  const hmfm_split anew = {.state = s.state, .variant = HMFM_SPLIT_SUM_M, .known = &fresh};
  hmfm_split_forget(&known, 1);
  ck_assert(hmfm_split_opening(&split, 9) == -INFINITY);
  for (size_t k = 0; k < 24; k++) {
    const size_t K = 1 + 5 * k % 8;
    hmfm_split_forget(&fresh, K);
    ck_assert(isfinite(hmfm_split_opening(&split, K)));
    ck_assert_double_eq(hmfm_split_opening(&split, K), hmfm_split_opening(&anew, K));
  }
}
END_TEST

/* C against the counts of what is drawn: clusters, then units in order, among units of which one cluster after the
 * split has n_a, another n_b, and the others one each. */
START_TEST(choices_are_counted) {
  for (size_t n_a = 1; n_a < 5; n_a++) {
    for (size_t n_b = 1; n_b < 5; n_b++) {
      for (size_t K = 1; K < 5; K++) {
        double splits = 0.0, merges = 0.0;
        for (size_t k = 0; k < K; k++)
          for (size_t a = 0; a < n_a + n_b; a++)
            for (size_t b = 0; b < n_a + n_b; b++) splits += a != b;
        for (size_t k = 0; k < K + 1; k++)
          for (size_t l = 0; l < K + 1; l++)
            for (size_t ab = 0; k != l && ab < n_a * n_b; ab++) merges += 1.0;
        ck_assert_double_eq_tol(hmfm_split_choice(K, n_a, n_b), log(splits / merges), 1e-13);
      }
    }
  }
}
END_TEST

/* Where a part of the share is too small for a number it is the least, and everything stays finite. */
START_TEST(shares_at_extremes) {
  const double share[] = {1.0, 1e-3, 1e-150}, cut[] = {0.5, 1e-12, 1.0 - 0x1p-53};
  start_model("hdp", 0);
  small_scatter(&s, rng, 2, 0);
  hmfm_state_clusters(s.state);
  const size_t K = s.state->partition.n_clusters;
  ck_assert_uint_eq(K, 2);
  s.model->family->cluster_clear(s.model->family_data, s.state->work, K);
  s.model->family->cluster_merge(s.model->family_data, s.state->work, 0, 1, K);
  for (int k = 0; k < 27; k++) {
    const double hyper[] = {k % 3 == 0 ? 1e-150 : k % 3 == 1 ? 1.0 : 1e10, 1e-3};
    hmfm_split split = {.state = s.state, .variant = HMFM_SPLIT_SHARES};
    s.model->mixing->set(s.state->process, hyper);
    hmfm_split_cut(&split, cut[k / 9], share[k / 3 % 3]);
    const double opening = hmfm_split_opening(&split, K - 1);
    ck_assert(isfinite(opening) && isfinite(hmfm_split_ratio(&split, 0, 1, K, opening)));
    ck_assert(split.mass[0] > 0.0 && split.mass[1] > 0.0);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("split_ratio");
  TCase *all = tcase_create("split_ratio");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_loop_test(all, ratio_is_a_difference_of_joints, 0, sizeof CASE / sizeof *CASE);
  tcase_add_test(all, no_room_for_a_split);
  tcase_add_test(all, choices_are_counted);
  tcase_add_test(all, shares_at_extremes);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
