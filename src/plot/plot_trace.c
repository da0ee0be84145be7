/* Traces: draws in the order they were made, a panel a quantity, a colour a chain. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/error.h"
#include "plot/page.h"
#include "plot/palette.h"
#include "plot/panels.h"
#include "plot/pictures.h"

enum { COLUMNS = 600, MOST_KEYS = 14, KEY_BYTES = 32 };

void hmfm_plot_trace_size(const hmfm_trace_picture *picture, double *width, double *height) {
  const double columns = picture->n <= 3 ? 1 : picture->n <= 12 ? 2 : 3;
  *width = 8;
  *height = 1.2 + ceil((double)picture->n / columns) * (picture->n <= 12 ? 1.35 : 1.1);
}

/* One chain. Of more draws than a line can show, the least and the largest of every so many are drawn, in the order
 * they come in: to the eye it is the same line. x and y have room for 2 COLUMNS + 2 points. */
static void draw_chain(hmfm_canvas *canvas, const hmfm_panel *panel, size_t n_draws,
                       const double *value, hmfm_color color, double *x, double *y) {
  const size_t block = n_draws > 2 * COLUMNS ? (n_draws + COLUMNS - 1) / COLUMNS : 1;
  size_t n = 0;
  for (size_t first = 0; first < n_draws; first += block) {
    const size_t end = first + block < n_draws ? first + block : n_draws;
    size_t low = first, high = first;
    for (size_t t = first; t < end; t++) {
      if (value[t] < value[low] || !isfinite(value[low])) low = t;
      if (value[t] > value[high] || !isfinite(value[high])) high = t;
    }
    const size_t which[2] = {low < high ? low : high, low < high ? high : low};
    for (int k = 0; k < (low == high ? 1 : 2); k++) {
      if (!isfinite(value[which[k]])) continue;
      x[n] = hmfm_panel_x(panel, (double)which[k]);
      y[n++] = hmfm_panel_y(panel, value[which[k]]);
    }
  }
  if (n == 1) hmfm_canvas_dot(canvas, x[0], y[0], 2, color);
  hmfm_canvas_line(canvas, n, x, y, color, n_draws > 500 ? 0.5 : 0.7);
}

static hmfm_box draw_page(hmfm_canvas *canvas, const hmfm_trace_picture *picture) {
  hmfm_key key[MOST_KEYS];
  char label[MOST_KEYS][KEY_BYTES];
  const size_t n = picture->n_chains <= MOST_KEYS ? picture->n_chains : MOST_KEYS;
  for (size_t c = 0; c < n; c++) {
    snprintf(label[c], KEY_BYTES, c + 1 == MOST_KEYS && picture->n_chains > n ? "..." : "chain %zu",
             c);
    key[c] = (hmfm_key){HMFM_MARK_LINE, hmfm_palette_category(c), label[c]};
  }
  const hmfm_page page = {.title = picture->title,
                          .subtitle = picture->subtitle,
                          .x_label = "draw",
                          .y_label = "",
                          .n_keys = n > 1 ? n : 0,
                          .key = key};
  return hmfm_page_draw(canvas, &page);
}

hmfm_status hmfm_plot_trace(hmfm_canvas *canvas, const hmfm_trace_picture *picture,
                            hmfm_error *error) {
  const size_t points = 2 * COLUMNS + 2;
  hmfm_panel *panel = hmfm_calloc(picture->n, sizeof *panel);
  double *x = hmfm_calloc(points, sizeof *x), *y = hmfm_calloc(points, sizeof *y);
  hmfm_status status = panel && x && y ? HMFM_OK : hmfm_fail_memory(error, "the panels");
  if (!status) {
    const hmfm_range draws = hmfm_range_finish((hmfm_range){0, (double)(picture->n_draws - 1)}, 0);
    for (size_t k = 0; k < picture->n; k++) {
      hmfm_range range = hmfm_range_empty();
      hmfm_range_take(&range, picture->n_chains * picture->n_draws, picture->trace[k].value);
      panel[k] = (hmfm_panel){.strip = picture->trace[k].name,
                              .range = {draws, hmfm_range_finish(range, 0.05)},
                              .whole = {1, picture->trace[k].is_count}};
    }
    const hmfm_box area = draw_page(canvas, picture);
    hmfm_panels panels = {.n = picture->n,
                          .columns = hmfm_panels_columns(picture->n, area, 3),
                          .panel = panel,
                          .shared = {1, 0}};
    hmfm_panels_lay(canvas, &panels, area);
    hmfm_panels_draw(canvas, &panels);
    for (size_t k = 0; k < picture->n; k++)
      for (size_t c = 0; c < picture->n_chains; c++)
        draw_chain(canvas, &panel[k], picture->n_draws,
                   picture->trace[k].value + c * picture->n_draws,
                   hmfm_color_fade(hmfm_palette_category(c), 0.85), x, y);
  }
  hmfm_free(panel);
  hmfm_free(x);
  hmfm_free(y);
  return status;
}
