/* Round numbers along an axis, and how they are written. */
#ifndef PLOT_TICKS_H
#define PLOT_TICKS_H

#include <stddef.h>

/* What an axis shows, low < high. */
typedef struct hmfm_range {
  double low, high;
} hmfm_range;

/* Nothing yet: to be widened by what is shown. */
hmfm_range hmfm_range_empty(void);
/* Takes in finite values; others are passed over. */
void hmfm_range_take(hmfm_range *range, size_t n, const double *value);
/* A range that can be shown: a share of its width more at both ends; some width where it has none, 0 to 1
 * where nothing was taken in. */
hmfm_range hmfm_range_finish(hmfm_range range, double share);

enum { HMFM_TICKS_MOST = 24, HMFM_TICK_BYTES = 32 };

/* Multiples first * step, (first + 1) * step, ... of a step that is 1, 2 or 5 times a power of ten (Heckbert 1990,
 * Graphics Gems, 61-63). All lie in the range. */
typedef struct hmfm_ticks {
  size_t n; /* from 1 to HMFM_TICKS_MOST */
  double step, first;
  int decimals; /* -1: powers of ten are written out, as in 2e+06 */
} hmfm_ticks;

/* About so many ticks (from 2 to 12), as near to that as steps allow, and more than one rather than one; whole: at whole numbers alone, which may
 * leave none in a range without one. */
hmfm_ticks hmfm_ticks_find(hmfm_range range, size_t wanted, int whole);

double hmfm_ticks_value(const hmfm_ticks *ticks, size_t k);
void hmfm_ticks_text(const hmfm_ticks *ticks, size_t k, char text[HMFM_TICK_BYTES]);

#endif
