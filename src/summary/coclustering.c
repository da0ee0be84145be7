/* Co-clustering: in how many draws two units are in one cluster, counted in whole numbers. Units are
 * taken in tiles, so that the labels of two tiles stay in the cache while all their pairs are compared. */
#include "hmfm/partitions.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "base/threads.h"
#include "summary/coclustering.h"
#include "summary/labels.h"

enum {
  TILE = 32,  /* units */
  LANES = 64, /* labels compared side by side; the stride is a multiple of it */
  MOST = 255  /* blocks of labels before a lane of eight bits is full */
};

/* Number of equal labels among n, a multiple of LANES, for labels of one width: lanes of that width
 * count first, and are added up before they are full. */
#define DEFINE_EQUAL(name, type)                                                                   \
  HMFM_VECTOR static uint32_t name(const void *left, const void *right, size_t n) {                \
    const type *a = left, *b = right;                                                              \
    uint32_t equal = 0;                                                                            \
    for (size_t first = 0; first < n; first += (size_t)MOST * LANES) {                             \
      const size_t end = n - first < (size_t)MOST * LANES ? n : first + (size_t)MOST * LANES;      \
      type lane[LANES] = {0};                                                                      \
      for (size_t t = first; t < end; t += LANES)                                                  \
        for (size_t v = 0; v < LANES; v++) lane[v] = (type)(lane[v] + (a[t + v] == b[t + v]));     \
      for (size_t v = 0; v < LANES; v++) equal += lane[v];                                         \
    }                                                                                              \
    return equal;                                                                                  \
  }
DEFINE_EQUAL(equal_1, uint8_t)
DEFINE_EQUAL(equal_2, uint16_t)
DEFINE_EQUAL(equal_4, uint32_t)

/* Draws in which units a and b are together. Labels beyond the last draw are all 0, hence equal. */
static uint32_t together(const hmfm_partitions *partitions, size_t a, size_t b) {
  const size_t stride = partitions->stride, row = stride * (size_t)partitions->bytes;
  const char *label = partitions->label;
  const uint32_t equal = partitions->bytes == 1 ? equal_1(label + a * row, label + b * row, stride)
                         : partitions->bytes == 2
                             ? equal_2(label + a * row, label + b * row, stride)
                             : equal_4(label + a * row, label + b * row, stride);
  return equal - (uint32_t)(stride - partitions->n_draws);
}

void hmfm_coclustering(const hmfm_partitions *partitions, int threads, uint32_t *count) {
  hmfm_coclustering_until(partitions, threads, NULL, count);
}

void hmfm_coclustering_until(const hmfm_partitions *partitions, int threads, hmfm_stopper *stopper,
                             uint32_t *count) {
  const size_t n = partitions->n_units;
  const long n_tiles = (long)((n + TILE - 1) / TILE);
  const int n_threads = hmfm_threads(threads);
  (void)n_threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads)
#endif
  for (long tile = 0; tile < n_tiles; tile++) {
    const size_t a_first = (size_t)tile * TILE, a_end = n - a_first < TILE ? n : a_first + TILE;
    for (size_t b_first = a_first; b_first < n && !hmfm_stopper_ask(stopper); b_first += TILE) {
      const size_t b_end = n - b_first < TILE ? n : b_first + TILE;
      for (size_t a = a_first; a < a_end; a++) {
        const size_t row = n * a - a * (a + 1) / 2 - a - 1; /* may wrap around, row + b does not */
        for (size_t b = b_first > a ? b_first : a + 1; b < b_end; b++)
          count[row + b] = together(partitions, a, b);
      }
    }
  }
}

void hmfm_coclustering_rows(const hmfm_partitions *partitions, size_t first, size_t n_rows,
                            int threads, uint32_t *count) {
  const size_t n = partitions->n_units;
  const long n_tiles = (long)((n + TILE - 1) / TILE);
  const int n_threads = hmfm_threads(threads);
  (void)n_threads;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads)
#endif
  for (long tile = 0; tile < n_tiles; tile++) {
    const size_t b_first = (size_t)tile * TILE, b_end = n - b_first < TILE ? n : b_first + TILE;
    for (size_t r = 0; r < n_rows; r++)
      for (size_t b = b_first; b < b_end; b++)
        count[r * n + b] = together(partitions, first + r, b);
  }
}

/* Over all ordered pairs: a unit with itself is together in all draws and in the truth, which adds nothing. A
 * gap is a whole number of draws. */
hmfm_status hmfm_coclustering_error(const hmfm_partitions *partitions, const uint32_t *truth,
                                    int threads, hmfm_coclustering_gap *out, hmfm_error *error) {
  const size_t n = partitions->n_units, n_draws = partitions->n_draws;
  const double pairs = (double)n * (double)(n - 1), draws = (double)n_draws;
  double absolute = 0, square = 0;
  uint32_t *count = hmfm_calloc(n, TILE * sizeof *count);
  if (!count) return hmfm_fail_memory(error, "co-clustering");
  for (size_t first = 0; first < n; first += TILE) {
    const size_t rows = n - first < TILE ? n - first : TILE;
    hmfm_coclustering_rows(partitions, first, rows, threads, count);
    for (size_t r = 0; r < rows; r++) {
      uint64_t sum = 0;
      double sum_of_squares = 0;
      for (size_t b = 0; b < n; b++) {
        const uint32_t together = count[r * n + b];
        const uint64_t gap = truth[first + r] == truth[b] ? n_draws - together : together;
        sum += gap;
        sum_of_squares += (double)gap * (double)gap;
      }
      absolute += (double)sum;
      square += sum_of_squares;
    }
  }
  hmfm_free(count);
  *out = n > 1 ? (hmfm_coclustering_gap){absolute / pairs / draws, sqrt(square / pairs) / draws}
               : (hmfm_coclustering_gap){NAN, NAN};
  return HMFM_OK;
}
