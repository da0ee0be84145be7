/* Pictures: what is drawn is what was given; blocks of the co-clustering matrix, the order of units, and the
 * observations behind densities against their definitions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "cli/density.h"
#include "cli/unit_places.h"
#include "plot/pictures.h"
#include "summary/linkage.h"
#include "support_density.h"
#include "support_matrix.h"
#include "support_svg.h"

static hmfm_error error;

/* ---- co-clustering ---- */

START_TEST(blocks_are_averages_of_the_matrix) {
  enum { MOST = 70, DRAWS = 90 };
  const size_t n = 1 + (size_t)_i * 7 % MOST, side = 1 + (size_t)_i * 5 % n;
  hmfm_partitions *partitions = matrix_random(DRAWS, n, 6, 0.3, 7u + (unsigned)_i);
  uint32_t *row = calloc(n * n, sizeof *row);
  double *share = calloc(side * side, sizeof *share), *again = calloc(side * side, sizeof *again);
  hmfm_coclustering_rows(partitions, 0, n, 1, row);
  ck_assert_int_eq(hmfm_coclustering_blocks(partitions, side, 1, share, &error), HMFM_OK);
  ck_assert_int_eq(hmfm_coclustering_blocks(partitions, side, 3, again, &error), HMFM_OK);
  ck_assert_mem_eq(share, again, side * side * sizeof *share);
  for (size_t a = 0; a < side; a++) {
    for (size_t b = 0; b < side; b++) {
      double sum = 0, pairs = 0;
      for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
          if (i * side / n == a && j * side / n == b) sum += row[i * n + j], pairs++;
      ck_assert_double_gt(pairs, 0);
      ck_assert_double_eq_tol(share[a * side + b], sum / pairs / DRAWS, 1e-14);
    }
  }
  free(row);
  free(share);
  free(again);
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* Places of some units are an interval: they stand side by side. */
static int are_together(size_t n, const size_t *place, const char *member) {
  size_t first = SIZE_MAX, last = 0, count = 0;
  for (size_t i = 0; i < n; i++) {
    if (!member[i]) continue;
    first = place[i] < first ? place[i] : first;
    last = place[i] > last ? place[i] : last;
    count++;
  }
  return count == 0 || last - first + 1 == count;
}

/* Clusters come one after the other, and so do both branches of every merge of the linkage of a cluster. */
START_TEST(places_keep_branches_together) {
  enum { N = 60, DRAWS = 80 };
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 9, 0.5, 90u + (unsigned)_i);
  uint32_t label[N];
  size_t unit[N], place[N], n = 0, of[N];
  for (size_t i = 0; i < N; i++) label[i] = (uint32_t)(i * i % (_i % 4 + 1));
  for (size_t i = 0; i < N; i++)
    if (_i % 2 == 0 || i % 5) unit[n++] = i; /* some are not shown */
  ck_assert_int_eq(hmfm_unit_places(partitions, label, 1, n, unit, &error), HMFM_OK);
  for (size_t i = 0; i < N; i++) place[i] = SIZE_MAX;
  for (size_t k = 0; k < n; k++) {
    ck_assert_uint_eq(place[unit[k]], SIZE_MAX); /* each once */
    place[unit[k]] = k;
    if (k > 0) ck_assert_uint_le(label[unit[k - 1]], label[unit[k]]);
  }
  for (uint32_t c = 0; c < 4; c++) {
    size_t size = 0;
    for (size_t i = 0; i < N; i++)
      if (place[i] != SIZE_MAX && label[i] == c) of[size++] = i;
    if (size < 2) continue;
    hmfm_partitions *part = NULL;
    hmfm_linkage linkage;
    uint32_t draw[N], clusters, cut[N];
    ck_assert_int_eq(hmfm_partitions_create(DRAWS, size, 9, &part, &error), HMFM_OK);
    for (size_t t = 0; t < DRAWS; t++) {
      for (size_t k = 0; k < size; k++) draw[k] = hmfm_partitions_label(partitions, t, of[k]);
      ck_assert_int_eq(hmfm_partitions_relabel(size, draw, &clusters, &error), HMFM_OK);
      hmfm_partitions_set(part, t, draw);
    }
    ck_assert_int_eq(hmfm_linkage_create(part, 1, NULL, &linkage, &error), HMFM_OK);
    for (size_t k = 1; k <= size; k++) {
      hmfm_linkage_cut(&linkage, k, cut);
      for (uint32_t branch = 0; branch < k; branch++) {
        char member[N] = {0};
        for (size_t u = 0; u < size; u++) member[of[u]] = cut[u] == branch;
        ck_assert_msg(are_together(N, place, member), "cut into %zu", k);
      }
    }
    hmfm_linkage_clear(&linkage);
    hmfm_partitions_destroy(part);
  }
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* ---- observations behind densities ---- */

START_TEST(observations_are_moved_to_the_covariates) {
  const density_case *what = &density_cases[_i];
  density_fit fit;
  density_fit_make(&fit, what, 40);
  const hmfm_draws *d = fit.draws;
  const hmfm_dataset *data = fit.s.dataset;
  const hmfm_density_report report = {.draws = fit.draws};
  const hmfm_variable *beta = hmfm_draws_find(d, "beta");
  double *y = calloc(d->n_rows, sizeof *y), *weight = calloc(d->n_rows, sizeof *weight);
  for (size_t t = 0; t < DENSITY_TARGETS; t++) {
    hmfm_answer answer = {.target = density_target(&fit, t), .x = fit.x};
    size_t n = 0, k = 0;
    ck_assert_int_eq(hmfm_density_observations(&report, &answer, y, weight, &n, &error), HMFM_OK);
    for (size_t i = 0; i < data->n_units; i++) {
      const size_t j = data->unit_group[i], from = data->unit_start[i],
                   to = data->unit_start[i + 1];
      if (answer.target.kind == HMFM_DENSITY_GROUP && j != answer.target.group) continue;
      if (answer.target.kind == HMFM_DENSITY_UNIT && i != answer.target.unit) continue;
      for (size_t h = from; h < to; h++, k++) {
        double moved = data->y[h];
        for (size_t c = 0; c < data->n_covariates; c++) {
          double mean = 0;
          const size_t index = what->shared ? c : j * data->n_covariates + c;
          for (size_t s = 0; s < d->n_chains * d->n_draws; s++)
            mean += beta->value[s * beta->width + index];
          mean /= (double)(d->n_chains * d->n_draws);
          moved += mean * (fit.x[c] - data->x[h * data->n_covariates + c]);
        }
        ck_assert_double_eq_tol(y[k], moved, 1e-9);
        ck_assert_double_eq_tol(weight[k], 1.0 / (double)(to - from), 1e-15);
      }
    }
    ck_assert_uint_eq(n, k);
    ck_assert_uint_gt(n, 0);
  }
  free(y);
  free(weight);
  density_fit_clear(&fit);
}
END_TEST

/* ---- pictures ---- */

static const char *const odd_name[] = {
    "<a&b>\"",
    "S\xC3\xBC-d",
    "\xFF\xFE not UTF-8",
    "tab\tand\nline",
    "",
    "]]>",
    "a name so long that no panel of the usual size has room for it all, by far"};
enum { NAMES = sizeof odd_name / sizeof *odd_name, POINTS = 30 };

static svg_draw draw_density, draw_clusters, draw_trace, draw_k, draw_coclustering;

hmfm_status draw_density(hmfm_canvas *canvas, const void *picture, hmfm_error *why) {
  return hmfm_plot_density(canvas, picture, why);
}
hmfm_status draw_clusters(hmfm_canvas *canvas, const void *picture, hmfm_error *why) {
  return hmfm_plot_clusters(canvas, picture, why);
}
hmfm_status draw_trace(hmfm_canvas *canvas, const void *picture, hmfm_error *why) {
  return hmfm_plot_trace(canvas, picture, why);
}
hmfm_status draw_k(hmfm_canvas *canvas, const void *picture, hmfm_error *why) {
  return hmfm_plot_k(canvas, picture, why);
}
hmfm_status draw_coclustering(hmfm_canvas *canvas, const void *picture, hmfm_error *why) {
  return hmfm_plot_coclustering(canvas, picture, why);
}

/* How Cairo writes what is drawn once a panel, or once a thing. */
#define AXIS /* the line below a panel */                                                          \
  "stroke-width:0.6;stroke-linecap:butt;stroke-linejoin:round;stroke:rgb(40%,40%,40%)"
#define CURVE "stroke-width:1.3;" /* a density */
#define BAND "rgb(0%,44.705882%,69.803922%);fill-opacity:0.28;"
#define BAR "rgb(29.803922%,61.176471%,79.607843%)" /* a posterior probability */
#define TRACE "stroke-width:0.7;"

START_TEST(a_density_has_a_panel_a_curve_and_a_band_each) {
  double at[POINTS], mean[POINTS], lower[POINTS], upper[POINTS], y[] = {1, 2, 2.5, 40},
                                                                 weight[] = {1, 1, 0.5, 2};
  hmfm_density_panel panel[20];
  const size_t n = 1 + (size_t)_i;
  for (size_t k = 0; k < POINTS; k++) {
    at[k] = (double)k / 4;
    mean[k] = exp(-0.5 * pow(at[k] - 3, 2)) / 2.5;
    lower[k] = 0.5 * mean[k];
    upper[k] = 3 * mean[k];
  }
  for (size_t k = 0; k < n; k++)
    panel[k] = (hmfm_density_panel){
        odd_name[k % NAMES], k % 3 == 2 ? 0 : 4, y, weight, mean, lower, upper};
  hmfm_density_picture picture = {.title = "<&>",
                                  .subtitle = "\xC3",
                                  .response = "",
                                  .level = 0.9,
                                  .observations = "data",
                                  .n_points = POINTS,
                                  .at = at,
                                  .n = n,
                                  .panel = panel};
  double width, height;
  hmfm_plot_density_size(&picture, &width, &height);
  char *text = svg_make(draw_density, &picture, width, height);
  svg_check(text);
  ck_assert_uint_eq(svg_count(text, AXIS), n);
  ck_assert_uint_eq(svg_count(text, CURVE), n);
  ck_assert_uint_eq(svg_count(text, BAND), n + 1); /* and in the legend */
  free(text);
  picture.counts = 1;
  for (size_t k = 0; k < POINTS; k++) at[k] = (double)k;
  text = svg_make(draw_density, &picture, width, height);
  svg_check(text);
  ck_assert_uint_eq(svg_count(text, AXIS), n);
  ck_assert_uint_eq(svg_count(text, CURVE), 0);
  free(text);
}
END_TEST

/* The highest point, that is the least y, of the last path of an SVG whose line has one of two parts. */
static double top_of(const char *text, const char *part, const char * or) {
  double top = NAN, x, y;
  for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    const char *own = strstr(line, part), *d = strstr(line, " d=\"");
    if (!own || own > end) own = strstr(line, or);
    if (!own || own > end || !d || d > end) continue;
    int n = 0;
    top = INFINITY;
    for (d += 4; sscanf(d, " %*[ML] %lf %lf%n", &x, &y, &n) == 2; d += n) top = fmin(top, y);
  }
  return top;
}

