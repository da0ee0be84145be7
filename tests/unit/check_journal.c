/* Journals of draws: what was added block by block comes back; what no checkpoint knows of is cut off; a
 * journal of another run, or one that was damaged, is refused with the reason. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draws/draws.h"
#include "io/journal.h"
#include "support_draws.h"
#include "support_folder.h"

static const uint64_t RUN = UINT64_C(0x1234567890abcdef);
static hmfm_error error;
static example full; /* with labels that five units can have */

static void start(void) {
  enter_folder();
  full = example_full;
  full.max_label = 4;
}

static void require(hmfm_status status) { ck_assert_msg(status == HMFM_OK, "%s", error.message); }

/* Pretends that no more than n of the draws were made so far. */
static void limit(hmfm_draws *draws, size_t n) {
  draws->n_draws = n;
  for (size_t c = 0; c < draws->n_chains; c++) draws->chain_draws[c] = n;
}

/* Writes the first n draws in two blocks. */
static hmfm_journal *write_two(hmfm_draws *draws, size_t first, size_t n) {
  hmfm_journal *journal = NULL;
  require(hmfm_journal_create("j", RUN, draws, &journal, &error));
  limit(draws, first);
  require(hmfm_journal_add(journal, draws, 1.5, &error));
  limit(draws, n);
  require(hmfm_journal_add(journal, draws, 2.5, &error));
  require(hmfm_journal_add(journal, draws, 9.0, &error)); /* nothing new: nothing added */
  return journal;
}

/* Draws like these, without any yet. */
static hmfm_draws *empty_like(const example *what) {
  hmfm_draws *draws = example_create(what);
  for (size_t v = 0; v < draws->n_variables; v++) {
    const size_t n = draws->n_chains * draws->capacity * draws->variable[v].width;
    memset(draws->variable[v].value, 0, n * sizeof(double));
  }
  for (size_t c = 0; draws->allocations && c < draws->n_chains; c++) {
    memset(draws->allocations[c].label, 0,
           hmfm_draws_kept(draws, draws->capacity) * draws->n_units);
    draws->allocations[c].bytes = 1; /* the room for more stays */
  }
  for (size_t c = 0; draws->components && c < draws->n_chains; c++)
    memset(draws->components[c].start, 0, (draws->capacity + 1) * sizeof(size_t));
  if (draws->log_likelihood)
    memset(draws->log_likelihood, 0,
           draws->n_chains * hmfm_draws_kept(draws, draws->capacity) * draws->n_units *
               sizeof(float));
  limit(draws, 0);
  return draws;
}

static void round_trip(const example *what) {
  hmfm_draws *draws = example_create(what), *back = empty_like(what);
  double seconds = 0;
  hmfm_journal *journal = write_two(draws, 2, what->draws);
  hmfm_journal_close(journal);
  require(hmfm_journal_open("j", RUN, what->draws, back, &seconds, NULL, &error));
  ck_assert_double_eq(seconds, 2.5);
  example_compare(draws, back);
  hmfm_draws_destroy(draws);
  hmfm_draws_destroy(back);
}

START_TEST(everything_comes_back) { round_trip(&full); }
END_TEST

START_TEST(parts_that_are_not_saved) {
  example what = full;
  what.components = _i & 1, what.allocations = _i >> 1 & 1, what.log_likelihood = _i >> 2 & 1;
  round_trip(&what);
}
END_TEST

/* Blocks end after 2 draws and after 5: with and without a draw that has allocations in each of them. */
START_TEST(thinned_units) {
  example what = full, other = full;
  hmfm_draws *draws;
  double seconds;
  what.thin_units = other.thin_units = (size_t)_i;
  other.thin_units++;
  round_trip(&what);
  draws = empty_like(&other);
  ck_assert_int_eq(hmfm_journal_open("j", RUN, what.draws, draws, &seconds, NULL, &error),
                   HMFM_EDATA);
  ck_assert_ptr_nonnull(strstr(error.message, "--thin-units be what it was"));
  hmfm_draws_destroy(draws);
}
END_TEST

