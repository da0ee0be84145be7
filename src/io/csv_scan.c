/* Splitting a CSV file into rows and fields: libcsv is fed piece by piece, no piece longer than one
 * physical line, so that the line of every row is known. */
#include "io/csv_scan.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum {
  BLOCK_BYTES = 1 << 16,
  BUFFER_STEP = 1 << 12,
  MOST_BYTES = 1 << 20, /* of one field */
};

typedef struct scan {
  hmfm_csv_taker taker;
  hmfm_csv_place place;
  hmfm_error *error;
  struct csv_parser parser;
  FILE *file;
  size_t line;            /* physical line of the next byte, from 1 */
  int in_row;             /* a row has begun and not ended */
  int after_return;       /* the byte before was CR: a LF belongs to the same line end */
  hmfm_status row_status; /* of the first field that failed in this row */
  hmfm_error row_error;
  hmfm_status status; /* what ends the scan */
} scan;

/* Bytes of the character of UTF-8 that a text begins with (RFC 3629, section 4); 0: of none, or of one that controls
 * a terminal, as those from U+0080 to U+009F do. */
static size_t character(const char *text) {
  const unsigned char *b = (const unsigned char *)text;
  if (b[0] < 0x80) return b[0] >= ' ' && b[0] != 127;
  const size_t n = b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : b[0] < 0xf5 ? 4 : 0;
  for (size_t k = 1; k < n; k++)
    if ((b[k] & 0xc0) != 0x80) return 0;
  if ((b[0] == 0xc2 || b[0] == 0xe0) && b[1] < 0xa0) return 0; /* a control; too long a form */
  if (b[0] == 0xed && b[1] >= 0xa0) return 0;                  /* half a pair of UTF-16 */
  if ((b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] >= 0x90)) return 0;
  return n;
}

const char *hmfm_csv_excerpt(const char *text, char excerpt[HMFM_CSV_EXCERPT]) {
  size_t length = strlen(text), kept = length;
  if (length >= HMFM_CSV_EXCERPT) {
    kept = HMFM_CSV_EXCERPT - 4;
    while (kept && ((unsigned char)text[kept] & 0xc0) == 0x80) kept--;
  }
  for (size_t k = 0, n; k < kept; k += n ? n : 1) {
    n = character(text + k);
    memcpy(excerpt + k, n ? text + k : "?", n ? n : 1);
  }
  strcpy(excerpt + kept, kept < length ? "..." : "");
  return excerpt;
}

static void *resize(void *block, size_t bytes) { return hmfm_realloc(block, bytes, 1); }

/* libcsv hands over a field (terminated by NUL, for CSV_APPEND_NULL). */
static void take_field(void *text, size_t length, void *context) {
  scan *s = context;
  (void)length;
  s->place.field++;
  if (s->status || s->row_status) return;
  s->row_status = s->taker.field(s->taker.context, text, &s->place, &s->row_error);
}

static void take_row_end(int byte, void *context) {
  scan *s = context;
  (void)byte;
  s->in_row = 0;
  if (s->status) return;
  s->status = s->taker.row_end(s->taker.context, &s->place, s->error);
  if (!s->status && s->row_status)
    s->status = hmfm_fail(s->error, s->row_status, "%s", s->row_error.message);
}

/* What libcsv did not accept; an error of an earlier field in the same row comes first. */
static hmfm_status fail_parse(scan *s, const char *what) {
  int code = csv_error(&s->parser);
  if (s->status) return s->status;
  if (code == CSV_ENOMEM || code == CSV_ETOOBIG) return hmfm_fail_memory(s->error, "a field");
  if (s->row_status) return hmfm_fail(s->error, s->row_status, "%s", s->row_error.message);
  return hmfm_fail(s->error, HMFM_EDATA, "%s:%zu:%zu: %s", s->place.file, s->place.line,
                   s->place.field + 1, what);
}

static int is_blank(const char *piece, size_t length) {
  for (size_t k = 0; k < length; k++)
    if (!strchr(" \t\r\n", piece[k])) return 0;
  return 1;
}

