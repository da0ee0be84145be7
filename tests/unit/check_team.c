/* Teams: every piece of work is done once, and draws are the same to the last bit whatever the number of threads
 * a chain has, for every family, mixing and algorithm. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/team.h"
#include "base/threads.h"
#include "chain/ensemble.h"
#include "kernel/scan.h"
#include "support_large.h"
#include "support_model.h"

/* ---- the team itself ---- */

enum { PIECES = 200, MEMBERS = 5 };

typedef struct record {
  int done[PIECES];
  int at_work[MEMBERS]; /* changed by the member alone, unless two are the same */
  int clash;
} record;

static void note_piece(void *context, size_t piece, int member) {
  record *r = context;
  if (r->at_work[member]++ != 0) r->clash = 1;
  for (volatile int k = 0; k < 500; k++) continue;
  r->done[piece]++;
  if (--r->at_work[member] != 0) r->clash = 1;
}

static void check_run(int members, size_t first, size_t last) {
  const hmfm_team team = {.members = members};
  record r = {0};
  hmfm_team_run(&team, first, last, note_piece, &r);
  for (size_t k = 0; k < PIECES; k++) ck_assert_int_eq(r.done[k], k >= first && k < last);
  ck_assert_int_eq(r.clash, 0);
}

static void check_runs(void) {
  const size_t range[][2] = {{0, 0}, {3, 4}, {0, 2}, {7, 30}, {0, PIECES}, {PIECES, PIECES}};
  for (int members = 1; members <= MEMBERS; members++) {
    for (size_t k = 0; k < sizeof range / sizeof *range; k++)
      check_run(members, range[k][0], range[k][1]);
  }
}

START_TEST(every_piece_is_done_once) {
  check_runs(); /* outside of a parallel region */
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads(4)
#endif
  for (int c = 0; c < 2; c++) check_runs();
}
END_TEST

/* ---- draws ---- */

static large l;

static hmfm_draws *draw(const hmfm_run *run, int threads) {
  hmfm_run with = *run;
  hmfm_draws *draws;
  hmfm_ensemble *ensemble;
  hmfm_error error;
  with.threads = threads;
  small_require(hmfm_draws_create(l.model, &with, &draws, &error), &error);
  small_require(hmfm_ensemble_create(l.model, &with, hmfm_draws_sink(draws), &ensemble, &error),
                &error);
  small_require(hmfm_ensemble_advance(ensemble, 3, &error), &error);
  small_require(hmfm_ensemble_advance(ensemble, SIZE_MAX, &error), &error);
  hmfm_ensemble_destroy(ensemble);
  ck_assert_uint_eq(draws->n_draws, run->draws);
  return draws;
}

/* With one chain all threads are its team; with two, teams are of one, one or two, and three or four. */
START_TEST(draws_do_not_depend_on_threads) {
  const int threads[] = {2, 3, 7};
  const char *algorithm;
  large_make(&LARGE[_i], &l);
  for (size_t a = 0; (algorithm = small_algorithm(l.settings.mixing, a)); a++) {
    if (strcmp(l.settings.prior_m, "negbin") == 0 && strcmp(algorithm, "marginal") == 0) continue;
    for (size_t chains = 1; chains <= 2; chains++) {
      hmfm_run run;
      hmfm_run_defaults(&run);
      run.algorithm = algorithm;
      run.chains = chains;
      run.warmup = 4;
      run.draws = 3;
      run.seed = 11;
      hmfm_draws *one = draw(&run, 1);
      for (size_t t = 0; t < 3; t++) {
        hmfm_draws *many = draw(&run, threads[t]);
        large_compare(one, many);
        hmfm_draws_destroy(many);
      }
      hmfm_draws_destroy(one);
    }
  }
  large_clear(&l);
}
END_TEST

START_TEST(teams_are_as_large_as_pays) {
  const struct {
    size_t chains;
    int threads, team;
  } cases[] = {{1, 1, 1}, {1, 2, 2}, {1, 7, 7}, {2, 2, 1},
               {2, 3, 2}, {2, 7, 4}, {4, 2, 1}, {1, 1000, 12}};
  large_make(&LARGE[0], &l);
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    hmfm_run run;
    hmfm_ensemble *ensemble;
    hmfm_error error;
    hmfm_run_defaults(&run);
    run.chains = cases[k].chains;
    run.threads = cases[k].threads;
    small_require(hmfm_ensemble_create(l.model, &run, (hmfm_sink){0}, &ensemble, &error), &error);
    for (size_t c = 0; c < run.chains; c++)
      ck_assert_int_eq(ensemble->chain[c]->state->team.members, cases[k].team);
    hmfm_ensemble_destroy(ensemble);
  }
  large_clear(&l);
}
END_TEST

