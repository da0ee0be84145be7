/* Text that can be drawn: valid UTF-8 in one line, and shortened. Knows nothing of fonts. */
#ifndef PLOT_TEXT_H
#define PLOT_TEXT_H

#include <stddef.h>

enum { HMFM_TEXT_BYTES = 512 }; /* more than fits on a sheet */

/* Copies text, with U+FFFD for each byte that is not part of UTF-8, a blank for each control character, and
 * "..." as one character at the end where it was longer. */
void hmfm_text_clean(const char *text, char out[HMFM_TEXT_BYTES]);

/* Leaves n characters of a clean text that has more, the first ones and the last `ending` of them, with an ellipsis
 * between; blanks before it go. ending <= n. */
void hmfm_text_shorten(char text[HMFM_TEXT_BYTES], size_t n, size_t ending);

/* Characters of a clean text. */
size_t hmfm_text_length(const char *text);

#endif
