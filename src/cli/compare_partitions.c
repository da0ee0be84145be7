/* Point partitions of fits: found one fit after another, then how far apart they are. */
#include "cli/compare.h"

#include <math.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/data_print.h"
#include "cli/text_print.h"

/* The point partition of fit k, where it has allocations. */
static hmfm_status find_point(hmfm_comparison *c, size_t k, const hmfm_partition_search *search,
                              hmfm_error *error) {
  hmfm_compared *fit = &c->fit[k];
  hmfm_draws *draws = NULL;
  hmfm_partitions *partitions = NULL;
  hmfm_status status =
      hmfm_netcdf_read(fit->report->path, HMFM_PART_ALLOCATIONS, &draws, NULL, error);
  if (status) return status;
  if (!draws->allocations) {
    hmfm_notes_add(&c->remarks, "Fit %zu has no allocations, hence no point partition.", k + 1);
    hmfm_draws_destroy(draws);
    return HMFM_OK;
  }
  status = hmfm_partitions_of_draws(draws, NULL, 0, &partitions, error);
  hmfm_draws_destroy(draws);
  if (!status) status = hmfm_partition_find(partitions, search, &fit->point, error);
  hmfm_partitions_destroy(partitions);
  return status;
}

/* vi and ari, which are symmetric; NaN where a fit has no partition. */
static hmfm_status measure(hmfm_comparison *c, hmfm_error *error) {
  const size_t n = c->n, n_units = c->fit[0].loo->n_units;
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; !status && l <= k; l++) {
      hmfm_indices between = {0, 0, NAN, NAN, NAN, NAN};
      if (c->fit[k].point.label && c->fit[l].point.label)
        status = hmfm_partition_indices(n_units, c->fit[k].point.label, c->fit[l].point.label,
                                        &between, error);
      c->vi[k * n + l] = c->vi[l * n + k] = between.vi;
      c->ari[k * n + l] = c->ari[l * n + k] = between.ari;
    }
  return status;
}

hmfm_status hmfm_comparison_add_partitions(hmfm_comparison *c, const hmfm_partition_search *search,
                                           int quiet, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  const int tells = !quiet && isatty(STDERR_FILENO);
  c->vi = hmfm_calloc(c->n * c->n, sizeof *c->vi);
  c->ari = hmfm_calloc(c->n * c->n, sizeof *c->ari);
  if (!c->vi || !c->ari) return hmfm_fail_memory(error, "the comparison");
  c->loss = search->loss;
  for (size_t k = 0; !status && k < c->n; k++) {
    if (tells)
      fprintf(stderr, "hmfm compare: finding the point partition of %s\n", c->fit[k].report->path);
    status = find_point(c, k, search, error);
  }
  if (!status) status = measure(c, error);
  if (!status && c->remarks.lost) status = hmfm_fail_memory(error, "the comparison");
  return status;
}

double hmfm_compared_point_clusters(const hmfm_compared *fit) {
  return fit->point.label ? (double)fit->point.n_clusters : NAN;
}

void hmfm_comparison_print_partitions(const hmfm_comparison *c, FILE *to) {
  enum { NUMBER = 3, WIDTH = 8 };
  if (!c->vi) return;
  fprintf(to,
          "\nPoint partitions, of least expected %s: vi in bits below the diagonal, ari above\n",
          c->loss);
  fprintf(to, "%*s %6s %*s", NUMBER, "fit", "K", WIDTH, "expected");
  for (size_t l = 0; l < c->n; l++) {
    char text[32];
    snprintf(text, sizeof text, "fit %zu", l + 1);
    fprintf(to, " %*s", WIDTH, text);
  }
  fprintf(to, "\n");
  for (size_t k = 0; k < c->n; k++) {
    const hmfm_compared *fit = &c->fit[k];
    fprintf(to, "%*zu", NUMBER, k + 1);
    hmfm_text_number(to, "%.0f", 6, hmfm_compared_point_clusters(fit));
    hmfm_text_number(to, "%.4f", WIDTH, fit->point.label ? fit->point.loss : NAN);
    for (size_t l = 0; l < c->n; l++)
      if (l == k)
        fprintf(to, " %*s", WIDTH, "-");
      else
        hmfm_text_number(to, "%.4f", WIDTH, (l < k ? c->vi : c->ari)[k * c->n + l]);
    fprintf(to, "\n");
  }
}

static json_t *matrix(size_t n, const double *value) {
  json_t *rows = json_array();
  int failed = !rows;
  for (size_t k = 0; k < n; k++) {
    json_t *row = json_array();
    for (size_t l = 0; l < n; l++)
      failed |= json_array_append_new(row, hmfm_json_number(value[k * n + l]));
    failed |= json_array_append_new(rows, row);
  }
  return hmfm_json_whole(rows, failed);
}

json_t *hmfm_comparison_partitions_json(const hmfm_comparison *c) {
  json_t *object = json_object(), *expected = json_array();
  int failed = !object || !expected;
  if (!c->vi) {
    json_decref(object);
    json_decref(expected);
    return json_null();
  }
  for (size_t k = 0; k < c->n; k++) {
    const hmfm_point_partition *point = &c->fit[k].point;
    failed |= json_array_append_new(expected, hmfm_json_number(point->label ? point->loss : NAN));
  }
  failed |= json_object_set_new(object, "loss", json_string(c->loss));
  failed |= json_object_set_new(object, "expected_loss", expected);
  failed |= json_object_set_new(object, "vi", matrix(c->n, c->vi));
  failed |= json_object_set_new(object, "ari", matrix(c->n, c->ari));
  return hmfm_json_whole(object, failed);
}
