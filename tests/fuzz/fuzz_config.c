/* Any bytes as a configuration file of hmfm sample: read into options, settings and a model, stored with
 * a fit, and read again, which must come to the same. */
#include <stdlib.h>
#include <string.h>

#include "support.h"

#include "base/alloc.h"
#include "cli/sample_options.h"

/* What the settings are for: groups "1" and "B", covariates x and z. */
static const hmfm_dataset *small_data(void) {
  static hmfm_dataset *data;
  static const char *const group[] = {"1", "1", "1", "B", "B", "B"};
  static const double y[] = {1, 2, 3, 2, 4, 9}, x[] = {0, 1, 0, 1, 0, 1}, z[] = {1, 2, 3, 4, 5, 7};
  const hmfm_covariate covariate[] = {{"x", x, NULL}, {"z", z, NULL}};
  hmfm_columns columns = {.n_rows = 6,
                          .group = group,
                          .response_name = "y",
                          .response = y,
                          .n_covariates = 2,
                          .covariate = covariate};
  if (!data) fuzz_require(!hmfm_dataset_create(&columns, NULL, &data, NULL), "no dataset");
  return data;
}

/* The options of a file, and what they amount to: the configuration that is stored without a model, and
 * with one where a model can be made (else *of_model stays NULL). NULL where the file is refused. */
static char *read_file(const char *path, char **of_model) {
  hmfm_options *options = NULL;
  hmfm_settings settings;
  hmfm_model *model = NULL;
  hmfm_run run;
  hmfm_error error = {0}, placed = {0};
  char *stored = NULL;
  int drawn;
  hmfm_settings_defaults(&settings);
  fuzz_require(!hmfm_options_create(&hmfm_sample_command, &options, &error) &&
                   !hmfm_sample_prepare(options, &error) &&
                   !hmfm_options_default(options, "seed", "1", &error),
               "no options");
  hmfm_status status = hmfm_options_read(options, path, &error);
  fuzz_expect(status, &error, 1u << HMFM_EDATA);
  if (status) goto out;
  status = hmfm_sample_run(options, &run, &drawn, &error);
  fuzz_expect(status, &error, 1u << HMFM_EUSAGE);
  if (!status) fuzz_expect(hmfm_run_validate(&run, &settings, &error), &error, 1u << HMFM_EUSAGE);
  status = hmfm_sample_settings(options, &settings, &error);
  fuzz_expect(status, &error, 1u << HMFM_EDATA);
  fuzz_expect(hmfm_options_store(options, NULL, &stored, &error), &error, 0);
  if (!status) {
    status = hmfm_model_create(small_data(), &settings, NULL, &model, &error);
    fuzz_expect(status, &error, 1u << HMFM_EDATA | 1u << HMFM_EUSAGE | 1u << HMFM_ENUMERIC);
    if (status) hmfm_options_place(options, &error, &placed);
  }
  if (!status) fuzz_expect(hmfm_options_store(options, model, of_model, &error), &error, 0);
out:
  hmfm_model_destroy(model);
  hmfm_settings_clear(&settings);
  hmfm_options_destroy(options);
  return stored;
}

/* A configuration that was stored must be read, and stored again as it is. */
static void check_again(const char *stored, int has_model) {
  char *of_model = NULL;
  char *again = read_file(fuzz_file((const uint8_t *)stored, strlen(stored)), &of_model);
  fuzz_require(again != NULL, "a stored configuration is refused");
  if (!has_model)
    fuzz_require(!strcmp(again, stored), "a stored configuration is stored otherwise");
  if (has_model) fuzz_require(of_model && !strcmp(of_model, stored), "another model is stored");
  hmfm_free(again);
  hmfm_free(of_model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *of_model = NULL, *stored = read_file(fuzz_file(data, size), &of_model);
  if (stored) check_again(stored, 0);
  if (of_model) check_again(of_model, 1);
  hmfm_free(stored);
  hmfm_free(of_model);
  return 0;
}
