/* Ticks, bins, colours and texts of pictures: properties that hold for any input, and definitions by brute force. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "plot/histogram.h"
#include "plot/palette.h"
#include "plot/text.h"
#include "plot/ticks.h"

static double uniform(void) { return rand() / (RAND_MAX + 1.0); }

/* Ranges of all widths, at all distances from 0 that doubles allow an axis at. */
static hmfm_range any_range(void) {
  const double width = pow(10, 40 * uniform() - 20);
  const double low = (uniform() - 0.5) * width * pow(10, 9 * uniform() - 1);
  return hmfm_range_finish((hmfm_range){low, low + width * (0.5 + uniform())}, 0);
}

/* Multiples of a step in a range, by trying. */
static size_t count_multiples(hmfm_range range, double step) {
  const double first = ceil(range.low / step - 1e-10);
  size_t n = 0;
  while (n < 1000 && (first + (double)n) * step <= range.high + 1e-10 * step) n++;
  return n;
}

/* How far a number of ticks is from what is wanted; a lone tick counts as two off more. */
static double far_off(double n, size_t wanted) {
  return fabs(n - (double)wanted) + (n < 2 ? 2 : 0);
}

static int is_round(double step) {
  const double mantissa = step / pow(10, floor(log10(step) + 1e-9));
  return fabs(mantissa - 1) < 1e-6 || fabs(mantissa - 2) < 1e-6 || fabs(mantissa - 5) < 1e-6;
}

START_TEST(ticks_are_round_and_inside) {
  srand(1);
  for (int k = 0; k < 20000; k++) {
    const hmfm_range range = any_range();
    const size_t wanted = 2 + (size_t)(10 * uniform());
    const hmfm_ticks ticks = hmfm_ticks_find(range, wanted, 0);
    ck_assert_uint_ge(ticks.n, 1);
    ck_assert_uint_le(ticks.n, HMFM_TICKS_MOST);
    ck_assert_msg(is_round(ticks.step), "step %g", ticks.step);
    for (size_t t = 0; t < ticks.n; t++) {
      const double value = hmfm_ticks_value(&ticks, t);
      ck_assert_double_ge(value, range.low - 1e-9 * ticks.step);
      ck_assert_double_le(value, range.high + 1e-9 * ticks.step);
    }
    ck_assert_uint_eq(ticks.n, count_multiples(range, ticks.step));
    /* No round step has a number of ticks that is nearer to what is wanted. */
    const double off = far_off((double)ticks.n, wanted);
    for (int power = (int)floor(log10(ticks.step)) - 3; power < log10(ticks.step) + 3; power++)
      for (int m = 0; m < 3; m++) {
        const double other = (double)count_multiples(range, (m == 0   ? 1
                                                             : m == 1 ? 2
                                                                      : 5) *
                                                                pow(10, power));
        if (other > 0) ck_assert_msg(far_off(other, wanted) >= off, "%g of %zu", other, wanted);
      }
  }
}
END_TEST

/* What is written at a tick is its value, and no two say the same. */
START_TEST(ticks_are_written_as_they_are) {
  srand(2);
  for (int k = 0; k < 5000; k++) {
    const hmfm_ticks ticks = hmfm_ticks_find(any_range(), 5, 0);
    char text[HMFM_TICKS_MOST][HMFM_TICK_BYTES];
    for (size_t t = 0; t < ticks.n; t++) {
      hmfm_ticks_text(&ticks, t, text[t]);
      ck_assert_msg(fabs(strtod(text[t], NULL) - hmfm_ticks_value(&ticks, t)) < 1e-3 * ticks.step,
                    "%s is not %.17g, step %g", text[t], hmfm_ticks_value(&ticks, t), ticks.step);
      if (t > 0) ck_assert_str_ne(text[t], text[t - 1]);
    }
  }
  const hmfm_ticks ticks = hmfm_ticks_find((hmfm_range){-0.3, 0.3}, 3, 0);
  char text[HMFM_TICK_BYTES];
  hmfm_ticks_text(&ticks, 1, text);
  ck_assert_str_eq(text, "0.0");
}
END_TEST

START_TEST(ticks_at_whole_numbers) {
  srand(3);
  for (int k = 0; k < 5000; k++) {
    const double low = floor(2000 * uniform()) - 1000, high = low + pow(10, 4 * uniform());
    const hmfm_ticks ticks = hmfm_ticks_find((hmfm_range){low - 0.7, high + 0.7}, 6, 1);
    ck_assert_uint_ge(ticks.n, 1);
    for (size_t t = 0; t < ticks.n; t++)
      ck_assert_double_eq(hmfm_ticks_value(&ticks, t), round(hmfm_ticks_value(&ticks, t)));
  }
  ck_assert_uint_eq(hmfm_ticks_find((hmfm_range){0.2, 0.8}, 5, 1).n, 0);
}
END_TEST

