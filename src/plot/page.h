/* What frames every picture: title, keys, labels of the axes; and the panels in the space that is left. */
#ifndef PLOT_PAGE_H
#define PLOT_PAGE_H

#include "plot/canvas.h"
#include "plot/ticks.h"

/* Sizes of fonts and gaps, in points. */
#define HMFM_SIZE_TITLE 12.0
#define HMFM_SIZE_TEXT 8.5
#define HMFM_SIZE_TICK 7.0
#define HMFM_MARGIN 12.0

typedef enum hmfm_mark { HMFM_MARK_LINE, HMFM_MARK_AREA, HMFM_MARK_DOT } hmfm_mark;

/* An entry of a legend. */
typedef struct hmfm_key {
  hmfm_mark mark;
  hmfm_color color;
  const char *label;
} hmfm_key;

typedef struct hmfm_page {
  const char *title, *subtitle; /* "": none */
  const char *x_label, *y_label;
  size_t n_keys; /* in one or more lines below the subtitle */
  const hmfm_key *key;
} hmfm_page;

/* Draws the frame; returns what is left for panels, their strips and the texts at their ticks. */
hmfm_box hmfm_page_draw(hmfm_canvas *canvas, const hmfm_page *page);

/* A vertical bar that explains hmfm_palette_share, where the darkest stands for `most`, with a title beside it. */
void hmfm_page_share_bar(hmfm_canvas *canvas, hmfm_box box, double most, const char *title);
enum { HMFM_SHARE_BAR = 62 }; /* the width it takes */

/* The usual ways of writing. */
hmfm_type hmfm_type_text(double size, double across, double down);
hmfm_type hmfm_type_faint(double size, double across, double down);

#endif
