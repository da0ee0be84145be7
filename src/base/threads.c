/* Threads for parallel regions, and none after fork(). What is kept here between calls is a mark that only
 * the child of a fork sets, on itself, before it does anything else. */
#include "base/threads.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#if defined(_OPENMP) && !defined(_WIN32)
#include <pthread.h>

static volatile int hmfm_threads_forked = 0;
static pthread_once_t hmfm_threads_once = PTHREAD_ONCE_INIT;

static void in_child(void) { hmfm_threads_forked = 1; }
static void watch_forks(void) { (void)pthread_atfork(NULL, NULL, in_child); }

static int is_forked(void) {
  (void)pthread_once(&hmfm_threads_once, watch_forks);
  return hmfm_threads_forked;
}
#elif defined(_OPENMP)
static int is_forked(void) { return 0; }
#endif

int hmfm_threads(int asked) {
#ifdef _OPENMP
  if (is_forked()) return 1;
  const int threads = asked >= 1 ? asked : omp_get_max_threads(), limit = omp_get_thread_limit();
  return threads < limit ? threads : limit;
#else
  (void)asked;
  return 1;
#endif
}
