/* Palettes: Okabe and Ito for categories, Brewer's Blues for shares. */
#include "plot/palette.h"

#include <math.h>

#define RGB(hex)                                                                                   \
  { ((hex) >> 16 & 0xFF) / 255.0, ((hex) >> 8 & 0xFF) / 255.0, ((hex)&0xFF) / 255.0, 1 }

const hmfm_color hmfm_color_text = RGB(0x222222), hmfm_color_faint = RGB(0x666666),
                 hmfm_color_grid = RGB(0xE4E4E4), hmfm_color_data = RGB(0xD5DADF),
                 hmfm_color_model = RGB(0x0072B2), hmfm_color_bar = RGB(0x4C9CCB);

/* M. Okabe and K. Ito (2008), Color Universal Design; without yellow, which does not show on white. */
static const hmfm_color category[] = {RGB(0x0072B2), RGB(0xD55E00), RGB(0x009E73), RGB(0xCC79A7),
                                      RGB(0xE69F00), RGB(0x56B4E9), RGB(0x000000)};
enum { CATEGORIES = sizeof category / sizeof *category };

/* C. A. Brewer's nine Blues (colorbrewer2.org), but for the first, which is white here: nothing. */
static const hmfm_color blues[] = {RGB(0xFFFFFF), RGB(0xDEEBF7), RGB(0xC6DBEF),
                                   RGB(0x9ECAE1), RGB(0x6BAED6), RGB(0x4292C6),
                                   RGB(0x2171B5), RGB(0x08519C), RGB(0x08306B)};
enum { BLUES = sizeof blues / sizeof *blues };

static hmfm_color mix(hmfm_color a, hmfm_color b, double share) {
  return (hmfm_color){a.red + share * (b.red - a.red), a.green + share * (b.green - a.green),
                      a.blue + share * (b.blue - a.blue), 1};
}

hmfm_color hmfm_color_fade(hmfm_color color, double opacity) {
  color.opacity = opacity;
  return color;
}

hmfm_color hmfm_palette_category(size_t k) {
  static const hmfm_color white = {1, 1, 1, 1}, black = {0, 0, 0, 1};
  const hmfm_color color = category[k % CATEGORIES];
  switch (k / CATEGORIES % 3) {
  case 1: return mix(color, white, 0.45);
  case 2: return mix(color, black, 0.45);
  default: return color;
  }
}

hmfm_color hmfm_palette_share(double share) {
  const double at = (share >= 0 ? fmin(share, 1) : 0) * (BLUES - 1);
  const size_t below = at < BLUES - 1 ? (size_t)at : BLUES - 2;
  return mix(blues[below], blues[below + 1], at - (double)below);
}

static unsigned byte(double share) { return (unsigned)(255 * share + 0.5); }

unsigned hmfm_palette_rgb(hmfm_color color) {
  return byte(color.red) << 16 | byte(color.green) << 8 | byte(color.blue);
}

static double linear(double c) { return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4); }

double hmfm_palette_luminance(hmfm_color color) {
  return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
}

/* Contrast is (L + 0.05) / (l + 0.05) of the lighter L and the darker l, so white wins below 0.179. */
hmfm_color hmfm_palette_ink_on(hmfm_color color) {
  const int white = hmfm_palette_luminance(color) < 0.179129;
  return (hmfm_color){white, white, white, 1};
}