START_TEST(ranges_can_be_shown) {
  const double odd[] = {NAN, INFINITY, 3, -INFINITY, 3}, same[] = {-2e9, -2e9 + 1e-3};
  hmfm_range range = hmfm_range_empty();
  hmfm_range_take(&range, 5, odd);
  ck_assert(range.low == 3 && range.high == 3);
  range = hmfm_range_finish(range, 0.05);
  ck_assert(range.low < 3 && range.high > 3);
  range = hmfm_range_finish(hmfm_range_empty(), 0.05);
  ck_assert(range.low == 0 && range.high == 1);
  range = hmfm_range_empty();
  hmfm_range_take(&range, 2, same);
  range = hmfm_range_finish(range, 0);
  ck_assert_double_gt(range.high - range.low, 1e6);
  range = hmfm_range_finish((hmfm_range){0, 0}, 0);
  ck_assert(range.low < 0 && range.high > 0);
  range = hmfm_range_finish((hmfm_range){-1.7e308, 1.7e308}, 0.05);
  ck_assert(isfinite(range.high - range.low));
}
END_TEST

/* A histogram is a density of the weights of the values in it. */
START_TEST(histograms_weigh_values) {
  enum { N = 400, MOST = 60 };
  double y[N], weight[N], density[MOST], whole = 0;
  srand(4u + (unsigned)_i);
  const double scale = pow(10, 8 * uniform() - 4);
  for (size_t i = 0; i < N; i++) {
    y[i] = scale * ((double)i / N + (_i % 2 ? 40 : 0)); /* sorted */
    weight[i] = 0.1 + uniform();
    whole += weight[i];
  }
  const hmfm_range range = {y[40], y[N - 1]};
  const hmfm_bins bins = hmfm_bins_find(range, N, y, _i % 3 ? 20 : 1e6, MOST);
  ck_assert_uint_ge(bins.n, 5);
  ck_assert_uint_le(bins.n, MOST);
  ck_assert_msg(is_round(bins.width), "width %g", bins.width);
  ck_assert_double_le(bins.first, range.low * (1 + 1e-12));
  ck_assert_double_ge(bins.first + (double)bins.n * bins.width, range.high * (1 - 1e-12));
  hmfm_bins_fill(&bins, N, y, weight, density);
  for (size_t b = 0; b < bins.n; b++) {
    const double from = bins.first + (double)b * bins.width;
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
      const double at = (y[i] - from) / bins.width;
      if (at >= 1e-9 && at < 1 - 1e-9) sum += weight[i];
    }
    const double edge = 2.2 / whole; /* two values on edges */
    ck_assert_double_eq_tol(density[b] * bins.width, sum / whole, edge);
  }
}
END_TEST

/* Lightness (CIE L*) falls evenly, and text on any shade has the contrast that readers need (WCAG: 4.5). */
START_TEST(shades_get_darker) {
  double last = 101;
  for (int k = 0; k <= 100; k++) {
    const hmfm_color color = hmfm_palette_share(k / 100.0);
    const double luminance = hmfm_palette_luminance(color), lightness = 116 * cbrt(luminance) - 16;
    if (k > 0) ck_assert_double_lt(lightness, last - 0.2);
    if (k > 0) ck_assert_double_gt(lightness, last - 1.6);
    last = lightness;
    const double ink = hmfm_palette_luminance(hmfm_palette_ink_on(color));
    ck_assert_double_ge((fmax(ink, luminance) + 0.05) / (fmin(ink, luminance) + 0.05), 4.5);
  }
  ck_assert_uint_eq(hmfm_palette_rgb(hmfm_palette_share(0)), 0xFFFFFF);
  ck_assert_uint_eq(hmfm_palette_rgb(hmfm_palette_share(1)), 0x08306B);
  ck_assert_uint_eq(hmfm_palette_rgb(hmfm_palette_share(7)), 0x08306B);
  ck_assert_uint_eq(hmfm_palette_rgb(hmfm_palette_share(NAN)), 0xFFFFFF);
}
END_TEST