/* Many whole numbers share bins, at the height of the probability of one: here all have the same, as the curve says. */
START_TEST(many_counts_share_bins_of_whole_width) {
  enum { N = 1000 };
  static const size_t all[] = {250, N}; /* a bar each; bins */
  const size_t n = all[_i];
  double at[N], mean[N], y[N], weight[N];
  const double last = _i ? 1e9 : (double)n;
  for (size_t k = 0; k < n; k++) {
    at[k] = y[k] = (double)k;
    mean[k] = 1 / (double)n;
    weight[k] = 2;
  }
  const hmfm_density_panel panel = {"a", n, y, weight, mean, mean, mean};
  hmfm_density_picture picture = {.title = "",
                                  .subtitle = "",
                                  .response = "y",
                                  .level = 0.9,
                                  .observations = "data",
                                  .counts = 1,
                                  .n_points = n,
                                  .at = at,
                                  .n = 1,
                                  .panel = &panel};
  char *text = svg_make(draw_density, &picture, 7, 5);
  svg_check(text);
  const double curve = top_of(text, "stroke-width:1.3;", "stroke-width=\"1.3\"");
  const double bars = top_of(text, "rgb(83.529412%,", "rgb(83.529412%,");
  ck_assert(isfinite(curve));
  ck_assert_double_eq_tol(bars, curve, 0.1);
  free(text);
  at[n - 1] = last; /* so wide an axis takes no more bins */
  text = svg_make(draw_density, &picture, 7, 5);
  svg_check(text);
  free(text);
}
END_TEST

