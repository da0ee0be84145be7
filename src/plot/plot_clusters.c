/* Units by cluster and group: a tile each, shaded by the share of the group, with the count where there is room. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "plot/page.h"
#include "plot/palette.h"
#include "plot/pictures.h"

#define LEAST_SIZE 4.5 /* of a font that can be read */

/* Where tiles are. */
typedef struct tiling {
  const hmfm_clusters_picture *picture;
  hmfm_box box;
  double width, height; /* of a tile */
  size_t *group_size, *cluster_size;
  double most; /* the share that is darkest */
} tiling;

void hmfm_plot_clusters_size(const hmfm_clusters_picture *picture, double *width, double *height) {
  *width = fmin(fmax(2.6 + 0.42 * (double)picture->n_groups, 5), 11);
  size_t longest = 0;
  for (size_t j = 0; j < picture->n_groups; j++) {
    const size_t length = strlen(picture->group[j]);
    longest = length > longest ? length : longest;
  }
  *height =
      fmin(1.5 + fmin(1, 0.06 * (double)longest) + 0.28 * fmax((double)picture->n_clusters, 4), 11);
}

static hmfm_status count(tiling *t, hmfm_error *error) {
  const size_t d = t->picture->n_groups, n = t->picture->n_clusters;
  t->group_size = hmfm_calloc(d, sizeof *t->group_size);
  t->cluster_size = hmfm_calloc(n, sizeof *t->cluster_size);
  if (!t->group_size || !t->cluster_size) return hmfm_fail_memory(error, "the counts");
  for (size_t k = 0; k < n; k++) {
    for (size_t j = 0; j < d; j++) {
      t->group_size[j] += t->picture->count[k * d + j];
      t->cluster_size[k] += t->picture->count[k * d + j];
    }
  }
  for (size_t k = 0; k < n * d; k++)
    if (t->group_size[k % d])
      t->most = fmax(t->most, (double)t->picture->count[k] / (double)t->group_size[k % d]);
  t->most = fmin(1, ceil(5 * t->most - 1e-9) / 5);
  return HMFM_OK;
}

/* The largest font in which the widest of the counts fits into a tile; 0: none that can be read. */
static double count_size(hmfm_canvas *canvas, const tiling *t) {
  size_t most = 0;
  char text[24];
  for (size_t k = 0; k < t->picture->n_groups * t->picture->n_clusters; k++)
    most = t->picture->count[k] > most ? t->picture->count[k] : most;
  snprintf(text, sizeof text, "%zu", most);
  const hmfm_type type = hmfm_type_text(HMFM_SIZE_TEXT, 0.5, 0.5);
  const double wide =
      (t->width - 3) / hmfm_canvas_text_width(canvas, &type, text); /* by the usual */
  const double size = fmin(HMFM_SIZE_TEXT, fmin(HMFM_SIZE_TEXT * wide, t->height - 1));
  return size >= LEAST_SIZE ? size : 0;
}

static void draw_tiles(hmfm_canvas *canvas, const tiling *t) {
  const size_t d = t->picture->n_groups, n = t->picture->n_clusters;
  const double gap = fmin(1, 0.08 * fmin(t->width, t->height));
  hmfm_type type = hmfm_type_text(count_size(canvas, t), 0.5, 0.5);
  for (size_t k = 0; k < n; k++) {
    for (size_t j = 0; j < d; j++) {
      const size_t count = t->picture->count[k * d + j];
      const double x = t->box.x + (double)j * t->width, y = t->box.y + (double)k * t->height;
      const double share = t->group_size[j] ? (double)count / (double)t->group_size[j] : 0;
      const hmfm_color color =
          count ? hmfm_palette_share(share / t->most) : (hmfm_color){0.95, 0.95, 0.95, 1};
      char text[24];
      hmfm_canvas_fill(canvas, (hmfm_box){x, y, t->width - gap, t->height - gap}, color);
      if (!count || !(type.size > 0)) continue;
      snprintf(text, sizeof text, "%zu", count);
      type.color = hmfm_palette_ink_on(color);
      hmfm_canvas_text(canvas, x + (t->width - gap) / 2, y + (t->height - gap) / 2, &type, INFINITY,
                       text);
    }
  }
}

enum { LABEL = 48 };

/* What row k is called. */
static void name_row(const hmfm_clusters_picture *picture, size_t k, char text[LABEL]) {
  if (picture->n_others && k + 1 == picture->n_clusters)
    snprintf(text, LABEL, "others (%zu cluster%s)", picture->n_others,
             picture->n_others == 1 ? "" : "s");
  else
    snprintf(text, LABEL, "%zu", picture->number ? picture->number[k] : k + 1);
}

