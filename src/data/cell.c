/* Reading the cells of a table. */
#include "data/cell.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COMMA_LENGTH = 63 }; /* longest text looked at for a decimal comma */

static int is_blank(char c) { return c == ' ' || c == '\t'; }

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* A number with at most 15 digits and at most 22 decimals, without an exponent: digits and power of
 * ten are doubles without error, so that one division rounds as strtod does. Returns where the
 * number ends, or NULL where strtod has to be asked. */
static const char *parse_short(const char *text, double *value) {
#if FLT_EVAL_METHOD == 0
  static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const char *at = text;
  int negative = *at == '-', n_digits = 0, n_decimals = 0;
  uint64_t digits = 0;
  if (*at == '-' || *at == '+') at++;
  for (; is_digit(*at) && n_digits <= 15; at++, n_digits++) digits = 10 * digits + (*at - '0');
  if (*at == '.') at++;
  for (; is_digit(*at) && n_digits <= 15; at++, n_digits++, n_decimals++)
    digits = 10 * digits + (*at - '0');
  if (!n_digits || n_digits > 15 || (*at && !is_blank(*at))) return NULL;
  double size = (double)digits / power[n_decimals];
  *value = negative ? -size : size;
  return at;
#else
  (void)text, (void)value;
  return NULL;
#endif
}

/* A cell without leading blanks that ends at `end`. */
static hmfm_cell parse_number(const char *text, const char *end, double *value) {
  double number;
  const char *stop = parse_short(text, &number);
  if (!stop) {
    char *rest;
    number = strtod(text, &rest);
    stop = rest;
    if (memchr(text, 'x', (size_t)(end - text)) || memchr(text, 'X', (size_t)(end - text)))
      return HMFM_CELL_TEXT;
  }
  if (stop != end || isnan(number)) return HMFM_CELL_TEXT;
  if (isinf(number)) return HMFM_CELL_INFINITE;
  *value = number;
  return HMFM_CELL_NUMBER;
}

static int is_decimal_comma(const char *text, size_t length) {
  char copy[COMMA_LENGTH + 1];
  if (length > COMMA_LENGTH) return 0;
  memcpy(copy, text, length);
  copy[length] = '\0';
  char *comma = strchr(copy, ',');
  if (!comma) return 0;
  *comma = '.';
  double value;
  return parse_number(copy, copy + length, &value) == HMFM_CELL_NUMBER;
}

hmfm_cell hmfm_cell_parse(const char *text, double *value) {
  while (is_blank(*text)) text++;
  const char *end = text + strlen(text);
  while (end > text && is_blank(end[-1])) end--;
  size_t length = (size_t)(end - text);
  if (!length) return HMFM_CELL_MISSING;
  if (length == 2 && (!memcmp(text, "NA", 2) || !memcmp(text, "na", 2))) return HMFM_CELL_MISSING;
  if (length == 3 && (!memcmp(text, "NaN", 3) || !memcmp(text, "nan", 3))) return HMFM_CELL_MISSING;
  if (!is_digit(*text) && !strchr("+-.,iI", *text)) return HMFM_CELL_TEXT;
  hmfm_cell cell = parse_number(text, end, value);
  if (cell == HMFM_CELL_TEXT && is_decimal_comma(text, length)) return HMFM_CELL_COMMA;
  return cell;
}