START_TEST(tiles_have_counts_where_units_are) {
  enum { GROUPS = NAMES, CLUSTERS = 3 };
  char *name[GROUPS];
  size_t count[CLUSTERS * GROUPS];
  for (size_t j = 0; j < GROUPS; j++) name[j] = (char *)odd_name[j];
  for (size_t k = 0; k < CLUSTERS * GROUPS; k++) count[k] = k % 4 ? k : 0;
  const hmfm_clusters_picture picture = {"", "", GROUPS, CLUSTERS, name, count, NULL, 0};
  double width, height;
  hmfm_plot_clusters_size(&picture, &width, &height);
  char *text = svg_make(draw_clusters, &picture, width, height);
  svg_check(text);
  size_t empty = 0;
  for (size_t k = 0; k < CLUSTERS * GROUPS; k++) empty += count[k] == 0;
  ck_assert_uint_eq(svg_count(text, "rgb(95%,95%,95%)"), empty);
  free(text);
  text = svg_make(draw_clusters, &picture, 2, 2); /* with hardly any room */
  svg_check(text);
  free(text);
  const size_t number[CLUSTERS] = {7, 123456, 0};
  hmfm_clusters_picture some = {"", "", GROUPS, CLUSTERS, name, count, number, 99800};
  text = svg_make(draw_clusters, &some, width, height);
  svg_check(text);
  ck_assert_uint_eq(svg_count(text, "rgb(95%,95%,95%)"), empty);
  free(text);
  some.n_clusters = some.n_others = 1;
  text = svg_make(draw_clusters, &some, 2, 2);
  svg_check(text);
  free(text);
}
END_TEST

