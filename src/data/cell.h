/* What the text of one cell of a table means: a number, a missing value, or text. */
#ifndef DATA_CELL_H
#define DATA_CELL_H

typedef enum hmfm_cell {
  HMFM_CELL_MISSING,  /* empty, NA, na, NaN, nan */
  HMFM_CELL_NUMBER,   /* a finite decimal number */
  HMFM_CELL_INFINITE, /* inf, or a number beyond the range of a double */
  HMFM_CELL_COMMA,    /* would be a number, were its comma a point */
  HMFM_CELL_TEXT,
} hmfm_cell;

/* Reads a whole cell; spaces and tabs around it do not count. value is set for a number only, to
 * the double nearest to it. Hexadecimal digits are text. LC_NUMERIC has to be that of the C locale.
 */
hmfm_cell hmfm_cell_parse(const char *text, double *value);

#endif
