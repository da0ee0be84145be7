/* Diagnostics of one quantity (rhat, effective sizes, quantiles) for chains of several lengths. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "hmfm/summary.h"
#include "support.h"

enum { CHAINS = 4, REPEATS = 7, MOST = 200000 };

/* An autoregressive series, which is what chains are. */
static void fill(double *x, size_t n, unsigned *seed) {
  double last = 0.0;
  for (size_t k = 0; k < n; k++) {
    double noise = 0.0;
    for (int i = 0; i < 4; i++) {
      *seed = *seed * 1664525u + 1013904223u;
      noise += (double)*seed / 4294967296.0 - 0.5;
    }
    x[k] = last = 0.9 * last + noise;
  }
}

int main(void) {
  const size_t draws[] = {1000, 20000, MOST};
  double *x = calloc((size_t)CHAINS * MOST, sizeof *x);
  unsigned seed = 1;
  hmfm_error error;
  bench_title("Diagnostics of one quantity: processor time");
  if (!x) return EXIT_FAILURE;
  fill(x, (size_t)CHAINS * MOST, &seed);
  printf("%7s %8s %10s %12s\n", "chains", "draws", "ms", "ns_a_draw");
  for (int k = 0; k < 3; k++) {
    double time[REPEATS];
    for (int r = 0; r < REPEATS; r++) {
      hmfm_diagnostics diagnostics;
      const double start = bench_cpu();
      bench_check(hmfm_diagnose(x, CHAINS, draws[k], draws[k], 1, &diagnostics, &error), &error);
      time[r] = bench_cpu() - start;
    }
    const double median = bench_median(REPEATS, time);
    printf("%7d %8zu %10.2f %12.1f\n", CHAINS, draws[k], 1e3 * median,
           1e9 * median / ((double)CHAINS * (double)draws[k]));
  }
  free(x);
  return EXIT_SUCCESS;
}
