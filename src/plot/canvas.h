/* A sheet to draw on, which becomes an SVG, PNG or PDF file. Lengths are points, 1/72 inch; x goes to the
 * right, y down. Drawing does not fail: a canvas keeps the first thing that went wrong, and
 * hmfm_canvas_finish tells. The only user of Cairo. */
#ifndef PLOT_CANVAS_H
#define PLOT_CANVAS_H

#include <stdio.h>

#include "hmfm/base.h"

typedef enum hmfm_picture_kind {
  HMFM_PICTURE_SVG,
  HMFM_PICTURE_PNG,
  HMFM_PICTURE_PDF
} hmfm_picture_kind;

/* The kind that a path ends with, in small or capital letters. Errors: HMFM_EUSAGE for any other ending. */
hmfm_status hmfm_picture_kind_of(const char *path, hmfm_picture_kind *out, hmfm_error *error);

/* From 0 to 1 each; opacity 1 hides what is below. */
typedef struct hmfm_color {
  double red, green, blue, opacity;
} hmfm_color;

typedef struct hmfm_box {
  double x, y, width, height; /* x, y: the upper left corner */
} hmfm_box;

/* How a line of text looks and where it stands. */
typedef struct hmfm_type {
  double size; /* of the font */
  int bold;
  hmfm_color color;
  double across; /* x is at the start (0), in the middle (0.5), at the end (1) of the line */
  double down;   /* y is at the foot (0), in the middle (0.5), at the top (1) of its capitals */
  int keeps_end; /* 1: what is too long is shortened in its middle, as names are that end with a number */
  int upright; /* 1: turned by a quarter, to be read from below; across and down turn with it */
} hmfm_type;

typedef struct hmfm_canvas hmfm_canvas;

/* A white sheet. dpi, dots an inch, is of use for PNG alone. What is drawn goes to the stream `to`, at the
 * latest in hmfm_canvas_finish. The same drawing gives the same bytes: there is no date in them. Errors:
 * HMFM_EUSAGE for a size that no file of that kind can have; HMFM_EMEMORY. */
hmfm_status hmfm_canvas_create(hmfm_picture_kind kind, double width, double height, double dpi,
                               FILE *to, hmfm_canvas **out, hmfm_error *error);

/* Writes what is not yet written; nothing can be drawn after it. Errors: HMFM_EIO, HMFM_EMEMORY. */
hmfm_status hmfm_canvas_finish(hmfm_canvas *canvas, hmfm_error *error);

/* Accepts NULL. */
void hmfm_canvas_destroy(hmfm_canvas *canvas);

hmfm_box hmfm_canvas_box(const hmfm_canvas *canvas);

/* A path through n points: as a line so wide, or filled. */
void hmfm_canvas_line(hmfm_canvas *canvas, size_t n, const double *x, const double *y,
                      hmfm_color color, double width);
void hmfm_canvas_polygon(hmfm_canvas *canvas, size_t n, const double *x, const double *y,
                         hmfm_color color);
void hmfm_canvas_segment(hmfm_canvas *canvas, double x0, double y0, double x1, double y1,
                         hmfm_color color, double width);
void hmfm_canvas_fill(hmfm_canvas *canvas, hmfm_box box, hmfm_color color);
void hmfm_canvas_frame(hmfm_canvas *canvas, hmfm_box box, hmfm_color color, double width);
/* A disc with a white rim. */
void hmfm_canvas_dot(hmfm_canvas *canvas, double x, double y, double radius, hmfm_color color);

/* rows x columns cells that fill a box, row by row from the top, each 0xRRGGBB. */
void hmfm_canvas_cells(hmfm_canvas *canvas, hmfm_box box, size_t rows, size_t columns,
                       const unsigned *rgb);

/* Keeps what is drawn next inside a box, until hmfm_canvas_unclip. */
void hmfm_canvas_clip(hmfm_canvas *canvas, hmfm_box box);
void hmfm_canvas_unclip(hmfm_canvas *canvas);

/* A line of text, shortened with an ellipsis where it is wider than room. Bytes that are not UTF-8 are drawn as
 * a replacement character. */
void hmfm_canvas_text(hmfm_canvas *canvas, double x, double y, const hmfm_type *type, double room,
                      const char *text);
/* Its width when nothing is cut off. */
double hmfm_canvas_text_width(hmfm_canvas *canvas, const hmfm_type *type, const char *text);

#endif
