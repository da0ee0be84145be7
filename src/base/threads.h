/* How many threads a parallel region may have: every one of the library asks here. */
#ifndef BASE_THREADS_H
#define BASE_THREADS_H

/* The number of threads that `asked` stands for: itself, or as many as OpenMP offers when below 1; at most
 * OMP_THREAD_LIMIT. It is 1 in a process that was forked from one in which this had been called: there the threads of
 * OpenMP exist no more, and a region that waits for them waits for ever (parallel::mclapply of R forks so). What
 * is computed does not depend on it. */
int hmfm_threads(int asked);

#endif
