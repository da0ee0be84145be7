/* Asking the caller whether to go on: by the thread that it called, which alone may do as the caller may. */
#include "summary/stopper.h"

#ifdef _OPENMP
#include <omp.h>
#endif
#include <time.h>

#include "base/error.h"

static int is_first(void) {
#ifdef _OPENMP
  return omp_get_thread_num() == 0;
#else
  return 1;
#endif
}

int hmfm_stopper_ask(hmfm_stopper *stopper) {
  int stopped;
  if (!stopper || !stopper->watch.stop) return 0;
#ifdef _OPENMP
#pragma omp atomic read
#endif
  stopped = stopper->stopped;
  if (stopped || !is_first() || !stopper->watch.stop(stopper->watch.context)) return stopped;
#ifdef _OPENMP
#pragma omp atomic write
#endif
  stopper->stopped = 1;
  return 1;
}

void hmfm_stopper_wait(hmfm_stopper *stopper, const int *busy) {
  const struct timespec pause = {.tv_nsec = 1000000};
  int others = 1;
  while (others > 0 && stopper->watch.stop && !hmfm_stopper_ask(stopper)) {
#ifdef _OPENMP
#pragma omp atomic read
#endif
    others = *busy;
    if (others > 0) nanosleep(&pause, NULL);
  }
}

hmfm_status hmfm_stopper_fail(hmfm_error *error, const char *what) {
  return hmfm_fail(error, HMFM_ESTOPPED, "%s was stopped before there was a result", what);
}
