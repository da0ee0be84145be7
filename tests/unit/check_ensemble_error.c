/* An ensemble after one of its chains has failed: it says so again, and nothing more happens. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "support_model.h"

typedef struct witness {
  size_t calls, last_draw;
} witness;

/* Accepts draws of chain 0 for ever; refuses the fifth of chain 1. */
static hmfm_status refuse(void *context, size_t chain, size_t draw, const hmfm_chain *state,
                          hmfm_error *error) {
  witness *seen = context;
  (void)state;
  seen->calls++;
  if (draw > seen->last_draw) seen->last_draw = draw;
  if (chain == 1 && draw == 4) return hmfm_fail(error, HMFM_EIO, "the sink is full");
  return HMFM_OK;
}

START_TEST(a_failed_ensemble_stays_failed) {
  small s = {0};
  small_data(&s, &(small_shape){2, {4, 3}, 2, 0}, 3);
  small_model(&s);
  hmfm_run run;
  hmfm_run_defaults(&run);
  run.chains = 2, run.warmup = 0, run.draws = 20, run.threads = 1;
  witness seen = {0};
  hmfm_ensemble *ensemble = NULL;
  hmfm_error error = {0};
  small_require(hmfm_ensemble_create(s.model, &run, (hmfm_sink){&seen, refuse}, &ensemble, &error),
                &error);
  ck_assert_int_eq(hmfm_ensemble_advance(ensemble, 15, &error), HMFM_EIO);
  ck_assert_str_eq(error.message, "chain 1: the sink is full");
  const size_t calls = seen.calls;
  for (int again = 0; again < 3; again++) {
    memset(&error, 0, sizeof error);
    ck_assert_int_eq(hmfm_ensemble_advance(ensemble, 15, &error), HMFM_EIO);
    ck_assert_str_eq(error.message, "chain 1: the sink is full");
  }
  ck_assert_uint_eq(seen.calls, calls);
  ck_assert_uint_lt(seen.last_draw, 20);
  hmfm_ensemble_destroy(ensemble);
  small_clear(&s);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("ensemble after an error");
  TCase *cases = tcase_create("error");
  tcase_add_test(cases, a_failed_ensemble_stays_failed);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
