/* Ending a long call from outside, whatever threads are at work on it; private. */
#ifndef SUMMARY_STOPPER_H
#define SUMMARY_STOPPER_H

#include "hmfm/base.h"

/* One call: whom to ask, and what was said. */
typedef struct hmfm_stopper {
  hmfm_watch watch;
  int stopped;
} hmfm_stopper;

/* Whether to stop. The first thread of the innermost parallel region asks, the others are told: so it must not be
 * called in a region within a region. NULL: never. */
int hmfm_stopper_ask(hmfm_stopper *stopper);

/* Asks until *busy, which other threads count down, is 0: for the first thread, once it has nothing left to do. */
void hmfm_stopper_wait(hmfm_stopper *stopper, const int *busy);

/* HMFM_ESTOPPED with a sentence: `what` was stopped. */
hmfm_status hmfm_stopper_fail(hmfm_error *error, const char *what);

#endif
