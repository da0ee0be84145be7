/* Layout and axes of panels. */
#include "plot/panels.h"

#include <math.h>

#include "plot/page.h"
#include "plot/palette.h"

enum {
  GAP = 10,
  TICK_GAP = 3,
  LEAST = 8
}; /* between panels; from axis to text; a panel's width or height */

double hmfm_panel_x(const hmfm_panel *p, double x) {
  const hmfm_range *r = &p->range[HMFM_AXIS_X];
  return p->box.x + p->box.width * (x - r->low) / (r->high - r->low);
}

double hmfm_panel_y(const hmfm_panel *p, double y) {
  const hmfm_range *r = &p->range[HMFM_AXIS_Y];
  return p->box.y + p->box.height * (1 - (y - r->low) / (r->high - r->low));
}

size_t hmfm_panels_columns(size_t n, hmfm_box area, double aspect) {
  size_t best = 1;
  double best_off = INFINITY;
  for (size_t c = 1; c <= n; c++) {
    const double rows = ceil((double)n / (double)c), empty = rows * (double)c - (double)n;
    const double shape = area.width / (double)c / (area.height / rows) / aspect;
    const double off = fabs(log(shape)) + 0.3 * empty / (double)c;
    if (off >= best_off) continue;
    best = c;
    best_off = off;
  }
  return best;
}

void hmfm_panels_size(size_t n, double *width, double *height) {
  const double columns = n <= 3    ? (double)n
                         : n == 4  ? 2
                         : n <= 9  ? 3
                         : n <= 20 ? 4
                         : n <= 35 ? 5
                         : n <= 54 ? 6
                                   : 8;
  const double rows = ceil((double)n / columns);
  *width = n <= 1 ? 6 : 8;
  *height = 1.2 + rows * fmin(2.9, fmax(0.85, *width / columns * 0.66));
}

/* The widest text at the ticks of an axis of panel p. */
static double widest(hmfm_canvas *canvas, const hmfm_ticks *ticks) {
  const hmfm_type type = hmfm_type_faint(HMFM_SIZE_TICK, 0, 0);
  double width = 0;
  for (size_t k = 0; k < ticks->n; k++) {
    char text[HMFM_TICK_BYTES];
    hmfm_ticks_text(ticks, k, text);
    width = fmax(width, hmfm_canvas_text_width(canvas, &type, text));
  }
  return width;
}

/* Fewer and fewer ticks, until texts beside each other have room. */
static hmfm_ticks x_ticks(hmfm_canvas *canvas, const hmfm_panel *p) {
  const hmfm_range range = p->range[HMFM_AXIS_X];
  const double scale = p->box.width / (range.high - range.low);
  size_t wanted = (size_t)fmin(fmax(p->box.width / 38, 2), 10);
  hmfm_ticks ticks;
  do {
    ticks = hmfm_ticks_find(range, wanted, p->whole[HMFM_AXIS_X]);
    if (ticks.n < 2 || widest(canvas, &ticks) + 5 <= ticks.step * scale) break;
  } while (--wanted >= 1);
  if (ticks.n >= 2 && widest(canvas, &ticks) + 3 > ticks.step * scale) ticks.n = 1;
  return ticks;
}

static hmfm_ticks y_ticks(const hmfm_panel *p, double height) {
  return hmfm_ticks_find(p->range[HMFM_AXIS_Y], (size_t)fmin(fmax(height / 22, 2), 8),
                         p->whole[HMFM_AXIS_Y]);
}

/* Texts at the ticks of panel k stand where nothing else is to its left, or below it. */
static int has_y_texts(const hmfm_panels *panels, size_t k) {
  return !panels->shared[HMFM_AXIS_Y] || k % panels->columns == 0;
}
static int has_x_texts(const hmfm_panels *panels, size_t k) {
  return !panels->shared[HMFM_AXIS_X] || k + panels->columns >= panels->n;
}

