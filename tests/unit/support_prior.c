/* Models of groups without data. */
#include "unit/support_prior.h"

#include <check.h>
#include <stdarg.h>

void prior_start(prior_fixture *fixture, const char *mixing, size_t d, const size_t *size, ...) {
  const hmfm_design design = {.n_groups = d, .size = size, .least_repeats = 1, .most_repeats = 1};
  hmfm_error error = {0};
  const char *name;
  va_list list;
  *fixture = (prior_fixture){0};
  ck_assert_int_eq(hmfm_simulation_create(&design, 1, &fixture->groups, NULL), HMFM_OK);
  hmfm_settings_defaults(&fixture->settings);
  fixture->settings.mixing = mixing;
  va_start(list, size);
  while ((name = va_arg(list, const char *)) != NULL) {
    const double value = va_arg(list, double);
    hmfm_status status = hmfm_settings_set(&fixture->settings, name, 1, &value, NULL, &error);
    ck_assert_msg(status == HMFM_OK, "%s", error.message);
  }
  va_end(list);
  hmfm_status status =
      hmfm_model_create(fixture->groups->layout, &fixture->settings, NULL, &fixture->model, &error);
  ck_assert_msg(status == HMFM_OK, "%s", error.message);
}

void prior_finish(prior_fixture *fixture) {
  hmfm_model_destroy(fixture->model);
  hmfm_settings_clear(&fixture->settings);
  hmfm_simulation_destroy(fixture->groups);
}

hmfm_prior_laws *prior_exact(const prior_fixture *fixture, double refine) {
  hmfm_prior_run run;
  hmfm_prior_laws *laws = NULL;
  hmfm_error error = {0};
  hmfm_prior_run_defaults(&run);
  run.method = HMFM_PRIOR_EXACT;
  run.refine = refine;
  hmfm_status status = hmfm_prior_laws_create(fixture->model, &run, &laws, &error);
  ck_assert_msg(status == HMFM_OK, "%s", error.message);
  ck_assert_int_eq(laws->exact, 1);
  return laws;
}

double law_at(const hmfm_law *law, size_t value) {
  return value < law->least || value - law->least >= law->n ? 0.0
                                                            : law->probability[value - law->least];
}

double law_sum(const hmfm_law *law) {
  double sum = 0.0;
  for (size_t k = 0; k < law->n; k++) sum += law->probability[k];
  return sum;
}
