/* Orders of kernels: no kernel of a sweep conditions on what one before it has integrated out and no one
 * has drawn since, and a sweep leaves nothing stale of what the next begins with. What each kernel
 * conditions on is written down here once more, apart from its code; a new kernel needs a line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "chain/schedule.h"
#include "support_model.h"

enum { C = 1, M = 2, HYPER = 4, BETA = 8, WEIGHTS = 16, ATOMS = 32 }; /* C: the allocations */
enum { KEPT = C | M | HYPER | BETA };                                 /* from sweep to sweep */

/* given: what is conditioned on, or left where a proposal is refused; drawn: what has its law given all
 * else afterwards; out: what was integrated out, or has its law no more given what was drawn. */
static const struct {
  const hmfm_kernel *kernel;
  int given, drawn, out;
} RULE[] = {
    {&hmfm_kernel_split_merge, KEPT, C, WEIGHTS | ATOMS},
    {&hmfm_kernel_split_merge_marginal, C | HYPER | BETA, C | M, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_marginal, KEPT, C | M, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_some, KEPT, C | M, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_telescoping, KEPT, C, WEIGHTS | ATOMS},
    {&hmfm_kernel_allocate_telescoping_some, KEPT, C, WEIGHTS | ATOMS},
    {&hmfm_kernel_components, C | HYPER, M, WEIGHTS | ATOMS},
    {&hmfm_kernel_hyper, C | M | HYPER, HYPER, WEIGHTS},
    {&hmfm_kernel_atoms, C | M | BETA, ATOMS, 0},
    {&hmfm_kernel_relocate, KEPT | ATOMS, C | BETA, WEIGHTS},
    {&hmfm_kernel_weights, C | M | HYPER, WEIGHTS, 0},
    {&hmfm_kernel_regression, C | ATOMS, BETA, 0},
    {&hmfm_kernel_jump, BETA | WEIGHTS | ATOMS, BETA, C},
    {&hmfm_kernel_jump_reallocate, C | BETA | WEIGHTS | ATOMS, C | BETA, 0},
    {&hmfm_kernel_allocate_conditional, BETA | WEIGHTS | ATOMS, C, 0},
    {&hmfm_kernel_relabel, C, 0, 0},
};
enum { N_RULES = sizeof RULE / sizeof *RULE };

static void sweep(const hmfm_schedule *schedule, int covariates, int poisson) {
  int fresh = KEPT, moved = 0;
  const char *last = "";
  for (const hmfm_step *step = schedule->step; step->kernel; step++) {
    size_t k = 0;
    if (!hmfm_step_applies(step, covariates, poisson)) continue;
    /* what sums a Poisson M out has no place where M has another law */
    ck_assert_msg(poisson || !step->kernel->poisson || strcmp(schedule->name, "marginal") == 0,
                  "%s: %s with a law of M that is not Poisson", schedule->name, step->kernel->name);
    while (k < N_RULES && RULE[k].kernel != step->kernel) k++;
    ck_assert_msg(k < N_RULES, "no rule for kernel %s", step->kernel->name);
    ck_assert_msg((RULE[k].given & ~fresh) == 0, "%s: %s after %s conditions on what is stale (%d)",
                  schedule->name, step->kernel->name, last, RULE[k].given & ~fresh);
    fresh = (fresh & ~RULE[k].out) | RULE[k].drawn;
    moved |= RULE[k].drawn;
    last = step->kernel->name;
  }
  ck_assert_msg((KEPT & ~fresh) == 0, "%s: a sweep leaves %d stale", schedule->name, KEPT & ~fresh);
  const int random = covariates ? KEPT : KEPT & ~BETA;
  ck_assert_msg((random & ~moved) == 0, "%s: a sweep never draws %d", schedule->name,
                random & ~moved);
}

START_TEST(no_sweep_looks_at_what_is_stale) {
  const char *name;
  for (size_t a = 0; (name = small_algorithm("hmfm", a)); a++) {
    for (int k = 0; k < 4; k++) sweep(hmfm_schedule_find(name, "hmfm"), k / 2, k % 2);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("schedule");
  TCase *all = tcase_create("schedule");
  tcase_add_test(all, no_sweep_looks_at_what_is_stale);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
