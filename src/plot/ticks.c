/* Finding round numbers. */
#include "plot/ticks.h"

#include <math.h>
#include <stdio.h>

hmfm_range hmfm_range_empty(void) { return (hmfm_range){INFINITY, -INFINITY}; }

void hmfm_range_take(hmfm_range *range, size_t n, const double *value) {
  for (size_t k = 0; k < n; k++) {
    if (!isfinite(value[k])) continue;
    range->low = fmin(range->low, value[k]);
    range->high = fmax(range->high, value[k]);
  }
}

hmfm_range hmfm_range_finish(hmfm_range range, double share) {
  const double most = 1e300, least = 1e-300; /* beyond these, steps are no numbers any more */
  if (!(range.low <= range.high)) return (hmfm_range){0, 1};
  range.low = fmin(fmax(range.low, -most), most);
  range.high = fmin(fmax(range.high, -most), most);
  const double size = fmax(fabs(range.low), fabs(range.high)), width = range.high - range.low;
  /* Below that width, doubles are too few for an axis. */
  if (width <= 1e-9 * size || width <= least) {
    const double some = size > 10 * least ? 0.05 * size : 0.5;
    return (hmfm_range){range.low - some, range.high + some};
  }
  return (hmfm_range){range.low - share * width, range.high + share * width};
}

/* Multiples of step in the range; the slack takes in an end that rounding has moved by a hair. */
static void count(hmfm_range range, double step, hmfm_ticks *ticks) {
  const double slack = 1e-10;
  const double first = ceil(range.low / step - slack), last = floor(range.high / step + slack);
  ticks->step = step;
  ticks->first = first;
  ticks->n = last >= first ? (size_t)fmin(last - first + 1, 1e6) : 0;
}

hmfm_ticks hmfm_ticks_find(hmfm_range range, size_t wanted, int whole) {
  static const double multiple[] = {1, 2, 5};
  const double least = (range.high - range.low) / (2.0 * (double)wanted + 2);
  int lowest = (int)floor(log10(least));
  hmfm_ticks best = {0};
  double best_off = INFINITY;
  if (whole && lowest < 0) lowest = 0;
  for (int k = 0; k < 9; k++) {
    const int power = lowest + k / 3;
    hmfm_ticks ticks = {0};
    count(range, multiple[k % 3] * pow(10, power), &ticks);
    /* One tick alone shows no scale. */
    const double off = fabs((double)ticks.n - (double)wanted) + (ticks.n < 2 ? 2 : 0);
    if (ticks.n == 0 || ticks.n > HMFM_TICKS_MOST || off >= best_off) continue;
    best = ticks;
    best_off = off;
    /* 1, 2 or 5 times 10^p has -p decimals. */
    best.decimals = power < 0 ? -power : 0;
  }
  const double most = fmax(fabs(range.low), fabs(range.high));
  if (best.decimals > 6 || most >= 1e7) best.decimals = -1;
  return best;
}

double hmfm_ticks_value(const hmfm_ticks *ticks, size_t k) {
  return (ticks->first + (double)k) * ticks->step;
}

/* In powers of ten, with as many digits as it takes to tell neighbours apart. */
static void write_power(const hmfm_ticks *ticks, double value, char text[HMFM_TICK_BYTES]) {
  const double most =
      fmax(fabs(hmfm_ticks_value(ticks, 0)), fabs(hmfm_ticks_value(ticks, ticks->n - 1)));
  const double digits =
      most > 0 ? floor(log10(most) + 1e-9) - floor(log10(ticks->step) + 1e-9) + 1 : 1;
  snprintf(text, HMFM_TICK_BYTES, "%.*g", digits > 1 ? digits < 15 ? (int)digits : 15 : 1, value);
}

void hmfm_ticks_text(const hmfm_ticks *ticks, size_t k, char text[HMFM_TICK_BYTES]) {
  double value = hmfm_ticks_value(ticks, k);
  if (value == 0) value = 0; /* no minus sign */
  if (ticks->decimals < 0)
    write_power(ticks, value, text);
  else
    snprintf(text, HMFM_TICK_BYTES, "%.*f", ticks->decimals, value);
}
