/* The yardstick: what a vectorised exp takes, the library's own and that of glibc's libmvec. */
#include <math.h>
#include <string.h>

#include "base/vecmath.h"
#include "support.h"

enum { BUFFER = 1024, PASSES = 5000, SLICES = 40 }; /* two buffers are 16 kB: within any L1 cache */

typedef void exp_function(size_t n, const double *x, double *out);

/* Best slice: the work is the same every time, so whatever is above it came from elsewhere. */
static double time_exp(exp_function *function) {
  _Alignas(64) static double x[BUFFER], out[BUFFER];
  double best = INFINITY;
  for (size_t k = 0; k < BUFFER; k++) x[k] = -40.0 * (double)k / BUFFER;
  for (int slice = 0; slice < SLICES; slice++) {
    double start = bench_cpu();
    for (int pass = 0; pass < PASSES; pass++) {
      function(BUFFER, x, out);
      x[pass % BUFFER] += 1e-9 * out[(pass * 7) % BUFFER]; /* no pass can be left out */
    }
    double taken = bench_cpu() - start;
    best = taken < best ? taken : best;
  }
  return 1e9 * best / ((double)PASSES * BUFFER);
}

double bench_exp_ns(void) { return time_exp(hmfm_vector_exp); }

#if defined(__x86_64__) && defined(__GLIBC__)

/* exp of four doubles at once, under the name that the vector ABI of x86_64 gives it. */
typedef double four_doubles __attribute__((vector_size(32)));
__attribute__((target("avx2"))) four_doubles libmvec_exp4(four_doubles x) __asm__("_ZGVdN4v_exp");

__attribute__((target("avx2"))) static void libmvec_exp(size_t n, const double *x, double *out) {
  for (size_t k = 0; k + 4 <= n; k += 4) {
    four_doubles v;
    memcpy(&v, x + k, sizeof v);
    v = libmvec_exp4(v);
    memcpy(out + k, &v, sizeof v);
  }
}

double bench_libmvec_exp_ns(void) {
  return __builtin_cpu_supports("avx2") ? time_exp(libmvec_exp) : NAN;
}

#else

double bench_libmvec_exp_ns(void) { return NAN; }

#endif
