/* The canvas on Cairo's surfaces. */
#include "plot/canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/error.h"
#include "plot/text.h"

#define POINTS_AN_INCH 72.0
#define MOST_POINTS 14400.0 /* of a PDF page */
#define MOST_DOTS 32767.0   /* of an image surface */
#define CAPITALS 0.72       /* height of capitals by the size of the font, in the usual fonts */

static const char *const ending[] = {
    [HMFM_PICTURE_SVG] = ".svg", [HMFM_PICTURE_PNG] = ".png", [HMFM_PICTURE_PDF] = ".pdf"};

struct hmfm_canvas {
  hmfm_picture_kind kind;
  double width, height;
  FILE *to;
  int write_errno; /* of the first write that failed; 0: none did */
  cairo_surface_t *surface;
  cairo_t *cairo;
};

hmfm_status hmfm_picture_kind_of(const char *path, hmfm_picture_kind *out, hmfm_error *error) {
  const size_t length = strlen(path);
  for (size_t k = 0; k < sizeof ending / sizeof *ending; k++) {
    const size_t n = strlen(ending[k]);
    if (length <= n || strcasecmp(path + length - n, ending[k]) != 0) continue;
    *out = (hmfm_picture_kind)k;
    return HMFM_OK;
  }
  return hmfm_fail(error, HMFM_EUSAGE,
                   "a picture is a file that ends with .svg, .png or .pdf, got '%s'", path);
}

/* ---- the sheet ---- */

static cairo_status_t put(void *closure, const unsigned char *data, unsigned length) {
  hmfm_canvas *canvas = closure;
  errno = 0;
  if (fwrite(data, 1, length, canvas->to) == length) return CAIRO_STATUS_SUCCESS;
  if (!canvas->write_errno) canvas->write_errno = errno ? errno : EIO;
  return CAIRO_STATUS_WRITE_ERROR;
}

static hmfm_status fail_cairo(const hmfm_canvas *canvas, cairo_status_t status, hmfm_error *error) {
  if (status == CAIRO_STATUS_NO_MEMORY) return hmfm_fail_memory(error, "the picture");
  if (canvas->write_errno)
    return hmfm_fail(error, HMFM_EIO, "the picture cannot be written: %s",
                     strerror(canvas->write_errno));
  return hmfm_fail(error, HMFM_EIO, "the picture cannot be drawn: %s",
                   cairo_status_to_string(status));
}

static void open_surface(hmfm_canvas *canvas, double dpi) {
  const double w = canvas->width, h = canvas->height, dots = dpi / POINTS_AN_INCH;
  switch (canvas->kind) {
  case HMFM_PICTURE_SVG:
    canvas->surface = cairo_svg_surface_create_for_stream(put, canvas, w, h);
    break;
  case HMFM_PICTURE_PDF:
    canvas->surface = cairo_pdf_surface_create_for_stream(put, canvas, w, h);
    /* No date that can be read is no date in the file. */
    cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    break;
  case HMFM_PICTURE_PNG:
    canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(w * dots - 1e-6),
                                                 (int)ceil(h * dots - 1e-6));
    cairo_surface_set_device_scale(canvas->surface, dots, dots);
    break;
  }
}

/* Letters as they are, not fitted to dots: so text has the same width in every kind of file. */
static void choose_font(cairo_t *cairo) {
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options(cairo, options);
  cairo_font_options_destroy(options);
}

hmfm_status hmfm_canvas_create(hmfm_picture_kind kind, double width, double height, double dpi,
                               FILE *to, hmfm_canvas **out, hmfm_error *error) {
  const double most = fmax(width, height);
  if (!(width > 0 && height > 0 && most <= MOST_POINTS))
    return hmfm_fail(error, HMFM_EUSAGE, "a picture of %g x %g inches cannot be made",
                     width / POINTS_AN_INCH, height / POINTS_AN_INCH);
  if (kind == HMFM_PICTURE_PNG && !(dpi > 0 && most * dpi / POINTS_AN_INCH <= MOST_DOTS))
    return hmfm_fail(error, HMFM_EUSAGE, "a picture of %g x %g inches cannot have %g dots an inch",
                     width / POINTS_AN_INCH, height / POINTS_AN_INCH, dpi);
  hmfm_canvas *canvas = hmfm_calloc(1, sizeof *canvas);
  if (!canvas) return hmfm_fail_memory(error, "the picture");
  canvas->kind = kind;
  canvas->width = width;
  canvas->height = height;
  canvas->to = to;
  open_surface(canvas, dpi);
  canvas->cairo = cairo_create(canvas->surface);
  cairo_status_t status = cairo_status(canvas->cairo);
  if (status) {
    hmfm_status failed = fail_cairo(canvas, status, error);
    hmfm_canvas_destroy(canvas);
    return failed;
  }
  choose_font(canvas->cairo);
  cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_set_source_rgb(canvas->cairo, 1, 1, 1);
  cairo_paint(canvas->cairo); /* the last row of dots, too, which may be no whole one */
  *out = canvas;
  return HMFM_OK;
}

