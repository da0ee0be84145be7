/* Chains carried by several processes, which are threads here with a chain each: their draws are those of one that is
 * alone, to the last bit; and who gets which pieces. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/team.h"
#include "chain/chain.h"
#include "support_large.h"
#include "support_model.h"

enum { MOST = 5 };

/* Where the processes meet. */
static pthread_barrier_t barrier;
static unsigned char *made[MOST];
static size_t gathered;

static void gather(void *context, void *data, const size_t *at) {
  const hmfm_shard *shard = context;
  made[shard->index] = data;
  if (shard->index == 0) gathered++;
  pthread_barrier_wait(&barrier);
  for (int k = 0; k < shard->count; k++) {
    if (k != shard->index) memcpy(made[shard->index] + at[k], made[k] + at[k], at[k + 1] - at[k]);
  }
  pthread_barrier_wait(&barrier);
}

typedef struct process {
  hmfm_shard shard;
  size_t at[MOST + 1];
  hmfm_chain *chain;
  hmfm_draws *draws;
  hmfm_status status;
  hmfm_error error;
} process;

static large l;
static hmfm_run run;

static void start(process *p, int index, int count) {
  hmfm_error error;
  *p = (process){.shard = {.index = index, .count = count, .gather = gather}};
  p->shard.context = &p->shard;
  p->shard.at = p->at;
  small_require(hmfm_draws_create(l.model, &run, &p->draws, &error), &error);
  small_require(hmfm_chain_create(l.model, &run, 0, &p->chain, &error), &error);
  if (count > 1) p->chain->state->team.shard = &p->shard;
}

static void *advance(void *memory) {
  process *p = memory;
  const size_t n = run.warmup + run.draws * run.thin;
  p->status = hmfm_chain_advance(p->chain, n, hmfm_draws_sink(p->draws), &p->error);
  return NULL;
}

static void finish(process *p) {
  small_require(p->status, &p->error);
  hmfm_chain_destroy(p->chain);
}

/* A process that has got wrong numbers may go another way and wait for ever: the test's time is limited. */
static void check_processes(int count, const hmfm_draws *alone) {
  process p[MOST];
  pthread_t thread[MOST];
  pthread_barrier_init(&barrier, NULL, (unsigned)count);
  for (int k = 0; k < count; k++) start(&p[k], k, count);
  for (int k = 0; k < count; k++) pthread_create(&thread[k], NULL, advance, &p[k]);
  for (int k = 0; k < count; k++) pthread_join(thread[k], NULL);
  for (int k = 0; k < count; k++) {
    finish(&p[k]);
    large_compare(alone, p[k].draws);
    hmfm_draws_destroy(p[k].draws);
  }
  pthread_barrier_destroy(&barrier);
}

START_TEST(draws_do_not_depend_on_processes) {
  const char *algorithm;
  large_make(&LARGE[_i], &l);
  for (size_t a = 0; (algorithm = small_algorithm(l.settings.mixing, a)); a++) {
    process alone;
    if (strcmp(l.settings.prior_m, "negbin") == 0 && strcmp(algorithm, "marginal") == 0) continue;
    hmfm_run_defaults(&run);
    run.algorithm = algorithm;
    run.chains = 1;
    run.warmup = 3;
    run.draws = 3;
    run.seed = 12;
    start(&alone, 0, 1);
    advance(&alone);
    finish(&alone);
    gathered = 0;
    for (int count = 2; count <= MOST; count++) check_processes(count, alone.draws);
    ck_assert_uint_gt(gathered, 0);
    hmfm_draws_destroy(alone.draws);
  }
  large_clear(&l);
}
END_TEST

/* Shares follow one another and are the whole, also where there are fewer pieces than processes. */
START_TEST(shares_are_the_whole) {
  for (int count = 1; count <= 7; count++) {
    for (size_t n = 0; n < 20; n++) {
      size_t next = 3;
      for (int k = 0; k < count; k++) {
        const hmfm_shard shard = {.index = k, .count = count};
        const hmfm_team team = {1, &shard};
        size_t first = 3, last = 3 + n;
        hmfm_team_part(&team, &first, &last);
        ck_assert_uint_eq(first, next);
        ck_assert_uint_le(last - first, n / (size_t)count + 1);
        next = last;
      }
      ck_assert_uint_eq(next, 3 + n);
    }
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("shard");
  TCase *shares = tcase_create("shares"), *draws = tcase_create("draws");
  tcase_add_test(shares, shares_are_the_whole);
  tcase_add_loop_test(draws, draws_do_not_depend_on_processes, 0, LARGE_PROBLEMS);
  suite_add_tcase(suite, shares);
  suite_add_tcase(suite, draws);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
