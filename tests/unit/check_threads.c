/* How many threads regions get: what is asked for, and one after fork(), where the threads of the parent exist
 * no more. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/threads.h"
#include "hmfm/draws.h"
#include "hmfm/partitions.h"
#include "support_model.h"

enum { UNITS = 200, DRAWS = 64, PAIRS = UNITS * (UNITS - 1) / 2 };

START_TEST(as_many_as_asked_for_or_offered) {
  ck_assert_int_eq(hmfm_threads(1), 1);
#ifdef _OPENMP
  ck_assert_int_eq(hmfm_threads(3), 3);
  ck_assert_int_eq(hmfm_threads(0), omp_get_max_threads());
  ck_assert_int_eq(hmfm_threads(-1), omp_get_max_threads());
#endif
}
END_TEST

/* A region of two threads in this process: pairs of units together, some. */
static void work(uint32_t *count) {
  hmfm_partitions *partitions = NULL;
  uint32_t label[UNITS];
  ck_assert_int_eq(hmfm_partitions_create(DRAWS, UNITS, 8, &partitions, NULL), HMFM_OK);
  for (size_t t = 0; t < DRAWS; t++) {
    uint32_t n = 0;
    for (size_t i = 0; i < UNITS; i++) label[i] = (uint32_t)(i * (t + 3) % 7);
    ck_assert_int_eq(hmfm_partitions_relabel(UNITS, label, &n, NULL), HMFM_OK);
    hmfm_partitions_set(partitions, t, label);
  }
  hmfm_coclustering(partitions, 2, count);
  hmfm_partitions_destroy(partitions);
}

/* Forks, has the child run `job`, and returns what the child says; -1 when it did not end within ten seconds. */
static int in_child(int (*job)(void *), void *context) {
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) _exit(job(context));
  for (int k = 0; k < 1000; k++) {
    int status;
    if (waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
    nanosleep(&(struct timespec){0, 10000000}, NULL);
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return -1;
}

static int same_pairs(void *context) {
  static uint32_t count[PAIRS];
  if (hmfm_threads(4) != 1) return 2;
  work(count);
  return memcmp(count, context, sizeof count) != 0;
}

START_TEST(a_child_of_fork_works_alone) {
  static uint32_t count[PAIRS];
  work(count);
  ck_assert_int_eq(in_child(same_pairs, count), 0);
#ifdef _OPENMP
  ck_assert_int_eq(hmfm_threads(2), 2); /* the parent goes on as before */
#endif
}
END_TEST

static int grandchild(void *context) { return in_child(same_pairs, context); }

START_TEST(and_so_does_its_child) {
  static uint32_t count[PAIRS];
  work(count);
  ck_assert_int_eq(in_child(grandchild, count), 0);
}
END_TEST

/* Chains, too, as in parallel::mclapply after a fit. */
static int run_chains(void *context) {
  small *s = context;
  hmfm_run run;
  hmfm_ensemble *ensemble = NULL;
  hmfm_draws *draws = NULL;
  hmfm_run_defaults(&run);
  run.chains = 2, run.threads = 2, run.warmup = 5, run.draws = 5;
  if (hmfm_draws_create(s->model, &run, &draws, NULL)) return 3;
  if (hmfm_ensemble_create(s->model, &run, hmfm_draws_sink(draws), &ensemble, NULL)) return 4;
  hmfm_status status = hmfm_ensemble_advance(ensemble, 10, NULL);
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
  return status != HMFM_OK;
}

START_TEST(chains_run_after_fork) {
  small s;
  const small_shape shape = {2, {6, 5}, 2, 1};
  small_data(&s, &shape, 4);
  small_model(&s);
  ck_assert_int_eq(run_chains(&s), 0);
  ck_assert_int_eq(in_child(run_chains, &s), 0);
  small_clear(&s);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("threads");
  TCase *all = tcase_create("threads");
  tcase_add_test(all, as_many_as_asked_for_or_offered);
  tcase_add_test(all, a_child_of_fork_works_alone);
  tcase_add_test(all, and_so_does_its_child);
  tcase_add_test(all, chains_run_after_fork);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
