/* Univariate slice sampling with stepping out and shrinkage. */
#include "dist/slice.h"

#include <gsl/gsl_randist.h>

enum { MAX_STEPS = 100, MAX_SHRINKS = 1000 };

double hmfm_draw_slice(gsl_rng *rng, double x, double width, double lower, double upper,
                       hmfm_log_density *log_density, void *context) {
  double level = log_density(x, context) - gsl_ran_exponential(rng, 1.0);
  double left = x - width * gsl_rng_uniform(rng), right = left + width;
  /* a limit on the steps, divided at random between the sides, keeps the transition reversible */
  int to_left = (int)(MAX_STEPS * gsl_rng_uniform(rng)), to_right = MAX_STEPS - 1 - to_left;
  while (to_left-- > 0 && left > lower && log_density(left, context) > level) left -= width;
  while (to_right-- > 0 && right < upper && log_density(right, context) > level) right += width;
  if (left < lower) left = lower;
  if (right > upper) right = upper;
  for (int k = 0; k < MAX_SHRINKS; k++) {
    double at = left + (right - left) * gsl_rng_uniform(rng);
    if (log_density(at, context) > level) return at;
    if (at < x)
      left = at;
    else
      right = at;
  }
  return x; /* the interval has shrunk to x itself */
}
