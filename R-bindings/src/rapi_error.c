/* The one place where what went wrong in C becomes an R error, and remarks become R's strings. */
#include "rapi.h"

void rapi_check(hmfm_status status, const hmfm_error *error) {
  if (status == HMFM_OK) return;
  const char *text = error && *error->message ? error->message : hmfm_status_text(status);
  Rf_errorcall(R_NilValue, "%s", text);
}

SEXP rapi_notes(hmfm_notes *notes) {
  SEXP out = PROTECT(rapi_strings(notes->text, notes->count));
  hmfm_notes_clear(notes);
  UNPROTECT(1);
  return out;
}
