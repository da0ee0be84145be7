/* The co-clustering matrix as a heat map, with the clusters of a partition marked along its diagonal. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/error.h"
#include "plot/page.h"
#include "plot/palette.h"
#include "plot/pictures.h"

enum { LABELS = 16 }; /* room for the numbers of clusters, to the left */

void hmfm_plot_coclustering_size(double *width, double *height) {
  *width = 7;
  *height = 6.45;
}

static double along(const hmfm_coclustering_picture *picture, double length, size_t unit) {
  return length * (double)unit / (double)picture->n_units;
}

/* A square about each cluster, and its number where there is room for one. */
static void mark_clusters(hmfm_canvas *canvas, const hmfm_coclustering_picture *picture,
                          hmfm_box box) {
  const hmfm_type type = hmfm_type_faint(HMFM_SIZE_TICK, 1, 0.5);
  double free_from = -INFINITY;
  for (size_t k = 0; k < picture->n_clusters; k++) {
    const double from = along(picture, box.width, picture->start[k]),
                 to = along(picture, box.width, picture->start[k + 1]), middle = (from + to) / 2;
    char text[24];
    hmfm_canvas_frame(canvas, (hmfm_box){box.x + from, box.y + from, to - from, to - from},
                      hmfm_palette_category(1), to - from > 4 ? 0.8 : 0.4);
    if (middle - HMFM_SIZE_TICK / 2 < free_from) continue;
    snprintf(text, sizeof text, "%zu", picture->number[k]);
    hmfm_canvas_text(canvas, box.x - 4, box.y + middle, &type, LABELS - 2, text);
    free_from = middle + HMFM_SIZE_TICK / 2 + 1;
  }
}

hmfm_status hmfm_plot_coclustering(hmfm_canvas *canvas, const hmfm_coclustering_picture *picture,
                                   hmfm_error *error) {
  const size_t side = picture->side;
  const hmfm_page page = {
      .title = picture->title, .subtitle = picture->subtitle, .x_label = "", .y_label = "cluster"};
  unsigned *shade = hmfm_calloc(side, side * sizeof *shade);
  if (!shade) return hmfm_fail_memory(error, "the picture");
  for (size_t k = 0; k < side * side; k++)
    shade[k] = hmfm_palette_rgb(hmfm_palette_share(picture->share[k]));
  const hmfm_box area = hmfm_page_draw(canvas, &page);
  const hmfm_type foot = hmfm_type_text(HMFM_SIZE_TEXT, 0.5, 1);
  const double length =
      fmax(1, fmin(area.width - HMFM_SHARE_BAR - LABELS, area.height - 2 * HMFM_SIZE_TEXT));
  const double left = area.x + LABELS + (area.width - HMFM_SHARE_BAR - LABELS - length) / 2;
  const hmfm_box box = {left, area.y, length, length};
  hmfm_canvas_cells(canvas, box, side, side, shade);
  hmfm_canvas_frame(canvas, box, hmfm_color_faint, 0.6);
  mark_clusters(canvas, picture, box);
  hmfm_canvas_text(canvas, left + length / 2, box.y + length + 6, &foot, length,
                   "units by cluster, in a cluster by average linkage");
  hmfm_page_share_bar(canvas, (hmfm_box){left + length + 4, area.y, HMFM_SHARE_BAR, length}, 1,
                      "share of draws together");
  hmfm_free(shade);
  return HMFM_OK;
}