/* Parses a piece that is free of NUL bytes and lies in one physical line. */
static hmfm_status feed(scan *s, const char *piece, size_t length) {
  if (!s->in_row && !is_blank(piece, length)) {
    s->in_row = 1;
    s->place.line = s->line;
    s->place.field = 0;
  }
  if (csv_parse(&s->parser, piece, length, take_field, take_row_end, s) < length)
    return fail_parse(s, "a quote in the wrong place: a field is either \"quoted as a whole\" with "
                         "the quotes inside it doubled, or has none");
  if (s->status) return s->status;
  if (csv_get_buffer_size(&s->parser) > MOST_BYTES)
    return fail_parse(s, "a field has more than a million bytes: is there a quote that is never "
                         "closed?");
  return HMFM_OK;
}

/* Length of the piece at the head of a block: up to and with its first line end. A LF after a CR is
 * part of that line end, also when it is in the next block. */
static size_t piece_length(const char *block, size_t length, int *is_line_end) {
  const char *feed_byte = memchr(block, '\n', length);
  size_t n = feed_byte ? (size_t)(feed_byte - block) + 1 : length;
  const char *return_byte = memchr(block, '\r', n);
  *is_line_end = feed_byte || return_byte;
  if (return_byte && return_byte + 1 != feed_byte) n = (size_t)(return_byte - block) + 1;
  return n;
}

static hmfm_status feed_block(scan *s, const char *block, size_t length) {
  const char *end = block + length;
  if (s->after_return && length && *block == '\n') {
    hmfm_status status = feed(s, block++, 1);
    if (status) return status;
  }
  s->after_return = 0;
  while (block < end) {
    int is_line_end;
    size_t n = piece_length(block, (size_t)(end - block), &is_line_end);
    if (memchr(block, '\0', n))
      return hmfm_fail(s->error, HMFM_EDATA,
                       "%s:%zu: there is a NUL byte: this is no CSV file in "
                       "UTF-8 (is it UTF-16, or a spreadsheet? save it as CSV in UTF-8)",
                       s->place.file, s->line);
    hmfm_status status = feed(s, block, n);
    if (status) return status;
    s->line += is_line_end != 0;
    block += n;
    s->after_return = block[-1] == '\r';
  }
  return HMFM_OK;
}

static hmfm_status scan_file(scan *s) {
  char block[BLOCK_BYTES];
  hmfm_status status = HMFM_OK;
  for (int first = 1;; first = 0) {
    errno = 0;
    size_t n = fread(block, 1, sizeof block, s->file);
    if (ferror(s->file))
      return hmfm_fail(s->error, HMFM_EIO, "cannot read '%s': %s", s->place.file, strerror(errno));
    size_t mark = first && n >= 3 && !memcmp(block, "\xef\xbb\xbf", 3) ? 3 : 0;
    status = feed_block(s, block + mark, n - mark);
    if (status) return status;
    if (feof(s->file)) break;
  }
  if (csv_fini(&s->parser, take_field, take_row_end, s))
    return fail_parse(s, "a quote is opened in this row and never closed");
  return s->status;
}

hmfm_status hmfm_csv_scan(const char *path, hmfm_csv_taker taker, hmfm_error *error) {
  int is_stdin = !strcmp(path, "-");
  scan s = {.taker = taker,
            .place = {.file = is_stdin ? "<stdin>" : path},
            .line = 1,
            .error = error,
            .file = is_stdin ? stdin : fopen(path, "rb")};
  if (!s.file) return hmfm_fail(error, HMFM_EIO, "cannot open '%s': %s", path, strerror(errno));
  hmfm_status status;
  if (csv_init(&s.parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL)) {
    status = hmfm_fail_memory(error, "the CSV parser");
  } else {
    csv_set_realloc_func(&s.parser, resize);
    csv_set_free_func(&s.parser, hmfm_free);
    csv_set_blk_size(&s.parser, BUFFER_STEP);
    status = scan_file(&s);
    csv_free(&s.parser);
  }
  if (!is_stdin) fclose(s.file);
  return status;
}