START_TEST(few_units_have_one_thread) {
  const small_shape shape = {3, {14, 5, 20}, 3, 2};
  small s;
  hmfm_run run;
  hmfm_ensemble *ensemble;
  hmfm_error error;
  small_data(&s, &shape, 4);
  small_model(&s);
  hmfm_run_defaults(&run);
  run.chains = 1;
  run.threads = 8;
  small_require(hmfm_ensemble_create(s.model, &run, (hmfm_sink){0}, &ensemble, &error), &error);
  ck_assert_int_eq(ensemble->chain[0]->state->team.members, 1);
  hmfm_ensemble_destroy(ensemble);
  small_clear(&s);
}
END_TEST

/* ---- looking ahead ---- */

/* A scan in which units prefer their cluster by their number among others, whatever M. */
static void by_count(const hmfm_state *state, const hmfm_counts *counts, size_t group, size_t fresh,
                     double *weight) {
  const int32_t *in_group = counts->in_group + group * counts->stride;
  (void)state;
  for (size_t m = 0; m < counts->n_slots; m++) weight[m] = in_group[m];
  weight[fresh] = 0.1;
}

/* In clusters far apart units stay, and that is foreseen; in a random partition they do not. */
START_TEST(what_stays_is_foreseen) {
  enum { N = 3000 };
  static double y[N];
  const hmfm_scan scan = {.stream = HMFM_STREAM_SCAN, .stride = 1, .weigh = by_count};
  static int32_t apart[N];
  small s;
  hmfm_error error;
  for (int i = 0; i < N; i++) y[i] = 100.0 * (i % 2) + 1e-3 * (i % 7);
  small_responses(&s, N, y, NULL);
  small_model(&s);
  small_state(&s, 5);
  for (size_t i = 0; i < N; i++) apart[i] = s.dataset->y[s.dataset->unit_start[i]] > 50.0;
  if (apart[0]) /* labels are by first appearance */
    for (size_t i = 0; i < N; i++) apart[i] = !apart[i];
  small_require(hmfm_state_team(s.state, 3, &error), &error);
  small_require(hmfm_state_reserve(s.state, 100, &error), &error);
  small_require(hmfm_state_set_partition(s.state, apart, 2, 2, &error), &error);
  s.state->partition.n_slots = 3; /* 2: a new cluster */
  s.model->family->cluster_clear(s.model->family_data, s.state->work, 2);
  hmfm_state_clusters(s.state);
  hmfm_stream_open(s.state->stream, 1, HMFM_STREAM_SCAN, 0);
  ck_assert_uint_gt(hmfm_foresee(s.state, &scan, 0, 2), N - HMFM_FORESIGHT);
  for (size_t i = 1000; i < N; i++) apart[i] = !apart[i]; /* all in the wrong place from there on */
  small_require(hmfm_state_set_partition(s.state, apart, 2, 2, &error), &error);
  s.state->partition.n_slots = 3;
  s.model->family->cluster_clear(s.model->family_data, s.state->work, 2);
  hmfm_state_clusters(s.state);
  s.state->foresight = (hmfm_foresight){.ahead = HMFM_FORESIGHT};
  ck_assert_uint_le(hmfm_foresee(s.state, &scan, 0, 2), 1000);
  s.state->foresight = (hmfm_foresight){0};
  ck_assert_uint_eq(hmfm_foresee(s.state, &scan, 0, 2), 0);
  small_clear(&s);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("team");
  TCase *team = tcase_create("team"), *draws = tcase_create("draws");
  tcase_add_test(team, every_piece_is_done_once);
  tcase_add_test(team, what_stays_is_foreseen);
  tcase_add_test(team, few_units_have_one_thread);
  tcase_add_test(draws, teams_are_as_large_as_pays);
  tcase_add_loop_test(draws, draws_do_not_depend_on_threads, 0, LARGE_PROBLEMS);
  suite_add_tcase(suite, team);
  suite_add_tcase(suite, draws);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