void hmfm_panels_lay(hmfm_canvas *canvas, hmfm_panels *panels, hmfm_box area) {
  const size_t columns = panels->columns, rows = (panels->n + columns - 1) / columns;
  const double texts = HMFM_SIZE_TICK + TICK_GAP + 2;
  double y_room = 0, strips = 0;
  panels->strip_size = area.width / (double)columns < 110 ? HMFM_SIZE_TICK : HMFM_SIZE_TEXT;
  for (size_t k = 0; k < panels->n; k++)
    if (panels->panel[k].strip) strips = panels->strip_size + 4;
  const double x_rooms = panels->shared[HMFM_AXIS_X] ? 1 : (double)rows;
  const double height = fmax(
      LEAST, (area.height - x_rooms * texts - (double)rows * strips - (double)(rows - 1) * GAP) /
                 (double)rows);
  for (size_t k = 0; k < panels->n; k++) {
    panels->panel[k].ticks[HMFM_AXIS_Y] = y_ticks(&panels->panel[k], height);
    y_room = fmax(y_room, widest(canvas, &panels->panel[k].ticks[HMFM_AXIS_Y]) + TICK_GAP);
  }
  const double y_rooms = panels->shared[HMFM_AXIS_Y] ? 1 : (double)columns;
  const double width = fmax(
      LEAST, (area.width - y_rooms * y_room - (double)(columns - 1) * GAP - 4) / (double)columns);
  const double right = GAP + (panels->shared[HMFM_AXIS_Y] ? 0 : y_room);
  const double down = GAP + strips + (panels->shared[HMFM_AXIS_X] ? 0 : texts);
  for (size_t k = 0; k < panels->n; k++) {
    hmfm_panel *p = &panels->panel[k];
    const size_t row = k / columns, column = k % columns;
    p->box = (hmfm_box){area.x + y_room + (double)column * (width + right),
                        area.y + strips + (double)row * (height + down), width, height};
    p->ticks[HMFM_AXIS_X] = x_ticks(canvas, p);
  }
}

static void draw_x_axis(hmfm_canvas *canvas, const hmfm_panel *p, int with_texts) {
  const hmfm_ticks *ticks = &p->ticks[HMFM_AXIS_X];
  const hmfm_type type = hmfm_type_faint(HMFM_SIZE_TICK, 0.5, 1);
  const double foot = p->box.y + p->box.height;
  for (size_t k = 0; k < ticks->n; k++) {
    const double x = hmfm_panel_x(p, hmfm_ticks_value(ticks, k));
    char text[HMFM_TICK_BYTES];
    hmfm_ticks_text(ticks, k, text);
    hmfm_canvas_segment(canvas, x, p->box.y, x, foot, hmfm_color_grid, 0.5);
    if (!with_texts) continue;
    /* Not so far over the end of the panel as to touch its neighbour's text. */
    const double half = hmfm_canvas_text_width(canvas, &type, text) / 2, over = GAP / 2.0 - 2;
    const double at = fmin(fmax(x, p->box.x - over + half), p->box.x + p->box.width + over - half);
    hmfm_canvas_text(canvas, at, foot + TICK_GAP, &type, INFINITY, text);
  }
}

static void draw_y_axis(hmfm_canvas *canvas, const hmfm_panel *p, int with_texts) {
  const hmfm_ticks *ticks = &p->ticks[HMFM_AXIS_Y];
  const hmfm_type type = hmfm_type_faint(HMFM_SIZE_TICK, 1, 0.5);
  for (size_t k = 0; k < ticks->n; k++) {
    const double y = hmfm_panel_y(p, hmfm_ticks_value(ticks, k));
    char text[HMFM_TICK_BYTES];
    hmfm_ticks_text(ticks, k, text);
    hmfm_canvas_segment(canvas, p->box.x, y, p->box.x + p->box.width, y, hmfm_color_grid, 0.5);
    if (with_texts) hmfm_canvas_text(canvas, p->box.x - TICK_GAP, y, &type, INFINITY, text);
  }
}

void hmfm_panels_draw(hmfm_canvas *canvas, const hmfm_panels *panels) {
  hmfm_type strip = hmfm_type_text(panels->strip_size, 0, 0);
  strip.bold = strip.keeps_end = 1;
  for (size_t k = 0; k < panels->n; k++) {
    const hmfm_panel *p = &panels->panel[k];
    const hmfm_box *box = &p->box;
    draw_x_axis(canvas, p, has_x_texts(panels, k));
    draw_y_axis(canvas, p, has_y_texts(panels, k));
    if (p->strip) hmfm_canvas_text(canvas, box->x, box->y - 4, &strip, box->width, p->strip);
    hmfm_canvas_segment(canvas, box->x, box->y + box->height, box->x + box->width,
                        box->y + box->height, hmfm_color_faint, 0.6);
  }
}
