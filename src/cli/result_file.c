/* Results to a file that appears when it is whole, or to standard output. */
#include "cli/result_file.h"

#include <string.h>

#include "base/error.h"
#include "cli/cli.h"

static const char *result_path(const hmfm_options *options) {
  const char *path = hmfm_options_text(options, "output");
  return path && strcmp(path, "-") != 0 ? path : NULL;
}

hmfm_status hmfm_result_spares(const hmfm_options *options, const char *path, const char *what,
                               hmfm_error *error) {
  const char *to = result_path(options);
  if (!to || !path || !hmfm_cli_same_file(path, to)) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE, "-o %s would replace the %s", to, what);
}

hmfm_status hmfm_result_check(const hmfm_options *options, hmfm_error *error) {
  static const char *const input[][2] = {
      {"allocations", "draws"}, {"partition", "partition"}, {"data", "data"}, {"units", "units"}};
  const char *path = result_path(options);
  if (!path) return HMFM_OK;
  hmfm_status status = hmfm_result_spares(options, options->operand, "fit", error);
  for (size_t k = 0; !status && k < sizeof input / sizeof *input; k++)
    if (hmfm_options_find(options, input[k][0]) < options->n)
      status =
          hmfm_result_spares(options, hmfm_options_text(options, input[k][0]), input[k][1], error);
  return status ? status : hmfm_output_check(path, hmfm_options_flag(options, "force"), error);
}

hmfm_status hmfm_result_open(const hmfm_options *options, hmfm_output **file, FILE **to,
                             hmfm_error *error) {
  const char *path = result_path(options);
  *file = NULL;
  hmfm_status status = HMFM_OK;
  if (path) status = hmfm_output_open(path, hmfm_options_flag(options, "force"), file, error);
  *to = *file ? hmfm_output_stream(*file) : stdout;
  return status;
}

hmfm_status hmfm_result_close(hmfm_output *file, hmfm_status status, hmfm_error *error) {
  if (!status) return file ? hmfm_output_commit(file, error) : hmfm_cli_flush(error);
  hmfm_output_discard(file);
  return status;
}
