/* Numbers of clusters: the posterior as bars, the prior as points; of all groups, and of each. */
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "plot/page.h"
#include "plot/palette.h"
#include "plot/panels.h"
#include "plot/pictures.h"

#define TAIL 0.005 /* of the prior that need not be seen, on either side */
#define SEEN 0.002 /* a probability that differs from 0 to the eye */

void hmfm_plot_k_size(const hmfm_k_picture *picture, double *width, double *height) {
  double below = 0;
  *width = 6;
  if (picture->n) hmfm_panels_size(picture->n, width, &below);
  *height = below ? below + (picture->all ? 2 : 0) : 3.6;
}

/* Values that have a probability to speak of. */
static void take_bars(hmfm_range *range, const hmfm_bars *bars, double tail) {
  double below = 0;
  for (size_t k = 0; k < bars->n; k++) {
    const double value = (double)(bars->least + k);
    const int seen =
        below + bars->probability[k] > tail && 1 - below > tail && bars->probability[k] > 0;
    if (seen) hmfm_range_take(range, 1, &value);
    below += bars->probability[k];
  }
}

static double highest(const hmfm_bars *bars) {
  double most = 0;
  for (size_t k = 0; k < bars->n; k++) most = fmax(most, bars->probability[k]);
  return most;
}

/* One range for some panels: their axes are shared. */
static void set_ranges(size_t n, const hmfm_k_panel *what, hmfm_panel *panel) {
  hmfm_range x = hmfm_range_empty();
  double top = 0;
  for (size_t k = 0; k < n; k++) {
    take_bars(&x, &what[k].posterior, 0);
    take_bars(&x, &what[k].prior, TAIL);
    top = fmax(top, fmax(highest(&what[k].posterior), highest(&what[k].prior)));
  }
  if (!(x.low <= x.high)) x = (hmfm_range){0, 0};
  x = (hmfm_range){x.low - 0.8, x.high + 0.8};
  for (size_t k = 0; k < n; k++)
    panel[k] = (hmfm_panel){
        .strip = what[k].name, .range = {x, {0, top > 0 ? 1.08 * top : 1}}, .whole = {1, 0}};
}

static void draw_posterior(hmfm_canvas *canvas, const hmfm_panel *panel, const hmfm_bars *bars) {
  const double foot = hmfm_panel_y(panel, 0);
  for (size_t k = 0; k < bars->n; k++) {
    const double value = (double)(bars->least + k);
    const double x0 = hmfm_panel_x(panel, value - 0.4), x1 = hmfm_panel_x(panel, value + 0.4);
    const double y = hmfm_panel_y(panel, bars->probability[k]);
    if (bars->probability[k] > 0)
      hmfm_canvas_fill(canvas, (hmfm_box){x0, y, x1 - x0, foot - y}, hmfm_color_bar);
  }
}

static void draw_prior(hmfm_canvas *canvas, const hmfm_panel *panel, const hmfm_bars *bars) {
  const hmfm_color color = hmfm_palette_category(1);
  const double room = hmfm_panel_x(panel, 1) - hmfm_panel_x(panel, 0);
  for (size_t k = 0; k < bars->n; k++) {
    const double x = hmfm_panel_x(panel, (double)(bars->least + k)),
                 y = hmfm_panel_y(panel, bars->probability[k]);
    if (k > 0 && fmax(bars->probability[k - 1], bars->probability[k]) > SEEN)
      hmfm_canvas_segment(canvas, x - room, hmfm_panel_y(panel, bars->probability[k - 1]), x, y,
                          hmfm_color_fade(color, 0.6), 0.8);
  }
  for (size_t k = 0; k < bars->n; k++)
    if (bars->probability[k] > SEEN)
      hmfm_canvas_dot(canvas, hmfm_panel_x(panel, (double)(bars->least + k)),
                      hmfm_panel_y(panel, bars->probability[k]), fmin(2.4, 0.35 * room), color);
}

static void draw_panels(hmfm_canvas *canvas, size_t n, const hmfm_k_panel *what, hmfm_panel *panel,
                        hmfm_box area) {
  hmfm_panels panels = {
      .n = n, .columns = hmfm_panels_columns(n, area, 1.4), .panel = panel, .shared = {1, 1}};
  set_ranges(n, what, panel);
  hmfm_panels_lay(canvas, &panels, area);
  hmfm_panels_draw(canvas, &panels);
  for (size_t k = 0; k < n; k++) {
    hmfm_canvas_clip(canvas, panel[k].box);
    draw_posterior(canvas, &panel[k], &what[k].posterior);
    draw_prior(canvas, &panel[k], &what[k].prior);
    hmfm_canvas_unclip(canvas);
  }
}

static hmfm_box draw_page(hmfm_canvas *canvas, const hmfm_k_picture *picture) {
  const hmfm_key key[] = {{HMFM_MARK_AREA, hmfm_color_bar, "posterior"},
                          {HMFM_MARK_DOT, hmfm_palette_category(1), "prior"}};
  int priors = picture->all && picture->all->prior.n;
  for (size_t k = 0; k < picture->n; k++) priors |= picture->group[k].prior.n > 0;
  const hmfm_page page = {.title = picture->title,
                          .subtitle = picture->subtitle,
                          .x_label = "number of clusters",
                          .y_label = "probability",
                          .n_keys = priors ? 2 : 1,
                          .key = key};
  return hmfm_page_draw(canvas, &page);
}

hmfm_status hmfm_plot_k(hmfm_canvas *canvas, const hmfm_k_picture *picture, hmfm_error *error) {
  enum { GAP = 8 };
  hmfm_panel *panel = hmfm_calloc(picture->n + 1, sizeof *panel);
  if (!panel) return hmfm_fail_memory(error, "the panels");
  hmfm_box area = draw_page(canvas, picture);
  if (picture->all) {
    hmfm_box top = area;
    if (picture->n) top.height = fmax(0.25 * area.height, fmin(140, 0.4 * area.height)) - GAP;
    draw_panels(canvas, 1, picture->all, panel, top);
    if (picture->n) {
      area.y += top.height + GAP;
      area.height -= top.height + GAP;
    }
  }
  if (picture->n) draw_panels(canvas, picture->n, picture->group, panel, area);
  hmfm_free(panel);
  return HMFM_OK;
}