START_TEST(a_trace_has_a_line_a_chain) {
  enum { CHAINS = 3, DRAWS = 50, MANY = 50000 };
  double *value = calloc(CHAINS * MANY, sizeof *value);
  hmfm_trace trace[5];
  for (size_t k = 0; k < CHAINS * MANY; k++) value[k] = sin((double)k * k);
  value[7] = NAN;
  value[DRAWS + 3] = -INFINITY;
  for (size_t k = 0; k < 5; k++) trace[k] = (hmfm_trace){odd_name[k], value, k % 2};
  hmfm_trace_picture picture = {"t", "s", CHAINS, DRAWS, 5, trace};
  char *text = svg_make(draw_trace, &picture, 8, 5);
  svg_check(text);
  ck_assert_uint_eq(svg_count(text, AXIS), 5);
  ck_assert_uint_eq(svg_count(text, TRACE), 5 * CHAINS);
  free(text);
  picture.n_draws = MANY; /* no larger than what can be seen */
  text = svg_make(draw_trace, &picture, 8, 5);
  svg_check(text);
  ck_assert_uint_lt(strlen(text), 5 * CHAINS * 1300 * 30 + 200000);
  free(text);
  free(value);
}
END_TEST

START_TEST(bars_are_probabilities) {
  const double p[] = {0.2, 0.5, 0, 0.3}, prior[] = {0.1, 0.9};
  hmfm_k_panel group[NAMES], all = {NULL, {3, 4, p}, {1, 2, prior}};
  for (size_t k = 0; k < NAMES; k++) group[k] = (hmfm_k_panel){odd_name[k], {1 + k, 4, p}, {0}};
  hmfm_k_picture picture = {"", "", &all, NAMES, group};
  char *text = svg_make(draw_k, &picture, 8, 8);
  svg_check(text);
  ck_assert_uint_eq(svg_count(text, AXIS), NAMES + 1);
  ck_assert_uint_eq(svg_count(text, BAR),
                    3 * (NAMES + 1) + 1); /* three are not 0; and the legend's */
  free(text);
  picture.n = 0;
  text = svg_make(draw_k, &picture, 6, 4);
  ck_assert_uint_eq(svg_count(text, BAR), 4);
  free(text);
}
END_TEST

START_TEST(squares_mark_clusters) {
  const size_t start[] = {0, 5, 6, 9}, number[] = {1, 2, 4};
  double share[81];
  for (size_t k = 0; k < 81; k++) share[k] = (double)k / 80;
  const hmfm_coclustering_picture picture = {"", "", 9, 3, start, number, 9, share};
  char *text = svg_make(draw_coclustering, &picture, 7, 6.5);
  svg_check(text);
  ck_assert_uint_eq(svg_count(text, "rgb(83.529412%,36.862745%,0%)"), 3);
  ck_assert_uint_eq(svg_count(text, "<image"), 2); /* the matrix, and the bar that explains it */
  free(text);
}
END_TEST

/* ---- the canvas ---- */

