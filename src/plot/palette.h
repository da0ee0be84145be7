/* Colours that tell apart what is to be told apart, for readers who are colour-blind, too. */
#ifndef PLOT_PALETTE_H
#define PLOT_PALETTE_H

#include "plot/canvas.h"

/* Of text, grid lines and whatever frames the data. */
extern const hmfm_color hmfm_color_text, hmfm_color_faint, hmfm_color_grid, hmfm_color_data,
    hmfm_color_model, hmfm_color_bar;

/* The same colour, less opaque. */
hmfm_color hmfm_color_fade(hmfm_color color, double opacity);

/* Colour k of a set of categories: the seven of Okabe and Ito (2008) that show on white, then the same, darker and
 * lighter. */
hmfm_color hmfm_palette_category(size_t k);

/* From white (0) to dark blue (1): lightness falls evenly with the share. Values outside, and NaN, are
 * taken to the ends. */
hmfm_color hmfm_palette_share(double share);
unsigned hmfm_palette_rgb(hmfm_color color); /* 0xRRGGBB */

/* Black or white, whichever is read better on a colour. */
hmfm_color hmfm_palette_ink_on(hmfm_color color);

/* Relative luminance (WCAG 2.1, from 0 to 1). */
double hmfm_palette_luminance(hmfm_color color);

#endif
