/* Tables and sentences for people, on standard output. */
#ifndef CLI_TEXT_PRINT_H
#define CLI_TEXT_PRINT_H

#include <stdio.h>

/* Characters of UTF-8 text, for columns. */
int hmfm_text_width(const char *text);

/* The first bytes of a text; a line break or another control character in a name is a '?'. */
void hmfm_text_put(FILE *to, const char *text, size_t length);

/* The text, filled up with blanks to a width. */
void hmfm_text_pad(FILE *to, const char *text, int width);

/* The same, and a text that is wider ends in "..." at that width, at least 4. */
void hmfm_text_fit(FILE *to, const char *text, int width);

/* A blank and a number in a column, NA where it is not defined. */
void hmfm_text_number(FILE *to, const char *format, int width, double x);

/* A sentence broken into lines, indented by two spaces after the first. */
void hmfm_text_sentence(FILE *to, const char *text);

#endif
