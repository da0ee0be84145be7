/* Status codes as sentences, error messages and notes. Nothing here prints. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

const char *hmfm_status_text(hmfm_status status) {
  switch (status) {
  case HMFM_OK: return "no error";
  case HMFM_EMEMORY: return "not enough memory";
  case HMFM_EUSAGE: return "an argument cannot be used";
  case HMFM_EDATA: return "the data cannot be used";
  case HMFM_EIO: return "a file cannot be read or written";
  case HMFM_ENUMERIC: return "a computation left the range of its numbers";
  case HMFM_ESTOPPED: return "stopped before there was a result";
  }
  return "unknown status";
}

const char *hmfm_version(void) { return HMFM_VERSION; }

#undef hmfm_fail
#undef hmfm_fail_memory

hmfm_status hmfm_fail(hmfm_error *error, hmfm_status status, const char *format, ...) {
  if (error) {
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
  }
  return status;
}

hmfm_status hmfm_fail_memory(hmfm_error *error, const char *what) {
  return hmfm_fail(error, HMFM_EMEMORY, "not enough memory for %s", what);
}

void hmfm_notes_add(hmfm_notes *notes, const char *format, ...) {
  if (!notes) return;
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  char **text = hmfm_realloc(notes->text, notes->count + 1, sizeof *text);
  if (text) notes->text = text;
  char *line = text && length >= 0 ? hmfm_calloc((size_t)length + 1, 1) : NULL;
  if (line) {
    vsnprintf(line, (size_t)length + 1, format, again);
    notes->text[notes->count++] = line;
  } else {
    notes->lost++;
  }
  va_end(again);
  va_end(arguments);
}

void hmfm_notes_clear(hmfm_notes *notes) {
  if (!notes) return;
  for (size_t k = 0; k < notes->count; k++) hmfm_free(notes->text[k]);
  hmfm_free(notes->text);
  *notes = (hmfm_notes){0};
}
