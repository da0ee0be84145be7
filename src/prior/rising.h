/* Rising factorials (x)_n = x (x+1) ... (x+n-1), and waiting times made of them; private. */
#ifndef PRIOR_RISING_H
#define PRIOR_RISING_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

/* log (x)_n for x > 0, without forming a difference of large log-gammas. */
double hmfm_log_rising(double x, double n);

/* How many of the units number `seated`, seated + 1, ... (from 0), up to `most` of them, come before the first
 * one that opens something new, when unit i does not with probability (i + a)/(i + b), 0 <= a < b. */
size_t hmfm_draw_waiting(gsl_rng *rng, size_t seated, size_t most, double a, double b);

#endif
