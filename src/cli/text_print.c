/* Tables and sentences for people: columns, numbers, broken lines. */
#include "cli/text_print.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 92 };

int hmfm_text_width(const char *text) {
  int n = 0;
  for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
  return n;
}

void hmfm_text_put(FILE *to, const char *text, size_t length) {
  for (size_t k = 0; k < length; k++)
    fputc((unsigned char)text[k] < ' ' || text[k] == 127 ? '?' : text[k], to);
}

void hmfm_text_pad(FILE *to, const char *text, int width) {
  hmfm_text_put(to, text, strlen(text));
  fprintf(to, "%*s", width > hmfm_text_width(text) ? width - hmfm_text_width(text) : 0, "");
}

void hmfm_text_fit(FILE *to, const char *text, int width) {
  size_t length = 0;
  if (hmfm_text_width(text) <= width) {
    hmfm_text_pad(to, text, width);
    return;
  }
  for (int n = 0; n < width - 3; n++) /* a character, with the bytes that go on with it */
    do length++;
    while (((unsigned char)text[length] & 0xC0) == 0x80);
  hmfm_text_put(to, text, length);
  fputs("...", to);
}

void hmfm_text_sentence(FILE *to, const char *text) {
  int at = 0;
  while (*text) {
    int length = (int)strcspn(text, " ");
    if (at && at + 1 + length > WIDTH) {
      fprintf(to, "\n  ");
      at = 2;
    } else if (at) {
      at += fprintf(to, " ");
    }
    hmfm_text_put(to, text, (size_t)length);
    at += length;
    text += length;
    text += strspn(text, " ");
  }
  fprintf(to, "\n");
}

void hmfm_text_number(FILE *to, const char *format, int width, double x) {
  char text[40];
  if (isnan(x))
    snprintf(text, sizeof text, "NA");
  else if (isinf(x))
    snprintf(text, sizeof text, x > 0 ? "Inf" : "-Inf");
  else if (fabs(x) >= 9999.5 && fabs(x) < 1e8)
    snprintf(text, sizeof text, "%.0f", x);
  else
    snprintf(text, sizeof text, format, x);
  fprintf(to, " %*s", width, text);
}
