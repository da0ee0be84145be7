/* Histograms. */
#ifndef PLOT_HISTOGRAM_H
#define PLOT_HISTOGRAM_H

#include "plot/ticks.h"

/* Bins first, first + width, ... that cover a range. */
typedef struct hmfm_bins {
  size_t n;
  double first, width;
} hmfm_bins;

/* Bins for samples of about `size` values each, of which y are n, sorted, in all: their width is that of Freedman and
 * Diaconis (1981, Zeitschrift fuer Wahrscheinlichkeitstheorie 57, 453-476), 2 IQR / size^(1/3), made round, and they
 * are between 8 and `most`. */
hmfm_bins hmfm_bins_find(hmfm_range range, size_t n, const double *y, double size, size_t most);

/* density[k] of bin k: the share of the weight of n values that is in it, over its width. A value on the edge of two bins
 * is in the upper one; values outside all bins are part of the whole. */
void hmfm_bins_fill(const hmfm_bins *bins, size_t n, const double *y, const double *weight,
                    double *density);

#endif