/* Numbers of clusters to the left, their sizes to the right; every so manieth where they are too many, and those of
 * others in any case. */
static void label_clusters(hmfm_canvas *canvas, const tiling *t) {
  const size_t every = (size_t)ceil((HMFM_SIZE_TICK + 1) / t->height);
  const hmfm_type left = hmfm_type_text(HMFM_SIZE_TICK, 1, 0.5),
                  right = hmfm_type_faint(HMFM_SIZE_TICK, 0, 0.5);
  const size_t last = t->picture->n_clusters - 1;
  const int together = t->picture->n_others > 0;
  for (size_t k = 0; k <= last; k++) {
    const double y = t->box.y + ((double)k + 0.5) * t->height;
    const int has_room = k % every == 0 && (!together || k + every <= last);
    char text[LABEL];
    if (!has_room && !(together && k == last)) continue;
    name_row(t->picture, k, text);
    hmfm_canvas_text(canvas, t->box.x - 4, y, &left, INFINITY, text);
    snprintf(text, sizeof text, "%zu", t->cluster_size[k]);
    hmfm_canvas_text(canvas, t->box.x + t->box.width + 4, y, &right, INFINITY, text);
  }
}

static double widest_name(hmfm_canvas *canvas, const hmfm_clusters_picture *picture) {
  const hmfm_type type = hmfm_type_text(HMFM_SIZE_TICK, 0, 0);
  double width = 0;
  for (size_t j = 0; j < picture->n_groups; j++)
    width = fmax(width, hmfm_canvas_text_width(canvas, &type, picture->group[j]));
  return width + 1; /* none is to be shortened for a rounding error */
}

/* Names of groups below: level where all have room, or much of them, else upright. */
static void label_groups(hmfm_canvas *canvas, const tiling *t, int upright, double room) {
  const size_t every = upright ? (size_t)ceil((HMFM_SIZE_TICK + 1) / t->width) : 1;
  hmfm_type type = hmfm_type_text(HMFM_SIZE_TICK, upright ? 1 : 0.5, upright ? 0.5 : 1);
  type.upright = upright;
  type.keeps_end = 1;
  for (size_t j = 0; j < t->picture->n_groups; j += every)
    hmfm_canvas_text(canvas, t->box.x + ((double)j + 0.5) * t->width, t->box.y + t->box.height + 4,
                     &type, room, t->picture->group[j]);
}

hmfm_status hmfm_plot_clusters(hmfm_canvas *canvas, const hmfm_clusters_picture *picture,
                               hmfm_error *error) {
  enum { NUMBERS = 18, SIZES = 32, LONGEST = 90, WIDE = 50 };
  const hmfm_type tick = hmfm_type_text(HMFM_SIZE_TICK, 0, 0);
  const hmfm_page page = {.title = picture->title,
                          .subtitle = picture->subtitle,
                          .x_label = "group",
                          .y_label = "cluster"};
  tiling t = {.picture = picture};
  hmfm_status status = count(&t, error);
  if (!status) {
    const hmfm_box area = hmfm_page_draw(canvas, &page);
    const hmfm_type head = hmfm_type_faint(HMFM_SIZE_TICK, 0, 0);
    const double names = widest_name(canvas, picture);
    char last[LABEL];
    name_row(picture, picture->n_clusters - 1, last);
    const double left = fmax(NUMBERS, 6 + hmfm_canvas_text_width(canvas, &tick, last));
    t.box = (hmfm_box){area.x + left, area.y + 10,
                       fmax(1, area.width - left - SIZES - HMFM_SHARE_BAR), 0};
    t.width = t.box.width / (double)picture->n_groups;
    const int upright = names + 4 > t.width && t.width < WIDE;
    const double below = upright ? fmin(names, fmin(LONGEST, area.height / 3)) : HMFM_SIZE_TICK;
    t.box.height = fmax(1, area.y + area.height - t.box.y - below - 6);
    t.height = t.box.height / (double)picture->n_clusters;
    draw_tiles(canvas, &t);
    label_clusters(canvas, &t);
    label_groups(canvas, &t, upright, upright ? below : t.width - 2);
    hmfm_canvas_text(canvas, t.box.x + t.box.width + 4, t.box.y - 4, &head, SIZES, "units");
    hmfm_page_share_bar(
        canvas, (hmfm_box){t.box.x + t.box.width + SIZES, t.box.y, HMFM_SHARE_BAR, t.box.height},
        t.most, "share of the group");
  }
  hmfm_free(t.group_size);
  hmfm_free(t.cluster_size);
  return status;
}
