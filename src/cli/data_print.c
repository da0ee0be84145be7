/* Numbers and texts for programs: CSV and JSON. */
#include "cli/data_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void hmfm_csv_number(FILE *to, double x) {
  char text[40] = "NA";
  if (isinf(x)) snprintf(text, sizeof text, x > 0 ? "Inf" : "-Inf");
  for (int digits = 15; isfinite(x) && digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, x);
    if (strtod(text, NULL) == x) break;
  }
  fprintf(to, "%s", text);
}

void hmfm_csv_field(FILE *to, const char *text) {
  if (!strpbrk(text, ",\"\r\n")) {
    fprintf(to, "%s", text);
    return;
  }
  fputc('"', to);
  for (; *text; text++) {
    if (*text == '"') fputc('"', to);
    fputc(*text, to);
  }
  fputc('"', to);
}

json_t *hmfm_json_number(double x) { return isfinite(x) ? json_real(x) : json_null(); }

json_t *hmfm_json_whole(json_t *value, int failed) {
  if (!failed) return value;
  json_decref(value);
  return NULL;
}

json_t *hmfm_json_sentences(const hmfm_notes *notes) {
  json_t *list = json_array();
  int failed = !list;
  for (size_t k = 0; k < notes->count; k++)
    failed |= json_array_append_new(list, json_string(notes->text[k]));
  return hmfm_json_whole(list, failed);
}
