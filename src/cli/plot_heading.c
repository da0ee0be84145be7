/* What the types of hmfm plot have in common: headings, and groups that are asked for. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/plot.h"

const char *hmfm_plural(size_t n) { return n == 1 ? "" : "s"; }

void hmfm_plot_title(const hmfm_options *options, hmfm_plot_heading *heading, const char *format,
                     ...) {
  const char *given = hmfm_options_text(options, "title");
  va_list arguments;
  va_start(arguments, format);
  if (given)
    snprintf(heading->title, sizeof heading->title, "%s", given);
  else
    vsnprintf(heading->title, sizeof heading->title, format, arguments);
  va_end(arguments);
}

void hmfm_plot_subtitle(hmfm_plot_heading *heading, const char *format, ...) {
  size_t length = strlen(heading->subtitle);
  va_list arguments;
  if (length > 0) {
    snprintf(heading->subtitle + length, sizeof heading->subtitle - length, "%s", " \xC2\xB7 ");
    length = strlen(heading->subtitle);
  }
  va_start(arguments, format);
  vsnprintf(heading->subtitle + length, sizeof heading->subtitle - length, format, arguments);
  va_end(arguments);
}

void hmfm_plot_subtitle_units(hmfm_plot_heading *heading, size_t units, size_t groups) {
  hmfm_plot_subtitle(heading, "%zu unit%s in %zu group%s", units, hmfm_plural(units), groups,
                     hmfm_plural(groups));
}

int hmfm_plot_wants_group(const hmfm_options *options, const char *group) {
  const hmfm_option_value *named = hmfm_options_value(options, "group");
  for (size_t k = 0; k < named->n; k++)
    if (strcmp(named->label[k], group) == 0) return 1;
  return named->n == 0;
}

hmfm_status hmfm_plot_check_groups(const hmfm_options *options, size_t n, char *const *name,
                                   hmfm_error *error) {
  const hmfm_option_value *named = hmfm_options_value(options, "group");
  for (size_t k = 0; k < named->n; k++) {
    size_t j = 0;
    while (j < n && strcmp(named->label[k], name[j]) != 0) j++;
    if (j == n)
      return hmfm_fail(error, HMFM_EUSAGE, "--group: there is no group '%s'", named->label[k]);
  }
  return HMFM_OK;
}
