/* Orders of kernels: no kernel of a sweep conditions on what one before it has integrated out and no one
 * has drawn since, and a sweep leaves nothing stale of what the next begins with. What each kernel
 * conditions on is written down here once more, apart from its code; a new kernel needs a line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/schedule.h"
#include "support_model.h"

/* C: the allocations; OPEN: shares of empty components. */
enum { C = 1, M = 2, HYPER = 4, BETA = 8, WEIGHTS = 16, ATOMS = 32, SHARES = 64, OPEN = 128 };
/* From sweep to sweep, hmfm and hdp. Empty components that are open are a draw, too, but are forgotten. */
enum { KEPT = C | M | HYPER | BETA, KEPT_HDP = C | SHARES | HYPER | BETA };

/* given: what is conditioned on, or left where a proposal is refused; drawn: what has its law given all
 * else afterwards; out: what was integrated out, or has its law no more given what was drawn. */
typedef struct rule {
  const hmfm_kernel *kernel;
  int given, drawn, out;
} rule;
static const rule RULE[] = {
    {&hmfm_kernel_anneal, KEPT, C | BETA, WEIGHTS | ATOMS},
    {&hmfm_kernel_split_merge_marginal, C | HYPER | BETA, C | M, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_marginal, KEPT, C | M, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_some, KEPT, C | M, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_telescoping, KEPT, C, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_telescoping_some, KEPT, C, WEIGHTS | ATOMS},
    {&hmfm_kernel_components, C | HYPER, M, WEIGHTS | ATOMS},
    {&hmfm_kernel_hyper, C | M | HYPER, HYPER, WEIGHTS},
    {&hmfm_kernel_atoms, C | M | BETA, ATOMS, 0},
    {&hmfm_kernel_relocate, KEPT | ATOMS, C | BETA, WEIGHTS},
    {&hmfm_kernel_anneal_group, KEPT | ATOMS, C | BETA, WEIGHTS},
    {&hmfm_kernel_weights, C | M | HYPER, WEIGHTS, 0},
    {&hmfm_kernel_regression, C | ATOMS, BETA, 0},
    {&hmfm_kernel_jump, BETA | WEIGHTS | ATOMS, BETA, C},
    {&hmfm_kernel_jump_reallocate, C | BETA | WEIGHTS | ATOMS, C | BETA, 0},
    {&hmfm_kernel_allocate_conditional, BETA | WEIGHTS | ATOMS, C, 0},
    {&hmfm_kernel_relabel, C, 0, 0},
};
/* The same of the kernels as they are in the HDP. Shares of clusters and of open components, with what is left, are
 * one vector: whoever draws C by moves that know clusters alone makes the open ones stale. CLOSED is no
 * part of the state but a demand: nothing is open. */
enum { CLOSED = 256 };
static const rule RULE_HDP[] = {
    {&hmfm_kernel_close_components, C | SHARES, CLOSED, OPEN | WEIGHTS | ATOMS},
    {&hmfm_kernel_split_merge_shared, KEPT_HDP | CLOSED, C | SHARES, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_direct, KEPT_HDP | CLOSED, C | SHARES, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_direct_some, KEPT_HDP | CLOSED, C | SHARES, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_franchise, KEPT_HDP | CLOSED, C | SHARES, WEIGHTS | ATOMS},
    {&hmfm_kernel_hyper, C | SHARES | HYPER | CLOSED, HYPER | SHARES, WEIGHTS},
    {&hmfm_kernel_open_components, C | SHARES | HYPER | CLOSED, OPEN, CLOSED | WEIGHTS | ATOMS},
    {&hmfm_kernel_atoms, C | OPEN | BETA, ATOMS, 0},
    {&hmfm_kernel_relocate, KEPT_HDP | OPEN | ATOMS, C | BETA, WEIGHTS},
    {&hmfm_kernel_weights, C | SHARES | OPEN | HYPER, WEIGHTS, 0},
    {&hmfm_kernel_regression, C | ATOMS, BETA, 0},
    {&hmfm_kernel_jump, BETA | WEIGHTS | ATOMS, BETA, C},
    {&hmfm_kernel_jump_reallocate, C | BETA | WEIGHTS | ATOMS, C | BETA, 0},
    {&hmfm_kernel_allocate_conditional, BETA | WEIGHTS | ATOMS, C, 0},
    {&hmfm_kernel_relabel, C, 0, 0},
};
enum { N_RULES = sizeof RULE / sizeof *RULE, N_RULES_HDP = sizeof RULE_HDP / sizeof *RULE_HDP };

