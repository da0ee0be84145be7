/* Densities: a panel each, the data as a light histogram, the posterior mean with its credible band over it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "plot/histogram.h"
#include "plot/page.h"
#include "plot/palette.h"
#include "plot/panels.h"
#include "plot/pictures.h"

/* Counts up to MOST_WHOLE of them have a bin each; more would not be told apart on a panel. */
enum { MOST_BINS = 60, MOST_WHOLE = 300, MOST_POINTS_DRAWN = 45 };

/* What is worked out before anything is drawn. */
typedef struct sketch {
  const hmfm_density_picture *picture;
  hmfm_panel *panel;
  hmfm_bins bins;
  int apart;      /* 1: a bar for each whole number, 0: a histogram */
  double *height; /* n x bins.n */
  double *x, *y;  /* room for a curve there and back */
} sketch;

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Counts have a bin for each whole number, or, where these are many, bins as wide as several of them: heights are
 * probabilities of one number all the same, on the average over those of the bin. */
static hmfm_status find_bins(sketch *s, hmfm_range range, hmfm_error *error) {
  const hmfm_density_picture *picture = s->picture;
  size_t n = 0;
  s->apart = picture->counts && range.high - range.low < MOST_WHOLE;
  if (s->apart) {
    s->bins = (hmfm_bins){(size_t)(range.high - range.low) + 1, range.low - 0.5, 1};
    return HMFM_OK;
  }
  for (size_t k = 0; k < picture->n; k++) n += picture->panel[k].n_y;
  double *all = hmfm_calloc(n + 1, sizeof *all);
  if (!all) return hmfm_fail_memory(error, "the histograms");
  n = 0;
  for (size_t k = 0; k < picture->n; k++) {
    if (picture->panel[k].n_y)
      memcpy(all + n, picture->panel[k].y, picture->panel[k].n_y * sizeof *all);
    n += picture->panel[k].n_y;
  }
  qsort(all, n, sizeof *all, by_value);
  if (picture->counts) range.high++; /* the last number belongs to a bin: it goes half beyond it */
  s->bins = hmfm_bins_find(range, n, all, (double)n / (double)picture->n, MOST_BINS);
  if (picture->counts) s->bins.first -= 0.5; /* widths are whole: MOST_WHOLE / MOST_BINS at least */
  hmfm_free(all);
  return HMFM_OK;
}

static double largest(size_t n, const double *x) {
  double most = 0;
  for (size_t k = 0; k < n; k++) most = isfinite(x[k]) ? fmax(most, x[k]) : most;
  return most;
}

/* How high panels must be: for all curves, and for bands and bars as far as they do not make these flat. */
static double find_top(const sketch *s) {
  const hmfm_density_picture *picture = s->picture;
  double mean = 0, rest = 0;
  for (size_t k = 0; k < picture->n; k++) {
    mean = fmax(mean, largest(picture->n_points, picture->panel[k].mean));
    rest = fmax(rest, largest(picture->n_points, picture->panel[k].upper));
    if (picture->observations && picture->panel[k].n_y)
      rest = fmax(rest, largest(s->bins.n, s->height + k * s->bins.n));
  }
  const double top = fmax(mean, fmin(rest, 1.8 * mean));
  return top > 0 ? 1.04 * top : 1;
}

static hmfm_status prepare(sketch *s, hmfm_error *error) {
  const hmfm_density_picture *picture = s->picture;
  hmfm_range range = hmfm_range_empty();
  hmfm_range_take(&range, picture->n_points, picture->at);
  hmfm_status status = find_bins(s, picture->counts ? range : hmfm_range_finish(range, 0), error);
  if (status) return status;
  range = picture->counts ? (hmfm_range){range.low - 0.7, range.high + 0.7}
                          : hmfm_range_finish(range, 0);
  s->panel = hmfm_calloc(picture->n, sizeof *s->panel);
  s->height = hmfm_calloc(picture->n, s->bins.n * sizeof *s->height);
  s->x = hmfm_calloc(2 * picture->n_points, sizeof *s->x);
  s->y = hmfm_calloc(2 * picture->n_points, sizeof *s->y);
  if (!s->panel || !s->height || !s->x || !s->y) return hmfm_fail_memory(error, "the panels");
  for (size_t k = 0; picture->observations && k < picture->n; k++)
    if (picture->panel[k].n_y)
      hmfm_bins_fill(&s->bins, picture->panel[k].n_y, picture->panel[k].y, picture->panel[k].weight,
                     s->height + k * s->bins.n);
  const double top = find_top(s);
  for (size_t k = 0; k < picture->n; k++)
    s->panel[k] = (hmfm_panel){
        .strip = picture->panel[k].name, .range = {range, {0, top}}, .whole = {picture->counts, 0}};
  return HMFM_OK;
}

/* Bars of counts stand apart. */
static void draw_bars(hmfm_canvas *canvas, const sketch *s, size_t k) {
  const hmfm_panel *panel = &s->panel[k];
  const double foot = hmfm_panel_y(panel, 0);
  for (size_t b = 0; b < s->bins.n; b++) {
    const double height = s->height[k * s->bins.n + b], left = s->bins.first + (double)b;
    const double x0 = hmfm_panel_x(panel, left + 0.1), x1 = hmfm_panel_x(panel, left + 0.9);
    const double y = hmfm_panel_y(panel, height);
    if (height > 0) hmfm_canvas_fill(canvas, (hmfm_box){x0, y, x1 - x0, foot - y}, hmfm_color_data);
  }
}