hmfm_status hmfm_canvas_finish(hmfm_canvas *canvas, hmfm_error *error) {
  cairo_show_page(canvas->cairo);
  cairo_status_t status = cairo_status(canvas->cairo);
  if (!status && canvas->kind == HMFM_PICTURE_PNG)
    status = cairo_surface_write_to_png_stream(canvas->surface, put, canvas);
  cairo_surface_finish(canvas->surface);
  if (!status) status = cairo_surface_status(canvas->surface);
  return status ? fail_cairo(canvas, status, error) : HMFM_OK;
}

void hmfm_canvas_destroy(hmfm_canvas *canvas) {
  if (!canvas) return;
  cairo_destroy(canvas->cairo);
  cairo_surface_destroy(canvas->surface);
  hmfm_free(canvas);
}

hmfm_box hmfm_canvas_box(const hmfm_canvas *canvas) {
  return (hmfm_box){0, 0, canvas->width, canvas->height};
}

/* ---- lines and areas ---- */

static void ink(cairo_t *cairo, hmfm_color color) {
  cairo_set_source_rgba(cairo, color.red, color.green, color.blue, color.opacity);
}

static void trace(cairo_t *cairo, size_t n, const double *x, const double *y) {
  cairo_new_path(cairo);
  for (size_t k = 0; k < n; k++) cairo_line_to(cairo, x[k], y[k]);
}

static void stroke(cairo_t *cairo, hmfm_color color, double width) {
  ink(cairo, color);
  cairo_set_line_width(cairo, width);
  cairo_stroke(cairo);
}

void hmfm_canvas_line(hmfm_canvas *canvas, size_t n, const double *x, const double *y,
                      hmfm_color color, double width) {
  trace(canvas->cairo, n, x, y);
  stroke(canvas->cairo, color, width);
}

void hmfm_canvas_polygon(hmfm_canvas *canvas, size_t n, const double *x, const double *y,
                         hmfm_color color) {
  trace(canvas->cairo, n, x, y);
  ink(canvas->cairo, color);
  cairo_fill(canvas->cairo);
}

void hmfm_canvas_segment(hmfm_canvas *canvas, double x0, double y0, double x1, double y1,
                         hmfm_color color, double width) {
  const double x[2] = {x0, x1}, y[2] = {y0, y1};
  hmfm_canvas_line(canvas, 2, x, y, color, width);
}

void hmfm_canvas_fill(hmfm_canvas *canvas, hmfm_box box, hmfm_color color) {
  cairo_rectangle(canvas->cairo, box.x, box.y, box.width, box.height);
  ink(canvas->cairo, color);
  cairo_fill(canvas->cairo);
}

void hmfm_canvas_frame(hmfm_canvas *canvas, hmfm_box box, hmfm_color color, double width) {
  cairo_rectangle(canvas->cairo, box.x, box.y, box.width, box.height);
  stroke(canvas->cairo, color, width);
}

void hmfm_canvas_dot(hmfm_canvas *canvas, double x, double y, double radius, hmfm_color color) {
  const double turn = 2 * acos(-1.0);
  cairo_new_path(canvas->cairo);
  cairo_arc(canvas->cairo, x, y, radius, 0, turn);
  ink(canvas->cairo, color);
  cairo_fill_preserve(canvas->cairo);
  stroke(canvas->cairo, (hmfm_color){1, 1, 1, color.opacity}, 0.25 * radius);
}