START_TEST(endings_say_the_kind) {
  static const struct {
    const char *path;
    int kind;
  } of[] = {{"a.svg", HMFM_PICTURE_SVG},
            {"dir.svg/a.PNG", HMFM_PICTURE_PNG},
            {"a.b.pdf", HMFM_PICTURE_PDF},
            {"a.jpg", -1},
            {".svg", -1},
            {"svg", -1},
            {"a.svg.", -1},
            {"", -1}};
  for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
    hmfm_picture_kind kind = HMFM_PICTURE_PDF;
    const hmfm_status status = hmfm_picture_kind_of(of[k].path, &kind, &error);
    ck_assert_int_eq(status, of[k].kind < 0 ? HMFM_EUSAGE : HMFM_OK);
    if (!status) ck_assert_int_eq((int)kind, of[k].kind);
  }
  ck_assert_str_eq(error.message, "a picture is a file that ends with .svg, .png or .pdf, got ''");
}
END_TEST

START_TEST(what_cannot_be_written_is_told) {
  FILE *full = fopen("/dev/full", "wb");
  if (!full) return; /* no such device here */
  setvbuf(full, NULL, _IONBF, 0);
  hmfm_canvas *canvas = NULL;
  ck_assert_int_eq(hmfm_canvas_create((hmfm_picture_kind)_i, 200, 100, 72, full, &canvas, &error),
                   HMFM_OK);
  hmfm_canvas_segment(canvas, 0, 0, 10, 10, (hmfm_color){0, 0, 0, 1}, 1);
  ck_assert_int_eq(hmfm_canvas_finish(canvas, &error), HMFM_EIO);
  ck_assert_str_eq(error.message, "the picture cannot be written: No space left on device");
  hmfm_canvas_destroy(canvas);
  fclose(full);
}
END_TEST

START_TEST(sizes_out_of_range_are_refused) {
  hmfm_canvas *canvas = NULL;
  static const double size[][3] = {
      {0, 72, 72}, {72, -1, 72}, {NAN, 72, 72}, {1e6, 72, 72}, {7200, 72, 2400}};
  for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
    ck_assert_int_eq(hmfm_canvas_create(HMFM_PICTURE_PNG, size[k][0], size[k][1], size[k][2],
                                        stdout, &canvas, &error),
                     HMFM_EUSAGE);
    ck_assert_ptr_null(canvas);
  }
  ck_assert_str_eq(error.message, "a picture of 100 x 1 inches cannot have 2400 dots an inch");
}
END_TEST

/* What is too long ends within its room. */
START_TEST(texts_stay_within_their_room) {
  hmfm_canvas *canvas = NULL;
  FILE *to = tmpfile();
  const hmfm_type type = {.size = 8, .color = {0, 0, 0, 1}};
  ck_assert_int_eq(hmfm_canvas_create(HMFM_PICTURE_SVG, 200, 100, 72, to, &canvas, &error),
                   HMFM_OK);
  const double one = hmfm_canvas_text_width(canvas, &type, "m");
  ck_assert_double_gt(one, 4);
  ck_assert_double_lt(one, 12);
  ck_assert_double_eq_tol(hmfm_canvas_text_width(canvas, &type, "mmmm"), 4 * one, 0.01);
  ck_assert_double_eq(hmfm_canvas_text_width(canvas, &type, ""), 0);
  for (size_t k = 0; k < NAMES; k++)
    for (double room = -1; room < 60; room += 7)
      hmfm_canvas_text(canvas, 0, 0, &type, room, odd_name[k]);
  ck_assert_int_eq(hmfm_canvas_finish(canvas, &error), HMFM_OK);
  hmfm_canvas_destroy(canvas);
  fclose(to);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plot");
  TCase *test_case = tcase_create("plot");
  tcase_add_loop_test(test_case, blocks_are_averages_of_the_matrix, 0, 30);
  tcase_add_loop_test(test_case, places_keep_branches_together, 0, 12);
  tcase_add_loop_test(test_case, observations_are_moved_to_the_covariates, 0, DENSITY_CASES);
  tcase_add_loop_test(test_case, a_density_has_a_panel_a_curve_and_a_band_each, 0, 20);
  tcase_add_loop_test(test_case, many_counts_share_bins_of_whole_width, 0, 2);
  tcase_add_test(test_case, tiles_have_counts_where_units_are);
  tcase_add_test(test_case, a_trace_has_a_line_a_chain);
  tcase_add_test(test_case, bars_are_probabilities);
  tcase_add_test(test_case, squares_mark_clusters);
  tcase_add_test(test_case, endings_say_the_kind);
  tcase_add_loop_test(test_case, what_cannot_be_written_is_told, 0, 3);
  tcase_add_test(test_case, sizes_out_of_range_are_refused);
  tcase_add_test(test_case, texts_stay_within_their_room);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failures = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