/* One area, lest seams show between bins. */
static void draw_histogram(hmfm_canvas *canvas, const sketch *s, size_t k) {
  const hmfm_panel *panel = &s->panel[k];
  const double *height = s->height + k * s->bins.n;
  double x[2 * MOST_BINS + 2], y[2 * MOST_BINS + 2];
  size_t n = 0;
  x[n] = hmfm_panel_x(panel, s->bins.first);
  y[n++] = hmfm_panel_y(panel, 0);
  for (size_t b = 0; b < s->bins.n; b++) {
    for (int side = 0; side < 2; side++) {
      x[n] = hmfm_panel_x(panel, s->bins.first + (double)(b + (size_t)side) * s->bins.width);
      y[n++] = hmfm_panel_y(panel, height[b]);
    }
  }
  x[n] = x[n - 1];
  y[n++] = hmfm_panel_y(panel, 0);
  hmfm_canvas_polygon(canvas, n, x, y, hmfm_color_data);
}

static void draw_band(hmfm_canvas *canvas, const sketch *s, size_t k) {
  const hmfm_density_panel *what = &s->picture->panel[k];
  const size_t n = s->picture->n_points;
  for (size_t i = 0; i < n; i++) {
    s->x[i] = s->x[2 * n - 1 - i] = hmfm_panel_x(&s->panel[k], s->picture->at[i]);
    s->y[i] = hmfm_panel_y(&s->panel[k], what->upper[i]);
    s->y[2 * n - 1 - i] = hmfm_panel_y(&s->panel[k], what->lower[i]);
  }
  hmfm_canvas_polygon(canvas, 2 * n, s->x, s->y, hmfm_color_fade(hmfm_color_model, 0.28));
  for (size_t i = 0; i < n; i++) s->y[i] = hmfm_panel_y(&s->panel[k], what->mean[i]);
  hmfm_canvas_line(canvas, n, s->x, s->y, hmfm_color_model, 1.3);
}

static void draw_points(hmfm_canvas *canvas, const sketch *s, size_t k) {
  const hmfm_density_panel *what = &s->picture->panel[k];
  const double room = s->panel[k].box.width / (double)s->picture->n_points;
  for (size_t i = 0; i < s->picture->n_points; i++) {
    const double x = hmfm_panel_x(&s->panel[k], s->picture->at[i]);
    hmfm_canvas_segment(canvas, x, hmfm_panel_y(&s->panel[k], what->lower[i]), x,
                        hmfm_panel_y(&s->panel[k], what->upper[i]),
                        hmfm_color_fade(hmfm_color_model, 0.5), fmin(1.6, 0.5 * room));
    hmfm_canvas_dot(canvas, x, hmfm_panel_y(&s->panel[k], what->mean[i]), fmin(2.2, 0.5 * room),
                    hmfm_color_model);
  }
}

/* Points, while they do not run into each other. */
static int are_points(const hmfm_density_picture *picture) {
  return picture->counts && picture->n_points <= MOST_POINTS_DRAWN;
}

static hmfm_box draw_page(hmfm_canvas *canvas, const hmfm_density_picture *picture) {
  char band[80];
  snprintf(band, sizeof band, "%g%% credible %s", 100 * picture->level,
           are_points(picture) ? "intervals" : "band");
  const hmfm_color faded = hmfm_color_fade(hmfm_color_model, are_points(picture) ? 0.5 : 0.28);
  const hmfm_key key[] = {{are_points(picture) ? HMFM_MARK_DOT : HMFM_MARK_LINE, hmfm_color_model,
                           "posterior predictive"},
                          {are_points(picture) ? HMFM_MARK_LINE : HMFM_MARK_AREA, faded, band},
                          {HMFM_MARK_AREA, hmfm_color_data, picture->observations}};
  const hmfm_page page = {.title = picture->title,
                          .subtitle = picture->subtitle,
                          .x_label = picture->response,
                          .y_label = picture->counts ? "probability" : "density",
                          .n_keys = picture->observations ? 3 : 2,
                          .key = key};
  return hmfm_page_draw(canvas, &page);
}

void hmfm_plot_density_size(const hmfm_density_picture *picture, double *width, double *height) {
  hmfm_panels_size(picture->n, width, height);
}

hmfm_status hmfm_plot_density(hmfm_canvas *canvas, const hmfm_density_picture *picture,
                              hmfm_error *error) {
  sketch s = {.picture = picture};
  hmfm_status status = prepare(&s, error);
  if (!status) {
    const hmfm_box area = draw_page(canvas, picture);
    hmfm_panels panels = {.n = picture->n,
                          .columns = hmfm_panels_columns(picture->n, area, 1.4),
                          .panel = s.panel,
                          .shared = {1, 1}};
    hmfm_panels_lay(canvas, &panels, area);
    hmfm_panels_draw(canvas, &panels);
    for (size_t k = 0; k < picture->n; k++) {
      hmfm_canvas_clip(canvas, s.panel[k].box);
      if (picture->observations && picture->panel[k].n_y)
        (s.apart ? draw_bars : draw_histogram)(canvas, &s, k);
      if (are_points(picture))
        draw_points(canvas, &s, k);
      else
        draw_band(canvas, &s, k);
      hmfm_canvas_unclip(canvas);
    }
  }
  hmfm_free(s.panel);
  hmfm_free(s.height);
  hmfm_free(s.x);
  hmfm_free(s.y);
  return status;
}