/* What a colour looks like with two of the three kinds of cones (Vienot, Brettel and Mollon 1999). */
static void seen_by(int kind, hmfm_color color, double out[3]) {
  const double rgb[3] = {pow(color.red, 2.2), pow(color.green, 2.2), pow(color.blue, 2.2)};
  static const double way[3][9] = {
      {1, 0, 0, 0, 1, 0, 0, 0, 1},
      {0.11238, 0.88762, 0, 0.11238, 0.88762, 0, 0.00401, -0.00401, 1},
      {0.29275, 0.70725, 0, 0.29275, 0.70725, 0, -0.02234, 0.02234, 1}};
  for (int r = 0; r < 3; r++) {
    double sum = 0;
    for (int c = 0; c < 3; c++) sum += way[kind][3 * r + c] * rgb[c];
    out[r] = pow(fmin(fmax(sum, 0), 1), 1 / 2.2);
  }
}

START_TEST(categories_differ_to_all_eyes) {
  for (int kind = 0; kind < 3; kind++) {
    for (size_t a = 0; a < 7; a++) {
      for (size_t b = 0; b < a; b++) {
        double x[3], y[3];
        seen_by(kind, hmfm_palette_category(a), x);
        seen_by(kind, hmfm_palette_category(b), y);
        const double apart = sqrt(pow(x[0] - y[0], 2) + pow(x[1] - y[1], 2) + pow(x[2] - y[2], 2));
        ck_assert_msg(apart > 0.12, "kind %d, colours %zu and %zu: %g", kind, a, b, apart);
      }
    }
  }
  ck_assert_uint_eq(hmfm_palette_rgb(hmfm_palette_category(0)), 0x0072B2);
  for (size_t a = 0; a < 21; a++)
    for (size_t b = 0; b < a; b++)
      if (a % 7 != 6 || b % 7 != 6) /* black cannot be darker */
        ck_assert_uint_ne(hmfm_palette_rgb(hmfm_palette_category(a)),
                          hmfm_palette_rgb(hmfm_palette_category(b)));
}
END_TEST

START_TEST(texts_are_cleaned) {
  static const struct {
    const char *text, *clean;
  } of[] = {{"plain <a&b>\"", "plain <a&b>\""},
            {"S\xC3\xBCx", "S\xC3\xBCx"},
            {"a\tb\nc\x7F", "a b c "},
            {"\xFFx\xC3", "\xEF\xBF\xBDx\xEF\xBF\xBD"},
            {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* overlong */
            {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* a surrogate */
            {"\xF4\x90\x80\x80",
             "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* beyond U+10FFFF */
            {"\xF0\x9F\x8F\x85", "\xF0\x9F\x8F\x85"},
            {"\xEF\xBF\xBF", "\xEF\xBF\xBD"},
            {"\xC2\x85x", " x"}};
  char clean[HMFM_TEXT_BYTES], *twice;
  for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
    hmfm_text_clean(of[k].text, clean);
    ck_assert_str_eq(clean, of[k].clean);
    twice = strdup(clean);
    hmfm_text_clean(twice, clean);
    ck_assert_str_eq(clean, twice);
    free(twice);
  }
  char *longest = calloc(4000, 1);
  for (int k = 0; k < 1999; k++) memcpy(longest + 2 * k, "\xC3\xBC", 2);
  hmfm_text_clean(longest, clean);
  ck_assert_uint_lt(strlen(clean), HMFM_TEXT_BYTES);
  ck_assert_uint_gt(strlen(clean), HMFM_TEXT_BYTES - 8);
  ck_assert_str_eq(clean + strlen(clean) - 3, "\xE2\x80\xA6");
  free(longest);
}
END_TEST

START_TEST(texts_are_shortened) {
  char text[HMFM_TEXT_BYTES];
  hmfm_text_clean("S\xC3\xBCx number 12", text);
  ck_assert_uint_eq(hmfm_text_length(text), 13);
  hmfm_text_shorten(text, 5, 2);
  ck_assert_str_eq(text, "S\xC3\xBCx\xE2\x80\xA6"
                         "12");
  hmfm_text_clean("ab cdef", text);
  hmfm_text_shorten(text, 3, 0);
  ck_assert_str_eq(text, "ab\xE2\x80\xA6");
  hmfm_text_clean("abc", text);
  hmfm_text_shorten(text, 0, 0);
  ck_assert_str_eq(text, "\xE2\x80\xA6");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plot_marks");
  TCase *test_case = tcase_create("plot_marks");
  tcase_add_test(test_case, ticks_are_round_and_inside);
  tcase_add_test(test_case, ticks_are_written_as_they_are);
  tcase_add_test(test_case, ticks_at_whole_numbers);
  tcase_add_test(test_case, ranges_can_be_shown);
  tcase_add_loop_test(test_case, histograms_weigh_values, 0, 30);
  tcase_add_test(test_case, shades_get_darker);
  tcase_add_test(test_case, categories_differ_to_all_eyes);
  tcase_add_test(test_case, texts_are_cleaned);
  tcase_add_test(test_case, texts_are_shortened);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failures = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
