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

static int needs_quotes(const char *text) { return strpbrk(text, ",\"\r\n") != NULL; }

static void put_doubled(FILE *to, const char *text) {
  for (; *text; text++) {
    if (*text == '"') fputc('"', to);
    fputc(*text, to);
  }
}

void hmfm_csv_field(FILE *to, const char *text) {
  const char *quote = needs_quotes(text) ? "\"" : "";
  fprintf(to, "%s", quote);
  put_doubled(to, text);
  fprintf(to, "%s", quote);
}

void hmfm_csv_label(FILE *to, const char *name, const char *part) {
  const char *quote = needs_quotes(name) || needs_quotes(part) ? "\"" : "";
  fprintf(to, "%s", quote);
  put_doubled(to, name);
  fputc('[', to);
  put_doubled(to, part);
  fprintf(to, "]%s", quote);
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
