/* Answers of a fit about densities: reading it, working one answer out, freeing all of them. */
#include "base/alloc.h"
#include "base/error.h"
#include "cli/density.h"
#include "io/fit_model.h"

hmfm_status hmfm_density_read_fit(const char *path, unsigned parts, hmfm_density_report *report,
                                  hmfm_error *error) {
  hmfm_status status = hmfm_netcdf_read(path, parts, &report->draws, &report->info, error);
  if (status) return status;
  if (parts & HMFM_PART_ALLOCATIONS) hmfm_draws_thin(report->draws);
  return hmfm_fit_model(report->draws, report->info, &report->data, &report->model, error);
}

hmfm_status hmfm_density_answer(const hmfm_density_report *report, hmfm_answer *to,
                                hmfm_error *error) {
  const size_t n = report->n_points;
  hmfm_density *density = NULL;
  to->value = hmfm_calloc(n, sizeof *to->value);
  to->lower = hmfm_calloc(n, sizeof *to->lower);
  to->upper = hmfm_calloc(n, sizeof *to->upper);
  if (!to->value || !to->lower || !to->upper) return hmfm_fail_memory(error, "the densities");
  hmfm_status status =
      hmfm_density_create(report->draws, report->model, &to->target, &density, error);
  if (status) return status;
  switch (report->question) {
  case HMFM_ASK_DENSITY:
  case HMFM_ASK_ABOVE:
    status = hmfm_density_evaluate(
        density, report->question == HMFM_ASK_ABOVE ? HMFM_CURVE_ABOVE : HMFM_CURVE_DENSITY, n,
        report->at, report->level, to->value, to->lower, to->upper, error);
    break;
  case HMFM_ASK_QUANTILE:
    status = hmfm_density_quantiles(density, n, report->at, to->value, error);
    break;
  case HMFM_ASK_DRAWS:
    status = hmfm_density_draw(density, n, report->seed, to->value, error);
    break;
  }
  hmfm_density_destroy(density);
  return status;
}

void hmfm_density_report_clear(hmfm_density_report *report) {
  for (size_t a = 0; a < report->n_answers; a++) {
    hmfm_free(report->answer[a].x);
    hmfm_free(report->answer[a].value);
    hmfm_free(report->answer[a].lower);
    hmfm_free(report->answer[a].upper);
  }
  hmfm_free(report->answer);
  hmfm_free(report->at);
  hmfm_model_destroy(report->model);
  hmfm_dataset_destroy(report->data);
  hmfm_fit_info_destroy(report->info);
  hmfm_draws_destroy(report->draws);
}
