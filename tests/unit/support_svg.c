#include "support_svg.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

enum { DEEPEST = 64, LONGEST = 64 };

static int is_name(char c) { return isalnum((unsigned char)c) || strchr(":_-.", c); }

static const char *skip_blanks(const char *at) {
  while (*at && strchr(" \t\r\n", *at)) at++;
  return at;
}

static const char *read_name(const char *at, char name[LONGEST]) {
  size_t n = 0;
  while (*at && is_name(*at) && n + 1 < LONGEST) name[n++] = *at++;
  name[n] = '\0';
  ck_assert_msg(n > 0, "no name at: %.60s", at);
  return at;
}

static const char *read_reference(const char *at) {
  const char *end = strchr(at, ';');
  ck_assert_msg(end && end - at < 10 && end - at > 1, "a bare &: %.60s", at);
  return end;
}

/* name="value" ..., up to what closes the tag. */
static const char *read_attributes(const char *at) {
  char seen[32][LONGEST];
  size_t n = 0;
  for (at = skip_blanks(at); is_name(*at); at = skip_blanks(at), n++) {
    ck_assert_uint_lt(n, 32);
    at = read_name(at, seen[n]);
    for (size_t k = 0; k < n; k++) ck_assert_str_ne(seen[k], seen[n]);
    ck_assert_msg(at[0] == '=' && at[1] == '"', "no value at: %.60s", at);
    for (at += 2; *at != '"'; at++) {
      if (!*at || *at == '<') ck_abort_msg("an open value: %.60s", at);
      if (*at == '&') at = read_reference(at);
    }
    at++;
  }
  return at;
}

void svg_check(const char *text) {
  char open[DEEPEST][LONGEST], name[LONGEST];
  size_t depth = 0, roots = 0;
  const char *at = text;
  for (const char *c = text; *c; c++)
    if (*c != '\n' && (*c < ' ' || *c > '~')) ck_abort_msg("byte %d", *c);
  ck_assert(strncmp(at, "<?xml version=\"1.0\"", 19) == 0);
  at = strstr(at, "?>") + 2;
  while (*at) {
    if (*at != '<') {
      if (depth == 0 && !strchr(" \t\r\n", *at)) ck_abort_msg("text outside: %.60s", at);
      if (*at == '&') at = read_reference(at);
      at++;
    } else if (at[1] == '/') {
      at = skip_blanks(read_name(at + 2, name));
      ck_assert_uint_gt(depth, 0);
      ck_assert_str_eq(name, open[--depth]);
      ck_assert_int_eq(*at++, '>');
    } else {
      at = read_name(at + 1, name);
      roots += depth == 0;
      at = read_attributes(at);
      if (*at == '/') {
        at++;
      } else {
        ck_assert_uint_lt(depth, DEEPEST);
        strcpy(open[depth++], name);
      }
      ck_assert_msg(*at == '>', "an open tag: %.60s", at);
      at++;
    }
  }
  ck_assert_uint_eq(depth, 0);
  ck_assert_uint_eq(roots, 1);
}

/* Older Cairo writes style="a:b;c:d;", newer a="b" c="d", and a blank after commas: all as the former, without blanks. */
static char *plain(const char *text) {
  char *out = calloc(strlen(text) + 1, 1);
  size_t n = 0;
  ck_assert_ptr_nonnull(out);
  for (; *text; text++) {
    if (*text == ' ') continue;
    if (text[0] == '=' && text[1] == '"')
      out[n++] = ':', text++;
    else
      out[n++] = *text == '"' ? ';' : *text;
  }
  return out;
}

size_t svg_count(const char *text, const char *part) {
  size_t n = 0;
  char *all = plain(text);
  for (const char *at = all; (at = strstr(at, part)) != NULL; at += strlen(part)) n++;
  free(all);
  return n;
}

char *svg_make(svg_draw *draw, const void *picture, double width, double height) {
  hmfm_error error = {0};
  hmfm_canvas *canvas = NULL;
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  ck_assert_ptr_nonnull(to);
  hmfm_status status =
      hmfm_canvas_create(HMFM_PICTURE_SVG, 72 * width, 72 * height, 72, to, &canvas, &error);
  if (!status) status = draw(canvas, picture, &error);
  if (!status) status = hmfm_canvas_finish(canvas, &error);
  ck_assert_msg(status == HMFM_OK, "%s", error.message);
  hmfm_canvas_destroy(canvas);
  ck_assert_int_eq(fclose(to), 0);
  return text;
}
