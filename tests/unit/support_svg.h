/* Looking at SVG as text: is it well-formed, and how often is something in it. */
#ifndef UNIT_SUPPORT_SVG_H
#define UNIT_SUPPORT_SVG_H

#include <stddef.h>

#include "plot/canvas.h"

/* Ends the test unless text is XML as the recommendation has it, as far as pictures go: one root, tags closed in
 * order, attributes once and quoted, no bare & or <, ASCII alone. */
void svg_check(const char *text);

/* Times that part is in text, not counting what overlaps; without blanks, and attributes as in "stroke-width:1.3;". */
size_t svg_count(const char *text, const char *part);

/* A picture, as a string for free: draws on an SVG of that size in inches. */
typedef hmfm_status svg_draw(hmfm_canvas *canvas, const void *picture, hmfm_error *error);
char *svg_make(svg_draw *draw, const void *picture, double width, double height);

#endif