/* Labels of two bytes only from the second block on. (Labels there are below the number of units.) */
START_TEST(labels_that_became_wider) {
  hmfm_draws *draws = example_create(&full), *back = empty_like(&full);
  double seconds;
  hmfm_journal *journal = NULL;
  require(hmfm_journal_create("j", RUN, draws, &journal, &error));
  limit(draws, 3);
  require(hmfm_journal_add(journal, draws, 1, &error));
  require(hmfm_allocations_widen(draws, 1, 300, &error));
  limit(draws, 5);
  require(hmfm_journal_add(journal, draws, 2, &error));
  hmfm_journal_close(journal);
  require(hmfm_journal_open("j", RUN, 5, back, &seconds, NULL, &error));
  ck_assert_int_eq(back->allocations[1].bytes, 2);
  for (size_t t = 0; t < 5; t++)
    for (size_t i = 0; i < draws->n_units; i++)
      ck_assert_uint_eq(hmfm_draws_label(back, 1, t, i), hmfm_draws_label(draws, 1, t, i));
  hmfm_draws_destroy(draws);
  hmfm_draws_destroy(back);
}
END_TEST

/* The checkpoint knows of the first block alone: the second is cut off, and others take its place. */
START_TEST(what_the_checkpoint_does_not_know_is_cut_off) {
  hmfm_draws *draws = example_create(&full), *back = empty_like(&full);
  hmfm_draws *again = empty_like(&full);
  double seconds;
  hmfm_journal *journal = write_two(draws, 2, 4);
  hmfm_journal_close(journal);
  require(hmfm_journal_open("j", RUN, 2, back, &seconds, &journal, &error));
  ck_assert_double_eq(seconds, 1.5);
  ck_assert_uint_eq(back->n_draws, 2);
  limit(draws, 5);
  require(hmfm_journal_add(journal, draws, 3.5, &error));
  hmfm_journal_close(journal);
  require(hmfm_journal_open("j", RUN, 5, again, &seconds, NULL, &error));
  ck_assert_double_eq(seconds, 3.5);
  example_compare(draws, again);
  hmfm_draws_destroy(draws);
  hmfm_draws_destroy(back);
  hmfm_draws_destroy(again);
}
END_TEST

static void refused(uint64_t run, size_t n, const example *what, const char *words) {
  hmfm_draws *back = empty_like(what);
  double seconds;
  ck_assert_int_eq(hmfm_journal_open("j", run, n, back, &seconds, NULL, &error), HMFM_EDATA);
  ck_assert_msg(strstr(error.message, words), "'%s' does not say '%s'", error.message, words);
  ck_assert_ptr_nonnull(strstr(error.message, "'j'"));
  hmfm_draws_destroy(back);
}

START_TEST(other_journals_are_refused) {
  hmfm_draws *draws = example_create(&full), *back = empty_like(&full);
  double seconds;
  example bare = full;
  bare.components = 0;
  hmfm_journal_close(write_two(draws, 2, 5));
  refused(RUN + 1, 5, &full, "of another run");
  refused(RUN, 5, &bare, "other parts");
  refused(RUN, 6, &full, "cut off");      /* a draw more than there is */
  refused(RUN, 4, &full, "do not agree"); /* in the middle of a block */
  ck_assert_int_eq(hmfm_journal_open("none", RUN, 1, back, &seconds, NULL, &error), HMFM_EIO);
  ck_assert_str_eq(error.message, "cannot open 'none': No such file or directory");
  hmfm_draws_destroy(back);
  hmfm_draws_destroy(draws);
}
END_TEST