/* Viewers blur a small image that they enlarge, so cells are given several dots each. */
void hmfm_canvas_cells(hmfm_canvas *canvas, hmfm_box box, size_t rows, size_t columns,
                       const unsigned *rgb) {
  const size_t dots = 1200, more = rows > columns ? rows : columns,
               k = more < dots ? dots / more : 1;
  cairo_surface_t *image =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(columns * k), (int)(rows * k));
  unsigned char *data = cairo_image_surface_get_data(image);
  const size_t stride = (size_t)cairo_image_surface_get_stride(image);
  cairo_surface_flush(image);
  for (size_t r = 0; data && r < rows * k; r++)
    for (size_t c = 0; c < columns * k; c++)
      memcpy(data + r * stride + 4 * c, &rgb[r / k * columns + c / k], 4);
  cairo_surface_mark_dirty(image);
  cairo_save(canvas->cairo);
  cairo_translate(canvas->cairo, box.x, box.y);
  cairo_scale(canvas->cairo, box.width / (double)(columns * k), box.height / (double)(rows * k));
  cairo_set_source_surface(canvas->cairo, image, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(canvas->cairo), canvas->kind == HMFM_PICTURE_PNG
                                                                ? CAIRO_FILTER_GOOD
                                                                : CAIRO_FILTER_NEAREST);
  cairo_rectangle(canvas->cairo, 0, 0, (double)(columns * k), (double)(rows * k));
  cairo_fill(canvas->cairo);
  cairo_restore(canvas->cairo);
  cairo_surface_destroy(image);
}

void hmfm_canvas_clip(hmfm_canvas *canvas, hmfm_box box) {
  cairo_save(canvas->cairo);
  cairo_rectangle(canvas->cairo, box.x, box.y, box.width, box.height);
  cairo_clip(canvas->cairo);
}

void hmfm_canvas_unclip(hmfm_canvas *canvas) { cairo_restore(canvas->cairo); }

/* ---- text ---- */

static double width_of(cairo_t *cairo, const hmfm_type *type, const char *clean) {
  cairo_text_extents_t extents;
  cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         type->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, type->size);
  cairo_text_extents(cairo, clean, &extents);
  return extents.x_advance;
}

double hmfm_canvas_text_width(hmfm_canvas *canvas, const hmfm_type *type, const char *text) {
  char clean[HMFM_TEXT_BYTES];
  hmfm_text_clean(text, clean);
  return width_of(canvas->cairo, type, clean);
}

/* Leaves as many characters of a clean text as have room with an ellipsis, by bisection. */
static double fit(cairo_t *cairo, const hmfm_type *type, double room, char clean[HMFM_TEXT_BYTES]) {
  double width = width_of(cairo, type, clean);
  size_t fits = 0, too_long = hmfm_text_length(clean);
  char whole[HMFM_TEXT_BYTES];
  if (width <= room) return width;
  memcpy(whole, clean, sizeof whole);
  while (fits + 1 < too_long) {
    const size_t n = (fits + too_long) / 2;
    memcpy(clean, whole, sizeof whole);
    hmfm_text_shorten(clean, n, type->keeps_end ? n / 2 : 0);
    if (width_of(cairo, type, clean) <= room)
      fits = n;
    else
      too_long = n;
  }
  memcpy(clean, whole, sizeof whole);
  hmfm_text_shorten(clean, fits, type->keeps_end ? fits / 2 : 0);
  return width_of(cairo, type, clean);
}

void hmfm_canvas_text(hmfm_canvas *canvas, double x, double y, const hmfm_type *type, double room,
                      const char *text) {
  char clean[HMFM_TEXT_BYTES] = {0};
  hmfm_text_clean(text, clean);
  if (!*clean) return;
  const double width = fit(canvas->cairo, type, room, clean);
  cairo_save(canvas->cairo);
  cairo_translate(canvas->cairo, x, y);
  if (type->upright) cairo_rotate(canvas->cairo, -acos(-1.0) / 2);
  cairo_move_to(canvas->cairo, -type->across * width, type->down * CAPITALS * type->size);
  ink(canvas->cairo, type->color);
  cairo_show_text(canvas->cairo, clean);
  cairo_restore(canvas->cairo);
}
