/* Mean, variance and central range of the response. */
#include "model/response.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

hmfm_status hmfm_response_describe(const hmfm_dataset *dataset, hmfm_response *out,
                                   hmfm_error *error) {
  const size_t n = dataset->n_rows;
  double *sorted = hmfm_calloc(n, sizeof *sorted);
  if (!sorted) return hmfm_fail_memory(error, "sorting the response");
  memcpy(sorted, dataset->y, n * sizeof *sorted);
  gsl_sort(sorted, 1, n);
  out->mean = gsl_stats_mean(sorted, 1, n);
  out->variance = n > 1 ? gsl_stats_variance_m(sorted, 1, n, out->mean) : 0.0;
  /* GSL's quantiles are those called type 7: linear between order statistics at (n - 1) p */
  out->range = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.995) -
               gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.005);
  hmfm_free(sorted);
  return HMFM_OK;
}