/* Every length that is too short, and a change of every byte. */
START_TEST(damage_is_refused) {
  hmfm_draws *draws = example_create(&full);
  hmfm_journal_close(write_two(draws, 2, 5));
  struct stat about;
  ck_assert_int_eq(stat("j", &about), 0);
  hmfm_draws *back = empty_like(&full);
  double seconds;
  FILE *file = fopen("j", "r+b");
  for (long at = 0; at < about.st_size; at++) {
    ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
    fputc(byte ^ 0x10, file);
    fflush(file);
    limit(back, 0);
    ck_assert_int_eq(hmfm_journal_open("j", RUN, 5, back, &seconds, NULL, &error), HMFM_EDATA);
    ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
    fputc(byte, file);
    fflush(file);
  }
  fclose(file);
  for (long size = about.st_size - 1; size >= 0; size--) {
    ck_assert_int_eq(truncate("j", size), 0);
    limit(back, 0);
    ck_assert_int_eq(hmfm_journal_open("j", RUN, 5, back, &seconds, NULL, &error), HMFM_EDATA);
    ck_assert_ptr_nonnull(strstr(error.message, "cut off"));
  }
  hmfm_draws_destroy(back);
  hmfm_draws_destroy(draws);
}
END_TEST

START_TEST(nothing_else_is_replaced) {
  hmfm_draws *draws = example_create(&full);
  hmfm_journal *journal = NULL;
  FILE *file = fopen("j", "w");
  fputs("my thesis", file);
  fclose(file);
  ck_assert_int_eq(hmfm_journal_create("j", RUN, draws, &journal, &error), HMFM_EIO);
  ck_assert_ptr_nonnull(strstr(error.message, "something else is there"));
  char text[16] = "";
  file = fopen("j", "r");
  ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
  fclose(file);
  ck_assert_str_eq(text, "my thesis");
  ck_assert_int_eq(mkdir("d", 0700), 0);
  ck_assert_int_eq(hmfm_journal_create("d", RUN, draws, &journal, &error), HMFM_EIO);
  ck_assert_int_eq(hmfm_journal_create("no/j", RUN, draws, &journal, &error), HMFM_EIO);
  /* an old journal is */
  ck_assert_int_eq(unlink("j"), 0);
  hmfm_journal_close(write_two(draws, 2, 5));
  require(hmfm_journal_create("j", RUN + 1, draws, &journal, &error));
  hmfm_journal_close(journal);
  refused(RUN, 5, &full, "of another run");
  hmfm_draws_destroy(draws);
}
END_TEST

/* Two runs cannot write one journal. */
START_TEST(one_writer) {
  hmfm_draws *draws = example_create(&full);
  hmfm_journal *journal = write_two(draws, 2, 5), *second = NULL;
  const pid_t child = fork();
  if (child == 0) {
    const int refused_it = hmfm_journal_create("j", RUN, draws, &second, &error) == HMFM_EIO &&
                           strstr(error.message, "another run is writing it");
    hmfm_journal_close(journal); /* the child's copies, or memcheck would miss them */
    hmfm_draws_destroy(draws);
    _exit(refused_it ? 7 : 1);
  }
  int how;
  ck_assert_int_eq(waitpid(child, &how, 0), child);
  ck_assert(WIFEXITED(how) && WEXITSTATUS(how) == 7);
  hmfm_journal_close(journal);
  hmfm_draws_destroy(draws);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("journal");
  TCase *all = tcase_create("journal");
  tcase_add_checked_fixture(all, start, leave_folder);
  tcase_add_test(all, everything_comes_back);
  tcase_add_loop_test(all, parts_that_are_not_saved, 0, 8);
  tcase_add_loop_test(all, thinned_units, 1, 7);
  tcase_add_test(all, labels_that_became_wider);
  tcase_add_test(all, what_the_checkpoint_does_not_know_is_cut_off);
  tcase_add_test(all, other_journals_are_refused);
  tcase_add_test(all, damage_is_refused);
  tcase_add_test(all, nothing_else_is_replaced);
  tcase_add_test(all, one_writer);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
