/* Filling in hmfm_error; private to the library. The public side is hmfm/base.h. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "hmfm/base.h"

/* Writes the sentence into error (which may be NULL) and returns status, so that a failing function
 * can say `return hmfm_fail(error, HMFM_EDATA, "...", ...)`. */
hmfm_status hmfm_fail(hmfm_error *error, hmfm_status status, const char *format, ...)
    HMFM_PRINTF(3, 4);

/* The same for a failed allocation: status HMFM_EMEMORY, "not enough memory for <what>". */
hmfm_status hmfm_fail_memory(hmfm_error *error, const char *what);

#endif