/* Says of a schedule what is wrong with it, in a few words; "" if nothing is. */
static void judge(const hmfm_schedule *schedule, int covariates, int poisson, char *words,
                  size_t size) {
  const int hdp = strcmp(schedule->mixing, "hdp") == 0, kept = hdp ? KEPT_HDP : KEPT;
  const rule *rules = hdp ? RULE_HDP : RULE;
  const size_t n_rules = hdp ? N_RULES_HDP : N_RULES;
  int fresh = hdp ? kept | OPEN : kept, moved = 0;
  words[0] = '\0';
  for (const hmfm_step *step = schedule->step; step->kernel; step++) {
    size_t k = 0;
    if (!hmfm_step_applies(step, covariates, poisson)) continue;
    /* what sums a Poisson M out has no place where M has another law */
    if (!poisson && step->kernel->poisson && strcmp(schedule->name, "marginal") != 0) {
      snprintf(words, size, "%s with a law of M that is not Poisson", step->kernel->name);
      return;
    }
    while (k < n_rules && rules[k].kernel != step->kernel) k++;
    if (k == n_rules) {
      snprintf(words, size, "no rule for %s", step->kernel->name);
      return;
    }
    if (rules[k].given & ~fresh) {
      snprintf(words, size, "%s conditions on what is stale (%d)", step->kernel->name,
               rules[k].given & ~fresh);
      return;
    }
    fresh = (fresh & ~rules[k].out) | rules[k].drawn;
    moved |= rules[k].drawn;
  }
  const int random = covariates ? kept : kept & ~BETA;
  if (kept & ~fresh)
    snprintf(words, size, "leaves %d stale", kept & ~fresh);
  else if (random & ~moved)
    snprintf(words, size, "never draws %d", random & ~moved);
}

START_TEST(no_sweep_looks_at_what_is_stale) {
  const char *mixing = small_mixing((size_t)_i), *name;
  char words[200];
  size_t n = 0;
  for (; (name = small_algorithm(mixing, n)); n++) {
    for (int k = 0; k < 4; k++) {
      judge(hmfm_schedule_find(name, mixing), k / 2, k % 2, words, sizeof words);
      ck_assert_msg(words[0] == '\0', "%s %s: %s", mixing, name, words);
    }
  }
  ck_assert_uint_eq(n, 3);
}
END_TEST

/* What is wrong when a step of a schedule is left out, or changes places with the next one. */
static const struct {
  const char *mixing, *algorithm;
  const hmfm_kernel *kernel;
  int swap;
  const char *words;
} MISTAKE[] = {
    {"hmfm", "conditional", &hmfm_kernel_weights, 0, "jump conditions on"},
    {"hmfm", "conditional", &hmfm_kernel_anneal_group, 1, "jump conditions on"},
    {"hmfm", "conditional", &hmfm_kernel_atoms, 0, "relocate conditions on"},
    {"hmfm", "conditional", &hmfm_kernel_allocate_conditional, 0, "relabel conditions on"},
    {"hmfm", "marginal", &hmfm_kernel_hyper, 0, "never draws"},
    {"hdp", "conditional", &hmfm_kernel_close_components, 0, "split_merge_shared conditions on"},
    {"hdp", "conditional", &hmfm_kernel_hyper, 1, "hyper conditions on"},
    {"hdp", "conditional", &hmfm_kernel_open_components, 0, "atoms conditions on"},
    {"hdp", "conditional", &hmfm_kernel_open_components, 1, "atoms conditions on"},
    {"hdp", "conditional", &hmfm_kernel_relocate, 1, "jump conditions on"},
    {"hdp", "conditional", &hmfm_kernel_allocate_conditional, 0, "relabel conditions on"},
    {"hdp", "direct", &hmfm_kernel_close_components, 1, "split_merge_shared conditions on"},
    {"hdp", "direct", &hmfm_kernel_weights, 0, "jump_reallocate conditions on"},
    {"hdp", "franchise", &hmfm_kernel_close_components, 0, "split_merge_shared conditions on"},
    {"hdp", "franchise", &hmfm_kernel_hyper, 0, "never draws"},
    {"hdp", "franchise", &hmfm_kernel_atoms, 0, "relocate conditions on"},
};

START_TEST(mistakes_are_seen) {
  hmfm_schedule wrong = *hmfm_schedule_find(MISTAKE[_i].algorithm, MISTAKE[_i].mixing);
  hmfm_step step[20];
  char words[200];
  size_t n = 0, at = 20;
  for (; wrong.step[n].kernel; n++) {
    ck_assert_uint_lt(n, 19);
    if (wrong.step[n].kernel == MISTAKE[_i].kernel) at = n;
  }
  memcpy(step, wrong.step, (n + 1) * sizeof *step);
  ck_assert_uint_lt(at, n);
  if (MISTAKE[_i].swap) {
    const hmfm_step next = step[at + 1];
    step[at + 1] = step[at];
    step[at] = next;
  } else {
    memmove(step + at, step + at + 1, (n - at) * sizeof *step);
  }
  wrong.step = step;
  judge(&wrong, 1, 1, words, sizeof words);
  ck_assert_msg(strstr(words, MISTAKE[_i].words), "'%s', not '%s'", words, MISTAKE[_i].words);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("schedule");
  TCase *all = tcase_create("schedule");
  tcase_add_loop_test(all, no_sweep_looks_at_what_is_stale, 0, MIXINGS);
  tcase_add_loop_test(all, mistakes_are_seen, 0, sizeof MISTAKE / sizeof *MISTAKE);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
