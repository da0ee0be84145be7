/* Averages over blocks of the co-clustering matrix, which is never there as a whole. */
#include "base/alloc.h"
#include "base/error.h"
#include "plot/pictures.h"

enum { ROWS = 16 }; /* of the matrix at a time */

static size_t block_of(size_t unit, size_t side, size_t n) {
  return unit * side / n; /* side is some hundreds: no overflow */
}

hmfm_status hmfm_coclustering_blocks(const hmfm_partitions *partitions, size_t side, int threads,
                                     double *share, hmfm_error *error) {
  const size_t n = partitions->n_units;
  uint32_t *count = hmfm_calloc(n, ROWS * sizeof *count);
  size_t *block = hmfm_calloc(n, sizeof *block), *size = hmfm_calloc(side, sizeof *size);
  double *sum = hmfm_calloc(side, side * sizeof *sum); /* whole numbers: exact up to 2^53 */
  hmfm_status status = HMFM_OK;
  if (!count || !block || !size || !sum) {
    status = hmfm_fail_memory(error, "co-clustering");
    goto out;
  }
  for (size_t i = 0; i < n; i++) size[block[i] = block_of(i, side, n)]++;
  for (size_t first = 0; first < n; first += ROWS) {
    const size_t rows = n - first < ROWS ? n - first : ROWS;
    hmfm_coclustering_rows(partitions, first, rows, threads, count);
    for (size_t r = 0; r < rows; r++)
      for (size_t b = 0; b < n; b++) sum[block[first + r] * side + block[b]] += count[r * n + b];
  }
  for (size_t a = 0; a < side; a++)
    for (size_t b = 0; b < side; b++)
      share[a * side + b] =
          sum[a * side + b] / ((double)size[a] * (double)size[b] * (double)partitions->n_draws);
out:
  hmfm_free(count);
  hmfm_free(block);
  hmfm_free(size);
  hmfm_free(sum);
  return status;
}
