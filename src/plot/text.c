/* UTF-8 made safe for drawing. */
#include "plot/text.h"

#include <string.h>

static const char ellipsis[] = "\xE2\x80\xA6", unknown[] = "\xEF\xBF\xBD";

/* Bytes of the character that text begins with, by RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF. 0 where it begins with none. */
static size_t character(const unsigned char *text) {
  const unsigned char a = text[0];
  size_t n = a < 0x80                ? 1
             : a >= 0xC2 && a < 0xE0 ? 2
             : a >= 0xE0 && a < 0xF0 ? 3
             : a >= 0xF0 && a < 0xF5 ? 4
                                     : 0;
  for (size_t k = 1; k < n; k++)
    if ((text[k] & 0xC0) != 0x80) return 0;
  if ((a == 0xE0 && text[1] < 0xA0) || (a == 0xED && text[1] >= 0xA0)) return 0;
  if ((a == 0xF0 && text[1] < 0x90) || (a == 0xF4 && text[1] >= 0x90)) return 0;
  return n;
}

static int is_control(const unsigned char *text) {
  return text[0] < 0x20 || text[0] == 0x7F || (text[0] == 0xC2 && text[1] < 0xA0);
}

/* U+FFFE and U+FFFF are no characters of XML. */
static int is_no_character(const unsigned char *text) {
  return text[0] == 0xEF && text[1] == 0xBF && text[2] >= 0xBE;
}

void hmfm_text_clean(const char *text, char out[HMFM_TEXT_BYTES]) {
  const unsigned char *from = (const unsigned char *)text;
  size_t n = 0;
  while (*from) {
    size_t bytes = character(from), copied = bytes;
    const char *to = (const char *)from;
    if (bytes == 0 || is_no_character(from)) {
      to = unknown;
      copied = sizeof unknown - 1;
      bytes = bytes ? bytes : 1;
    } else if (is_control(from)) {
      to = " ";
      copied = 1;
    }
    if (n + copied + sizeof ellipsis > HMFM_TEXT_BYTES) {
      memcpy(out + n, ellipsis, sizeof ellipsis);
      return;
    }
    memcpy(out + n, to, copied);
    n += copied;
    from += bytes;
  }
  out[n] = '\0';
}

size_t hmfm_text_length(const char *text) {
  size_t n = 0;
  for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
  return n;
}

/* Where character n of a clean text begins, or its end where it has no more than n. */
static size_t place(const char *text, size_t n) {
  size_t at = 0;
  for (size_t seen = 0; text[at]; at++) {
    seen += ((unsigned char)text[at] & 0xC0) != 0x80;
    if (seen > n) break;
  }
  return at;
}

void hmfm_text_shorten(char text[HMFM_TEXT_BYTES], size_t n, size_t ending) {
  const size_t tail = place(text, hmfm_text_length(text) - ending), bytes = strlen(text + tail);
  size_t end = place(text, n - ending);
  while (end > 0 && text[end - 1] == ' ') end--;
  if (end + sizeof ellipsis + bytes > HMFM_TEXT_BYTES) return;
  memmove(text + end + sizeof ellipsis - 1, text + tail, bytes + 1);
  memcpy(text + end, ellipsis, sizeof ellipsis - 1);
}
