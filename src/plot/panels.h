/* Panels side by side in a grid, each with a strip that names it and axes with ticks. */
#ifndef PLOT_PANELS_H
#define PLOT_PANELS_H

#include "plot/canvas.h"
#include "plot/ticks.h"

enum { HMFM_AXIS_X, HMFM_AXIS_Y, HMFM_AXES };

/* What a panel shows. */
typedef struct hmfm_panel {
  const char *strip; /* its name; NULL: no strip */
  hmfm_range range[HMFM_AXES];
  int whole[HMFM_AXES]; /* 1: ticks at whole numbers alone */
  hmfm_box box;         /* where the data are drawn: set by hmfm_panels_lay */
  hmfm_ticks ticks[HMFM_AXES];
} hmfm_panel;

/* How panels share their axes: where 1, all have one range, and texts stand at the edge of the grid alone. */
typedef struct hmfm_panels {
  size_t n, columns;
  hmfm_panel *panel;
  int shared[HMFM_AXES];
  double strip_size; /* of the font; set by hmfm_panels_lay */
} hmfm_panels;

/* Columns for n panels, so that panels are `aspect` times as wide as they are high, as nearly as may be. */
size_t hmfm_panels_columns(size_t n, hmfm_box area, double aspect);

/* The size of a sheet for n panels that can be read, in inches. */
void hmfm_panels_size(size_t n, double *width, double *height);

/* Finds boxes and ticks in an area that takes in the texts at ticks. */
void hmfm_panels_lay(hmfm_canvas *canvas, hmfm_panels *panels, hmfm_box area);

/* Strips, grid lines and texts at the ticks; data are drawn on top. */
void hmfm_panels_draw(hmfm_canvas *canvas, const hmfm_panels *panels);

/* Where a value is on the sheet. */
double hmfm_panel_x(const hmfm_panel *panel, double x);
double hmfm_panel_y(const hmfm_panel *panel, double y);

#endif
