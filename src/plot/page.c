/* The frame of a picture. */
#include "plot/page.h"

#include <math.h>
#include <stdio.h>

#include "plot/palette.h"

hmfm_type hmfm_type_text(double size, double across, double down) {
  return (hmfm_type){.size = size, .color = hmfm_color_text, .across = across, .down = down};
}

hmfm_type hmfm_type_faint(double size, double across, double down) {
  hmfm_type type = hmfm_type_text(size, across, down);
  type.color = hmfm_color_faint;
  return type;
}

/* ---- keys ---- */

enum { MARK_WIDTH = 14, MARK_GAP = 4, KEY_GAP = 14, KEY_HEIGHT = 14 };

static void draw_mark(hmfm_canvas *canvas, double x, double y, const hmfm_key *key) {
  switch (key->mark) {
  case HMFM_MARK_LINE: hmfm_canvas_segment(canvas, x, y, x + MARK_WIDTH, y, key->color, 1.6); break;
  case HMFM_MARK_AREA:
    hmfm_canvas_fill(canvas, (hmfm_box){x, y - 4, MARK_WIDTH, 8}, key->color);
    break;
  case HMFM_MARK_DOT: hmfm_canvas_dot(canvas, x + MARK_WIDTH / 2.0, y, 2.6, key->color); break;
  }
}

/* Entries side by side, in as many lines as they need. Returns where the next thing may stand. */
static double draw_keys(hmfm_canvas *canvas, const hmfm_page *page, double x, double y,
                        double width) {
  const hmfm_type type = hmfm_type_text(HMFM_SIZE_TEXT, 0, 0.5);
  double at = 0;
  if (page->n_keys == 0) return y;
  for (size_t k = 0; k < page->n_keys; k++) {
    const double room = width - MARK_WIDTH - MARK_GAP;
    const double needed = MARK_WIDTH + MARK_GAP +
                          fmin(room, hmfm_canvas_text_width(canvas, &type, page->key[k].label));
    if (at > 0 && at + needed > width) {
      at = 0;
      y += KEY_HEIGHT;
    }
    draw_mark(canvas, x + at, y + KEY_HEIGHT / 2.0, &page->key[k]);
    hmfm_canvas_text(canvas, x + at + MARK_WIDTH + MARK_GAP, y + KEY_HEIGHT / 2.0, &type, room,
                     page->key[k].label);
    at += needed + KEY_GAP;
  }
  return y + KEY_HEIGHT + 4;
}

/* ---- the page ---- */

hmfm_box hmfm_page_draw(hmfm_canvas *canvas, const hmfm_page *page) {
  hmfm_type title = hmfm_type_text(HMFM_SIZE_TITLE, 0, 1);
  const hmfm_type subtitle = hmfm_type_faint(HMFM_SIZE_TEXT, 0, 1);
  const hmfm_type x_label = hmfm_type_text(HMFM_SIZE_TEXT, 0.5, 0);
  hmfm_type y_label = hmfm_type_text(HMFM_SIZE_TEXT, 0.5, 1);
  const hmfm_box sheet = hmfm_canvas_box(canvas);
  const double width = sheet.width - 2 * HMFM_MARGIN;
  double top = HMFM_MARGIN, left = HMFM_MARGIN, bottom = sheet.height - HMFM_MARGIN;
  title.bold = 1;
  y_label.upright = 1;
  if (*page->title) {
    hmfm_canvas_text(canvas, left, top, &title, width, page->title);
    top += HMFM_SIZE_TITLE + 5;
  }
  if (*page->subtitle) {
    hmfm_canvas_text(canvas, left, top, &subtitle, width, page->subtitle);
    top += HMFM_SIZE_TEXT + 5;
  }
  top = draw_keys(canvas, page, left, top, width) + 2;
  if (*page->x_label) {
    bottom -= 2; /* letters reach below the line */
    hmfm_canvas_text(canvas, left + width / 2, bottom, &x_label, width, page->x_label);
    bottom -= HMFM_SIZE_TEXT + 4;
  }
  if (*page->y_label) {
    hmfm_canvas_text(canvas, left, (top + bottom) / 2, &y_label, bottom - top, page->y_label);
    left += HMFM_SIZE_TEXT + 6;
  }
  return (hmfm_box){left, top, sheet.width - HMFM_MARGIN - left, bottom - top};
}

void hmfm_page_share_bar(hmfm_canvas *canvas, hmfm_box box, double most, const char *title) {
  enum { STEPS = 100, BAR = 10 };
  const hmfm_type text = hmfm_type_faint(HMFM_SIZE_TICK, 0, 0.5);
  hmfm_type head = hmfm_type_text(HMFM_SIZE_TEXT, 0.5, 0);
  const double height = fmin(box.height, 160), x = box.x + 22,
               y = box.y + (box.height - height) / 2;
  unsigned shade[STEPS];
  char label[16];
  for (size_t k = 0; k < STEPS; k++)
    shade[k] = hmfm_palette_rgb(hmfm_palette_share(1 - ((double)k + 0.5) / STEPS));
  hmfm_canvas_cells(canvas, (hmfm_box){x, y, BAR, height}, STEPS, 1, shade);
  hmfm_canvas_frame(canvas, (hmfm_box){x, y, BAR, height}, hmfm_color_faint, 0.5);
  for (int k = 0; k <= 4; k++) {
    const double at = y + height * (1 - k / 4.0);
    snprintf(label, sizeof label, "%.2f", most * k / 4.0);
    hmfm_canvas_segment(canvas, x + BAR, at, x + BAR + 2.5, at, hmfm_color_faint, 0.5);
    hmfm_canvas_text(canvas, x + BAR + 5, at, &text, 40, label);
  }
  head.upright = 1;
  hmfm_canvas_text(canvas, x - 7, y + height / 2, &head, box.height, title);
}
